/* wasi_readdir.c: fd_readdir.
 *
 * A cookie is the index of an entry. The stream is kept, so reading on costs
 * nothing; any other cookie rewinds and counts. Where the guest is to find the
 * same on every host, all entries are read at the first and sorted by name. */
#include "wasi_internal.h"

#include <dirent.h>
#include <stddef.h>
#include <stdlib.h>

/* One reader at a time: the lock is the stream's own, not the table's. */
struct wasi_stream {
  void *lock;
  DIR *entries;
  struct dirent *pending; /* read and not yet handed out whole */
  uint64_t position;      /* index of the next entry (of `pending`, if there is one) */
  bool is_sorted;
  struct dirent **list; /* sorted: all entries; NULL: not read yet */
  size_t count, capacity;
};

/* --- sorted entries ----------------------------------------------------------------- */

/* Up to the name's end. */
static size_t size_of(const struct dirent *entry) { return offsetof(struct dirent, d_name) + strlen(entry->d_name) + 1; }

static void list_release(struct wasi_stream *stream) {
  for (size_t k = 0; k < stream->count; k++) apus_port_release(stream->list[k], size_of(stream->list[k]));
  if (stream->list) apus_port_release(stream->list, stream->capacity * sizeof *stream->list);
  stream->list = NULL;
  stream->count = stream->capacity = 0;
}

static bool list_append(struct wasi_stream *stream, const struct dirent *entry) {
  if (stream->count == stream->capacity) {
    size_t capacity = stream->capacity ? stream->capacity * 2 : 16;
    struct dirent **list = apus_port_alloc(capacity * sizeof *list);
    if (!list) return false;
    if (stream->list) {
      memcpy(list, stream->list, stream->count * sizeof *list);
      apus_port_release(stream->list, stream->capacity * sizeof *list);
    }
    stream->list = list;
    stream->capacity = capacity;
  }
  struct dirent *copy = apus_port_alloc(size_of(entry));
  if (!copy) return false;
  memcpy(copy, entry, size_of(entry));
  stream->list[stream->count++] = copy;
  return true;
}

static int by_name(const void *one, const void *other) {
  return strcmp((*(struct dirent *const *)one)->d_name, (*(struct dirent *const *)other)->d_name);
}

/* Reads all entries anew: NOMEM, or from the host, and there is no list. */
static uint32_t list_read(struct wasi_stream *stream) {
  list_release(stream);
  rewinddir(stream->entries);
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(stream->entries);
    uint32_t error = WASI_SUCCESS;
    if (!entry && !errno) break;
    if (entry ? !list_append(stream, entry) : !WASI_INTERRUPTED()) error = entry ? WASI_NOMEM : wasi_from_errno(errno);
    if (error) {
      list_release(stream);
      return error;
    }
  }
  if (stream->count) qsort(stream->list, stream->count, sizeof *stream->list, by_name);
  return WASI_SUCCESS;
}

/* --- streams ------------------------------------------------------------------------ */

void wasi_stream_close(struct apus_wasi *wasi, struct wasi_stream *stream) {
  if (!stream) return;
  list_release(stream);
  if (stream->entries) closedir(stream->entries);
  if (stream->lock) wasi->locks->destroy(wasi->locks->context, stream->lock);
  apus_port_release(stream, sizeof *stream);
}

static uint32_t stream_open(struct apus_wasi *wasi, int directory, struct wasi_stream **opened) {
  struct wasi_stream *stream = apus_port_alloc(sizeof *stream);
  uint32_t error = stream ? WASI_SUCCESS : WASI_NOMEM;
  if (stream) stream->is_sorted = wasi->is_fixed;
  if (!error && wasi->locks && !(stream->lock = wasi->locks->create(wasi->locks->context))) error = WASI_NOMEM;
  if (!error) {
    int fd;
    WASI_RETRY(fd, openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd >= 0) stream->entries = fdopendir(fd);
    if (!stream->entries) error = wasi_from_errno(errno);
    if (!stream->entries && fd >= 0) close(fd);
  }
  if (error) wasi_stream_close(wasi, stream);
  else *opened = stream;
  return error;
}

/* The object's stream, made on the first call. Of two that come at once the second
 * throws its own away. */
static uint32_t stream_of(const struct wasi_use *use, struct wasi_stream **stream) {
  struct wasi_stream *made = NULL;
  wasi_lock(use->wasi);
  *stream = use->object->stream;
  wasi_unlock(use->wasi);
  if (*stream) return WASI_SUCCESS;
  uint32_t error = stream_open(use->wasi, use->object->host, &made);
  if (error) return error;
  wasi_lock(use->wasi);
  if (!use->object->stream) {
    use->object->stream = made;
    made = NULL;
  }
  *stream = use->object->stream;
  wasi_unlock(use->wasi);
  wasi_stream_close(use->wasi, made);
  return WASI_SUCCESS;
}

