/* fixed.c: what a guest finds that is to do the same on every host. */
#include "harness.h"

enum { STEP = 1000, SUBSCRIPTION = 48 };
static const struct apus_wasi_fixed fixed = {.clock = 5000000000u, .step = STEP, .seed = 42};

static uint64_t time_of(uint32_t id) {
  EXPECT(wasi_clock_time_get(&guest, id, 0, RESULT), WASI_SUCCESS);
  return u64_at(RESULT);
}

static void clocks(void) {
  wasi_start();
  CHECK(time_of(0) == fixed.clock && time_of(0) == fixed.clock + STEP);
  for (uint32_t id = 1; id < 4; id++) CHECK(time_of(id) == (id + 1) * STEP);
  EXPECT(wasi_clock_res_get(&guest, 3, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT) == STEP);
  EXPECT(wasi_clock_res_get(&guest, 4, RESULT), WASI_INVAL);
  EXPECT(wasi_clock_time_get(&guest, 4, 0, RESULT), WASI_INVAL);
  apus_wasi_destroy(&wasi);
}

/* A subscription to a clock, `tag` 0, or to a descriptor. */
static void subscribe(uint32_t k, uint8_t tag, uint32_t of, uint64_t timeout) {
  uint8_t *at = guest_bytes + IOVS + k * SUBSCRIPTION;
  memset(at, 0, SUBSCRIPTION);
  wasi_put64(at, 100 + k);
  at[8] = tag;
  wasi_put32(at + 16, of);
  wasi_put64(at + 24, timeout);
}

