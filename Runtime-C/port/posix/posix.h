/* What the files of the POSIX port tell one another. */
#ifndef APUS_POSIX_H
#define APUS_POSIX_H

#include "apus_code.h"

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

#endif
