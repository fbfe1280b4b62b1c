/* script.c: one run over the functions, each at least once with arguments that
 * succeed. It goes on whatever fails. */
#include "counting.h"

#include "dispatch.h"

enum { RESULT_BYTES = 64, PATTERN = 0xa5 };

static void (*sees)(const char *call, uint32_t error);

/* The answer is an errno, and after an error no result was written. */
static uint32_t step(const char *name, const uint64_t *arguments) {
  memset(guest_bytes + RESULT, PATTERN, RESULT_BYTES);
  uint32_t error = call_named(name)->run(arguments);
  bool touched = false;
  for (int i = 0; i < RESULT_BYTES; i++) touched |= guest_bytes[RESULT + i] != PATTERN;
  if (error > WASI_NOTCAPABLE || (error && touched)) CHECK(!"an errno, and nothing written");
  sees(name, error);
  return error;
}

#define STEP(name, ...) step(name, (const uint64_t[PARAMETERS_MAX]){__VA_ARGS__})
#define PATH(at, text) at, put(at, text)

static const uint64_t all_rights = WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE;

static uint32_t open_path(const char *path, uint32_t oflags, uint64_t base) {
  uint32_t error = STEP("path_open", 3, 1, PATH(A, path), oflags, base, base, 0, RESULT);
  return error ? UINT32_MAX : u32_at(RESULT);
}

static void process(void) {
  STEP("args_sizes_get", RESULT, RESULT + 4);
  STEP("args_get", DATA, DATA + 64);
  STEP("environ_sizes_get", RESULT, RESULT + 4);
  STEP("environ_get", DATA, DATA + 64);
  for (uint32_t id = 0; id < 4; id++) {
    STEP("clock_res_get", id, RESULT);
    STEP("clock_time_get", id, 0, RESULT);
  }
  STEP("random_get", DATA, 300);
  STEP("sched_yield", 0);
  STEP("proc_raise", 6);
}

/* `fd` is the socket that listens, or nothing that is open. */
static void sockets(uint32_t fd) {
  uint32_t error = STEP("sock_accept", fd, WASI_NONBLOCK, RESULT);
  uint32_t accepted = error ? UINT32_MAX : u32_at(RESULT);
  STEP("fd_fdstat_set_flags", fd, 0);
  STEP("fd_fdstat_get", fd, RESULT);
  STEP("sock_recv", accepted, IOVS, 1, 1, RESULT, RESULT + 8);
  STEP("sock_recv", accepted, IOVS, 2, 0, RESULT, RESULT + 8);
  STEP("sock_recv", accepted, IOVS, 2, 0, RESULT, RESULT + 8); /* nothing more */
  STEP("sock_send", accepted, IOVS, 1, 0, RESULT);
  STEP("fd_filestat_get", accepted, RESULT);
  STEP("sock_shutdown", accepted, 3);
  STEP("sock_accept", fd, 0, RESULT); /* nobody */
  STEP("fd_close", accepted);
}

static void file(uint32_t fd) {
  for (uint32_t i = 0; i < 2; i++) {
    wasi_put32(guest_bytes + IOVS + i * 8, DATA + i * 16);
    wasi_put32(guest_bytes + IOVS + i * 8 + 4, 16);
  }
  STEP("fd_write", fd, IOVS, 2, RESULT);
  STEP("fd_pwrite", fd, IOVS, 2, 5, RESULT);
  STEP("fd_pread", fd, IOVS, 2, 1, RESULT);
  STEP("fd_seek", fd, 2, 0, RESULT);
  STEP("fd_tell", fd, RESULT);
  STEP("fd_read", fd, IOVS, 2, RESULT);
  STEP("fd_allocate", fd, 0, 100);
  STEP("fd_advise", fd, 0, 10, 3);
  STEP("fd_filestat_set_size", fd, 40);
  STEP("fd_filestat_set_times", fd, 1, 2, WASI_ATIM | WASI_MTIM);
  STEP("fd_filestat_get", fd, RESULT);
  STEP("fd_fdstat_get", fd, RESULT);
  STEP("fd_fdstat_set_flags", fd, WASI_APPEND);
  STEP("fd_sync", fd);
  STEP("fd_datasync", fd);
  STEP("sock_recv", fd, IOVS, 1, 0, RESULT, RESULT + 8);
  STEP("sock_send", fd, IOVS, 1, 0, RESULT);
  STEP("sock_shutdown", fd, 1);
  STEP("sock_accept", fd, 0, RESULT);
  sockets(5);
  memset(guest_bytes + IOVS, 0, 96);
  guest_bytes[IOVS + 8] = 1; /* fd_read, then a clock that is due */
  wasi_put32(guest_bytes + IOVS + 16, fd);
  wasi_put32(guest_bytes + IOVS + 48 + 16, 1);
  STEP("poll_oneoff", IOVS, DATA, 2, RESULT);
  STEP("poll_oneoff", IOVS + 48, DATA, 1, RESULT);
}

