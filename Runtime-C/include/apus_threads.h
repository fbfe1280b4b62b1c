/* apus_threads.h: modules that start threads of their own, by wasi-threads, on POSIX hosts.
 *
 * Such a module imports wasi.thread-spawn and a shared memory, and exports wasi_thread_start. Each of its
 * threads has an instance of its own, with that memory:
 *
 *     struct apus_memory memory;                          // what the import asks for, or more
 *     apus_memory_init_shared(&memory, 17, 65536);
 *     ...                                                 // imports and app as for any module
 *     struct apus_threads threads = {.module = &app_threads, .imports = &imports};
 *     outcome = apus_threads_catch(&threads, start, &app);
 *     app_destroy(&app);
 *     apus_memory_destroy(&memory);
 *
 * A WASI context that they share needs locks (apus_wasi_options.locks). In `one` the state of such a module is
 * the thread's that made it, so that the same thread instantiates, calls and destroys.
 *
 * apus_threads_catch is apus_catch, and when it returns all threads that were started under it have
 * ended and are joined, and what they had is given back. The first of them to trap or to exit ends all,
 * and that is the outcome, whichever thread it was; so does the return of the body. A thread that is to
 * end leaves translated code wherever it is, at once: SIGURG interrupts it, for which a handler is
 * installed by the first call (with apus_signals_leave_alone the program forwards that signal, too). Waits
 * of the guest and functions of WASI end as well. Other host functions are waited for: one that may take
 * long asks apus_thread_ends, and returns then. Where translated code has no section of its own (no ELF),
 * a thread that calls nothing is waited for, too. */
#ifndef APUS_THREADS_H
#define APUS_THREADS_H

#include "apus.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a module has for its threads: NAME_threads, where it exports wasi_thread_start. */
struct apus_thread_module {
  size_t size; /* bytes of an instance; 0 in `one`, where each thread has the state to itself */
  struct apus_outcome (*instantiate)(void *instance, const void *imports);
  void (*start)(void *instance, uint32_t thread, uint32_t argument);
  void (*destroy)(void *instance);
  struct apus_host *(*host)(void *instance); /* `wasi` and `user` become those of whoever starts the thread */
};

struct apus_threads {
  const struct apus_thread_module *module;
  const void *imports; /* in `many` the struct NAME_imports, with the shared memory */
  size_t stack_size;   /* bytes of each thread's stack, 0: 8 MiB */
  uint32_t greatest;   /* how many threads there may be at a time, 0: 1024 */
};

/* Calls body(argument) as apus_catch does, in a program that may start threads. */
struct apus_outcome apus_threads_catch(const struct apus_threads *threads, void (*body)(void *argument),
                                       void *argument);

/* Is the running thread to end? Then what waits in a host function returns, whatever it answers. */
bool apus_thread_ends(void);

/* Leaves to the innermost apus_catch if it is: for whoever holds nothing. */
static inline void apus_thread_leave(void) {
  if (apus_thread_ends()) apus_exit(0);
}

/* wasi.thread-spawn: the number of the new thread, from 1 to 2^29 - 1, or a negative one where there can be
 * none: not under apus_threads_catch, too many, no memory. */
uint32_t apus_import_wasi_thread_2dspawn(struct apus_host *host, uint32_t argument);

#ifdef __cplusplus
}
#endif
#endif
