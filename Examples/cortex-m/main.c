/* The board: it gives the module a function to print with, says where the stack
 * ends, and catches what goes wrong. The module's memory never grows, and so is
 * an array of its own C. Nothing here needs an operating system or a C library. */
#include "console.h"
#include "plot.h"

/* board.print: the text lies in the module's memory. */
void apus_import_board_print(struct apus_host *host, uint32_t text, uint32_t size) {
  const char *bytes = apus_guest(host, text, size);
  if (!bytes) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, 0);
  while (size--) put(*bytes++);
}

/* A trap that nothing catches ends here. */
void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  (void)offset;
  put_text(apus_trap_message(trap));
  put('\n');
  stop();
}

/* The linker script's: the stack lies above the heap, which is empty. */
extern const char __heap_end[];

static void draw(void *unused) {
  (void)unused;
  plot_export_draw(18);
}

static void peek(void *unused) {
  (void)unused;
  plot_export_peek(0x20000000);
}

static void descend(void *unused) {
  (void)unused;
  plot_export_descend(1000000);
}

static void attempt(const char *what, void (*body)(void *)) {
  struct apus_outcome outcome = apus_catch(body, NULL);
  if (outcome.trap == APUS_TRAP_NONE) return;
  put_text(what);
  put_text(": ");
  put_text(apus_trap_message(outcome.trap));
  put_text(", at offset ");
  put_number(outcome.offset);
  put('\n');
}

int main(void) {
  apus_port_stack(__heap_end, 512);
  struct apus_outcome outcome = plot_instantiate();
  if (outcome.trap) apus_board_fatal(outcome.trap, outcome.offset);
  attempt("draw", draw);
  attempt("peek", peek);
  attempt("descend", descend);
  plot_destroy();
  return 0;
}
