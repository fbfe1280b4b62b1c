/* A filter: the average of this measurement and the one before. */
static unsigned before;

__attribute__((export_name("filter"))) unsigned filter(unsigned measured) {
  unsigned filtered = before ? (before + measured) / 2 : measured;
  before = measured;
  return filtered;
}
