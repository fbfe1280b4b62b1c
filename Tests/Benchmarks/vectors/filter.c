/* A filter over 16-bit samples: products of words summed in pairs, scaled back. */
#include "vectors.h"

static i32x4 low(i16x8 x) { return (i32x4)__builtin_shufflevector(x, x, 0, 0, 1, 1, 2, 2, 3, 3) >> 16; }
static i32x4 high(i16x8 x) { return (i32x4)__builtin_shufflevector(x, x, 4, 4, 5, 5, 6, 6, 7, 7) >> 16; }

int main(int argc, char **argv) {
  uint32_t count = bench_argument(argc, argv, 1, 1 << 16) / 8 * 8;
  uint32_t rounds = bench_argument(argc, argv, 2, 500);
  enum { TAPS = 16 };
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 5));
  int16_t taps[TAPS], *samples = bench_alloc((count + TAPS) * sizeof *samples);
  for (int k = 0; k < TAPS; k++) taps[k] = (int16_t)(bench_next(&random) >> 20);
  for (uint32_t k = 0; k < count + TAPS; k++) samples[k] = (int16_t)(bench_next(&random) >> 16);

  bench_start();
  for (uint32_t round = 0; round < rounds; round++)
    for (uint32_t k = 0; k < count; k += 8) {
      i32x4 a = {0}, b = {0};
      for (int tap = 0; tap < TAPS; tap++) {
        i16x8 x = *(const i16x8_at *)(samples + k + tap);
        a += low(x) * taps[tap];
        b += high(x) * taps[tap];
      }
      a >>= 15, b >>= 15;
      *(i16x8_at *)(samples + k) = __builtin_shufflevector((i16x8)a, (i16x8)b, 0, 2, 4, 6, 8, 10, 12, 14);
    }
  bench_end();
  uint64_t sum = 0;
  for (uint32_t k = 0; k < count; k++) sum = bench_mix(sum, (uint16_t)samples[k]);
  free(samples);
  return bench_report("filter", sum);
}
