/* Threads of a module: what they compute together, and that all of them end, whoever ends what, with nothing
 * left of them; also where there is no memory, or no thread. */
#define _GNU_SOURCE
#include "guest.h"

#include "../Runtime/test.h"
#include "apus_code.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef MANY
#define ONLY &instance
#define FIRST &instance,
static struct guest instance;
static struct guest_imports imports;
#else
#define ONLY
#define FIRST
#endif

/* What the guest's `act` knows. */
enum act {
  RETURNS, TRAPS, EXITS, DEEP, OUTSIDE,
  PAUSES, WAITS, WAITS64, SLEEPS,
  COUNTS, COUNTS_LOCKED, GROWS, SPAWNS,
  BUSY, FILLS, ATOMIC, INDIRECT, CALLS, GROWS_TABLE
};

/* Addresses in the guest's memory. */
enum { BEGUN = 16, ENDED = 20, LOCK = 64, COUNTERS = 128, ARGUMENTS = 2048, ARGUMENT = 16 };

/* --- a port that counts -------------------------------------------------------------------- */

static atomic_long blocks, bytes, threads, locks, conditions;
static atomic_long allocations_left = -1, threads_left = -1; /* before one is refused; negative: none is */

static bool is_refused(atomic_long *left) {
  long now = atomic_load(left);
  while (now > 0 && !atomic_compare_exchange_weak(left, &now, now - 1)) continue;
  return now == 0;
}

void *apus_port_alloc(size_t size) {
  if (!size || is_refused(&allocations_left)) return NULL;
  void *at = calloc(1, size);
  if (at) atomic_fetch_add(&blocks, 1), atomic_fetch_add(&bytes, (long)size);
  return at;
}

void apus_port_release(void *at, size_t size) {
  if (!at) return;
  atomic_fetch_sub(&blocks, 1), atomic_fetch_sub(&bytes, (long)size);
  free(at);
}

#define WRAPPED(function, parameters, count, change, refused, ...)                                                     \
  int __real_##function parameters;                                                                                    \
  int __wrap_##function parameters;                                                                                    \
  int __wrap_##function parameters {                                                                                   \
    if (refused) return 11;                                                                                            \
    int error = __real_##function(__VA_ARGS__);                                                                        \
    if (!error) atomic_fetch_add(&count, change);                                                                      \
    return error;                                                                                                      \
  }
WRAPPED(pthread_create, (pthread_t * thread, const pthread_attr_t *a, void *(*run)(void *), void *argument), threads, 1,
        is_refused(&threads_left), thread, a, run, argument)
WRAPPED(pthread_join, (pthread_t thread, void **result), threads, -1, false, thread, result)
WRAPPED(pthread_mutex_init, (pthread_mutex_t * lock, const pthread_mutexattr_t *a), locks, 1, false, lock, a)
WRAPPED(pthread_mutex_destroy, (pthread_mutex_t * lock), locks, -1, false, lock)
WRAPPED(pthread_cond_init, (pthread_cond_t * condition, const pthread_condattr_t *a), conditions, 1, false, condition, a)
WRAPPED(pthread_cond_destroy, (pthread_cond_t * condition), conditions, -1, false, condition)

static bool commits_refused;
int __real_mprotect(void *at, size_t size, int protection);
int __wrap_mprotect(void *at, size_t size, int protection);
int __wrap_mprotect(void *at, size_t size, int protection) {
  return commits_refused ? -1 : __real_mprotect(at, size, protection);
}

/* --- the host -------------------------------------------------------------------------------- */

static struct apus_memory memory;

struct apus_memory *apus_import_env_memory(void) { return &memory; }
void apus_import_env_exit(struct apus_host *host, uint32_t status) {
  (void)host;
  apus_exit(status);
}
static void nap(void) { nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); }
void apus_import_env_pause(struct apus_host *host) {
  (void)host;
  while (!apus_thread_ends()) nap();
}

