/* fuzz.c: a program of calls, made of bytes. Each call and each of its arguments
 * takes a byte or a few: mostly what makes sense, now and then what is hostile. What
 * the layer does on a real tree is compared with the model after every call, and at
 * the end nothing may be left open or allocated. */
#include "model.h"

#include "fuzz.h"

#include <ftw.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

static const uint8_t *input, *input_end;

static uint8_t next(void) { return input < input_end ? *input++ : 0; }
static uint32_t next32(void) {
  uint32_t value = next();
  for (int i = 0; i < 3; i++) value = value << 8 | next();
  return value;
}

/* --- arguments ------------------------------------------------------------------------- */

enum { FAR = 0x40000, BUFFER = 4096 };

static const uint64_t interesting[] = {0, 1, 2, 3, 5, 6, 0x7fffffff, 0x80000000, 0xffffffff, (uint64_t)1 << 63,
                                       UINT64_MAX, INT64_MAX, (uint64_t)INT64_MAX - 1, FILE_LIMIT, 4096, 31};

static uint64_t number(void) {
  uint8_t kind = next();
  return kind < 160 ? kind % 32 : kind < 200 ? (uint64_t)kind * 20 : kind == 255 ? (uint64_t)next32() << 32 | next32()
                                                                                : interesting[kind % 16];
}

static uint64_t rights(void) {
  static const uint64_t sets[] = {WASI_RIGHTS_FILE, WASI_RIGHTS_DIRECTORY, WASI_RIGHTS_FILE | WASI_RIGHTS_DIRECTORY,
                                  R_FD_READ | R_FD_SEEK | R_FD_TELL, R_FD_WRITE | R_FD_SEEK, R_FD_READDIR | R_PATH_OPEN};
  uint8_t kind = next();
  if (kind < 200) return sets[kind % 6];
  return kind < 240 ? next32() & (WASI_RIGHTS_FILE | WASI_RIGHTS_DIRECTORY) : (uint64_t)next32() << 4;
}

static uint64_t descriptor(void) {
  uint8_t kind = next();
  return kind < 240 ? kind % 12 : kind < 248 ? next32() : UINT32_MAX - kind;
}

static uint64_t pointer(uint32_t good) {
  uint8_t kind = next();
  static const uint32_t outside[] = {MEMORY, MEMORY + 1, UINT32_MAX, UINT32_MAX - 3, 0x80000000};
  return kind < 245 ? good : kind < 250 ? outside[kind - 245] : next32() | MEMORY;
}

/* Only these may also lie at the very end: what is written must not change what the
 * model reads after the call. */
static uint64_t result_pointer(uint32_t good) {
  uint8_t kind = next();
  return kind < 245 ? good : kind < 250 ? MEMORY - 1u - 7u * (kind & 1) - 3u * (kind & 2) : pointer(good);
}

static uint32_t path(uint32_t at) {
  static const char *const list[] = {"a", "f", "a/f", "l", "b", "a/b", "c", ".", "..", "a/..", "a/up", "a/", "l/", "f/",
                                     "b/", "a/../b", "up", "a/up/x", "/a", "", "a/b/c", "b/f", "./a", "a//f", "l/x",
                                     "b/../f", "a/f/..", "c/d"};
  uint8_t kind = next();
  if (kind < 230) return put(at, list[kind % (sizeof list / sizeof *list)]);
  if (kind == 255) {
    memset(guest_bytes + at, 'n', 256);
    return 256;
  }
  static const char letters[] = "ab./fl\0c";
  uint32_t length = next() % 24;
  for (uint32_t i = 0; i < length; i++) guest_bytes[at + i] = (uint8_t)letters[next() % 8];
  return length;
}

static uint32_t vectors(uint32_t at) {
  uint8_t kind = next();
  uint32_t count = kind % 5;
  for (uint32_t i = 0; i < count; i++) {
    wasi_put32(guest_bytes + at + i * 8, (uint32_t)pointer(DATA + i * 256));
    wasi_put32(guest_bytes + at + i * 8 + 4, next() % 200);
  }
  return kind < 250 ? count : kind < 253 ? 1025 : next32();
}

/* Subscriptions; the first is a clock that is due, so nothing is waited for. */
static uint32_t subscriptions(uint32_t at) {
  uint8_t kind = next();
  uint32_t count = kind % 5;
  memset(guest_bytes + at, 0, 48 * 5);
  for (uint32_t i = 0; i < count; i++) {
    uint8_t *to = guest_bytes + at + i * 48;
    wasi_put64(to, next());
    to[8] = i ? next() % 4 : 0;
    wasi_put32(to + 16, i ? next() % 12 : 1);
    if (i) wasi_put64(to + 24, number());
    if (i) wasi_put16(to + 40, next() % 3);
  }
  return kind < 250 ? count : kind < 253 ? 65 : next32() | MEMORY;
}

