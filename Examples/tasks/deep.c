/* A module that calls itself deeper than its stack is. */
__attribute__((import_module("board"), import_name("report"))) void report(unsigned count);

__attribute__((export_name("run"), noinline)) unsigned run(unsigned depth) {
  if (!depth) return 0;
  unsigned below = run(depth - 1);
  report(below);
  return below + 1;
}
