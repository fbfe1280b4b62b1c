/* Shared memories: they never move, and grow under a lock. */
#define _GNU_SOURCE
#include "posix.h"

#include <pthread.h>

static pthread_mutex_t growing = PTHREAD_MUTEX_INITIALIZER;

bool apus_memory_reserve(struct apus_memory *memory, u64 size, u32 maximum, u64 page, u8 layout) {
  u64 most = maximum * page;
  /* A maximum that nobody has room for is a limit of the guest's, and what there is will do. */
  if (most > APUS_MOST_RESERVED) most = size > APUS_MOST_RESERVED ? size : APUS_MOST_RESERVED;
  if (most) {
    memory->base = apus_port_reserve ? apus_port_reserve((size_t)most) : NULL;
    memory->mapped = memory->base != NULL;
    if (!memory->mapped) memory->base = apus_port_alloc((size_t)most);
    if (!memory->base) return false;
    if (memory->mapped && !apus_map_commit(memory->base, (size_t)size)) {
      apus_map_release(memory->base, (size_t)most);
      __builtin_memset(memory, 0, sizeof *memory);
      return false;
    }
  }
  memory->size = size;
  memory->reserved = most;
  memory->maximum = maximum;
  memory->layout = layout;
  return true;
}

/* No translated code runs here, so that no thread ends while it holds the lock. */
u32 apus_memory_grow_shared(struct apus_memory *memory, u32 count, u32 page) {
  u32 answer = UINT32_MAX;
  pthread_mutex_lock(&growing);
  u64 size = apus_memory_size(memory), more = (u64)count * page;
  u64 most = (u64)memory->maximum * page;
  if (most > memory->reserved) most = memory->reserved;
  if (more <= most && size <= most - more &&
      (!more || !memory->mapped || apus_map_commit(memory->base + size, (size_t)more))) {
    __atomic_store_n(&memory->size, size + more, __ATOMIC_RELEASE);
    answer = (u32)(size / page);
  }
  pthread_mutex_unlock(&growing);
  return answer;
}
