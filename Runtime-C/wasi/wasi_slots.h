/* wasi_slots.h: where slots and objects lie. Hosts allocate them and double the
 * table; boards have as many as APUS_CONFIG_WASI_FD_MAX says, inside the context. */
#ifndef APUS_WASI_SLOTS_H
#define APUS_WASI_SLOTS_H

#include "wasi_core.h"

#ifdef APUS_CONFIG_WASI_BOARD
#define WASI_CAPACITY(wasi) ((uint32_t)APUS_CONFIG_WASI_FD_MAX)
#else
#define WASI_CAPACITY(wasi) ((wasi)->capacity)

/* One number of the table. Open: it has an object. Free: it has none, and `rights`
 * is 1 + the next free number, or 0. A number that is being opened has none either
 * and is not in the free list. */
struct apus_wasi_slot {
  struct wasi_object *object;
  const char *name; /* of a preopen, with a NUL; else NULL */
  uint32_t rights;  /* base */
  uint32_t inheriting;
};
#endif

/* Room for one number more: MFILE or NOMEM. Under the lock. */
uint32_t wasi_slots_grow(struct apus_wasi *wasi);

/* A zeroed object with one reference: NOMEM. Outside the lock. */
uint32_t wasi_object_make(struct apus_wasi *wasi, struct wasi_object **object);
void wasi_object_free(struct apus_wasi *wasi, struct wasi_object *object);

void wasi_name_free(const char *name);

/* BADF when one of them is not open; `from` moves to `to`, which is closed. */
uint32_t wasi_table_renumber(struct apus_wasi *wasi, uint32_t from, uint32_t to);

/* For the end of a context. */
void wasi_table_close_all(struct apus_wasi *wasi);

#endif
