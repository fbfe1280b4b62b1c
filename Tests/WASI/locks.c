/* locks.c: locks of which each is 216 bytes of the heap, as on systems whose locks own
 * memory. One must be destroyed once, unheld, and released by whoever acquired it. */
#include "harness.h"

#include <pthread.h>

_Atomic long live_locks, made_locks, destroyed_locks;

enum { LOCK_BYTES = 216, ALIVE = 0x10cced, DEAD = 0xdead };

struct counted_lock {
  uint32_t state;
  _Atomic bool held;
  pthread_mutex_t mutex;
  _Atomic pthread_t owner;
};
_Static_assert(sizeof(struct counted_lock) <= LOCK_BYTES, "a counted lock fits");

static void *counted_create(void *context) {
  (void)context;
  if (lock_refused()) return NULL;
  struct counted_lock *lock = calloc(1, LOCK_BYTES);
  if (!lock || pthread_mutex_init(&lock->mutex, NULL)) abort();
  lock->state = ALIVE;
  live_locks++;
  made_locks++;
  return lock;
}

static void counted_destroy(void *context, void *at) {
  (void)context;
  struct counted_lock *lock = at;
  if (lock->state != ALIVE || lock->held) abort();
  lock->state = DEAD;
  pthread_mutex_destroy(&lock->mutex);
  live_locks--;
  destroyed_locks++;
  free(lock);
}

static void counted_acquire(void *context, void *at) {
  (void)context;
  struct counted_lock *lock = at;
  if (lock->state != ALIVE) abort();
  if (lock->held && pthread_equal(lock->owner, pthread_self())) abort(); /* twice by the same thread */
  pthread_mutex_lock(&lock->mutex);
  lock->owner = pthread_self();
  lock->held = true;
}

static void counted_release(void *context, void *at) {
  (void)context;
  struct counted_lock *lock = at;
  if (lock->state != ALIVE || !lock->held || !pthread_equal(lock->owner, pthread_self())) abort();
  lock->held = false;
  pthread_mutex_unlock(&lock->mutex);
}

const struct apus_lock_ops counting_locks = {counted_create, counted_destroy, counted_acquire, counted_release, NULL};
