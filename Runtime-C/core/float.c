/* The square root where neither the processor nor a library has it: digit by
 * digit, correctly rounded. */
#include "apus_code.h"

f64 apus_sqrt64(f64 x) {
  u64 bits = bits_f64(x);
  if (x != x) return quiet64(x);
  if (bits << 1 == 0 || bits == 0x7ff0000000000000u) return x;
  if (bits >> 63) return f64_bits(0x7ff8000000000000u);
  /* x = m * 2^(e-52), 2^52 <= m < 2^54, e even */
  i32 e = (i32)(bits >> 52) - 1023;
  u64 m = bits & 0x000fffffffffffffu;
  if (e == -1023) {
    e++;
    while (m < UINT64_C(1) << 52) m <<= 1, e--;
  } else {
    m |= UINT64_C(1) << 52;
  }
  if (e & 1) m <<= 1, e--;
  /* q = the root of m * 2^54, one bit a step, from two bits of its argument */
  u64 q = 0, rest = 0;
  for (int i = 0; i < 54; i++) {
    rest = rest << 2 | (m >> 52 & 3);
    m = m << 2 & 0x003fffffffffffffu;
    u64 next = q << 2 | 1;
    q <<= 1;
    if (rest >= next) rest -= next, q |= 1;
  }
  /* A root never lies halfway between two values, so its last bit rounds it. */
  return f64_bits(((u64)(e / 2 + 1022) << 52) + (q >> 1) + (q & 1));
}
