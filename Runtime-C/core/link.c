/* Does what is offered match what is imported? */
#include "apus_code.h"

static bool limits_match(u32 size, bool has, u32 most, u32 minimum, bool has_maximum, u32 maximum) {
  return size >= minimum && (!has_maximum || (has && most <= maximum));
}

enum apus_trap apus_link_func(const struct apus_extern *offered, const struct apus_type *type) {
  if (!offered || offered->kind == APUS_EXTERN_NONE) return APUS_TRAP_UNKNOWN_IMPORT;
  if (offered->kind != APUS_EXTERN_FUNC) return APUS_TRAP_INCOMPATIBLE_IMPORT;
  if (!offered->of.func) return APUS_TRAP_UNKNOWN_IMPORT;
  return apus_type_matches(offered->of.func->type, type) ? APUS_TRAP_NONE : APUS_TRAP_INCOMPATIBLE_IMPORT;
}

static enum apus_trap link_memory(const struct apus_extern *offered, u32 minimum, bool has_maximum, u32 maximum,
                                  bool guarded, u8 layout) {
  if (!offered || offered->kind == APUS_EXTERN_NONE) return APUS_TRAP_UNKNOWN_IMPORT;
  if (offered->kind != APUS_EXTERN_MEMORY) return APUS_TRAP_INCOMPATIBLE_IMPORT;
  const struct apus_memory *it = offered->of.memory;
  if (!it) return APUS_TRAP_UNKNOWN_IMPORT;
  if ((guarded && !it->guarded) || it->layout != layout) return APUS_TRAP_INCOMPATIBLE_IMPORT;
  u64 size = apus_memory_size(it), pages = layout & APUS_MEMORY_BYTES ? size : size / APUS_PAGE;
  bool match = limits_match(pages > UINT32_MAX ? UINT32_MAX : (u32)pages, it->has_maximum, it->maximum, minimum,
                            has_maximum, maximum);
  return match ? APUS_TRAP_NONE : APUS_TRAP_INCOMPATIBLE_IMPORT;
}

enum apus_trap apus_link_memory(const struct apus_extern *offered, u32 minimum, bool has_maximum, u32 maximum,
                                bool guarded) {
  return link_memory(offered, minimum, has_maximum, maximum, guarded, 0);
}

enum apus_trap apus_link_memory_as(const struct apus_extern *offered, u32 minimum, bool has_maximum, u32 maximum,
                                   u8 layout) {
  return link_memory(offered, minimum, has_maximum, maximum, layout & APUS_MEMORY_GUARDED,
                     layout & (u8)~APUS_MEMORY_GUARDED);
}

static enum apus_trap link_table(const struct apus_extern *offered, const struct apus_type *type, u32 minimum,
                                 bool has_maximum, u32 maximum, bool is_64) {
  if (!offered || offered->kind == APUS_EXTERN_NONE) return APUS_TRAP_UNKNOWN_IMPORT;
  if (offered->kind != APUS_EXTERN_TABLE) return APUS_TRAP_INCOMPATIBLE_IMPORT;
  const struct apus_table *it = offered->of.table;
  if (!it) return APUS_TRAP_UNKNOWN_IMPORT;
  bool match = apus_type_equal(it->type, type) && it->is_64 == is_64 &&
               limits_match(it->size, it->has_maximum, it->maximum, minimum, has_maximum, maximum);
  return match ? APUS_TRAP_NONE : APUS_TRAP_INCOMPATIBLE_IMPORT;
}

enum apus_trap apus_link_table(const struct apus_extern *offered, const struct apus_type *type, u32 minimum,
                               bool has_maximum, u32 maximum) {
  return link_table(offered, type, minimum, has_maximum, maximum, false);
}

enum apus_trap apus_link_table64(const struct apus_extern *offered, const struct apus_type *type, u32 minimum,
                                 bool has_maximum, u32 maximum) {
  return link_table(offered, type, minimum, has_maximum, maximum, true);
}

enum apus_trap apus_link_tag(const struct apus_extern *offered, const struct apus_type *type) {
  if (!offered || offered->kind == APUS_EXTERN_NONE) return APUS_TRAP_UNKNOWN_IMPORT;
  if (offered->kind != APUS_EXTERN_TAG) return APUS_TRAP_INCOMPATIBLE_IMPORT;
  if (!offered->of.tag) return APUS_TRAP_UNKNOWN_IMPORT;
  return apus_type_equal(offered->of.tag->type, type) ? APUS_TRAP_NONE : APUS_TRAP_INCOMPATIBLE_IMPORT;
}

enum apus_trap apus_link_global(const struct apus_extern *offered, const struct apus_type *type, bool is_mutable) {
  if (!offered || offered->kind == APUS_EXTERN_NONE) return APUS_TRAP_UNKNOWN_IMPORT;
  if (offered->kind != APUS_EXTERN_GLOBAL) return APUS_TRAP_INCOMPATIBLE_IMPORT;
  const struct apus_global *it = offered->of.global;
  if (!it) return APUS_TRAP_UNKNOWN_IMPORT;
  bool match = it->is_mutable == is_mutable &&
               (is_mutable ? apus_type_equal(it->type, type) : apus_type_matches(it->type, type));
  return match ? APUS_TRAP_NONE : APUS_TRAP_INCOMPATIBLE_IMPORT;
}
