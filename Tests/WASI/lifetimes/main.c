/* main.c: lifetimes [part [count]]: all parts, or one. */
#include "counting.h"

static void all(int count) {
  test_cycles(count);
  test_regression(count / 10);
  test_destroy();
  test_faults();
  test_traps(count / 10);
  test_full();
  test_numbers();
  test_storm(count * 10);
  test_two();
  test_threads(count);
}

int main(int argc, char **argv) {
  const char *part = argc > 1 ? argv[1] : "all";
  int count = argc > 2 ? atoi(argv[2]) : 1000;
  if (!access("/dev/shm", W_OK)) tree_folder = "/dev/shm"; /* thousands of fsyncs are much for a disk */
  tree_make();
  if (!strcmp(part, "all")) all(count);
  else if (!strcmp(part, "cycles")) test_cycles(count);
  else if (!strcmp(part, "regression")) test_regression(count);
  else if (!strcmp(part, "faults")) test_faults();
  else if (!strcmp(part, "traps")) test_traps(count);
  else if (!strcmp(part, "destroy")) test_destroy();
  else if (!strcmp(part, "storm")) test_storm(count);
  else if (!strcmp(part, "full")) test_full();
  else if (!strcmp(part, "numbers")) test_numbers();
  else if (!strcmp(part, "threads")) test_threads(count);
  else CHECK(!"a part that exists");
  tree_remove();
  printf("lifetimes: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
