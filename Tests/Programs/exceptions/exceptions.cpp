// What C++ makes of exceptions: which handler gets them, and what is destroyed on the way. Prints a line for each
// case and a checksum, and ends with the status that the first argument says.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

static std::string trace;
static uint32_t sum = 2166136261u;
static volatile int zero; // what the optimiser does not know
static int alive;

// Writes its name when it is made and, in the other case, when it is destroyed.
struct Local {
  char name;
  explicit Local(char name) : name(name) {
    trace += name;
    alive++;
  }
  Local(const Local &other) : name(other.name) { alive++; }
  ~Local() {
    trace += char(name ^ 32);
    alive--;
  }
};

static void note(const char *text) { trace += text; }
static void note(int number) { trace += std::to_string(number); }

struct Base {
  int value;
  explicit Base(int value) : value(value) {}
  virtual ~Base() {}
  virtual const char *name() const { return "base"; }
};
struct Derived : Base {
  using Base::Base;
  const char *name() const override { return "derived"; }
};
struct Side {
  int side = 5;
  virtual ~Side() {}
};
struct Both : Side, Derived {
  explicit Both(int value) : Derived(value) {}
  const char *name() const override { return "both"; }
};
struct Left : virtual Side {};
struct Right : virtual Side {};
struct Diamond : Left, Right {};
struct Large {
  char bytes[3000];
};
enum class Colour { red = 3, green };

[[gnu::noinline]] static void throws(int what) {
  Local l('t');
  switch (what) {
  case 0:
    throw 7;
  case 1:
    throw Base(11);
  case 2:
    throw Derived(12);
  case 3:
    throw Both(13);
  case 4:
    throw Diamond();
  case 5:
    throw std::out_of_range("range");
  case 6:
    throw "text";
  case 7:
    throw 2.5;
  case 8: {
    Large large;
    memset(large.bytes, 9, sizeof large.bytes);
    throw large;
  }
  case 9:
    throw Colour::green;
  case 10:
    throw std::string("a string that is too long to lie in the object itself");
  case 11:
    throw nullptr;
  case 12: {
    static Both both(14);
    throw &both;
  }
  case 13:
    throw 8ull;
  }
  note("none");
}

static void by_type(int what) {
  try {
    throws(what);
  } catch (int i) {
    note("int "), note(i);
  } catch (const Both &b) {
    note(b.name()), note(b.value + b.side);
  } catch (Derived &d) {
    note(d.name()), note(d.value);
  } catch (const Base &b) {
    note(b.name()), note(b.value);
  } catch (const Side &s) {
    note("side "), note(s.side);
  } catch (const std::logic_error &e) {
    note("logic "), note(e.what());
  } catch (const std::exception &e) {
    note("exception "), note(e.what());
  } catch (const char *text) {
    note(text ? text : "null");
  } catch (double d) {
    note(int(d * 10));
  } catch (const Large &large) {
    note(large.bytes[0] + large.bytes[2999]);
  } catch (Colour c) {
    note("colour "), note(int(c));
  } catch (Base *b) {
    note(b ? b->name() : "nullptr");
  } catch (const std::string &s) {
    note(s.c_str() + 40);
  } catch (...) {
    note("something");
  }
}

static void every_type() {
  for (int what = 0; what <= 14; what++) {
    by_type(what);
    note(" ");
  }
}

static void slices() {
  try {
    throws(3);
  } catch (Base b) { // a copy of the part
    note(b.name()), note(b.value);
  }
}

static void nested() {
  Local a('a');
  try {
    Local b('b');
    try {
      Local c('c');
      throws(2);
    } catch (int) {
      note("wrong");
    }
    note("wrong");
  } catch (Base &e) {
    note(e.name());
    try {
      throws(0);
    } catch (int i) {
      note(i);
    }
    note(e.value);
  }
}

static void rethrows() {
  try {
    try {
      try {
        throws(2);
      } catch (Derived &d) {
        d.value++;
        Local b('b');
        throw;
      }
    } catch (Base &b) {
      b.value++;
      try {
        throw 3;
      } catch (int) {
      }
      throw; // not the 3
    }
  } catch (Derived &d) {
    note(d.value);
  }
}

static void replaces() {
  try {
    try {
      throws(1);
    } catch (Base &b) {
      Local l('l');
      throw std::runtime_error(std::to_string(b.value));
    }
  } catch (std::exception &e) {
    note(e.what());
  }
}

// Left in all ways that a statement can be left.
static int leaves(int how) {
  for (int i = 0; i < 3; i++) {
    Local l('l');
    try {
      Local m('m');
      if (how == 0) continue;
      if (how == 1) break;
      if (how == 2) return 20;
      if (how == 3) goto out;
      throws(how - 4);
    } catch (int) {
      if (i == 1) return 30;
      continue;
    } catch (...) {
      break;
    }
    note("-");
  }
  return 40;
out:
  return 50;
}
static void leaving() {
  for (int how = 0; how < 7; how++) note(leaves(how));
}

// --- objects that come to be ----------------------------------------------------------------

