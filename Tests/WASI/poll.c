/* poll.c: poll_oneoff on pipes, sockets and files, interrupted, and beside clocks. */
#include "harness.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>

enum { READER = 5, WRITER = 6, EVENTS = 0xc000, CLOCK = 0, READ = 1, WRITE = 2, MONOTONIC = 1, ABSOLUTE = 1 };

static const uint64_t LONG = 3600000000000u; /* an hour: the test ends by something else */

static void start_with(int reader, int writer) {
  wasi_start_with((struct apus_wasi_descriptor[]){{reader, true}, {writer, true}}, 2);
}

static void subscribe(uint32_t index, uint8_t type, uint32_t id, uint64_t timeout, uint16_t flags) {
  uint8_t *at = guest_bytes + DATA + index * 48;
  memset(at, 0, 48);
  wasi_put64(at, 100 + index);
  at[8] = type;
  wasi_put32(at + 16, id);
  wasi_put64(at + 24, timeout);
  wasi_put16(at + 40, flags);
}

/* The number of events, or UINT32_MAX. */
static uint32_t poll_of(uint32_t n) {
  memset(guest_bytes + EVENTS, 0xa5, n * 32);
  return wasi_poll_oneoff(&guest, DATA, EVENTS, n, RESULT, WASI_PREVIEW1) ? UINT32_MAX : u32_at(RESULT);
}

/* The event at `index`, its padding included. */
static bool event_is(uint32_t index, uint64_t userdata, uint16_t error, uint8_t type, uint64_t bytes, uint16_t flags) {
  uint8_t want[32] = {0};
  wasi_put64(want, userdata), wasi_put16(want + 8, error), want[10] = type;
  wasi_put64(want + 16, bytes), wasi_put16(want + 24, flags);
  return !memcmp(guest_bytes + EVENTS + index * 32, want, 32);
}

static void pipes(void) {
  int ends[2];
  if (pipe(ends)) abort();
  int writer = dup(ends[1]);
  start_with(ends[0], ends[1]);
  subscribe(0, READ, READER, 0, 0);
  subscribe(1, WRITE, WRITER, 0, 0);
  CHECK(poll_of(2) == 1 && event_is(0, 101, 0, WRITE, 0, 0)); /* nothing to read yet */
  CHECK(write(writer, "four", 4) == 4);
  CHECK(poll_of(2) == 2 && event_is(0, 100, 0, READ, 4, 0) && event_is(1, 101, 0, WRITE, 0, 0));
  subscribe(1, CLOCK, MONOTONIC, LONG, 0);
  CHECK(poll_of(2) == 1 && event_is(0, 100, 0, READ, 4, 0));
  /* The writers go: what is left can be read, then it hangs up. */
  EXPECT(wasi_fd_close(&guest, WRITER), WASI_SUCCESS);
  close(writer);
  CHECK(poll_of(2) == 1 && event_is(0, 100, 0, READ, 4, 0));
  wasi_put32(guest_bytes + IOVS, A), wasi_put32(guest_bytes + IOVS + 4, 10);
  EXPECT(wasi_fd_read(&guest, READER, IOVS, 1, RESULT), WASI_SUCCESS);
  CHECK(poll_of(2) == 1 && event_is(0, 100, 0, READ, 0, 1));
  /* A right that is missing is an event, and the other subscriptions are answered. */
  EXPECT(wasi_fd_fdstat_set_rights(&guest, READER, R_FD_READ, 0), WASI_SUCCESS);
  subscribe(2, READ, 77, 0, 0);
  subscribe(3, 3, 0, 0, 0);
  CHECK(poll_of(4) == 3 && event_is(0, 100, WASI_NOTCAPABLE, READ, 0, 0) && event_is(1, 102, WASI_BADF, READ, 0, 0) &&
        event_is(2, 103, WASI_INVAL, 3, 0, 0));
  apus_wasi_destroy(&wasi);
  /* The readers go: a writer is told. */
  if (pipe(ends)) abort();
  start_with(ends[0], ends[1]);
  EXPECT(wasi_fd_close(&guest, READER), WASI_SUCCESS);
  subscribe(0, WRITE, WRITER, 0, 0);
  CHECK(poll_of(1) == 1 && event_is(0, 100, 0, WRITE, 0, 1));
  /* Gone behind our back. */
  int host = ends[1], other = dup(2);
  close(host);
  CHECK(poll_of(1) == 1 && event_is(0, 100, WASI_BADF, WRITE, 0, 0));
  dup2(other, host); /* so that what is closed is ours */
  close(other);
  apus_wasi_destroy(&wasi);
}

