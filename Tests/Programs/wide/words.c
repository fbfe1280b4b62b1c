/* A program whose addresses have 64 bits: words are made, counted in a table, sorted and kept in a tree, in a heap of
 * its own that grows; and `far` uses addresses above 4 GiB. It needs no C library, and prints the same natively. */
#include <stdint.h>

typedef unsigned char byte;

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
__attribute__((import_module("host"), import_name("print"))) void print(const char *text, uint64_t size);
static byte *grown(uint64_t pages) {
  uint64_t old = __builtin_wasm_memory_grow(0, pages);
  return old == UINT64_MAX ? 0 : (byte *)(old * 65536);
}
#else
#define EXPORT(name)
void print(const char *text, uint64_t size);
byte *grown(uint64_t pages);
#endif

_Static_assert(sizeof(void *) == 8 && sizeof(long) == 8, "64 bits");

/* --- text ------------------------------------------------------------------------------ */

static uint64_t length(const char *text) {
  uint64_t n = 0;
  while (text[n]) n++;
  return n;
}

static void say(const char *what, uint64_t number) {
  char line[80];
  uint64_t n = length(what);
  for (uint64_t i = 0; i < n; i++) line[i] = what[i];
  line[n++] = ' ';
  for (int shift = 60; shift >= 0; shift -= 4) line[n++] = "0123456789abcdef"[number >> shift & 15];
  line[n++] = '\n';
  print(line, n);
}

static uint64_t state;
static uint64_t random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

/* --- a heap: free lists by size, over what the memory grows by -------------------------- */

struct piece {
  struct piece *next;
};
static struct piece *given_back[40]; /* of 16 << k bytes */
static byte *free_from, *free_to;
static uint64_t taken;

static int size_class(uint64_t size) {
  int k = 0;
  while (((uint64_t)16 << k) < size) k++;
  return k;
}

static void *take(uint64_t size) {
  int k = size_class(size);
  size = (uint64_t)16 << k;
  taken += size;
  if (given_back[k]) {
    struct piece *piece = given_back[k];
    given_back[k] = piece->next;
    return piece;
  }
  if ((uint64_t)(free_to - free_from) < size) {
    uint64_t pages = size / 65536 + 4;
    byte *more = grown(pages);
    if (!more) __builtin_trap();
    if (more != free_to) free_from = more;
    free_to = more + pages * 65536;
  }
  byte *at = free_from;
  free_from += size;
  return at;
}

static void give(void *at, uint64_t size) {
  int k = size_class(size);
  struct piece *piece = at;
  taken -= (uint64_t)16 << k;
  piece->next = given_back[k];
  given_back[k] = piece;
}

/* --- words ------------------------------------------------------------------------------ */

struct word {
  struct word *next, *left, *right; /* in the table; in the tree */
  uint64_t count, hash, priority;
  uint32_t size;
  char text[];
};

struct table {
  struct word **slots;
  uint64_t slot_count, count;
};

static int compare(const struct word *a, const struct word *b) {
  uint32_t n = a->size < b->size ? a->size : b->size;
  for (uint32_t i = 0; i < n; i++)
    if (a->text[i] != b->text[i]) return a->text[i] < b->text[i] ? -1 : 1;
  return a->size < b->size ? -1 : a->size > b->size;
}

static void enlarge(struct table *table) {
  uint64_t old_count = table->slot_count, count = old_count ? 2 * old_count : 64;
  struct word **old = table->slots, **slots = take(count * sizeof *slots);
  for (uint64_t i = 0; i < count; i++) slots[i] = 0;
  for (uint64_t i = 0; i < old_count; i++)
    while (old[i]) {
      struct word *word = old[i];
      old[i] = word->next;
      word->next = slots[word->hash & (count - 1)];
      slots[word->hash & (count - 1)] = word;
    }
  if (old) give(old, old_count * sizeof *old);
  table->slots = slots;
  table->slot_count = count;
}

static struct word *counted(struct table *table, const char *text, uint32_t size) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (uint32_t i = 0; i < size; i++) hash = (hash ^ (byte)text[i]) * 0x100000001b3u;
  if (table->count >= table->slot_count) enlarge(table);
  struct word **slot = &table->slots[hash & (table->slot_count - 1)];
  for (struct word *word = *slot; word; word = word->next) {
    if (word->hash != hash || word->size != size) continue;
    uint32_t i = 0;
    while (i < size && word->text[i] == text[i]) i++;
    if (i == size) return word->count++, word;
  }
  struct word *word = take(sizeof *word + size);
  *word = (struct word){.next = *slot, .count = 1, .hash = hash, .priority = random(), .size = size};
  for (uint32_t i = 0; i < size; i++) word->text[i] = text[i];
  *slot = word;
  table->count++;
  return word;
}

/* A treap: two pointers to pointers walk down while it is split. */
static struct word *inserted(struct word *root, struct word *word) {
  struct word **at = &root;
  while (*at && (*at)->priority >= word->priority) at = compare(word, *at) < 0 ? &(*at)->left : &(*at)->right;
  struct word *rest = *at, **left = &word->left, **right = &word->right;
  *at = word;
  while (rest)
    if (compare(rest, word) < 0)
      *left = rest, left = &rest->right, rest = rest->right;
    else
      *right = rest, right = &rest->left, rest = rest->left;
  *left = *right = 0;
  return root;
}

