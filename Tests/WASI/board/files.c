/* files.c: the functions with paths, over files in the image and files in RAM. */
#include "board_test.h"

#include "apus_ramfs.h"

extern const struct apus_ramfs_image site_files[];
extern const uint32_t site_file_count;

enum { NODES = 8, BLOCKS = 8 };
static struct apus_ramfs_node nodes[NODES];
static uint8_t blocks[BLOCKS][APUS_RAMFS_BLOCK];
static uint16_t chain[BLOCKS];
static struct apus_ramfs fs = {.nodes = nodes, .node_count = NODES, .blocks = blocks, .chain = chain,
                               .block_count = BLOCKS, .locks = &board_locks};
static const struct apus_vfs vfs = {&apus_ramfs_ops, &fs};
static struct apus_ramfs other_fs = {.image = NULL};
static const struct apus_vfs other = {&apus_ramfs_ops, &other_fs};

static const uint64_t all_rights = WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE;
static const uint64_t read_rights = R_FD_READ | R_FD_SEEK | R_FD_TELL | R_FD_FILESTAT_GET | R_FD_READDIR;

/* 3: the root, 4: docs, read-only, 5: another file system */
static void mount(void) {
  start();
  CHECK(!apus_wasi_mount(&wasi, &vfs, "/", "", false));
  CHECK(!apus_wasi_mount(&wasi, &vfs, "/docs", "docs", true));
  CHECK(!apus_wasi_mount(&wasi, &other, "/other", "", false));
  CHECK(apus_wasi_mount(&wasi, &vfs, "/x", "nothing", false) == WASI_NOENT);
  CHECK(apus_wasi_mount(&wasi, &vfs, "/x", "hello.txt", false) == WASI_NOTDIR);
}

static uint32_t open_at(uint32_t fd, const char *path, uint32_t oflags, uint64_t rights, uint32_t *opened) {
  uint32_t error = CALL("path_open", fd, 0, PATH(A, path), oflags, rights, rights & all_rights, 0, RESULT);
  *opened = error ? UINT32_MAX : u32_at(RESULT);
  return error;
}

static uint32_t opens(uint32_t fd, const char *path, uint32_t oflags, uint64_t rights) {
  uint32_t opened, error = open_at(fd, path, oflags, rights, &opened);
  if (!error) CHECK(CALL("fd_close", opened) == WASI_SUCCESS);
  return error;
}

static bool contains(uint32_t fd, const char *text) {
  vector(0, DATA, 1000);
  if (CALL("fd_pread", fd, IOVS, 1, 0, RESULT)) return false;
  return u32_at(RESULT) == strlen(text) && !memcmp(guest_bytes + DATA, text, strlen(text));
}

static uint32_t write_text(uint32_t fd, const char *text) {
  vector(0, DATA, put(DATA, text));
  return CALL("fd_write", fd, IOVS, 1, RESULT);
}

