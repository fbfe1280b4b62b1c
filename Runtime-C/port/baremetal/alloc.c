/* The port's allocator without an operating system: it shares out the memory
 * that the board gave it, and has none of its own. */
#include "apus_code.h"

/* Free pieces, sorted by address, neighbours joined. Sizes are multiples of a
 * piece's own; release is told the size, so nothing stands before a block. */
struct piece {
  struct piece *next;
  size_t size;
};

#define UNIT (sizeof(struct piece) > sizeof(max_align_t) ? sizeof(struct piece) : sizeof(max_align_t))

static struct piece *pieces;

static size_t rounded(size_t size) { return (size + UNIT - 1) / UNIT * UNIT; }

static unsigned char *end_of(const void *at, size_t size) { return (unsigned char *)(uintptr_t)at + size; }

/* Takes the first `size` bytes of the piece that `link` points to. */
static void take(struct piece **link, size_t size) {
  struct piece *piece = *link;
  if (piece->size == size) {
    *link = piece->next;
  } else {
    struct piece *rest = (struct piece *)(void *)end_of(piece, size);
    rest->next = piece->next;
    rest->size = piece->size - size;
    *link = rest;
  }
  __builtin_memset(piece, 0, size);
}

void *apus_port_alloc(size_t size) {
  if (size == 0 || size > SIZE_MAX - UNIT) return NULL;
  size = rounded(size);
  for (struct piece **link = &pieces; *link; link = &(*link)->next) {
    struct piece *piece = *link;
    if (piece->size < size) continue;
    take(link, size);
    return piece;
  }
  return NULL;
}

bool apus_port_extend(void *at, size_t size, size_t longer) {
  if (longer > SIZE_MAX - UNIT) return false;
  size = rounded(size), longer = rounded(longer);
  if (longer == size) return true;
  struct piece **link = &pieces;
  while (*link && (unsigned char *)*link != end_of(at, size)) link = &(*link)->next;
  if (!*link || (*link)->size < longer - size) return false;
  take(link, longer - size);
  return true;
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
  if (after && end_of(piece, piece->size) == (unsigned char *)after)
    piece->size += after->size, piece->next = after->next;
  if (before && end_of(before, before->size) == (unsigned char *)piece)
    before->size += piece->size, before->next = piece->next;
}

void apus_port_give(void *at, size_t size) {
  size_t skipped = (size_t)(-(uintptr_t)at % _Alignof(max_align_t));
  if (size < skipped + UNIT) return;
  apus_port_release(end_of(at, skipped), (size - skipped) / UNIT * UNIT);
}