struct call {
  struct apus_host *host;
  uint32_t what, times;
};

/* The instance that calls. */
static void act_inside(void *argument) {
  struct call *call = argument;
#ifdef MANY
  guest_export_act((struct guest *)call->host, call->what, call->times, COUNTERS, LOCK);
#else
  guest_export_act(call->what, call->times, COUNTERS, LOCK);
#endif
}
void apus_import_env_call(struct apus_host *host, uint32_t what, uint32_t times) {
  apus_catch(act_inside, &(struct call){host, what, times});
}

/* The guest's numbers are little-endian. */
static uint32_t get(uint32_t at) {
  const uint8_t *from = memory.base + at;
  return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}
static void put(uint32_t at, uint32_t value) {
  for (int k = 0; k < 4; k++) memory.base[at + (uint32_t)k] = (uint8_t)(value >> 8 * k);
}
static void put_argument(uint32_t at, uint32_t act, uint32_t times, uint32_t counters) {
  put(at, act), put(at + 4, times), put(at + 8, counters), put(at + 12, LOCK);
}

/* --- a program --------------------------------------------------------------------------------- */

/* What the main thread does once those that it has started are at their work. */
struct program {
  enum act act;
  uint32_t times, at;
  uint32_t thread_count;
  bool joins; /* waits until all have ended */
  struct {
    enum act act;
    uint32_t times, at;
  } threads[8];
  uint32_t started; /* how many spawns gave a number */
};

static void body(void *argument) {
  struct program *program = argument;
  for (uint32_t k = 0; k < program->thread_count; k++) {
    uint32_t at = ARGUMENTS + k * ARGUMENT;
    put_argument(at, program->threads[k].act, program->threads[k].times, program->threads[k].at);
    uint32_t number = guest_export_spawn(FIRST at);
    if ((int32_t)number > 0) program->started++;
  }
  guest_export_await(FIRST BEGUN, program->started);
  if (program->joins) guest_export_await(FIRST ENDED, program->started);
  guest_export_act(FIRST program->act, program->times, program->at, LOCK);
}

static uint32_t greatest;

static struct apus_outcome run(struct program *program) {
  struct apus_threads threads = {.module = &guest_threads, .stack_size = 1 << 20, .greatest = greatest};
  struct apus_outcome outcome = {.trap = APUS_TRAP_OUT_OF_MEMORY};
  program->started = 0;
#ifdef MANY
  guest_default_imports(&imports);
  threads.imports = &imports;
  if (apus_memory_init_shared(&memory, 1, 64)) outcome = guest_instantiate(&instance, &imports);
#else
  if (apus_memory_init_shared(&memory, 1, 64)) outcome = guest_instantiate();
#endif
  if (!outcome.trap) outcome = apus_threads_catch(&threads, body, program);
  guest_destroy(ONLY);
  return outcome;
}

/* The same, and that it gives all back. */
static struct apus_outcome run_whole(struct program program) {
  struct apus_outcome outcome = run(&program);
  apus_memory_destroy(&memory);
  bool is_clean = !blocks && !bytes && !threads && !locks && !conditions;
  if (!is_clean)
    printf("left: %ld blocks of %ld bytes, %ld threads, %ld locks, %ld conditions\n", blocks, bytes, threads, locks,
           conditions);
  expect(is_clean);
  return outcome;
}

/* --- what they compute together ------------------------------------------------------------------ */

