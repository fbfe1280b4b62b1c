/* escapes.c: paths that try to leave the folder. After each the outside is as it
 * was and no descriptor is left. */
#include "harness.h"

struct row {
  int number;
  const char *path;
  bool follow;
  uint32_t oflags;
  bool write;
  uint32_t want;
};

static const struct row rows[] = {
    {1, "../outside/secret", true, 0, false, WASI_NOTCAPABLE},
    {2, "sub/../../outside/secret", true, 0, false, WASI_NOTCAPABLE},
    {3, "/etc/passwd", true, 0, false, WASI_NOTCAPABLE},
    {4, "//etc/passwd", true, 0, false, WASI_NOTCAPABLE},
    {5, "evil/secret", true, 0, false, WASI_NOTCAPABLE},
    {6, "evilf", true, 0, false, WASI_NOTCAPABLE},
    {7, "evilf", false, 0, false, WASI_LOOP},
    {8, "evil/", true, 0, false, WASI_NOTCAPABLE},
    {8, "evil/", false, 0, false, WASI_NOTCAPABLE},
    {9, "evil/.", true, 0, false, WASI_NOTCAPABLE},
    {10, "evil/..", true, 0, false, WASI_NOTCAPABLE},
    {11, "hop/secret", true, 0, false, WASI_NOTCAPABLE},
    {12, "abslnk", true, 0, false, WASI_NOTCAPABLE},
    {13, "lroot", true, 0, false, WASI_NOTCAPABLE},
    {13, "lroot/etc", true, 0, false, WASI_NOTCAPABLE},
    {14, "lproc", true, 0, false, WASI_NOTCAPABLE},
    {14, "lproc/etc", true, 0, false, WASI_NOTCAPABLE},
    {15, "lfd", true, 0, false, WASI_NOTCAPABLE},
    {16, "bounce", true, 0, false, WASI_NOTCAPABLE},
    {17, "dangout", true, WASI_CREAT, true, WASI_NOTCAPABLE},
    {17, "dangout", false, WASI_CREAT, true, WASI_LOOP},
    {18, "dangout", true, WASI_CREAT | WASI_EXCL, true, WASI_EXIST},
    {19, "evilf", true, WASI_CREAT | WASI_TRUNC, true, WASI_NOTCAPABLE},
    {20, "loop", true, 0, false, WASI_LOOP},
    {21, "c2", true, 0, false, WASI_SUCCESS},
    {21, "c1", true, 0, false, WASI_LOOP},
    {22, "la", true, 0, false, WASI_LOOP},
    {23, "", true, 0, false, WASI_NOENT},
    {29, "in/", true, 0, false, WASI_NOTDIR},
    {29, "in/.", true, 0, false, WASI_NOTDIR},
    {29, "in/../in", true, 0, false, WASI_NOTDIR},
    {30, "nope/../in", true, 0, false, WASI_NOENT},
    {47, "evil/", true, WASI_OPEN_DIRECTORY, false, WASI_NOTCAPABLE},
    {66, "new", true, WASI_CREAT | WASI_OPEN_DIRECTORY, false, WASI_INVAL},
    {0, "in", true, 0, false, WASI_SUCCESS},
    {0, "sub/", false, 0, false, WASI_SUCCESS},
    {0, "dlink/", false, 0, false, WASI_SUCCESS},
    {0, "flink/", true, 0, false, WASI_NOTDIR},
    {0, "dang/", true, 0, false, WASI_NOENT},
    {0, "new/", true, WASI_CREAT, true, WASI_ISDIR},
    {0, "in/", true, WASI_CREAT, true, WASI_ISDIR},
    {0, "sub/../in", true, 0, false, WASI_SUCCESS},
    {0, ".", true, 0, false, WASI_SUCCESS},
    {0, "sub/..", true, 0, false, WASI_SUCCESS},
    {0, "dlink/secret", false, 0, false, WASI_SUCCESS},
};

static uint64_t outside;
static int fds;
static long bytes;

static void unchanged(const char *what, int line) {
  check(tree_outside() == outside, __FILE__, line, "%s: the outside changed", what);
  check(open_fds() == fds && live_bytes == bytes, __FILE__, line, "%s: left something open", what);
}

static void opens(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *row = &rows[i];
    uint32_t opened, got = guest_open(3, row->path, row->follow, row->oflags, row->write, &opened);
    check(got == row->want, __FILE__, __LINE__, "row %d, %s: %u, not %u", row->number, row->path, got, row->want);
    if (!got) wasi_fd_close(&guest, opened);
    unchanged(row->path, __LINE__);
  }
}

