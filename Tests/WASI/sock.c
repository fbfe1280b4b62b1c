/* sock.c: descriptors that the embedder gives: sockets that listen, are connected or
 * take datagrams, pipes, files, folders. */
#include "harness.h"

#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { PEEK = 1, WAITALL = 2, GIVEN = 5 /* the first number after root and ro */, BIG = 0x20000 };

static uint32_t one(uint32_t length) {
  wasi_put32(guest_bytes + IOVS, DATA);
  wasi_put32(guest_bytes + IOVS + 4, length);
  return IOVS;
}

static uint32_t receive(uint32_t fd, uint32_t length, uint32_t flags) {
  memset(guest_bytes + RESULT, 0xa5, 16);
  return wasi_sock_recv(&guest, fd, one(length), 1, flags, RESULT, RESULT + 8);
}

static bool received(const char *text, uint16_t flags) {
  return u32_at(RESULT) == strlen(text) && !memcmp(guest_bytes + DATA, text, strlen(text)) &&
         wasi_get16(guest_bytes + RESULT + 8) == flags;
}

static uint32_t send_text(uint32_t fd, const char *text, uint32_t flags) {
  return wasi_sock_send(&guest, fd, one(put(DATA, text)), 1, flags, RESULT);
}

static void start(const struct apus_wasi_descriptor *list, int count, const int *stdio) {
  struct apus_wasi_dir dirs[] = {{tree_path("root"), "/root", false}, {tree_path("ro"), "/ro", true}};
  struct apus_wasi_options options = {.dirs = dirs, .dir_count = 2, .descriptors = list, .descriptor_count = count,
                                      .stdio = stdio, .resolver = test_resolver};
  char message[300];
  const char *error = apus_wasi_init(&wasi, &options, message, sizeof message);
  check(!error, __FILE__, __LINE__, "init: %s", error ? error : "");
  guest.wasi = &wasi;
}

static void start_one(int host, bool owned) { wasi_start_with(&(struct apus_wasi_descriptor){host, owned}, 1); }

static uint8_t type_of(uint32_t fd) { return wasi_fd_fdstat_get(&guest, fd, RESULT) ? 0xff : guest_bytes[RESULT]; }

/* --- connections --------------------------------------------------------------------- */

