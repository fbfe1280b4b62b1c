/* apus_simd.h: the vector instructions, for translated code that has some. apus_code.h includes it
 * where APUS_SIMD is defined.
 *
 * Each instruction is a function or macro of its name: i32x4.add is i32x4_add(a, b). It is written in
 * the vector extensions of gcc and clang, which every target has, and in SSE2, SSE4.1 or NEON where
 * those do better; the compiler's target decides (-msse4.1, -march=native), nothing at run time.
 * APUS_SIMD_PORTABLE leaves the extensions alone.
 *
 * A v128 is a vector of bytes. Casts give it other lanes: what little-endian processors have anyway,
 * and on big-endian ones its 16 bytes lie in reverse, so that lane k of n is element n - 1 - k there,
 * of whatever width. */
#ifndef APUS_SIMD_H
#define APUS_SIMD_H

/* Its headers want a C library. */
#if !defined(APUS_SIMD_PORTABLE) && defined(__SSE2__) && APUS_HOSTED
#define APUS_SSE 1
#ifdef __SSE4_1__
#include <smmintrin.h>
#elif defined(__SSSE3__)
#include <tmmintrin.h>
#else
#include <emmintrin.h>
#endif
#else
#define APUS_SSE 0
#endif
#if !defined(APUS_SIMD_PORTABLE) && defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
#define APUS_NEON 1
#include <arm_neon.h>
#else
#define APUS_NEON 0
#endif

typedef u8 u8x16 __attribute__((vector_size(16)));
typedef i8 i8x16 __attribute__((vector_size(16)));
typedef u16 u16x8 __attribute__((vector_size(16)));
typedef i16 i16x8 __attribute__((vector_size(16)));
typedef u32 u32x4 __attribute__((vector_size(16)));
typedef i32 i32x4 __attribute__((vector_size(16)));
typedef u64 u64x2 __attribute__((vector_size(16)));
typedef i64 i64x2 __attribute__((vector_size(16)));
typedef f32 f32x4 __attribute__((vector_size(16)));
typedef f64 f64x2 __attribute__((vector_size(16)));

/* The element that lane k of n is. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LANE(n, k) ((n) - 1 - (k))
#else
#define LANE(n, k) (k)
#endif

/* --- accesses and constants ------------------------------------------------------- */

#if (defined(__SSE2__) || APUS_NEON) && !APUS_STRICT_ALIGNMENT
typedef u8 v128_g __attribute__((vector_size(16), may_alias, aligned(1)));
#ifdef APUS_WHOLE
APUS_WHOLE(v128)
#endif
#define ld128(a, o) LOADED(v128, (v128)GET(v128, AT(a, o)))
#define st128(a, o, v) PUT(v128, AT(a, o), (v128_g)(v))
#else
APUS_HELPER v128 apus_ld128(u8 *m) {
  u64x2 v = {0};
  v[LANE(2, 0)] = ld64(0u, 0);
  v[LANE(2, 1)] = ld64(0u, 8);
  return (v128)v;
}
/* The higher half first: it traps where one does, and then nothing is written. */
APUS_HELPER void apus_st128(u8 *m, v128 v) {
  st64(0u, 8, ((u64x2)v)[LANE(2, 1)]);
  __asm__ volatile("" ::: "memory");
  st64(0u, 0, ((u64x2)v)[LANE(2, 0)]);
}
#define ld128(a, o) LOADED(v128, apus_ld128(AT(a, o)))
#define st128(a, o, v) apus_st128(AT(a, o), v)
#endif

/* A vector of which compilers must not know that it is a constant. */
APUS_INLINE v128 unfolded(v128 x) {
  __asm__("" : "+" APUS_VECTOR_PLACE(x));
  return x;
}

#define APUS_HAS_SIGNALLING(w) (APUS_IS_SIGNALLING_64(w) || APUS_IS_SIGNALLING_32(w) || APUS_IS_SIGNALLING_32((w) >> 32))

/* The low half and the high half of a constant. */
APUS_INLINE v128 v128_const(u64 low, u64 high) {
  u64x2 v = {0};
  v[LANE(2, 0)] = low;
  v[LANE(2, 1)] = high;
  return APUS_HAS_SIGNALLING(low) || APUS_HAS_SIGNALLING(high) ? unfolded((v128)v) : (v128)v;
}

/* For the same reason as opaque32. */
#ifdef __clang__
#define opaque128(x) unfolded(x)
#else
#define opaque128(x) (x)
#endif

/* --- lanes -------------------------------------------------------------------------- */

