/* apus_numbers.h: the instructions on integers and floats that are not one operator of C. Included by apus_code.h. */
#ifndef APUS_NUMBERS_H
#define APUS_NUMBERS_H

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

#endif
