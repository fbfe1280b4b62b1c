/* adversarial_items.c: the items of the list that take more than one call. */
#include "adversarial.h"
#include "dispatch.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

enum { HIGH = 0x80000 }; /* where the large things go */

/* One path at every place. */
static void everywhere(int number, uint32_t fd, uint32_t at, uint32_t length, uint32_t want) {
  for (int place = 0; place < PLACES; place++) {
    uint32_t got = probe_place(place, fd, at, length);
    check(got == want, __FILE__, __LINE__, "item %d, %s: %s: %u, not %u", number, mode->name, place_names[place], got, want);
  }
}

/* 15: a magic link to a descriptor that is open outside. */
static void magic_link(void) {
  char target[64];
  int fd = open(tree_path("outside"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  snprintf(target, sizeof target, "/proc/self/fd/%d", fd);
  if (fd < 0 || symlink(target, tree_path("root/lmagic"))) abort();
  ITEM(15, probe_open(3, "lmagic", FOLLOW), WASI_NOTCAPABLE);
  ITEM(15, probe_open(3, "lmagic/secret", FOLLOW), WASI_NOTCAPABLE);
  ITEM(15, probe_stat(3, "lmagic/", 0), WASI_NOTCAPABLE);
  ITEM(15, probe_unlink(3, "lmagic"), WASI_SUCCESS);
  close(fd);
}

/* 23 to 27: empty, with a NUL, too long. */
static void texts(void) {
  everywhere(23, 3, A, 0, WASI_NOENT);
  memcpy(guest_bytes + A, "in\0x", 4);
  everywhere(24, 3, A, 4, WASI_INVAL);
  memcpy(guest_bytes + A, "in\0x", 4);
  everywhere(25, 3, A, 3, WASI_INVAL);
  char *long_path = (char *)guest_bytes + HIGH;
  for (int i = 0; i < 65536; i++) long_path[i] = i & 1 ? '/' : '.';
  memcpy(long_path + 4092, "/in", 3); /* 4,095 bytes */
  EXPECT(wasi_path_open(&guest, 3, 1, HIGH, 4095, 0, R_FD_READ, 0, 0, RESULT), WASI_SUCCESS);
  ITEM(26, wasi_fd_close(&guest, u32_at(RESULT)), WASI_SUCCESS);
  long_path[4092] = '.', long_path[4093] = '/';
  memcpy(long_path + 4094, "in", 2); /* 4,096 bytes */
  everywhere(26, 3, HIGH, 4096, WASI_NAMETOOLONG);
  memcpy(long_path + 4094, "./", 2);
  memcpy(long_path + 65534, "in", 2);
  everywhere(26, 3, HIGH, 65536, WASI_NAMETOOLONG);
  memset(long_path, 'x', 256);
  everywhere(27, 3, HIGH, 256, WASI_NAMETOOLONG);
}

/* 28: 129 folders in one another. */
static void deep(void) {
  char host[600], path[300] = "";
  int fd = open(tree_path("root"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; i < 129; i++) {
    if (mkdirat(fd, "d", 0777)) abort();
    int next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(fd);
    if ((fd = next) < 0) abort();
    strcat(path, i ? "/d" : "d");
  }
  close(fd);
  uint32_t want = kernel_resolves() ? WASI_SUCCESS : WASI_NAMETOOLONG;
  ITEM(28, probe_open(3, path, FOLLOW), want);
  ITEM(28, probe_stat(3, path, FOLLOW), want);
  for (size_t length = strlen(path); length > 0; length = length > 2 ? length - 2 : 0) {
    path[length] = 0;
    snprintf(host, sizeof host, "%s/root/%s", base, path);
    if (rmdir(host)) abort();
  }
}

/* 49 and 50: what moves while it is held; 56: a folder that is gone. */
static void moves(void) {
  uint32_t opened, held;
  ITEM(49, probe_mkdir(3, "a"), WASI_SUCCESS);
  ITEM(49, probe_mkdir(3, "a/b"), WASI_SUCCESS);
  ITEM(49, probe_symlink("../../outside/secret", 3, "a/b/l"), WASI_SUCCESS);
  ITEM(49, probe_rename(3, "a/b/l", 3, "a/l"), WASI_SUCCESS);
  ITEM(49, probe_open(3, "a/l", FOLLOW), WASI_NOTCAPABLE);
  ITEM(50, guest_open(3, "a/b", true, WASI_OPEN_DIRECTORY, false, &held), WASI_SUCCESS);
  ITEM(50, probe_rename(3, "a/b", 3, "b2"), WASI_SUCCESS);
  ITEM(50, probe_open(held, "..", FOLLOW), WASI_NOTCAPABLE);
  ITEM(50, probe_open(held, "../..", FOLLOW), WASI_NOTCAPABLE);
  ITEM(56, probe_rmdir(3, "b2/"), WASI_SUCCESS);
  ITEM(56, guest_open(held, "x", true, WASI_CREAT, true, &opened), WASI_NOENT);
  ITEM(56, probe_stat(held, "x", FOLLOW), WASI_NOENT);
  ITEM(56, probe_open(held, "..", FOLLOW), WASI_NOTCAPABLE);
  ITEM(56, wasi_fd_close(&guest, held), WASI_SUCCESS);
  ITEM(49, probe_unlink(3, "a/l"), WASI_SUCCESS);
  ITEM(49, probe_rmdir(3, "a"), WASI_SUCCESS);
}

/* A context for an item that uses up what it has, or needs more. Where a filter refuses
 * openat2 already, init finds out. */
static struct apus_wasi kept;

static void keep_context(void) {
  kept = wasi;
  if (mode->refused) test_resolver = APUS_WASI_RESOLVER_BEST;
}

static void own_context(void) {
  keep_context();
  wasi_start();
  if (mode->refused) check(wasi.resolver == APUS_WASI_RESOLVER_WALK, __FILE__, __LINE__, "%s: not seen by init", mode->name);
}

static void end_own_context(void) {
  apus_wasi_destroy(&wasi);
  wasi = kept;
}

/* One with a socket that is connected, with "hello" to read, and one that listens. */
enum { CONNECTED = 5, LISTENING = 6 };
static int peer;

static void give_sockets(void) {
  char message[100];
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || write(pair[1], "hello", 5) != 5) abort();
  peer = pair[1];
  struct apus_wasi_descriptor list[] = {{pair[0], true}, {apus_listen("127.0.0.1:0", message, sizeof message), true}};
  keep_context();
  wasi_start_with(list, 2);
}

static void take_sockets(void) {
  end_own_context();
  close(peer);
}

/* 54 and 55: what is no folder. */
static void wrong_bases(void) {
  uint32_t file;
  EXPECT(guest_open(3, "in", true, 0, false, &file), WASI_SUCCESS);
  uint32_t at = DATA, length = put(DATA, "in");
  everywhere(54, file, at, length, WASI_NOTDIR);
  EXPECT(wasi_fd_close(&guest, file), WASI_SUCCESS);
  everywhere(55, file, at, length, WASI_BADF);
  everywhere(55, 0xffff8597u, at, length, WASI_BADF);
  for (uint32_t fd = 0; fd < 3; fd++) everywhere(55, fd, at, length, WASI_NOTDIR);
  give_sockets();
  for (uint32_t fd = CONNECTED; fd <= LISTENING; fd++) everywhere(55, fd, at, length, WASI_NOTDIR);
  take_sockets();
}

/* 57 and 58: between folders of different permission. */
static void across(void) {
  ITEM(57, probe_link(4, "in", 3, "hl", 0), WASI_PERM);
  ITEM(57, probe_stat(3, "hl", 0), WASI_NOENT);
  ITEM(57, probe_link(3, "in", 4, "hl", 0), WASI_PERM);
  ITEM(58, probe_rename(4, "in", 3, "got"), WASI_PERM);
  ITEM(58, probe_rename(3, "in", 4, "got"), WASI_PERM);
}

static void changes_of_read_only(int number, uint32_t fd) {
  uint32_t opened;
  ITEM(number, probe_open(fd, "in", FOLLOW | TRUNC), WASI_PERM);
  ITEM(number, probe_open(fd, "new", FOLLOW | CREAT), WASI_PERM);
  ITEM(number, probe_open(fd, "in", FOLLOW | WRITE), WASI_PERM);
  ITEM(number, probe_unlink(fd, "in"), WASI_PERM);
  ITEM(number, probe_mkdir(fd, "d"), WASI_PERM);
  ITEM(number, probe_rmdir(fd, "d"), WASI_PERM);
  ITEM(number, probe_symlink("x", fd, "l"), WASI_PERM);
  ITEM(number, probe_times(fd, "in", 0), WASI_PERM);
  EXPECT(guest_open(fd, "in", true, 0, false, &opened), WASI_SUCCESS);
  ITEM(number, wasi_fd_write(&guest, opened, IOVS, 0, RESULT), WASI_PERM);
  ITEM(number, wasi_fd_pwrite(&guest, opened, IOVS, 0, 0, RESULT), WASI_PERM);
  ITEM(number, wasi_fd_filestat_set_size(&guest, opened, 0), WASI_PERM);
  ITEM(number, wasi_fd_filestat_set_times(&guest, opened, 1, 1, WASI_MTIM), WASI_PERM);
  ITEM(number, wasi_fd_allocate(&guest, opened, 0, 10), WASI_PERM);
  EXPECT(wasi_fd_close(&guest, opened), WASI_SUCCESS);
  struct stat stat;
  ITEM_CHECK(number, lstat(tree_path("ro/in"), &stat) == 0 && stat.st_size == 2);
}

/* 59 and 60. */
static void read_only(void) {
  uint32_t again;
  changes_of_read_only(59, 4);
  EXPECT(guest_open(4, ".", true, WASI_OPEN_DIRECTORY, false, &again), WASI_SUCCESS);
  changes_of_read_only(60, again);
  EXPECT(wasi_fd_close(&guest, again), WASI_SUCCESS);
}

/* 61: on a context of its own, since it uses up standard input and the preopens. */
static void renumber(void) {
  uint32_t x;
  own_context();
  EXPECT(guest_open(3, "in", true, 0, false, &x), WASI_SUCCESS);
  ITEM(61, wasi_fd_renumber(&guest, x, x), WASI_SUCCESS);
  ITEM(61, wasi_fd_renumber(&guest, 3, 99), WASI_BADF);
  ITEM(61, wasi_fd_renumber(&guest, x, 0), WASI_SUCCESS);
  ITEM(61, wasi_fd_close(&guest, x), WASI_BADF);
  /* And standard output onto a file. */
  EXPECT(guest_open(3, "in", true, 0, false, &x), WASI_SUCCESS);
  ITEM(61, wasi_fd_renumber(&guest, 1, x), WASI_SUCCESS);
  ITEM(61, wasi_fd_close(&guest, 1), WASI_BADF);
  ITEM(61, wasi_fd_renumber(&guest, 4, x), WASI_SUCCESS);
  ITEM(61, wasi_fd_prestat_get(&guest, 4, RESULT), WASI_BADF);
  ITEM(61, wasi_fd_prestat_get(&guest, x, RESULT), WASI_SUCCESS);
  int bad = 0;
  for (int i = 0; i < 2000; i++) bad += probe_open(3, "in", FOLLOW) != WASI_SUCCESS;
  ITEM_CHECK(61, !bad);
  end_own_context();
}

/* 62: hostile cookies, and each size of the buffer. */
static void cookies(void) {
  uint64_t seed = 42;
  uint32_t folder;
  int bad = 0;
  EXPECT(guest_open(3, ".", true, WASI_OPEN_DIRECTORY, false, &folder), WASI_SUCCESS);
  for (int i = 0; i < 300; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    uint32_t error = wasi_fd_readdir(&guest, folder, DATA, 200, i & 1 ? seed : seed >> 58, RESULT);
    bad += error != WASI_SUCCESS && error != WASI_INVAL;
  }
  for (uint32_t size = 0; size <= 300; size++) {
    guest_bytes[DATA + size] = 0xa5;
    bad += wasi_fd_readdir(&guest, folder, DATA, size, 0, RESULT) != WASI_SUCCESS || u32_at(RESULT) > size;
    bad += guest_bytes[DATA + size] != 0xa5;
    for (uint32_t at = 0, used = u32_at(RESULT); used - at >= 24;) {
      uint32_t length = u32_at(DATA + at + 16);
      bad += !length || length > 255 || u64_at(DATA + at) == 0;
      if (used - at - 24 < length) break;
      at += 24 + length;
    }
  }
  ITEM_CHECK(62, !bad);
  EXPECT(wasi_fd_close(&guest, folder), WASI_SUCCESS);
}

/* 63: more rights than there are. */
static void rights(void) {
  uint32_t fd;
  ITEM(63, wasi_path_open(&guest, 3, 1, A, put(A, "in"), 0, (uint64_t)1 << 40, 0, 0, RESULT), WASI_NOTCAPABLE);
  ITEM(63, wasi_path_open(&guest, 3, 1, A, put(A, "in"), 0, R_FD_READ, R_SOCK_ACCEPT, 0, RESULT), WASI_NOTCAPABLE);
  EXPECT(wasi_path_open(&guest, 3, 1, A, put(A, "sub"), 0, R_PATH_OPEN, R_FD_READ, 0, RESULT), WASI_SUCCESS);
  fd = u32_at(RESULT);
  ITEM(63, wasi_path_open(&guest, fd, 1, A, put(A, "secret"), 0, R_FD_READ | R_FD_TELL, 0, 0, RESULT), WASI_NOTCAPABLE);
  ITEM(63, wasi_path_unlink_file(&guest, fd, A, put(A, "secret")), WASI_NOTCAPABLE);
  ITEM(63, wasi_fd_fdstat_set_rights(&guest, fd, R_PATH_OPEN | R_PATH_UNLINK_FILE, R_FD_READ), WASI_NOTCAPABLE);
  ITEM(63, wasi_fd_fdstat_set_rights(&guest, fd, R_PATH_OPEN, R_FD_READ | R_FD_WRITE), WASI_NOTCAPABLE);
  EXPECT(wasi_fd_close(&guest, fd), WASI_SUCCESS);
}

/* 64 and 65: nothing that is opened makes the host wait. */
static void special_files(void) {
  if (mkfifo(tree_path("root/fifo"), 0666)) abort();
  ITEM(64, probe_open(3, "fifo", FOLLOW), WASI_SUCCESS);
  ITEM(64, wasi_path_open(&guest, 3, 1, A, put(A, "fifo"), 0, R_FD_WRITE, 0, 0, RESULT), WASI_NXIO);
  if (unlink(tree_path("root/fifo"))) abort();
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  snprintf(address.sun_path, sizeof address.sun_path, "%.90s/root/sock", base);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address)) abort();
  ITEM(65, probe_open(3, "sock", FOLLOW), WASI_NXIO);
  ITEM(65, probe_stat(3, "sock", 0), WASI_SUCCESS);
  ITEM(65, probe_unlink(3, "sock"), WASI_SUCCESS);
  close(fd);
  if (mknod(tree_path("root/null"), S_IFCHR | 0666, makedev(1, 3)) == 0) {
    uint32_t got = probe_open(3, "null", FOLLOW);
    ITEM_CHECK(65, got == WASI_SUCCESS || got == WASI_ACCES || got == WASI_NXIO);
    ITEM(65, probe_unlink(3, "null"), WASI_SUCCESS);
  } else {
    printf("skipped: the device of item 65, no right to make one\n");
  }
}

