/* Linear memories: the ones with explicit checks, growing, and bulk operations. */
#include "apus_code.h"

#define PAGES_MOST 65536u

/* Gives back what `base` points to. */
static APUS_CODE void release(struct apus_memory *memory) {
  if (!memory->base) return;
#if APUS_HOSTED
  if (memory->guarded)
    apus_guard_release(memory->base, memory->reserved);
  else if (memory->mapped)
    apus_map_release(memory->base, (size_t)memory->reserved);
  else
#endif
    apus_port_release(memory->base, (size_t)memory->reserved);
}

void apus_memory_destroy(struct apus_memory *memory) {
  release(memory);
  __builtin_memset(memory, 0, sizeof *memory);
}

#if APUS_HOSTED
/* From so many bytes on a memory starts where it can grow in place: the C library would ask the system for them, too, and
 * copying them later takes as long as filling them. */
enum { LARGE = 1 << 20 };

/* Moves the memory to where it can grow to so many pages in place, if the port has such room; `size` bytes are there then. */
static APUS_CODE void settle(struct apus_memory *memory, u64 size, u32 maximum) {
  u64 most = (u64)maximum * APUS_PAGE;
  if (!apus_port_reserve || most > APUS_MOST_RESERVED) return;
  u8 *base = apus_port_reserve((size_t)most);
  if (!base) return;
  if (!apus_map_commit(base, (size_t)size)) {
    apus_map_release(base, (size_t)most);
    return;
  }
  if (memory->base) __builtin_memcpy(base, memory->base, (size_t)memory->size);
  release(memory);
  memory->base = base;
  memory->reserved = most;
  memory->mapped = true;
}
#endif

bool apus_memory_init(struct apus_memory *memory, uint32_t minimum, uint32_t maximum) {
  __builtin_memset(memory, 0, sizeof *memory);
  if (maximum > PAGES_MOST) maximum = PAGES_MOST;
  u64 size = (u64)minimum * APUS_PAGE;
  if (minimum > maximum || size > APUS_MEMORY_MOST) return false;
#if APUS_HOSTED
  if (size >= LARGE && minimum < maximum) settle(memory, size, maximum);
#endif
  if (!memory->base && size) {
    memory->base = apus_port_alloc((size_t)size);
    if (!memory->base) return false;
    memory->reserved = size;
  }
  memory->size = size;
  memory->maximum = maximum;
  return true;
}

/* Room for `size` bytes, somewhere else if need be; what is beyond memory->size is zero. */
APUS_CODE bool apus_memory_move(struct apus_memory *memory, u64 size) {
  if (size > APUS_MEMORY_MOST) return false;
  u64 reserved = size;
  u8 *base = NULL;
#if !APUS_HOSTED
  if (memory->base && apus_port_extend(memory->base, (size_t)memory->reserved, (size_t)size)) {
    memory->reserved = size;
    return true;
  }
#else
  /* Half as much again, so that growing page by page does not copy each time. */
  u64 most = (u64)memory->maximum * APUS_PAGE;
  reserved += (size / 2) & ~(u64)(APUS_PAGE - 1);
  if (reserved > most) reserved = most;
  if (reserved > APUS_MEMORY_MOST) reserved = size;
  base = apus_port_alloc((size_t)reserved);
#endif
  if (!base) {
    reserved = size;
    base = apus_port_alloc((size_t)reserved);
  }
  if (!base) return false;
  if (memory->base) __builtin_memcpy(base, memory->base, (size_t)memory->size);
  release(memory);
  memory->base = base;
  memory->reserved = reserved;
  return true;
}

APUS_CODE uint32_t apus_memory_grow(struct apus_memory *memory, uint32_t pages) {
  host_call_check();
#if APUS_HOSTED
  if (memory->layout & APUS_MEMORY_SHARED) return apus_memory_grow_shared(memory, pages, APUS_PAGE);
#endif
  u32 old = (u32)(memory->size / APUS_PAGE);
  if (pages == 0) return old;
  if (old > memory->maximum || pages > memory->maximum - old) return UINT32_MAX;
  u64 size = memory->size + (u64)pages * APUS_PAGE;
#if APUS_HOSTED
  if (size > memory->reserved) settle(memory, memory->size, memory->maximum);
  if (memory->mapped) {
    if (size > memory->reserved || !apus_map_commit(memory->base + memory->size, (size_t)(size - memory->size)))
      return UINT32_MAX;
  } else
#endif
      if (size > memory->reserved && !apus_memory_move(memory, size))
    return UINT32_MAX;
  memory->size = size;
  return old;
}

static APUS_CODE void require(const struct apus_memory *memory, u32 from, u32 n, u32 site) {
  if (unlikely((u64)from + n > apus_memory_size(memory))) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);
}

APUS_CODE void apus_memory_fill(struct apus_memory *memory, u32 d, u32 v, u32 n, u32 site) {
  host_call_check();
  require(memory, d, n, site);
  if (n) __builtin_memset(memory->base + d, (int)(v & 255), n);
}

APUS_CODE void apus_memory_copy(struct apus_memory *to, struct apus_memory *from, u32 d, u32 s, u32 n, u32 site) {
  host_call_check();
  require(to, d, n, site);
  require(from, s, n, site);
  if (n) __builtin_memmove(to->base + d, from->base + s, n);
}

APUS_CODE void apus_memory_init_segment(struct apus_memory *memory, const u8 *data, u32 data_size, u32 d, u32 s, u32 n,
                              u32 site) {
  host_call_check();
  require(memory, d, n, site);
  if (unlikely((u64)s + n > data_size)) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);
  if (n) __builtin_memcpy(memory->base + d, data + s, n);
}

void apus_memory_init_image(struct apus_memory *memory, const u8 *data, const struct apus_piece *pieces, u32 count) {
  for (u32 k = 0; k < count; k++) {
    __builtin_memcpy(memory->base + pieces[k].at, data, pieces[k].count);
    data += pieces[k].count;
  }
}

#if APUS_STRICT_ALIGNMENT && !APUS_HOSTED
APUS_BY_BYTES(u32, )
APUS_BY_BYTES(u64, )
#endif