static void reading(void) {
  uint32_t fd;
  mount();
  EXPECT(CALL("fd_prestat_get", 3, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT + 4) == 1);
  EXPECT(CALL("fd_prestat_dir_name", 4, DATA, 5), WASI_SUCCESS);
  CHECK(!memcmp(guest_bytes + DATA, "/docs", 5));
  EXPECT(open_at(3, "hello.txt", 0, read_rights, &fd), WASI_SUCCESS);
  CHECK(contains(fd, "hello, board"));
  EXPECT(CALL("fd_seek", fd, 7, 0, RESULT), WASI_SUCCESS);
  vector(0, DATA, 3), vector(1, DATA + 3, 100);
  EXPECT(CALL("fd_read", fd, IOVS, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 5 && !memcmp(guest_bytes + DATA, "board", 5));
  EXPECT(CALL("fd_read", fd, IOVS, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 0);
  EXPECT(CALL("fd_tell", fd, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT) == 12);
  EXPECT(CALL("fd_seek", fd, (uint64_t)-2, 2, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT) == 10);
  EXPECT(CALL("fd_seek", fd, (uint64_t)-11, 1, RESULT), WASI_INVAL);
  EXPECT(CALL("fd_seek", fd, 0, 3, RESULT), WASI_INVAL);
  EXPECT(CALL("fd_seek", fd, 0, 1, MEMORY), TRAPPED);
  EXPECT(WASI_UNSTABLE_SYMBOL(fd_seek)(&guest, fd, 1, 2, RESULT), WASI_SUCCESS); /* the older "set" */
  CHECK(u64_at(RESULT) == 1);
  EXPECT(CALL("fd_pread", fd, IOVS, 1, UINT64_MAX, RESULT), WASI_INVAL);
  EXPECT(CALL("fd_filestat_get", fd, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 32) == 12 && guest_bytes[RESULT + 16] == WASI_REGULAR_FILE);
  EXPECT(WASI_UNSTABLE_SYMBOL(fd_filestat_get)(&guest, fd, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 24) == 12);
  EXPECT(write_text(fd, "x"), WASI_NOTCAPABLE);
  EXPECT(CALL("fd_close", fd), WASI_SUCCESS);
  EXPECT(opens(3, "hello.txt", 0, all_rights), WASI_PERM); /* part of the image */
  EXPECT(opens(3, "docs/empty", 0, read_rights), WASI_SUCCESS);
  EXPECT(opens(4, "a.txt", 0, read_rights), WASI_SUCCESS);
  EXPECT(opens(4, "a.txt", 0, all_rights), WASI_PERM);
  EXPECT(CALL("fd_read", 3, IOVS, 1, RESULT), WASI_ISDIR);
  EXPECT(CALL("fd_seek", 3, 0, 0, RESULT), WASI_ISDIR);
}

static void paths(void) {
  char text[200];
  mount();
  EXPECT(opens(3, "", 0, read_rights), WASI_NOENT);
  EXPECT(opens(3, "/hello.txt", 0, read_rights), WASI_NOTCAPABLE);
  EXPECT(opens(3, "..", 0, 0), WASI_NOTCAPABLE);
  EXPECT(opens(4, "../hello.txt", 0, read_rights), WASI_NOTCAPABLE);
  EXPECT(opens(3, "docs/../../x", 0, read_rights), WASI_NOTCAPABLE);
  EXPECT(opens(3, "docs/../hello.txt", 0, read_rights), WASI_SUCCESS);
  EXPECT(opens(3, "./docs//./a.txt", 0, read_rights), WASI_SUCCESS);
  EXPECT(opens(3, "nothing/../hello.txt", 0, read_rights), WASI_NOENT);
  EXPECT(opens(3, "hello.txt/../hello.txt", 0, read_rights), WASI_NOTDIR);
  EXPECT(opens(3, "hello.txt/", 0, read_rights), WASI_NOTDIR);
  EXPECT(opens(3, "hello.txt/.", 0, read_rights), WASI_NOTDIR);
  EXPECT(opens(3, "docs/", 0, R_FD_READDIR), WASI_SUCCESS);
  EXPECT(opens(3, "docs", WASI_OPEN_DIRECTORY, R_FD_READDIR), WASI_SUCCESS);
  EXPECT(opens(3, "docs", 0, all_rights), WASI_ISDIR);
  EXPECT(opens(3, "hello.txt", WASI_OPEN_DIRECTORY, R_FD_READDIR), WASI_NOTDIR);
  EXPECT(opens(3, "nothing", 0, read_rights), WASI_NOENT);
  EXPECT(opens(3, "new/", WASI_CREAT, all_rights), WASI_ISDIR);
  EXPECT(opens(3, "hello.txt", WASI_CREAT | WASI_EXCL, all_rights), WASI_EXIST);
  EXPECT(opens(3, "x", WASI_CREAT | WASI_OPEN_DIRECTORY, all_rights), WASI_INVAL);
  EXPECT(opens(3, "x", 16, all_rights), WASI_INVAL);
  EXPECT(opens(3, "x", 0, UINT64_MAX), WASI_NOTCAPABLE);
  memcpy(guest_bytes + A, "in\0x", 4);
  EXPECT(CALL("path_open", 3, 0, A, 4, 0, 0, 0, 0, RESULT), WASI_INVAL);
  EXPECT(CALL("path_open", 3, 0, MEMORY, 4, 0, 0, 0, 0, RESULT), TRAPPED);
  EXPECT(CALL("path_open", 3, 0, PATH(A, "hello.txt"), 0, 0, 0, 0, MEMORY), TRAPPED);
  EXPECT(CALL("path_open", 3, 2, PATH(A, "hello.txt"), 0, 0, 0, 0, RESULT), WASI_INVAL);
  memset(text, 'x', sizeof text);
  text[70] = 0;
  EXPECT(opens(3, text, 0, 0), WASI_NAMETOOLONG);
  text[70] = 'x', text[199] = 0;
  EXPECT(opens(3, text, 0, 0), WASI_NAMETOOLONG);
  for (int i = 0; i < 120; i += 2) text[i] = '.', text[i + 1] = '/';
  memcpy(text + 110, "docs", 5);
  EXPECT(opens(3, text, 0, R_FD_READDIR), WASI_SUCCESS);
  for (int i = 0; i < 120; i += 8) memcpy(text + i, "docs/../", 9);
  EXPECT(opens(3, text, 0, R_FD_READDIR), WASI_SUCCESS);
  EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, "hello.txt"), RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 32) == 12);
  EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, "hello.txt/"), RESULT), WASI_NOTDIR);
  EXPECT(CALL("path_filestat_get", 3, 2, PATH(A, "hello.txt"), RESULT), WASI_INVAL);
  EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, "hello.txt"), MEMORY), TRAPPED);
  EXPECT(CALL("path_readlink", 3, PATH(A, "hello.txt"), DATA, 9, RESULT), WASI_INVAL);
  EXPECT(CALL("path_readlink", 3, PATH(A, "nothing"), DATA, 9, RESULT), WASI_NOENT);
  EXPECT(CALL("path_symlink", PATH(A, "a"), 3, PATH(B, "b")), WASI_NOTSUP);
  EXPECT(CALL("path_symlink", PATH(A, "a"), 4, PATH(B, "b")), WASI_PERM);
  EXPECT(CALL("path_link", 3, 0, PATH(A, "hello.txt"), 3, PATH(B, "b")), WASI_NOTSUP);
  EXPECT(CALL("path_link", 4, 0, PATH(A, "a.txt"), 3, PATH(B, "b")), WASI_PERM);
}

