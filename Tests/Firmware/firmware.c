/* The firmware profile: traps, the stack, and memory that the board gave. The same
 * file runs on Cortex-M and, over the same port, as a program of the machine at hand.
 * MANY says which instance model the module was translated for. */
#include "module.h"

#include "apus_tasks.h"

#include "../Runtime/test.h"
#include "../instance.h"

#include <setjmp.h>
#include <string.h>

/* --- the board ------------------------------------------------------------------ */

static jmp_buf board;
static enum apus_trap fatal;
static uint32_t fatal_offset;

void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  fatal = trap;
  fatal_offset = offset;
  longjmp(board, 1);
}

/* A piece too small for a page, where the table goes, and another for three pages. */
static struct {
  _Alignas(max_align_t) unsigned char small[1024], gap[64], room[3 * APUS_PAGE];
} given;

enum { STACK = 3072, RESERVE = 1024 };

uint32_t apus_import_board_value(struct apus_host *host, uint32_t value) {
  if (value == 7) apus_exit(3);
  if (value == 8) {
    struct apus_exception exception = {.tag = module_export_error(SELF), .values = {30, 3}};
    apus_throw(&exception);
    return 0;
  }
  return value + (uint32_t)(uintptr_t)host->user;
}

/* --- calls ------------------------------------------------------------------------ */

static uint32_t a, b, got;

#define CALL(name, expression)                                                                                         \
  static void name(void *unused) {                                                                                     \
    (void)unused;                                                                                                      \
    expression;                                                                                                        \
  }
CALL(load, got = module_export_load(WITH_SELF a))
CALL(load_far, got = module_export_load_far(WITH_SELF a))
CALL(load_never, got = module_export_load_never(WITH_SELF a))
CALL(store, module_export_store(WITH_SELF a, b))
CALL(grow, got = module_export_grow(WITH_SELF a))
CALL(size, got = module_export_size(SELF))
CALL(starts, got = module_export_starts(SELF))
CALL(divide, got = module_export_divide(WITH_SELF a, b))
CALL(truncate_nan, got = module_export_truncate(WITH_SELF __builtin_nan("")))
CALL(unreachable, module_export_unreachable(SELF))
CALL(indirect, got = module_export_indirect(WITH_SELF a))
CALL(wrong_type, got = module_export_wrong_type(SELF))
CALL(grow_table, got = module_export_grow_table(WITH_SELF a))
CALL(host, got = module_export_host(WITH_SELF a))
CALL(recurse, got = module_export_recurse(WITH_SELF a))
CALL(even, got = module_export_even(WITH_SELF a))
CALL(through, got = module_export_through(WITH_SELF a))
CALL(caught_each, got = module_export_caught(WITH_SELF a))
CALL(uncaught, got = module_export_uncaught(WITH_SELF a))
CALL(host_throws, got = module_export_host_throws(WITH_SELF a))
CALL(tail, got = module_export_tail(WITH_SELF a))
CALL(vector, got = module_export_vector(WITH_SELF a))
CALL(atomic, got = module_export_atomic(WITH_SELF a))
CALL(atomic_at, got = module_export_atomic_at(WITH_SELF a))
CALL(wait, got = module_export_wait(WITH_SELF a))
CALL(notify, got = module_export_notify(WITH_SELF a))

static struct apus_outcome outcome_of(void (*call)(void *), uint32_t x, uint32_t y) {
  a = x, b = y, got = 0xdead;
  return apus_catch(call, NULL);
}

static bool gives(void (*call)(void *), uint32_t x, uint32_t result) {
  return outcome_of(call, x, 0).trap == APUS_TRAP_NONE && got == result;
}

static bool traps(void (*call)(void *), uint32_t x, uint32_t y, enum apus_trap trap) {
  struct apus_outcome outcome = outcome_of(call, x, y);
  return outcome.trap == trap && outcome.offset != 0 && outcome.pc == NULL;
}

static void catch_inside(void *unused) {
  (void)unused;
  expect(traps(unreachable, 0, 0, APUS_TRAP_UNREACHABLE));
  module_export_divide(WITH_SELF 1, 0);
}

/* --- tests ------------------------------------------------------------------------ */

