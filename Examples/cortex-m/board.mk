# How an image for a Cortex-M board is built and run in QEMU, for makefiles to
# include. Debian's gcc-arm-none-eabi, picolibc-arm-none-eabi and qemu-system-arm.
ARM = arm-none-eabi-
BOARD_LIBC = /usr/lib/picolibc/arm-none-eabi
BOARD_CORE ?= cortex-m4
BOARD_STACK ?= 0x4000
BOARD_CRT ?= semihost
BOARD_FLASH_SIZE ?= 0x400000
BOARD_RAM_SIZE ?= 0x400000

# picolibc's start-up code clears and copies the data and calls main; what main
# returns is QEMU's exit status. BOARD_CRT = semihost prints the registers after a fault,
# for which it takes some KB; BOARD_CRT = hosted hangs.
BOARD_CC = $(ARM)gcc -mcpu=$(BOARD_CORE) -mthumb --specs=picolibc.specs -ffunction-sections -fdata-sections
BOARD_LINK = --oslib=semihost --crt0=$(BOARD_CRT) -T picolibc.ld -Wl,--gc-sections,--defsym=__stack_size=$(BOARD_STACK) \
  -Wl,--defsym=__flash=0,--defsym=__flash_size=$(BOARD_FLASH_SIZE),--defsym=__ram=0x20000000,--defsym=__ram_size=$(BOARD_RAM_SIZE)

# Followed by the image. Its output is QEMU's. The machine runs M0 code, too.
BOARD_RUN = timeout 120 qemu-system-arm -M mps2-an386 -display none -monitor none -serial none \
  -chardev stdio,id=console -semihosting-config enable=on,target=native,chardev=console -kernel

# $(call BOARD_SIZE,FILES) prints the sizes of files, and compares them with those in sizes.txt, if they are of
# the same compiler. `make size UPDATE=1` writes them down.
BOARD_COMPILER = $(notdir $(ARM))gcc $(shell $(ARM)gcc -dumpversion)
BOARD_SIZE = sizes() { echo '$(BOARD_COMPILER)'; $(ARM)size $(1); }; \
  sizes $(if $(UPDATE),| tee sizes.txt); \
  if [ "$$(head -1 sizes.txt)" = '$(BOARD_COMPILER)' ]; then sizes | diff sizes.txt -; \
  else echo "sizes skipped: sizes.txt is of $$(head -1 sizes.txt)"; fi

# Builds small modules from C, with Zig's C compiler: followed by the source, -o and the module.
ZIG ?= python3 -m ziglang
BOARD_WASM = $(ZIG) cc -target wasm32-freestanding -Os -fno-sanitize=undefined -nostdlib -Wl,--no-entry -Wl,--strip-all \
  -Wl,-z,stack-size=1024 -Wl,--initial-memory=65536 -Wl,--max-memory=65536

# What is missing to build and run images; empty if nothing is.
BOARD_MISSING := $(strip $(foreach tool,$(ARM)gcc qemu-system-arm,$(if $(shell command -v $(tool)),,$(tool))) \
  $(if $(shell $(ARM)gcc --specs=picolibc.specs -E -x c /dev/null 2>/dev/null),,picolibc))
