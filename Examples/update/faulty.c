/* One with a mistake: it counts down to a division by zero. */
static unsigned divisor = 2;

__attribute__((export_name("filter"))) unsigned filter(unsigned measured) { return measured / divisor--; }
