/* A room that a module in Embedded Swift heats. */
#include "thermostat.h"

#include "../cortex-m/console.h"

/* A trap that nothing catches ends here. */
void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  (void)offset;
  put_text(apus_trap_message(trap));
  stop();
}

static uint32_t minute;
static bool is_heated;

/* board.heat */
void apus_import_board_heat(struct apus_host *host, uint32_t is_on) {
  (void)host;
  is_heated = is_on;
  put_text("minute ");
  put_number(minute);
  put_text(is_on ? ": on\n" : ": off\n");
}

static void measure(void *tenths) { thermostat_export_measure(*(uint32_t *)tenths); }

/* The linker script's: the stack lies above the heap, which is empty. */
extern const char __heap_end[];

int main(void) {
  apus_port_stack(__heap_end, 512);
  for (int life = 0; life < 2; life++) {
    struct apus_outcome outcome = thermostat_instantiate();
    uint32_t tenths = 180;
    for (minute = 0; minute < 60 && !outcome.trap; minute++) {
      tenths += is_heated ? 4 : -2;
      if (minute == 40 && life == 0) tenths = 0x7fffffff; /* the sensor breaks */
      outcome = apus_catch(measure, &tenths);
    }
    is_heated = false;
    put_text(outcome.trap ? apus_trap_message(outcome.trap) : "an hour is over");
    put('\n');
    thermostat_destroy();
  }
  return 0;
}
