/* apus_code.h: what translated code is written in. Included by generated C and
 * by the runtime's own sources, not by embedders.
 *
 * Loads, stores and checks are macros over two locals of the function they
 * stand in: `u8 *m`, the memory's base, and (for check) `u64 n`, its size in
 * bytes. They print as little expressions on purpose: a helper call for each
 * access is what makes compilers slow. Where there is real work there is a
 * helper. */
#ifndef APUS_CODE_H
#define APUS_CODE_H

#include "apus.h"

#include <float.h>

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) ||                         \
    defined(__NO_SIGNED_ZEROS__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ == 1)
#error "translated code must not be compiled with -ffast-math or a part of it"
#endif
/* 16: float and double as they are, only _Float16 is special. */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "float and double must be evaluated in their own precision (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#elif defined(APUS_TRANSLATED)
/* Else x * 1, x - 0 and the like, the constant by way of variables too, are x, unquieted. */
#pragma GCC optimize("signaling-nans")
#endif

#if defined(APUS_FREESTANDING) || !defined(__STDC_HOSTED__) || __STDC_HOSTED__ == 0
#define APUS_HOSTED 0
#else
#define APUS_HOSTED 1
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;
typedef float f32;
typedef double f64;
typedef apus_v128 v128;

#ifdef APUS_TRANSLATED
/* Calls through tables, of a function type of C. In `many` (APUS_MANY) what a table holds
 * carries its instance. */
#ifdef APUS_FOREIGN_TABLES
/* Another module's functions, of which an exception ends as a trap: looked after when the call has ended. */
#define APUS_CALLED                                                                                                    \
  __attribute__((cleanup(apus_called))) int called_ = 0;                                                               \
  (void)called_;
#else
#define APUS_CALLED
#endif
#ifdef APUS_MANY
#define CALL0(type, f)                                                                                                 \
  (__extension__({ APUS_CALLED const struct apus_func *f_ = (f); ((type)f_->code)(f_->context); }))
#define CALL(type, f, ...)                                                                                             \
  (__extension__({ APUS_CALLED const struct apus_func *f_ = (f); ((type)f_->code)(f_->context, __VA_ARGS__); }))
#elif defined(APUS_FOREIGN_TABLES)
#define CALL0(type, code) (__extension__({ APUS_CALLED ((type)code)(); }))
#define CALL(type, code, ...) (__extension__({ APUS_CALLED ((type)code)(__VA_ARGS__); }))
#else
#define CALL0(type, code) ((type)code)()
#define CALL(type, code, ...) ((type)code)(__VA_ARGS__)
#endif

/* In a module of several files. What they share has a symbol of the module's own, which no
 * name in C can be, and offset o of its function f, imports not counted, is in a table. */
#define SHARED(symbol) __asm__(APUS_SYMBOL symbol) __attribute__((visibility("hidden")))
#define SITE(f, o) (offsets[f] + (o))
#endif

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* A fault becomes a trap only in translated code. A file of it defines APUS_TRANSLATED
 * before it includes this one, and all of its functions count, for which the compiler has
 * to leave them in its usual sections (no -ffunction-sections, no -flto): labels mark both
 * ends of each, the second in a subsection, which assemblers put last, and pairs of offsets
 * tell the runtime where those are. In other files APUS_CODE marks a function that counts. */
#if !APUS_HOSTED || !defined(__ELF__)
#define APUS_CODE
#elif defined(APUS_TRANSLATED)
#define APUS_CODE
#if defined(__has_attribute) && __has_attribute(retain)
#define APUS_RANGES_FLAGS "aR" /* not to be collected by the linker */
#else
#define APUS_RANGES_FLAGS "a"
#endif
#define APUS_RANGE(section)                                                                                            \
  ".pushsection " section ", \"ax\", %progbits\n771:\n.subsection 1\n772:\n.popsection\n"                              \
  ".long 771b - .\n.long 772b - .\n"
#ifdef __clang__
#define APUS_SECTIONS                                                                                                  \
  APUS_RANGE(".text")                                                                                                  \
  APUS_RANGE(".text.unlikely.") APUS_RANGE(".text.hot.") APUS_RANGE(".text.split.") APUS_RANGE(".text.unknown.")
#else
#define APUS_SECTIONS                                                                                                  \
  APUS_RANGE(".text") APUS_RANGE(".text.unlikely") APUS_RANGE(".text.hot") APUS_RANGE(".text.startup")
#endif
__asm__(".pushsection apus_ranges, \"" APUS_RANGES_FLAGS "\", %progbits\n.balign 4\n" APUS_SECTIONS ".popsection\n");
#else
#define APUS_CODE __attribute__((section("apus_code")))
#endif

/* What leads to a trap is not worth the fast path's room. */
__attribute__((cold)) APUS_NORETURN void apus_trap(enum apus_trap trap, u32 offset);

/* What the platform puts before the C names of symbols, as a string. */
#define APUS_SYMBOL_TEXT(prefix) #prefix
#define APUS_SYMBOL_OF(prefix) APUS_SYMBOL_TEXT(prefix)
#define APUS_SYMBOL APUS_SYMBOL_OF(__USER_LABEL_PREFIX__)

#define APUS_UNUSED __attribute__((unused))
#define APUS_INLINE static inline __attribute__((always_inline, unused))
/* Where it is not inlined, the stack may end in it. */
#define APUS_HELPER static inline APUS_CODE __attribute__((unused))
/* The same for what is hardly ever called. */
#define APUS_COLD static APUS_CODE __attribute__((cold, noinline, unused))

/* --- bits ------------------------------------------------------------------- */

/* The sign of the lowest bits, all the way up. As functions: of a condition `(i8)(x * 3)` gcc warns, without a line. */
APUS_INLINE u32 i32_extend8(u32 x) { return (u32)(i8)x; }
APUS_INLINE u32 i32_extend16(u32 x) { return (u32)(i16)x; }
APUS_INLINE u64 i64_extend8(u64 x) { return (u64)(i8)x; }
APUS_INLINE u64 i64_extend16(u64 x) { return (u64)(i16)x; }
APUS_INLINE u64 i64_extend32(u64 x) { return (u64)(i32)x; }

