/* wasi_process.c: arguments, environment, clocks, random numbers.
 *
 * Errnos: NOSYS without a context or without entropy; INVAL for a clock that
 * does not exist. */
#include "wasi_internal.h"

#include <sched.h>
#include <time.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

/* --- arguments and environment --------------------------------------------------- */

static uint32_t strings_get(wasi_host *host, const struct apus_wasi_strings *strings, uint32_t pointers, uint32_t buffer) {
  uint8_t *list = wasi_guest(host, pointers, strings->count, 4);
  uint8_t *bytes = wasi_guest(host, buffer, strings->size, 1);
  if (strings->size) memcpy(bytes, strings->bytes, strings->size);
  size_t at = 0;
  for (uint32_t i = 0; i < strings->count; i++) {
    wasi_put32(list + (size_t)i * 4, buffer + (uint32_t)at);
    at += strlen(strings->bytes + at) + 1;
  }
  return WASI_SUCCESS;
}

static uint32_t strings_sizes(wasi_host *host, const struct apus_wasi_strings *strings, uint32_t count, uint32_t size) {
  uint8_t *count_to = wasi_guest(host, count, 1, 4);
  uint8_t *size_to = wasi_guest(host, size, 1, 4);
  wasi_put32(count_to, strings->count);
  wasi_put32(size_to, (uint32_t)strings->size);
  return WASI_SUCCESS;
}

uint32_t wasi_args_get(wasi_host *host, uint32_t argv, uint32_t buffer) {
  return host->wasi ? strings_get(host, &host->wasi->arguments, argv, buffer) : WASI_NOSYS;
}

uint32_t wasi_args_sizes_get(wasi_host *host, uint32_t count, uint32_t size) {
  return host->wasi ? strings_sizes(host, &host->wasi->arguments, count, size) : WASI_NOSYS;
}

uint32_t wasi_environ_get(wasi_host *host, uint32_t environ_at, uint32_t buffer) {
  return host->wasi ? strings_get(host, &host->wasi->environment, environ_at, buffer) : WASI_NOSYS;
}

uint32_t wasi_environ_sizes_get(wasi_host *host, uint32_t count, uint32_t size) {
  return host->wasi ? strings_sizes(host, &host->wasi->environment, count, size) : WASI_NOSYS;
}

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

bool wasi_clock_now(uint32_t id, uint64_t *now) {
  clockid_t clock;
  struct timespec time;
  if (!clock_of(id, &clock) || clock_gettime(clock, &time) < 0) return false;
  *now = wasi_nanoseconds(time.tv_sec, time.tv_nsec);
  return true;
}

uint32_t wasi_clock_res_get(wasi_host *host, uint32_t id, uint32_t result) {
  clockid_t clock;
  struct timespec time;
  if (!clock_of(id, &clock)) return WASI_INVAL;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  if (clock_getres(clock, &time) < 0) return wasi_from_errno(errno);
  wasi_put64(to, wasi_nanoseconds(time.tv_sec, time.tv_nsec));
  return WASI_SUCCESS;
}

uint32_t wasi_clock_time_get(wasi_host *host, uint32_t id, uint64_t precision, uint32_t result) {
  (void)precision; /* a hint */
  uint64_t now;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  if (!wasi_clock_now(id, &now)) return WASI_INVAL;
  wasi_put64(to, now);
  return WASI_SUCCESS;
}

/* --- the rest ------------------------------------------------------------------------- */

uint32_t wasi_random_get(wasi_host *host, uint32_t buffer, uint32_t length) {
  uint8_t *to = wasi_guest(host, buffer, length, 1);
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
