/* board_test.c: see board_test.h. */
#include "board_test.h"

#include <setjmp.h>

int passed, failed;
uint8_t guest_bytes[MEMORY];
static struct apus_memory memory = {.base = guest_bytes, .size = MEMORY, .reserved = MEMORY, .maximum = 1};
struct apus_host guest = {.memory = &memory};
struct apus_wasi wasi;

void check(bool condition, const char *file, int line, const char *text, long got) {
  if (condition) passed++;
  else failed++, fprintf(stderr, "%s:%d: %s (%ld)\n", file, line, text, got);
}

/* --- the guest ------------------------------------------------------------------------ */

static jmp_buf escape;

_Noreturn void apus_trap(enum apus_trap trap, uint32_t offset) {
  (void)offset;
  longjmp(escape, (int)trap);
}

_Noreturn void apus_exit(uint32_t status) { longjmp(escape, 1000 + (int)status); }

uint32_t call(const char *name, const uint64_t *arguments) {
  uint32_t result;
  int left = setjmp(escape);
  if (left) result = left >= 1000 ? (uint32_t)left : (uint32_t)TRAPPED;
  else result = call_named(name)->run(arguments);
  return result;
}

uint32_t put(uint32_t at, const char *text) {
  memcpy(guest_bytes + at, text, strlen(text));
  return (uint32_t)strlen(text);
}

uint32_t u32_at(uint32_t at) { return wasi_get32(guest_bytes + at); }
uint64_t u64_at(uint32_t at) { return wasi_get64(guest_bytes + at); }

void vector(uint32_t index, uint32_t at, uint32_t length) {
  wasi_put32(guest_bytes + IOVS + index * 8, at);
  wasi_put32(guest_bytes + IOVS + index * 8 + 4, length);
}

/* --- the board --------------------------------------------------------------------------- */

char console_out[256];
uint32_t console_used;
const char *console_in;
uint64_t clock_now;
int waits, fatal_calls;
long locks_made, locks_destroyed;
bool lock_fails;

/* Takes at most 7 bytes a call, as a short buffer would. */
static uint32_t board_write(void *context, int stream, const void *from, uint32_t n, uint32_t *done) {
  (void)context;
  if (n > 7) n = 7;
  if (console_used + n > sizeof console_out) return WASI_IO;
  memcpy(console_out + console_used, from, n);
  console_used += n;
  *done = n;
  return stream == 1 || stream == 2 ? WASI_SUCCESS : WASI_IO;
}

static uint32_t board_read(void *context, void *to, uint32_t n, uint32_t *done) {
  (void)context;
  if (!console_in) return WASI_AGAIN;
  uint32_t length = (uint32_t)strlen(console_in);
  if (n > length) n = length;
  memcpy(to, console_in, n);
  console_in += n;
  *done = n;
  return WASI_SUCCESS;
}

static uint32_t board_time(void *context, uint32_t clock, uint64_t *now) {
  (void)context;
  if (!clock) return WASI_NOTSUP;
  *now = clock_now += 10;
  return WASI_SUCCESS;
}

static uint64_t board_resolution(void *context, uint32_t clock) {
  (void)context, (void)clock;
  return 10;
}

/* Time passes until the deadline; every third wait a stream is ready. */
static void board_wait(void *context, uint64_t deadline, struct apus_wasi_pollfd *streams, int n) {
  (void)context;
  if (++waits % 3 == 0 && n) streams[n - 1].ready = true;
  else if (deadline != UINT64_MAX) clock_now = deadline;
}

static uint32_t board_entropy(void *context, void *to, uint32_t n) {
  (void)context;
  memset(to, 0x5a, n);
  return WASI_SUCCESS;
}

static void board_yield(void *context) { (void)context, clock_now += 1000; }
static void board_fatal(void *context, const char *message) { (void)context, (void)message, fatal_calls++; }

static bool held;
static void *lock_create(void *context) {
  if (lock_fails) return NULL;
  locks_made++;
  return malloc(216 + (context ? 1 : 0));
}
static void lock_destroy(void *context, void *lock) {
  (void)context;
  if (held) abort();
  locks_destroyed++;
  free(lock);
}
static void lock_acquire(void *context, void *lock) {
  (void)context, (void)lock;
  if (held) abort();
  held = true;
}
static void lock_release(void *context, void *lock) {
  (void)context, (void)lock;
  if (!held) abort();
  held = false;
}
const struct apus_lock_ops board_locks = {lock_create, lock_destroy, lock_acquire, lock_release, NULL};

struct apus_wasi_port port = {
    .write = board_write, .read = board_read, .now = board_time, .resolution = board_resolution, .wait = board_wait,
    .entropy = board_entropy, .yield = board_yield, .fatal = board_fatal, .lock = &board_locks};

void start(void) {
  static const char *const argv[] = {"program", "x"};
  static const char *const env[] = {"K=V"};
  static const struct apus_wasi_options options = {argv, 2, env, 1};
  apus_wasi_destroy(&wasi);
  CHECK(apus_wasi_init(&wasi, &port, &options));
  guest.wasi = &wasi;
  console_used = 0;
  console_in = "";
}

int main(void) {
  test_console();
#ifdef APUS_CONFIG_WASI_FILES
  test_files();
  test_faults();
#else
  test_no_files();
#endif
  test_soak();
  apus_wasi_destroy(&wasi);
  CHECK(locks_made == locks_destroyed);
  printf("board: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
