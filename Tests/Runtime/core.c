/* Memories, tables and linking, over an allocator that counts. */
#include "apus_code.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

static size_t live, refuse_above = SIZE_MAX;

void *apus_port_alloc(size_t size) {
  if (size > refuse_above) return NULL;
  void *at = calloc(1, size);
  if (at) live += size;
  return at;
}

void apus_port_release(void *at, size_t size) {
  live -= size;
  free(at);
}

static struct apus_memory memory, other;
static struct apus_table table, second;
static u32 d, s, k;
static void *got;
static const u8 data[] = {1, 2, 3, 4, 5};
static char e0, e1, e2;
static void *const elements[] = {&e0, &e1, &e2};
static const struct apus_type *type;

#define BODY(name, statement)                                                                                          \
  static void name(void *unused) {                                                                                     \
    (void)unused;                                                                                                      \
    statement;                                                                                                         \
  }
BODY(do_fill, apus_memory_fill(&memory, d, 0x1ab, k, 9))
BODY(do_copy, apus_memory_copy(&memory, &memory, d, s, k, 9))
BODY(do_copy_other, apus_memory_copy(&memory, &other, d, s, k, 9))
BODY(do_init, apus_memory_init_segment(&memory, data, sizeof data, d, s, k, 9))
BODY(do_get, got = apus_table_get(&table, d, 9))
BODY(do_set, apus_table_set(&table, d, &e2, 9))
BODY(do_tfill, apus_table_fill(&table, d, &e1, k, 9))
BODY(do_tcopy, apus_table_copy(&table, &second, d, s, k, 9))
BODY(do_tinit, apus_table_init_segment(&table, elements, 3, d, s, k, 9))
BODY(do_indirect, got = (void *)(uintptr_t)apus_indirect(&table, d, type, 9))

static bool ends(void (*body)(void *), u32 to, u32 from, u32 count, enum apus_trap trap) {
  d = to, s = from, k = count;
  struct apus_outcome outcome = apus_catch(body, NULL);
  return outcome.trap == trap && outcome.offset == (trap ? 9 : 0);
}
#define OK APUS_TRAP_NONE
#define OUT APUS_TRAP_MEMORY_OUT_OF_BOUNDS
#define TOUT APUS_TRAP_TABLE_OUT_OF_BOUNDS

