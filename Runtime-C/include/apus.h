/* apus.h: the manual for programs that embed a translated module.
 *
 * `apus translate app.wasm -o out --name counter` writes counter.h, which
 * declares what follows for that module, counter.c, and a Makefile for
 * libcounter.a, in which the runtime is. A whole program, with a module that
 * imports host.report and exports add:
 *
 *     #include "counter.h"
 *     #include <stdio.h>
 *
 *     // The import host.report. The text lies in the memory of the caller.
 *     void apus_import_host_report(struct apus_host *host, uint32_t text, uint32_t size, uint32_t count) {
 *       const char *bytes = apus_guest(host, text, size);
 *       if (!bytes) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, 0);
 *       printf("%s: %.*s %u\n", (const char *)host->user, (int)size, bytes, (unsigned)count);
 *     }
 *
 *     struct sum {
 *       struct counter *counter;
 *       uint32_t result;
 *     };
 *
 *     // All that may trap is called from a function like this.
 *     static void add_two_and_three(void *argument) {
 *       struct sum *sum = argument;
 *       counter_export_add(sum->counter, 2);
 *       sum->result = counter_export_add(sum->counter, 3);
 *     }
 *
 *     int main(void) {
 *       struct counter counter = {.host = {.user = "first"}};
 *       struct counter_imports imports = {0};
 *       counter_default_imports(&imports); // the apus_import_... functions
 *       struct apus_outcome outcome = counter_instantiate(&counter, &imports);
 *       struct sum sum = {.counter = &counter};
 *       if (!outcome.trap) outcome = apus_catch(add_two_and_three, &sum);
 *       if (outcome.trap) {
 *         char text[256];
 *         apus_describe(text, sizeof text, &outcome, &counter_names);
 *         fprintf(stderr, "counter: %s\n", text);
 *       } else {
 *         printf("%u\n", (unsigned)sum.result);
 *       }
 *       counter_destroy(&counter); // also after a failure
 *       return outcome.trap != APUS_TRAP_NONE;
 *     }
 *
 * Instances. With `--instances many`, the default of translate, `struct NAME` is
 * one instance. The caller owns it and never moves it, since it points into
 * itself. With `--instances one` all state is static, nothing takes an instance,
 * and NAME_host() is where `user` and `wasi` are set.
 *
 * Life. A struct starts zeroed, but for host.user and host.wasi, which a start
 * function may need. NAME_instantiate compares the imports with their types,
 * allocates, and runs the start function; its outcome tells why it could not.
 * NAME_destroy releases what instantiate made. It is right on a zeroed,
 * half-built, complete or destroyed value, and after it the instance may be made
 * again, in both models. What is imported belongs to whoever made it and is
 * destroyed later; so is an instance whose functions are in others' tables.
 *
 * Host functions. The import M.N is the C function apus_import_M_N, each byte
 * outside [A-Za-z0-9_] written as _ and two hex digits. NAME.h declares them, and
 * `apus inspect --prototypes` prints them. Two imports of one name and type are one
 * function; where others come to the same C name, the later one has a number behind
 * it, and a comment says whose it is. Where two modules want one name with two types,
 * a file that includes both headers defines NAME_NO_DEFAULT_IMPORTS before one of
 * them, and fills that one's imports itself (`many`). The first result is returned,
 * others go to pointers at the end. They find the calling instance's memory and the
 * embedder's own pointer in `host`. They may call modules, which may call them.
 *
 * Memory. A guest address is no pointer: apus_guest checks it and makes one, also
 * outside host functions (`apus_guest(&counter.host, at, size)`). It is good until
 * the guest runs again, which may grow the memory and move it. The guest's numbers
 * are little-endian and need not be aligned: memcpy them.
 *
 * Traps. Exports, and whatever else runs the module's code, are called under
 * apus_catch. A trap unwinds to the innermost one, over all frames between, as
 * longjmp does; what those held stays held (no destructors run in C++). So a
 * host function that holds something calls a module under an apus_catch of its
 * own, and apus_trap only with empty hands. Without an apus_catch a trap prints
 * its message and ends the process with status 134. After a trap the instance may
 * be called again. At traps by explicit checks and at calls, memory, globals and
 * tables are exactly the specification's; a fault of the hardware may find
 * neighbouring stores done early or not yet.
 *
 * Exceptions. One that leaves a module is a trap for the program around it, APUS_TRAP_EXCEPTION, which
 * apus_caught tells about; NAME_export_N answers a tag that is exported, to compare with. Host functions throw with
 * apus_throw. Between modules that are linked (`many`) exceptions pass as in one; one that comes to a
 * module without any, by a function or a table that it imports, is a trap there.
 *
 * Limits. A memory grows to its type's maximum, to `--max-memory`, or to what the
 * embedder lowers NAME_export_memory(...)->maximum to. The stack is the running
 * thread's: translated code may use all but a reserve of 64 KiB (at most a quarter)
 * that host functions find. A stack with no guard page, as pthread_attr_setstack
 * makes them, has its lowest page protected during a call. A coroutine's stack must
 * have a guard page, and there host functions find no reserve. Time is limited
 * where the module was translated with --fuel or --interruptible, which stand below.
 *
 * Threads. One thread at a time uses an instance, whichever it is; instances that
 * are linked count as one, but for those that share nothing else than a shared memory:
 * they may run in parallel, and so may everything else here. A shared memory never
 * moves. It belongs to whoever made it, and is destroyed after all instances with it.
 * A module of wasi-threads, which starts threads of its own, is called under
 * apus_threads_catch: see apus_threads.h. On firmware there is one thread:
 * memory.atomic.wait answers 2 at once where it would wait, notify answers 0.
 *
 * Signals (hosts). The first apus_catch of a process installs handlers of SIGSEGV
 * and SIGBUS, unless the program has called apus_signals_leave_alone. A fault is a
 * trap only in translated code, and only where it meets a guest memory or the
 * stack's end; all others go to the handler that was there before, or to the core
 * dump. A handler that the program installs later has to pass on to the one it
 * finds. The first apus_catch of a thread gives it an alternate signal stack until
 * it ends, if it has none.
 *
 * The same everywhere. A module translated with --deterministic and the runtime
 * are compiled with APUS_COUNTS_CALLS. Then APUS_TRAP_STACK_EXHAUSTED is the end of the
 * module's --max-stack, and APUS_TRAP_OUT_OF_MEMORY that the host has no room: for the
 * stack, or for what memory.grow or table.grow may ask for.
 *
 * Memory for memories and tables comes from apus_port_alloc, which is calloc, and
 * hosts of 64 bits move a memory that outgrows it to where it can grow in place, by
 * apus_port_reserve. A program that defines the first and apus_port_release, and not
 * the other, gets all of it (guarded memories and signal stacks are mapped). */
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

