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
#include <ucontext.h>
#include <unistd.h>
#include <wchar.h>

struct frame {
  jmp_buf target;
  struct apus_outcome outcome;
  struct frame *previous;
  uintptr_t limit; /* apus_stack_limit as it was before */
#ifdef APUS_COUNTS_CALLS
  uint32_t taken; /* apus_stack_taken as well */
#endif
};

#ifdef APUS_COUNTS_CALLS
APUS_THREAD uint32_t apus_stack_taken;
#endif

static _Thread_local struct frame *current;

#ifdef __ELF__

/* Where a piece of translated code begins and ends, seen from each field. */
struct range {
  int32_t begin, end;
};

/* Weak: a program without translated code has no ranges. */
#define OF_LINKER __attribute__((weak, visibility("hidden")))
extern OF_LINKER const struct range __start_apus_ranges[], __stop_apus_ranges[];
extern OF_LINKER const char __start_apus_code[], __stop_apus_code[];

static uintptr_t from(const int32_t *field) { return (uintptr_t)field + (uintptr_t)(intptr_t)*field; }

static bool in_module(uintptr_t pc) {
  for (const struct range *range = __start_apus_ranges; range < __stop_apus_ranges; range++)
    if (pc >= from(&range->begin) && pc < from(&range->end)) return true;
  return false;
}

/* Or in a function of the runtime that counts. */
static bool in_translated_code(uintptr_t pc) {
  return in_module(pc) || (pc >= (uintptr_t)__start_apus_code && pc < (uintptr_t)__stop_apus_code);
}

#else

static bool in_module(uintptr_t pc) {
  (void)pc; /* never known, and a function of the runtime may hold something */
  return false;
}

static bool in_translated_code(uintptr_t pc) {
  (void)pc; /* no section to tell it by */
  return true;
}

#endif

__attribute__((noinline)) bool apus_code_is_placed(void) {
  return in_translated_code((uintptr_t)__builtin_return_address(0) - 1);
}

/* --- the way out ------------------------------------------------------------ */

static _Noreturn void leave(enum apus_trap trap, uint32_t offset, uint32_t status, const void *pc) {
  current->outcome = (struct apus_outcome){.trap = trap, .offset = offset, .exit_status = status, .pc = pc};
  _longjmp(current->target, 1);
}

/* Faults here where the stack has not the room that what follows may take: from above, in steps
 * that cannot pass a guard page. */
static APUS_CODE __attribute__((noinline)) void need_room(void) {
  char room[8192];
  for (char *at = room + sizeof room; at > room;) {
    *(at -= 1024) = 0;
    __asm__ volatile("" ::"r"(at) : "memory"); /* which may read it */
  }
}

