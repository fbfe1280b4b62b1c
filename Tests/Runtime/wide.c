/* The halves of 128-bit products as processors without them compute them. */
__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;
#undef __SIZEOF_INT128__
#include "apus_code.h"
#include "test.h"

static const u64 values[] = {0,
                             1,
                             2,
                             0xffffffff,
                             0x100000000,
                             0xffffffff00000000,
                             0x123456789abcdef0,
                             0x7fffffffffffffff,
                             0x8000000000000000,
                             0x8000000000000001,
                             0xfedcba9876543210,
                             0xffffffffffffffff};

static void both(u64 a, u64 b) {
  expect(mul_high_u(a, b) == (u64)((u128)a * b >> 64));
  expect(mul_high_s(a, b) == (u64)((u128)((i128)(i64)a * (i64)b) >> 64));
}

int main(void) {
  enum { COUNT = sizeof values / sizeof *values };
  for (int j = 0; j < COUNT; j++)
    for (int k = 0; k < COUNT; k++) both(values[j], values[k]);
  u64 state = 1;
  for (int k = 0; k < 2000; k++) {
    u64 a = state = state * 6364136223846793005u + 1442695040888963407u;
    u64 b = state = state * 6364136223846793005u + 1442695040888963407u;
    both(a >> (k & 31), b);
  }
  return report();
}
