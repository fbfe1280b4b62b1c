/* harness.c: see harness.h. */
#include "harness.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>

int passed, failed;
_Atomic long live_allocations, live_bytes;
long fail_after;
uint8_t guest_bytes[MEMORY];
static struct apus_memory memory = {.base = guest_bytes, .size = MEMORY, .reserved = MEMORY, .maximum = 16};
struct apus_wasi wasi;
enum apus_wasi_resolver test_resolver;
const struct apus_wasi_fixed *test_fixed;
struct apus_host guest = {.memory = &memory};
uint32_t last_exit_status;
char base[256];
const char *tree_folder;

static jmp_buf escape;
static bool catching;

void check(bool condition, const char *file, int line, const char *format, ...) {
  if (condition) {
    passed++;
    return;
  }
  failed++;
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s:%d: ", file, line);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}

/* --- the port --------------------------------------------------------------------- */

#ifndef HARNESS_WITHOUT_ALLOC
void *apus_port_alloc(size_t size) {
  if (fail_after && --fail_after == 0) return NULL;
  void *at = calloc(1, size);
  if (!at) abort();
  live_allocations++;
  live_bytes += (long)size;
  return at;
}

void apus_port_release(void *at, size_t size) {
  live_allocations--;
  live_bytes -= (long)size;
  free(at);
}

bool lock_refused(void) { return false; }
#endif

_Noreturn static void leave(enum apus_trap trap) {
  if (!catching) {
    fprintf(stderr, "unexpected trap %d\n", (int)trap);
    abort();
  }
  longjmp(escape, (int)trap);
}

_Noreturn void apus_trap(enum apus_trap trap, uint32_t offset) {
  (void)offset;
  leave(trap);
}

_Noreturn void apus_exit(uint32_t status) {
  last_exit_status = status;
  leave(APUS_TRAP_EXIT);
}

struct apus_outcome apus_catch(void (*body)(void *), void *argument) {
  struct apus_outcome outcome = {0};
  catching = true;
  int trap = setjmp(escape);
  if (trap) outcome.trap = (enum apus_trap)trap;
  else body(argument);
  catching = false;
  outcome.exit_status = last_exit_status;
  return outcome;
}

bool thread_ends;
bool apus_thread_ends(void) { return thread_ends; }

struct apus_outcome apus_threads_catch(const struct apus_threads *threads, void (*body)(void *), void *argument) {
  (void)threads;
  return apus_catch(body, argument);
}

const char *apus_trap_message(enum apus_trap trap) {
  static const char *const messages[] = {
#define MESSAGE(name, text) text,
      APUS_TRAPS(MESSAGE)
#undef MESSAGE
  };
  return messages[trap];
}

static void call_body(void *argument) { (*(void (**)(void))argument)(); }

enum apus_trap trap_of(void (*body)(void)) { return apus_catch(call_body, &body).trap; }

/* --- the guest ----------------------------------------------------------------------- */

uint32_t put(uint32_t at, const char *text) {
  size_t length = strlen(text);
  memcpy(guest_bytes + at, text, length);
  return (uint32_t)length;
}

uint32_t u32_at(uint32_t at) { return wasi_get32(guest_bytes + at); }
uint64_t u64_at(uint32_t at) { return wasi_get64(guest_bytes + at); }

int open_fds(void) {
  int count = 0;
  for (int fd = 0; fd < 1024; fd++) count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

bool has_openat2(void) {
  struct apus_wasi probe = {0};
  return wasi_resolver_choose(&probe, APUS_WASI_RESOLVER_OPENAT2);
}

void wasi_start(void) { wasi_start_with(NULL, 0); }

void wasi_start_with(const struct apus_wasi_descriptor *list, int count) {
  char *argv[] = {"program", "one", NULL};
  const char *env[] = {"K=V"};
  struct apus_wasi_dir dirs[] = {{tree_path("root"), "/root", false}, {tree_path("ro"), "/ro", true}};
  struct apus_wasi_options options = {.argc = 2, .argv = argv, .env = env, .env_count = 1, .dirs = dirs, .dir_count = 2,
                                      .descriptors = list, .descriptor_count = count, .locks = &counting_locks,
                                      .resolver = test_resolver, .fixed = test_fixed};
  char message[300];
  const char *error = apus_wasi_init(&wasi, &options, message, sizeof message);
  check(!error, __FILE__, __LINE__, "init: %s", error ? error : "");
  guest.wasi = &wasi;
}

uint32_t guest_open(uint32_t fd, const char *path, bool follow, uint32_t oflags, bool write, uint32_t *opened) {
  uint64_t rights = WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE, base_rights = rights;
  if (!write) base_rights &= ~(uint64_t)(R_FD_WRITE | R_FD_DATASYNC | R_FD_ALLOCATE | R_FD_FILESTAT_SET_SIZE);
  uint32_t error = wasi_path_open(&guest, fd, follow, A, put(A, path), oflags, base_rights, rights, 0, RESULT);
  *opened = error ? UINT32_MAX : u32_at(RESULT);
  return error;
}

/* --- files ------------------------------------------------------------------------------ */

char *tree_path(const char *path) {
  static char paths[4][600];
  static int next;
  next = (next + 1) % 4;
  snprintf(paths[next], sizeof paths[next], "%s/%s", base, path);
  return paths[next];
}

void tree_file(const char *path, const char *text) {
  FILE *file = fopen(tree_path(path), "w");
  if (!file || fputs(text, file) < 0 || fclose(file)) abort();
}

static void folder(const char *path) {
  if (mkdir(tree_path(path), 0777)) abort();
}

static void link_to(const char *target, const char *path) {
  if (symlink(target, tree_path(path))) abort();
}

void tree_make_empty(void) {
  const char *asked = getenv("APUS_TEST_FOLDER");
  snprintf(base, sizeof base, "%s/apus-wasi-XXXXXX", tree_folder ? tree_folder : asked ? asked : "/tmp");
  if (!mkdtemp(base)) abort();
  folder("root"), folder("ro");
}

void tree_make(void) {
  char name[32], target[300];
  tree_make_empty();
  folder("root/sub"), folder("outside"), folder("outside/ed");
  tree_file("root/in", "in"), tree_file("root/in2", "in2"), tree_file("root/sub/secret", "inner"), tree_file("ro/in", "ro");
  tree_file("outside/secret", "secret"), tree_file("outside/secret2", "secret2"), tree_file("outside/mv", "mv");
  link_to("secret", "outside/l");
  link_to("../outside", "root/evil"), link_to("../outside/secret", "root/evilf");
  link_to("evil/", "root/hop"), link_to("loop", "root/loop"), link_to("lb", "root/la"), link_to("la", "root/lb");
  snprintf(target, sizeof target, "%s/outside/secret", base);
  link_to(target, "root/abslnk"), link_to("../outside/created", "root/dangout");
  link_to("/", "root/lroot"), link_to("/proc/self/root", "root/lproc"), link_to("/proc/self/fd/0", "root/lfd");
  link_to("sub/../../outside/secret", "root/bounce");
  link_to("sub", "root/dlink"), link_to("in", "root/flink"), link_to("nothing", "root/dang");
  for (int i = 0; i < 42; i++) {
    snprintf(name, sizeof name, "root/c%d", i);
    snprintf(target, sizeof target, "c%d", i + 1);
    link_to(i == 41 ? "in" : target, name);
  }
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *ftw) {
  (void)stat, (void)kind, (void)ftw;
  return remove(path);
}

void tree_remove(void) { nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

static uint64_t hash;

static void mix(const void *data, size_t size) {
  for (size_t i = 0; i < size; i++) hash = (hash ^ ((const uint8_t *)data)[i]) * 1099511628211u;
}

static int hash_one(const char *path, const struct stat *stat, int kind, struct FTW *ftw) {
  (void)ftw;
  mix(path, strlen(path));
  mix(&stat->st_ino, sizeof stat->st_ino), mix(&stat->st_nlink, sizeof stat->st_nlink);
  mix(&stat->st_size, sizeof stat->st_size), mix(&stat->st_mtim, sizeof stat->st_mtim);
  FILE *file = kind == FTW_F ? fopen(path, "r") : NULL;
  char bytes[512];
  for (size_t got; file && (got = fread(bytes, 1, sizeof bytes, file));) mix(bytes, got);
  if (file) fclose(file);
  return 0;
}

uint64_t tree_outside(void) {
  hash = 14695981039346656037u;
  /* Reading changes no time that is mixed in. */
  nftw(tree_path("outside"), hash_one, 16, FTW_PHYS);
  return hash;
}
