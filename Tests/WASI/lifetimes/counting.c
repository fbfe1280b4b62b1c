/* counting.c: see counting.h and faults.h. */
#define FAULTS_THEMSELVES
#include "counting.h"

#include <stdatomic.h>
#include <sys/un.h>

_Atomic long live_handles, live_streams;

/* --- faults ------------------------------------------------------------------------ */

static struct fault_plan plan;
static _Atomic long points;
static const char *fired;

void fault_plan(struct fault_plan next) {
  plan = next;
  points = 0;
  fired = NULL;
}

long fault_count(void) { return points; }
const char *fault_fired(void) { return fired; }

bool fault(const char *call) {
  long point = atomic_fetch_add(&points, 1) + 1;
  if (!plan.first || point < plan.first) return false;
  if (point != plan.first && point != plan.second && !plan.for_ever) return false;
  fired = call;
  errno = plan.error;
  return true;
}

int fault_opened(int fd) {
  if (fd >= 0) live_handles++;
  return fd;
}

DIR *fault_stream(DIR *stream) {
  if (stream) live_streams++;
  return stream;
}

/* It fails and closes nevertheless, as Linux does. */
int fault_close(int fd) {
  bool fails = fault("close");
  int error = errno;
  live_handles--;
  if (close(fd)) abort(); /* closed twice, or never opened */
  errno = error;
  return fails ? -1 : 0;
}

int fault_closedir(DIR *stream) {
  bool fails = fault("closedir");
  int error = errno;
  live_streams--;
  live_handles--;
  if (closedir(stream)) abort();
  errno = error;
  return fails ? -1 : 0;
}

/* --- memory -------------------------------------------------------------------------- */

#ifdef HARNESS_WITHOUT_ALLOC
void *apus_port_alloc(size_t size) {
  if (fault("alloc")) return NULL;
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

bool lock_refused(void) { return fault("lock"); }
#endif

/* --- counters ---------------------------------------------------------------------------- */

struct counters counters_held(void) {
  return (struct counters){live_allocations, live_bytes, live_locks, live_handles, live_streams, 0};
}

struct counters counters_now(void) {
  struct counters now = counters_held();
  now.lowest_free_fd = dup(2);
  if (now.lowest_free_fd < 0 || close((int)now.lowest_free_fd)) abort();
  return now;
}

bool counters_equal(const struct counters *a, const struct counters *b, const char *when) {
  if (!memcmp(a, b, sizeof *a)) return true;
  fprintf(stderr, "%s: allocations %+ld, bytes %+ld, locks %+ld, handles %+ld, streams %+ld, lowest free descriptor %+ld\n",
          when, b->allocations - a->allocations, b->bytes - a->bytes, b->locks - a->locks, b->handles - a->handles,
          b->streams - a->streams, b->lowest_free_fd - a->lowest_free_fd);
  return false;
}

/* --- a context, and somebody who connects to it -------------------------------------------- */

int listening = -1;
static struct sockaddr_un address = {.sun_family = AF_UNIX};

void listen_here(void) {
  snprintf(address.sun_path, sizeof address.sun_path, "%.90s/socket", base);
  unlink(address.sun_path);
  listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listening < 0 || bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 8)) abort();
}

int connect_here(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) || write(fd, "hello", 5) != 5) abort();
  return fd;
}

void disconnect_here(int client) {
  int fd;
  close(client);
  while ((fd = accept(listening, NULL, NULL)) >= 0) close(fd);
}

void listen_no_more(void) {
  close(listening);
  listening = -1;
}

const char *counted_init(struct apus_wasi *context, int dir_count) {
  static char message[400];
  char *argv[] = {"program", "x", NULL};
  const char *env[] = {"A=1", "B=2"};
  char root[600], ro[600];
  strcpy(root, tree_path("root"));
  strcpy(ro, tree_path("ro"));
  struct apus_wasi_dir dirs[8];
  for (int i = 0; i < 8; i++) dirs[i] = (struct apus_wasi_dir){i == 1 ? ro : root, "/data", i == 1};
  struct apus_wasi_options options = {.argc = 2,
                                      .argv = argv,
                                      .env = env,
                                      .env_count = 2,
                                      .dirs = dirs,
                                      .dir_count = dir_count,
                                      .descriptors = &(struct apus_wasi_descriptor){listening, false},
                                      .descriptor_count = listening >= 0,
                                      .locks = &counting_locks,
                                      .resolver = test_resolver,
                                      .fixed = test_fixed};
  return apus_wasi_init(context, &options, message, sizeof message);
}

bool all_zero(const struct apus_wasi *context) {
  static const struct apus_wasi zero;
  return !memcmp(context, &zero, sizeof zero);
}
