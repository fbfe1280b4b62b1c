/* The port's allocator, from the C library, and address space for memories that grow. */
#define _GNU_SOURCE
#include "apus.h"

#include <stdlib.h>
#include <sys/mman.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

void *apus_port_alloc(size_t size) {
  return size ? calloc(1, size) : NULL;
}

void apus_port_release(void *at, size_t size) {
  (void)size;
  free(at);
}

void *apus_port_reserve(size_t size) {
  if (SIZE_MAX <= UINT32_MAX) return NULL; /* one memory may be all that there is */
  void *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return at == MAP_FAILED ? NULL : at;
}
