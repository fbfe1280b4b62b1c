/* Division, and floats, for processors whose compiler's library leaves them to a chip's ROM: Xtensa LX106.
 *
 * A float is taken apart into a sign, an exponent and 63 bits with the highest one set, whatever its width, so that one
 * piece of code rounds for both. NaNs are the canonical one. Slow, and right. */
#include <stdbool.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef int64_t i64;

/* --- integers ------------------------------------------------------------------------------ */

u32 __udivsi3(u32 a, u32 b);
u32 __umodsi3(u32 a, u32 b);
i32 __divsi3(i32 a, i32 b);
u64 __umulsidi3(u32 a, u32 b);
i64 __muldi3(i64 a, i64 b);
u64 __udivdi3(u64 a, u64 b);
u64 __umoddi3(u64 a, u64 b);
i64 __divdi3(i64 a, i64 b);

/* Bit by bit. */
#define DIVISION(bits, signed_quotient, unsigned_quotient, unsigned_rest)                                     \
  static u##bits divide##bits(u##bits a, u##bits b, u##bits *rest) {                                          \
    u##bits quotient = 0, left = 0;                                                                           \
    for (int k = bits - 1; k >= 0; k--) {                                                                     \
      bool carry = left >> (bits - 1);                                                                        \
      left = left << 1 | (a >> k & 1);                                                                        \
      quotient <<= 1;                                                                                         \
      if (carry || left >= b) left -= b, quotient |= 1;                                                       \
    }                                                                                                         \
    *rest = left;                                                                                             \
    return quotient;                                                                                          \
  }                                                                                                           \
  u##bits unsigned_quotient(u##bits a, u##bits b) {                                                           \
    u##bits rest;                                                                                             \
    return divide##bits(a, b, &rest);                                                                         \
  }                                                                                                           \
  u##bits unsigned_rest(u##bits a, u##bits b) {                                                               \
    u##bits rest;                                                                                             \
    divide##bits(a, b, &rest);                                                                                \
    return rest;                                                                                              \
  }                                                                                                           \
  i##bits signed_quotient(i##bits a, i##bits b) {                                                             \
    u##bits quotient = unsigned_quotient(a < 0 ? -(u##bits)a : (u##bits)a, b < 0 ? -(u##bits)b : (u##bits)b); \
    return (i##bits)((a < 0) != (b < 0) ? -quotient : quotient);                                              \
  }

DIVISION(32, __divsi3, __udivsi3, __umodsi3)
DIVISION(64, __divdi3, __udivdi3, __umoddi3)

u64 __umulsidi3(u32 a, u32 b) {
  u32 low = (a & 0xffff) * (b & 0xffff), high = (a >> 16) * (b >> 16);
  u32 left = (a >> 16) * (b & 0xffff), right = (a & 0xffff) * (b >> 16);
  u32 middle = left + right;
  u64 sum = (u64)high << 32 | low;
  return sum + ((u64)middle << 16) + ((u64)(middle < left) << 48);
}

i64 __muldi3(i64 a, i64 b) {
  u32 cross = (u32)((u64)a >> 32) * (u32)b + (u32)a * (u32)((u64)b >> 32);
  return (i64)(__umulsidi3((u32)a, (u32)b) + ((u64)cross << 32));
}

/* --- floats -------------------------------------------------------------------------------- */

/* Bits of the fraction and of the exponent. */
struct format {
  u32 fraction, exponent;
};
#define SINGLE ((struct format){23, 8})
#define DOUBLE ((struct format){52, 11})

enum kind { ZERO, FINITE, INFINITE, NOT_A_NUMBER };

/* fraction * 2^(exponent - 62), with 2^62 <= fraction < 2^63. */
struct number {
  enum kind kind;
  bool sign;
  i32 exponent;
  u64 fraction;
};

static i32 most(struct format format) { return (1 << format.exponent) - 1; }

static struct number normal(struct number number) {
  if (!number.fraction) number.kind = ZERO;
  while (number.fraction && !(number.fraction >> 62)) number.fraction <<= 1, number.exponent--;
  return number;
}