/* bits_f32: the bits of a float. */
APUS_INLINE u32 bits_f32(f32 x) {
  u32 b;
  __builtin_memcpy(&b, &x, 4);
  return b;
}
APUS_INLINE u64 bits_f64(f64 x) {
  u64 b;
  __builtin_memcpy(&b, &x, 8);
  return b;
}

/* Where a value is that an asm names: a register, if floating-point values are in some. */
#if defined(__SSE2__)
#define APUS_FLOAT_PLACE "x"
#elif defined(__aarch64__)
#define APUS_FLOAT_PLACE "w"
#elif defined(__riscv_flen) && __riscv_flen >= 64
#define APUS_FLOAT_PLACE "f"
#else
#define APUS_FLOAT_PLACE "g"
#endif

/* gcc 12 takes (c ? x : nan:0x1) >= x for true, so it must not know of a value that it is a signalling NaN. */
#define APUS_IS_SIGNALLING_32(b) (((b) & 0x7fc00000u) == 0x7f800000u && ((b) & 0x003fffffu))
#define APUS_IS_SIGNALLING_64(b) (((b) & 0x7ff8000000000000u) == 0x7ff0000000000000u && ((b) & 0x0007ffffffffffffu))

/* f32_bits: the float with these bits. */
#define APUS_FLOAT_OF_BITS(w)                                                                                          \
  APUS_INLINE f##w apus_unknown##w(f##w x, u##w b) {                                                                   \
    if (__builtin_constant_p(b) && APUS_IS_SIGNALLING_##w(b)) __asm__("" : "+" APUS_FLOAT_PLACE(x));                   \
    return x;                                                                                                          \
  }                                                                                                                    \
  APUS_INLINE f##w f##w##_bits(u##w b) {                                                                               \
    f##w x;                                                                                                            \
    __builtin_memcpy(&x, &b, sizeof x);                                                                                \
    return apus_unknown##w(x, b);                                                                                      \
  }
APUS_FLOAT_OF_BITS(32)
APUS_FLOAT_OF_BITS(64)
#undef APUS_FLOAT_OF_BITS

/* APUS_FLOAT_PLACE for vectors. */
#if defined(__SSE2__) || (defined(__aarch64__) && defined(__ARM_NEON))
#define APUS_VECTOR_PLACE APUS_FLOAT_PLACE
#else
#define APUS_VECTOR_PLACE "m"
#endif

/* Evaluates e although nobody wants its value; forced_u32 and so on do within an expression. */
#define force(e) __asm__ volatile("" ::"r"(e))
#define forcef(e) __asm__ volatile("" ::APUS_FLOAT_PLACE(e))
#define forcev(e)                                                                                                      \
  do {                                                                                                                 \
    v128 e_ = (e);                                                                                                     \
    __asm__ volatile("" : "+" APUS_VECTOR_PLACE(e_));                                                                  \
  } while (0)

#define APUS_FORCED(type, place)                                                                                       \
  APUS_INLINE type forced_##type(type x) {                                                                             \
    __asm__ volatile("" : "+" place(x));                                                                               \
    return x;                                                                                                          \
  }
APUS_FORCED(u32, "r")
APUS_FORCED(u64, "r")
APUS_FORCED(apus_funcref, "r")
APUS_FORCED(apus_externref, "r")
APUS_FORCED(f32, APUS_FLOAT_PLACE)
APUS_FORCED(f64, APUS_FLOAT_PLACE)
APUS_FORCED(v128, APUS_VECTOR_PLACE)
#undef APUS_FORCED

/* Of a reference that is one of two. */
APUS_INLINE u32 is_null(const void *reference) { return !reference; }

/* A constant of which clang must not know that it is 0, 1 or -1: it would leave out what is done
 * with it, and signalling NaNs would stay so. gcc has been told above. */
#ifdef __clang__
#define APUS_OPAQUE(w)                                                                                                 \
  APUS_INLINE f##w opaque##w(f##w x) {                                                                                 \
    __asm__("" : "+" APUS_FLOAT_PLACE(x));                                                                             \
    return x;                                                                                                          \
  }
#else
#define APUS_OPAQUE(w)                                                                                                 \
  APUS_INLINE f##w opaque##w(f##w x) { return x; }
#endif
APUS_OPAQUE(32)
APUS_OPAQUE(64)
#undef APUS_OPAQUE

/* The argument, a NaN made quiet. For what compilers fold to its argument:
 * x*1, x-0, x/1, promote of demote. */
APUS_INLINE f32 quiet32(f32 x) {
  return likely(x == x) ? x : f32_bits(bits_f32(x) | 0x00400000u);
}
APUS_INLINE f64 quiet64(f64 x) {
  return likely(x == x) ? x : f64_bits(bits_f64(x) | 0x0008000000000000u);
}

/* The difference, where `a` may be known to be zero: gcc 12 makes -x of 0 - x where it sees that x is no -0, as of what was an
 * integer, and so -0 of 0. It does not look behind an argument. */
APUS_INLINE f32 minus32(f32 a, f32 x) { return a - x; }
APUS_INLINE f64 minus64(f64 a, f64 x) { return a - x; }

/* The argument, of which every NaN is the canonical one. */
APUS_INLINE f32 canonical_f32(f32 x) { return likely(x == x) ? x : f32_bits(0x7fc00000u); }
APUS_INLINE f64 canonical_f64(f64 x) { return likely(x == x) ? x : f64_bits(0x7ff8000000000000u); }

/* --- memory accesses ---------------------------------------------------------- */

/* Guest memory: any alignment, aliases everything. */
typedef u16 u16_g __attribute__((may_alias, aligned(1)));
typedef u32 u32_g __attribute__((may_alias, aligned(1)));
typedef u64 u64_g __attribute__((may_alias, aligned(1)));
typedef i16 i16_g __attribute__((may_alias, aligned(1)));
typedef i32 i32_g __attribute__((may_alias, aligned(1)));
typedef f32 f32_g __attribute__((may_alias, aligned(1)));
typedef f64 f64_g __attribute__((may_alias, aligned(1)));

