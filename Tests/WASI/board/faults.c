/* faults.c: every function of the port and of the file system is made to fail: once, from
 * there on, and once more during the clean-up (L5 to L7 on boards). */
#include "board_test.h"

#include "apus_ramfs.h"

extern const struct apus_ramfs_image site_files[];
extern const uint32_t site_file_count;

/* --- points of failure --------------------------------------------------------------------- */

static struct {
  long first, second; /* which points fail, from 1 on; 0: none */
  bool for_ever;
  uint32_t error;
} plan;
static long points;
static bool fired;
static long open_files;

static bool fails(void) {
  long point = ++points;
  if (!plan.first || point < plan.first || (point != plan.first && point != plan.second && !plan.for_ever)) return false;
  return fired = true;
}

enum { NODES = 8, BLOCKS = 8 };
static struct apus_ramfs_node nodes[NODES];
static uint8_t blocks[BLOCKS][APUS_RAMFS_BLOCK];
static uint16_t chain[BLOCKS];
static struct apus_ramfs fs = {.nodes = nodes, .node_count = NODES, .blocks = blocks, .chain = chain, .block_count = BLOCKS};

#define OPS apus_ramfs_ops
static uint32_t f_stat(void *at, const char *path, struct apus_vfs_stat *stat) {
  return fails() ? plan.error : OPS.stat(at, path, stat);
}
static uint32_t f_readdir(void *at, const char *path, uint32_t index, char *name, struct apus_vfs_stat *stat) {
  return fails() ? plan.error : OPS.readdir(at, path, index, name, stat);
}
static uint32_t f_open(void *at, const char *path, uint32_t flags, void **file) {
  uint32_t error = fails() ? plan.error : OPS.open(at, path, flags, file);
  open_files += !error;
  return error;
}
static void f_close(void *at, void *file) {
  open_files--;
  OPS.close(at, file);
}
static uint32_t f_fstat(void *at, void *file, struct apus_vfs_stat *stat) {
  return fails() ? plan.error : OPS.fstat(at, file, stat);
}
static uint32_t f_read(void *at, void *file, uint64_t offset, void *to, uint32_t n, uint32_t *done) {
  return fails() ? plan.error : OPS.read(at, file, offset, to, n, done);
}
static uint32_t f_write(void *at, void *file, uint64_t offset, const void *from, uint32_t n, uint32_t *done) {
  return fails() ? plan.error : OPS.write(at, file, offset, from, n, done);
}
static uint32_t f_truncate(void *at, void *file, uint64_t size) { return fails() ? plan.error : OPS.truncate(at, file, size); }
static uint32_t f_mkdir(void *at, const char *path) { return fails() ? plan.error : OPS.mkdir(at, path); }
static uint32_t f_unlink(void *at, const char *path, bool folder) { return fails() ? plan.error : OPS.unlink(at, path, folder); }
static uint32_t f_rename(void *at, const char *from, const char *to) { return fails() ? plan.error : OPS.rename(at, from, to); }
static uint32_t f_sync(void *at, void *file) { return (void)at, (void)file, fails() ? plan.error : WASI_SUCCESS; }
static uint32_t f_set_mtime(void *at, const char *path, uint64_t mtime) {
  return fails() ? plan.error : OPS.set_mtime(at, path, mtime);
}
static const struct apus_vfs_ops faulty = {f_stat,  f_readdir,  f_open,  f_close,  f_fstat,  f_read,     f_write,
                                           f_truncate, f_mkdir, f_unlink, f_rename, f_sync, f_set_mtime};
static const struct apus_vfs vfs = {&faulty, &fs};

static struct apus_wasi_port good;
static uint32_t p_write(void *context, int stream, const void *from, uint32_t n, uint32_t *done) {
  return fails() ? plan.error : good.write(context, stream, from, n, done);
}
static uint32_t p_read(void *context, void *to, uint32_t n, uint32_t *done) {
  return fails() ? plan.error : good.read(context, to, n, done);
}
static uint32_t p_now(void *context, uint32_t clock, uint64_t *now) { return fails() ? plan.error : good.now(context, clock, now); }
static uint32_t p_entropy(void *context, void *to, uint32_t n) { return fails() ? plan.error : good.entropy(context, to, n); }
static void *l_create(void *context) { return fails() ? NULL : board_locks.create(context); }

/* --- the script -------------------------------------------------------------------------------- */

enum { STEPS_MAX = 100 };
static uint32_t normal[STEPS_MAX];
static int steps;
static bool recording, strange;

static uint32_t step(const char *name, const uint64_t *arguments) {
  bool before = fired;
  memset(guest_bytes + RESULT, 0xa5, 64);
  uint32_t error = call(name, arguments);
  bool touched = false;
  for (int i = 0; i < 64; i++) touched |= guest_bytes[RESULT + i] != 0xa5;
  if (error && touched) strange = true;
  if (error == TRAPPED || error > WASI_NOTCAPABLE) strange = true;
  if (steps == STEPS_MAX) abort();
  if (recording) normal[steps] = error;
  /* What failed is told, or the call did without. */
  else if (fired && !before && error && error != normal[steps] && error != plan.error) strange = true;
  /* An entry less would be the end of the folder. */
  if (!recording && fired && !before && !strcmp(name, "fd_readdir") && !error) strange = true;
  steps++;
  return error;
}
#define STEP(name, ...) step(name, (const uint64_t[PARAMETERS_MAX]){__VA_ARGS__})

static uint32_t open_path(const char *path, uint32_t oflags, uint64_t rights) {
  uint32_t error = STEP("path_open", 3, 0, PATH(A, path), oflags, rights, rights, 0, RESULT);
  return error ? UINT32_MAX : u32_at(RESULT);
}

