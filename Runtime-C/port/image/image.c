/* What every image does around its module. */
#include "apus_image.h"

enum { ARGUMENT_BYTES = 256, ARGUMENT_COUNT = 16 };

static char argument_text[ARGUMENT_BYTES];
static const char *argument_list[ARGUMENT_COUNT];

void apus_image_fill_ram(void) {
  extern char apus_image_data[], apus_image_data_end[], apus_image_data_source[], apus_image_zeros[],
      apus_image_zeros_end[];
  __builtin_memcpy(apus_image_data, apus_image_data_source, (size_t)(apus_image_data_end - apus_image_data));
  __builtin_memset(apus_image_zeros, 0, (size_t)(apus_image_zeros_end - apus_image_zeros));
}

void apus_image_print(const char *text) { apus_board_write(1, text, __builtin_strlen(text)); }

/* Divides by at most 16, a quarter of the number at a time: dividing 64 bits at once would take the compiler's library,
 * which is larger than the rest of this file. */
static uint32_t take_digit(uint64_t *value, uint32_t base) {
  uint64_t quotient = 0;
  uint32_t rest = 0;
  for (int shift = 48; shift >= 0; shift -= 16) {
    uint32_t part = rest << 16 | (uint16_t)(*value >> shift);
    quotient = quotient << 16 | part / base;
    rest = part % base;
  }
  *value = quotient;
  return rest;
}

/* So many digits at least. */
static void print_number(uint64_t value, uint32_t base, uint32_t digits, bool is_negative) {
  char text[24], *at = text + sizeof text;
  for (; value || digits; digits -= digits > 0) *--at = "0123456789abcdef"[take_digit(&value, base)];
  if (is_negative) *--at = '-';
  apus_board_write(1, at, (size_t)(text + sizeof text - at));
}

void apus_image_print_signed(int64_t value) {
  print_number(value < 0 ? -(uint64_t)value : (uint64_t)value, 10, 1, value < 0);
}

void apus_image_print_hexadecimal(uint64_t value, uint32_t digits) { print_number(value, 16, digits, false); }

uint32_t apus_image_arguments(const char *const **arguments) {
  *arguments = argument_list + 1;
  uint32_t count = 0;
  apus_board_arguments(argument_text, sizeof argument_text);
  for (char *at = argument_text; count < ARGUMENT_COUNT;) {
    while (*at == ' ') *at++ = 0;
    if (!*at) break;
    argument_list[count++] = at;
    while (*at && *at != ' ') at++;
  }
  return count ? count - 1 : 0;
}

static void print_trap(enum apus_trap trap, uint32_t offset) {
  apus_image_print("apus: trap: ");
  apus_image_print(apus_trap_message(trap));
  if (offset) {
    apus_image_print(" at offset 0x");
    apus_image_print_hexadecimal(offset, 1);
  }
  apus_image_print("\n");
}

/* A trap outside of what is caught: of a host function. */
void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  print_trap(trap, offset);
  apus_board_exit(134);
}

int apus_image_main(const struct apus_image *image) {
  if (image->give) image->give(apus_image_ram, (size_t)(apus_image_ram_end - apus_image_ram));
  apus_port_stack(apus_image_stack_limit, image->reserve);
  struct apus_outcome outcome = {0};
  bool has_wasi = !image->open_wasi || image->open_wasi(image, image->host());
  if (has_wasi) outcome = image->instantiate();
  if (has_wasi && !outcome.trap) outcome = apus_catch(image->start, NULL);
  image->destroy();
  if (image->close_wasi) image->close_wasi();
  if (outcome.trap == APUS_TRAP_EXIT) return (int)outcome.exit_status;
  if (!has_wasi) outcome.trap = APUS_TRAP_OUT_OF_MEMORY;
  if (outcome.trap) print_trap(outcome.trap, outcome.offset);
  return outcome.trap ? 134 : 0;
}