static uint32_t poll_of(uint32_t n) {
  EXPECT(wasi_poll_oneoff(&guest, IOVS, DATA, n, RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  return u32_at(RESULT);
}

static void waits(void) {
  const uint64_t year = 31536000000000000u;
  wasi_start();
  /* A year passes at once, and the later clock is not due. */
  subscribe(0, 0, 1, year);
  subscribe(1, 0, 0, year + 1);
  CHECK(poll_of(2) == 1 && u64_at(DATA) == 100);
  CHECK(time_of(1) == year);
  CHECK(poll_of(2) == 1 && time_of(0) == fixed.clock + 2 * year + STEP);
  /* A descriptor is ready, whatever has come, and no time passes. */
  subscribe(1, 1, 0, 0);
  CHECK(poll_of(2) == 1 && u64_at(DATA) == 101 && u64_at(DATA + 16) == 0);
  CHECK(time_of(1) == 2 * year + 2 * STEP);
  /* Nor for an error. */
  subscribe(1, 1, 77, 0);
  CHECK(poll_of(2) == 1 && u64_at(DATA) == 101 && u32_at(DATA + 8) % 65536 == WASI_BADF);
  CHECK(time_of(1) == 2 * year + 3 * STEP);
  /* It ends at the last moment there is. */
  subscribe(0, 0, 1, UINT64_MAX);
  CHECK(poll_of(1) == 1 && time_of(0) == UINT64_MAX && time_of(1) == UINT64_MAX);
  apus_wasi_destroy(&wasi);
}

static void random_numbers(void) {
  uint8_t first[19];
  wasi_start();
  EXPECT(wasi_random_get(&guest, DATA, sizeof first), WASI_SUCCESS);
  memcpy(first, guest_bytes + DATA, sizeof first);
  EXPECT(wasi_random_get(&guest, DATA, sizeof first), WASI_SUCCESS);
  CHECK(memcmp(first, guest_bytes + DATA, sizeof first));
  EXPECT(wasi_random_get(&guest, DATA, 0), WASI_SUCCESS);
  apus_wasi_destroy(&wasi);
  wasi_start();
  EXPECT(wasi_random_get(&guest, DATA, sizeof first), WASI_SUCCESS);
  CHECK(!memcmp(first, guest_bytes + DATA, sizeof first));
  /* The first number that splitmix64 makes of 42. */
  CHECK(u64_at(DATA) == 0xbdd732262feb6e95u);
  apus_wasi_destroy(&wasi);
}

static uint64_t inode_of(const char *path) {
  EXPECT(wasi_path_filestat_get(&guest, 3, 0, A, put(A, path), RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  return u64_at(RESULT + 8);
}

static void attributes(void) {
  char path[64];
  wasi_start();
  CHECK(inode_of("in") == 1 && inode_of("sub") == 2 && inode_of("in") == 1);
  uint32_t fd;
  EXPECT(guest_open(3, "in", true, 0, false, &fd), WASI_SUCCESS);
  EXPECT(wasi_fd_filestat_set_times(&guest, fd, 7, 8, WASI_ATIM | WASI_MTIM), WASI_SUCCESS);
  EXPECT(wasi_fd_filestat_get(&guest, fd, RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  CHECK(u64_at(RESULT) == 0 && u64_at(RESULT + 8) == 1 && guest_bytes[RESULT + 16] == WASI_REGULAR_FILE);
  CHECK(u64_at(RESULT + 32) > 0 && !u64_at(RESULT + 40) && !u64_at(RESULT + 48) && !u64_at(RESULT + 56));
  inode_of("sub");
  CHECK(u64_at(RESULT + 24) == 1 && u64_at(RESULT + 32) == 0);
  /* More than the table starts with. */
  for (uint32_t k = 0; k < 200; k++) {
    snprintf(path, sizeof path, "root/fixed%u", k);
    tree_file(path, "x");
    CHECK(inode_of(path + 5) == k + 3);
  }
  CHECK(inode_of("fixed0") == 3 && inode_of("sub") == 2);
  apus_wasi_destroy(&wasi);
}

/* All names from the cookie on, in buffers of `size` bytes, of which each holds an entry: one behind another, with ','. */
static void list(uint64_t cookie, uint32_t size, char *to, size_t room) {
  for (*to = 0;;) {
    EXPECT(wasi_fd_readdir(&guest, 3, DATA, size, cookie, RESULT), WASI_SUCCESS);
    uint32_t used = u32_at(RESULT), at = 0;
    while (at + 24 <= used && at + 24 + u32_at(DATA + at + 16) <= used) {
      size_t length = strlen(to);
      CHECK(u64_at(DATA + at + 8) == 0);
      snprintf(to + length, room - length, "%.*s,", (int)u32_at(DATA + at + 16), (const char *)guest_bytes + DATA + at + 24);
      cookie = u64_at(DATA + at);
      at += 24 + u32_at(DATA + at + 16);
    }
    if (used < size) return;
  }
}

static void names(void) {
  static char whole[8192], pieces[8192];
  wasi_start();
  list(0, 30000, whole, sizeof whole);
  CHECK(!strncmp(whole, ".,..,", 5));
  /* fixed0, fixed1, fixed10, fixed100 … */
  CHECK(strstr(whole, ",fixed0,fixed1,fixed10,fixed100,fixed101,") && strstr(whole, ",fixed98,fixed99,"));
  list(0, 100, pieces, sizeof pieces);
  CHECK(!strcmp(whole, pieces));
  list(2, 100, pieces, sizeof pieces);
  CHECK(!strcmp(whole + 5, pieces));
  /* What is new is seen from the first on. */
  tree_file("root/fixed000", "x");
  list(1, 100, pieces, sizeof pieces);
  CHECK(!strcmp(whole + 2, pieces));
  list(0, 100, pieces, sizeof pieces);
  CHECK(strstr(pieces, ",fixed0,fixed000,fixed1,"));
  list(1000000, 100, pieces, sizeof pieces);
  CHECK(!*pieces);
  apus_wasi_destroy(&wasi);
  /* A first question from the middle on. */
  wasi_start();
  list(2, 300, pieces, sizeof pieces);
  CHECK(strlen(pieces) == strlen(whole) + strlen("fixed000,") - 5);
  apus_wasi_destroy(&wasi);
  for (int k = -1; k < 200; k++) {
    char path[64];
    snprintf(path, sizeof path, k < 0 ? "root/fixed000" : "root/fixed%d", k);
    unlink(tree_path(path));
  }
}

void test_fixed_surroundings(void) {
  int fds = open_fds();
  test_fixed = &fixed;
  clocks();
  waits();
  random_numbers();
  attributes();
  names();
  test_fixed = NULL;
  CHECK(open_fds() == fds && !live_allocations);
}
