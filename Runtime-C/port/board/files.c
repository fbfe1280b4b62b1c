/* files.c: the functions with paths, over a table of file system functions (P2).
 *
 * Paths are resolved as text: "." is skipped, ".." takes a component away and never
 * more than the folder's descriptor allows. That is sound because such a file
 * system has no links. Common errnos: BADF, NOTDIR, PERM (a read-only folder),
 * NOTCAPABLE (rights, or a path that leaves the folder), INVAL (a NUL inside, bad
 * flags), NOENT, NAMETOOLONG, and what the file system answers. */
#include "board.h"

enum { PATH_SIZE = APUS_CONFIG_WASI_PATH_MAX };

struct resolved {
  char path[PATH_SIZE];
  size_t length;
  bool is_dot;            /* it ends in "." or "..", or is empty but for slashes */
  bool must_be_directory; /* a slash at the end, or is_dot */
};

/* Appends to `path` the components of a guest's path, from the folder `base` on. */
static uint32_t resolve(const char *base, const uint8_t *text, uint32_t length, struct resolved *to) {
  if (!length) return WASI_NOENT;
  if (text[0] == '/') return WASI_NOTCAPABLE;
  size_t floor = apus_wasi_length(base); /* below this length the path would leave the folder */
  uint32_t depth = 0;
  to->length = floor;
  to->is_dot = true;
  to->must_be_directory = true;
  memcpy(to->path, base, floor);
  for (uint32_t at = 0; at < length;) {
    if (text[at] == '/') {
      at++;
      to->must_be_directory = true;
      continue;
    }
    uint32_t begin = at;
    for (; at < length && text[at] != '/'; at++)
      if (!text[at]) return WASI_INVAL;
    uint32_t size = at - begin;
    to->is_dot = size <= 2 && text[begin] == '.' && (size == 1 || text[begin + 1] == '.');
    to->must_be_directory = to->is_dot;
    if (to->is_dot && size == 1) continue;
    if (to->is_dot) {
      if (!depth--) return WASI_NOTCAPABLE;
      while (to->length > floor && to->path[--to->length] != '/') {}
      continue;
    }
    if (size >= APUS_VFS_NAME_MAX || to->length + size + 2 > PATH_SIZE) return WASI_NAMETOOLONG;
    if (to->length) to->path[to->length++] = '/';
    memcpy(to->path + to->length, text + begin, size);
    to->length += size;
    depth++;
  }
  to->path[to->length] = 0;
  return WASI_SUCCESS;
}

/* What is at the path; NOTDIR for a file with a slash behind it. */
static uint32_t look(const struct apus_vfs *vfs, const struct resolved *at, struct apus_vfs_stat *stat) {
  memset(stat, 0, sizeof *stat);
  uint32_t error = vfs->ops->stat(vfs->fs, at->path, stat);
  if (!error && at->must_be_directory && stat->type != WASI_DIRECTORY) return WASI_NOTDIR;
  return error;
}

/* Every folder on the way must exist, "x/../y" with x missing included: text alone
 * cannot tell, so the path is walked once. */
static uint32_t check_way(const struct apus_vfs *vfs, const char *base, const uint8_t *text, uint32_t length) {
  struct resolved step;
  struct apus_vfs_stat stat;
  for (uint32_t at = 1; at < length; at++) {
    if (text[at] != '/' || text[at - 1] == '/') continue;
    uint32_t rest = at;
    while (rest < length && text[rest] == '/') rest++;
    if (rest == length) break; /* a slash at the end */
    uint32_t error = resolve(base, text, at, &step);
    if (error) return error;
    step.must_be_directory = true;
    error = look(vfs, &step, &stat);
    if (error) return error;
  }
  return WASI_SUCCESS;
}

