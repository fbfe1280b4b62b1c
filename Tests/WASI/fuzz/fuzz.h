/* fuzz.h: one run of the fuzzer's program. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number of calls made; aborts when something is wrong. `tell` prints each call. */
int fuzz_run(const uint8_t *data, size_t size, bool tell);

#endif
