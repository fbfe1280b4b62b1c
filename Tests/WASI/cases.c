/* cases.c: the cases of cases.txt, each on a tree and a context of its own:
 *
 *     function argument... = ERRNO          one case
 *     call; call; call = ERRNO              all but the last succeed
 *     nofile: call = ERRNO                  the last call without descriptors of the host; see `states`
 *
 * Arguments are written in the function's order, but for addresses: results and vectors
 * have their place, and a path is a text in quotes with its length. A text can be repeated
 * and continued, 'x'*256 or './'*2048'in', and has \0 for a NUL. Flags are names or
 * numbers with bars between them, vectors are counted or one `big` one, subscriptions are
 * counted or read:FD, write:FD, clock:ID:TIME:FLAGS, kind:N; `event ERRNO` is what the
 * first event says. */
#include "dispatch.h"
#include "harness.h"

#include <ctype.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

/* --- descriptors -------------------------------------------------------------------------- */

enum { ROOT = 3, RO = 4, GIVEN = 5, GIVEN_MAX = 16, NONE = 77, EVENTS = 0xc000, BIG_AT = 0x10000, BIG_SIZE = 0x80000 };

/* Those that the embedder gives, in this order from GIVEN on. */
static const char *const given_names[] = {"pipe_r", "pipe_w", "deaf", "stream", "quiet", "dgram", "listening",
                                          "loose",  "null",   "full", "proc",   "other"};
enum { GIVEN_COUNT = sizeof given_names / sizeof *given_names };
static struct apus_wasi_descriptor given[GIVEN_COUNT];
static int peers[4];

static void give(void) {
  int pipes[2], deaf[2], stream[2], quiet[2], dgram[2];
  char message[100];
  if (pipe(pipes) || pipe(deaf) || socketpair(AF_UNIX, SOCK_STREAM, 0, stream) ||
      socketpair(AF_UNIX, SOCK_STREAM, 0, quiet) || socketpair(AF_UNIX, SOCK_DGRAM, 0, dgram) ||
      write(stream[1], "hello", 5) != 5)
    abort();
  close(deaf[0]);
  int list[] = {pipes[0], pipes[1], deaf[1], stream[0], quiet[0], dgram[0], apus_listen("127.0.0.1:0", message, sizeof message),
                socket(AF_INET, SOCK_STREAM, 0), open("/dev/null", O_RDWR), open("/dev/full", O_RDWR),
                open("/proc/self/comm", O_RDWR), open("/tmp", O_RDONLY | O_DIRECTORY)};
  /* What a host lacks is standard input once more: cases that name it are left out. */
  for (int i = 0; i < GIVEN_COUNT; i++) given[i] = (struct apus_wasi_descriptor){list[i] < 0 ? dup(0) : list[i], true};
  peers[0] = stream[1], peers[1] = quiet[1], peers[2] = dgram[1], peers[3] = -1;
}

struct opened {
  const char *name, *path;
  uint32_t folder, oflags;
  uint64_t base, inheriting;
};
#define ALL ((uint64_t)(WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE))
#define WRITING ((uint64_t)(R_FD_WRITE | R_FD_DATASYNC | R_FD_ALLOCATE | R_FD_FILESTAT_SET_SIZE))
static const struct opened opened[] = {
    {"file", "in", ROOT, 0, ALL, ALL},           {"rfile", "in", ROOT, 0, ALL & ~WRITING, ALL},
    {"wfile", "in", ROOT, 0, WRITING, ALL},      {"rofile", "in", RO, 0, ALL & ~WRITING, ALL},
    {"dir", "sub", ROOT, WASI_OPEN_DIRECTORY, ALL & ~WRITING, ALL}, {"rodir", ".", RO, WASI_OPEN_DIRECTORY, ALL & ~WRITING, ALL},
    {"weak", "in", ROOT, 0, 0, 0},               {"weakdir", "sub", ROOT, WASI_OPEN_DIRECTORY, 0, 0},
    {"onlyopen", "sub", ROOT, WASI_OPEN_DIRECTORY, R_PATH_OPEN, R_FD_READ}, {"gone", "gone", ROOT, WASI_OPEN_DIRECTORY, ALL & ~WRITING, ALL},
};
enum { OPENED_COUNT = sizeof opened / sizeof *opened };
static uint32_t numbers[OPENED_COUNT]; /* 0: not open yet */

static const char *line; /* what is being run, for messages */

_Noreturn static void bad(const char *what, const char *at) {
  fprintf(stderr, "cases.txt: %s at \"%s\" in: %s\n", what, at, line);
  exit(2);
}

