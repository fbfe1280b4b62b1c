/* apus_tasks.h: tasks of a board, between which a scheduler switches at any time (an RTOS, say).
 *
 * What the runtime keeps of the task that runs lies in variables: where traps go, where its stack ends, fuel,
 * exceptions on their way. The scheduler puts them away and gets the next task's, with interrupts off, where it
 * switches stacks:
 *
 *     static struct apus_task tasks[3];
 *     void PendSV_Handler(void) { … apus_task_switch(&tasks[before], &tasks[now]); … }
 *
 * With FreeRTOS that is traceTASK_SWITCHED_OUT and _IN, or thread-local storage pointers. A task that is all zero has
 * not begun: it has no apus_catch, no apus_port_stack and no fuel yet. An instance belongs to one task at a time; in
 * `one` a module is a task's. On hosts threads need nothing of this. */
#ifndef APUS_TASKS_H
#define APUS_TASKS_H

#include "apus.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Its fields are the runtime's. */
struct apus_task {
  void *catching; /* the innermost apus_catch */
  uintptr_t stack_limit;
  uint32_t stack_taken;
  uint32_t interrupt_wanted;
  int64_t fuel;
  struct apus_goes_on when_out_of_fuel, when_interrupted;
  struct apus_exception thrown, ended;
  void (*tail_next)(void);
  apus_code tail_inner;
  const uint64_t *tail_results;
};

/* From now on the task `to` runs, and `from` does no more. */
void apus_task_switch(struct apus_task *from, const struct apus_task *to);

/* Ends what a task is at, or will be at next, as apus_interrupt does: from an interrupt of the board, or from another
 * task. Its module was translated with --interruptible. */
void apus_task_interrupt(struct apus_task *task);

#ifdef __cplusplus
}
#endif
#endif
