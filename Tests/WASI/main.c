/* main.c: runs the tests of the layer on a real tree of files. */
#include "harness.h"

int main(void) {
  tree_make();
  test_table();
  test_escapes();
  test_files();
  test_layouts();
  test_main();
  test_race(); /* last: the names end up exchanged */
  tree_remove();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
