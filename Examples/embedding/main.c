/* Two instances of one module in a C program, with a host function that tells
 * them apart, and a trap that is caught. */
#include "counter.h"

#include <stdio.h>

/* host.report: the text lies in the memory of the instance that calls. */
void apus_import_host_report(struct apus_host *host, uint32_t text, uint32_t size, uint32_t count) {
  const char *bytes = apus_guest(host, text, size);
  if (!bytes) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, 0);
  printf("%s: %.*s %u\n", (const char *)host->user, (int)size, bytes, (unsigned)count);
}

static void work(void *argument) {
  struct counter *counter = argument;
  counter_export_add(counter, 2);
  counter_export_add(counter, 3);
}

static void divide(void *argument) { counter_export_divide(argument, 0); }

int main(void) {
  struct counter first = {0}, second = {0};
  struct counter_imports imports;
  struct apus_outcome outcome;
  counter_default_imports(&imports);
  int status = 1;
  outcome = counter_instantiate(&first, &imports);
  if (outcome.trap) goto fail;
  outcome = counter_instantiate(&second, &imports);
  if (outcome.trap) goto fail;
  first.host.user = "first";
  second.host.user = "second";

  outcome = apus_catch(work, &first);
  if (outcome.trap) goto fail;
  outcome = apus_catch(work, &second);
  if (outcome.trap) goto fail;
  outcome = apus_catch(work, &first);
  if (outcome.trap) goto fail;

  outcome = apus_catch(divide, &second);
  printf("second: %s\n", apus_trap_message(outcome.trap));
  status = 0;
  goto done;

fail:
  fprintf(stderr, "%s\n", apus_trap_message(outcome.trap));
done:
  counter_destroy(&second);
  counter_destroy(&first);
  return status;
}