#define APUS_LANES(name, n, vector, element, scalar)                                                                   \
  APUS_INLINE v128 name##_splat(scalar x) {                                                                            \
    vector v = (vector){0} + (element)x;                                                                               \
    return (v128)v;                                                                                                    \
  }                                                                                                                    \
  APUS_INLINE v128 name##_replace_lane(v128 a, scalar x, u32 k) {                                                      \
    vector v = (vector)a;                                                                                              \
    v[LANE(n, k)] = (element)x;                                                                                        \
    return (v128)v;                                                                                                    \
  }
APUS_LANES(i8x16, 16, u8x16, u8, u32)
APUS_LANES(i16x8, 8, u16x8, u16, u32)
APUS_LANES(i32x4, 4, u32x4, u32, u32)
APUS_LANES(i64x2, 2, u64x2, u64, u64)
#undef APUS_LANES
/* Not as sums, nor as floats in the portable case: a signalling NaN stays one. */
APUS_INLINE v128 f32x4_splat(f32 x) { return (v128)(f32x4){x, x, x, x}; }
APUS_INLINE v128 f64x2_splat(f64 x) { return (v128)(f64x2){x, x}; }
APUS_INLINE v128 f32x4_replace_lane(v128 a, f32 x, u32 k) {
  f32x4 v = (f32x4)a;
  v[LANE(4, k)] = x;
  return (v128)v;
}
APUS_INLINE v128 f64x2_replace_lane(v128 a, f64 x, u32 k) {
  f64x2 v = (f64x2)a;
  v[LANE(2, k)] = x;
  return (v128)v;
}
#define i8x16_extract_lane_s(a, k) ((u32)(i32)((i8x16)(a))[LANE(16, k)])
#define i8x16_extract_lane_u(a, k) ((u32)((u8x16)(a))[LANE(16, k)])
#define i16x8_extract_lane_s(a, k) ((u32)(i32)((i16x8)(a))[LANE(8, k)])
#define i16x8_extract_lane_u(a, k) ((u32)((u16x8)(a))[LANE(8, k)])
#define i32x4_extract_lane(a, k) (((u32x4)(a))[LANE(4, k)])
#define i64x2_extract_lane(a, k) (((u64x2)(a))[LANE(2, k)])
APUS_INLINE f32 f32x4_extract_lane(v128 a, u32 k) {
  return apus_unknown32(((f32x4)a)[LANE(4, k)], ((u32x4)a)[LANE(4, k)]);
}
APUS_INLINE f64 f64x2_extract_lane(v128 a, u32 k) {
  return apus_unknown64(((f64x2)a)[LANE(2, k)], ((u64x2)a)[LANE(2, k)]);
}

/* Lanes of both operands, by their numbers, for which there is i8x16.shuffle alone; where whole wider lanes move, the
 * translator says so. */
#ifdef __clang__
#define APUS_PICKED(vector, a, b, ...) ((v128)__builtin_shufflevector((vector)(a), (vector)(b), __VA_ARGS__))
#else
#define APUS_PICKED(vector, a, b, ...) ((v128)__builtin_shuffle((vector)(a), (vector)(b), (vector){__VA_ARGS__}))
#endif
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define APUS_FROM(n, k) ((k) < n ? n - 1 - (k) : 3 * n - 1 - (k))
#define APUS_PICKED2(vector, a, b, k0, k1) APUS_PICKED(vector, a, b, APUS_FROM(2, k1), APUS_FROM(2, k0))
#define APUS_PICKED4(vector, a, b, k0, k1, k2, k3)                                                                     \
  APUS_PICKED(vector, a, b, APUS_FROM(4, k3), APUS_FROM(4, k2), APUS_FROM(4, k1), APUS_FROM(4, k0))
#define APUS_PICKED8(vector, a, b, k0, k1, k2, k3, k4, k5, k6, k7)                                                     \
  APUS_PICKED(vector, a, b, APUS_FROM(8, k7), APUS_FROM(8, k6), APUS_FROM(8, k5), APUS_FROM(8, k4), APUS_FROM(8, k3),  \
              APUS_FROM(8, k2), APUS_FROM(8, k1), APUS_FROM(8, k0))
#define APUS_PICKED16(vector, a, b, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15)              \
  APUS_PICKED(vector, a, b, APUS_FROM(16, k15), APUS_FROM(16, k14), APUS_FROM(16, k13), APUS_FROM(16, k12),            \
              APUS_FROM(16, k11), APUS_FROM(16, k10), APUS_FROM(16, k9), APUS_FROM(16, k8), APUS_FROM(16, k7),         \
              APUS_FROM(16, k6), APUS_FROM(16, k5), APUS_FROM(16, k4), APUS_FROM(16, k3), APUS_FROM(16, k2),           \
              APUS_FROM(16, k1), APUS_FROM(16, k0))