/* Each access happens where it stands, and none is left out, where traps are exact; see
 * `--traps`. Else compilers may move, join and drop what only the hardware checks. Of a memory
 * that other threads use, a value is loaded once: what was checked is what is used. */
#if defined(APUS_EXACT_TRAPS) || defined(APUS_SHARED_MEMORY)
#define ACCESSED volatile
#else
#define ACCESSED
#endif
#ifdef APUS_EXACT_TRAPS
/* The value is there before anything that depends on it: a volatile load that becomes an operand of a conditional move
 * may yet become conditional itself. */
#define LOADED(type, e) forced_##type(e)
#else
#define LOADED(type, e) (e)
#endif

/* The host address of guest address a plus the constant o; never wraps at 32 bits on a 64-bit host. */
#define AT(a, o) (m + (u32)(a) + (size_t)(o))

#define ld32_8s(a, o) LOADED(u32, (u32)*(const ACCESSED i8 *)AT(a, o))
#define ld32_8u(a, o) LOADED(u32, (u32)*(const ACCESSED u8 *)AT(a, o))
#define ld64_8s(a, o) LOADED(u64, (u64)*(const ACCESSED i8 *)AT(a, o))
#define ld64_8u(a, o) LOADED(u64, (u64)*(const ACCESSED u8 *)AT(a, o))
#define st8(a, o, v) (*(ACCESSED u8 *)AT(a, o) = (u8)(v))

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__

APUS_HELPER u16 apus_ld16(const u8 *p) { return __builtin_bswap16(*(const ACCESSED u16_g *)p); }
APUS_HELPER u32 apus_ld32(const u8 *p) { return __builtin_bswap32(*(const ACCESSED u32_g *)p); }
APUS_HELPER u64 apus_ld64(const u8 *p) { return __builtin_bswap64(*(const ACCESSED u64_g *)p); }
APUS_HELPER void apus_st16(u8 *p, u16 v) { *(ACCESSED u16_g *)p = __builtin_bswap16(v); }
APUS_HELPER void apus_st32(u8 *p, u32 v) { *(ACCESSED u32_g *)p = __builtin_bswap32(v); }
APUS_HELPER void apus_st64(u8 *p, u64 v) { *(ACCESSED u64_g *)p = __builtin_bswap64(v); }

#define ld32(a, o) LOADED(u32, apus_ld32(AT(a, o)))
#define ld64(a, o) LOADED(u64, apus_ld64(AT(a, o)))
#define ldf32(a, o) LOADED(f32, f32_bits(apus_ld32(AT(a, o))))
#define ldf64(a, o) LOADED(f64, f64_bits(apus_ld64(AT(a, o))))
#define ld32_16s(a, o) LOADED(u32, (u32)(i16)apus_ld16(AT(a, o)))
#define ld32_16u(a, o) LOADED(u32, (u32)apus_ld16(AT(a, o)))
#define ld64_16s(a, o) LOADED(u64, (u64)(i16)apus_ld16(AT(a, o)))
#define ld64_16u(a, o) LOADED(u64, (u64)apus_ld16(AT(a, o)))
#define ld64_32s(a, o) LOADED(u64, (u64)(i32)apus_ld32(AT(a, o)))
#define ld64_32u(a, o) LOADED(u64, (u64)apus_ld32(AT(a, o)))
#define st16(a, o, v) apus_st16(AT(a, o), (u16)(v))
#define st32(a, o, v) apus_st32(AT(a, o), (u32)(v))
#define st64(a, o, v) apus_st64(AT(a, o), (u64)(v))
#define stf32(a, o, v) apus_st32(AT(a, o), bits_f32(v))
#define stf64(a, o, v) apus_st64(AT(a, o), bits_f64(v))

#else

#define ld32(a, o) LOADED(u32, *(const ACCESSED u32_g *)AT(a, o))
#define ld64(a, o) LOADED(u64, *(const ACCESSED u64_g *)AT(a, o))
#define ld32_16s(a, o) LOADED(u32, (u32)*(const ACCESSED i16_g *)AT(a, o))
#define ld32_16u(a, o) LOADED(u32, (u32)*(const ACCESSED u16_g *)AT(a, o))
#define ld64_16s(a, o) LOADED(u64, (u64)*(const ACCESSED i16_g *)AT(a, o))
#define ld64_16u(a, o) LOADED(u64, (u64)*(const ACCESSED u16_g *)AT(a, o))
#define ld64_32s(a, o) LOADED(u64, (u64)*(const ACCESSED i32_g *)AT(a, o))
#define ld64_32u(a, o) LOADED(u64, (u64)*(const ACCESSED u32_g *)AT(a, o))
#define st16(a, o, v) (*(ACCESSED u16_g *)AT(a, o) = (u16)(v))
#define st32(a, o, v) (*(ACCESSED u32_g *)AT(a, o) = (u32)(v))
#define st64(a, o, v) (*(ACCESSED u64_g *)AT(a, o) = (u64)(v))
#define ldf32(a, o) LOADED(f32, *(const ACCESSED f32_g *)AT(a, o))
#define ldf64(a, o) LOADED(f64, *(const ACCESSED f64_g *)AT(a, o))
#define stf32(a, o, v) (*(ACCESSED f32_g *)AT(a, o) = (v))
#define stf64(a, o, v) (*(ACCESSED f64_g *)AT(a, o) = (v))

#endif

/* The word at a + o, or the one behind it where `second`. Two words of which the first lies at a multiple of 8 are
 * inside a memory together or not at all, so they can be loaded before it is known which is wanted. o is a multiple of
 * 8. */
#if UINTPTR_MAX > UINT32_MAX && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
APUS_INLINE u32 apus_ld32_either(const u8 *m, u32 a, size_t o, bool second) {
  if (likely(a % 8 == 0)) {
    u64 both = ld64(a, o);
    return second ? (u32)(both >> 32) : (u32)both;
  }
  return ld32(a + (second ? 4u : 0u), o);
}
#define ld32_either(a, o, second) apus_ld32_either(m, a, o, second)
#else
#define ld32_either(a, o, second) ld32((a) + ((second) ? 4u : 0u), o)
#endif

