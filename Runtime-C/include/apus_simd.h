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

typedef u8 v128_g __attribute__((vector_size(16), may_alias, aligned(1)));

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
APUS_HELPER v128 apus_ld128(const u8 *p) {
  u64x2 v = {apus_ld64(p + 8), apus_ld64(p)};
  return (v128)v;
}
APUS_HELPER void apus_st128(u8 *p, v128 v) {
  apus_st64(p, ((u64x2)v)[1]);
  apus_st64(p + 8, ((u64x2)v)[0]);
}
#define ld128(a, o) LOADED(v128, apus_ld128(AT(a, o)))
#define st128(a, o, v) apus_st128(AT(a, o), v)
#else
#define ld128(a, o) LOADED(v128, (v128)*(const ACCESSED v128_g *)AT(a, o))
#define st128(a, o, v) (*(ACCESSED v128_g *)AT(a, o) = (v128_g)(v))
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

/* --- integers ---------------------------------------------------------------------------- */

#define APUS_BINARY(name, vector, e)                                                                                   \
  APUS_INLINE v128 name(v128 x, v128 y) {                                                                              \
    vector a = (vector)x, b = (vector)y;                                                                               \
    return (v128)(e);                                                                                                  \
  }
#define APUS_UNARY(name, vector, e)                                                                                    \
  APUS_INLINE v128 name(v128 x) {                                                                                      \
    vector a = (vector)x;                                                                                              \
    return (v128)(e);                                                                                                  \
  }
/* a where the mask has ones, else b. */
#define APUS_CHOICE(mask, a, b) (((v128)(a) & (v128)(mask)) | ((v128)(b) & ~(v128)(mask)))

