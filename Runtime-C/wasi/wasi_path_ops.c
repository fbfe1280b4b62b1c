/* wasi_path_ops.c: the path_* functions but path_open.
 *
 * Common errnos: BADF, NOTDIR (the descriptor is no folder), PERM (a read-only
 * folder), NOTCAPABLE (rights, or a path that leaves the folder), INVAL (a NUL
 * inside the path, unknown flags), NOENT, LOOP, NAMETOOLONG and the host's. */
#include "wasi_internal.h"

#include <stdio.h>

enum { RETRIES = 8 };

uint32_t wasi_directory(const wasi_host *host, uint32_t fd, uint32_t rights, bool changes, struct apus_wasi_slot **slot) {
  *slot = wasi_slot(host, fd);
  if (!*slot) return WASI_BADF;
  if ((*slot)->filetype != WASI_DIRECTORY) return WASI_NOTDIR;
  if (changes && (*slot)->read_only) return WASI_PERM;
  return ((*slot)->rights & rights) == rights ? WASI_SUCCESS : WASI_NOTCAPABLE;
}

static uint32_t answer(int result) { return result < 0 ? wasi_from_errno(errno) : WASI_SUCCESS; }

/* What the name is, without following it; 0 and errno when it cannot be told. */
static mode_t mode_of(const struct wasi_path *path) {
  struct stat stat;
  return fstatat(path->parent, path->name, &stat, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : stat.st_mode;
}

static enum wasi_final final_of(uint32_t lookup) { return lookup & WASI_SYMLINK_FOLLOW ? WASI_FOLLOW : WASI_NOFOLLOW; }

/* Rights, pointer and resolution in one for the functions with one path. */
static uint32_t enter(wasi_host *host, uint32_t fd, uint32_t rights, bool changes, uint32_t at, uint32_t length,
                      enum wasi_final final, struct wasi_path *path) {
  struct apus_wasi_slot *slot;
  uint32_t error = wasi_directory(host, fd, rights, changes, &slot);
  if (error) return error;
  return wasi_path_resolve(slot->host, wasi_guest(host, at, length, 1), length, final, path);
}

/* --- attributes ---------------------------------------------------------------------- */

uint32_t wasi_path_filestat_get(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t at, uint32_t length, uint32_t result,
                                enum wasi_layout layout) {
  struct apus_wasi_slot *slot;
  uint32_t error = wasi_directory(host, fd, R_PATH_FILESTAT_GET, false, &slot);
  if (error) return error;
  if (lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW) return WASI_INVAL;
  const uint8_t *text = wasi_guest(host, at, length, 1);
  uint8_t *to = wasi_guest(host, result, 1, wasi_filestat_size(layout));
  for (int attempt = 0;; attempt++) {
    struct wasi_path path;
    struct stat stat;
    error = wasi_path_resolve(slot->host, text, length, final_of(lookup), &path);
    if (error) return error;
    error = answer(fstatat(path.parent, path.name, &stat, AT_SYMLINK_NOFOLLOW));
    wasi_path_release(&path);
    if (error) return error;
    if (S_ISLNK(stat.st_mode) && (lookup & WASI_SYMLINK_FOLLOW || path.must_be_directory)) {
      if (attempt < RETRIES) continue; /* became a link meanwhile */
      return WASI_LOOP;
    }
    if (path.must_be_directory && !S_ISDIR(stat.st_mode)) return WASI_NOTDIR;
    wasi_put_filestat(to, &stat, wasi_filetype_of(stat.st_mode), layout);
    return WASI_SUCCESS;
  }
}

uint32_t wasi_path_filestat_set_times(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t at, uint32_t length, uint64_t atim,
                                      uint64_t mtim, uint32_t fstflags) {
  struct wasi_path path;
  struct timespec times[2];
  struct apus_wasi_slot *slot;
  uint32_t error = wasi_directory(host, fd, R_PATH_FILESTAT_SET_TIMES, true, &slot);
  if (error) return error;
  if (lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW) return WASI_INVAL;
  error = wasi_times(atim, mtim, fstflags, times);
  if (error) return error;
  error = wasi_path_resolve(slot->host, wasi_guest(host, at, length, 1), length, final_of(lookup), &path);
  if (error) return error;
  error = answer(utimensat(path.parent, path.name, times, AT_SYMLINK_NOFOLLOW));
  wasi_path_release(&path);
  return error;
}

/* --- folders and names ------------------------------------------------------------------ */

uint32_t wasi_path_create_directory(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_path path;
  uint32_t error = enter(host, fd, R_PATH_CREATE_DIRECTORY, true, at, length, WASI_ENTRY, &path);
  if (error) return error;
  error = path.is_dot ? WASI_EXIST : answer(mkdirat(path.parent, path.name, 0777));
  wasi_path_release(&path);
  return error;
}

/* INVAL for a path that ends in "." or "..". */
uint32_t wasi_path_remove_directory(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_path path;
  uint32_t error = enter(host, fd, R_PATH_REMOVE_DIRECTORY, true, at, length, WASI_ENTRY, &path);
  if (error) return error;
  error = path.is_dot ? WASI_INVAL : answer(unlinkat(path.parent, path.name, AT_REMOVEDIR));
  if (error == WASI_EXIST) error = WASI_NOTEMPTY; /* POSIX allows both */
  wasi_path_release(&path);
  return error;
}

/* ISDIR for a folder, NOTDIR for another thing with a slash behind it. */
uint32_t wasi_path_unlink_file(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_path path;
  uint32_t error = enter(host, fd, R_PATH_UNLINK_FILE, true, at, length, WASI_ENTRY, &path);
  if (error) return error;
  if (path.is_dot) {
    error = WASI_ISDIR;
  } else if (path.must_be_directory) {
    mode_t mode = mode_of(&path);
    error = !mode ? wasi_from_errno(errno) : S_ISDIR(mode) ? WASI_ISDIR : WASI_NOTDIR;
  } else {
    error = answer(unlinkat(path.parent, path.name, 0));
  }
  wasi_path_release(&path);
  return error;
}

/* --- links ----------------------------------------------------------------------------------- */

/* The text is cut at `size` without a NUL. INVAL when it is no link. */
uint32_t wasi_path_readlink(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length, uint32_t buffer, uint32_t size, uint32_t result) {
  struct wasi_path path;
  struct apus_wasi_slot *slot;
  uint32_t error = wasi_directory(host, fd, R_PATH_READLINK, false, &slot);
  if (error) return error;
  const uint8_t *text = wasi_guest(host, at, length, 1);
  uint8_t *to = wasi_guest(host, buffer, size, 1);
  uint8_t *used_to = wasi_guest(host, result, 1, 4);
  error = wasi_path_resolve(slot->host, text, length, WASI_NOFOLLOW, &path);
  if (error) return error;
  char link[APUS_CONFIG_WASI_PATH_MAX];
  ssize_t used = readlinkat(path.parent, path.name, link, sizeof link);
  error = used < 0 ? wasi_from_errno(errno) : WASI_SUCCESS;
  wasi_path_release(&path);
  if (error) return error;
  if ((size_t)used > size) used = (ssize_t)size;
  if (used) memcpy(to, link, (size_t)used);
  wasi_put32(used_to, (uint32_t)used);
  return WASI_SUCCESS;
}

/* What a name with a slash behind it answers where something is to be made. */
static uint32_t slash_error(const struct wasi_path *path, bool file_is_notdir) {
  mode_t mode = mode_of(path);
  if (!mode) return wasi_from_errno(errno);
  return file_is_notdir && !S_ISDIR(mode) && !S_ISLNK(mode) ? WASI_NOTDIR : WASI_EXIST;
}

/* PERM for an absolute target; any other is stored and checked when it is used. */
uint32_t wasi_path_symlink(wasi_host *host, uint32_t target, uint32_t target_length, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_path path;
  struct apus_wasi_slot *slot;
  uint32_t error = wasi_directory(host, fd, R_PATH_SYMLINK, true, &slot);
  if (error) return error;
  const uint8_t *text = wasi_guest(host, at, length, 1);
  const uint8_t *link_text = wasi_guest(host, target, target_length, 1);
  char link[APUS_CONFIG_WASI_PATH_MAX];
  if (!target_length) return WASI_NOENT;
  if (memchr(link_text, 0, target_length)) return WASI_INVAL;
  if (link_text[0] == '/') return WASI_PERM;
  if (target_length >= sizeof link) return WASI_NAMETOOLONG;
  memcpy(link, link_text, target_length);
  link[target_length] = 0;
  error = wasi_path_resolve(slot->host, text, length, WASI_ENTRY, &path);
  if (error) return error;
  error = path.is_dot              ? WASI_EXIST
          : path.must_be_directory ? slash_error(&path, true)
                                   : answer(symlinkat(link, path.parent, path.name));
  wasi_path_release(&path);
  return error;
}

/* PERM for a folder and across read-only folders. A link that is to be followed
 * is expanded here, never by the host. */
uint32_t wasi_path_link(wasi_host *host, uint32_t from_fd, uint32_t lookup, uint32_t from, uint32_t from_length, uint32_t to_fd,
                        uint32_t to, uint32_t to_length) {
  struct wasi_path from_path, to_path;
  struct apus_wasi_slot *from_slot, *to_slot;
  uint32_t error = wasi_directory(host, from_fd, R_PATH_LINK_SOURCE, true, &from_slot);
  if (!error) error = wasi_directory(host, to_fd, R_PATH_LINK_TARGET, true, &to_slot);
  if (error) return error;
  if (lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW) return WASI_INVAL;
  const uint8_t *from_text = wasi_guest(host, from, from_length, 1);
  const uint8_t *to_text = wasi_guest(host, to, to_length, 1);
  error = wasi_path_resolve(from_slot->host, from_text, from_length, final_of(lookup), &from_path);
  if (error) return error;
  error = wasi_path_resolve(to_slot->host, to_text, to_length, WASI_ENTRY, &to_path);
  if (!error) {
    mode_t mode = mode_of(&from_path);
    if (!mode) error = wasi_from_errno(errno);
    else if (S_ISDIR(mode)) error = WASI_PERM;
    else if (from_path.must_be_directory) error = WASI_NOTDIR;
    else if (to_path.is_dot) error = WASI_EXIST;
    else if (to_path.must_be_directory) error = slash_error(&to_path, false);
    else error = answer(linkat(from_path.parent, from_path.name, to_path.parent, to_path.name, 0));
    wasi_path_release(&to_path);
  }
  wasi_path_release(&from_path);
  return error;
}

static uint32_t rename_resolved(const struct wasi_path *from, const struct wasi_path *to) {
  if (from->is_dot || to->is_dot) return WASI_BUSY;
  if (from->must_be_directory || to->must_be_directory) {
    mode_t mode = mode_of(from);
    if (!mode) return wasi_from_errno(errno);
    if (!S_ISDIR(mode)) return WASI_NOTDIR;
  }
  uint32_t error = answer(renameat(from->parent, from->name, to->parent, to->name));
  return error == WASI_EXIST ? WASI_NOTEMPTY : error; /* POSIX allows both */
}

uint32_t wasi_path_rename(wasi_host *host, uint32_t from_fd, uint32_t from, uint32_t from_length, uint32_t to_fd, uint32_t to,
                          uint32_t to_length) {
  struct wasi_path from_path, to_path;
  struct apus_wasi_slot *from_slot, *to_slot;
  uint32_t error = wasi_directory(host, from_fd, R_PATH_RENAME_SOURCE, true, &from_slot);
  if (!error) error = wasi_directory(host, to_fd, R_PATH_RENAME_TARGET, true, &to_slot);
  if (error) return error;
  const uint8_t *from_text = wasi_guest(host, from, from_length, 1);
  const uint8_t *to_text = wasi_guest(host, to, to_length, 1);
  error = wasi_path_resolve(from_slot->host, from_text, from_length, WASI_ENTRY, &from_path);
  if (error) return error;
  error = wasi_path_resolve(to_slot->host, to_text, to_length, WASI_ENTRY, &to_path);
  if (!error) {
    error = rename_resolved(&from_path, &to_path);
    wasi_path_release(&to_path);
  }
  wasi_path_release(&from_path);
  return error;
}
