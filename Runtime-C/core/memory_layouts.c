/* Memories with addresses of 64 bits, with pages of one byte, and shared ones. */
#include "apus_code.h"

static bool has_bytes(const struct apus_memory *memory) { return memory->layout & APUS_MEMORY_BYTES; }

bool apus_memory_init_as(struct apus_memory *memory, uint32_t minimum, uint32_t maximum, uint8_t layout) {
  if (!layout) return apus_memory_init(memory, minimum, maximum);
  __builtin_memset(memory, 0, sizeof *memory);
  u64 page = layout & APUS_MEMORY_BYTES ? 1 : APUS_PAGE, size = minimum * page;
  if (minimum > maximum || size > APUS_MEMORY_MOST) return false;
#if APUS_HOSTED
  if (layout & APUS_MEMORY_SHARED) return apus_memory_reserve(memory, size, maximum, page, layout);
#endif
  if (size) {
    memory->base = apus_port_alloc((size_t)size);
    if (!memory->base) return false;
  }
  memory->size = memory->reserved = size;
  memory->maximum = maximum;
  memory->layout = layout;
  return true;
}

bool apus_memory_init_shared(struct apus_memory *memory, uint32_t minimum, uint32_t maximum) {
#if APUS_HOSTED && UINTPTR_MAX > UINT32_MAX
  bool made = apus_memory_init_guarded(memory, minimum, maximum);
  if (made) memory->layout = APUS_MEMORY_SHARED;
#else
  bool made = apus_memory_init_as(memory, minimum, maximum > 65536 ? 65536 : maximum, APUS_MEMORY_SHARED);
#endif
  memory->has_maximum = made;
  return made;
}

APUS_CODE u32 apus_memory_grow_bytes(struct apus_memory *memory, u32 bytes) {
  host_call_check();
#if APUS_HOSTED
  if (memory->layout & APUS_MEMORY_SHARED) return apus_memory_grow_shared(memory, bytes, 1);
#endif
  u32 old = (u32)memory->size;
  if (bytes > memory->maximum - old) return UINT32_MAX;
  u64 size = memory->size + bytes;
  if (size > memory->reserved && !apus_memory_move(memory, size)) return UINT32_MAX;
  memory->size = size;
  return old;
}

APUS_CODE u64 apus_memory_grow64(struct apus_memory *memory, u64 pages) {
  if (pages > UINT32_MAX) return UINT64_MAX;
  return widened(has_bytes(memory) ? apus_memory_grow_bytes(memory, (u32)pages) : apus_memory_grow(memory, (u32)pages));
}

static APUS_CODE void require64(const struct apus_memory *memory, u64 from, u64 n, u32 site) {
  u64 size = apus_memory_size(memory);
  if (unlikely(n > size) || unlikely(from > size - n)) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);
}

APUS_CODE void apus_memory_fill64(struct apus_memory *memory, u64 d, u32 v, u64 n, u32 site) {
  host_call_check();
  require64(memory, d, n, site);
  if (n) __builtin_memset(memory->base + d, (int)(v & 255), (size_t)n);
}

APUS_CODE void apus_memory_copy64(struct apus_memory *to, struct apus_memory *from, u64 d, u64 s, u64 n, u32 site) {
  host_call_check();
  require64(to, d, n, site);
  require64(from, s, n, site);
  if (n) __builtin_memmove(to->base + d, from->base + s, (size_t)n);
}

APUS_CODE void apus_memory_init_segment64(struct apus_memory *memory, const u8 *data, u32 data_size, u64 d, u32 s, u32 n,
                                          u32 site) {
  host_call_check();
  require64(memory, d, n, site);
  if (unlikely((u64)s + n > data_size)) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);
  if (n) __builtin_memcpy(memory->base + d, data + s, n);
}
