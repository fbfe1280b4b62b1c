/* apus_calls.h: calls through tables, calls in the place of their caller, and exceptions. Included by apus_code.h. */
#ifndef APUS_CALLS_H
#define APUS_CALLS_H

/* --- tables -------------------------------------------------------------------------------- */

APUS_HELPER void *apus_table_get(const struct apus_table *table, u32 i, u32 site) {
  if (unlikely(i >= table->size)) apus_trap(APUS_TRAP_TABLE_OUT_OF_BOUNDS, site);
  return table->elements[i];
}
APUS_HELPER void apus_table_set(struct apus_table *table, u32 i, const void *v, u32 site) {
  if (unlikely(i >= table->size)) apus_trap(APUS_TRAP_TABLE_OUT_OF_BOUNDS, site);
  ((void *ACCESSED *)table->elements)[i] = (void *)(uintptr_t)v;
}
APUS_HELPER apus_exnref apus_table_get_exnref(const struct apus_table *table, u32 i, u32 site) {
  if (unlikely(i >= table->size)) apus_trap(APUS_TRAP_TABLE_OUT_OF_BOUNDS, site);
  return ((const apus_exnref *)(const void *)table->elements)[i];
}
APUS_HELPER void apus_table_set_exnref(struct apus_table *table, u32 i, const apus_exnref *v, u32 site) {
  if (unlikely(i >= table->size)) apus_trap(APUS_TRAP_TABLE_OUT_OF_BOUNDS, site);
  ((ACCESSED apus_exnref *)(void *)table->elements)[i] = *v;
}
/* The address of a copy, for what takes one. */
#define copied_exnref(...) ((const apus_exnref[]){__VA_ARGS__})
void apus_table_fill(struct apus_table *table, u32 i, const void *v, u32 n, u32 site);
void apus_table_copy(struct apus_table *to, const struct apus_table *from, u32 d, u32 s, u32 n, u32 site);
void apus_table_init_segment(struct apus_table *table, const void *elements, u32 count, u32 d, u32 s, u32 n, u32 site);

/* The function that call_indirect calls. */
APUS_HELPER const struct apus_func *apus_indirect(const struct apus_table *table, u32 i, const struct apus_type *type,
                                                 u32 site) {
  if (unlikely(i >= table->size)) apus_trap(APUS_TRAP_UNDEFINED_ELEMENT, site);
  const struct apus_func *func = (const struct apus_func *)table->elements[i];
  if (unlikely(!func)) apus_trap(APUS_TRAP_UNINITIALIZED_ELEMENT, site);
  if (unlikely(func->type != type) && unlikely(!apus_type_matches(func->type, type)))
    apus_trap(APUS_TRAP_INDIRECT_CALL_TYPE_MISMATCH, site);
  return func;
}

/* A function without an instance. In a table that never changes type is NULL where there is none, and code where
 * nothing calls that type. */
struct apus_entry {
  const struct apus_type *type;
  apus_code code;
};

/* Makes references of functions to call with `context`. */
void apus_funcs_init(struct apus_func *funcs, const struct apus_entry *entries, u32 count, void *context);

/* Fills an element segment: places[k] is one more than a place in funcs, 0 for a null. */
void apus_elements_init(void **elements, struct apus_func *funcs, const u32 *places, u32 count);

/* The same straight into a table, from d on. */
void apus_table_init_funcs(struct apus_table *table, struct apus_func *funcs, const u32 *places, u32 count, u32 d);

/* The code that call_indirect calls, of a table that never changes: `codes` has it where the
 * type is the call's, else NULL, and `filled` tells whether there is a function of any type. */
APUS_INLINE apus_code apus_closed(const apus_code *codes, u32 count, const u8 *filled, u32 i, u32 site) {
  if (unlikely(i >= count)) apus_trap(APUS_TRAP_UNDEFINED_ELEMENT, site);
  apus_code code = codes[i];
  if (unlikely(!code))
    apus_trap(filled[i] ? APUS_TRAP_INDIRECT_CALL_TYPE_MISMATCH : APUS_TRAP_UNINITIALIZED_ELEMENT, site);
  return code;
}

/* The same where one array holds types, too. Equal types have one address in a module. */
APUS_INLINE apus_code apus_closed_typed(const struct apus_entry *entries, u32 count, u32 i,
                                        const struct apus_type *type, u32 site) {
  if (unlikely(i >= count)) apus_trap(APUS_TRAP_UNDEFINED_ELEMENT, site);
  const struct apus_entry *entry = &entries[i];
  if (unlikely(entry->type != type))
    apus_trap(entry->type ? APUS_TRAP_INDIRECT_CALL_TYPE_MISMATCH : APUS_TRAP_UNINITIALIZED_ELEMENT, site);
  return entry->code;
}

/* --- values in words of 64 bits ---------------------------------------------------------------- */

