/* The numeric helpers at their edges, bit for bit. */
#include "apus_code.h"

#include "test.h"

#define S32 0x7fa00001u           /* a signalling NaN */
#define Q32 0x7fe00001u           /* the same, quiet */
#define S64 0x7ff4000000000001u
#define Q64 0x7ffc000000000001u

static volatile u32 hide32;
static volatile u64 hide64;
static u32 h32(u32 x) { return hide32 = x, hide32; }
static u64 h64(u64 x) { return hide64 = x, hide64; }

/* Runs `expression` under apus_catch, gives the trap. */
static u64 result;
static u64 a0, a1;
static f64 x0;
#define TRAPS(name, expression)                                                                                        \
  static void body_##name(void *unused) {                                                                              \
    (void)unused;                                                                                                      \
    result = (expression);                                                                                             \
  }
TRAPS(div32s, div32s((u32)a0, (u32)a1, 7))
TRAPS(div32u, div32u((u32)a0, (u32)a1, 7))
TRAPS(rem32s, rem32s((u32)a0, (u32)a1, 7))
TRAPS(rem32u, rem32u((u32)a0, (u32)a1, 7))
TRAPS(div64s, div64s(a0, a1, 7))
TRAPS(div64u, div64u(a0, a1, 7))
TRAPS(rem64s, rem64s(a0, a1, 7))
TRAPS(rem64u, rem64u(a0, a1, 7))
TRAPS(i32f32s, i32_trunc_f32_s((f32)x0, 7))
TRAPS(i32f32u, i32_trunc_f32_u((f32)x0, 7))
TRAPS(i32f64s, i32_trunc_f64_s(x0, 7))
TRAPS(i32f64u, i32_trunc_f64_u(x0, 7))
TRAPS(i64f32s, i64_trunc_f32_s((f32)x0, 7))
TRAPS(i64f32u, i64_trunc_f32_u((f32)x0, 7))
TRAPS(i64f64s, i64_trunc_f64_s(x0, 7))
TRAPS(i64f64u, i64_trunc_f64_u(x0, 7))

static bool traps(void (*body)(void *), enum apus_trap trap) {
  struct apus_outcome outcome = apus_catch(body, NULL);
  return outcome.trap == trap && outcome.offset == (trap ? 7 : 0);
}
#define gives(name, a, b, value) (a0 = (a), a1 = (b), traps(body_##name, APUS_TRAP_NONE) && result == (value))
#define fails(name, a, b, trap) (a0 = (a), a1 = (b), traps(body_##name, APUS_TRAP_##trap))
#define converts(name, x, value) (x0 = (x), traps(body_##name, APUS_TRAP_NONE) && result == (value))
#define refuses(name, x, trap) (x0 = (x), traps(body_##name, APUS_TRAP_##trap))

static void integers(void) {
  expect(clz32(h32(0)) == 32 && clz32(h32(1)) == 31 && clz32(h32(0xffffffff)) == 0);
  expect(ctz32(h32(0)) == 32 && ctz32(h32(0x80000000)) == 31 && ctz32(h32(1)) == 0);
  expect(clz64(h64(0)) == 64 && clz64(h64(1)) == 63 && ctz64(h64(0)) == 64 && ctz64(h64(1ull << 63)) == 63);
  expect(popcnt32(h32(0)) == 0 && popcnt32(h32(0xffffffff)) == 32 && popcnt32(h32(0x80000001)) == 2);
  expect(popcnt64(h64(~0ull)) == 64 && popcnt64(h64(0x8000000180000001u)) == 4);
  expect(rotl32(h32(0x80000001), 0) == 0x80000001 && rotl32(h32(0x80000001), 33) == 3);
  expect(rotr32(h32(0x80000001), 32) == 0x80000001 && rotr32(h32(0x80000001), 1) == 0xc0000000);
  expect(rotl64(h64(0x8000000000000001u), 65) == 3 && rotr64(h64(3), 64) == 3 && rotr64(h64(1), 1) == 1ull << 63);
  expect(gives(div32s, (u32)-7, 2, (u32)-3) && gives(rem32s, (u32)-7, 2, (u32)-1));
  expect(gives(div32u, (u32)-7, 2, 0x7ffffffc) && gives(rem32u, (u32)-7, 2, 1));
  expect(gives(rem32s, 0x80000000, (u32)-1, 0) && fails(div32s, 0x80000000, (u32)-1, INTEGER_OVERFLOW));
  expect(fails(div32s, 1, 0, INTEGER_DIVIDE_BY_ZERO) && fails(div32u, 1, 0, INTEGER_DIVIDE_BY_ZERO));
  expect(fails(rem32s, 1, 0, INTEGER_DIVIDE_BY_ZERO) && fails(rem32u, 1, 0, INTEGER_DIVIDE_BY_ZERO));
  expect(gives(div64s, (u64)-7, 2, (u64)-3) && gives(rem64s, (u64)-7, 2, (u64)-1));
  expect(gives(rem64s, 1ull << 63, (u64)-1, 0) && fails(div64s, 1ull << 63, (u64)-1, INTEGER_OVERFLOW));
  expect(fails(div64s, 1, 0, INTEGER_DIVIDE_BY_ZERO) && fails(div64u, 1, 0, INTEGER_DIVIDE_BY_ZERO));
  expect(fails(rem64s, 1, 0, INTEGER_DIVIDE_BY_ZERO) && fails(rem64u, 1, 0, INTEGER_DIVIDE_BY_ZERO));
}

