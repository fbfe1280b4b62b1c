/* Translated code calls each WASI function until the stack ends, `count` times all of them, each
 * time in a new instance with a new context: what ends is a trap, and nothing is left. */
#define _GNU_SOURCE
#include "apus_wasi.h"
#include "deep.h"

#include <dirent.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct call {
  const char *name;
  void (*function)(void);
};
static const struct call calls[] = {
#define EACH(name) {#name, deep_export_##name},
#include "calls.inc"
};
enum { CALLS = sizeof calls / sizeof *calls };

static void run(void *call) { ((const struct call *)call)->function(); }

static int open_descriptors(void) {
  int count = 0;
  DIR *folder = opendir("/proc/self/fd");
  while (folder && readdir(folder)) count++;
  if (folder) closedir(folder);
  return count;
}

static bool life(const struct call *call) {
  static const struct apus_wasi_dir dirs[] = {{.host = ".", .guest = "/"}};
  static const struct apus_wasi_options options = {.dirs = dirs, .dir_count = 1};
  struct apus_wasi wasi = {0};
  char message[200];
  if (apus_wasi_init(&wasi, &options, message, sizeof message)) return false;
  struct apus_outcome outcome = deep_instantiate();
  deep_host()->wasi = &wasi;
  if (outcome.trap == APUS_TRAP_NONE) outcome = apus_catch(run, (void *)(uintptr_t)call);
  deep_destroy();
  apus_wasi_destroy(&wasi);
  if (outcome.trap == APUS_TRAP_STACK_EXHAUSTED) return true;
  printf("%s: %s\n", call->name, apus_trap_message(outcome.trap));
  return false;
}

static int count;
static unsigned passed, failed;

static void *all(void *unused) {
  (void)unused;
  for (int i = 0; i < CALLS; i++) life(&calls[i]) ? passed++ : failed++;
  int open = open_descriptors();
  size_t in_use = mallinfo2().uordblks;
  for (int round = 1; round < count; round++)
    for (int i = 0; i < CALLS; i++) life(&calls[i]) ? passed++ : failed++;
  if (open_descriptors() == open && mallinfo2().uordblks == in_use) return NULL;
  printf("%d descriptors and %zu bytes, at first %d and %zu\n", open_descriptors(), (size_t)mallinfo2().uordblks, open,
         in_use);
  failed++;
  return NULL;
}

int main(int argc, char **argv) {
  count = argc > 1 ? atoi(argv[1]) : 1;
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  if (pthread_create(&thread, &attributes, all, NULL)) return 1;
  pthread_join(thread, NULL);
  printf("exhaustion: %u passed, %u failed\n", passed, failed);
  return failed != 0 || passed < CALLS;
}
