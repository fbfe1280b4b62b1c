/* console.c: what needs no files: the console, time, the table. */
#include "board_test.h"

static void console(void) {
  start();
  put(DATA, "hello, ");
  put(DATA + 16, "world");
  vector(0, DATA, 7), vector(1, 0, 0), vector(2, DATA + 16, 5);
  EXPECT(CALL("fd_write", 1, IOVS, 3, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 12 && console_used == 12 && !memcmp(console_out, "hello, world", 12));
  vector(0, DATA, 20);
  EXPECT(CALL("fd_write", 2, IOVS, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 7); /* the port took less */
  EXPECT(CALL("fd_write", 0, IOVS, 1, RESULT), WASI_NOTCAPABLE);
  EXPECT(CALL("fd_read", 1, IOVS, 1, RESULT), WASI_NOTCAPABLE);
  console_in = "input";
  vector(0, DATA, 3), vector(1, DATA + 3, 3);
  EXPECT(CALL("fd_read", 0, IOVS, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 3); /* a second read could wait */
  EXPECT(CALL("fd_read", 0, IOVS, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 2 && !memcmp(guest_bytes + DATA, "utp", 3));
  EXPECT(CALL("fd_read", 0, IOVS, 1, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 0);
  console_in = NULL;
  EXPECT(CALL("fd_read", 0, IOVS, 1, RESULT), WASI_AGAIN);
  EXPECT(CALL("fd_read", 0, IOVS, 0, RESULT), WASI_SUCCESS);
  console_used = sizeof console_out;
  EXPECT(CALL("fd_write", 1, IOVS, 1, RESULT), WASI_IO);
  EXPECT(CALL("fd_write", 9, IOVS, 1, RESULT), WASI_BADF);
  EXPECT(CALL("fd_write", 1, MEMORY - 4, 1, RESULT), TRAPPED);
  EXPECT(CALL("fd_write", 1, IOVS, 1, MEMORY - 3), TRAPPED);
  EXPECT(CALL("fd_write", 1, IOVS, 0x20000001, RESULT), TRAPPED);
  vector(1, MEMORY - 1, 2);
  console_used = 0;
  EXPECT(CALL("fd_write", 1, IOVS, 2, RESULT), TRAPPED);
  CHECK(console_used == 0);
  EXPECT(CALL("fd_pread", 0, IOVS, 1, 0, RESULT), WASI_SPIPE);
  EXPECT(CALL("fd_pwrite", 1, IOVS, 1, 0, RESULT), WASI_SPIPE);
  EXPECT(CALL("fd_seek", 1, 0, 0, RESULT), WASI_SPIPE);
  EXPECT(CALL("fd_tell", 0, RESULT), WASI_SPIPE);
  EXPECT(CALL("fd_seek", 9, 0, 0, RESULT), WASI_BADF);
}

static void attributes(void) {
  start();
  EXPECT(CALL("fd_fdstat_get", 1, RESULT), WASI_SUCCESS);
  CHECK(guest_bytes[RESULT] == WASI_CHARACTER_DEVICE && u64_at(RESULT + 8) & R_FD_WRITE);
  CHECK(!(u64_at(RESULT + 8) & (R_FD_SEEK | R_FD_TELL))); /* a terminal, by wasi-libc's test */
  EXPECT(CALL("fd_fdstat_get", 1, MEMORY), TRAPPED);
  EXPECT(CALL("fd_filestat_get", 1, RESULT), WASI_SUCCESS);
  CHECK(guest_bytes[RESULT + 16] == WASI_CHARACTER_DEVICE);
  EXPECT(CALL("fd_filestat_get", 1, MEMORY), TRAPPED);
  EXPECT(CALL("fd_filestat_get", 9, RESULT), WASI_BADF);
  EXPECT(CALL("fd_fdstat_set_flags", 1, WASI_NONBLOCK), WASI_SUCCESS);
  EXPECT(CALL("fd_fdstat_set_flags", 1, WASI_SYNC), WASI_INVAL);
  EXPECT(CALL("fd_fdstat_set_flags", 1, 32), WASI_INVAL);
  EXPECT(CALL("fd_fdstat_set_flags", 9, 0), WASI_BADF);
  EXPECT(CALL("fd_filestat_set_size", 1, 0), WASI_INVAL);
  EXPECT(CALL("fd_allocate", 1, 0, 1), WASI_INVAL);
  EXPECT(CALL("fd_advise", 1, 0, 1, 0), WASI_INVAL);
  EXPECT(CALL("fd_filestat_set_times", 1, 0, 0, 0), WASI_NOTCAPABLE);
  EXPECT(CALL("fd_filestat_set_times", 9, 0, 0, 0), WASI_BADF);
  EXPECT(CALL("fd_sync", 1), WASI_NOTCAPABLE);
  EXPECT(CALL("fd_datasync", 9), WASI_BADF);
  EXPECT(CALL("fd_prestat_get", 1, RESULT), WASI_BADF);
  EXPECT(CALL("fd_prestat_get", 3, RESULT), WASI_BADF);
  EXPECT(CALL("fd_prestat_dir_name", 3, DATA, 10), WASI_BADF);
  EXPECT(CALL("fd_fdstat_set_rights", 1, R_FD_WRITE, 0), WASI_SUCCESS);
  EXPECT(CALL("fd_fdstat_set_rights", 1, R_FD_WRITE | R_FD_READ, 0), WASI_NOTCAPABLE);
  EXPECT(CALL("fd_fdstat_set_flags", 1, 0), WASI_NOTCAPABLE);
  static const char *const socks[] = {"sock_accept", "sock_recv", "sock_send", "sock_shutdown"};
  for (int i = 0; i < 4; i++) {
    EXPECT(CALL(socks[i], 1, 0), WASI_NOTSOCK);
    EXPECT(CALL(socks[i], 9, 0), WASI_BADF);
  }
}

static void process(void) {
  start();
  EXPECT(CALL("args_sizes_get", RESULT, RESULT + 4), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 2 && u32_at(RESULT + 4) == 10);
  EXPECT(CALL("args_get", RESULT, DATA), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == DATA && u32_at(RESULT + 4) == DATA + 8 && !memcmp(guest_bytes + DATA, "program\0x", 10));
  EXPECT(CALL("environ_sizes_get", RESULT, RESULT + 4), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1 && u32_at(RESULT + 4) == 4);
  EXPECT(CALL("environ_get", RESULT, DATA), WASI_SUCCESS);
  EXPECT(CALL("environ_get", MEMORY, DATA), TRAPPED);
  EXPECT(CALL("args_sizes_get", MEMORY, RESULT), TRAPPED);
  EXPECT(CALL("clock_res_get", 1, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT) == 10);
  EXPECT(CALL("clock_res_get", 2, RESULT), WASI_INVAL);
  EXPECT(CALL("clock_res_get", 1, MEMORY), TRAPPED);
  EXPECT(CALL("clock_time_get", 1, 0, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT) == clock_now);
  EXPECT(CALL("clock_time_get", 0, 0, RESULT), WASI_NOTSUP);
  EXPECT(CALL("clock_time_get", 4, 0, RESULT), WASI_INVAL);
  EXPECT(CALL("clock_time_get", 1, 0, MEMORY - 7), TRAPPED);
  EXPECT(CALL("random_get", DATA, 300), WASI_SUCCESS);
  CHECK(guest_bytes[DATA + 299] == 0x5a);
  EXPECT(CALL("random_get", DATA, MEMORY), TRAPPED);
  uint64_t before = clock_now;
  EXPECT(CALL("sched_yield", 0), WASI_SUCCESS);
  CHECK(clock_now == before + 1000);
  EXPECT(CALL("proc_raise", 6), WASI_NOSYS);
  EXPECT(CALL("proc_exit", 3), 1003);
}

static void subscribe(uint32_t index, uint64_t userdata, uint8_t type, uint32_t id, uint64_t timeout, uint16_t flags) {
  uint8_t *at = guest_bytes + IOVS + index * 48;
  memset(at, 0, 48);
  wasi_put64(at, userdata);
  at[8] = type;
  wasi_put32(at + 16, id);
  wasi_put64(at + 24, timeout);
  wasi_put16(at + 40, flags);
}

static void poll(void) {
  start();
  EXPECT(CALL("poll_oneoff", IOVS, DATA, 0, RESULT), WASI_INVAL);
  EXPECT(CALL("poll_oneoff", IOVS, DATA, 9, RESULT), WASI_NOMEM);
  EXPECT(CALL("poll_oneoff", IOVS, DATA, 0x10000000, RESULT), TRAPPED);
  EXPECT(CALL("poll_oneoff", IOVS, MEMORY, 1, RESULT), TRAPPED);
  uint64_t before = clock_now;
  waits = 0;
  subscribe(0, 7, 0, 1, 1000000, 0);
  subscribe(1, 8, 0, 1, 5000000, 0);
  EXPECT(CALL("poll_oneoff", IOVS, DATA, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1 && u64_at(DATA) == 7 && guest_bytes[DATA + 10] == 0 && clock_now >= before + 1000000);
  subscribe(0, 7, 0, 1, 3, 1); /* absolute, past */
  EXPECT(CALL("poll_oneoff", IOVS, DATA, 1, RESULT), WASI_SUCCESS);
  subscribe(0, 7, 0, 1, clock_now + 500, 1);
  EXPECT(CALL("poll_oneoff", IOVS, DATA, 1, RESULT), WASI_SUCCESS);
  subscribe(0, 7, 0, 1, UINT64_MAX, 0);
  subscribe(1, 9, 1, 0, 0, 0);
  waits = 1;
  EXPECT(CALL("poll_oneoff", IOVS, DATA, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1 && u64_at(DATA) == 9 && guest_bytes[DATA + 10] == 1 && waits == 3);
  subscribe(0, 1, 0, 0, 5, 1); /* there is no real time */
  subscribe(1, 2, 0, 3, 5, 0);
  subscribe(2, 3, 0, 4, 5, 0);
  subscribe(3, 4, 2, 9, 0, 0);
  subscribe(4, 5, 2, 0, 0, 0);
  subscribe(5, 6, 3, 0, 0, 0);
  subscribe(6, 7, 0, 1, 1000, 0);
  EXPECT(CALL("poll_oneoff", IOVS, DATA, 7, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 6);
  static const uint16_t errors[] = {WASI_NOTSUP, WASI_NOTSUP, WASI_INVAL, WASI_BADF, WASI_NOTCAPABLE, WASI_INVAL};
  for (uint32_t i = 0; i < 6; i++) CHECK(u64_at(DATA + i * 32) == i + 1 && guest_bytes[DATA + i * 32 + 8] == errors[i]);
}

/* Events that lie over the subscriptions that are still to be told. */
static void overlapping(void) {
  start();
  for (uint32_t i = 0; i < 3; i++) subscribe(i, 100 + i, 3, 0, 0, 0);
  EXPECT(CALL("poll_oneoff", IOVS, IOVS + 64, 3, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 3);
  for (uint32_t i = 0; i < 3; i++) CHECK(u64_at(IOVS + 64 + i * 32) == 100 + i);
}

/* A board that has next to nothing. */
static void least(void) {
  struct apus_wasi_port full = port;
  port = (struct apus_wasi_port){.write = full.write};
  start();
  vector(0, DATA, 3);
  EXPECT(CALL("fd_read", 0, IOVS, 1, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 0);
  EXPECT(CALL("clock_time_get", 1, 0, RESULT), WASI_NOTSUP);
  EXPECT(CALL("clock_res_get", 1, RESULT), WASI_NOTSUP);
  EXPECT(CALL("random_get", DATA, 3), WASI_NOSYS);
  EXPECT(CALL("sched_yield", 0), WASI_SUCCESS);
  subscribe(0, 1, 1, 0, 0, 0);
  subscribe(1, 2, 0, 1, 5, 0);
  EXPECT(CALL("poll_oneoff", IOVS, DATA, 2, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 2 && guest_bytes[DATA + 32 + 8] == WASI_NOTSUP);
  port.now = full.now; /* time without a way to wait for it */
  EXPECT(CALL("clock_res_get", 1, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT) == 1000000);
  EXPECT(CALL("poll_oneoff", IOVS + 48, DATA, 1, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1 && u64_at(DATA) == 2);
  apus_wasi_destroy(&wasi);
  CHECK(apus_wasi_init(&wasi, &port, NULL));
  EXPECT(CALL("args_sizes_get", RESULT, RESULT + 4), WASI_SUCCESS);
  CHECK(!u32_at(RESULT) && !u32_at(RESULT + 4));
  /* Two tasks inside, where nothing keeps them apart. */
  wasi_lock(&wasi);
  fatal_calls = 0;
  port.fatal = full.fatal;
  EXPECT(CALL("fd_close", 9), WASI_BADF);
  CHECK(fatal_calls > 0);
  wasi_unlock(&wasi);
  fatal_calls = 0;
  EXPECT(CALL("fd_close", 9), WASI_BADF);
  CHECK(!fatal_calls);
  apus_wasi_destroy(&wasi);
  port = full;
}

static void no_context(void) {
  guest.wasi = NULL;
  uint64_t none[PARAMETERS_MAX] = {0};
  for (int i = 0; i < CALL_COUNT; i++) {
    if (!strcmp(calls[i].name, "proc_exit")) continue;
    none[2] = !strcmp(calls[i].name, "poll_oneoff");
    uint32_t error = call(calls[i].name, none);
    CHECK(error == WASI_BADF || error == WASI_NOSYS || !strcmp(calls[i].name, "sched_yield"));
  }
}

static void table(void) {
  static const struct apus_wasi zero;
  start();
  EXPECT(CALL("fd_renumber", 0, 2), WASI_SUCCESS);
  EXPECT(CALL("fd_renumber", 0, 2), WASI_BADF);
  EXPECT(CALL("fd_renumber", 2, 2), WASI_SUCCESS);
  EXPECT(CALL("fd_close", 2), WASI_SUCCESS);
  EXPECT(CALL("fd_close", 2), WASI_BADF);
  apus_wasi_destroy(&wasi);
  apus_wasi_destroy(&wasi);
  lock_fails = true;
  CHECK(!apus_wasi_init(&wasi, &port, NULL) && !memcmp(&wasi, &zero, sizeof wasi));
  lock_fails = false;
}

/* No descriptor is a folder. */
void test_no_files(void) {
  start();
  int seen = 0;
  for (int i = 0; i < CALL_COUNT; i++) {
    const char *name = calls[i].name;
    if (strncmp(name, "path_", 5) && strcmp(name, "fd_readdir")) continue;
    seen++;
    uint64_t arguments[PARAMETERS_MAX] = {0};
    EXPECT(call(name, arguments), WASI_NOTDIR);
    arguments[0] = 9, arguments[2] = 9; /* path_symlink takes its descriptor third */
    EXPECT(call(name, arguments), WASI_BADF);
  }
  CHECK(seen == 11);
}

void test_console(void) {
  console();
  attributes();
  process();
  poll();
  overlapping();
  least();
  no_context();
  table();
}