#define same32(e, bits) (bits_f32(e) == (bits))
#define same64(e, bits) (bits_f64(e) == (bits))
#define F(b) f32_bits(h32(b))
#define D(b) f64_bits(h64(b))

static void rounding(void) {
  static const struct {
    f64 x, ceil, floor, trunc, nearest;
  } rows[] = {
      {0.0, 0.0, 0.0, 0.0, 0.0},      {-0.0, -0.0, -0.0, -0.0, -0.0}, {0.25, 1, 0.0, 0.0, 0.0},
      {-0.25, -0.0, -1, -0.0, -0.0},  {0.5, 1, 0.0, 0.0, 0.0},        {-0.5, -0.0, -1, -0.0, -0.0},
      {0.75, 1, 0.0, 0.0, 1},         {-0.75, -0.0, -1, -0.0, -1},    {1.5, 2, 1, 1, 2},
      {-1.5, -1, -2, -1, -2},         {2.5, 3, 2, 2, 2},              {-2.5, -2, -3, -2, -2},
      {1, 1, 1, 1, 1},                {-1, -1, -1, -1, -1},           {8388607, 8388607, 8388607, 8388607, 8388607},
      {4194303.5, 4194304, 4194303, 4194303, 4194304},                {4194302.5, 4194303, 4194302, 4194302, 4194302},
      {1e30f, 1e30f, 1e30f, 1e30f, 1e30f},                            {-1e30f, -1e30f, -1e30f, -1e30f, -1e30f},
      {__builtin_inf(), __builtin_inf(), __builtin_inf(), __builtin_inf(), __builtin_inf()},
      {-__builtin_inf(), -__builtin_inf(), -__builtin_inf(), -__builtin_inf(), -__builtin_inf()},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    f64 x = D(bits_f64(rows[i].x));
    expect(same64(ceil64(x), bits_f64(rows[i].ceil)) && same32(ceil32((f32)x), bits_f32((f32)rows[i].ceil)));
    expect(same64(floor64(x), bits_f64(rows[i].floor)) && same32(floor32((f32)x), bits_f32((f32)rows[i].floor)));
    expect(same64(trunc64(x), bits_f64(rows[i].trunc)) && same32(trunc32((f32)x), bits_f32((f32)rows[i].trunc)));
    expect(same64(nearest64(x), bits_f64(rows[i].nearest)) &&
           same32(nearest32((f32)x), bits_f32((f32)rows[i].nearest)));
  }
  expect(nearest32(F(bits_f32(8388609.0f))) == 8388609.0f && nearest64(4503599627370497.0) == 4503599627370497.0);
  expect(nearest64(D(bits_f64(0.49999999999999994))) == 0 && nearest32(F(bits_f32(0.49999997f))) == 0);
  expect(nearest64(4503599627370495.5) == 4503599627370496.0 && nearest32(8388607.5f) == 8388608.0f);
  expect(floor64(4503599627370495.5) == 4503599627370495.0 && ceil64(-4503599627370495.5) == -4503599627370495.0);
  expect(same32(ceil32(F(1)), 0x3f800000) && same32(floor32(F(0x80000001)), 0xbf800000)); /* least denormals */
#define QUIETS(op)                                                                                                     \
  expect(same32(op##32(F(S32)), Q32) && same32(op##32(F(S32 | 1u << 31)), Q32 | 1u << 31));                            \
  expect(same64(op##64(D(S64)), Q64) && same64(op##64(D(S64 | 1ull << 63)), Q64 | 1ull << 63));                        \
  expect(same32(op##32(f32_bits(S32)), Q32) && same64(op##64(f64_bits(S64)), Q64))
  QUIETS(ceil);
  QUIETS(floor);
  QUIETS(trunc);
  QUIETS(nearest);
  QUIETS(quiet);
  QUIETS(sqrt);
  expect(same32(quiet32(F(0x80000000)), 0x80000000) && same64(quiet64(1.5), bits_f64(1.5)));
  expect(sqrt32(F(bits_f32(2))) == 1.41421354f && same64(sqrt64(D(1ull << 63)), 1ull << 63));
  expect((bits_f64(sqrt64(D(bits_f64(-1.0)))) & 0x7fffffffffffffffu) == 0x7ff8000000000000u);
}

static void extremes(void) {
  expect(same32(min32(F(0), F(1u << 31)), 1u << 31) && same32(min32(F(1u << 31), F(0)), 1u << 31));
  expect(same32(max32(F(0), F(1u << 31)), 0) && same32(max32(F(1u << 31), F(0)), 0));
  expect(same64(min64(D(0), D(1ull << 63)), 1ull << 63) && same64(max64(D(1ull << 63), D(0)), 0));
  expect(same64(max64(D(1ull << 63), D(1ull << 63)), 1ull << 63) && max64(1, 2) == 2 && min64(1, 2) == 1);
  expect(same32(min32(F(S32), 1), Q32) && same32(min32(1, F(S32)), Q32));
  expect(same32(max32(F(S32), 1), Q32) && same32(max32(1, F(S32)), Q32));
  expect(same64(min64(D(S64), 1), Q64) && same64(max64(1, D(S64)), Q64));
  expect(same64(promote(F(S32)), 0x7ffc000020000000u) && same64(promote(f32_bits(S32)), 0x7ffc000020000000u));
  expect(same32(demote(D(0x7ff4000020000000u)), Q32) && same32(demote(f64_bits(0x7ff4000020000000u)), Q32));
  expect(same32(demote(D(0x7ff0000000000001u)), 0x7fc00000u));
  expect(same32(demote(promote(F(S32))), Q32) && demote(1e300) == __builtin_inff());
}

static void truncation(void) {
  f64 nan = __builtin_nan("");
  expect(converts(i32f64s, 2147483647.9, 0x7fffffff) && converts(i32f64s, -2147483648.9, 0x80000000));
  expect(refuses(i32f64s, 2147483648.0, INTEGER_OVERFLOW) && refuses(i32f64s, -2147483649.0, INTEGER_OVERFLOW));
  expect(converts(i32f64u, 4294967295.9, 0xffffffff) && converts(i32f64u, -0.9, 0));
  expect(refuses(i32f64u, 4294967296.0, INTEGER_OVERFLOW) && refuses(i32f64u, -1.0, INTEGER_OVERFLOW));
  expect(converts(i32f32s, 2147483520.0, 0x7fffff80) && converts(i32f32s, -2147483648.0, 0x80000000));
  expect(refuses(i32f32s, 2147483648.0, INTEGER_OVERFLOW) && refuses(i32f32s, -2147483904.0, INTEGER_OVERFLOW));
  expect(converts(i32f32u, 4294967040.0, 0xffffff00) && refuses(i32f32u, 4294967296.0, INTEGER_OVERFLOW));
  expect(converts(i64f64s, -9223372036854775808.0, 1ull << 63) &&
         converts(i64f64s, 9223372036854774784.0, 0x7ffffffffffffc00u));
  expect(refuses(i64f64s, 9223372036854775808.0, INTEGER_OVERFLOW) &&
         refuses(i64f64s, -9223372036854777856.0, INTEGER_OVERFLOW));
  expect(converts(i64f64u, 18446744073709549568.0, 0xfffffffffffff800u) &&
         refuses(i64f64u, 18446744073709551616.0, INTEGER_OVERFLOW) && refuses(i64f64u, -1.0, INTEGER_OVERFLOW));
  expect(converts(i64f32s, -9223372036854775808.0, 1ull << 63) &&
         refuses(i64f32s, 9223372036854775808.0, INTEGER_OVERFLOW));
  expect(converts(i64f32u, 18446742974197923840.0, 0xffffff0000000000u) &&
         refuses(i64f32u, 18446744073709551616.0, INTEGER_OVERFLOW));
  expect(refuses(i32f32s, nan, INVALID_CONVERSION) && refuses(i32f32u, nan, INVALID_CONVERSION));
  expect(refuses(i32f64s, nan, INVALID_CONVERSION) && refuses(i32f64u, nan, INVALID_CONVERSION));
  expect(refuses(i64f32s, nan, INVALID_CONVERSION) && refuses(i64f32u, nan, INVALID_CONVERSION));
  expect(refuses(i64f64s, -nan, INVALID_CONVERSION) && refuses(i64f64u, nan, INVALID_CONVERSION));
  expect(i32_sat_f32_s(3e9f) == 0x7fffffff && i32_sat_f32_s(-3e9f) == 0x80000000 && i32_sat_f32_s((f32)nan) == 0);
  expect(i32_sat_f32_u(5e9f) == 0xffffffff && i32_sat_f32_u(-5) == 0 && i32_sat_f32_u(-0.5f) == 0);
  expect(i32_sat_f64_s(3e9) == 0x7fffffff && i32_sat_f64_u(5e9) == 0xffffffff && i32_sat_f64_u(nan) == 0);
  expect(i64_sat_f32_s(1e30f) == 0x7fffffffffffffffu && i64_sat_f32_u(-1e30f) == 0 && i64_sat_f32_u(1e30f) == ~0ull);
  expect(i64_sat_f64_s(-1e30) == 1ull << 63 && i64_sat_f64_u(__builtin_inf()) == ~0ull && i64_sat_f64_s(nan) == 0);
  expect(i32_sat_f64_s(-2147483648.5) == 0x80000000 && i32_sat_f64_s(-5.9) == (u32)-5);
}

static void accesses(void) {
  u8 bytes[32] = {0x80, 0xff, 0x01, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87};
  u8 *m = bytes;
  expect(ld32(0, 1) == 0x838201ffu && ld64(1, 0) == 0x87868584838201ffu);
  expect(ld32_8s(0, 0) == 0xffffff80u && ld32_8u(0, 0) == 0x80 && ld32_16s(0, 0) == 0xffffff80u);
  expect(ld32_16u(0, 0) == 0xff80 && ld64_8s(0, 0) == (u64)-128 && ld64_8u(0, 0) == 128);
  expect(ld64_16s(0, 3) == 0xffffffffffff8382u && ld64_16u(0, 3) == 0x8382);
  expect(ld64_32s(0, 2) == 0xffffffff84838201u && ld64_32u(0, 2) == 0x84838201u);
  st32(9, 0, S32);
  stf32(13, 0, ldf32(9, 0));
  expect(ld32(13, 0) == S32);
  st64(9, 0, S64);
  stf64(17, 0, ldf64(9, 0));
  expect(ld64(17, 0) == S64);
  st8(0, 0, 0x1234);
  st16(0, 1, 0x12345);
  expect(ld32(0, 0) == 0x82234534u);
  force(ld32(0, 0));
  forcef(ldf32(0, 0));
  forcef(ldf64(0, 0));
}

/* The library-free root against the processor's, over all exponents. */
static void roots(void) {
  bool same = true;
  u64 bits = 1;
  for (int i = 0; i < 300000; i++) {
    bits = bits * 6364136223846793005u + 1442695040888963407u;
    u64 x = (bits ^ bits >> 29) & 0x7fffffffffffffffu;
    if (i % 16 == 0) x >>= 12 + i % 50; /* denormals */
    f64 ours = apus_sqrt64(f64_bits(x)), theirs = sqrt64(f64_bits(x));
    same &= bits_f64(ours) == bits_f64(theirs);
    f32 single = f32_bits((u32)(x >> 32));
    same &= bits_f32(demote(apus_sqrt64(promote(single)))) == bits_f32(sqrt32(single));
  }
  expect(same);
  for (u32 i = 0; i < 2000; i++) same &= apus_sqrt64((f64)i * i) == i;
  expect(same && bits_f64(apus_sqrt64(D(1ull << 63))) == 1ull << 63 && apus_sqrt64(D(1)) == sqrt64(D(1)));
  expect(bits_f64(apus_sqrt64(-1)) == 0x7ff8000000000000u && bits_f64(apus_sqrt64(D(S64))) == Q64);
  expect(apus_sqrt64(__builtin_inf()) == __builtin_inf());
}

int main(void) {
  roots();
  integers();
  rounding();
  extremes();
  truncation();
  accesses();
  return report();
}
