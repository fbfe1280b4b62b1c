/* Ends endless loops and calls from a thread and from a timer, on a host. */
#include "module.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

static struct module instance;

uint32_t apus_import_host_call(struct apus_host *host, uint32_t a) {
  (void)host;
  return a;
}

#define CALL(name, argument)                   \
  static void name(void *unused) {             \
    (void)unused;                              \
    module_export_##name(&instance, argument); \
  }
CALL(forever, 1)
CALL(nested, 1)
CALL(ever, 1)
CALL(to, 1)
CALL(lasting, 0xffffffff)
CALL(within, 1)
CALL(still, 1)
/* Calls within calls, of a depth that nobody waits for. */
CALL(down, 60)
CALL(arm, 60)
CALL(both, 60)
CALL(condition, 60)
CALL(rounds, 60)
CALL(late, 60)
CALL(cases, 60)

static void *from_a_thread(void *there) {
  nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  apus_interrupt(there);
  return NULL;
}

static struct apus_interrupt *main_thread;
static void on_alarm(int signal) {
  (void)signal;
  apus_interrupt(main_thread);
}

static unsigned seen;
static bool three_times(void *unused) {
  (void)unused;
  return ++seen < 3;
}

int main(void) {
  struct module_imports imports = {0};
  module_default_imports(&imports);
  apus_fuel_give(INT64_MAX);
  if (module_instantiate(&instance, &imports).trap) return 1;
  static void (*const bodies[])(void *) = {forever, nested, ever, to,        lasting, within, still,
                                           down,    arm,    both, condition, rounds,  late,   cases};
  struct apus_outcome outcome;
  for (unsigned k = 0; k < sizeof bodies / sizeof *bodies; k++) {
    pthread_t thread;
    pthread_create(&thread, NULL, from_a_thread, apus_interrupt_here());
    outcome = apus_catch(bodies[k], NULL);
    pthread_join(thread, NULL);
    printf("thread, %u: %s\n", k, apus_trap_message(outcome.trap));
  }
  main_thread = apus_interrupt_here();
  signal(SIGALRM, on_alarm);
  struct itimerval timer = {.it_value.tv_usec = 20000, .it_interval.tv_usec = 20000};
  setitimer(ITIMER_REAL, &timer, NULL);
  apus_interrupt_when_seen(three_times, NULL);
  outcome = apus_catch(forever, NULL);
  printf("timer: %s after %u\n", apus_trap_message(outcome.trap), seen);
  module_destroy(&instance);
  return 0;
}
