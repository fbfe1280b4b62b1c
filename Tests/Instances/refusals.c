/* Memories and tables with indices of 64 bits that grow, and exceptions, with each allocation and each commit of pages
 * refused in turn: what could not be had is left as it was, everything else goes on, and nothing is left behind. */
#define _GNU_SOURCE
#include "catcher.h"
#include "wide.h"

#include "../Runtime/test.h"
#include "counting.h"

#include <pthread.h>
#include <string.h>

#ifdef MANY
#define OF(instance) &instance,
#define ONLY(instance) &instance
static struct wide wide;
static struct catcher catcher;
#else
#define OF(instance)
#define ONLY(instance)
#endif

/* Address space that memories grow in, as alloc.c gives it. */
static bool has_room;
void *apus_port_reserve(size_t size) {
  void *at = has_room ? mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) : MAP_FAILED;
  return at == MAP_FAILED ? NULL : at;
}

/* --- the host ------------------------------------------------------------------------- */

enum { NOTHING, THROW };
static uint32_t at_start;

static void throw_it(uint32_t value) {
  struct apus_exception exception = {.tag = wide_export_error(ONLY(wide)), .values = {value, 5}};
  apus_throw(&exception);
}
uint32_t apus_import_host_act(struct apus_host *host, uint32_t what) {
  (void)host;
  if (what ? what == THROW : at_start == THROW) throw_it(3);
  return 8;
}

/* What the catcher imports. In `many` the test links them itself. */
#ifdef MANY
const struct apus_tag *apus_import_wide_error(void) { return NULL; }
uint32_t apus_import_wide_throw(struct apus_host *host, uint32_t value) { return (void)host, value; }
struct apus_memory *apus_import_wide_memory(void) {
  return NULL;
}
struct apus_table *apus_import_wide_table(void) {
  return NULL;
}
#else
const struct apus_tag *apus_import_wide_error(void) { return wide_export_error(); }
uint32_t apus_import_wide_throw(struct apus_host *host, uint32_t value) {
  (void)host;
  throw_it(value);
  return 0;
}
struct apus_memory *apus_import_wide_memory(void) {
  return wide_export_memory();
}
struct apus_table *apus_import_wide_table(void) {
  return wide_export_table();
}
#endif

static struct apus_outcome make_wide(void) {
#ifdef MANY
  struct wide_imports imports = {0};
  wide_default_imports(&imports);
  return wide_instantiate(&wide, &imports);
#else
  return wide_instantiate();
#endif
}

static struct apus_outcome make_catcher(void) {
#ifdef MANY
  struct catcher_imports imports = {0};
  expect(wide_export(&wide, "error", 5, &imports.import_wide_error));
  expect(wide_export(&wide, "throw", 5, &imports.import_wide_throw));
  expect(wide_export(&wide, "memory", 6, &imports.import_wide_memory));
  expect(wide_export(&wide, "table", 5, &imports.import_wide_table));
  return catcher_instantiate(&catcher, &imports);
#else
  return catcher_instantiate();
#endif
}

/* --- calls ---------------------------------------------------------------------------- */

static uint64_t in[2], got;

#define CALL(name, expression)                                                                                         \
  static void name(void *unused) {                                                                                     \
    (void)unused;                                                                                                      \
    expression;                                                                                                        \
  }
CALL(load, got = wide_export_load(OF(wide) in[0]))
CALL(store, wide_export_store(OF(wide) in[0], in[1]))
CALL(grow, got = wide_export_grow(OF(wide) in[0]))
CALL(size, got = wide_export_size(ONLY(wide)))
CALL(bytes_load, got = wide_export_bytes_load(OF(wide) in[0]))
CALL(bytes_grow, got = wide_export_bytes_grow(OF(wide) in[0]))
CALL(bytes_size, got = wide_export_bytes_size(ONLY(wide)))
CALL(grow_table, got = wide_export_grow_table(OF(wide) in[0]))
CALL(at_table, got = wide_export_at_table(OF(wide) in[0]))
CALL(throws, got = wide_export_throw(OF(wide)(uint32_t) in[0]))
CALL(caught, got = wide_export_caught(OF(wide)(uint32_t) in[0]))
CALL(from_host, got = wide_export_nothing_thrown(OF(wide)(uint32_t) in[0]))
CALL(caught_there, got = catcher_export_caught(OF(catcher)(uint32_t) in[0]))

static struct apus_outcome outcome_of(void (*call)(void *), uint64_t x, uint64_t y) {
  in[0] = x, in[1] = y, got = 0xdead;
  return apus_catch(call, NULL);
}
static bool gives(void (*call)(void *), uint64_t x, uint64_t result) {
  return outcome_of(call, x, 0).trap == APUS_TRAP_NONE && got == result;
}
static bool traps(void (*call)(void *), uint64_t x, enum apus_trap trap) { return outcome_of(call, x, 0).trap == trap; }

/* --- tests ---------------------------------------------------------------------------- */

/* Exceptions take no room, so they go on whatever was refused. */
static bool exceptions_work(void) {
  bool right = gives(caught, 37, 42) && gives(from_host, THROW, (uint32_t)-2) && gives(from_host, 2, 8);
  right &= traps(throws, 9, APUS_TRAP_EXCEPTION) && apus_caught()->tag == wide_export_error(ONLY(wide));
  return right && apus_caught()->values[0] == 9 && apus_caught()->values[1] == 0x500000000;
}

