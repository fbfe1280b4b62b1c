// Exceptions that are caught five calls further up, past objects that are destroyed.
#include "../kernels/bench.h"

#include <stdexcept>

static uint32_t destroyed;

struct Local {
  uint32_t number;
  explicit Local(uint32_t number) : number(number) {}
  ~Local() { destroyed += number; }
};

// One call of the next, and something behind it, so that none is a tail call.
#define FRAME(name, next)                                                                                              \
  [[gnu::noinline]] static uint32_t name(uint32_t n) {                                                                 \
    Local local(n);                                                                                                    \
    return next(n * 5 + 1) + local.number;                                                                             \
  }

[[gnu::noinline]] static uint32_t fifth(uint32_t n) {
  if (n & 1) throw std::runtime_error("odd");
  throw n;
}
FRAME(fourth, fifth)
FRAME(third, fourth)
FRAME(second, third)
FRAME(first, second)

int main(int argc, char **argv) {
  uint32_t count = bench_argument(argc, argv, 1, 200000);
  uint32_t n = bench_argument(argc, argv, 2, 31);
  uint64_t sum = 0;
  bench_start();
  for (uint32_t i = 0; i < count; i++) {
    try {
      n += first(n);
    } catch (uint32_t thrown) {
      n += thrown;
      sum = bench_mix(sum, n);
    } catch (const std::exception &thrown) {
      n += uint32_t(thrown.what()[1]);
      sum = bench_mix(sum, destroyed);
    }
  }
  bench_end();
  return bench_report("thrown", sum);
}