static void sockets(void) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) abort();
  int peer = dup(pair[1]);
  start_with(pair[0], pair[1]);
  EXPECT(wasi_fd_close(&guest, WRITER), WASI_SUCCESS);
  CHECK(write(peer, "hello", 5) == 5);
  subscribe(0, READ, READER, 0, 0);
  CHECK(poll_of(1) == 1 && event_is(0, 100, 0, READ, 5, 0));
  wasi_put32(guest_bytes + IOVS, A), wasi_put32(guest_bytes + IOVS + 4, 10);
  EXPECT(wasi_fd_read(&guest, READER, IOVS, 1, RESULT), WASI_SUCCESS);
  close(peer);
  CHECK(poll_of(1) == 1 && event_is(0, 100, 0, READ, 0, 1));
  apus_wasi_destroy(&wasi);
}

/* A TCP peer that sends no more, though it would still receive, is the end, too. */
static void connections(void) {
  char message[100];
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  int listening = apus_listen("127.0.0.1:0", message, sizeof message), peer = socket(AF_INET, SOCK_STREAM, 0);
  if (listening < 0 || getsockname(listening, (struct sockaddr *)&address, &size) ||
      connect(peer, (struct sockaddr *)&address, size))
    abort();
  start_with(accept(listening, NULL, NULL), listening);
  CHECK(write(peer, "bye", 3) == 3 && !shutdown(peer, SHUT_WR));
  subscribe(0, READ, READER, 0, 0);
  CHECK(poll_of(1) == 1 && event_is(0, 100, 0, READ, 3, 0));
  wasi_put32(guest_bytes + IOVS, A), wasi_put32(guest_bytes + IOVS + 4, 10);
  EXPECT(wasi_fd_read(&guest, READER, IOVS, 1, RESULT), WASI_SUCCESS);
#ifdef POLLRDHUP
  CHECK(poll_of(1) == 1 && event_is(0, 100, 0, READ, 0, 1));
#endif
  /* Of a socket that listens: somebody waits. */
  int other = socket(AF_INET, SOCK_STREAM, 0);
  subscribe(0, READ, WRITER, 0, 0);
  subscribe(1, CLOCK, MONOTONIC, 0, 0);
  CHECK(poll_of(2) == 1 && event_is(0, 101, 0, CLOCK, 0, 0));
  CHECK(!connect(other, (struct sockaddr *)&address, size));
  CHECK(poll_of(2) == 1 && event_is(0, 100, 0, READ, 0, 0));
  apus_wasi_destroy(&wasi);
  close(peer), close(other);
}