/* Rights, pointer and path. Nothing is held on an error. */
static uint32_t enter(wasi_host *host, uint32_t fd, uint32_t rights, bool changes, uint32_t at, uint32_t length,
                      struct wasi_use *use, struct resolved *path) {
  uint32_t error = wasi_begin_directory(host, fd, rights, changes, use);
  if (error) return error;
  uint8_t text[PATH_SIZE];
  const uint8_t *guest_text = wasi_guest(host, at, length, 1);
  if (!guest_text) return wasi_end(use, WASI_TRAP);
  if (length > sizeof text) return wasi_end(use, WASI_NAMETOOLONG);
  memcpy(text, guest_text, length); /* once: the guest may change it meanwhile */
  error = resolve(use->object->of.path, text, length, path);
  if (!error) error = check_way(use->object->vfs, use->object->of.path, text, length);
  return error ? wasi_end(use, error) : WASI_SUCCESS;
}

/* --- attributes --------------------------------------------------------------------------- */

uint32_t wasi_path_filestat_get(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t at, uint32_t length,
                                uint32_t result, enum wasi_layout layout) {
  struct wasi_use use;
  struct resolved path;
  struct apus_vfs_stat stat;
  uint32_t error = enter(host, fd, R_PATH_FILESTAT_GET, false, at, length, &use, &path);
  if (error) return error;
  uint8_t *to = wasi_guest(host, result, 1, wasi_filestat_size(layout));
  if (lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW) error = WASI_INVAL;
  else if (!to) error = WASI_TRAP;
  else error = look(use.object->vfs, &path, &stat);
  if (!error) board_put_filestat(to, &stat, board_ino(use.object->vfs, &stat, path.path), layout);
  return wasi_end(&use, error);
}

/* Only the time of the last change is kept. */
uint32_t wasi_path_filestat_set_times(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t at, uint32_t length,
                                      uint64_t atim, uint64_t mtim, uint32_t fstflags) {
  (void)atim;
  struct wasi_use use;
  struct resolved path;
  struct apus_vfs_stat stat;
  uint32_t error = enter(host, fd, R_PATH_FILESTAT_SET_TIMES, true, at, length, &use, &path);
  if (error) return error;
  const struct apus_vfs *vfs = use.object->vfs;
  if (lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW) error = WASI_INVAL;
  else if (fstflags & ~(uint32_t)WASI_FSTFLAGS || (fstflags & 3) == 3 || (fstflags & 12) == 12) error = WASI_INVAL;
  else error = look(vfs, &path, &stat);
  if (!error && fstflags & WASI_MTIM_NOW && use.wasi->port->now)
    error = use.wasi->port->now(use.wasi->port->context, 0, &mtim);
  if (!error && fstflags & (WASI_MTIM | WASI_MTIM_NOW))
    error = vfs->ops->set_mtime ? vfs->ops->set_mtime(vfs->fs, path.path, mtim) : WASI_NOTSUP;
  return wasi_end(&use, error);
}

/* --- open ------------------------------------------------------------------------------------- */

static const uint32_t reading = R_FD_READ | R_FD_READDIR;
static const uint32_t writing = R_FD_WRITE | R_FD_DATASYNC | R_FD_ALLOCATE | R_FD_FILESTAT_SET_SIZE;

/* As on hosts: beside a right to read, FD_FILESTAT_SET_SIZE alone does not ask for writing. */
static bool writes(uint32_t base) {
  return base & (base & reading ? writing & ~(uint32_t)R_FD_FILESTAT_SET_SIZE : writing);
}

/* Keeps the folder's path in one of the context's buffers: MFILE when all are in use. */
static uint32_t keep_path(struct apus_wasi *wasi, struct wasi_object *object, const struct resolved *path) {
  wasi_lock(wasi);
  for (uint8_t i = 0; i < APUS_CONFIG_WASI_FOLDER_MAX && !object->folder; i++) {
    if (wasi->folders & 1u << i) continue;
    wasi->folders |= 1u << i;
    object->folder = (uint8_t)(i + 1);
  }
  wasi_unlock(wasi);
  if (!object->folder) return WASI_MFILE;
  char *buffer = wasi->folder_paths[object->folder - 1];
  memcpy(buffer, path->path, path->length + 1);
  object->of.path = buffer;
  return WASI_SUCCESS;
}