static void computes(void) {
  const uint32_t rounds = 5000;
  struct program counting = {.thread_count = 4, .joins = true};
  for (int k = 0; k < 4; k++) counting.threads[k].act = COUNTS, counting.threads[k].times = rounds, counting.threads[k].at = COUNTERS;
  expect(run(&counting).trap == APUS_TRAP_NONE);
  const uint8_t *at = memory.base + COUNTERS;
  uint64_t wide = (uint64_t)get(COUNTERS + 12) << 32 | get(COUNTERS + 8);
  uint32_t all = 4 * rounds;
  expect(at[0] == (uint8_t)all && at[1] == (uint8_t)-all && (at[2] | at[3] << 8) == (uint16_t)all);
  expect(get(COUNTERS + 4) == all && wide == all * UINT64_C(0x100000001));
  apus_memory_destroy(&memory);

  struct program locked = {.thread_count = 4, .joins = true};
  for (int k = 0; k < 4; k++)
    locked.threads[k].act = COUNTS_LOCKED, locked.threads[k].times = rounds, locked.threads[k].at = COUNTERS;
  expect(run(&locked).trap == APUS_TRAP_NONE);
  expect(get(COUNTERS) == all && get(COUNTERS + 4) == 0);
  apus_memory_destroy(&memory);

  struct program growing = {.thread_count = 4, .joins = true};
  for (int k = 0; k < 4; k++) growing.threads[k].act = GROWS, growing.threads[k].times = 20, growing.threads[k].at = COUNTERS;
  expect(run(&growing).trap == APUS_TRAP_NONE);
  expect(get(COUNTERS) == 63 && memory.size == 64 * APUS_PAGE);
  apus_memory_destroy(&memory);
}

/* --- the end ---------------------------------------------------------------------------------------- */

static const struct {
  enum act act;
  uint32_t times;
  enum apus_trap trap;
} ends[] = {{RETURNS, 0, APUS_TRAP_NONE},           {TRAPS, 0, APUS_TRAP_UNREACHABLE},
            {EXITS, 7, APUS_TRAP_EXIT},
#ifndef NO_INTERRUPTS
            {DEEP, 0, APUS_TRAP_STACK_EXHAUSTED},   {OUTSIDE, 0, APUS_TRAP_MEMORY_OUT_OF_BOUNDS},
#endif
};

/* The thread sanitizer keeps signals back until a thread calls something, so that nobody may be busy then; and it
 * has no room for all the calls of an exhausted stack. */
#ifdef NO_INTERRUPTS
static const enum act works[] = {RETURNS, PAUSES, WAITS, WAITS64, SLEEPS};
#else
static const enum act works[] = {RETURNS, PAUSES, WAITS, WAITS64, SLEEPS, BUSY, FILLS, ATOMIC, INDIRECT, CALLS, GROWS_TABLE};
#endif
#define COUNT(list) (sizeof(list) / sizeof *(list))

static void end_all(void) {
  for (size_t e = 0; e < COUNT(ends); e++)
    for (size_t w = 0; w < COUNT(works); w++) {
      /* The main thread ends it. What calls from the host are busy there, too. */
      struct program program = {.act = ends[e].act, .times = ends[e].times, .thread_count = 3};
      for (int k = 0; k < 3; k++) program.threads[k].act = works[w], program.threads[k].at = works[w] == CALLS ? BUSY : 1;
      struct apus_outcome outcome = run_whole(program);
      expect(outcome.trap == ends[e].trap && (outcome.trap != APUS_TRAP_EXIT || outcome.exit_status == 7));
      /* One of the others does, while the main thread works. A thread that returns ends nothing. */
      if (ends[e].act == RETURNS || works[w] == RETURNS) continue;
      program = (struct program){.act = works[w], .at = works[w] == CALLS ? BUSY : 1, .thread_count = 3};
      program.threads[0].act = program.threads[2].act = works[w];
      program.threads[0].at = program.threads[2].at = program.at;
      program.threads[1].act = ends[e].act, program.threads[1].times = ends[e].times;
      outcome = run_whole(program);
      if (outcome.trap != ends[e].trap) printf("end %zu, work %zu: %s\n", e, w, apus_trap_message(outcome.trap));
      expect(outcome.trap == ends[e].trap && (outcome.trap != APUS_TRAP_EXIT || outcome.exit_status == 7));
    }
  /* All at once: any of the outcomes. */
  for (int round = 0; round < 20; round++) {
    struct program program = {.act = EXITS, .times = 3, .thread_count = 4};
    for (int k = 0; k < 4; k++) program.threads[k].act = k % 2 ? TRAPS : EXITS, program.threads[k].times = 3;
    struct apus_outcome outcome = run_whole(program);
    expect(outcome.trap == APUS_TRAP_UNREACHABLE || (outcome.trap == APUS_TRAP_EXIT && outcome.exit_status == 3));
  }
  /* Threads that start threads, until there are too many. */
  greatest = 16;
  struct program program = {.act = SLEEPS, .thread_count = 2};
  for (int k = 0; k < 2; k++) program.threads[k].act = SPAWNS, program.threads[k].times = 3, program.threads[k].at = ARGUMENTS;
  program.act = RETURNS;
  expect(run_whole(program).trap == APUS_TRAP_NONE);
  greatest = 0;
}

