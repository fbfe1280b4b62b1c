/* apus_code.h: what translated code is written in. Included by generated C and
 * by the runtime's own sources, not by embedders.
 *
 * apus_accesses.h has memories, apus_numbers.h numbers, apus_calls.h tables, tail
 * calls and exceptions, apus_limits.h fuel, interruption and traces; apus_simd.h
 * and apus_atomics.h are for modules that have such instructions. */
#ifndef APUS_CODE_H
#define APUS_CODE_H

#include "apus.h"

#include <float.h>

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) ||                         \
    defined(__NO_SIGNED_ZEROS__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ == 1)
#error "translated code must not be compiled with -ffast-math or a part of it"
#endif
/* 16: float and double as they are, only _Float16 is special. */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "float and double must be evaluated in their own precision (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#elif defined(APUS_TRANSLATED)
/* Else x * 1, x - 0 and the like, the constant by way of variables too, are x, unquieted. */
#pragma GCC optimize("signaling-nans")
#endif

#if defined(APUS_FREESTANDING) || !defined(__STDC_HOSTED__) || __STDC_HOSTED__ == 0
#define APUS_HOSTED 0
#else
#define APUS_HOSTED 1
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;
typedef float f32;
typedef double f64;
typedef apus_v128 v128;

#ifdef APUS_TRANSLATED
/* Calls through tables, of a function type of C. In `many` (APUS_MANY) what a table holds
 * carries its instance. */
#ifdef APUS_FOREIGN_TABLES
/* Another module's functions, of which an exception ends as a trap: looked after when the call has ended. */
#define APUS_CALLED                                                                                                    \
  __attribute__((cleanup(apus_called))) int called_ = 0;                                                               \
  (void)called_;
#else
#define APUS_CALLED
#endif
#ifdef APUS_MANY
#define CALL0(type, f)                                                                                                 \
  (__extension__({ APUS_CALLED const struct apus_func *f_ = (f); ((type)f_->code)(f_->context); }))
#define CALL(type, f, ...)                                                                                             \
  (__extension__({ APUS_CALLED const struct apus_func *f_ = (f); ((type)f_->code)(f_->context, __VA_ARGS__); }))
#elif defined(APUS_FOREIGN_TABLES)
#define CALL0(type, code) (__extension__({ APUS_CALLED ((type)code)(); }))
#define CALL(type, code, ...) (__extension__({ APUS_CALLED ((type)code)(__VA_ARGS__); }))
#else
#define CALL0(type, code) ((type)code)()
#define CALL(type, code, ...) ((type)code)(__VA_ARGS__)
#endif

/* In a module of several files. What they share has a symbol of the module's own, which no
 * name in C can be, and offset o of its function f, imports not counted, is in a table. */
#define SHARED(symbol) __asm__(APUS_SYMBOL symbol) __attribute__((visibility("hidden")))
#define SITE(f, o) (offsets[f] + (o))
#endif

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* A fault becomes a trap only in translated code. A file of it defines APUS_TRANSLATED
 * before it includes this one, and all of its functions count, for which the compiler has
 * to leave them in its usual sections (no -ffunction-sections, no -flto): labels mark both
 * ends of each, the second in a subsection, which assemblers put last, and pairs of offsets
 * tell the runtime where those are. In other files APUS_CODE marks a function that counts. */
#if !APUS_HOSTED || !defined(__ELF__)
#define APUS_CODE
#elif defined(APUS_TRANSLATED)
#define APUS_CODE
#if defined(__has_attribute) && __has_attribute(retain)
#define APUS_RANGES_FLAGS "aR" /* not to be collected by the linker */
#else
#define APUS_RANGES_FLAGS "a"
#endif
#define APUS_RANGE(section)                                                                                            \
  ".pushsection " section ", \"ax\", %progbits\n771:\n.subsection 1\n772:\n.popsection\n"                              \
  ".long 771b - .\n.long 772b - .\n"
