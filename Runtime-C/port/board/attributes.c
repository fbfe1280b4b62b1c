/* attributes.c: fd_* functions that look at what stands behind a descriptor.
 *
 * Errnos: BADF, ISDIR or BADF (a folder where a file is asked), PERM (a read-only
 * folder), INVAL (the console, bad numbers), NOTCAPABLE, NOTSUP, FBIG, and what the
 * file system answers. */
#include "board.h"

/* A file to be used; `folder` and `console` are the answers for the others. */
static uint32_t begin_file(wasi_host *host, uint32_t fd, uint32_t rights, bool changes, uint32_t folder,
                           struct wasi_use *use) {
  uint32_t error = wasi_begin(host, fd, use);
  if (error) return error;
  if (use->object->filetype == WASI_DIRECTORY) error = folder;
  else if (!use->object->vfs) error = WASI_INVAL;
  else if (changes && use->object->read_only) error = WASI_PERM;
  else if ((use->rights & rights) != rights) error = WASI_NOTCAPABLE;
  return error ? wasi_end(use, error) : WASI_SUCCESS;
}

/* APPEND and NONBLOCK can change. */
uint32_t wasi_fd_fdstat_set_flags(wasi_host *host, uint32_t fd, uint32_t flags) {
  struct wasi_use use;
  uint32_t error = wasi_begin_with(host, fd, R_FD_FDSTAT_SET_FLAGS, &use);
  if (error) return error;
  if (flags & ~(uint32_t)WASI_FDFLAGS || (flags ^ use.flags) & (WASI_DSYNC | WASI_RSYNC | WASI_SYNC))
    return wasi_end(&use, WASI_INVAL);
  wasi_lock(use.wasi);
  use.object->flags = (uint8_t)flags;
  wasi_unlock(use.wasi);
  return wasi_end(&use, WASI_SUCCESS);
}

uint64_t board_ino(const struct apus_vfs *vfs, const struct apus_vfs_stat *stat, const char *path) {
  uint64_t hash = 14695981039346656037u ^ (uintptr_t)vfs->fs;
  if (stat->ino) return (hash ^ stat->ino) * 1099511628211u;
  if (!path) return 0;
  for (; *path; path++) hash = (hash ^ (uint8_t)*path) * 1099511628211u;
  return hash;
}

void board_put_filestat(uint8_t *to, const struct apus_vfs_stat *stat, uint64_t ino, enum wasi_layout layout) {
  memset(to, 0, wasi_filestat_size(layout));
  wasi_put64(to + 8, ino);
  to[16] = stat->type;
  uint8_t *rest = layout == WASI_PREVIEW1 ? to + 32 : to + 24;
  (layout == WASI_PREVIEW1 ? to + 24 : to + 20)[0] = 1; /* links */
  wasi_put64(rest, stat->size);
  wasi_put64(rest + 8, stat->mtime);
  wasi_put64(rest + 16, stat->mtime);
  wasi_put64(rest + 24, stat->mtime);
}

uint32_t wasi_fd_filestat_get(wasi_host *host, uint32_t fd, uint32_t result, enum wasi_layout layout) {
  struct wasi_use use;
  struct apus_vfs_stat stat = {0};
  uint64_t ino = 0;
  uint32_t error = wasi_begin_with(host, fd, R_FD_FILESTAT_GET, &use);
  if (error) return error;
  const struct wasi_object *object = use.object;
  uint8_t *to = wasi_guest(host, result, 1, wasi_filestat_size(layout));
  if (!to) return wasi_end(&use, WASI_TRAP);
  bool folder = object->filetype == WASI_DIRECTORY;
  if (!object->vfs) stat.type = object->filetype;
  else if (folder) error = object->vfs->ops->stat(object->vfs->fs, object->of.path, &stat);
  else error = object->vfs->ops->fstat(object->vfs->fs, object->of.file, &stat);
  if (!error && object->vfs) ino = board_ino(object->vfs, &stat, folder ? object->of.path : NULL);
  if (!error) board_put_filestat(to, &stat, ino, layout);
  return wasi_end(&use, error);
}

uint32_t wasi_fd_filestat_set_size(wasi_host *host, uint32_t fd, uint64_t size) {
  struct wasi_use use;
  uint32_t error = begin_file(host, fd, R_FD_FILESTAT_SET_SIZE, true, WASI_ISDIR, &use);
  if (error) return error;
  error = size > INT64_MAX ? WASI_INVAL : use.object->vfs->ops->truncate(use.object->vfs->fs, use.object->of.file, size);
  return wasi_end(&use, error);
}

/* NOTSUP: a file system knows times by path only. */
uint32_t wasi_fd_filestat_set_times(wasi_host *host, uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t fstflags) {
  struct wasi_use use;
  (void)atim, (void)mtim;
  uint32_t error = wasi_begin(host, fd, &use);
  if (error) return error;
  if (use.object->read_only) error = WASI_PERM;
  else if (!(use.rights & R_FD_FILESTAT_SET_TIMES)) error = WASI_NOTCAPABLE;
  else if (fstflags & ~(uint32_t)WASI_FSTFLAGS || (fstflags & 3) == 3 || (fstflags & 12) == 12) error = WASI_INVAL;
  else error = WASI_NOTSUP;
  return wasi_end(&use, error);
}

static uint32_t sync_file(wasi_host *host, uint32_t fd, uint32_t right) {
  struct wasi_use use;
  uint32_t error = wasi_begin_with(host, fd, right, &use);
  if (error) return error;
  const struct apus_vfs *vfs = use.object->vfs;
  if (!vfs) error = WASI_INVAL;
  else if (vfs->ops->sync && use.object->filetype != WASI_DIRECTORY) error = vfs->ops->sync(vfs->fs, use.object->of.file);
  return wasi_end(&use, error);
}

uint32_t wasi_fd_sync(wasi_host *host, uint32_t fd) { return sync_file(host, fd, R_FD_SYNC); }
uint32_t wasi_fd_datasync(wasi_host *host, uint32_t fd) { return sync_file(host, fd, R_FD_DATASYNC); }

/* Grows the file; nothing is set aside. */
uint32_t wasi_fd_allocate(wasi_host *host, uint32_t fd, uint64_t offset, uint64_t length) {
  struct wasi_use use;
  struct apus_vfs_stat stat;
  uint32_t error = begin_file(host, fd, R_FD_ALLOCATE, true, WASI_BADF, &use);
  if (error) return error;
  const struct apus_vfs *vfs = use.object->vfs;
  if (!length) error = WASI_INVAL;
  else if (offset > INT64_MAX || length > INT64_MAX - offset) error = WASI_FBIG;
  else error = vfs->ops->fstat(vfs->fs, use.object->of.file, &stat);
  if (!error && stat.size < offset + length) error = vfs->ops->truncate(vfs->fs, use.object->of.file, offset + length);
  return wasi_end(&use, error);
}

/* Checked, and without effect. */
uint32_t wasi_fd_advise(wasi_host *host, uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice) {
  struct wasi_use use;
  uint32_t error = begin_file(host, fd, R_FD_ADVISE, false, WASI_BADF, &use);
  if (error) return error;
  if (advice > 5 || offset > INT64_MAX || length > INT64_MAX) error = WASI_INVAL;
  return wasi_end(&use, error);
}
