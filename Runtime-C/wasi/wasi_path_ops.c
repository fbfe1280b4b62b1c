/* wasi_path_ops.c: the path_* functions but path_open. */
#include "wasi_internal.h"

#include <stdio.h>

enum { RETRIES = 8 };

static uint32_t answer(int result) { return result < 0 ? wasi_from_errno(errno) : WASI_SUCCESS; }

/* What the name is, without following it; 0 and errno when it cannot be told. */
static mode_t mode_of(const struct wasi_path *path) {
  struct stat stat;
  return fstatat(path->parent, path->name, &stat, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : stat.st_mode;
}

static enum wasi_final final_of(uint32_t lookup) { return lookup & WASI_SYMLINK_FOLLOW ? WASI_FOLLOW : WASI_NOFOLLOW; }

/* A path that is resolved once. */
static uint32_t resolve(const struct wasi_use *use, const uint8_t *from, uint32_t length, enum wasi_final final, struct wasi_path *path) {
  struct wasi_text text;
  uint32_t error = wasi_text_copy(&text, from, length);
  return error ? error : wasi_path_resolve(use, &text, final, path);
}

/* Rights, pointer and resolution in one for the functions with one path. Nothing
 * is held on an error; else leave() lets go of it. */
static uint32_t enter(wasi_host *host, uint32_t fd, uint32_t rights, bool changes, uint32_t at, uint32_t length,
                      enum wasi_final final, struct wasi_use *use, struct wasi_path *path) {
  uint32_t error = wasi_begin_directory(host, fd, rights, changes, use);
  if (error) return error;
  const uint8_t *from = wasi_guest(host, at, length, 1);
  error = from ? resolve(use, from, length, final, path) : WASI_TRAP;
  return error ? wasi_end(use, error) : WASI_SUCCESS;
}

static uint32_t leave(struct wasi_use *use, struct wasi_path *path, uint32_t error) {
  wasi_path_release(path);
  return wasi_end(use, error);
}

/* --- attributes ---------------------------------------------------------------------- */

static uint32_t stat_path(const struct wasi_use *directory, uint32_t lookup, const uint8_t *from, uint32_t length, struct stat *stat) {
  struct wasi_text text;
  uint32_t error = wasi_text_copy(&text, from, length);
  if (error) return error;
  for (int attempt = 0;; attempt++) {
    struct wasi_path path;
    error = wasi_path_resolve(directory, &text, final_of(lookup), &path);
    if (error) return error;
    error = answer(fstatat(path.parent, path.name, stat, AT_SYMLINK_NOFOLLOW));
    wasi_path_release(&path);
    if (error) return error;
    if (S_ISLNK(stat->st_mode) && (lookup & WASI_SYMLINK_FOLLOW || path.must_be_directory)) {
      if (attempt < RETRIES) continue; /* became a link meanwhile */
      return WASI_LOOP;
    }
    return path.must_be_directory && !S_ISDIR(stat->st_mode) ? WASI_NOTDIR : WASI_SUCCESS;
  }
}

uint32_t wasi_path_filestat_get(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t at, uint32_t length, uint32_t result,
                                enum wasi_layout layout) {
  struct wasi_use use;
  struct stat stat;
  uint32_t error = wasi_begin_directory(host, fd, R_PATH_FILESTAT_GET, false, &use);
  if (error) return error;
  const uint8_t *text = wasi_guest(host, at, length, 1);
  uint8_t *to = wasi_guest(host, result, 1, wasi_filestat_size(layout));
  if (lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW) error = WASI_INVAL;
  else if (!text || !to) error = WASI_TRAP;
  else error = stat_path(&use, lookup, text, length, &stat);
  if (!error) error = wasi_show_filestat(use.wasi, to, &stat, wasi_filetype_of(stat.st_mode), layout);
  return wasi_end(&use, error);
}

uint32_t wasi_path_filestat_set_times(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t at, uint32_t length, uint64_t atim,
                                      uint64_t mtim, uint32_t fstflags) {
  struct wasi_use use;
  struct wasi_path path;
  struct timespec times[2];
  uint32_t error = wasi_begin_directory(host, fd, R_PATH_FILESTAT_SET_TIMES, true, &use);
  if (error) return error;
  const uint8_t *text = wasi_guest(host, at, length, 1);
  if (lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW) error = WASI_INVAL;
  else error = wasi_times(atim, mtim, fstflags, times);
  if (!error) error = text ? resolve(&use, text, length, final_of(lookup), &path) : WASI_TRAP;
  if (error) return wasi_end(&use, error);
  /* Without a time to set, Linux does not even look for the name. */
  if (!fstflags) error = mode_of(&path) ? WASI_SUCCESS : wasi_from_errno(errno);
  else error = answer(utimensat(path.parent, path.name, times, AT_SYMLINK_NOFOLLOW));
  return leave(&use, &path, error);
}

/* --- folders and names ------------------------------------------------------------------ */

uint32_t wasi_path_create_directory(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_use use;
  struct wasi_path path;
  uint32_t error = enter(host, fd, R_PATH_CREATE_DIRECTORY, true, at, length, WASI_ENTRY, &use, &path);
  if (error) return error;
  return leave(&use, &path, path.is_dot ? WASI_EXIST : answer(mkdirat(path.parent, path.name, 0777)));
}

uint32_t wasi_path_remove_directory(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_use use;
  struct wasi_path path;
  uint32_t error = enter(host, fd, R_PATH_REMOVE_DIRECTORY, true, at, length, WASI_ENTRY, &use, &path);
  if (error) return error;
  error = path.is_dot ? WASI_INVAL : answer(unlinkat(path.parent, path.name, AT_REMOVEDIR));
  if (error == WASI_EXIST) error = WASI_NOTEMPTY; /* POSIX allows both */
  return leave(&use, &path, error);
}

uint32_t wasi_path_unlink_file(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_use use;
  struct wasi_path path;
  uint32_t error = enter(host, fd, R_PATH_UNLINK_FILE, true, at, length, WASI_ENTRY, &use, &path);
  if (error) return error;
  if (path.is_dot) {
    error = WASI_ISDIR;
  } else if (path.must_be_directory) {
    mode_t mode = mode_of(&path);
    error = !mode ? wasi_from_errno(errno) : S_ISDIR(mode) ? WASI_ISDIR : WASI_NOTDIR;
  } else {
    error = answer(unlinkat(path.parent, path.name, 0));
  }
  return leave(&use, &path, error);
}

/* --- links ----------------------------------------------------------------------------------- */

uint32_t wasi_path_readlink(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length, uint32_t buffer, uint32_t size, uint32_t result) {
  struct wasi_use use;
  struct wasi_path path;
  char link[APUS_CONFIG_WASI_PATH_MAX];
  uint32_t error = wasi_begin_directory(host, fd, R_PATH_READLINK, false, &use);
  if (error) return error;
  const uint8_t *text = wasi_guest(host, at, length, 1);
  uint8_t *to = wasi_guest(host, buffer, size, 1);
  uint8_t *used_to = wasi_guest(host, result, 1, 4);
  if (!text || !to || !used_to) return wasi_end(&use, WASI_TRAP);
  error = resolve(&use, text, length, WASI_NOFOLLOW, &path);
  if (error) return wasi_end(&use, error);
  ssize_t used = readlinkat(path.parent, path.name, link, sizeof link);
  if (used < 0) return leave(&use, &path, wasi_from_errno(errno));
  if ((size_t)used > size) used = (ssize_t)size;
  if (used) memcpy(to, link, (size_t)used);
  wasi_put32(used_to, (uint32_t)used);
  return leave(&use, &path, WASI_SUCCESS);
}

/* What a name with a slash behind it answers where something is to be made. */
static uint32_t slash_error(const struct wasi_path *path, bool file_is_notdir) {
  mode_t mode = mode_of(path);
  if (!mode) return wasi_from_errno(errno);
  return file_is_notdir && !S_ISDIR(mode) && !S_ISLNK(mode) ? WASI_NOTDIR : WASI_EXIST;
}

static uint32_t make_symlink(const char *link, const struct wasi_use *use, const uint8_t *text, uint32_t length) {
  struct wasi_path path;
  uint32_t error = resolve(use, text, length, WASI_ENTRY, &path);
  if (error) return error;
  error = path.is_dot              ? WASI_EXIST
          : path.must_be_directory ? slash_error(&path, true)
                                   : answer(symlinkat(link, path.parent, path.name));
  wasi_path_release(&path);
  return error;
}

uint32_t wasi_path_symlink(wasi_host *host, uint32_t target, uint32_t target_length, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_use use;
  struct wasi_text link;
  uint32_t error = wasi_begin_directory(host, fd, R_PATH_SYMLINK, true, &use);
  if (error) return error;
  const uint8_t *text = wasi_guest(host, at, length, 1);
  const uint8_t *link_text = wasi_guest(host, target, target_length, 1);
  error = text && link_text ? wasi_text_copy(&link, link_text, target_length) : WASI_TRAP;
  if (!error && link.bytes[0] == '/') error = WASI_PERM;
  return wasi_end(&use, error ? error : make_symlink(link.bytes, &use, text, length));
}

/* --- two paths ----------------------------------------------------------------------------------- */

/* What link and rename hold. */
struct pair {
  struct wasi_use from_use, to_use;
  struct wasi_path from, to;
};

/* Both folders, rights, pointers and paths. Nothing is held on an error. */
static uint32_t enter_pair(wasi_host *host, struct pair *pair, uint32_t from_fd, uint32_t from_right, uint32_t lookup,
                           uint32_t from, uint32_t from_length, uint32_t to_fd, uint32_t to_right, uint32_t to,
                           uint32_t to_length) {
  uint32_t error = wasi_begin_directory(host, from_fd, from_right, true, &pair->from_use);
  if (error) return error;
  error = wasi_begin_directory(host, to_fd, to_right, true, &pair->to_use);
  if (error) return wasi_end(&pair->from_use, error);
  const uint8_t *from_text = wasi_guest(host, from, from_length, 1);
  const uint8_t *to_text = wasi_guest(host, to, to_length, 1);
  enum wasi_final final = from_right == R_PATH_LINK_SOURCE ? final_of(lookup) : WASI_ENTRY;
  if (lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW) error = WASI_INVAL;
  else if (!from_text || !to_text) error = WASI_TRAP;
  else error = resolve(&pair->from_use, from_text, from_length, final, &pair->from);
  if (!error) {
    error = resolve(&pair->to_use, to_text, to_length, WASI_ENTRY, &pair->to);
    if (!error) return WASI_SUCCESS;
    wasi_path_release(&pair->from);
  }
  wasi_end(&pair->to_use, error);
  return wasi_end(&pair->from_use, error);
}

static uint32_t leave_pair(struct pair *pair, uint32_t error) {
  wasi_path_release(&pair->to);
  wasi_path_release(&pair->from);
  wasi_end(&pair->to_use, error);
  return wasi_end(&pair->from_use, error);
}

static uint32_t link_resolved(const struct wasi_path *from, const struct wasi_path *to) {
  mode_t mode = mode_of(from);
  if (!mode) return wasi_from_errno(errno);
  if (S_ISDIR(mode)) return WASI_PERM;
  if (from->must_be_directory) return WASI_NOTDIR;
  if (to->is_dot) return WASI_EXIST;
  if (to->must_be_directory) return slash_error(to, false);
  return answer(linkat(from->parent, from->name, to->parent, to->name, 0));
}

/* A link that is to be followed is expanded here, never by the host. */
uint32_t wasi_path_link(wasi_host *host, uint32_t from_fd, uint32_t lookup, uint32_t from, uint32_t from_length, uint32_t to_fd,
                        uint32_t to, uint32_t to_length) {
  struct pair pair;
  uint32_t error = enter_pair(host, &pair, from_fd, R_PATH_LINK_SOURCE, lookup, from, from_length, to_fd,
                              R_PATH_LINK_TARGET, to, to_length);
  return error ? error : leave_pair(&pair, link_resolved(&pair.from, &pair.to));
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
  struct pair pair;
  uint32_t error = enter_pair(host, &pair, from_fd, R_PATH_RENAME_SOURCE, 0, from, from_length, to_fd,
                              R_PATH_RENAME_TARGET, to, to_length);
  return error ? error : leave_pair(&pair, rename_resolved(&pair.from, &pair.to));
}
