/* Compression with a sliding window: matches through hash chains, lengths and
 * distances as bytes, and the text restored and compared. */
#include "bench.h"

enum { HASH_BITS = 14, WINDOW = 1 << 15, SHORTEST = 4, LONGEST = 130, CHAIN = 24 };

struct packer {
  int32_t heads[1 << HASH_BITS];
  int32_t previous[WINDOW];
};

static uint32_t hash_at(const uint8_t *at) {
  uint32_t word = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
  return word * 2654435769u >> (32 - HASH_BITS);
}

static uint32_t match_length(const uint8_t *a, const uint8_t *b, uint32_t limit) {
  uint32_t length = 0;
  while (length < limit && a[length] == b[length]) length++;
  return length;
}

/* Output: a byte below 128 says that so many plus one literals follow; from 128
 * on a match of (byte - 128 + SHORTEST), its distance in the next two bytes. */
static uint32_t pack(struct packer *packer, const uint8_t *text, uint32_t size, uint8_t *out) {
  uint32_t written = 0, literal = 0, at = 0;
  for (int i = 0; i < 1 << HASH_BITS; i++) packer->heads[i] = -1;
  while (at <= size) {
    uint32_t best = 0, distance = 0;
    if (at + SHORTEST <= size) {
      uint32_t limit = size - at < LONGEST ? size - at : LONGEST;
      int32_t candidate = packer->heads[hash_at(text + at)];
      for (int tries = 0; tries < CHAIN && candidate >= 0 && at - (uint32_t)candidate < WINDOW; tries++) {
        if (text[(uint32_t)candidate + best] == text[at + best] || best == 0) {
          uint32_t length = match_length(text + candidate, text + at, limit);
          if (length > best) {
            best = length;
            distance = at - (uint32_t)candidate;
            if (best == limit) break;
          }
        }
        candidate = packer->previous[candidate & (WINDOW - 1)];
      }
    }
    if (best < SHORTEST && at < size) best = 1;
    if (best != 1 || at - literal == 127) {
      uint32_t count = at - literal;
      if (count) {
        out[written++] = (uint8_t)(count - 1);
        while (literal < at) out[written++] = text[literal++];
      }
    }
    if (at == size) break;
    if (best >= SHORTEST) {
      out[written++] = (uint8_t)(128 + best - SHORTEST);
      out[written++] = (uint8_t)distance;
      out[written++] = (uint8_t)(distance >> 8);
      literal = at + best;
    }
    for (uint32_t end = at + best; at < end; at++) {
      if (at + SHORTEST > size) continue;
      uint32_t hash = hash_at(text + at);
      packer->previous[at & (WINDOW - 1)] = packer->heads[hash];
      packer->heads[hash] = (int32_t)at;
    }
  }
  return written;
}

static uint32_t unpack(const uint8_t *in, uint32_t size, uint8_t *out) {
  uint32_t written = 0, at = 0;
  while (at < size) {
    uint32_t code = in[at++];
    if (code < 128) {
      for (uint32_t i = 0; i <= code; i++) out[written++] = in[at++];
    } else {
      uint32_t distance = in[at] | (uint32_t)in[at + 1] << 8;
      at += 2;
      for (uint32_t i = 0; i < code - 128 + SHORTEST; i++, written++) out[written] = out[written - distance];
    }
  }
  return written;
}

/* Phrases from a stock that changes slowly, with some noise between. */
static void make_text(struct bench_random *random, uint8_t *text, uint32_t size) {
  uint8_t stock[256][24];
  uint8_t lengths[256];
  for (int i = 0; i < 256; i++) {
    lengths[i] = (uint8_t)(3 + bench_next(random) % 21);
    for (int k = 0; k < 24; k++) stock[i][k] = (uint8_t)('a' + bench_next(random) % 26);
  }
  for (uint32_t at = 0; at < size;) {
    uint32_t choice = bench_next(random), which = (choice >> 8 & 255) * (choice >> 16 & 255) / 255;
    if (choice % 16 == 0) {
      text[at++] = (uint8_t)(choice >> 24);
    } else {
      for (uint32_t i = 0; i < lengths[which] && at < size; i++) text[at++] = stock[which][i];
    }
    if (choice % 64 == 1) stock[which][choice % 3] = (uint8_t)('A' + (choice >> 20) % 26);
  }
}

int main(int argc, char **argv) {
  uint32_t size = bench_argument(argc, argv, 1, 1000000);
  uint32_t rounds = bench_argument(argc, argv, 2, 48);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 15));
  uint8_t *text = bench_alloc(size + LONGEST), *packed = bench_alloc(size + size / 64 + 64), *back = bench_alloc(size);
  struct packer *packer = bench_alloc(sizeof *packer);
  uint64_t sum = 0;
  make_text(&random, text, size);

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    uint32_t length = pack(packer, text, size, packed);
    for (uint32_t i = 0; i < length; i += 57) sum = bench_mix(sum, packed[i]);
    uint32_t restored = unpack(packed, length, back);
    if (restored != size) return 1;
    for (uint32_t i = 0; i < size; i++)
      if (back[i] != text[i]) return 1;
    sum = bench_mix(sum, length);
    for (uint32_t i = round; i < size; i += 211) text[i] ^= 1;
  }
  bench_end();
  free(text);
  free(packed);
  free(back);
  free(packer);
  return bench_report("lz", sum);
}
