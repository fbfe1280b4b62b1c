/* software_arithmetic.c beside the hardware of this machine: random numbers, and those at the edges. Prints
 * `N passed, M failed`. NaNs are compared as NaNs. */
#include <stdio.h>
#include <string.h>

/* The library of this machine's compiler has some of these, too. */
#define SOFT(name) soft_##name
#define __udivsi3 SOFT(udivsi3)
#define __umodsi3 SOFT(umodsi3)
#define __divsi3 SOFT(divsi3)
#define __umulsidi3 SOFT(umulsidi3)
#define __muldi3 SOFT(muldi3)
#define __udivdi3 SOFT(udivdi3)
#define __umoddi3 SOFT(umoddi3)
#define __divdi3 SOFT(divdi3)
#define __addsf3 SOFT(addsf3)
#define __subsf3 SOFT(subsf3)
#define __mulsf3 SOFT(mulsf3)
#define __adddf3 SOFT(adddf3)
#define __subdf3 SOFT(subdf3)
#define __muldf3 SOFT(muldf3)
#define __divdf3 SOFT(divdf3)
#define __fixdfsi SOFT(fixdfsi)
#define __fixunsdfsi SOFT(fixunsdfsi)
#define __fixunssfsi SOFT(fixunssfsi)
#define __floatsidf SOFT(floatsidf)
#define __floatunsidf SOFT(floatunsidf)
#define __floatsisf SOFT(floatsisf)
#define __floatunsisf SOFT(floatunsisf)
#define __extendsfdf2 SOFT(extendsfdf2)
#define __truncdfsf2 SOFT(truncdfsf2)
#include "../../Runtime-C/port/image/software_arithmetic.c"

static unsigned long long passed, failed;

static void expect(bool is_so, const char *what, u64 a, u64 b, u64 ours) {
  passed += is_so;
  failed += !is_so;
  if (!is_so && failed < 20) printf("%s of %llx and %llx is not %llx\n", what, (long long)a, (long long)b, (long long)ours);
}

static u64 next(void) {
  static u64 state = 88172645463325252u;
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state * 0x2545f4914f6cdd1du;
}

/* Bits of a float: any, near 1, subnormal, with few digits, an integer or so, or at an edge. */
static u64 some(struct format format) {
  const u64 sign = 1ull << (format.fraction + format.exponent), fraction = (1ull << format.fraction) - 1;
  const u64 infinite = (u64)most(format) << format.fraction, half = (u64)(most(format) >> 1);
  const u64 edges[] = {0, infinite, infinite | 1, infinite - 1, 1, fraction, fraction + 1, half << format.fraction};
  u64 bits = next(), kept = bits & (sign | fraction);
  switch (next() % 6) {
  case 0: return bits & (sign | (sign - 1));
  case 1: return kept | (half + next() % 8 - 4) << format.fraction;
  case 2: return kept;
  case 3: return (kept & (sign | -(1ull << next() % format.fraction))) | (next() % (u64)most(format)) << format.fraction;
  case 4: return kept | (half + next() % 70 - 5) << format.fraction;
  default: return edges[next() % 8] | (bits & sign);
  }
}

static float single(u64 bits) {
  u32 low = (u32)bits;
  float value;
  memcpy(&value, &low, sizeof value);
  return value;
}

static double wide(u64 bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static bool is_single(float ours, float theirs) {
  return (ours != ours && theirs != theirs) || !memcmp(&ours, &theirs, sizeof ours);
}

static bool is_wide(double ours, double theirs) {
  return (ours != ours && theirs != theirs) || !memcmp(&ours, &theirs, sizeof ours);
}

static void floats(void) {
  u64 p = some(DOUBLE), q = some(DOUBLE), r = some(SINGLE), s = some(SINGLE);
  double a = wide(p), b = wide(q);
  float f = single(r), g = single(s);
#define WIDE(what, ours, theirs) expect(is_wide(ours, theirs), what, p, q, 0)
#define SINGLE_OF(what, ours, theirs) expect(is_single(ours, theirs), what, r, s, 0)
  WIDE("sum", __adddf3(a, b), a + b);
  WIDE("difference", __subdf3(a, b), a - b);
  WIDE("product", __muldf3(a, b), a * b);
  WIDE("quotient", __divdf3(a, b), a / b);
  WIDE("signed", __floatsidf((i32)p), (double)(i32)p);
  WIDE("unsigned", __floatunsidf((u32)p), (double)(u32)p);
  SINGLE_OF("sum", __addsf3(f, g), f + g);
  SINGLE_OF("difference", __subsf3(f, g), f - g);
  SINGLE_OF("product", __mulsf3(f, g), f * g);
  SINGLE_OF("signed", __floatsisf((i32)p), (float)(i32)p);
  SINGLE_OF("unsigned", __floatunsisf((u32)p), (float)(u32)p);
  WIDE("promotion", __extendsfdf2(f), (double)f);
  SINGLE_OF("demotion", __truncdfsf2(a), (float)a);
  if (a > -2147483649.0 && a < 2147483648.0) expect(__fixdfsi(a) == (i32)a, "i32", p, 0, (u32)__fixdfsi(a));
  if (a > -1.0 && a < 4294967296.0) expect(__fixunsdfsi(a) == (u32)a, "u32", p, 0, __fixunsdfsi(a));
  if (f > -1.0f && f < 4294967296.0f) expect(__fixunssfsi(f) == (u32)f, "u32 of f32", r, 0, __fixunssfsi(f));
}

static void integers(void) {
  u64 a = next() >> next() % 64, b = next() >> next() % 64 | 1;
  u32 c = (u32)a, d = (u32)b;
  expect(__umulsidi3(c, d) == (u64)c * d, "umulsidi3", c, d, __umulsidi3(c, d));
  expect((u64)__muldi3((i64)a, (i64)b) == a * b, "muldi3", a, b, (u64)__muldi3((i64)a, (i64)b));
  expect(__udivdi3(a, b) == a / b, "udivdi3", a, b, __udivdi3(a, b));
  expect(__umoddi3(a, b) == a % b, "umoddi3", a, b, __umoddi3(a, b));
  expect(__udivsi3(c, d) == c / d, "udivsi3", c, d, __udivsi3(c, d));
  expect(__umodsi3(c, d) == c % d, "umodsi3", c, d, __umodsi3(c, d));
  if (b != UINT64_MAX) expect(__divdi3((i64)a, (i64)b) == (i64)a / (i64)b, "divdi3", a, b, (u64)__divdi3((i64)a, (i64)b));
  if (d != UINT32_MAX) expect(__divsi3((i32)c, (i32)d) == (i32)c / (i32)d, "divsi3", c, d, (u32)__divsi3((i32)c, (i32)d));
}

int main(void) {
  for (int k = 0; k < 2000000; k++) {
    floats();
    if (k % 8 == 0) integers();
  }
  printf("%llu passed, %llu failed\n", passed, failed);
  return failed > 0;
}
