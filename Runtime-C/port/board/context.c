/* context.c: a context on boards. Slots and objects lie inside it, so nothing can
 * run out but numbers. */
#include "board.h"

/* --- slots and objects ---------------------------------------------------------------- */

uint32_t wasi_slots_grow(struct apus_wasi *wasi) {
  (void)wasi;
  return WASI_MFILE;
}

uint32_t wasi_object_make(struct apus_wasi *wasi, struct wasi_object **object) {
  uint32_t error = WASI_MFILE;
  wasi_lock(wasi);
  for (uint32_t i = 0; i < APUS_CONFIG_WASI_FD_MAX; i++) {
    if (wasi->objects[i].references) continue;
    *object = &wasi->objects[i];
    memset(*object, 0, sizeof **object);
    (*object)->references = 1;
    error = WASI_SUCCESS;
    break;
  }
  wasi_unlock(wasi);
  return error;
}

void wasi_object_free(struct apus_wasi *wasi, struct wasi_object *object) {
  wasi_lock(wasi);
  if (object->folder) wasi->folders &= ~(1u << (object->folder - 1));
  object->references = 0;
  wasi_unlock(wasi);
}

void wasi_object_close(struct apus_wasi *wasi, struct wasi_object *object) {
  (void)wasi;
  if (object->filetype == WASI_REGULAR_FILE && object->vfs) object->vfs->ops->close(object->vfs->fs, object->of.file);
}

void wasi_name_free(const char *name) { (void)name; }

/* --- init and destroy -------------------------------------------------------------------- */

static void strings_init(struct apus_wasi_strings *strings, const char *const *list, uint32_t count) {
  strings->list = list;
  strings->count = count;
  for (uint32_t i = 0; i < count; i++) strings->size += (uint32_t)apus_wasi_length(list[i]) + 1;
}

static void open_console(struct apus_wasi *wasi) {
  for (uint8_t stream = 0; stream < 3; stream++) {
    struct wasi_new new;
    if (wasi_new_begin(wasi, &new)) return;
    new.object->stream = stream;
    new.object->filetype = WASI_CHARACTER_DEVICE;
    uint32_t rights = R_FD_FDSTAT_SET_FLAGS | R_FD_FILESTAT_GET | R_POLL_FD_READWRITE;
    wasi_new_commit(wasi, &new, NULL, rights | (stream ? R_FD_WRITE : R_FD_READ), 0);
  }
}

enum { NOTHING, LOCK, DESCRIPTORS };

static void unwind(struct apus_wasi *wasi) {
  if (wasi->stage >= DESCRIPTORS) wasi_table_close_all(wasi);
  if (wasi->stage >= LOCK && wasi->locks) wasi->locks->destroy(wasi->locks->context, wasi->lock);
  memset(wasi, 0, sizeof *wasi);
}

bool apus_wasi_init(struct apus_wasi *wasi, const struct apus_wasi_port *port, const struct apus_wasi_options *options) {
  memset(wasi, 0, sizeof *wasi);
  if (port->lock && !(wasi->lock = port->lock->create(port->lock->context))) return false;
  wasi->port = port;
  wasi->locks = port->lock;
  wasi->stage = LOCK;
  if (options) {
    strings_init(&wasi->arguments, options->argv, options->argc);
    strings_init(&wasi->environment, options->env, options->env_count);
  }
  wasi->stage = DESCRIPTORS;
  open_console(wasi);
  return true;
}

void apus_wasi_destroy(struct apus_wasi *wasi) { unwind(wasi); }
