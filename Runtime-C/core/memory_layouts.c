/* Memories with addresses of 64 bits, and with pages of one byte. */
#include "apus_code.h"

static bool has_bytes(const struct apus_memory *memory) { return memory->layout & APUS_MEMORY_BYTES; }

bool apus_memory_init_as(struct apus_memory *memory, uint32_t minimum, uint32_t maximum, uint8_t layout) {
  if (!layout) return apus_memory_init(memory, minimum, maximum);
  __builtin_memset(memory, 0, sizeof *memory);
  u64 size = (u64)minimum * (layout & APUS_MEMORY_BYTES ? 1 : APUS_PAGE);
  if (minimum > maximum || size > SIZE_MAX) return false;
  if (size) {
    memory->base = apus_port_alloc((size_t)size);
    if (!memory->base) return false;
  }
  memory->size = memory->reserved = size;
  memory->maximum = maximum;
  memory->layout = layout;
  return true;
}

APUS_CODE u32 apus_memory_grow_bytes(struct apus_memory *memory, u32 bytes) {
  host_call_check();
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
  if (unlikely(n > memory->size) || unlikely(from > memory->size - n)) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);
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
