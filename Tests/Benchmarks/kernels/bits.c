/* Bit tricks: the game of life 64 cells at a time, reversals, counts, Gray
 * codes, interleaving, and sets walked by their lowest bits. */
#include "bench.h"

/* Each bit of (*twos, *ones) is the sum of the bits of a, b and c. */
static void add_three(uint64_t a, uint64_t b, uint64_t c, uint64_t *ones, uint64_t *twos) {
  uint64_t half = a ^ b;
  *ones = half ^ c;
  *twos = (a & b) | (half & c);
}

static uint64_t rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

/* One generation on a torus of 64 columns. */
static void generation(const uint64_t *now, uint64_t *next, uint32_t rows) {
  for (uint32_t i = 0; i < rows; i++) {
    uint64_t above = now[i ? i - 1 : rows - 1], here = now[i], below = now[i + 1 < rows ? i + 1 : 0];
    uint64_t a1, a2, b1, b2, c1 = rotate(here, 1) ^ rotate(here, 63), c2 = rotate(here, 1) & rotate(here, 63);
    uint64_t ones, carry, twos, fours;
    add_three(rotate(above, 1), above, rotate(above, 63), &a1, &a2);
    add_three(rotate(below, 1), below, rotate(below, 63), &b1, &b2);
    add_three(a1, b1, c1, &ones, &carry);
    add_three(a2, b2, c2, &twos, &fours);
    fours |= twos & carry;
    twos ^= carry;
    next[i] = twos & ~fours & (ones | here);
  }
}

static uint32_t count_bits(uint64_t x) {
  x -= x >> 1 & 0x5555555555555555u;
  x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
  x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return (uint32_t)(x * 0x0101010101010101u >> 56);
}

static uint32_t reverse_bits(uint32_t x) {
  x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
  x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
  x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
  x = (x >> 8 & 0x00ff00ffu) | (x & 0x00ff00ffu) << 8;
  return x >> 16 | x << 16;
}

static uint64_t spread(uint32_t x) {
  uint64_t y = x;
  y = (y | y << 16) & 0x0000ffff0000ffffu;
  y = (y | y << 8) & 0x00ff00ff00ff00ffu;
  y = (y | y << 4) & 0x0f0f0f0f0f0f0f0fu;
  y = (y | y << 2) & 0x3333333333333333u;
  return (y | y << 1) & 0x5555555555555555u;
}

static uint32_t from_gray(uint32_t x) {
  for (int by = 16; by; by >>= 1) x ^= x >> by;
  return x;
}

/* The next larger number with as many bits; x is not 0. */
static uint32_t next_subset(uint32_t x) {
  uint32_t low = x & -x, carried = x + low;
  return carried | ((x ^ carried) >> 2 >> __builtin_ctz(x));
}

static uint64_t walk_set(uint64_t set, const uint32_t *weights) {
  uint64_t total = 0;
  while (set) {
    total = total * 3 + weights[__builtin_ctzll(set)];
    set &= set - 1;
  }
  return total;
}

int main(int argc, char **argv) {
  uint32_t rows = bench_argument(argc, argv, 1, 512);
  uint32_t rounds = bench_argument(argc, argv, 2, 190000);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 17));
  uint64_t *now = bench_alloc(rows * sizeof *now), *next = bench_alloc(rows * sizeof *next);
  uint32_t weights[64];
  uint64_t sum = 0;
  for (uint32_t i = 0; i < rows; i++) now[i] = (uint64_t)bench_next(&random) << 32 | bench_next(&random);
  for (int i = 0; i < 64; i++) weights[i] = bench_next(&random);

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    generation(now, next, rows);
    uint64_t *swap = now;
    now = next;
    next = swap;
    uint32_t alive = 0, subset = 0xffu;
    for (uint32_t i = round % 8; i < rows; i += 8) {
      uint32_t low = (uint32_t)now[i], high = (uint32_t)(now[i] >> 32);
      alive += count_bits(now[i]) * 2 + (uint32_t)__builtin_clzll(now[i] | 1);
      sum += spread(reverse_bits(low)) ^ from_gray(high) ^ walk_set(now[i], weights);
      subset = next_subset(subset);
    }
    sum = bench_mix(sum, alive + ((uint64_t)subset << 32));
    now[round % rows] ^= (uint64_t)alive * 0x9e3779b97f4a7c15u;
  }
  bench_end();
  free(now);
  free(next);
  return bench_report("bits", sum);
}
