/* Three modules on one processor, each in a task with a stack of its own. Whatever one does, the others go on: one
 * works, one never ends and is interrupted by the timer, one ends its stack. Each lives three times, and has its memory
 * new each time. Nothing here needs an operating system or a C library. */
#include "deep.h"
#include "endless.h"
#include "scheduler.h"
#include "worker.h"

enum { LIVES = 3, RESERVE = 512 };

/* QEMU, or a debugger, stands in for a serial port. */
static void semihost(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void put_text(const char *text) { semihost(4, text); }

static void put_number(uint32_t number) {
  if (number > 9) put_number(number / 10);
  char digit[] = {(char)('0' + number % 10), 0};
  put_text(digit);
}

/* A trap that nothing catches ends here. */
void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  (void)offset;
  put_text(apus_trap_message(trap));
  for (;;) semihost(0x18, (void *)0x20023); /* stop, with a failure */
}

static uint32_t reported;

/* board.report */
void apus_import_board_report(struct apus_host *host, uint32_t count) {
  (void)host;
  reported += count;
}

static void call_worker(void *unused) {
  (void)unused;
  worker_export_run();
}

static void call_endless(void *unused) {
  (void)unused;
  endless_export_run();
}

static void call_deep(void *unused) {
  (void)unused;
  deep_export_run(1000000);
}

/* A module in its task. */
static const struct guest {
  const char *name;
  struct apus_outcome (*instantiate)(void);
  void (*call)(void *unused);
  void (*destroy)(void);
  unsigned most_ticks; /* that a call may take; 0: as many as it likes */
} guests[] = {
    {"worker", worker_instantiate, call_worker, worker_destroy, 0},
    {"endless", endless_instantiate, call_endless, endless_destroy, 50},
    {"deep", deep_instantiate, call_deep, deep_destroy, 0},
};
enum { GUESTS = sizeof guests / sizeof *guests };

static struct task tasks[GUESTS];
static uint64_t stacks[GUESTS][256];
static enum apus_trap ends[GUESTS][LIVES];

static void live(struct task *self) {
  const struct guest *guest = &guests[self - tasks];
  apus_port_stack(self->stack, RESERVE);
  for (int life = 0; life < LIVES; life++) {
    struct apus_outcome outcome = guest->instantiate();
    self->ticks = 0;
    if (!outcome.trap) outcome = apus_catch(guest->call, NULL);
    ends[self - tasks][life] = outcome.trap;
    guest->destroy();
  }
}

int main(void) {
  for (int k = 0; k < GUESTS; k++) {
    tasks[k].most_ticks = guests[k].most_ticks;
    schedule(&tasks[k], stacks[k], sizeof stacks[k] / sizeof *stacks[k], live);
  }
  run_tasks();
  for (int k = 0; k < GUESTS; k++) {
    put_text(guests[k].name);
    put_text(":");
    for (int life = 0; life < LIVES; life++) {
      put_text(life ? ", " : " ");
      put_text(ends[k][life] ? apus_trap_message(ends[k][life]) : "done");
    }
    put_text("\n");
  }
  put_text("primes: ");
  put_number(reported);
  put_text("\n");
  return 0;
}
