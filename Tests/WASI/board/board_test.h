/* board_test.h: a guest and a board made of memory. */
#ifndef BOARD_TEST_H
#define BOARD_TEST_H

#include "dispatch.h"
#include "wasi_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int passed, failed;
void check(bool condition, const char *file, int line, const char *text, long got);
#define CHECK(condition) check(condition, __FILE__, __LINE__, #condition, 0)
#define EXPECT(call, want)                                                           \
  do {                                                                               \
    uint32_t got_ = (call);                                                          \
    check(got_ == (uint32_t)(want), __FILE__, __LINE__, #call " is " #want, got_);   \
  } while (0)

enum { A = 0, B = 0x400, IOVS = 0x800, RESULT = 0xc00, DATA = 0x1000, MEMORY = 0x10000 };
extern uint8_t guest_bytes[MEMORY];
extern struct apus_host guest;
extern struct apus_wasi wasi;

/* Calls a function by its name; TRAPPED when it traps. */
enum { TRAPPED = 0x7fffffff };
uint32_t call(const char *name, const uint64_t *arguments);
#define CALL(name, ...) call(name, (const uint64_t[PARAMETERS_MAX]){__VA_ARGS__})
#define PATH(at, text) at, put(at, text)

uint32_t put(uint32_t at, const char *text);
uint32_t u32_at(uint32_t at);
uint64_t u64_at(uint32_t at);
void vector(uint32_t index, uint32_t at, uint32_t length);

/* The board. */
extern char console_out[256];
extern uint32_t console_used;
extern const char *console_in;
extern uint64_t clock_now;
extern int waits;
extern long locks_made, locks_destroyed;
extern bool lock_fails;
extern int fatal_calls;
extern const struct apus_lock_ops board_locks;
extern struct apus_wasi_port port;

void start(void);
void test_console(void);
void test_no_files(void);
void test_files(void);
void test_faults(void);
void test_soak(void);

#endif
