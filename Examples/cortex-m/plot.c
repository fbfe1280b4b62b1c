/* The module: draws the Mandelbrot set in fixed point, row by row, through a
 * function of the board. `peek` and `descend` are there to go wrong. */
#define EXPORT(name) __attribute__((export_name(#name), noinline))
#define IMPORT(name) __attribute__((import_module("board"), import_name(#name)))

IMPORT(print) void print(const char *text, unsigned size);

enum { ONE = 1 << 12, COLUMNS = 60, STEPS = 40 };

/* Steps until the point is outside, STEPS if it stays. */
static int steps(int x, int y) {
  int a = 0, b = 0, n = 0;
  for (; n < STEPS && a * a + b * b < 4 * ONE * ONE; n++) {
    int next = (a * a - b * b) / ONE + x;
    b = 2 * a * b / ONE + y;
    a = next;
  }
  return n;
}

EXPORT(draw) void draw(int rows) {
  static const char shades[] = " .:-=+*#%@";
  char line[COLUMNS + 1];
  for (int row = 0; row < rows; row++) {
    int y = (2 * row - rows + 1) * 5 * ONE / (4 * rows);
    for (int column = 0; column < COLUMNS; column++) {
      int x = column * 3 * ONE / COLUMNS - 9 * ONE / 4;
      line[column] = shades[steps(x, y) * 9 / STEPS];
    }
    line[COLUMNS] = '\n';
    print(line, sizeof line);
  }
}

EXPORT(peek) int peek(const int *at) { return *at; }

EXPORT(descend) int descend(int depth) { return depth ? descend(depth - 1) * 3 ^ depth : 0; }