static void connected(void) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) abort();
  start_one(pair[0], true);
  CHECK(type_of(GIVEN) == WASI_SOCKET_STREAM);
  CHECK(u64_at(RESULT + 8) == WASI_RIGHTS_CONNECTION && u64_at(RESULT + 16) == 0);
  EXPECT(wasi_fd_filestat_get(&guest, GIVEN, RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  CHECK(guest_bytes[RESULT + 16] == WASI_SOCKET_STREAM);
  EXPECT(wasi_fd_prestat_get(&guest, GIVEN, RESULT), WASI_BADF);
  EXPECT(send_text(GIVEN, "question", 0), WASI_SUCCESS);
  char text[32] = "";
  CHECK(u32_at(RESULT) == 8 && read(pair[1], text, sizeof text) == 8 && !memcmp(text, "question", 8));
  CHECK(write(pair[1], "answer", 6) == 6);
  EXPECT(receive(GIVEN, 3, PEEK), WASI_SUCCESS);
  CHECK(received("ans", 0));
  EXPECT(receive(GIVEN, 6, WAITALL), WASI_SUCCESS);
  CHECK(received("answer", 0));
  CHECK(write(pair[1], "read", 4) == 4);
  EXPECT(wasi_fd_read(&guest, GIVEN, one(10), 1, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 4 && !memcmp(guest_bytes + DATA, "read", 4));
  EXPECT(wasi_fd_write(&guest, GIVEN, one(put(DATA, "written")), 1, RESULT), WASI_SUCCESS);
  CHECK(read(pair[1], text, sizeof text) == 7);
  /* No position, no times, no size. */
  EXPECT(wasi_fd_pread(&guest, GIVEN, one(1), 1, 0, RESULT), WASI_SPIPE);
  EXPECT(wasi_fd_seek(&guest, GIVEN, 0, 0, RESULT, WASI_PREVIEW1), WASI_SPIPE);
  EXPECT(wasi_fd_tell(&guest, GIVEN, RESULT), WASI_SPIPE);
  EXPECT(wasi_fd_filestat_set_size(&guest, GIVEN, 0), WASI_NOTCAPABLE);
  EXPECT(wasi_fd_sync(&guest, GIVEN), WASI_NOTCAPABLE);
  EXPECT(wasi_fd_readdir(&guest, GIVEN, DATA, 10, 0, RESULT), WASI_NOTDIR);
  /* NONBLOCK. */
  EXPECT(wasi_fd_fdstat_set_flags(&guest, GIVEN, WASI_NONBLOCK), WASI_SUCCESS);
  EXPECT(receive(GIVEN, 1, 0), WASI_AGAIN);
  CHECK(u32_at(RESULT) == 0xa5a5a5a5);
  EXPECT(wasi_fd_read(&guest, GIVEN, one(1), 1, RESULT), WASI_AGAIN);
  /* Flags and what is no socket. */
  EXPECT(receive(GIVEN, 1, 4), WASI_INVAL);
  EXPECT(send_text(GIVEN, "x", 1), WASI_INVAL);
  EXPECT(receive(3, 1, 0), WASI_NOTSOCK);
  EXPECT(send_text(1, "x", 0), WASI_NOTSOCK);
  EXPECT(wasi_sock_shutdown(&guest, 1, 1), WASI_NOTSOCK);
  EXPECT(wasi_sock_accept(&guest, 1, 0, RESULT), WASI_NOTSOCK);
  EXPECT(receive(77, 1, 0), WASI_BADF);
  EXPECT(send_text(77, "x", 0), WASI_BADF);
  EXPECT(wasi_sock_shutdown(&guest, 77, 1), WASI_BADF);
  EXPECT(wasi_sock_accept(&guest, 77, 0, RESULT), WASI_BADF);
  EXPECT(wasi_sock_accept(&guest, GIVEN, 0, RESULT), WASI_NOTCAPABLE);
  /* Both halves closed, one after the other. */
  EXPECT(wasi_sock_shutdown(&guest, GIVEN, 0), WASI_INVAL);
  EXPECT(wasi_sock_shutdown(&guest, GIVEN, 4), WASI_INVAL);
  EXPECT(wasi_sock_shutdown(&guest, GIVEN, 2), WASI_SUCCESS);
  CHECK(read(pair[1], text, 1) == 0);
  EXPECT(send_text(GIVEN, "x", 0), WASI_PIPE); /* and no signal */
  CHECK(write(pair[1], "z", 1) == 1);
  EXPECT(receive(GIVEN, 5, 0), WASI_SUCCESS);
  CHECK(received("z", 0));
  EXPECT(wasi_sock_shutdown(&guest, GIVEN, 1), WASI_SUCCESS);
  EXPECT(receive(GIVEN, 5, 0), WASI_SUCCESS);
  CHECK(received("", 0));
  EXPECT(wasi_sock_shutdown(&guest, GIVEN, 3), WASI_SUCCESS);
  EXPECT(wasi_fd_fdstat_set_rights(&guest, GIVEN, R_FD_FILESTAT_GET, 0), WASI_SUCCESS);
  EXPECT(receive(GIVEN, 1, 0), WASI_NOTCAPABLE);
  EXPECT(send_text(GIVEN, "x", 0), WASI_NOTCAPABLE);
  EXPECT(wasi_sock_shutdown(&guest, GIVEN, 1), WASI_NOTCAPABLE);
  apus_wasi_destroy(&wasi);
  CHECK(fcntl(pair[0], F_GETFD) < 0); /* owned */
  close(pair[1]);
}

static void datagrams(void) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair)) abort();
  start_one(pair[0], false);
  CHECK(type_of(GIVEN) == WASI_SOCKET_DGRAM);
  CHECK(write(pair[1], "datagram", 8) == 8 && write(pair[1], "second", 6) == 6);
  EXPECT(receive(GIVEN, 4, PEEK), WASI_SUCCESS);
  CHECK(received("data", 1));
  EXPECT(receive(GIVEN, 4, 0), WASI_SUCCESS);
  CHECK(received("data", 1)); /* the rest of it is lost */
  EXPECT(receive(GIVEN, 6, 0), WASI_SUCCESS);
  CHECK(received("second", 0));
  EXPECT(send_text(GIVEN, "", 0), WASI_SUCCESS);
  EXPECT(send_text(GIVEN, "full", 0), WASI_SUCCESS);
  char text[8];
  CHECK(read(pair[1], text, sizeof text) == 0 && read(pair[1], text, sizeof text) == 4);
  /* However many vectors: one datagram. */
  char many[1100];
  for (uint32_t i = 0; i < 1100; i++) wasi_put32(guest_bytes + BIG + i * 8, DATA + i), wasi_put32(guest_bytes + BIG + i * 8 + 4, 1);
  EXPECT(wasi_sock_send(&guest, GIVEN, BIG, 1000, 0, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1000 && read(pair[1], many, sizeof many) == 1000);
  CHECK(write(pair[1], many, 1000) == 1000);
  EXPECT(wasi_sock_recv(&guest, GIVEN, BIG, 1000, 0, RESULT, RESULT + 8), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1000 && wasi_get16(guest_bytes + RESULT + 8) == 0);
  /* NONBLOCK of a descriptor that is not ours stays with the guest. */
  EXPECT(wasi_fd_fdstat_set_flags(&guest, GIVEN, WASI_NONBLOCK), WASI_SUCCESS);
  CHECK(!(fcntl(pair[0], F_GETFL) & O_NONBLOCK));
  EXPECT(receive(GIVEN, 1, 0), WASI_AGAIN);
  EXPECT(wasi_fd_close(&guest, GIVEN), WASI_SUCCESS);
  EXPECT(receive(GIVEN, 1, 0), WASI_BADF);
  apus_wasi_destroy(&wasi);
  CHECK(fcntl(pair[0], F_GETFD) >= 0); /* not owned */
  close(pair[0]), close(pair[1]);
}