/* One row for each trap: the constant and the specification's words. The last
 * five are no traps of the guest's code: no room for a new instance or a stack for
 * signals; an import that is missing, or of another type; C that was compiled in a way
 * in which faults cannot be told to be its own; and proc_exit. */
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
  X(NULL_EXCEPTION, "null exception reference")                                \
  X(EXCEPTION, "uncaught exception")                                           \
  X(UNALIGNED_ATOMIC, "unaligned atomic")                                      \
  X(EXPECTED_SHARED_MEMORY, "expected shared memory")                          \
  X(OUT_OF_FUEL, "out of fuel")                                                \
  X(INTERRUPTED, "interrupted")                                                \
  X(OUT_OF_MEMORY, "out of memory")                                            \
  X(UNKNOWN_IMPORT, "unknown import")                                          \
  X(INCOMPATIBLE_IMPORT, "incompatible import type")                           \
  X(MISPLACED_CODE, "translated code needs -fno-function-sections -fno-lto")   \
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
  uint32_t offset;      /* byte offset of the instruction, or of the import, in the module; 0 where not known */
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
 *     uncaught exception "error" at offset 0x5a in function "parse"
 *     out of bounds memory access in func[12]
 *
 * Hosts name an exception's tag, where this thread caught it and the instance that has the tag is still there.
 * An explicit check knows the offset, and `names` tells the function. With a
 * fault of the hardware, or where `names` is NULL, hosts look the address up in
 * the symbol table of the running program (none after strip): where the C
 * compiler has inlined the function, that is the one it was inlined into. */
