/* Big numbers in limbs of 32 bits: factorials, Fibonacci numbers by doubling,
 * long division, powers modulo a number, and printing in decimal. */
#include "bench.h"

/* Little-endian limbs without leading zeros. */
struct number {
  uint32_t *limbs;
  uint32_t size, room;
};

static struct number number_make(uint32_t room) {
  struct number n = {bench_alloc(room * sizeof(uint32_t)), 0, room};
  return n;
}

static void need(const struct number *n, uint32_t size) {
  if (size > n->room) abort();
}

static void trim(struct number *n) {
  while (n->size && !n->limbs[n->size - 1]) n->size--;
}

static void set(struct number *n, uint32_t value) {
  n->limbs[0] = value;
  n->size = value != 0;
}

static void copy(struct number *to, const struct number *from) {
  need(to, from->size);
  for (uint32_t i = 0; i < from->size; i++) to->limbs[i] = from->limbs[i];
  to->size = from->size;
}

static void add(struct number *sum, const struct number *a, const struct number *b) {
  uint32_t size = a->size > b->size ? a->size : b->size;
  uint64_t carry = 0;
  need(sum, size + 1);
  for (uint32_t i = 0; i < size; i++) {
    carry += i < a->size ? a->limbs[i] : 0;
    carry += i < b->size ? b->limbs[i] : 0;
    sum->limbs[i] = (uint32_t)carry;
    carry >>= 32;
  }
  sum->limbs[size] = (uint32_t)carry;
  sum->size = size + 1;
  trim(sum);
}

/* a - b where a is not the smaller. */
static void subtract(struct number *rest, const struct number *a, const struct number *b) {
  uint32_t borrow = 0;
  need(rest, a->size);
  for (uint32_t i = 0; i < a->size; i++) {
    uint64_t low = (uint64_t)a->limbs[i] - (i < b->size ? b->limbs[i] : 0) - borrow;
    rest->limbs[i] = (uint32_t)low;
    borrow = (uint32_t)(low >> 63);
  }
  rest->size = a->size;
  trim(rest);
}

static void multiply(struct number *product, const struct number *a, const struct number *b) {
  uint32_t size = a->size + b->size;
  need(product, size);
  for (uint32_t i = 0; i < size; i++) product->limbs[i] = 0;
  for (uint32_t i = 0; i < a->size; i++) {
    uint64_t carry = 0, factor = a->limbs[i];
    uint32_t *at = product->limbs + i;
    for (uint32_t j = 0; j < b->size; j++) {
      carry += factor * b->limbs[j] + at[j];
      at[j] = (uint32_t)carry;
      carry >>= 32;
    }
    at[b->size] = (uint32_t)carry;
  }
  product->size = size;
  trim(product);
}

