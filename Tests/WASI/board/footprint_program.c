/* footprint_program.c: what a linked image contains of the layer. IMPORTS is the
 * list of what the module imports; the board does nothing. */
#include "wasi_calls.h"

#define KEEP(name) (void (*)(void))WASI_PREVIEW1_SYMBOL(name)
void (*const imports[])(void) = {IMPORTS};

static uint32_t take(void *context, int stream, const void *from, uint32_t n, uint32_t *done) {
  (void)context, (void)stream, (void)from;
  *done = n;
  return 0;
}
static uint32_t now(void *context, uint32_t clock, uint64_t *at) { return (void)context, (void)clock, *at = 0, 0; }

struct apus_wasi wasi;
_Noreturn void apus_trap(enum apus_trap trap, uint32_t offset) {
  for (;;) (void)trap, (void)offset;
}
_Noreturn void apus_exit(uint32_t status) {
  for (;;) (void)status;
}

#ifdef APUS_CONFIG_WASI_FILES
#include "apus_ramfs.h"
static struct apus_ramfs files;
static const struct apus_vfs vfs = {&apus_ramfs_ops, &files};
#endif

int main(void) {
  static const struct apus_wasi_port port = {.write = take, .now = now};
  apus_wasi_init(&wasi, &port, 0);
#ifdef APUS_CONFIG_WASI_FILES
  apus_wasi_mount(&wasi, &vfs, "/", "", false);
#endif
  for (unsigned i = 0; i < sizeof imports / sizeof *imports; i++) imports[i]();
  apus_wasi_destroy(&wasi);
  return 0;
}
