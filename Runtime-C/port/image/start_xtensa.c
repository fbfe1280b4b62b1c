/* Starts an Xtensa core whose calls need no windows. */
#include "apus_image.h"

int main(void);

static _Noreturn __attribute__((used)) void start(void) {
  apus_image_fill_ram();
  apus_board_exit(main());
}

static _Noreturn __attribute__((used)) void fault(void) {
  apus_image_print("apus: fault\n");
  apus_board_exit(139);
}

/* A reset goes to the first byte of flash, an exception to its vector behind VECBASE. */
__asm__("  .section .apus_image_start, \"ax\"\n"
        "  .global apus_image_start\n"
        "apus_image_start:\n"
        "  j 1f\n"
        "  .align 4\n"
        "0: .word apus_image_stack\n"
        "2: .word vectors\n"
        "3: .word start\n"
        "1: l32r a1, 0b\n"
        "  l32r a2, 2b\n"
        "  wsr.vecbase a2\n"
        "  rsync\n"
        "  movi a0, 0\n"
        "  l32r a2, 3b\n"
        "  jx a2\n"
        "  .align 4\n"
        "4: .word fault\n"
        "  .macro vector offset\n"
        "  .org vectors - apus_image_start + \\offset\n"
        "  l32r a2, 4b\n"
        "  jx a2\n"
        "  .endm\n"
        "  .align 1024\n"
        "vectors:\n"
        "  vector 0x10\n"
        "  vector 0x20\n"
        "  vector 0x30\n"
        "  vector 0x50\n"
        "  vector 0x70\n"
        "  .text\n");
