/* scheduler.h: tasks that take turns, as the timer says; what an RTOS would do. */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include "apus_tasks.h"

#include <stddef.h>
#include <stdint.h>

struct task {
  uint32_t *stack_pointer; /* while it does not run */
  struct apus_task apus;
  volatile unsigned ticks; /* that it has run for since it set this to 0 */
  unsigned most_ticks;     /* then its call is interrupted, unless this is 0 */
  volatile bool is_over;
  const uint64_t *stack; /* where it ends */
};

/* Puts a task beside those that are there. It runs `body`, with itself as argument, on a stack of so many words of 64
 * bits. */
void schedule(struct task *task, uint64_t *stack, size_t words, void (*body)(struct task *self));

/* Makes the caller a task, too, and begins with the others; returns when all of them are over. */
void run_tasks(void);

#endif
