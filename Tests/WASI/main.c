/* main.c: runs the tests of the layer on a real tree of files, once with each of
 * the two ways to resolve paths. */
#include "harness.h"

static void all(enum apus_wasi_resolver resolver) {
  test_resolver = resolver;
  test_cases();
  tree_make();
  test_table();
  test_files();
  test_layouts();
  test_shared();
  test_sock();
  test_poll();
  test_main();
  test_race(); /* last: the names end up exchanged */
  tree_remove();
}

int main(void) {
  test_errnos();
  all(APUS_WASI_RESOLVER_WALK);
  test_adversarial();
  if (has_openat2()) {
    all(APUS_WASI_RESOLVER_OPENAT2);
    test_differential();
  } else {
    printf("skipped: openat2, the kernel has none or a filter refuses it\n");
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
