/* apus_invoke.h: the arguments and results of an export that a program calls for its command
 * line, as `apus build --invoke` makes one. Included by that program alone. */
#ifndef APUS_INVOKE_H
#define APUS_INVOKE_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The element of a vector that byte k is. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define APUS_INVOKE_BYTE(k) (15 - (k))
#else
#define APUS_INVOKE_BYTE(k) (k)
#endif

/* Ends the program for a command line that is wrong. */
static inline _Noreturn void apus_invoke_refuse(const char *text) {
  fprintf(stderr, "apus: '%s' is not a value of the parameter's type\n", text);
  exit(122);
}

/* `takes`: how many, as in "1 argument". */
static inline void apus_invoke_expect(int argc, int count, const char *export_name, const char *takes) {
  if (argc == count + 1) return;
  fprintf(stderr, "apus: %s takes %s, not %d\n", export_name, takes, argc - 1);
  exit(122);
}

/* Decimal or 0x…, signed or not, of so many bits. */
static inline uint64_t apus_invoke_integer(const char *text, int bits) {
  char *end;
  errno = 0;
  uint64_t value;
  const char *digits = text + (*text == '-' || *text == '+');
  int base = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') ? 16 : 10;
  if (*text == '-') {
    long long number = strtoll(text, &end, base);
    if (bits == 32 && number < INT32_MIN) apus_invoke_refuse(text);
    value = (uint64_t)number;
  } else {
    value = strtoull(text, &end, base);
    if (bits == 32 && value > UINT32_MAX) apus_invoke_refuse(text);
  }
  if (errno || end == text || *end) apus_invoke_refuse(text);
  return value;
}

/* 0x and up to 32 digits, as one number: the last digits are lane 0. */
static inline apus_v128 apus_invoke_v128(const char *text) {
  const char *digits = text + 2, *end = digits;
  apus_v128 value = {0};
  while ((*end >= '0' && *end <= '9') || (*end >= 'a' && *end <= 'f') || (*end >= 'A' && *end <= 'F')) end++;
  if (text[0] != '0' || text[1] != 'x' || *end || end == digits || end - digits > 32) apus_invoke_refuse(text);
  for (int k = 0; end > digits; k++) {
    int digit = *--end <= '9' ? *end - '0' : (*end | 32) - 'a' + 10;
    value[APUS_INVOKE_BYTE(k / 2)] |= (uint8_t)(digit << k % 2 * 4);
  }
  return value;
}

static inline void apus_invoke_print_v128(apus_v128 value) {
  printf("0x");
  for (int k = 16; k-- > 0;) printf("%02x", (unsigned)value[APUS_INVOKE_BYTE(k)]);
  printf("\n");
}

/* As strtof reads it, or strtod. */
static inline double apus_invoke_float(const char *text, bool is_single) {
  char *end;
  double value = is_single ? (double)strtof(text, &end) : strtod(text, &end);
  if (end == text || *end) apus_invoke_refuse(text);
  return value;
}

static inline void apus_invoke_print_i32(uint32_t value) { printf("%d\n", (int)(int32_t)value); }

static inline void apus_invoke_print_i64(uint64_t value) { printf("%lld\n", (long long)(int64_t)value); }

/* As few digits as read back to the same value. */
static inline void apus_invoke_print_float(double value, bool is_single) {
  char text[40];
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    double back = is_single ? (double)strtof(text, NULL) : strtod(text, NULL);
    if (back == value) break;
  }
  puts(text);
}

#endif
