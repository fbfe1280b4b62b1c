/* apus_compare.h: what the program that `apus compare` makes of a module answers, as one line of JSON. Included by that
 * program alone. */
#ifndef APUS_COMPARE_H
#define APUS_COMPARE_H

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apus.h"

/* Calls of imports, counted from 1; what they answer follows from their number. */
static uint64_t compare_calls;
static int compare_items;

static inline uint64_t compare_bits(void) { return compare_calls * 0x9e3779b97f4a7c15u; }

/* Between the items of a list. */
static inline void compare_next(void) { fputs(compare_items++ ? ", " : "", stdout); }

static inline void compare_i32(uint32_t value) { printf("i32:%08" PRIx32, value); }
static inline void compare_i64(uint64_t value) { printf("i64:%016" PRIx64, value); }
static inline void compare_f32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  printf("f32:%08" PRIx32, bits);
}
static inline void compare_f64(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  printf("f64:%016" PRIx64, bits);
}
static inline void compare_funcref(apus_funcref value) { printf("funcref:%s", value ? "set" : "null"); }
static inline void compare_externref(apus_externref value) { printf("externref:%s", value ? "set" : "null"); }

static inline uint32_t compare_crc(const uint8_t *at, uint64_t size) {
  static uint32_t table[256];
  if (!table[1])
    for (uint32_t n = 0; n < 256; n++) {
      table[n] = n;
      for (int k = 0; k < 8; k++) table[n] = table[n] & 1 ? table[n] >> 1 ^ 0xedb88320u : table[n] >> 1;
    }
  uint32_t crc = 0xffffffff;
  for (uint64_t k = 0; k < size; k++) crc = table[(crc ^ at[k]) & 255] ^ crc >> 8;
  return ~crc;
}

static inline void compare_memory(const struct apus_memory *memory) {
  uint64_t size = apus_memory_size(memory);
  printf("%" PRIu64 ":%08" PRIx32, size, compare_crc(memory->base, size));
}

static inline void compare_table(const struct apus_table *table) {
  printf("%" PRIu32 ":", table->size);
  for (uint32_t k = 0; k < table->size && k < 64; k++) putchar(table->elements[k] ? '1' : '0');
}

/* Events of a trace, up to so many. */
static long compare_events = 4000000;
static inline void compare_event(void *file, const struct apus_trace_event *event) {
  if (compare_events-- > 0) apus_trace_write(file, event);
}

/* The protocol's word for how a step ended, with quotes, or null. */
static inline const char *compare_trap(enum apus_trap trap) {
  switch (trap) {
  case APUS_TRAP_NONE: return "null";
  case APUS_TRAP_UNREACHABLE: return "\"unreachable\"";
  case APUS_TRAP_MEMORY_OUT_OF_BOUNDS: return "\"memory\"";
  case APUS_TRAP_TABLE_OUT_OF_BOUNDS:
  case APUS_TRAP_UNDEFINED_ELEMENT: return "\"table\"";
  case APUS_TRAP_UNINITIALIZED_ELEMENT: return "\"null element\"";
  case APUS_TRAP_INDIRECT_CALL_TYPE_MISMATCH: return "\"signature\"";
  case APUS_TRAP_INTEGER_OVERFLOW: return "\"overflow\"";
  case APUS_TRAP_INTEGER_DIVIDE_BY_ZERO: return "\"divide\"";
  case APUS_TRAP_INVALID_CONVERSION: return "\"conversion\"";
  case APUS_TRAP_STACK_EXHAUSTED: return "\"stack\"";
  case APUS_TRAP_NULL_EXCEPTION: return "\"null exception\"";
  case APUS_TRAP_EXCEPTION: return "\"exception\"";
  case APUS_TRAP_UNALIGNED_ATOMIC: return "\"unaligned\"";
  case APUS_TRAP_EXPECTED_SHARED_MEMORY: return "\"not shared\"";
  default: return "\"resources\"";
  }
}

#ifdef APUS_FREESTANDING
/* What a board gives: the room of memories and tables, and a stack. */
static inline void compare_give(void) {
  static _Alignas(max_align_t) unsigned char room[1 << 28];
  unsigned char here;
  apus_port_give(room, sizeof room);
  apus_port_stack((void *)((uintptr_t)&here - (4 << 20)), 1 << 18);
}

void apus_board_fatal(enum apus_trap trap, uint32_t offset) {
  fprintf(stderr, "%s at 0x%" PRIx32 "\n", apus_trap_message(trap), offset);
  abort();
}
#endif

#endif
