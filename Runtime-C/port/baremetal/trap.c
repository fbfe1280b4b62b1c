/* Traps without an operating system: they unwind to apus_catch, or end in the
 * board's hook. */
#include "apus_tasks.h"

#include "apus_code.h"

/* The compiler's own setjmp and longjmp, which need no library. */
struct frame {
  void *target[5];
  struct apus_outcome outcome;
  struct frame *previous;
};

static struct frame *current;
#ifdef APUS_COUNTS_CALLS
u32 apus_stack_taken;
#endif
uintptr_t apus_stack_limit;

void apus_port_stack(const void *lowest, size_t reserve) { apus_stack_limit = (uintptr_t)lowest + reserve; }

static _Noreturn void leave(enum apus_trap trap, uint32_t offset, uint32_t status) {
  if (!current)
    for (;;) apus_board_fatal(trap, trap == APUS_TRAP_EXIT ? status : offset);
  current->outcome.trap = trap;
  current->outcome.offset = offset;
  current->outcome.exit_status = status;
  __builtin_longjmp(current->target, 1);
}

_Noreturn void apus_trap(enum apus_trap trap, uint32_t offset) { leave(trap, offset, 0); }

_Noreturn void apus_exit(uint32_t status) { leave(APUS_TRAP_EXIT, 0, status); }

/* On its own, so that no local of the caller lives across the jump. */
static __attribute__((noinline)) void enter(struct frame *frame, void (*body)(void *), void *argument) {
  if (!__builtin_setjmp(frame->target)) body(argument);
}

struct apus_outcome apus_catch(void (*body)(void *argument), void *argument) {
  struct frame frame;
#ifdef APUS_COUNTS_CALLS
  const u32 taken = apus_stack_taken;
#endif
  __builtin_memset(&frame.outcome, 0, sizeof frame.outcome);
  frame.previous = current;
  current = &frame;
  enter(&frame, body, argument);
  if (APUS_LEAVES_CALLS) apus_calls_end(&frame.outcome);
  current = frame.previous;
#ifdef APUS_COUNTS_CALLS
  apus_stack_taken = taken;
#endif
  return frame.outcome;
}

/* What is linked where something needs it. */
#ifdef __ELF__
__attribute__((weak)) void apus_limits_switch(struct apus_task *from, const struct apus_task *to);
__attribute__((weak)) void apus_calls_switch(struct apus_task *from, const struct apus_task *to);
#define IS_LINKED(function) ((function) != NULL)
#else
void apus_limits_switch(struct apus_task *from, const struct apus_task *to);
void apus_calls_switch(struct apus_task *from, const struct apus_task *to);
#define IS_LINKED(function) 1
#endif

void apus_task_switch(struct apus_task *from, const struct apus_task *to) {
  from->catching = current;
  from->stack_limit = apus_stack_limit;
  current = to->catching;
  apus_stack_limit = to->stack_limit;
#ifdef APUS_COUNTS_CALLS
  from->stack_taken = apus_stack_taken;
  apus_stack_taken = to->stack_taken;
#endif
  if (IS_LINKED(apus_limits_switch)) apus_limits_switch(from, to);
  if (IS_LINKED(apus_calls_switch)) apus_calls_switch(from, to);
}
