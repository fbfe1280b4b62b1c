/* The port's allocator and what the runtime asks the system for: counted, and refused in turn. The linker has to wrap
 * the functions below, and alloc.c must be left out. */
#include "apus.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Bytes that are out; how many more are given before one is refused (-1: none is). */
static atomic_long live, refuse_in = -1;
static atomic_bool refuse_rest; /* and all that follow */
static atomic_long refused_so_far;

static bool refused(void) {
  long left = refuse_in;
  if (left > 0 || (left == 0 && !refuse_rest)) refuse_in = left - 1;
  refused_so_far += left == 0;
  return left == 0;
}

void *apus_port_alloc(size_t size) {
  void *at = !size || refused() ? NULL : calloc(1, size);
  if (at) live += (long)size;
  return at;
}

void apus_port_release(void *at, size_t size) {
  live -= (long)size;
  free(at);
}

/* The linker puts these in the place of what the runtime calls. */
void *__real_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset);
int __real_munmap(void *at, size_t size);
int __wrap_munmap(void *at, size_t size);
int __real_mprotect(void *at, size_t size, int protection);
int __wrap_mprotect(void *at, size_t size, int protection);
int __real_sigaltstack(const stack_t *to, stack_t *from);
int __wrap_sigaltstack(const stack_t *to, stack_t *from);
int __real_pthread_setspecific(pthread_key_t key, const void *value);
int __wrap_pthread_setspecific(pthread_key_t key, const void *value);

void *__wrap_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset) {
  void *got = refused() ? MAP_FAILED : __real_mmap(at, size, protection, flags, file, offset);
  if (got != MAP_FAILED) live += (long)size;
  return got;
}
int __wrap_munmap(void *at, size_t size) {
  live -= (long)size;
  return __real_munmap(at, size);
}
int __wrap_mprotect(void *at, size_t size, int protection) {
  return refused() ? -1 : __real_mprotect(at, size, protection);
}
int __wrap_sigaltstack(const stack_t *to, stack_t *from) { return to && refused() ? -1 : __real_sigaltstack(to, from); }
int __wrap_pthread_setspecific(pthread_key_t key, const void *value) {
  return value && refused() ? -1 : __real_pthread_setspecific(key, value);
}
