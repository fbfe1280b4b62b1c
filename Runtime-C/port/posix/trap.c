/* Traps on hosts: apus_catch, the ways out of it, and the faults that are traps. */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE /* its longjmp refuses to leave a signal stack on some systems */
#include "posix.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <ucontext.h>
#include <unistd.h>

#define KIB (uintptr_t)1024

struct frame {
  jmp_buf target;
  struct apus_outcome outcome;
  struct frame *previous;
  uintptr_t limit; /* apus_stack_limit as it was before */
};

/* A thread's stack, found out once: the lowest usable address, the first above,
 * and the bytes below in which a fault means that it overflowed. */
struct stack {
  uintptr_t low, high, guard;
  bool known, grows;
};

_Thread_local uintptr_t apus_stack_limit;
static _Thread_local struct frame *current;
static _Thread_local struct stack stack;

/* Zero-initialised, weak: a program without translated code has neither. */
#ifdef __ELF__
extern const char __start_apus_code[] __attribute__((weak));
extern const char __stop_apus_code[] __attribute__((weak));
#endif

static bool in_translated_code(uintptr_t pc) {
#ifdef __ELF__
  return pc >= (uintptr_t)__start_apus_code && pc < (uintptr_t)__stop_apus_code;
#else
  (void)pc; /* no section to tell it by */
  return true;
#endif
}

/* --- the way out ------------------------------------------------------------ */

static _Noreturn void leave(enum apus_trap trap, uint32_t offset, uint32_t status, const void *pc) {
  current->outcome = (struct apus_outcome){.trap = trap, .offset = offset, .exit_status = status, .pc = pc};
  _longjmp(current->target, 1);
}

_Noreturn void apus_trap(enum apus_trap trap, uint32_t offset) {
  uintptr_t pc = (uintptr_t)__builtin_return_address(0) - 1; /* in the call, which may be a function's end */
  if (!in_translated_code(pc)) pc = 0;
  if (current) leave(trap, offset, 0, (const void *)pc);
  struct apus_outcome outcome = {.trap = trap, .offset = offset, .pc = (const void *)pc};
  static const char prefix[] = "apus: trap: ";
  char line[512];
  memcpy(line, prefix, sizeof prefix);
  size_t room = sizeof line - sizeof prefix, end = apus_describe(line + sizeof prefix - 1, room, &outcome, NULL);
  end = sizeof prefix - 1 + (end < room ? end : room - 1);
  line[end++] = '\n';
  for (const char *from = line; from < line + end;) {
    ssize_t wrote = write(STDERR_FILENO, from, (size_t)(line + end - from));
    if (wrote <= 0) break;
    from += wrote;
  }
  _exit(134);
}

_Noreturn void apus_exit(uint32_t status) {
  if (current) leave(APUS_TRAP_EXIT, 0, status, NULL);
  exit((int)status);
}

/* --- faults -------------------------------------------------------------------- */

