/* What calls may leave behind: an exception on its way, a tail call to go on with. */
#include "apus_tasks.h"

#include "apus_code.h"

APUS_THREAD struct apus_exception apus_thrown;
APUS_THREAD struct apus_tail apus_tail;
static APUS_THREAD struct apus_exception ended;

void apus_throw(const struct apus_exception *exception) { apus_thrown = *exception; }

const struct apus_exception *apus_caught(void) { return &ended; }

void apus_calls_end(struct apus_outcome *outcome) {
  if (outcome->trap) apus_tail = (struct apus_tail){0};
  if (!apus_thrown.tag) return;
  /* A trap that has come after it is what counts. */
  if (outcome->trap == APUS_TRAP_NONE) {
    ended = apus_thrown;
    outcome->trap = APUS_TRAP_EXCEPTION;
    outcome->offset = ended.offset;
  }
  apus_thrown.tag = NULL;
}

#if !APUS_HOSTED
void apus_look_for_thrown(void) { none_thrown(); }

void apus_calls_switch(struct apus_task *from, const struct apus_task *to) {
  from->thrown = apus_thrown;
  from->ended = ended;
  from->tail_next = apus_tail.next;
  from->tail_inner = apus_tail.inner;
  from->tail_results = apus_tail.results;
  apus_thrown = to->thrown;
  ended = to->ended;
  apus_tail = (struct apus_tail){.next = to->tail_next, .inner = to->tail_inner, .results = to->tail_results};
}
#endif

void apus_uncaught(void) {
  struct apus_outcome outcome = {0};
  apus_calls_end(&outcome);
  apus_trap(outcome.trap, outcome.offset);
}
