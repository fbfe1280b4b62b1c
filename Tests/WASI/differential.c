/* differential.c: item 80. Random trees of folders, files and links, and random
 * paths into them: the walk and openat2 must come to the same object or to the same
 * errno. APUS_TEST_PAIRS is the number of paths, APUS_TEST_SEED where to begin. */
#include "probes.h"

enum { DEFAULT_PAIRS = 4000, PATHS_OF_A_TREE = 200, NODES = 24 };

static uint64_t state;

static uint32_t below(uint32_t limit) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33) % limit;
}

/* --- trees and paths ------------------------------------------------------------------- */

static const char *name(void) {
  static const char *const names[] = {"a", "b", "c", "d"};
  return names[below(4)];
}

/* A path; what it names need not exist. */
static void path_into(char *to, bool wild) {
  to[0] = 0;
  if (below(40) == 0) strcat(to, "/");
  for (uint32_t i = 0, count = 1 + below(wild ? 7 : 3); i < count; i++) {
    uint32_t kind = below(20);
    if (i) strcat(to, kind == 19 ? "//" : "/");
    strcat(to, kind < 4 ? ".." : kind == 4 ? "." : kind == 5 && wild ? "nothing" : name());
  }
  if (below(6) == 0) strcat(to, below(4) ? "/" : "//");
}

/* Nodes land in folders that exist by then; a name that is taken stays as it is. */
static void grow_tree(int root) {
  char folders[NODES + 1][96] = {""}, path[80], target[200];
  int folder_count = 1;
  for (int i = 0; i < NODES; i++) {
    snprintf(path, sizeof path, "%s%s", folders[below((uint32_t)folder_count)], name());
    uint32_t kind = below(10);
    if (kind < 4) {
      if (strlen(path) < 20 && mkdirat(root, path, kind ? 0777 : 0755) == 0)
        snprintf(folders[folder_count++], sizeof folders[0], "%s/", path);
    } else if (kind < 6) {
      int fd = openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (fd >= 0) close(fd);
    } else if (kind == 6 && below(4) == 0) {
      mkfifoat(root, path, 0666);
    } else {
      path_into(target, false);
      if (symlinkat(target, root, path) && errno != EEXIST) abort();
    }
  }
}

/* --- the two answers -------------------------------------------------------------------- */

struct answer {
  uint32_t error;
  dev_t device;
  ino_t inode;
  bool must_be_directory, is_dot;
  char name[256];
};

enum { OPEN_FOLLOW, OPEN_NOFOLLOW, OPEN_FOLDER, STAT_FOLLOW, STAT_NOFOLLOW, READLINK, ENTRY, RESOLVE, QUESTIONS };

static struct answer answer_of(int question, const char *path) {
  struct answer answer = {0};
  struct stat stat = {0};
  uint32_t fd;
  switch (question) {
  case OPEN_FOLLOW:
  case OPEN_NOFOLLOW:
  case OPEN_FOLDER:
    answer.error = guest_open(3, path, question != OPEN_NOFOLLOW, question == OPEN_FOLDER ? WASI_OPEN_DIRECTORY : 0, false, &fd);
    if (answer.error) break;
    answer.error = wasi_fd_filestat_get(&guest, fd, RESULT, WASI_PREVIEW1);
    answer.device = u64_at(RESULT), answer.inode = u64_at(RESULT + 8);
    wasi_fd_close(&guest, fd);
    break;
  case STAT_FOLLOW:
  case STAT_NOFOLLOW:
    answer.error = probe_stat(3, path, question == STAT_FOLLOW ? FOLLOW : 0);
    if (!answer.error) answer.device = u64_at(RESULT), answer.inode = u64_at(RESULT + 8);
    break;
  case READLINK:
    answer.error = probe_readlink(3, path);
    if (!answer.error) memcpy(answer.name, guest_bytes + DATA, u32_at(RESULT));
    break;
  default: {
    struct wasi_use use;
    struct wasi_path found;
    if (wasi_begin(&guest, 3, &use)) abort();
    struct wasi_text text;
    answer.error = wasi_text_copy(&text, (const uint8_t *)path, (uint32_t)strlen(path));
    if (!answer.error) answer.error = wasi_path_resolve(&use, &text, question == ENTRY ? WASI_ENTRY : WASI_FOLLOW, &found);
    if (!answer.error) {
      if (fstat(found.parent, &stat)) abort();
      answer.device = stat.st_dev, answer.inode = stat.st_ino;
      answer.must_be_directory = found.must_be_directory, answer.is_dot = found.is_dot;
      strcpy(answer.name, found.name);
      wasi_path_release(&found);
    }
    wasi_end(&use, 0);
  }
  }
  return answer;
}

static bool same(const struct answer *a, const struct answer *b) {
  return a->error == b->error && a->device == b->device && a->inode == b->inode &&
         a->must_be_directory == b->must_be_directory && a->is_dot == b->is_dot && !strcmp(a->name, b->name);
}

void test_differential(void) {
  const char *asked = getenv("APUS_TEST_PAIRS"), *seed = getenv("APUS_TEST_SEED");
  long pairs = asked ? atol(asked) : DEFAULT_PAIRS, found = 0, differences = 0;
  uint64_t first = seed ? strtoull(seed, NULL, 0) : 1;
  for (long tree = 0; tree * PATHS_OF_A_TREE < pairs && differences < 10; tree++) {
    state = first + (uint64_t)tree;
    tree_make_empty();
    int root = open(tree_path("root"), O_RDONLY | O_DIRECTORY | O_CLOEXEC), fds;
    if (root < 0) abort();
    grow_tree(root);
    close(root);
    test_resolver = APUS_WASI_RESOLVER_OPENAT2;
    wasi_start();
    fds = open_fds();
    for (int i = 0; i < PATHS_OF_A_TREE; i++) {
      char path[200];
      path_into(path, true);
      for (int question = 0; question < QUESTIONS; question++) {
        wasi.resolver = APUS_WASI_RESOLVER_OPENAT2;
        struct answer kernel = answer_of(question, path);
        wasi.resolver = APUS_WASI_RESOLVER_WALK;
        struct answer walk = answer_of(question, path);
        found += !walk.error;
        if (same(&kernel, &walk)) continue;
        differences++;
        check(false, __FILE__, __LINE__, "item 80, question %d of %s: openat2 %u, walk %u; again: APUS_TEST_SEED=%llu",
              question, path, kernel.error, walk.error, (unsigned long long)(first + (uint64_t)tree));
      }
    }
    CHECK(open_fds() == fds);
    apus_wasi_destroy(&wasi);
    tree_remove();
  }
  check(found > pairs / 2, __FILE__, __LINE__, "only %ld of the paths lead anywhere", found);
}
