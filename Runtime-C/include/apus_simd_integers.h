/* apus_simd_integers.h: lanes of integers, of the same width and of others. Included by apus_simd.h. */
#ifndef APUS_SIMD_INTEGERS_H
#define APUS_SIMD_INTEGERS_H

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

#endif
