/* Scanning: a JSON text with escapes and UTF-8 is made, checked, parsed into a
 * tree in an arena, and folded. */
#include "bench.h"

/* --- writing ---------------------------------------------------------------- */

struct writer {
  uint8_t *at, *end;
};

static void put(struct writer *w, uint32_t byte) {
  if (w->at < w->end) *w->at++ = (uint8_t)byte;
}

static void put_text(struct writer *w, const char *text) {
  while (*text) put(w, (unsigned char)*text++);
}

static void put_number(struct writer *w, uint32_t n) {
  char digits[12];
  int count = 0;
  do digits[count++] = (char)('0' + n % 10);
  while (n /= 10);
  while (count) put(w, (unsigned char)digits[--count]);
}

static void put_character(struct writer *w, uint32_t c) {
  if (c < 0x80) {
    if (c == '"' || c == '\\') put(w, '\\');
    put(w, c);
  } else if (c < 0x800) {
    put(w, 0xc0 | c >> 6);
    put(w, 0x80 | (c & 63));
  } else if (c < 0x10000) {
    put(w, 0xe0 | c >> 12);
    put(w, 0x80 | (c >> 6 & 63));
    put(w, 0x80 | (c & 63));
  } else {
    put(w, 0xf0 | c >> 18);
    put(w, 0x80 | (c >> 12 & 63));
    put(w, 0x80 | (c >> 6 & 63));
    put(w, 0x80 | (c & 63));
  }
}

static void put_string(struct writer *w, struct bench_random *random) {
  uint32_t count = bench_next(random) % 24;
  put(w, '"');
  while (count--) {
    uint32_t choice = bench_next(random);
    switch (choice % 32) {
    case 0:
      put_text(w, "\\n");
      break;
    case 1:
      put_text(w, "\\u00e9");
      break;
    case 2:
      put_character(w, 0xa0 + (choice >> 8) % 0x500);
      break;
    case 3:
      put_character(w, 0x3040 + (choice >> 8) % 0x5000);
      break;
    case 4:
      put_character(w, 0x1f300 + (choice >> 8) % 0x300);
      break;
    default:
      put_character(w, 32 + (choice >> 8) % 95);
    }
  }
  put(w, '"');
}

static void put_value(struct writer *w, struct bench_random *random, uint32_t depth) {
  uint32_t choice = bench_next(random), count = 2 + (choice >> 8) % 5;
  if (!depth) choice = choice % 4 + 2;
  switch (choice % 6) {
  case 0:
    put(w, '[');
    while (count--) {
      put_value(w, random, depth - 1);
      if (count) put_text(w, ", ");
    }
    put(w, ']');
    break;
  case 1:
    put(w, '{');
    while (count--) {
      put_string(w, random);
      put_text(w, ": ");
      put_value(w, random, depth - 1);
      if (count) put_text(w, ",\n  ");
    }
    put(w, '}');
    break;
  case 2:
    put_text(w, choice & 64 ? "true" : choice & 128 ? "false" : "null");
    break;
  case 3:
    put_string(w, random);
    break;
  default:
    if (choice & 64) put(w, '-');
    put_number(w, bench_next(random) >> (choice >> 12 & 15));
    if (choice & 128) {
      put(w, '.');
      put_number(w, bench_next(random) % 10000);
    }
    if (choice & 256) {
      put_text(w, "e-");
      put_number(w, (choice >> 16) % 20);
    }
  }
}

/* --- reading ---------------------------------------------------------------- */

enum kind { NOTHING, TRUTH, NUMBER, STRING, ARRAY, OBJECT };

struct value {
  enum kind kind;
  uint32_t count; /* of bytes or of members */
  double number;
  const uint8_t *bytes;
  struct value *first, *next; /* in an object: key, value, key, value */
};

struct reader {
  const uint8_t *at, *end;
  uint8_t *text; /* where decoded strings go */
  struct value *values;
  uint32_t used, limit;
};

