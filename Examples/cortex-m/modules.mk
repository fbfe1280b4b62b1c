# An image of several modules, for makefiles to include that say what NAME it has, its MODULES and SOURCES (and HEADERS),
# and in OPTIONS what else they are translated with.
BOARD_CRT = hosted
BOARD_STACK = 0x800
include ../cortex-m/board.mk

APUS ?= apus
CC = $(BOARD_CC)
CFLAGS = -Os -ffreestanding
LIBRARIES = $(foreach m,$(MODULES),generated/$(m)/lib$(m).a)

all: run size

run: $(NAME).elf
	@$(BOARD_RUN) $(NAME).elf </dev/null

size: $(NAME).elf
	@$(call BOARD_SIZE,$(NAME).elf)

# Each library has the runtime in it; the linker takes it from the first.
$(NAME).elf: $(SOURCES) $(HEADERS) ../cortex-m/board.mk ../cortex-m/modules.mk $(LIBRARIES)
	$(CC) -std=gnu11 $(CFLAGS) -Wall -Wextra $(foreach m,$(MODULES),-Igenerated/$(m)) -Igenerated/$(firstword $(MODULES))/runtime/include \
	  $(SOURCES) $(LIBRARIES) $(BOARD_LINK) -o $@

$(LIBRARIES): generated/%.a:
	$(APUS) translate $(notdir $(@D)).wasm --profile firmware --instances one $(OPTIONS) --memory-limit 2048 -o $(@D)
	$(MAKE) -C $(@D) CC='$(CC)' CFLAGS='$(CFLAGS)' AR=$(ARM)ar

wasm:
	for module in $(MODULES); do $(BOARD_WASM) $$module.c -o $$module.wasm || exit; done

clean:
	rm -rf $(NAME).elf generated

.PHONY: all run size wasm clean