/* --- listening ---------------------------------------------------------------------------- */

static int connect_to(int listening) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || getsockname(listening, (struct sockaddr *)&address, &size) ||
      connect(fd, (struct sockaddr *)&address, size))
    return -1;
  return fd;
}

static void listening(void) {
  char message[200], text[8];
  CHECK(apus_listen("nonsense", message, sizeof message) < 0 && strstr(message, "HOST:PORT"));
  CHECK(apus_listen("127.0.0.1:", message, sizeof message) < 0);
  CHECK(apus_listen(":80", message, sizeof message) < 0);
  CHECK(apus_listen("127.0.0.1:no-such-port", message, sizeof message) < 0 && strstr(message, "no-such-port: "));
  CHECK(apus_listen("192.0.2.1:0", message, sizeof message) < 0); /* an address for documents, nobody's */
  int six = apus_listen("[::1]:0", message, sizeof message);
  CHECK(six >= 0 || strstr(message, "[::1]:0: ")); /* hosts may be without IPv6 */
  if (six >= 0) close(six);
  int host = apus_listen("127.0.0.1:0", message, sizeof message), fds = open_fds();
  check(host >= 0, __FILE__, __LINE__, "%s", message);
  start_one(host, false);
  CHECK(type_of(GIVEN) == WASI_SOCKET_STREAM);
  CHECK(u64_at(RESULT + 8) == WASI_RIGHTS_LISTENING && u64_at(RESULT + 16) == WASI_RIGHTS_CONNECTION);
  EXPECT(wasi_sock_accept(&guest, GIVEN, WASI_APPEND, RESULT), WASI_INVAL);
  EXPECT(wasi_sock_accept(&guest, GIVEN, 32, RESULT), WASI_INVAL);
  EXPECT(wasi_fd_fdstat_set_flags(&guest, GIVEN, WASI_NONBLOCK), WASI_SUCCESS);
  EXPECT(wasi_sock_accept(&guest, GIVEN, 0, RESULT), WASI_AGAIN);
  EXPECT(wasi_fd_fdstat_set_flags(&guest, GIVEN, 0), WASI_SUCCESS);
  for (uint32_t flags = 0; flags <= WASI_NONBLOCK; flags += WASI_NONBLOCK) {
    int client = connect_to(host);
    check(client >= 0, __FILE__, __LINE__, "connect: %s", strerror(errno));
    EXPECT(wasi_sock_accept(&guest, GIVEN, flags, RESULT), WASI_SUCCESS);
    uint32_t fd = u32_at(RESULT);
    CHECK(fd == GIVEN + 1 && type_of(fd) == WASI_SOCKET_STREAM && wasi_get16(guest_bytes + RESULT + 2) == flags);
    CHECK(u64_at(RESULT + 8) == WASI_RIGHTS_CONNECTION);
    if (flags) EXPECT(receive(fd, 5, 0), WASI_AGAIN);
    CHECK(write(client, "hello", 5) == 5);
    EXPECT(wasi_fd_fdstat_set_flags(&guest, fd, 0), WASI_SUCCESS);
    EXPECT(receive(fd, 5, WAITALL), WASI_SUCCESS);
    CHECK(received("hello", 0));
    EXPECT(send_text(fd, "bye", 0), WASI_SUCCESS);
    CHECK(read(client, text, sizeof text) == 3);
    EXPECT(wasi_fd_close(&guest, fd), WASI_SUCCESS);
    CHECK(read(client, text, sizeof text) == 0);
    close(client);
  }
  /* A connection has the rights that the listening socket passes on. */
  EXPECT(wasi_fd_fdstat_set_rights(&guest, GIVEN, R_SOCK_ACCEPT, R_FD_READ), WASI_SUCCESS);
  int client = connect_to(host);
  EXPECT(wasi_sock_accept(&guest, GIVEN, 0, RESULT), WASI_SUCCESS);
  EXPECT(send_text(GIVEN + 1, "x", 0), WASI_NOTCAPABLE);
  EXPECT(wasi_fd_fdstat_set_rights(&guest, GIVEN, 0, 0), WASI_SUCCESS);
  EXPECT(wasi_sock_accept(&guest, GIVEN, 0, RESULT), WASI_NOTCAPABLE);
  apus_wasi_destroy(&wasi);
  close(client);
  CHECK(open_fds() == fds && !live_allocations);
  close(host);
}

