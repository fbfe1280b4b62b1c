/* program.c: apus_main and the statuses it returns. */
#include "harness.h"

#include <pthread.h>
#include <sys/resource.h>

static int destroyed;

static void start_returns(void *argument) {
  (void)argument;
  EXPECT(wasi_fd_prestat_get(&guest, 3, RESULT), WASI_SUCCESS);
  EXPECT(wasi_environ_sizes_get(&guest, RESULT, RESULT + 4), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1);
}
/* The guest's environment, each variable behind a newline. */
static char seen[20000];
static void look_at_all(void *argument) {
  (void)argument;
  EXPECT(wasi_args_get(&guest, A, DATA), WASI_SUCCESS);
  CHECK(!strcmp((char *)guest_bytes + DATA, "other"));
  EXPECT(wasi_environ_sizes_get(&guest, RESULT, RESULT + 4), WASI_SUCCESS);
  uint32_t count = u32_at(RESULT);
  EXPECT(wasi_environ_get(&guest, B, DATA), WASI_SUCCESS);
  seen[0] = 0;
  for (uint32_t i = 0; i < count; i++) {
    const char *one = (char *)guest_bytes + u32_at(B + i * 4);
    if (strlen(seen) + strlen(one) + 2 < sizeof seen) strcat(strcat(seen, "\n"), one);
  }
  /* Standard input is the file, and what is read goes to the other file. */
  wasi_put32(guest_bytes + IOVS, DATA), wasi_put32(guest_bytes + IOVS + 4, 10);
  EXPECT(wasi_fd_read(&guest, 0, IOVS, 1, RESULT), WASI_SUCCESS);
  wasi_put32(guest_bytes + IOVS + 4, u32_at(RESULT));
  EXPECT(wasi_fd_write(&guest, 1, IOVS, 1, RESULT), WASI_SUCCESS);
  EXPECT(wasi_sock_accept(&guest, 4, WASI_APPEND, RESULT), WASI_INVAL); /* a socket that listens */
  EXPECT(wasi_sock_shutdown(&guest, 4, 3), WASI_NOTCAPABLE);
}
static void start_exits(void *argument) {
  (void)argument;
  apus_exit(0x121);
}
static void start_traps(void *argument) {
  (void)argument;
  apus_trap(APUS_TRAP_UNREACHABLE, 0);
}

/* The least stack: all but the quarter that translated code leaves is in use. */
static void use_stack(volatile char *bytes, size_t size) {
  bytes[0] = bytes[size - 1] = 1;
  EXPECT(wasi_path_rename(&guest, 3, A, put(A, "flink"), 3, B, put(B, "flink2")), WASI_SUCCESS);
  EXPECT(wasi_path_rename(&guest, 3, A, put(A, "flink2"), 3, B, put(B, "flink")), WASI_SUCCESS);
  EXPECT(wasi_path_symlink(&guest, A, put(A, "x"), 3, B, put(B, "flink")), WASI_EXIST);
  EXPECT(wasi_path_open(&guest, 3, 1, A, put(A, "c30"), 0, R_FD_READ | R_FD_SEEK, 0, 0, RESULT), WASI_SUCCESS);
  uint32_t fd = u32_at(RESULT);
  wasi_put32(guest_bytes + IOVS, DATA), wasi_put32(guest_bytes + IOVS + 4, 1);
  EXPECT(wasi_fd_pread(&guest, fd, IOVS, 1, 0, RESULT), WASI_SUCCESS);
  EXPECT(wasi_fd_close(&guest, fd), WASI_SUCCESS);
  memset(guest_bytes + DATA, 0, 48);
  guest_bytes[DATA + 16] = 1;
  EXPECT(wasi_poll_oneoff(&guest, DATA, B, 1, RESULT, WASI_PREVIEW1), WASI_SUCCESS);
  EXPECT(wasi_fd_readdir(&guest, 3, DATA, 1000, 0, RESULT), WASI_SUCCESS);
}
static void start_deep(void *argument) {
#ifdef __linux__
  pthread_attr_t attributes;
  void *low;
  size_t size;
  if (pthread_getattr_np(pthread_self(), &attributes) || pthread_attr_getstack(&attributes, &low, &size)) abort();
  pthread_attr_destroy(&attributes);
  size_t quarter = size / 4 < 65536 ? size / 4 : 65536, in_use = (size_t)((char *)__builtin_frame_address(0) - (char *)low) - quarter;
  use_stack(__builtin_alloca(in_use), in_use);
#endif
  (void)argument;
}

/* Nothing that was opened for the guest has taken the number of a stream that is closed. */
static void start_closed(void *argument) {
  (void)argument;
  wasi_put32(guest_bytes + IOVS, DATA), wasi_put32(guest_bytes + IOVS + 4, 1);
  EXPECT(wasi_fd_read(&guest, 0, IOVS, 1, RESULT), WASI_BADF);
  EXPECT(wasi_fd_write(&guest, 1, IOVS, 1, RESULT), WASI_SUCCESS);
  EXPECT(wasi_sock_accept(&guest, 0, WASI_NONBLOCK, RESULT), WASI_BADF);
}

