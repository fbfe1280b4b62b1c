/* Matrices of doubles: products, and solving by elimination with row pivots. */
#include "bench.h"

struct matrix {
  uint32_t rows, columns;
  double *at; /* row after row */
};

static struct matrix matrix_make(uint32_t rows, uint32_t columns) {
  struct matrix m = {rows, columns, bench_alloc((size_t)rows * columns * sizeof(double))};
  return m;
}

static double *row(const struct matrix *m, uint32_t i) { return m->at + (size_t)i * m->columns; }

static void transpose(const struct matrix *m, struct matrix *result) {
  for (uint32_t i = 0; i < m->rows; i++)
    for (uint32_t j = 0; j < m->columns; j++) row(result, j)[i] = row(m, i)[j];
}

/* Walks both operands along rows: `turned` is the right one, transposed. */
static void multiply(const struct matrix *left, const struct matrix *turned, struct matrix *result) {
  for (uint32_t i = 0; i < left->rows; i++) {
    const double *a = row(left, i);
    for (uint32_t j = 0; j < turned->rows; j++) {
      const double *b = row(turned, j);
      double total = 0.0;
      for (uint32_t k = 0; k < left->columns; k++) total += a[k] * b[k];
      row(result, i)[j] = total;
    }
  }
}

static double magnitude(double x) { return x < 0.0 ? -x : x; }

/* Solves m x = b in place; b becomes x. The determinant, or 0 for a singular matrix. */
static double solve(struct matrix *m, double *b) {
  uint32_t n = m->rows;
  double determinant = 1.0;
  for (uint32_t k = 0; k < n; k++) {
    uint32_t pivot = k;
    for (uint32_t i = k + 1; i < n; i++)
      if (magnitude(row(m, i)[k]) > magnitude(row(m, pivot)[k])) pivot = i;
    double *top = row(m, k), *other = row(m, pivot);
    if (other[k] == 0.0) return 0.0;
    if (pivot != k) {
      for (uint32_t j = k; j < n; j++) {
        double swap = top[j];
        top[j] = other[j];
        other[j] = swap;
      }
      double swap = b[k];
      b[k] = b[pivot];
      b[pivot] = swap;
      determinant = -determinant;
    }
    determinant *= top[k] * 0.0625;
    for (uint32_t i = k + 1; i < n; i++) {
      double *low = row(m, i);
      double factor = low[k] / top[k];
      for (uint32_t j = k; j < n; j++) low[j] -= factor * top[j];
      b[i] -= factor * b[k];
    }
  }
  for (uint32_t i = n; i-- > 0;) {
    double total = b[i];
    for (uint32_t j = i + 1; j < n; j++) total -= row(m, i)[j] * b[j];
    b[i] = total / row(m, i)[i];
  }
  return determinant;
}

int main(int argc, char **argv) {
  uint32_t n = bench_argument(argc, argv, 1, 240);
  uint32_t rounds = bench_argument(argc, argv, 2, 64);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 4));
  struct matrix a = matrix_make(n, n), b = matrix_make(n, n), turned = matrix_make(n, n), c = matrix_make(n, n);
  double *vector = bench_alloc(n * sizeof *vector);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < n * n; i++) {
    a.at[i] = bench_unit(&random) - 0.5;
    b.at[i] = bench_unit(&random) - 0.5;
  }

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    transpose(&b, &turned);
    multiply(&a, &turned, &c);
    for (uint32_t i = 0; i < n; i++) {
      row(&c, i)[i] += 1.0 + round;
      vector[i] = row(&a, i)[round % n];
    }
    sum = bench_mix_double(sum, solve(&c, vector));
    for (uint32_t i = 0; i < n; i++) row(&a, i)[round % n] = vector[i] * 0.5;
  }
  bench_end();
  for (uint32_t i = 0; i < n * n; i++) sum = bench_mix_double(sum, a.at[i]);
  free(a.at);
  free(b.at);
  free(turned.at);
  free(c.at);
  free(vector);
  return bench_report("matrix", sum);
}