static uint32_t open_object(struct wasi_use *directory, struct wasi_object *object, const struct resolved *path,
                            uint32_t oflags, bool write) {
  struct apus_vfs_stat stat;
  const struct apus_vfs *vfs = directory->object->vfs;
  uint32_t error = vfs->ops->stat(vfs->fs, path->path, &stat);
  if (error && (error != WASI_NOENT || !(oflags & WASI_CREAT))) return error;
  bool exists = !error, is_directory = exists && stat.type == WASI_DIRECTORY;
  if (oflags & WASI_CREAT && path->must_be_directory) return WASI_ISDIR;
  if (exists && oflags & WASI_CREAT && oflags & WASI_EXCL) return WASI_EXIST;
  if (!is_directory && (path->must_be_directory || oflags & WASI_OPEN_DIRECTORY)) return WASI_NOTDIR;
  object->read_only = directory->object->read_only;
  if (is_directory) {
    if (write || oflags & (WASI_CREAT | WASI_TRUNC)) return WASI_ISDIR;
    error = keep_path(directory->wasi, object, path);
  } else {
    uint32_t flags = oflags & (APUS_VFS_CREAT | APUS_VFS_EXCL | APUS_VFS_TRUNC);
    error = vfs->ops->open(vfs->fs, path->path, write ? flags | APUS_VFS_WRITE : flags, &object->of.file);
  }
  if (error) return error;
  object->vfs = vfs;
  object->filetype = is_directory ? WASI_DIRECTORY : WASI_REGULAR_FILE;
  return WASI_SUCCESS;
}

uint32_t wasi_path_open(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t at, uint32_t length, uint32_t oflags,
                        uint64_t base, uint64_t inheriting, uint32_t fdflags, uint32_t result) {
  struct wasi_use use;
  struct resolved path;
  struct wasi_new new;
  uint32_t needed = R_PATH_OPEN;
  if (oflags & WASI_CREAT) needed |= R_PATH_CREATE_FILE;
  if (oflags & WASI_TRUNC) needed |= R_PATH_FILESTAT_SET_SIZE;
  bool write = writes((uint32_t)base), changes = oflags & (WASI_CREAT | WASI_TRUNC) || write;
  uint32_t error = enter(host, fd, needed, changes, at, length, &use, &path);
  if (error) return error;
  uint8_t *to = wasi_guest(host, result, 1, 4);
  if ((base | inheriting) & ~(uint64_t)use.inheriting) error = WASI_NOTCAPABLE;
  else if (oflags & ~(uint32_t)WASI_OFLAGS || fdflags & ~(uint32_t)WASI_FDFLAGS || lookup & ~(uint32_t)WASI_SYMLINK_FOLLOW)
    error = WASI_INVAL;
  else if (oflags & WASI_OPEN_DIRECTORY && oflags & (WASI_CREAT | WASI_TRUNC | WASI_EXCL)) error = WASI_INVAL;
  else if (!to) error = WASI_TRAP;
  else error = wasi_new_begin(use.wasi, &new);
  if (error) return wasi_end(&use, error);
  error = open_object(&use, new.object, &path, oflags, write);
  if (error) {
    wasi_new_abort(use.wasi, &new);
    return wasi_end(&use, error);
  }
  bool is_directory = new.object->filetype == WASI_DIRECTORY;
  uint32_t rights = (uint32_t)base & (is_directory ? WASI_RIGHTS_DIRECTORY : WASI_RIGHTS_FILE);
  if (!write) rights &= ~writing;
  if (!is_directory) new.object->flags = (uint8_t)fdflags;
  wasi_put32(to, new.fd);
  wasi_new_commit(use.wasi, &new, NULL, rights, is_directory ? (uint32_t)inheriting : 0);
  return wasi_end(&use, WASI_SUCCESS);
}

/* --- folders and names -------------------------------------------------------------------------- */

uint32_t wasi_path_create_directory(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_use use;
  struct resolved path;
  uint32_t error = enter(host, fd, R_PATH_CREATE_DIRECTORY, true, at, length, &use, &path);
  if (error) return error;
  const struct apus_vfs *vfs = use.object->vfs;
  return wasi_end(&use, path.is_dot ? WASI_EXIST : vfs->ops->mkdir(vfs->fs, path.path));
}