static struct number unpack(u64 bits, struct format format) {
  struct number number = {FINITE, bits >> (format.fraction + format.exponent) & 1, 0, 0};
  i32 exponent = (i32)(bits >> format.fraction) & most(format);
  u64 fraction = bits & ((1ull << format.fraction) - 1);
  if (exponent == most(format)) {
    number.kind = fraction ? NOT_A_NUMBER : INFINITE;
    return number;
  }
  if (exponent) fraction |= 1ull << format.fraction;
  else exponent = 1;
  number.fraction = fraction << (62 - format.fraction);
  number.exponent = exponent - (most(format) >> 1);
  return normal(number);
}

static u64 shifted_right(u64 value, u32 by) {
  if (by > 63) return value != 0;
  return value >> by | ((value & ((1ull << by) - 1)) != 0);
}

/* Rounds to the nearest, of two as near to the even one. */
static u64 pack(struct number number, struct format format) {
  const u64 infinite = (u64)most(format) << format.fraction;
  u64 bits = 0;
  if (number.kind == NOT_A_NUMBER) return infinite | 1ull << (format.fraction - 1);
  if (number.kind == INFINITE) bits = infinite;
  if (number.kind == FINITE) {
    i32 exponent = number.exponent + (most(format) >> 1);
    u32 dropped = 62 - format.fraction;
    if (exponent < 1) {
      dropped += (u32)(1 - exponent);
      exponent = 1;
    }
    /* What is below half of the smallest is zero. */
    if (dropped < 64) {
      u64 kept = number.fraction >> dropped, rest = number.fraction & ((1ull << dropped) - 1);
      u64 half = 1ull << (dropped - 1);
      kept += rest > half || (rest == half && (kept & 1));
      /* The leading one, where there is one, counts for the exponent's last unit. */
      bits = exponent < most(format) ? ((u64)(exponent - 1) << format.fraction) + kept : infinite;
      if (bits > infinite) bits = infinite;
    }
  }
  return bits | (u64)number.sign << (format.fraction + format.exponent);
}

static struct number not_a_number(void) { return (struct number){.kind = NOT_A_NUMBER}; }

static struct number sum(struct number a, struct number b) {
  if (a.kind == NOT_A_NUMBER || b.kind == NOT_A_NUMBER) return not_a_number();
  if (a.kind == INFINITE && b.kind == INFINITE) return a.sign == b.sign ? a : not_a_number();
  if (a.kind == INFINITE || b.kind == ZERO) {
    if (a.kind == ZERO) a.sign &= b.sign;
    return a;
  }
  if (b.kind == INFINITE || a.kind == ZERO) return b;
  if (a.exponent < b.exponent) {
    struct number other = a;
    a = b, b = other;
  }
  b.fraction = shifted_right(b.fraction, (u32)(a.exponent - b.exponent));
  if (a.sign == b.sign) {
    a.fraction += b.fraction;
    if (a.fraction >> 63) a.fraction = shifted_right(a.fraction, 1), a.exponent++;
    return a;
  }
  if (a.fraction < b.fraction) {
    a.fraction = b.fraction - a.fraction;
    a.sign = b.sign;
  } else {
    a.fraction -= b.fraction;
  }
  if (!a.fraction) a.sign = false;
  return normal(a);
}

static struct number product(struct number a, struct number b) {
  bool sign = a.sign != b.sign;
  if (a.kind == NOT_A_NUMBER || b.kind == NOT_A_NUMBER) return not_a_number();
  if (a.kind == INFINITE || b.kind == INFINITE)
    return a.kind == ZERO || b.kind == ZERO ? not_a_number() : (struct number){INFINITE, sign, 0, 0};
  if (a.kind == ZERO || b.kind == ZERO) return (struct number){ZERO, sign, 0, 0};
  /* 64 times 64 bits, of which the upper ones count. */
  u64 left = a.fraction << 1;
  u32 left_low = (u32)left, left_high = (u32)(left >> 32);
  u32 right_low = (u32)b.fraction, right_high = (u32)(b.fraction >> 32);
  u64 low = __umulsidi3(left_low, right_low), first = __umulsidi3(left_high, right_low);
  u64 second = __umulsidi3(left_low, right_high), high = __umulsidi3(left_high, right_high);
  u64 middle = (low >> 32) + (u32)first + (u32)second;
  high += (first >> 32) + (second >> 32) + (middle >> 32);
  low = middle << 32 | (u32)low;
  i32 exponent = a.exponent + b.exponent + 1;
  if (!(high >> 62)) {
    high = high << 1 | low >> 63;
    low <<= 1;
    exponent--;
  }
  return (struct number){FINITE, sign, exponent, high | (low != 0)};
}