#ifdef __clang__
#define APUS_SECTIONS                                                                                                  \
  APUS_RANGE(".text")                                                                                                  \
  APUS_RANGE(".text.unlikely.") APUS_RANGE(".text.hot.") APUS_RANGE(".text.split.") APUS_RANGE(".text.unknown.")
#else
#define APUS_SECTIONS                                                                                                  \
  APUS_RANGE(".text") APUS_RANGE(".text.unlikely") APUS_RANGE(".text.hot") APUS_RANGE(".text.startup")
#endif
__asm__(".pushsection apus_ranges, \"" APUS_RANGES_FLAGS "\", %progbits\n.balign 4\n" APUS_SECTIONS ".popsection\n");
#else
#define APUS_CODE __attribute__((section("apus_code")))
#endif

/* What leads to a trap is not worth the fast path's room. */
__attribute__((cold)) APUS_NORETURN void apus_trap(enum apus_trap trap, u32 offset);

/* What the platform puts before the C names of symbols, as a string. */
#define APUS_SYMBOL_TEXT(prefix) #prefix
#define APUS_SYMBOL_OF(prefix) APUS_SYMBOL_TEXT(prefix)
#define APUS_SYMBOL APUS_SYMBOL_OF(__USER_LABEL_PREFIX__)

#define APUS_UNUSED __attribute__((unused))
#define APUS_INLINE static inline __attribute__((always_inline, unused))
/* Where it is not inlined, the stack may end in it. */
#define APUS_HELPER static inline APUS_CODE __attribute__((unused))
/* The same for what is hardly ever called. */
#define APUS_COLD static APUS_CODE __attribute__((cold, noinline, unused))

/* --- bits ------------------------------------------------------------------- */

/* The sign of the lowest bits, all the way up. As functions: of a condition `(i8)(x * 3)` gcc warns, without a line. */
APUS_INLINE u32 i32_extend8(u32 x) { return (u32)(i8)x; }
APUS_INLINE u32 i32_extend16(u32 x) { return (u32)(i16)x; }
APUS_INLINE u64 i64_extend8(u64 x) { return (u64)(i8)x; }
APUS_INLINE u64 i64_extend16(u64 x) { return (u64)(i16)x; }
APUS_INLINE u64 i64_extend32(u64 x) { return (u64)(i32)x; }

/* bits_f32: the bits of a float. */
APUS_INLINE u32 bits_f32(f32 x) {
  u32 b;
  __builtin_memcpy(&b, &x, 4);
  return b;
}
APUS_INLINE u64 bits_f64(f64 x) {
  u64 b;
  __builtin_memcpy(&b, &x, 8);
  return b;
}

/* Where a value is that an asm names: a register, if floating-point values are in some. */
#if defined(__SSE2__)
#define APUS_FLOAT_PLACE "x"
#elif defined(__aarch64__)
#define APUS_FLOAT_PLACE "w"
#elif defined(__riscv_flen) && __riscv_flen >= 64
#define APUS_FLOAT_PLACE "f"
#else
#define APUS_FLOAT_PLACE "g"
#endif

/* gcc 12 takes (c ? x : nan:0x1) >= x for true, so it must not know of a value that it is a signalling NaN. */
#define APUS_IS_SIGNALLING_32(b) (((b) & 0x7fc00000u) == 0x7f800000u && ((b) & 0x003fffffu))
#define APUS_IS_SIGNALLING_64(b) (((b) & 0x7ff8000000000000u) == 0x7ff0000000000000u && ((b) & 0x0007ffffffffffffu))

/* f32_bits: the float with these bits. */
#define APUS_FLOAT_OF_BITS(w)                                                                                          \
  APUS_INLINE f##w apus_unknown##w(f##w x, u##w b) {                                                                   \
    if (__builtin_constant_p(b) && APUS_IS_SIGNALLING_##w(b)) __asm__("" : "+" APUS_FLOAT_PLACE(x));                   \
    return x;                                                                                                          \
  }                                                                                                                    \
  APUS_INLINE f##w f##w##_bits(u##w b) {                                                                               \
    f##w x;                                                                                                            \
    __builtin_memcpy(&x, &b, sizeof x);                                                                                \
    return apus_unknown##w(x, b);                                                                                      \
  }
