/* tree.h: a file system that is only structs, to compare the real one with. */
#ifndef TREE_H
#define TREE_H

#include "harness.h"

enum { NODES = 128, ENTRIES = 256, BYTES = 4096, NAME = 256, TARGET = 256 };

struct node {
  uint8_t type;        /* enum wasi_filetype, 0: not in use */
  bool gone;           /* a folder that was removed */
  bool opaque;         /* a file with more than BYTES: what is in it is not known */
  uint32_t links;
  uint64_t size;
  uint8_t bytes[BYTES]; /* of a file; zeros behind `size` */
  char target[TARGET];  /* of a link */
};

/* Empties it: an empty root. */
struct node *tree_reset(void);

/* NULL when all nodes are in use. */
struct node *tree_node(uint8_t type);

struct node *tree_find(const struct node *folder, const char *name);
bool tree_add(struct node *folder, const char *name, struct node *node); /* false: no room */
void tree_take(struct node *folder, const char *name);
bool tree_is_empty(const struct node *folder);
int tree_count(const struct node *folder);
/* `node` is `folder` or somewhere below it. */
bool tree_is_below(const struct node *node, const struct node *folder);

/* What a path leads to, as wasi_path_resolve says it; `node` NULL: nothing has that name. */
struct found {
  struct node *parent, *node;
  char name[NAME];
  bool must_be_directory, is_dot;
};
uint32_t tree_resolve(struct node *top, const uint8_t *text, uint32_t length, enum wasi_final final, struct found *found);

#endif
