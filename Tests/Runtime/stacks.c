/* Exhausted stacks: of the process, of threads, with and without a guard page,
 * with memory mapped below, and of a coroutine. */
#define _GNU_SOURCE
#include "apus_code.h"

#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define TRANSLATED static APUS_CODE __attribute__((noinline))
#define KIB 1024
#define MIB (1024 * 1024)

static struct apus_memory memory;
static _Thread_local volatile u32 depth, never = UINT32_MAX, seen;

TRANSLATED u32 recurse(u32 x) {
  if (x == never) return 0;
  depth = x;
  return recurse(x + 1) + depth;
}
/* Frames larger than any guard. */
#define RECURSE_WIDE(name, bytes)                                                                                      \
  TRANSLATED u32 name(u32 x) {                                                                                         \
    if (x == never) return 0;                                                                                          \
    volatile u8 room[bytes];                                                                                           \
    room[x % sizeof room] = (u8)x;                                                                                     \
    return name(x + 1) + room[(x + 1) % sizeof room];                                                                  \
  }
RECURSE_WIDE(recurse_wide, 200000)
RECURSE_WIDE(recurse_wider, 3 * MIB)

static __attribute__((noinline)) void host(void) {
  volatile u8 room[10 * KIB];
  room[0] = 1;
  room[sizeof room - 1] = room[0];
}
TRANSLATED u32 recurse_host(u32 x) {
  if (x == never) return 0;
  host_call_check();
  host();
  depth = x;
  return recurse_host(x + 1) + depth;
}
/* What is called at each level takes stack of its own. */
TRANSLATED u32 recurse_helpers(u32 x) {
  if (x == never) return 0;
  apus_memory_fill(&memory, x % 100, x, x % 64, 1);
  apus_memory_copy(&memory, &memory, x % 100, x % 50, x % 64, 2);
  if (apus_memory_grow(&memory, 0) != 1) apus_trap(APUS_TRAP_UNREACHABLE, 3);
  depth = x;
  return recurse_helpers(x + 1) + depth;
}
/* It may be the trap for which there is no room. */
static u32 stop;
TRANSLATED u32 recurse_trap(u32 x) {
  if (x == never) return 0;
  if (x == stop) apus_trap(APUS_TRAP_UNREACHABLE, 4);
  depth = x;
  return recurse_trap(x + 1) + depth;
}
TRANSLATED u32 load(u32 a) {
  u8 *m = memory.base;
  return ld32(a, 0);
}

static void do_recurse(void *unused) { (void)unused, seen = recurse(0); }
static void do_recurse_wide(void *unused) { (void)unused, seen = recurse_wide(0); }
static void do_recurse_wider(void *unused) { (void)unused, seen = recurse_wider(0); }
static void do_recurse_host(void *unused) { (void)unused, seen = recurse_host(0); }
static void do_recurse_helpers(void *unused) { (void)unused, seen = recurse_helpers(0); }
static void do_recurse_trap(void *unused) { (void)unused, seen = recurse_trap(0); }
static void do_load(void *unused) { (void)unused, seen = load(0x10000); }
static void do_load_inside(void *unused) { (void)unused, seen = load(0xfff0); }

/* The thread can go on after it, as often as it happens. */
static bool exhausts(void (*body)(void *)) {
  depth = 0;
  struct apus_outcome o = apus_catch(body, NULL);
  return o.trap == APUS_TRAP_STACK_EXHAUSTED && apus_catch(do_load, NULL).trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS &&
         apus_catch(do_load_inside, NULL).trap == APUS_TRAP_NONE && apus_stack_limit == 0;
}

static void exhaustion(void) {
  for (int i = 0; i < 3; i++) {
    expect(exhausts(do_recurse) && depth > 100);
    expect(exhausts(do_recurse_wide));
    expect(exhausts(do_recurse_wider));
    expect(exhausts(do_recurse_host) && depth > 10);
    expect(exhausts(do_recurse_helpers) && depth > 10);
  }
}

/* A trap near the end is that trap or, without room to leave, exhaustion. */
static void traps_at_the_end(void) {
  stop = never;
  expect(exhausts(do_recurse_trap));
  u32 end = depth, trapped = 0;
  bool right = true;
  for (stop = end - 600; stop < end + 20; stop++) {
    enum apus_trap trap = apus_catch(do_recurse_trap, NULL).trap;
    right &= trap == APUS_TRAP_UNREACHABLE || trap == APUS_TRAP_STACK_EXHAUSTED;
    trapped += trap == APUS_TRAP_UNREACHABLE;
  }
  expect(right && trapped > 0 && trapped < 620);
}

/* --- threads ------------------------------------------------------------------------------- */

static void *on_thread(void *unused) {
  exhaustion();
  return unused;
}

static void run(void *(*body)(void *), void *argument, const pthread_attr_t *attributes) {
  pthread_t thread;
  expect(!pthread_create(&thread, attributes, body, argument) && !pthread_join(thread, NULL));
}

