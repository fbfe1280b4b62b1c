/* A board around a script's driver: memory, the C library's standard output, and instances that are never freed. */
#include "apus_image.h"

#include <stdio.h>
#include <stdlib.h>

enum { RESERVE = 4096, INSTANCE_BYTES = 1 << 20 };

int script_main(void);

static int put(char byte, FILE *file) {
  (void)file;
  static char line[256];
  static size_t used;
  line[used++] = byte;
  if (byte == '\n' || used == sizeof line) {
    apus_board_write(1, line, used);
    used = 0;
  }
  return (unsigned char)byte;
}

static FILE console = FDEV_SETUP_STREAM(put, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdout = &console;

static _Alignas(16) char room[INSTANCE_BYTES];

void *calloc(size_t count, size_t size) {
  static size_t used;
  size_t bytes = (count * size + 15) & ~(size_t)15;
  if (bytes > sizeof room - used) return NULL;
  used += bytes;
  return &room[used - bytes];
}

void free(void *at) { (void)at; }

_Noreturn void _exit(int status) { apus_board_exit(status); }

int main(void) {
  apus_port_give(apus_image_ram, (size_t)(apus_image_ram_end - apus_image_ram));
  apus_port_stack(apus_image_stack_limit, RESERVE);
  return script_main();
}
