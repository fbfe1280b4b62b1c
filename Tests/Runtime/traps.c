/* Catching: explicit traps, faults in guarded memory, exhausted stacks, and
 * what must not be taken for a trap. */
#define _GNU_SOURCE
#include "apus_code.h"

#include "test.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRANSLATED static APUS_CODE __attribute__((noinline))

static struct apus_memory memory;
static u32 where, seen;

TRANSLATED u32 load(u32 a) {
  u8 *m = memory.base;
  return ld32(a, 16);
}
TRANSLATED void load_unused(u32 a) {
  u8 *m = memory.base;
  force(ld32(a, 0xffffffffu));
  seen++;
}
TRANSLATED void store(u32 a) {
  u8 *m = memory.base;
  st64(a, 0xfffffff0u, 5);
}
TRANSLATED u32 checked(u32 a) {
  u8 *m = memory.base;
  u64 n = memory.size;
  check(a, 8, 0x55);
  return ld32(a, 4);
}

TRANSLATED void w_unreachable(void) { apus_trap(APUS_TRAP_UNREACHABLE, 0x77); }

static void do_unreachable(void *unused) { (void)unused, w_unreachable(); }
static void do_load(void *unused) { (void)unused, seen = load(where); }
static void do_load_unused(void *unused) { (void)unused, load_unused(where); }
static void do_store(void *unused) { (void)unused, store(where); }
static void do_checked(void *unused) { (void)unused, seen = checked(where); }
static void do_trap(void *unused) { (void)unused, apus_trap(APUS_TRAP_UNREACHABLE, 0x1234); }
static void do_exit(void *unused) { (void)unused, apus_exit(42); }
static void do_nothing(void *unused) { (void)unused; }

static struct apus_outcome inner, after;
static void do_nested(void *unused) {
  (void)unused;
  where = 0xfffffff0u;
  inner = apus_catch(do_load, NULL);
  after = apus_catch(do_trap, NULL);
  apus_trap(APUS_TRAP_INTEGER_OVERFLOW, 3);
}

static void catching(void) {
  struct apus_outcome o = apus_catch(do_nothing, NULL);
  expect(o.trap == APUS_TRAP_NONE && o.offset == 0 && o.exit_status == 0 && !o.pc);
  o = apus_catch(do_trap, NULL);
  expect(o.trap == APUS_TRAP_UNREACHABLE && o.offset == 0x1234 && !o.pc);
  o = apus_catch(do_exit, NULL);
  expect(o.trap == APUS_TRAP_EXIT && o.exit_status == 42);
  o = apus_catch(do_nested, NULL);
  expect(inner.trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS && inner.pc);
  expect(after.trap == APUS_TRAP_UNREACHABLE && o.trap == APUS_TRAP_INTEGER_OVERFLOW && o.offset == 3);
  expect(!strcmp(apus_trap_message(APUS_TRAP_STACK_EXHAUSTED), "call stack exhausted"));
  expect(!strcmp(apus_trap_message(APUS_TRAP_NONE), "") && apus_trap_message((enum apus_trap)999));
  expect(apus_stack_limit == 0);
}

