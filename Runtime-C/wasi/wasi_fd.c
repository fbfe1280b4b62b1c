/* wasi_fd.c: descriptors as such: close, renumber, stat, flags, rights, size, times.
 *
 * Errnos: BADF, ISDIR or BADF (a folder where a file is asked), PERM (a read-only
 * folder), NOTCAPABLE, INVAL, FBIG, and the host's. */
#include "wasi_internal.h"

#include <sys/time.h>

/* The slot behind `fd` when it has these rights. */
static uint32_t with_rights(wasi_host *host, uint32_t fd, uint32_t rights, struct apus_wasi_slot **slot) {
  *slot = wasi_slot(host, fd);
  if (!*slot) return WASI_BADF;
  return (*slot)->rights & rights ? WASI_SUCCESS : WASI_NOTCAPABLE;
}

/* The same for a file that is to be changed; `folder` is the answer for a folder. */
static uint32_t changeable_file(wasi_host *host, uint32_t fd, uint32_t rights, uint32_t folder, struct apus_wasi_slot **slot) {
  *slot = wasi_slot(host, fd);
  if (!*slot) return WASI_BADF;
  if ((*slot)->filetype == WASI_DIRECTORY) return folder;
  if ((*slot)->read_only) return WASI_PERM;
  return (*slot)->rights & rights ? WASI_SUCCESS : WASI_NOTCAPABLE;
}

static uint32_t answer(int result) { return result < 0 ? wasi_from_errno(errno) : WASI_SUCCESS; }

uint32_t wasi_fd_close(wasi_host *host, uint32_t fd) {
  if (!wasi_slot(host, fd)) return WASI_BADF;
  wasi_slot_release(host->wasi, fd);
  return WASI_SUCCESS;
}

/* `to` is released once; name, rights and object of `from` move there. */
uint32_t wasi_fd_renumber(wasi_host *host, uint32_t from, uint32_t to) {
  if (!wasi_slot(host, from) || !wasi_slot(host, to)) return WASI_BADF;
  if (from == to) return WASI_SUCCESS;
  struct apus_wasi *wasi = host->wasi;
  struct apus_wasi_slot moved = wasi->slots[from];
  wasi->slots[from] = wasi->slots[to];
  wasi->slots[to] = moved;
  wasi_slot_release(wasi, from);
  return WASI_SUCCESS;
}

/* --- preopens ------------------------------------------------------------------- */

/* BADF for whatever is no preopen: the guest's library counts on it. */
uint32_t wasi_fd_prestat_get(wasi_host *host, uint32_t fd, uint32_t result) {
  struct apus_wasi_slot *slot = wasi_slot(host, fd);
  if (!slot || !slot->name) return WASI_BADF;
  uint8_t *to = wasi_guest(host, result, 1, 8);
  wasi_put32(to, 0);
  wasi_put32(to + 4, slot->name_length);
  return WASI_SUCCESS;
}

/* NAMETOOLONG when the buffer is too small. */
uint32_t wasi_fd_prestat_dir_name(wasi_host *host, uint32_t fd, uint32_t path, uint32_t length) {
  struct apus_wasi_slot *slot = wasi_slot(host, fd);
  if (!slot || !slot->name) return WASI_BADF;
  uint8_t *to = wasi_guest(host, path, length, 1);
  if (length < slot->name_length) return WASI_NAMETOOLONG;
  memcpy(to, slot->name, slot->name_length);
  return WASI_SUCCESS;
}

/* --- flags and rights --------------------------------------------------------------- */

uint32_t wasi_fd_fdstat_get(wasi_host *host, uint32_t fd, uint32_t result) {
  struct apus_wasi_slot *slot = wasi_slot(host, fd);
  if (!slot) return WASI_BADF;
  uint8_t *to = wasi_guest(host, result, 1, 24);
  memset(to, 0, 24);
  to[0] = slot->filetype;
  wasi_put16(to + 2, slot->flags);
  wasi_put64(to + 8, slot->rights);
  wasi_put64(to + 16, slot->inheriting);
  return WASI_SUCCESS;
}

/* APPEND and NONBLOCK can change. The process's own descriptors are shared with
 * whoever started it, so there the flags are only kept here. */
uint32_t wasi_fd_fdstat_set_flags(wasi_host *host, uint32_t fd, uint32_t flags) {
  struct apus_wasi_slot *slot;
  uint32_t error = with_rights(host, fd, R_FD_FDSTAT_SET_FLAGS, &slot);
  if (error) return error;
  if (flags & ~(uint32_t)WASI_FDFLAGS || (flags ^ slot->flags) & (WASI_DSYNC | WASI_RSYNC | WASI_SYNC)) return WASI_INVAL;
  if (slot->owned) {
    int now = fcntl(slot->host, F_GETFL);
    if (now < 0) return wasi_from_errno(errno);
    now &= ~(O_APPEND | O_NONBLOCK);
    if (flags & WASI_APPEND) now |= O_APPEND;
    if (flags & WASI_NONBLOCK) now |= O_NONBLOCK;
    if (fcntl(slot->host, F_SETFL, now) < 0) return wasi_from_errno(errno);
  }
  slot->flags = (uint8_t)flags;
  return WASI_SUCCESS;
}