/* Threads that start others, which end at once: while one waits for its own, another gives that one back. */
static void start_from_many(void) {
  enum { CHILD = ARGUMENTS + 8 * ARGUMENT };
  for (int round = 0; round < 10; round++) {
    struct program program = {.thread_count = 4, .joins = true};
    for (int k = 0; k < 4; k++) program.threads[k].act = SPAWNS, program.threads[k].times = 50, program.threads[k].at = CHILD;
    /* Memory is zero, and 0 is RETURNS. */
    expect(run_whole(program).trap == APUS_TRAP_NONE);
  }
}

/* --- limits and refusals -------------------------------------------------------------------------------- */

static struct program three_of(enum act act) {
  struct program program = {.thread_count = 3};
  for (int k = 0; k < 3; k++) program.threads[k].act = act, program.threads[k].at = COUNTERS, program.threads[k].times = 1;
  return program;
}

static void refuse(void) {
  greatest = 2;
  struct program program = three_of(WAITS);
  expect(run(&program).trap == APUS_TRAP_NONE && program.started == 2);
  apus_memory_destroy(&memory);
  greatest = 0;

  for (long left = 0; left < 3; left++) {
    threads_left = left;
    program = three_of(WAITS);
    expect(run(&program).trap == APUS_TRAP_NONE && program.started == left);
    apus_memory_destroy(&memory);
    threads_left = -1;
    expect(!blocks && !threads && !locks && !conditions);
  }
  /* Each allocation in turn: of the memory, of an instance, of a thread. */
  uint32_t started = 0;
  for (long left = 0; started < 3; left++) {
    allocations_left = left;
    program = three_of(WAITS);
    struct apus_outcome outcome = run(&program);
    started = program.started;
    expect(outcome.trap == APUS_TRAP_NONE || outcome.trap == APUS_TRAP_OUT_OF_MEMORY);
    expect(outcome.trap == APUS_TRAP_NONE || started == 0);
    apus_memory_destroy(&memory);
    allocations_left = -1;
    expect(!blocks && !bytes && !threads && !locks && !conditions);
    if (left > 100) break;
  }
  expect(started == 3);

  /* A shared memory's room, and that for its growth. */
  commits_refused = true;
  expect(!apus_memory_init_shared(&memory, 1, 64) && !memory.base);
  commits_refused = false;
  expect(apus_memory_init_shared(&memory, 1, 64));
  const uint8_t *base = memory.base;
  commits_refused = true;
  expect(apus_memory_grow(&memory, 1) == UINT32_MAX && memory.size == APUS_PAGE);
  commits_refused = false;
  expect(apus_memory_grow(&memory, 63) == 1 && apus_memory_grow(&memory, 1) == UINT32_MAX && memory.base == base);
  apus_memory_destroy(&memory);

  /* One with other addresses has room for all of its pages at once, from the port. */
  const uint8_t layouts[] = {APUS_MEMORY_SHARED, APUS_MEMORY_SHARED | APUS_MEMORY_64, APUS_MEMORY_SHARED | APUS_MEMORY_BYTES};
  for (int k = 0; k < 3; k++) {
    allocations_left = 0;
    expect(!apus_memory_init_as(&memory, 1, 4, layouts[k]) && !memory.base);
    allocations_left = -1;
    uint64_t page = layouts[k] & APUS_MEMORY_BYTES ? 1 : APUS_PAGE;
    expect(apus_memory_init_as(&memory, 1, 4, layouts[k]) && memory.size == page && bytes == (long)(4 * page));
    base = memory.base;
    expect(apus_memory_grow_shared(&memory, 4, (uint32_t)page) == UINT32_MAX);
    expect(apus_memory_grow_shared(&memory, 3, (uint32_t)page) == 1 && memory.size == 4 * page && memory.base == base);
    expect(apus_memory_grow_shared(&memory, 1, (uint32_t)page) == UINT32_MAX);
    expect(apus_memory_grow_shared(&memory, 0, (uint32_t)page) == 4);
    apus_memory_destroy(&memory);
    expect(!blocks && !bytes);
  }

  /* Not under apus_threads_catch. */
  struct apus_host host = {0};
  expect((int32_t)apus_import_wasi_thread_2dspawn(&host, 0) < 0 && !apus_thread_ends());
}

