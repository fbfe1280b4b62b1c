/* N bodies under gravity: all pairs, one square root and one division a pair. */
#include "bench.h"

struct body {
  double position[3];
  double velocity[3];
  double mass;
};

static void step(struct body *bodies, uint32_t count, double time) {
  for (uint32_t i = 0; i < count; i++) {
    struct body *a = &bodies[i];
    for (uint32_t j = i + 1; j < count; j++) {
      struct body *b = &bodies[j];
      double dx = a->position[0] - b->position[0];
      double dy = a->position[1] - b->position[1];
      double dz = a->position[2] - b->position[2];
      double distance = dx * dx + dy * dy + dz * dz + 0.01;
      double pull = time / (distance * __builtin_sqrt(distance));
      double on_a = pull * b->mass, on_b = pull * a->mass;
      a->velocity[0] -= dx * on_a;
      a->velocity[1] -= dy * on_a;
      a->velocity[2] -= dz * on_a;
      b->velocity[0] += dx * on_b;
      b->velocity[1] += dy * on_b;
      b->velocity[2] += dz * on_b;
    }
  }
  for (uint32_t i = 0; i < count; i++)
    for (int k = 0; k < 3; k++) bodies[i].position[k] += time * bodies[i].velocity[k];
}

static double energy(const struct body *bodies, uint32_t count) {
  double total = 0.0;
  for (uint32_t i = 0; i < count; i++) {
    const struct body *a = &bodies[i];
    double speed = 0.0;
    for (int k = 0; k < 3; k++) speed += a->velocity[k] * a->velocity[k];
    total += 0.5 * a->mass * speed;
    for (uint32_t j = i + 1; j < count; j++) {
      double distance = 0.01;
      for (int k = 0; k < 3; k++) {
        double d = a->position[k] - bodies[j].position[k];
        distance += d * d;
      }
      total -= a->mass * bodies[j].mass / __builtin_sqrt(distance);
    }
  }
  return total;
}

int main(int argc, char **argv) {
  uint32_t count = bench_argument(argc, argv, 1, 16);
  uint32_t steps = bench_argument(argc, argv, 2, 850000);
  struct bench_random random = bench_seed(bench_argument(argc, argv, 3, 5));
  struct body *bodies = bench_alloc(count * sizeof *bodies);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < count; i++) {
    for (int k = 0; k < 3; k++) {
      bodies[i].position[k] = bench_unit(&random) * 10.0 - 5.0;
      bodies[i].velocity[k] = bench_unit(&random) - 0.5;
    }
    bodies[i].mass = 0.1 + bench_unit(&random);
  }

  bench_start();
  for (uint32_t i = 0; i < steps; i++) {
    step(bodies, count, 0.001);
    if (i % 1024 == 0) sum = bench_mix_double(sum, energy(bodies, count));
  }
  bench_end();
  sum = bench_mix_double(sum, energy(bodies, count));
  free(bodies);
  return bench_report("nbody", sum);
}