/* A file has one number: by its name, open, and in its folder's list; also once it is
 * called otherwise. */
static void numbers(void) {
  static const char *const list[] = {"hello.txt", "made"};
  uint64_t ino[2];
  uint32_t fd;
  mount();
  EXPECT(opens(3, "made", WASI_CREAT, all_rights), WASI_SUCCESS);
  for (int i = 0; i < 2; i++) {
    EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, list[i]), RESULT), WASI_SUCCESS);
    ino[i] = u64_at(RESULT + 8);
    EXPECT(open_at(3, list[i], 0, read_rights, &fd), WASI_SUCCESS);
    EXPECT(CALL("fd_filestat_get", fd, RESULT), WASI_SUCCESS);
    CHECK(ino[i] && u64_at(RESULT + 8) == ino[i]);
    EXPECT(CALL("fd_close", fd), WASI_SUCCESS);
  }
  CHECK(ino[0] != ino[1]);
  EXPECT(CALL("path_rename", 3, PATH(A, "made"), 3, PATH(B, "renamed")), WASI_SUCCESS);
  EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, "renamed"), RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 8) == ino[1]);
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "renamed")), WASI_SUCCESS);
}

static void writing(void) {
  uint32_t fd, again;
  char big[600];
  mount();
  EXPECT(open_at(3, "new.txt", WASI_CREAT, all_rights, &fd), WASI_SUCCESS);
  EXPECT(write_text(fd, "abcdef"), WASI_SUCCESS);
  CHECK(contains(fd, "abcdef"));
  vector(0, DATA, put(DATA, "XY"));
  EXPECT(CALL("fd_pwrite", fd, IOVS, 1, 2, RESULT), WASI_SUCCESS);
  CHECK(contains(fd, "abXYef"));
  EXPECT(CALL("fd_filestat_set_size", fd, 3), WASI_SUCCESS);
  EXPECT(CALL("fd_filestat_set_size", fd, 5), WASI_SUCCESS);
  CHECK(contains(fd, "abX") == false && u32_at(RESULT) == 5 && guest_bytes[DATA + 3] == 0);
  EXPECT(CALL("fd_filestat_set_size", fd, UINT64_MAX), WASI_INVAL);
  EXPECT(CALL("fd_filestat_set_size", fd, 1 << 20), WASI_NOSPC);
  EXPECT(CALL("fd_allocate", fd, 0, 10), WASI_SUCCESS);
  EXPECT(CALL("fd_allocate", fd, 0, 4), WASI_SUCCESS);
  EXPECT(CALL("fd_allocate", fd, 0, 0), WASI_INVAL);
  EXPECT(CALL("fd_allocate", fd, 1, INT64_MAX), WASI_FBIG);
  EXPECT(CALL("fd_filestat_get", fd, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 32) == 10);
  EXPECT(CALL("fd_advise", fd, 0, 1, 2), WASI_SUCCESS);
  EXPECT(CALL("fd_advise", fd, 0, 1, 6), WASI_INVAL);
  EXPECT(CALL("fd_advise", 3, 0, 1, 0), WASI_BADF);
  EXPECT(CALL("fd_sync", fd), WASI_SUCCESS);
  EXPECT(CALL("fd_datasync", fd), WASI_SUCCESS);
  EXPECT(CALL("fd_sync", 3), WASI_SUCCESS);
  EXPECT(CALL("fd_filestat_set_times", fd, 0, 0, WASI_MTIM), WASI_NOTSUP);
  EXPECT(CALL("fd_filestat_set_times", fd, 0, 0, 12), WASI_INVAL);
  EXPECT(CALL("fd_filestat_set_times", 4, 0, 0, 0), WASI_PERM);
  EXPECT(CALL("fd_filestat_set_size", 3, 0), WASI_ISDIR);
  /* Over several blocks, back to one, and until there are no more. */
  memset(big, 'q', sizeof big - 1);
  big[sizeof big - 1] = 0;
  EXPECT(CALL("fd_seek", fd, 300, 0, RESULT), WASI_SUCCESS);
  EXPECT(write_text(fd, big), WASI_SUCCESS);
  vector(0, DATA, 4);
  EXPECT(CALL("fd_pread", fd, IOVS, 1, 298, RESULT), WASI_SUCCESS);
  CHECK(!memcmp(guest_bytes + DATA, "\0\0qq", 4));
  vector(0, DATA, 4);
  EXPECT(CALL("fd_pread", fd, IOVS, 1, 897, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 2);
  EXPECT(CALL("fd_pread", fd, IOVS, 1, 5000, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 0);
  EXPECT(CALL("fd_filestat_set_size", fd, 301), WASI_SUCCESS);
  EXPECT(CALL("fd_filestat_set_size", fd, 0), WASI_SUCCESS);
  EXPECT(CALL("fd_fdstat_set_flags", fd, WASI_APPEND), WASI_SUCCESS);
  uint32_t error = WASI_SUCCESS;
  for (int i = 0; i < 10 && !error; i++) error = write_text(fd, big);
  EXPECT(error, WASI_NOSPC);
  EXPECT(CALL("fd_filestat_get", fd, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 32) == 3 * 599);
  EXPECT(CALL("fd_pwrite", fd, IOVS, 1, 0, RESULT), WASI_NOSPC); /* it appends */
  /* Unlinked, and alive until closed. */
  EXPECT(open_at(3, "new.txt", 0, read_rights, &again), WASI_SUCCESS);
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "new.txt")), WASI_SUCCESS);
  EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, "new.txt"), RESULT), WASI_NOENT);
  EXPECT(CALL("fd_close", fd), WASI_SUCCESS);
  vector(0, DATA, 2);
  EXPECT(CALL("fd_pread", again, IOVS, 1, 0, RESULT), WASI_SUCCESS);
  CHECK(!memcmp(guest_bytes + DATA, "qq", 2));
  EXPECT(CALL("fd_close", again), WASI_SUCCESS);
  for (int i = 0; i < BLOCKS; i++) CHECK(chain[i] == 0);
  for (int i = 0; i < NODES; i++) CHECK(nodes[i].type == 0);
  /* Truncated by opening, and all nodes in use. */
  EXPECT(open_at(3, "t", WASI_CREAT | WASI_EXCL, all_rights, &fd), WASI_SUCCESS);
  EXPECT(write_text(fd, "text"), WASI_SUCCESS);
  EXPECT(opens(3, "t", WASI_TRUNC, all_rights), WASI_SUCCESS);
  CHECK(contains(fd, ""));
  EXPECT(CALL("fd_close", fd), WASI_SUCCESS);
  char name[] = "f0";
  for (error = WASI_SUCCESS; !error; name[1]++) error = opens(3, name, WASI_CREAT, all_rights);
  EXPECT(error, WASI_NOSPC);
  CHECK(name[1] == '0' + NODES);
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "t")), WASI_SUCCESS);
  for (name[1] = '0'; name[1] < '0' + NODES - 1; name[1]++) EXPECT(CALL("path_unlink_file", 3, PATH(A, name)), WASI_SUCCESS);
}