static void memories(bool guarded) {
  bool (*make)(struct apus_memory *, u32, u32) = guarded ? apus_memory_init_guarded : apus_memory_init;
  expect(!make(&memory, 2, 1) && !memory.base);
  expect(make(&memory, 0, 2) && memory.size == 0);
  expect(ends(do_fill, 0, 0, 0, OK) && ends(do_fill, 1, 0, 0, OUT) && ends(do_fill, 0, 0, 1, OUT));
  apus_memory_destroy(&memory);
  apus_memory_destroy(&memory);
  expect(live == 0 && !memory.base);

  expect(make(&memory, 1, 5) && memory.size == APUS_PAGE && memory.guarded == guarded);
  u8 *base = memory.base;
  base[0] = 11, base[65535] = 12;
  expect(apus_memory_grow(&memory, 0) == 1 && apus_memory_grow(&memory, 2) == 1 && memory.size == 3 * APUS_PAGE);
  expect(!guarded || memory.base == base);
  expect(memory.base[0] == 11 && memory.base[65535] == 12);
  bool zero = true;
  for (size_t i = 65536; i < memory.size; i++) zero &= memory.base[i] == 0;
  expect(zero);
  expect(apus_memory_grow(&memory, 3) == UINT32_MAX && apus_memory_grow(&memory, UINT32_MAX) == UINT32_MAX);
  expect(apus_memory_grow(&memory, 2) == 3 && memory.size == 5 * APUS_PAGE && apus_memory_grow(&memory, 0) == 5);
  zero = true;
  for (size_t i = 65536; i < memory.size; i++) zero &= memory.base[i] == 0;
  expect(zero);

  u32 end = (u32)memory.size;
  expect(ends(do_fill, end - 4, 0, 4, OK) && memory.base[end - 1] == 0xab && memory.base[end - 5] == 0);
  expect(ends(do_fill, end - 4, 0, 5, OUT) && ends(do_fill, 0xffffffff, 0, 0xffffffff, OUT));
  expect(ends(do_fill, end, 0, 0, OK) && ends(do_fill, end + 1, 0, 0, OUT));
  expect(ends(do_init, 100, 1, 4, OK) && !memcmp(memory.base + 100, data + 1, 4));
  expect(ends(do_init, 100, 2, 4, OUT) && ends(do_init, end - 1, 0, 2, OUT) && ends(do_init, end, 5, 0, OK));
  expect(ends(do_init, 0, 6, 0, OUT) && ends(do_init, 0, 0xffffffff, 2, OUT));
  expect(ends(do_copy, 101, 100, 4, OK) && !memcmp(memory.base + 100, "\2\2\3\4\5", 5));
  expect(ends(do_copy, 100, 101, 4, OK) && !memcmp(memory.base + 100, "\2\3\4\5\5", 5));
  expect(ends(do_copy, end - 1, 0, 2, OUT) && ends(do_copy, 0, end - 1, 2, OUT) && ends(do_copy, end, end, 0, OK));
  expect(make(&other, 1, 1));
  other.base[65535] = 77;
  expect(ends(do_copy_other, 7, 65535, 1, OK) && memory.base[7] == 77 && ends(do_copy_other, 0, 65535, 2, OUT));
  apus_memory_destroy(&other);
  apus_memory_destroy(&memory);
  expect(live == 0 && memory.size == 0);

  expect(make(&memory, 1, UINT32_MAX) && memory.maximum == 65536);
  if (!guarded) {
    refuse_above = 2 * APUS_PAGE;
    expect(apus_memory_grow(&memory, 2) == UINT32_MAX && memory.size == APUS_PAGE);
    expect(apus_memory_grow(&memory, 1) == 1 && memory.size == 2 * APUS_PAGE);
    expect(!apus_memory_init(&other, 3, 3) && !other.base);
    refuse_above = SIZE_MAX;
  } else {
    expect(apus_memory_grow(&memory, 65535) == 1 && memory.size == 1ull << 32);
    memory.base[0xffffffffu] = 3;
    expect(ends(do_fill, 0xffffffff, 0, 1, OK) && memory.base[0xffffffffu] == 0xab);
    expect(ends(do_fill, 0xffffffff, 0, 2, OUT));
  }
  apus_memory_destroy(&memory);
}

