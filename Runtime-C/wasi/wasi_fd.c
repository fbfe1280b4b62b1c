/* wasi_fd.c: what the host knows about a descriptor: stat, flags, size, times. */
#include "wasi_internal.h"

#include <sys/time.h>

/* A file that is to be changed; `folder` is the answer for a folder. */
static uint32_t begin_change(wasi_host *host, uint32_t fd, uint32_t rights, uint32_t folder, struct wasi_use *use) {
  uint32_t error = wasi_begin(host, fd, use);
  if (error) return error;
  if (use->object->filetype == WASI_DIRECTORY) error = folder;
  else if (use->object->read_only) error = WASI_PERM;
  else if (!(use->rights & rights)) error = WASI_NOTCAPABLE;
  return error ? wasi_end(use, error) : WASI_SUCCESS;
}

static uint32_t answer(int result) { return result < 0 ? wasi_from_errno(errno) : WASI_SUCCESS; }

/* --- flags ------------------------------------------------------------------------- */

static uint32_t set_host_flags(int fd, uint32_t flags) {
  int now = fcntl(fd, F_GETFL);
  if (now < 0) return wasi_from_errno(errno);
  now &= ~(O_APPEND | O_NONBLOCK);
  if (flags & WASI_APPEND) now |= O_APPEND;
  if (flags & WASI_NONBLOCK) now |= O_NONBLOCK;
  return answer(fcntl(fd, F_SETFL, now));
}

/* A descriptor that we do not own is shared with whoever gave it, so its flags are only
 * kept here, and reading and writing go by them. What it has itself stays. */
static uint32_t keep_flags(int fd, uint32_t flags) {
  int now = fcntl(fd, F_GETFL);
  if (now < 0) return wasi_from_errno(errno);
  bool less = (now & O_APPEND && !(flags & WASI_APPEND)) || (now & O_NONBLOCK && !(flags & WASI_NONBLOCK));
  return less ? WASI_NOTSUP : WASI_SUCCESS;
}

/* APPEND and NONBLOCK can change. */
uint32_t wasi_fd_fdstat_set_flags(wasi_host *host, uint32_t fd, uint32_t flags) {
  struct wasi_use use;
  uint32_t error = wasi_begin_with(host, fd, R_FD_FDSTAT_SET_FLAGS, &use);
  if (error) return error;
  if (flags & ~(uint32_t)WASI_FDFLAGS || (flags ^ use.flags) & (WASI_DSYNC | WASI_RSYNC | WASI_SYNC))
    error = WASI_INVAL;
  else
    error = use.object->owned ? set_host_flags(use.object->host, flags) : keep_flags(use.object->host, flags);
  if (!error) {
    wasi_lock(use.wasi);
    use.object->flags = (uint8_t)flags;
    wasi_unlock(use.wasi);
  }
  return wasi_end(&use, error);
}

/* --- attributes ----------------------------------------------------------------------- */

uint32_t wasi_fd_filestat_get(wasi_host *host, uint32_t fd, uint32_t result, enum wasi_layout layout) {
  struct wasi_use use;
  struct stat stat;
  uint32_t error = wasi_begin_with(host, fd, R_FD_FILESTAT_GET, &use);
  if (error) return error;
  uint8_t *to = wasi_guest(host, result, 1, wasi_filestat_size(layout));
  error = to ? answer(fstat(use.object->host, &stat)) : WASI_TRAP;
  if (!error) error = wasi_show_filestat(use.wasi, to, &stat, use.object->filetype, layout);
  return wasi_end(&use, error);
}

uint32_t wasi_fd_filestat_set_size(wasi_host *host, uint32_t fd, uint64_t size) {
  struct wasi_use use;
  uint32_t error = begin_change(host, fd, R_FD_FILESTAT_SET_SIZE, WASI_ISDIR, &use);
  if (error) return error;
  if (size > INT64_MAX) return wasi_end(&use, WASI_INVAL);
  int result;
  WASI_RETRY(result, ftruncate(use.object->host, (off_t)size));
  return wasi_end(&use, answer(result));
}

uint32_t wasi_fd_filestat_set_times(wasi_host *host, uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t fstflags) {
  struct wasi_use use;
  struct timespec times[2];
  uint32_t error = wasi_begin(host, fd, &use);
  if (error) return error;
  if (use.object->read_only) error = WASI_PERM;
  else if (!(use.rights & R_FD_FILESTAT_SET_TIMES)) error = WASI_NOTCAPABLE;
  else error = wasi_times(atim, mtim, fstflags, times);
  if (!error) error = answer(futimens(use.object->host, times));
  return wasi_end(&use, error);
}

/* --- storage ------------------------------------------------------------------------------ */

uint32_t wasi_fd_sync(wasi_host *host, uint32_t fd) {
  struct wasi_use use;
  int result;
  uint32_t error = wasi_begin_with(host, fd, R_FD_SYNC, &use);
  if (error) return error;
  WASI_RETRY(result, fsync(use.object->host));
  return wasi_end(&use, answer(result));
}

uint32_t wasi_fd_datasync(wasi_host *host, uint32_t fd) {
  struct wasi_use use;
  int result;
  uint32_t error = wasi_begin_with(host, fd, R_FD_DATASYNC, &use);
  if (error) return error;
#ifdef __APPLE__
  WASI_RETRY(result, fsync(use.object->host));
#else
  WASI_RETRY(result, fdatasync(use.object->host));
#endif
  return wasi_end(&use, answer(result));
}

uint32_t wasi_fd_allocate(wasi_host *host, uint32_t fd, uint64_t offset, uint64_t length) {
  struct wasi_use use;
  uint32_t error = begin_change(host, fd, R_FD_ALLOCATE, WASI_BADF, &use);
  if (error) return error;
  if (!length) return wasi_end(&use, WASI_INVAL);
  if (offset > INT64_MAX || length > INT64_MAX - offset) return wasi_end(&use, WASI_FBIG);
#ifdef __linux__
  int result;
  WASI_RETRY(result, fallocate(use.object->host, 0, (off_t)offset, (off_t)length));
  return wasi_end(&use, answer(result));
#else
  return wasi_end(&use, WASI_NOTSUP);
#endif
}

uint32_t wasi_fd_advise(wasi_host *host, uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice) {
  struct wasi_use use;
  uint32_t error = wasi_begin(host, fd, &use);
  if (error) return error;
  if (use.object->filetype == WASI_DIRECTORY) return wasi_end(&use, WASI_BADF);
  if (!(use.rights & R_FD_ADVISE)) return wasi_end(&use, WASI_NOTCAPABLE);
  if (advice > 5 || offset > INT64_MAX || length > INT64_MAX) return wasi_end(&use, WASI_INVAL);
#ifdef __linux__
  static const int host_advice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                    POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  error = wasi_from_errno(posix_fadvise(use.object->host, (off_t)offset, (off_t)length, host_advice[advice]));
#endif
  return wasi_end(&use, error);
}
