/* apus_accesses.h: accesses to memories, and what translated code does with memories as a whole. Included by
 * apus_code.h.
 *
 * Loads, stores and checks are macros over two locals of the function they
 * stand in: `u8 *m`, the memory's base, and (for check) `u64 n`, its size in
 * bytes. They print as little expressions on purpose: a helper call for each
 * access is what makes compilers slow. Where there is real work there is a
 * helper. */
#ifndef APUS_ACCESSES_H
#define APUS_ACCESSES_H

/* --- memory accesses ---------------------------------------------------------- */

/* Guest memory: any alignment, aliases everything. */
typedef u16 u16_g __attribute__((may_alias, aligned(1)));
typedef u32 u32_g __attribute__((may_alias, aligned(1)));
typedef u64 u64_g __attribute__((may_alias, aligned(1)));
typedef f32 f32_g __attribute__((may_alias, aligned(1)));
typedef f64 f64_g __attribute__((may_alias, aligned(1)));

/* Each access happens where it stands, and none is left out, where traps are exact; see
 * `--traps`. Else compilers may move, join and drop what only the hardware checks. Of a memory
 * that other threads use, a value is loaded once: what was checked is what is used. */
#if defined(APUS_EXACT_TRAPS) || defined(APUS_SHARED_MEMORY)
#define ACCESSED volatile
#else
#define ACCESSED
#endif
#ifdef APUS_EXACT_TRAPS
/* The value is there before anything that depends on it: a volatile load that becomes an operand of a conditional move
 * may yet become conditional itself. */
#define LOADED(type, e) forced_##type(e)
#else
#define LOADED(type, e) (e)
#endif

/* The most bytes of a memory: no object of C's is larger. */
#define APUS_MEMORY_MOST ((u64)PTRDIFF_MAX - 15)

/* The constant o as it is added to an address. Where pointers have 32 bits, one that is in no memory is never reached,
 * and compilers would warn of it. */
#if UINTPTR_MAX > UINT32_MAX
#define OFFSET(o) ((size_t)(o))
#else
#define OFFSET(o) ((o) < APUS_MEMORY_MOST ? (size_t)(o) : 0)
/* Nor is an address that the compiler comes to know, nor does a loop get so far: a check ends it before. */
#ifndef __clang__
#pragma GCC diagnostic ignored "-Waggressive-loop-optimizations"
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#endif
#endif

/* The host address of guest address a plus the constant o; never wraps at 32 bits on a 64-bit host. */
#define AT(a, o) (m + (u32)(a) + OFFSET(o))

/* Whether an access goes by bytes unless its address is known to be a multiple of its width: the processor would fault,
 * or is slow, and compilers take no chances. -DAPUS_STRICT_ALIGNMENT=0 where such accesses are fast. */
#ifndef APUS_STRICT_ALIGNMENT
#if defined(__XTENSA__) || (defined(__riscv) && !defined(__riscv_misaligned_fast)) ||                                  \
    ((defined(__arm__) || defined(__aarch64__)) && !defined(__ARM_FEATURE_UNALIGNED))
#define APUS_STRICT_ALIGNMENT 1
#else
#define APUS_STRICT_ALIGNMENT 0
#endif
#endif

/* GET and PUT: the access itself, in the order of the host's bytes. */
#if APUS_STRICT_ALIGNMENT

typedef u32 u32_a __attribute__((may_alias));
typedef f32 f32_a __attribute__((may_alias));
typedef u64 u64_a __attribute__((may_alias, aligned(__SIZEOF_POINTER__)));
typedef f64 f64_a __attribute__((may_alias, aligned(__SIZEOF_POINTER__)));

/* Where the address asks for it, by bytes: the last one first, so that of a store that traps nothing is written. On boards
 * all modules share them; where the hardware traps they are translated code. */
#define APUS_BY_BYTES(type, linkage)                                                                                   \
  linkage type apus_get_##type##_apart(const u8 *p) { return *(const ACCESSED type##_g *)p; }                          \
  linkage void apus_put_##type##_apart(u8 *p, type v) {                                                                \
    const u8 *bytes = (const u8 *)&v;                                                                                  \
    for (u32 k = sizeof v; k--;) ((volatile u8 *)p)[k] = bytes[k];                                                     \
  }
