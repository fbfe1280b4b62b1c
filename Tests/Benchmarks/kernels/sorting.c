/* Sorting: quicksort through a comparison function, heapsort and shellsort of
 * numbers, and a radix sort of records. */
#include "bench.h"

struct record {
  uint32_t key, group;
  double weight;
};

typedef int (*comparison)(const struct record *, const struct record *);

static int by_key(const struct record *a, const struct record *b) { return (a->key > b->key) - (a->key < b->key); }

static int by_group(const struct record *a, const struct record *b) {
  if (a->group != b->group) return a->group < b->group ? -1 : 1;
  return by_key(a, b);
}

static int by_weight(const struct record *a, const struct record *b) {
  if (a->weight != b->weight) return a->weight < b->weight ? -1 : 1;
  return by_key(a, b);
}

static void swap_records(struct record *a, struct record *b) {
  struct record swap = *a;
  *a = *b;
  *b = swap;
}

/* Median of three, the larger part last, insertion at the end. */
static void quick_sort(struct record *items, uint32_t count, comparison compare) {
  while (count > 12) {
    struct record *middle = &items[count / 2], *last = &items[count - 1];
    if (compare(middle, items) < 0) swap_records(middle, items);
    if (compare(last, items) < 0) swap_records(last, items);
    if (compare(last, middle) < 0) swap_records(last, middle);
    struct record pivot = *middle;
    uint32_t low = 0, high = count - 1;
    for (;;) {
      while (compare(&items[low], &pivot) < 0) low++;
      while (compare(&pivot, &items[high]) < 0) high--;
      if (low >= high) break;
      swap_records(&items[low++], &items[high--]);
    }
    uint32_t left = high + 1;
    if (left < count - left) {
      quick_sort(items, left, compare);
      items += left;
      count -= left;
    } else {
      quick_sort(items + left, count - left, compare);
      count = left;
    }
  }
  for (uint32_t i = 1; i < count; i++) {
    struct record item = items[i];
    uint32_t j = i;
    for (; j && compare(&item, &items[j - 1]) < 0; j--) items[j] = items[j - 1];
    items[j] = item;
  }
}

static void sift(uint32_t *heap, uint32_t at, uint32_t count) {
  uint32_t item = heap[at];
  for (uint32_t child; (child = at * 2 + 1) < count; at = child) {
    if (child + 1 < count && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= item) break;
    heap[at] = heap[child];
  }
  heap[at] = item;
}

static void heap_sort(uint32_t *items, uint32_t count) {
  for (uint32_t i = count / 2; i-- > 0;) sift(items, i, count);
  for (uint32_t end = count; end-- > 1;) {
    uint32_t swap = items[0];
    items[0] = items[end];
    items[end] = swap;
    sift(items, 0, end);
  }
}

static void shell_sort(uint32_t *items, uint32_t count) {
  uint32_t gap = 1;
  while (gap < count / 9) gap = gap * 3 + 1;
  for (; gap; gap /= 3) {
    for (uint32_t i = gap; i < count; i++) {
      uint32_t item = items[i], j = i;
      for (; j >= gap && items[j - gap] > item; j -= gap) items[j] = items[j - gap];
      items[j] = item;
    }
  }
}

static void radix_sort(struct record *items, struct record *spare, uint32_t count) {
  for (int shift = 0; shift < 32; shift += 8) {
    uint32_t starts[256] = {0}, next = 0;
    for (uint32_t i = 0; i < count; i++) starts[items[i].key >> shift & 255]++;
    for (int i = 0; i < 256; i++) {
      uint32_t here = starts[i];
      starts[i] = next;
      next += here;
    }
    for (uint32_t i = 0; i < count; i++) spare[starts[items[i].key >> shift & 255]++] = items[i];
    struct record *swap = items;
    items = spare;
    spare = swap;
  }
}

int main(int argc, char **argv) {
  uint32_t count = bench_argument(argc, argv, 1, 60000);
  uint32_t rounds = bench_argument(argc, argv, 2, 26);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 12));
  struct record *records = bench_alloc(count * sizeof *records), *spare = bench_alloc(count * sizeof *spare);
  uint32_t *numbers = bench_alloc(count * sizeof *numbers);
  static const comparison orders[] = {by_weight, by_group, by_key};
  uint64_t sum = 0;

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    for (uint32_t i = 0; i < count; i++) {
      struct record item = {bench_next(&random), bench_next(&random) % 100, bench_unit(&random)};
      records[i] = item;
    }
    for (int order = 0; order < 2; order++) {
      quick_sort(records, count, orders[(order + round) % 3]);
      for (uint32_t i = 0; i < count; i += 101) sum = bench_mix(sum, records[i].key);
    }
    radix_sort(records, spare, count);
    for (uint32_t i = 0; i < count; i++) numbers[i] = records[i].key * 40503u ^ records[i].group;
    if (round % 2)
      heap_sort(numbers, count);
    else
      shell_sort(numbers, count);
    for (uint32_t i = 0; i < count; i += 103) sum = bench_mix(sum, numbers[i]);
  }
  bench_end();
  free(records);
  free(spare);
  free(numbers);
  return bench_report("sorting", sum);
}
