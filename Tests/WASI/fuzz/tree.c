/* tree.c: see tree.h. */
#include "tree.h"

static struct node nodes[NODES];
static int node_count;

static struct entry {
  struct node *folder, *node; /* folder NULL: free */
  char name[NAME];
} entries[ENTRIES];
static int entry_end;

struct node *tree_node(uint8_t type) {
  if (node_count == NODES) return NULL;
  struct node *node = &nodes[node_count++];
  memset(node, 0, sizeof *node);
  node->type = type;
  return node;
}

struct node *tree_reset(void) {
  node_count = entry_end = 0;
  return tree_node(WASI_DIRECTORY);
}

static struct entry *entry_of(const struct node *folder, const char *name) {
  for (int i = 0; i < entry_end; i++)
    if (entries[i].folder == folder && !strcmp(entries[i].name, name)) return &entries[i];
  return NULL;
}

struct node *tree_find(const struct node *folder, const char *name) {
  struct entry *entry = entry_of(folder, name);
  return entry ? entry->node : NULL;
}

bool tree_add(struct node *folder, const char *name, struct node *node) {
  int at = 0;
  while (at < entry_end && entries[at].folder) at++;
  if (at == ENTRIES) return false;
  if (at == entry_end) entry_end++;
  entries[at].folder = folder;
  entries[at].node = node;
  strcpy(entries[at].name, name);
  node->links++;
  return true;
}

void tree_take(struct node *folder, const char *name) {
  struct entry *entry = entry_of(folder, name);
  entry->node->links--;
  entry->folder = NULL;
}

int tree_count(const struct node *folder) {
  int count = 0;
  for (int i = 0; i < entry_end; i++) count += entries[i].folder == folder;
  return count;
}

bool tree_is_empty(const struct node *folder) { return tree_count(folder) == 0; }

static const struct node *parent_of(const struct node *folder) {
  for (int i = 0; i < entry_end; i++)
    if (entries[i].folder && entries[i].node == folder) return entries[i].folder;
  return NULL;
}

bool tree_is_below(const struct node *node, const struct node *folder) {
  for (; node; node = parent_of(node))
    if (node == folder) return true;
  return false;
}

/* --- paths ------------------------------------------------------------------------------ */

enum { DEPTH = 127, LINKS = 40 };

uint32_t tree_resolve(struct node *top, const uint8_t *text, uint32_t length, enum wasi_final final, struct found *found) {
  static char rest[3 * 4096];
  struct node *stack[DEPTH + 1] = {top};
  int depth = 0, links = 0;
  memset(found, 0, sizeof *found);
  if (!length) return WASI_NOENT;
  if (length >= 4096) return WASI_NAMETOOLONG; /* and is not looked at */
  if (memchr(text, 0, length)) return WASI_INVAL;
  if (text[0] == '/') return WASI_NOTCAPABLE;
  memcpy(rest, text, length);
  rest[length] = 0;
  for (;;) {
    size_t lead = strspn(rest, "/");
    memmove(rest, rest + lead, strlen(rest + lead) + 1);
    if (!*rest) break;
    size_t size = strcspn(rest, "/");
    bool slash = rest[size] == '/', last = !rest[size + strspn(rest + size, "/")];
    if (size >= NAME) return WASI_NAMETOOLONG;
    memcpy(found->name, rest, size);
    found->name[size] = 0;
    memmove(rest, rest + size, strlen(rest + size) + 1);
    if (!strcmp(found->name, ".")) continue;
    if (!strcmp(found->name, "..")) {
      if (!depth) return WASI_NOTCAPABLE;
      depth--;
      continue;
    }
    found->parent = stack[depth];
    found->node = tree_find(stack[depth], found->name);
    found->must_be_directory = slash;
    if (last && (final == WASI_ENTRY || (final == WASI_NOFOLLOW && !slash))) return WASI_SUCCESS;
    if (!found->node) return last ? WASI_SUCCESS : WASI_NOENT;
    if (found->node->type == WASI_SYMBOLIC_LINK) {
      if (++links > LINKS) return WASI_LOOP;
      const char *target = found->node->target;
      if (target[0] == '/') return WASI_NOTCAPABLE;
      size_t target_size = strlen(target);
      if (target_size + strlen(rest) >= 4096) return WASI_NAMETOOLONG;
      memmove(rest + target_size, rest, strlen(rest) + 1);
      memcpy(rest, target, target_size);
    } else if (last) {
      return slash && found->node->type != WASI_DIRECTORY ? WASI_NOTDIR : WASI_SUCCESS;
    } else if (found->node->type != WASI_DIRECTORY) {
      return WASI_NOTDIR;
    } else if (depth == DEPTH) {
      return WASI_NAMETOOLONG;
    } else {
      stack[++depth] = found->node;
    }
  }
  found->parent = found->node = stack[depth];
  found->must_be_directory = found->is_dot = true;
  strcpy(found->name, ".");
  return WASI_SUCCESS;
}
