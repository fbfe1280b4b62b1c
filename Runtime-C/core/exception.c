/* Exceptions on their way, and those that no module caught. */
#include "apus_code.h"

APUS_THREAD struct apus_exception apus_thrown;
static APUS_THREAD struct apus_exception ended;

void apus_throw(const struct apus_exception *exception) { apus_thrown = *exception; }

const struct apus_exception *apus_caught(void) { return &ended; }

void apus_exception_end(struct apus_outcome *outcome) {
  if (!apus_thrown.tag) return;
  /* A trap has come after it: it is forgotten. */
  if (outcome->trap == APUS_TRAP_NONE) {
    ended = apus_thrown;
    outcome->trap = APUS_TRAP_EXCEPTION;
    outcome->offset = ended.offset;
  }
  apus_thrown.tag = NULL;
}

void apus_uncaught(void) {
  struct apus_outcome outcome = {0};
  apus_exception_end(&outcome);
  apus_trap(outcome.trap, outcome.offset);
}
