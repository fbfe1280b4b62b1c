/* What calls may leave behind: an exception on its way, a tail call to go on with. */
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
#endif

void apus_uncaught(void) {
  struct apus_outcome outcome = {0};
  apus_calls_end(&outcome);
  apus_trap(outcome.trap, outcome.offset);
}
