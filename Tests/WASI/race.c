/* race.c: items 72 to 76 of the list. Somebody changes names while the guest
 * resolves them; whatever it opens must be inside, and whatever it changes, too.
 *
 * The control is three resolvers as one finds them in the wild. Each must be seen
 * leaving the folder, or the attacker does not attack. APUS_TEST_RACES is the
 * number of resolutions of each race. */
#include "harness.h"
#include "wasi_slots.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#ifdef __linux__

enum { DEFAULT_COUNT = 5000, LONGEST = 3000000 };

/* --- attackers ------------------------------------------------------------------------ */

static int root = -1;
static atomic_bool stop;
static _Atomic long changes;

static void exchange_folder(void) { changes += renameat2(root, "sub", root, "evil", RENAME_EXCHANGE) == 0; }
static void exchange_file(void) { changes += renameat2(root, "in", root, "evilf", RENAME_EXCHANGE) == 0; }

/* The folder that the guest stands in moves up, so its ".." is another one. */
static void move_up(void) {
  changes += renameat(root, "p/q", root, "q") == 0;
  changes += renameat(root, "q", root, "p/q") == 0;
}

static void make_again(void) {
  unlinkat(root, "again/secret", 0);
  unlinkat(root, "again", AT_REMOVEDIR);
  changes += symlinkat("../outside", root, "again") == 0;
  unlinkat(root, "again", 0);
  mkdirat(root, "again", 0777);
  linkat(root, "in2", root, "again/secret", 0);
}

static void rewrite_link(void) {
  static bool out;
  out = !out;
  symlinkat(out ? "../outside" : "sub2", root, "fresh");
  changes += renameat(root, "fresh", root, "turning") == 0;
}

static pthread_t attacker;
static void (*attack_change)(void);

static void *attack(void *unused) {
  (void)unused;
  while (!atomic_load(&stop)) attack_change();
  return NULL;
}

static void attack_start(void (*change)(void)) {
  attack_change = change;
  atomic_store(&stop, false);
  atomic_store(&changes, 0);
  if (pthread_create(&attacker, NULL, attack, NULL)) abort();
}

static void attack_stop(void) {
  atomic_store(&stop, true);
  pthread_join(attacker, NULL);
}

/* --- the guest --------------------------------------------------------------------------- */

static struct stat secret;

static bool escaped(int host) {
  struct stat stat;
  if (fstat(host, &stat)) abort();
  return stat.st_dev == secret.st_dev && stat.st_ino == secret.st_ino;
}

struct race {
  int number;
  void (*change)(void);
  const char *path;
  bool follow;
};

static const struct race races[] = {
    {72, exchange_folder, "sub/secret", true}, {73, exchange_file, "in", true},
    {73, exchange_file, "in", false},          {74, move_up, "p/q/../../outside/secret", true},
    {75, make_again, "again/secret", true},    {76, rewrite_link, "turning/secret", true},
};

static void run(const struct race *race, long count) {
  long opened = 0, refused = 0, escapes = 0, strange = 0;
  int fds = open_fds();
  attack_start(race->change);
  bool never_opens = race->change == move_up;
  /* A busy host may let the guest alone for long: on until both answers were seen. */
  for (long i = 0; i < count || (i < LONGEST && (!refused || !atomic_load(&changes) || (!opened && !never_opens))); i++) {
    if (i % 64 == 0) sched_yield();
    uint32_t fd, error = guest_open(3, race->path, race->follow, 0, false, &fd);
    if (error) {
      refused++;
      strange += error != WASI_NOTCAPABLE && error != WASI_NOENT && error != WASI_LOOP && error != WASI_NOTDIR;
      continue;
    }
    opened++;
    escapes += escaped(wasi.slots[fd].object->host);
    wasi_fd_close(&guest, fd);
  }
  attack_stop();
  check(!escapes, __FILE__, __LINE__, "item %d, %s: %ld escapes of %ld", race->number, race->path, escapes, opened);
  check(!strange, __FILE__, __LINE__, "item %d, %s: %ld unexpected errors", race->number, race->path, strange);
  check(refused && (opened || never_opens), __FILE__, __LINE__, "item %d, %s: no race, %ld opened, %ld refused",
        race->number, race->path, opened, refused);
  check(open_fds() == fds, __FILE__, __LINE__, "item %d, %s: a descriptor is left", race->number, race->path);
}

