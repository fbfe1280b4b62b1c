/* memory.atomic.wait and notify: who waits where, in lists by address. */
#define _GNU_SOURCE
#define APUS_ATOMICS
#include "posix.h"

#include <pthread.h>
#include <time.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

/* A thread that waits, on its stack, in the order of arrival. */
struct waiter {
  const u8 *place;
  struct waiter *next;
  const struct apus_group *group;
  u32 woken; /* 1: by notify, and the waiter is in no list any more; 2: its group ends */
#ifndef SYS_futex
  pthread_cond_t condition;
#endif
};

#define LISTS 64
static struct list {
  pthread_mutex_t lock;
  struct waiter *first;
  u32 count; /* of waiters, and of those that come: notify looks at it before it takes the lock */
} lists[LISTS] = {[0 ... LISTS - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}};

static struct list *list_of(const u8 *place) {
  uintptr_t at = (uintptr_t)place;
  return &lists[(at >> 2 ^ at >> 8 ^ at >> 16) % LISTS];
}

/* Takes a waiter out, unless notify has. */
static void take(struct list *list, const struct waiter *waiter) {
  struct waiter **link = &list->first;
  while (*link && *link != waiter) link = &(*link)->next;
  if (*link) *link = waiter->next;
}

/* --- sleeping ------------------------------------------------------------------------- */

#define SECOND 1000000000

static i64 now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (i64)time.tv_sec * SECOND + time.tv_nsec;
}

#ifdef SYS_futex
/* Until `woken` is set, a signal comes, or `left` nanoseconds are over: 0 and below are for ever. */
static void sleep_on(struct list *list, struct waiter *waiter, i64 left) {
  struct {
    long seconds, nanoseconds;
  } time = {(long)(left / SECOND), (long)(left % SECOND)};
  pthread_mutex_unlock(&list->lock);
  syscall(SYS_futex, &waiter->woken, FUTEX_WAIT_PRIVATE, 0, left > 0 ? &time : NULL, NULL, 0);
  pthread_mutex_lock(&list->lock);
}

static void wake(struct waiter *waiter, u32 why) {
  __atomic_store_n(&waiter->woken, why, __ATOMIC_RELEASE);
  syscall(SYS_futex, &waiter->woken, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static bool begin(struct waiter *waiter) {
  (void)waiter;
  return true;
}
static void end(struct waiter *waiter) { (void)waiter; }
#else
static void sleep_on(struct list *list, struct waiter *waiter, i64 left) {
  if (left <= 0) {
    pthread_cond_wait(&waiter->condition, &list->lock);
    return;
  }
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time); /* the clock of conditions */
  i64 nanoseconds = time.tv_nsec + left % SECOND;
  time.tv_sec += (time_t)(left / SECOND + nanoseconds / SECOND);
  time.tv_nsec = (long)(nanoseconds % SECOND);
  pthread_cond_timedwait(&waiter->condition, &list->lock, &time);
}

static void wake(struct waiter *waiter, u32 why) {
  waiter->woken = why;
  pthread_cond_signal(&waiter->condition);
}

static bool begin(struct waiter *waiter) { return pthread_cond_init(&waiter->condition, NULL) == 0; }
static void end(struct waiter *waiter) { pthread_cond_destroy(&waiter->condition); }
#endif

/* --- wait and notify --------------------------------------------------------------------- */

/* Days, so that no sum of times wraps; whoever waits longer goes on. */
#define LONGEST (INT64_C(86400) * SECOND)

static bool is_over(i64 timeout, i64 start, i64 *left) {
  *left = 0;
  if (timeout < 0) return false;
  i64 gone = now() - start;
  if (gone >= timeout) return true;
  *left = timeout - gone < LONGEST ? timeout - gone : LONGEST;
  return false;
}

/* Under the list's lock: the value is compared, and the waiter seen, before any notify. */
static u32 wait_in(struct list *list, struct waiter *waiter, u8 *p, u32 width, u64 expected, i64 timeout) {
  if (apus_atomic_load(p, width) != expected) return 1;
  struct waiter **link = &list->first;
  while (*link) link = &(*link)->next;
  *link = waiter;
  i64 start = timeout < 0 ? 0 : now(), left;
  while (!waiter->woken && !apus_thread_ends() && !is_over(timeout, start, &left))
    sleep_on(list, waiter, left);
  take(list, waiter);
  return waiter->woken ? 0 : 2;
}

u32 apus_port_wait(u8 *p, u32 width, u64 expected, i64 timeout) {
  struct list *list = list_of(p);
  struct waiter waiter = {.place = p, .group = apus_group_here()};
  u32 answer = 2;
  if (begin(&waiter)) {
    __atomic_fetch_add(&list->count, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_lock(&list->lock);
    answer = wait_in(list, &waiter, p, width, expected, timeout);
    pthread_mutex_unlock(&list->lock);
    __atomic_fetch_sub(&list->count, 1, __ATOMIC_SEQ_CST);
    end(&waiter);
  }
  apus_thread_leave();
  return answer;
}

u32 apus_port_notify(const u8 *p, u32 count) {
  struct list *list = list_of(p);
  u32 woken = 0;
  /* One of the two sees the other: this sees that a waiter comes, or that one, which adds to the same number
   * later, sees what has been stored before. */
  if (!__atomic_fetch_add(&list->count, 0, __ATOMIC_SEQ_CST)) return 0;
  pthread_mutex_lock(&list->lock);
  for (struct waiter **link = &list->first; *link && woken < count;) {
    struct waiter *waiter = *link;
    if (waiter->place != p || waiter->woken) {
      link = &waiter->next;
      continue;
    }
    *link = waiter->next;
    wake(waiter, 1);
    woken++;
  }
  pthread_mutex_unlock(&list->lock);
  return woken;
}

void apus_waiters_end(const struct apus_group *group) {
  for (struct list *list = lists; list < lists + LISTS; list++) {
    if (!__atomic_load_n(&list->count, __ATOMIC_SEQ_CST)) continue;
    pthread_mutex_lock(&list->lock);
    for (struct waiter *waiter = list->first; waiter; waiter = waiter->next)
      if (waiter->group == group) wake(waiter, 2);
    pthread_mutex_unlock(&list->lock);
  }
}
