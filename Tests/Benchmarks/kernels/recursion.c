/* Calls: queens on a board, Takeuchi's function, all permutations, and a
 * mutual recursion over numbers. */
#include "bench.h"

static uint32_t queens(uint32_t free_columns, uint32_t left, uint32_t right) {
  uint32_t solutions = 0, open = free_columns & ~(left | right);
  if (!free_columns) return 1;
  while (open) {
    uint32_t place = open & -open;
    open ^= place;
    solutions += queens(free_columns ^ place, (left | place) << 1, (right | place) >> 1);
  }
  return solutions;
}

static int32_t takeuchi(int32_t x, int32_t y, int32_t z, uint32_t *calls) {
  ++*calls;
  if (y >= x) return z;
  return takeuchi(takeuchi(x - 1, y, z, calls), takeuchi(y - 1, z, x, calls), takeuchi(z - 1, x, y, calls), calls);
}

static void permute(uint8_t *items, uint32_t fixed, uint32_t count, uint32_t *sum) {
  if (fixed == count) {
    *sum = *sum * 31 + items[0] * 8u + items[count - 1];
    return;
  }
  for (uint32_t i = fixed; i < count; i++) {
    uint8_t item = items[i];
    items[i] = items[fixed];
    items[fixed] = item;
    permute(items, fixed + 1, count, sum);
    items[fixed] = items[i];
    items[i] = item;
  }
}

static uint32_t male(uint32_t n);

/* Hofstadter's pair of sequences. */
static uint32_t female(uint32_t n) { return n ? n - male(female(n - 1)) : 1; }
static uint32_t male(uint32_t n) { return n ? n - female(male(n - 1)) : 0; }

int main(int argc, char **argv) {
  uint32_t size = bench_argument(argc, argv, 1, 11);
  uint32_t rounds = bench_argument(argc, argv, 2, 2);
  uint32_t seed = bench_argument(argc, argv, 3, 10);
  uint64_t sum = 0;
  uint8_t items[16];
  if (size < 4 || size > 16) return 1;

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    sum = bench_mix(sum, queens((1u << size) - 1, 0, 0));
    uint32_t calls = 0;
    sum = bench_mix(sum, (uint32_t)takeuchi((int32_t)size * 2 - 2, (int32_t)size, (int32_t)(seed - round) - 6, &calls));
    sum = bench_mix(sum, calls);
    uint32_t order = 0;
    for (uint32_t i = 0; i < size; i++) items[i] = (uint8_t)((i * 7 + seed + round) & 63);
    permute(items, 0, size - 1, &order);
    sum = bench_mix(sum, order);
    for (uint32_t n = 0; n < size * 11; n++) sum = bench_mix(sum, female(n) * 4096 + male(n) + round);
  }
  bench_end();
  return bench_report("recursion", sum);
}