#else
#define APUS_PICKED2 APUS_PICKED
#define APUS_PICKED4 APUS_PICKED
#define APUS_PICKED8 APUS_PICKED
#define APUS_PICKED16 APUS_PICKED
#endif
#define i64x2_shuffle(a, b, ...) APUS_PICKED2(u64x2, a, b, __VA_ARGS__)
#define i32x4_shuffle(a, b, ...) APUS_PICKED4(u32x4, a, b, __VA_ARGS__)

#if APUS_SSE && !defined(__clang__) && !defined(__SSSE3__)
/* Else gcc would move one lane after the other. A half of a vector, on both sides, has its words put where they are
 * wanted, and the others taken away; what a half has nothing for is no code. */
#define APUS_ORDER(i, j, k, l) (((i) & 3) | ((j) & 3) << 2 | ((k) & 3) << 4 | ((l) & 3) << 6)
#define APUS_OF(h, k) (i16)((k) >> 2 == h ? -1 : 0)
#define APUS_WORDS(v, half, h, k0, k1, k2, k3, k4, k5, k6, k7)                                                         \
  _mm_and_si128(_mm_shufflehi_epi16(_mm_shufflelo_epi16(_mm_shuffle_epi32(v, half), APUS_ORDER(k0, k1, k2, k3)),       \
                                    APUS_ORDER(k4, k5, k6, k7)),                                                       \
                _mm_setr_epi16(APUS_OF(h, k0), APUS_OF(h, k1), APUS_OF(h, k2), APUS_OF(h, k3), APUS_OF(h, k4),         \
                               APUS_OF(h, k5), APUS_OF(h, k6), APUS_OF(h, k7)))
#define APUS_WORDS_OF(a, b, ...)                                                                                       \
  _mm_or_si128(_mm_or_si128(APUS_WORDS(a, 0x44, 0, __VA_ARGS__), APUS_WORDS(a, 0xee, 1, __VA_ARGS__)),                 \
               _mm_or_si128(APUS_WORDS(b, 0x44, 2, __VA_ARGS__), APUS_WORDS(b, 0xee, 3, __VA_ARGS__)))
#define i16x8_shuffle(a, b, ...)                                                                                       \
  (__extension__({                                                                                                     \
    const __m128i a_ = (__m128i)(a), b_ = (__m128i)(b);                                                                \
    (v128) APUS_WORDS_OF(a_, b_, __VA_ARGS__);                                                                         \
  }))
/* The word that a byte is in, shifted where it is in the other half of it. */
#define APUS_EVEN(k) ((k) % 2 ? 0 : 0xff)
#define APUS_ODD(k) ((k) % 2 ? 0xff : 0)
#define APUS_MASK(of, k0, k1, k2, k3, k4, k5, k6, k7)                                                                  \
  _mm_setr_epi16(of(k0), of(k1), of(k2), of(k3), of(k4), of(k5), of(k6), of(k7))
#define i8x16_shuffle(a, b, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15)                      \
  (__extension__({                                                                                                     \
    const __m128i a_ = (__m128i)(a), b_ = (__m128i)(b);                                                                \
    const __m128i low_ = APUS_WORDS_OF(a_, b_, k0 / 2, k2 / 2, k4 / 2, k6 / 2, k8 / 2, k10 / 2, k12 / 2, k14 / 2);     \
    const __m128i high_ = APUS_WORDS_OF(a_, b_, k1 / 2, k3 / 2, k5 / 2, k7 / 2, k9 / 2, k11 / 2, k13 / 2, k15 / 2);    \
    const __m128i even_ = _mm_and_si128(high_, APUS_MASK(APUS_EVEN, k1, k3, k5, k7, k9, k11, k13, k15));               \
    const __m128i odd_ = _mm_and_si128(_mm_srli_epi16(high_, 8), APUS_MASK(APUS_ODD, k1, k3, k5, k7, k9, k11, k13, k15)); \
    (v128) _mm_or_si128(                                                                                               \
        _mm_or_si128(_mm_and_si128(low_, APUS_MASK(APUS_EVEN, k0, k2, k4, k6, k8, k10, k12, k14)),                     \
                     _mm_and_si128(_mm_srli_epi16(low_, 8), APUS_MASK(APUS_ODD, k0, k2, k4, k6, k8, k10, k12, k14))),  \
        _mm_slli_epi16(_mm_or_si128(even_, odd_), 8));                                                                 \
  }))
