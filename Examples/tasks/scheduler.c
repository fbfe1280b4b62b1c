/* A scheduler for Cortex-M, as small as can be: the timer interrupts whatever runs a thousand times a second, and the
 * next task has its turn. */
#include "scheduler.h"

enum { MOST_TASKS = 4 };

/* The first one is what main runs in. */
static struct task main_task, *tasks[MOST_TASKS + 1] = {&main_task};
static unsigned task_count = 1, now;

/* Registers of the processor. */
#define SYSTICK ((volatile uint32_t *)0xe000e010)
#define INTERRUPT_CONTROL (*(volatile uint32_t *)0xe000ed04)
#define PRIORITIES (*(volatile uint32_t *)0xe000ed20)

static void begin(struct task *self, void (*body)(struct task *self)) {
  body(self);
  self->is_over = true;
  for (;;) __asm__ volatile("wfi");
}

void schedule(struct task *task, uint64_t *stack, size_t words, void (*body)(struct task *self)) {
  task->stack = stack;
  /* What the processor takes from the stack at the end of an interrupt: r0 to r3, r12, lr, pc, and its status. */
  uint32_t *top = (uint32_t *)(stack + words) - 8;
  top[0] = (uint32_t)task;
  top[1] = (uint32_t)body;
  top[6] = (uint32_t)begin;
  top[7] = 1 << 24;
  task->stack_pointer = top - 8; /* r4 to r11 */
  tasks[task_count++] = task;
}

/* Called by the processor at each tick. */
void arm_systick_isr(void) {
  struct task *task = tasks[now];
  if (++task->ticks >= task->most_ticks && task->most_ticks) apus_task_interrupt(&task->apus);
  INTERRUPT_CONTROL = 1 << 28; /* calls what follows, when no other interrupt is at work */
}

__attribute__((used)) static uint32_t *next_task(uint32_t *stack_pointer) {
  struct task *before = tasks[now];
  before->stack_pointer = stack_pointer;
  do now = (now + 1) % task_count;
  while (tasks[now]->is_over);
  apus_task_switch(&before->apus, &tasks[now]->apus);
  return tasks[now]->stack_pointer;
}

__attribute__((naked)) void arm_pendsv_isr(void) {
  __asm__ volatile("mrs r0, psp\n"
                   "stmdb r0!, {r4-r11}\n"
                   "push {r4, lr}\n"
                   "cpsid i\n"
                   "bl next_task\n"
                   "cpsie i\n"
                   "pop {r4, lr}\n"
                   "ldmia r0!, {r4-r11}\n"
                   "msr psp, r0\n"
                   "bx lr\n");
}

/* Interrupts have a stack of their own from here on. */
static __attribute__((naked)) void part_stacks(void *interrupts __attribute__((unused))) {
  __asm__ volatile("mov r1, sp\n"
                   "msr psp, r1\n"
                   "movs r1, #2\n"
                   "msr control, r1\n"
                   "isb\n"
                   "msr msp, r0\n"
                   "bx lr\n");
}

void run_tasks(void) {
  static uint64_t stack[64];
  part_stacks(stack + sizeof stack / sizeof *stack);
  PRIORITIES = 0xffu << 16; /* PendSV's is the lowest */
  SYSTICK[1] = 25000 - 1;   /* of 25 million a second */
  SYSTICK[2] = 0;
  SYSTICK[0] = 7;
  for (unsigned k = 1; k < task_count; k++)
    while (!tasks[k]->is_over) __asm__ volatile("wfi");
  SYSTICK[0] = 0;
}
