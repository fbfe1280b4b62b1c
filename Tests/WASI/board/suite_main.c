/* suite_main.c: what suite.py puts around a module of wasi-testsuite: a board on this processor, with a file system in
 * RAM that holds copies of a folder of the host's.
 *
 *     program [--root FOLDER] [--env K=V] -- ARGUMENTS... */
#include "module.h"

#include "apus_ramfs.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 32, NODES = 2048, BLOCKS = 4096 };

static _Alignas(max_align_t) unsigned char memory[1 << 26];
static struct apus_ramfs_node nodes[NODES];
static uint8_t blocks[BLOCKS][APUS_RAMFS_BLOCK];
static uint16_t chain[BLOCKS];
static struct apus_ramfs files = {
    .nodes = nodes, .node_count = NODES, .blocks = blocks, .chain = chain, .block_count = BLOCKS};
static const struct apus_vfs vfs = {&apus_ramfs_ops, &files};
static struct apus_wasi wasi;

void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  fprintf(stderr, "trap: %s at 0x%x\n", apus_trap_message(trap), (unsigned)offset);
  _exit(134);
}

static uint32_t console_write(void *context, int stream, const void *from, uint32_t n, uint32_t *done) {
  (void)context;
  ssize_t written = write(stream, from, n);
  *done = written < 0 ? 0 : (uint32_t)written;
  return written < 0 ? WASI_IO : WASI_SUCCESS;
}

static uint32_t now(void *context, uint32_t clock, uint64_t *nanoseconds) {
  (void)context;
  struct timespec time;
  if (clock_gettime(clock ? CLOCK_MONOTONIC : CLOCK_REALTIME, &time)) return WASI_NOTSUP;
  *nanoseconds = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
  return WASI_SUCCESS;
}

static uint32_t entropy(void *context, void *to, uint32_t n) {
  (void)context;
  for (ssize_t got; n; to = (char *)to + got, n -= (uint32_t)got)
    if ((got = getrandom(to, n, 0)) < 0) return WASI_IO;
  return WASI_SUCCESS;
}

static const char *failed(const char *what, const char *path) {
  fprintf(stderr, "%s: %s\n", what, path);
  _exit(99);
}

static void copy_file(const char *from, const char *to) {
  static char bytes[1 << 16];
  FILE *file = fopen(from, "rb");
  if (!file) failed("cannot open", from);
  void *copy;
  if (apus_ramfs_ops.open(&files, to, APUS_VFS_CREAT | APUS_VFS_WRITE, &copy)) failed("no room", to);
  uint32_t size = (uint32_t)fread(bytes, 1, sizeof bytes, file), done = 0;
  if (size && (apus_ramfs_ops.write(&files, copy, 0, bytes, size, &done) || done != size)) failed("no room", to);
  apus_ramfs_ops.close(&files, copy);
  fclose(file);
}

/* Paths of the guest's file system have no '/' at their beginning. */
static void copy_folder(const char *from, const char *to) {
  DIR *folder = opendir(from);
  if (!folder) failed("cannot open", from);
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    char source[4096], target[APUS_VFS_NAME_MAX];
    snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
    if (snprintf(target, sizeof target, "%s%s%s", to, *to ? "/" : "", entry->d_name) >= (int)sizeof target)
      failed("too long", source);
    struct stat what;
    if (lstat(source, &what)) failed("cannot look at", source);
    if (S_ISDIR(what.st_mode)) {
      if (apus_ramfs_ops.mkdir(&files, target)) failed("no room", target);
      copy_folder(source, target);
    } else if (S_ISREG(what.st_mode)) {
      copy_file(source, target);
    }
  }
  closedir(folder);
}

static void start(void *unused) {
  (void)unused;
  module_export__start();
}

int main(int argc, char **argv) {
  static const struct apus_wasi_port port = {.write = console_write, .now = now, .entropy = entropy};
  static const char *env[MOST];
  struct apus_wasi_options options = {.env = env};
  const char *root = NULL;
  int at = 1;
  for (; at + 1 < argc && strcmp(argv[at], "--"); at += 2) {
    if (!strcmp(argv[at], "--env") && options.env_count < MOST) env[options.env_count++] = argv[at + 1];
    else if (!strcmp(argv[at], "--root")) root = argv[at + 1];
    else return 2;
  }
  if (at >= argc) return 2;
  argv[at] = argv[0]; /* the program's name stands before its arguments */
  options.argv = (const char *const *)argv + at;
  options.argc = (uint32_t)(argc - at);

  apus_port_give(memory, sizeof memory);
  apus_wasi_init(&wasi, &port, &options);
  if (root) {
    copy_folder(root, "");
    if (apus_wasi_mount(&wasi, &vfs, "/", "", false)) return 99;
  }
  struct apus_outcome outcome = module_instantiate();
  module_host()->wasi = &wasi;
  if (!outcome.trap) outcome = apus_catch(start, NULL);
  module_destroy();
  apus_wasi_destroy(&wasi);
  if (outcome.trap && outcome.trap != APUS_TRAP_EXIT) apus_board_fatal(outcome.trap, outcome.offset);
  return (int)outcome.exit_status;
}
