/* cycles.c: init and destroy over and over, complete, failed and repeated. */
#include "counting.h"

#include "dispatch.h"

#include <sys/resource.h>

/* L1: nothing is left after each single cycle. */
static void cycles(int dir_count, int count) {
  struct counters before = counters_now();
  for (int i = 0; i < count; i++) {
    const char *error = counted_init(&wasi, dir_count);
    apus_wasi_destroy(&wasi);
    struct counters after = counters_now();
    if (error || !all_zero(&wasi) || !counters_equal(&before, &after, "a cycle")) {
      CHECK(!"a cycle leaves nothing");
      return;
    }
  }
  CHECK(made_locks == destroyed_locks);
}

void test_cycles(int count) {
  cycles(0, count);
  cycles(1, count);
  cycles(8, count);
}

/* L3: without a folder there are as many locks destroyed as made. */
void test_regression(int count) {
  long made = made_locks, destroyed = destroyed_locks;
  for (int i = 0; i < count; i++) {
    CHECK(!counted_init(&wasi, 0));
    apus_wasi_destroy(&wasi);
  }
  CHECK(made_locks - made == count);
  CHECK(destroyed_locks - destroyed == count);
}

/* L4 */
void test_destroy(void) {
  struct counters before = counters_now();
  memset(&wasi, 0, sizeof wasi);
  apus_wasi_destroy(&wasi);
  CHECK(all_zero(&wasi));
  CHECK(!counted_init(&wasi, 3));
  apus_wasi_destroy(&wasi);
  apus_wasi_destroy(&wasi);
  CHECK(all_zero(&wasi));
  struct apus_wasi_dir missing = {"/nonexistent/folder", "/", false};
  struct apus_wasi_options options = {.dirs = &missing, .dir_count = 1, .locks = &counting_locks};
  char message[100];
  CHECK(apus_wasi_init(&wasi, &options, message, sizeof message) == message && all_zero(&wasi));
  CHECK(apus_wasi_init(&wasi, &options, NULL, 0) && all_zero(&wasi));
  apus_wasi_destroy(&wasi);
  struct counters after = counters_now();
  CHECK(counters_equal(&before, &after, "destroy"));
}

/* --- L10: calls that do not return ----------------------------------------------------- */

static const struct call *called;
static uint64_t arguments[PARAMETERS_MAX];
static uint32_t answer;

static void call_it(void) { answer = called->run(arguments); }

/* Arguments that succeed as far as pointers go, with parameter `bad` out of bounds. */
static void arguments_for(const char *parameters, int bad) {
  for (int i = 0; parameters[i]; i++) {
    static const uint32_t at[] = {['p'] = RESULT, ['s'] = A, ['b'] = DATA, ['v'] = IOVS, ['q'] = IOVS, ['e'] = DATA};
    char kind = parameters[i];
    if (kind == 'f') arguments[i] = 3;
    else if (kind == 'l') arguments[i] = 2;
    else if (kind == 'n') arguments[i] = 1;
    else if (kind == 'i' || kind == 'I') arguments[i] = 0;
    else arguments[i] = i == bad ? MEMORY : at[(int)kind];
  }
}

/* What the descriptor 3 must be for the call to reach its pointers. */
static bool opens_file(const char *name) {
  static const char *const on_files[] = {"fd_pread", "fd_pwrite", "fd_read", "fd_write", "fd_seek", "fd_tell"};
  for (size_t i = 0; i < sizeof on_files / sizeof *on_files; i++)
    if (!strcmp(name, on_files[i])) return true;
  return false;
}

/* Every pointer of every function out of bounds, and proc_exit, `count` times. */
void test_traps(int count) {
  enum { LISTENING = 5 };
  struct counters before = counters_now();
  listen_here();
  int trapped = 0, wanted = 0;
  for (int i = 0; i < count; i++) {
    CHECK(!counted_init(&wasi, 2));
    guest.wasi = &wasi;
    uint32_t fd;
    int client = connect_here();
    EXPECT(guest_open(3, "in", true, 0, true, &fd), WASI_SUCCESS);
    EXPECT(wasi_sock_accept(&guest, LISTENING, 0, RESULT), WASI_SUCCESS);
    uint32_t connection = u32_at(RESULT);
    for (int n = 0; n < CALL_COUNT; n++) {
      called = &calls[n];
      if (!strcmp(called->name, "proc_exit")) {
        arguments[0] = 7;
        CHECK(trap_of(call_it) == APUS_TRAP_EXIT && last_exit_status == 7);
        continue;
      }
      for (int bad = 0; called->parameters[bad]; bad++) {
        if (!strchr("psbvqe", called->parameters[bad])) continue;
        put(A, "in");
        wasi_put32(guest_bytes + IOVS, DATA), wasi_put32(guest_bytes + IOVS + 4, 1);
        arguments_for(called->parameters, bad);
        if (opens_file(called->name)) arguments[0] = fd;
        if (!strncmp(called->name, "sock_", 5)) arguments[0] = strcmp(called->name, "sock_accept") ? connection : LISTENING;
        wanted++;
        struct counters held = counters_now();
        if (trap_of(call_it) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS) trapped++;
        else fprintf(stderr, "%s: parameter %d out of bounds answers %u\n", called->name, bad, answer);
        struct counters now = counters_now();
        CHECK(counters_equal(&held, &now, called->name));
      }
    }
    apus_wasi_destroy(&wasi);
    disconnect_here(client);
  }
  listen_no_more();
  EXPECT(trapped, wanted);
  EXPECT(wanted, 53 * count);
  struct counters after = counters_now();
  CHECK(counters_equal(&before, &after, "traps"));
}

