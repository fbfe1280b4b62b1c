/* What the files of the POSIX port tell one another. */
#ifndef APUS_POSIX_H
#define APUS_POSIX_H

#include "apus_code.h"

/* Does `address` lie in a guest memory's reservation? Safe in a signal handler. */
bool apus_guard_holds(uintptr_t address);

#endif
