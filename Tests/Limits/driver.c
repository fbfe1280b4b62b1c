/* Prints what each export of limits.wat answers and how much fuel it takes: the same on every host. MANY says which
 * instance model. */
#include "../driver.h"

#include <string.h>

#define EXPORTS(X)                                                                                                     \
  X(straight) X(loops) X(arms) X(ways) X(values) X(fib) X(indirect) X(hosts) X(again) X(even) X(through) X(bulk)      \
  X(grows) X(catches) X(uncaught) X(divides) X(outside) X(handed) X(passed) X(given)
#define ENDLESS(X) X(forever) X(nested) X(ever) X(to)

static uint32_t argument, answer;

#define CALL(name)                                                                                                     \
  static void name(void *unused) {                                                                                     \
    (void)unused;                                                                                                      \
    answer = module_export_##name(WITH_SELF argument);                                                                 \
  }
EXPORTS(CALL)
ENDLESS(CALL)

static const struct {
  const char *name;
  void (*body)(void *);
} exports[] = {
#define ROW(name) {#name, name},
  EXPORTS(ROW)
}, endless[] = {ENDLESS(ROW)};

/* Calls the module again, with less than there was. */
uint32_t apus_import_host_call(struct apus_host *host, uint32_t a) {
  (void)host;
  int64_t left = apus_fuel_left();
  if (a != 4) return a;
  apus_fuel_give(left - 1000);
  return module_export_fib(WITH_SELF a);
}

static void report(const char *name, struct apus_outcome outcome, int64_t used) {
  uint64_t events, hash = apus_trace_hash(&events);
  /* At a fault of the hardware there may be more of them. */
  if (outcome.trap != APUS_TRAP_MEMORY_OUT_OF_BOUNDS)
    printf("  trace of %u events, %08x%08x\n", (unsigned)events, (unsigned)(hash >> 32), (unsigned)hash);
  apus_trace_to(NULL, NULL);
  if (outcome.trap) printf("%s %u: %s at %#x, %ld\n", name, (unsigned)argument, apus_trap_message(outcome.trap),
                           (unsigned)outcome.offset, (long)used);
  else printf("%s %u: %u, %ld\n", name, (unsigned)argument, (unsigned)answer, (long)used);
}

/* What comes when there is no more: once, twice, then nothing. */
static int times;
static bool refill(void *amount) {
  if (times == 2) return false;
  times++;
  apus_fuel_give(*(const int64_t *)amount);
  return true;
}

static bool empty_promise(void *unused) {
  (void)unused;
  return true;
}

int main(void) {
  if (!instantiate()) return 1;
  struct apus_outcome outcome;
  const int64_t given_units = 1000000;
  apus_trace_to(NULL, NULL);
  for (unsigned k = 0; k < sizeof exports / sizeof *exports; k++)
    for (argument = 0; argument < 7; argument++) {
      if (!argument && (!strcmp(exports[k].name, "loops") || !strcmp(exports[k].name, "catches"))) continue;
#ifdef UNCHECKED
      if (k > 15) continue;
#endif
      apus_fuel_give(given_units);
      outcome = apus_catch(exports[k].body, NULL);
      if (outcome.trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS) outcome.offset = 0; /* the hardware knows none */
      report(exports[k].name, outcome, given_units - apus_fuel_left());
    }
  /* The last that is enough, and one less. */
  argument = 5;
  for (unsigned k = 0; k < 3; k++) {
    apus_fuel_give(given_units);
    apus_catch(exports[5].body, NULL);
    apus_trace_to(NULL, NULL);
    int64_t needed = given_units - apus_fuel_left();
    apus_fuel_give(needed - (k < 2 ? k : needed));
    outcome = apus_catch(exports[5].body, NULL);
    report("enough", outcome, apus_fuel_left());
  }
  for (unsigned k = 0; k < sizeof endless / sizeof *endless; k++)
    for (argument = 0; argument < 2; argument++) {
      apus_fuel_give(1000);
      outcome = apus_catch(endless[k].body, NULL);
      report(endless[k].name, outcome, 1000 - apus_fuel_left());
    }
  int64_t more = 1000;
  apus_fuel_when_out(refill, &more);
  apus_fuel_give(100);
  outcome = apus_catch(forever, NULL);
  report("refilled", outcome, 100 + 2 * more - apus_fuel_left());
  times = 0;
  argument = 12;
  apus_fuel_give(3000);
  outcome = apus_catch(fib, NULL);
  report("refilled", outcome, apus_fuel_left());
  apus_fuel_when_out(empty_promise, NULL);
  apus_fuel_give(50);
  outcome = apus_catch(forever, NULL);
  report("promised", outcome, apus_fuel_left());
  apus_fuel_when_out(NULL, NULL);

  /* Interruption: wished before, and by the board or another who comes between. */
  struct apus_interrupt *here = apus_interrupt_here();
  argument = 5;
  for (unsigned k = 0; k < 2; k++) {
    apus_fuel_give(given_units);
    if (!k) apus_interrupt(here);
    outcome = apus_catch(fib, NULL);
    report("interrupted", outcome, 0);
  }
  apus_interrupt(here);
  here = apus_interrupt_here();
  outcome = apus_catch(fib, NULL);
  report("not interrupted", outcome, 0);
  apus_interrupt(here);
  apus_interrupt_when_seen(empty_promise, NULL);
  outcome = apus_catch(fib, NULL);
  report("goes on", outcome, 0);
  apus_interrupt_when_seen(NULL, NULL);
  module_destroy(SELF);
  return 0;
}
