/* A board that is Xtensa's simulator, or QEMU in its place. */
#include "apus_image.h"

enum { SYS_EXIT = 1, SYS_READ = 3, SYS_WRITE = 4, SYS_ARGC = 1000, SYS_ARGV_SIZE = 1001, SYS_ARGV = 1002 };

static intptr_t simcall(intptr_t number, intptr_t first, intptr_t second, intptr_t third) {
  register intptr_t a2 __asm__("a2") = number;
  register intptr_t a3 __asm__("a3") = first;
  register intptr_t a4 __asm__("a4") = second;
  register intptr_t a5 __asm__("a5") = third;
  __asm__ volatile("simcall" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
  return a2;
}

void apus_board_write(int stream, const char *from, size_t size) {
  while (size) {
    intptr_t done = simcall(SYS_WRITE, stream, (intptr_t)from, (intptr_t)size);
    if (done <= 0) return;
    from += done;
    size -= (size_t)done;
  }
}

size_t apus_board_read(char *to, size_t size) {
  intptr_t done = simcall(SYS_READ, 0, (intptr_t)to, (intptr_t)size);
  return done > 0 ? (size_t)done : 0;
}

void apus_board_exit(int status) {
  for (;;) simcall(SYS_EXIT, status, 0, 0);
}

void apus_board_arguments(char *to, size_t size) {
  /* Pointers, and behind them what they point to. */
  static intptr_t given[96];
  *to = 0;
  intptr_t count = simcall(SYS_ARGC, 0, 0, 0);
  if (count <= 0 || (size_t)simcall(SYS_ARGV_SIZE, 0, 0, 0) > sizeof given) return;
  simcall(SYS_ARGV, (intptr_t)given, 0, 0);
  for (intptr_t k = 0; k < count; k++) {
    for (const char *at = (const char *)given[k]; *at && size > 2; size--) *to++ = *at++;
    if (size > 2) *to++ = ' ', size--;
  }
  *to = 0;
}

bool apus_board_now(uint32_t clock, uint64_t *nanoseconds) {
  (void)clock, (void)nanoseconds;
  return false;
}
