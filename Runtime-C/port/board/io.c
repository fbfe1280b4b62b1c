/* io.c: read, write and position, of the console and of files.
 *
 * Errnos: BADF, ISDIR, PERM (a read-only folder), SPIPE (the console has no
 * position), NOTCAPABLE, INVAL, and what port and file system answer. */
#include "board.h"

enum { VECTORS_MAX = 1024 };

struct transfer {
  bool write;
  bool positioned;
  uint64_t offset;
};

/* One vector. */
static uint32_t move(const struct wasi_use *use, bool write, uint64_t offset, uint8_t *at, uint32_t n, uint32_t *done) {
  const struct wasi_object *object = use->object;
  const struct apus_wasi_port *port = use->wasi->port;
  *done = 0;
  if (object->vfs) {
    const struct apus_vfs_ops *ops = object->vfs->ops;
    return write ? ops->write(object->vfs->fs, object->of.file, offset, at, n, done)
                 : ops->read(object->vfs->fs, object->of.file, offset, at, n, done);
  }
  if (write) return port->write(port->context, object->stream, at, n, done);
  return port->read ? port->read(port->context, at, n, done) : WASI_SUCCESS;
}

/* All vectors are checked before the first byte moves; what is read can land on
 * those still to come, so each is checked again. */
static uint32_t move_all(wasi_host *host, struct wasi_use *use, const struct transfer *transfer, uint32_t iovs,
                         uint32_t n, uint32_t result) {
  const uint8_t *vectors = wasi_guest(host, iovs, n, 8);
  uint8_t *to = wasi_guest(host, result, 1, 4);
  if (!vectors || !to) return WASI_TRAP;
  if (n > VECTORS_MAX) n = VECTORS_MAX;
  for (uint32_t i = 0; i < n; i++)
    if (!wasi_guest(host, wasi_get32(vectors + i * 8), wasi_get32(vectors + i * 8 + 4), 1)) return WASI_TRAP;
  uint64_t offset = transfer->offset;
  uint32_t done = 0, error = WASI_SUCCESS;
  for (uint32_t i = 0; i < n && !error; i++) {
    uint32_t length = wasi_get32(vectors + i * 8 + 4), part;
    uint8_t *at = wasi_guest(host, wasi_get32(vectors + i * 8), length, 1);
    if (!at) break;
    if (!length) continue;
    if (length > UINT32_MAX - done) length = UINT32_MAX - done;
    error = move(use, transfer->write, offset, at, length, &part);
    done += part;
    offset += part;
    if (part < length || (!transfer->write && !use->object->vfs)) break;
  }
  if (error && !done) return error; /* else what was moved counts */
  if (!transfer->positioned && use->object->vfs) {
    wasi_lock(use->wasi);
    use->object->position = offset;
    wasi_unlock(use->wasi);
  }
  wasi_put32(to, done);
  return WASI_SUCCESS;
}

/* Where an unpositioned transfer begins. */
static uint32_t start(const struct wasi_use *use, struct transfer *transfer) {
  const struct wasi_object *object = use->object;
  if (!object->vfs) return WASI_SUCCESS;
  if (transfer->write && use->flags & WASI_APPEND) {
    struct apus_vfs_stat stat;
    uint32_t error = object->vfs->ops->fstat(object->vfs->fs, object->of.file, &stat);
    transfer->offset = stat.size;
    return error;
  }
  if (transfer->positioned) return WASI_SUCCESS;
  wasi_lock(use->wasi);
  transfer->offset = object->position;
  wasi_unlock(use->wasi);
  return WASI_SUCCESS;
}

static uint32_t run(wasi_host *host, uint32_t fd, struct transfer *transfer, uint32_t iovs, uint32_t n, uint32_t result) {
  struct wasi_use use;
  uint32_t error = wasi_begin(host, fd, &use);
  if (error) return error;
  uint32_t rights = transfer->write ? R_FD_WRITE : R_FD_READ;
  if (transfer->positioned) rights |= R_FD_SEEK;
  if (use.object->filetype == WASI_DIRECTORY) error = WASI_ISDIR;
  else if (transfer->write && use.object->read_only) error = WASI_PERM;
  else if (transfer->positioned && !use.object->vfs) error = WASI_SPIPE;
  else if ((use.rights & rights) != rights) error = WASI_NOTCAPABLE;
  else if (transfer->offset > INT64_MAX) error = WASI_INVAL;
  else error = start(&use, transfer);
  if (!error) error = move_all(host, &use, transfer, iovs, n, result);
  return wasi_end(&use, error);
}

uint32_t wasi_fd_read(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t result) {
  struct transfer transfer = {false, false, 0};
  return run(host, fd, &transfer, iovs, n, result);
}

uint32_t wasi_fd_write(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t result) {
  struct transfer transfer = {true, false, 0};
  return run(host, fd, &transfer, iovs, n, result);
}

uint32_t wasi_fd_pread(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint64_t offset, uint32_t result) {
  struct transfer transfer = {false, true, offset};
  return run(host, fd, &transfer, iovs, n, result);
}

/* With APPEND at the end, whatever the offset. */
uint32_t wasi_fd_pwrite(wasi_host *host, uint32_t fd, uint32_t iovs, uint32_t n, uint64_t offset, uint32_t result) {
  struct transfer transfer = {true, true, offset};
  return run(host, fd, &transfer, iovs, n, result);
}

/* --- position ------------------------------------------------------------------------ */

enum { FROM_START, FROM_HERE, FROM_END };

static uint32_t seek_object(const struct wasi_use *use, uint32_t rights, int64_t delta, uint32_t from, uint64_t *position) {
  struct wasi_object *object = use->object;
  if (object->filetype == WASI_DIRECTORY) return WASI_ISDIR;
  if (!object->vfs) return WASI_SPIPE;
  if (!(use->rights & rights)) return WASI_NOTCAPABLE;
  if (from > FROM_END) return WASI_INVAL;
  struct apus_vfs_stat stat = {0};
  uint32_t error = from == FROM_END ? object->vfs->ops->fstat(object->vfs->fs, object->of.file, &stat) : WASI_SUCCESS;
  if (error) return error;
  wasi_lock(use->wasi);
  uint64_t origin = from == FROM_START ? 0 : from == FROM_HERE ? object->position : stat.size;
  *position = origin + (uint64_t)delta;
  if (*position > INT64_MAX) error = WASI_INVAL; /* negative, or beyond the largest */
  else object->position = *position;
  wasi_unlock(use->wasi);
  return error;
}

static uint32_t seek(wasi_host *host, uint32_t fd, uint32_t rights, uint64_t delta, uint32_t from, uint32_t result) {
  struct wasi_use use;
  uint64_t position;
  uint32_t error = wasi_begin(host, fd, &use);
  if (error) return error;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  error = seek_object(&use, rights, (int64_t)delta, from, &position);
  if (!error && !to) error = WASI_TRAP;
  if (!error) wasi_put64(to, position);
  return wasi_end(&use, error);
}

uint32_t wasi_fd_seek(wasi_host *host, uint32_t fd, uint64_t delta, uint32_t whence, uint32_t result, enum wasi_layout layout) {
  /* The older order is: here, end, start. */
  uint32_t from = layout == WASI_UNSTABLE && whence <= 2 ? (whence + 1) % 3 : whence;
  return seek(host, fd, from == FROM_HERE && !delta ? R_FD_SEEK | R_FD_TELL : R_FD_SEEK, delta, from, result);
}

uint32_t wasi_fd_tell(wasi_host *host, uint32_t fd, uint32_t result) {
  return seek(host, fd, R_FD_TELL, 0, FROM_HERE, result);
}
