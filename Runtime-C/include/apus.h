/* apus.h: what an embedder of a translated module needs to know.
 *
 * A module NAME becomes NAME.h and NAME.c. With `--instances many` the header
 * declares `struct NAME`, one value per instance, owned by the caller:
 *
 *     struct app app = {0};
 *     struct app_imports imports;
 *     app_default_imports(&imports);               the apus_import_... functions
 *     if (app_instantiate(&app, &imports, &outcome)) ...   outcome says why not
 *     outcome = apus_catch(body, &argument);       body calls app_export_run(&app, ...)
 *     app_destroy(&app);                           always, also after a failure
 *
 * With `--instances one` all state is static and no function takes an instance.
 *
 * Life cycle. Destroy is right on a zeroed, half-built, complete or destroyed
 * value, and releases all that instantiate made. An instance may be called
 * again after a trap; its memory is what the trap left. A destroyed instance
 * may be instantiated again, in both models.
 *
 * Traps leave through apus_trap, which never returns: under apus_catch it
 * unwinds to it, without apus_catch it prints the message and ends the process
 * with status 134. Host frames between the two are skipped, so a host function
 * that holds something must not call back into a module except under an
 * apus_catch of its own.
 *
 * Signals (hosts). apus_catch installs handlers for SIGSEGV and SIGBUS once per
 * process, unless the program called apus_signals_leave_alone() before. A fault
 * becomes a trap only if its address belongs to a guest memory or to the stack
 * guard, and its PC lies in translated code; every other fault goes to the
 * handler that was there before.
 *
 * Threads. An instance is used by one thread at a time. Different instances are
 * independent; nothing here is shared between them but the handlers above. On
 * firmware there is one thread: what is current in apus_catch is one variable. */
#ifndef APUS_H
#define APUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define APUS_NORETURN [[noreturn]]
#else
#define APUS_NORETURN _Noreturn
#endif

/* --- traps ---------------------------------------------------------------- */

/* One row for each trap: the constant and the specification's words. */
#define APUS_TRAPS(X)                                                          \
  X(NONE, "")                                                                  \
  X(UNREACHABLE, "unreachable")                                                \
  X(MEMORY_OUT_OF_BOUNDS, "out of bounds memory access")                       \
  X(TABLE_OUT_OF_BOUNDS, "out of bounds table access")                         \
  X(UNDEFINED_ELEMENT, "undefined element")                                    \
  X(UNINITIALIZED_ELEMENT, "uninitialized element")                            \
  X(INDIRECT_CALL_TYPE_MISMATCH, "indirect call type mismatch")                \
  X(INTEGER_OVERFLOW, "integer overflow")                                      \
  X(INTEGER_DIVIDE_BY_ZERO, "integer divide by zero")                          \
  X(INVALID_CONVERSION, "invalid conversion to integer")                       \
  X(STACK_EXHAUSTED, "call stack exhausted")                                   \
  X(OUT_OF_MEMORY, "out of memory")                                            \
  X(UNKNOWN_IMPORT, "unknown import")                                          \
  X(INCOMPATIBLE_IMPORT, "incompatible import type")                           \
  X(EXIT, "exit")

enum apus_trap {
#define APUS_TRAP_CONSTANT(name, text) APUS_TRAP_##name,
  APUS_TRAPS(APUS_TRAP_CONSTANT)
#undef APUS_TRAP_CONSTANT
};

/* The specification's words for `trap`; never NULL. */
const char *apus_trap_message(enum apus_trap trap);

/* How a call into a module ended. */
struct apus_outcome {
  enum apus_trap trap;  /* APUS_TRAP_NONE: it returned */
  uint32_t offset;      /* byte offset of the instruction in the module, 0 where not known */
  uint32_t exit_status; /* with APUS_TRAP_EXIT: what the guest gave to proc_exit */
  const void *pc;       /* address in the translated code, NULL where not known */
};

/* The names of a module's functions: NAME_names of NAME_names.c, which a linker
 * takes from the library only if something uses it. */
struct apus_names {
  uint32_t count;
  const uint32_t *starts; /* byte offset of each body, ascending; 0 for imports */
  const char *texts;      /* for each its name, \1 and a C symbol for those that the name does not tell, \0 */
};

/* Writes what ended a call, without a line's end, as snprintf would, and returns its length:
 *
 *     integer divide by zero at offset 0x2f in function "divide"
 *     out of bounds memory access in func[12]
 *
 * An explicit check knows the offset, and `names` tells the function. With a
 * fault of the hardware, or where `names` is NULL, hosts look the address up in
 * the symbol table of the running program (none after strip): where the C
 * compiler has inlined the function, that is the one it was inlined into. */
size_t apus_describe(char *to, size_t size, const struct apus_outcome *outcome, const struct apus_names *names);

/* Calls body(argument) and catches what traps in it. Calls may nest. */
struct apus_outcome apus_catch(void (*body)(void *argument), void *argument);

/* Ends the running call with a trap. `offset` as in apus_outcome. Supplied by the port. */
APUS_NORETURN void apus_trap(enum apus_trap trap, uint32_t offset);

/* Ends the running call with APUS_TRAP_EXIT and this status. Supplied by the port. */
APUS_NORETURN void apus_exit(uint32_t status);

/* Hosts only: apus_catch installs no handlers; the program promises to forward
 * SIGSEGV and SIGBUS to apus_signal_handle, which returns false for a fault
 * that is not ours and otherwise does not return. */
void apus_signals_leave_alone(void);
bool apus_signal_handle(int signal, void *siginfo, void *ucontext);

/* --- memory ---------------------------------------------------------------- */

#define APUS_PAGE 65536u

