/* wasi_poll.c: poll_oneoff. */
#include "wasi_internal.h"

#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>

enum { MAX = APUS_CONFIG_WASI_POLL_MAX };

enum { EVENT_CLOCK, EVENT_READ, EVENT_WRITE };

/* The peer of a connection sends no more; other hosts say that with POLLHUP or not at all. */
#ifdef POLLRDHUP
enum { ENDED = POLLRDHUP };
#else
enum { ENDED = 0 };
#endif

struct subscription {
  uint64_t userdata;
  uint64_t deadline; /* of a clock, monotonic */
  uint32_t error;
  uint8_t type;
  int poll_index;      /* -1: nothing to ask the host */
  struct wasi_use use; /* of what is asked */
};

struct batch {
  struct apus_wasi *wasi;
  struct subscription list[MAX];
  struct pollfd fds[MAX];
  uint32_t n;
  nfds_t fd_count;
  bool immediate;    /* an error is known: do not wait */
  bool has_deadline;
  uint64_t deadline; /* the earliest */
};

static uint64_t add(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

static uint32_t read_clock(const struct batch *batch, struct subscription *subscription, const uint8_t *at, uint64_t now) {
  uint32_t id = wasi_get32(at);
  uint64_t timeout = wasi_get64(at + 8), clock_now;
  uint16_t flags = wasi_get16(at + 24);
  if (id > 3 || flags > 1) return WASI_INVAL;
  if (id > 1) return WASI_NOTSUP;
  if (flags) {
    if (!wasi_clock_now(batch->wasi, id, &clock_now)) return WASI_INVAL;
    timeout = timeout > clock_now ? timeout - clock_now : 0;
  }
  subscription->deadline = add(now, timeout);
  return WASI_SUCCESS;
}

static uint32_t read_fd(wasi_host *host, struct batch *batch, struct subscription *subscription, const uint8_t *at) {
  uint32_t rights = R_POLL_FD_READWRITE | (subscription->type == EVENT_READ ? R_FD_READ : R_FD_WRITE);
  uint32_t error = wasi_begin_with(host, wasi_get32(at), rights, &subscription->use);
  if (error) return error;
  subscription->poll_index = (int)batch->fd_count;
  struct pollfd *fd = &batch->fds[batch->fd_count++];
  fd->fd = subscription->use.object->host;
  fd->events = subscription->type == EVENT_READ ? POLLIN | ENDED : POLLOUT;
  fd->revents = 0;
  return WASI_SUCCESS;
}

static void read_all(wasi_host *host, struct batch *batch, const uint8_t *at, enum wasi_layout layout, uint64_t now) {
  uint32_t size = layout == WASI_PREVIEW1 ? 48 : 56;
  for (uint32_t i = 0; i < batch->n; i++, at += size) {
    struct subscription *subscription = &batch->list[i];
    memset(subscription, 0, sizeof *subscription);
    subscription->userdata = wasi_get64(at);
    subscription->type = at[8];
    subscription->poll_index = -1;
    if (subscription->type == EVENT_CLOCK)
      subscription->error = read_clock(batch, subscription, at + (layout == WASI_PREVIEW1 ? 16 : 24), now);
    else if (subscription->type <= EVENT_WRITE)
      subscription->error = read_fd(host, batch, subscription, at + 16);
    else
      subscription->error = WASI_INVAL;
    if (subscription->error) {
      batch->immediate = true;
    } else if (subscription->type == EVENT_CLOCK && (!batch->has_deadline || subscription->deadline < batch->deadline)) {
      batch->has_deadline = true;
      batch->deadline = subscription->deadline;
    }
  }
}

/* Takes all descriptors for ready; where there is none, and no error, it is the deadline at once. */
static void pass_to_deadline(struct batch *batch, uint64_t now) {
  for (nfds_t k = 0; k < batch->fd_count; k++) batch->fds[k].revents = batch->fds[k].events & (POLLIN | POLLOUT);
  if (!batch->fd_count && !batch->immediate && batch->deadline > now) wasi_fixed_pass(batch->wasi, batch->deadline - now);
}

/* Waits for a descriptor or the deadline; the number of ready ones. */
static uint32_t wait_for(struct batch *batch, int *ready) {
  for (;;) {
    uint64_t now = 0;
    int milliseconds = -1;
    bool last = true; /* this wait reaches the deadline */
    if (!wasi_clock_now(batch->wasi, 1, &now)) return WASI_IO; /* or it would wait from time 0 on */
    if (wasi_is_fixed(batch->wasi)) {
      pass_to_deadline(batch, now);
      return WASI_SUCCESS;
    }
    uint64_t left = batch->immediate || batch->deadline <= now ? 0 : batch->deadline - now;
#ifdef __linux__
    struct timespec time, *timeout = NULL;
    if (batch->immediate || batch->has_deadline) {
      if (left / 1000000000u > 1000000) {
        left = 1000000000000000u;
        last = false;
      }
      time.tv_sec = (time_t)(left / 1000000000u);
      time.tv_nsec = (long)(left % 1000000000u);
      timeout = &time;
    }
    (void)milliseconds;
    *ready = ppoll(batch->fds, batch->fd_count, timeout, NULL);
#else
    if (batch->immediate || batch->has_deadline) {
      uint64_t rounded = left / 1000000u + (left % 1000000u != 0);
      last = rounded <= INT_MAX;
      milliseconds = last ? (int)rounded : INT_MAX;
    }
    *ready = poll(batch->fds, batch->fd_count, milliseconds);
#endif
    if (*ready > 0 || (*ready == 0 && last)) return WASI_SUCCESS;
    if (*ready < 0 && !WASI_INTERRUPTED()) return wasi_from_errno(errno);
  }
}

static void fd_event(const struct batch *batch, const struct subscription *subscription, short revents, uint8_t *event) {
  const struct wasi_object *object = subscription->use.object;
  uint64_t bytes = 0;
  bool hangup = false;
  if (revents & POLLNVAL) {
    wasi_put16(event + 8, WASI_BADF);
    return;
  }
  if (subscription->type == EVENT_READ) {
    struct stat stat;
    int available = 0;
    if (object->filetype == WASI_REGULAR_FILE) {
      off_t at = lseek(object->host, 0, SEEK_CUR);
      if (at >= 0 && fstat(object->host, &stat) == 0 && stat.st_size > at) bytes = (uint64_t)(stat.st_size - at);
      hangup = !bytes;
    } else if (!wasi_is_fixed(batch->wasi)) { /* what has come so far depends on the time */
      if (ioctl(object->host, FIONREAD, &available) == 0 && available > 0) bytes = (uint64_t)available;
      hangup = revents & (POLLHUP | POLLERR | ENDED) && !bytes;
    }
  } else {
    hangup = revents & (POLLHUP | POLLERR);
  }
  wasi_put64(event + 16, bytes);
  wasi_put16(event + 24, hangup);
}

static uint8_t *begin_event(uint8_t *out, uint32_t *count, const struct subscription *subscription) {
  uint8_t *event = out + (size_t)(*count)++ * 32;
  memset(event, 0, 32);
  wasi_put64(event, subscription->userdata);
  wasi_put16(event + 8, (uint16_t)subscription->error);
  event[10] = subscription->type;
  return event;
}

/* Waits until there is something to tell. */
static uint32_t answer_all(struct batch *batch, uint8_t *events, uint32_t *count) {
  uint64_t now = 0;
  for (*count = 0; !*count;) {
    int ready;
    uint32_t error = wait_for(batch, &ready);
    if (error) return error;
    for (uint32_t i = 0; i < batch->n; i++) {
      const struct subscription *subscription = &batch->list[i];
      short revents = subscription->poll_index < 0 ? 0 : batch->fds[subscription->poll_index].revents;
      if (subscription->error) begin_event(events, count, subscription);
      else if (revents) fd_event(batch, subscription, revents, begin_event(events, count, subscription));
    }
    if (*count) break;
    if (!wasi_clock_now(batch->wasi, 1, &now)) return WASI_IO;
    for (uint32_t i = 0; i < batch->n; i++)
      if (batch->list[i].type == EVENT_CLOCK && batch->list[i].deadline <= now)
        begin_event(events, count, &batch->list[i]);
  }
  return WASI_SUCCESS;
}

uint32_t wasi_poll_oneoff(wasi_host *host, uint32_t in, uint32_t out, uint32_t n, uint32_t result, enum wasi_layout layout) {
  if (!n) return WASI_INVAL;
  const uint8_t *subscriptions = wasi_guest(host, in, n, layout == WASI_PREVIEW1 ? 48 : 56);
  uint8_t *events = wasi_guest(host, out, n, 32);
  uint8_t *count_to = wasi_guest(host, result, 1, 4);
  if (!subscriptions || !events || !count_to) return WASI_TRAP;
  if (n > MAX) return WASI_NOMEM;

  struct batch batch = {.wasi = host->wasi, .n = n};
  uint64_t now = 0;
  if (!wasi_clock_now(host->wasi, 1, &now)) return WASI_IO;
  read_all(host, &batch, subscriptions, layout, now);
  uint32_t count, error = answer_all(&batch, events, &count);
  for (uint32_t i = 0; i < n; i++) wasi_end(&batch.list[i].use, error);
  if (!error) wasi_put32(count_to, count);
  return error;
}
