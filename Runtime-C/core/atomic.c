/* Waiting for other threads, and atomic accesses for which the processor has no instructions. */
#define APUS_ATOMICS
#include "apus_code.h"

static APUS_CODE u8 *place(const struct apus_memory *memory, u64 address, u64 offset, u32 width, u32 site) {
  u64 size = apus_memory_size(memory), at = address + offset;
  if (unlikely(at % width)) apus_trap(APUS_TRAP_UNALIGNED_ATOMIC, site);
  if (unlikely(at < offset) || unlikely(size < width) || unlikely(at > size - width))
    apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);
  return memory->base + (size_t)at;
}

static APUS_CODE u32 wait(const struct apus_memory *memory, u64 address, u64 offset, u32 width, u64 expected,
                          u64 timeout, u32 site) {
  host_call_check();
  u8 *p = place(memory, address, offset, width / 8, site);
  if (unlikely(!(memory->layout & APUS_MEMORY_SHARED))) apus_trap(APUS_TRAP_EXPECTED_SHARED_MEMORY, site);
  return apus_port_wait(p, width, expected, (i64)timeout);
}

APUS_CODE u32 memory_atomic_wait32(struct apus_memory *memory, u64 address, u64 offset, u32 expected, u64 timeout,
                                   u32 site) {
  return wait(memory, address, offset, 32, expected, timeout, site);
}

APUS_CODE u32 memory_atomic_wait64(struct apus_memory *memory, u64 address, u64 offset, u64 expected, u64 timeout,
                                   u32 site) {
  return wait(memory, address, offset, 64, expected, timeout, site);
}

APUS_CODE u32 memory_atomic_notify(struct apus_memory *memory, u64 address, u64 offset, u32 count, u32 site) {
  host_call_check();
  u8 *p = place(memory, address, offset, 4, site);
  return memory->layout & APUS_MEMORY_SHARED ? apus_port_notify(p, count) : 0;
}

/* The lock of all accesses that need one: held for a few instructions. */
#if APUS_HOSTED
static u32 locked;
#endif

u64 apus_atomic_update(u32 width, enum apus_atomic operator, u8 *p, u64 v, u64 expected) {
#if APUS_HOSTED
  while (__atomic_exchange_n(&locked, 1, __ATOMIC_ACQUIRE)) continue;
#endif
  u64 old = 0, next;
  for (u32 k = width / 8; k > 0; k--) old = old << 8 | ((const volatile u8 *)p)[k - 1];
  next = apus_atomic_result(operator, old, v, expected);
  if (operator != APUS_ATOMIC_LOAD)
    for (u32 k = 0; k < width / 8; k++) ((volatile u8 *)p)[k] = (u8)(next >> k * 8);
#if APUS_HOSTED
  __atomic_store_n(&locked, 0, __ATOMIC_RELEASE);
#endif
  return old;
}