/* A linear memory. Read `base` and `size` anew after each call into a module. */
struct apus_memory {
  uint8_t *base;     /* first byte */
  uint64_t size;     /* bytes, a multiple of APUS_PAGE */
  uint64_t reserved; /* bytes of address space or of heap behind base */
  uint32_t maximum;  /* pages, at most 65536 */
  bool guarded;      /* made by apus_memory_init_guarded */
  bool has_maximum;  /* the type states a maximum (linking compares it) */
};

/* Makes a memory of `minimum` pages, all zero, that can grow to `maximum`.
 * False, with *memory zeroed, when there is no room. The first reserves the
 * whole index space so that no access needs a check; the second is for code
 * with explicit checks and grows through the port's allocator. */
bool apus_memory_init_guarded(struct apus_memory *memory, uint32_t minimum, uint32_t maximum);
bool apus_memory_init(struct apus_memory *memory, uint32_t minimum, uint32_t maximum);
void apus_memory_destroy(struct apus_memory *memory); /* right on a zeroed one, too */

/* memory.grow: the old size in pages, or UINT32_MAX and nothing changed. */
uint32_t apus_memory_grow(struct apus_memory *memory, uint32_t pages);

/* --- references, tables, globals ------------------------------------------- */

typedef void (*apus_code)(void);

/* A function as a first-class value: funcref is a pointer to one of these, or
 * NULL. `type` spells the signature, one letter a value (i I f F for the number
 * types, p funcref, e externref), results after '>': "iI>f". In `many` the code
 * takes `context` as its first argument: the instance that owns a Wasm
 * function, or a host function's struct apus_host *. */
struct apus_func {
  const char *type;
  apus_code code;
  void *context;
};
typedef const struct apus_func *apus_funcref;
typedef void *apus_externref;

struct apus_table {
  void **elements;      /* funcref or externref; NULL is ref.null */
  uint32_t size;        /* elements */
  uint32_t maximum;     /* elements */
  uint32_t capacity;    /* elements allocated */
  char type;            /* 'p' or 'e' */
  bool has_maximum;
};

bool apus_table_init(struct apus_table *table, char type, uint32_t minimum, uint32_t maximum, void *value);
void apus_table_destroy(struct apus_table *table);
uint32_t apus_table_grow(struct apus_table *table, uint32_t delta, void *value); /* old size or UINT32_MAX */

/* A global that is imported or exported, shared by reference. */
struct apus_global {
  union {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
    apus_funcref funcref;
    apus_externref externref;
  } value;
  char type; /* as in apus_func */
  bool is_mutable;
};

/* --- linking ------------------------------------------------------------------ */

/* A memory, table or global that a module imports as M.N is where the host's
 * function apus_import_M_N says: `struct apus_memory *apus_import_M_N(void)`. In
 * `many`, NAME_default_imports asks it, in `one`, NAME_instantiate; NULL is an
 * unknown import. NAME_export_N answers the same for what a module exports. Types
 * and limits are compared when an instance is made. A memory for a module without
 * explicit checks comes from apus_memory_init_guarded, or from such a module.
 * Modules that share functions or tables are all of `one`, or all of `many`. */

enum apus_extern_kind { APUS_EXTERN_NONE, APUS_EXTERN_FUNC, APUS_EXTERN_TABLE, APUS_EXTERN_MEMORY, APUS_EXTERN_GLOBAL };

/* In `many`, something that one instance exports and another imports. A func with a NULL
 * context is a host function: it gets the importing instance's apus_host. */
struct apus_extern {
  enum apus_extern_kind kind;
  union {
    const struct apus_func *func;
    struct apus_table *table;
    struct apus_memory *memory;
    struct apus_global *global;
  } of;
};

/* --- hosts functions --------------------------------------------------------- */

struct apus_wasi;

/* The caller as a host function sees it: first parameter of each apus_import_M_N. */
struct apus_host {
  struct apus_memory *memory; /* memory 0 of the calling module, NULL where it has none */
  struct apus_wasi *wasi;     /* set by the embedder before _start, or NULL */
  void *user;                 /* the embedder's own */
};

/* The address of `size` bytes at guest address `at`, or NULL when they are not all inside. */
static inline void *apus_guest(const struct apus_host *host, uint32_t at, uint64_t size) {
  const struct apus_memory *memory = host->memory;
  if (!memory || size > memory->size || at > memory->size - size) return NULL;
  return memory->base + at;
}

/* --- what the port supplies --------------------------------------------------- */

/* Zeroed memory or NULL; release takes the size back. Alloc of 0 bytes may answer NULL. */
void *apus_port_alloc(size_t size);
void apus_port_release(void *at, size_t size);

/* Firmware only: makes a block of `size` bytes longer where it is, the new bytes
 * zero; false, with nothing changed, where something else follows it. */
bool apus_port_extend(void *at, size_t size, size_t longer);

/* --- firmware (port/baremetal) -------------------------------------------------- */

/* The board defines this: a trap that no apus_catch is there for, or an exit,
 * whose status is then `offset`. It does not return. */
void apus_board_fatal(enum apus_trap trap, uint32_t offset);

/* Gives the memory of `size` bytes at `at` to the allocator, for good. Memories
 * and tables come from what was given, and from nowhere else. A memory grows in
 * place while what follows it is free. To lose nothing, align `at` as max_align_t. */
void apus_port_give(void *at, size_t size);

/* The stack ends at address `lowest`: translated code traps with
 * APUS_TRAP_STACK_EXHAUSTED when it calls something with less than `reserve`
 * bytes left. The reserve is for the largest frame of a translated function, for
 * host functions and for interrupts. Without this call nothing is checked. */
void apus_port_stack(const void *lowest, size_t reserve);

#ifdef __cplusplus
}
#endif
#endif
