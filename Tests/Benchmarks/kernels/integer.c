/* Integer arithmetic: probable primes by modular powers, greatest common
 * divisors, and the steps of the 3n+1 problem. */
#include "bench.h"

static uint32_t power_modulo(uint32_t base, uint32_t exponent, uint32_t modulus) {
  uint64_t result = 1, square = base % modulus;
  while (exponent) {
    if (exponent & 1) result = result * square % modulus;
    square = square * square % modulus;
    exponent >>= 1;
  }
  return (uint32_t)result;
}

static int is_witness(uint32_t base, uint32_t n) {
  uint32_t odd = n - 1;
  int twos = 0;
  while (!(odd & 1)) {
    odd >>= 1;
    twos++;
  }
  uint64_t x = power_modulo(base, odd, n);
  if (x == 1 || x == n - 1) return 0;
  while (--twos > 0) {
    x = x * x % n;
    if (x == n - 1) return 0;
  }
  return 1;
}

/* Bases 2, 7 and 61 decide every 32-bit number. */
static int is_prime(uint32_t n) {
  static const uint32_t bases[] = {2, 7, 61};
  if (n < 2) return 0;
  for (int i = 0; i < 3; i++) {
    if (n == bases[i]) return 1;
    if (n % bases[i] == 0 || is_witness(bases[i], n)) return 0;
  }
  return 1;
}

static uint32_t common_divisor(uint32_t a, uint32_t b) {
  while (b) {
    uint32_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static uint32_t collatz_steps(uint64_t n) {
  uint32_t steps = 0;
  while (n != 1) {
    n = n & 1 ? 3 * n + 1 : n >> 1;
    steps++;
  }
  return steps;
}

int main(int argc, char **argv) {
  uint32_t count = bench_argument(argc, argv, 1, 900000);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 2, 1));
  uint64_t sum = 0;
  uint32_t primes = 0;

  bench_start();
  for (uint32_t i = 0; i < count; i++) {
    uint32_t a = bench_next(&random) | 1, b = bench_next(&random) | 1;
    if (is_prime(a)) {
      primes++;
      sum = bench_mix(sum, a);
    }
    sum += common_divisor(a, b);
    sum = bench_mix(sum, collatz_steps(b));
  }
  bench_end();
  return bench_report("integer", bench_mix(sum, primes));
}