static int is_utf8(const uint8_t *at, const uint8_t *end) {
  while (at < end) {
    uint32_t byte = *at++;
    if (byte < 0x80) continue;
    uint32_t more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1, lowest = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80;
    if (byte < 0xc2 || byte > 0xf4 || (uint32_t)(end - at) < more) return 0;
    uint32_t c = byte & (0x3fu >> more);
    for (; more; more--) {
      if ((*at & 0xc0) != 0x80) return 0;
      c = c << 6 | (*at++ & 63u);
    }
    if (c < lowest || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
  }
  return 1;
}

static void skip_space(struct reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r')) r->at++;
}

static int read_word(struct reader *r, const char *word) {
  for (; *word; word++)
    if (r->at >= r->end || *r->at++ != (unsigned char)*word) return 0;
  return 1;
}

static int hex_digit(uint32_t c) {
  if (c >= '0' && c <= '9') return (int)(c - '0');
  c |= 32;
  return c >= 'a' && c <= 'f' ? (int)(c - 'a' + 10) : -1;
}

static int read_string(struct reader *r, struct value *value) {
  value->kind = STRING;
  value->bytes = r->text;
  for (r->at++; r->at < r->end; r->at++) {
    uint32_t c = *r->at;
    if (c == '"') {
      r->at++;
      value->count = (uint32_t)(r->text - value->bytes);
      return 1;
    }
    if (c < 32) return 0;
    if (c == '\\') {
      if (++r->at >= r->end) return 0;
      switch (*r->at) {
      case 'n':
        c = '\n';
        break;
      case 't':
        c = '\t';
        break;
      case '"':
      case '\\':
      case '/':
        c = *r->at;
        break;
      case 'u':
        if (r->end - r->at < 5) return 0;
        c = 0;
        for (int i = 0; i < 4; i++) {
          int digit = hex_digit(*++r->at);
          if (digit < 0) return 0;
          c = c << 4 | (uint32_t)digit;
        }
        if (c >= 0x80) *r->text++ = (uint8_t)(0xc0 | c >> 6);
        if (c >= 0x80) c = 0x80 | (c & 63);
        break;
      default:
        return 0;
      }
    }
    *r->text++ = (uint8_t)c;
  }
  return 0;
}

static int is_digit(const struct reader *r) { return r->at < r->end && *r->at >= '0' && *r->at <= '9'; }

static int read_number(struct reader *r, struct value *value) {
  static const double powers[] = {1e1, 1e2, 1e4, 1e8, 1e16};
  double number = 0.0;
  int negative = *r->at == '-', scale = 0, exponent = 0, minus = 0;
  r->at += negative;
  if (!is_digit(r)) return 0;
  while (is_digit(r)) number = number * 10.0 + (*r->at++ - '0');
  if (r->at < r->end && *r->at == '.') {
    r->at++;
    if (!is_digit(r)) return 0;
    for (; is_digit(r); scale--) number = number * 10.0 + (*r->at++ - '0');
  }
  if (r->at < r->end && (*r->at | 32) == 'e') {
    r->at++;
    if (r->at < r->end && (*r->at == '-' || *r->at == '+')) minus = *r->at++ == '-';
    if (!is_digit(r)) return 0;
    while (is_digit(r)) exponent = exponent * 10 + (*r->at++ - '0');
    scale += minus ? -exponent : exponent;
  }
  uint32_t distance = scale < 0 ? (uint32_t)-scale : (uint32_t)scale;
  for (int i = 0; i < 5; i++)
    if (distance >> i & 1) number = scale < 0 ? number / powers[i] : number * powers[i];
  value->kind = NUMBER;
  value->number = negative ? -number : number;
  return 1;
}

static struct value *read_value(struct reader *r);

static int read_members(struct reader *r, struct value *value, enum kind kind) {
  uint8_t close = kind == ARRAY ? ']' : '}';
  struct value **link = &value->first;
  value->kind = kind;
  value->count = 0;
  r->at++;
  skip_space(r);
  if (r->at < r->end && *r->at == close) return r->at++, 1;
  for (;;) {
    if (kind == OBJECT) {
      struct value *key = read_value(r);
      if (!key || key->kind != STRING) return 0;
      *link = key;
      link = &key->next;
      skip_space(r);
      if (r->at >= r->end || *r->at++ != ':') return 0;
    }
    struct value *member = read_value(r);
    if (!member) return 0;
    *link = member;
    link = &member->next;
    value->count++;
    skip_space(r);
    if (r->at >= r->end) return 0;
    if (*r->at == close) return r->at++, 1;
    if (*r->at++ != ',') return 0;
  }
}

static struct value *read_value(struct reader *r) {
  skip_space(r);
  if (r->at >= r->end || r->used >= r->limit) return NULL;
  struct value *value = &r->values[r->used++];
  int good;
  value->kind = NOTHING;
  value->count = 0;
  value->number = 0.0;
  value->bytes = NULL;
  value->first = value->next = NULL;
  switch (*r->at) {
  case '[':
    good = read_members(r, value, ARRAY);
    break;
  case '{':
    good = read_members(r, value, OBJECT);
    break;
  case '"':
    good = read_string(r, value);
    break;
  case 'n':
    good = read_word(r, "null");
    break;
  case 't':
    good = read_word(r, "true");
    value->kind = TRUTH;
    value->count = 1;
    break;
  case 'f':
    good = read_word(r, "false");
    value->kind = TRUTH;
    break;
  default:
    good = read_number(r, value);
  }
  return good ? value : NULL;
}

static uint64_t fold(const struct value *value, uint64_t sum) {
  sum = bench_mix(sum, value->kind * 1000003u + value->count);
  if (value->kind == NUMBER) sum = bench_mix_double(sum, value->number);
  if (value->kind == STRING) {
    uint32_t hash = 0;
    for (uint32_t i = 0; i < value->count; i++) hash = hash * 31 + value->bytes[i];
    sum = bench_mix(sum, hash);
  }
  for (const struct value *member = value->first; member; member = member->next) sum = fold(member, sum);
  return sum;
}

int main(int argc, char **argv) {
  uint32_t size = bench_argument(argc, argv, 1, 1500000);
  uint32_t rounds = bench_argument(argc, argv, 2, 48);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 18));
  uint8_t *text = bench_alloc(size + 65536), *decoded = bench_alloc(size + 65536);
  uint32_t limit = size / 4;
  struct value *values = bench_alloc(limit * sizeof *values);
  struct writer writer = {text, text + size + 65536};
  uint64_t sum = 0;
  put(&writer, '[');
  while (writer.at < text + size) {
    put_value(&writer, &random, 5);
    put(&writer, ',');
  }
  writer.at[-1] = ']';

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    struct reader reader = {text, writer.at, decoded, values, 0, limit};
    if (!is_utf8(text, writer.at)) return 1;
    const struct value *root = read_value(&reader);
    if (!root || reader.at != reader.end) return 1;
    sum = fold(root, bench_mix(sum, reader.used));
    for (uint32_t i = 1; i + 1 < size; i++) {
      if (text[i] >= '0' && text[i] < '9' && text[i - 1] == ' ' && text[i + 1] >= '0' && text[i + 1] <= '9') text[i]++;
    }
  }
  bench_end();
  free(text);
  free(decoded);
  free(values);
  return bench_report("json", sum);
}