APUS_FLOAT_OF_BITS(32)
APUS_FLOAT_OF_BITS(64)
#undef APUS_FLOAT_OF_BITS

/* APUS_FLOAT_PLACE for vectors. */
#if defined(__SSE2__) || (defined(__aarch64__) && defined(__ARM_NEON))
#define APUS_VECTOR_PLACE APUS_FLOAT_PLACE
#else
#define APUS_VECTOR_PLACE "m"
#endif

/* Evaluates e although nobody wants its value; forced_u32 and so on do within an expression. */
#define force(e) __asm__ volatile("" ::"r"(e))
#define forcef(e) __asm__ volatile("" ::APUS_FLOAT_PLACE(e))
#define forcev(e)                                                                                                      \
  do {                                                                                                                 \
    v128 e_ = (e);                                                                                                     \
    __asm__ volatile("" : "+" APUS_VECTOR_PLACE(e_));                                                                  \
  } while (0)

#define APUS_FORCED(type, place)                                                                                       \
  APUS_INLINE type forced_##type(type x) {                                                                             \
    __asm__ volatile("" : "+" place(x));                                                                               \
    return x;                                                                                                          \
  }
APUS_FORCED(u32, "r")
APUS_FORCED(u64, "r")
APUS_FORCED(apus_funcref, "r")
APUS_FORCED(apus_externref, "r")
APUS_FORCED(f32, APUS_FLOAT_PLACE)
APUS_FORCED(f64, APUS_FLOAT_PLACE)
APUS_FORCED(v128, APUS_VECTOR_PLACE)
#undef APUS_FORCED

/* Of a reference that is one of two. */
APUS_INLINE u32 is_null(const void *reference) { return !reference; }

/* A constant of which clang must not know that it is 0, 1 or -1: it would leave out what is done
 * with it, and signalling NaNs would stay so. gcc has been told above. */
#ifdef __clang__
#define APUS_OPAQUE(w)                                                                                                 \
  APUS_INLINE f##w opaque##w(f##w x) {                                                                                 \
    __asm__("" : "+" APUS_FLOAT_PLACE(x));                                                                             \
    return x;                                                                                                          \
  }
#else
#define APUS_OPAQUE(w)                                                                                                 \
  APUS_INLINE f##w opaque##w(f##w x) { return x; }
#endif
APUS_OPAQUE(32)
APUS_OPAQUE(64)
#undef APUS_OPAQUE

/* The argument, a NaN made quiet. For what compilers fold to its argument:
 * x*1, x-0, x/1, promote of demote. */
APUS_INLINE f32 quiet32(f32 x) {
  return likely(x == x) ? x : f32_bits(bits_f32(x) | 0x00400000u);
}
APUS_INLINE f64 quiet64(f64 x) {
  return likely(x == x) ? x : f64_bits(bits_f64(x) | 0x0008000000000000u);
}

/* The difference, where `a` may be known to be zero: gcc 12 makes -x of 0 - x where it sees that x is no -0, as of what was an
 * integer, and so -0 of 0. It does not look behind an argument. */
APUS_INLINE f32 minus32(f32 a, f32 x) { return a - x; }
APUS_INLINE f64 minus64(f64 a, f64 x) { return a - x; }

/* The argument, of which every NaN is the canonical one. */
APUS_INLINE f32 canonical_f32(f32 x) { return likely(x == x) ? x : f32_bits(0x7fc00000u); }
APUS_INLINE f64 canonical_f64(f64 x) { return likely(x == x) ? x : f64_bits(0x7ff8000000000000u); }

