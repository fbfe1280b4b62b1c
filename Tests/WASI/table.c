/* table.c: init and destroy, failed allocations, renumber, full tables. */
#include "harness.h"

#include <sys/resource.h>

static bool all_zero(const struct apus_wasi *value) {
  static const struct apus_wasi zero;
  return !memcmp(value, &zero, sizeof zero);
}

static const char *init_with(int dir_count, const char *folder, char *message, size_t size) {
  char *argv[] = {"program", "x", NULL};
  const char *env[] = {"A=1", "B=2"};
  struct apus_wasi_dir dirs[8];
  for (int i = 0; i < 8; i++) dirs[i] = (struct apus_wasi_dir){folder, "/data", i & 1};
  struct apus_wasi_options options = {.argc = 2, .argv = argv, .env = env, .env_count = 2, .dirs = dirs, .dir_count = dir_count};
  return apus_wasi_init(&wasi, &options, message, size);
}

static void cycles(int dir_count, int count) {
  char folder[600], message[300];
  strcpy(folder, tree_path("root"));
  int fds = open_fds(), bad = 0;
  for (int i = 0; i < count; i++) {
    if (init_with(dir_count, folder, message, sizeof message)) bad++;
    apus_wasi_destroy(&wasi);
    if (live_allocations || live_bytes || !all_zero(&wasi)) bad++;
  }
  CHECK(bad == 0);
  CHECK(open_fds() == fds);
}

static void destroys(void) {
  char message[300];
  memset(&wasi, 0, sizeof wasi);
  apus_wasi_destroy(&wasi);
  CHECK(all_zero(&wasi));
  CHECK(!init_with(1, tree_path("root"), message, sizeof message));
  apus_wasi_destroy(&wasi);
  apus_wasi_destroy(&wasi);
  CHECK(all_zero(&wasi) && !live_allocations);

  int fds = open_fds();
  const char *error = init_with(2, tree_path("missing"), message, sizeof message);
  CHECK(error == message && !strncmp(error, "cannot open ", 12) && strstr(error, "/missing: No such file"));
  CHECK(all_zero(&wasi) && !live_allocations && open_fds() == fds);
  apus_wasi_destroy(&wasi);

  struct apus_wasi_options nothing = {0};
  CHECK(!apus_wasi_init(&wasi, &nothing, NULL, 0));
  apus_wasi_destroy(&wasi);
  CHECK(!live_allocations);
}

/* Each allocation of init fails in turn. */
static void failing_init(void) {
  char folder[600], message[300];
  strcpy(folder, tree_path("root"));
  int fds = open_fds(), n = 1;
  for (; n < 100; n++) {
    fail_after = n;
    const char *error = init_with(8, folder, message, sizeof message);
    bool ran_out = fail_after == 0;
    fail_after = 0;
    if (!error) break;
    CHECK(ran_out && all_zero(&wasi) && !live_allocations && open_fds() == fds);
  }
  CHECK(n > 8 && n < 100);
  apus_wasi_destroy(&wasi);
  CHECK(!live_allocations && open_fds() == fds);
}

/* Until a table without memory answers NOMEM; nothing of the host stays open. */
static void failing_open(void) {
  wasi_start();
  uint32_t opened[64], error;
  int count = 0, fds = open_fds();
  fail_after = 1;
  while ((error = guest_open(3, "in", true, 0, false, &opened[count])) == WASI_SUCCESS && count < 63) count++;
  fail_after = 0;
  EXPECT(error, WASI_NOMEM);
  CHECK(open_fds() == fds + count);
  for (int i = 0; i < count; i++) EXPECT(wasi_fd_close(&guest, opened[i]), WASI_SUCCESS);
  CHECK(open_fds() == fds);
  apus_wasi_destroy(&wasi);
}

static void until_full(void) {
  struct rlimit old, low;
  getrlimit(RLIMIT_NOFILE, &old);
  low = old;
  low.rlim_cur = 64;
  setrlimit(RLIMIT_NOFILE, &low);
  wasi_start();
  int fds = open_fds();
  for (int round = 0; round < 2; round++) {
    uint32_t opened[100], error;
    int count = 0;
    while ((error = guest_open(3, "in", true, 0, false, &opened[count])) == WASI_SUCCESS && count < 99) count++;
    EXPECT(error, WASI_MFILE);
    EXPECT(guest_open(3, "sub/secret", true, 0, false, &opened[count]), WASI_MFILE);
    while (count-- > 0)
      if (wasi_fd_close(&guest, opened[count])) CHECK(!"close");
    CHECK(open_fds() == fds);
  }
  apus_wasi_destroy(&wasi);
  setrlimit(RLIMIT_NOFILE, &old);
}