static void faults(void) {
  static const u32 outside[] = {65536 - 16 - 3, 65536, 0x80000000u, 0xffffffffu};
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
    where = outside[i];
    struct apus_outcome o = apus_catch(do_load, NULL);
    expect(o.trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS && o.offset == 0);
    expect((uintptr_t)o.pc - (uintptr_t)load < 4096);
  }
  where = 65536 - 20;
  expect(apus_catch(do_load, NULL).trap == APUS_TRAP_NONE);
  where = 0xffffffffu;
  seen = 0;
  expect(apus_catch(do_load_unused, NULL).trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS && seen == 0);
  expect(apus_catch(do_store, NULL).trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  struct apus_outcome o = apus_catch(do_checked, NULL);
  expect(o.trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS && o.offset == 0x55 && (uintptr_t)o.pc - (uintptr_t)checked < 4096);
  where = 65536 - 8;
  expect(apus_catch(do_checked, NULL).trap == APUS_TRAP_NONE);
  where = 65536 - 7;
  expect(apus_catch(do_checked, NULL).trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  expect(apus_memory_grow(&memory, 1) == 1);
  where = 65536;
  expect(apus_catch(do_load, NULL).trap == APUS_TRAP_NONE);
}

static volatile u32 never = UINT32_MAX;
TRANSLATED u32 recurse(u32 x) { return x == never ? 0 : recurse(x + 1) + x; }
static void do_recurse(void *unused) { (void)unused, seen = recurse(0); }

/* A fault in the program's own code, during a call, is for its own handler. */
static sigjmp_buf escape;
static volatile sig_atomic_t handled;
static void own_handler(int number) {
  handled = number;
  siglongjmp(escape, 1);
}
static u32 *volatile closed;
static void do_host_fault(void *unused) { (void)unused, *closed = 1; }
static void do_host_guest_fault(void *unused) { (void)unused, *(volatile u8 *)(memory.base + 0x50000000) = 1; }
TRANSLATED void fault_elsewhere(void) { *closed = 1; }
static void do_fault_elsewhere(void *unused) { (void)unused, fault_elsewhere(); }

/* In a process of its own: its status and what it wrote to stderr. */
static int child(void (*body)(void *), char *text, size_t size) {
  int ends[2], status = 0;
  if (pipe(ends)) return -1;
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], 2);
    signal(SIGALRM, SIG_DFL);
    alarm(20);
    body(NULL);
    _exit(0);
  }
  close(ends[1]);
  size_t length = 0;
  ssize_t n;
  while (length < size - 1 && (n = read(ends[0], text + length, size - 1 - length)) > 0) length += (size_t)n;
  text[length] = 0;
  close(ends[0]);
  waitpid(pid, &status, 0);
  return status;
}

static void own(void (*body)(void *)) {
  if (!sigsetjmp(escape, 1)) apus_catch(body, NULL);
  _exit(handled == SIGSEGV ? 0 : 1);
}
static void own_host(void *unused) { (void)unused, own(do_host_fault); }
static void own_host_guest(void *unused) { (void)unused, own(do_host_guest_fault); }
static void own_elsewhere(void *unused) { (void)unused, own(do_fault_elsewhere); }
static void forward(int number, siginfo_t *info, void *context) {
  if (!apus_signal_handle(number, info, context)) _exit(3);
}
static void by_forwarding(void *unused) {
  (void)unused;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = forward;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigaction(SIGSEGV, &action, NULL);
  apus_signals_leave_alone();
  where = 0xffffff00u;
  if (apus_catch(do_load, NULL).trap != APUS_TRAP_MEMORY_OUT_OF_BOUNDS) _exit(1);
  if (apus_catch(do_recurse, NULL).trap != APUS_TRAP_STACK_EXHAUSTED) _exit(2);
  apus_catch(do_host_fault, NULL);
}
static void by_default(void *unused) { (void)unused, signal(SIGSEGV, SIG_DFL), apus_catch(do_host_fault, NULL); }

static void not_ours(void) {
  char text[200];
  expect(child(by_default, text, sizeof text) != 0);
  signal(SIGSEGV, own_handler);
  expect(child(own_host, text, sizeof text) == 0);
  expect(child(own_host_guest, text, sizeof text) == 0);
  expect(child(own_elsewhere, text, sizeof text) == 0);
  signal(SIGSEGV, SIG_DFL);
  int status = child(by_default, text, sizeof text);
  expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
  status = child(by_forwarding, text, sizeof text);
  expect(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

static void uncaught(void) {
  char text[200];
  int status = child(do_trap, text, sizeof text);
  expect(WIFEXITED(status) && WEXITSTATUS(status) == 134);
  expect(!strcmp(text, "apus: trap: unreachable at offset 0x1234\n"));
  status = child(do_unreachable, text, sizeof text);
  expect(WIFEXITED(status) && WEXITSTATUS(status) == 134);
  expect(!strcmp(text, "apus: trap: unreachable at offset 0x77 in function \"unreachable\"\n"));
  status = child(do_exit, text, sizeof text);
  expect(WIFEXITED(status) && WEXITSTATUS(status) == 42 && !*text);
}

int main(void) {
  closed = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  expect(apus_memory_init_guarded(&memory, 1, 4));
  uncaught();
  not_ours(); /* before apus_catch installs handlers here */
  catching();
  faults();
  apus_memory_destroy(&memory);
  return report();
}