#include "apus_accesses.h"

/* --- the stack ----------------------------------------------------------------- */

#if APUS_HOSTED
extern _Thread_local uintptr_t apus_stack_limit;
#else
extern uintptr_t apus_stack_limit;
#endif

/* The lowest address that the running function uses, where it can be had without
 * a frame pointer. */
#if (defined(__arm__) || defined(__aarch64__) || defined(__riscv) || defined(__xtensa__)) && !defined(__clang__)
APUS_INLINE uintptr_t apus_stack_pointer(void) {
  register uintptr_t sp __asm__("sp");
  uintptr_t at;
  __asm__("" : "=r"(at) : "0"(sp));
  return at;
}
#elif defined(__arm__) || defined(__aarch64__) || defined(__riscv) || defined(__xtensa__)
/* clang takes a register variable that is never set for one that may be anything. */
APUS_INLINE uintptr_t apus_stack_pointer(void) {
  uintptr_t at;
#ifdef __riscv
  __asm__("mv %0, sp" : "=r"(at));
#else
  __asm__("mov %0, sp" : "=r"(at));
#endif
  return at;
}
#elif defined(__x86_64__)
APUS_INLINE uintptr_t apus_stack_pointer(void) {
  uintptr_t at;
  __asm__("mov %%rsp, %0" : "=r"(at));
  return at;
}
#else
#define apus_stack_pointer() ((uintptr_t)__builtin_frame_address(0))
#endif

/* What the end of the host's stack is: where calls are counted, that is the end of a budget, and this
 * the lack of a host's room. The module and the runtime are compiled with APUS_COUNTS_CALLS, then. */
#ifdef APUS_COUNTS_CALLS
enum { APUS_TRAP_STACK_ENDED = APUS_TRAP_OUT_OF_MEMORY };
#else
enum { APUS_TRAP_STACK_ENDED = APUS_TRAP_STACK_EXHAUSTED };
#endif

/* Firmware has no guard page: each function that calls another starts with this. */
#define stack_check(site)                                                                                              \
  do {                                                                                                                 \
    if (unlikely(apus_stack_pointer() < apus_stack_limit)) apus_trap((enum apus_trap)APUS_TRAP_STACK_ENDED, site);     \
  } while (0)

/* Stands before a call that leaves translated code: on hosts, no fault may
 * happen inside the C library with its locks held. */
#define host_call_check() stack_check(0)

#include "apus_numbers.h"

#ifdef APUS_SIMD
#include "apus_simd.h"
#endif
#ifdef APUS_ATOMICS
#include "apus_atomics.h"
#endif

/* --- variables of the thread, and what is counted in them ------------------------------------------ */

/* A variable of the thread. What is compiled for executables alone needs no register for where it lies (gcc would keep
 * that on the stack over calls). */
#if !APUS_HOSTED
#define APUS_THREAD
#elif defined(__ELF__) && (!defined(__PIC__) || defined(__PIE__))
#define APUS_THREAD __attribute__((tls_model("local-exec"))) _Thread_local
#else
#define APUS_THREAD _Thread_local
#endif

#ifdef APUS_COUNTS_CALLS
/* Bytes of the budget that the functions which run have taken. */
extern APUS_THREAD u32 apus_stack_taken;
#endif
#ifdef APUS_STACK_BUDGET
#ifndef APUS_COUNTS_CALLS
#error "this module and the runtime are compiled with -DAPUS_COUNTS_CALLS, as by the generated Makefile"
#endif
APUS_INLINE void leave_frame(const u32 *before) { apus_stack_taken = *before; }
#define take_frame(bytes, site)                                                                                        \
  __attribute__((cleanup(leave_frame))) const u32 before_ = apus_stack_taken;                                          \
  if (unlikely(before_ + (bytes) > APUS_STACK_BUDGET)) apus_trap(APUS_TRAP_STACK_EXHAUSTED, site);                     \
  apus_stack_taken = before_ + (bytes)

