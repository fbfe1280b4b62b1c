/* The port's allocator, from the C library. */
#include "apus.h"

#include <stdlib.h>

void *apus_port_alloc(size_t size) {
  return size ? calloc(1, size) : NULL;
}

void apus_port_release(void *at, size_t size) {
  (void)size;
  free(at);
}
