/* apus_image_invoke.h: the arguments and results of an export that an image calls. Included by the image's main alone.
 */
#ifndef APUS_IMAGE_INVOKE_H
#define APUS_IMAGE_INVOKE_H

#include "apus_image.h"

static _Noreturn void apus_image_refuse(const char *what, const char *text) {
  apus_image_print("apus: ");
  apus_image_print(text);
  apus_image_print(what);
  apus_board_exit(122);
}

/* `takes`: ` takes 1 argument`. */
static const char *const *apus_image_expect(uint32_t count, const char *export_name, const char *takes) {
  const char *const *arguments;
  if (apus_image_arguments(&arguments) != count) apus_image_refuse(takes, export_name);
  return arguments;
}

/* Decimal or 0x…, signed or not, of so many bits. */
static inline uint64_t apus_image_integer(const char *text, int bits) {
  const char *at = text;
  bool is_negative = *at == '-';
  at += is_negative || *at == '+';
  uint32_t base = at[0] == '0' && (at[1] | 32) == 'x' ? 16 : 10;
  if (base == 16) at += 2;
  const uint64_t most = is_negative ? 1ull << (bits - 1) : bits == 64 ? UINT64_MAX : UINT32_MAX;
  uint64_t value = 0;
  bool is_number = *at;
  for (; *at; at++) {
    uint32_t digit = *at <= '9' ? (uint32_t)(*at - '0') : (uint32_t)((*at | 32) - 'a' + 10);
    is_number &=
        digit < base && (*at <= '9' || (*at | 32) >= 'a') && value <= (base == 16 ? UINT64_MAX / 16 : UINT64_MAX / 10);
    value = value * base + digit;
    is_number &= value >= digit && value <= most;
  }
  if (!is_number) apus_image_refuse(" is not a value of the parameter's type\n", text);
  return is_negative ? -value : value;
}

static inline void apus_image_print_i32(uint32_t value) {
  apus_image_print_signed((int32_t)value);
  apus_image_print("\n");
}

static inline void apus_image_print_i64(uint64_t value) {
  apus_image_print_signed((int64_t)value);
  apus_image_print("\n");
}

/* A float's bits: there is no printf here. */
static inline void apus_image_print_bits(uint64_t bits, uint32_t digits) {
  apus_image_print("0x");
  apus_image_print_hexadecimal(bits, digits);
  apus_image_print("\n");
}

static inline void apus_image_print_f32(float value) {
  union {
    float value;
    uint32_t bits;
  } of = {value};
  apus_image_print_bits(of.bits, 8);
}

static inline void apus_image_print_f64(double value) {
  union {
    double value;
    uint64_t bits;
  } of = {value};
  apus_image_print_bits(of.bits, 16);
}

#endif
