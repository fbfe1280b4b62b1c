/* Pointers, in a row: linked lists are merge-sorted, reversed, dealt out into
 * buckets and joined again. */
#include "bench.h"

struct cell {
  struct cell *next;
  uint32_t value;
};

static struct cell *merge(struct cell *a, struct cell *b) {
  struct cell head, *last = &head;
  while (a && b) {
    if (a->value <= b->value) {
      last = last->next = a;
      a = a->next;
    } else {
      last = last->next = b;
      b = b->next;
    }
  }
  last->next = a ? a : b;
  return head.next;
}

/* Bottom up: sorted[i] holds 2^i cells or none. */
static struct cell *sort(struct cell *list) {
  struct cell *sorted[32] = {NULL};
  while (list) {
    struct cell *run = list;
    list = list->next;
    run->next = NULL;
    int i = 0;
    for (; sorted[i]; i++) {
      run = merge(sorted[i], run);
      sorted[i] = NULL;
    }
    sorted[i] = run;
  }
  struct cell *all = NULL;
  for (int i = 0; i < 32; i++) all = merge(sorted[i], all);
  return all;
}

static struct cell *reverse(struct cell *list) {
  struct cell *done = NULL;
  while (list) {
    struct cell *next = list->next;
    list->next = done;
    done = list;
    list = next;
  }
  return done;
}

static struct cell *deal(struct cell *list, uint32_t salt) {
  struct cell *buckets[64] = {NULL};
  for (struct cell *next; list; list = next) {
    next = list->next;
    list->value = list->value * 2654435761u + salt;
    struct cell **bucket = &buckets[list->value >> 26];
    list->next = *bucket;
    *bucket = list;
  }
  struct cell *all = NULL;
  for (int i = 0; i < 64; i++) {
    while (buckets[i]) {
      struct cell *cell = buckets[i];
      buckets[i] = cell->next;
      cell->next = all;
      all = cell;
    }
    if (i % 7 == 3) all = reverse(all);
  }
  return all;
}

int main(int argc, char **argv) {
  uint32_t count = bench_argument(argc, argv, 1, 40000);
  uint32_t rounds = bench_argument(argc, argv, 2, 90);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 8));
  struct cell *list = NULL;
  uint64_t sum = 0;

  bench_start();
  for (uint32_t i = 0; i < count; i++) {
    struct cell *cell = bench_alloc(sizeof *cell);
    cell->value = bench_next(&random);
    cell->next = list;
    list = cell;
  }
  for (uint32_t round = 0; round < rounds; round++) {
    list = sort(list);
    uint32_t place = 0;
    for (const struct cell *cell = list; cell; cell = cell->next)
      if (place++ % 97 == round) sum = bench_mix(sum, cell->value);
    list = deal(list, round);
  }
  bench_end();
  while (list) {
    struct cell *next = list->next;
    sum = bench_mix(sum, list->value);
    free(list);
    list = next;
  }
  return bench_report("list", sum);
}
