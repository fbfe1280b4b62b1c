/* Prints what the module of module.py does: the same on every host. MANY says which instance model. */
#include "../driver.h"

static uint32_t a, got;
static uint64_t digest;

#define CALL(name, expression)                                                                                         \
  static void name(void *unused) {                                                                                     \
    (void)unused;                                                                                                      \
    expression;                                                                                                        \
  }
CALL(rows, got = module_export_rows(SELF))
CALL(row, digest = module_export_row(WITH_SELF a))
CALL(strange, got = module_export_strange(SELF))
CALL(plain, module_export_plain(SELF))
CALL(mixed, module_export_mixed(SELF))
CALL(tail_calls, got = module_export_tail_calls(SELF))
CALL(between, module_export_between(SELF))
CALL(asks, module_export_asks(SELF))
CALL(depth, got = module_export_depth(SELF))
CALL(grow_memory, got = module_export_grow_memory(WITH_SELF a))
CALL(grow_table, got = module_export_grow_table(WITH_SELF a))
CALL(at_end, got = module_export_at_end(SELF))

/* The trap's words; the offset is the module's, where it is known. */
static void call(const char *what, void (*body)(void *)) {
  struct apus_outcome outcome = apus_catch(body, NULL);
  if (outcome.trap) printf("%s: %s\n", what, apus_trap_message(outcome.trap));
  else printf("%s: %u\n", what, (unsigned)got);
}

static void dive(const char *what, void (*body)(void *)) {
  call(what, body);
  call("  depth", depth);
}

void apus_import_host_dive_inside(struct apus_host *host) {
  (void)host;
  struct apus_outcome outcome = apus_catch(plain, NULL);
  printf("  inside: %s\n", apus_trap_message(outcome.trap));
}

int main(void) {
  if (!instantiate()) return 1;
  apus_catch(rows, NULL);
  const uint32_t count = got;
  for (a = 0; a < count; a++) {
    apus_catch(row, NULL);
    printf("row %u: %08x%08x\n", (unsigned)a, (unsigned)(digest >> 32), (unsigned)digest);
  }
  call("NaNs that are not canonical", strange);
  for (int k = 0; k < 2; k++) {
    dive("plain", plain);
    dive("mixed", mixed);
    dive("between", between);
    dive("asks", asks);
    call("tail calls", tail_calls);
  }
  static const uint32_t pages[] = {0, 3, 1, 1, 1, 0x10000, 0xffffffff};
  for (unsigned k = 0; k < sizeof pages / sizeof *pages; k++) {
    a = pages[k];
    call("memory.grow", grow_memory);
    call("table.grow", grow_table);
  }
  call("load", at_end);
  module_destroy(SELF);
  return 0;
}
