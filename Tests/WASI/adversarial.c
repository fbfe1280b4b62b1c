/* adversarial.c: eighty numbered attempts to leave the folder, to hang, or to
 * exhaust the host. After each one the outside is byte for byte what it was and
 * no descriptor and no allocation is left.
 *
 * 1 to 66 and what they have in common stand here as rows or, where an attempt
 * takes several calls, in adversarial_items.c with 67 to 71 and 79. 72 to 76 are
 * races (race.c), 77 is about threads (lifetimes/threads.c), 80 compares the two
 * resolvers (differential.c). 78 is the whole list again with openat2 refused. */
#include "adversarial.h"

#include <stddef.h>
#include <sys/wait.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

const struct mode *mode;

enum call { OPEN, STAT, TIMES, MKDIR, RMDIR, UNLINK, READLINK, RENAME, LINK, SYMLINK };

struct row {
  int number;
  enum call call;
  const char *from, *to; /* SYMLINK: target and path */
  uint32_t flags;
  uint32_t want;
};

#define NC WASI_NOTCAPABLE
static const struct row rows[] = {
    {1, OPEN, "../outside/secret", 0, FOLLOW, NC},
    {2, OPEN, "sub/../../outside/secret", 0, FOLLOW, NC},
    {3, OPEN, "/etc/passwd", 0, FOLLOW, NC},
    {4, OPEN, "//etc/passwd", 0, FOLLOW, NC},
    {5, OPEN, "evil/secret", 0, FOLLOW, NC},
    {6, OPEN, "evilf", 0, FOLLOW, NC},
    {7, OPEN, "evilf", 0, 0, WASI_LOOP},
    {8, OPEN, "evil/", 0, FOLLOW, NC},
    {8, OPEN, "evil/", 0, 0, NC},
    {9, OPEN, "evil/.", 0, FOLLOW, NC},
    {10, OPEN, "evil/..", 0, FOLLOW, NC},
    {11, OPEN, "hop/secret", 0, FOLLOW, NC},
    {12, OPEN, "abslnk", 0, FOLLOW, NC},
    {13, OPEN, "lroot", 0, FOLLOW, NC},
    {13, OPEN, "lroot/etc", 0, FOLLOW, NC},
    {14, OPEN, "lproc", 0, FOLLOW, NC},
    {14, OPEN, "lproc/etc", 0, FOLLOW, NC},
    {15, OPEN, "lfd", 0, FOLLOW, NC},
    {16, OPEN, "bounce", 0, FOLLOW, NC},
    {17, OPEN, "dangout", 0, FOLLOW | CREAT | WRITE, NC},
    {17, OPEN, "dangout", 0, CREAT | WRITE, WASI_LOOP},
    {18, OPEN, "dangout", 0, FOLLOW | CREAT | EXCL | WRITE, WASI_EXIST},
    {19, OPEN, "evilf", 0, FOLLOW | CREAT | TRUNC | WRITE, NC},
    {20, OPEN, "loop", 0, FOLLOW, WASI_LOOP},
    {21, OPEN, "c2", 0, FOLLOW, WASI_SUCCESS},
    {21, OPEN, "c1", 0, FOLLOW, WASI_LOOP},
    {22, OPEN, "la", 0, FOLLOW, WASI_LOOP},
    {29, OPEN, "in/", 0, FOLLOW, WASI_NOTDIR},
    {29, OPEN, "in/.", 0, FOLLOW, WASI_NOTDIR},
    {29, OPEN, "in/../in", 0, FOLLOW, WASI_NOTDIR},
    {30, OPEN, "nope/../in", 0, FOLLOW, WASI_NOENT},
    {31, STAT, "evil/", 0, 0, NC},
    {32, STAT, "evil", 0, FOLLOW, NC},
    {33, TIMES, "evil/", 0, 0, NC},
    {34, TIMES, "evilf", 0, FOLLOW, NC},
    {35, MKDIR, "evil/x", 0, 0, NC},
    {36, MKDIR, "dangout/", 0, 0, WASI_EXIST},
    {37, UNLINK, "evil/secret2", 0, 0, NC},
    {38, RMDIR, "evil/ed", 0, 0, NC},
    {39, RENAME, "evil/mv", "got", 0, NC},
    {40, RENAME, "in", "evil/put", 0, NC},
    {41, RENAME, "in", "evil/", 0, WASI_NOTDIR},
    {42, LINK, "evilf", "hl", FOLLOW, NC},
    {42, STAT, "hl", 0, 0, WASI_NOENT},
    {43, LINK, "evil/secret", "hl", 0, NC},
    {44, LINK, "in", "evil/hl", 0, NC},
    {45, SYMLINK, "x", "evil/l2", 0, NC},
    {46, READLINK, "evil/l", 0, 0, NC},
    {47, OPEN, "evil/", 0, FOLLOW | FOLDER, NC},
    {48, SYMLINK, "/etc", "abs", 0, WASI_PERM},
    {51, RMDIR, ".", 0, 0, WASI_INVAL},
    {51, RMDIR, "..", 0, 0, NC},
    {51, RMDIR, "sub/..", 0, 0, WASI_INVAL},
    {52, RENAME, ".", "q", 0, WASI_BUSY},
    {52, RENAME, "sub", "sub/x", 0, WASI_INVAL},
    {53, UNLINK, "sub/", 0, 0, WASI_ISDIR},
    {66, OPEN, "new", 0, CREAT | FOLDER, WASI_INVAL},
    /* What must go on working beside all that is refused. */
    {0, OPEN, "in", 0, FOLLOW, WASI_SUCCESS},
    {0, OPEN, "sub/", 0, 0, WASI_SUCCESS},
    {0, OPEN, "dlink/", 0, 0, WASI_SUCCESS},
    {0, OPEN, "flink/", 0, FOLLOW, WASI_NOTDIR},
    {0, OPEN, "dang/", 0, FOLLOW, WASI_NOENT},
    {0, OPEN, "new/", 0, FOLLOW | CREAT | WRITE, WASI_ISDIR},
    {0, OPEN, "in/", 0, FOLLOW | CREAT | WRITE, WASI_ISDIR},
    {0, OPEN, "sub/../in", 0, FOLLOW, WASI_SUCCESS},
    {0, OPEN, ".", 0, FOLLOW, WASI_SUCCESS},
    {0, OPEN, "sub/..", 0, FOLLOW, WASI_SUCCESS},
    {0, OPEN, "dlink/secret", 0, 0, WASI_SUCCESS},
    {0, STAT, "evil", 0, 0, WASI_SUCCESS},
};
enum { ROWS = sizeof rows / sizeof *rows };