static void renumber(void) {
  int fds = open_fds();
  uint32_t x, y;
  wasi_start();
  EXPECT(guest_open(3, "in", true, 0, true, &x), WASI_SUCCESS);
  EXPECT(guest_open(3, "in2", true, 0, false, &y), WASI_SUCCESS);
  CHECK(x == 5 && y == 6);
  EXPECT(wasi_fd_renumber(&guest, x, x), WASI_SUCCESS);
  EXPECT(wasi_fd_renumber(&guest, 3, 99), WASI_BADF);
  EXPECT(wasi_fd_renumber(&guest, 99, 3), WASI_BADF);
  EXPECT(wasi_fd_renumber(&guest, 0xffff8597u, 3), WASI_BADF);
  int before = open_fds();
  EXPECT(wasi_fd_renumber(&guest, y, x), WASI_SUCCESS);
  CHECK(open_fds() == before - 1);
  EXPECT(wasi_fd_close(&guest, y), WASI_BADF);
  EXPECT(wasi_fd_filestat_get(&guest, x, RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 32) == 3); /* in2 */
  /* The name of a preopen goes with it. */
  EXPECT(wasi_fd_renumber(&guest, 4, x), WASI_SUCCESS);
  EXPECT(wasi_fd_prestat_get(&guest, 4, RESULT), WASI_BADF);
  EXPECT(wasi_fd_prestat_get(&guest, x, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 0 && u32_at(RESULT + 4) == 3);
  EXPECT(wasi_fd_renumber(&guest, x, 3), WASI_SUCCESS); /* preopen over preopen */
  EXPECT(wasi_fd_prestat_dir_name(&guest, 3, A, 3), WASI_SUCCESS);
  CHECK(!memcmp(guest_bytes + A, "/ro", 3));
  /* Standard input onto a file: the process's own stays. */
  EXPECT(guest_open(3, "in", true, 0, false, &x), WASI_SUCCESS);
  EXPECT(wasi_fd_renumber(&guest, x, 0), WASI_SUCCESS);
  CHECK(fcntl(0, F_GETFD) >= 0);
  EXPECT(wasi_fd_close(&guest, 0), WASI_SUCCESS);
  EXPECT(wasi_fd_close(&guest, 1), WASI_SUCCESS);
  EXPECT(wasi_fd_close(&guest, 1), WASI_BADF);
  CHECK(fcntl(1, F_GETFD) >= 0);
  int bad = 0;
  for (int i = 0; i < 2000; i++) bad += guest_open(3, "in", true, 0, false, &x) || wasi_fd_close(&guest, x);
  CHECK(!bad);
  apus_wasi_destroy(&wasi);
  CHECK(open_fds() == fds && !live_allocations);
}

/* Random open, close and renumber against a model. */
static void storm(void) {
  int fds = open_fds();
  bool model[64] = {[0] = true, [1] = true, [2] = true, [3] = true, [4] = true};
  uint32_t seed = 1, x;
  int bad = 0, open = 5;
  wasi_start();
  for (int i = 0; i < 20000; i++) {
    seed = seed * 1664525u + 1013904223u;
    uint32_t from = 4 + (seed >> 8) % 20, to = 4 + (seed >> 16) % 20;
    switch ((seed >> 28) % 3) {
    case 0:
      if (open > 20) break;
      bad += guest_open(3, "in", true, 0, false, &x) != WASI_SUCCESS;
      if (x >= 64 || model[x]) bad++;
      else model[x] = true, open++;
      break;
    case 1:
      bad += wasi_fd_close(&guest, from) != (model[from] ? WASI_SUCCESS : WASI_BADF);
      if (model[from]) model[from] = false, open--;
      break;
    default:
      bad += wasi_fd_renumber(&guest, from, to) != (model[from] && model[to] ? WASI_SUCCESS : WASI_BADF);
      if (from != to && model[from] && model[to]) model[from] = false, open--;
    }
  }
  CHECK(!bad);
  apus_wasi_destroy(&wasi);
  CHECK(open_fds() == fds && !live_allocations && !live_bytes);
}

static void prestat(void) {
  wasi_start();
  EXPECT(wasi_fd_prestat_get(&guest, 0, RESULT), WASI_BADF);
  EXPECT(wasi_fd_prestat_get(&guest, 3, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 0 && u32_at(RESULT + 4) == 5);
  EXPECT(wasi_fd_prestat_get(&guest, 4, RESULT), WASI_SUCCESS);
  EXPECT(wasi_fd_prestat_get(&guest, 5, RESULT), WASI_BADF);
  EXPECT(wasi_fd_prestat_dir_name(&guest, 3, A, 4), WASI_NAMETOOLONG);
  guest_bytes[A + 5] = '#';
  EXPECT(wasi_fd_prestat_dir_name(&guest, 3, A, 6), WASI_SUCCESS);
  CHECK(!memcmp(guest_bytes + A, "/root#", 6));
  EXPECT(wasi_fd_close(&guest, 3), WASI_SUCCESS);
  EXPECT(wasi_fd_prestat_get(&guest, 3, RESULT), WASI_BADF);
  EXPECT(wasi_fd_prestat_get(&guest, 4, RESULT), WASI_SUCCESS);
  apus_wasi_destroy(&wasi);
}

void test_table(void) {
  cycles(0, 10000);
  cycles(1, 10000);
  cycles(8, 10000);
  destroys();
  failing_init();
  failing_open();
  until_full();
  renumber();
  storm();
  prestat();
}
