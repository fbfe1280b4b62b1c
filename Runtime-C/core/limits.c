/* What bounds a call: fuel, and somebody's wish that it ends. */
#include "apus_tasks.h"

#include "apus_code.h"

APUS_THREAD i64 apus_fuel;
APUS_THREAD struct apus_interrupt apus_interrupt_own;

static APUS_THREAD struct apus_goes_on when_out, when_interrupted;

static bool goes_on(const struct apus_goes_on *asked) { return asked->function && asked->function(asked->argument); }

void apus_fuel_give(int64_t units) { apus_fuel = units; }

int64_t apus_fuel_left(void) { return apus_fuel; }

void apus_fuel_when_out(bool (*goes_on)(void *argument), void *argument) {
  when_out = (struct apus_goes_on){goes_on, argument};
}

i64 apus_fuel_out(u32 site) {
  if (!goes_on(&when_out) || apus_fuel < 0) apus_trap(APUS_TRAP_OUT_OF_FUEL, site);
  return apus_fuel;
}

struct apus_interrupt *apus_interrupt_here(void) {
  apus_interrupt_own.wanted = 0;
  return &apus_interrupt_own;
}

void apus_interrupt(struct apus_interrupt *there) { *(volatile u32 *)&there->wanted = 1; }

void apus_interrupt_when_seen(bool (*goes_on)(void *argument), void *argument) {
  when_interrupted = (struct apus_goes_on){goes_on, argument};
}

void apus_interrupt_seen(u32 site) {
  apus_interrupt_own.wanted = 0;
  if (!goes_on(&when_interrupted)) apus_trap(APUS_TRAP_INTERRUPTED, site);
}

#if !APUS_HOSTED
static const struct apus_task *running;

void apus_limits_switch(struct apus_task *from, const struct apus_task *to) {
  from->fuel = apus_fuel;
  from->interrupt_wanted = apus_interrupt_own.wanted;
  from->when_out_of_fuel = when_out;
  from->when_interrupted = when_interrupted;
  apus_fuel = to->fuel;
  apus_interrupt_own.wanted = to->interrupt_wanted;
  when_out = to->when_out_of_fuel;
  when_interrupted = to->when_interrupted;
  running = to;
}

void apus_task_interrupt(struct apus_task *task) {
  *(volatile u32 *)(task == running ? &apus_interrupt_own.wanted : &task->interrupt_wanted) = 1;
}
#endif