static uint32_t descriptor(const char *name) {
  static const char *const fixed[] = {"stdin", "stdout", "stderr", "root", "ro"};
  for (uint32_t i = 0; i < 5; i++)
    if (!strcmp(name, fixed[i])) return i;
  if (!strcmp(name, "none")) return NONE;
  for (uint32_t i = 0; i < GIVEN_COUNT; i++)
    if (!strcmp(name, given_names[i])) return GIVEN + i;
  for (int i = 0; i < OPENED_COUNT; i++) {
    const struct opened *one = &opened[i];
    if (strcmp(name, one->name)) continue;
    if (numbers[i]) return numbers[i];
    bool gone = !strcmp(name, "gone");
    if (gone && mkdir(tree_path("root/gone"), 0777)) abort();
    EXPECT(wasi_path_open(&guest, one->folder, 1, A, put(A, one->path), one->oflags, one->base, one->inheriting, 0, RESULT),
           WASI_SUCCESS);
    if (gone && rmdir(tree_path("root/gone"))) abort();
    return numbers[i] = u32_at(RESULT);
  }
  if (!isdigit((unsigned char)*name) && *name != '-') bad("no such descriptor", name);
  return (uint32_t)strtoll(name, NULL, 0);
}

/* --- arguments ------------------------------------------------------------------------------ */

static const char *const rights[] = {
    "fd_datasync", "fd_read", "fd_seek", "fd_fdstat_set_flags", "fd_sync", "fd_tell", "fd_write", "fd_advise", "fd_allocate",
    "path_create_directory", "path_create_file", "path_link_source", "path_link_target", "path_open", "fd_readdir",
    "path_readlink", "path_rename_source", "path_rename_target", "path_filestat_get", "path_filestat_set_size",
    "path_filestat_set_times", "fd_filestat_get", "fd_filestat_set_size", "fd_filestat_set_times", "path_symlink",
    "path_remove_directory", "path_unlink_file", "poll_fd_readwrite", "sock_shutdown", "sock_accept"};

static const struct {
  const char *name;
  uint64_t value;
} words[] = {{"follow", 1}, {"creat", WASI_CREAT}, {"folder", WASI_OPEN_DIRECTORY}, {"excl", WASI_EXCL}, {"trunc", WASI_TRUNC},
             {"append", WASI_APPEND}, {"dsync", WASI_DSYNC}, {"nonblock", WASI_NONBLOCK}, {"rsync", WASI_RSYNC},
             {"sync", WASI_SYNC}, {"atim", WASI_ATIM}, {"atim_now", WASI_ATIM_NOW}, {"mtim", WASI_MTIM},
             {"mtim_now", WASI_MTIM_NOW}, {"all", ALL}, {"reading", ALL & ~WRITING}, {"max", UINT64_MAX},
             {"negative", (uint64_t)1 << 63}, {"largest", INT64_MAX}};

static uint64_t number(char *text) {
  uint64_t value = 0;
  char *rest = NULL;
  for (char *one = strtok_r(text, "|", &rest); one; one = strtok_r(NULL, "|", &rest)) {
    bool found = isdigit((unsigned char)*one) || *one == '-';
    if (found) value |= *one == '-' ? (uint64_t)strtoll(one, NULL, 0) : strtoull(one, NULL, 0);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
      if (!strcmp(one, words[i].name)) value |= words[i].value, found = true;
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
      if (!strcmp(one, rights[i])) value |= (uint64_t)1 << i, found = true;
    if (!found) bad("no such number", one);
  }
  return value;
}

/* A text in quotes goes to `at`; the length. Moves *from behind it. */
static uint32_t text_to(uint32_t at, char **from) {
  uint32_t length = 0;
  while (**from == '\'') {
    char *end = strchr(*from + 1, '\'');
    if (!end) bad("no quote at the end", *from);
    uint32_t size = 0;
    uint8_t part[300];
    for (char *c = *from + 1; c < end && size < sizeof part; c++)
      part[size++] = c[0] == '\\' && c[1] == '0' ? (c++, 0) : c[0] == '\\' && c[1] == 'n' ? (c++, '\n') : (uint8_t)*c;
    *from = end + 1;
    unsigned long times = **from == '*' ? strtoul(*from + 1, from, 10) : 1;
    for (; times; times--, length += size) memcpy(guest_bytes + at + length, part, size);
  }
  return length;
}

static void subscribe(uint32_t index, char *text) {
  uint8_t *at = guest_bytes + DATA + index * 48;
  char *rest = NULL, *kind = strtok_r(text, ":", &rest), *id = strtok_r(NULL, ":", &rest), *time = strtok_r(NULL, ":", &rest),
       *flags = strtok_r(NULL, ":", &rest);
  memset(at, 0, 48);
  if (!strcmp(kind, "kind")) {
    at[8] = (uint8_t)strtoul(id, NULL, 0);
  } else if (!strcmp(kind, "clock")) {
    wasi_put32(at + 16, (uint32_t)strtoul(id, NULL, 0));
    wasi_put64(at + 24, time ? number(time) : 0);
    wasi_put16(at + 40, flags ? (uint16_t)strtoul(flags, NULL, 0) : 0);
  } else {
    at[8] = !strcmp(kind, "read") ? 1 : 2;
    wasi_put32(at + 16, descriptor(id));
  }
}

