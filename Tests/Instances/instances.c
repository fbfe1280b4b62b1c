/* Translated modules in every phase of an instance's life: traps at the start, below
 * host calls, in threads; exhausted stacks; and each allocation refused in turn. */
#define _GNU_SOURCE
#include "frames.h"
#include "life.h"
#include "user.h"

#include "../Runtime/test.h"
#include "counting.h"

#include <pthread.h>
#include <string.h>

/* --- one way to write calls for both instance models ----------------------------------- */

#ifdef MANY
#define OF(instance) instance,
#define ONLY(instance) instance
#else
#define OF(instance)
#define ONLY(instance)
struct life {
  char unused;
};
struct user {
  char unused;
};
struct frames {
  char unused;
};
#endif

static struct apus_host *host_of(struct life *life) {
#ifdef MANY
  return &life->host;
#else
  (void)life;
  return life_host();
#endif
}

static struct apus_outcome make_life(struct life *life);

/* What a call under apus_catch is to do, and what it returns. */
struct call {
  struct life *life;
  uint32_t in[3], result;
};
#define BODY(name, expression)                                                                                         \
  static void name(void *argument) {                                                                                   \
    struct call *call = argument;                                                                                      \
    (void)call;                                                                                                        \
    expression;                                                                                                        \
  }
BODY(do_divide, call->result = life_export_divide(OF(call->life) call->in[0], call->in[1]))
BODY(do_load, call->result = life_export_load(OF(call->life) call->in[0]))
BODY(do_recurse, call->result = life_export_recurse(OF(call->life) call->in[0]))
BODY(do_call, call->result = life_export_call(OF(call->life) call->in[0]))
BODY(do_indirect, call->result = life_export_indirect(OF(call->life) call->in[0], call->in[1], call->in[2]))
BODY(do_grow, call->result = life_export_grow(OF(call->life) call->in[0]))
BODY(do_grow_table, call->result = life_export_grow_table(OF(call->life) call->in[0]))
BODY(do_clear_own, life_export_clear_own(OF(call->life) call->in[0]))
BODY(do_keep, life_export_keep(ONLY(call->life)))

static enum apus_trap ends(void (*body)(void *), struct call call) { return apus_catch(body, &call).trap; }
static bool gives(void (*body)(void *), struct call call, uint32_t result) {
  return apus_catch(body, &call).trap == APUS_TRAP_NONE && call.result == result;
}
#define CALL(...) ((struct call){.life = life, .in = {__VA_ARGS__}})

/* --- the host ----------------------------------------------------------------------------- */

enum { AT_START, TRAP_INSIDE, UNWIND, EXHAUST_INSIDE, TRAP_HERE };

static _Thread_local uint32_t at_start; /* what $start is to do */

uint32_t apus_import_host_call(struct apus_host *host, uint32_t what) {
  struct life *life = host->user;
  switch (what) {
  case AT_START:
    return at_start;
  case TRAP_INSIDE: /* the caller's frames between stay */
    return ends(do_divide, CALL(1, 0));
  case UNWIND: /* host frames are skipped */
    return life_export_divide(OF(life) 1, 0);
  case EXHAUST_INSIDE:
    return ends(do_recurse, CALL(UINT32_MAX));
  case TRAP_HERE:
    apus_trap(APUS_TRAP_INVALID_CONVERSION, 0);
  default: /* guest, host, guest, ... until one traps */
    return life_export_call(OF(life) what - 1);
  }
}

#ifdef MANY
/* In `many` the test links instances itself. */
uint32_t apus_import_life_divide(struct apus_host *host, uint32_t a, uint32_t b) { return (void)host, a / b; }
struct apus_memory *apus_import_life_memory(void) {
  return NULL;
}
struct apus_table *apus_import_life_table(void) {
  return NULL;
}
struct apus_global *apus_import_life_count(void) {
  return NULL;
}
#else
uint32_t apus_import_life_divide(struct apus_host *host, uint32_t a, uint32_t b) {
  return (void)host, life_export_divide(a, b);
}
struct apus_memory *apus_import_life_memory(void) {
  return life_export_memory();
}
struct apus_table *apus_import_life_table(void) {
  return life_export_table();
}
struct apus_global *apus_import_life_count(void) {
  return life_export_count();
}
#endif

static struct apus_outcome make_life(struct life *life) {
  host_of(life)->user = life;
#ifdef MANY
  struct life_imports imports = {0};
  life_default_imports(&imports);
  return life_instantiate(life, &imports);
#else
  return life_instantiate();
#endif
}

