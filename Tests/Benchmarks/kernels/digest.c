/* SHA-256 as FIPS 180-4 states it, over a long text and over many short ones
 * in a chain. The constants are computed, not listed. */
#include "bench.h"

static uint32_t round_constants[64];
static uint32_t first_state[8];

/* The first 32 bits of the fraction of n's root: floor(root(n) * 2^32) mod 2^32. */
static uint32_t root_fraction(uint32_t n, int cube) {
  uint64_t low = 0, high = (uint64_t)20 << 32;
  while (high - low > 1) {
    uint64_t middle = low + (high - low) / 2;
    /* middle^2 or middle^3 against n, scaled: by 128-bit steps of 32 bits */
    uint64_t parts[6] = {(uint32_t)middle, middle >> 32, 0, 0, 0, 0};
    for (int power = 1; power < (cube ? 3 : 2); power++) {
      uint64_t product[6] = {0};
      for (int i = 0; i < 4; i++) {
        product[i] += parts[i] * (uint32_t)middle;
        uint64_t high_part = parts[i] * (middle >> 32);
        product[i + 1] += high_part + (product[i] >> 32);
        product[i] = (uint32_t)product[i];
      }
      for (int i = 0; i < 5; i++) {
        product[i + 1] += product[i] >> 32;
        product[i] = (uint32_t)product[i];
      }
      for (int i = 0; i < 6; i++) parts[i] = product[i];
    }
    if (parts[cube ? 3 : 2] + (parts[cube ? 4 : 3] << 32) < n)
      low = middle;
    else
      high = middle;
  }
  return (uint32_t)low;
}

static void fill_constants(void) {
  int count = 0;
  for (uint32_t n = 2; count < 64; n++) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= n; d++)
      if (n % d == 0) prime = 0;
    if (!prime) continue;
    if (count < 8) first_state[count] = root_fraction(n, 0);
    round_constants[count++] = root_fraction(n, 1);
  }
}

static uint32_t rotate(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void absorb(uint32_t *state, const uint8_t *block) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++, block += 4)
    w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
  for (int i = 16; i < 64; i++) {
    uint32_t small = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t large = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + small + w[i - 7] + large;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    uint32_t choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
    uint32_t t = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + round_constants[i] + w[i];
    uint32_t u = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = d + t;
    d = c;
    c = b;
    b = a;
    a = t + u;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

static void digest(const uint8_t *text, uint32_t size, uint8_t *out) {
  uint32_t state[8];
  uint8_t tail[128] = {0};
  uint32_t whole = size / 64 * 64, rest = size - whole, blocks = rest < 56 ? 1 : 2;
  for (int i = 0; i < 8; i++) state[i] = first_state[i];
  for (uint32_t at = 0; at < whole; at += 64) absorb(state, text + at);
  for (uint32_t i = 0; i < rest; i++) tail[i] = text[whole + i];
  tail[rest] = 0x80;
  for (uint32_t i = 0; i < 8; i++) tail[blocks * 64 - 1 - i] = (uint8_t)((uint64_t)size * 8 >> (8 * i));
  for (uint32_t i = 0; i < blocks; i++) absorb(state, tail + i * 64);
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(state[i / 4] >> (24 - i % 4 * 8));
}

int main(int argc, char **argv) {
  uint32_t size = bench_argument(argc, argv, 1, 4000000);
  uint32_t rounds = bench_argument(argc, argv, 2, 30);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 14));
  uint8_t *text = bench_alloc(size), out[32];
  uint64_t sum = 0;
  for (uint32_t i = 0; i < size; i++) text[i] = (uint8_t)bench_next(&random);
  fill_constants();
  digest((const uint8_t *)"abc", 3, out);
  if (out[0] != 0xba || out[1] != 0x78 || out[31] != 0xad) return 1;

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    digest(text + round, size - round, out);
    for (int i = 0; i < 10000; i++) digest(out, 32, out);
    for (int i = 0; i < 32; i++) sum = bench_mix(sum, out[i]);
  }
  bench_end();
  free(text);
  return bench_report("digest", sum);
}
