/* apus_limits.h: how translated code counts fuel, lets itself be interrupted and says what it does. Included by
 * apus_code.h. */
#ifndef APUS_LIMITS_H
#define APUS_LIMITS_H

/* --- fuel and interruption ----------------------------------------------------------------------- */

/* What is left of this thread's fuel. Functions have it in a local, `fuel`, from which others see it where it is asked
 * for, before calls and where the function returns. Where the traps of the hardware are to be exact (APUS_EXACT_TRAPS),
 * it stays in order with accesses. */
extern APUS_THREAD i64 apus_fuel;
i64 apus_fuel_out(u32 site);

#define take_fuel(units) (fuel -= (i64)(units))
#ifdef APUS_EXACT_TRAPS
#define keep_fuel() ((void)(*(volatile i64 *)&apus_fuel = fuel))
#else
#define keep_fuel() ((void)(apus_fuel = fuel))
#endif
#define read_fuel() ((void)(fuel = apus_fuel))
#define ask_for_fuel(units, site)                  \
  do {                                             \
    take_fuel(units);                              \
    keep_fuel();                                   \
    if (unlikely(fuel < 0)) fuel = fuel_out(site); \
  } while (0)

/* Out of line: functions that have it within them are inlined less. */
APUS_COLD i64 fuel_out(u32 site) {
  host_call_check();
  return apus_fuel_out(site);
}

/* For so many items; of more than there can be, as for a number that nobody has. */
#define ask_for_bulk_fuel(count, units, site) \
  ask_for_fuel(((u64)(count) >> 36 ? (u64)1 << 36 : (u64)(count)) * (u64)(units), site)
#define ask_for_growth_fuel(old, count, units, site) ask_for_bulk_fuel(~(old) ? (count) : 0u, units, site)

/* Whether somebody wants this thread's call to end: other threads and signal handlers write it. Loops look each time
 * that they go round; of functions that are inlined into one another one look is enough. */
struct apus_interrupt {
  u32 wanted;
};
extern APUS_THREAD struct apus_interrupt apus_interrupt_own;
void apus_interrupt_seen(u32 site);
APUS_COLD void interrupt_seen(u32 site) {
  host_call_check();
  apus_interrupt_seen(site);
}

#define interruptible_call(site)                                   \
  do {                                                             \
    if (unlikely(apus_interrupt_own.wanted)) interrupt_seen(site); \
  } while (0)
#define interruptible_loop(site)                                                           \
  do {                                                                                     \
    if (unlikely(*(const volatile u32 *)&apus_interrupt_own.wanted)) interrupt_seen(site); \
  } while (0)

/* --- traces -------------------------------------------------------------------------------------- */

void apus_trace_add(enum apus_trace_kind kind, u32 site, u64 a, u64 b);
APUS_COLD void trace(enum apus_trace_kind kind, u32 site, u64 a, u64 b) {
  host_call_check();
  apus_trace_add(kind, site, a, b);
}
#define trace_u32(v) ((u64)(v))
#define trace_u64(v) (v)
#define trace_apus_funcref(v) ((u64)((v) != NULL))
#define trace_apus_externref(v) ((u64)((v) != NULL))
#define trace_apus_exnref(v) ((u64)((v).tag != NULL))
APUS_INLINE u64 trace_f32(f32 v) { return v == v ? bits_f32(v) : 0x7fc00000u; }
APUS_INLINE u64 trace_f64(f64 v) { return v == v ? bits_f64(v) : (u64)0x7ff8 << 48; }
APUS_INLINE u64 trace_v128(v128 v) {
  u64 halves[2];
  __builtin_memcpy(halves, &v, sizeof halves);
  return halves[0] ^ halves[1];
}
/* FNV-1a over words. */
#define trace_mix(one, other) (((u64)(one) ^ (u64)(other)) * 0x100000001b3u)

#endif