static char *next_word(char **at) {
  while (**at == ' ') ++*at;
  char *word = *at;
  while (**at && **at != ' ') ++*at;
  if (**at) *(*at)++ = 0;
  return *word ? word : NULL;
}

/* Fills the arguments of `call` from the words that follow its name. Descriptors that have
 * to be opened first use A and RESULT as well, so they come before the texts. */
static void read_arguments(const struct call *call, char *words_at, uint64_t *arguments) {
  uint32_t results = RESULT, texts = A;
  for (int pass = 0; pass < 2; pass++) {
    char copy[1024], *at = copy;
    if (strlen(words_at) >= sizeof copy) bad("too long", words_at);
    strcpy(copy, words_at);
    for (int i = 0; call->parameters[i]; i++) {
      char kind = call->parameters[i], *word;
      if (kind == 'p') arguments[i] = results, results += 64 * (uint32_t)pass;
      else if (kind == 'v') arguments[i] = IOVS;
      else if (kind == 'b' || kind == 'q') arguments[i] = DATA;
      else if (kind == 'e') arguments[i] = EVENTS;
      else if (kind == 's') {
        while (*at == ' ') at++;
        if (*at != '\'') bad("a text in quotes is missing", at);
        uint32_t length = text_to(texts, &at);
        arguments[i] = texts, arguments[++i] = length;
        if (pass) texts = B;
      } else {
        if (!(word = next_word(&at))) bad("an argument is missing", words_at);
        if (kind == 'f') arguments[i] = descriptor(word);
        else if (kind == 'n' && strchr(word, ':')) {
          uint32_t count = 0;
          for (char *one = word; one; one = next_word(&at)) subscribe(count++, one);
          arguments[i] = count;
        } else if (kind == 'n' && !strcmp(word, "big")) {
          wasi_put32(guest_bytes + IOVS, BIG_AT), wasi_put32(guest_bytes + IOVS + 4, BIG_SIZE);
          arguments[i] = 1;
        } else {
          arguments[i] = number(word);
          for (uint32_t k = 0; kind == 'n' && k < arguments[i] && k < 100; k++)
            wasi_put32(guest_bytes + IOVS + k * 8, DATA + k * 8), wasi_put32(guest_bytes + IOVS + k * 8 + 4, 8);
        }
      }
    }
    if (next_word(&at)) bad("an argument too many", words_at);
  }
}

/* --- one case ------------------------------------------------------------------------------------ */

static const char *const errno_names[] = {
    "SUCCESS", "2BIG", "ACCES", "ADDRINUSE", "ADDRNOTAVAIL", "AFNOSUPPORT", "AGAIN", "ALREADY", "BADF", "BADMSG", "BUSY",
    "CANCELED", "CHILD", "CONNABORTED", "CONNREFUSED", "CONNRESET", "DEADLK", "DESTADDRREQ", "DOM", "DQUOT", "EXIST",
    "FAULT", "FBIG", "HOSTUNREACH", "IDRM", "ILSEQ", "INPROGRESS", "INTR", "INVAL", "IO", "ISCONN", "ISDIR", "LOOP", "MFILE",
    "MLINK", "MSGSIZE", "MULTIHOP", "NAMETOOLONG", "NETDOWN", "NETRESET", "NETUNREACH", "NFILE", "NOBUFS", "NODEV", "NOENT",
    "NOEXEC", "NOLCK", "NOLINK", "NOMEM", "NOMSG", "NOPROTOOPT", "NOSPC", "NOSYS", "NOTCONN", "NOTDIR", "NOTEMPTY",
    "NOTRECOVERABLE", "NOTSOCK", "NOTSUP", "NOTTY", "NXIO", "OVERFLOW", "OWNERDEAD", "PERM", "PIPE", "PROTO",
    "PROTONOSUPPORT", "PROTOTYPE", "RANGE", "ROFS", "SPIPE", "SRCH", "STALE", "TIMEDOUT", "TXTBSY", "XDEV", "NOTCAPABLE"};

static uint32_t errno_named(const char *name) {
  for (uint32_t i = 0; i <= WASI_NOTCAPABLE; i++)
    if (!strcmp(errno_names[i], name)) return i;
  bad("no such errno", name);
}

/* What the process is like during the last call. */
static const char *const states[] = {"nofile:", "nomemory:", "nocontext:", "small:"};
enum state { NOFILE, NOMEMORY, NOCONTEXT, SMALL, ORDINARY };

