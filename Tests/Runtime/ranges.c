/* Which functions of a translated file count as translated: those in the usual
 * sections, wherever the compiler puts them, and none of another file. */
#define APUS_TRANSLATED
#include "apus_code.h"

#include "test.h"

static struct apus_memory memory;

#define ASKS(name, attributes)                                                                                         \
  static __attribute__((noinline, attributes)) bool name(void) {                                                       \
    bool is_placed = apus_code_is_placed();                                                                            \
    force(is_placed);                                                                                                  \
    return is_placed;                                                                                                  \
  }
ASKS(ordinary, used)
ASKS(seldom, cold)
ASKS(often, hot)
ASKS(before_main, constructor)
ASKS(elsewhere, section("another"))

static void load(void *address) {
  u8 *m = memory.base;
  force(ld32(*(u32 *)address, 0));
}

__attribute__((cold)) static void load_seldom(void *address) { load(address); }

int main(void) {
  expect(ordinary());
  expect(seldom());
  expect(often());
  expect(before_main());
  expect(!elsewhere());

  expect(apus_memory_init_guarded(&memory, 1, 1));
  u32 last = 65532, beyond = 65533;
  expect(apus_catch(load, &last).trap == APUS_TRAP_NONE);
  expect(apus_catch(load, &beyond).trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  expect(apus_catch(load_seldom, &beyond).trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  apus_memory_destroy(&memory);
  return report();
}