/* --- other descriptors ----------------------------------------------------------------------- */

static void others(void) {
  int pipes[2], fds = open_fds();
  if (pipe(pipes)) abort();
  int folder = open(tree_path("root/sub"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int file = open(tree_path("root/in"), O_RDONLY | O_APPEND | O_CLOEXEC);
  struct apus_wasi_descriptor list[] = {{pipes[0], true}, {pipes[1], true}, {folder, true}, {file, true}};
  int stdio[] = {file, -1, pipes[1]};
  start(list, 4, stdio);
  EXPECT(wasi_fd_read(&guest, 0, one(10), 1, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 2 && !memcmp(guest_bytes + DATA, "in", 2));
  EXPECT(wasi_fd_write(&guest, 1, one(1), 1, RESULT), WASI_BADF);
  EXPECT(wasi_fd_write(&guest, 2, one(put(DATA, "err")), 1, RESULT), WASI_SUCCESS);
  CHECK(type_of(GIVEN) == WASI_UNKNOWN);
  EXPECT(wasi_fd_read(&guest, GIVEN, one(10), 1, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 3);
  EXPECT(wasi_fd_write(&guest, GIVEN, one(1), 1, RESULT), WASI_NOTCAPABLE);
  EXPECT(wasi_fd_read(&guest, GIVEN + 1, one(1), 1, RESULT), WASI_NOTCAPABLE);
  CHECK(type_of(GIVEN + 2) == WASI_DIRECTORY && wasi_get16(guest_bytes + RESULT + 2) == 0);
  EXPECT(wasi_path_filestat_get(&guest, GIVEN + 2, 0, A, put(A, "secret"), RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  EXPECT(wasi_path_filestat_get(&guest, GIVEN + 2, 0, A, put(A, "../in"), RESULT, WASI_PREVIEW1), WASI_NOTCAPABLE);
  EXPECT(wasi_fd_prestat_get(&guest, GIVEN + 2, RESULT), WASI_BADF);
  CHECK(type_of(GIVEN + 3) == WASI_REGULAR_FILE && wasi_get16(guest_bytes + RESULT + 2) == WASI_APPEND);
  apus_wasi_destroy(&wasi);
  CHECK(open_fds() == fds);
  /* A failed init leaves all of them to the caller. */
  int kept = dup(2);
  struct apus_wasi_descriptor bad[] = {{kept, true}, {999, true}};
  struct apus_wasi_options options = {.descriptors = bad, .descriptor_count = 2};
  char message[100];
  const char *error = apus_wasi_init(&wasi, &options, message, sizeof message);
  CHECK(error && !strcmp(error, "descriptor 999: Bad file descriptor") && fcntl(kept, F_GETFD) >= 0);
  error = apus_wasi_init(&wasi, &options, NULL, 0);
  CHECK(error && !strcmp(error, "a descriptor is not open") && fcntl(kept, F_GETFD) >= 0);
  close(kept);
  CHECK(open_fds() == fds && !live_allocations);
}

/* --- NONBLOCK of what is not ours ------------------------------------------------------------- */

/* Its writes end when the pipe is full, and the host never waits, however much is asked. */
static void full_pipe(void) {
  int pipes[2];
  if (pipe(pipes)) abort();
  start(NULL, 0, (int[]){0, pipes[1], 2});
  EXPECT(wasi_fd_fdstat_set_flags(&guest, 1, WASI_NONBLOCK), WASI_SUCCESS);
  CHECK(!(fcntl(pipes[1], F_GETFL) & O_NONBLOCK));
  uint32_t error, written = 0;
  while (!(error = wasi_fd_write(&guest, 1, one(MEMORY - DATA), 1, RESULT))) written += u32_at(RESULT);
  EXPECT(error, WASI_AGAIN);
  CHECK(written >= PIPE_BUF);
  apus_wasi_destroy(&wasi);
  close(pipes[0]), close(pipes[1]);
}

/* APPEND, too, is kept by us, and what the descriptor came with stays. */
static void append(void) {
  int file = open(tree_path("root/log"), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  int log = open(tree_path("root/log"), O_WRONLY | O_APPEND | O_CLOEXEC);
  char text[16] = "";
  if (file < 0 || log < 0 || write(file, "12345", 5) != 5 || lseek(file, 0, SEEK_SET)) abort();
  start((struct apus_wasi_descriptor[]){{log, false}}, 1, (int[]){0, file, 2});
  EXPECT(wasi_fd_fdstat_set_flags(&guest, 1, WASI_APPEND), WASI_SUCCESS);
  EXPECT(wasi_fd_write(&guest, 1, one(put(DATA, "ab")), 1, RESULT), WASI_SUCCESS);
  EXPECT(wasi_fd_pwrite(&guest, 1, one(put(DATA, "cd")), 1, 0, RESULT), WASI_SUCCESS);
  CHECK(!(fcntl(file, F_GETFL) & O_APPEND) && pread(file, text, sizeof text, 0) == 9 && !memcmp(text, "12345abcd", 9));
  EXPECT(wasi_fd_fdstat_set_flags(&guest, 1, 0), WASI_SUCCESS);
  EXPECT(wasi_fd_pwrite(&guest, 1, one(put(DATA, "X")), 1, 0, RESULT), WASI_SUCCESS);
  CHECK(pread(file, text, sizeof text, 0) == 9 && text[0] == 'X');
  EXPECT(wasi_fd_fdstat_set_flags(&guest, GIVEN, 0), WASI_NOTSUP);
  EXPECT(wasi_fd_fdstat_set_flags(&guest, GIVEN, WASI_APPEND | WASI_NONBLOCK), WASI_SUCCESS);
  apus_wasi_destroy(&wasi);
  close(file), close(log);
  unlink(tree_path("root/log"));
}

/* A peer that is gone is an errno for fd_write, too; nobody ignores the signal here. */
static void gone(void) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) abort();
  void (*old)(int) = signal(SIGPIPE, SIG_DFL);
  start_one(pair[0], true);
  close(pair[1]);
  EXPECT(wasi_fd_write(&guest, GIVEN, one(put(DATA, "x")), 1, RESULT), WASI_PIPE);
  apus_wasi_destroy(&wasi);
  signal(SIGPIPE, old);
}

void test_sock(void) {
  connected();
  datagrams();
  listening();
  others();
  full_pipe();
  append();
  gone();
}