static struct apus_outcome make_user(struct user *user, struct life *life) {
#ifdef MANY
  struct user_imports imports = {0};
  expect(life_export(life, "divide", 6, &imports.import_life_divide));
  expect(life_export(life, "memory", 6, &imports.import_life_memory));
  expect(life_export(life, "table", 5, &imports.import_life_table));
  expect(life_export(life, "count", 5, &imports.import_life_count));
  return user_instantiate(user, &imports);
#else
  (void)user, (void)life;
  return user_instantiate();
#endif
}

/* The thread sanitizer has a stack of its own that endless recursion breaks. */
#ifdef __SANITIZE_THREAD__
enum { CAN_EXHAUST = false };
#else
enum { CAN_EXHAUST = true };
#endif
static bool exhausts(void (*body)(void *), struct call call) {
  return !CAN_EXHAUST || ends(body, call) == APUS_TRAP_STACK_EXHAUSTED;
}

/* --- tests ------------------------------------------------------------------------------------- */

/* All that an instance can do, after whatever has happened before. */
static bool works(struct life *life) {
  struct apus_memory *memory = life_export_memory(ONLY(life));
  struct apus_global *count = life_export_count(ONLY(life));
  bool right = count->value.i32 == 7 && memory->size == APUS_PAGE && !memcmp(memory->base + 16, "at the start", 12);
  right &= life_export_table(ONLY(life))->size == 4;
  right &= gives(do_divide, CALL(20, 5), 4) && gives(do_indirect, CALL(1, 20, 5), 4) && gives(do_recurse, CALL(2), 17);
  right &= ends(do_keep, CALL(0)) == APUS_TRAP_NONE && !memcmp(memory->base, "kept", 4);
  right &= ends(do_keep, CALL(0)) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS;
  right &= gives(do_grow, CALL(1), 1) && gives(do_load, CALL(2 * APUS_PAGE - 4), 0) && memory->size == 2 * APUS_PAGE;
  right &= gives(do_grow_table, CALL(6), 4);
  right &= ends(do_clear_own, CALL(1)) == APUS_TRAP_NONE;
  right &= ends(do_indirect, CALL(1, 20, 5)) == APUS_TRAP_UNINITIALIZED_ELEMENT;
  return right;
}

static bool traps(struct life *life) {
  bool right = ends(do_divide, CALL(1, 0)) == APUS_TRAP_INTEGER_DIVIDE_BY_ZERO;
  right &= ends(do_load, CALL(0x10000000)) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS;
  right &= ends(do_indirect, CALL(0, 1, 1)) == APUS_TRAP_UNINITIALIZED_ELEMENT;
  right &= ends(do_indirect, CALL(3, 1, 1)) == APUS_TRAP_UNDEFINED_ELEMENT;
  right &= exhausts(do_recurse, CALL(UINT32_MAX));
  right &= gives(do_call, CALL(TRAP_INSIDE), 100 + APUS_TRAP_INTEGER_DIVIDE_BY_ZERO);
  right &= !CAN_EXHAUST || gives(do_call, CALL(EXHAUST_INSIDE), 100 + APUS_TRAP_STACK_EXHAUSTED);
  right &= ends(do_call, CALL(UNWIND)) == APUS_TRAP_INTEGER_DIVIDE_BY_ZERO;
  right &= ends(do_call, CALL(TRAP_HERE + 50)) == APUS_TRAP_INVALID_CONVERSION;
  right &= exhausts(do_call, CALL(0x7fffffff));
  right &= ends(do_call, CALL(TRAP_HERE)) == APUS_TRAP_INVALID_CONVERSION;
  return right;
}

static struct life lives[4];

static void life_and_death(void) {
  struct life *life = &lives[0];
  life_destroy(ONLY(life)); /* zeroed */
  static const enum apus_trap at[] = {APUS_TRAP_NONE, APUS_TRAP_UNREACHABLE, APUS_TRAP_MEMORY_OUT_OF_BOUNDS,
                                      APUS_TRAP_STACK_EXHAUSTED};
  for (int round = 0; round < 3; round++)
    for (at_start = 1; at_start < 3 + CAN_EXHAUST; at_start++) {
      expect(make_life(life).trap == at[at_start]);
      life_destroy(ONLY(life));
    }
  at_start = 0;
  for (int round = 0; round < 3; round++) {
    expect(make_life(life).trap == APUS_TRAP_NONE && works(life) && traps(life) && traps(life));
    life_destroy(ONLY(life));
    life_destroy(ONLY(life)); /* destroyed */
  }
}

