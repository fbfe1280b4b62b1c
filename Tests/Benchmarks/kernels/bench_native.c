/* The timed section of a kernel that is compiled natively: CPU time, as harness.c takes it. */
#include "bench.h"
#include <time.h>

static struct timespec begin;

void bench_start(void) { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin); }

void bench_end(void) {
  struct timespec end;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
  long long ns = (long long)(end.tv_sec - begin.tv_sec) * 1000000000 + (end.tv_nsec - begin.tv_nsec);
  fprintf(stderr, "bench-ns %lld\n", ns);
}
