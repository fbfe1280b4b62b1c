/* Memories with explicit checks that outgrow their first room: moved once, if they are small, then grown in place. */
#include "apus_code.h"

#include "test.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static struct apus_memory memory;

static bool grows(u32 pages) {
  u32 old = (u32)(memory.size / APUS_PAGE);
  u64 size = memory.size;
  return apus_memory_grow(&memory, pages) == old && memory.size == size + (u64)pages * APUS_PAGE;
}

static bool is_zero(u64 from, u64 to) {
  for (u64 i = from; i < to; i++)
    if (memory.base[i]) return false;
  return true;
}

static void in_place(u32 minimum) {
  bool isLarge = minimum >= 16;
  expect(apus_memory_init(&memory, minimum, 65536) && memory.mapped == isLarge && !memory.guarded);
  expect(is_zero(0, memory.size));
  u8 *first = memory.base;
  for (u64 i = 0; i < memory.size; i++) memory.base[i] = (u8)(i * 7);
  expect(grows(1) && memory.mapped && !memory.guarded && memory.reserved == (u64)1 << 32);
  u8 *base = memory.base;
  expect(!isLarge || base == first);
  for (int i = 0; i < 300; i++) expect(grows(3) && memory.base == base);
  bool same = true;
  for (u64 i = 0; i < (u64)minimum * APUS_PAGE; i++) same &= memory.base[i] == (u8)(i * 7);
  expect(same && is_zero((u64)minimum * APUS_PAGE, memory.size));
  memory.base[memory.size - 1] = 1;
  expect(apus_memory_grow(&memory, 65536) == UINT32_MAX && grows(0));
  apus_memory_destroy(&memory);
  expect(!memory.base && !memory.mapped);
}

/* A host that lowered the maximum raises it again. */
static void raised(void) {
  expect(apus_memory_init(&memory, 1, 1000));
  memory.maximum = 10;
  expect(grows(4) && memory.reserved == 10 * APUS_PAGE && apus_memory_grow(&memory, 6) == UINT32_MAX);
  memory.base[4 * APUS_PAGE] = 9;
  memory.maximum = 1000;
  expect(grows(500) && memory.reserved == 1000 * APUS_PAGE && memory.base[4 * APUS_PAGE] == 9);
  expect(is_zero(5 * APUS_PAGE, memory.size));
  apus_memory_destroy(&memory);
}

/* Where address space is short it grows as it can. */
static void without_room(void) {
  struct rlimit old, few;
  getrlimit(RLIMIT_AS, &old);
  few = old;
  few.rlim_cur = (rlim_t)1 << 30;
  expect(setrlimit(RLIMIT_AS, &few) == 0);
  expect(apus_memory_init(&memory, 17, 65536) && !memory.mapped && grows(1) && !memory.mapped);
  apus_memory_destroy(&memory);
  expect(!apus_memory_init(&memory, 30000, 65536) && !memory.base && !memory.size);
  expect(apus_memory_init(&memory, 2, 65536));
  memory.base[5] = 5;
  for (int i = 0; i < 50; i++) expect(grows(1) && !memory.mapped);
  expect(memory.base[5] == 5 && is_zero(6, memory.size));
  expect(apus_memory_grow(&memory, 20000) == UINT32_MAX && memory.base[5] == 5);
  apus_memory_destroy(&memory);
  setrlimit(RLIMIT_AS, &old);
}

static unsigned maps(void) {
  unsigned count = 0;
  char line[512];
  FILE *file = fopen("/proc/self/maps", "r");
  if (!file) {
    puts("maps skipped: there is no /proc/self/maps");
    return 0;
  }
  while (fgets(line, sizeof line, file)) count++;
  fclose(file);
  return count;
}

static void nothing_left(void) {
  unsigned before = maps();
  for (int i = 0; i < 2000; i++) {
    expect(apus_memory_init(&memory, (u32)(i % 3) * 8, 100) && grows(2) && memory.mapped && grows(5));
    memory.base[memory.size - 1] = 1;
    apus_memory_destroy(&memory);
  }
  expect(maps() <= before + 1);
}

/* As long as it does not grow, it is the allocator's. */
static void at_its_maximum(void) {
  expect(apus_memory_init(&memory, 20, 20) && !memory.mapped);
  apus_memory_destroy(&memory);
  expect(apus_memory_init(&memory, 2, 2) && apus_memory_grow(&memory, 1) == UINT32_MAX && !memory.mapped);
  expect(apus_memory_grow(&memory, 0) == 2 && !memory.mapped);
  apus_memory_destroy(&memory);
}

int main(void) {
  if (SIZE_MAX > UINT32_MAX) {
    in_place(0);
    in_place(1);
    in_place(17);
    raised();
    nothing_left();
  }
  at_its_maximum();
  without_room();
  return report();
}
