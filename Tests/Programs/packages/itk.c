/* A reactor of itk-wasm's: initialised, then started by what it exports. */
#include "reactor.h"

static void start(void *arguments) {
  (void)arguments;
  guest_export__initialize();
  apus_exit(guest_export_itk_wasm_delayed_start());
}

int main(int argc, char **argv) { return run_reactor(argc, argv, start); }