#define APUS_BOTH(name, intrinsic)                                                                                     \
  APUS_INLINE v128 name(v128 a, v128 b) { return (v128)intrinsic((__m128i)a, (__m128i)b); }
APUS_BOTH(i8x16_interleave_low, _mm_unpacklo_epi8)
APUS_BOTH(i8x16_interleave_high, _mm_unpackhi_epi8)
APUS_BOTH(i16x8_interleave_low, _mm_unpacklo_epi16)
APUS_BOTH(i16x8_interleave_high, _mm_unpackhi_epi16)
#undef APUS_BOTH
APUS_INLINE v128 i8x16_even(v128 a, v128 b) {
  const __m128i low = _mm_set1_epi16(0xff);
  return (v128)_mm_packus_epi16(_mm_and_si128((__m128i)a, low), _mm_and_si128((__m128i)b, low));
}
APUS_INLINE v128 i16x8_even(v128 a, v128 b) {
  return (v128)_mm_packs_epi32(_mm_srai_epi32(_mm_slli_epi32((__m128i)a, 16), 16),
                               _mm_srai_epi32(_mm_slli_epi32((__m128i)b, 16), 16));
}
#define i8x16_window(a, b, k)                                                                                          \
  ((v128)_mm_or_si128(_mm_srli_si128((__m128i)(a), k), _mm_slli_si128((__m128i)(b), 16 - (k))))
#else
#define i16x8_shuffle(a, b, ...) APUS_PICKED8(u16x8, a, b, __VA_ARGS__)
#define i8x16_shuffle(a, b, ...) APUS_PICKED16(u8x16, a, b, __VA_ARGS__)
/* Lanes of both by turns; the even ones of both; the bytes from k on of one behind the other. */
#define i8x16_interleave_low(a, b) i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define i8x16_interleave_high(a, b) i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define i16x8_interleave_low(a, b) i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define i16x8_interleave_high(a, b) i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define i8x16_even(a, b) i8x16_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define i16x8_even(a, b) i16x8_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define i8x16_window(a, b, k)                                                                                          \
  i8x16_shuffle(a, b, (k), (k) + 1, (k) + 2, (k) + 3, (k) + 4, (k) + 5, (k) + 6, (k) + 7, (k) + 8, (k) + 9, (k) + 10,  \
                (k) + 11, (k) + 12, (k) + 13, (k) + 14, (k) + 15)
#endif

APUS_HELPER v128 i8x16_swizzle(v128 a, v128 s) {
#if APUS_SSE && defined(__SSSE3__)
  return (v128)_mm_shuffle_epi8((__m128i)a, _mm_adds_epu8((__m128i)s, _mm_set1_epi8(0x70)));
#elif APUS_NEON
  return (v128)vqtbl1q_u8((uint8x16_t)a, (uint8x16_t)s);
#else
  u8 from[16], at[16];
  __builtin_memcpy(from, &a, 16);
  __builtin_memcpy(at, &s, 16);
  for (u32 k = 0; k < 16; k++) at[k] = at[k] < 16 ? from[LANE(16, at[k])] : 0;
  __builtin_memcpy(&s, at, 16);
  return s;
#endif
}

/* --- bits ----------------------------------------------------------------------------- */

APUS_INLINE v128 v128_not(v128 a) { return ~a; }
APUS_INLINE v128 v128_and(v128 a, v128 b) { return a & b; }
APUS_INLINE v128 v128_andnot(v128 a, v128 b) { return a & ~b; }
APUS_INLINE v128 v128_or(v128 a, v128 b) { return a | b; }
APUS_INLINE v128 v128_xor(v128 a, v128 b) { return a ^ b; }
/* Of a where c has ones, else of b. */
APUS_INLINE v128 v128_bitselect(v128 a, v128 b, v128 c) { return (a & c) | (b & ~c); }

APUS_INLINE u32 v128_any_true(v128 a) {
#if APUS_SSE && defined(__SSE4_1__)
  return !_mm_testz_si128((__m128i)a, (__m128i)a);
#elif APUS_NEON
  return vmaxvq_u32((uint32x4_t)a) != 0;
#else
  return (((u64x2)a)[0] | ((u64x2)a)[1]) != 0;
#endif
}

#include "apus_simd_integers.h"
#include "apus_simd_floats.h"

#undef APUS_BINARY
#undef APUS_UNARY

#endif
