/* A thread's stack: where it ends, that it ends in a guard, and the stack on
 * which the handler of a fault runs when it has ended. */
#define _GNU_SOURCE
#include "posix.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

#define KIB (uintptr_t)1024

/* Found out once a thread. What is near the stack pointer may be missing where
 * the stack `grows` on demand and something else is mapped in its way. */
struct stack {
  uintptr_t low, high; /* lowest usable address, first above */
  uintptr_t guard;     /* bytes below in which a fault means that it overflowed */
  uintptr_t page;      /* what becomes the guard during a call, where the stack has none; else 0 */
  bool known, grows;
};

_Thread_local uintptr_t apus_stack_limit;
static _Thread_local struct stack stack;
static _Thread_local bool prepared;

/* --- the thread's stack -------------------------------------------------------------- */

static uintptr_t page_size(void) { return (uintptr_t)sysconf(_SC_PAGESIZE); }

static void find(void) {
#ifdef __APPLE__
  stack.high = (uintptr_t)pthread_get_stackaddr_np(pthread_self());
  stack.low = stack.high - pthread_get_stacksize_np(pthread_self());
  stack.guard = 64 * KIB;
#else
  pthread_attr_t attributes;
  void *low;
  size_t size, guard;
  if (pthread_getattr_np(pthread_self(), &attributes)) return;
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_getguardsize(&attributes, &guard);
  pthread_attr_destroy(&attributes);
  stack.low = (uintptr_t)low;
  stack.high = stack.low + size;
  stack.guard = guard;
#ifdef __linux__
  if (getpid() == (pid_t)syscall(SYS_gettid)) {
    stack.grows = true;
    stack.guard = 1024 * KIB; /* the kernel's gap below a stack that grows */
#ifndef __GLIBC__
    struct rlimit limit;      /* only what is in use has been reported */
    if (!getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < stack.high &&
        stack.high - limit.rlim_cur < stack.low)
      stack.low = stack.high - limit.rlim_cur;
#endif
  }
#endif
#endif
  if (stack.guard == 0) {
    stack.page = (stack.low + page_size() - 1) & ~(page_size() - 1);
    stack.guard = stack.page + page_size() - stack.low;
    stack.low += stack.guard;
  }
  stack.known = true;
}

static bool is_on_it(uintptr_t address) {
  return stack.known && address >= stack.low - stack.guard && address < stack.high;
}

uintptr_t apus_stack_limit_here(void) {
  uintptr_t reserve = 64 * KIB, quarter = (stack.high - stack.low) / 4;
  if (!is_on_it((uintptr_t)__builtin_frame_address(0))) return 0;
  return stack.low + (reserve < quarter ? reserve : quarter);
}

bool apus_stack_guard(bool closed) {
  if (!stack.page || !is_on_it((uintptr_t)__builtin_frame_address(0))) return true;
  return mprotect((void *)stack.page, page_size(), closed ? PROT_NONE : PROT_READ | PROT_WRITE) == 0;
}

bool apus_stack_ended(uintptr_t address, uintptr_t sp) {
  bool is_near = (address > sp ? address - sp : sp - address) <= 64 * KIB;
  /* A stack that the thread was not started with: a coroutine's. */
  if (!is_on_it(sp) && !is_on_it(address)) return is_near;
  return stack.grows ? is_near : address < stack.low;
}

/* --- the signal stack ------------------------------------------------------------------ */

#define SIGNAL_STACK (64 * KIB)

static pthread_key_t key;
static bool has_key;

static void take_back(void *at) {
  stack_t now;
  /* Somebody may have put another in its place; then only the memory is ours. */
  if (!sigaltstack(NULL, &now) && now.ss_sp == (char *)at + page_size()) {
    memset(&now, 0, sizeof now);
    now.ss_flags = SS_DISABLE;
    now.ss_size = SIGNAL_STACK;
    sigaltstack(&now, NULL);
  }
  munmap(at, page_size() + SIGNAL_STACK);
  prepared = false; /* another destructor may call a module */
}

static void make_key(void) { has_key = !pthread_key_create(&key, take_back); }

/* A stack for the handler until the thread ends, where the thread has none. */
static bool lend(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  stack_t now;
  if (sigaltstack(NULL, &now)) return false;
  if (!(now.ss_flags & SS_DISABLE)) return true;
  pthread_once(&once, make_key);
  size_t page = page_size(), size = page + SIGNAL_STACK;
  char *at = has_key ? mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;
  if (at == MAP_FAILED) return false;
  memset(&now, 0, sizeof now);
  now.ss_sp = at + page;
  now.ss_size = SIGNAL_STACK;
  if (!mprotect(now.ss_sp, SIGNAL_STACK, PROT_READ | PROT_WRITE) && !pthread_setspecific(key, at)) {
    if (!sigaltstack(&now, NULL)) return true;
    pthread_setspecific(key, NULL);
  }
  munmap(at, size);
  return false;
}

bool apus_stack_prepare(void) {
  if (!prepared && lend()) {
    if (!stack.known) find();
    prepared = true;
  }
  return prepared;
}
