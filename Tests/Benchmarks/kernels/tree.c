/* Pointers, apart: a treap under insertions, look-ups and removals, each node
 * from malloc. */
#include "bench.h"

struct node {
  struct node *left, *right;
  uint32_t key, rank, count;
};

static struct node *turn_right(struct node *node) {
  struct node *top = node->left;
  node->left = top->right;
  top->right = node;
  return top;
}

static struct node *turn_left(struct node *node) {
  struct node *top = node->right;
  node->right = top->left;
  top->left = node;
  return top;
}

static struct node *insert(struct node *node, uint32_t key, uint32_t rank) {
  if (!node) {
    node = bench_alloc(sizeof *node);
    node->left = node->right = NULL;
    node->key = key;
    node->rank = rank;
    node->count = 1;
    return node;
  }
  if (key == node->key) {
    node->count++;
  } else if (key < node->key) {
    node->left = insert(node->left, key, rank);
    if (node->left->rank > node->rank) return turn_right(node);
  } else {
    node->right = insert(node->right, key, rank);
    if (node->right->rank > node->rank) return turn_left(node);
  }
  return node;
}

static struct node *delete_top(struct node *node) {
  if (!node->left || !node->right) {
    struct node *rest = node->left ? node->left : node->right;
    free(node);
    return rest;
  }
  if (node->left->rank > node->right->rank) {
    struct node *top = turn_right(node);
    top->right = delete_top(node);
    return top;
  }
  struct node *top = turn_left(node);
  top->left = delete_top(node);
  return top;
}

static struct node *delete_key(struct node *root, uint32_t key) {
  struct node **link = &root;
  while (*link && (*link)->key != key) link = key < (*link)->key ? &(*link)->left : &(*link)->right;
  if (*link && --(*link)->count == 0) *link = delete_top(*link);
  return root;
}

static const struct node *find(const struct node *node, uint32_t key) {
  while (node && node->key != key) node = key < node->key ? node->left : node->right;
  return node;
}

static uint64_t fold(const struct node *node, uint32_t depth, uint64_t sum) {
  if (!node) return sum;
  sum = fold(node->left, depth + 1, sum);
  sum = bench_mix(sum, ((uint64_t)node->key << 32) + node->count * 64 + depth);
  return fold(node->right, depth + 1, sum);
}

static void release(struct node *node) {
  if (!node) return;
  release(node->left);
  release(node->right);
  free(node);
}

int main(int argc, char **argv) {
  uint32_t operations = bench_argument(argc, argv, 1, 3000000);
  uint32_t keys = bench_argument(argc, argv, 2, 60000);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 7));
  struct node *root = NULL;
  uint64_t sum = 0;

  bench_start();
  for (uint32_t i = 0; i < operations; i++) {
    uint32_t key = bench_next(&random) % keys, choice = bench_next(&random);
    switch (choice & 3) {
    case 0:
      root = insert(root, key, bench_next(&random));
      break;
    case 1:
      root = delete_key(root, key);
      break;
    default: {
      const struct node *found = find(root, key);
      sum += found ? found->count : 1000;
    }
    }
  }
  sum = fold(root, 0, sum);
  bench_end();
  release(root);
  return bench_report("tree", sum);
}
