/* Tables: life, growing, bulk operations. */
#include "apus_code.h"

static APUS_CODE void *allocate(u32 count, u32 element_size) {
  u64 size = (u64)count * element_size;
  return (size_t)size == size ? apus_port_alloc((size_t)size) : NULL;
}

static APUS_CODE u8 *place(const struct apus_table *table, u32 i) {
  return (u8 *)table->elements + (size_t)i * table->element_size;
}

/* `value` as in apus_table_init. */
static APUS_CODE void fill(struct apus_table *table, u32 from, u32 count, const void *value) {
  if (table->element_size == sizeof value) {
    for (u32 i = 0; i < count; i++) table->elements[from + i] = (void *)(uintptr_t)value;
  } else if (value) {
    for (u32 i = 0; i < count; i++) *(apus_exnref *)(void *)place(table, from + i) = *(const apus_exnref *)value;
  }
}

bool apus_table_init(struct apus_table *table, const struct apus_type *type, uint32_t minimum, uint32_t maximum,
                     void *value) {
  __builtin_memset(table, 0, sizeof *table);
  if (minimum > maximum) return false;
  table->element_size = type && type->spelling[0] == 'x' ? sizeof(apus_exnref) : sizeof value;
  if (minimum) {
    table->elements = allocate(minimum, table->element_size);
    if (!table->elements) return false;
    if (value) fill(table, 0, minimum, value);
  }
  table->size = table->capacity = minimum;
  table->maximum = maximum;
  table->type = type;
  return true;
}

void apus_table_destroy(struct apus_table *table) {
  if (table->elements) apus_port_release(table->elements, (size_t)table->capacity * table->element_size);
  __builtin_memset(table, 0, sizeof *table);
}

APUS_CODE uint32_t apus_table_grow(struct apus_table *table, uint32_t delta, void *value) {
  host_call_check();
  u32 old = table->size;
  if (delta == 0) return old;
  if (old > table->maximum || delta > table->maximum - old) return UINT32_MAX;
  u32 size = old + delta;
  if (size > table->capacity) {
    u32 capacity = size;
    if (size / 2 <= table->maximum - size) capacity += size / 2;
    void *elements = allocate(capacity, table->element_size);
    if (!elements && capacity != size) elements = allocate(capacity = size, table->element_size);
    if (!elements) return UINT32_MAX;
    if (table->elements) {
      __builtin_memcpy(elements, table->elements, (size_t)old * table->element_size);
      apus_port_release(table->elements, (size_t)table->capacity * table->element_size);
    }
    table->elements = elements;
    table->capacity = capacity;
  }
  if (value) fill(table, old, delta, value);
  table->size = size;
  return old;
}

static APUS_CODE void require(u32 size, u32 from, u32 n, u32 site) {
  if (unlikely((u64)from + n > size)) apus_trap(APUS_TRAP_TABLE_OUT_OF_BOUNDS, site);
}

APUS_CODE void apus_table_fill(struct apus_table *table, u32 i, const void *v, u32 n, u32 site) {
  host_call_check();
  require(table->size, i, n, site);
  if (n) fill(table, i, n, v);
}

APUS_CODE void apus_table_copy(struct apus_table *to, const struct apus_table *from, u32 d, u32 s, u32 n, u32 site) {
  host_call_check();
  require(to->size, d, n, site);
  require(from->size, s, n, site);
  if (n) __builtin_memmove(place(to, d), place(from, s), (size_t)n * to->element_size);
}

APUS_CODE void apus_table_init_segment(struct apus_table *table, const void *elements, u32 count, u32 d, u32 s, u32 n,
                                       u32 site) {
  host_call_check();
  require(table->size, d, n, site);
  require(count, s, n, site);
  const size_t size = table->element_size;
  if (n) __builtin_memcpy(place(table, d), (const u8 *)elements + s * size, n * size);
}

void apus_funcs_init(struct apus_func *funcs, const struct apus_entry *entries, u32 count, void *context) {
  for (u32 k = 0; k < count; k++) funcs[k] = (struct apus_func){entries[k].type, entries[k].code, context};
}

APUS_CODE void apus_elements_init(void **elements, struct apus_func *funcs, const u32 *places, u32 count) {
  for (u32 k = 0; k < count; k++) elements[k] = places[k] ? &funcs[places[k] - 1] : NULL;
}

APUS_CODE void apus_table_init_funcs(struct apus_table *table, struct apus_func *funcs, const u32 *places, u32 count, u32 d) {
  require(table->size, d, count, 0);
  apus_elements_init(table->elements + d, funcs, places, count);
}