static void names(void) {
  STEP("path_symlink", PATH(A, "f"), 3, PATH(B, "work/l"));
  STEP("path_symlink", PATH(A, "../sub"), 3, PATH(B, "work/d"));
  STEP("path_readlink", 3, PATH(A, "work/l"), DATA, 10, RESULT);
  STEP("path_filestat_get", 3, 1, PATH(A, "work/l"), RESULT);
  STEP("path_filestat_get", 3, 1, PATH(A, "work/d/../in"), RESULT);
  STEP("path_filestat_set_times", 3, 1, PATH(A, "work/l"), 1, 2, WASI_ATIM | WASI_MTIM_NOW);
  STEP("path_link", 3, 0, PATH(A, "work/f"), 3, PATH(B, "work/g"));
  STEP("path_rename", 3, PATH(A, "work/g"), 3, PATH(B, "work/h"));
  STEP("path_unlink_file", 3, PATH(A, "work/h"));
  STEP("path_unlink_file", 3, PATH(A, "work/h/"));
  STEP("path_unlink_file", 3, PATH(A, "work/l"));
  STEP("path_unlink_file", 3, PATH(A, "work/d"));
}

void script_run(void (*answered)(const char *call, uint32_t error)) {
  sees = answered;
  process();
  STEP("fd_prestat_get", 3, RESULT);
  STEP("fd_prestat_dir_name", 3, DATA, 64);
  STEP("path_create_directory", 3, PATH(A, "work"));
  uint32_t folder = open_path("work", WASI_OPEN_DIRECTORY, WASI_RIGHTS_DIRECTORY);
  uint32_t fd = open_path("work/sub/../f", WASI_CREAT, all_rights);
  if (fd == UINT32_MAX) fd = open_path("work/f", WASI_CREAT | WASI_TRUNC, all_rights);
  file(fd);
  names();
  STEP("fd_readdir", folder, DATA, 500, 0, RESULT);
  STEP("fd_readdir", folder, DATA, 500, 1, RESULT);
  STEP("fd_fdstat_set_rights", fd, R_FD_READ, 0);
  STEP("fd_sync", fd); /* a right that was given up */
  STEP("fd_seek", fd, 0, 0, RESULT);
  STEP("path_filestat_get", fd, 0, PATH(A, "f"), RESULT);
  STEP("path_unlink_file", 4, PATH(A, "in")); /* read-only */
  STEP("fd_fdstat_set_rights", folder, R_FD_READDIR, 0);
  STEP("path_create_directory", folder, PATH(A, "x"));
  STEP("path_rename", 3, PATH(A, "in"), 4, PATH(B, "x"));
  uint32_t inner = open_path("dlink/secret", 0, R_FD_READ);
  STEP("fd_renumber", inner, fd);
  STEP("fd_renumber", fd, 0);
  STEP("fd_close", folder);
  STEP("fd_close", 0);
  STEP("path_unlink_file", 3, PATH(A, "work/f"));
  STEP("path_remove_directory", 3, PATH(A, "work"));
}

void script_clean(void) {
  static const char *const left[] = {"f", "g", "h", "l", "d"};
  char path[64];
  for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
    snprintf(path, sizeof path, "root/work/%s", left[i]);
    unlink(tree_path(path));
  }
  rmdir(tree_path("root/work"));
}
