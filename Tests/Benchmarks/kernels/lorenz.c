/* Floating point in registers: the Lorenz system by fourth-order Runge-Kutta
 * steps from many starting points. */
#include "bench.h"

struct point {
  double x, y, z;
};

static struct point slope(struct point p) {
  struct point d = {10.0 * (p.y - p.x), p.x * (28.0 - p.z) - p.y, p.x * p.y - p.z * (8.0 / 3.0)};
  return d;
}

static struct point along(struct point p, struct point d, double step) {
  struct point q = {p.x + d.x * step, p.y + d.y * step, p.z + d.z * step};
  return q;
}

static struct point advance(struct point p, double step) {
  struct point a = slope(p);
  struct point b = slope(along(p, a, step * 0.5));
  struct point c = slope(along(p, b, step * 0.5));
  struct point d = slope(along(p, c, step));
  struct point mean = {a.x + 2.0 * (b.x + c.x) + d.x, a.y + 2.0 * (b.y + c.y) + d.y, a.z + 2.0 * (b.z + c.z) + d.z};
  return along(p, mean, step / 6.0);
}

int main(int argc, char **argv) {
  uint32_t starts = bench_argument(argc, argv, 1, 280);
  uint32_t steps = bench_argument(argc, argv, 2, 100000);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 2));
  uint64_t sum = 0;

  bench_start();
  for (uint32_t i = 0; i < starts; i++) {
    struct point p = {bench_unit(&random) * 20.0 - 10.0, bench_unit(&random) * 20.0 - 10.0, bench_unit(&random) * 40.0};
    double step = 0.001 + bench_unit(&random) * 0.004;
    double highest = 0.0;
    for (uint32_t k = 0; k < steps; k++) {
      p = advance(p, step);
      if (p.z > highest) highest = p.z;
    }
    sum = bench_mix_double(bench_mix_double(sum, p.x), highest);
  }
  bench_end();
  return bench_report("lorenz", sum);
}
