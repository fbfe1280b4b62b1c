/* Two modules that are linked with one another: calculator calls the functions
 * of stack, reads its memory, sets its global, and puts functions of its own
 * into its table, which stack calls. */
#include "calculator.h"
#include "stack.h"

#include <stdio.h>
#include <string.h>

/* The text lies in the memory that both share, above the stack's numbers. */
#define TEXT 4096u

/* Offers the calculator all that it imports. Types are compared when it is instantiated. */
static void link_stack(struct stack *stack, struct calculator_imports *imports) {
  stack_export(stack, "push", 4, &imports->import_stack_push);
  stack_export(stack, "pop", 3, &imports->import_stack_pop);
  stack_export(stack, "apply", 5, &imports->import_stack_apply);
  stack_export(stack, "memory", 6, &imports->import_stack_memory);
  stack_export(stack, "operators", 9, &imports->import_stack_operators);
  stack_export(stack, "depth", 5, &imports->import_stack_depth);
}

struct evaluation {
  struct calculator *calculator;
  uint32_t value;
};

static void evaluate(void *argument) {
  struct evaluation *it = argument;
  it->value = calculator_export_evaluate(it->calculator, TEXT);
}

static void print_value(struct calculator *calculator, struct apus_memory *memory, const char *text) {
  struct evaluation it = {calculator, 0};
  memcpy(memory->base + TEXT, text, strlen(text) + 1);
  struct apus_outcome outcome = apus_catch(evaluate, &it);
  if (outcome.trap)
    printf("%s: %s\n", text, apus_trap_message(outcome.trap));
  else
    printf("%s = %u\n", text, (unsigned)it.value);
}

int main(void) {
  struct stack stack = {0};
  struct calculator calculator = {0};
  struct calculator_imports imports = {0};
  struct apus_outcome outcome = stack_instantiate(&stack, NULL);
  if (outcome.trap) goto done;
  link_stack(&stack, &imports);

  /* A mistake is found before anything runs. */
  stack_export(&stack, "pop", 3, &imports.import_stack_push);
  outcome = calculator_instantiate(&calculator, &imports);
  printf("pop for push: %s\n", apus_trap_message(outcome.trap));
  link_stack(&stack, &imports);

  outcome = calculator_instantiate(&calculator, &imports);
  if (outcome.trap) goto done;
  struct apus_memory *memory = stack_export_memory(&stack);
  print_value(&calculator, memory, "3 4 + 5 *");
  print_value(&calculator, memory, "1 2 3 4 5 + * + *");
  print_value(&calculator, memory, "1 2 -");
  printf("numbers left: %u\n", (unsigned)imports.import_stack_depth.of.global->value.i32);

done:
  if (outcome.trap) fprintf(stderr, "%s\n", apus_trap_message(outcome.trap));
  calculator_destroy(&calculator);
  stack_destroy(&stack);
  return outcome.trap != APUS_TRAP_NONE;
}