/* All that changes something, below a name that is now inside, now outside. */
static uint32_t change_below(long step) {
  uint32_t fd, error;
  switch (step % 8) {
  case 0:
    error = guest_open(3, "sub/secret", true, WASI_CREAT | WASI_TRUNC, true, &fd);
    return error ? error : wasi_fd_close(&guest, fd);
  case 1: return wasi_path_create_directory(&guest, 3, A, put(A, "sub/x"));
  case 2: return wasi_path_remove_directory(&guest, 3, A, put(A, "sub/x"));
  case 3: return wasi_path_symlink(&guest, A, put(A, "x"), 3, B, put(B, "sub/l"));
  case 4: return wasi_path_link(&guest, 3, 0, A, put(A, "in2"), 3, B, put(B, "sub/h"));
  case 5: return wasi_path_rename(&guest, 3, A, put(A, "sub/h"), 3, B, put(B, "sub/l"));
  case 6: return wasi_path_filestat_set_times(&guest, 3, 1, A, put(A, "sub/secret"), 1, 1, WASI_MTIM);
  default: return wasi_path_unlink_file(&guest, 3, A, put(A, "sub/l"));
  }
}

static void run_changes(long count) {
  long done = 0, escapes = 0;
  uint64_t outside = tree_outside();
  attack_start(exchange_folder);
  for (long i = 0; i < count || (i < LONGEST && !done); i++) done += change_below(i) == WASI_SUCCESS;
  attack_stop();
  escapes = tree_outside() != outside;
  check(!escapes && done > 0, __FILE__, __LINE__, "item 72, changes: the outside changed, or nothing was done (%ld)", done);
}

/* --- the control ----------------------------------------------------------------------------- */

/* The name is checked, and then used. */
static int open_checked(void) {
  char real[PATH_MAX], path[600], inside[600];
  snprintf(inside, sizeof inside, "%s/root/", base);
  snprintf(path, sizeof path, "%s/root/sub/secret", base);
  if (!realpath(path, real) || strncmp(real, inside, strlen(inside))) return -1;
  sched_yield();
  return open(path, O_RDONLY | O_CLOEXEC);
}

/* A component at a time and none followed, but with its slash. */
static int open_with_slash(void) {
  int folder = openat(root, "sub/", O_PATH | O_NOFOLLOW | O_CLOEXEC);
  int fd = folder < 0 ? -1 : openat(folder, "secret", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (folder >= 0) close(folder);
  return fd;
}

/* A component at a time, depth counted, and ".." left to the host. */
static int open_dotdot(void) {
  static const char *const names[] = {"p", "q", "..", "..", "outside"};
  int fd = dup(root);
  for (size_t i = 0; i < sizeof names / sizeof *names && fd >= 0; i++) {
    int next = openat(fd, names[i], O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
    close(fd);
    fd = next;
  }
  if (fd < 0) return -1;
  int opened = openat(fd, "secret", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  close(fd);
  return opened;
}

static void control(const char *name, int (*naive)(void), void (*change)(void)) {
  bool seen = false;
  attack_start(change);
  for (long i = 0; i < LONGEST && !seen; i++) {
    int fd = naive();
    if (fd < 0) continue;
    seen = escaped(fd);
    close(fd);
  }
  attack_stop();
  check(seen, __FILE__, __LINE__, "the control did not escape: %s", name);
}

void test_race(void) {
  const char *asked = getenv("APUS_TEST_RACES");
  long count = asked ? atol(asked) : DEFAULT_COUNT;
  root = open(tree_path("root"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0 || stat(tree_path("outside/secret"), &secret)) abort();
  if (mkdirat(root, "p", 0777) || mkdirat(root, "p/q", 0777) || mkdirat(root, "again", 0777) ||
      mkdirat(root, "sub2", 0777) || linkat(root, "in2", root, "sub2/secret", 0))
    abort();
  control("check, then use", open_checked, exchange_folder);
  control("no link followed, but a slash kept", open_with_slash, exchange_folder);
  control("'..' left to the host", open_dotdot, move_up);
  wasi_start();
  for (size_t i = 0; i < sizeof races / sizeof *races; i++) run(&races[i], count);
  run_changes(count);
  apus_wasi_destroy(&wasi);
  close(root);
}

#else
void test_race(void) { printf("skipped: races, RENAME_EXCHANGE is Linux's\n"); }
#endif
