/* lock.c: the locks of a WASI context that several threads use. */
#include "apus_wasi.h"

#include <pthread.h>

static void *lock_create(void *context) {
  (void)context;
  pthread_mutex_t *mutex = apus_port_alloc(sizeof *mutex);
  if (!mutex) return NULL;
  if (pthread_mutex_init(mutex, NULL) == 0) return mutex;
  apus_port_release(mutex, sizeof *mutex);
  return NULL;
}

static void lock_destroy(void *context, void *lock) {
  (void)context;
  pthread_mutex_destroy(lock);
  apus_port_release(lock, sizeof(pthread_mutex_t));
}

static void lock_acquire(void *context, void *lock) {
  (void)context;
  pthread_mutex_lock(lock);
}

static void lock_release(void *context, void *lock) {
  (void)context;
  pthread_mutex_unlock(lock);
}

const struct apus_lock_ops apus_locks_pthread = {
    .create = lock_create, .destroy = lock_destroy, .acquire = lock_acquire, .release = lock_release};
