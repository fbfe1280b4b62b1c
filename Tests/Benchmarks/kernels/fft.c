/* Floating point over arrays: a radix-2 Fourier transform, forth and back, with
 * twiddle factors made by halving angles. */
#include "bench.h"

struct complex {
  double re, im;
};

static double square_root(double x) {
  double y = x > 1.0 ? x : 1.0;
  for (int i = 0; i < 60; i++) {
    double next = 0.5 * (y + x / y);
    if (next >= y && i > 0) break;
    y = next;
  }
  return y;
}

/* roots[k] = exp(-2 pi i k / size) for k < size / 2: each bit of k is one factor. */
static void fill_roots(struct complex *roots, uint32_t size) {
  struct complex factor[32];
  double cosine = -1.0; /* of pi, then pi/2, pi/4, ... */
  uint32_t bits = 0;
  for (uint32_t half = size / 2; half; half >>= 1) bits++;
  for (uint32_t i = 0; i < bits; i++) {
    double next = square_root((1.0 + cosine) * 0.5);
    if (i == 0) next = 0.0;
    factor[i].re = next;
    factor[i].im = -square_root((1.0 - cosine) * 0.5);
    cosine = next;
  }
  for (uint32_t k = 0; k < size / 2; k++) {
    struct complex root = {1.0, 0.0};
    for (uint32_t i = 0; i + 1 < bits; i++) {
      if (!(k >> (bits - 2 - i) & 1)) continue;
      struct complex f = factor[i];
      struct complex r = {root.re * f.re - root.im * f.im, root.re * f.im + root.im * f.re};
      root = r;
    }
    roots[k] = root;
  }
}

static void transform(struct complex *data, const struct complex *roots, uint32_t size, int inverse) {
  for (uint32_t i = 1, j = 0; i < size; i++) {
    uint32_t bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      struct complex swap = data[i];
      data[i] = data[j];
      data[j] = swap;
    }
  }
  for (uint32_t half = 1; half < size; half <<= 1) {
    uint32_t stride = size / (half * 2);
    for (uint32_t from = 0; from < size; from += half * 2) {
      for (uint32_t k = 0; k < half; k++) {
        struct complex root = roots[k * stride];
        if (inverse) root.im = -root.im;
        struct complex *low = &data[from + k], *high = &data[from + k + half];
        struct complex turned = {high->re * root.re - high->im * root.im, high->re * root.im + high->im * root.re};
        high->re = low->re - turned.re;
        high->im = low->im - turned.im;
        low->re += turned.re;
        low->im += turned.im;
      }
    }
  }
}

int main(int argc, char **argv) {
  uint32_t bits = bench_argument(argc, argv, 1, 15);
  uint32_t rounds = bench_argument(argc, argv, 2, 420);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 3));
  uint32_t size = 1u << bits;
  struct complex *data = bench_alloc(size * sizeof *data);
  struct complex *roots = bench_alloc(size / 2 * sizeof *roots);
  uint64_t sum = 0;
  fill_roots(roots, size);
  for (uint32_t i = 0; i < size; i++) {
    data[i].re = bench_unit(&random) - 0.5;
    data[i].im = bench_unit(&random) - 0.5;
  }

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    transform(data, roots, size, 0);
    sum = bench_mix_double(sum, data[round % size].re);
    for (uint32_t i = size / 4; i < size / 4 * 3; i++) data[i].re *= 0.75;
    transform(data, roots, size, 1);
    double scale = 1.0 / size;
    for (uint32_t i = 0; i < size; i++) {
      data[i].re *= scale;
      data[i].im *= scale;
    }
  }
  bench_end();
  for (uint32_t i = 0; i < size; i += 61) sum = bench_mix_double(sum, data[i].im);
  free(data);
  free(roots);
  return bench_report("fft", sum);
}
