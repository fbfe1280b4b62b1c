/* A hash table of counted strings with open addressing: insertions, look-ups,
 * removals that close the gap, and growth. */
#include "bench.h"

struct entry {
  uint32_t hash; /* 0: empty */
  uint32_t key;  /* offset of the key's bytes */
  uint32_t size; /* of the key */
  uint32_t value;
};

struct table {
  struct entry *entries;
  uint32_t mask, used;
  const uint8_t *bytes; /* of all keys */
};

static uint32_t hash_of(const uint8_t *key, uint32_t size) {
  uint32_t hash = 0x811c9dc5u;
  for (uint32_t i = 0; i < size; i++) hash = (hash ^ key[i]) * 0x01000193u;
  hash ^= hash >> 15;
  return hash ? hash : 1;
}

static int same(const uint8_t *a, const uint8_t *b, uint32_t size) {
  for (uint32_t i = 0; i < size; i++)
    if (a[i] != b[i]) return 0;
  return 1;
}

static void table_reset(struct table *table, uint32_t capacity) {
  table->entries = bench_alloc(capacity * sizeof *table->entries);
  for (uint32_t i = 0; i < capacity; i++) table->entries[i].hash = 0;
  table->mask = capacity - 1;
  table->used = 0;
}

/* The entry of this key, or the empty one where it belongs. */
static struct entry *probe(const struct table *table, uint32_t hash, uint32_t key, uint32_t size) {
  for (uint32_t i = hash;; i++) {
    struct entry *entry = &table->entries[i & table->mask];
    if (!entry->hash) return entry;
    if (entry->hash == hash && entry->size == size && same(table->bytes + entry->key, table->bytes + key, size))
      return entry;
  }
}

static void table_grow(struct table *table) {
  struct entry *old = table->entries;
  uint32_t count = table->mask + 1, used = table->used;
  table_reset(table, count * 2);
  for (uint32_t i = 0; i < count; i++)
    if (old[i].hash) *probe(table, old[i].hash, old[i].key, old[i].size) = old[i];
  table->used = used;
  free(old);
}

static uint32_t table_add(struct table *table, uint32_t key, uint32_t size) {
  uint32_t hash = hash_of(table->bytes + key, size);
  struct entry *entry = probe(table, hash, key, size);
  if (entry->hash) return ++entry->value;
  struct entry fresh = {hash, key, size, 1};
  *entry = fresh;
  if (++table->used * 4 > table->mask * 3) table_grow(table);
  return 1;
}

static uint32_t table_get(const struct table *table, uint32_t key, uint32_t size) {
  const struct entry *entry = probe(table, hash_of(table->bytes + key, size), key, size);
  return entry->hash ? entry->value : 0;
}

static uint32_t table_remove(struct table *table, uint32_t key, uint32_t size) {
  struct entry *gap = probe(table, hash_of(table->bytes + key, size), key, size);
  if (!gap->hash) return 0;
  uint32_t value = gap->value, hole = (uint32_t)(gap - table->entries);
  for (uint32_t i = hole + 1; table->entries[i & table->mask].hash; i++) {
    const struct entry *entry = &table->entries[i & table->mask];
    if (((i - entry->hash) & table->mask) >= ((i - hole) & table->mask)) {
      table->entries[hole & table->mask] = *entry;
      hole = i;
    }
  }
  table->entries[hole & table->mask].hash = 0;
  table->used--;
  return value;
}

int main(int argc, char **argv) {
  uint32_t operations = bench_argument(argc, argv, 1, 8000000);
  uint32_t size = bench_argument(argc, argv, 2, 30000);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 13));
  uint8_t *bytes = bench_alloc(size + 64);
  struct table table = {NULL, 0, 0, bytes};
  uint64_t sum = 0;
  for (uint32_t i = 0; i < size + 64; i++) bytes[i] = (uint8_t)("etaoinshrdlu"[bench_next(&random) % 12]);

  bench_start();
  table_reset(&table, 16);
  for (uint32_t i = 0; i < operations; i++) {
    uint32_t choice = bench_next(&random), key = bench_next(&random) % size, length = 6 + choice % 19;
    key &= ~3u;
    switch (choice >> 28) {
    case 0:
    case 1:
    case 2:
      sum += table_remove(&table, key, length);
      break;
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
      sum += table_add(&table, key, length);
      break;
    default:
      sum += table_get(&table, key, length) * 3;
    }
  }
  bench_end();
  for (uint32_t i = 0; i <= table.mask; i++)
    if (table.entries[i].hash) sum += bench_mix(table.entries[i].hash, table.entries[i].value);
  sum = bench_mix(sum, table.used);
  free(table.entries);
  free(bytes);
  return bench_report("hashing", sum);
}