/* Growing that fails for want of the host's room is a trap. */
APUS_HELPER void apus_sure(bool grown, u64 size, u64 more, u64 maximum, u32 site) {
  if (unlikely(!grown) && more <= maximum && size <= maximum - more) apus_trap(APUS_TRAP_OUT_OF_MEMORY, site);
}
APUS_HELPER u32 sure_memory_grow(struct apus_memory *memory, u32 pages, u32 site) {
  u32 old = apus_memory_grow(memory, pages);
  apus_sure(old != UINT32_MAX, apus_memory_size(memory) / APUS_PAGE, pages, memory->maximum, site);
  return old;
}
APUS_HELPER u32 sure_memory_grow_bytes(struct apus_memory *memory, u32 bytes, u32 site) {
  u32 old = apus_memory_grow_bytes(memory, bytes);
  apus_sure(old != UINT32_MAX || !bytes, apus_memory_size(memory), bytes, memory->maximum, site);
  return old;
}
APUS_HELPER u64 sure_memory_grow64(struct apus_memory *memory, u64 pages, u32 site) {
  u64 old = apus_memory_grow64(memory, pages);
  u64 page = memory->layout & APUS_MEMORY_BYTES ? 1 : APUS_PAGE;
  apus_sure(old != UINT64_MAX || !pages, apus_memory_size(memory) / page, pages, memory->maximum, site);
  return old;
}
APUS_HELPER u32 sure_table_grow(struct apus_table *table, u32 delta, void *value, u32 site) {
  u32 old = apus_table_grow(table, delta, value);
  apus_sure(old != UINT32_MAX || !delta, table->size, delta, table->maximum, site);
  return old;
}
#endif

#include "apus_limits.h"

#include "apus_calls.h"

/* --- linking ---------------------------------------------------------------------------------- */

/* APUS_TRAP_NONE where `offered` matches the import's type, else what is wrong.
 * For a memory or table it is the current size that must reach `minimum`. Code
 * without checks takes only a memory that is `guarded`. */
enum apus_trap apus_link_func(const struct apus_extern *offered, const struct apus_type *type);
enum apus_trap apus_link_memory(const struct apus_extern *offered, u32 minimum, bool has_maximum, u32 maximum,
                                bool guarded);
enum apus_trap apus_link_memory_as(const struct apus_extern *offered, u32 minimum, bool has_maximum, u32 maximum,
                                   u8 layout);
enum apus_trap apus_link_table64(const struct apus_extern *offered, const struct apus_type *type, u32 minimum,
                                 bool has_maximum, u32 maximum);
enum apus_trap apus_link_table(const struct apus_extern *offered, const struct apus_type *type, u32 minimum,
                               bool has_maximum, u32 maximum);
enum apus_trap apus_link_tag(const struct apus_extern *offered, const struct apus_type *type);
enum apus_trap apus_link_global(const struct apus_extern *offered, const struct apus_type *type, bool is_mutable);

/* --- between core and port (hosts) ---------------------------------------------------------------- */

#if APUS_HOSTED
/* Address space for one memory at most: 1 TiB. */
#define APUS_MOST_RESERVED (sizeof(size_t) > 4 ? (u64)1 << 40 : APUS_MEMORY_MOST)
/* Missing where the program brings an allocator of its own. */
__attribute__((weak)) void *apus_port_reserve(size_t size);

bool apus_map_commit(void *from, size_t size);  /* makes reserved pages usable, all zero */
void apus_map_release(void *at, size_t size);   /* gives them back */
void apus_guard_release(u8 *base, u64 reserved); /* undoes apus_memory_init_guarded */

/* Is the caller translated code in the sense of APUS_TRANSLATED? */
bool apus_code_is_placed(void);

/* The symbol that an address lies in; false where there is none, or no room for it. */
bool apus_symbol_at(const void *pc, char *to, size_t size);
#endif

#endif
