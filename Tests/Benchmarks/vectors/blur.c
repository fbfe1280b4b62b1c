/* Two passes over a grey image: each byte the mean of its neighbours, widened and narrowed. */
#include "vectors.h"

static u16x8 low(u8x16 x) {
  return (u16x8)__builtin_shufflevector(x, (u8x16){0}, 0, 16, 1, 16, 2, 16, 3, 16, 4, 16, 5, 16, 6, 16, 7, 16);
}
static u16x8 high(u8x16 x) {
  return (u16x8)__builtin_shufflevector(x, (u8x16){0}, 8, 16, 9, 16, 10, 16, 11, 16, 12, 16, 13, 16, 14, 16, 15, 16);
}
static u8x16 narrowed(u16x8 a, u16x8 b) {
  return __builtin_shufflevector((u8x16)a, (u8x16)b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

/* (a + 2 b + c + 2) / 4 */
static u8x16 mean(u8x16 a, u8x16 b, u8x16 c) {
  u16x8 first = (low(a) + (low(b) << 1) + low(c) + 2) >> 2;
  u16x8 second = (high(a) + (high(b) << 1) + high(c) + 2) >> 2;
  return narrowed(first, second);
}

static void pass(const uint8_t *from, uint8_t *to, size_t count, size_t distance) {
  for (size_t k = distance; k + 16 + distance <= count; k += 16)
    *(u8x16_at *)(to + k) = mean(*(const u8x16_at *)(from + k - distance), *(const u8x16_at *)(from + k),
                                 *(const u8x16_at *)(from + k + distance));
}

int main(int argc, char **argv) {
  size_t width = bench_argument(argc, argv, 1, 640), height = bench_argument(argc, argv, 2, 400);
  uint32_t rounds = bench_argument(argc, argv, 3, 1500);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 4, 3));
  size_t count = width * height;
  uint8_t *image = bench_alloc(count), *other = bench_alloc(count);
  for (size_t k = 0; k < count; k++) image[k] = other[k] = (uint8_t)(bench_next(&random) >> 24);

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    pass(image, other, count, 1);
    pass(other, image, count, width);
  }
  bench_end();
  uint64_t sum = 0;
  for (size_t k = 0; k < count; k++) sum = bench_mix(sum, image[k]);
  free(image);
  free(other);
  return bench_report("blur", sum);
}