static void tables(void) {
  expect(apus_table_init(&table, &apus_type_funcref, 3, 10, &e0) && table.elements[2] == &e0);
  expect(ends(do_get, 2, 0, 0, OK) && got == &e0 && ends(do_get, 3, 0, 0, TOUT));
  expect(ends(do_set, 2, 0, 0, OK) && table.elements[2] == &e2 && ends(do_set, 3, 0, 0, TOUT));
  expect(apus_table_grow(&table, 0, NULL) == 3 && apus_table_grow(&table, 2, &e1) == 3);
  expect(table.size == 5 && table.elements[4] == &e1 && table.elements[2] == &e2);
  expect(apus_table_grow(&table, 6, NULL) == UINT32_MAX && apus_table_grow(&table, UINT32_MAX, NULL) == UINT32_MAX);
  expect(apus_table_grow(&table, 1, NULL) == 5 && table.elements[5] == NULL);
  expect(ends(do_tfill, 4, 0, 2, OK) && table.elements[5] == &e1 && ends(do_tfill, 5, 0, 2, TOUT));
  expect(ends(do_tfill, 6, 0, 0, OK) && ends(do_tfill, 7, 0, 0, TOUT));
  expect(ends(do_tinit, 0, 1, 2, OK) && table.elements[1] == &e2 && ends(do_tinit, 0, 2, 2, TOUT));
  expect(ends(do_tinit, 5, 0, 2, TOUT) && ends(do_tinit, 6, 3, 0, OK));
  expect(apus_table_init(&second, &apus_type_funcref, 2, 2, NULL));
  expect(ends(do_tcopy, 0, 0, 2, OK) && !table.elements[0] && !table.elements[1] && table.elements[2] == &e2);
  expect(ends(do_tcopy, 0, 1, 2, TOUT) && ends(do_tcopy, 5, 0, 2, TOUT));
  apus_table_destroy(&second);

  char copy[] = "iI>f";
  const struct apus_type copied = {copy, 0, NULL}, same = {"iI>f", 0, NULL}, other = {"iI>F", 0, NULL},
                         shorter = {"iI>", 0, NULL};
  struct apus_func func = {&copied, NULL, NULL};
  table.elements[0] = &func;
  type = &copied;
  expect(ends(do_indirect, 0, 0, 0, OK) && got == &func);
  type = &same;
  expect(ends(do_indirect, 0, 0, 0, OK));
  type = &other;
  expect(ends(do_indirect, 0, 0, 0, APUS_TRAP_INDIRECT_CALL_TYPE_MISMATCH));
  type = &shorter;
  expect(ends(do_indirect, 0, 0, 0, APUS_TRAP_INDIRECT_CALL_TYPE_MISMATCH));
  expect(ends(do_indirect, 1, 0, 0, APUS_TRAP_UNINITIALIZED_ELEMENT));
  expect(ends(do_indirect, 6, 0, 0, APUS_TRAP_UNDEFINED_ELEMENT));
  apus_table_destroy(&table);
  apus_table_destroy(&table);
  expect(apus_table_init(&table, &apus_type_externref, 0, 0, NULL) && apus_table_grow(&table, 1, NULL) == UINT32_MAX);
  apus_table_destroy(&table);
  expect(apus_table_init(&table, &apus_type_externref, 1, UINT32_MAX, NULL));
  expect(apus_table_grow(&table, UINT32_MAX, NULL) == UINT32_MAX && table.size == 1);
  apus_table_destroy(&table);
  expect(live == 0);
}

/* Elements of another size. */
static apus_exnref first_exception, exception;
#define STORED(i) ((const apus_exnref *)(const void *)table.elements)[i]
BODY(do_get_exnref, exception = apus_table_get_exnref(&table, d, 9))
BODY(do_set_exnref, apus_table_set_exnref(&table, d, copied_exnref(first_exception), 9))
BODY(do_fill_exnref, apus_table_fill(&table, d, &first_exception, k, 9))
BODY(do_init_exnref, apus_table_init_segment(&table, &first_exception, 1, d, s, k, 9))
BODY(do_null_exnref, apus_table_fill(&table, d, copied_exnref((apus_exnref){0}), k, 9))