static struct number quotient(struct number a, struct number b) {
  bool sign = a.sign != b.sign;
  if (a.kind == NOT_A_NUMBER || b.kind == NOT_A_NUMBER || (a.kind == b.kind && a.kind != FINITE)) return not_a_number();
  if (a.kind == INFINITE || b.kind == ZERO) return (struct number){INFINITE, sign, 0, 0};
  if (a.kind == ZERO || b.kind == INFINITE) return (struct number){ZERO, sign, 0, 0};
  u64 bits = 0, rest = a.fraction;
  for (int k = 0; k < 64; k++) {
    bits <<= 1;
    if (rest >= b.fraction) rest -= b.fraction, bits |= 1;
    rest <<= 1;
  }
  bits |= rest != 0;
  i32 exponent = a.exponent - b.exponent - 1;
  if (bits >> 63) bits = shifted_right(bits, 1), exponent++;
  return (struct number){FINITE, sign, exponent, bits};
}

static struct number negated(struct number number) {
  number.sign = !number.sign;
  return number;
}

static struct number from_integer(u64 magnitude, bool sign) {
  struct number number = {FINITE, sign, 62, magnitude};
  if (magnitude >> 63) number.fraction = shifted_right(magnitude, 1), number.exponent++;
  return normal(number);
}

/* Towards zero. */
static u32 magnitude(struct number number) {
  return number.kind != FINITE || number.exponent < 0 || number.exponent > 31
             ? 0
             : (u32)(number.fraction >> (62 - number.exponent));
}

static struct number of_float(float value) {
  union {
    float value;
    u32 bits;
  } of = {value};
  return unpack(of.bits, SINGLE);
}

static struct number of_double(double value) {
  union {
    double value;
    u64 bits;
  } of = {value};
  return unpack(of.bits, DOUBLE);
}

static float to_float(struct number number) {
  return ((union {
           u32 bits;
           float value;
         }){(u32)pack(number, SINGLE)})
      .value;
}

static double to_double(struct number number) {
  return ((union {
           u64 bits;
           double value;
         }){pack(number, DOUBLE)})
      .value;
}

float __addsf3(float a, float b);
float __subsf3(float a, float b);
float __mulsf3(float a, float b);
double __adddf3(double a, double b);
double __subdf3(double a, double b);
double __muldf3(double a, double b);
double __divdf3(double a, double b);
i32 __fixdfsi(double value);
u32 __fixunsdfsi(double value);
u32 __fixunssfsi(float value);
double __floatsidf(i32 value);
double __floatunsidf(u32 value);
float __floatsisf(i32 value);
float __floatunsisf(u32 value);
double __extendsfdf2(float value);
float __truncdfsf2(double value);

float __addsf3(float a, float b) { return to_float(sum(of_float(a), of_float(b))); }
float __subsf3(float a, float b) { return to_float(sum(of_float(a), negated(of_float(b)))); }
float __mulsf3(float a, float b) { return to_float(product(of_float(a), of_float(b))); }
double __adddf3(double a, double b) { return to_double(sum(of_double(a), of_double(b))); }
double __subdf3(double a, double b) { return to_double(sum(of_double(a), negated(of_double(b)))); }
double __muldf3(double a, double b) { return to_double(product(of_double(a), of_double(b))); }
double __divdf3(double a, double b) { return to_double(quotient(of_double(a), of_double(b))); }

i32 __fixdfsi(double value) {
  struct number number = of_double(value);
  return (i32)(number.sign ? -magnitude(number) : magnitude(number));
}
u32 __fixunsdfsi(double value) { return magnitude(of_double(value)); }
u32 __fixunssfsi(float value) { return magnitude(of_float(value)); }

static struct number of_signed(i32 value) { return from_integer(value < 0 ? -(u32)value : (u32)value, value < 0); }
double __floatsidf(i32 value) { return to_double(of_signed(value)); }
double __floatunsidf(u32 value) { return to_double(from_integer(value, false)); }
float __floatsisf(i32 value) { return to_float(of_signed(value)); }
float __floatunsisf(u32 value) { return to_float(from_integer(value, false)); }
double __extendsfdf2(float value) { return to_double(of_float(value)); }
float __truncdfsf2(double value) { return to_float(of_double(value)); }