static bool instantiate(void) {
#ifdef MANY
  struct module_imports imports;
  module_default_imports(&imports);
  struct apus_outcome outcome = module_instantiate(&instance, &imports);
#else
  struct apus_outcome outcome = module_instantiate();
#endif
  return outcome.trap == APUS_TRAP_NONE;
}

static struct apus_host *host_of(void) {
#ifdef MANY
  return &instance.host;
#else
  return module_host();
#endif
}

static void every_trap(void) {
  expect(gives(load, 8, 42) && gives(load, APUS_PAGE - 4, 0));
  expect(traps(load, APUS_PAGE - 3, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(traps(load, UINT32_MAX, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(traps(load_far, 0, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(traps(load_far, UINT32_MAX - APUS_PAGE, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(traps(load_never, 0, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(traps(load_never, 1, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(traps(store, APUS_PAGE - 3, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(traps(divide, 1, 0, APUS_TRAP_INTEGER_DIVIDE_BY_ZERO));
  expect(traps(divide, 0x80000000u, UINT32_MAX, APUS_TRAP_INTEGER_OVERFLOW));
  expect(traps(truncate_nan, 0, 0, APUS_TRAP_INVALID_CONVERSION));
  expect(traps(unreachable, 0, 0, APUS_TRAP_UNREACHABLE));
  expect(gives(indirect, 0, 42));
  expect(traps(indirect, 1, 0, APUS_TRAP_UNINITIALIZED_ELEMENT));
  expect(traps(indirect, 99, 0, APUS_TRAP_UNDEFINED_ELEMENT));
  expect(traps(wrong_type, 0, 0, APUS_TRAP_INDIRECT_CALL_TYPE_MISMATCH));
  expect(gives(grow_table, 1, 3) && gives(indirect, 3, 42));
  expect(traps(catch_inside, 0, 0, APUS_TRAP_INTEGER_DIVIDE_BY_ZERO));
}

static void host_functions(void) {
  host_of()->user = (void *)5;
  expect(gives(host, 2, 7));
  struct apus_outcome outcome = outcome_of(host, 7, 0);
  expect(outcome.trap == APUS_TRAP_EXIT && outcome.exit_status == 3);
}

/* Outside of every apus_catch the board is told. */
static void board_is_told(void) {
  if (!setjmp(board)) module_export_unreachable(SELF);
  expect(fatal == APUS_TRAP_UNREACHABLE && fatal_offset != 0);
  if (!setjmp(board)) apus_exit(9);
  expect(fatal == APUS_TRAP_EXIT && fatal_offset == 9);
}

/* Up to the stated maximum, in place: the bytes stay where they are. */
static void memory_grows(void) {
  const uint8_t *base = module_export_memory(SELF)->base;
  expect(base == given.room);
  expect(traps(load, APUS_PAGE, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(gives(grow, 2, 1) && gives(size, 0, 3));
  expect(module_export_memory(SELF)->base == base);
  expect(gives(load, 8, 42) && gives(load, APUS_PAGE, 0) && gives(load, 3 * APUS_PAGE - 4, 0));
  expect(traps(load, 3 * APUS_PAGE - 3, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(gives(load_far, 2 * APUS_PAGE - 4, 0));
  expect(traps(load_far, 2 * APUS_PAGE - 3, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(gives(grow, 1, UINT32_MAX) && gives(size, 0, 3));
}

static void stack_ends(void) {
  unsigned char here;
  expect(gives(recurse, 20000, 20000)); /* nothing is checked so far */
  apus_port_stack((void *)((uintptr_t)&here - STACK), RESERVE);
  expect(gives(recurse, 4, 4) && gives(even, 4, 1) && gives(through, 4, 4));
  for (int i = 0; i < 3; i++) {
    expect(traps(recurse, UINT32_MAX, 0, APUS_TRAP_STACK_EXHAUSTED));
    expect(traps(even, UINT32_MAX, 0, APUS_TRAP_STACK_EXHAUSTED));
    expect(traps(through, UINT32_MAX, 0, APUS_TRAP_STACK_EXHAUSTED));
  }
  /* Not even the reserve is left for the host. */
  apus_port_stack(&here, 0);
  expect(outcome_of(host, 2, 0).trap == APUS_TRAP_STACK_EXHAUSTED);
  apus_port_stack(NULL, 0);
}

/* There is one thread. */
static void atomic_accesses(void) {
  expect(gives(atomic, 5, 4294575366u) && gives(atomic, 0x1ff, 4261478150u));
  expect(traps(atomic_at, 66, 0, APUS_TRAP_UNALIGNED_ATOMIC));
  expect(traps(atomic_at, UINT32_MAX - 3, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS));
  expect(traps(wait, 64, 0, APUS_TRAP_EXPECTED_SHARED_MEMORY));
  expect(gives(notify, 64, 0) && traps(notify, 65, 0, APUS_TRAP_UNALIGNED_ATOMIC));
}

/* Neither takes memory: there is none left, and not much stack. */
static void exceptions_and_tail_calls(void) {
  unsigned char here;
  apus_port_stack((void *)((uintptr_t)&here - STACK), RESERVE);
  expect(gives(caught_each, 1000000, 1784293664u)); /* the sum modulo 2^32 */
  expect(traps(uncaught, 9, 0, APUS_TRAP_EXCEPTION));
  expect(apus_caught()->tag == module_export_error(SELF) && apus_caught()->values[0] == 9);
  expect(gives(host_throws, 8, 33) && gives(host_throws, 2, 0));
  expect(gives(tail, 1000000, 77));
  apus_port_stack(NULL, 0);
}

/* Two tasks, though of one stack: in the midst of a call of the first one the second runs, as far as it likes. */
static struct apus_task first, second;

static void in_second(void) {
  unsigned char here;
  apus_task_switch(&first, &second);
  expect(apus_fuel_left() == 0 && apus_interrupt_here() != NULL);
  apus_fuel_give(7);
  /* Its stack is checked from here on, and its traps end here. */
  apus_port_stack((void *)((uintptr_t)&here - STACK), RESERVE);
  expect(traps(recurse, UINT32_MAX, 0, APUS_TRAP_STACK_EXHAUSTED));
  expect(traps(divide, 1, 0, APUS_TRAP_INTEGER_DIVIDE_BY_ZERO));
  expect(gives(load, 8, 42) && gives(caught_each, 10, 55));
  expect(traps(uncaught, 4, 0, APUS_TRAP_EXCEPTION) && apus_caught()->values[0] == 4);
  if (!setjmp(board)) module_export_unreachable(SELF);
  expect(fatal == APUS_TRAP_UNREACHABLE);
  apus_task_interrupt(&first);
  apus_task_switch(&second, &first);
}

static void switches(void *unused) {
  (void)unused;
  apus_fuel_give(5);
  struct apus_exception exception = {.tag = module_export_error(SELF), .values = {6}};
  apus_throw(&exception);
  in_second();
  expect(apus_fuel_left() == 5);
}

static void tasks(void) {
  expect(apus_catch(switches, NULL).trap == APUS_TRAP_EXCEPTION && apus_caught()->values[0] == 6);
  apus_task_switch(&first, &second);
  expect(apus_fuel_left() == 7 && apus_caught()->values[0] == 4);
  apus_task_switch(&second, &first);
  expect(apus_caught()->values[0] == 6);
  expect(gives(recurse, 20000, 20000)); /* whose stack is not checked */
}

/* Pieces are joined again, so that the same room serves any number of instances. */
static void room_comes_back(void) {
  module_destroy(SELF);
  for (int i = 0; i < 100; i++) {
    expect(instantiate());
    expect(gives(grow, 2, 1));
    module_destroy(SELF);
  }
}

int main(void) {
  apus_port_give(given.small, sizeof given.small);
  expect(!instantiate()); /* no room for a page */
  module_destroy(SELF);
  apus_port_give(given.room, sizeof given.room);
  expect(instantiate());
  expect(gives(starts, 0, 1));
  every_trap();
  host_functions();
  board_is_told();
  memory_grows();
  expect(gives(vector, 100, 800 + 1));
  atomic_accesses();
  exceptions_and_tail_calls();
  stack_ends();
  tasks();
  room_comes_back();
  return report();
}