/* Whether `extent` bytes are inside from each of first, first + step … first + turns * step on. */
APUS_INLINE bool fits(u32 first, u32 turns, i32 step, u64 extent, u64 size) {
  const u64 way = turns * (u64)(step < 0 ? -(i64)step : step);
  return step < 0 ? first >= way && first + extent <= size : first + way + extent <= size;
}

/* Traps unless the k bytes up to a + k are inside; k is offset plus width. Where
 * k is no more than a memory has from the start, n - k cannot wrap, which spares
 * machines of 32 bits the carry; check_far is for any k. */
#define check_far(a, k, site)                                                                                          \
  do {                                                                                                                 \
    if (unlikely((u64)(u32)(a) + (u64)(k) > n)) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);                       \
  } while (0)
#if UINTPTR_MAX > UINT32_MAX
#define check(a, k, site) check_far(a, k, site)
#else
#define check(a, k, site)                                                                                              \
  do {                                                                                                                 \
    if (unlikely((u32)(a) > (u32)n - (u32)(k))) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);                       \
  } while (0)
#endif

/* The same in another memory than the first, with its base in m1, m2 …, its size in n1, n2 … The address, and
 * what is stored, are evaluated before, since accesses of other memories may be in them. */
#define LOAD_IN(k, load, a, o)                                                                                         \
  (__extension__({                                                                                                     \
    const u32 a_ = (a);                                                                                                \
    u8 *const m = m##k;                                                                                                \
    load(a_, o);                                                                                                       \
  }))
#define STORE_IN(k, store, a, o, v)                                                                                    \
  do {                                                                                                                 \
    const u32 a_ = (a);                                                                                                \
    const __auto_type v_ = (v);                                                                                        \
    u8 *const m = m##k;                                                                                                \
    store(a_, o, v_);                                                                                                  \
  } while (0)
#define CHECK_IN(k, check, a, extent, site)                                                                            \
  do {                                                                                                                 \
    const u32 a_ = (a);                                                                                                \
    const u64 n = n##k;                                                                                                \
    check(a_, extent, site);                                                                                           \
  } while (0)

/* In a memory with addresses of 64 bits, whose base and size have these names: the sum of address and offset cannot
 * wrap behind the check, for which the extent is offset plus width. */
#define LOAD64(base, load, a, o)                                                                                       \
  (__extension__({                                                                                                     \
    u8 *const base_ = (base);                                                                                          \
    const u64 a_ = (a);                                                                                                \
    u8 *const m = base_ + (size_t)a_;                                                                                  \
    load(0u, o);                                                                                                       \
  }))
#define STORE64(base, store, a, o, v)                                                                                  \
  do {                                                                                                                 \
    u8 *const base_ = (base);                                                                                          \
    const u64 a_ = (a);                                                                                                \
    const __auto_type v_ = (v);                                                                                        \
    u8 *const m = base_ + (size_t)a_;                                                                                  \
    store(0u, o, v_);                                                                                                  \
  } while (0)
#define CHECK64(n, a, extent, site)                                                                                    \
  do {                                                                                                                 \
    if (unlikely((extent) > (n)) || unlikely((u64)(a) > (n) - (extent)))                                               \
      apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);                                                                 \
  } while (0)

/* In a shared memory, whose size is read just now. */
#define CHECK_SHARED(size, a, extent, site)                                                                            \
  do {                                                                                                                 \
    const u64 n = (size);                                                                                              \
    check_far(a, extent, site);                                                                                        \
  } while (0)

/* Stands in files whose accesses the hardware checks: where the compiler makes a
 * call of a loop, it is one of a function in which a fault is a trap. -flto would give
 * the new names to the runtime, too: then the assembler has both marks, and stops. */
#define APUS_MARK(mine, others)                                                                                        \
  ".set apus_mark_" #mine ", 1\n.ifdef apus_mark_" #others                                                             \
  "\n.error \"translated code and the runtime need -fno-lto\"\n.endif\n"
#define APUS_SET(symbol) ".set " APUS_SYMBOL #symbol ", " APUS_SYMBOL "apus_" #symbol "\n"
#define guarded_calls()                                                                                                \
  _Static_assert(UINTPTR_MAX > UINT32_MAX, "guard pages need 64-bit addresses: translate with --memory bounds");       \
  __asm__(APUS_MARK(guarded, runtime) APUS_SET(memset) APUS_SET(memcpy) APUS_SET(memmove) APUS_SET(strlen)             \
              APUS_SET(wcslen))

/* --- the stack ----------------------------------------------------------------- */

#if APUS_HOSTED
extern _Thread_local uintptr_t apus_stack_limit;
#else
extern uintptr_t apus_stack_limit;
#endif

/* The lowest address that the running function uses, where it can be had without
 * a frame pointer. */
#if (defined(__arm__) || defined(__aarch64__) || defined(__riscv) || defined(__xtensa__)) && !defined(__clang__)
APUS_INLINE uintptr_t apus_stack_pointer(void) {
  register uintptr_t sp __asm__("sp");
  uintptr_t at;
  __asm__("" : "=r"(at) : "0"(sp));
  return at;
}
#elif defined(__arm__) || defined(__aarch64__) || defined(__riscv) || defined(__xtensa__)
/* clang takes a register variable that is never set for one that may be anything. */
APUS_INLINE uintptr_t apus_stack_pointer(void) {
  uintptr_t at;
#ifdef __riscv
  __asm__("mv %0, sp" : "=r"(at));
#else
  __asm__("mov %0, sp" : "=r"(at));
#endif
  return at;
}
#elif defined(__x86_64__)
APUS_INLINE uintptr_t apus_stack_pointer(void) {
  uintptr_t at;
  __asm__("mov %%rsp, %0" : "=r"(at));
  return at;
}
#else
#define apus_stack_pointer() ((uintptr_t)__builtin_frame_address(0))
#endif

/* What the end of the host's stack is: where calls are counted, that is the end of a budget, and this
 * the lack of a host's room. The module and the runtime are compiled with APUS_COUNTS_CALLS, then. */
