/* A board that is watched by a debugger, or is QEMU: semihosting of ARM, and of RISC-V, which has the same calls. */
#include "apus_image.h"

enum {
  SYS_OPEN = 0x01,
  SYS_WRITE = 0x05,
  SYS_CLOCK = 0x10,
  SYS_TIME = 0x11,
  SYS_GET_CMDLINE = 0x15,
  SYS_EXIT_EXTENDED = 0x20,
};
enum { APPLICATION_EXIT = 0x20026 };

static intptr_t semihost(uint32_t operation, const void *argument) {
#if defined(__riscv)
  register uintptr_t a0 __asm__("a0") = operation;
  register const void *a1 __asm__("a1") = argument;
  /* The three instructions may not be compressed, nor lie in two pages. */
  __asm__ volatile(".option push\n\t.option norvc\n\t.balign 16\n\t"
                   "slli zero, zero, 0x1f\n\tebreak\n\tsrai zero, zero, 7\n\t.option pop"
                   : "+r"(a0)
                   : "r"(a1)
                   : "memory");
  return (intptr_t)a0;
#else
  register uintptr_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return (intptr_t)r0;
#endif
}

void apus_board_write(int stream, const char *from, size_t size) {
  static intptr_t handles[2];
  intptr_t *handle = &handles[stream == 2];
  if (!*handle) {
    /* To write, and to append, which means the error stream. */
    const uintptr_t open[] = {(uintptr_t) ":tt", stream == 2 ? 8 : 4, 3};
    *handle = semihost(SYS_OPEN, open);
  }
  const uintptr_t write[] = {(uintptr_t)*handle, (uintptr_t)from, size};
  semihost(SYS_WRITE, write);
}

void apus_board_exit(int status) {
  const uintptr_t end[] = {APPLICATION_EXIT, (uintptr_t)status};
  for (;;) semihost(SYS_EXIT_EXTENDED, end);
}

void apus_board_arguments(char *to, size_t size) {
  uintptr_t block[] = {(uintptr_t)to, size};
  if (semihost(SYS_GET_CMDLINE, block)) *to = 0;
}

bool apus_board_now(uint32_t clock, uint64_t *nanoseconds) {
  intptr_t value = semihost(clock ? SYS_CLOCK : SYS_TIME, NULL);
  *nanoseconds = (uint64_t)(uintptr_t)value * (clock ? 10000000u : 1000000000u);
  return value != -1;
}
