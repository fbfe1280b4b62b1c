/* wasi_io.c: read, write, seek; and the vectors of sockets. */
#include "wasi_internal.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum { BATCH = 64, VECTORS_MAX = 1024 };

static const uint64_t BATCH_BYTES = 0x7ffff000; /* what one call of the host moves at most */

bool wasi_would_block(const struct wasi_use *use, short events) {
  if (use->object->owned || !(use->flags & WASI_NONBLOCK)) return false;
  struct pollfd poll_one = {use->object->host, events, 0};
  return poll(&poll_one, 1, 0) == 0;
}

/* One message. Sending to a peer that is gone is EPIPE without a signal. */
static ssize_t move_message(struct wasi_transfer *transfer, struct iovec *list, int n) {
  struct msghdr message = {.msg_iov = list, .msg_iovlen = (size_t)n};
  int fd = transfer->use.object->host;
  if (transfer->write) return sendmsg(fd, &message, transfer->message_flags | MSG_NOSIGNAL);
  ssize_t moved = recvmsg(fd, &message, transfer->message_flags);
  transfer->truncated = moved >= 0 && message.msg_flags & MSG_TRUNC;
  return moved;
}

static ssize_t move(struct wasi_transfer *transfer, struct iovec *list, int n, uint64_t done) {
  int fd = transfer->use.object->host;
  off_t offset = (off_t)(transfer->offset + done);
  for (;;) {
    ssize_t moved = transfer->message      ? move_message(transfer, list, n)
                    : transfer->positioned ? (transfer->write ? pwritev(fd, list, n, offset) : preadv(fd, list, n, offset))
                                           : (transfer->write ? writev(fd, list, n) : readv(fd, list, n));
    if (moved >= 0 || errno != EINTR) return moved;
  }
}

/* All vectors are checked before the first byte moves, so a trap leaves nothing
 * half done. What is read can land on the vectors that are still to come: each is
 * read and checked again when its turn comes, and a bad one ends the call short. */
uint32_t wasi_transfer_run(wasi_host *host, struct wasi_transfer *transfer, uint32_t iovs, uint32_t n, uint32_t result) {
  const uint8_t *vectors = wasi_guest(host, iovs, n, 8);
  uint8_t *to = wasi_guest(host, result, 1, 4);
  if (!vectors || !to) return WASI_TRAP;
  if (n > VECTORS_MAX) n = VECTORS_MAX;
  for (uint32_t i = 0; i < n; i++)
    if (!wasi_guest(host, wasi_get32(vectors + i * 8), wasi_get32(vectors + i * 8 + 4), 1)) return WASI_TRAP;
  if (wasi_would_block(&transfer->use, transfer->write ? POLLOUT : POLLIN)) return WASI_AGAIN;
  uint64_t done = 0;
  for (uint32_t i = 0; i < n;) {
    struct iovec list[BATCH];
    int count = 0;
    uint64_t asked = 0;
    for (; i < n && count < BATCH && done + asked < BATCH_BYTES; i++, count++) {
      uint64_t length = wasi_get32(vectors + i * 8 + 4), room = BATCH_BYTES - done - asked;
      list[count].iov_base = apus_guest(host, wasi_get32(vectors + i * 8), length);
      if (!list[count].iov_base) break;
      list[count].iov_len = (size_t)(length < room ? length : room);
      asked += list[count].iov_len;
    }
    if (!count && !transfer->message) break; /* an empty message is one, too */
    ssize_t moved = move(transfer, list, count, done);
    if (moved < 0) {
      if (done) break; /* what was moved counts */
      return wasi_from_errno(errno);
    }
    done += (uint64_t)moved;
    /* A second read of a pipe could block although there was something. */
    if (transfer->message || (uint64_t)moved < asked || (!transfer->write && transfer->use.object->filetype != WASI_REGULAR_FILE && done)) break;
  }
  wasi_put32(to, (uint32_t)done);
  return WASI_SUCCESS;
}