#if APUS_HOSTED
APUS_BY_BYTES(u32, APUS_COLD)
APUS_BY_BYTES(u64, APUS_COLD)
#else
__attribute__((cold)) u32 apus_get_u32_apart(const u8 *p);
__attribute__((cold)) u64 apus_get_u64_apart(const u8 *p);
__attribute__((cold)) void apus_put_u32_apart(u8 *p, u32 v);
__attribute__((cold)) void apus_put_u64_apart(u8 *p, u64 v);
#endif

#define APUS_STRICT(type, of_bits, to_bits, bits)                                                                      \
  APUS_INLINE type apus_get_##type(const u8 *p) {                                                                      \
    if (likely((uintptr_t)p % __alignof__(type##_a) == 0)) return *(const ACCESSED type##_a *)(const void *)p;         \
    return of_bits(apus_get_##bits##_apart(p));                                                                        \
  }                                                                                                                    \
  APUS_INLINE void apus_put_##type(u8 *p, type v) {                                                                    \
    if (likely((uintptr_t)p % __alignof__(type##_a) == 0))                                                             \
      *(ACCESSED type##_a *)(void *)p = v;                                                                             \
    else                                                                                                               \
      apus_put_##bits##_apart(p, to_bits(v));                                                                          \
  }
APUS_STRICT(u32, , , u32)
APUS_STRICT(u64, , , u64)
APUS_STRICT(f32, f32_bits, bits_f32, u32)
APUS_STRICT(f64, f64_bits, bits_f64, u64)
#ifdef APUS_SHARED_MEMORY
/* Other threads see all of it or nothing. */
typedef u16 u16_a __attribute__((may_alias));
APUS_BY_BYTES(u16, APUS_COLD)
APUS_STRICT(u16, , , u16)
#else
/* Two bytes cost no more than to ask. */
APUS_INLINE u16 apus_get_u16(const u8 *p) { return *(const ACCESSED u16_g *)p; }
APUS_INLINE void apus_put_u16(u8 *p, u16 v) {
  const u8 *bytes = (const u8 *)&v;
  ((volatile u8 *)p)[1] = bytes[1];
  ((volatile u8 *)p)[0] = bytes[0];
}
#endif
#undef APUS_STRICT
#define GET(type, p) apus_get_##type(p)
#define PUT(type, p, v) apus_put_##type(p, v)

#else

#define GET(type, p) (*(const ACCESSED type##_g *)(p))
#if defined(APUS_EXACT_TRAPS) && !defined(__x86_64__) && !defined(__s390x__)
/* Of a store that traps, other processors than these may write what is in memory, unless its last byte is loaded
 * before. */
#define APUS_WHOLE(type)                                                                                               \
  APUS_INLINE void apus_put_##type(u8 *p, type##_g v) {                                                                \
    (void)*(const volatile u8 *)(p + sizeof v - 1);                                                                    \
    *(volatile type##_g *)p = v;                                                                                       \
  }
APUS_WHOLE(u16)
APUS_WHOLE(u32)
APUS_WHOLE(u64)
APUS_WHOLE(f32)
APUS_WHOLE(f64)
#define PUT(type, p, v) apus_put_##type(p, v)
#else
#define PUT(type, p, v) (*(ACCESSED type##_g *)(p) = (v))
#endif

#endif

#define ld32_8s(a, o) LOADED(u32, (u32)*(const ACCESSED i8 *)AT(a, o))
#define ld32_8u(a, o) LOADED(u32, (u32)*(const ACCESSED u8 *)AT(a, o))
#define ld64_8s(a, o) LOADED(u64, (u64)*(const ACCESSED i8 *)AT(a, o))
#define ld64_8u(a, o) LOADED(u64, (u64)*(const ACCESSED u8 *)AT(a, o))
#define st8(a, o, v) (*(ACCESSED u8 *)AT(a, o) = (u8)(v))

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__

APUS_HELPER u16 apus_ld16(const u8 *p) { return __builtin_bswap16(GET(u16, p)); }
APUS_HELPER u32 apus_ld32(const u8 *p) { return __builtin_bswap32(GET(u32, p)); }
APUS_HELPER u64 apus_ld64(const u8 *p) { return __builtin_bswap64(GET(u64, p)); }
APUS_HELPER void apus_st16(u8 *p, u16 v) { PUT(u16, p, __builtin_bswap16(v)); }
APUS_HELPER void apus_st32(u8 *p, u32 v) { PUT(u32, p, __builtin_bswap32(v)); }
APUS_HELPER void apus_st64(u8 *p, u64 v) { PUT(u64, p, __builtin_bswap64(v)); }

#define ld32(a, o) LOADED(u32, apus_ld32(AT(a, o)))
#define ld64(a, o) LOADED(u64, apus_ld64(AT(a, o)))
#define ldf32(a, o) LOADED(f32, f32_bits(apus_ld32(AT(a, o))))
#define ldf64(a, o) LOADED(f64, f64_bits(apus_ld64(AT(a, o))))
#define ld32_16s(a, o) LOADED(u32, (u32)(i16)apus_ld16(AT(a, o)))
#define ld32_16u(a, o) LOADED(u32, (u32)apus_ld16(AT(a, o)))
#define ld64_16s(a, o) LOADED(u64, (u64)(i16)apus_ld16(AT(a, o)))
#define ld64_16u(a, o) LOADED(u64, (u64)apus_ld16(AT(a, o)))
#define ld64_32s(a, o) LOADED(u64, (u64)(i32)apus_ld32(AT(a, o)))
#define ld64_32u(a, o) LOADED(u64, (u64)apus_ld32(AT(a, o)))
#define st16(a, o, v) apus_st16(AT(a, o), (u16)(v))
#define st32(a, o, v) apus_st32(AT(a, o), (u32)(v))
#define st64(a, o, v) apus_st64(AT(a, o), (u64)(v))
#define stf32(a, o, v) apus_st32(AT(a, o), bits_f32(v))
#define stf64(a, o, v) apus_st64(AT(a, o), bits_f64(v))

#else

#define ld32(a, o) LOADED(u32, GET(u32, AT(a, o)))
#define ld64(a, o) LOADED(u64, GET(u64, AT(a, o)))
#define ldf32(a, o) LOADED(f32, GET(f32, AT(a, o)))
#define ldf64(a, o) LOADED(f64, GET(f64, AT(a, o)))
#define ld32_16s(a, o) LOADED(u32, (u32)(i16)GET(u16, AT(a, o)))
#define ld32_16u(a, o) LOADED(u32, (u32)GET(u16, AT(a, o)))
#define ld64_16s(a, o) LOADED(u64, (u64)(i16)GET(u16, AT(a, o)))
#define ld64_16u(a, o) LOADED(u64, (u64)GET(u16, AT(a, o)))
#define ld64_32s(a, o) LOADED(u64, (u64)(i32)GET(u32, AT(a, o)))
#define ld64_32u(a, o) LOADED(u64, (u64)GET(u32, AT(a, o)))
#define st16(a, o, v) PUT(u16, AT(a, o), (u16)(v))
#define st32(a, o, v) PUT(u32, AT(a, o), (u32)(v))
#define st64(a, o, v) PUT(u64, AT(a, o), (u64)(v))
#define stf32(a, o, v) PUT(f32, AT(a, o), v)
#define stf64(a, o, v) PUT(f64, AT(a, o), v)

#endif

/* The word at a + o, or the one behind it where `second`. Two words of which the first lies at a multiple of 8 are
 * inside a memory together or not at all, so they can be loaded before it is known which is wanted. o is a multiple of
 * 8. */
#if UINTPTR_MAX > UINT32_MAX && !APUS_STRICT_ALIGNMENT && defined(__BYTE_ORDER__) &&                                   \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
APUS_INLINE u32 apus_ld32_either(const u8 *m, u32 a, size_t o, bool second) {
  if (likely(a % 8 == 0)) {
    u64 both = ld64(a, o);
    return second ? (u32)(both >> 32) : (u32)both;
  }
  return ld32(a + (second ? 4u : 0u), o);
}
#define ld32_either(a, o, second) apus_ld32_either(m, a, o, second)
#else
#define ld32_either(a, o, second) ld32((a) + ((second) ? 4u : 0u), o)
#endif

/* Whether `extent` bytes are inside from each of first, first + step … first + turns * step on. */
APUS_INLINE bool fits(u32 first, u32 turns, i32 step, u64 extent, u64 size) {
  const u64 way = turns * (u64)(step < 0 ? -(i64)step : step);
  return step < 0 ? first >= way && first + extent <= size : first + way + extent <= size;
}

/* Traps unless the k bytes up to a + k are inside; k is offset plus width. Where
 * k is no more than a memory has from the start, n - k cannot wrap, which spares
 * machines of 32 bits the carry; check_far is for any k. */
#define check_far(a, k, site)                                                                                          \
  do {                                                                                                                 \
    if (unlikely((u64)(u32)(a) + (u64)(k) > n)) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);                       \
  } while (0)
#if UINTPTR_MAX > UINT32_MAX
#define check(a, k, site) check_far(a, k, site)
#else
#define check(a, k, site)                                                                                              \
  do {                                                                                                                 \
    if (unlikely((u32)(a) > (u32)n - (u32)(k))) apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);                       \
  } while (0)
#endif

/* The same in another memory than the first, with its base in m1, m2 …, its size in n1, n2 … The address, and
 * what is stored, are evaluated before, since accesses of other memories may be in them. */
#define LOAD_IN(k, load, a, o)                                                                                         \
  (__extension__({                                                                                                     \
    const u32 a_ = (a);                                                                                                \
    u8 *const m = m##k;                                                                                                \
    load(a_, o);                                                                                                       \
  }))
#define STORE_IN(k, store, a, o, v)                                                                                    \
  do {                                                                                                                 \
    const u32 a_ = (a);                                                                                                \
    const __auto_type v_ = (v);                                                                                        \
    u8 *const m = m##k;                                                                                                \
    store(a_, o, v_);                                                                                                  \
  } while (0)
#define CHECK_IN(k, check, a, extent, site)                                                                            \
  do {                                                                                                                 \
    const u32 a_ = (a);                                                                                                \
    const u64 n = n##k;                                                                                                \
    check(a_, extent, site);                                                                                           \
  } while (0)

/* In a memory with addresses of 64 bits, whose base and size have these names: the sum of address and offset cannot
 * wrap behind the check, for which the extent is offset plus width. */
#define LOAD64(base, load, a, o)                                                                                       \
  (__extension__({                                                                                                     \
    u8 *const base_ = (base);                                                                                          \
    const u64 a_ = (a);                                                                                                \
    u8 *const m = base_ + (size_t)a_;                                                                                  \
    load(0u, o);                                                                                                       \
  }))
#define STORE64(base, store, a, o, v)                                                                                  \
  do {                                                                                                                 \
    u8 *const base_ = (base);                                                                                          \
    const u64 a_ = (a);                                                                                                \
    const __auto_type v_ = (v);                                                                                        \
    u8 *const m = base_ + (size_t)a_;                                                                                  \
    store(0u, o, v_);                                                                                                  \
  } while (0)
#define CHECK64(n, a, extent, site)                                                                                    \
  do {                                                                                                                 \
    if (unlikely((extent) > (n)) || unlikely((u64)(a) > (n) - (extent)))                                               \
      apus_trap(APUS_TRAP_MEMORY_OUT_OF_BOUNDS, site);                                                                 \
  } while (0)

/* In a shared memory, whose size is read just now. */
#define CHECK_SHARED(size, a, extent, site)                                                                            \
  do {                                                                                                                 \
    const u64 n = (size);                                                                                              \
    check_far(a, extent, site);                                                                                        \
  } while (0)

/* Stands in files whose accesses the hardware checks: where the compiler makes a
 * call of a loop, it is one of a function in which a fault is a trap. -flto would give
 * the new names to the runtime, too: then the assembler has both marks, and stops. */
#define APUS_MARK(mine, others)                                                                                        \
  ".set apus_mark_" #mine ", 1\n.ifdef apus_mark_" #others                                                             \
  "\n.error \"translated code and the runtime need -fno-lto\"\n.endif\n"
#define APUS_SET(symbol) ".set " APUS_SYMBOL #symbol ", " APUS_SYMBOL "apus_" #symbol "\n"
#define guarded_calls()                                                                                                \
  _Static_assert(UINTPTR_MAX > UINT32_MAX, "guard pages need 64-bit addresses: translate with --memory bounds");       \
  __asm__(APUS_MARK(guarded, runtime) APUS_SET(memset) APUS_SET(memcpy) APUS_SET(memmove) APUS_SET(strlen)             \
              APUS_SET(wcslen))

/* --- memories that keep their size, on boards ---------------------------------------------- */

/* What stands before the array of their bytes: another section, for example, which need not begin with zeros,
 * -D'APUS_MEMORY_PLACE=__attribute__((section(".psram")))'. */
#ifndef APUS_MEMORY_PLACE
#define APUS_MEMORY_PLACE
#endif

APUS_INLINE void memory_place(struct apus_memory *memory, u8 *bytes, u32 size, u32 maximum, u8 layout) {
  __builtin_memset(bytes, 0, size);
  *memory = (struct apus_memory){.base = bytes, .size = size, .maximum = maximum, .layout = layout};
}

/* --- bulk memory ------------------------------------------------------------------------ */

void apus_memory_fill(struct apus_memory *memory, u32 d, u32 v, u32 n, u32 site);
void apus_memory_copy(struct apus_memory *to, struct apus_memory *from, u32 d, u32 s, u32 n, u32 site);
void apus_memory_init_segment(struct apus_memory *memory, const u8 *data, u32 data_size, u32 d, u32 s, u32 n, u32 site);

void apus_memory_fill64(struct apus_memory *memory, u64 d, u32 v, u64 n, u32 site);
void apus_memory_copy64(struct apus_memory *to, struct apus_memory *from, u64 d, u64 s, u64 n, u32 site);
void apus_memory_init_segment64(struct apus_memory *memory, const u8 *data, u32 data_size, u64 d, u32 s, u32 n, u32 site);
u64 apus_memory_grow64(struct apus_memory *memory, u64 pages);
u32 apus_memory_grow_bytes(struct apus_memory *memory, u32 bytes);
/* Room for `size` bytes, somewhere else if need be; what is beyond memory->size is zero. */
bool apus_memory_move(struct apus_memory *memory, u64 size);
#if APUS_HOSTED
/* memory.grow of a shared memory, by `count` pages of `page` bytes: the old size in pages, or UINT32_MAX. */
u32 apus_memory_grow_shared(struct apus_memory *memory, u32 count, u32 page);
/* A memory of `size` bytes, which never moves until it has `maximum` pages of `page` bytes. */
bool apus_memory_reserve(struct apus_memory *memory, u64 size, u32 maximum, u64 page, u8 layout);
#endif

/* Numbers of 64 bits for tables, which have no more than 2^32 - 1 elements; and what table.grow answers. */
APUS_INLINE u32 index32(u64 x) { return x > UINT32_MAX ? UINT32_MAX : (u32)x; }
APUS_INLINE u64 widened(u32 x) { return x == UINT32_MAX ? UINT64_MAX : x; }

/* Bytes of a new memory that are not all zero: `count` of them from address `at` on. */
struct apus_piece {
  u32 at, count;
};

/* Fills a new memory; `data` holds the bytes of all pieces, which lie inside it. */
void apus_memory_init_image(struct apus_memory *memory, const u8 *data, const struct apus_piece *pieces, u32 count);

#endif
