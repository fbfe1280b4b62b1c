/* A thread of the host's with a stack of a given size. */
#define _GNU_SOURCE
#include "posix.h"

#include <unistd.h>

#define DEFAULT_STACK ((size_t)8 << 20)
/* Translated code leaves a quarter of it to the functions of WASI, of which those with
 * two paths need 18 KiB. */
#define LEAST_STACK ((size_t)128 << 10)

int apus_thread_create(pthread_t *thread, size_t stack_size, void *(*run)(void *), void *argument) {
  pthread_attr_t attributes;
  size_t page = (size_t)sysconf(_SC_PAGESIZE), size = stack_size ? stack_size : DEFAULT_STACK;
  if (size < LEAST_STACK) size = LEAST_STACK;
  int error = pthread_attr_init(&attributes);
  if (error) return error;
  error = pthread_attr_setstacksize(&attributes, (size + page - 1) / page * page);
  if (!error) error = pthread_create(thread, &attributes, run, argument);
  pthread_attr_destroy(&attributes);
  return error;
}
