/* A board whose module is replaced while it runs. An image comes over the air (here it is a file of the computer that
 * QEMU runs on), is written to the slot of flash that is not in use, and takes the place of the one before if it is
 * whole and does not trap at its first measurements. This program has no module in it, and no runtime. */
#include "slot.h"

#include "../cortex-m/console.h"

static bool is_left_out;

static void left_out(uint32_t measured) {
  (void)measured;
  is_left_out = true;
}

static _Noreturn void fatal(const char *why) {
  put_text(why);
  put_text("\n");
  stop();
}

static size_t length(const char *text) {
  size_t count = 0;
  while (text[count]) count++;
  return count;
}

/* Writes what comes into a slot. A real board's driver would erase and program pages. The bytes that came; 0 if that is
 * more than a slot has room for. */
static size_t receive(const char *name, uint8_t *slot) {
  uintptr_t opening[] = {(uintptr_t)name, 1 /* "rb" */, length(name)};
  uintptr_t file = semihost(1, opening);
  size_t size = semihost(0xc, &file);
  uintptr_t reading[] = {file, (uintptr_t)slot, size};
  bool came = size <= SLOT_SIZE && semihost(6, reading) == 0;
  semihost(2, &file);
  return came ? size : 0;
}

static uint32_t sum(const uint8_t *bytes, size_t size) {
  uint32_t sum = ~UINT32_C(0);
  while (size--) {
    sum ^= *bytes++;
    for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum;
}

/* What is wrong with the bytes in a slot; NULL if nothing is. */
static const char *fault(const uint8_t *slot, size_t size) {
  struct slot_trailer trailer;
  if (size < sizeof(struct slot_image) + sizeof trailer) return "it is too short or too long";
  size -= sizeof trailer;
  __builtin_memcpy(&trailer, slot + size, sizeof trailer);
  if (trailer.size != size || trailer.sum != sum(slot, size)) return "its sum is wrong";
  const struct slot_image *image = (const void *)slot;
  if (image->magic != SLOT_MAGIC || image->version != SLOT_VERSION) return "it is no image for this board";
  if ((uintptr_t)image->start - (uintptr_t)slot >= size) return "it is for the other slot";
  return NULL;
}

/* The linker script's: the stack lies above the heap, which is empty. */
extern const char __heap_end[];
static const struct board board = {left_out, fatal, __heap_end};

static const struct slot_image *current;
static unsigned in_use = SLOTS - 1;

/* What goes wrong while an image starts and gets used to things. */
static const char *begin(const struct slot_image *image) {
  const char *why = image->start(&board);
  for (uint32_t measured = 20; !why && measured < 23; measured++) {
    uint32_t filtered;
    why = image->filter(measured, &filtered);
  }
  if (why) image->stop();
  return why;
}

static void install(const char *name) {
  put_text(name);
  unsigned next = (in_use + 1) % SLOTS;
  uint8_t *slot = SLOT(next);
  const char *why = fault(slot, receive(name, slot));
  if (why) {
    put_text(" refused: ");
  } else {
    /* What was written is read as instructions from here on. */
    __asm__ volatile("dsb\nisb" ::: "memory");
    why = begin((const void *)slot);
    if (why) put_text(" does not work: ");
  }
  put_text(why ? why : " runs");
  put_text("\n");
  if (why) return;
  if (current) current->stop();
  current = (const void *)slot;
  in_use = next;
}

/* Prints what the image in use makes of some measurements, and ! where it left one out. */
static void measure(void) {
  static const uint32_t measured[] = {20, 22, 21, 90, 22, 24};
  for (unsigned k = 0; k < sizeof measured / sizeof *measured; k++) {
    uint32_t filtered;
    put_text(k ? ", " : "  ");
    const char *why = current->filter(measured[k], &filtered);
    if (why) fatal(why);
    put_number(filtered);
    if (is_left_out) put_text("!");
    is_left_out = false;
  }
  put_text("\n");
}

int main(void) {
  static const char *const updates[] = {"average.update", "median.update", "damaged.update", "misplaced.update",
                                        "faulty.update"};
  for (unsigned k = 0; k < sizeof updates / sizeof *updates; k++) {
    install(updates[k]);
    measure();
  }
  current->stop();
  return 0;
}