_Noreturn APUS_CODE void apus_trap(enum apus_trap trap, uint32_t offset) {
  need_room();
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
#elif defined(__linux__) && defined(__s390x__)
  *pc = (uintptr_t)context->uc_mcontext.psw.addr;
  *sp = (uintptr_t)context->uc_mcontext.gregs[15];
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

/* A handler that has called us may have blocked the signal. */
static _Noreturn void leave_handler(enum apus_trap trap, uintptr_t pc, const void *ucontext) {
  pthread_sigmask(SIG_SETMASK, &((const ucontext_t *)ucontext)->uc_sigmask, NULL);
  leave(trap, 0, 0, (const void *)pc);
}

/* A thread that is to end, at any instruction of a module, where it holds nothing. Elsewhere it leaves where it
 * next asks whether there is stack for a call of the host or the runtime. */
static bool interrupt(void *ucontext) {
  uintptr_t pc = 0, sp = 0;
  if (!apus_thread_ends()) return false;
  if (!current) return true;
  if (registers(ucontext, &pc, &sp) && in_module(pc)) leave_handler(APUS_TRAP_EXIT, 0, ucontext);
  apus_stack_limit = UINTPTR_MAX;
  return true;
}

bool apus_signal_handle(int signal, void *siginfo, void *ucontext) {
  const siginfo_t *info = siginfo;
  uintptr_t pc = 0, sp = 0;
  if (signal == APUS_INTERRUPT) return interrupt(ucontext);
  if (!current || (signal != SIGSEGV && signal != SIGBUS) || info->si_code <= 0) return false;
#ifdef SI_KERNEL
  if (info->si_code == SI_KERNEL) return false; /* carries no address */
#endif
  if (!registers(ucontext, &pc, &sp) || !in_translated_code(pc)) return false;
  uintptr_t address = (uintptr_t)info->si_addr;
  enum apus_trap trap = apus_guard_holds(address)       ? APUS_TRAP_MEMORY_OUT_OF_BOUNDS
                        : apus_stack_ended(address, sp) ? (enum apus_trap)APUS_TRAP_STACK_ENDED
                                                        : APUS_TRAP_NONE;
  if (!trap) return false;
  leave_handler(trap, pc, ucontext);
}

static struct sigaction previous_segv, previous_bus, previous_interrupt;

/* Gives a signal to the handler that was there before. */
static void pass_on(const struct sigaction *previous, int number, siginfo_t *info, void *context) {
  sigset_t mask = previous->sa_mask, before;
  if (!(previous->sa_flags & SA_NODEFER)) sigaddset(&mask, number);
  pthread_sigmask(SIG_BLOCK, &mask, &before);
  if (previous->sa_flags & SA_SIGINFO)
    previous->sa_sigaction(number, info, context);
  else
    previous->sa_handler(number);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void on_interrupt(int number, siginfo_t *info, void *context) {
  if (interrupt(context)) return;
  bool with_info = previous_interrupt.sa_flags & SA_SIGINFO;
  if (with_info || (previous_interrupt.sa_handler != SIG_DFL && previous_interrupt.sa_handler != SIG_IGN))
    pass_on(&previous_interrupt, number, info, context);
}

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
  pass_on(previous, number, info, context);
}

static atomic_bool left_alone;

void apus_signals_leave_alone(void) { atomic_store(&left_alone, true); }

static struct sigaction handler(void (*function)(int, siginfo_t *, void *)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = function;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  return action;
}

/* Without SA_RESTART: what blocks returns, and sees that the thread is to end. */
void apus_interrupts_install(void) {
  if (atomic_load(&left_alone)) return;
  struct sigaction action = handler(on_interrupt);
  sigaction(APUS_INTERRUPT, NULL, &previous_interrupt);
  sigaction(APUS_INTERRUPT, &action, NULL);
}

static void install(void) {
  struct sigaction action = handler(on_fault);
  sigaction(SIGSEGV, NULL, &previous_segv);
  sigaction(SIGBUS, NULL, &previous_bus);
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

/* --- apus_catch ------------------------------------------------------------------------ */

/* On its own, so that no local of the caller lives across the jump. */
static __attribute__((noinline)) void enter(struct frame *frame, void (*body)(void *), void *argument) {
  if (!_setjmp(frame->target)) body(argument);
}

/* The dynamic linker looks up now, and not at the end of a stack, what leaves a trap and what
 * compilers make of loops over bytes. The size is one that no compiler knows. */
static void look_up(void) {
  volatile size_t none = 0;
  wchar_t from[1] = {0}, to[1];
  jmp_buf here;
  if (!_setjmp(here)) _longjmp(here, 1);
  memset(to, 0, none);
  memcpy(to, from, none);
  memmove(to, from, none);
  none = (size_t)memcmp(to, from, none) + strlen((const char *)from + none) + wcslen(from + none);
}

static void prepare_process(void) {
  look_up();
  if (!atomic_load(&left_alone)) install();
}

struct apus_outcome apus_catch(void (*body)(void *argument), void *argument) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  struct frame frame;
  memset(&frame.outcome, 0, sizeof frame.outcome);
  frame.previous = current;
  frame.limit = apus_stack_limit;
#ifdef APUS_COUNTS_CALLS
  frame.taken = apus_stack_taken;
#endif
  if (!frame.previous) {
    pthread_once(&once, prepare_process);
    if (!apus_stack_prepare() || !apus_stack_guard(true)) {
      frame.outcome.trap = APUS_TRAP_OUT_OF_MEMORY;
      return frame.outcome;
    }
  }
  apus_stack_limit = apus_stack_limit_here();
  current = &frame;
  if (apus_thread_ends())
    frame.outcome.trap = APUS_TRAP_EXIT;
  else
    enter(&frame, body, argument);
  if (APUS_LEAVES_CALLS) apus_calls_end(&frame.outcome);
  current = frame.previous;
  apus_stack_limit = frame.limit;
#ifdef APUS_COUNTS_CALLS
  apus_stack_taken = frame.taken;
#endif
  /* Whoever called us under another apus_catch leaves as soon as it calls something again. */
  if (current && apus_thread_ends()) apus_stack_limit = UINTPTR_MAX;
  if (!frame.previous) apus_stack_guard(false);
  return frame.outcome;
}
