/* wasi_sock.c: sockets. A guest makes none itself: it has those that the embedder
 * gives it, and what it accepts from them. */
#include "wasi_internal.h"

#include <poll.h>
#include <sys/socket.h>

enum { RECV_PEEK = 1, RECV_WAITALL = 2 };
enum { SHUTDOWN_READ = 1, SHUTDOWN_WRITE = 2 };

static uint32_t begin_socket(const wasi_host *host, uint32_t fd, uint32_t right, struct wasi_use *use) {
  uint32_t error = wasi_begin(host, fd, use);
  if (error) return error;
  if (use->object->filetype != WASI_SOCKET_STREAM && use->object->filetype != WASI_SOCKET_DGRAM) error = WASI_NOTSOCK;
  else if (!(use->rights & right)) error = WASI_NOTCAPABLE;
  return error ? wasi_end(use, error) : WASI_SUCCESS;
}

/* --- accept ----------------------------------------------------------------------- */

/* The host descriptor of the next connection, or -1. */
static int next_connection(int listening, bool nonblock) {
  int fd;
#ifdef __linux__
  WASI_RETRY(fd, accept4(listening, NULL, NULL, SOCK_CLOEXEC | (nonblock ? SOCK_NONBLOCK : 0)));
#else
  WASI_RETRY(fd, accept(listening, NULL, NULL));
  if (fd >= 0 && (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, nonblock ? O_NONBLOCK : 0) < 0)) {
    int error = errno;
    close(fd);
    errno = error;
    fd = -1;
  }
#endif
  return fd;
}

/* The number is taken first: a full table loses no connection. */
static uint32_t accept_new(const struct wasi_use *listening, uint32_t flags, uint32_t *fd) {
  struct wasi_new new;
  if (wasi_would_block(listening, POLLIN)) return WASI_AGAIN;
  uint32_t error = wasi_new_begin(listening->wasi, &new);
  if (error) return error;
  new.object->host = next_connection(listening->object->host, flags & WASI_NONBLOCK);
  if (new.object->host < 0) {
    error = wasi_from_errno(errno);
    wasi_new_abort(listening->wasi, &new);
    return error;
  }
  new.object->owned = true;
  new.object->filetype = listening->object->filetype;
  new.object->flags = (uint8_t)flags;
  *fd = new.fd;
  wasi_new_commit(listening->wasi, &new, NULL, WASI_RIGHTS_CONNECTION & listening->inheriting, 0);
  return WASI_SUCCESS;
}

uint32_t wasi_sock_accept(wasi_host *host, uint32_t fd, uint32_t flags, uint32_t result) {
  struct wasi_use use;
  uint32_t accepted = 0, error = begin_socket(host, fd, R_SOCK_ACCEPT, &use);
  if (error) return error;
  uint8_t *to = wasi_guest(host, result, 1, 4);
  if (flags & ~(uint32_t)WASI_NONBLOCK) error = WASI_INVAL;
  else if (!to) error = WASI_TRAP;
  else error = accept_new(&use, flags, &accepted);
  if (!error) wasi_put32(to, accepted);
  return wasi_end(&use, error);
}

/* --- messages ------------------------------------------------------------------------ */

uint32_t wasi_sock_recv(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size, uint32_t oflags) {
  struct wasi_transfer transfer = {.message = true};
  uint32_t error = begin_socket(host, fd, R_FD_READ, &transfer.use);
  if (error) return error;
  uint8_t *to = wasi_guest(host, oflags, 1, 2);
  if (flags & ~(uint32_t)(RECV_PEEK | RECV_WAITALL)) error = WASI_INVAL;
  else if (!to) error = WASI_TRAP;
  if (error) return wasi_end(&transfer.use, error);
  transfer.message_flags = (flags & RECV_PEEK ? MSG_PEEK : 0) | (flags & RECV_WAITALL ? MSG_WAITALL : 0);
  error = wasi_transfer_run(host, &transfer, iovs, n, size);
  if (!error) wasi_put16(to, transfer.truncated);
  return wasi_end(&transfer.use, error);
}

uint32_t wasi_sock_send(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size) {
  struct wasi_transfer transfer = {.message = true, .write = true};
  uint32_t error = begin_socket(host, fd, R_FD_WRITE, &transfer.use);
  if (error) return error;
  error = flags ? WASI_INVAL : wasi_transfer_run(host, &transfer, iovs, n, size);
  return wasi_end(&transfer.use, error);
}

uint32_t wasi_sock_shutdown(wasi_host *host, uint32_t fd, uint32_t how) {
  static const int host_how[] = {[SHUTDOWN_READ] = SHUT_RD, [SHUTDOWN_WRITE] = SHUT_WR,
                                 [SHUTDOWN_READ | SHUTDOWN_WRITE] = SHUT_RDWR};
  struct wasi_use use;
  uint32_t error = begin_socket(host, fd, R_SOCK_SHUTDOWN, &use);
  if (error) return error;
  if (!how || how > (SHUTDOWN_READ | SHUTDOWN_WRITE)) error = WASI_INVAL;
  else if (shutdown(use.object->host, host_how[how]) < 0) error = wasi_from_errno(errno);
  return wasi_end(&use, error);
}
