/* Lines, words and letters in a text: bytes compared, counted in lanes, summed before they overflow. */
#include "vectors.h"

static uint64_t total(u8x16 counts) {
  uint64_t sum = 0;
  for (int k = 0; k < 16; k++) sum += counts[k];
  return sum;
}

int main(int argc, char **argv) {
  uint32_t count = bench_argument(argc, argv, 1, 1 << 20) / 16 * 16;
  uint32_t rounds = bench_argument(argc, argv, 2, 700);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 4));
  uint8_t *text = bench_alloc(count);
  for (uint32_t k = 0; k < count; k++) text[k] = " \netaoinshrdlucmf"[bench_next(&random) >> 28];
  uint64_t sum = 0;

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    uint64_t lines = 0, spaces = 0, letters = 0;
    for (uint32_t start = 0; start < count; start += 16 * 128) {
      u8x16 line = {0}, space = {0}, letter = {0};
      uint32_t end = start + 16 * 128 < count ? start + 16 * 128 : count;
      for (uint32_t k = start; k < end; k += 16) {
        u8x16 x = *(const u8x16_at *)(text + k);
        line -= (u8x16)(x == '\n');
        space -= (u8x16)(x == ' ');
        letter -= (u8x16)((u8x16)(x | 0x20) - 'a' < 26);
      }
      lines += total(line), spaces += total(space), letters += total(letter);
    }
    sum = bench_mix(bench_mix(bench_mix(sum, lines), spaces), letters);
    text[round % count] = '\n';
  }
  bench_end();
  free(text);
  return bench_report("count", sum);
}
