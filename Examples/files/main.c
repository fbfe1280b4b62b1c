/* The board: what the guest prints goes to the debugger, its files are those of the folder
 * `site`, put into the image by bake.py, and 4 KB of RAM. */
#include "shelf.h"

#include "../cortex-m/console.h"
#include "apus_ramfs.h"

extern const struct apus_ramfs_image site_files[];
extern const uint32_t site_file_count;

static uint32_t console_write(void *context, int stream, const void *from, uint32_t n, uint32_t *done) {
  (void)context, (void)stream;
  const char *bytes = from;
  for (*done = 0; *done < n; ++*done) put(bytes[*done]);
  return WASI_SUCCESS;
}

/* A trap that nothing catches ends here. */
void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  (void)trap, (void)offset;
  stop();
}

static struct apus_ramfs_node nodes[8];
static uint8_t blocks[16][APUS_RAMFS_BLOCK];
static uint16_t chain[16];
static struct apus_ramfs files = {.nodes = nodes, .node_count = 8, .blocks = blocks, .chain = chain, .block_count = 16};
static const struct apus_vfs vfs = {&apus_ramfs_ops, &files};

static struct apus_wasi wasi;

/* The linker script's: the stack lies above the heap, which is empty. */
extern const char __heap_end[];

static void start(void *unused) {
  (void)unused;
  shelf_export__start();
}

int main(void) {
  static const struct apus_wasi_port port = {.write = console_write};
  static const char *const argv[] = {"shelf"};
  static const struct apus_wasi_options options = {argv, 1, NULL, 0};
  files.image = site_files;
  files.image_count = site_file_count;
  apus_port_stack(__heap_end, 2048);
  apus_wasi_init(&wasi, &port, &options);
  if (apus_wasi_mount(&wasi, &vfs, "/", "", false)) apus_board_fatal(APUS_TRAP_UNREACHABLE, 0);
  struct apus_outcome outcome = shelf_instantiate();
  shelf_host()->wasi = &wasi;
  if (!outcome.trap) outcome = apus_catch(start, NULL);
  shelf_destroy();
  apus_wasi_destroy(&wasi);
  return outcome.trap == APUS_TRAP_EXIT ? (int)outcome.exit_status : 1;
}