static uint32_t run_in(enum state state, const struct call *call, const uint64_t *arguments) {
  struct rlimit old, low;
  int kind = state == SMALL ? RLIMIT_FSIZE : RLIMIT_NOFILE;
  getrlimit((__rlimit_resource_t)kind, &old);
  low = old;
  if (state == SMALL) low.rlim_cur = 4096;
  if (state == NOFILE) {
    low.rlim_cur = (rlim_t)dup(0);
    close((int)low.rlim_cur);
  }
  setrlimit((__rlimit_resource_t)kind, &low);
  if (state == NOMEMORY) fail_after = 1;
  if (state == NOCONTEXT) guest.wasi = NULL;
  uint32_t error = call->run(arguments);
  guest.wasi = &wasi;
  fail_after = 0;
  setrlimit((__rlimit_resource_t)kind, &old);
  return error;
}

/* The calls of a case; the last one's answer is the errno or the event at the end. */
static void run_calls(char *text, enum state state, const char *want) {
  for (char *next; text; text = next) {
    uint64_t arguments[PARAMETERS_MAX] = {0};
    if ((next = strchr(text, ';'))) *next++ = 0;
    char *name = next_word(&text);
    const struct call *call = name ? call_named(name) : NULL;
    if (!call) bad("no such function", name ? name : "");
    read_arguments(call, text, arguments);
    bool event = !next && !strncmp(want, "event ", 6);
    uint32_t wanted = next || event ? WASI_SUCCESS : errno_named(want);
    uint32_t error = run_in(next ? ORDINARY : state, call, arguments);
    check(error == wanted, __FILE__, __LINE__, "%s: %s, not %s (%s)", line, error <= WASI_NOTCAPABLE ? errno_names[error] : "a trap",
          next ? "SUCCESS" : want, test_resolver == APUS_WASI_RESOLVER_WALK ? "walk" : "openat2");
    if (event) {
      uint16_t told = wasi_get16(guest_bytes + EVENTS + 8);
      check(told == errno_named(want + 6), __FILE__, __LINE__, "%s: event %u", line, told);
    }
  }
}

static void make_special(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  snprintf(address.sun_path, sizeof address.sun_path, "%.90s/root/socket", base);
  if (mkfifo(tree_path("root/fifo"), 0666) || fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address)) abort();
  close(fd);
}

static bool can_run(const char *text) {
  struct stat root, other;
  if (strstr(text, " full ") && access("/dev/full", R_OK | W_OK)) return false;
  if (strstr(text, " proc ") && access("/proc/self/comm", R_OK | W_OK)) return false;
  return !strstr(text, " other ") || (!stat(tree_folder ? tree_folder : "/tmp", &root) && !stat("/tmp", &other) && root.st_dev != other.st_dev);
}

static void run_case(char *text, const char *want) {
  enum state state = NOFILE;
  while (state < ORDINARY && strncmp(text, states[state], strlen(states[state]))) state++;
  if (state < ORDINARY) text += strlen(states[state]);
  tree_make();
  make_special();
  uint64_t outside = tree_outside();
  int fds = open_fds();
  give();
  wasi_start_with(given, GIVEN_COUNT);
  memset(numbers, 0, sizeof numbers);
  run_calls(text, state, want);
  apus_wasi_destroy(&wasi);
  for (int i = 0; peers[i] >= 0; i++) close(peers[i]);
  check(open_fds() == fds && !live_allocations && !live_locks && tree_outside() == outside, __FILE__, __LINE__,
        "%s: something is left, or the outside changed", line);
  tree_remove();
}

void test_cases(void) {
  char text[1024], whole[1024] = __FILE__; /* beside this file */
  strcpy(whole + strlen(whole) - 1, "txt");
  FILE *file = fopen(whole, "r");
  int count = 0, skipped = 0;
  void (*old_size)(int) = signal(SIGXFSZ, SIG_IGN), (*old_pipe)(int) = signal(SIGPIPE, SIG_IGN);
  if (!file) abort();
  line = whole;
  if (!access("/dev/shm", W_OK)) tree_folder = "/dev/shm"; /* a thousand trees are much for a disk */
  while (fgets(text, sizeof text, file)) {
    text[strcspn(text, "\n")] = 0;
    if (!text[0] || text[0] == '#') continue;
    strcpy(whole, text);
    char *want = strstr(text, " = ");
    if (!want) bad("no errno", text);
    *want = 0;
    if (!can_run(text)) {
      printf("skipped: %s: this host has no such descriptor\n", whole);
      skipped++;
      continue;
    }
    run_case(text, want + 3);
    count++;
  }
  fclose(file);
  tree_folder = NULL;
  signal(SIGXFSZ, old_size), signal(SIGPIPE, old_pipe);
  printf("%d cases of cases.txt with %s\n", count, test_resolver == APUS_WASI_RESOLVER_WALK ? "the walk" : "openat2");
}
