/* Guarded memories: the whole index space reserved, so that an access beyond
 * the end faults, and the reservations known to the signal handler. */
#define _GNU_SOURCE
#include "posix.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

/* A 32-bit index, a 32-bit offset, and the widest access. */
#define RESERVED (UINT64_C(0x200000000) + APUS_PAGE)

/* Every reservation has the same size, so that a base says all. A slot is
 * taken by exchanging 0 for the base and left by storing 0; blocks are only
 * ever added. */
#define SLOTS 255
struct block {
  _Atomic(uintptr_t) bases[SLOTS];
  _Atomic(struct block *) next;
};
static struct block first;

static bool enter(uintptr_t base) {
  for (struct block *block = &first;;) {
    for (int i = 0; i < SLOTS; i++) {
      uintptr_t none = 0;
      if (atomic_load_explicit(&block->bases[i], memory_order_relaxed)) continue;
      if (atomic_compare_exchange_strong(&block->bases[i], &none, base)) return true;
    }
    struct block *next = atomic_load(&block->next);
    if (!next) {
      void *fresh =
          mmap(NULL, sizeof(struct block), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (fresh == MAP_FAILED) return false;
      if (atomic_compare_exchange_strong(&block->next, &next, (struct block *)fresh))
        next = fresh;
      else
        munmap(fresh, sizeof(struct block)); /* somebody was faster; next is theirs */
    }
    block = next;
  }
}

static void leave(uintptr_t base) {
  for (struct block *block = &first; block; block = atomic_load(&block->next))
    for (int i = 0; i < SLOTS; i++)
      if (atomic_load_explicit(&block->bases[i], memory_order_relaxed) == base) {
        atomic_store(&block->bases[i], 0);
        return;
      }
}

bool apus_guard_holds(uintptr_t address) {
  for (struct block *block = &first; block; block = atomic_load(&block->next))
    for (int i = 0; i < SLOTS; i++) {
      uintptr_t base = atomic_load_explicit(&block->bases[i], memory_order_acquire);
      if (base && address >= base && address - base < RESERVED) return true;
    }
  return false;
}

bool apus_map_commit(void *from, size_t size) {
  return size == 0 || mprotect(from, size, PROT_READ | PROT_WRITE) == 0;
}

void apus_map_release(void *at, size_t size) { munmap(at, size); }

void apus_guard_release(u8 *base, u64 reserved) {
  leave((uintptr_t)base);
  apus_map_release(base, (size_t)reserved);
}

bool apus_memory_init_guarded(struct apus_memory *memory, uint32_t minimum, uint32_t maximum) {
  memset(memory, 0, sizeof *memory);
  if (maximum > 65536) maximum = 65536;
  if (minimum > maximum || RESERVED > SIZE_MAX) return false;
  u64 size = (u64)minimum * APUS_PAGE;
  void *base = mmap(NULL, (size_t)RESERVED, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return false;
  if (!apus_map_commit(base, (size_t)size) || !enter((uintptr_t)base)) {
    munmap(base, (size_t)RESERVED);
    return false;
  }
  memory->base = base;
  memory->size = size;
  memory->reserved = RESERVED;
  memory->maximum = maximum;
  memory->guarded = memory->mapped = true;
  return true;
}