/* A memory by its ends: what was there before is the same, what is new zero, and behind the end there is nothing. */
static bool ends_at(void (*read)(void *), uint64_t bytes) {
  bool right = gives(read, bytes - 8, 0) && traps(read, bytes - 7, APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  right &= traps(read, bytes, APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  right &= traps(read, UINT64_MAX, APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  return right && traps(read, bytes + ((uint64_t)1 << 32), APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
}

/* Grows by `more`, from `before`; what it has afterwards is `*after`. A refusal is right only where there was one. */
static bool grows(void (*call)(void *), void (*how_large)(void *), uint64_t before, uint64_t more, uint64_t *after) {
  long refusals = refused_so_far;
  if (outcome_of(call, more, 0).trap) return false;
  bool was_refused = got == UINT64_MAX;
  *after = was_refused ? before : before + more;
  return (was_refused ? refused_so_far > refusals : got == before) && (!how_large || gives(how_large, 0, *after));
}

/* Everything that an instance can do. */
static bool works(void) {
  struct apus_memory *memory = wide_export_memory(ONLY(wide)), *small = wide_export_bytes(ONLY(wide));
  uint64_t pages = 1, bytes = 100, elements = 2;
  bool right = !memcmp(memory->base + 16, "at the start", 12) && gives(bytes_load, 92, 0x2e2e2e646e652065);
  right &= exceptions_work();
  right &= outcome_of(store, 40, 0x123456789abcdef).trap == APUS_TRAP_NONE;
  for (int round = 0; round < 3; round++) {
    uint64_t now;
    right &= grows(grow, size, pages, 1, &now);
    right &= memory->size == now * APUS_PAGE && memory->reserved >= memory->size;
    right &= ends_at(load, now * APUS_PAGE) && gives(load, 40, 0x123456789abcdef);
    pages = now;
    right &= grows(bytes_grow, bytes_size, bytes, 70000 + (uint64_t)round, &now);
    right &= small->size == now && small->reserved >= now && (now == 100 || ends_at(bytes_load, now));
    right &= gives(bytes_load, 92, 0x2e2e2e646e652065);
    bytes = now;
    right &= grows(grow_table, NULL, elements, 50, &now) && gives(at_table, now - 1, now == 2);
    right &= traps(at_table, now, APUS_TRAP_TABLE_OUT_OF_BOUNDS) && gives(at_table, 0, 1);
    elements = now;
    right &= exceptions_work();
  }
  /* Never above the maximum, whatever can be had. */
  right &= gives(grow, 6, UINT64_MAX) && gives(grow, UINT64_MAX, UINT64_MAX) && gives(size, 0, pages);
  right &= gives(bytes_grow, 300000, UINT64_MAX) && gives(bytes_size, 0, bytes);
  right &= gives(grow_table, (uint64_t)1 << 32, UINT64_MAX) && gives(at_table, elements - 1, elements == 2);
  return right;
}

static bool works_together(void) {
  struct apus_memory *memory = wide_export_memory(ONLY(wide));
  bool right = gives(caught_there, 9, 9 + 30 + 700 + 4) && exceptions_work();
  return right && !memcmp(memory->base + 64, "from the catcher", 16) && memory->base[88] == 4;
}

static void destroy(void) {
  catcher_destroy(ONLY(catcher));
  wide_destroy(ONLY(wide));
}

/* In a thread that nothing was prepared for. */
struct attempt {
  long at;
  bool right, last;
};
static void *attempt(void *argument) {
  struct attempt *attempt = argument;
  refused_so_far = 0;
  refuse_in = attempt->at;
  struct apus_outcome outcome = make_wide();
  bool right = true;
  if (!outcome.trap) outcome = make_catcher();
  if (outcome.trap)
    right = outcome.trap == APUS_TRAP_OUT_OF_MEMORY && refused_so_far;
  else
    right = works() && works_together();
  attempt->last = !refused_so_far;
  refuse_in = -1;
  destroy();
  /* The same once more, with nothing refused. */
  right &= make_wide().trap == APUS_TRAP_NONE && make_catcher().trap == APUS_TRAP_NONE;
  right &= works_together() && works() && gives(size, 0, 4) && gives(bytes_size, 0, 210103) && gives(at_table, 151, 0);
  destroy();
  attempt->right = right;
  return NULL;
}

static void run(void *(*body)(void *), void *argument) {
  pthread_t thread;
  expect(!pthread_create(&thread, NULL, body, argument) && !pthread_join(thread, NULL));
}

static void each_in_turn(void) {
  long before = live;
  struct attempt one = {0};
  for (; !one.last && one.at < 100; one.at++) {
    run(attempt, &one);
    expect(one.right && live == before);
  }
  expect(one.last && one.at > 12);
}

/* A start function that throws, with refusals as well. */
static void *throws_at_start(void *unused) {
  long before = live;
  at_start = THROW;
  for (long at = -1; at < 40; at++) {
    refused_so_far = 0;
    refuse_in = at;
    struct apus_outcome outcome = make_wide();
    refuse_in = -1;
    expect(outcome.trap == (refused_so_far ? APUS_TRAP_OUT_OF_MEMORY : APUS_TRAP_EXCEPTION));
    wide_destroy(ONLY(wide));
    wide_destroy(ONLY(wide));
  }
  at_start = NOTHING;
  expect(make_wide().trap == APUS_TRAP_NONE && works());
  wide_destroy(ONLY(wide));
  expect(live == before || !unused);
  return NULL;
}

int main(void) {
  for (int way = 0; way < 4; way++) {
    has_room = way & 1;
    refuse_rest = way & 2;
    each_in_turn();
  }
  refuse_rest = false;
  throws_at_start(NULL);
  run(throws_at_start, NULL);
  return report();
}
