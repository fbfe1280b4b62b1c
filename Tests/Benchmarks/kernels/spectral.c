/* The spectral norm of an infinite matrix, cut off: its elements are computed,
 * not stored, so that divisions and conversions from integers dominate. */
#include "bench.h"

static double element(uint32_t i, uint32_t j) {
  uint32_t diagonal = i + j;
  return 1.0 / (diagonal * (diagonal + 1) / 2 + i + 1);
}

static void times(uint32_t n, const double *in, double *out) {
  for (uint32_t i = 0; i < n; i++) {
    double total = 0.0;
    for (uint32_t j = 0; j < n; j++) total += element(i, j) * in[j];
    out[i] = total;
  }
}

static void times_transposed(uint32_t n, const double *in, double *out) {
  for (uint32_t i = 0; i < n; i++) {
    double total = 0.0;
    for (uint32_t j = 0; j < n; j++) total += element(j, i) * in[j];
    out[i] = total;
  }
}

int main(int argc, char **argv) {
  uint32_t n = bench_argument(argc, argv, 1, 1400);
  uint32_t rounds = bench_argument(argc, argv, 2, 52);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 6));
  double *u = bench_alloc(n * sizeof *u), *v = bench_alloc(n * sizeof *v), *half = bench_alloc(n * sizeof *half);
  for (uint32_t i = 0; i < n; i++) {
    u[i] = 0.5 + bench_unit(&random);
    v[i] = 0.0;
  }

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    times(n, u, half);
    times_transposed(n, half, v);
    times(n, v, half);
    times_transposed(n, half, u);
  }
  bench_end();
  double across = 0.0, square = 0.0;
  for (uint32_t i = 0; i < n; i++) {
    across += u[i] * v[i];
    square += v[i] * v[i];
  }
  free(u);
  free(v);
  free(half);
  return bench_report("spectral", bench_mix_double(0, __builtin_sqrt(across / square)));
}