static void sizes(void) {
  static const size_t sizes[] = {64 * KIB, 256 * KIB, 8 * MIB};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, sizes[i]);
    run(on_thread, NULL, &attributes);
    pthread_attr_destroy(&attributes);
  }
}

static bool is_filled(const u8 *at, size_t size) {
  for (size_t i = 0; i < size; i++)
    if (at[i] != 0x5a) return false;
  return true;
}

/* Right below the guard page lies somebody's memory. */
static void *above_memory(void *unused) {
  pthread_attr_t attributes;
  void *low;
  size_t size, guard;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_getguardsize(&attributes, &guard);
  pthread_attr_destroy(&attributes);
  u8 *below = (u8 *)low - guard - 4 * MIB;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  expect(mmap(below, 4 * MIB, PROT_READ | PROT_WRITE, flags, -1, 0) == below);
  memset(below, 0x5a, 4 * MIB);
  exhaustion();
  expect(is_filled(below, 4 * MIB));
  munmap(below, 4 * MIB);
  return unused;
}

/* A stack that the embedder made, in the middle of other memory and with no guard. */
static void without_guard(size_t size, size_t shift) {
  pthread_attr_t attributes;
  u8 *all = mmap(NULL, 4 * MIB + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(all, 0x5a, 4 * MIB + size);
  pthread_attr_init(&attributes);
  expect(!pthread_attr_setstack(&attributes, all + 4 * MIB - shift, size));
  run(on_thread, NULL, &attributes);
  pthread_attr_destroy(&attributes);
  expect(is_filled(all, 4 * MIB - shift));
  memset(all, 0, 4 * MIB + size); /* all of it is usable again */
  munmap(all, 4 * MIB + size);
}

/* --- coroutines ------------------------------------------------------------------------------- */

static ucontext_t main_context, coroutine;
static struct apus_outcome of_coroutine[3];

static void on_coroutine(void) {
  of_coroutine[0] = apus_catch(do_recurse, NULL);
  of_coroutine[1] = apus_catch(do_recurse_wide, NULL);
  of_coroutine[2] = apus_catch(do_load, NULL);
}

static void coroutines(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), size = 256 * KIB;
  u8 *all = mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(all, page, PROT_NONE);
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = all + page;
  coroutine.uc_stack.ss_size = size;
  coroutine.uc_link = &main_context;
  makecontext(&coroutine, on_coroutine, 0);
  swapcontext(&main_context, &coroutine);
  expect(of_coroutine[0].trap == APUS_TRAP_STACK_EXHAUSTED && of_coroutine[1].trap == APUS_TRAP_STACK_EXHAUSTED);
  expect(of_coroutine[2].trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  munmap(all, page + size);
  exhaustion();
}

/* --- the stack that handlers run on -------------------------------------------------------------- */

static stack_t lent;

static void *borrow(void *unused) {
  stack_t now;
  expect(!sigaltstack(NULL, &now) && now.ss_flags & SS_DISABLE);
  expect(exhausts(do_recurse));
  expect(!sigaltstack(NULL, &lent) && !(lent.ss_flags & SS_DISABLE));
  expect(exhausts(do_recurse));
  expect(!sigaltstack(NULL, &now) && now.ss_sp == lent.ss_sp);
  return unused;
}

static void *bring_own(void *unused) {
  stack_t now, own = {.ss_sp = malloc(64 * KIB), .ss_size = 64 * KIB};
  expect(!sigaltstack(&own, NULL) && exhausts(do_recurse));
  expect(!sigaltstack(NULL, &now) && now.ss_sp == own.ss_sp && !(now.ss_flags & SS_DISABLE));
  own.ss_flags = SS_DISABLE;
  sigaltstack(&own, NULL);
  free(own.ss_sp);
  return unused;
}

/* It has put another in the place of ours. */
static void *replace(void *unused) {
  stack_t own = {.ss_sp = unused, .ss_size = 64 * KIB};
  expect(exhausts(do_recurse) && !sigaltstack(NULL, &lent) && !sigaltstack(&own, NULL) && exhausts(do_recurse));
  return NULL;
}

static bool is_mapped(void *at) { return msync(at, 1, MS_ASYNC) == 0 || errno != ENOMEM; }

static void signal_stacks(void) {
  run(borrow, NULL, NULL);
  expect(!is_mapped(lent.ss_sp));
  run(bring_own, NULL, NULL);
  void *own = malloc(64 * KIB);
  run(replace, own, NULL);
  expect(!is_mapped(lent.ss_sp));
  free(own);
}

int main(void) {
  expect(apus_memory_init_guarded(&memory, 1, 4));
  exhaustion();
  traps_at_the_end();
  sizes();
  run(above_memory, NULL, NULL);
  without_guard(64 * KIB, 0);
  without_guard(MIB, 0);
  without_guard(MIB, 512);
  coroutines();
  signal_stacks();
  apus_memory_destroy(&memory);
  return report();
}
