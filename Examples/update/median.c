/* A better one: the median of the last three measurements, and a word when one is far away. */
__attribute__((import_module("board"), import_name("left_out"))) void left_out(unsigned measured);

static unsigned last[3], count;

__attribute__((export_name("filter"))) unsigned filter(unsigned measured) {
  last[count++ % 3] = measured;
  if (count < 3) return measured;
  unsigned low = last[0] < last[1] ? last[0] : last[1], high = last[0] < last[1] ? last[1] : last[0];
  unsigned median = last[2] < low ? low : last[2] > high ? high : last[2];
  if (measured > 2 * median) left_out(measured);
  return median;
}