/* 67: until no descriptor is left, twice. */
static void exhaust(void) {
  struct rlimit old, low;
  getrlimit(RLIMIT_NOFILE, &old);
  low = old;
  low.rlim_cur = 64;
  setrlimit(RLIMIT_NOFILE, &low);
  own_context();
  int fds = open_fds();
  for (int round = 0; round < 2; round++) {
    uint32_t opened[100], error, other;
    int count = 0, bad = 0;
    while ((error = guest_open(3, "in", true, 0, false, &opened[count])) == WASI_SUCCESS && count < 99) count++;
    ITEM(67, error, WASI_MFILE);
    ITEM(67, guest_open(3, "sub/secret", true, 0, false, &other), WASI_MFILE);
    while (count-- > 0) bad += wasi_fd_close(&guest, opened[count]) != WASI_SUCCESS;
    ITEM_CHECK(67, !bad && open_fds() == fds);
  }
  end_own_context();
  setrlimit(RLIMIT_NOFILE, &old);
}

/* 68: each pointer of each function in turn, at the last byte and so far off that
 * 32 bits wrap. */
static const struct call *trapping;
static uint64_t arguments[PARAMETERS_MAX];
static void run_trapping(void) { trapping->run(arguments); }

/* Good arguments; `fd` for descriptors. */
static void good_arguments(const struct call *call, uint32_t fd) {
  static const uint32_t at[] = {['p'] = RESULT, ['s'] = A, ['b'] = DATA, ['v'] = IOVS, ['q'] = IOVS, ['e'] = DATA};
  memset(arguments, 0, sizeof arguments);
  for (int i = 0; call->parameters[i]; i++) {
    char kind = call->parameters[i];
    if (kind == 'f') arguments[i] = fd;
    else if (kind == 'l') arguments[i] = call->parameters[i - 1] == 's' ? put(A, "in") : 200;
    else if (kind == 'n') arguments[i] = 1;
    else if (strchr("psbvqe", kind)) arguments[i] = at[(int)kind];
  }
}

