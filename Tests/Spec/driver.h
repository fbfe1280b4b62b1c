/* The interpreter of a spec script's commands: spec.py writes the tables, this runs them.
 * Prints one line for each command, in order: "ok LINE" or "FAIL LINE details". */
#ifndef SPEC_DRIVER_H
#define SPEC_DRIVER_H

#include "definition.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FROM_SPECTEST = -1, FROM_NOWHERE = -2 };

struct import {
  int slot; /* of the exporting instance, or FROM_... */
  const char *name;
  uint32_t length;
};

/* A value: its bits, of a v128 the lower and the upper half. */
struct bits {
  uint64_t low, high;
};

/* kind: i I f F V bit for bit; v a v128 whose lanes, as many as its bits say, follow; c C canonical NaN; a A arithmetic NaN (capital: 64 bits);
 * p funcref, e externref with these bits; P X one that is not null; 0 any null;
 * | the next values, as many as its bits say, are alternatives. */
struct value {
  char kind;
  struct bits bits;
};

enum op { INSTANTIATE, UNLINKABLE, UNINSTANTIABLE, RETURN, TRAP, ACTION, EXCEPTION };

struct command {
  enum op op;
  uint32_t line;
  int slot;       /* the instance made or used */
  int definition; /* of the instance made */
  bool get;       /* read a global instead of a call */
  const char *field;
  uint32_t length;
  uint32_t first, count;                   /* arguments in values, or imports */
  uint32_t first_expected, count_expected; /* results in values */
  const char *text;
};

typedef void (*caller)(const struct apus_func *func, const struct bits *arguments, struct bits *results);
struct signature {
  const char *type;
  caller call;
};

struct slot {
  void *instance;
  const struct definition *definition;
  bool ready;
};

struct script {
  const struct definition *const *definitions;
  const struct import *imports;
  const struct value *values;
  const struct signature *signatures;
  uint32_t signature_count;
  const struct command *commands;
  uint32_t command_count;
  struct slot *slots;
  uint32_t slot_count;
};

enum { MOST_VALUES = 1024 };

