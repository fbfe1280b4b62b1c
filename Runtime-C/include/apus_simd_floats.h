/* apus_simd_floats.h: lanes of floats, conversions, and relaxed instructions. Included by apus_simd.h. */
#ifndef APUS_SIMD_FLOATS_H
#define APUS_SIMD_FLOATS_H

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

#endif