/* Frames larger than a guard page. */
static uint64_t deep;
static void do_deep(void *argument) {
  struct call *call = argument;
  deep = frames_export_deep(OF((struct frames *)call->life) call->in[0]);
}
static void large_frames(void) {
  static struct frames frames;
  struct life *life = (struct life *)&frames;
#ifdef MANY
  expect(frames_instantiate(&frames, NULL).trap == APUS_TRAP_NONE);
#else
  expect(frames_instantiate().trap == APUS_TRAP_NONE);
#endif
  frames_export_memory(ONLY(&frames))->base[8] = 1;
  for (int round = 0; round < 3; round++) {
    expect(exhausts(do_deep, CALL(UINT32_MAX)));
    expect(ends(do_deep, CALL(3)) == APUS_TRAP_NONE && deep == 0x4000000000008000u);
  }
  frames_destroy(ONLY(&frames));
}
static void *large_frames_in_thread(void *unused) {
  large_frames();
  return unused;
}

/* In a thread that nothing was prepared for: the allocation after `at` others fails. */
struct attempt {
  long at;
  bool right, last;
};
static void *refuse(void *argument) {
  static struct user user;
  struct attempt *attempt = argument;
  struct life *life = &lives[0];
  refuse_in = attempt->at;
  struct apus_outcome outcome = make_life(life);
  if (!outcome.trap) outcome = make_user(&user, life);
  attempt->last = refuse_in >= 0;
  attempt->right = refuse_in >= 0 ? !outcome.trap : outcome.trap == APUS_TRAP_OUT_OF_MEMORY;
  refuse_in = -1;
  user_destroy(ONLY(&user));
  life_destroy(ONLY(life));
  /* The same once more, with nothing refused. */
  attempt->right &= make_life(life).trap == APUS_TRAP_NONE && make_user(&user, life).trap == APUS_TRAP_NONE;
  user_destroy(ONLY(&user));
  attempt->right &= works(life) && traps(life);
  life_destroy(ONLY(life));
  user_destroy(ONLY(&user));
  return NULL;
}
static void run(void *(*body)(void *), void *argument) {
  pthread_t thread;
  expect(!pthread_create(&thread, NULL, body, argument) && !pthread_join(thread, NULL));
}
static void refusals(void) {
  long before = live;
  struct attempt attempt = {0};
  for (; !attempt.last && attempt.at < 100; attempt.at++) {
    run(refuse, &attempt);
    expect(attempt.right && live == before);
  }
  expect(attempt.last && attempt.at > 4);
}

#ifdef MANY
/* Threads that trap at the same time, each in an instance of its own. */
static void *in_parallel(void *argument) {
  struct life *life = argument;
  bool right = true;
  for (int round = 0; round < 20; round++) {
    right &= make_life(life).trap == APUS_TRAP_NONE && traps(life);
    life_destroy(life);
  }
  return right ? life : NULL;
}
static void threads(void) {
  pthread_t all[4];
  void *result;
  for (int k = 0; k < 4; k++) expect(!pthread_create(&all[k], NULL, in_parallel, &lives[k]));
  for (int k = 0; k < 4; k++) expect(!pthread_join(all[k], &result) && result == &lives[k]);
}

/* A trap in one leaves the others as they are, also in the middle of a call. */
static void several(void) {
  struct life *life = &lives[0], *other = &lives[1];
  expect(make_life(life).trap == APUS_TRAP_NONE && make_life(other).trap == APUS_TRAP_NONE);
  host_of(life)->user = other; /* calls of the one end in the other */
  expect(ends(do_call, CALL(UNWIND)) == APUS_TRAP_INTEGER_DIVIDE_BY_ZERO);
  expect(!CAN_EXHAUST || gives(do_call, CALL(EXHAUST_INSIDE), 100 + APUS_TRAP_STACK_EXHAUSTED));
  expect(life_export_count(life)->value.i32 == 7 && (!CAN_EXHAUST || life_export_count(other)->value.i32 != 7));
  expect(works(life));
  life_destroy(life);
  expect(traps(other));
  life_destroy(other);
}
#endif

int main(void) {
  life_and_death();
  large_frames();
  run(large_frames_in_thread, NULL);
  refusals();
#ifdef MANY
  threads();
  several();
#endif
  return report();
}