static void start_large(void *argument) {
  (void)argument;
  uint32_t fd;
  EXPECT(guest_open(3, "large", true, WASI_CREAT, true, &fd), WASI_SUCCESS);
  wasi_put32(guest_bytes + IOVS, DATA), wasi_put32(guest_bytes + IOVS + 4, 1);
  EXPECT(wasi_fd_pwrite(&guest, fd, IOVS, 1, 5000, RESULT), WASI_FBIG);
  EXPECT(wasi_fd_filestat_set_size(&guest, fd, 5000), WASI_FBIG);
  EXPECT(wasi_path_unlink_file(&guest, 3, A, put(A, "large")), WASI_SUCCESS);
}

static void destroy(void) { destroyed++; }
static struct apus_host *host(void) { return &guest; }

/* apus_main with its messages kept from the terminal; the text in `output`. */
static char output[1000];
static bool without_stdin;
static int run_with(void (*start)(void *), const char *dir, struct apus_program program) {
  char *argv[] = {"program", NULL};
  const char *dirs[] = {dir}, *env[] = {"A=B"};
  program.dirs = dirs, program.dir_count = 1, program.env = env, program.env_count = 1;
  program.start = start, program.destroy = destroy, program.host = host;
  int saved = dup(2), pipes[2];
  if (pipe(pipes)) abort();
  fflush(stderr);
  dup2(pipes[1], 2);
  close(pipes[1]);
  int saved_in = without_stdin ? dup(0) : -1;
  if (without_stdin) close(0);
  int status = apus_main(1, argv, &program);
  if (without_stdin) {
    CHECK(fcntl(0, F_GETFD) < 0);
    dup2(saved_in, 0);
    close(saved_in);
  }
  dup2(saved, 2);
  close(saved);
  ssize_t got = read(pipes[0], output, sizeof output - 1);
  output[got < 0 ? 0 : got] = 0;
  close(pipes[0]);
  if (strstr(output, __FILE__)) fputs(output, stderr); /* of a check that failed */
  return status;
}

static int run(void (*start)(void *), const char *dir) { return run_with(start, dir, (struct apus_program){0}); }

/* Whether the program said that there is no such file or folder. */
static bool says_missing(const char *path) {
  char text[700];
  snprintf(text, sizeof text, "apus: cannot open %s: No such file", path);
  return !strncmp(output, text, strlen(text));
}


static void all_options(const char *dir) {
  char in[600], out[600], text[10] = "";
  const char *listen[] = {"127.0.0.1:0"}, *nowhere[] = {"nowhere"};
  setenv("APUS_TEST_SEEN", "yes", 1);
  setenv("A", "from the host", 1);
  strcpy(in, tree_path("root/in")), strcpy(out, tree_path("root/out"));
  struct apus_program program = {.argv0 = "other", .listen = listen, .listen_count = 1, .stdin_path = in,
                                 .stdout_path = out, .inherit_env = true};
  CHECK(run_with(look_at_all, dir, program) == 0 && !output[0]);
  CHECK(strstr(seen, "\nAPUS_TEST_SEEN=yes") && !strncmp(seen, "\nA=B", 4) && !strstr(seen, "\nA=from"));
  int written = open(out, O_RDONLY);
  CHECK(read(written, text, sizeof text) == 2 && !memcmp(text, "in", 2));
  close(written);
  unlink(out);
  program = (struct apus_program){.stdin_path = tree_path("missing/file")};
  CHECK(run_with(start_returns, dir, program) == 123);
  CHECK(says_missing(program.stdin_path));
  program = (struct apus_program){.stdout_path = tree_path("missing/file")};
  CHECK(run_with(start_returns, dir, program) == 123);
  program = (struct apus_program){.listen = nowhere, .listen_count = 1};
  CHECK(run_with(start_returns, dir, program) == 123 && strstr(output, "cannot listen on nowhere: "));
}

/* Limits and states of the process that the guest must not be able to turn against it. */
static void surroundings(const char *folder) {
  char out[600];
  const char *listen[] = {"127.0.0.1:0"};
  CHECK(run_with(start_deep, folder, (struct apus_program){.stack_size = 1}) == 0);

  strcpy(out, tree_path("root/out"));
  struct apus_program program = {.stdout_path = out, .listen = listen, .listen_count = 1};
  without_stdin = true;
  CHECK(run_with(start_closed, folder, program) == 0);
  without_stdin = false;
  unlink(out);

  struct rlimit old, low;
  getrlimit(RLIMIT_FSIZE, &old);
  low = old;
  low.rlim_cur = 4096;
  setrlimit(RLIMIT_FSIZE, &low);
  CHECK(run_with(start_large, folder, (struct apus_program){0}) == 0);
  setrlimit(RLIMIT_FSIZE, &old);
}

void test_main(void) {
  destroyed = 0;
  int fds = open_fds();
  char dir[700];
  snprintf(dir, sizeof dir, "%s::/data::ro", tree_path("root"));
  CHECK(run(start_returns, dir) == 0 && !output[0]);
  CHECK(run(start_exits, dir) == 0x21 && !output[0]);
  CHECK(run(start_traps, dir) == 134 && !strcmp(output, "apus: trap: unreachable\n"));
  CHECK(destroyed == 3);
  char missing[700];
  snprintf(missing, sizeof missing, "%s::/x", tree_path("missing"));
  CHECK(run(start_returns, missing) == 123);
  CHECK(says_missing(tree_path("missing")));
  CHECK(destroyed == 3);
  all_options(dir);
  surroundings(tree_path("root"));
  CHECK(open_fds() == fds && !live_allocations);
}
