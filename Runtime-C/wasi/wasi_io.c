/* wasi_io.c: read, write, seek; and the vectors of sockets. */
#include "wasi_internal.h"

#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum { VECTORS_MAX = 1024 }; /* IOV_MAX of Linux, macOS and the BSDs */

static const uint64_t BYTES_MAX = 0x7ffff000; /* what one call of the host moves at most */

/* Others share the flags of a descriptor that we do not own, so the host waits there. */
static bool must_not_wait(const struct wasi_use *use) { return !use->object->owned && use->flags & WASI_NONBLOCK; }

bool wasi_would_block(const struct wasi_use *use, short events) {
  struct pollfd poll_one = {use->object->host, events, 0};
  return must_not_wait(use) && poll(&poll_one, 1, 0) == 0;
}

static bool is_socket(const struct wasi_object *object) {
  return object->filetype == WASI_SOCKET_STREAM || object->filetype == WASI_SOCKET_DGRAM;
}

/* Sending to a peer that is gone is EPIPE without a signal. */
static ssize_t move_message(struct wasi_transfer *transfer, struct iovec *list, int n) {
  struct msghdr message = {.msg_iov = list, .msg_iovlen = (size_t)n};
  int fd = transfer->use.object->host, flags = transfer->message_flags;
  if (must_not_wait(&transfer->use)) flags |= MSG_DONTWAIT;
  if (transfer->write) return sendmsg(fd, &message, flags | MSG_NOSIGNAL);
  ssize_t moved = recvmsg(fd, &message, flags);
  transfer->truncated = moved >= 0 && message.msg_flags & MSG_TRUNC;
  return moved;
}

/* APPEND of a file that we do not own: its end is looked for before each write. */
static bool seek_end(const struct wasi_transfer *transfer, off_t *offset) {
  const struct wasi_object *object = transfer->use.object;
  struct stat stat;
  if (object->owned || !transfer->write || !(transfer->use.flags & WASI_APPEND) || !object->seekable) return true;
  if (!transfer->positioned) return lseek(object->host, 0, SEEK_END) >= 0;
  if (fstat(object->host, &stat) < 0) return false;
  *offset = stat.st_size;
  return true;
}

static ssize_t move(struct wasi_transfer *transfer, struct iovec *list, int n) {
  int fd = transfer->use.object->host;
  off_t offset = (off_t)transfer->offset;
  if (!seek_end(transfer, &offset)) return -1;
  for (;;) {
    ssize_t moved = is_socket(transfer->use.object) ? move_message(transfer, list, n)
                    : transfer->positioned ? (transfer->write ? pwritev(fd, list, n, offset) : preadv(fd, list, n, offset))
                                           : (transfer->write ? writev(fd, list, n) : readv(fd, list, n));
    if (moved >= 0 || !WASI_INTERRUPTED()) return moved;
  }
}

/* The guest's vectors, read once, as the host's: `room` bytes of them. False when one is
 * not inside the memory. */
static bool read_vectors(wasi_host *host, const uint8_t *vectors, uint32_t n, uint64_t room, struct iovec *list) {
  for (uint32_t i = 0; i < n; i++, vectors += 8) {
    uint64_t length = wasi_get32(vectors + 4);
    list[i].iov_base = apus_guest(host, wasi_get32(vectors), length);
    if (!list[i].iov_base) return false;
    list[i].iov_len = (size_t)(length < room ? length : room);
    room -= list[i].iov_len;
  }
  return true;
}

uint32_t wasi_transfer_run(wasi_host *host, struct wasi_transfer *transfer, uint32_t iovs, uint32_t n, uint32_t result) {
  struct iovec list[VECTORS_MAX];
  const struct wasi_use *use = &transfer->use;
  const uint8_t *vectors = wasi_guest(host, iovs, n, 8);
  uint8_t *to = wasi_guest(host, result, 1, 4);
  /* A pipe that can be written takes so much without waiting. */
  uint64_t room = transfer->write && !is_socket(use->object) && must_not_wait(use) ? PIPE_BUF : BYTES_MAX;
  /* Linux refuses to read where not all could be read. */
  if (transfer->positioned && !transfer->write && room > INT64_MAX - transfer->offset) room = INT64_MAX - transfer->offset;
  if (n > VECTORS_MAX) n = VECTORS_MAX;
  if (!vectors || !to || !read_vectors(host, vectors, n, room, list)) return WASI_TRAP;
  if (!is_socket(use->object) && wasi_would_block(use, transfer->write ? POLLOUT : POLLIN)) return WASI_AGAIN;
  ssize_t moved = n || transfer->message ? move(transfer, list, (int)n) : 0; /* an empty message is one, too */
  if (moved < 0) return wasi_from_errno(errno);
  wasi_put32(to, (uint32_t)moved);
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
