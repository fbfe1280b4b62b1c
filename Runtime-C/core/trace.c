/* What modules that were translated with --trace say of themselves. */
#include "apus_code.h"

static APUS_THREAD struct {
  u64 hash, count;
  void (*see)(void *argument, const struct apus_trace_event *event);
  void *argument;
} own;

void apus_trace_to(void (*see)(void *argument, const struct apus_trace_event *event), void *argument) {
  own.see = see;
  own.argument = argument;
  own.hash = 0xcbf29ce484222325u;
  own.count = 0;
}

uint64_t apus_trace_hash(uint64_t *count) {
  if (count) *count = own.count;
  return own.hash;
}

const char *apus_trace_word(enum apus_trace_kind kind) {
  static const char words[][8] = {"call", "return", "store", "global", "bulk", "block"};
  return (unsigned)kind < sizeof words / sizeof *words ? words[kind] : "?";
}

void apus_trace_add(enum apus_trace_kind kind, u32 site, u64 a, u64 b) {
  const struct apus_trace_event event = {.kind = kind, .offset = site, .a = a, .b = b};
  own.hash = trace_mix(trace_mix(trace_mix(trace_mix(own.hash, kind), site), a), b);
  own.count++;
  if (own.see) own.see(own.argument, &event);
}
