/* wasi_process.c: clocks, random numbers, the rest of the process. */
#include "wasi_internal.h"

#include <sched.h>
#include <time.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

/* --- clocks ------------------------------------------------------------------------ */

static bool clock_of(uint32_t id, clockid_t *clock) {
  switch (id) {
  case 0: *clock = CLOCK_REALTIME; return true;
  case 1: *clock = CLOCK_MONOTONIC; return true;
  case 2: *clock = CLOCK_PROCESS_CPUTIME_ID; return true;
  case 3: *clock = CLOCK_THREAD_CPUTIME_ID; return true;
  default: return false;
  }
}

bool wasi_clock_now(const struct apus_wasi *wasi, uint32_t id, uint64_t *now) {
  clockid_t clock;
  struct timespec time;
  if (!clock_of(id, &clock)) return false;
  if (wasi_is_fixed(wasi)) {
    *now = wasi_fixed_now(wasi, id);
    return true;
  }
  if (clock_gettime(clock, &time) < 0) return false;
  *now = wasi_nanoseconds(time.tv_sec, time.tv_nsec);
  return true;
}

uint32_t wasi_clock_res_get(wasi_host *host, uint32_t id, uint32_t result) {
  clockid_t clock;
  struct timespec time;
  if (!clock_of(id, &clock)) return WASI_INVAL;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  if (!to) return WASI_TRAP;
  if (wasi_is_fixed(host->wasi)) {
    wasi_put64(to, host->wasi->fixed.step);
    return WASI_SUCCESS;
  }
  if (clock_getres(clock, &time) < 0) return wasi_from_errno(errno);
  wasi_put64(to, wasi_nanoseconds(time.tv_sec, time.tv_nsec));
  return WASI_SUCCESS;
}

uint32_t wasi_clock_time_get(wasi_host *host, uint32_t id, uint64_t precision, uint32_t result) {
  (void)precision; /* a hint */
  uint64_t now;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  if (!to) return WASI_TRAP;
  if (!wasi_clock_now(host->wasi, id, &now)) return WASI_INVAL;
  wasi_put64(to, now);
  if (wasi_is_fixed(host->wasi)) wasi_fixed_pass(host->wasi, host->wasi->fixed.step);
  return WASI_SUCCESS;
}

/* --- the rest ------------------------------------------------------------------------- */

uint32_t wasi_random_get(wasi_host *host, uint32_t buffer, uint32_t length) {
  uint8_t *to = wasi_guest(host, buffer, length, 1);
  if (!to) return WASI_TRAP;
  if (wasi_is_fixed(host->wasi)) {
    wasi_fixed_random(host->wasi, to, length);
    return WASI_SUCCESS;
  }
  while (length) {
    uint32_t part = length < 256 ? length : 256;
    if (getentropy(to, part) < 0) return wasi_from_errno(errno);
    to += part;
    length -= part;
  }
  return WASI_SUCCESS;
}

uint32_t wasi_sched_yield(wasi_host *host) {
  (void)host;
  sched_yield();
  return WASI_SUCCESS;
}

uint32_t wasi_proc_raise(wasi_host *host, uint32_t signal) {
  (void)host, (void)signal;
  return WASI_NOSYS;
}
