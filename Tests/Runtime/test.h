/* Counting checks. */
#ifndef TEST_H
#define TEST_H

#include <stdio.h>

static unsigned passed, failed;

#define expect(condition)                                                                                              \
  do {                                                                                                                 \
    if (condition)                                                                                                     \
      passed++;                                                                                                        \
    else                                                                                                               \
      failed++, printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                 \
  } while (0)

/* What the Makefile adds up. */
static int report(void) {
  printf("%u passed, %u failed\n", passed, failed);
  return failed != 0;
}

#endif
