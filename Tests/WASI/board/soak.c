/* soak.c: a context's whole life 100,000 times. Each leaves nothing, and none uses the stack
 * deeper than the first did; on a board that is measured and within the profile's limit. */
#include "board_test.h"

#include "apus_ramfs.h"

enum { LIVES = 100000 };

#ifdef APUS_CONFIG_WASI_FILES
extern const struct apus_ramfs_image site_files[];
extern const uint32_t site_file_count;
static struct apus_ramfs_node nodes[2];
static uint8_t blocks[2][APUS_RAMFS_BLOCK];
static uint16_t chain[2];
static struct apus_ramfs fs = {.nodes = nodes, .node_count = 2, .blocks = blocks, .chain = chain, .block_count = 2};
static const struct apus_vfs vfs = {&apus_ramfs_ops, &fs};
enum { STACK_LIMIT = 1536 };

static bool uses_files(void) {
  fs.image = site_files, fs.image_count = site_file_count;
  return !apus_wasi_mount(&wasi, &vfs, "/", "", false) &&
         !wasi_path_open(&guest, 3, 0, PATH(A, "new"), 1, R_FD_WRITE, 0, 0, RESULT) &&
         !wasi_fd_write(&guest, 4, IOVS, 1, RESULT) && !wasi_fd_readdir(&guest, 3, DATA, 200, 0, RESULT) &&
         !wasi_path_unlink_file(&guest, 3, PATH(A, "new"));
}
#else
enum { STACK_LIMIT = 512 };
static bool uses_files(void) { return wasi_path_open(&guest, 3, 0, PATH(A, "new"), 1, 0, 0, 0, RESULT) == WASI_BADF; }
#endif

static bool good;

/* What a program does, by way of a function of each family; two descriptors stay open. */
static __attribute__((noinline)) void live(void) {
  console_used = 0;
  vector(0, DATA, 5);
  good = apus_wasi_init(&wasi, &port, NULL) && uses_files() && !wasi_fd_write(&guest, 1, IOVS, 1, RESULT) &&
         !wasi_clock_time_get(&guest, 1, 0, RESULT) && !wasi_random_get(&guest, DATA, 32) &&
         !wasi_args_sizes_get(&guest, RESULT, RESULT + 4);
  apus_wasi_destroy(&wasi);
}

/* Bytes below this frame that `body` has written to. */
static __attribute__((noinline)) uint32_t stack_taken(void (*body)(void)) {
#ifdef __arm__
  enum { AREA = 4096, MARK = 0xa5 };
  volatile uint8_t *top;
  __asm__ volatile("mov %0, sp" : "=r"(top));
  for (volatile uint8_t *at = top - AREA; at < top; at++) *at = MARK;
  body();
  uint32_t left = 0;
  while (left < AREA && top[(int32_t)left - AREA] == MARK) left++;
  return AREA - left;
#else
  body();
  return 0;
#endif
}

void test_soak(void) {
  static const struct apus_wasi zero;
  apus_wasi_destroy(&wasi);
  guest.wasi = &wasi;
  long made = locks_made - locks_destroyed;
  uint32_t first = 0, most = 0, wrong = 0;
  for (int i = 0; i < LIVES; i++) {
    uint32_t taken = stack_taken(live);
    if (i == 10) first = taken;
    if (taken > most) most = taken;
    if (!good || locks_made - locks_destroyed != made || memcmp(&wasi, &zero, sizeof wasi)) wrong++;
  }
  CHECK(wrong == 0);
  CHECK(most == first && most <= STACK_LIMIT);
  if (most) printf("soak: %d lives, at most %u bytes of stack of %d\n", LIVES, (unsigned)most, STACK_LIMIT);
}
