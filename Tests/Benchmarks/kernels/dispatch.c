/* Indirect calls through objects: expressions as a graph of nodes, each with a
 * table of functions, are evaluated, derived and measured. */
#include "bench.h"

struct node;

struct methods {
  double (*value)(const struct node *, double x);
  double (*slope)(const struct node *, double x);
  uint32_t (*weight)(const struct node *);
};

struct node {
  const struct methods *methods;
  const struct node *a, *b;
  double constant;
};

static double value(const struct node *n, double x) { return n->methods->value(n, x); }
static double slope(const struct node *n, double x) { return n->methods->slope(n, x); }
static uint32_t weight(const struct node *n) { return n->methods->weight(n); }

static double constant_value(const struct node *n, double x) { return (void)x, n->constant; }
static double constant_slope(const struct node *n, double x) { return (void)n, (void)x, 0.0; }
static uint32_t leaf_weight(const struct node *n) { return n->constant > 0.5 ? 2 : 1; }

static double variable_value(const struct node *n, double x) { return (void)n, x; }
static double variable_slope(const struct node *n, double x) { return (void)n, (void)x, 1.0; }

static double sum_value(const struct node *n, double x) { return (value(n->a, x) + value(n->b, x)) * 0.5; }
static double sum_slope(const struct node *n, double x) { return (slope(n->a, x) + slope(n->b, x)) * 0.5; }
static uint32_t pair_weight(const struct node *n) { return 1 + weight(n->a) + weight(n->b); }

static double product_value(const struct node *n, double x) { return value(n->a, x) * value(n->b, x); }
static double product_slope(const struct node *n, double x) {
  return slope(n->a, x) * value(n->b, x) + value(n->a, x) * slope(n->b, x);
}

static double quotient_value(const struct node *n, double x) {
  double below = value(n->b, x);
  return value(n->a, x) / (1.0 + below * below);
}
static double quotient_slope(const struct node *n, double x) {
  double above = value(n->a, x), below = value(n->b, x), square = 1.0 + below * below;
  return slope(n->a, x) / square - above * 2.0 * below * slope(n->b, x) / (square * square);
}

static double larger_value(const struct node *n, double x) {
  double a = value(n->a, x), b = value(n->b, x);
  return a > b ? a : b;
}
static double larger_slope(const struct node *n, double x) {
  return value(n->a, x) > value(n->b, x) ? slope(n->a, x) : slope(n->b, x);
}
static uint32_t larger_weight(const struct node *n) {
  uint32_t a = weight(n->a), b = weight(n->b);
  return 1 + (a > b ? a : b);
}

static const struct methods constant = {constant_value, constant_slope, leaf_weight};
static const struct methods variable = {variable_value, variable_slope, leaf_weight};
static const struct methods inner[] = {
    {sum_value, sum_slope, pair_weight},
    {product_value, product_slope, pair_weight},
    {quotient_value, quotient_slope, pair_weight},
    {larger_value, larger_slope, larger_weight},
};

static struct node *grow(struct bench_random *random, uint32_t depth) {
  struct node *n = bench_alloc(sizeof *n);
  n->a = n->b = NULL;
  n->constant = bench_unit(random);
  if (!depth) {
    n->methods = bench_next(random) % 3 ? &variable : &constant;
  } else {
    n->methods = &inner[bench_next(random) % 4];
    n->a = grow(random, depth - 1);
    n->b = grow(random, depth - 1 - (depth > 1 && bench_next(random) % 4 == 0));
  }
  return n;
}

static void release(const struct node *n) {
  if (!n) return;
  release(n->a);
  release(n->b);
  free((void *)n);
}

int main(int argc, char **argv) {
  uint32_t depth = bench_argument(argc, argv, 1, 12);
  uint32_t points = bench_argument(argc, argv, 2, 6500);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 11));
  struct node *root = grow(&random, depth);
  uint64_t sum = 0;

  bench_start();
  for (uint32_t i = 0; i < points; i++) {
    double x = bench_unit(&random) * 2.0 - 1.0;
    double y = value(root, x);
    sum = bench_mix_double(sum, y);
    if (i % 8 == 0) sum = bench_mix_double(sum, slope(root, x));
    sum = bench_mix(sum, weight(root));
  }
  bench_end();
  release(root);
  return bench_report("dispatch", sum);
}