static void multiply_small(struct number *n, uint32_t factor) {
  uint64_t carry = 0;
  need(n, n->size + 1);
  for (uint32_t i = 0; i < n->size; i++) {
    carry += (uint64_t)n->limbs[i] * factor;
    n->limbs[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry) n->limbs[n->size++] = (uint32_t)carry;
}

static uint32_t divide_small(struct number *n, uint32_t divisor) {
  uint64_t rest = 0;
  for (uint32_t i = n->size; i-- > 0;) {
    rest = rest << 32 | n->limbs[i];
    n->limbs[i] = (uint32_t)(rest / divisor);
    rest %= divisor;
  }
  trim(n);
  return (uint32_t)rest;
}

/* n becomes n mod divisor, whose highest bit is set and which has two limbs or
 * more: long division with one estimate a limb, corrected afterwards. */
static void reduce(struct number *n, const struct number *divisor) {
  uint32_t width = divisor->size, top = divisor->limbs[width - 1];
  need(n, n->size + 1);
  n->limbs[n->size] = 0;
  for (uint32_t at = n->size + 1; at-- > width;) {
    uint64_t head = (uint64_t)n->limbs[at] << 32 | n->limbs[at - 1];
    uint64_t guess = head / top;
    if (guess > UINT32_MAX) guess = UINT32_MAX;
    uint32_t *low = n->limbs + at - width;
    uint64_t carry = 0, borrow = 0;
    for (uint32_t i = 0; i < width; i++) {
      carry += guess * divisor->limbs[i];
      uint64_t part = (uint64_t)low[i] - (uint32_t)carry - borrow;
      low[i] = (uint32_t)part;
      borrow = part >> 63;
      carry >>= 32;
    }
    uint64_t last = (uint64_t)low[width] - carry - borrow;
    while ((int64_t)last < 0) {
      uint64_t back = 0;
      for (uint32_t i = 0; i < width; i++) {
        back += (uint64_t)low[i] + divisor->limbs[i];
        low[i] = (uint32_t)back;
        back >>= 32;
      }
      last += back;
    }
    low[width] = (uint32_t)last;
  }
  n->size = width + 1 < n->size + 1 ? width + 1 : n->size;
  trim(n);
  for (;;) {
    int smaller = n->size < width;
    for (uint32_t i = width; !smaller && n->size == width && i-- > 0;) {
      if (n->limbs[i] == divisor->limbs[i]) continue;
      smaller = n->limbs[i] < divisor->limbs[i];
      break;
    }
    if (smaller) return;
    subtract(n, n, divisor);
  }
}

static uint64_t decimal(struct number *n, uint64_t sum) {
  while (n->size) sum = bench_mix(sum, divide_small(n, 1000000000));
  return sum;
}

/* The pair (F(n), F(n + 1)) by halving n. */
static void fibonacci(uint32_t n, struct number *f, struct number *g, struct number *s, struct number *t) {
  set(f, 0);
  set(g, 1);
  for (uint32_t bit = 1u << 31; bit; bit >>= 1) {
    /* F(2k) = F(k) (2 F(k+1) - F(k)), F(2k+1) = F(k)^2 + F(k+1)^2 */
    if (!g->size) return;
    add(s, g, g);
    subtract(s, s, f);
    multiply(t, f, s);
    multiply(s, f, f);
    copy(f, t);
    multiply(t, g, g);
    add(g, s, t);
    if (n & bit) {
      add(s, f, g);
      copy(f, g);
      copy(g, s);
    }
  }
}

int main(int argc, char **argv) {
  uint32_t size = bench_argument(argc, argv, 1, 3600);
  uint32_t rounds = bench_argument(argc, argv, 2, 24);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 19));
  uint32_t room = size * 4;
  struct number a = number_make(room), b = number_make(room), c = number_make(room), d = number_make(room);
  uint64_t sum = 0;

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    set(&a, 1);
    for (uint32_t i = 2; i <= size - round; i++) multiply_small(&a, i);
    sum = decimal(&a, sum);
    fibonacci(size * 20 + round, &a, &b, &c, &d);
    sum = bench_mix(sum, b.limbs[b.size / 2]);
    sum = decimal(&a, sum);
    uint32_t width = 2 + size / 64;
    for (uint32_t i = 0; i < width; i++) {
      a.limbs[i] = bench_next(&random);
      b.limbs[i] = bench_next(&random);
    }
    a.limbs[width - 1] |= 1u << 31;
    a.size = b.size = width;
    trim(&b);
    reduce(&b, &a);
    set(&c, 1);
    for (uint32_t i = 0; i < 1024; i++) {
      multiply(&d, &c, &c);
      reduce(&d, &a);
      if (bench_next(&random) & 1) {
        multiply(&c, &d, &b);
        reduce(&c, &a);
      } else {
        copy(&c, &d);
      }
    }
    for (uint32_t i = 0; i < c.size; i++) sum = bench_mix(sum, c.limbs[i]);
  }
  bench_end();
  free(a.limbs);
  free(b.limbs);
  free(c.limbs);
  free(d.limbs);
  return bench_report("bignum", sum);
}
