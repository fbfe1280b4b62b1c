/* program.c: apus_main and the statuses it returns. */
#include "harness.h"

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
static void destroy(void) { destroyed++; }
static struct apus_host *host(void) { return &guest; }

/* apus_main with its messages kept from the terminal; the text in `output`. */
static char output[1000];
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
  int status = apus_main(1, argv, &program);
  dup2(saved, 2);
  close(saved);
  ssize_t got = read(pipes[0], output, sizeof output - 1);
  output[got < 0 ? 0 : got] = 0;
  close(pipes[0]);
  return status;
}

static int run(void (*start)(void *), const char *dir) { return run_with(start, dir, (struct apus_program){0}); }

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
  program = (struct apus_program){.stdin_path = "/nonexistent/file"};
  CHECK(run_with(start_returns, dir, program) == 123);
  CHECK(!strncmp(output, "apus: cannot open /nonexistent/file: No such file", 49));
  program = (struct apus_program){.stdout_path = "/nonexistent/file"};
  CHECK(run_with(start_returns, dir, program) == 123);
  program = (struct apus_program){.listen = nowhere, .listen_count = 1};
  CHECK(run_with(start_returns, dir, program) == 123 && strstr(output, "cannot listen on nowhere: "));
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
  CHECK(run(start_returns, "/nonexistent/folder::/x") == 123);
  CHECK(!strncmp(output, "apus: cannot open /nonexistent/folder: No such file", 50));
  CHECK(destroyed == 3);
  all_options(dir);
  CHECK(open_fds() == fds && !live_allocations);
}