static void exceptions(void) {
  static const struct apus_tag tag = {0};
  first_exception = (apus_exnref){.tag = &tag, .offset = 7, .values = {1, 2, 3, 4, 5, 6, 7, 8}};
  const size_t before = live;
  expect(apus_table_init(&table, &apus_type_exnref, 2, 9, &first_exception) && STORED(1).values[7] == 8);
  apus_table_destroy(&table);
  expect(live == before && apus_table_init(&table, &apus_type_exnref, 2, 9, NULL) && !STORED(1).tag);
  expect(ends(do_set_exnref, 1, 0, 0, OK) && ends(do_set_exnref, 2, 0, 0, TOUT) && !STORED(0).tag);
  expect(ends(do_get_exnref, 1, 0, 0, OK) && exception.tag == &tag && exception.values[7] == 8);
  expect(ends(do_get_exnref, 2, 0, 0, TOUT));
  expect(apus_table_grow(&table, 3, NULL) == 2 && STORED(1).values[0] == 1 && !STORED(2).tag && !STORED(4).tag);
  expect(apus_table_grow(&table, 1, &first_exception) == 5 && STORED(5).offset == 7 && table.size == 6);
  expect(ends(do_fill_exnref, 3, 0, 2, OK) && STORED(3).tag && STORED(4).values[6] == 7 && !STORED(2).tag);
  expect(ends(do_fill_exnref, 5, 0, 2, TOUT) && ends(do_null_exnref, 4, 0, 2, OK) && !STORED(5).tag && STORED(3).tag);
  expect(ends(do_init_exnref, 0, 0, 1, OK) && STORED(0).tag && ends(do_init_exnref, 0, 1, 1, TOUT));
  refuse_above = 0;
  expect(apus_table_grow(&table, 3, NULL) == UINT32_MAX && table.size == 6 && STORED(0).values[7] == 8);
  refuse_above = SIZE_MAX;
  apus_table_destroy(&table);
  expect(live == before);
}

#define UNKNOWN APUS_TRAP_UNKNOWN_IMPORT
#define BAD APUS_TRAP_INCOMPATIBLE_IMPORT

static void linking(void) {
  struct apus_extern none = {0}, f = {.kind = APUS_EXTERN_FUNC}, mem = {.kind = APUS_EXTERN_MEMORY},
                     tab = {.kind = APUS_EXTERN_TABLE}, glob = {.kind = APUS_EXTERN_GLOBAL};
  const struct apus_type wide = {"i>I", 0, NULL};
  expect(apus_link_func(NULL, &wide) == UNKNOWN && apus_link_func(&none, &wide) == UNKNOWN);
  expect(apus_link_func(&f, &wide) == UNKNOWN && apus_link_memory(&mem, 0, false, 0, false) == UNKNOWN);
  expect(apus_link_table(&tab, &apus_type_funcref, 0, false, 0) == UNKNOWN && apus_link_global(&glob, &apus_type_i32, false) == UNKNOWN);
  const struct apus_type same = {"i>I", 0, NULL}, other = {"i>i", 0, NULL};
  struct apus_func func = {&wide, NULL, NULL};
  f.of.func = &func;
  expect(apus_link_func(&f, &same) == OK && apus_link_func(&f, &other) == BAD && apus_link_func(&mem, &same) == BAD);
  expect(apus_memory_init(&memory, 1, 4));
  mem.of.memory = &memory;
  expect(apus_link_memory(&mem, 1, false, 0, false) == OK && apus_link_memory(&mem, 2, false, 0, false) == BAD);
  expect(apus_link_memory(&mem, 0, true, 4, false) == BAD); /* no maximum offered */
  expect(apus_link_memory(&mem, 0, false, 0, true) == BAD); /* no guard offered */
  memory.has_maximum = true;
  expect(apus_link_memory(&mem, 0, true, 4, false) == OK && apus_link_memory(&mem, 0, true, 3, false) == BAD);
  expect(apus_link_memory(&mem, 0, false, 0, false) == OK && apus_link_memory(&f, 0, false, 0, false) == BAD);
  apus_memory_grow(&memory, 1);
  expect(apus_link_memory(&mem, 2, true, 5, false) == OK);
  apus_memory_destroy(&memory);
  expect(apus_memory_init_guarded(&memory, 1, 4) && apus_link_memory(&mem, 1, false, 0, true) == OK);
  apus_memory_destroy(&memory);
  expect(apus_table_init(&table, &apus_type_funcref, 2, 6, NULL));
  tab.of.table = &table;
  expect(apus_link_table(&tab, &apus_type_funcref, 2, false, 0) == OK && apus_link_table(&tab, &apus_type_externref, 2, false, 0) == BAD);
  expect(apus_link_table(&tab, &apus_type_funcref, 3, false, 0) == BAD && apus_link_table(&tab, &apus_type_funcref, 2, true, 6) == BAD);
  table.has_maximum = true;
  expect(apus_link_table(&tab, &apus_type_funcref, 2, true, 6) == OK && apus_link_table(&tab, &apus_type_funcref, 2, true, 5) == BAD);
  apus_table_destroy(&table);
  struct apus_global global = {.type = &apus_type_i32, .is_mutable = true};
  glob.of.global = &global;
  expect(apus_link_global(&glob, &apus_type_i32, true) == OK && apus_link_global(&glob, &apus_type_i32, false) == BAD);
  struct apus_global untyped = {.is_mutable = true}; /* a host's, which it forgot to say */
  glob.of.global = &untyped;
  expect(apus_link_global(&glob, &apus_type_i32, true) == BAD);
  glob.of.global = &global;
  expect(apus_link_global(&glob, &apus_type_i64, true) == BAD && apus_link_global(&tab, &apus_type_i32, true) == BAD);
}

