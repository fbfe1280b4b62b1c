/* dispatch.h: the 46 functions as a table, to call any of them with any arguments. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include <stdint.h>

/* The parameters in order, one letter each:
 *   f a descriptor              p what a result is written to
 *   s a path or text, then l    b a buffer, then l, its length
 *   v vectors, then n           q subscriptions, e events (n counts both)
 *   i a number or flags         I the same with 64 bits */
struct call {
  const char *name;
  const char *parameters;
  uint32_t (*run)(const uint64_t *arguments);
};

enum { CALL_COUNT = 46, PARAMETERS_MAX = 9 };
extern const struct call calls[CALL_COUNT];

const struct call *call_named(const char *name); /* NULL when there is none */

#endif