#define PATH_A(text) A, put(A, text)
#define PATH_B(text) B, put(B, text)
#define ROW(call, want)           \
  do {                            \
    EXPECT(call, want);           \
    unchanged(#call, __LINE__);   \
  } while (0)

static uint32_t stat_of(const char *path, bool follow) {
  return wasi_path_filestat_get(&guest, 3, follow, PATH_A(path), RESULT, WASI_PREVIEW1);
}
static uint32_t times_of(const char *path, bool follow) {
  return wasi_path_filestat_set_times(&guest, 3, follow, PATH_A(path), 1, 1, WASI_ATIM | WASI_MTIM);
}
static uint32_t rename_of(uint32_t from_fd, const char *from, uint32_t to_fd, const char *to) {
  return wasi_path_rename(&guest, from_fd, PATH_A(from), to_fd, PATH_B(to));
}
static uint32_t link_of(uint32_t from_fd, const char *from, uint32_t to_fd, const char *to, bool follow) {
  return wasi_path_link(&guest, from_fd, follow, PATH_A(from), to_fd, PATH_B(to));
}
static uint32_t symlink_of(const char *target, uint32_t fd, const char *path) {
  return wasi_path_symlink(&guest, PATH_A(target), fd, PATH_B(path));
}
static uint32_t mkdir_of(uint32_t fd, const char *path) { return wasi_path_create_directory(&guest, fd, PATH_A(path)); }
static uint32_t rmdir_of(uint32_t fd, const char *path) { return wasi_path_remove_directory(&guest, fd, PATH_A(path)); }
static uint32_t unlink_of(uint32_t fd, const char *path) { return wasi_path_unlink_file(&guest, fd, PATH_A(path)); }
static uint32_t readlink_of(const char *path) { return wasi_path_readlink(&guest, 3, PATH_A(path), DATA, 100, RESULT); }

static void operations(void) {
  ROW(stat_of("evil/", false), WASI_NOTCAPABLE);
  ROW(stat_of("evil", true), WASI_NOTCAPABLE);
  ROW(stat_of("evil", false), WASI_SUCCESS);
  ROW(times_of("evil/", false), WASI_NOTCAPABLE);
  ROW(times_of("evilf", true), WASI_NOTCAPABLE);
  ROW(mkdir_of(3, "evil/x"), WASI_NOTCAPABLE);
  ROW(mkdir_of(3, "dangout/"), WASI_EXIST);
  ROW(unlink_of(3, "evil/secret2"), WASI_NOTCAPABLE);
  ROW(rmdir_of(3, "evil/ed"), WASI_NOTCAPABLE);
  ROW(rename_of(3, "evil/mv", 3, "got"), WASI_NOTCAPABLE);
  ROW(rename_of(3, "in", 3, "evil/put"), WASI_NOTCAPABLE);
  ROW(rename_of(3, "in", 3, "evil/"), WASI_NOTDIR);
  ROW(link_of(3, "evilf", 3, "hl", true), WASI_NOTCAPABLE);
  ROW(stat_of("hl", false), WASI_NOENT);
  ROW(link_of(3, "evil/secret", 3, "hl", false), WASI_NOTCAPABLE);
  ROW(link_of(3, "in", 3, "evil/hl", false), WASI_NOTCAPABLE);
  ROW(symlink_of("x", 3, "evil/l2"), WASI_NOTCAPABLE);
  ROW(readlink_of("evil/l"), WASI_NOTCAPABLE);
  ROW(symlink_of("/etc", 3, "abs"), WASI_PERM);
  ROW(rmdir_of(3, "."), WASI_INVAL);
  ROW(rmdir_of(3, ".."), WASI_NOTCAPABLE);
  ROW(rmdir_of(3, "sub/.."), WASI_INVAL);
  ROW(rename_of(3, ".", 3, "q"), WASI_BUSY);
  ROW(rename_of(3, "sub", 3, "sub/x"), WASI_INVAL);
  ROW(unlink_of(3, "sub/"), WASI_ISDIR);
  ROW(link_of(4, "in", 3, "hl", false), WASI_PERM);
  ROW(rename_of(4, "in", 3, "got"), WASI_PERM);
  ROW(rename_of(3, "in", 4, "got"), WASI_PERM);
}

/* Rows 49 and 50: what moves while it is held. */
static void moves(void) {
  uint32_t opened, held;
  EXPECT(mkdir_of(3, "a"), WASI_SUCCESS);
  EXPECT(mkdir_of(3, "a/b"), WASI_SUCCESS);
  EXPECT(symlink_of("../../outside/secret", 3, "a/b/l"), WASI_SUCCESS);
  EXPECT(rename_of(3, "a/b/l", 3, "a/l"), WASI_SUCCESS);
  ROW(guest_open(3, "a/l", true, 0, false, &opened), WASI_NOTCAPABLE);
  EXPECT(guest_open(3, "a/b", true, WASI_OPEN_DIRECTORY, false, &held), WASI_SUCCESS);
  EXPECT(rename_of(3, "a/b", 3, "b2"), WASI_SUCCESS);
  EXPECT(guest_open(held, "..", true, 0, false, &opened), WASI_NOTCAPABLE);
  EXPECT(guest_open(held, "../..", true, 0, false, &opened), WASI_NOTCAPABLE);
  EXPECT(rmdir_of(3, "b2/"), WASI_SUCCESS);
  EXPECT(guest_open(held, "x", true, WASI_CREAT, true, &opened), WASI_NOENT);
  EXPECT(wasi_fd_close(&guest, held), WASI_SUCCESS);
  EXPECT(unlink_of(3, "a/l"), WASI_SUCCESS);
  EXPECT(rmdir_of(3, "a"), WASI_SUCCESS);
  unchanged("moves", __LINE__);
}

static void changes_of_read_only(uint32_t fd) {
  uint32_t opened;
  ROW(guest_open(fd, "in", true, WASI_TRUNC, false, &opened), WASI_PERM);
  ROW(guest_open(fd, "new", true, WASI_CREAT, false, &opened), WASI_PERM);
  ROW(guest_open(fd, "in", true, 0, true, &opened), WASI_PERM);
  ROW(unlink_of(fd, "in"), WASI_PERM);
  ROW(mkdir_of(fd, "d"), WASI_PERM);
  ROW(rmdir_of(fd, "d"), WASI_PERM);
  ROW(symlink_of("x", fd, "l"), WASI_PERM);
  ROW(wasi_path_filestat_set_times(&guest, fd, 0, PATH_A("in"), 1, 1, WASI_MTIM), WASI_PERM);
  EXPECT(guest_open(fd, "in", true, 0, false, &opened), WASI_SUCCESS);
  EXPECT(wasi_fd_write(&guest, opened, IOVS, 0, RESULT), WASI_PERM);
  EXPECT(wasi_fd_filestat_set_size(&guest, opened, 0), WASI_PERM);
  EXPECT(wasi_fd_filestat_set_times(&guest, opened, 1, 1, WASI_MTIM), WASI_PERM);
  EXPECT(wasi_fd_allocate(&guest, opened, 0, 10), WASI_PERM);
  EXPECT(wasi_fd_close(&guest, opened), WASI_SUCCESS);
  struct stat stat;
  CHECK(lstat(tree_path("ro/in"), &stat) == 0 && stat.st_size == 2);
}

/* Columns: in/ sub/ dlink/ flink/ dang/ new/ */
static void slashes(void) {
  static const char *const names[] = {"in/", "sub/", "dlink/", "flink/", "dang/", "new/"};
  static const uint32_t stat_want[] = {54, 0, 0, 54, 44, 44}, rmdir_want[] = {54, 55, 54, 54, 54, 44},
                        unlink_want[] = {54, 31, 54, 54, 54, 44}, from_want[] = {54, 0, 54, 54, 54, 44},
                        symlink_want[] = {54, 20, 20, 20, 20, 44}, link_to_want[] = {20, 20, 20, 20, 20, 44},
                        link_from_want[] = {54, 63, 63, 54, 44, 44}, readlink_want[] = {54, 28, 28, 54, 44, 44},
                        directory_to_want[] = {54, 55, 54, 54, 54, 0};
  EXPECT(mkdir_of(3, "moving"), WASI_SUCCESS);
  for (int i = 0; i < 6; i++) {
    EXPECT(stat_of(names[i], false), stat_want[i]);
    EXPECT(stat_of(names[i], true), stat_want[i]);
    EXPECT(rmdir_of(3, names[i]), rmdir_want[i]);
    EXPECT(unlink_of(3, names[i]), unlink_want[i]);
    EXPECT(symlink_of("t", 3, names[i]), symlink_want[i]);
    EXPECT(link_of(3, "in2", 3, names[i], false), link_to_want[i]);
    EXPECT(link_of(3, names[i], 3, "hl", false), link_from_want[i]);
    EXPECT(readlink_of(names[i]), readlink_want[i]);
    EXPECT(rename_of(3, "in2", 3, names[i]), WASI_NOTDIR);
    EXPECT(rename_of(3, names[i], 3, "moved"), from_want[i]);
    if (!from_want[i]) EXPECT(rename_of(3, "moved/", 3, "sub"), WASI_SUCCESS);
    EXPECT(rename_of(3, "moving", 3, names[i]), directory_to_want[i]);
    if (i < 5) EXPECT(mkdir_of(3, names[i]), WASI_EXIST);
  }
  EXPECT(rmdir_of(3, "new/"), WASI_SUCCESS);
  EXPECT(mkdir_of(3, "new/"), WASI_SUCCESS);
  EXPECT(rmdir_of(3, "new"), WASI_SUCCESS);
  unchanged("slashes", __LINE__);
}

static void lengths(void) {
  uint32_t opened;
  char text[5000] = "";
  for (int i = 0; i < 4094; i += 2) memcpy(text + i, "./", 3);
  strcpy(text + 4093, "in"); /* 4,095 bytes; the last "./" lost its '/' to "in" */
  text[4092] = '/', text[4091] = '.';
  EXPECT((uint32_t)strlen(text), 4095u);
  ROW(guest_open(3, text, true, 0, false, &opened) == WASI_NAMETOOLONG, false);
  memmove(text + 2, text, 4096);
  memcpy(text, "./", 2);
  text[4096] = 0;
  ROW(guest_open(3, text, true, 0, false, &opened), WASI_NAMETOOLONG);
  memset(text, 'x', 256);
  text[256] = 0;
  ROW(guest_open(3, text, true, 0, false, &opened), WASI_NAMETOOLONG);
  memcpy(guest_bytes + A, "in\0x", 4);
  ROW(wasi_path_open(&guest, 3, 1, A, 4, 0, 0, 0, 0, RESULT), WASI_INVAL);
  ROW(wasi_path_open(&guest, 3, 1, A, 3, 0, 0, 0, 0, RESULT), WASI_INVAL);
  /* Deep folders keep nothing open. */
  for (int i = 0; i < 129; i++) memcpy(text + i * 2, "d/", 3);
  int made = 0;
  for (; made < 129; made++) {
    text[made * 2 + 1] = 0;
    if (mkdir_of(3, text)) break;
    text[made * 2 + 1] = '/';
  }
  CHECK(made == (wasi.resolver == APUS_WASI_RESOLVER_WALK ? 128 : 129));
  unchanged("deep", __LINE__);
  for (; made > 0; made--) {
    text[made * 2 - 1] = 0;
    EXPECT(rmdir_of(3, text), WASI_SUCCESS);
  }
}

static void wrong_bases(void) {
  uint32_t opened, file;
  EXPECT(guest_open(3, "in", true, 0, false, &file), WASI_SUCCESS);
  uint32_t bases[] = {file, 99, 0}, wants[] = {WASI_NOTDIR, WASI_BADF, WASI_NOTDIR};
  for (int i = 0; i < 3; i++) {
    uint32_t fd = bases[i], want = wants[i];
    EXPECT(guest_open(fd, "in", true, 0, false, &opened), want);
    EXPECT(mkdir_of(fd, "d"), want);
    EXPECT(rmdir_of(fd, "d"), want);
    EXPECT(unlink_of(fd, "d"), want);
    EXPECT(symlink_of("x", fd, "d"), want);
    EXPECT(rename_of(fd, "x", 3, "d"), want);
    EXPECT(rename_of(3, "x", fd, "d"), want);
    EXPECT(link_of(fd, "x", 3, "d", false), want);
    EXPECT(link_of(3, "x", fd, "d", false), want);
  }
  EXPECT(wasi_fd_close(&guest, file), WASI_SUCCESS);
}

void test_escapes(void) {
  uint32_t again;
  wasi_start();
  outside = tree_outside();
  fds = open_fds();
  bytes = live_bytes;
  opens();
  operations();
  moves();
  slashes();
  lengths();
  wrong_bases();
  changes_of_read_only(4);
  EXPECT(guest_open(4, ".", true, WASI_OPEN_DIRECTORY, false, &again), WASI_SUCCESS);
  fds++, bytes = live_bytes;
  changes_of_read_only(again);
  apus_wasi_destroy(&wasi);
}
