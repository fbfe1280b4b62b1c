/* files.c: reading, writing, folders, polling, bad pointers. */
#include "harness.h"

#include <time.h>

static uint32_t vector(uint32_t index, uint32_t at, uint32_t length) {
  wasi_put32(guest_bytes + IOVS + index * 8, at);
  wasi_put32(guest_bytes + IOVS + index * 8 + 4, length);
  return IOVS;
}

static void read_and_write(void) {
  uint32_t fd;
  EXPECT(guest_open(3, "rw", true, WASI_CREAT | WASI_EXCL, true, &fd), WASI_SUCCESS);
  put(DATA, "hello world");
  vector(0, DATA, 6);
  vector(1, DATA + 6, 5);
  EXPECT(wasi_fd_write(&guest, fd, IOVS, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 11);
  EXPECT(wasi_fd_tell(&guest, fd, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT) == 11);
  EXPECT(wasi_fd_seek(&guest, fd, (uint64_t)-12, 1, RESULT, WASI_PREVIEW1), WASI_INVAL);
  EXPECT(wasi_fd_seek(&guest, fd, 0, 3, RESULT, WASI_PREVIEW1), WASI_INVAL);
  EXPECT(wasi_fd_seek(&guest, fd, 4, 0, RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  EXPECT(wasi_fd_pread(&guest, fd, vector(0, DATA + 100, 5), 1, 6, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 5 && !memcmp(guest_bytes + DATA + 100, "world", 5));
  EXPECT(wasi_fd_tell(&guest, fd, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT) == 4);
  EXPECT(wasi_fd_pwrite(&guest, fd, vector(0, DATA, 1), 1, 20, RESULT), WASI_SUCCESS);
  EXPECT(wasi_fd_pread(&guest, fd, IOVS, 1, (uint64_t)1 << 63, RESULT), WASI_INVAL);
  EXPECT(wasi_fd_read(&guest, fd, IOVS, 0, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 0);
  for (uint32_t n = 0; n < 500; n++) vector(n, DATA + n, 1);
  EXPECT(wasi_fd_pwrite(&guest, fd, IOVS, 500, 0, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 500);
  EXPECT(wasi_fd_filestat_set_size(&guest, fd, 100), WASI_SUCCESS);
  EXPECT(wasi_fd_filestat_set_size(&guest, fd, UINT64_MAX), WASI_INVAL);
  EXPECT(wasi_fd_allocate(&guest, fd, 0, 0), WASI_INVAL);
  EXPECT(wasi_fd_allocate(&guest, fd, UINT64_MAX, 1), WASI_FBIG);
  EXPECT(wasi_fd_advise(&guest, fd, 0, 0, 6), WASI_INVAL);
  EXPECT(wasi_fd_advise(&guest, fd, UINT64_MAX, 0, 0), WASI_INVAL);
  EXPECT(wasi_fd_advise(&guest, fd, 0, 10, 2), WASI_SUCCESS);
  EXPECT(wasi_fd_advise(&guest, 3, 0, 10, 2), WASI_BADF);
  EXPECT(wasi_fd_sync(&guest, fd), WASI_SUCCESS);
  EXPECT(wasi_fd_datasync(&guest, fd), WASI_SUCCESS);
  EXPECT(wasi_fd_filestat_set_times(&guest, fd, 1, 123456789, WASI_MTIM), WASI_SUCCESS);
  EXPECT(wasi_fd_filestat_set_times(&guest, fd, 1, 1, WASI_MTIM | WASI_MTIM_NOW), WASI_INVAL);
  EXPECT(wasi_fd_filestat_set_times(&guest, fd, 1, 1, 16), WASI_INVAL);
  EXPECT(wasi_fd_filestat_get(&guest, fd, RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 32) == 100 && u64_at(RESULT + 48) == 123456789);
  EXPECT(wasi_fd_seek(&guest, 3, 0, 1, RESULT, WASI_PREVIEW1), WASI_ISDIR);
  EXPECT(wasi_fd_read(&guest, 3, IOVS, 1, RESULT), WASI_ISDIR);
  EXPECT(wasi_fd_read(&guest, 0xffff8597u, IOVS, 0x80000000u, RESULT), WASI_BADF);
  EXPECT(wasi_fd_fdstat_set_flags(&guest, fd, WASI_APPEND | WASI_NONBLOCK), WASI_SUCCESS);
  EXPECT(wasi_fd_fdstat_get(&guest, fd, RESULT), WASI_SUCCESS);
  CHECK(guest_bytes[RESULT] == WASI_REGULAR_FILE && wasi_get16(guest_bytes + RESULT + 2) == 5);
  CHECK(u64_at(RESULT + 8) == WASI_RIGHTS_FILE);
  EXPECT(wasi_fd_fdstat_set_flags(&guest, fd, WASI_SYNC), WASI_INVAL);
  EXPECT(wasi_fd_fdstat_set_flags(&guest, fd, 32), WASI_INVAL);
  EXPECT(wasi_fd_fdstat_set_rights(&guest, fd, R_SOCK_ACCEPT, 0), WASI_NOTCAPABLE);
  EXPECT(wasi_fd_fdstat_set_rights(&guest, fd, R_FD_READ, 0), WASI_SUCCESS);
  EXPECT(wasi_fd_write(&guest, fd, IOVS, 1, RESULT), WASI_NOTCAPABLE);
  EXPECT(wasi_fd_tell(&guest, fd, RESULT), WASI_NOTCAPABLE);
  EXPECT(wasi_fd_close(&guest, fd), WASI_SUCCESS);
  EXPECT(wasi_path_unlink_file(&guest, 3, A, put(A, "rw")), WASI_SUCCESS);
  EXPECT(wasi_path_open(&guest, 3, 1, A, put(A, "in"), 0, (uint64_t)1 << 40, 0, 0, RESULT), WASI_NOTCAPABLE);
  /* A FIFO does not block. */
  CHECK(mkfifo(tree_path("root/fifo"), 0666) == 0);
  EXPECT(guest_open(3, "fifo", true, 0, false, &fd), WASI_SUCCESS);
  EXPECT(wasi_fd_seek(&guest, fd, 0, 1, RESULT, WASI_PREVIEW1), WASI_SPIPE);
  EXPECT(wasi_fd_close(&guest, fd), WASI_SUCCESS);
  EXPECT(wasi_path_open(&guest, 3, 1, A, put(A, "fifo"), 0, R_FD_WRITE, 0, 0, RESULT), WASI_NXIO);
}

/* What the first vectors read lands on the vectors that follow: those had been read
 * before, once and for all. */
static void vectors_read_over(void) {
  enum { COUNT = 66 };
  uint32_t fd;
  EXPECT(guest_open(3, "vectors", true, WASI_CREAT, true, &fd), WASI_SUCCESS);
  memset(guest_bytes + DATA, 'x', 100);
  wasi_put32(guest_bytes + DATA + 63, MEMORY); /* lands on vector 64: outside */
  wasi_put32(guest_bytes + DATA + 67, 8);
  EXPECT(wasi_fd_write(&guest, fd, vector(0, DATA, 100), 1, RESULT), WASI_SUCCESS);
  for (uint32_t i = 0; i < COUNT; i++) vector(i, DATA + i, 1);
  vector(63, IOVS + 64 * 8, 8);
  EXPECT(wasi_fd_pread(&guest, fd, IOVS, COUNT, 0, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 63 + 8 + 2 && u32_at(IOVS + 64 * 8) == MEMORY);
  EXPECT(wasi_fd_close(&guest, fd), WASI_SUCCESS);
  EXPECT(wasi_path_unlink_file(&guest, 3, A, put(A, "vectors")), WASI_SUCCESS);
}

/* The rights that Go asks for when it opens for reading. */
static void go_reads(void) {
  uint64_t rights = (WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE) & ~(uint64_t)(R_FD_DATASYNC | R_FD_WRITE | R_FD_ALLOCATE | R_PATH_FILESTAT_SET_SIZE);
  for (uint32_t fd = 3; fd < 5; fd++) {
    EXPECT(wasi_path_open(&guest, fd, 1, A, put(A, "."), 0, rights, rights, 0, RESULT), WASI_SUCCESS);
    EXPECT(wasi_fd_close(&guest, u32_at(RESULT)), WASI_SUCCESS);
    EXPECT(wasi_path_open(&guest, fd, 1, A, put(A, "in"), 0, rights, rights, 0, RESULT), WASI_SUCCESS);
    uint32_t file = u32_at(RESULT);
    EXPECT(wasi_fd_fdstat_get(&guest, file, RESULT), WASI_SUCCESS);
    CHECK(!(u64_at(RESULT + 8) & R_FD_FILESTAT_SET_SIZE));
    EXPECT(wasi_fd_close(&guest, file), WASI_SUCCESS);
  }
  EXPECT(wasi_path_open(&guest, 3, 1, A, put(A, "."), 0, R_FD_READDIR, 0, WASI_NONBLOCK, RESULT), WASI_SUCCESS);
  uint32_t folder = u32_at(RESULT);
  EXPECT(wasi_fd_fdstat_get(&guest, folder, RESULT), WASI_SUCCESS);
  CHECK(wasi_get16(guest_bytes + RESULT + 2) == 0);
  EXPECT(wasi_fd_close(&guest, folder), WASI_SUCCESS);
}

/* One round through the folder with a buffer of `size`; the number of entries,
 * their names' hash in *sum. Entries cut off come again. */
static int list(uint32_t fd, uint32_t size, uint64_t *sum) {
  uint64_t cookie = 0;
  int count = 0;
  *sum = 0;
  for (int calls = 0; calls < 10000; calls++) {
    if (wasi_fd_readdir(&guest, fd, DATA, size, cookie, RESULT)) return -1;
    uint32_t used = u32_at(RESULT), at = 0;
    while (used - at >= 24) {
      uint32_t length = u32_at(DATA + at + 16);
      if (used - at - 24 < length) break;
      cookie = u64_at(DATA + at);
      uint64_t hash = 14695981039346656037u;
      for (uint32_t i = 0; i < length; i++) hash = (hash ^ guest_bytes[DATA + at + 24 + i]) * 1099511628211u;
      *sum += hash;
      count++;
      at += 24 + length;
    }
    if (used < size) return count;
    if (!at) return -2; /* not even one fits */
  }
  return -3;
}

static void folders(void) {
  uint32_t fd, file;
  char name[32];
  EXPECT(wasi_path_create_directory(&guest, 3, A, put(A, "many")), WASI_SUCCESS);
  EXPECT(guest_open(3, "many", true, WASI_OPEN_DIRECTORY, false, &fd), WASI_SUCCESS);
  uint64_t sum, again;
  CHECK(list(fd, 4096, &sum) == 2);
  for (int i = 0; i < 100; i++) {
    snprintf(name, sizeof name, "file-%d", i);
    if (guest_open(fd, name, true, WASI_CREAT, true, &file) || wasi_fd_close(&guest, file)) CHECK(!"create");
  }
  CHECK(list(fd, 32768, &sum) == 102);
  int bad = 0;
  for (uint32_t size = 40; size <= 300; size++) bad += list(fd, size, &again) != 102 || again != sum;
  CHECK(!bad);
  for (uint32_t size = 0; size < 24; size++) {
    bad += wasi_fd_readdir(&guest, fd, DATA, size, 0, RESULT) != WASI_SUCCESS;
    bad += u32_at(RESULT) != size;
  }
  CHECK(!bad);
  /* The cookie of entry 1 gives entry 2, on a fresh descriptor, too. */
  EXPECT(wasi_fd_readdir(&guest, fd, DATA, 4096, 0, RESULT), WASI_SUCCESS);
  uint64_t first = u64_at(DATA), second_inode = u64_at(DATA + 24 + u32_at(DATA + 16) + 8);
  EXPECT(wasi_fd_readdir(&guest, fd, DATA, 4096, first, RESULT), WASI_SUCCESS);
  CHECK(u64_at(DATA + 8) == second_inode);
  EXPECT(guest_open(3, "many", true, WASI_OPEN_DIRECTORY, false, &file), WASI_SUCCESS);
  EXPECT(wasi_fd_readdir(&guest, file, DATA, 4096, first, RESULT), WASI_SUCCESS);
  CHECK(u64_at(DATA + 8) == second_inode);
  uint64_t seed = 1;
  for (int i = 0; i < 1000; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    bad += wasi_fd_readdir(&guest, fd, DATA, 100, seed, RESULT) != WASI_SUCCESS || u32_at(RESULT) != 0;
  }
  CHECK(!bad);
  CHECK(list(fd, 32768, &again) == 102 && again == sum);
  EXPECT(wasi_fd_readdir(&guest, 0, DATA, 100, 0, RESULT), WASI_NOTDIR);
  EXPECT(wasi_fd_close(&guest, file), WASI_SUCCESS);
  for (int i = 0; i < 100; i++) {
    snprintf(name, sizeof name, "file-%d", i);
    bad += wasi_path_unlink_file(&guest, fd, A, put(A, name)) != WASI_SUCCESS;
  }
  CHECK(!bad && list(fd, 4096, &sum) == 2);
  EXPECT(wasi_fd_close(&guest, fd), WASI_SUCCESS);
}

static void links(void) {
  EXPECT(wasi_path_readlink(&guest, 3, A, put(A, "evilf"), DATA, 4, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 4 && !memcmp(guest_bytes + DATA, "../o", 4));
  EXPECT(wasi_path_readlink(&guest, 3, A, put(A, "in"), DATA, 4, RESULT), WASI_INVAL);
  EXPECT(wasi_path_symlink(&guest, A, 0, 3, B, put(B, "l")), WASI_NOENT);
  EXPECT(wasi_path_filestat_get(&guest, 3, 0, A, put(A, "flink"), RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  CHECK(guest_bytes[RESULT + 16] == WASI_SYMBOLIC_LINK);
  EXPECT(wasi_path_filestat_get(&guest, 3, 1, A, put(A, "flink"), RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  CHECK(guest_bytes[RESULT + 16] == WASI_REGULAR_FILE && u64_at(RESULT + 32) == 2);
  EXPECT(wasi_path_filestat_set_times(&guest, 3, 1, A, put(A, "nothing"), 0, 0, 0), WASI_NOENT);
  EXPECT(wasi_path_filestat_set_times(&guest, 3, 1, A, put(A, "flink"), 0, 0, 0), WASI_SUCCESS);
  EXPECT(wasi_path_link(&guest, 3, 0, A, put(A, "in"), 3, B, put(B, "hard")), WASI_SUCCESS);
  EXPECT(wasi_path_link(&guest, 3, 0, A, put(A, "in"), 3, B, put(B, "hard")), WASI_EXIST);
  EXPECT(wasi_path_link(&guest, 3, 0, A, put(A, "sub"), 3, B, put(B, "hard2")), WASI_PERM);
  EXPECT(wasi_path_link(&guest, 3, 0, A, put(A, "in"), 3, B, put(B, "none/")), WASI_NOENT);
  EXPECT(wasi_path_unlink_file(&guest, 3, A, put(A, "hard")), WASI_SUCCESS);
  EXPECT(wasi_path_rename(&guest, 3, A, put(A, "in"), 3, B, put(B, "sub")), WASI_ISDIR);
  EXPECT(wasi_path_rename(&guest, 3, A, put(A, "sub"), 3, B, put(B, "in")), WASI_NOTDIR);
}

/* Times that 64 bits of nanoseconds since 1970 cannot hold. */
static void times(void) {
  struct timespec early[2] = {{-5, 0}, {-1000, 999}};
  struct stat stat;
  CHECK(wasi_nanoseconds(-1, 999999999) == 0 && wasi_nanoseconds(0, 5) == 5);
  CHECK(wasi_nanoseconds(18446744072, 999999999) == 18446744072999999999u && wasi_nanoseconds(18446744074, 0) == UINT64_MAX);
  CHECK(!utimensat(AT_FDCWD, tree_path("root/in2"), early, 0) && !lstat(tree_path("root/in2"), &stat));
  EXPECT(wasi_path_filestat_get(&guest, 3, 0, A, put(A, "in2"), RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 40) == 0 && u64_at(RESULT + 48) == 0 && u64_at(RESULT + 56) > 0);
}

/* A link whose text leaves no room for what stands behind it: the kernel counts them
 * apart, the walk together. */
static void long_links(void) {
  for (uint32_t i = 0; i < 4000; i += 2) put(A + i, "./");
  EXPECT(wasi_path_symlink(&guest, A, 4000 + put(A + 4000, "sub"), 3, B, put(B, "long")), WASI_SUCCESS);
  for (uint32_t i = 0; i < 200; i += 2) put(A + 5 + i, "./");
  put(A, "long/");
  uint32_t length = 205 + put(A + 205, "secret"), error = wasi_path_filestat_get(&guest, 3, 0, A, length, RESULT, WASI_PREVIEW1);
  EXPECT(error, test_resolver == APUS_WASI_RESOLVER_WALK ? WASI_NAMETOOLONG : WASI_SUCCESS);
  EXPECT(wasi_path_unlink_file(&guest, 3, A, put(A, "long")), WASI_SUCCESS);
}

/* What fd_readdir calls an entry of /dev, path_filestat_get calls it, too; and a terminal
 * is a character device that cannot seek. */
static void devices(void) {
  int terminal = posix_openpt(O_RDWR | O_NOCTTY), folder = open("/dev", O_RDONLY | O_DIRECTORY), kinds = 0;
  if (terminal < 0 || folder < 0) {
    printf("skipped: devices, this host has no terminals or no /dev\n");
    return;
  }
  struct apus_wasi outer = wasi;
  wasi_start_with((struct apus_wasi_descriptor[]){{folder, true}, {terminal, true}}, 2);
  EXPECT(wasi_fd_fdstat_get(&guest, 6, RESULT), WASI_SUCCESS);
  CHECK(guest_bytes[RESULT] == WASI_CHARACTER_DEVICE);
  CHECK((u64_at(RESULT + 8) & (R_FD_READ | R_FD_WRITE | R_FD_SEEK | R_FD_TELL)) == (R_FD_READ | R_FD_WRITE));
  EXPECT(wasi_fd_readdir(&guest, 5, DATA, 0x8000, 0, RESULT), WASI_SUCCESS);
  for (uint32_t at = 0, used = u32_at(RESULT); used - at >= 24;) {
    uint32_t length = u32_at(DATA + at + 16);
    if (used - at - 24 < length) break;
    memcpy(guest_bytes + A, guest_bytes + DATA + at + 24, length);
    if (!wasi_path_filestat_get(&guest, 5, 0, A, length, RESULT, WASI_PREVIEW1)) {
      CHECK(guest_bytes[DATA + at + 20] == guest_bytes[RESULT + 16]);
      kinds |= 1 << guest_bytes[RESULT + 16];
    }
    at += 24 + length;
  }
  CHECK(kinds & 1 << WASI_CHARACTER_DEVICE);
  CHECK(wasi_filetype_of(S_IFBLK) == WASI_BLOCK_DEVICE);
  apus_wasi_destroy(&wasi);
  wasi = outer;
}

static void subscribe_clock(uint32_t index, uint32_t id, uint64_t timeout, uint16_t flags) {
  uint8_t *at = guest_bytes + DATA + index * 48;
  memset(at, 0, 48);
  wasi_put64(at, 100 + index);
  wasi_put32(at + 16, id);
  wasi_put64(at + 24, timeout);
  wasi_put16(at + 40, flags);
}

static void subscribe_fd(uint32_t index, uint8_t type, uint32_t fd) {
  uint8_t *at = guest_bytes + DATA + index * 48;
  memset(at, 0, 48);
  wasi_put64(at, 100 + index);
  at[8] = type;
  wasi_put32(at + 16, fd);
}

enum { EVENTS = 0xc000 };

static uint32_t poll_of(uint32_t n) { return wasi_poll_oneoff(&guest, DATA, EVENTS, n, RESULT, WASI_PREVIEW1); }

static void polling(void) {
  uint32_t fd;
  uint64_t before, after;
  EXPECT(poll_of(0), WASI_INVAL);
  EXPECT(poll_of(APUS_CONFIG_WASI_POLL_MAX + 1), WASI_NOMEM);
  wasi_clock_now(NULL, 1, &before);
  subscribe_clock(0, 1, 20000000, 0);
  subscribe_clock(1, 0, 10000000000u, 0);
  EXPECT(poll_of(2), WASI_SUCCESS);
  wasi_clock_now(NULL, 1, &after);
  CHECK(u32_at(RESULT) == 1 && u64_at(EVENTS) == 100 && after - before >= 20000000 && after - before < 5000000000u);
  subscribe_clock(0, 1, 0, 0);
  EXPECT(poll_of(1), WASI_SUCCESS);
  subscribe_clock(0, 1, 1, 1); /* long ago */
  subscribe_clock(1, 9, 1, 0);
  EXPECT(poll_of(2), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1 && wasi_get16(guest_bytes + EVENTS + 8) == WASI_INVAL);
  EXPECT(poll_of(1), WASI_SUCCESS);
  CHECK(u64_at(EVENTS) == 100 && wasi_get16(guest_bytes + EVENTS + 8) == 0);
  EXPECT(guest_open(3, "in", true, 0, false, &fd), WASI_SUCCESS);
  subscribe_clock(0, 1, UINT64_MAX, 0);
  subscribe_fd(1, 1, fd);
  subscribe_fd(2, 1, 77);
  EXPECT(poll_of(2), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1 && u64_at(EVENTS) == 101 && guest_bytes[EVENTS + 10] == 1 && u64_at(EVENTS + 16) == 2);
  EXPECT(poll_of(3), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 2 && wasi_get16(guest_bytes + EVENTS + 32 + 8) == WASI_BADF);
  subscribe_fd(1, 2, fd);
  EXPECT(poll_of(2), WASI_SUCCESS);
  CHECK(wasi_get16(guest_bytes + EVENTS + 8) == WASI_NOTCAPABLE);
  EXPECT(wasi_fd_close(&guest, fd), WASI_SUCCESS);
}

/* --- pointers that are not inside the memory ---------------------------------------- */

static void bad_args(void) { wasi_args_get(&guest, MEMORY - 4, 0); }
static void bad_clock(void) { wasi_clock_time_get(&guest, 0, 0, MEMORY - 7); }
static void bad_random(void) { wasi_random_get(&guest, 1, UINT32_MAX); }
static void bad_path(void) { wasi_path_open(&guest, 3, 0, MEMORY - 1, 2, 0, 0, 0, 0, RESULT); }
static void bad_opened(void) { wasi_path_open(&guest, 3, 0, A, 2, 0, 0, 0, 0, MEMORY - 3); }
static void bad_vectors(void) { wasi_fd_write(&guest, 1, IOVS, 0x80000000u, RESULT); }
static void bad_vector(void) { wasi_fd_write(&guest, 1, vector(0, MEMORY - 1, 2), 1, RESULT); }
static void bad_subscriptions(void) { wasi_poll_oneoff(&guest, DATA, A, 0x10000000u, RESULT, WASI_PREVIEW1); }
static void bad_readdir(void) { wasi_fd_readdir(&guest, 3, UINT32_MAX, UINT32_MAX, 0, RESULT); }
static void bad_stat(void) { wasi_fd_filestat_get(&guest, 3, MEMORY - 63, WASI_PREVIEW1); }
static void bad_prestat(void) { wasi_fd_prestat_get(&guest, 3, MEMORY - 7); }
static void bad_link(void) { wasi_path_readlink(&guest, 3, A, 1, MEMORY - 1, 2, RESULT); }

static void pointers(void) {
  void (*const bodies[])(void) = {bad_args,          bad_clock,   bad_random, bad_path,    bad_opened, bad_vectors, bad_vector,
                                  bad_subscriptions, bad_readdir, bad_stat,   bad_prestat, bad_link};
  int fds = open_fds();
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) CHECK(trap_of(bodies[i]) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(open_fds() == fds);
}

static void processes(void) {
  EXPECT(wasi_args_sizes_get(&guest, RESULT, RESULT + 4), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 2 && u32_at(RESULT + 4) == 12);
  EXPECT(wasi_args_get(&guest, MEMORY - 8, DATA), WASI_SUCCESS); /* room for exactly two */
  CHECK(u32_at(MEMORY - 8) == DATA && u32_at(MEMORY - 4) == DATA + 8 && !memcmp(guest_bytes + DATA, "program\0one", 12));
  EXPECT(wasi_environ_sizes_get(&guest, RESULT, RESULT + 4), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1 && u32_at(RESULT + 4) == 4);
  EXPECT(wasi_environ_get(&guest, A, DATA), WASI_SUCCESS);
  CHECK(!memcmp(guest_bytes + DATA, "K=V", 4));
  for (uint32_t id = 0; id < 4; id++) {
    EXPECT(wasi_clock_res_get(&guest, id, RESULT), WASI_SUCCESS);
    CHECK(u64_at(RESULT) > 0);
    EXPECT(wasi_clock_time_get(&guest, id, 1, RESULT), WASI_SUCCESS);
  }
  EXPECT(wasi_clock_res_get(&guest, 4, RESULT), WASI_INVAL);
  EXPECT(wasi_clock_time_get(&guest, 4, 0, RESULT), WASI_INVAL);
  memset(guest_bytes + DATA, 0, 1024);
  EXPECT(wasi_random_get(&guest, DATA, 1024), WASI_SUCCESS);
  int zero = 0;
  for (int i = 0; i < 1024; i++) zero += !guest_bytes[DATA + i];
  CHECK(zero < 100);
  EXPECT(wasi_random_get(&guest, DATA, 0), WASI_SUCCESS);
  EXPECT(wasi_sched_yield(&guest), WASI_SUCCESS);
  EXPECT(wasi_proc_raise(&guest, 1), WASI_NOSYS);
  EXPECT(wasi_sock_shutdown(&guest, 77, 1), WASI_BADF);
  EXPECT(wasi_sock_shutdown(&guest, 3, 1), WASI_NOTSOCK);
  EXPECT(wasi_sock_accept(&guest, 3, 0, RESULT), WASI_NOTSOCK);
  EXPECT(wasi_sock_recv(&guest, 77, 0, 0, 0, 0, 0), WASI_BADF);
  EXPECT(wasi_sock_send(&guest, 3, 0, 0, 0, 0), WASI_NOTSOCK);
}

void test_files(void) {
  int fds = open_fds();
  wasi_start();
  processes();
  read_and_write();
  vectors_read_over();
  go_reads();
  folders();
  links();
  times();
  long_links();
  devices();
  polling();
  pointers();
  apus_wasi_destroy(&wasi);
  CHECK(open_fds() == fds && !live_allocations && !live_bytes);
}