#ifdef APUS_COUNTS_CALLS
enum { APUS_TRAP_STACK_ENDED = APUS_TRAP_OUT_OF_MEMORY };
#else
enum { APUS_TRAP_STACK_ENDED = APUS_TRAP_STACK_EXHAUSTED };
#endif

/* Firmware has no guard page: each function that calls another starts with this. */
#define stack_check(site)                                                                                              \
  do {                                                                                                                 \
    if (unlikely(apus_stack_pointer() < apus_stack_limit)) apus_trap((enum apus_trap)APUS_TRAP_STACK_ENDED, site);     \
  } while (0)

/* Stands before a call that leaves translated code: on hosts, no fault may
 * happen inside the C library with its locks held. */
#define host_call_check() stack_check(0)

/* --- integers ------------------------------------------------------------------- */

APUS_HELPER u32 clz32(u32 x) { return x ? (u32)__builtin_clzl((unsigned long)x) - (u32)(sizeof(long) * 8 - 32) : 32; }
APUS_HELPER u32 ctz32(u32 x) { return x ? (u32)__builtin_ctzl((unsigned long)x) : 32; }
APUS_HELPER u64 clz64(u64 x) { return x ? (u64)__builtin_clzll(x) : 64; }
APUS_HELPER u64 ctz64(u64 x) { return x ? (u64)__builtin_ctzll(x) : 64; }
APUS_HELPER u32 popcnt32(u32 x) {
#ifdef __POPCNT__
  return (u32)__builtin_popcountl(x);
#else
  x -= x >> 1 & 0x55555555u;
  x = (x & 0x33333333u) + (x >> 2 & 0x33333333u);
  x = (x + (x >> 4)) & 0x0f0f0f0fu;
  return x * 0x01010101u >> 24;
#endif
}
APUS_HELPER u64 popcnt64(u64 x) {
#ifdef __POPCNT__
  return (u64)__builtin_popcountll(x);
#else
  x -= x >> 1 & 0x5555555555555555u;
  x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
  x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return x * 0x0101010101010101u >> 56;
#endif
}
APUS_HELPER u32 rotl32(u32 x, u32 k) { return x << (k & 31) | x >> (-k & 31); }
APUS_HELPER u32 rotr32(u32 x, u32 k) { return x >> (k & 31) | x << (-k & 31); }
APUS_HELPER u64 rotl64(u64 x, u64 k) { return x << (k & 63) | x >> (-k & 63); }
APUS_HELPER u64 rotr64(u64 x, u64 k) { return x >> (k & 63) | x << (-k & 63); }

/* The high halves of sums, differences and products of 128 bits. The low ones are those of 64, and
 * compilers use one instruction, or a pair, for both. */
APUS_INLINE u64 add128_high(u64 a, u64 a_high, u64 b, u64 b_high) { return a_high + b_high + (a + b < a); }
APUS_INLINE u64 sub128_high(u64 a, u64 a_high, u64 b, u64 b_high) { return a_high - b_high - (a < b); }
#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 apus_u128;
__extension__ typedef __int128 apus_i128;
APUS_INLINE u64 mul_high_u(u64 a, u64 b) { return (u64)((apus_u128)a * b >> 64); }
APUS_INLINE u64 mul_high_s(u64 a, u64 b) { return (u64)((apus_u128)((apus_i128)(i64)a * (i64)b) >> 64); }
#else
APUS_HELPER u64 mul_high_u(u64 a, u64 b) {
  u64 low = (u64)(u32)a * (u32)b, first = (a >> 32) * (u32)b, second = (u64)(u32)a * (b >> 32);
  u64 middle = (low >> 32) + (u32)first + (u32)second;
  return (a >> 32) * (b >> 32) + (first >> 32) + (second >> 32) + (middle >> 32);
}
APUS_HELPER u64 mul_high_s(u64 a, u64 b) {
  return mul_high_u(a, b) - ((i64)a < 0 ? b : 0) - ((i64)b < 0 ? a : 0);
}
#endif

/* Both evaluated, x where the lowest bit of `bit` is 1, else y. gcc would branch, and guess wrong half of the time. */
#if defined(__x86_64__) && !defined(__clang__)
#define APUS_SELECT_BIT(w, suffix)                                                                                     \
  APUS_INLINE u##w select_bit##w(u64 bit, u##w x, u##w y) {                                                            \
    __asm__("testb $1, %b1\n\tcmovnz" suffix " %2, %0" : "+r"(y) : "q"(bit), "rm"(x) : "cc");                           \
    return y;                                                                                                          \
  }
APUS_SELECT_BIT(32, "l")
APUS_SELECT_BIT(64, "q")
#undef APUS_SELECT_BIT
#else
#define select_bit32(bit, x, y) ((bit) & 1 ? (x) : (y))
#define select_bit64(bit, x, y) ((bit) & 1 ? (x) : (y))
#endif

