/* wasi_sock.c: sockets are not offered. BADF, then NOTSOCK, then INVAL for bad
 * flags, then NOSYS. */
#include "wasi_internal.h"

static uint32_t check(const wasi_host *host, uint32_t fd) {
  struct wasi_use use;
  uint32_t error = wasi_begin(host, fd, &use);
  if (error) return error;
  uint8_t type = use.object->filetype;
  return wasi_end(&use, type == WASI_SOCKET_STREAM || type == WASI_SOCKET_DGRAM ? WASI_SUCCESS : WASI_NOTSOCK);
}

uint32_t wasi_sock_accept(wasi_host *host, uint32_t fd, uint32_t flags, uint32_t result) {
  uint32_t error = check(host, fd);
  if (error) return error;
  (void)result;
  return flags & ~(uint32_t)WASI_NONBLOCK ? WASI_INVAL : WASI_NOSYS;
}

uint32_t wasi_sock_recv(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size, uint32_t oflags) {
  uint32_t error = check(host, fd);
  if (error) return error;
  (void)iovs, (void)n, (void)size, (void)oflags;
  return flags & ~3u ? WASI_INVAL : WASI_NOSYS;
}

uint32_t wasi_sock_send(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size) {
  uint32_t error = check(host, fd);
  if (error) return error;
  (void)iovs, (void)n, (void)size;
  return flags ? WASI_INVAL : WASI_NOSYS;
}

uint32_t wasi_sock_shutdown(wasi_host *host, uint32_t fd, uint32_t how) {
  uint32_t error = check(host, fd);
  if (error) return error;
  return !how || how > 3 ? WASI_INVAL : WASI_NOSYS;
}
