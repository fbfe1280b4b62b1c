/* Starts a Cortex-M. */
#include "apus_image.h"

int main(void);

static _Noreturn __attribute__((used)) void start(void) {
#ifdef __ARM_FP
  /* CPACR: the floating-point unit may be used. */
  *(volatile uint32_t *)0xe000ed88 |= 0xfu << 20;
  __asm__ volatile("dsb\n\tisb");
#endif
  apus_image_fill_ram();
  apus_board_exit(main());
}

static _Noreturn void fault(void) {
  apus_image_print("apus: fault\n");
  apus_board_exit(139);
}

/* The initial stack, reset, and what else an image without interrupts can meet. */
__attribute__((section(".apus_image_start"), used)) static void *const vectors[16] = {
    apus_image_stack, (void *)start, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
};