static void choose(const struct call *call, uint64_t *a) {
  uint32_t results = 0, paths = 0, length = 0;
  bool opens = !strcmp(call->name, "path_open") || !strcmp(call->name, "fd_fdstat_set_rights");
  for (int i = 0; call->parameters[i]; i++) {
    switch (call->parameters[i]) {
    case 'f': a[i] = descriptor(); break;
    case 'p': a[i] = result_pointer(RESULT + results++ * 64); break;
    case 's':
      length = path(paths ? B : A);
      a[i] = pointer(paths++ ? B : A);
      break;
    case 'b':
      length = next() < 250 ? (uint32_t)next() * 16 : next32();
      a[i] = pointer(FAR);
      break;
    case 'l': a[i] = next() < 250 ? length : next32(); break;
    case 'v':
      length = vectors(IOVS);
      a[i] = pointer(IOVS);
      break;
    case 'q':
      length = subscriptions(IOVS);
      a[i] = pointer(IOVS);
      break;
    case 'e': a[i] = pointer(FAR); break;
    case 'n': a[i] = length; break;
    case 'i': a[i] = next() < 250 ? next() % 17 : next32(); break;
    case 'I': a[i] = opens ? rights() : number(); break;
    }
  }
}

/* --- the real tree ------------------------------------------------------------------------- */

static void check_or_abort(bool good, const char *what) {
  if (good) return;
  fprintf(stderr, "fuzz: %s\n", what);
  abort();
}

static int remove_inner(const char *path, const struct stat *stat, int kind, struct FTW *ftw) {
  (void)stat, (void)kind;
  return ftw->level ? remove(path) : 0;
}

static void make_tree(void) {
  static bool made;
  if (!made) tree_make_empty();
  else nftw(tree_path("root"), remove_inner, 16, FTW_DEPTH | FTW_PHYS), nftw(tree_path("ro"), remove_inner, 16, FTW_DEPTH | FTW_PHYS);
  made = true;
  check_or_abort(mkdir(tree_path("root/a"), 0777) == 0, "mkdir");
  tree_file("root/a/f", "hello"), tree_file("ro/f", "ro");
  check_or_abort(symlink("a/f", tree_path("root/l")) == 0 && symlink("../..", tree_path("root/a/up")) == 0, "symlink");
}

static const struct call *running;
static uint64_t arguments[PARAMETERS_MAX + 1]; /* the model looks at the one behind each */
static uint32_t answer;
static void run(void) { answer = running->run(arguments); }

static void report(int step) {
  fprintf(stderr, "step %d: %s(", step, running->name);
  for (int i = 0; running->parameters[i]; i++) fprintf(stderr, "%s%#llx", i ? ", " : "", (unsigned long long)arguments[i]);
  fprintf(stderr, ")");
  if (strchr(running->parameters, 's')) fprintf(stderr, " A \"%.30s\" B \"%.30s\"", guest_bytes + A, guest_bytes + B);
  fputc('\n', stderr);
}

static int program(bool tell) {
  static const char *const env[] = {"K=V"};
  static char *argv[] = {"x", NULL};
  struct apus_wasi_dir dirs[] = {{tree_path("root"), "/root", false}, {tree_path("ro"), "/ro", true}};
  int sockets[2], steps = 0, none[] = {-1, -1, -1};
  char message[200];
  check_or_abort(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets), "socketpair");
  /* Not owned: NONBLOCK stays, so nothing waits whatever the guest does. */
  struct apus_wasi_descriptor given = {sockets[0], false};
  struct apus_wasi_options options = {.argc = 1, .argv = argv, .env = env, .env_count = 1, .dirs = dirs, .dir_count = 2,
                                      .descriptors = &given, .descriptor_count = 1, .stdio = none,
                                      .resolver = input < input_end && next() & 1 ? APUS_WASI_RESOLVER_WALK : APUS_WASI_RESOLVER_BEST};
  check_or_abort(!apus_wasi_init(&wasi, &options, message, sizeof message), "init");
  guest.wasi = &wasi;
  model_reset();
  while (input < input_end && !model_is_full()) {
    running = &calls[next() % CALL_COUNT];
    choose(running, arguments);
    enum apus_trap trap = trap_of(run);
    if (trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS) answer = WASI_TRAP;
    else if (trap == APUS_TRAP_EXIT) answer = WASI_SUCCESS;
    const char *wrong = model_call(running, arguments, answer);
    if (tell || wrong) report(steps);
    check_or_abort(!wrong, wrong);
    steps++;
  }
  apus_wasi_destroy(&wasi);
  close(sockets[0]), close(sockets[1]);
  return steps;
}

int fuzz_run(const uint8_t *data, size_t size, bool tell) {
  static bool begun;
  if (!begun) {
    struct rlimit limit = {FILE_LIMIT, FILE_LIMIT};
    signal(SIGXFSZ, SIG_IGN), signal(SIGPIPE, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    umask(0);
    begun = true;
  }
  int fds = open_fds();
  input = data;
  input_end = data + size;
  make_tree();
  int steps = program(tell);
  check_or_abort(open_fds() == fds, "a descriptor is left");
  check_or_abort(!live_allocations && !live_bytes, "memory is left");
  return steps;
}
