/* Loops over guarded memory that compilers turn into calls of the C library:
 * beyond the end they trap like any other access. */
#include "apus_code.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

guarded_calls();

#define TRANSLATED static APUS_CODE __attribute__((noinline))

static struct apus_memory memory;
static u32 from, to;

TRANSLATED void set(u8 *m) {
  for (u32 i = 0; i < to; i++) st8(i, 1024, 7);
}
TRANSLATED void copy(u8 *m) {
  for (u32 i = 0; i < to; i++) st8(i, 40000, ld32_8u(i, 0));
}
TRANSLATED void move(u8 *m) {
  for (u32 i = 0; i < to; i++) st8(i, 16, ld32_8u(i, 32));
}
TRANSLATED size_t length(u8 *m) {
  const char *p = (const char *)m + 60000;
  size_t n = 0;
  while (p[n]) n++;
  return n;
}
/* The calls themselves, whatever this compiler makes of loops. */
TRANSLATED void call_set(u8 *m) { memset(m + from, 7, to); }
TRANSLATED void call_copy(u8 *m) { memcpy(m + 60000, m + from, to); }
TRANSLATED void call_move(u8 *m) { memmove(m + from, m, to); }
TRANSLATED size_t call_length(u8 *m) { return strlen((const char *)m + from); }

static void do_set(void *unused) { (void)unused, set(memory.base); }
static void do_copy(void *unused) { (void)unused, copy(memory.base); }
static void do_move(void *unused) { (void)unused, move(memory.base); }
static void do_length(void *unused) { (void)unused, from = (u32)length(memory.base); }
static void do_call_set(void *unused) { (void)unused, call_set(memory.base); }
static void do_call_copy(void *unused) { (void)unused, call_copy(memory.base); }
static void do_call_move(void *unused) { (void)unused, call_move(memory.base); }
static void do_call_length(void *unused) { (void)unused, from = (u32)call_length(memory.base); }

static bool traps(void (*body)(void *), u32 first, u32 count) {
  from = first, to = count;
  struct apus_outcome outcome = apus_catch(body, NULL);
  return outcome.trap == APUS_TRAP_MEMORY_OUT_OF_BOUNDS && outcome.pc;
}
static bool returns(void (*body)(void *), u32 first, u32 count) {
  from = first, to = count;
  return apus_catch(body, NULL).trap == APUS_TRAP_NONE;
}

int main(void) {
  expect(apus_memory_init_guarded(&memory, 1, 1));
  u8 *m = memory.base;
  expect(returns(do_set, 0, APUS_PAGE - 1024) && m[1023] == 0 && m[1024] == 7 && m[APUS_PAGE - 1] == 7);
  expect(traps(do_set, 0, APUS_PAGE - 1023) && traps(do_set, 0, 0x80000000));
  expect(returns(do_copy, 0, 25536) && m[40000] == 0 && m[41024] == 7 && traps(do_copy, 0, 25537));
  expect(returns(do_move, 0, APUS_PAGE - 32) && m[1008] == 7 && traps(do_move, 0, APUS_PAGE - 31));
  memset(m, 7, APUS_PAGE - 1);
  m[APUS_PAGE - 1] = 0;
  expect(returns(do_length, 0, 0) && from == 5535 && returns(do_call_length, 65530, 0) && from == 5);
  m[APUS_PAGE - 1] = 1;
  expect(traps(do_length, 0, 0) && traps(do_call_length, 65530, 0));
  expect(returns(do_call_set, 65536, 0) && returns(do_call_copy, 65536, 0) && returns(do_call_move, 65536, 0));
  expect(returns(do_call_set, 65530, 6) && traps(do_call_set, 65530, 7) && traps(do_call_set, 0, 0xffffffff));
  expect(returns(do_call_copy, 10, 5536) && traps(do_call_copy, 10, 5537) && traps(do_call_copy, 65530, 7));
  expect(returns(do_call_move, 1, 65535) && traps(do_call_move, 1, 65536) && traps(do_call_move, 65530, 7));
  apus_memory_destroy(&memory);
  return report();
}
