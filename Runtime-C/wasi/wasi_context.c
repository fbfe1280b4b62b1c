/* wasi_context.c: a guest's context and its table of descriptors.
 *
 * The preopen's name lives in the slot. Destroy releases in the reverse order of
 * init, unconditionally, and leaves all bytes zero. */
#include "wasi_internal.h"

#include <stdio.h>

/* --- strings ------------------------------------------------------------------ */

static bool strings_init(struct apus_wasi_strings *strings, int count, const char *const *list) {
  size_t size = 0;
  for (int i = 0; i < count; i++) size += strlen(list[i]) + 1;
  if (size > UINT32_MAX) return false;
  if (size) {
    strings->bytes = apus_port_alloc(size);
    if (!strings->bytes) return false;
  }
  strings->size = size;
  strings->count = count > 0 ? (uint32_t)count : 0;
  char *to = strings->bytes;
  for (int i = 0; i < count; i++) {
    size_t length = strlen(list[i]) + 1;
    memcpy(to, list[i], length);
    to += length;
  }
  return true;
}

static void strings_destroy(struct apus_wasi_strings *strings) {
  if (strings->bytes) apus_port_release(strings->bytes, strings->size);
  memset(strings, 0, sizeof *strings);
}

/* --- slots ---------------------------------------------------------------------- */

struct apus_wasi_slot *wasi_slot(const struct apus_host *host, uint32_t fd) {
  struct apus_wasi *wasi = host->wasi;
  if (!wasi || fd >= wasi->used || !wasi->slots[fd].open) return NULL;
  return &wasi->slots[fd];
}

static uint32_t grow(struct apus_wasi *wasi) {
  if (wasi->capacity >= APUS_CONFIG_WASI_FD_MAX) return WASI_MFILE;
  uint32_t capacity = wasi->capacity ? wasi->capacity * 2 : 8;
  if (capacity > APUS_CONFIG_WASI_FD_MAX) capacity = APUS_CONFIG_WASI_FD_MAX;
  struct apus_wasi_slot *slots = apus_port_alloc(capacity * sizeof *slots);
  if (!slots) return WASI_NOMEM;
  if (wasi->slots) {
    memcpy(slots, wasi->slots, wasi->used * sizeof *slots);
    apus_port_release(wasi->slots, wasi->capacity * sizeof *slots);
  }
  wasi->slots = slots;
  wasi->capacity = capacity;
  return WASI_SUCCESS;
}

uint32_t wasi_slot_reserve(struct apus_wasi *wasi) {
  return wasi->free || wasi->used < wasi->capacity ? WASI_SUCCESS : grow(wasi);
}

uint32_t wasi_slot_take(struct apus_wasi *wasi) {
  uint32_t fd;
  if (wasi->free) {
    fd = wasi->free - 1;
    wasi->free = wasi->slots[fd].next_free;
  } else {
    fd = wasi->used++;
  }
  memset(&wasi->slots[fd], 0, sizeof wasi->slots[fd]);
  wasi->slots[fd].open = true;
  wasi->slots[fd].host = -1;
  return fd;
}

void wasi_slot_release(struct apus_wasi *wasi, uint32_t fd) {
  struct apus_wasi_slot *slot = &wasi->slots[fd];
  if (slot->stream) closedir(slot->stream);
  if (slot->name) apus_port_release(slot->name, (size_t)slot->name_length + 1);
  if (slot->owned) close(slot->host);
  memset(slot, 0, sizeof *slot);
  slot->next_free = wasi->free;
  wasi->free = fd + 1;
}

/* --- init and destroy -------------------------------------------------------------- */

static uint32_t stdio_rights(int access, bool seekable) {
  uint32_t rights = WASI_RIGHTS_FILE;
  if (access == O_RDONLY) rights &= ~(uint32_t)(R_FD_WRITE | R_FD_DATASYNC | R_FD_ALLOCATE | R_FD_FILESTAT_SET_SIZE);
  if (access == O_WRONLY) rights &= ~(uint32_t)R_FD_READ;
  if (!seekable) rights &= ~(uint32_t)(R_FD_SEEK | R_FD_TELL);
  return rights;
}

