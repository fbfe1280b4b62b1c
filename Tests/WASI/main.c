/* main.c: runs the tests of the layer on a real tree of files, once with each of
 * the two ways to resolve paths; with an argument only `races`, `hostile` (the list of
 * adversarial.c) or `differential`. */
#include "harness.h"

static void races(enum apus_wasi_resolver resolver) {
  test_resolver = resolver;
  tree_make();
  test_race();
  tree_remove();
}

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
  test_fixed_surroundings();
  test_main();
  test_race(); /* last: the names end up exchanged */
  tree_remove();
}

int main(int argc, char **argv) {
  const char *part = argc > 1 ? argv[1] : "all";
  bool whole = !strcmp(part, "all"), openat2 = has_openat2();
  if (whole) {
    test_errnos();
    all(APUS_WASI_RESOLVER_WALK);
    if (openat2) all(APUS_WASI_RESOLVER_OPENAT2);
  } else if (!strcmp(part, "races")) {
    races(APUS_WASI_RESOLVER_WALK);
    if (openat2) races(APUS_WASI_RESOLVER_OPENAT2);
  }
  if (whole || !strcmp(part, "hostile")) test_adversarial();
  if (openat2 && (whole || !strcmp(part, "differential"))) test_differential();
  if (!openat2) {
    printf("skipped: openat2, the kernel has none or a filter refuses it\n");
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed || !passed; /* a part that does not exist passes nothing */
}
