/* QEMU, or a debugger, stands in for a serial port: semihosting of Arm. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

static inline uint32_t semihost(uint32_t operation, const void *argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

static inline void put(char c) { semihost(3, &c); }

static inline void put_text(const char *text) { semihost(4, text); }

static inline void put_number(uint32_t number) {
  if (number > 9) put_number(number / 10);
  put((char)('0' + number % 10));
}

/* Stops with a failure; a real board would restart. */
static inline _Noreturn void stop(void) {
  for (;;) semihost(0x18, (void *)0x20023);
}

#endif