static uint32_t next_entry(struct wasi_stream *stream) {
  if (stream->pending) return WASI_SUCCESS;
  if (stream->is_sorted) {
    if (stream->position < stream->count) stream->pending = stream->list[stream->position];
    return WASI_SUCCESS;
  }
  do {
    errno = 0;
    stream->pending = readdir(stream->entries);
  } while (!stream->pending && WASI_INTERRUPTED());
  return stream->pending || !errno ? WASI_SUCCESS : wasi_from_errno(errno);
}

static void advance(struct wasi_stream *stream) {
  stream->pending = NULL;
  stream->position++;
}

static uint32_t go_to(struct wasi_stream *stream, uint64_t cookie) {
  if (stream->is_sorted) {
    stream->pending = NULL;
    stream->position = cookie;
    return cookie && stream->list ? WASI_SUCCESS : list_read(stream);
  }
  if (!cookie || cookie < stream->position) {
    rewinddir(stream->entries);
    stream->pending = NULL;
    stream->position = 0;
  }
  while (stream->position < cookie) {
    uint32_t error = next_entry(stream);
    if (error) return error;
    if (!stream->pending) return WASI_SUCCESS; /* beyond the end: nothing more */
    advance(stream);
  }
  return WASI_SUCCESS;
}

static uint8_t filetype_of(int directory, const struct dirent *entry) {
  switch (entry->d_type) {
  case DT_REG: return WASI_REGULAR_FILE;
  case DT_DIR: return WASI_DIRECTORY;
  case DT_LNK: return WASI_SYMBOLIC_LINK;
  case DT_CHR: return WASI_CHARACTER_DEVICE;
  case DT_BLK: return WASI_BLOCK_DEVICE;
  case DT_SOCK: return WASI_SOCKET_STREAM;
  case DT_UNKNOWN: break;
  default: return WASI_UNKNOWN;
  }
  struct stat stat;
  if (fstatat(directory, entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) < 0) return WASI_UNKNOWN;
  return wasi_filetype_of(stat.st_mode);
}

/* Fills the buffer; the last entry may be cut anywhere. */
static uint32_t fill(struct wasi_stream *stream, int directory, uint64_t cookie, uint8_t *to, uint32_t length,
                     uint32_t *used) {
  *used = 0;
  uint32_t error = go_to(stream, cookie);
  if (error) return error;
  while (*used < length) {
    error = next_entry(stream);
    if (error) return error; /* fewer bytes would mean the end */
    if (!stream->pending) break;
    uint8_t header[24] = {0};
    uint32_t room = length - *used, name_length = (uint32_t)strlen(stream->pending->d_name);
    wasi_put64(header, stream->position + 1);
    wasi_put64(header + 8, stream->is_sorted ? 0 : (uint64_t)stream->pending->d_ino);
    wasi_put32(header + 16, name_length);
    header[20] = filetype_of(directory, stream->pending);
    uint32_t part = room < sizeof header ? room : (uint32_t)sizeof header;
    memcpy(to + *used, header, part);
    *used += part;
    room -= part;
    part = room < name_length ? room : name_length;
    memcpy(to + *used, stream->pending->d_name, part);
    *used += part;
    if (part < name_length) break; /* the buffer is full; the entry stays */
    advance(stream);
  }
  return WASI_SUCCESS;
}

uint32_t wasi_fd_readdir(wasi_host *host, uint32_t fd, uint32_t buffer, uint32_t length, uint64_t cookie, uint32_t result) {
  struct wasi_use use;
  struct wasi_stream *stream;
  uint32_t used = 0, error = wasi_begin_directory(host, fd, R_FD_READDIR, false, &use);
  if (error) return error;
  uint8_t *to = wasi_guest(host, buffer, length, 1);
  uint8_t *used_to = wasi_guest(host, result, 1, 4);
  error = to && used_to ? stream_of(&use, &stream) : WASI_TRAP;
  if (error) return wasi_end(&use, error);
  if (stream->lock) use.wasi->locks->acquire(use.wasi->locks->context, stream->lock);
  error = fill(stream, use.object->host, cookie, to, length, &used);
  if (stream->lock) use.wasi->locks->release(use.wasi->locks->context, stream->lock);
  if (!error) wasi_put32(used_to, used);
  return wasi_end(&use, error);
}