size_t apus_describe(char *to, size_t size, const struct apus_outcome *outcome, const struct apus_names *names);

/* Calls body(argument) and catches what traps in it. Calls may nest. The cost is
 * that of setjmp, except for the first call in a thread. OUT_OF_MEMORY, with body not
 * called, where a thread's first call finds no room for the signal stack. */
struct apus_outcome apus_catch(void (*body)(void *argument), void *argument);

/* Ends the running call with a trap, from a host function. `offset` as in apus_outcome. */
APUS_NORETURN void apus_trap(enum apus_trap trap, uint32_t offset);

/* Words for the values of an exception. Where a module has tags with more of them, its header says how many, and
 * everything is compiled with the same number, the runtime and the host, too, as the generated Makefile does. What is
 * compiled with another does not link. */
#ifndef APUS_EXCEPTION_WORDS
#define APUS_EXCEPTION_WORDS 8
#elif APUS_EXCEPTION_WORDS != 8
#define APUS_JOINED_(name, words) name##_##words
#define APUS_JOINED(name, words) APUS_JOINED_(name, words)
#define apus_thrown APUS_JOINED(apus_thrown, APUS_EXCEPTION_WORDS)
#define apus_throw APUS_JOINED(apus_throw, APUS_EXCEPTION_WORDS)
#define apus_caught APUS_JOINED(apus_caught, APUS_EXCEPTION_WORDS)
#endif

/* Throws an exception from a host function, which then returns without calling anything, whatever it
 * returns. The module that called it goes on where it catches it, if it knows of exceptions; else the call ends with
 * APUS_TRAP_EXCEPTION. */
struct apus_exception;
void apus_throw(const struct apus_exception *exception);

/* What ended this thread's last call with APUS_TRAP_EXCEPTION; good until another does. To throw it
 * on from a host function, that called a module under an apus_catch of its own, give it to apus_throw. */
const struct apus_exception *apus_caught(void);

/* Ends the running call with APUS_TRAP_EXIT and this status; without an apus_catch, the process. */
APUS_NORETURN void apus_exit(uint32_t status);

/* Hosts only: apus_catch installs no handlers; the program promises to forward
 * SIGSEGV and SIGBUS to apus_signal_handle, which returns false for a fault
 * that is not ours and otherwise does not return. */
void apus_signals_leave_alone(void);
bool apus_signal_handle(int signal, void *siginfo, void *ucontext);

/* --- how long a call may take ------------------------------------------------ */

/* Fuel, for modules translated with --fuel. Each instruction costs 1, but nop, drop, block, loop,
 * unreachable, return, else and end, and so does each function that begins; what fills, copies,
 * initialises or grows something costs 1 more for each byte, element or page (nothing more where growing
 * fails). --fuel-costs changes that.
 *
 * What is executed whole is paid whole, before its first instruction; functions that begin and loops that
 * go round end with APUS_TRAP_OUT_OF_FUEL where there was not so much. A trap of any kind
 * leaves the count as it was when fuel was last asked for, or something called. The counts of a
 * module and its input are the same on each host, by each C compiler and with all other options,
 * but that with --traps relaxed a fault of the hardware may come a loop's round early or late.
 *
 * Each thread has fuel of its own, at first none. */
