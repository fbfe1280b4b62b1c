/* bench.h: what every kernel needs.
 *
 * A kernel reads its size and seed from the command line, prepares its input,
 * calls bench_start, works, calls bench_end and prints one checksum. The same
 * source gives the same checksum natively and in Wasm: no libm, no pointer
 * sizes, no `long`, and floating point only as IEEE 754 states it. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The two ends of the timed section; natively in bench_native.c. */
#ifdef __wasm__
__attribute__((import_module("bench"), import_name("start"))) void bench_start(void);
__attribute__((import_module("bench"), import_name("end"))) void bench_end(void);
#else
void bench_start(void);
void bench_end(void);
#endif

/* Argument `index`, or `fallback` where there is none; the optimiser knows neither. */
static inline uint32_t bench_argument(int argc, char **argv, int index, uint32_t fallback) {
  volatile uint32_t hidden = fallback;
  return index < argc ? (uint32_t)strtoul(argv[index], NULL, 10) : hidden;
}

/* Memory that is there, or the program ends. */
static inline void *bench_alloc(size_t size) {
  void *at = malloc(size);
  if (!at) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  return at;
}

/* A stream of numbers: xorshift over 32 bits with a Weyl sequence added. */
struct bench_random {
  uint32_t state;
  uint32_t weyl;
};

static inline struct bench_random bench_seed(uint32_t seed) {
  struct bench_random random = {seed ^ 0x6b43a9b5u, seed * 2u + 1u};
  if (!random.state) random.state = 1;
  return random;
}

static inline uint32_t bench_next(struct bench_random *random) {
  uint32_t x = random->state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  random->state = x;
  random->weyl += 0x9e3779b9u;
  return x + random->weyl;
}

/* A number in [0, 1) with 32 bits. */
static inline double bench_unit(struct bench_random *random) { return bench_next(random) * (1.0 / 4294967296.0); }

/* A checksum that depends on the order of what is mixed in. */
static inline uint64_t bench_mix(uint64_t sum, uint64_t value) {
  sum ^= value;
  sum *= 0x9fb21c651e98df25u;
  return sum ^ (sum >> 29);
}

static inline uint64_t bench_mix_double(uint64_t sum, double value) {
  union {
    double number;
    uint64_t bits;
  } pun = {value};
  return bench_mix(sum, pun.bits);
}

static inline int bench_report(const char *name, uint64_t sum) {
  printf("%s %08x%08x\n", name, (unsigned)(sum >> 32), (unsigned)sum);
  return 0;
}

#endif
