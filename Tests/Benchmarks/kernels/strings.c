/* Strings that end in a NUL: a text is made of words, split, folded, reversed,
 * compared, searched and replaced in. */
#include "bench.h"

static size_t length(const char *text) {
  const char *at = text;
  while (*at) at++;
  return (size_t)(at - text);
}

static int compare(const char *a, const char *b) {
  while (*a && *a == *b) {
    a++;
    b++;
  }
  return (unsigned char)*a - (unsigned char)*b;
}

static char *append(char *end, const char *text) {
  while ((*end = *text++)) end++;
  return end;
}

static void fold_case(char *text) {
  for (; *text; text++)
    if (*text >= 'A' && *text <= 'Z') *text += 'a' - 'A';
}

static void reverse(char *first, char *end) {
  while (first < --end) {
    char swap = *first;
    *first++ = *end;
    *end = swap;
  }
}

static int is_vowel(char c) {
  switch (c) {
  case 'a':
  case 'e':
  case 'i':
  case 'o':
  case 'u':
    return 1;
  default:
    return 0;
  }
}

static void make_word(struct bench_random *random, char *word) {
  static const char consonants[] = "bcdfghjklmnprstvwz", vowels[] = "aeiou";
  uint32_t syllables = 1 + bench_next(random) % 4;
  int upper = bench_next(random) % 5 == 0;
  char *at = word;
  while (syllables--) {
    *at++ = consonants[bench_next(random) % 18];
    *at++ = vowels[bench_next(random) % 5];
    if (bench_next(random) % 3 == 0) *at++ = consonants[bench_next(random) % 18];
  }
  *at = 0;
  if (upper) *word -= 'a' - 'A';
}

/* Horspool's search: the skip is decided by the last character of the window. */
static uint32_t count_matches(const char *text, size_t size, const char *pattern) {
  size_t width = length(pattern);
  uint8_t skip[256];
  if (!width || width > 255) return 0;
  for (int i = 0; i < 256; i++) skip[i] = (uint8_t)width;
  for (size_t i = 0; i + 1 < width; i++) skip[(unsigned char)pattern[i]] = (uint8_t)(width - 1 - i);
  uint32_t found = 0;
  for (size_t at = 0; at + width <= size;) {
    size_t i = width;
    while (i && text[at + i - 1] == pattern[i - 1]) i--;
    if (!i) found++;
    at += skip[(unsigned char)text[at + width - 1]];
  }
  return found;
}

/* Copies `text`, each `from` become `to`. */
static char *replace(const char *text, const char *from, const char *to, char *out) {
  while (*text) {
    const char *a = text, *b = from;
    while (*b && *a == *b) {
      a++;
      b++;
    }
    if (*b) {
      *out++ = *text++;
    } else {
      out = append(out, to);
      text = a;
    }
  }
  *out = 0;
  return out;
}

int main(int argc, char **argv) {
  uint32_t words = bench_argument(argc, argv, 1, 30000);
  uint32_t rounds = bench_argument(argc, argv, 2, 180);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 9));
  char *text = bench_alloc((size_t)words * 16 + 1), *copy = bench_alloc((size_t)words * 64 + 1);
  const char **starts = bench_alloc(words * sizeof *starts);
  uint64_t sum = 0;

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    char *end = text, word[24];
    for (uint32_t i = 0; i < words; i++) {
      make_word(&random, word);
      end = append(end, word);
      *end++ = i % 13 == 12 ? '\n' : ' ';
    }
    *end = 0;

    make_word(&random, word);
    word[2] = 0;
    fold_case(word);
    sum = bench_mix(sum, count_matches(text, length(text), word));
    end = replace(text, word, "[--]", copy);
    sum = bench_mix(sum, (uint64_t)(end - copy));

    fold_case(copy);
    uint32_t count = 0, vowels = 0, longest = 0;
    for (char *at = copy; *at;) {
      char *first = at;
      while (*at && *at != ' ' && *at != '\n') vowels += (uint32_t)is_vowel(*at++);
      if ((uint32_t)(at - first) > longest) longest = (uint32_t)(at - first);
      if ((at - first) % 3 == 0) reverse(first, at);
      if (*at) *at++ = 0;
      starts[count++] = first;
    }
    sum = bench_mix(sum, vowels * 32 + longest);
    const char *smallest = starts[0];
    uint32_t rises = 0;
    for (uint32_t i = 1; i < count; i++) {
      if (compare(starts[i - 1], starts[i]) < 0) rises++;
      if (compare(starts[i], smallest) < 0) smallest = starts[i];
    }
    sum = bench_mix(sum, rises);
    while (*smallest) sum = bench_mix(sum, (unsigned char)*smallest++);
  }
  bench_end();
  free(text);
  free(copy);
  free(starts);
  return bench_report("strings", sum);
}
