/* What the files of the POSIX port tell one another. */
#ifndef APUS_POSIX_H
#define APUS_POSIX_H

#include "apus_code.h"
#include "apus_threads.h"

#include <pthread.h>

/* Does `address` lie in a guest memory's reservation? Safe in a signal handler. */
bool apus_guard_holds(uintptr_t address);

/* Finds the running thread's stack, and gives it one for the handlers of signals
 * until it ends, unless it has one. False without the memory for that. */
bool apus_stack_prepare(void);

/* How far down translated code may be when it calls the host; 0, which is no
 * limit, on a stack that is not the thread's own. */
uintptr_t apus_stack_limit_here(void);

/* Protects the lowest page of a stack that has no guard, or ends that. */
bool apus_stack_guard(bool closed);

/* Does a fault of translated code there mean that the stack is exhausted? Safe in a signal handler. */
bool apus_stack_ended(uintptr_t address, uintptr_t sp);

/* --- thread.c, threads.c, wait.c ------------------------------------------------------------ */

/* What interrupts a thread that is to end: ignored by whoever does not know it. */
#define APUS_INTERRUPT SIGURG

/* The threads that the running one belongs to, or NULL. */
struct apus_group;
struct apus_group *apus_group_here(void);

/* Starts a thread with so many bytes of stack, 8 MiB for 0, never below 128 KiB; answers an errno. */
int apus_thread_create(pthread_t *thread, size_t stack_size, void *(*run)(void *), void *argument);

/* Wakes all of the group that wait. */
void apus_waiters_end(const struct apus_group *group);

/* Installs the handler of APUS_INTERRUPT. */
void apus_interrupts_install(void);

#endif