#define APUS_INTEGERS(name, n, w)                                                                                      \
  APUS_BINARY(name##_eq, u##w##x##n, a == b)                                                                           \
  APUS_BINARY(name##_ne, u##w##x##n, a != b)                                                                           \
  APUS_BINARY(name##_lt_s, i##w##x##n, a < b)                                                                          \
  APUS_BINARY(name##_gt_s, i##w##x##n, a > b)                                                                          \
  APUS_BINARY(name##_le_s, i##w##x##n, a <= b)                                                                         \
  APUS_BINARY(name##_ge_s, i##w##x##n, a >= b)                                                                         \
  APUS_BINARY(name##_add, u##w##x##n, a + b)                                                                           \
  APUS_BINARY(name##_sub, u##w##x##n, a - b)                                                                           \
  APUS_UNARY(name##_neg, u##w##x##n, -a)                                                                               \
  APUS_INLINE v128 name##_abs(v128 x) {                                                                                \
    u##w##x##n a = (u##w##x##n)x, sign = (u##w##x##n)((i##w##x##n)x < 0);                                              \
    return (v128)((a ^ sign) - sign);                                                                                  \
  }                                                                                                                    \
  APUS_INLINE u32 name##_all_true(v128 x) { return !v128_any_true((v128)((u##w##x##n)x == 0)); }
APUS_INTEGERS(i8x16, 16, 8)
APUS_INTEGERS(i16x8, 8, 16)
APUS_INTEGERS(i32x4, 4, 32)
APUS_INTEGERS(i64x2, 2, 64)
#undef APUS_INTEGERS

#define APUS_COMPARISONS_U(name, n, w)                                                                                 \
  APUS_BINARY(name##_lt_u, u##w##x##n, a < b)                                                                          \
  APUS_BINARY(name##_gt_u, u##w##x##n, a > b)                                                                          \
  APUS_BINARY(name##_le_u, u##w##x##n, a <= b)                                                                         \
  APUS_BINARY(name##_ge_u, u##w##x##n, a >= b)
APUS_COMPARISONS_U(i8x16, 16, 8)
APUS_COMPARISONS_U(i16x8, 8, 16)
APUS_COMPARISONS_U(i32x4, 4, 32)
#undef APUS_COMPARISONS_U

#define APUS_SHIFTS(name, n, w)                                                                                        \
  APUS_INLINE v128 name##_shl(v128 a, u32 k) { return (v128)((u##w##x##n)a << (u##w)(k & (w - 1))); }                  \
  APUS_INLINE v128 name##_shr_s(v128 a, u32 k) { return (v128)((i##w##x##n)a >> (i##w)(k & (w - 1))); }                \
  APUS_INLINE v128 name##_shr_u(v128 a, u32 k) { return (v128)((u##w##x##n)a >> (u##w)(k & (w - 1))); }
#if APUS_SSE
/* There are none of bytes: those of their pairs, without what comes over from the neighbour. */
APUS_INLINE v128 i8x16_shl(v128 a, u32 k) {
  k &= 7;
  return (v128)_mm_sll_epi16((__m128i)a, _mm_cvtsi32_si128((int)k)) & (v128)_mm_set1_epi8((char)(0xff << k));
}
APUS_INLINE v128 i8x16_shr_u(v128 a, u32 k) {
  k &= 7;
  return (v128)_mm_srl_epi16((__m128i)a, _mm_cvtsi32_si128((int)k)) & (v128)_mm_set1_epi8((char)(0xff >> k));
}
APUS_INLINE v128 i8x16_shr_s(v128 a, u32 k) {
  __m128i count = _mm_cvtsi32_si128((int)(k & 7) + 8), v = (__m128i)a;
  return (v128)_mm_packs_epi16(_mm_sra_epi16(_mm_unpacklo_epi8(v, v), count),
                               _mm_sra_epi16(_mm_unpackhi_epi8(v, v), count));
}
#else
APUS_SHIFTS(i8x16, 16, 8)
#endif
APUS_SHIFTS(i16x8, 8, 16)
APUS_SHIFTS(i32x4, 4, 32)
APUS_SHIFTS(i64x2, 2, 64)
#undef APUS_SHIFTS

APUS_BINARY(i16x8_mul, u16x8, a * b)
APUS_BINARY(i32x4_mul, u32x4, a * b)
APUS_BINARY(i64x2_mul, u64x2, a * b)

/* Least, greatest, average; sums and differences that stay at the ends of their range. */
#if APUS_SSE
#define APUS_SSE_BINARY(name, intrinsic)                                                                               \
  APUS_INLINE v128 name(v128 a, v128 b) { return (v128)intrinsic((__m128i)a, (__m128i)b); }
APUS_SSE_BINARY(i8x16_min_u, _mm_min_epu8)
APUS_SSE_BINARY(i8x16_max_u, _mm_max_epu8)
APUS_SSE_BINARY(i16x8_min_s, _mm_min_epi16)
APUS_SSE_BINARY(i16x8_max_s, _mm_max_epi16)
APUS_SSE_BINARY(i8x16_avgr_u, _mm_avg_epu8)
APUS_SSE_BINARY(i16x8_avgr_u, _mm_avg_epu16)
APUS_SSE_BINARY(i8x16_add_sat_s, _mm_adds_epi8)
APUS_SSE_BINARY(i8x16_add_sat_u, _mm_adds_epu8)
APUS_SSE_BINARY(i8x16_sub_sat_s, _mm_subs_epi8)
APUS_SSE_BINARY(i8x16_sub_sat_u, _mm_subs_epu8)
APUS_SSE_BINARY(i16x8_add_sat_s, _mm_adds_epi16)
APUS_SSE_BINARY(i16x8_add_sat_u, _mm_adds_epu16)
APUS_SSE_BINARY(i16x8_sub_sat_s, _mm_subs_epi16)
APUS_SSE_BINARY(i16x8_sub_sat_u, _mm_subs_epu16)
APUS_SSE_BINARY(i32x4_dot_i16x8_s, _mm_madd_epi16)
APUS_SSE_BINARY(i8x16_narrow_i16x8_s, _mm_packs_epi16)
APUS_SSE_BINARY(i8x16_narrow_i16x8_u, _mm_packus_epi16)
APUS_SSE_BINARY(i16x8_narrow_i32x4_s, _mm_packs_epi32)
#endif
#if APUS_SSE && defined(__SSE4_1__)
APUS_SSE_BINARY(i8x16_min_s, _mm_min_epi8)
APUS_SSE_BINARY(i8x16_max_s, _mm_max_epi8)
APUS_SSE_BINARY(i16x8_min_u, _mm_min_epu16)
APUS_SSE_BINARY(i16x8_max_u, _mm_max_epu16)
APUS_SSE_BINARY(i32x4_min_s, _mm_min_epi32)
APUS_SSE_BINARY(i32x4_max_s, _mm_max_epi32)
APUS_SSE_BINARY(i32x4_min_u, _mm_min_epu32)
APUS_SSE_BINARY(i32x4_max_u, _mm_max_epu32)
APUS_SSE_BINARY(i16x8_narrow_i32x4_u, _mm_packus_epi32)
#endif
#if APUS_NEON
#define APUS_NEON_BINARY(name, intrinsic, type)                                                                        \
  APUS_INLINE v128 name(v128 a, v128 b) { return (v128)intrinsic((type)a, (type)b); }
APUS_NEON_BINARY(i8x16_min_s, vminq_s8, int8x16_t)
APUS_NEON_BINARY(i8x16_min_u, vminq_u8, uint8x16_t)
APUS_NEON_BINARY(i8x16_max_s, vmaxq_s8, int8x16_t)
APUS_NEON_BINARY(i8x16_max_u, vmaxq_u8, uint8x16_t)
APUS_NEON_BINARY(i16x8_min_s, vminq_s16, int16x8_t)
APUS_NEON_BINARY(i16x8_min_u, vminq_u16, uint16x8_t)
APUS_NEON_BINARY(i16x8_max_s, vmaxq_s16, int16x8_t)
APUS_NEON_BINARY(i16x8_max_u, vmaxq_u16, uint16x8_t)
APUS_NEON_BINARY(i32x4_min_s, vminq_s32, int32x4_t)
APUS_NEON_BINARY(i32x4_min_u, vminq_u32, uint32x4_t)
APUS_NEON_BINARY(i32x4_max_s, vmaxq_s32, int32x4_t)
APUS_NEON_BINARY(i32x4_max_u, vmaxq_u32, uint32x4_t)
APUS_NEON_BINARY(i8x16_avgr_u, vrhaddq_u8, uint8x16_t)
APUS_NEON_BINARY(i16x8_avgr_u, vrhaddq_u16, uint16x8_t)
APUS_NEON_BINARY(i8x16_add_sat_s, vqaddq_s8, int8x16_t)
APUS_NEON_BINARY(i8x16_add_sat_u, vqaddq_u8, uint8x16_t)
APUS_NEON_BINARY(i8x16_sub_sat_s, vqsubq_s8, int8x16_t)
APUS_NEON_BINARY(i8x16_sub_sat_u, vqsubq_u8, uint8x16_t)
APUS_NEON_BINARY(i16x8_add_sat_s, vqaddq_s16, int16x8_t)
APUS_NEON_BINARY(i16x8_add_sat_u, vqaddq_u16, uint16x8_t)
APUS_NEON_BINARY(i16x8_sub_sat_s, vqsubq_s16, int16x8_t)
APUS_NEON_BINARY(i16x8_sub_sat_u, vqsubq_u16, uint16x8_t)
APUS_NEON_BINARY(i16x8_q15mulr_sat_s, vqrdmulhq_s16, int16x8_t)
APUS_INLINE v128 i8x16_narrow_i16x8_s(v128 a, v128 b) {
  return (v128)vcombine_s8(vqmovn_s16((int16x8_t)a), vqmovn_s16((int16x8_t)b));
}
APUS_INLINE v128 i8x16_narrow_i16x8_u(v128 a, v128 b) {
  return (v128)vcombine_u8(vqmovun_s16((int16x8_t)a), vqmovun_s16((int16x8_t)b));
}
APUS_INLINE v128 i16x8_narrow_i32x4_s(v128 a, v128 b) {
  return (v128)vcombine_s16(vqmovn_s32((int32x4_t)a), vqmovn_s32((int32x4_t)b));
}
APUS_INLINE v128 i16x8_narrow_i32x4_u(v128 a, v128 b) {
  return (v128)vcombine_u16(vqmovun_s32((int32x4_t)a), vqmovun_s32((int32x4_t)b));
}
APUS_INLINE v128 i32x4_dot_i16x8_s(v128 a, v128 b) {
  return (v128)vpaddq_s32(vmull_s16(vget_low_s16((int16x8_t)a), vget_low_s16((int16x8_t)b)),
                          vmull_high_s16((int16x8_t)a, (int16x8_t)b));
}
#endif

#define APUS_MIN_MAX(name, s, vector)                                                                                  \
  APUS_BINARY(name##_min_##s, vector, APUS_CHOICE(a < b, a, b))                                                        \
  APUS_BINARY(name##_max_##s, vector, APUS_CHOICE(a > b, a, b))
#if !APUS_NEON && !(APUS_SSE && defined(__SSE4_1__))
APUS_MIN_MAX(i8x16, s, i8x16)
APUS_MIN_MAX(i32x4, s, i32x4)
APUS_MIN_MAX(i32x4, u, u32x4)
#if APUS_SSE
APUS_BINARY(i16x8_min_u, __m128i, _mm_sub_epi16(a, _mm_subs_epu16(a, b)))
APUS_BINARY(i16x8_max_u, __m128i, _mm_add_epi16(_mm_subs_epu16(a, b), b))
/* Signed words that are what is wanted, 0x8000 and all. */
APUS_INLINE v128 i16x8_narrow_i32x4_u(v128 a, v128 b) {
  i32x4 x = (i32x4)a, y = (i32x4)b, zero = {0}, most = zero + 0xffff;
  x = (i32x4)APUS_CHOICE(x < zero, zero, APUS_CHOICE(x > most, most, x)) - 0x8000;
  y = (i32x4)APUS_CHOICE(y < zero, zero, APUS_CHOICE(y > most, most, y)) - 0x8000;
  return (v128)_mm_xor_si128(_mm_packs_epi32((__m128i)x, (__m128i)y), _mm_set1_epi16((i16)0x8000));
}
#else
APUS_MIN_MAX(i8x16, u, u8x16)
APUS_MIN_MAX(i16x8, s, i16x8)
APUS_MIN_MAX(i16x8, u, u16x8)
/* The carry beside the half of a + b + 1. */
APUS_BINARY(i8x16_avgr_u, u8x16, (a | b) - ((a ^ b) >> (u8)1))
APUS_BINARY(i16x8_avgr_u, u16x8, (a | b) - ((a ^ b) >> (u16)1))

#define APUS_SATURATION(name, n, w)                                                                                    \
  APUS_BINARY(name##_add_sat_u, u##w##x##n, (a + b) | (u##w##x##n)(a + b < a))                                         \
  APUS_BINARY(name##_sub_sat_u, u##w##x##n, (a - b) & (u##w##x##n)(a >= b))                                            \
  /* Where the sum has another sign than both, what is right is the end on their side. */                             \
  APUS_INLINE v128 name##_add_sat_s(v128 x, v128 y) {                                                                  \
    u##w##x##n a = (u##w##x##n)x, b = (u##w##x##n)y, sum = a + b;                                                      \
    i##w##x##n isOut = (i##w##x##n)((a ^ sum) & (b ^ sum)) < 0;                                                        \
    u##w##x##n end = (u##w##x##n)((i##w##x##n)a >> (i##w)(w - 1)) ^ (u##w)(((u##w)-1) >> 1);                           \
    return APUS_CHOICE(isOut, end, sum);                                                                               \
  }                                                                                                                    \
  APUS_INLINE v128 name##_sub_sat_s(v128 x, v128 y) {                                                                  \
    u##w##x##n a = (u##w##x##n)x, b = (u##w##x##n)y, difference = a - b;                                               \
    i##w##x##n isOut = (i##w##x##n)((a ^ b) & (a ^ difference)) < 0;                                                   \
    u##w##x##n end = (u##w##x##n)((i##w##x##n)a >> (i##w)(w - 1)) ^ (u##w)(((u##w)-1) >> 1);                           \
    return APUS_CHOICE(isOut, end, difference);                                                                        \
  }
APUS_SATURATION(i8x16, 16, 8)
APUS_SATURATION(i16x8, 8, 16)
#undef APUS_SATURATION

#define APUS_NARROW(name, vector, element, wide, n, least, greatest)                                                   \
  APUS_HELPER v128 name(v128 x, v128 y) {                                                                              \
    wide a = (wide)x, b = (wide)y;                                                                                     \
    vector v = {0};                                                                                                    \
    for (u32 k = 0; k < n; k++) {                                                                                      \
      i32 low = a[LANE(n, k)], high = b[LANE(n, k)];                                                                   \
      v[LANE(2 * n, k)] = (element)(low < least ? least : low > greatest ? greatest : low);                            \
      v[LANE(2 * n, n + k)] = (element)(high < least ? least : high > greatest ? greatest : high);                     \
    }                                                                                                                  \
    return (v128)v;                                                                                                    \
  }
APUS_NARROW(i8x16_narrow_i16x8_s, u8x16, u8, i16x8, 8, -128, 127)
APUS_NARROW(i8x16_narrow_i16x8_u, u8x16, u8, i16x8, 8, 0, 255)
APUS_NARROW(i16x8_narrow_i32x4_s, u16x8, u16, i32x4, 4, -32768, 32767)
APUS_NARROW(i16x8_narrow_i32x4_u, u16x8, u16, i32x4, 4, 0, 65535)
#undef APUS_NARROW

APUS_HELPER v128 i32x4_dot_i16x8_s(v128 x, v128 y) {
  i16x8 a = (i16x8)x, b = (i16x8)y;
  u32x4 v = {0};
  for (u32 k = 0; k < 4; k++) v[k] = (u32)(a[2 * k] * b[2 * k]) + (u32)(a[2 * k + 1] * b[2 * k + 1]);
  return (v128)v;
}
#endif
#endif
#undef APUS_MIN_MAX

#if !APUS_NEON
APUS_HELPER v128 i16x8_q15mulr_sat_s(v128 x, v128 y) {
#if APUS_SSE && defined(__SSSE3__)
  __m128i v = _mm_mulhrs_epi16((__m128i)x, (__m128i)y);
  return (v128)_mm_xor_si128(v, _mm_cmpeq_epi16(v, _mm_set1_epi16((i16)0x8000)));
#elif APUS_SSE
  /* (high << 1 | low >> 15) + bit 14 of low */
  __m128i high = _mm_mulhi_epi16((__m128i)x, (__m128i)y), low = _mm_mullo_epi16((__m128i)x, (__m128i)y);
  __m128i v = _mm_add_epi16(_mm_or_si128(_mm_slli_epi16(high, 1), _mm_srli_epi16(low, 15)),
                            _mm_and_si128(_mm_srli_epi16(low, 14), _mm_set1_epi16(1)));
  return (v128)_mm_xor_si128(v, _mm_cmpeq_epi16(v, _mm_set1_epi16((i16)0x8000)));
#else
  i16x8 a = (i16x8)x, b = (i16x8)y, v = {0};
  for (u32 k = 0; k < 8; k++) {
    i32 product = (a[k] * b[k] + 0x4000) >> 15;
    v[k] = (i16)(product > 32767 ? 32767 : product);
  }
  return (v128)v;
#endif
}
#endif

APUS_INLINE v128 i8x16_popcnt(v128 x) {
#if APUS_NEON
  return (v128)vcntq_u8((uint8x16_t)x);
#else
  u8x16 a = (u8x16)x;
  a -= a >> (u8)1 & 0x55;
  a = (a & 0x33) + (a >> (u8)2 & 0x33);
  return (v128)((a + (a >> (u8)4)) & 0x0f);
#endif
}

/* The sign bits of all lanes. */
APUS_INLINE u32 i8x16_bitmask(v128 x) {
#if APUS_SSE
  return (u32)_mm_movemask_epi8((__m128i)x);
#else
  /* Those of eight bytes meet in the highest byte of the product. */
  u64x2 a = (u64x2)((u8x16)x >> (u8)7);
  u64 low = a[LANE(2, 0)] * 0x0102040810204080u >> 56, high = a[LANE(2, 1)] * 0x0102040810204080u >> 56;
  return (u32)(low | high << 8);
#endif
}
APUS_INLINE u32 i16x8_bitmask(v128 x) {
#if APUS_SSE
  return (u32)_mm_movemask_epi8(_mm_packs_epi16((__m128i)x, _mm_setzero_si128()));
#else
  u64x2 a = (u64x2)((u16x8)x >> (u16)15);
  u64 low = a[LANE(2, 0)] * 0x0001000200040008u >> 48, high = a[LANE(2, 1)] * 0x0001000200040008u >> 48;
  return (u32)((low & 15) | (high & 15) << 4);
#endif
}
APUS_INLINE u32 i32x4_bitmask(v128 x) {
#if APUS_SSE
  return (u32)_mm_movemask_ps((__m128)x);
#else
  u32x4 a = (u32x4)x >> 31;
  return a[LANE(4, 0)] | a[LANE(4, 1)] << 1 | a[LANE(4, 2)] << 2 | a[LANE(4, 3)] << 3;
#endif
}
APUS_INLINE u32 i64x2_bitmask(v128 x) {
#if APUS_SSE
  return (u32)_mm_movemask_pd((__m128d)x);
#else
  return (u32)(((u64x2)x)[LANE(2, 0)] >> 63 | ((u64x2)x)[LANE(2, 1)] >> 63 << 1);
#endif
}

/* --- wider lanes ------------------------------------------------------------------------------ */

/* The lower lanes, or the upper ones, with their sign or without. */
#if APUS_SSE
#define APUS_SIGN8(a) _mm_cmpgt_epi8(_mm_setzero_si128(), a)
#define APUS_SIGN16(a) _mm_cmpgt_epi16(_mm_setzero_si128(), a)
#define APUS_SIGN32(a) _mm_cmpgt_epi32(_mm_setzero_si128(), a)
#define APUS_EXTEND(to, from, w)                                                                                       \
  APUS_INLINE v128 to##_extend_low_##from##_s(v128 x) {                                                                \
    return (v128)_mm_unpacklo_epi##w((__m128i)x, APUS_SIGN##w((__m128i)x));                                            \
  }                                                                                                                    \
  APUS_INLINE v128 to##_extend_high_##from##_s(v128 x) {                                                               \
    return (v128)_mm_unpackhi_epi##w((__m128i)x, APUS_SIGN##w((__m128i)x));                                            \
  }                                                                                                                    \
  APUS_INLINE v128 to##_extend_low_##from##_u(v128 x) {                                                                \
    return (v128)_mm_unpacklo_epi##w((__m128i)x, _mm_setzero_si128());                                                 \
  }                                                                                                                    \
  APUS_INLINE v128 to##_extend_high_##from##_u(v128 x) {                                                               \
    return (v128)_mm_unpackhi_epi##w((__m128i)x, _mm_setzero_si128());                                                 \
  }
APUS_EXTEND(i16x8, i8x16, 8)
APUS_EXTEND(i32x4, i16x8, 16)
APUS_EXTEND(i64x2, i32x4, 32)
#else
typedef u8 apus_u8x8 __attribute__((vector_size(8)));
typedef i8 apus_i8x8 __attribute__((vector_size(8)));
typedef u16 apus_u16x4 __attribute__((vector_size(8)));
typedef i16 apus_i16x4 __attribute__((vector_size(8)));
typedef u32 apus_u32x2 __attribute__((vector_size(8)));
typedef i32 apus_i32x2 __attribute__((vector_size(8)));
#define APUS_HALF(x, k, half) ((half)((u64x2)(x))[LANE(2, k)])
#define APUS_EXTEND(to, from, n, wide, w)                                                                              \
  APUS_INLINE v128 to##_extend_low_##from##_s(v128 x) {                                                                \
    return (v128)__builtin_convertvector(APUS_HALF(x, 0, apus_i##w##x##n), i##wide##x##n);                             \
  }                                                                                                                    \
  APUS_INLINE v128 to##_extend_high_##from##_s(v128 x) {                                                               \
    return (v128)__builtin_convertvector(APUS_HALF(x, 1, apus_i##w##x##n), i##wide##x##n);                             \
  }                                                                                                                    \
  APUS_INLINE v128 to##_extend_low_##from##_u(v128 x) {                                                                \
    return (v128)__builtin_convertvector(APUS_HALF(x, 0, apus_u##w##x##n), u##wide##x##n);                             \
  }                                                                                                                    \
  APUS_INLINE v128 to##_extend_high_##from##_u(v128 x) {                                                               \
    return (v128)__builtin_convertvector(APUS_HALF(x, 1, apus_u##w##x##n), u##wide##x##n);                             \
  }
APUS_EXTEND(i16x8, i8x16, 8, 16, 8)
APUS_EXTEND(i32x4, i16x8, 4, 32, 16)
APUS_EXTEND(i64x2, i32x4, 2, 64, 32)
#endif
#undef APUS_EXTEND

#define APUS_EXTMUL(to, from, half, s)                                                                                 \
  APUS_INLINE v128 to##_extmul_##half##_##from##_##s(v128 a, v128 b) {                                                 \
    return to##_mul(to##_extend_##half##_##from##_##s(a), to##_extend_##half##_##from##_##s(b));                       \
  }
#define APUS_EXTMULS(to, from)                                                                                         \
  APUS_EXTMUL(to, from, low, s)                                                                                        \
  APUS_EXTMUL(to, from, high, s)                                                                                       \
  APUS_EXTMUL(to, from, low, u)                                                                                        \
  APUS_EXTMUL(to, from, high, u)
APUS_EXTMULS(i16x8, i8x16)
#if APUS_SSE
#define APUS_EXTMUL_SSE(half, unpack, s, high)                                                                         \
  APUS_INLINE v128 i32x4_extmul_##half##_i16x8_##s(v128 a, v128 b) {                                                   \
    return (v128)unpack(_mm_mullo_epi16((__m128i)a, (__m128i)b), high((__m128i)a, (__m128i)b));                        \
  }
APUS_EXTMUL_SSE(low, _mm_unpacklo_epi16, s, _mm_mulhi_epi16)
APUS_EXTMUL_SSE(high, _mm_unpackhi_epi16, s, _mm_mulhi_epi16)
APUS_EXTMUL_SSE(low, _mm_unpacklo_epi16, u, _mm_mulhi_epu16)
APUS_EXTMUL_SSE(high, _mm_unpackhi_epi16, u, _mm_mulhi_epu16)
#undef APUS_EXTMUL_SSE
APUS_BINARY(i64x2_extmul_low_i32x4_u, __m128i, _mm_mul_epu32(_mm_unpacklo_epi32(a, a), _mm_unpacklo_epi32(b, b)))
APUS_BINARY(i64x2_extmul_high_i32x4_u, __m128i, _mm_mul_epu32(_mm_unpackhi_epi32(a, a), _mm_unpackhi_epi32(b, b)))
#ifdef __SSE4_1__
APUS_BINARY(i64x2_extmul_low_i32x4_s, __m128i, _mm_mul_epi32(_mm_unpacklo_epi32(a, a), _mm_unpacklo_epi32(b, b)))
APUS_BINARY(i64x2_extmul_high_i32x4_s, __m128i, _mm_mul_epi32(_mm_unpackhi_epi32(a, a), _mm_unpackhi_epi32(b, b)))
#else
APUS_EXTMUL(i64x2, i32x4, low, s)
APUS_EXTMUL(i64x2, i32x4, high, s)
#endif
#else
APUS_EXTMULS(i32x4, i16x8)
APUS_EXTMULS(i64x2, i32x4)
#endif
#undef APUS_EXTMULS
#undef APUS_EXTMUL

/* Sums of neighbours. */
APUS_UNARY(i16x8_extadd_pairwise_i8x16_s, i16x8, ((i16x8)((u16x8)a << (u16)8) >> (i16)8) + (a >> (i16)8))
APUS_UNARY(i16x8_extadd_pairwise_i8x16_u, u16x8, (a & 0xff) + (a >> (u16)8))
APUS_UNARY(i32x4_extadd_pairwise_i16x8_s, i32x4, ((i32x4)((u32x4)a << 16) >> 16) + (a >> 16))
APUS_UNARY(i32x4_extadd_pairwise_i16x8_u, u32x4, (a & 0xffff) + (a >> 16))

/* --- floats ------------------------------------------------------------------------------------- */

#define APUS_FLOATS(name, n, w, sign)                                                                                  \
  APUS_BINARY(name##_eq, f##w##x##n, a == b)                                                                           \
  APUS_BINARY(name##_ne, f##w##x##n, a != b)                                                                           \
  APUS_BINARY(name##_lt, f##w##x##n, a < b)                                                                            \
  APUS_BINARY(name##_gt, f##w##x##n, a > b)                                                                            \
  APUS_BINARY(name##_le, f##w##x##n, a <= b)                                                                           \
  APUS_BINARY(name##_ge, f##w##x##n, a >= b)                                                                           \
  APUS_BINARY(name##_add, f##w##x##n, a + b)                                                                           \
  APUS_BINARY(name##_sub, f##w##x##n, a - b)                                                                           \
  APUS_BINARY(name##_mul, f##w##x##n, a * b)                                                                           \
  APUS_BINARY(name##_div, f##w##x##n, a / b)                                                                           \
  APUS_UNARY(name##_neg, u##w##x##n, a ^ sign)                                                                         \
  APUS_UNARY(name##_abs, u##w##x##n, a & ~sign)
APUS_FLOATS(f32x4, 4, 32, 0x80000000u)
APUS_FLOATS(f64x2, 2, 64, 0x8000000000000000u)
#undef APUS_FLOATS

#if APUS_SSE
APUS_BINARY(f32x4_pmin, __m128, _mm_min_ps(b, a))
APUS_BINARY(f32x4_pmax, __m128, _mm_max_ps(b, a))
APUS_BINARY(f64x2_pmin, __m128d, _mm_min_pd(b, a))
APUS_BINARY(f64x2_pmax, __m128d, _mm_max_pd(b, a))
#else
APUS_BINARY(f32x4_pmin, f32x4, APUS_CHOICE(b < a, b, a))
APUS_BINARY(f32x4_pmax, f32x4, APUS_CHOICE(a < b, b, a))
APUS_BINARY(f64x2_pmin, f64x2, APUS_CHOICE(b < a, b, a))
APUS_BINARY(f64x2_pmax, f64x2, APUS_CHOICE(a < b, b, a))
#endif

#if APUS_NEON
APUS_BINARY(f32x4_min, float32x4_t, vminq_f32(a, b))
APUS_BINARY(f32x4_max, float32x4_t, vmaxq_f32(a, b))
APUS_BINARY(f64x2_min, float64x2_t, vminq_f64(a, b))
APUS_BINARY(f64x2_max, float64x2_t, vmaxq_f64(a, b))
#else
/* Taken both ways they differ in the sign of zero alone, and in NaN, where the sum is one that is quiet. */
#define APUS_MIN_MAX(name, vector)                                                                                     \
  APUS_INLINE v128 name##_min(v128 x, v128 y) {                                                                        \
    vector a = (vector)x, b = (vector)y;                                                                               \
    return APUS_CHOICE((a != a) | (b != b), a + b, name##_pmin(x, y) | name##_pmin(y, x));                             \
  }                                                                                                                    \
  APUS_INLINE v128 name##_max(v128 x, v128 y) {                                                                        \
    vector a = (vector)x, b = (vector)y;                                                                               \
    return APUS_CHOICE((a != a) | (b != b), a + b, name##_pmax(x, y) & name##_pmax(y, x));                             \
  }
APUS_MIN_MAX(f32x4, f32x4)
APUS_MIN_MAX(f64x2, f64x2)
#undef APUS_MIN_MAX
#endif

#if APUS_SSE
APUS_UNARY(f32x4_sqrt, __m128, _mm_sqrt_ps(a))
APUS_UNARY(f64x2_sqrt, __m128d, _mm_sqrt_pd(a))
#elif APUS_NEON
APUS_UNARY(f32x4_sqrt, float32x4_t, vsqrtq_f32(a))
APUS_UNARY(f64x2_sqrt, float64x2_t, vsqrtq_f64(a))
#else
APUS_UNARY(f32x4_sqrt, f32x4, ((f32x4){sqrt32(a[0]), sqrt32(a[1]), sqrt32(a[2]), sqrt32(a[3])}))
APUS_UNARY(f64x2_sqrt, f64x2, ((f64x2){sqrt64(a[0]), sqrt64(a[1])}))
#endif

#if APUS_SSE && defined(__SSE4_1__)
#define APUS_ROUND(name, mode, neon)                                                                                   \
  APUS_UNARY(f32x4_##name, __m128, _mm_round_ps(a, mode | 8))                                                          \
  APUS_UNARY(f64x2_##name, __m128d, _mm_round_pd(a, mode | 8))
#elif APUS_NEON
#define APUS_ROUND(name, mode, neon)                                                                                   \
  APUS_UNARY(f32x4_##name, float32x4_t, neon##q_f32(a))                                                                \
  APUS_UNARY(f64x2_##name, float64x2_t, neon##q_f64(a))
#endif
#ifdef APUS_ROUND
APUS_ROUND(nearest, 0, vrndn)
APUS_ROUND(floor, 1, vrndm)
APUS_ROUND(ceil, 2, vrndp)
APUS_ROUND(trunc, 3, vrnd)
#undef APUS_ROUND
#else
/* As in apus_code.h: from `whole` on every number is an integer, below it adding `whole` rounds to even. The sum makes
 * a NaN quiet, and the argument's sign is the result's. */
#define APUS_ROUND(name, vector, bits, whole, sign)                                                                    \
  APUS_INLINE v128 apus_##name##_finish(vector r, vector a) {                                                          \
    vector size = (vector)((bits)a & ~sign);                                                                           \
    return APUS_CHOICE(size >= whole, a, (bits)r | ((bits)a & sign));                                                  \
  }                                                                                                                    \
  APUS_INLINE vector apus_##name##_nearest(vector a) {                                                                 \
    vector add = (vector)((bits)((vector){0} + whole) | ((bits)a & sign));                                             \
    return (a + add) - add;                                                                                            \
  }                                                                                                                    \
  /* 1 where the mask has ones. */                                                                                     \
  APUS_INLINE vector apus_##name##_one(v128 mask) { return (vector)(mask & (v128)((vector){0} + 1)); }                 \
  APUS_INLINE v128 name##_nearest(v128 x) {                                                                            \
    return apus_##name##_finish(apus_##name##_nearest((vector)x), (vector)x);                                          \
  }                                                                                                                    \
  APUS_INLINE v128 name##_floor(v128 x) {                                                                              \
    vector a = (vector)x, r = apus_##name##_nearest(a);                                                                \
    return apus_##name##_finish(r - apus_##name##_one((v128)(r > a)), a);                                              \
  }                                                                                                                    \
  APUS_INLINE v128 name##_ceil(v128 x) {                                                                               \
    vector a = (vector)x, r = apus_##name##_nearest(a);                                                                \
    return apus_##name##_finish(r + apus_##name##_one((v128)(r < a)), a);                                              \
  }                                                                                                                    \
  APUS_INLINE v128 name##_trunc(v128 x) {                                                                              \
    vector a = (vector)((bits)x & ~sign), r = apus_##name##_nearest(a);                                                \
    return apus_##name##_finish(r - apus_##name##_one((v128)(r > a)), (vector)x);                                      \
  }
APUS_ROUND(f32x4, f32x4, u32x4, 8388608.0f, 0x80000000u)
APUS_ROUND(f64x2, f64x2, u64x2, 4503599627370496.0, 0x8000000000000000u)
#undef APUS_ROUND
#endif

/* --- conversions ---------------------------------------------------------------------------------- */

APUS_UNARY(f32x4_convert_i32x4_s, i32x4, __builtin_convertvector(a, f32x4))
APUS_UNARY(f32x4_convert_i32x4_u, u32x4, __builtin_convertvector(a, f32x4))

#if APUS_NEON
APUS_UNARY(i32x4_trunc_sat_f32x4_s, float32x4_t, vcvtq_s32_f32(a))
APUS_UNARY(i32x4_trunc_sat_f32x4_u, float32x4_t, vcvtq_u32_f32(a))
#elif APUS_SSE
/* What does not fit is 0x80000000, one more than the greatest. Of constants gcc 12 makes 0x7fffffff. */
APUS_INLINE v128 apus_truncate(f32x4 a) { return (v128)_mm_cvttps_epi32((__m128)unfolded((v128)a)); }
APUS_INLINE v128 i32x4_trunc_sat_f32x4_s(v128 x) {
  f32x4 a = (f32x4)x;
  v128 number = (v128)(a == a), isHigh = (v128)(a >= 2147483648.0f);
  return apus_truncate((f32x4)(x & number)) ^ isHigh;
}
/* The upper half of the range is brought down to the lower. */
APUS_INLINE v128 i32x4_trunc_sat_f32x4_u(v128 x) {
  f32x4 a = (f32x4)_mm_max_ps((__m128)x, _mm_setzero_ps()), down = a - 2147483648.0f;
  v128 isHigh = (v128)(a >= 2147483648.0f), isOut = (v128)(down >= 2147483648.0f);
  u32x4 low = (u32x4)apus_truncate(a);
  u32x4 high = ((u32x4)apus_truncate(down) ^ (u32x4)isOut) + 0x80000000u;
  return APUS_CHOICE(isHigh, high, low);
}
#else
#define APUS_TRUNCATION(s)                                                                                             \
  APUS_HELPER v128 i32x4_trunc_sat_f32x4_##s(v128 x) {                                                                 \
    u32x4 v = {0};                                                                                                     \
    for (u32 k = 0; k < 4; k++) v[k] = i32_sat_f32_##s(((f32x4)x)[k]);                                                 \
    return (v128)v;                                                                                                    \
  }
APUS_TRUNCATION(s)
APUS_TRUNCATION(u)
#undef APUS_TRUNCATION
#endif

/* Two lanes from or to the lower two of four. */
#define APUS_TWO(name, to, lanes, x0, x1)                                                                              \
  APUS_INLINE v128 name(v128 x) {                                                                                      \
    to v = {0};                                                                                                        \
    v[LANE(lanes, 0)] = x0;                                                                                            \
    v[LANE(lanes, 1)] = x1;                                                                                            \
    return (v128)v;                                                                                                    \
  }
APUS_TWO(i32x4_trunc_sat_f64x2_s_zero, u32x4, 4, i32_sat_f64_s(f64x2_extract_lane(x, 0)),
         i32_sat_f64_s(f64x2_extract_lane(x, 1)))
APUS_TWO(i32x4_trunc_sat_f64x2_u_zero, u32x4, 4, i32_sat_f64_u(f64x2_extract_lane(x, 0)),
         i32_sat_f64_u(f64x2_extract_lane(x, 1)))
APUS_TWO(f64x2_convert_low_i32x4_u, f64x2, 2, (f64)i32x4_extract_lane(x, 0), (f64)i32x4_extract_lane(x, 1))
#if APUS_SSE
APUS_UNARY(f64x2_convert_low_i32x4_s, __m128i, _mm_cvtepi32_pd(a))
APUS_UNARY(f64x2_promote_low_f32x4, __m128, _mm_cvtps_pd(a))
/* gcc 12 leaves out what makes a NaN that it knows larger and smaller again. */
APUS_UNARY(f32x4_demote_f64x2_zero, __m128d, _mm_cvtpd_ps((__m128d)unfolded((v128)a)))
#else
APUS_TWO(f64x2_convert_low_i32x4_s, f64x2, 2, (f64)(i32)i32x4_extract_lane(x, 0), (f64)(i32)i32x4_extract_lane(x, 1))
APUS_TWO(f64x2_promote_low_f32x4, f64x2, 2, promote(f32x4_extract_lane(x, 0)), promote(f32x4_extract_lane(x, 1)))
APUS_TWO(f32x4_demote_f64x2_zero, f32x4, 4, demote(f64x2_extract_lane(x, 0)), demote(f64x2_extract_lane(x, 1)))
#endif
#undef APUS_TWO

/* --- relaxed ------------------------------------------------------------------------------------------ */

/* One choice on every machine, that of the instruction without "relaxed" where there is one. */
#define i8x16_relaxed_swizzle(a, s) i8x16_swizzle(a, s)
#define i32x4_relaxed_trunc_f32x4_s(a) i32x4_trunc_sat_f32x4_s(a)
#define i32x4_relaxed_trunc_f32x4_u(a) i32x4_trunc_sat_f32x4_u(a)
#define i32x4_relaxed_trunc_f64x2_s_zero(a) i32x4_trunc_sat_f64x2_s_zero(a)
#define i32x4_relaxed_trunc_f64x2_u_zero(a) i32x4_trunc_sat_f64x2_u_zero(a)
#define f32x4_relaxed_min(a, b) f32x4_min(a, b)
#define f32x4_relaxed_max(a, b) f32x4_max(a, b)
#define f64x2_relaxed_min(a, b) f64x2_min(a, b)
#define f64x2_relaxed_max(a, b) f64x2_max(a, b)
#define i8x16_relaxed_laneselect(a, b, c) v128_bitselect(a, b, c)
#define i16x8_relaxed_laneselect(a, b, c) v128_bitselect(a, b, c)
#define i32x4_relaxed_laneselect(a, b, c) v128_bitselect(a, b, c)
#define i64x2_relaxed_laneselect(a, b, c) v128_bitselect(a, b, c)
#define i16x8_relaxed_q15mulr_s(a, b) i16x8_q15mulr_sat_s(a, b)
/* The product is rounded, then the sum. */
APUS_INLINE v128 f32x4_relaxed_madd(v128 a, v128 b, v128 c) { return f32x4_add(f32x4_mul(a, b), c); }
APUS_INLINE v128 f32x4_relaxed_nmadd(v128 a, v128 b, v128 c) { return f32x4_sub(c, f32x4_mul(a, b)); }
APUS_INLINE v128 f64x2_relaxed_madd(v128 a, v128 b, v128 c) { return f64x2_add(f64x2_mul(a, b), c); }
APUS_INLINE v128 f64x2_relaxed_nmadd(v128 a, v128 b, v128 c) { return f64x2_sub(c, f64x2_mul(a, b)); }
/* Both operands are signed, and sums of two products wrap. */
APUS_INLINE v128 i16x8_relaxed_dot_i8x16_i7x16_s(v128 a, v128 b) {
  i16x8 x = (i16x8)a, y = (i16x8)b;
  u16x8 low = (u16x8)((i16x8)((u16x8)x << (u16)8) >> (i16)8) * (u16x8)((i16x8)((u16x8)y << (u16)8) >> (i16)8);
  return (v128)(low + (u16x8)(x >> (i16)8) * (u16x8)(y >> (i16)8));
}
APUS_INLINE v128 i32x4_relaxed_dot_i8x16_i7x16_add_s(v128 a, v128 b, v128 c) {
  return i32x4_add(i32x4_extadd_pairwise_i16x8_s(i16x8_relaxed_dot_i8x16_i7x16_s(a, b)), c);
}

/* The same vector, in which every lane that is a NaN is the canonical one. */
APUS_INLINE v128 canonical_f32x4(v128 x) {
  const u32x4 number = (u32x4)((f32x4)x == (f32x4)x);
  return (v128)(((u32x4)x & number) | (~number & 0x7fc00000u));
}
APUS_INLINE v128 canonical_f64x2(v128 x) {
  const u64x2 number = (u64x2)((f64x2)x == (f64x2)x);
  return (v128)(((u64x2)x & number) | (~number & 0x7ff8000000000000u));
}

#undef APUS_BINARY
#undef APUS_UNARY
#endif