#define APUS_DIVISION(w, LEAST)                                                                                        \
  APUS_HELPER u##w div##w##u(u##w a, u##w b, u32 site) {                                                               \
    if (unlikely(b == 0)) apus_trap(APUS_TRAP_INTEGER_DIVIDE_BY_ZERO, site);                                           \
    return a / b;                                                                                                      \
  }                                                                                                                    \
  APUS_HELPER u##w rem##w##u(u##w a, u##w b, u32 site) {                                                               \
    if (unlikely(b == 0)) apus_trap(APUS_TRAP_INTEGER_DIVIDE_BY_ZERO, site);                                           \
    return a % b;                                                                                                      \
  }                                                                                                                    \
  APUS_HELPER u##w div##w##s(u##w a, u##w b, u32 site) {                                                               \
    if (unlikely(b == 0)) apus_trap(APUS_TRAP_INTEGER_DIVIDE_BY_ZERO, site);                                           \
    if (unlikely(a == LEAST && b == (u##w)-1)) apus_trap(APUS_TRAP_INTEGER_OVERFLOW, site);                            \
    return (u##w)((i##w)a / (i##w)b);                                                                                  \
  }                                                                                                                    \
  APUS_HELPER u##w rem##w##s(u##w a, u##w b, u32 site) {                                                               \
    if (unlikely(b == 0)) apus_trap(APUS_TRAP_INTEGER_DIVIDE_BY_ZERO, site);                                           \
    return unlikely(b == (u##w)-1) ? 0 : (u##w)((i##w)a % (i##w)b);                                                    \
  }
APUS_DIVISION(32, 0x80000000u)
APUS_DIVISION(64, 0x8000000000000000u)
#undef APUS_DIVISION

/* --- floats ------------------------------------------------------------------------ */

/* The intermediate NaN test keeps compilers from folding demote(promote(x)) to
 * x, and from evaluating either on a constant and leaving it signalling. */
APUS_HELPER f64 promote(f32 x) { return likely(x == x) ? (f64)x : f64_bits(bits_f64((f64)x) | 0x0008000000000000u); }
APUS_HELPER f32 demote(f64 x) { return likely(x == x) ? (f32)x : f32_bits(bits_f32((f32)x) | 0x00400000u); }

#define APUS_MIN_MAX(w)                                                                                                \
  APUS_HELPER f##w min##w(f##w a, f##w b) {                                                                            \
    if (a < b) return a;                                                                                               \
    if (b < a) return b;                                                                                               \
    if (likely(a == b)) return f##w##_bits(bits_f##w(a) | bits_f##w(b));                                               \
    return quiet##w(a == a ? b : a);                                                                                   \
  }                                                                                                                    \
  APUS_HELPER f##w max##w(f##w a, f##w b) {                                                                            \
    if (a > b) return a;                                                                                               \
    if (b > a) return b;                                                                                               \
    if (likely(a == b)) return f##w##_bits(bits_f##w(a) & bits_f##w(b));                                               \
    return quiet##w(a == a ? b : a);                                                                                   \
  }
APUS_MIN_MAX(32)
APUS_MIN_MAX(64)
#undef APUS_MIN_MAX

#if defined(__SSE4_1__)

typedef f32 apus_f32x4 __attribute__((vector_size(16)));
typedef f64 apus_f64x2 __attribute__((vector_size(16)));
#define APUS_ROUND(name, mode)                                                                                         \
  APUS_HELPER f32 name##32(f32 x) {                                                                                    \
    apus_f32x4 v = {x};                                                                                                \
    return quiet32(__builtin_ia32_roundss(v, v, mode | 8)[0]);                                                         \
  }                                                                                                                    \
  APUS_HELPER f64 name##64(f64 x) {                                                                                    \
    apus_f64x2 v = {x};                                                                                                \
    return quiet64(__builtin_ia32_roundsd(v, v, mode | 8)[0]);                                                         \
  }
APUS_ROUND(nearest, 0)
APUS_ROUND(floor, 1)
APUS_ROUND(ceil, 2)
APUS_ROUND(trunc, 3)
#undef APUS_ROUND

#elif defined(__aarch64__)

#define APUS_ROUND(name, instruction)                                                                                  \
  APUS_HELPER f32 name##32(f32 x) {                                                                                    \
    f32 r;                                                                                                             \
    __asm__(instruction " %s0, %s1" : "=w"(r) : "w"(x));                                                               \
    return r;                                                                                                          \
  }                                                                                                                    \
  APUS_HELPER f64 name##64(f64 x) {                                                                                    \
    f64 r;                                                                                                             \
    __asm__(instruction " %d0, %d1" : "=w"(r) : "w"(x));                                                               \
    return r;                                                                                                          \
  }
APUS_ROUND(nearest, "frintn")
APUS_ROUND(floor, "frintm")
APUS_ROUND(ceil, "frintp")
APUS_ROUND(trunc, "frintz")
#undef APUS_ROUND

#else

/* From `whole` on every value is an integer; below, it fits the integer type
 * and adding `whole` rounds to even. The argument's sign is the result's. */
#define APUS_ROUND(w, iw, whole, sign)                                                                                 \
  APUS_HELPER f##w apus_signed##w(f##w r, f##w x) {                                                                    \
    return f##w##_bits((bits_f##w(r) & ~sign) | (bits_f##w(x) & sign));                                                \
  }                                                                                                                    \
  APUS_HELPER bool apus_has_fraction##w(f##w x) { return x > -whole && x < whole; }                                    \
  APUS_HELPER f##w trunc##w(f##w x) {                                                                                  \
    return apus_has_fraction##w(x) ? apus_signed##w((f##w)(iw)x, x) : quiet##w(x);                                     \
  }                                                                                                                    \
  APUS_HELPER f##w floor##w(f##w x) {                                                                                  \
    if (!apus_has_fraction##w(x)) return quiet##w(x);                                                                  \
    f##w t = (f##w)(iw)x;                                                                                              \
    return apus_signed##w(t > x ? t - 1 : t, x);                                                                       \
  }                                                                                                                    \
  APUS_HELPER f##w ceil##w(f##w x) {                                                                                   \
    if (!apus_has_fraction##w(x)) return quiet##w(x);                                                                  \
    f##w t = (f##w)(iw)x;                                                                                              \
    return apus_signed##w(t < x ? t + 1 : t, x);                                                                       \
  }                                                                                                                    \
  APUS_HELPER f##w nearest##w(f##w x) {                                                                                \
    if (!apus_has_fraction##w(x)) return quiet##w(x);                                                                  \
    f##w r = x < 0 ? (x - whole) + whole : (x + whole) - whole;                                                        \
    return apus_signed##w(r, x);                                                                                       \
  }
APUS_ROUND(32, i32, 8388608.0f, 0x80000000u)
APUS_ROUND(64, i64, 4503599627370496.0, 0x8000000000000000u)
#undef APUS_ROUND

#endif

/* A processor with a square root, or a library. */
f64 apus_sqrt64(f64 x);
#if APUS_HOSTED || defined(__aarch64__) || defined(__SSE2__) || (defined(__ARM_FP) && (__ARM_FP & 8)) ||                \
    (defined(__riscv_flen) && __riscv_flen >= 64)
