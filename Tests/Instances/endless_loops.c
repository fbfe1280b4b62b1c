/* Loops that never end go on for ever, whatever the compiler may take them for: each runs in a
 * process of its own until it has computed for a while. */
#define _GNU_SOURCE
#include "endless.h"

#include "../Runtime/test.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef MANY
static struct endless instance;
#define INSTANCE &instance,
static bool make(void) { return endless_instantiate(&instance, NULL).trap == APUS_TRAP_NONE; }
#else
#define INSTANCE
static bool make(void) { return endless_instantiate().trap == APUS_TRAP_NONE; }
#endif

#define LOOPS(X) X(while) X(middle) X(if) X(inside) X(outer) X(table) X(value) X(empty)
#define CALL(name)                                                                                                     \
  static uint32_t call_##name(void) { return endless_export_##name(INSTANCE 7); }
LOOPS(CALL)

static const struct {
  const char *name;
  uint32_t (*call)(void);
} loops[] = {
#define ENTRY(name) {#name, call_##name},
    LOOPS(ENTRY)};

/* Whether a process has computed for 50 ms before it ends. */
static bool goes_on(pid_t process) {
  clockid_t clock;
  struct timespec used = {0}, pause = {.tv_nsec = 1000000};
  while (used.tv_nsec < 50000000 && !used.tv_sec) {
    if (waitpid(process, NULL, WNOHANG) != 0) return false;
    nanosleep(&pause, NULL);
    if (clock_getcpuclockid(process, &clock) || clock_gettime(clock, &used)) return false;
  }
  kill(process, SIGKILL);
  waitpid(process, NULL, 0);
  return true;
}

int main(void) {
  expect(make());
  for (size_t k = 0; k < sizeof loops / sizeof *loops; k++) {
    pid_t process = fork();
    if (process == 0) _exit((int)loops[k].call());
    bool is_endless = goes_on(process);
    if (!is_endless) printf("%s ended\n", loops[k].name);
    expect(is_endless);
  }
  return report();
}
