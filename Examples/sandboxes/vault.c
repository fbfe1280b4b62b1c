/* A module that keeps a key, and signs with it what another module gives word by word. */
__attribute__((import_module("message"), import_name("word"))) unsigned word(unsigned index);

static volatile unsigned key = 0x5eed1e55;

__attribute__((export_name("sign"))) unsigned sign(unsigned words) {
  unsigned sum = key;
  for (unsigned k = 0; k < words; k++) sum = (sum << 5 | sum >> 27) * 31 ^ word(k);
  return sum;
}
