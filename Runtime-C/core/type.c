/* Types: those of values, and what linking and call_indirect compare. */
#include "apus_code.h"

const struct apus_type apus_type_i32 = {"i", 0, NULL};
const struct apus_type apus_type_i64 = {"I", 0, NULL};
const struct apus_type apus_type_f32 = {"f", 0, NULL};
const struct apus_type apus_type_f64 = {"F", 0, NULL};
const struct apus_type apus_type_v128 = {"V", 0, NULL};
const struct apus_type apus_type_funcref = {"p", 0, NULL};
const struct apus_type apus_type_externref = {"e", 0, NULL};
const struct apus_type apus_type_exnref = {"x", 0, NULL};

APUS_CODE bool apus_type_equal(const struct apus_type *one, const struct apus_type *other) {
  if (one == other) return true;
  if (!one || !other) return false;
  const char *a = one->spelling, *b = other->spelling;
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

APUS_CODE bool apus_type_matches(const struct apus_type *type, const struct apus_type *expected) {
  if (type && type->depth > expected->depth) type = type->supertypes[expected->depth];
  return apus_type_equal(type, expected);
}
