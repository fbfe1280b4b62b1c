/* What bounds a call: fuel, and somebody's wish that it ends. */
#include "apus_code.h"

APUS_THREAD i64 apus_fuel;
APUS_THREAD struct apus_interrupt apus_interrupt_own;

struct handler {
  bool (*goes_on)(void *argument);
  void *argument;
};
static APUS_THREAD struct handler when_out, when_interrupted;

static bool goes_on(const struct handler *handler) { return handler->goes_on && handler->goes_on(handler->argument); }

void apus_fuel_give(int64_t units) { apus_fuel = units; }

int64_t apus_fuel_left(void) { return apus_fuel; }

void apus_fuel_when_out(bool (*goes_on)(void *argument), void *argument) {
  when_out = (struct handler){goes_on, argument};
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
  when_interrupted = (struct handler){goes_on, argument};
}

void apus_interrupt_seen(u32 site) {
  apus_interrupt_own.wanted = 0;
  if (!goes_on(&when_interrupted)) apus_trap(APUS_TRAP_INTERRUPTED, site);
}