static int made;
struct Member {
  Local l;
  explicit Member(char name) : l(name) {
    if (++made == 3) throw Derived(made);
  }
};
struct Whole : Member {
  Member first, second;
  Local last;
  explicit Whole(char from) : Member(from), first(char(from + 1)), second(char(from + 2)), last('z') {}
};
static void in_constructors() {
  for (made = 0; made < 3;) {
    try {
      Whole *whole = new Whole('a');
      note("made"), delete whole;
    } catch (Base &b) {
      note(b.value);
    }
  }
}

struct Counted {
  Local l;
  Counted() : l('k') {
    if (alive > 4) throw 4;
  }
};
static void in_arrays() {
  int before = alive;
  try {
    Counted *all = new Counted[8];
    delete[] all;
  } catch (int i) {
    note(i), note(alive - before);
  }
}

struct Function {
  Local l;
  explicit Function(int what) try : l('f') {
    throws(what);
  } catch (int i) {
    note("in "), note(i); // goes on by itself
  }
};
static void function_try() {
  try {
    Function f(0);
  } catch (int i) {
    note(" out "), note(i);
  }
}

static int attempts;
static int initial() {
  if (++attempts < 3) throw attempts;
  return 60;
}
static int only_once() {
  static int value = initial();
  return value;
}
static void static_locals() {
  for (int i = 0; i < 4; i++) {
    try {
      note(only_once());
    } catch (int attempt) {
      note(attempt);
    }
  }
}

static void placement() {
  alignas(Whole) unsigned char room[sizeof(Whole)];
  made = 1;
  try {
    new (room) Whole('a');
  } catch (Base &) {
    note("none");
  }
}

// --- destructors ------------------------------------------------------------------------------

struct Watch {
  int before = std::uncaught_exceptions();
  ~Watch() { note(std::uncaught_exceptions() - before); }
};
static void uncaught() {
  Watch calm;
  try {
    Watch w;
    throws(0);
  } catch (int) {
    Watch calm_again;
  }
}

// A destructor may throw and catch while another exception is on its way.
struct Busy {
  ~Busy() {
    try {
      Watch w;
      throws(1);
    } catch (Base &b) {
      note(b.value);
    }
  }
};
static void during_unwinding() {
  try {
    Busy one, other;
    throws(2);
  } catch (Derived &d) {
    note(d.value);
  }
}

struct Careless {
  ~Careless() noexcept(false) { throw 9; }
};
static void from_destructors() {
  try {
    Local a('a');
    Careless c;
    Local b('b');
  } catch (int i) {
    note(i);
  }
}

[[gnu::noinline]] static int deep(int n) {
  std::unique_ptr<int> own(new int(n));
  if (n == zero) throws(3);
  return deep(n - 1) + *own;
}
static void from_the_deep() {
  for (int n = 1; n <= 1000; n *= 10) {
    size_t before = trace.size();
    try {
      note(deep(n));
    } catch (Side &s) {
      note(s.side + n + int(trace.size() - before));
    }
  }
}

// --- through what the library and tables call --------------------------------------------------

struct Brittle {
  static int left;
  int n;
  explicit Brittle(int n) : n(n) { alive++; }
  Brittle(const Brittle &other) : n(other.n) {
    if (left-- == 0) throw std::length_error("copies");
    alive++;
  }
  Brittle &operator=(const Brittle &) = default;
  ~Brittle() { alive--; }
};
int Brittle::left = -1;
static void in_vectors() {
  int before = alive;
  std::vector<Brittle> all;
  Brittle::left = 20;
  int pushed = 0;
  try {
    for (; pushed < 100; pushed++) all.push_back(Brittle(pushed));
  } catch (std::exception &e) {
    note(e.what()), note(int(all.size())), note(all.back().n); // as it was before
  }
  Brittle::left = -1;
  note(int(all.size()) == pushed && alive - before == pushed);
  try {
    note(all.at(size_t(pushed + 5)).n);
  } catch (std::out_of_range &) {
    note(" at");
  }
  try {
    std::vector<int> large;
    large.reserve(SIZE_MAX / 2);
  } catch (std::length_error &) {
    note(" reserve");
  }
}

static void in_functions() {
  std::function<void(int)> f = throws, g = [f](int what) {
    Local l('g');
    f(what);
  };
  std::function<int()> none;
  for (int what : {0, 5}) {
    try {
      g(what);
    } catch (int i) {
      note(i);
    } catch (std::exception &e) {
      note(e.what());
    }
  }
  try {
    none();
  } catch (std::bad_function_call &) {
    note(" empty");
  }
}

static void twice(int what) {
  Local l('w');
  throws(what);
}
static void through_pointers() {
  static void (*const functions[])(int) = {throws, twice, by_type};
  for (int k = 0; k < 6; k++) {
    try {
      functions[(k + zero) % 3](k / 3);
    } catch (int i) {
      note(i);
    } catch (Base &b) {
      note(b.name());
    }
  }
}