static void pointers(void) {
  static const char *const asked[] = {"fd_fdstat_get", "fd_filestat_get", "fd_pread", "fd_pwrite", "fd_read", "fd_write",
                                      "fd_seek", "fd_tell", "args_get", "args_sizes_get", "environ_get", "environ_sizes_get",
                                      "clock_res_get", "clock_time_get", "random_get", "fd_prestat_get", "fd_readdir",
                                      "path_create_directory", "path_filestat_get", "path_filestat_set_times", "path_link",
                                      "path_open", "path_readlink", "path_remove_directory", "path_rename", "path_symlink",
                                      "path_unlink_file", "poll_oneoff", "fd_prestat_dir_name", "sock_accept", "sock_recv",
                                      "sock_send"};
  static uint8_t before[MEMORY];
  uint32_t file;
  give_sockets();
  EXPECT(guest_open(3, "in", true, 0, true, &file), WASI_SUCCESS);
  wasi_put32(guest_bytes + IOVS, DATA), wasi_put32(guest_bytes + IOVS + 4, 1);
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    trapping = call_named(asked[i]);
    bool of_file = i < 8;
    for (int bad = 0; trapping->parameters[bad]; bad++) {
      char kind = trapping->parameters[bad];
      if (!strchr("psbvqe", kind)) continue;
      uint64_t values[] = {MEMORY - 1, UINT32_MAX};
      for (int v = 0; v < 2; v++) {
        bool of_socket = !strncmp(asked[i], "sock_", 5);
        good_arguments(trapping, of_file ? file : !of_socket ? 3 : strcmp(asked[i], "sock_accept") ? CONNECTED : LISTENING);
        arguments[bad] = values[v];
        memcpy(before, guest_bytes, MEMORY);
        check(trap_of(run_trapping) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS, __FILE__, __LINE__, "item 68: %s, argument %d", asked[i],
              bad);
        check(!memcmp(before, guest_bytes, MEMORY), __FILE__, __LINE__, "item 68: %s wrote something", asked[i]);
      }
    }
  }
  good_arguments(trapping = call_named("poll_oneoff"), 3);
  arguments[2] = UINT32_MAX / 48 + 2; /* 48 times that wraps 32 bits */
  ITEM_CHECK(68, trap_of(run_trapping) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  /* 69: numbers of vectors. */
  for (uint32_t i = 0; i < 1100; i++) {
    wasi_put32(guest_bytes + HIGH + i * 8, HIGH + 0x10000 + i);
    wasi_put32(guest_bytes + HIGH + i * 8 + 4, 1);
  }
  static const uint32_t counts[][2] = {{0, 0}, {1, 1}, {1024, 1024}, {1025, 1024}};
  for (int i = 0; i < 4; i++) {
    ITEM(69, wasi_fd_pwrite(&guest, file, HIGH, counts[i][0], 2, RESULT), WASI_SUCCESS);
    ITEM_CHECK(69, u32_at(RESULT) == counts[i][1]);
  }
  good_arguments(trapping = call_named("fd_write"), file);
  arguments[2] = 0x80000000u;
  ITEM_CHECK(69, trap_of(run_trapping) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  /* 70: offsets that no file has. */
  uint64_t offsets[] = {(uint64_t)1 << 63, UINT64_MAX};
  for (int i = 0; i < 2; i++) {
    ITEM(70, wasi_fd_pread(&guest, file, IOVS, 1, offsets[i], RESULT), WASI_INVAL);
    ITEM(70, wasi_fd_pwrite(&guest, file, IOVS, 1, offsets[i], RESULT), WASI_INVAL);
    ITEM(70, wasi_fd_seek(&guest, file, offsets[i], 0, RESULT, WASI_PREVIEW1), WASI_INVAL);
    ITEM(70, wasi_fd_filestat_set_size(&guest, file, offsets[i]), WASI_INVAL);
    ITEM(70, wasi_fd_advise(&guest, file, offsets[i], 1, 0), WASI_INVAL);
    ITEM(70, wasi_fd_advise(&guest, file, 0, offsets[i], 0), WASI_INVAL);
    ITEM(70, wasi_fd_allocate(&guest, file, offsets[i], 1), WASI_FBIG);
    ITEM(70, wasi_fd_allocate(&guest, file, 1, offsets[i]), WASI_FBIG);
  }
  ITEM(69, wasi_fd_filestat_set_size(&guest, file, 2), WASI_SUCCESS);
  EXPECT(wasi_fd_close(&guest, file), WASI_SUCCESS);
  take_sockets();
}

/* --- 71: poll --------------------------------------------------------------------------- */

static void subscribe(uint32_t index, uint8_t type, uint32_t id, uint64_t timeout, uint16_t flags) {
  uint8_t *at = guest_bytes + DATA + index * 48;
  memset(at, 0, 48);
  wasi_put64(at, 100 + index);
  at[8] = type;
  wasi_put32(at + 16, id);
  wasi_put64(at + 24, timeout);
  wasi_put16(at + 40, flags);
}

static uint32_t poll_of(uint32_t n) { return wasi_poll_oneoff(&guest, DATA, HIGH, n, RESULT, WASI_PREVIEW1); }

static void polls(void) {
  uint32_t file;
  ITEM(71, poll_of(0), WASI_INVAL);
  subscribe(0, 0, 9, 1, 0);
  ITEM(71, poll_of(1), WASI_SUCCESS);
  ITEM_CHECK(71, u32_at(RESULT) == 1 && wasi_get16(guest_bytes + HIGH + 8) == WASI_INVAL);
  subscribe(0, 0, 1, 0, 0);
  ITEM(71, poll_of(1), WASI_SUCCESS);
  subscribe(0, 0, 0, 1, 1); /* long ago */
  ITEM(71, poll_of(1), WASI_SUCCESS);
  ITEM_CHECK(71, u32_at(RESULT) == 1 && u64_at(HIGH) == 100 && wasi_get16(guest_bytes + HIGH + 8) == 0);
  EXPECT(guest_open(3, "in", true, 0, false, &file), WASI_SUCCESS);
  subscribe(0, 0, 1, UINT64_MAX, 0);
  subscribe(1, 1, file, 0, 0);
  ITEM(71, poll_of(2), WASI_SUCCESS);
  ITEM_CHECK(71, u32_at(RESULT) == 1 && u64_at(HIGH) == 101);
  EXPECT(wasi_fd_close(&guest, file), WASI_SUCCESS);
  ITEM(71, poll_of(10000), WASI_NOMEM);
}

/* 79: names that are ordinary here, byte for byte. */
static void names(void) {
  static const char *const list[] = {"new\nline", "back\\slash", "\x80\xff\xfe", "...", ".. ", "COM1", "a:b", "*?<>|\""};
  for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
    uint32_t folder, length = (uint32_t)strlen(list[i]);
    bool found = false;
    ITEM(79, probe_open(3, list[i], FOLLOW | CREAT | EXCL | WRITE), WASI_SUCCESS);
    EXPECT(guest_open(3, ".", true, WASI_OPEN_DIRECTORY, false, &folder), WASI_SUCCESS);
    EXPECT(wasi_fd_readdir(&guest, folder, HIGH, 0x8000, 0, RESULT), WASI_SUCCESS);
    for (uint32_t at = 0; at + 24 <= u32_at(RESULT); at += 24 + u32_at(HIGH + at + 16))
      found |= u32_at(HIGH + at + 16) == length && !memcmp(guest_bytes + HIGH + at + 24, list[i], length);
    ITEM_CHECK(79, found);
    EXPECT(wasi_fd_close(&guest, folder), WASI_SUCCESS);
    ITEM(79, probe_unlink(3, list[i]), WASI_SUCCESS);
  }
}

const struct item items[] = {
    {62, 62, cookies}, {15, 15, magic_link}, {23, 27, texts},         {28, 28, deep},      {49, 50, moves},
    {54, 55, wrong_bases}, {56, 56, moves}, {57, 58, across},        {59, 60, read_only}, {61, 61, renumber},
    {63, 63, rights},  {64, 65, special_files}, {67, 67, exhaust}, {68, 70, pointers},  {71, 71, polls},
    {79, 79, names},
};
const int item_count = sizeof items / sizeof *items;
