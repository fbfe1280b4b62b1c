/* wasi_table.c: the table of descriptors, on hosts and on boards.
 *
 * A slot holds a number's object, its rights and, of a preopen, its name. Numbers
 * are used again in the reverse order of their release. The lock guards slots and
 * reference counts for a few instructions; nothing is opened, closed or waited
 * for under it. */
#include "wasi_core.h"
#include "wasi_slots.h"

#include <string.h>

/* Without locks only one task may be here; a board can have that checked. */
#if defined APUS_CONFIG_WASI_BOARD && defined APUS_CONFIG_WASI_CHECK_ENTRY
static void enter_alone(struct apus_wasi *wasi) {
  if (wasi->busy++ && wasi->port->fatal) wasi->port->fatal(wasi->port->context, "two tasks use one WASI context");
}
static void leave_alone(struct apus_wasi *wasi) { wasi->busy--; }
#else
static void enter_alone(struct apus_wasi *wasi) { (void)wasi; }
static void leave_alone(struct apus_wasi *wasi) { (void)wasi; }
#endif

void wasi_lock(struct apus_wasi *wasi) {
  if (wasi->locks) wasi->locks->acquire(wasi->locks->context, wasi->lock);
  else enter_alone(wasi);
}

void wasi_unlock(struct apus_wasi *wasi) {
  if (wasi->locks) wasi->locks->release(wasi->locks->context, wasi->lock);
  else leave_alone(wasi);
}

/* --- references --------------------------------------------------------------------- */

static void drop(struct apus_wasi *wasi, struct wasi_object *object) {
  wasi_lock(wasi);
  bool last = object->references == 1;
  if (!last) object->references--;
  wasi_unlock(wasi);
  if (!last) return;
  wasi_object_close(wasi, object);
  wasi_object_free(wasi, object);
}

uint32_t wasi_begin(const struct apus_host *host, uint32_t fd, struct wasi_use *use) {
  struct apus_wasi *wasi = host->wasi;
  use->wasi = wasi;
  use->object = NULL;
  if (!wasi) return WASI_BADF;
  wasi_lock(wasi);
  if (fd < wasi->used && wasi->slots[fd].object) {
    const struct apus_wasi_slot *slot = &wasi->slots[fd];
    use->object = slot->object;
    use->object->references++;
    use->rights = slot->rights;
    use->inheriting = slot->inheriting;
    use->flags = slot->object->flags;
  }
  wasi_unlock(wasi);
  return use->object ? WASI_SUCCESS : WASI_BADF;
}

uint32_t wasi_end(struct wasi_use *use, uint32_t error) {
  if (use->object) drop(use->wasi, use->object);
  use->object = NULL;
  return error;
}

uint32_t wasi_begin_with(const struct apus_host *host, uint32_t fd, uint32_t rights, struct wasi_use *use) {
  uint32_t error = wasi_begin(host, fd, use);
  if (!error && (use->rights & rights) != rights) error = WASI_NOTCAPABLE;
  return error ? wasi_end(use, error) : WASI_SUCCESS;
}

uint32_t wasi_begin_directory(const struct apus_host *host, uint32_t fd, uint32_t rights, bool changes,
                              struct wasi_use *use) {
  uint32_t error = wasi_begin(host, fd, use);
  if (error) return error;
  if (use->object->filetype != WASI_DIRECTORY) error = WASI_NOTDIR;
  else if (changes && use->object->read_only) error = WASI_PERM;
  else if ((use->rights & rights) != rights) error = WASI_NOTCAPABLE;
  return error ? wasi_end(use, error) : WASI_SUCCESS;
}

/* --- numbers ----------------------------------------------------------------------------- */

/* A number on neither side: no object, and not in the free list. Under the lock. */
static uint32_t take_number(struct apus_wasi *wasi, uint32_t *fd) {
  if (wasi->free) {
    *fd = wasi->free - 1;
    wasi->free = wasi->slots[*fd].rights;
  } else {
    if (wasi->used == WASI_CAPACITY(wasi)) {
      uint32_t error = wasi_slots_grow(wasi);
      if (error) return error;
    }
    *fd = wasi->used++;
  }
  memset(&wasi->slots[*fd], 0, sizeof wasi->slots[*fd]);
  return WASI_SUCCESS;
}

/* Under the lock. */
static void give_number_back(struct apus_wasi *wasi, uint32_t fd) {
  memset(&wasi->slots[fd], 0, sizeof wasi->slots[fd]);
  wasi->slots[fd].rights = wasi->free;
  wasi->free = fd + 1;
}

uint32_t wasi_new_begin(struct apus_wasi *wasi, struct wasi_new *new) {
  uint32_t error = wasi_object_make(wasi, &new->object);
  if (error) return error;
  wasi_lock(wasi);
  error = take_number(wasi, &new->fd);
  wasi_unlock(wasi);
  if (error) wasi_object_free(wasi, new->object);
  return error;
}

void wasi_new_commit(struct apus_wasi *wasi, const struct wasi_new *new, const char *name, uint32_t rights,
                     uint32_t inheriting) {
  wasi_lock(wasi);
  struct apus_wasi_slot *slot = &wasi->slots[new->fd];
  slot->object = new->object;
  slot->name = name;
  slot->rights = rights;
  slot->inheriting = inheriting;
  wasi_unlock(wasi);
}

void wasi_new_abort(struct apus_wasi *wasi, struct wasi_new *new) {
  wasi_lock(wasi);
  give_number_back(wasi, new->fd);
  wasi_unlock(wasi);
  drop(wasi, new->object);
  new->object = NULL;
}

uint32_t wasi_table_close(struct apus_wasi *wasi, uint32_t fd) {
  struct wasi_object *object = NULL;
  const char *name = NULL;
  wasi_lock(wasi);
  if (fd < wasi->used && wasi->slots[fd].object) {
    object = wasi->slots[fd].object;
    name = wasi->slots[fd].name;
    give_number_back(wasi, fd);
  }
  wasi_unlock(wasi);
  if (!object) return WASI_BADF;
  wasi_name_free(name);
  drop(wasi, object);
  return WASI_SUCCESS;
}

/* `to` is released once; name, rights and object of `from` move there. */
uint32_t wasi_table_renumber(struct apus_wasi *wasi, uint32_t from, uint32_t to) {
  struct wasi_object *object = NULL;
  const char *name = NULL;
  uint32_t error = WASI_SUCCESS;
  wasi_lock(wasi);
  if (from >= wasi->used || to >= wasi->used || !wasi->slots[from].object || !wasi->slots[to].object) {
    error = WASI_BADF;
  } else if (from != to) {
    object = wasi->slots[to].object;
    name = wasi->slots[to].name;
    wasi->slots[to] = wasi->slots[from];
    give_number_back(wasi, from);
  }
  wasi_unlock(wasi);
  wasi_name_free(name);
  if (object) drop(wasi, object);
  return error;
}

void wasi_table_close_all(struct apus_wasi *wasi) {
  for (uint32_t fd = wasi->used; fd-- > 0;) wasi_table_close(wasi, fd);
}
