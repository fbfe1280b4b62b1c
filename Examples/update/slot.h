/* What the board's program and a module's image know of one another: two tables of functions. */
#ifndef SLOT_H
#define SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the board gives. */
struct board {
  /* A measurement was left out. */
  void (*left_out)(uint32_t measured);
  /* The image can't go on; never returns. */
  void (*fatal)(const char *why);
  /* The lowest address of the stack. */
  const void *stack;
};

/* What an image begins with. */
struct slot_image {
  uint32_t magic;
  uint32_t version; /* of these tables */
  /* Each gives NULL, or what went wrong. */
  const char *(*start)(const struct board *board);
  const char *(*filter)(uint32_t measured, uint32_t *filtered);
  void (*stop)(void);
};

/* Behind an image, when it is sent: its CRC-32 and its size, as at the end of a gzip file. */
struct slot_trailer {
  uint32_t sum, size;
};

enum { SLOT_MAGIC = 0x73757061, SLOT_VERSION = 1, SLOTS = 2, SLOT_SIZE = 0x10000 };
/* The place of a slot in flash, also in the Makefile. */
#define SLOT(k) ((uint8_t *)0x200000 + (k)*SLOT_SIZE)

#endif