static uint64_t walked(const struct word *word, uint64_t sum, uint64_t depth, uint64_t *deepest) {
  if (!word) return sum;
  if (depth > *deepest) *deepest = depth;
  sum = walked(word->left, sum, depth + 1, deepest);
  for (uint32_t i = 0; i < word->size; i++) sum = sum * 31 + (byte)word->text[i];
  return walked(word->right, sum * 31 + word->count, depth + 1, deepest);
}

static void sort(struct word **from, struct word **to, int (*before)(const struct word *, const struct word *)) {
  while (to - from > 1) {
    struct word *pivot = from[(to - from) / 2], **i = from, **j = to - 1;
    while (i <= j) {
      while (before(*i, pivot) < 0) i++;
      while (before(pivot, *j) < 0) j--;
      if (i <= j) {
        struct word *word = *i;
        *i++ = *j, *j-- = word;
      }
    }
    if (j + 1 - from < to - i)
      sort(from, j + 1, before), from = i;
    else
      sort(i, to, before), to = j + 1;
  }
}

static int more_often(const struct word *a, const struct word *b) {
  return a->count != b->count ? (a->count > b->count ? -1 : 1) : compare(a, b);
}

/* `count` words from `seed`; a checksum. */
EXPORT(words) uint64_t words(uint64_t seed, uint64_t count);
uint64_t words(uint64_t seed, uint64_t count) {
  struct table table = {0};
  struct word *root = 0;
  uint64_t before = taken, sum = 0, deepest = 0, known;
  state = seed * 0x9e3779b97f4a7c15u + 1;
  for (uint64_t i = 0; i < count; i++) {
    char text[24];
    uint64_t choice = random();
    uint32_t size = 1 + (uint32_t)(choice >> 60) % 12;
    for (uint32_t k = 0; k < size; k++, choice /= 3) text[k] = (char)('a' + choice % 3 * 7 + (k & 1));
    known = table.count;
    struct word *word = counted(&table, text, size);
    if (table.count != known) root = inserted(root, word);
  }
  say("words", table.count);
  say("sum of the tree", sum = walked(root, sum, 1, &deepest));
  say("depth", deepest);
  struct word **all = take(table.count * sizeof *all);
  uint64_t n = 0;
  for (uint64_t i = 0; i < table.slot_count; i++)
    for (struct word *word = table.slots[i]; word; word = word->next) all[n++] = word;
  for (int way = 0; way < 2; way++) {
    sort(all, all + n, way ? more_often : compare);
    for (uint64_t i = 0; i < n; i++) sum = sum * 37 + all[i]->hash * all[i]->count;
    for (uint64_t i = 0; i < 3 && i < n; i++) print(all[i]->text, all[i]->size), say("", all[i]->count);
  }
  for (uint64_t i = 0; i < n; i++) give(all[i], sizeof **all + all[i]->size);
  give(all, n * sizeof *all);
  give(table.slots, table.slot_count * sizeof *table.slots);
  say("left", taken - before);
  say("sum", sum);
  return sum;
}

/* Grows by `gigabytes`: a word in each MiB of them, and a piece that lies on both sides of address 4 GiB. 0 where there
 * is no room. */
EXPORT(far) uint64_t far(uint64_t gigabytes);
uint64_t far(uint64_t gigabytes) {
  const uint64_t MIB = 1 << 20;
  byte *from = grown(gigabytes << 14);
  if (!from) {
    print("no room\n", 8);
    return 0;
  }
  uint64_t size = gigabytes << 30, sum = 0;
  for (uint64_t at = 0; at < size; at += MIB) {
    uint64_t *number = (uint64_t *)(from + at + MIB / 2 + at / MIB % 1000 * 8);
    if (*number) __builtin_trap(); /* it begins with zeros */
    *number = at * 0x9e3779b97f4a7c15u;
  }
  uint64_t middle = size > ((uint64_t)4 << 30) ? ((uint64_t)4 << 30) - 5000 : size / 2;
#ifdef __wasm__
  middle -= (uint64_t)from; /* the address itself is there */
#endif
  byte *piece = from + middle, *end = from + size;
  for (uint64_t i = 0; i < 10000; i++) piece[i] = (byte)(i * i >> 3);
  for (uint64_t i = 0; i < 10000; i++) end[i - 10000] = piece[9999 - i];
  __builtin_memmove(piece + 3, piece, 9000);
  for (uint64_t i = 0; i < 10000; i++) sum = sum * 31 + piece[i] + end[i - 10000];
  say("across", sum);
  for (uint64_t at = 0; at < size; at += MIB) sum = sum * 31 + *(uint64_t *)(from + at + MIB / 2 + at / MIB % 1000 * 8);
  say("far", sum);
  return sum;
}

/* What lies behind all that a memory has. */
EXPORT(beyond) uint64_t beyond(uint64_t at);
uint64_t beyond(uint64_t at) { return *(volatile uint64_t *)at; }