static bool registers(void *ucontext, uintptr_t *pc, uintptr_t *sp) {
  const ucontext_t *context = ucontext;
#if defined(__linux__) && defined(__x86_64__)
  *pc = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
  *sp = (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined(__linux__) && defined(__i386__)
  *pc = (uintptr_t)context->uc_mcontext.gregs[REG_EIP];
  *sp = (uintptr_t)context->uc_mcontext.gregs[REG_ESP];
#elif defined(__linux__) && defined(__aarch64__)
  *pc = (uintptr_t)context->uc_mcontext.pc;
  *sp = (uintptr_t)context->uc_mcontext.sp;
#elif defined(__linux__) && defined(__arm__)
  *pc = (uintptr_t)context->uc_mcontext.arm_pc;
  *sp = (uintptr_t)context->uc_mcontext.arm_sp;
#elif defined(__linux__) && defined(__riscv)
  *pc = (uintptr_t)context->uc_mcontext.__gregs[REG_PC];
  *sp = (uintptr_t)context->uc_mcontext.__gregs[REG_SP];
#elif defined(__APPLE__) && defined(__x86_64__)
  *pc = (uintptr_t)context->uc_mcontext->__ss.__rip;
  *sp = (uintptr_t)context->uc_mcontext->__ss.__rsp;
#elif defined(__APPLE__) && defined(__aarch64__)
  *pc = (uintptr_t)__darwin_arm_thread_state64_get_pc(context->uc_mcontext->__ss);
  *sp = (uintptr_t)__darwin_arm_thread_state64_get_sp(context->uc_mcontext->__ss);
#else
  (void)context, (void)pc, (void)sp;
  return false;
#endif
  return true;
}

/* The stack that grows on demand may stop short of its limit, where something
 * else is mapped in its way; so for it, a page that is missing near the stack
 * pointer will do. */
static bool in_stack_guard(uintptr_t address, uintptr_t sp) {
  if (!stack.known || address < stack.low - stack.guard) return false;
  if (!stack.grows) return address < stack.low;
  uintptr_t distance = address > sp ? address - sp : sp - address;
  return address < stack.high && distance <= 64 * KIB;
}

bool apus_signal_handle(int signal, void *siginfo, void *ucontext) {
  const siginfo_t *info = siginfo;
  uintptr_t pc = 0, sp = 0;
  if (!current || (signal != SIGSEGV && signal != SIGBUS) || info->si_code <= 0) return false;
#ifdef SI_KERNEL
  if (info->si_code == SI_KERNEL) return false; /* carries no address */
#endif
  if (!registers(ucontext, &pc, &sp) || !in_translated_code(pc)) return false;
  uintptr_t address = (uintptr_t)info->si_addr;
  if (apus_guard_holds(address)) leave(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, 0, 0, (const void *)pc);
  if (in_stack_guard(address, sp)) leave(APUS_TRAP_STACK_EXHAUSTED, 0, 0, (const void *)pc);
  return false;
}

static struct sigaction previous_segv, previous_bus;

static void on_fault(int number, siginfo_t *info, void *context) {
  if (apus_signal_handle(number, info, context)) return;
  struct sigaction *previous = number == SIGSEGV ? &previous_segv : &previous_bus;
  bool with_info = previous->sa_flags & SA_SIGINFO;
  bool sent = info->si_code <= 0;
  if (!with_info && previous->sa_handler == SIG_IGN && sent) return;
  if (!with_info && (previous->sa_handler == SIG_DFL || previous->sa_handler == SIG_IGN)) {
    /* What happens without a handler: the instruction faults once more. */
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    sigaction(number, &standard, NULL);
    if (sent) raise(number);
    return;
  }
  sigset_t mask = previous->sa_mask, before;
  if (!(previous->sa_flags & SA_NODEFER)) sigaddset(&mask, number);
  pthread_sigmask(SIG_BLOCK, &mask, &before);
  if (with_info)
    previous->sa_sigaction(number, info, context);
  else
    previous->sa_handler(number);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static atomic_bool left_alone;

void apus_signals_leave_alone(void) {
  atomic_store(&left_alone, true);
}

static void install(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  sigaction(SIGSEGV, NULL, &previous_segv);
  sigaction(SIGBUS, NULL, &previous_bus);
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

/* --- stacks ------------------------------------------------------------------------ */

static void find_stack(void) {
  if (stack.known) return;
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
    struct rlimit limit; /* only what is in use has been reported */
    if (!getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < stack.high &&
        stack.high - limit.rlim_cur < stack.low)
      stack.low = stack.high - limit.rlim_cur;
#endif
  }
#endif
#endif
  stack.known = true;
}

/* How far down translated code may be when it calls the host; no limit where
 * we run on a stack that is not the thread's. */
static uintptr_t limit_here(void) {
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  if (!stack.known || here < stack.low || here >= stack.high) return 0;
  uintptr_t reserve = 64 * KIB, quarter = (stack.high - stack.low) / 4;
  return stack.low + (reserve < quarter ? reserve : quarter);
}

#define SIGNAL_STACK (64 * KIB)

/* A stack for the handler, where the thread has none. */
static void *lend_signal_stack(void) {
  stack_t now;
  if (sigaltstack(NULL, &now) || !(now.ss_flags & SS_DISABLE)) return NULL;
  void *at = mmap(NULL, SIGNAL_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return NULL;
  memset(&now, 0, sizeof now);
  now.ss_sp = at;
  now.ss_size = SIGNAL_STACK;
  if (!sigaltstack(&now, NULL)) return at;
  munmap(at, SIGNAL_STACK);
  return NULL;
}

static void take_back_signal_stack(void *at) {
  stack_t now;
  if (!at) return;
  /* Somebody may have put another in its place; then only the memory is ours. */
  if (!sigaltstack(NULL, &now) && now.ss_sp == at) {
    memset(&now, 0, sizeof now);
    now.ss_flags = SS_DISABLE;
    now.ss_size = SIGNAL_STACK;
    sigaltstack(&now, NULL);
  }
  munmap(at, SIGNAL_STACK);
}

/* --- apus_catch ------------------------------------------------------------------------ */

/* On its own, so that no local of the caller lives across the jump. */
static __attribute__((noinline)) void enter(struct frame *frame, void (*body)(void *), void *argument) {
  if (!_setjmp(frame->target)) body(argument);
}

struct apus_outcome apus_catch(void (*body)(void *argument), void *argument) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  struct frame frame;
  void *lent = NULL;
  memset(&frame.outcome, 0, sizeof frame.outcome);
  frame.previous = current;
  frame.limit = apus_stack_limit;
  if (!frame.previous) {
    if (!atomic_load(&left_alone)) pthread_once(&once, install);
    lent = lend_signal_stack();
    find_stack();
  }
  apus_stack_limit = limit_here();
  current = &frame;
  enter(&frame, body, argument);
  current = frame.previous;
  apus_stack_limit = frame.limit;
  take_back_signal_stack(lent);
  return frame.outcome;
}