void apus_fuel_give(int64_t units);
int64_t apus_fuel_left(void); /* below 0: so much was missing */

/* What is asked, in the midst of translated code, whether that goes on. */
struct apus_goes_on {
  bool (*function)(void *argument);
  void *argument;
};

/* Asked instead of the trap: gives more and answers true, or false. */
void apus_fuel_when_out(bool (*goes_on)(void *argument), void *argument);

/* Interruption, for modules translated with --interruptible: another thread, a signal handler or an
 * interrupt of the board ends what the thread is at, with APUS_TRAP_INTERRUPTED at the next loop that
 * goes round or function that calls another; not in host functions. */
struct apus_interrupt;

/* The calling thread's, with no wish pending; good as long as the thread. */
struct apus_interrupt *apus_interrupt_here(void);
void apus_interrupt(struct apus_interrupt *there);

/* Asked instead of the trap, as with fuel: to go on, answer true. */
void apus_interrupt_when_seen(bool (*goes_on)(void *argument), void *argument);

/* --- what a module says of itself -------------------------------------------- */

/* Traces, of modules translated with --trace calls, stores or blocks: each event before it happens. They are the same on
 * each host, by each C compiler and with all other options, up to a trap; NaNs count as one. */
enum apus_trace_kind {
  APUS_TRACE_CALL,   /* a: the function's index, b: its parameter, or a hash of several */
  APUS_TRACE_RETURN, /* a: the result's number, b: the result; one event where there is none */
  APUS_TRACE_STORE,  /* a: the address with its offset, b: the value, or the first of an atomic access */
  APUS_TRACE_GLOBAL, /* a: the global's index, b: the value */
  APUS_TRACE_BULK,   /* a and b: the first operand of an instruction on tables or many bytes, and the last */
  APUS_TRACE_BLOCK   /* what is executed as a whole, as with fuel */
};

struct apus_trace_event {
  enum apus_trace_kind kind;
  uint32_t offset; /* byte offset of the instruction in the module */
  uint64_t a, b;   /* references: whether they are none; a vector: the exclusive or of its halves */
};

/* From here on the thread's events are counted and hashed, and shown to `see`, unless that is NULL, in the midst of
 * translated code. */
void apus_trace_to(void (*see)(void *argument, const struct apus_trace_event *event), void *argument);
uint64_t apus_trace_hash(uint64_t *count);
const char *apus_trace_word(enum apus_trace_kind kind); /* "call", "return" … */

/* Hosts only, for apus_trace_to with a FILE *: a line for each event, its word and numbers, `store 0x47 0x10 0x5`. */
void apus_trace_write(void *file, const struct apus_trace_event *event);

/* --- memory ---------------------------------------------------------------- */

#define APUS_PAGE 65536u

/* A linear memory. Read `base` and `size` anew after each call into a module. */
struct apus_memory {
  uint8_t *base;     /* first byte */
  uint64_t size;     /* bytes, a multiple of the page's */
  uint64_t reserved; /* bytes of address space or of heap behind base */
  uint32_t maximum;  /* pages; of APUS_PAGE bytes and addresses of 32 bits at most 65536 */
  bool guarded;      /* made by apus_memory_init_guarded */
  bool mapped;       /* `reserved` is address space, of which `size` bytes can be used */
  bool has_maximum;  /* the type states a maximum (linking compares it) */
  uint8_t layout;    /* of enum apus_memory_layout */
};

/* Addresses have 64 bits; pages have one byte; other threads may use it, too. The last is for linking
 * alone: the code has no explicit checks. */
enum apus_memory_layout { APUS_MEMORY_64 = 1, APUS_MEMORY_BYTES = 2, APUS_MEMORY_SHARED = 4, APUS_MEMORY_GUARDED = 8 };