/* Descriptors 0 to 2: the process's own, never closed. */
static bool open_stdio(struct apus_wasi *wasi) {
  for (int host = 0; host < 3; host++) {
    if (wasi_slot_reserve(wasi) != WASI_SUCCESS) return false;
    struct apus_wasi_slot *slot = &wasi->slots[wasi_slot_take(wasi)];
    struct stat stat;
    int flags = fcntl(host, F_GETFL);
    if (flags < 0 || fstat(host, &stat) < 0) {
      slot->open = false; /* put on the free list once the preopens have their numbers */
      continue;
    }
    slot->host = host;
    slot->filetype = wasi_filetype_of(stat.st_mode);
    slot->seekable = !isatty(host) && lseek(host, 0, SEEK_CUR) >= 0;
    if (flags & O_APPEND) slot->flags |= WASI_APPEND;
    if (flags & O_NONBLOCK) slot->flags |= WASI_NONBLOCK;
    slot->rights = stdio_rights(flags & O_ACCMODE, slot->seekable);
    slot->inheriting = 0;
  }
  return true;
}

static const char *open_directory(struct apus_wasi *wasi, const struct apus_wasi_dir *dir, char *message, size_t size) {
  size_t length = strlen(dir->guest);
  if (length >= UINT32_MAX || wasi_slot_reserve(wasi) != WASI_SUCCESS) return "out of memory";
  struct apus_wasi_slot *slot = &wasi->slots[wasi_slot_take(wasi)];
  slot->host = open(dir->host, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);
  if (slot->host < 0) {
    snprintf(message, size, "cannot open %s: %s", dir->host, strerror(errno));
    return size ? message : "cannot open a folder";
  }
  slot->owned = true;
  slot->name = apus_port_alloc(length + 1);
  if (!slot->name) return "out of memory";
  memcpy(slot->name, dir->guest, length + 1);
  slot->name_length = (uint32_t)length;
  slot->filetype = WASI_DIRECTORY;
  slot->read_only = dir->read_only;
  slot->rights = WASI_RIGHTS_DIRECTORY;
  slot->inheriting = WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE;
  return NULL;
}

static const char *build(struct apus_wasi *wasi, const struct apus_wasi_options *options, char *message, size_t size) {
  if (!strings_init(&wasi->arguments, options->argc, (const char *const *)options->argv)) return "out of memory";
  if (!strings_init(&wasi->environment, options->env_count, options->env)) return "out of memory";
  if (!open_stdio(wasi)) return "out of memory";
  for (int i = 0; i < options->dir_count; i++) {
    const char *error = open_directory(wasi, &options->dirs[i], message, size);
    if (error) return error;
  }
  for (uint32_t fd = 3; fd-- > 0;) {
    if (wasi->slots[fd].open) continue;
    wasi->slots[fd].next_free = wasi->free;
    wasi->free = fd + 1;
  }
  return NULL;
}

const char *apus_wasi_init(struct apus_wasi *wasi, const struct apus_wasi_options *options, char *message, size_t size) {
  memset(wasi, 0, sizeof *wasi);
  const char *error = build(wasi, options, message, size);
  if (error) apus_wasi_destroy(wasi);
  return error;
}

void apus_wasi_destroy(struct apus_wasi *wasi) {
  for (uint32_t fd = wasi->used; fd-- > 0;)
    if (wasi->slots[fd].open) wasi_slot_release(wasi, fd);
  if (wasi->slots) apus_port_release(wasi->slots, wasi->capacity * sizeof *wasi->slots);
  strings_destroy(&wasi->environment);
  strings_destroy(&wasi->arguments);
  memset(wasi, 0, sizeof *wasi);
}