#define set_u32(words, k, v) ((words)[k] = (u32)(v))
#define set_u64(words, k, v) ((words)[k] = (v))
#define set_f32(words, k, v) ((words)[k] = bits_f32(v))
#define set_f64(words, k, v) ((words)[k] = bits_f64(v))
#define set_apus_funcref(words, k, v) ((words)[k] = (uintptr_t)(v))
#define set_apus_externref(words, k, v) ((words)[k] = (uintptr_t)(v))
#define get_u32(words, k) ((u32)(words)[k])
#define get_u64(words, k) ((words)[k])
#define get_f32(words, k) f32_bits((u32)(words)[k])
#define get_f64(words, k) f64_bits((words)[k])
#define get_apus_funcref(words, k) ((apus_funcref)(uintptr_t)(words)[k])
#define get_apus_externref(words, k) ((apus_externref)(uintptr_t)(words)[k])
#define APUS_WORDS_OF_SIZE(type)                                                                                       \
  APUS_INLINE void set_##type(u64 *words, u32 k, type v) { __builtin_memcpy(words + k, &v, sizeof v); }                \
  APUS_INLINE type get_##type(const u64 *words, u32 k) {                                                               \
    type v;                                                                                                            \
    __builtin_memcpy(&v, words + k, sizeof v);                                                                         \
    return v;                                                                                                          \
  }
APUS_WORDS_OF_SIZE(v128)
APUS_WORDS_OF_SIZE(apus_exnref)
#define APUS_EXNREF_WORDS ((sizeof(apus_exnref) + 7) / 8)
#undef APUS_WORDS_OF_SIZE

/* --- tail calls -------------------------------------------------------------------------------- */

/* Whether `musttail` is there, for a function of the caller's own type. Others have it not, or not for all that may come:
 * gcc 12 not at all, clang on other processors not where arguments are on the stack. */
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#define APUS_MUSTTAIL __has_attribute(musttail)
#else
#define APUS_MUSTTAIL 0
#endif
#define tail_return __attribute__((musttail)) return

/* The stub to run next, the function that a stub calls, and the results of the last one. */
struct apus_tail {
  void (*next)(void);
  apus_code inner;
  const u64 *results;
};
extern APUS_THREAD struct apus_tail apus_tail;

/* Whether a stub has called this function, asked once. */
APUS_INLINE bool tail_inner(apus_code self) {
  bool inner = apus_tail.inner == self;
  apus_tail.inner = NULL;
  return inner;
}
/* The function that is called in its place has been called by the stub, then. */
#define tail_pass(inner, code)                                                                                         \
  do {                                                                                                                 \
    if (inner) apus_tail.inner = (apus_code)(code);                                                                    \
  } while (0)
#define tail_to(stub) ((void)(apus_tail.next = (stub)))
APUS_INLINE bool tail_goes_on(void) {
  apus_tail.inner = NULL;
  return apus_tail.next != NULL;
}
APUS_INLINE void tail_run(void) {
  do {
    void (*next)(void) = apus_tail.next;
    apus_tail.next = NULL;
    next();
  } while (apus_tail.next);
}

/* --- exceptions ------------------------------------------------------------------------------ */

/* The one on its way; its tag is NULL where there is none. */
extern APUS_THREAD struct apus_exception apus_thrown;

#define thrown() unlikely(apus_thrown.tag)
#define thrown_with(t) (apus_thrown.tag == (t))
#define caught() ((void)(apus_thrown.tag = NULL))
#define throw_with(t, site) ((void)(apus_thrown.offset = (site), apus_thrown.tag = (t)))
#define throw_again(e, site)                                                                                           \
  do {                                                                                                                 \
    apus_thrown = (e);                                                                                                 \
    if (unlikely(!apus_thrown.tag)) apus_trap(APUS_TRAP_NULL_EXCEPTION, site);                                         \
  } while (0)

/* At the end of an apus_catch: an exception on its way becomes the outcome, and a trap ends tail calls. It is linked where
 * a module has one of those. */
#ifdef __ELF__
__attribute__((weak)) const struct apus_exception *apus_caught(void);
__attribute__((weak))
#endif
void apus_calls_end(struct apus_outcome *outcome);
#ifdef __ELF__
#define APUS_LEAVES_CALLS (apus_calls_end != NULL)
#else
#define APUS_LEAVES_CALLS 1
#endif
APUS_NORETURN void apus_uncaught(void);
#define none_thrown()                                                                                                  \
  do {                                                                                                                 \
    if (thrown()) apus_uncaught();                                                                                     \
  } while (0)
/* In a module without exceptions, after what others may have thrown from. On boards nothing of that is linked where nobody
 * throws. */
#if APUS_HOSTED || !defined(__ELF__)
#define none_thrown_elsewhere() none_thrown()
#else
__attribute__((weak)) void apus_look_for_thrown(void);
#define none_thrown_elsewhere()                                                                                        \
  do {                                                                                                                 \
    if (apus_look_for_thrown) apus_look_for_thrown();                                                                  \
  } while (0)
#endif
APUS_INLINE void apus_called(const int *unused) {
  (void)unused;
  none_thrown_elsewhere();
}

#endif
