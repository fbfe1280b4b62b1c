/* wasi_guest.c: the check of guest addresses. */
#include "wasi_core.h"

uint8_t *wasi_guest(const struct apus_host *host, uint32_t at, uint64_t count, uint64_t size) {
  /* Both factors are below 2^33, so the product cannot wrap. */
  return apus_guest(host, at, count * size);
}