APUS_HELPER f64 sqrt64(f64 x) { return __builtin_sqrt(x); }
#else
APUS_HELPER f64 sqrt64(f64 x) { return apus_sqrt64(x); }
#endif
#if APUS_HOSTED || defined(__aarch64__) || defined(__SSE2__) || (defined(__ARM_FP) && (__ARM_FP & 4)) ||                \
    (defined(__riscv_flen) && __riscv_flen >= 32)
APUS_HELPER f32 sqrt32(f32 x) { return __builtin_sqrtf(x); }
#else
/* Rounding twice is right: 53 bits are more than twice 24. */
APUS_HELPER f32 sqrt32(f32 x) { return demote(apus_sqrt64(promote(x))); }
#endif

/* Float to integer. The bounds are exact: the truncated value fits just when
 * `inside` holds, which a NaN never does. */
#define APUS_TRUNCATION(wi, s, wf, to, inside, least, greatest)                                                        \
  APUS_HELPER u##wi i##wi##_trunc_f##wf##_##s(f##wf x, u32 site) {                                                     \
    if (unlikely(!(inside))) apus_trap(x == x ? APUS_TRAP_INTEGER_OVERFLOW : APUS_TRAP_INVALID_CONVERSION, site);      \
    return (u##wi)(to)x;                                                                                               \
  }                                                                                                                    \
  APUS_HELPER u##wi i##wi##_sat_f##wf##_##s(f##wf x) {                                                                 \
    if (likely(inside)) return (u##wi)(to)x;                                                                           \
    return x == x ? (x < 0 ? least : greatest) : 0;                                                                    \
  }
APUS_TRUNCATION(32, s, 32, i32, x >= -2147483648.0f && x < 2147483648.0f, 0x80000000u, 0x7fffffffu)
APUS_TRUNCATION(32, u, 32, u32, x > -1.0f && x < 4294967296.0f, 0, 0xffffffffu)
APUS_TRUNCATION(32, s, 64, i32, x > -2147483649.0 && x < 2147483648.0, 0x80000000u, 0x7fffffffu)
APUS_TRUNCATION(32, u, 64, u32, x > -1.0 && x < 4294967296.0, 0, 0xffffffffu)
APUS_TRUNCATION(64, s, 32, i64, x >= -9223372036854775808.0f && x < 9223372036854775808.0f, 0x8000000000000000u,
                0x7fffffffffffffffu)
APUS_TRUNCATION(64, u, 32, u64, x > -1.0f && x < 18446744073709551616.0f, 0, 0xffffffffffffffffu)
APUS_TRUNCATION(64, s, 64, i64, x >= -9223372036854775808.0 && x < 9223372036854775808.0, 0x8000000000000000u,
                0x7fffffffffffffffu)
APUS_TRUNCATION(64, u, 64, u64, x > -1.0 && x < 18446744073709551616.0, 0, 0xffffffffffffffffu)
#undef APUS_TRUNCATION

#ifdef APUS_SIMD
#include "apus_simd.h"
#endif
#ifdef APUS_ATOMICS
#include "apus_atomics.h"
#endif

/* --- memories that keep their size, on boards ---------------------------------------------- */

/* What stands before the array of their bytes: another section, for example, which need not begin with zeros,
 * -D'APUS_MEMORY_PLACE=__attribute__((section(".psram")))'. */
#ifndef APUS_MEMORY_PLACE
#define APUS_MEMORY_PLACE
#endif

APUS_INLINE void memory_place(struct apus_memory *memory, u8 *bytes, u32 size, u32 maximum, u8 layout) {
  __builtin_memset(bytes, 0, size);
  *memory = (struct apus_memory){.base = bytes, .size = size, .maximum = maximum, .layout = layout};
}

/* --- bulk memory ------------------------------------------------------------------------ */

void apus_memory_fill(struct apus_memory *memory, u32 d, u32 v, u32 n, u32 site);
void apus_memory_copy(struct apus_memory *to, struct apus_memory *from, u32 d, u32 s, u32 n, u32 site);
void apus_memory_init_segment(struct apus_memory *memory, const u8 *data, u32 data_size, u32 d, u32 s, u32 n, u32 site);

void apus_memory_fill64(struct apus_memory *memory, u64 d, u32 v, u64 n, u32 site);
void apus_memory_copy64(struct apus_memory *to, struct apus_memory *from, u64 d, u64 s, u64 n, u32 site);
void apus_memory_init_segment64(struct apus_memory *memory, const u8 *data, u32 data_size, u64 d, u32 s, u32 n, u32 site);
u64 apus_memory_grow64(struct apus_memory *memory, u64 pages);
u32 apus_memory_grow_bytes(struct apus_memory *memory, u32 bytes);
/* Room for `size` bytes, somewhere else if need be; what is beyond memory->size is zero. */
bool apus_memory_move(struct apus_memory *memory, u64 size);
#if APUS_HOSTED
/* memory.grow of a shared memory, by `count` pages of `page` bytes: the old size in pages, or UINT32_MAX. */
u32 apus_memory_grow_shared(struct apus_memory *memory, u32 count, u32 page);
/* A memory of `size` bytes, which never moves until it has `maximum` pages of `page` bytes. */
bool apus_memory_reserve(struct apus_memory *memory, u64 size, u32 maximum, u64 page, u8 layout);
#endif

/* Numbers of 64 bits for tables, which have no more than 2^32 - 1 elements; and what table.grow answers. */
APUS_INLINE u32 index32(u64 x) { return x > UINT32_MAX ? UINT32_MAX : (u32)x; }
APUS_INLINE u64 widened(u32 x) { return x == UINT32_MAX ? UINT64_MAX : x; }

/* Bytes of a new memory that are not all zero: `count` of them from address `at` on. */
struct apus_piece {
  u32 at, count;
};

/* Fills a new memory; `data` holds the bytes of all pieces, which lie inside it. */
void apus_memory_init_image(struct apus_memory *memory, const u8 *data, const struct apus_piece *pieces, u32 count);

/* --- tables -------------------------------------------------------------------------------- */

