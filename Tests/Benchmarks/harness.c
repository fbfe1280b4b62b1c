/* harness.c: the program around a translated module whose time is taken.
 *
 * Runs the module's _start BENCH_REPEAT times (an environment variable, else
 * once), each time in a fresh instance, and prints to stderr the mean time
 * between bench.start and bench.end. CPU time of the guest's thread: what else
 * the machine does counts less. */
#define _GNU_SOURCE
#include "apus_wasi.h"
#include "guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t begin, total;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void apus_import_bench_start(struct apus_host *host);
void apus_import_bench_start(struct apus_host *host) {
  (void)host;
  begin = now();
}

void apus_import_bench_end(struct apus_host *host);
void apus_import_bench_end(struct apus_host *host) {
  (void)host;
  total += now() - begin;
}

static void start(void *unused) {
  (void)unused;
  guest_export__start();
}

static void run_all(void *unused) {
  (void)unused;
  const char *text = getenv("BENCH_REPEAT");
  unsigned repeat = text ? (unsigned)strtoul(text, NULL, 10) : 1;
  struct apus_wasi *wasi = guest_host()->wasi;
  for (unsigned i = 0; i < repeat; i++) {
    struct apus_outcome outcome = guest_instantiate();
    guest_host()->wasi = wasi;
    if (outcome.trap == APUS_TRAP_NONE) outcome = apus_catch(start, NULL);
    guest_destroy();
    bool ended = outcome.trap == APUS_TRAP_EXIT && outcome.exit_status == 0;
    if (outcome.trap != APUS_TRAP_NONE && !ended) {
      fprintf(stderr, "harness: %s\n", apus_trap_message(outcome.trap));
      exit(1);
    }
  }
  fprintf(stderr, "bench-ns %llu\n", (unsigned long long)(total / repeat));
}

int main(int argc, char **argv) {
  static const char *const dirs[] = {"."};
  static const struct apus_program program = {
      .dirs = dirs, .dir_count = 1, .start = run_all, .host = guest_host, .fuel = INT64_MAX};
  return apus_main(argc, argv, &program);
}
