/* lifecycle.c: what an instance of a small module costs.
 *
 * Prints three numbers: CPU ns for instantiate and destroy, for calloc and free
 * of the same memory, and the bytes that the allocator holds afterwards beyond
 * what it held before. The two are timed in turn, in batches; the least counts. */
#define _GNU_SOURCE
#include "guest.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCHES = 60, BATCH = 200 };

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void apus_import_host_report(struct apus_host *host, uint32_t at, uint32_t size, uint32_t count) {
  (void)host, (void)at, (void)size, (void)count;
}

static void live(const struct guest_imports *imports) {
  struct guest instance = {0};
  struct apus_outcome outcome = guest_instantiate(&instance, imports);
  if (outcome.trap != APUS_TRAP_NONE) exit(1);
  guest_destroy(&instance);
}

static void allocate(void) {
  void *volatile memory = calloc(1, APUS_PAGE);
  if (!memory) exit(1);
  free(memory);
}

int main(void) {
  struct guest_imports imports;
  guest_default_imports(&imports);
  live(&imports); /* what is set up once per process is not an instance's */
  allocate();
  size_t before = mallinfo2().uordblks;
  uint64_t ours = UINT64_MAX, plain = UINT64_MAX;
  for (int batch = 0; batch < BATCHES; batch++) {
    uint64_t begin = now();
    for (int i = 0; i < BATCH; i++) live(&imports);
    uint64_t middle = now();
    for (int i = 0; i < BATCH; i++) allocate();
    uint64_t end = now();
    if (middle - begin < ours) ours = middle - begin;
    if (end - middle < plain) plain = end - middle;
  }
  printf("%llu %llu %lld\n", (unsigned long long)(ours / BATCH), (unsigned long long)(plain / BATCH),
         (long long)mallinfo2().uordblks - (long long)before);
  return 0;
}