static uint32_t run_row(const struct row *row) {
  switch (row->call) {
  case OPEN: return probe_open(3, row->from, row->flags);
  case STAT: return probe_stat(3, row->from, row->flags);
  case TIMES: return probe_times(3, row->from, row->flags);
  case MKDIR: return probe_mkdir(3, row->from);
  case RMDIR: return probe_rmdir(3, row->from);
  case UNLINK: return probe_unlink(3, row->from);
  case READLINK: return probe_readlink(3, row->from);
  case RENAME: return probe_rename(3, row->from, 3, row->to);
  case LINK: return probe_link(3, row->from, 3, row->to, row->flags);
  default: return probe_symlink(row->from, 3, row->to);
  }
}

static uint64_t outside;
static int fds;
static long allocations, bytes, locks;

static void unchanged(int number, const char *what) {
  check(tree_outside() == outside, __FILE__, __LINE__, "item %d, %s, %s: the outside changed", number, mode->name, what);
  check(open_fds() == fds, __FILE__, __LINE__, "item %d, %s, %s: a descriptor is left", number, mode->name, what);
  check(live_allocations == allocations && live_bytes == bytes && live_locks == locks, __FILE__, __LINE__,
        "item %d, %s, %s: memory or a lock is left", number, mode->name, what);
}

/* False when the host has no such filter. */
static bool refuse_openat2(int error) {
#if defined __linux__ && defined SYS_openat2
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return false;
  return syscall(SYS_openat2, -1, "", NULL, (size_t)0) < 0 && errno == error;
#else
  (void)error;
  return false;
#endif
}

/* A filter cannot be taken back, so each mode has a process of its own, and a
 * tree of its own. The counts come back through `to`. */
static void run_mode(int repeat, int to) {
  bool covered[81] = {false};
  passed = failed = 0;
  test_resolver = mode->resolver;
  tree_make();
  wasi_start();
  if (mode->refused && !refuse_openat2(mode->refused)) {
    printf("skipped: %s, no filter can be set up here\n", mode->name);
  } else {
    outside = tree_outside();
    fds = open_fds();
    allocations = live_allocations, bytes = live_bytes, locks = live_locks;
    for (int i = 0; i < ROWS; i++) {
      const struct row *row = &rows[i];
      covered[row->number] = true;
      for (int again = 0; again < repeat; again++) {
        uint32_t got = run_row(row);
        check(got == row->want, __FILE__, __LINE__, "item %d, %s: %s: %u, not %u", row->number, mode->name, row->from, got,
              row->want);
      }
      unchanged(row->number, row->from);
    }
    for (int i = 0; i < item_count; i++) {
      for (int number = items[i].first; number <= items[i].last; number++) covered[number] = true;
      for (int again = 0; again < repeat; again++) items[i].run();
      unchanged(items[i].first, "after it");
    }
    for (int number = 1; number <= 71; number++)
      check(covered[number], __FILE__, __LINE__, "item %d is missing", number);
  }
  apus_wasi_destroy(&wasi);
  tree_remove();
  int counts[2] = {passed, failed};
  if (write(to, counts, sizeof counts) != sizeof counts) abort();
}

void test_adversarial(void) {
  static const struct mode modes[] = {
      {"walk", APUS_WASI_RESOLVER_WALK, 0},
      {"openat2", APUS_WASI_RESOLVER_OPENAT2, 0},
      {"openat2 refused with EPERM", APUS_WASI_RESOLVER_OPENAT2, EPERM},
      {"openat2 refused with ENOSYS", APUS_WASI_RESOLVER_OPENAT2, ENOSYS},
  };
  const char *asked = getenv("APUS_TEST_REPEAT");
  int repeat = asked ? atoi(asked) : 3;
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    int pipes[2], counts[2] = {0, 0}, status;
    mode = &modes[i];
    if (mode->resolver == APUS_WASI_RESOLVER_OPENAT2 && !has_openat2()) {
      printf("skipped: %s, there is no openat2 here\n", mode->name);
      continue;
    }
    fflush(NULL);
    if (pipe(pipes)) abort();
    pid_t child = fork();
    if (child < 0) abort();
    if (!child) {
      close(pipes[0]);
      run_mode(repeat < 1 ? 1 : repeat, pipes[1]);
      fflush(NULL);
      exit(0); /* with what stands at exit: counts of a measured run */
    }
    close(pipes[1]);
    bool told = read(pipes[0], counts, sizeof counts) == sizeof counts;
    close(pipes[0]);
    waitpid(child, &status, 0);
    check(told && !status, __FILE__, __LINE__, "%s: the process ended with %d", mode->name, status);
    passed += counts[0], failed += counts[1];
  }
}
