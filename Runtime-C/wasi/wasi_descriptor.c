/* wasi_descriptor.c: what a descriptor is by itself, whatever stands behind it:
 * close, renumber, preopens, rights. */
#include "wasi_core.h"
#include "wasi_slots.h"

#include <string.h>

/* Any descriptor can be closed, preopens and 0 to 2 included; the process's own
 * stay open for the process. */
uint32_t wasi_fd_close(wasi_host *host, uint32_t fd) {
  return host->wasi ? wasi_table_close(host->wasi, fd) : WASI_BADF;
}

/* Both must be open. `to` is closed; nothing happens when they are the same. */
uint32_t wasi_fd_renumber(wasi_host *host, uint32_t from, uint32_t to) {
  return host->wasi ? wasi_table_renumber(host->wasi, from, to) : WASI_BADF;
}

/* --- preopens ------------------------------------------------------------------------ */

/* Writes the prestat of a preopen, or its name. */
static uint32_t with_name(wasi_host *host, uint32_t fd, uint8_t *to, uint32_t room, bool size_only) {
  struct apus_wasi *wasi = host->wasi;
  uint32_t error = WASI_BADF;
  wasi_lock(wasi);
  if (fd < wasi->used && wasi->slots[fd].object && wasi->slots[fd].name) {
    const char *name = wasi->slots[fd].name;
    uint32_t length = (uint32_t)apus_wasi_length(name);
    error = WASI_SUCCESS;
    if (size_only) {
      wasi_put32(to, 0);
      wasi_put32(to + 4, length);
    } else if (room < length) {
      error = WASI_NAMETOOLONG;
    } else {
      memcpy(to, name, length);
    }
  }
  wasi_unlock(wasi);
  return error;
}

static bool is_preopen(wasi_host *host, uint32_t fd) {
  struct apus_wasi *wasi = host->wasi;
  if (!wasi) return false;
  wasi_lock(wasi);
  bool found = fd < wasi->used && wasi->slots[fd].object && wasi->slots[fd].name;
  wasi_unlock(wasi);
  return found;
}

/* BADF for whatever is no preopen: the guest's library counts on it. */
uint32_t wasi_fd_prestat_get(wasi_host *host, uint32_t fd, uint32_t result) {
  if (!is_preopen(host, fd)) return WASI_BADF;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  return to ? with_name(host, fd, to, 0, true) : WASI_TRAP;
}

/* The name without a NUL. NAMETOOLONG when it does not fit. */
uint32_t wasi_fd_prestat_dir_name(wasi_host *host, uint32_t fd, uint32_t path, uint32_t length) {
  if (!is_preopen(host, fd)) return WASI_BADF;
  uint8_t *to = wasi_guest(host, path, length, 1);
  return to ? with_name(host, fd, to, length, false) : WASI_TRAP;
}

/* --- rights ------------------------------------------------------------------------------ */

uint32_t wasi_fd_fdstat_get(wasi_host *host, uint32_t fd, uint32_t result) {
  struct wasi_use use;
  uint32_t error = wasi_begin(host, fd, &use);
  if (error) return error;
  uint8_t *to = wasi_guest(host, result, 1, 24);
  if (!to) return wasi_end(&use, WASI_TRAP);
  memset(to, 0, 24);
  to[0] = use.object->filetype;
  wasi_put16(to + 2, use.flags);
  wasi_put64(to + 8, use.rights);
  wasi_put64(to + 16, use.inheriting);
  return wasi_end(&use, WASI_SUCCESS);
}

/* Rights can only be given up; both sets change or none: NOTCAPABLE. */
uint32_t wasi_fd_fdstat_set_rights(wasi_host *host, uint32_t fd, uint64_t base, uint64_t inheriting) {
  struct apus_wasi *wasi = host->wasi;
  uint32_t error = WASI_BADF;
  if (!wasi) return error;
  wasi_lock(wasi);
  if (fd < wasi->used && wasi->slots[fd].object) {
    struct apus_wasi_slot *slot = &wasi->slots[fd];
    error = base & ~(uint64_t)slot->rights || inheriting & ~(uint64_t)slot->inheriting ? WASI_NOTCAPABLE : WASI_SUCCESS;
    if (!error) {
      slot->rights = (uint32_t)base;
      slot->inheriting = (uint32_t)inheriting;
    }
  }
  wasi_unlock(wasi);
  return error;
}
