/* ChaCha20's key stream: rows of a square turned and added, words rotated. */
#include "vectors.h"

static u32x4 rotated(u32x4 x, int k) { return x << k | x >> (32 - k); }
#define TURNED(x, a, b, c, d) __builtin_shufflevector(x, x, a, b, c, d)

static void block(const uint32_t state[16], uint8_t *out) {
  u32x4 first[4], row[4];
  __builtin_memcpy(first, state, sizeof first);
  __builtin_memcpy(row, state, sizeof row);
  u32x4 a = row[0], b = row[1], c = row[2], d = row[3];
  for (int round = 0; round < 10; round++) {
    for (int half = 0; half < 2; half++) {
      a += b, d = rotated(d ^ a, 16);
      c += d, b = rotated(b ^ c, 12);
      a += b, d = rotated(d ^ a, 8);
      c += d, b = rotated(b ^ c, 7);
      if (half == 0) {
        b = TURNED(b, 1, 2, 3, 0), c = TURNED(c, 2, 3, 0, 1), d = TURNED(d, 3, 0, 1, 2);
      } else {
        b = TURNED(b, 3, 0, 1, 2), c = TURNED(c, 2, 3, 0, 1), d = TURNED(d, 1, 2, 3, 0);
      }
    }
  }
  row[0] = a + first[0], row[1] = b + first[1], row[2] = c + first[2], row[3] = d + first[3];
  __builtin_memcpy(out, row, sizeof row);
}

int main(int argc, char **argv) {
  uint32_t blocks = bench_argument(argc, argv, 1, 3000000);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 2, 2));
  uint32_t state[16];
  for (int k = 0; k < 16; k++) state[k] = bench_next(&random);
  uint8_t out[64];
  uint64_t sum = 0, word;

  bench_start();
  for (uint32_t k = 0; k < blocks; k++) {
    state[12] = k;
    block(state, out);
    __builtin_memcpy(&word, out + k % 57, sizeof word);
    sum = bench_mix(sum, word);
  }
  bench_end();
  return bench_report("chacha", sum);
}
