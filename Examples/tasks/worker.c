/* A module that works: it counts primes, and tells the board of them. */
__attribute__((import_module("board"), import_name("report"))) void report(unsigned count);

__attribute__((export_name("run"))) void run(void) {
  unsigned count = 0;
  for (unsigned n = 2; n < 20000; n++) {
    unsigned divisor = 2;
    while (divisor * divisor <= n && n % divisor) divisor++;
    if (divisor * divisor > n) count++;
  }
  report(count);
}
