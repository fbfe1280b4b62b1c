/* The Mandelbrot set, four points at a time, each until all have escaped: comparisons and masks. */
#include "vectors.h"

int main(int argc, char **argv) {
  uint32_t size = bench_argument(argc, argv, 1, 640);
  uint32_t most = bench_argument(argc, argv, 2, 400);
  uint64_t sum = 0;

  bench_start();
  for (uint32_t y = 0; y < size; y++) {
    float imaginary = (float)y * 2.0f / (float)size - 1.0f;
    for (uint32_t x = 0; x < size; x += 4) {
      f32x4 step = {0, 1, 2, 3};
      f32x4 cr = ((float)x + step) * 3.0f / (float)size - 2.0f, ci = (f32x4){0} + imaginary;
      f32x4 zr = {0}, zi = {0};
      i32x4 count = {0};
      for (uint32_t k = 0; k < most; k++) {
        f32x4 rr = zr * zr, ii = zi * zi;
        i32x4 inside = rr + ii <= 4.0f;
        uint64_t halves[2];
        __builtin_memcpy(halves, &inside, sizeof halves);
        if (!(halves[0] | halves[1])) break;
        count -= inside;
        zi = zr * zi * 2.0f + ci;
        zr = rr - ii + cr;
      }
      for (int k = 0; k < 4; k++) sum = bench_mix(sum, (uint32_t)count[k]);
    }
  }
  bench_end();
  return bench_report("fractal", sum);
}
