/* program.c: apus_main and the statuses it returns. */
#include "harness.h"

static int destroyed;

static void start_returns(void *argument) {
  (void)argument;
  EXPECT(wasi_fd_prestat_get(&guest, 3, RESULT), WASI_SUCCESS);
  EXPECT(wasi_environ_sizes_get(&guest, RESULT, RESULT + 4), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1);
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
static int run(void (*start)(void *), const char *dir) {
  char *argv[] = {"program", NULL};
  const char *dirs[] = {dir}, *env[] = {"A=B"};
  struct apus_program program = {.dirs = dirs, .dir_count = 1, .env = env, .env_count = 1, .start = start, .destroy = destroy, .host = host};
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
  CHECK(open_fds() == fds && !live_allocations);
}
