/* A reactor of itk-wasm's as a program: initialised, then started by what it exports. */
#include "apus_wasi.h"
#include "guest.h"

#include <stdio.h>

static void start(void *unused) {
  (void)unused;
  guest_export__initialize();
  apus_exit(guest_export_itk_wasm_delayed_start());
}

int main(int argc, char **argv) {
  static const struct apus_wasi_dir dirs[] = {{".", ".", false}};
  struct apus_wasi wasi = {0};
  char text[256];
  const char *error = apus_wasi_init(
      &wasi, &(struct apus_wasi_options){.argc = argc, .argv = argv, .dirs = dirs, .dir_count = 1}, text, sizeof text);
  if (error) return fprintf(stderr, "%s\n", error), 125;
  guest_host()->wasi = &wasi;
  struct apus_outcome outcome = guest_instantiate();
  if (!outcome.trap) outcome = apus_catch(start, NULL);
  guest_destroy();
  apus_wasi_destroy(&wasi);
  if (outcome.trap == APUS_TRAP_EXIT) return (int)(outcome.exit_status & 255);
  apus_describe(text, sizeof text, &outcome, &guest_names);
  fprintf(stderr, "%s\n", text);
  return 134;
}