/* b is a subtype of a, c of b, and so is d, whose spelling is another. */
static void subtypes(void) {
  static const struct apus_type a = {"a", 0, NULL};
  static const struct apus_type *const of_a[] = {&a};
  static const struct apus_type b = {"b", 1, of_a};
  static const struct apus_type *const of_b[] = {&a, &b};
  static const struct apus_type c = {"c", 2, of_b}, d = {"d", 2, of_b}, c2 = {"c", 2, of_b}, a2 = {"a", 0, NULL};
  expect(apus_type_matches(&a, &a) && apus_type_matches(&b, &a) && apus_type_matches(&c, &a) && apus_type_matches(&c, &b));
  expect(!apus_type_matches(&a, &b) && !apus_type_matches(&b, &c) && !apus_type_matches(&c, &d));
  expect(apus_type_matches(&c, &c2) && apus_type_matches(&d, &a2) && apus_type_equal(&a, &a2) && !apus_type_equal(&c, &b));
  expect(!apus_type_equal(NULL, &a) && !apus_type_matches(NULL, &a) && !apus_type_matches(&a, &(struct apus_type){"ab", 0, NULL}));
  struct apus_func func = {&c, NULL, NULL};
  struct apus_extern f = {.kind = APUS_EXTERN_FUNC, .of.func = &func};
  expect(apus_link_func(&f, &b) == OK && apus_link_func(&f, &d) == BAD);
  /* What may be written through has just the type, what is only read has a subtype. */
  struct apus_global global = {.type = &b};
  struct apus_extern glob = {.kind = APUS_EXTERN_GLOBAL, .of.global = &global};
  expect(apus_link_global(&glob, &a, false) == OK && apus_link_global(&glob, &c, false) == BAD);
  global.is_mutable = true;
  expect(apus_link_global(&glob, &a, true) == BAD && apus_link_global(&glob, &b, true) == OK);
}

static void cycles(void) {
  bool right = true;
  for (int i = 0; i < 10000; i++) {
    right &= (i & 1 ? apus_memory_init : apus_memory_init_guarded)(&memory, 1, 3);
    right &= apus_memory_grow(&memory, 1) == 1;
    right &= apus_table_init(&table, &apus_type_funcref, 2, 20, NULL) && apus_table_grow(&table, 3, &e0) == 2;
    memory.base[2 * APUS_PAGE - 1] = 1;
    apus_table_destroy(&table);
    apus_memory_destroy(&memory);
  }
  expect(right && live == 0);
  static struct apus_memory many[600];
  for (int i = 0; i < 600; i++) right &= apus_memory_init_guarded(&many[i], 1, 1);
  expect(right);
  for (int i = 0; i < 600; i++) apus_memory_destroy(&many[i]);
}

int main(void) {
  memories(false);
  memories(true);
  tables();
  exceptions();
  linking();
  subtypes();
  cycles();
  expect(live == 0);
  return report();
}