/* --- a thousand after one another -------------------------------------------------------------------- */

static void soak_body(void *argument) {
  const long rounds = *(long *)argument, patience = 1000;
  long started = 0, most = 0;
  /* Those that have ended go when the next one comes. The guest says that it ends a little before it has: where
   * processors are busy there are more of them for a while. */
  while (started < rounds || (threads > 3 && started < rounds + patience)) {
    uint32_t at = ARGUMENTS;
    put_argument(at, started % 3 ? RETURNS : COUNTS, 1, COUNTERS);
    expect((int32_t)guest_export_spawn(FIRST at) > 0);
    guest_export_await(FIRST ENDED, (uint32_t)++started);
    if (threads > most) most = threads;
    if (started >= rounds) nap();
  }
  expect(threads <= 3 && blocks <= 12 && most < 100);
}

static void soak(long rounds) {
  struct apus_threads threads = {.module = &guest_threads, .stack_size = 1 << 18};
  expect(apus_memory_init_shared(&memory, 1, 64));
#ifdef MANY
  guest_default_imports(&imports);
  threads.imports = &imports;
  expect(!guest_instantiate(&instance, &imports).trap);
#else
  expect(!guest_instantiate().trap);
#endif
  expect(apus_threads_catch(&threads, soak_body, &rounds).trap == APUS_TRAP_NONE);
  guest_destroy(ONLY);
  apus_memory_destroy(&memory);
  expect(!blocks && !bytes && !locks && !conditions);
}

/* --- the signal -------------------------------------------------------------------------------------- */

static atomic_int seen;
static void on_urgent(int number) {
  (void)number;
  atomic_fetch_add(&seen, 1);
}

/* Before the first call: a handler that was there gets what is not ours. */
static void set_handler(void) { signal(SIGURG, on_urgent); }

static void *run_blocked(void *is_blocked) {
  sigset_t set, now;
  sigemptyset(&set);
  sigaddset(&set, SIGURG);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  struct program program = three_of(works[COUNT(works) > 5 ? 5 : 1]);
  run(&program);
  apus_memory_destroy(&memory);
  pthread_sigmask(SIG_BLOCK, NULL, &now);
  *(bool *)is_blocked = sigismember(&now, SIGURG);
  return NULL;
}

static void signals(void) {
  int before = seen;
  raise(SIGURG);
  expect(seen == before + 1);
  pthread_t thread;
  bool is_blocked = false, is_made = !pthread_create(&thread, NULL, run_blocked, &is_blocked);
  if (is_made) pthread_join(thread, NULL);
  expect(is_made && is_blocked);
}

int main(int argc, char **argv) {
  set_handler();
  computes();
  end_all();
  start_from_many();
  refuse();
  signals();
  soak(argc > 1 ? atol(argv[1]) : 300);
  return report();
}