static void names(void) {
  uint32_t fd;
  mount();
  EXPECT(CALL("path_create_directory", 3, PATH(A, "d/")), WASI_SUCCESS);
  EXPECT(CALL("path_create_directory", 3, PATH(A, "d")), WASI_EXIST);
  EXPECT(CALL("path_create_directory", 3, PATH(A, ".")), WASI_EXIST);
  EXPECT(CALL("path_create_directory", 3, PATH(A, "docs")), WASI_EXIST);
  EXPECT(CALL("path_create_directory", 3, PATH(A, "none/d")), WASI_NOENT);
  EXPECT(CALL("path_create_directory", 3, PATH(A, "hello.txt/d")), WASI_NOTDIR);
  EXPECT(CALL("path_create_directory", 4, PATH(A, "d")), WASI_PERM);
  EXPECT(CALL("path_create_directory", 3, PATH(A, "d/e")), WASI_SUCCESS);
  EXPECT(opens(3, "d/e/f", WASI_CREAT, all_rights), WASI_SUCCESS);
  EXPECT(opens(3, "docs/more", WASI_CREAT, all_rights), WASI_SUCCESS); /* beside files of the image */
  EXPECT(CALL("path_remove_directory", 3, PATH(A, "d")), WASI_NOTEMPTY);
  EXPECT(CALL("path_remove_directory", 3, PATH(A, "docs")), WASI_NOTEMPTY);
  EXPECT(CALL("path_remove_directory", 3, PATH(A, "d/.")), WASI_INVAL);
  EXPECT(CALL("path_remove_directory", 3, PATH(A, "hello.txt")), WASI_NOTDIR);
  EXPECT(CALL("path_remove_directory", 3, PATH(A, "none")), WASI_NOENT);
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "d/")), WASI_ISDIR);
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "hello.txt")), WASI_PERM);
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "hello.txt/")), WASI_NOTDIR);
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "none")), WASI_NOENT);
  EXPECT(CALL("path_rename", 3, PATH(A, "d"), 3, PATH(B, "d/e/x")), WASI_INVAL);
  EXPECT(CALL("path_rename", 3, PATH(A, "d"), 3, PATH(B, "d")), WASI_SUCCESS);
  EXPECT(CALL("path_rename", 3, PATH(A, "."), 3, PATH(B, "x")), WASI_BUSY);
  EXPECT(CALL("path_rename", 3, PATH(A, "none"), 3, PATH(B, "x")), WASI_NOENT);
  EXPECT(CALL("path_rename", 3, PATH(A, "d"), 3, PATH(B, "hello.txt")), WASI_NOTDIR);
  EXPECT(CALL("path_rename", 3, PATH(A, "docs/more"), 3, PATH(B, "d")), WASI_ISDIR);
  EXPECT(CALL("path_rename", 3, PATH(A, "docs/more"), 3, PATH(B, "x/")), WASI_NOTDIR);
  EXPECT(CALL("path_rename", 3, PATH(A, "docs/more"), 5, PATH(B, "x")), WASI_XDEV);
  EXPECT(CALL("path_rename", 3, PATH(A, "docs/more"), 4, PATH(B, "x")), WASI_PERM);
  EXPECT(CALL("path_rename", 3, PATH(A, "docs"), 3, PATH(B, "x")), WASI_PERM);
  EXPECT(CALL("path_rename", 3, PATH(A, "d/e/f"), 3, PATH(B, "none/x")), WASI_NOENT);
  EXPECT(CALL("path_rename", 3, PATH(A, "docs/more"), 3, PATH(B, "d/e/f")), WASI_SUCCESS); /* over a file */
  EXPECT(CALL("path_rename", 3, PATH(A, "d"), 3, PATH(B, "moved")), WASI_SUCCESS);
  EXPECT(opens(3, "moved/e/f", 0, read_rights), WASI_SUCCESS);
  EXPECT(CALL("path_rename", 3, PATH(A, "moved"), 3,
              PATH(B, "a-name-with-which-the-files-below-it-have-no-more-room-left-")),
         WASI_NAMETOOLONG);
  /* A rename that fails leaves what it would have replaced. */
  static const char full[] = "an-empty-folder-whose-name-leaves-no-room-for-what-moves-here";
  EXPECT(CALL("path_create_directory", 3, PATH(A, full)), WASI_SUCCESS);
  EXPECT(CALL("path_rename", 3, PATH(A, "moved"), 3, PATH(B, full)), WASI_NAMETOOLONG);
  EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, full), RESULT), WASI_SUCCESS);
  EXPECT(CALL("path_remove_directory", 3, PATH(A, full)), WASI_SUCCESS);
  EXPECT(CALL("path_rename", 3, PATH(A, "moved/e/f"), 3, PATH(B, "hello.txt")), WASI_PERM);
  EXPECT(CALL("path_create_directory", 3, PATH(A, "over")), WASI_SUCCESS);
  EXPECT(CALL("path_rename", 3, PATH(A, "over"), 3, PATH(B, "moved")), WASI_NOTEMPTY);
  EXPECT(CALL("path_rename", 3, PATH(A, "moved"), 3, PATH(B, "over")), WASI_SUCCESS);
  EXPECT(CALL("path_rename", 3, PATH(A, "over"), 3, PATH(B, "moved")), WASI_SUCCESS);
  EXPECT(CALL("path_filestat_set_times", 3, 0, PATH(A, "moved/e/f"), 1, 77, WASI_MTIM), WASI_SUCCESS);
  EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, "moved/e/f"), RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 48) == 77);
  EXPECT(CALL("path_filestat_set_times", 3, 0, PATH(A, "moved/e/f"), 1, 77, WASI_MTIM_NOW), WASI_NOTSUP);
  EXPECT(CALL("path_filestat_set_times", 3, 0, PATH(A, "moved/e/f"), 1, 77, 12), WASI_INVAL);
  EXPECT(CALL("path_filestat_set_times", 3, 2, PATH(A, "moved/e/f"), 1, 77, 0), WASI_INVAL);
  EXPECT(CALL("path_filestat_set_times", 3, 0, PATH(A, "hello.txt"), 1, 77, WASI_MTIM), WASI_PERM);
  EXPECT(CALL("path_filestat_set_times", 3, 0, PATH(A, "hello.txt"), 1, 77, WASI_ATIM), WASI_SUCCESS);
  /* A folder opened by the guest confines as a mounted one does. */
  EXPECT(open_at(3, "moved/e", WASI_OPEN_DIRECTORY, WASI_RIGHTS_DIRECTORY, &fd), WASI_SUCCESS);
  EXPECT(CALL("path_filestat_get", fd, 0, PATH(A, "f"), RESULT), WASI_SUCCESS);
  EXPECT(CALL("path_filestat_get", fd, 0, PATH(A, "../e"), RESULT), WASI_NOTCAPABLE);
  EXPECT(CALL("fd_filestat_get", fd, RESULT), WASI_SUCCESS);
  uint64_t ino = u64_at(RESULT + 8);
  EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, "moved/e"), RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 8) == ino && ino);
  EXPECT(CALL("fd_close", fd), WASI_SUCCESS);
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "moved/e/f")), WASI_SUCCESS);
  EXPECT(CALL("path_remove_directory", 3, PATH(A, "moved/e/")), WASI_SUCCESS);
  EXPECT(CALL("path_create_directory", 3, PATH(A, "over")), WASI_SUCCESS);
  EXPECT(CALL("path_rename", 3, PATH(A, "moved"), 3, PATH(B, "over")), WASI_SUCCESS); /* an empty folder */
  EXPECT(CALL("path_remove_directory", 3, PATH(A, "over")), WASI_SUCCESS);
}

