/* Indirect calls, one an instruction: a register machine whose instructions are
 * functions in a table. It runs a sieve and a sum of digits. */
#include "bench.h"

struct machine {
  uint32_t registers[16];
  uint32_t next; /* instruction */
  uint32_t *memory;
  uint32_t mask; /* of memory indices */
  int halted;
};

struct instruction {
  uint8_t code, to, a, b;
  int32_t constant;
};

typedef void (*handler)(struct machine *, const struct instruction *);

static void do_constant(struct machine *m, const struct instruction *i) { m->registers[i->to] = (uint32_t)i->constant; }
static void do_move(struct machine *m, const struct instruction *i) { m->registers[i->to] = m->registers[i->a]; }
static void do_add(struct machine *m, const struct instruction *i) {
  m->registers[i->to] = m->registers[i->a] + m->registers[i->b];
}
static void do_add_constant(struct machine *m, const struct instruction *i) {
  m->registers[i->to] = m->registers[i->a] + (uint32_t)i->constant;
}
static void do_multiply(struct machine *m, const struct instruction *i) {
  m->registers[i->to] = m->registers[i->a] * m->registers[i->b];
}
static void do_divide(struct machine *m, const struct instruction *i) {
  uint32_t by = m->registers[i->b];
  m->registers[i->to] = by ? m->registers[i->a] / by : 0;
}
static void do_subtract(struct machine *m, const struct instruction *i) {
  m->registers[i->to] = m->registers[i->a] - m->registers[i->b];
}
static void do_load(struct machine *m, const struct instruction *i) {
  m->registers[i->to] = m->memory[(m->registers[i->a] + (uint32_t)i->constant) & m->mask];
}
static void do_store(struct machine *m, const struct instruction *i) {
  m->memory[(m->registers[i->a] + (uint32_t)i->constant) & m->mask] = m->registers[i->b];
}
static void do_jump(struct machine *m, const struct instruction *i) { m->next += (uint32_t)i->constant; }
static void do_jump_below(struct machine *m, const struct instruction *i) {
  if (m->registers[i->a] < m->registers[i->b]) m->next += (uint32_t)i->constant;
}
static void do_jump_zero(struct machine *m, const struct instruction *i) {
  if (!m->registers[i->a]) m->next += (uint32_t)i->constant;
}
static void do_halt(struct machine *m, const struct instruction *i) {
  (void)i;
  m->halted = 1;
}

enum { CONSTANT, MOVE, ADD, ADD_CONSTANT, MULTIPLY, DIVIDE, SUBTRACT, LOAD, STORE, JUMP, JUMP_BELOW, JUMP_ZERO, HALT };

static const handler handlers[] = {do_constant,   do_move,      do_add,  do_add_constant, do_multiply,
                                   do_divide,     do_subtract,  do_load, do_store,        do_jump,
                                   do_jump_below, do_jump_zero, do_halt};

/* Registers: 0 limit, 1 i, 2 j, 3 one, 4 marked, 5 count, 6 ten, 7 rest, 8 quotient, 9 digits, 10 scratch. */
static const struct instruction program[] = {
    {CONSTANT, 3, 0, 0, 1},
    {CONSTANT, 6, 0, 0, 10},
    {CONSTANT, 5, 0, 0, 0},
    {CONSTANT, 9, 0, 0, 0},
    {CONSTANT, 1, 0, 0, 2},
    /* 5: for each i */
    {LOAD, 4, 1, 0, 0},
    {JUMP_ZERO, 0, 4, 0, 1},
    {JUMP, 0, 0, 0, 15}, /* composite: to 23 */
    {ADD_CONSTANT, 5, 5, 0, 1},
    {MOVE, 7, 1, 0, 0},
    /* 10: the sum of its digits */
    {JUMP_ZERO, 0, 7, 0, 7}, /* to 18 */
    {DIVIDE, 8, 7, 6, 0},
    {MULTIPLY, 10, 8, 6, 0},
    {SUBTRACT, 10, 7, 10, 0},
    {ADD, 9, 9, 10, 0},
    {MOVE, 7, 8, 0, 0},
    {JUMP, 0, 0, 0, -7}, /* to 10 */
    {HALT, 0, 0, 0, 0},
    {ADD, 2, 1, 1, 0},
    /* 19: mark the multiples */
    {JUMP_BELOW, 0, 0, 2, 3}, /* past the limit: to 23 */
    {STORE, 0, 2, 3, 0},
    {ADD, 2, 2, 1, 0},
    {JUMP, 0, 0, 0, -4}, /* to 19 */
    {ADD_CONSTANT, 1, 1, 0, 1},
    {JUMP_BELOW, 0, 1, 0, -20}, /* to 5 */
    {HALT, 0, 0, 0, 0},
};

static uint32_t run(struct machine *m, const struct instruction *code) {
  uint32_t steps = 0;
  m->next = 0;
  m->halted = 0;
  while (!m->halted) {
    const struct instruction *i = &code[m->next++];
    handlers[i->code](m, i);
    steps++;
  }
  return steps;
}

int main(int argc, char **argv) {
  uint32_t limit = bench_argument(argc, argv, 1, 60000);
  uint32_t rounds = bench_argument(argc, argv, 2, 230);
  uint32_t size = 1;
  while (size <= limit) size *= 2;
  struct machine m = {{0}, 0, bench_alloc(size * sizeof(uint32_t)), size - 1, 0};
  uint64_t sum = 0;

  bench_start();
  for (uint32_t round = 0; round < rounds; round++) {
    for (uint32_t i = 0; i < size; i++) m.memory[i] = 0;
    m.registers[0] = limit - round;
    sum = bench_mix(sum, run(&m, program));
    sum = bench_mix(sum, ((uint64_t)m.registers[5] << 32) + m.registers[9]);
  }
  bench_end();
  free(m.memory);
  return bench_report("vm", sum);
}
