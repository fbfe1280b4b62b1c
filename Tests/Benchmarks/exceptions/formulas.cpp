// Formulas: each is parsed into nodes and computed for several arguments. Few have a fault, which is found deep
// inside. With CODES faults come back as numbers, else they are thrown; nothing else differs.
#include "../kernels/bench.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

enum Fault { NONE, END, CHARACTER, NAME, DIVISION };

#ifdef CODES
typedef Fault Outcome;
#define FAIL(fault) return fault
#define DO(call)                                                                                                       \
  if (Fault found = (call)) return found
#define DONE return NONE
#else
typedef void Outcome;
#define FAIL(fault) throw Fault(fault)
#define DO(call) (call)
#define DONE return
#endif

struct Node {
  virtual ~Node() {}
  virtual Outcome value(const uint32_t *arguments, uint32_t &out) const = 0;
};
typedef std::unique_ptr<Node> Tree;

struct Number : Node {
  uint32_t number;
  explicit Number(uint32_t number) : number(number) {}
  Outcome value(const uint32_t *, uint32_t &out) const override {
    out = number;
    DONE;
  }
};

struct Argument : Node {
  uint32_t which;
  explicit Argument(uint32_t which) : which(which) {}
  Outcome value(const uint32_t *arguments, uint32_t &out) const override {
    out = arguments[which];
    DONE;
  }
};

struct Operation : Node {
  char what;
  Tree left, right;
  Operation(char what, Tree left, Tree right) : what(what), left(std::move(left)), right(std::move(right)) {}
  Outcome value(const uint32_t *arguments, uint32_t &out) const override {
    uint32_t a, b;
    DO(left->value(arguments, a));
    DO(right->value(arguments, b));
    switch (what) {
    case '+':
      out = a + b;
      break;
    case '-':
      out = a - b;
      break;
    case '*':
      out = a * b;
      break;
    default:
      if (b % 65521 == 7) FAIL(DIVISION); // rare
      out = b ? a / b : a;
    }
    DONE;
  }
};

struct Sum : Node {
  std::vector<Tree> all;
  Outcome value(const uint32_t *arguments, uint32_t &out) const override {
    uint32_t total = 0;
    for (const Tree &one : all) {
      uint32_t number;
      DO(one->value(arguments, number));
      total += number;
    }
    out = total;
    DONE;
  }
};

class Parser {
  const char *at;

  Outcome character(char &out) {
    while (*at == ' ') at++;
    if (!*at) FAIL(END);
    out = *at++;
    DONE;
  }

  Outcome expected(char what) {
    char c;
    DO(character(c));
    if (c != what) FAIL(CHARACTER);
    DONE;
  }

  Outcome factor(Tree &out) {
    char c;
    DO(character(c));
    if (c == '(') {
      DO(sum(out));
      DO(expected(')'));
    } else if (c == '#') { // #(a, b, c)
      auto all = std::make_unique<Sum>();
      DO(expected('('));
      do {
        Tree one;
        DO(sum(one));
        all->all.push_back(std::move(one));
        DO(character(c));
      } while (c == ',');
      if (c != ')') FAIL(CHARACTER);
      out = std::move(all);
    } else if (c >= '0' && c <= '9') {
      uint32_t number = uint32_t(c - '0');
      while (*at >= '0' && *at <= '9') number = number * 10 + uint32_t(*at++ - '0');
      out = std::make_unique<Number>(number);
    } else if (c >= 'a' && c <= 'z') {
      if (c > 'd') FAIL(NAME);
      out = std::make_unique<Argument>(uint32_t(c - 'a'));
    } else
      FAIL(CHARACTER);
    DONE;
  }

  Outcome product(Tree &out) {
    DO(factor(out));
    while (*at == '*' || *at == '/') {
      char what = *at++;
      Tree right;
      DO(factor(right));
      out = std::make_unique<Operation>(what, std::move(out), std::move(right));
    }
    DONE;
  }

  Outcome sum(Tree &out) {
    DO(product(out));
    while (*at == '+' || *at == '-') {
      char what = *at++;
      Tree right;
      DO(product(right));
      out = std::make_unique<Operation>(what, std::move(out), std::move(right));
    }
    DONE;
  }

public:
  explicit Parser(const char *text) : at(text) {}

  Outcome whole(Tree &out) {
    DO(sum(out));
    if (*at) FAIL(CHARACTER);
    DONE;
  }
};

static uint64_t computed(const std::string &text, uint32_t rounds, uint64_t sum) {
  Fault fault = NONE;
#ifdef CODES
#define HANDLED(call)                                                                                                  \
  if (!fault) fault = (call)
#else
#define HANDLED(call)                                                                                                  \
  if (!fault) try {                                                                                                    \
      call;                                                                                                            \
    } catch (Fault thrown) {                                                                                           \
      fault = thrown;                                                                                                  \
    }
#endif
  Tree tree;
  uint32_t arguments[] = {3, 14, 159, 2653}, number = 0;
  HANDLED(Parser(text.c_str()).whole(tree));
  for (uint32_t round = 0; round < rounds; round++) {
    HANDLED(tree->value(arguments, number));
    arguments[round & 3] += number | 1;
    sum = bench_mix(sum, number);
  }
  return bench_mix(sum, fault);
}

static void write(std::string &text, bench_random &random, uint32_t depth) {
  uint32_t choice = bench_next(&random);
  if (!depth || choice % 16 < 2) {
    if (choice & 256)
      text += std::to_string((choice >> 12) % 1000 + 1);
    else
      text += char('a' + (choice >> 12) % 4);
  } else if (choice % 16 < 4) {
    text += "# (";
    for (uint32_t count = (choice >> 8) % 4; count--; text += ", ") write(text, random, depth - 1);
    write(text, random, depth - 1);
    text += ')';
  } else {
    text += '(';
    write(text, random, depth - 1);
    text += "+-*+-*+/"[choice >> 8 & 7];
    write(text, random, depth - 1);
    text += ')';
  }
}

int main(int argc, char **argv) {
  uint32_t count = bench_argument(argc, argv, 1, 3000);
  uint32_t rounds = bench_argument(argc, argv, 2, 500);
  bench_random random = bench_seed(bench_argument(argc, argv, 3, 29));
  std::vector<std::string> texts(count);
  for (uint32_t i = 0; i < count; i++) {
    write(texts[i], random, 6);
    if (i % 1000 == 500) texts[i][texts[i].size() / 2] = '?';
  }
  uint64_t sum = 0;
  bench_start();
  for (const std::string &text : texts) sum = computed(text, rounds, sum);
  bench_end();
  return bench_report("formulas", sum);
}