static inline float to_f32(uint64_t bits) {
  uint32_t low = (uint32_t)bits;
  float value;
  memcpy(&value, &low, sizeof value);
  return value;
}
static inline double to_f64(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
static inline uint64_t of_f32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}
static inline uint64_t of_f64(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline struct bits low(uint64_t bits) { return (struct bits){bits, 0}; }

typedef uint64_t halves __attribute__((vector_size(16)));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
enum { LOW = 1, HIGH = 0 };
#else
enum { LOW = 0, HIGH = 1 };
#endif
static inline apus_v128 to_v128(struct bits bits) {
  halves value = {0};
  value[LOW] = bits.low;
  value[HIGH] = bits.high;
  return (apus_v128)value;
}
static inline struct bits of_v128(apus_v128 value) { return (struct bits){((halves)value)[LOW], ((halves)value)[HIGH]}; }

/* --- the host module spectest ---------------------------------------------- */

static void spectest_print(void *context) {}
static void spectest_print_i32(void *context, uint32_t a) {}
static void spectest_print_i64(void *context, uint64_t a) {}
static void spectest_print_f32(void *context, float a) {}
static void spectest_print_f64(void *context, double a) {}
static void spectest_print_i32_f32(void *context, uint32_t a, float b) {}
static void spectest_print_f64_f64(void *context, double a, double b) {}

static const struct {
  const char *name;
  struct apus_func func;
} spectest_funcs[] = {
    {"print", {&(const struct apus_type){">", 0, NULL}, (apus_code)spectest_print, NULL}},
    {"print_i32", {&(const struct apus_type){"i>", 0, NULL}, (apus_code)spectest_print_i32, NULL}},
    {"print_i64", {&(const struct apus_type){"I>", 0, NULL}, (apus_code)spectest_print_i64, NULL}},
    {"print_f32", {&(const struct apus_type){"f>", 0, NULL}, (apus_code)spectest_print_f32, NULL}},
    {"print_f64", {&(const struct apus_type){"F>", 0, NULL}, (apus_code)spectest_print_f64, NULL}},
    {"print_i32_f32", {&(const struct apus_type){"if>", 0, NULL}, (apus_code)spectest_print_i32_f32, NULL}},
    {"print_f64_f64", {&(const struct apus_type){"FF>", 0, NULL}, (apus_code)spectest_print_f64_f64, NULL}},
};
static struct {
  const char *name;
  struct apus_global global;
} spectest_globals[] = {
    {"global_i32", {.value.i32 = 666, .type = &apus_type_i32}},
    {"global_i64", {.value.i64 = 666, .type = &apus_type_i64}},
    {"global_f32", {.value.f32 = 666.6f, .type = &apus_type_f32}},
    {"global_f64", {.value.f64 = 666.6, .type = &apus_type_f64}},
};
static struct apus_table spectest_table, spectest_table64;
static struct apus_memory spectest_memory, spectest_shared;

static void spectest_open(void) {
#ifdef SPEC_GUARD
  bool made = apus_memory_init_guarded(&spectest_memory, 1, 2);
#else
  bool made = apus_memory_init(&spectest_memory, 1, 2);
#endif
  if (!made || !apus_memory_init_shared(&spectest_shared, 1, 2) || !apus_table_init(&spectest_table, &apus_type_funcref, 10, 20, NULL) ||
      !apus_table_init(&spectest_table64, &apus_type_funcref, 10, 20, NULL)) {
    printf("no room for spectest\n");
    exit(2);
  }
  spectest_memory.has_maximum = true;
  spectest_table.has_maximum = spectest_table64.has_maximum = spectest_table64.is_64 = true;
}

static void spectest_close(void) {
  apus_memory_destroy(&spectest_memory);
  apus_memory_destroy(&spectest_shared);
  apus_table_destroy(&spectest_table);
  apus_table_destroy(&spectest_table64);
}

static bool same_name(const char *a, const char *name, uint32_t length) {
  return strlen(a) == length && !memcmp(a, name, length);
}

static void spectest_find(const char *name, uint32_t length, struct apus_extern *out) {
  for (size_t i = 0; i < sizeof spectest_funcs / sizeof *spectest_funcs; i++)
    if (same_name(spectest_funcs[i].name, name, length)) {
      out->kind = APUS_EXTERN_FUNC;
      out->of.func = &spectest_funcs[i].func;
    }
  for (size_t i = 0; i < sizeof spectest_globals / sizeof *spectest_globals; i++)
    if (same_name(spectest_globals[i].name, name, length)) {
      out->kind = APUS_EXTERN_GLOBAL;
      out->of.global = &spectest_globals[i].global;
    }
  if (same_name("table", name, length)) {
    out->kind = APUS_EXTERN_TABLE;
    out->of.table = &spectest_table;
  }
  if (same_name("table64", name, length)) {
    out->kind = APUS_EXTERN_TABLE;
    out->of.table = &spectest_table64;
  }
  if (same_name("memory", name, length)) {
    out->kind = APUS_EXTERN_MEMORY;
    out->of.memory = &spectest_memory;
  }
  if (same_name("shared_memory", name, length)) {
    out->kind = APUS_EXTERN_MEMORY;
    out->of.memory = &spectest_shared;
  }
}

/* What modules of `one` import from spectest: functions of the program. */
void apus_import_spectest_print(struct apus_host *host) {}
void apus_import_spectest_print_i32(struct apus_host *host, uint32_t a) {}
void apus_import_spectest_print_i64(struct apus_host *host, uint64_t a) {}
void apus_import_spectest_print_f32(struct apus_host *host, float a) {}
void apus_import_spectest_print_f64(struct apus_host *host, double a) {}
void apus_import_spectest_print_i32_f32(struct apus_host *host, uint32_t a, float b) {}
void apus_import_spectest_print_f64_f64(struct apus_host *host, double a, double b) {}
struct apus_global *apus_import_spectest_global_i32(void) { return &spectest_globals[0].global; }
struct apus_global *apus_import_spectest_global_i64(void) { return &spectest_globals[1].global; }
struct apus_global *apus_import_spectest_global_f32(void) { return &spectest_globals[2].global; }
struct apus_global *apus_import_spectest_global_f64(void) { return &spectest_globals[3].global; }
struct apus_table *apus_import_spectest_table(void) { return &spectest_table; }
struct apus_table *apus_import_spectest_table64(void) { return &spectest_table64; }
struct apus_memory *apus_import_spectest_memory(void) { return &spectest_memory; }
struct apus_memory *apus_import_spectest_shared_memory(void) { return &spectest_shared; }

/* --- commands ---------------------------------------------------------------- */

static bool fail(const struct command *command, const char *format, ...) {
  va_list rest;
  va_start(rest, format);
  printf("FAIL %u ", command->line);
  for (uint32_t i = 0; i < command->length; i++) {
    unsigned char c = (unsigned char)command->field[i];
    if (c > 32 && c < 127) putchar(c);
    else printf("\\%02x", c);
  }
  if (command->length) printf(": ");
  vprintf(format, rest);
  printf("\n");
  va_end(rest);
  return false;
}

static bool text_matches(const char *message, const char *text) {
  size_t a = strlen(message), b = strlen(text);
  return a && !strncmp(message, text, a < b ? a : b);
}

/* The value behind one, with what belongs to it. */
static const struct value *next_value(const struct value *value) {
  const struct value *next = value + 1;
  if (value->kind == 'v' || value->kind == '|')
    for (uint64_t i = 0; i < value->bits.low; i++) next = next_value(next);
  return next;
}

static bool matches(const struct value *expected, char type, struct bits value) {
  uint64_t bits = value.low, count = expected->bits.low;
  switch (expected->kind) {
  case 'c': return type == 'f' && (bits & 0x7fffffffu) == 0x7fc00000u;
  case 'C': return type == 'F' && (bits & 0x7fffffffffffffffu) == 0x7ff8000000000000u;
#ifdef SPEC_DETERMINISTIC /* one NaN for all */
  case 'a': return type == 'f' && bits == 0x7fc00000u;
  case 'A': return type == 'F' && bits == 0x7ff8000000000000u;
#else
  case 'a': return type == 'f' && (bits & 0x7fc00000u) == 0x7fc00000u;
  case 'A': return type == 'F' && (bits & 0x7ff8000000000000u) == 0x7ff8000000000000u;
#endif
  case 'P': return type == 'p' && bits;
  case 'X': return type == 'e' && bits;
  case '0': return (type == 'p' || type == 'e' || type == 'x') && !bits;
  case '|':
    for (const struct value *choice = expected + 1; count; count--, choice = next_value(choice))
      if (matches(choice, type, value)) return true;
    return false;
  case 'v':
    for (uint64_t i = 0; i < count; i++) {
      struct bits lane = low(count == 2 ? (i ? value.high : value.low) : (uint32_t)((i < 2 ? value.low : value.high) >> i % 2 * 32));
      if (!matches(expected + 1 + i, count == 2 ? 'F' : 'f', lane)) return false;
    }
    return type == 'V';
  default:
    return type == expected->kind && bits == expected->bits.low && value.high == expected->bits.high;
  }
}

static bool check_results(const struct script *script, const struct command *command,
                          const char *types, const struct bits *results) {
  const struct value *expected = script->values + command->first_expected;
  if (strlen(types) != command->count_expected)
    return fail(command, "results are %s, %u expected", types, command->count_expected);
  for (uint32_t i = 0; i < command->count_expected; i++) {
    if (!matches(expected, types[i], results[i]))
      return fail(command, "result %u is %c %llx %llx (%llu), expected %c %llx %llx (%llu)", i, types[i],
                  (unsigned long long)results[i].high, (unsigned long long)results[i].low,
                  (unsigned long long)results[i].low, expected->kind, (unsigned long long)expected->bits.high,
                  (unsigned long long)expected->bits.low, (unsigned long long)expected->bits.low);
    expected = next_value(expected);
  }
  return true;
}

static struct bits global_bits(const struct apus_global *global) {
  switch (*global->type->spelling) {
  case 'i': return low(global->value.i32);
  case 'I': return low(global->value.i64);
  case 'f': return low(of_f32(global->value.f32));
  case 'F': return low(of_f64(global->value.f64));
  case 'V': return of_v128(global->value.v128);
  case 'p': return low((uintptr_t)global->value.funcref);
  case 'x': return low((uintptr_t)global->value.exnref->tag);
  default: return low((uintptr_t)global->value.externref);
  }
}

struct pending {
  caller call;
  const struct apus_func *func;
  struct bits arguments[MOST_VALUES], results[MOST_VALUES];
};

static void run_pending(void *argument) {
  struct pending *pending = argument;
  pending->call(pending->func, pending->arguments, pending->results);
}

static bool run_invoke(const struct script *script, const struct command *command,
                       const struct apus_func *func) {
  static struct pending pending;
  const char *type = func->type->spelling, *results = strchr(type, '>');
  if (!results) return fail(command, "signature %s has no results part", type);
  if ((uint32_t)(results - type) != command->count)
    return fail(command, "signature %s, called with %u arguments", type, command->count);
  pending.call = NULL;
  for (uint32_t i = 0; i < script->signature_count && !pending.call; i++)
    if (!strcmp(script->signatures[i].type, type)) pending.call = script->signatures[i].call;
  if (!pending.call) return fail(command, "no caller for signature %s", type);
  for (uint32_t i = 0; i < command->count; i++) {
    const struct value *value = script->values + command->first + i;
    if (value->kind != type[i] && value->kind != '0')
      return fail(command, "signature %s, argument %u is %c", type, i, value->kind);
    pending.arguments[i] = value->bits;
  }
  pending.func = func;
  struct apus_outcome outcome = apus_catch(run_pending, &pending);
  if (command->op == EXCEPTION) {
    if (outcome.trap != APUS_TRAP_EXCEPTION) return fail(command, "%s, exception expected", apus_trap_message(outcome.trap));
    return apus_caught()->tag || fail(command, "the exception is not there");
  }
  if (command->op == TRAP) {
    if (outcome.trap == APUS_TRAP_NONE) return fail(command, "returned, trap expected: %s", command->text);
    if (!text_matches(apus_trap_message(outcome.trap), command->text))
      return fail(command, "trap is %s, expected %s", apus_trap_message(outcome.trap), command->text);
    return true;
  }
  if (outcome.trap != APUS_TRAP_NONE)
    return fail(command, "trap: %s at %u", apus_trap_message(outcome.trap), outcome.offset);
  return check_results(script, command, results + 1, pending.results);
}

static bool run_action(const struct script *script, const struct command *command) {
  struct slot *slot = script->slots + command->slot;
  if (!slot->ready) return fail(command, "its instance was not made");
  struct apus_extern found = {0};
  if (!slot->definition->find(slot->instance, command->field, command->length, &found))
    return fail(command, "no such export");
  if (!command->get) {
    if (found.kind != APUS_EXTERN_FUNC) return fail(command, "export is not a function");
    return run_invoke(script, command, found.of.func);
  }
  if (found.kind != APUS_EXTERN_GLOBAL) return fail(command, "export is not a global");
  const char *types = found.of.global->type->spelling;
  struct bits bits = global_bits(found.of.global);
  return check_results(script, command, types, &bits);
}

static bool run_instantiate(const struct script *script, const struct command *command) {
  static struct apus_extern imports[4096];
  struct slot *slot = script->slots + command->slot;
  if (command->count > sizeof imports / sizeof *imports) return fail(command, "too many imports");
  memset(imports, 0, command->count * sizeof *imports);
  for (uint32_t i = 0; i < command->count; i++) {
    const struct import *import = script->imports + command->first + i;
    if (import->slot == FROM_SPECTEST) spectest_find(import->name, import->length, imports + i);
    if (import->slot < 0) continue;
    struct slot *from = script->slots + import->slot;
    if (!from->ready) return fail(command, "imports from an instance that was not made");
    if (!from->definition->find(from->instance, import->name, import->length, imports + i))
      imports[i].kind = APUS_EXTERN_NONE;
  }
  slot->definition = script->definitions[command->definition];
  slot->instance = calloc(1, slot->definition->size + 1);
  if (!slot->instance) return fail(command, "no room for the instance");
  struct apus_outcome outcome = slot->definition->instantiate(slot->instance, command->count ? imports : NULL);
  const char *message = apus_trap_message(outcome.trap);
  bool link_error = outcome.trap == APUS_TRAP_UNKNOWN_IMPORT || outcome.trap == APUS_TRAP_INCOMPATIBLE_IMPORT;
  if (command->op == INSTANTIATE) {
    if (outcome.trap != APUS_TRAP_NONE) return fail(command, "instantiation: %s at %u", message, outcome.offset);
    slot->ready = true;
    return true;
  }
  if (outcome.trap == APUS_TRAP_NONE) return fail(command, "instantiated, expected %s", command->text);
  if (link_error != (command->op == UNLINKABLE) || !text_matches(message, command->text))
    return fail(command, "instantiation: %s, expected %s", message, command->text);
  return true;
}

static int run_script(const struct script *script) {
  bool good = true;
  spectest_open();
  for (uint32_t i = 0; i < script->command_count; i++) {
    const struct command *command = script->commands + i;
    bool ok = command->op <= UNINSTANTIABLE ? run_instantiate(script, command) : run_action(script, command);
    if (ok) printf("ok %u\n", command->line);
    fflush(stdout);
    good &= ok;
  }
  for (uint32_t i = script->slot_count; i-- > 0;)
    if (script->slots[i].instance) {
      script->slots[i].definition->destroy(script->slots[i].instance);
      free(script->slots[i].instance);
    }
  spectest_close();
  printf("end\n");
  return good ? 0 : 1;
}

#endif
