/* Memories with addresses of 64 bits where addresses of C have 32: each width at each end, with offsets and addresses
 * whose sum is more than a memory can have, or than 64 bits. */
#include "wide.h"

#define MODULE wide
#include "../Runtime/test.h"
#include "../instance.h"

#include <string.h>

void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  (void)trap, (void)offset;
  expect(!"told of a trap");
}

/* The tables and the first memory lie in the small piece. */
static struct {
  _Alignas(max_align_t) unsigned char small[6144], gap[64], room[3 * APUS_PAGE];
} given;

/* --- calls ---------------------------------------------------------------------------- */

static uint32_t which;
static uint64_t a, b, c, got;

#define CALL(name, expression)                                                                                         \
  static void name(void *unused) {                                                                                     \
    (void)unused;                                                                                                      \
    expression;                                                                                                        \
  }
#define CALLS(memory)                                                                                                  \
  CALL(memory##_load, got = wide_export_##memory##_load(WITH_SELF which, a))                                           \
  CALL(memory##_store, wide_export_##memory##_store(WITH_SELF which, a))                                               \
  CALL(memory##_size, got = wide_export_##memory##_size(SELF))                                                         \
  CALL(memory##_grow, got = wide_export_##memory##_grow(WITH_SELF a))                                                  \
  CALL(memory##_fill, wide_export_##memory##_fill(WITH_SELF a, b))                                                     \
  CALL(memory##_init, wide_export_##memory##_init(WITH_SELF a))
CALLS(bytes)
CALLS(pages)
CALL(copy, wide_export_copy(WITH_SELF a, b, c))
CALL(call, got = wide_export_call(WITH_SELF a))
CALL(grow_table, got = wide_export_grow_table(WITH_SELF a))

static enum apus_trap ends(void (*body)(void *), uint64_t x, uint64_t y, uint64_t z) {
  a = x, b = y, c = z, got = 0xdead;
  return apus_catch(body, NULL).trap;
}
static bool gives(void (*body)(void *), uint64_t x, uint64_t result) {
  return ends(body, x, 0, 0) == APUS_TRAP_NONE && got == result;
}

/* --- accesses --------------------------------------------------------------------------- */

struct kind {
  void (*load)(void *), (*store)(void *), (*fill)(void *), (*init)(void *);
  struct apus_memory *memory;
};

static const uint64_t offsets[] = {0, 1, 1000, 0xffffffff, 0x100000000, UINT64_MAX};

/* One access against the bytes of the memory. */
static bool is_right(const struct kind *kind, uint64_t at) {
  struct apus_memory *memory = kind->memory;
  uint64_t offset = offsets[which / 4], width = 1u << which % 4, sum = at + offset, expected = 0;
  bool is_inside = sum >= at && memory->size >= width && sum <= memory->size - width;
  uint8_t before[8];
  if (is_inside) {
    memcpy(before, memory->base + sum, (size_t)width);
    for (uint32_t k = 0; k < width; k++) expected |= (uint64_t)before[k] << 8 * k;
  }
  enum apus_trap trap = ends(kind->load, at, 0, 0);
  if (!is_inside) return trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS && ends(kind->store, at, 0, 0) == trap;
  bool right = trap == APUS_TRAP_NONE && got == expected && ends(kind->store, at, 0, 0) == APUS_TRAP_NONE;
  for (uint32_t k = 0; k < width; k++) right &= memory->base[sum + k] == 0x61 - k;
  memcpy(memory->base + sum, before, (size_t)width);
  return right;
}

static void accesses(const struct kind *kind) {
  uint64_t size = kind->memory->size;
  const uint64_t high = (uint64_t)1 << 32;
  const uint64_t places[] = {0, 1000, size, 0x7fffffff, high, high + size, (uint64_t)1 << 63};
  for (which = 0; which < 24; which++) {
    bool right = true;
    for (unsigned place = 0; place < sizeof places / sizeof *places; place++)
      for (uint64_t near = 0; near < 20; near++) {
        /* Around the place, also where the offset has still to be added. */
        right &= is_right(kind, places[place] + near - 10);
        right &= is_right(kind, places[place] + near - 10 - offsets[which / 4]);
      }
    expect(right);
  }
}

static bool is_filled(const uint8_t *from, size_t size, uint8_t byte) {
  while (size--)
    if (*from++ != byte) return false;
  return true;
}

static void many_bytes(const struct kind *kind) {
  struct apus_memory *memory = kind->memory;
  uint64_t size = memory->size, high = (uint64_t)1 << 32;
  expect(ends(kind->fill, size - 20, 20, 0) == APUS_TRAP_NONE && is_filled(memory->base + size - 20, 20, 0x55));
  expect(ends(kind->fill, size, 0, 0) == APUS_TRAP_NONE);
  expect(ends(kind->init, size - 4, 0, 0) == APUS_TRAP_NONE && !memcmp(memory->base + size - 4, "kept", 4));
  const uint64_t wrong[][2] = {{size - 20, 21}, {size + 1, 0},       {0, size + 1},   {high, 0},
                               {high, 1},       {0, high},           {0, high + 1},   {8, UINT64_MAX - 7},
                               {UINT64_MAX, 1}, {UINT64_MAX, UINT64_MAX}};
  memset(memory->base, 0x11, 100);
  for (unsigned k = 0; k < sizeof wrong / sizeof *wrong; k++)
    expect(ends(kind->fill, wrong[k][0], wrong[k][1], 0) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  expect(ends(kind->init, size - 3, 0, 0) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  expect(ends(kind->init, high, 0, 0) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  expect(is_filled(memory->base, 100, 0x11) && is_filled(memory->base + size - 20, 16, 0x55));
}

/* --- tests ------------------------------------------------------------------------------ */

static bool instantiate(void) {
#ifdef MANY
  return wide_instantiate(&instance, NULL).trap == APUS_TRAP_NONE;
#else
  return wide_instantiate().trap == APUS_TRAP_NONE;
#endif
}

static void all(void) {
  const struct kind bytes = {bytes_load, bytes_store, bytes_fill, bytes_init, wide_export_bytes(SELF)};
  const struct kind pages = {pages_load, pages_store, pages_fill, pages_init, wide_export_pages(SELF)};
  const uint64_t high = (uint64_t)1 << 32;
  expect(bytes.memory->base[8] == 1 && pages.memory->base[65535] == 0x18);
  accesses(&bytes), accesses(&pages);
  many_bytes(&bytes), many_bytes(&pages);
  /* To the maximum, by bytes and by pages, and not further. */
  expect(gives(bytes_grow, 1, 1000) && gives(bytes_size, 0, 1001));
  accesses(&bytes);
  expect(gives(bytes_grow, 3000, UINT64_MAX) && gives(bytes_grow, high, UINT64_MAX) && gives(bytes_size, 0, 1001));
  expect(gives(bytes_grow, 2999, 1001) && gives(bytes_grow, 1, UINT64_MAX) && gives(bytes_grow, 0, 4000));
  expect(is_filled(bytes.memory->base + 1001, 2999, 0) && bytes.memory->base[999] == 't');
  accesses(&bytes), many_bytes(&bytes);
  expect(gives(pages_grow, 3, UINT64_MAX) && gives(pages_grow, high, UINT64_MAX));
  expect(gives(pages_grow, high + 1, UINT64_MAX));
  expect(gives(pages_grow, 2, 1) && gives(pages_size, 0, 3) && gives(pages_grow, UINT64_MAX, UINT64_MAX));
  expect(is_filled(pages.memory->base + APUS_PAGE, 2 * APUS_PAGE, 0));
  accesses(&pages), many_bytes(&pages);
  /* From the one to the other. */
  memset(bytes.memory->base, 0x77, 4000);
  expect(ends(copy, 3 * APUS_PAGE - 4000, 0, 4000) == APUS_TRAP_NONE);
  expect(is_filled(pages.memory->base + 3 * APUS_PAGE - 4000, 4000, 0x77));
  expect(ends(copy, 3 * APUS_PAGE - 4000, 1, 4000) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  expect(ends(copy, 3 * APUS_PAGE - 3999, 0, 4000) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  expect(ends(copy, high, 0, 0) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  expect(ends(copy, 0, 0, high) == APUS_TRAP_MEMORY_OUT_OF_BOUNDS);
  /* Indices of a table. */
  expect(gives(call, 1, 7) && ends(call, 0, 0, 0) == APUS_TRAP_UNINITIALIZED_ELEMENT);
  expect(ends(call, 3, 0, 0) == APUS_TRAP_UNDEFINED_ELEMENT);
  expect(ends(call, high + 1, 0, 0) == APUS_TRAP_UNDEFINED_ELEMENT);
  expect(gives(grow_table, 6, UINT64_MAX) && gives(grow_table, high, UINT64_MAX));
  expect(gives(grow_table, 5, 3) && gives(call, 7, 7));
}

int main(void) {
  apus_port_give(given.small, sizeof given.small);
  expect(!instantiate()); /* no room for a page */
  wide_destroy(SELF);
  apus_port_give(given.room, sizeof given.room);
  for (int round = 0; round < 3; round++) {
    expect(instantiate());
    all();
    wide_destroy(SELF);
  }
  return report();
}