APUS_HELPER void *apus_table_get(const struct apus_table *table, u32 i, u32 site) {
  if (unlikely(i >= table->size)) apus_trap(APUS_TRAP_TABLE_OUT_OF_BOUNDS, site);
  return table->elements[i];
}
APUS_HELPER void apus_table_set(struct apus_table *table, u32 i, const void *v, u32 site) {
  if (unlikely(i >= table->size)) apus_trap(APUS_TRAP_TABLE_OUT_OF_BOUNDS, site);
  table->elements[i] = (void *)(uintptr_t)v;
}
APUS_HELPER apus_exnref apus_table_get_exnref(const struct apus_table *table, u32 i, u32 site) {
  if (unlikely(i >= table->size)) apus_trap(APUS_TRAP_TABLE_OUT_OF_BOUNDS, site);
  return ((const apus_exnref *)(const void *)table->elements)[i];
}
APUS_HELPER void apus_table_set_exnref(struct apus_table *table, u32 i, const apus_exnref *v, u32 site) {
  if (unlikely(i >= table->size)) apus_trap(APUS_TRAP_TABLE_OUT_OF_BOUNDS, site);
  ((apus_exnref *)(void *)table->elements)[i] = *v;
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

/* --- variables of the thread, and what is counted in them ------------------------------------------ */

/* A variable of the thread. What is compiled for executables alone needs no register for where it lies (gcc would keep
 * that on the stack over calls). */
#if !APUS_HOSTED
#define APUS_THREAD
#elif defined(__ELF__) && (!defined(__PIC__) || defined(__PIE__))
#define APUS_THREAD __attribute__((tls_model("local-exec"))) _Thread_local
#else
#define APUS_THREAD _Thread_local
#endif

#ifdef APUS_COUNTS_CALLS
/* Bytes of the budget that the functions which run have taken. */
extern APUS_THREAD u32 apus_stack_taken;
#endif
#ifdef APUS_STACK_BUDGET
#ifndef APUS_COUNTS_CALLS
#error "this module and the runtime are compiled with -DAPUS_COUNTS_CALLS, as by the generated Makefile"
#endif
APUS_INLINE void leave_frame(const u32 *before) { apus_stack_taken = *before; }
#define take_frame(bytes, site)                                                                                        \
  __attribute__((cleanup(leave_frame))) const u32 before_ = apus_stack_taken;                                          \
  if (unlikely(before_ + (bytes) > APUS_STACK_BUDGET)) apus_trap(APUS_TRAP_STACK_EXHAUSTED, site);                     \
  apus_stack_taken = before_ + (bytes)

/* Growing that fails for want of the host's room is a trap. */
APUS_HELPER void apus_sure(bool grown, u64 size, u64 more, u64 maximum, u32 site) {
  if (unlikely(!grown) && more <= maximum && size <= maximum - more) apus_trap(APUS_TRAP_OUT_OF_MEMORY, site);
}
APUS_HELPER u32 sure_memory_grow(struct apus_memory *memory, u32 pages, u32 site) {
  u32 old = apus_memory_grow(memory, pages);
  apus_sure(old != UINT32_MAX, apus_memory_size(memory) / APUS_PAGE, pages, memory->maximum, site);
  return old;
}
APUS_HELPER u32 sure_memory_grow_bytes(struct apus_memory *memory, u32 bytes, u32 site) {
  u32 old = apus_memory_grow_bytes(memory, bytes);
  apus_sure(old != UINT32_MAX || !bytes, apus_memory_size(memory), bytes, memory->maximum, site);
  return old;
}
APUS_HELPER u64 sure_memory_grow64(struct apus_memory *memory, u64 pages, u32 site) {
  u64 old = apus_memory_grow64(memory, pages);
  u64 page = memory->layout & APUS_MEMORY_BYTES ? 1 : APUS_PAGE;
  apus_sure(old != UINT64_MAX || !pages, apus_memory_size(memory) / page, pages, memory->maximum, site);
  return old;
}
APUS_HELPER u32 sure_table_grow(struct apus_table *table, u32 delta, void *value, u32 site) {
  u32 old = apus_table_grow(table, delta, value);
  apus_sure(old != UINT32_MAX || !delta, table->size, delta, table->maximum, site);
  return old;
}
#endif

#include "apus_limits.h"

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

/* --- linking ---------------------------------------------------------------------------------- */

/* APUS_TRAP_NONE where `offered` matches the import's type, else what is wrong.
 * For a memory or table it is the current size that must reach `minimum`. Code
 * without checks takes only a memory that is `guarded`. */
enum apus_trap apus_link_func(const struct apus_extern *offered, const struct apus_type *type);
enum apus_trap apus_link_memory(const struct apus_extern *offered, u32 minimum, bool has_maximum, u32 maximum,
                                bool guarded);
enum apus_trap apus_link_memory_as(const struct apus_extern *offered, u32 minimum, bool has_maximum, u32 maximum,
                                   u8 layout);
enum apus_trap apus_link_table64(const struct apus_extern *offered, const struct apus_type *type, u32 minimum,
                                 bool has_maximum, u32 maximum);
enum apus_trap apus_link_table(const struct apus_extern *offered, const struct apus_type *type, u32 minimum,
                               bool has_maximum, u32 maximum);
enum apus_trap apus_link_tag(const struct apus_extern *offered, const struct apus_type *type);
enum apus_trap apus_link_global(const struct apus_extern *offered, const struct apus_type *type, bool is_mutable);

/* --- between core and port (hosts) ---------------------------------------------------------------- */

#if APUS_HOSTED
/* Address space for one memory at most: 1 TiB. */
#define APUS_MOST_RESERVED (sizeof(size_t) > 4 ? (u64)1 << 40 : SIZE_MAX)
/* Missing where the program brings an allocator of its own. */
__attribute__((weak)) void *apus_port_reserve(size_t size);

bool apus_map_commit(void *from, size_t size);  /* makes reserved pages usable, all zero */
void apus_map_release(void *at, size_t size);   /* gives them back */
void apus_guard_release(u8 *base, u64 reserved); /* undoes apus_memory_init_guarded */

/* Is the caller translated code in the sense of APUS_TRANSLATED? */
bool apus_code_is_placed(void);

/* The symbol that an address lies in; false where there is none, or no room for it. */
bool apus_symbol_at(const void *pc, char *to, size_t size);
#endif

#endif
