/* wasi_args.c: arguments, environment, and what needs nothing at all. */
#include "wasi_core.h"

#include <string.h>

static uint32_t strings_get(wasi_host *host, const struct apus_wasi_strings *strings, uint32_t pointers,
                            uint32_t buffer) {
  uint8_t *list = wasi_guest(host, pointers, strings->count, 4);
  uint8_t *bytes = wasi_guest(host, buffer, strings->size, 1);
  if (!list || !bytes) return WASI_TRAP;
  uint32_t at = 0;
  for (uint32_t i = 0; i < strings->count; i++) {
    uint32_t length = (uint32_t)apus_wasi_length(strings->list[i]) + 1;
    memcpy(bytes + at, strings->list[i], length);
    wasi_put32(list + (size_t)i * 4, buffer + at);
    at += length;
  }
  return WASI_SUCCESS;
}

static uint32_t strings_sizes(wasi_host *host, const struct apus_wasi_strings *strings, uint32_t count, uint32_t size) {
  uint8_t *count_to = wasi_guest(host, count, 1, 4);
  uint8_t *size_to = wasi_guest(host, size, 1, 4);
  if (!count_to || !size_to) return WASI_TRAP;
  wasi_put32(count_to, strings->count);
  wasi_put32(size_to, strings->size);
  return WASI_SUCCESS;
}

uint32_t wasi_args_get(wasi_host *host, uint32_t argv, uint32_t buffer) {
  return host->wasi ? strings_get(host, &host->wasi->arguments, argv, buffer) : WASI_NOSYS;
}

uint32_t wasi_args_sizes_get(wasi_host *host, uint32_t count, uint32_t size) {
  return host->wasi ? strings_sizes(host, &host->wasi->arguments, count, size) : WASI_NOSYS;
}

uint32_t wasi_environ_get(wasi_host *host, uint32_t environ_at, uint32_t buffer) {
  return host->wasi ? strings_get(host, &host->wasi->environment, environ_at, buffer) : WASI_NOSYS;
}

uint32_t wasi_environ_sizes_get(wasi_host *host, uint32_t count, uint32_t size) {
  return host->wasi ? strings_sizes(host, &host->wasi->environment, count, size) : WASI_NOSYS;
}
