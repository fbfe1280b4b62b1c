/* adversarial.h: what the numbered list shares with the items that are functions. */
#ifndef ADVERSARIAL_H
#define ADVERSARIAL_H

#include "probes.h"

/* Who resolves, and what is refused once the context stands. */
struct mode {
  const char *name;
  enum apus_wasi_resolver resolver;
  int refused; /* the errno that a seccomp filter answers to openat2, 0: no filter */
};
extern const struct mode *mode;
static inline bool kernel_resolves(void) { return mode->resolver == APUS_WASI_RESOLVER_OPENAT2 && !mode->refused; }

/* Checks of an item say its number. */
#define ITEM(number, call, want)                                                                                     \
  do {                                                                                                               \
    uint32_t got_ = (call);                                                                                          \
    check(got_ == (uint32_t)(want), __FILE__, __LINE__, "item %d, %s: %s: %u, not %u", number, mode->name, #call, got_, \
          (uint32_t)(want));                                                                                         \
  } while (0)
#define ITEM_CHECK(number, condition) \
  check(condition, __FILE__, __LINE__, "item %d, %s: %s", number, mode->name, #condition)

struct item {
  int first, last;
  void (*run)(void);
};
extern const struct item items[];
extern const int item_count;

#endif