struct Shape {
  virtual ~Shape() {}
  virtual int area() const = 0;
};
struct Square : Shape {
  int side;
  explicit Square(int side) : side(side) {}
  int area() const override { return side < 0 ? throw std::domain_error("side") : side * side; }
};
struct Group : Shape {
  std::vector<std::unique_ptr<Shape>> all;
  int area() const override {
    Local l('r');
    int total = 0;
    for (auto &shape : all) total += shape->area();
    return total;
  }
};
static void through_virtual_calls() {
  auto group = std::make_unique<Group>(), inner = std::make_unique<Group>();
  inner->all.push_back(std::make_unique<Square>(3));
  Square *odd = new Square(4);
  inner->all.emplace_back(odd);
  group->all.push_back(std::move(inner));
  for (int side : {4, -1, 5}) {
    odd->side = side;
    try {
      note(group->area());
    } catch (std::logic_error &e) {
      note(e.what());
    }
  }
}

static void in_algorithms() {
  std::vector<int> numbers(300);
  int calls = 0;
  try {
    std::generate(numbers.begin(), numbers.end(), [&] { return calls == 200 ? throw Colour::red : ++calls; });
  } catch (Colour c) {
    note(int(c));
  }
  note(std::accumulate(numbers.begin(), numbers.end(), 0));
  struct Order {
    bool operator()(int a, int b) const { return a == 13 || b == 13 ? throw a + b : a < b; }
  };
  std::map<int, std::shared_ptr<Local>, Order> map;
  for (int i = 0; i < 20; i++) {
    try {
      map[i] = std::make_shared<Local>('s');
    } catch (int) {
      note(int(map.size()));
    }
  }
}

// --- exceptions as values -----------------------------------------------------------------------

static std::exception_ptr keep(int what) {
  try {
    throws(what);
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}
static void kept() {
  std::exception_ptr all[] = {keep(0), keep(3), nullptr, keep(10)};
  all[2] = std::make_exception_ptr(Derived(33));
  for (int round = 0; round < 2; round++) {
    for (auto &one : all) {
      try {
        std::rethrow_exception(one);
      } catch (int i) {
        note(i);
      } catch (Base &b) {
        note(b.value++); // it is the same one in the next round
      } catch (std::string &s) {
        note(s.c_str() + 40);
      }
    }
  }
  note(std::current_exception() == nullptr);
}

static void explain(const std::exception &e) {
  note(e.what());
  try {
    std::rethrow_if_nested(e);
  } catch (const std::exception &inner) {
    note("<"), explain(inner), note(">");
  }
}
static void load(int depth) {
  try {
    if (!depth) throws(5);
    load(depth - 1);
  } catch (...) {
    std::throw_with_nested(std::runtime_error(std::to_string(depth)));
  }
}
static void nested_exceptions() {
  try {
    load(3);
  } catch (std::exception &e) {
    explain(e);
  }
}

// --- many -------------------------------------------------------------------------------------

[[gnu::noinline]] static uint32_t collatz(uint32_t n, uint32_t steps) {
  if (n == 1) throw steps;
  return collatz(n & 1 ? 3 * n + 1 : n / 2, steps + 1) + 1;
}
static void many() {
  uint32_t total = 0;
  for (uint32_t n = 1; n < 3000; n++) {
    try {
      total += collatz(n, 0);
    } catch (uint32_t steps) {
      total = total * 31 + steps;
    }
  }
  note(int(total & 0x7fffffff));
}

static void run(const char *name, void (*test)()) {
  trace.clear();
  int before = alive;
  try {
    test();
  } catch (...) {
    note(" left uncaught");
  }
  if (alive != before) note(" not destroyed: "), note(alive - before);
  printf("%s: %s\n", name, trace.c_str());
  for (char c : trace) sum = (sum ^ uint32_t(uint8_t(c))) * 16777619u;
}

static void never_throws() noexcept { throws(zero); }

int main(int argc, char **argv) {
  const char *how = argc > 1 ? argv[1] : "0";
#define RUN(test) run(#test, test)
  RUN(every_type);
  RUN(slices);
  RUN(nested);
  RUN(rethrows);
  RUN(replaces);
  RUN(leaving);
  RUN(in_constructors);
  RUN(in_arrays);
  RUN(function_try);
  RUN(static_locals);
  RUN(placement);
  RUN(uncaught);
  RUN(during_unwinding);
  RUN(from_destructors);
  RUN(from_the_deep);
  RUN(in_vectors);
  RUN(in_functions);
  RUN(through_pointers);
  RUN(through_virtual_calls);
  RUN(in_algorithms);
  RUN(kept);
  RUN(nested_exceptions);
  RUN(many);
  printf("sum %08x\n", unsigned(sum));
  fflush(stdout);
  Local l('l');
  if (!strcmp(how, "uncaught")) throws(3);
  if (!strcmp(how, "noexcept")) never_throws();
  if (!strcmp(how, "terminate")) {
    std::set_terminate([] { exit(41); });
    never_throws();
  }
  try {
    throws(zero);
  } catch (int) {
    exit(atoi(how)); // with an exception caught, and objects alive
  }
}
