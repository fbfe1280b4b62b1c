/* wasi_context.c: init and destroy of a context on hosts, and where its slots and
 * objects lie.
 *
 * Init is a list of stages. A failed one is undone by the same function that
 * destroy calls with the last stage reached. */
#include "wasi_internal.h"
#include "wasi_slots.h"

#include <stdio.h>
#include <sys/socket.h>

#ifndef APUS_CONFIG_WASI_FD_MAX
#define APUS_CONFIG_WASI_FD_MAX (1u << 20)
#endif

/* --- slots and objects ------------------------------------------------------------ */

uint32_t wasi_slots_grow(struct apus_wasi *wasi) {
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

uint32_t wasi_object_make(struct apus_wasi *wasi, struct wasi_object **object) {
  (void)wasi;
  *object = apus_port_alloc(sizeof **object);
  if (!*object) return WASI_NOMEM;
  (*object)->references = 1;
  (*object)->host = -1;
  return WASI_SUCCESS;
}

void wasi_object_free(struct apus_wasi *wasi, struct wasi_object *object) {
  (void)wasi;
  apus_port_release(object, sizeof *object);
}

void wasi_object_close(struct apus_wasi *wasi, struct wasi_object *object) {
  wasi_stream_close(wasi, object->stream);
  if (object->owned) close(object->host);
}

void wasi_name_free(const char *name) {
  if (name) apus_port_release((char *)(uintptr_t)name, strlen(name) + 1);
}

/* --- strings ------------------------------------------------------------------------ */

/* The pointers, and behind them the bytes, in one block. */
static size_t strings_block(const struct apus_wasi_strings *strings) {
  return strings->count * sizeof(char *) + strings->size;
}

static bool strings_init(struct apus_wasi_strings *strings, int count, const char *const *list) {
  size_t size = 0;
  if (count <= 0) return true;
  for (int i = 0; i < count; i++) size += strlen(list[i]) + 1;
  if (size > UINT32_MAX) return false;
  const char **pointers = apus_port_alloc((size_t)count * sizeof *pointers + size);
  if (!pointers) return false;
  strings->list = pointers;
  strings->count = (uint32_t)count;
  strings->size = (uint32_t)size;
  char *to = (char *)(pointers + count);
  for (int i = 0; i < count; i++) {
    size_t length = strlen(list[i]) + 1;
    memcpy(to, list[i], length);
    pointers[i] = to;
    to += length;
  }
  return true;
}

static void strings_destroy(struct apus_wasi_strings *strings) {
  if (strings->list) apus_port_release((void *)(uintptr_t)strings->list, strings_block(strings));
  memset(strings, 0, sizeof *strings);
}

/* --- descriptors ---------------------------------------------------------------------- */

static uint32_t stream_rights(int access, bool seekable) {
  uint32_t rights = WASI_RIGHTS_FILE;
  if (access == O_RDONLY) rights &= ~(uint32_t)(R_FD_WRITE | R_FD_DATASYNC | R_FD_ALLOCATE | R_FD_FILESTAT_SET_SIZE);
  if (access == O_WRONLY) rights &= ~(uint32_t)R_FD_READ;
  if (!seekable) rights &= ~(uint32_t)(R_FD_SEEK | R_FD_TELL);
  return rights;
}

static bool listens(int host) {
  int value = 0;
  socklen_t size = sizeof value;
  return getsockopt(host, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value;
}

/* A descriptor that is open already becomes `new`. False, with errno, when it is not. */
static bool fill(struct apus_wasi *wasi, const struct wasi_new *new, int host) {
  struct stat stat;
  int flags = fcntl(host, F_GETFL);
  if (flags < 0 || fstat(host, &stat) < 0) return false;
  struct wasi_object *object = new->object;
  uint32_t rights, inheriting = 0;
  object->host = host;
  object->filetype = wasi_filetype_of_fd(host, stat.st_mode);
  object->seekable = !isatty(host) && lseek(host, 0, SEEK_CUR) >= 0;
  if (flags & O_APPEND) object->flags |= WASI_APPEND;
  if (flags & O_NONBLOCK) object->flags |= WASI_NONBLOCK;
  switch (object->filetype) {
  case WASI_DIRECTORY:
    rights = WASI_RIGHTS_DIRECTORY;
    inheriting = WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE;
    object->flags = 0;
    break;
  case WASI_SOCKET_STREAM:
  case WASI_SOCKET_DGRAM:
    inheriting = listens(host) ? WASI_RIGHTS_CONNECTION : 0;
    rights = inheriting ? WASI_RIGHTS_LISTENING : WASI_RIGHTS_CONNECTION;
    break;
  default: rights = stream_rights(flags & O_ACCMODE, object->seekable);
  }
  wasi_new_commit(wasi, new, NULL, rights, inheriting);
  return true;
}

/* Opens the folder and gives it the next number. */
static const char *open_directory(struct apus_wasi *wasi, const struct apus_wasi_dir *dir, char *message, size_t size) {
  struct wasi_new new;
  size_t length = strlen(dir->guest);
  if (length >= UINT32_MAX || wasi_new_begin(wasi, &new) != WASI_SUCCESS) return "out of memory";
  char *name = apus_port_alloc(length + 1);
  if (!name) {
    wasi_new_abort(wasi, &new);
    return "out of memory";
  }
  memcpy(name, dir->guest, length + 1);
  new.object->host = open(dir->host, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);
  if (new.object->host < 0) {
    int error = errno;
    wasi_name_free(name);
    wasi_new_abort(wasi, &new);
    snprintf(message, size, "cannot open %s: %s", dir->host, strerror(error));
    return size ? message : "cannot open a folder";
  }
  new.object->owned = true;
  new.object->filetype = WASI_DIRECTORY;
  new.object->read_only = dir->read_only;
  wasi_new_commit(wasi, &new, name, WASI_RIGHTS_DIRECTORY, WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE);
  return NULL;
}

/* The embedder's. They are the context's to close only once all stand. */
static const char *fill_given(struct apus_wasi *wasi, const struct apus_wasi_options *options, char *message, size_t size) {
  uint32_t first = wasi->used;
  for (int i = 0; i < options->descriptor_count; i++) {
    struct wasi_new new;
    if (wasi_new_begin(wasi, &new) != WASI_SUCCESS) return "out of memory";
    if (fill(wasi, &new, options->descriptors[i].host)) continue;
    int error = errno;
    wasi_new_abort(wasi, &new);
    snprintf(message, size, "descriptor %d: %s", options->descriptors[i].host, strerror(error));
    return size ? message : "a descriptor is not open";
  }
  for (int i = 0; i < options->descriptor_count; i++)
    wasi->slots[first + (uint32_t)i].object->owned = options->descriptors[i].owned;
  return NULL;
}

/* Where one of 0 to 2 is missing, the number becomes free once the folders have
 * theirs, which begin at 3 in any case. */
static const char *open_descriptors(struct apus_wasi *wasi, const struct apus_wasi_options *options, char *message,
                                    size_t size) {
  struct wasi_new missing[3];
  int missing_count = 0;
  const char *error = NULL;
  for (int i = 0; i < 3 && !error; i++) {
    struct wasi_new new;
    if (wasi_new_begin(wasi, &new) != WASI_SUCCESS) error = "out of memory";
    else if (!fill(wasi, &new, options->stdio ? options->stdio[i] : i)) missing[missing_count++] = new;
  }
  for (int i = 0; i < options->dir_count && !error; i++)
    error = open_directory(wasi, &options->dirs[i], message, size);
  if (!error) error = fill_given(wasi, options, message, size);
  while (missing_count > 0) wasi_new_abort(wasi, &missing[--missing_count]);
  return error;
}

/* --- init and destroy -------------------------------------------------------------------- */

/* In the order of init. */
enum { NOTHING, ARGUMENTS, ENVIRONMENT, LOCK, DESCRIPTORS };

/* Undoes all stages up to `wasi->stage`. */
static void unwind(struct apus_wasi *wasi) {
  switch (wasi->stage) {
  case DESCRIPTORS:
    wasi_table_close_all(wasi);
    if (wasi->slots) apus_port_release(wasi->slots, wasi->capacity * sizeof *wasi->slots);
    wasi_fixed_destroy(wasi);
    __attribute__((fallthrough));
  case LOCK:
    if (wasi->locks) wasi->locks->destroy(wasi->locks->context, wasi->lock);
    __attribute__((fallthrough));
  case ENVIRONMENT: strings_destroy(&wasi->environment); __attribute__((fallthrough));
  case ARGUMENTS: strings_destroy(&wasi->arguments); __attribute__((fallthrough));
  default: memset(wasi, 0, sizeof *wasi);
  }
}

static const char *build(struct apus_wasi *wasi, const struct apus_wasi_options *options, char *message, size_t size) {
  if (!strings_init(&wasi->arguments, options->argc, (const char *const *)options->argv)) return "out of memory";
  wasi->stage = ARGUMENTS;
  if (!strings_init(&wasi->environment, options->env_count, options->env)) return "out of memory";
  wasi->stage = ENVIRONMENT;
  wasi->locks = options->locks;
  if (wasi->locks && !(wasi->lock = wasi->locks->create(wasi->locks->context))) return "cannot make a lock";
  wasi->stage = LOCK;
  if (!wasi_resolver_choose(wasi, options->resolver)) return "openat2 is not available";
  if (options->fixed) {
    wasi->is_fixed = true;
    wasi->fixed = *options->fixed;
  }
  /* From here on the stage owns the table, however much of it there is. */
  wasi->stage = DESCRIPTORS;
  return open_descriptors(wasi, options, message, size);
}

const char *apus_wasi_init(struct apus_wasi *wasi, const struct apus_wasi_options *options, char *message, size_t size) {
  memset(wasi, 0, sizeof *wasi);
  const char *error = build(wasi, options, message, size);
  if (error) unwind(wasi);
  return error;
}

void apus_wasi_destroy(struct apus_wasi *wasi) { unwind(wasi); }