/* Nothing is held on an error. */
static uint32_t begin(wasi_host *host, uint32_t fd, struct wasi_transfer *transfer) {
  struct wasi_use *use = &transfer->use;
  uint32_t rights = transfer->write ? R_FD_WRITE : R_FD_READ;
  if (transfer->positioned) rights |= R_FD_SEEK;
  uint32_t error = wasi_begin(host, fd, use);
  if (error) return error;
  if (use->object->filetype == WASI_DIRECTORY) error = WASI_ISDIR;
  else if (transfer->write && use->object->read_only) error = WASI_PERM;
  else if (transfer->positioned && !use->object->seekable) error = WASI_SPIPE;
  else if ((use->rights & rights) != rights) error = WASI_NOTCAPABLE;
  else if (transfer->offset > INT64_MAX) error = WASI_INVAL;
  return error ? wasi_end(use, error) : WASI_SUCCESS;
}

uint32_t wasi_fd_read(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t result) {
  struct wasi_transfer transfer = {.write = false};
  uint32_t error = begin(host, fd, &transfer);
  return error ? error : wasi_end(&transfer.use, wasi_transfer_run(host, &transfer, iovs, n, result));
}

uint32_t wasi_fd_write(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t result) {
  struct wasi_transfer transfer = {.write = true};
  uint32_t error = begin(host, fd, &transfer);
  return error ? error : wasi_end(&transfer.use, wasi_transfer_run(host, &transfer, iovs, n, result));
}

uint32_t wasi_fd_pread(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint64_t offset, uint32_t result) {
  struct wasi_transfer transfer = {.positioned = true, .offset = offset};
  uint32_t error = begin(host, fd, &transfer);
  return error ? error : wasi_end(&transfer.use, wasi_transfer_run(host, &transfer, iovs, n, result));
}

/* With APPEND the host writes at the end, whatever the offset. */
uint32_t wasi_fd_pwrite(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint64_t offset, uint32_t result) {
  struct wasi_transfer transfer = {.write = true, .positioned = true, .offset = offset};
  uint32_t error = begin(host, fd, &transfer);
  return error ? error : wasi_end(&transfer.use, wasi_transfer_run(host, &transfer, iovs, n, result));
}

/* --- position ---------------------------------------------------------------------- */

static uint32_t seek_object(wasi_host *host, const struct wasi_use *use, uint32_t rights, int64_t delta, int whence,
                            uint32_t result) {
  if (use->object->filetype == WASI_DIRECTORY) return WASI_ISDIR;
  if (!use->object->seekable) return WASI_SPIPE;
  if (!(use->rights & rights)) return WASI_NOTCAPABLE;
  if (whence < 0) return WASI_INVAL;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  if (!to) return WASI_TRAP;
  off_t position = lseek(use->object->host, (off_t)delta, whence);
  if (position < 0) return wasi_from_errno(errno);
  wasi_put64(to, (uint64_t)position);
  return WASI_SUCCESS;
}

static uint32_t seek(wasi_host *host, uint32_t fd, uint32_t rights, int64_t delta, int whence, uint32_t result) {
  struct wasi_use use;
  uint32_t error = wasi_begin(host, fd, &use);
  return error ? error : wasi_end(&use, seek_object(host, &use, rights, delta, whence, result));
}

uint32_t wasi_fd_seek(wasi_host *host, uint32_t fd, uint64_t delta, uint32_t whence, uint32_t result, enum wasi_layout layout) {
  static const int order[2][3] = {{SEEK_SET, SEEK_CUR, SEEK_END}, {SEEK_CUR, SEEK_END, SEEK_SET}};
  /* A seek that does not move is a tell. */
  int host_whence = whence > 2 ? -1 : order[layout == WASI_UNSTABLE][whence];
  uint32_t rights = host_whence == SEEK_CUR && !delta ? R_FD_SEEK | R_FD_TELL : R_FD_SEEK;
  return seek(host, fd, rights, (int64_t)delta, host_whence, result);
}

uint32_t wasi_fd_tell(wasi_host *host, uint32_t fd, uint32_t result) {
  return seek(host, fd, R_FD_TELL, 0, SEEK_CUR, result);
}