static void listing(void) {
  static const char *const wanted[] = {".", "..", "docs", "hello.txt", "extra"};
  mount();
  EXPECT(opens(3, "extra", WASI_CREAT, all_rights), WASI_SUCCESS);
  EXPECT(CALL("fd_readdir", 3, DATA, 1000, 0, RESULT), WASI_SUCCESS);
  uint32_t used = u32_at(RESULT), at = 0;
  for (uint32_t i = 0; i < 5; i++) {
    uint32_t length = u32_at(DATA + at + 16);
    CHECK(u64_at(DATA + at) == i + 1 && length == strlen(wanted[i]) && !memcmp(guest_bytes + DATA + at + 24, wanted[i], length));
    uint64_t ino = u64_at(DATA + at + 8);
    uint8_t type = guest_bytes[DATA + at + 20];
    if (i != 1) {
      EXPECT(CALL("path_filestat_get", 3, 0, PATH(A, wanted[i]), RESULT), WASI_SUCCESS);
      CHECK(u64_at(RESULT + 8) == ino && guest_bytes[RESULT + 16] == type);
    }
    at += 24 + length;
  }
  CHECK(at == used);
  for (uint32_t length = 0; length < 200; length++) {
    guest_bytes[DATA + length] = '#';
    EXPECT(CALL("fd_readdir", 3, DATA, length, 0, RESULT), WASI_SUCCESS);
    CHECK(u32_at(RESULT) == (length < used ? length : used) && guest_bytes[DATA + length] == '#');
  }
  EXPECT(CALL("fd_readdir", 3, DATA, 1000, 3, RESULT), WASI_SUCCESS);
  CHECK(u64_at(DATA) == 4);
  EXPECT(CALL("fd_readdir", 3, DATA, 1000, UINT64_MAX, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 0);
  EXPECT(CALL("fd_readdir", 4, DATA, 1000, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 24 + 5 + 24 + 5);
  EXPECT(CALL("fd_readdir", 3, MEMORY, 1, 0, RESULT), TRAPPED);
  EXPECT(CALL("fd_readdir", 1, DATA, 1, 0, RESULT), WASI_NOTDIR);
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "extra")), WASI_SUCCESS);
}