/* INVAL for a path that ends in "." or "..". */
uint32_t wasi_path_remove_directory(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_use use;
  struct resolved path;
  uint32_t error = enter(host, fd, R_PATH_REMOVE_DIRECTORY, true, at, length, &use, &path);
  if (error) return error;
  const struct apus_vfs *vfs = use.object->vfs;
  return wasi_end(&use, path.is_dot ? WASI_INVAL : vfs->ops->unlink(vfs->fs, path.path, true));
}

/* ISDIR for a folder, NOTDIR for a file with a slash behind it. */
uint32_t wasi_path_unlink_file(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length) {
  struct wasi_use use;
  struct resolved path;
  struct apus_vfs_stat stat;
  uint32_t error = enter(host, fd, R_PATH_UNLINK_FILE, true, at, length, &use, &path);
  if (error) return error;
  const struct apus_vfs *vfs = use.object->vfs;
  error = look(vfs, &path, &stat);
  if (!error) error = stat.type == WASI_DIRECTORY ? WASI_ISDIR : vfs->ops->unlink(vfs->fs, path.path, false);
  return wasi_end(&use, error);
}

static bool inside(const char *path, const char *folder) {
  size_t length = apus_wasi_length(folder);
  return apus_wasi_length(path) > length && !memcmp(path, folder, length) && path[length] == '/';
}

static uint32_t rename_resolved(const struct apus_vfs *vfs, const struct resolved *from, const struct resolved *to) {
  struct apus_vfs_stat from_stat, to_stat;
  if (from->is_dot || to->is_dot) return WASI_BUSY;
  uint32_t error = look(vfs, from, &from_stat);
  if (error) return error;
  bool folder = from_stat.type == WASI_DIRECTORY;
  if (to->must_be_directory && !folder) return WASI_NOTDIR;
  if (apus_wasi_same(from->path, to->path)) return WASI_SUCCESS;
  if (folder && inside(to->path, from->path)) return WASI_INVAL;
  error = vfs->ops->stat(vfs->fs, to->path, &to_stat);
  if (!error) {
    if (folder && to_stat.type != WASI_DIRECTORY) return WASI_NOTDIR;
    if (!folder && to_stat.type == WASI_DIRECTORY) return WASI_ISDIR;
  } else if (error != WASI_NOENT) {
    return error;
  }
  return vfs->ops->rename(vfs->fs, from->path, to->path);
}

/* XDEV between file systems. */
uint32_t wasi_path_rename(wasi_host *host, uint32_t from_fd, uint32_t from, uint32_t from_length, uint32_t to_fd,
                          uint32_t to, uint32_t to_length) {
  struct wasi_use from_use, to_use;
  struct resolved from_path, to_path;
  uint32_t error = enter(host, from_fd, R_PATH_RENAME_SOURCE, true, from, from_length, &from_use, &from_path);
  if (error) return error;
  error = enter(host, to_fd, R_PATH_RENAME_TARGET, true, to, to_length, &to_use, &to_path);
  if (!error) {
    error = from_use.object->vfs == to_use.object->vfs ? rename_resolved(from_use.object->vfs, &from_path, &to_path)
                                                       : WASI_XDEV;
    wasi_end(&to_use, error);
  }
  return wasi_end(&from_use, error);
}

/* --- links: there are none ------------------------------------------------------------------------ */

static uint32_t no_links(wasi_host *host, uint32_t fd, uint32_t right) {
  struct wasi_use use;
  uint32_t error = wasi_begin_directory(host, fd, right, true, &use);
  return error ? error : wasi_end(&use, WASI_NOTSUP);
}

uint32_t wasi_path_link(wasi_host *host, uint32_t from_fd, uint32_t lookup, uint32_t from, uint32_t from_length,
                        uint32_t to_fd, uint32_t to, uint32_t to_length) {
  (void)lookup, (void)from, (void)from_length, (void)to, (void)to_length;
  uint32_t error = no_links(host, to_fd, R_PATH_LINK_TARGET);
  return error == WASI_NOTSUP ? no_links(host, from_fd, R_PATH_LINK_SOURCE) : error;
}

uint32_t wasi_path_symlink(wasi_host *host, uint32_t target, uint32_t target_length, uint32_t fd, uint32_t path,
                           uint32_t length) {
  (void)target, (void)target_length, (void)path, (void)length;
  return no_links(host, fd, R_PATH_SYMLINK);
}