/* The bytes that a memory has now: a shared one may grow at any moment. */
static inline uint64_t apus_memory_size(const struct apus_memory *memory) {
#if !__STDC_HOSTED__ || defined(APUS_FREESTANDING)
  return memory->size; /* there is one thread */
#elif UINTPTR_MAX > UINT32_MAX
  return __atomic_load_n(&memory->size, __ATOMIC_RELAXED);
#else
  return *(const volatile uint64_t *)&memory->size;
#endif
}

/* Makes a memory of `minimum` pages, all zero, that can grow to `maximum`.
 * False, with *memory zeroed, when there is no room. The first reserves the
 * whole index space so that no access needs a check; the second is for code
 * with explicit checks and comes from the port's allocator; so is the third, for a memory
 * of which `layout` says otherwise. */
bool apus_memory_init_guarded(struct apus_memory *memory, uint32_t minimum, uint32_t maximum);
bool apus_memory_init(struct apus_memory *memory, uint32_t minimum, uint32_t maximum);
bool apus_memory_init_as(struct apus_memory *memory, uint32_t minimum, uint32_t maximum, uint8_t layout);
/* A shared memory with addresses of 32 bits and pages of APUS_PAGE, for modules with explicit checks and
 * for those without. It never moves: on hosts room for `maximum` pages is taken at once. */
bool apus_memory_init_shared(struct apus_memory *memory, uint32_t minimum, uint32_t maximum);
void apus_memory_destroy(struct apus_memory *memory); /* right on a zeroed one, too */

/* memory.grow: the old size in pages, or UINT32_MAX and nothing changed. */
uint32_t apus_memory_grow(struct apus_memory *memory, uint32_t pages);

/* --- references, tables, globals ------------------------------------------- */

/* A type of values or of functions. Each module has its own of what it uses, so
 * where two pointers differ the spellings tell. A value type is spelled by a letter
 * (i I f F for the number types, V v128, p funcref, e externref), that of a function by
 * those of its parameters and, after '>', its results: "iI>f". */
struct apus_type {
  const char *spelling;
  uint32_t depth;                            /* supertypes it has */
  const struct apus_type *const *supertypes; /* those, the most general first; NULL where there are none */
};
extern const struct apus_type apus_type_i32, apus_type_i64, apus_type_f32, apus_type_f64, apus_type_v128,
    apus_type_funcref, apus_type_externref, apus_type_exnref;

bool apus_type_equal(const struct apus_type *one, const struct apus_type *other);
/* Is it `expected`, or one of its subtypes? */
bool apus_type_matches(const struct apus_type *type, const struct apus_type *expected);

typedef void (*apus_code)(void);

/* A function as a first-class value: funcref is a pointer to one of these, or
 * NULL. In `many` the code takes `context` as its first argument, a `void *`: the
 * instance that owns a Wasm function, or a host function's struct apus_host *. */
struct apus_func {
  const struct apus_type *type;
  apus_code code;
  void *context;
};
typedef const struct apus_func *apus_funcref;
typedef void *apus_externref;

/* An exception's kind, told from others by its address. */
struct apus_tag {
  const struct apus_type *type; /* parameters for the values that exceptions with it carry: "iF>" */
  const char *name;             /* what its module calls it, or NULL */
};

/* An exception. Each value takes a word: i32 in its low half, floats by their bits, references as pointers; a v128
 * takes two. */
struct apus_exception {
  const struct apus_tag *tag; /* NULL: none */
  uint32_t offset;            /* of the instruction that threw it, in its module */
  uint64_t values[APUS_EXCEPTION_WORDS];
};
typedef struct apus_exception apus_exnref;

struct apus_table {
  void **elements;   /* NULL is ref.null; of exnref an array of struct apus_exception, where that has no tag */
  uint32_t size;     /* elements */
  uint32_t maximum;  /* elements */
  uint32_t capacity; /* elements allocated */
  bool has_maximum;
  bool is_64;            /* indices have 64 bits */
  uint16_t element_size; /* bytes */
  const struct apus_type *type; /* of the elements */
};

