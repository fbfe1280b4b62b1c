/* What the program asks its host for. */
#include "apus.h"

#include <stdio.h>

void apus_import_host_print(struct apus_host *host, uint64_t text, uint64_t size);
void apus_import_host_print(struct apus_host *host, uint64_t text, uint64_t size) {
  if (size > host->memory->size || text > host->memory->size - size) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, 0);
  fwrite(host->memory->base + text, 1, (size_t)size, stdout);
}
