/* apus_atomics.h: atomic accesses of translated code, by the names of their instructions. Included by
 * apus_code.h where a module has some. All are sequentially consistent.
 *
 * `p` is where the bytes lie, at a multiple of their number. Guest memory is little-endian: on other
 * machines values are turned round, and sums are made by comparing and exchanging. A width for which the
 * processor has no instructions is done by the runtime: on hosts under a lock, on firmware, where there
 * is one thread, without one. */
#ifndef APUS_ATOMICS_H
#define APUS_ATOMICS_H

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define APUS_TURNED8(x) (x)
#define APUS_TURNED16(x) __builtin_bswap16(x)
#define APUS_TURNED32(x) __builtin_bswap32(x)
#define APUS_TURNED64(x) __builtin_bswap64(x)
#define APUS_SUM(w, expression)                                                                                        \
  u##w was = __atomic_load_n(place, __ATOMIC_RELAXED), old, next;                                                      \
  do {                                                                                                                 \
    old = APUS_TURNED##w(was);                                                                                         \
    next = (u##w)(expression);                                                                                         \
  } while (!__atomic_compare_exchange_n(place, &was, APUS_TURNED##w(next), true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)); \
  return old;
#define APUS_SUMS(w)                                                                                                   \
  APUS_INLINE u##w apus_atomic_add##w(u8 *p, u##w v) { APUS_PLACE(w) APUS_SUM(w, old + v) }                            \
  APUS_INLINE u##w apus_atomic_sub##w(u8 *p, u##w v) { APUS_PLACE(w) APUS_SUM(w, old - v) }
#else
#define APUS_TURNED8(x) (x)
#define APUS_TURNED16(x) (x)
#define APUS_TURNED32(x) (x)
#define APUS_TURNED64(x) (x)
#define APUS_SUMS(w)                                                                                                   \
  APUS_TURNING(w, add, __atomic_fetch_add)                                                                             \
  APUS_TURNING(w, sub, __atomic_fetch_sub)
#endif

/* gcc does these by functions of its own on processors that may lack the instructions: a fault has to come before. */
#if defined(__aarch64__) && !defined(__ARM_FEATURE_ATOMICS)
#define APUS_TOUCHED(p) (void)*(const volatile u8 *)(p);
#else
#define APUS_TOUCHED(p)
#endif

/* gcc 12 for riscv64 compares a word, which the processor reads with its sign, with a register that may have none. */
#define APUS_EXPECTED8(x) (x)
#define APUS_EXPECTED16(x) (x)
#define APUS_EXPECTED64(x) (x)
#if defined(__riscv) && __riscv_xlen == 64 && !defined(__clang__)
APUS_INLINE u32 APUS_EXPECTED32(u32 x) {
  i64 word;
  __asm__("sext.w %0, %1" : "=r"(word) : "r"(x));
  return (u32)word;
}
#else
#define APUS_EXPECTED32(x) (x)
#endif

/* volatile: clang drops an addition of nothing with its trap. */
#define APUS_PLACE(w)                                                                                                  \
  typedef volatile u##w at __attribute__((may_alias, aligned(w / 8)));                                                 \
  at *place = (at *)(void *)p;                                                                                         \
  APUS_TOUCHED(p)

/* gcc 12 takes one register for the operand and the old value where one variable is both: x = fetch_xor(p, x) in a loop
 * stores 0. So the operand is something else than the variable, and wanted once more afterwards. */
#if defined(__clang__)
#define APUS_APART(v)
#define APUS_WANTED(v)
#else
#define APUS_APART(v) __asm__("" : "+r"(v));
#define APUS_WANTED(v) __asm__ volatile("" ::"r"(v));
#endif

/* Where the operator does not mind the order of bytes. */
#define APUS_TURNING(w, operator, builtin)                                                                             \
  APUS_INLINE u##w apus_atomic_##operator##w(u8 *p, u##w v) {                                                          \
    APUS_PLACE(w)                                                                                                      \
    u##w turned = APUS_TURNED##w(v);                                                                                   \
    APUS_APART(turned)                                                                                                 \
    const u##w old = builtin(place, turned, __ATOMIC_SEQ_CST);                                                         \
    APUS_WANTED(turned)                                                                                                \
    return APUS_TURNED##w(old);                                                                                        \
  }

/* For a width that the processor has instructions for. */
#define APUS_NATIVE(w)                                                                                                 \
  APUS_INLINE u##w apus_atomic_load##w(u8 *p) {                                                                        \
    APUS_PLACE(w)                                                                                                      \
    return APUS_TURNED##w(__atomic_load_n(place, __ATOMIC_SEQ_CST));                                                   \
  }                                                                                                                    \
  APUS_INLINE void apus_atomic_store##w(u8 *p, u##w v) {                                                               \
    APUS_PLACE(w)                                                                                                      \
    __atomic_store_n(place, APUS_TURNED##w(v), __ATOMIC_SEQ_CST);                                                      \
  }                                                                                                                    \
  APUS_SUMS(w)                                                                                                         \
  APUS_TURNING(w, and, __atomic_fetch_and)                                                                             \
  APUS_TURNING(w, or, __atomic_fetch_or)                                                                               \
  APUS_TURNING(w, xor, __atomic_fetch_xor)                                                                             \
  APUS_TURNING(w, xchg, __atomic_exchange_n)                                                                           \
  APUS_INLINE u##w apus_atomic_cmpxchg##w(u8 *p, u##w expected, u##w v) {                                              \
    APUS_PLACE(w)                                                                                                      \
    u##w was = APUS_EXPECTED##w(APUS_TURNED##w(expected));                                                             \
    __atomic_compare_exchange_n(place, &was, APUS_TURNED##w(v), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);            \
    return APUS_TURNED##w(was);                                                                                        \
  }

enum apus_atomic {
  APUS_ATOMIC_LOAD, APUS_ATOMIC_ADD, APUS_ATOMIC_SUB, APUS_ATOMIC_AND, APUS_ATOMIC_OR, APUS_ATOMIC_XOR,
  APUS_ATOMIC_XCHG, APUS_ATOMIC_CMPXCHG
};

/* What an operator makes of the old value; of `expected` cmpxchg knows. */
APUS_HELPER u64 apus_atomic_result(enum apus_atomic operator, u64 old, u64 v, u64 expected) {
  switch (operator) {
  case APUS_ATOMIC_LOAD: return old;
  case APUS_ATOMIC_ADD: return old + v;
  case APUS_ATOMIC_SUB: return old - v;
  case APUS_ATOMIC_AND: return old & v;
  case APUS_ATOMIC_OR: return old | v;
  case APUS_ATOMIC_XOR: return old ^ v;
  case APUS_ATOMIC_XCHG: return v;
  case APUS_ATOMIC_CMPXCHG: return old == expected ? v : old;
  }
  return old;
}

/* For a width without instructions: `update` does it, and answers the old value. */
#define APUS_UPDATING(w, update, operator, OPERATOR)                                                                   \
  APUS_INLINE u##w apus_atomic_##operator##w(u8 *p, u##w v) {                                                          \
    return (u##w)update(w, APUS_ATOMIC_##OPERATOR, p, v, 0);                                                           \
  }
#define APUS_UPDATED(w, update)                                                                                        \
  APUS_INLINE u##w apus_atomic_load##w(u8 *p) { return (u##w)update(w, APUS_ATOMIC_LOAD, p, 0, 0); }                   \
  APUS_INLINE void apus_atomic_store##w(u8 *p, u##w v) { (void)update(w, APUS_ATOMIC_XCHG, p, v, 0); }                 \
  APUS_UPDATING(w, update, add, ADD)                                                                                   \
  APUS_UPDATING(w, update, sub, SUB)                                                                                   \
  APUS_UPDATING(w, update, and, AND)                                                                                   \
  APUS_UPDATING(w, update, or, OR)                                                                                     \
  APUS_UPDATING(w, update, xor, XOR)                                                                                   \
  APUS_UPDATING(w, update, xchg, XCHG)                                                                                 \
  APUS_INLINE u##w apus_atomic_cmpxchg##w(u8 *p, u##w expected, u##w v) {                                              \
    return (u##w)update(w, APUS_ATOMIC_CMPXCHG, p, v, expected);                                                       \
  }

/* By the runtime. */
u64 apus_atomic_update(u32 width, enum apus_atomic operator, u8 *p, u64 v, u64 expected);

/* Within the word around it, on processors that have instructions for words alone. */
APUS_HELPER u32 apus_atomic_in_word(u32 width, enum apus_atomic operator, u8 *p, u32 v, u32 expected) {
  typedef volatile u32 at __attribute__((may_alias));
  at *word = (at *)(void *)(p - (uintptr_t)p % 4);
  const u32 shift = (u32)((uintptr_t)p % 4) * 8, mask = (width == 8 ? 0xffu : 0xffffu) << shift;
  u32 was = __atomic_load_n(word, __ATOMIC_SEQ_CST), next;
  do {
    next = (was & ~mask) |
           ((u32)apus_atomic_result(operator, (was & mask) >> shift, v, expected) << shift & mask);
  } while (!__atomic_compare_exchange_n(word, &was, next, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  return (was & mask) >> shift;
}

#if __GCC_ATOMIC_INT_LOCK_FREE == 2 && !(defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
#define apus_atomic_narrow apus_atomic_in_word
#else
#define apus_atomic_narrow apus_atomic_update
#endif

#if __GCC_ATOMIC_CHAR_LOCK_FREE == 2
APUS_NATIVE(8)
#else
APUS_UPDATED(8, apus_atomic_narrow)
#endif
#if __GCC_ATOMIC_SHORT_LOCK_FREE == 2
APUS_NATIVE(16)
#else
APUS_UPDATED(16, apus_atomic_narrow)
#endif
#if __GCC_ATOMIC_INT_LOCK_FREE == 2
APUS_NATIVE(32)
#else
APUS_UPDATED(32, apus_atomic_update)
#endif
#if __GCC_ATOMIC_LLONG_LOCK_FREE == 2
APUS_NATIVE(64)
#else
APUS_UPDATED(64, apus_atomic_update)
#endif

/* --- by the names of instructions ----------------------------------------------------------------- */

/* i32.atomic.load8_u: type i32, C type u32, width 8, `load8_u`, `store8`, `rmw8` and `_u`. */
#define APUS_OPERATOR(type, t, w, rmw, operator, sign)                                                                 \
  APUS_INLINE t type##_atomic_##rmw##_##operator##sign(u8 *p, t v) { return apus_atomic_##operator##w(p, (u##w)v); }
#define APUS_ACCESSES(type, t, w, load, store, rmw, sign)                                                              \
  APUS_INLINE t type##_atomic_##load(u8 *p) { return apus_atomic_load##w(p); }                                         \
  APUS_INLINE void type##_atomic_##store(u8 *p, t v) { apus_atomic_store##w(p, (u##w)v); }                             \
  APUS_OPERATOR(type, t, w, rmw, add, sign)                                                                            \
  APUS_OPERATOR(type, t, w, rmw, sub, sign)                                                                            \
  APUS_OPERATOR(type, t, w, rmw, and, sign)                                                                            \
  APUS_OPERATOR(type, t, w, rmw, or, sign)                                                                             \
  APUS_OPERATOR(type, t, w, rmw, xor, sign)                                                                            \
  APUS_OPERATOR(type, t, w, rmw, xchg, sign)                                                                           \
  APUS_INLINE t type##_atomic_##rmw##_cmpxchg##sign(u8 *p, t expected, t v) {                                          \
    return apus_atomic_cmpxchg##w(p, (u##w)expected, (u##w)v);                                                         \
  }
APUS_ACCESSES(i32, u32, 32, load, store, rmw, )
APUS_ACCESSES(i64, u64, 64, load, store, rmw, )
APUS_ACCESSES(i32, u32, 8, load8_u, store8, rmw8, _u)
APUS_ACCESSES(i32, u32, 16, load16_u, store16, rmw16, _u)
APUS_ACCESSES(i64, u64, 8, load8_u, store8, rmw8, _u)
APUS_ACCESSES(i64, u64, 16, load16_u, store16, rmw16, _u)
APUS_ACCESSES(i64, u64, 32, load32_u, store32, rmw32, _u)

#if APUS_HOSTED
#define atomic_fence() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#else
#define atomic_fence() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#endif

/* Where the bytes of an access lie in another memory than the first, and in one with addresses of 64 bits. */
#define AT_IN(k, a, o) (m##k + (u32)(a) + OFFSET(o))
#define AT64(base, a, o) ((base) + (size_t)(u64)(a) + OFFSET(o))

/* Offset o is a remainder by the width. */
#define check_aligned(a, o, width, site)                                                                               \
  do {                                                                                                                 \
    if (unlikely(((u32)(a) + (o)) % (width))) apus_trap(APUS_TRAP_UNALIGNED_ATOMIC, site);                             \
  } while (0)

/* --- waiting ------------------------------------------------------------------------------------------ */

/* Each looks at alignment and bounds, and wait at whether the memory is shared. `timeout` is in nanoseconds, negative
 * for none; the answer 0 where woken, 1 where the value is another one, 2 where the time is over. */
u32 memory_atomic_wait32(struct apus_memory *memory, u64 address, u64 offset, u32 expected, u64 timeout, u32 site);
u32 memory_atomic_wait64(struct apus_memory *memory, u64 address, u64 offset, u64 expected, u64 timeout, u32 site);
/* How many were woken. */
u32 memory_atomic_notify(struct apus_memory *memory, u64 address, u64 offset, u32 count, u32 site);

/* `width` is 32 or 64. */
APUS_INLINE u64 apus_atomic_load(u8 *p, u32 width) {
  return width == 32 ? apus_atomic_load32(p) : apus_atomic_load64(p);
}

/* The port's part. */
u32 apus_port_wait(u8 *p, u32 width, u64 expected, i64 timeout);
u32 apus_port_notify(const u8 *p, u32 count);

#endif
