/* A reactor as a program: it has the folder at hand, and those of DIRS. */
#include "apus_wasi.h"
#include "guest.h"

#include <stdio.h>
#include <string.h>

#ifndef DIRS
#define DIRS
#endif

struct arguments {
  int count;
  char **texts;
};

/* What `start` does to the module, which it ends by apus_exit. */
static int run_reactor(int argc, char **argv, void (*start)(void *arguments)) {
  static const struct apus_wasi_dir dirs[] = {{".", ".", false}, DIRS};
  struct apus_wasi wasi = {0};
  struct arguments arguments = {argc, argv};
  char text[256];
  const struct apus_wasi_options options = {
      .argc = argc, .argv = argv, .dirs = dirs, .dir_count = sizeof dirs / sizeof dirs[0]};
  const char *error = apus_wasi_init(&wasi, &options, text, sizeof text);
  if (error) return fprintf(stderr, "%s\n", error), 125;
  guest_host()->wasi = &wasi;
  struct apus_outcome outcome = guest_instantiate();
  if (!outcome.trap) outcome = apus_catch(start, &arguments);
  guest_destroy();
  apus_wasi_destroy(&wasi);
  if (outcome.trap == APUS_TRAP_EXIT) return (int)(outcome.exit_status & 255);
  apus_describe(text, sizeof text, &outcome, &guest_names);
  fprintf(stderr, "%s\n", text);
  return 134;
}

/* Those bytes of the guest's, which it must have. */
static inline void *of_guest(uint32_t at, uint64_t size) {
  void *bytes = apus_guest(guest_host(), at, size);
  if (!bytes) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, 0);
  return bytes;
}

/* A copy in memory that the guest's `allocate` finds. */
static inline uint32_t to_guest(uint32_t (*allocate)(uint32_t size), const void *bytes, uint32_t size) {
  uint32_t at = allocate(size);
  if (!at) apus_trap(APUS_TRAP_OUT_OF_MEMORY, 0);
  memcpy(of_guest(at, size), bytes, size);
  return at;
}