/* Numbers and folder buffers run out, and come back. */
static void limits(void) {
  uint32_t fd[APUS_CONFIG_WASI_FD_MAX], extra;
  mount();
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 2; i++) EXPECT(open_at(3, "docs", 0, R_FD_READDIR, &fd[i]), WASI_SUCCESS);
    if (!round) {
      EXPECT(open_at(3, "hello.txt", 0, read_rights, &extra), WASI_MFILE);
      EXPECT(CALL("fd_close", 1), WASI_SUCCESS);
    }
    EXPECT(open_at(3, "docs", 0, R_FD_READDIR, &extra), WASI_MFILE); /* the buffers, with a number free */
    EXPECT(open_at(3, "hello.txt", 0, read_rights, &extra), WASI_SUCCESS);
    EXPECT(CALL("fd_close", extra), WASI_SUCCESS);
    for (int i = 0; i < 2; i++) EXPECT(CALL("fd_close", fd[i]), WASI_SUCCESS);
    CHECK(!wasi.folders);
  }
  EXPECT(CALL("fd_renumber", 4, 3), WASI_SUCCESS); /* a mounted folder over another */
  EXPECT(CALL("path_unlink_file", 3, PATH(A, "a.txt")), WASI_PERM);
  CHECK(apus_wasi_mount(&wasi, &vfs, "/again", "", false) == WASI_SUCCESS);
}

void test_files(void) {
  fs.image = site_files;
  fs.image_count = site_file_count;
  fs.lock = malloc(1);
  reading();
  paths();
  numbers();
  writing();
  names();
  listing();
  limits();
  free(fs.lock);
}
