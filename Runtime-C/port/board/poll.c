/* poll.c: poll_oneoff. Files are always ready; the port waits for the console and
 * for the time. Errnos: INVAL (no subscription), NOMEM (more than
 * APUS_CONFIG_WASI_POLL_MAX), NOSYS (no context); what is wrong with one
 * subscription is its event. */
#include "board.h"

enum { EVENT_CLOCK, EVENT_READ, EVENT_WRITE };

struct subscription {
  uint64_t userdata;
  uint64_t deadline; /* of a clock, monotonic */
  uint16_t error;
  uint8_t type;
  int8_t stream; /* index into `streams`, -1: none */
  bool ready;
};

struct batch {
  struct subscription list[APUS_CONFIG_WASI_POLL_MAX];
  struct apus_wasi_pollfd streams[APUS_CONFIG_WASI_POLL_MAX];
  uint32_t n;
  int stream_count;
  bool immediate; /* something is known already */
  uint64_t deadline;
};

static uint32_t read_clock(const struct apus_wasi *wasi, const uint8_t *at, uint64_t now, uint64_t *deadline) {
  uint32_t id = wasi_get32(at), flags = wasi_get16(at + 24);
  uint64_t timeout = wasi_get64(at + 8), clock_now = now;
  const struct apus_wasi_port *port = wasi->port;
  if (id > 3 || flags > 1) return WASI_INVAL;
  if (id > 1 || !port->now) return WASI_NOTSUP;
  if (flags) {
    uint32_t error = id ? WASI_SUCCESS : port->now(port->context, 0, &clock_now);
    if (error) return error;
    timeout = timeout > clock_now ? timeout - clock_now : 0;
  }
  *deadline = now > UINT64_MAX - timeout ? UINT64_MAX : now + timeout;
  return WASI_SUCCESS;
}

static uint32_t read_fd(wasi_host *host, struct batch *batch, struct subscription *subscription, uint32_t fd) {
  struct wasi_use use;
  uint32_t rights = R_POLL_FD_READWRITE | (subscription->type == EVENT_READ ? R_FD_READ : R_FD_WRITE);
  uint32_t error = wasi_begin_with(host, fd, rights, &use);
  if (error) return error;
  if (use.object->vfs || !host->wasi->port->wait) {
    subscription->ready = batch->immediate = true;
  } else {
    subscription->stream = (int8_t)batch->stream_count;
    batch->streams[batch->stream_count++] = (struct apus_wasi_pollfd){use.object->stream, false};
  }
  return wasi_end(&use, WASI_SUCCESS);
}

/* Everything is read once: the events may lie over the subscriptions. */
static void read_one(wasi_host *host, struct batch *batch, struct subscription *subscription, const uint8_t *at,
                     uint32_t clock_at, uint64_t now) {
  uint32_t error = WASI_INVAL;
  subscription->userdata = wasi_get64(at);
  subscription->type = at[8];
  subscription->stream = -1;
  if (subscription->type == EVENT_CLOCK)
    error = read_clock(host->wasi, at + clock_at, now, &subscription->deadline);
  else if (subscription->type <= EVENT_WRITE)
    error = read_fd(host, batch, subscription, wasi_get32(at + 16));
  subscription->error = (uint16_t)error;
  if (error) batch->immediate = true;
  else if (subscription->type == EVENT_CLOCK && subscription->deadline < batch->deadline)
    batch->deadline = subscription->deadline;
}

static bool has_event(const struct batch *batch, const struct subscription *subscription) {
  if (subscription->error || subscription->ready) return true;
  return subscription->stream >= 0 && batch->streams[subscription->stream].ready;
}

static uint32_t report(const struct batch *batch, uint64_t now, bool clocks, uint8_t *events) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < batch->n; i++) {
    const struct subscription *subscription = &batch->list[i];
    bool due = clocks && subscription->type == EVENT_CLOCK && !subscription->error && subscription->deadline <= now;
    if (!due && !has_event(batch, subscription)) continue;
    uint8_t *event = events + (size_t)count++ * 32;
    memset(event, 0, 32);
    wasi_put64(event, subscription->userdata);
    wasi_put16(event + 8, subscription->error);
    event[10] = subscription->type;
    if (!subscription->error && subscription->type != EVENT_CLOCK) event[16] = 1; /* at least one byte */
  }
  return count;
}

uint32_t wasi_poll_oneoff(wasi_host *host, uint32_t in, uint32_t out, uint32_t n, uint32_t result, enum wasi_layout layout) {
  struct batch batch;
  uint32_t size = layout == WASI_PREVIEW1 ? 48 : 56;
  uint64_t now = 0;
  if (!n) return WASI_INVAL;
  uint8_t *at = wasi_guest(host, in, n, size);
  uint8_t *events = wasi_guest(host, out, n, 32);
  uint8_t *count_to = wasi_guest(host, result, 1, 4);
  if (!at || !events || !count_to) return WASI_TRAP;
  if (!host->wasi) return WASI_NOSYS;
  if (n > APUS_CONFIG_WASI_POLL_MAX) return WASI_NOMEM;
  memset(&batch, 0, sizeof batch);
  batch.n = n;
  batch.deadline = UINT64_MAX;
  uint32_t error = host->wasi->port->now ? board_now(host->wasi, &now) : WASI_SUCCESS;
  if (error) return error;
  for (uint32_t i = 0; i < n; i++, at += size)
    read_one(host, &batch, &batch.list[i], at, layout == WASI_PREVIEW1 ? 16 : 24, now);
  const struct apus_wasi_port *port = host->wasi->port;
  uint32_t count = batch.immediate ? report(&batch, now, false, events) : 0;
  while (!count) {
    if (port->wait) port->wait(port->context, batch.deadline, batch.streams, batch.stream_count);
    if (port->now && (error = board_now(host->wasi, &now))) return error;
    count = report(&batch, now, false, events);
    if (!count) count = report(&batch, now, true, events);
  }
  wasi_put32(count_to, count);
  return WASI_SUCCESS;
}
