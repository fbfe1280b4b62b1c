/* A port without an operating system: traps end in the board's hook, memory
 * comes from one static arena. The board defines apus_board_fatal; the size of
 * the arena is APUS_ARENA_SIZE, given to the compiler. */
#define APUS_FREESTANDING 1
#include "apus_code.h"

#ifndef APUS_ARENA_SIZE
#define APUS_ARENA_SIZE 131072
#endif

/* Must not return. `offset` as in apus_outcome; with APUS_TRAP_EXIT the guest's status. */
void apus_board_fatal(enum apus_trap trap, uint32_t offset);

_Noreturn void apus_trap(enum apus_trap trap, uint32_t offset) {
  for (;;) apus_board_fatal(trap, offset);
}

_Noreturn void apus_exit(uint32_t status) {
  for (;;) apus_board_fatal(APUS_TRAP_EXIT, status);
}

/* Free pieces, sorted by address, neighbours joined. Sizes are multiples of a
 * piece's own; release is told the size, so nothing stands before a block. */
struct piece {
  struct piece *next;
  size_t size;
};

static union {
  struct piece piece;
  max_align_t align;
  unsigned char bytes[APUS_ARENA_SIZE & ~(sizeof(max_align_t) - 1)];
} arena;
static struct piece *pieces;
static bool started;

#define UNIT (sizeof(struct piece) > sizeof(max_align_t) ? sizeof(struct piece) : sizeof(max_align_t))

static size_t rounded(size_t size) {
  return (size + UNIT - 1) / UNIT * UNIT;
}

void *apus_port_alloc(size_t size) {
  if (!started) {
    started = true;
    pieces = &arena.piece;
    pieces->next = NULL;
    pieces->size = sizeof arena / UNIT * UNIT;
  }
  if (size == 0 || size > sizeof arena) return NULL;
  size = rounded(size);
  for (struct piece **link = &pieces; *link; link = &(*link)->next) {
    struct piece *piece = *link;
    if (piece->size < size) continue;
    if (piece->size == size) {
      *link = piece->next;
    } else {
      struct piece *rest = (struct piece *)(void *)((unsigned char *)piece + size);
      rest->next = piece->next;
      rest->size = piece->size - size;
      *link = rest;
    }
    return __builtin_memset(piece, 0, size);
  }
  return NULL;
}

static bool touch(const struct piece *lower, const struct piece *upper) {
  return (const unsigned char *)lower + lower->size == (const unsigned char *)upper;
}

void apus_port_release(void *at, size_t size) {
  if (!at || size == 0) return;
  struct piece *piece = at, *before = NULL, *after = pieces;
  while (after && after < piece) before = after, after = after->next;
  piece->size = rounded(size);
  piece->next = after;
  if (before)
    before->next = piece;
  else
    pieces = piece;
  if (after && touch(piece, after)) piece->size += after->size, piece->next = after->next;
  if (before && touch(before, piece)) before->size += piece->size, before->next = piece->next;
}
