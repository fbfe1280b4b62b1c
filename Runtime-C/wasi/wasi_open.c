/* wasi_open.c: path_open. */
#include "wasi_internal.h"

enum { RETRIES = 8 };

static const uint32_t reading = R_FD_READ | R_FD_READDIR;
static const uint32_t writing = R_FD_WRITE | R_FD_DATASYNC | R_FD_ALLOCATE | R_FD_FILESTAT_SET_SIZE;

/* Go asks for FD_FILESTAT_SET_SIZE in each open for reading; beside a right to
 * read it is dropped, or no folder and no file without write permission opened. */
static bool writes(uint32_t base) {
  return base & (base & reading ? writing & ~(uint32_t)R_FD_FILESTAT_SET_SIZE : writing);
}

static int host_flags(uint32_t oflags, uint32_t fdflags, uint32_t base) {
  int flags = writes(base) ? (base & reading ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (oflags & WASI_CREAT) flags |= O_CREAT;
  if (oflags & WASI_EXCL) flags |= O_EXCL;
  if (oflags & WASI_TRUNC) flags |= O_TRUNC;
  if (oflags & WASI_OPEN_DIRECTORY) flags |= O_DIRECTORY;
  if (fdflags & WASI_APPEND) flags |= O_APPEND;
  if (fdflags & WASI_DSYNC) flags |= O_DSYNC;
  if (fdflags & (WASI_SYNC | WASI_RSYNC)) flags |= O_SYNC;
  /* O_NONBLOCK: opening a FIFO must not hang; cleared afterwards. */
  return flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
}

/* The host descriptor at *opened, owned by the caller on success, else -1. */
static uint32_t open_at(const struct wasi_use *directory, struct wasi_text *text, bool follow, uint32_t oflags, int flags, int *opened) {
  enum wasi_final final = oflags & WASI_EXCL && oflags & WASI_CREAT ? WASI_ENTRY : follow ? WASI_FOLLOW : WASI_NOFOLLOW;
  bool slash = text->bytes[strlen(text->bytes) - 1] == '/';
  if (oflags & WASI_CREAT && slash) {
    final = WASI_ENTRY;
  } else if (directory->wasi->resolver == APUS_WASI_RESOLVER_OPENAT2) {
    uint32_t error = wasi_openat2(directory->object->host, text->bytes, final == WASI_FOLLOW ? flags & ~O_NOFOLLOW : flags, opened);
    if (error != WASI_WALK) return error;
  }
  for (int attempt = 0;; attempt++) {
    struct wasi_path path;
    uint32_t error = wasi_path_resolve(directory, text, final, &path);
    if (error) return error;
    if (oflags & WASI_CREAT && path.must_be_directory) {
      wasi_path_release(&path);
      return oflags & WASI_EXCL && !slash ? WASI_EXIST : WASI_ISDIR; /* "." is there */
    }
    WASI_RETRY(*opened, openat(path.parent, path.name, flags | (path.must_be_directory ? O_DIRECTORY : 0), 0666));
    int failed = *opened < 0 ? errno : 0;
    wasi_path_release(&path);
    if (!failed) return WASI_SUCCESS;
    /* A link where there was none: somebody changed the folder meanwhile. */
    if (failed == ELOOP && final == WASI_FOLLOW && attempt < RETRIES) continue;
    return wasi_from_errno(failed);
  }
}

/* Looks at the host descriptor of `object` and settles what it is. */
static uint32_t describe(struct wasi_object *object, uint32_t fdflags) {
  struct stat stat;
  int flags;
  if (fstat(object->host, &stat) < 0) return wasi_from_errno(errno);
  if (!(fdflags & WASI_NONBLOCK) &&
      ((flags = fcntl(object->host, F_GETFL)) < 0 || fcntl(object->host, F_SETFL, flags & ~O_NONBLOCK) < 0))
    return wasi_from_errno(errno);
  bool is_directory = S_ISDIR(stat.st_mode);
  object->filetype = wasi_filetype_of(stat.st_mode);
  object->seekable = !is_directory && lseek(object->host, 0, SEEK_CUR) >= 0;
  object->flags = is_directory ? 0 : (uint8_t)fdflags;
  return WASI_SUCCESS;
}

/* The number is taken before the host opens anything, so what CREAT and TRUNC do
 * is not undone by a full table. */
static uint32_t open_new(struct wasi_use *directory, const uint8_t *path, uint32_t length, bool follow, uint32_t oflags,
                         uint32_t base, uint32_t inheriting, uint32_t fdflags, uint32_t *fd) {
  struct wasi_new new;
  struct wasi_text text;
  uint32_t error = wasi_text_copy(&text, path, length);
  if (!error) error = wasi_new_begin(directory->wasi, &new);
  if (error) return error;
  struct wasi_object *object = new.object;
  error = open_at(directory, &text, follow, oflags, host_flags(oflags, fdflags, base), &object->host);
  if (!error) {
    object->owned = true;
    object->read_only = directory->object->read_only;
    error = describe(object, fdflags);
  }
  if (error) {
    wasi_new_abort(directory->wasi, &new);
    return error;
  }
  bool is_directory = object->filetype == WASI_DIRECTORY;
  uint32_t rights = base & (is_directory ? WASI_RIGHTS_DIRECTORY : WASI_RIGHTS_FILE);
  if (!writes(base)) rights &= ~writing;
  if (!is_directory && !object->seekable) rights &= ~(uint32_t)(R_FD_SEEK | R_FD_TELL);
  *fd = new.fd;
  wasi_new_commit(directory->wasi, &new, NULL, rights, is_directory ? inheriting : 0);
  return WASI_SUCCESS;
}

uint32_t wasi_path_open(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t at, uint32_t length, uint32_t oflags,
                        uint64_t base, uint64_t inheriting, uint32_t fdflags, uint32_t result) {
  struct wasi_use directory;
  uint32_t needed = R_PATH_OPEN, opened;
  if (oflags & WASI_CREAT) needed |= R_PATH_CREATE_FILE;
  if (oflags & WASI_TRUNC) needed |= R_PATH_FILESTAT_SET_SIZE;
  bool changes = oflags & (WASI_CREAT | WASI_TRUNC) || writes((uint32_t)base);
  uint32_t error = wasi_begin_directory(host, fd, needed, changes, &directory);
  if (error) return error;
  const uint8_t *text = wasi_guest(host, at, length, 1);
  uint8_t *to = wasi_guest(host, result, 1, 4);
  if ((base | inheriting) & ~(uint64_t)directory.inheriting) error = WASI_NOTCAPABLE;
  else if (oflags & ~(uint32_t)WASI_OFLAGS || fdflags & ~(uint32_t)WASI_FDFLAGS || lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW)
    error = WASI_INVAL;
  else if (oflags & WASI_OPEN_DIRECTORY && oflags & (WASI_CREAT | WASI_TRUNC | WASI_EXCL)) error = WASI_INVAL;
  else if (!text || !to) error = WASI_TRAP;
  else
    error = open_new(&directory, text, length, lookup & WASI_SYMLINK_FOLLOW, oflags, (uint32_t)base,
                     (uint32_t)inheriting, fdflags, &opened);
  if (!error) wasi_put32(to, opened);
  return wasi_end(&directory, error);
}
