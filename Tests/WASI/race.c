/* race.c: somebody exchanges a name with a link to the outside while the guest
 * opens it. Whatever is opened must be the inner file. */
#include "harness.h"
#include "wasi_slots.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#ifdef __linux__

static atomic_bool stop;
static const char *names[2];
static char paths[2][600];
static long exchanges;

static void *attack(void *argument) {
  (void)argument;
  while (!atomic_load(&stop)) exchanges += renameat2(AT_FDCWD, paths[0], AT_FDCWD, paths[1], RENAME_EXCHANGE) == 0;
  return NULL;
}

static void race(const char *first, const char *second, const char *path, bool follow) {
  struct stat secret, opened_stat;
  pthread_t thread;
  long opened_count = 0, refused = 0, escapes = 0, strange = 0;
  names[0] = first, names[1] = second;
  for (int i = 0; i < 2; i++) snprintf(paths[i], sizeof paths[i], "%s/root/%s", base, names[i]);
  if (stat(tree_path("outside/secret"), &secret)) abort();
  int fds = open_fds();
  atomic_store(&stop, false);
  exchanges = 0;
  if (pthread_create(&thread, NULL, attack, NULL)) abort();
  uint64_t begin, now;
  wasi_clock_now(1, &begin);
  do {
    for (int i = 0; i < 100; i++) {
      uint32_t fd, error = guest_open(3, path, follow, 0, false, &fd);
      if (error) {
        refused++;
        strange += error != WASI_NOTCAPABLE && error != WASI_NOENT && error != WASI_LOOP && error != WASI_NOTDIR;
        continue;
      }
      opened_count++;
      if (fstat(wasi.slots[fd].object->host, &opened_stat)) abort();
      escapes += opened_stat.st_dev == secret.st_dev && opened_stat.st_ino == secret.st_ino;
      wasi_fd_close(&guest, fd);
    }
    wasi_clock_now(1, &now);
  } while (now - begin < 500000000u);
  atomic_store(&stop, true);
  pthread_join(thread, NULL);
  check(!escapes, __FILE__, __LINE__, "%s: %ld escapes of %ld", path, escapes, opened_count);
  check(!strange, __FILE__, __LINE__, "%s: %ld unexpected errors", path, strange);
  check(exchanges > 0 && opened_count + refused > 0, __FILE__, __LINE__, "%s: no race", path);
  CHECK(open_fds() == fds);
}

void test_race(void) {
  wasi_start();
  race("sub", "evil", "sub/secret", true);
  race("in", "evilf", "in", true);
  race("in", "evilf", "in", false);
  apus_wasi_destroy(&wasi);
}

#else
void test_race(void) {}
#endif