/* A host makes tables and memories of its own for modules that import them. False,
 * with *table zeroed, when there is no room. `value` is what each element starts with; in a table of
 * exnref, the address of what each is a copy of, or NULL. */
bool apus_table_init(struct apus_table *table, const struct apus_type *type, uint32_t minimum, uint32_t maximum,
                     void *value);
void apus_table_destroy(struct apus_table *table);
uint32_t apus_table_grow(struct apus_table *table, uint32_t delta, void *value); /* old size or UINT32_MAX */

/* A vector of 16 bytes, as they lie in a guest's memory; on big-endian processors in reverse. */
#ifdef __xtensa__
/* Of a type with another alignment than usual gcc passes arguments in one place and looks for them in another. */
typedef uint8_t apus_v128 __attribute__((vector_size(16)));
#else
typedef uint8_t apus_v128 __attribute__((vector_size(16), aligned(8)));
#endif

/* A global that is imported or exported, shared by reference. */
struct apus_global {
  union {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
    apus_v128 v128;
    apus_funcref funcref;
    apus_externref externref;
    apus_exnref *exnref; /* where it lies */
  } value;
  const struct apus_type *type;
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

enum apus_extern_kind { APUS_EXTERN_NONE, APUS_EXTERN_FUNC, APUS_EXTERN_TABLE, APUS_EXTERN_MEMORY, APUS_EXTERN_GLOBAL,
                        APUS_EXTERN_TAG };

/* In `many`, something that one instance exports and another imports. A func with a NULL
 * context is a host function: it gets the importing instance's apus_host. */
struct apus_extern {
  enum apus_extern_kind kind;
  union {
    const struct apus_func *func;
    struct apus_table *table;
    struct apus_memory *memory;
    struct apus_global *global;
    const struct apus_tag *tag;
  } of;
};

/* --- host functions --------------------------------------------------------- */

struct apus_wasi;

/* The caller as a host function sees it: first parameter of each apus_import_M_N. */
struct apus_host {
  struct apus_memory *memory; /* memory 0 of the calling module, NULL where it has none */
  struct apus_wasi *wasi;     /* set by the embedder before instantiate, or NULL: see apus_wasi.h */
  void *user;                 /* the embedder's own */
};

/* The address of `size` bytes at guest address `at`, or NULL when they are not all inside. */
static inline void *apus_guest(const struct apus_host *host, uint32_t at, uint64_t size) {
  const struct apus_memory *memory = host->memory;
  const uint64_t all = memory ? apus_memory_size(memory) : 0;
  if (!memory || size > all || at > all - size) return NULL;
  return memory->base + at;
}

/* The same for a memory with addresses of 64 bits. */
static inline void *apus_guest64(const struct apus_host *host, uint64_t at, uint64_t size) {
  const struct apus_memory *memory = host->memory;
  const uint64_t all = memory ? apus_memory_size(memory) : 0;
  if (!memory || size > all || at > all - size) return NULL;
  return memory->base + at;
}

/* --- what the port supplies --------------------------------------------------- */

/* Zeroed memory or NULL; release takes the size back. Alloc of 0 bytes may answer NULL. */
void *apus_port_alloc(size_t size);
void apus_port_release(void *at, size_t size);

/* Hosts only, and it may be missing: address space for a memory that grows to `size`
 * bytes, none of them usable yet, which munmap gives back; or NULL. */
void *apus_port_reserve(size_t size);

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

/* The stack ends at address `lowest` (of the task that runs: apus_tasks.h): translated code traps with
 * APUS_TRAP_STACK_EXHAUSTED when it calls something with less than `reserve`
 * bytes left. The reserve is for the largest frame of a translated function, for
 * host functions and for interrupts. Without this call nothing is checked. */
void apus_port_stack(const void *lowest, size_t reserve);

#ifdef __cplusplus
}
#endif
#endif
