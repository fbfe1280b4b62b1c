/* A module that nobody trusts: it has messages signed, and may have been taken over. */
__attribute__((import_module("vault"), import_name("sign"))) unsigned sign(unsigned words);

enum { GOOD, WILD, ENDLESS };
static unsigned conduct;
static const char text[] = "open the door at nine";

/* Called by the vault. */
__attribute__((export_name("word"))) unsigned word(unsigned index) {
  if (conduct == WILD) return *(volatile unsigned *)0x20000000;
  if (conduct == ENDLESS) return sign(index + 1);
  unsigned word = 0;
  for (unsigned k = 0; k < 4; k++) word = word << 8 | (unsigned char)text[index * 4 + k];
  return word;
}

__attribute__((export_name("send"))) unsigned send(unsigned how) {
  conduct = how;
  return sign(sizeof text / 4);
}

__attribute__((export_name("peek"))) unsigned peek(unsigned address) { return *(volatile unsigned *)address; }
