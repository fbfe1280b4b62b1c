// What programs by csmith print their sum with, as -Dprintf=csmith_print. The C library's own function takes ten times as
// much to compile as they do.
#include <stdarg.h>
#include <unistd.h>

// Knows %X, and no flag makes csmith's headers ask for another.
int csmith_print(const char *format, ...) {
  char line[256];
  unsigned used = 0;
  va_list arguments;
  va_start(arguments, format);
  for (const char *at = format; *at; at++) {
    if (*at != '%') {
      line[used++] = *at;
      continue;
    }
    if (*++at != 'X') __builtin_trap();
    unsigned value = va_arg(arguments, unsigned), shift = 28;
    while (shift && !(value >> shift)) shift -= 4;
    for (;; shift -= 4) {
      line[used++] = "0123456789ABCDEF"[value >> shift & 15];
      if (!shift) break;
    }
  }
  va_end(arguments);
  return (int)write(1, line, used);
}
