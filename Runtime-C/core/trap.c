/* The traps' messages. */
#include "apus_code.h"

const char *apus_trap_message(enum apus_trap trap) {
  switch (trap) {
#define APUS_TRAP_CASE(name, text)                                                                                     \
  case APUS_TRAP_##name:                                                                                               \
    return text;
    APUS_TRAPS(APUS_TRAP_CASE)
#undef APUS_TRAP_CASE
  }
  return "unknown trap";
}
