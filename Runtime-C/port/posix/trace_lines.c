/* trace_lines.c: a trace as text. */
#include "apus.h"

#include <stdio.h>

void apus_trace_write(void *file, const struct apus_trace_event *event) {
  fprintf(file, "%s 0x%lx 0x%llx 0x%llx\n", apus_trace_word(event->kind), (unsigned long)event->offset,
          (unsigned long long)event->a, (unsigned long long)event->b);
}