static void files(void) {
  int file = open(tree_path("root/in"), O_RDWR | O_CLOEXEC), log = open(tree_path("root/in2"), O_WRONLY | O_CLOEXEC);
  start_with(file, log);
  subscribe(0, READ, READER, 0, 0);
  subscribe(1, WRITE, READER, 0, 0);
  CHECK(poll_of(2) == 2 && event_is(0, 100, 0, READ, 2, 0) && event_is(1, 101, 0, WRITE, 0, 0));
  EXPECT(wasi_fd_seek(&guest, READER, 0, 2, RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  CHECK(poll_of(1) == 1 && event_is(0, 100, 0, READ, 0, 1)); /* at its end */
  subscribe(0, WRITE, WRITER, 0, 0);
  subscribe(1, READ, WRITER, 0, 0);
  CHECK(poll_of(2) == 2 && event_is(0, 100, 0, WRITE, 0, 0) && event_is(1, 101, WASI_NOTCAPABLE, READ, 0, 0));
  apus_wasi_destroy(&wasi);
}

static void clocks(void) {
  uint64_t before, after;
  wasi_start();
  /* Of two that are due both are told, of one that is not nothing. */
  subscribe(0, CLOCK, MONOTONIC, 0, 0);
  subscribe(1, CLOCK, 0, 1, ABSOLUTE);
  subscribe(2, CLOCK, MONOTONIC, LONG, 0);
  CHECK(poll_of(3) == 2 && event_is(0, 100, 0, CLOCK, 0, 0) && event_is(1, 101, 0, CLOCK, 0, 0));
  /* Less than a millisecond is waited for, and an absolute time of each clock. */
  for (uint32_t id = 0; id < 2; id++) {
    wasi_clock_now(NULL, id, &before);
    subscribe(0, CLOCK, id, before + 300000, ABSOLUTE);
    CHECK(poll_of(1) == 1 && event_is(0, 100, 0, CLOCK, 0, 0));
    wasi_clock_now(NULL, id, &after);
    CHECK(after >= before + 300000);
  }
  subscribe(0, CLOCK, MONOTONIC, 1, 2); /* an unknown flag */
  subscribe(1, CLOCK, 2, 1, 0);
  subscribe(2, CLOCK, 4, 1, 0);
  CHECK(poll_of(3) == 3 && event_is(0, 100, WASI_INVAL, CLOCK, 0, 0) && event_is(1, 101, WASI_NOTSUP, CLOCK, 0, 0) &&
        event_is(2, 102, WASI_INVAL, CLOCK, 0, 0));
  apus_wasi_destroy(&wasi);
}

/* --- interrupted --------------------------------------------------------------------------- */

static atomic_int interrupts;
static pthread_t sleeper;
static int wake;

static void on_signal(int number) { interrupts += number == SIGUSR1; }

/* Interrupts the sleeper five times while it waits, then gives it something to read. */
static void *interrupt(void *unused) {
  (void)unused;
  struct timespec pause = {0, 2000000};
  for (int i = 0; i < 5; i++) {
    nanosleep(&pause, NULL);
    pthread_kill(sleeper, SIGUSR1);
  }
  nanosleep(&pause, NULL);
  if (wake >= 0 && write(wake, "x", 1) != 1) abort();
  return NULL;
}

static void poll_once(void) { poll_of(1); }

static void read_from_pipe(void) {
  wasi_put32(guest_bytes + DATA, EVENTS), wasi_put32(guest_bytes + DATA + 4, 8);
  apus_import_wasi_snapshot_preview1_fd_read(&guest, READER, DATA, 1, RESULT);
}

static void interrupted(void) {
  struct sigaction action = {.sa_handler = on_signal}, old; /* without SA_RESTART */
  uint64_t before, after;
  int ends[2];
  pthread_t thread;
  if (pipe(ends) || sigaction(SIGUSR1, &action, &old)) abort();
  wake = dup(ends[1]);
  start_with(ends[0], ends[1]);
  sleeper = pthread_self();
  interrupts = 0;
  if (pthread_create(&thread, NULL, interrupt, NULL)) abort();
  subscribe(0, READ, READER, 0, 0);
  subscribe(1, CLOCK, MONOTONIC, LONG, 0);
  CHECK(poll_of(2) == 1 && event_is(0, 100, 0, READ, 1, 0));
  pthread_join(thread, NULL);
  /* The deadline stays where it was. */
  close(wake);
  wake = -1;
  wasi_clock_now(NULL, 1, &before);
  if (pthread_create(&thread, NULL, interrupt, NULL)) abort();
  subscribe(0, CLOCK, MONOTONIC, 30000000, 0);
  CHECK(poll_of(1) == 1 && event_is(0, 100, 0, CLOCK, 0, 0));
  wasi_clock_now(NULL, 1, &after);
  CHECK(after - before >= 30000000);
  pthread_join(thread, NULL);
  CHECK(interrupts >= 2); /* signals that come close together are one */
  /* A thread that is to end waits no longer, and leaves. */
  thread_ends = true;
  if (pthread_create(&thread, NULL, interrupt, NULL)) abort();
  subscribe(0, CLOCK, MONOTONIC, LONG, 0);
  CHECK(trap_of(poll_once) == APUS_TRAP_EXIT);
  pthread_join(thread, NULL);
  if (pthread_create(&thread, NULL, interrupt, NULL)) abort();
  CHECK(trap_of(read_from_pipe) == APUS_TRAP_EXIT);
  pthread_join(thread, NULL);
  thread_ends = false;
  sigaction(SIGUSR1, &old, NULL);
  apus_wasi_destroy(&wasi);
}

void test_poll(void) {
  int fds = open_fds();
  pipes();
  sockets();
  connections();
  files();
  clocks();
  interrupted();
  CHECK(open_fds() == fds && !live_allocations);
}