/* INVAL for whatever exists. */
uint32_t wasi_path_readlink(wasi_host *host, uint32_t fd, uint32_t at, uint32_t length, uint32_t buffer, uint32_t size,
                            uint32_t result) {
  (void)buffer, (void)size, (void)result;
  struct wasi_use use;
  struct resolved path;
  struct apus_vfs_stat stat;
  uint32_t error = enter(host, fd, R_PATH_READLINK, false, at, length, &use, &path);
  if (error) return error;
  error = look(use.object->vfs, &path, &stat);
  return wasi_end(&use, error ? error : WASI_INVAL);
}

/* --- readdir ----------------------------------------------------------------------------------------- */

/* Entry `index`: ".", "..", then those of the file system. */
static uint32_t entry_at(const struct wasi_object *folder, uint64_t index, struct resolved *path, char *name,
                         struct apus_vfs_stat *stat) {
  const struct apus_vfs *vfs = folder->vfs;
  static const uint8_t dots[] = "..";
  memset(stat, 0, sizeof *stat);
  if (index < 2) {
    memcpy(name, dots, (size_t)index + 1);
    name[index + 1] = 0;
    /* ".." of the descriptor's folder is the folder itself, as at a root. */
    uint32_t wrong = resolve(folder->of.path, dots, 1, path);
    return wrong ? wrong : vfs->ops->stat(vfs->fs, path->path, stat);
  }
  if (index - 2 > UINT32_MAX) return WASI_NOENT;
  uint32_t error = vfs->ops->readdir(vfs->fs, folder->of.path, (uint32_t)(index - 2), name, stat);
  return error ? error : resolve(folder->of.path, (const uint8_t *)name, (uint32_t)apus_wasi_length(name), path);
}

/* A cookie is the index of an entry. */
uint32_t wasi_fd_readdir(wasi_host *host, uint32_t fd, uint32_t buffer, uint32_t length, uint64_t cookie, uint32_t result) {
  struct wasi_use use;
  struct resolved path;
  struct apus_vfs_stat stat;
  uint8_t entry[24 + APUS_VFS_NAME_MAX];
  char *name = (char *)entry + 24;
  uint32_t used = 0, error = wasi_begin_directory(host, fd, R_FD_READDIR, false, &use);
  if (error) return error;
  uint8_t *to = wasi_guest(host, buffer, length, 1);
  uint8_t *used_to = wasi_guest(host, result, 1, 4);
  if (!to || !used_to) return wasi_end(&use, WASI_TRAP);
  for (; used < length; cookie++) {
    error = entry_at(use.object, cookie, &path, name, &stat);
    if (error) break;
    uint32_t size = (uint32_t)apus_wasi_length(name);
    memset(entry, 0, 24);
    wasi_put64(entry, cookie + 1);
    wasi_put64(entry + 8, board_ino(use.object->vfs, &stat, path.path));
    wasi_put32(entry + 16, size);
    entry[20] = stat.type;
    size += 24;
    if (size > length - used) size = length - used; /* the last one may be cut anywhere */
    memcpy(to + used, entry, size);
    used += size;
  }
  if (error == WASI_NOENT) error = WASI_SUCCESS; /* others are told, or it would look like the end */
  if (!error) wasi_put32(used_to, used);
  return wasi_end(&use, error);
}

/* --- mount ------------------------------------------------------------------------------------------- */

uint32_t apus_wasi_mount(struct apus_wasi *wasi, const struct apus_vfs *vfs, const char *guest, const char *path,
                         bool read_only) {
  struct wasi_new new;
  struct apus_vfs_stat stat;
  uint32_t error = vfs->ops->stat(vfs->fs, path, &stat);
  if (error) return error;
  if (stat.type != WASI_DIRECTORY) return WASI_NOTDIR;
  error = wasi_new_begin(wasi, &new);
  if (error) return error;
  new.object->vfs = vfs;
  new.object->of.path = path;
  new.object->filetype = WASI_DIRECTORY;
  new.object->read_only = read_only;
  wasi_new_commit(wasi, &new, guest, WASI_RIGHTS_DIRECTORY, WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE);
  return WASI_SUCCESS;
}