static void script(void) {
  static const uint64_t all = WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE;
  vector(0, DATA, 5), vector(1, DATA + 8, 5);
  console_in = "console";
  STEP("clock_res_get", 1, RESULT);
  STEP("clock_time_get", 1, 0, RESULT);
  STEP("random_get", DATA, 8);
  STEP("sched_yield", 0);
  STEP("fd_write", 1, IOVS, 2, RESULT);
  STEP("fd_read", 0, IOVS, 2, RESULT);
  STEP("path_create_directory", 3, PATH(A, "d"));
  uint32_t folder = open_path("docs", WASI_OPEN_DIRECTORY, WASI_RIGHTS_DIRECTORY & ~R_PATH_CREATE_FILE);
  uint32_t baked = open_path("docs/a.txt", 0, R_FD_READ | R_FD_SEEK | R_FD_FILESTAT_GET);
  uint32_t fd = open_path("d/../d/f", WASI_CREAT, all);
  STEP("fd_pread", baked, IOVS, 2, 0, RESULT);
  STEP("fd_filestat_get", baked, RESULT);
  STEP("fd_write", fd, IOVS, 2, RESULT);
  STEP("fd_pwrite", fd, IOVS, 2, 3, RESULT);
  STEP("fd_seek", fd, 0, 2, RESULT);
  STEP("fd_seek", fd, 0, 0, RESULT);
  STEP("fd_read", fd, IOVS, 2, RESULT);
  STEP("fd_allocate", fd, 0, 300);
  STEP("fd_filestat_set_size", fd, 20);
  STEP("fd_fdstat_set_flags", fd, WASI_APPEND);
  STEP("fd_write", fd, IOVS, 2, RESULT);
  STEP("fd_sync", fd);
  STEP("fd_datasync", fd);
  STEP("fd_readdir", folder, DATA, 400, 0, RESULT);
  STEP("fd_filestat_get", folder, RESULT);
  STEP("path_filestat_get", 3, 0, PATH(A, "d/f"), RESULT);
  STEP("path_filestat_set_times", 3, 0, PATH(A, "d/f"), 1, 2, WASI_MTIM);
  STEP("path_rename", 3, PATH(A, "d/f"), 3, PATH(B, "d/g"));
  STEP("path_readlink", 3, PATH(A, "d/g"), DATA, 10, RESULT);
  uint32_t again = open_path("d/g", WASI_TRUNC, all);
  STEP("path_unlink_file", 3, PATH(A, "d/g"));
  STEP("fd_renumber", again, fd);
  STEP("fd_close", folder);
  memset(guest_bytes + IOVS, 0, 96);
  guest_bytes[IOVS + 8] = 1; /* what is there to read, then a clock that is due */
  wasi_put32(guest_bytes + IOVS + 48 + 16, 1);
  STEP("poll_oneoff", IOVS, DATA, 2, RESULT);
  STEP("poll_oneoff", IOVS + 48, DATA, 1, RESULT);
  STEP("path_remove_directory", 3, PATH(A, "d"));
}

/* False once the plan lies beyond the end of the script. */
static bool run(void) {
  static const struct apus_wasi zero;
  long made = locks_made - locks_destroyed;
  points = steps = 0;
  fired = strange = false;
  console_used = 0;
  if (apus_wasi_init(&wasi, &port, NULL)) {
    guest.wasi = &wasi;
    if (!apus_wasi_mount(&wasi, &vfs, "/", "", false)) script();
  }
  apus_wasi_destroy(&wasi);
  bool clean = !open_files && locks_made - locks_destroyed == made && !memcmp(&wasi, &zero, sizeof wasi);
  for (int i = 0; i < NODES; i++) clean &= !nodes[i].open;
  /* What a failed call left there is a file that anybody can remove. */
  memset(nodes, 0, sizeof nodes);
  memset(chain, 0, sizeof chain);
  if (!clean || strange) {
    fprintf(stderr, "fault %ld, then %ld, %s: %s\n", plan.first, plan.second, plan.for_ever ? "for ever" : "once",
            clean ? "a strange answer" : "something is left");
    CHECK(!"nothing is left");
  }
  return fired;
}

void test_faults(void) {
  static const uint32_t errors[] = {WASI_IO, WASI_NOSPC, WASI_NOMEM};
  struct apus_lock_ops locks = board_locks;
  apus_wasi_destroy(&wasi);
  good = port;
  locks.create = l_create;
  port.write = p_write, port.read = p_read, port.now = p_now, port.entropy = p_entropy, port.wait = NULL;
  port.lock = &locks;
  fs.image = site_files, fs.image_count = site_file_count;
  plan.first = 0, recording = true;
  CHECK(!run());
  recording = false;
  int whole = steps;
  long last = points, runs = 0;
  for (size_t e = 0; e < sizeof errors / sizeof *errors; e++) {
    plan.error = errors[e];
    for (int for_ever = 0; for_ever < 2; for_ever++) {
      plan.for_ever = for_ever;
      for (plan.first = 1; run(); plan.first++) runs++;
    }
    CHECK(plan.first > last);
  }
  plan.for_ever = false;
  for (plan.first = 1; plan.first <= last; plan.first++)
    for (plan.second = plan.first + 1; plan.second <= plan.first + 6; plan.second++) run(), runs++;
  plan.first = plan.second = 0;
  CHECK(!run() && steps == whole && last > 60);
  port = good;
  printf("%ld points of failure, %ld runs\n", last, runs);
}
