/* Dynamic programming: edit distance, the longest common subsequence traced
 * back, a knapsack, and the cheapest order of matrix products. */
#include "bench.h"

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

static uint32_t edit_distance(const uint8_t *a, uint32_t m, const uint8_t *b, uint32_t n, uint32_t *row) {
  for (uint32_t j = 0; j <= n; j++) row[j] = j;
  for (uint32_t i = 1; i <= m; i++) {
    uint32_t diagonal = row[0];
    row[0] = i;
    for (uint32_t j = 1; j <= n; j++) {
      uint32_t above = row[j];
      row[j] = smaller(smaller(above, row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
      diagonal = above;
    }
  }
  return row[n];
}

static uint64_t common_subsequence(const uint8_t *a, uint32_t m, const uint8_t *b, uint32_t n, uint16_t *best) {
  uint32_t width = n + 1;
  for (uint32_t j = 0; j <= n; j++) best[j] = 0;
  for (uint32_t i = 1; i <= m; i++) {
    uint16_t *here = best + (size_t)i * width, *above = here - width;
    here[0] = 0;
    for (uint32_t j = 1; j <= n; j++) {
      if (a[i - 1] == b[j - 1])
        here[j] = (uint16_t)(above[j - 1] + 1);
      else
        here[j] = above[j] > here[j - 1] ? above[j] : here[j - 1];
    }
  }
  uint64_t sum = best[(size_t)m * width + n];
  for (uint32_t i = m, j = n; i && j;) {
    if (a[i - 1] == b[j - 1]) {
      sum = bench_mix(sum, a[i - 1]);
      i--;
      j--;
    } else if (best[(size_t)(i - 1) * width + j] >= best[(size_t)i * width + j - 1]) {
      i--;
    } else {
      j--;
    }
  }
  return sum;
}

static uint32_t knapsack(const uint32_t *weights, const uint32_t *values, uint32_t count, uint32_t room,
                         uint32_t *best) {
  for (uint32_t w = 0; w <= room; w++) best[w] = 0;
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t w = room; w >= weights[i]; w--) {
      uint32_t with = best[w - weights[i]] + values[i];
      if (with > best[w]) best[w] = with;
    }
  }
  return best[room];
}

static uint64_t product_order(const uint32_t *sizes, uint32_t count, uint64_t *costs) {
  for (uint32_t i = 0; i < count; i++) costs[i * count + i] = 0;
  for (uint32_t span = 1; span < count; span++) {
    for (uint32_t i = 0; i + span < count; i++) {
      uint32_t j = i + span;
      uint64_t best = UINT64_MAX;
      for (uint32_t k = i; k < j; k++) {
        uint64_t cost =
            costs[i * count + k] + costs[(k + 1) * count + j] + (uint64_t)sizes[i] * sizes[k + 1] * sizes[j + 1];
        if (cost < best) best = cost;
      }
      costs[i * count + j] = best;
    }
  }
  return costs[count - 1];
}

int main(int argc, char **argv) {
  uint32_t n = bench_argument(argc, argv, 1, 1800);
  uint32_t rounds = bench_argument(argc, argv, 2, 40);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 16));
  uint8_t *a = bench_alloc(n), *b = bench_alloc(n);
  uint32_t *row = bench_alloc((n * 8 + 1) * sizeof *row);
  uint16_t *best = bench_alloc((size_t)(n + 1) * (n + 1) * sizeof *best);
  uint32_t items = n / 12, chain = n / 10;
  uint32_t *weights = bench_alloc(items * sizeof *weights), *values = bench_alloc(items * sizeof *values);
  uint32_t *sizes = bench_alloc((chain + 1) * sizeof *sizes);
  uint64_t *costs = bench_alloc((size_t)chain * chain * sizeof *costs);
  uint64_t sum = 0;

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    for (uint32_t i = 0; i < n; i++) {
      a[i] = (uint8_t)(bench_next(&random) % 4);
      b[i] = bench_next(&random) % 3 ? a[i] : (uint8_t)(bench_next(&random) % 4);
    }
    for (uint32_t i = 0; i < items; i++) {
      weights[i] = 1 + bench_next(&random) % 200;
      values[i] = weights[i] * 10 + bench_next(&random) % 300;
    }
    for (uint32_t i = 0; i <= chain; i++) sizes[i] = 1 + bench_next(&random) % 1000;
    sum = bench_mix(sum, edit_distance(a, n, b, n, row));
    sum = bench_mix(sum, common_subsequence(a, n, b, n, best));
    sum = bench_mix(sum, knapsack(weights, values, items, n * 8, row));
    sum = bench_mix(sum, product_order(sizes, chain, costs));
  }
  bench_end();
  free(a);
  free(b);
  free(row);
  free(best);
  free(weights);
  free(values);
  free(sizes);
  free(costs);
  return bench_report("dynamic", sum);
}