/* Rights can only be given up; both sets change or none. */
uint32_t wasi_fd_fdstat_set_rights(wasi_host *host, uint32_t fd, uint64_t base, uint64_t inheriting) {
  struct apus_wasi_slot *slot = wasi_slot(host, fd);
  if (!slot) return WASI_BADF;
  if (base & ~(uint64_t)slot->rights || inheriting & ~(uint64_t)slot->inheriting) return WASI_NOTCAPABLE;
  slot->rights = (uint32_t)base;
  slot->inheriting = (uint32_t)inheriting;
  return WASI_SUCCESS;
}

/* --- attributes ----------------------------------------------------------------------- */

uint32_t wasi_fd_filestat_get(wasi_host *host, uint32_t fd, uint32_t result, enum wasi_layout layout) {
  struct apus_wasi_slot *slot;
  uint32_t error = with_rights(host, fd, R_FD_FILESTAT_GET, &slot);
  if (error) return error;
  uint8_t *to = wasi_guest(host, result, 1, wasi_filestat_size(layout));
  struct stat stat;
  if (fstat(slot->host, &stat) < 0) return wasi_from_errno(errno);
  wasi_put_filestat(to, &stat, slot->filetype, layout);
  return WASI_SUCCESS;
}

uint32_t wasi_fd_filestat_set_size(wasi_host *host, uint32_t fd, uint64_t size) {
  struct apus_wasi_slot *slot;
  uint32_t error = changeable_file(host, fd, R_FD_FILESTAT_SET_SIZE, WASI_ISDIR, &slot);
  if (error) return error;
  if (size > INT64_MAX) return WASI_INVAL;
  int result;
  do result = ftruncate(slot->host, (off_t)size);
  while (result < 0 && errno == EINTR);
  return answer(result);
}

uint32_t wasi_fd_filestat_set_times(wasi_host *host, uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t fstflags) {
  struct apus_wasi_slot *slot = wasi_slot(host, fd);
  if (!slot) return WASI_BADF;
  if (slot->read_only) return WASI_PERM;
  if (!(slot->rights & R_FD_FILESTAT_SET_TIMES)) return WASI_NOTCAPABLE;
  struct timespec times[2];
  uint32_t error = wasi_times(atim, mtim, fstflags, times);
  if (error) return error;
  return answer(futimens(slot->host, times));
}

/* --- storage ------------------------------------------------------------------------------ */

uint32_t wasi_fd_sync(wasi_host *host, uint32_t fd) {
  struct apus_wasi_slot *slot;
  uint32_t error = with_rights(host, fd, R_FD_SYNC, &slot);
  return error ? error : answer(fsync(slot->host));
}

uint32_t wasi_fd_datasync(wasi_host *host, uint32_t fd) {
  struct apus_wasi_slot *slot;
  uint32_t error = with_rights(host, fd, R_FD_DATASYNC, &slot);
#ifdef __APPLE__
  return error ? error : answer(fsync(slot->host));
#else
  return error ? error : answer(fdatasync(slot->host));
#endif
}

/* INVAL for a length of 0, FBIG beyond the largest offset, BADF for a folder. */
uint32_t wasi_fd_allocate(wasi_host *host, uint32_t fd, uint64_t offset, uint64_t length) {
  struct apus_wasi_slot *slot;
  uint32_t error = changeable_file(host, fd, R_FD_ALLOCATE, WASI_BADF, &slot);
  if (error) return error;
  if (!length) return WASI_INVAL;
  if (offset > INT64_MAX || length > INT64_MAX - offset) return WASI_FBIG;
#ifdef __linux__
  int result;
  do result = fallocate(slot->host, 0, (off_t)offset, (off_t)length);
  while (result < 0 && errno == EINTR);
  return answer(result);
#else
  return WASI_NOTSUP;
#endif
}

/* INVAL for an unknown advice or an offset above the largest, BADF for a folder. */
uint32_t wasi_fd_advise(wasi_host *host, uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice) {
  struct apus_wasi_slot *slot = wasi_slot(host, fd);
  if (!slot || slot->filetype == WASI_DIRECTORY) return WASI_BADF;
  if (!(slot->rights & R_FD_ADVISE)) return WASI_NOTCAPABLE;
  if (advice > 5 || offset > INT64_MAX || length > INT64_MAX) return WASI_INVAL;
#ifdef __linux__
  static const int host_advice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                    POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  return wasi_from_errno(posix_fadvise(slot->host, (off_t)offset, (off_t)length, host_advice[advice]));
#else
  return WASI_SUCCESS;
#endif
}
