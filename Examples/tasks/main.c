/* Three modules on one processor, each in a task with a stack of its own. Whatever one does, the others go on: one
 * works, one never ends and is interrupted by the timer, one ends its stack. Each lives three times, and has its memory
 * new each time. Nothing here needs an operating system or a C library. */
#include "../cortex-m/console.h"
#include "deep.h"
#include "endless.h"
#include "scheduler.h"
#include "worker.h"

enum { LIVES = 3, RESERVE = 512 };

/* A trap that nothing catches ends here. */
void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  (void)offset;
  put_text(apus_trap_message(trap));
  stop();
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
