/* driver.h: what the drivers of everywhere.py begin with: the module's instance, and the board where there is one. */
#include "module.h"

#include "instance.h"

#include <stdio.h>

#ifdef APUS_FREESTANDING
static _Alignas(16) unsigned char heap[16 * APUS_PAGE];

void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  printf("fatal: %s at %u\n", apus_trap_message(trap), (unsigned)offset);
  for (;;) continue;
}
#endif

/* Makes the instance, with the host's functions; false where that traps, which is printed. */
static bool instantiate(void) {
#ifdef APUS_FREESTANDING
  apus_port_give(heap, sizeof heap);
#endif
#ifdef MANY
  struct module_imports imports = {0};
  module_default_imports(&imports);
  struct apus_outcome outcome = module_instantiate(&instance, &imports);
#else
  struct apus_outcome outcome = module_instantiate();
#endif
  if (outcome.trap) printf("instantiate: %s\n", apus_trap_message(outcome.trap));
  return !outcome.trap;
}