/* --- L9 and L11: full tables, random numbers ---------------------------------------------- */

/* The host's limit, then the table's own: nothing of the host stays open, and one
 * close makes room. */
static void until(uint32_t last_error, rlim_t limit) {
  struct rlimit old, low;
  getrlimit(RLIMIT_NOFILE, &old);
  low = old;
  low.rlim_cur = limit;
  struct counters before = counters_now();
  setrlimit(RLIMIT_NOFILE, &low);
  CHECK(!counted_init(&wasi, 2));
  guest.wasi = &wasi;
  for (int round = 0; round < 2; round++) {
    uint32_t opened[400], error, again;
    int count = 0;
    while ((error = guest_open(3, "in", true, 0, false, &opened[count])) == WASI_SUCCESS && count < 399) count++;
    EXPECT(error, last_error);
    struct counters full = counters_held();
    EXPECT(guest_open(3, "sub/secret", true, 0, false, &again), last_error);
    EXPECT(guest_open(3, "made", true, WASI_CREAT, true, &again), last_error);
    CHECK(access(tree_path("root/made"), F_OK) < 0);
    struct counters still = counters_held();
    CHECK(counters_equal(&full, &still, "a full table"));
    EXPECT(wasi_fd_close(&guest, opened[--count]), WASI_SUCCESS);
    EXPECT(guest_open(3, "in", true, 0, false, &opened[count]), WASI_SUCCESS);
    for (; count >= 0; count--)
      if (wasi_fd_close(&guest, opened[count])) CHECK(!"close");
  }
  apus_wasi_destroy(&wasi);
  setrlimit(RLIMIT_NOFILE, &old);
  struct counters after = counters_now();
  CHECK(counters_equal(&before, &after, "full tables"));
}

void test_full(void) {
  until(WASI_MFILE, 64);
  until(WASI_MFILE, 1024); /* the table, made for APUS_CONFIG_WASI_FD_MAX here, is full first */
}

/* A failed open gives its number back, and the last one back is the next one out. */
void test_numbers(void) {
  uint32_t x, y;
  struct counters before = counters_now();
  CHECK(!counted_init(&wasi, 2));
  guest.wasi = &wasi;
  for (int i = 0; i < 1000; i++)
    if (guest_open(3, "nothing", true, 0, false, &x) != WASI_NOENT) CHECK(!"no such file");
  EXPECT(guest_open(3, "in", true, 0, false, &x), WASI_SUCCESS);
  EXPECT(guest_open(3, "in", true, 0, false, &y), WASI_SUCCESS);
  CHECK(x == 5 && y == 6);
  EXPECT(wasi_fd_close(&guest, y), WASI_SUCCESS);
  EXPECT(wasi_fd_close(&guest, x), WASI_SUCCESS);
  EXPECT(guest_open(3, "in", true, 0, false, &y), WASI_SUCCESS);
  EXPECT(y, x);
  EXPECT(guest_open(3, "in", true, 0, false, &y), WASI_SUCCESS);
  EXPECT(wasi_fd_renumber(&guest, x, y), WASI_SUCCESS);
  EXPECT(guest_open(3, "in", true, 0, false, &y), WASI_SUCCESS);
  EXPECT(y, x);
  apus_wasi_destroy(&wasi);
  struct counters after = counters_now();
  CHECK(counters_equal(&before, &after, "numbers"));
}

void test_storm(int count) {
  struct counters before = counters_now();
  bool model[64] = {[0] = true, [1] = true, [2] = true, [3] = true, [4] = true};
  uint32_t seed = 1, x;
  int bad = 0, open = 5;
  CHECK(!counted_init(&wasi, 2));
  guest.wasi = &wasi;
  for (int i = 0; i < count; i++) {
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
    if (live_handles != open - 3) bad++;
  }
  CHECK(!bad);
  apus_wasi_destroy(&wasi);
  struct counters after = counters_now();
  CHECK(counters_equal(&before, &after, "the storm"));
}

/* --- L13 --------------------------------------------------------------------------------------- */

void test_two(void) {
  struct counters before = counters_now();
  struct apus_wasi other = {0};
  uint32_t x, y;
  CHECK(!counted_init(&wasi, 1));
  CHECK(!counted_init(&other, 8));
  guest.wasi = &wasi;
  EXPECT(guest_open(3, "in", true, 0, false, &x), WASI_SUCCESS);
  guest.wasi = &other;
  EXPECT(guest_open(3, "in2", true, 0, false, &y), WASI_SUCCESS);
  CHECK(x == 4 && y == 11);
  guest.wasi = &wasi;
  EXPECT(wasi_fd_close(&guest, y), WASI_BADF);
  apus_wasi_destroy(&wasi);
  guest.wasi = &other;
  EXPECT(wasi_fd_filestat_get(&guest, y, RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 32) == 3);
  apus_wasi_destroy(&other);
  struct counters after = counters_now();
  CHECK(counters_equal(&before, &after, "two contexts"));
}
