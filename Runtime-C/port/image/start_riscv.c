/* Starts a RISC-V core. */
#include "apus_image.h"

int main(void);

static _Noreturn __attribute__((used)) void start(void) {
  apus_image_fill_ram();
  apus_board_exit(main());
}

static _Noreturn __attribute__((used, aligned(4))) void fault(void) {
  apus_image_print("apus: fault\n");
  apus_board_exit(139);
}

__asm__("  .section .apus_image_start, \"ax\"\n"
        "  .option push\n"
        "  .option norelax\n"
        "  .option arch, +zicsr\n"
        "  .global apus_image_start\n"
        "apus_image_start:\n"
        "  la gp, __global_pointer$\n"
        "  la sp, apus_image_stack\n"
        "  la t0, fault\n"
        "  csrw mtvec, t0\n"
        "  j start\n"
        "  .option pop\n"
        "  .text\n");
