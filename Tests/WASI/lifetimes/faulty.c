/* faulty.c: every allocation, lock and call of the host is made to fail: once,
 * from there on, and once more during the clean-up (L5 to L7). */
#include "counting.h"

static struct fault_plan now;
static const char *seen_fired;
static bool strange;

/* --- the script, with failures ------------------------------------------------------------ */

/* What each step of the script answers when nothing fails. */
enum { STEPS_MAX = 200 };
static uint32_t normal[STEPS_MAX];
static int steps, normal_steps;

static void record(const char *call, uint32_t error) {
  (void)call;
  if (normal_steps == STEPS_MAX) abort();
  normal[normal_steps++] = error;
}

/* The errno of a call in which something failed is the host's, through the map;
 * or the call managed without. */
static void answered(const char *call, uint32_t error) {
  const char *fired = fault_fired();
  uint32_t usual = steps < normal_steps ? normal[steps++] : UINT32_MAX;
  if (fired == seen_fired || now.for_ever || now.second) return;
  seen_fired = fired;
  bool memory = !strcmp(fired, "alloc") || !strcmp(fired, "lock");
  /* An entry less would be the end of the folder: success only where it is asked for again. */
  if (!strcmp(fired, "readdir") && !error && now.error != EINTR) strange = true;
  if (error == usual || error == WASI_SUCCESS || error == (memory ? WASI_NOMEM : wasi_from_errno(now.error))) return;
  if (!strncmp(fired, "clock_", 6) && (error == WASI_INVAL || error == WASI_IO)) return;
  fprintf(stderr, "%s answers %u when %s fails with %s\n", call, error, fired, strerror(now.error));
  strange = true;
}

static bool same;
static void compare(const char *call, uint32_t error) {
  (void)call;
  if (steps >= normal_steps || normal[steps++] != error) same = false;
}

/* False once the plan lies beyond the end of the script. */
static bool run(struct fault_plan plan) {
  static const struct fault_plan none;
  char when[100];
  script_clean();
  struct counters before = counters_now();
  int client = connect_here();
  now = plan;
  seen_fired = NULL;
  steps = 0;
  fault_plan(plan);
  const char *error = counted_init(&wasi, 2);
  guest.wasi = &wasi;
  if (!error) script_run(answered);
  apus_wasi_destroy(&wasi);
  bool fired = fault_fired();
  fault_plan(none);
  disconnect_here(client);
  struct counters after = counters_now();
  snprintf(when, sizeof when, "fault %ld, then %ld, %s, %s", plan.first, plan.second, plan.for_ever ? "for ever" : "once",
           strerror(plan.error));
  if (!counters_equal(&before, &after, when) || !all_zero(&wasi) || strange) CHECK(!"nothing is left");
  strange = false;
  return fired;
}

static void faults(void) {
  static const int errors[] = {EIO, EMFILE, ENOSPC, ENOMEM, EINTR};
  long last = 0, runs = 0;
  listen_here();
  script_clean();
  normal_steps = 0;
  CHECK(!counted_init(&wasi, 2));
  guest.wasi = &wasi;
  int client = connect_here();
  script_run(record);
  disconnect_here(client);
  apus_wasi_destroy(&wasi);
  for (size_t e = 0; e < sizeof errors / sizeof *errors; e++) {
    long n = 1;
    while (run((struct fault_plan){.first = n, .error = errors[e]})) n++, runs++;
    if (last && errors[e] != EINTR) CHECK(n == last); /* as many points, whatever the error */
    last = n;
    if (errors[e] == EINTR) continue; /* for ever interrupted is for ever busy */
    n = 1;
    while (run((struct fault_plan){.first = n, .error = errors[e], .for_ever = true})) n++, runs++;
  }
  /* A second failure close behind the first lands in its clean-up. */
  for (long n = 1; n < last; n++)
    for (long gap = 1; gap <= 6; gap++, runs++)
      run((struct fault_plan){.first = n, .second = n + gap, .error = n & 1 ? EIO : ENOMEM});
  /* All is well afterwards. */
  script_clean();
  steps = 0, same = true;
  CHECK(!counted_init(&wasi, 2));
  client = connect_here();
  script_run(compare);
  disconnect_here(client);
  CHECK(same && steps == normal_steps);
  apus_wasi_destroy(&wasi);
  CHECK(last > 160);
  listen_no_more();
  printf("%s%s: %ld points of failure, %ld runs\n", test_resolver == APUS_WASI_RESOLVER_WALK ? "walk" : "openat2",
         test_fixed ? ", fixed surroundings" : "", last - 1, runs);
}

void test_faults(void) {
  static const struct apus_wasi_fixed fixed = {.step = 1};
  test_resolver = APUS_WASI_RESOLVER_WALK;
  faults();
  test_fixed = &fixed;
  faults();
  test_fixed = NULL;
  test_resolver = APUS_WASI_RESOLVER_OPENAT2;
  if (has_openat2()) faults();
  else printf("skipped: faults with openat2, the kernel has none or a filter refuses it\n");
  test_resolver = APUS_WASI_RESOLVER_BEST;
}
