/* Products of a matrix of floats with a vector: loads, multiplications, four sums at a time. */
#include "vectors.h"

static void times(uint32_t n, const float *matrix, const float *in, float *out) {
  for (uint32_t row = 0; row < n; row++) {
    const float *at = matrix + (size_t)row * n;
    f32x4 a = {0}, b = {0}, c = {0}, d = {0};
    for (uint32_t k = 0; k < n; k += 16) {
      a += *(const f32x4_at *)(at + k) * *(const f32x4_at *)(in + k);
      b += *(const f32x4_at *)(at + k + 4) * *(const f32x4_at *)(in + k + 4);
      c += *(const f32x4_at *)(at + k + 8) * *(const f32x4_at *)(in + k + 8);
      d += *(const f32x4_at *)(at + k + 12) * *(const f32x4_at *)(in + k + 12);
    }
    a += b + (c + d);
    out[row] = a[0] + a[1] + (a[2] + a[3]);
  }
}

int main(int argc, char **argv) {
  uint32_t n = bench_argument(argc, argv, 1, 256) / 16 * 16;
  uint32_t rounds = bench_argument(argc, argv, 2, 12000);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 1));
  float *matrix = bench_alloc((size_t)n * n * sizeof *matrix);
  float *in = bench_alloc(n * sizeof *in), *out = bench_alloc(n * sizeof *out);
  for (size_t k = 0; k < (size_t)n * n; k++) matrix[k] = (float)(bench_unit(&random) / n * 1.99);
  for (uint32_t k = 0; k < n; k++) in[k] = (float)bench_unit(&random);

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    times(n, matrix, in, out);
    times(n, matrix, out, in);
  }
  bench_end();
  uint64_t sum = 0;
  for (uint32_t k = 0; k < n; k++) sum = bench_mix_double(sum, in[k]);
  free(matrix);
  free(in);
  free(out);
  return bench_report("dot", sum);
}
