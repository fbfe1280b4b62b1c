/* A translated module as the driver sees it. */
#ifndef SPEC_DEFINITION_H
#define SPEC_DEFINITION_H

#include "apus.h"

struct definition {
  size_t size;
  struct apus_outcome (*instantiate)(void *, const void *);
  void (*destroy)(void *);
  bool (*find)(void *, const char *, uint32_t, struct apus_extern *);
};

/* Defines name_definition, for the struct, the imports and the functions of one module. */
#define SPEC_DEFINITION(name)                                                                   \
  static struct apus_outcome spec_instantiate(void *instance, const void *imports) {            \
    return name##_instantiate((struct name *)instance, (const struct name##_imports *)imports); \
  }                                                                                             \
  static void spec_destroy(void *instance) { name##_destroy((struct name *)instance); }         \
  static bool spec_find(void *instance, const char *field, uint32_t length,                     \
                        struct apus_extern *out) {                                              \
    return name##_export((struct name *)instance, field, length, out);                          \
  }                                                                                             \
  const struct definition name##_definition = {sizeof(struct name), spec_instantiate,           \
                                               spec_destroy, spec_find};

#endif
