/* sock.c: boards have no sockets. BADF, else NOTSOCK. */
#include "board.h"

static uint32_t check(const wasi_host *host, uint32_t fd) {
  struct wasi_use use;
  uint32_t error = wasi_begin(host, fd, &use);
  return error ? error : wasi_end(&use, WASI_NOTSOCK);
}

uint32_t wasi_sock_accept(wasi_host *host, uint32_t fd, uint32_t flags, uint32_t result) {
  (void)flags, (void)result;
  return check(host, fd);
}

uint32_t wasi_sock_recv(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size,
                        uint32_t oflags) {
  (void)iovs, (void)n, (void)flags, (void)size, (void)oflags;
  return check(host, fd);
}

uint32_t wasi_sock_send(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size) {
  (void)iovs, (void)n, (void)flags, (void)size;
  return check(host, fd);
}

uint32_t wasi_sock_shutdown(wasi_host *host, uint32_t fd, uint32_t how) {
  (void)how;
  return check(host, fd);
}
