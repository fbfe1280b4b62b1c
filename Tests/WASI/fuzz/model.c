/* model.c: one rule for each function. A rule collects all errnos for which there is
 * a reason; the order in which the layer looks for them is its own, but for BADF of
 * the first descriptor, which comes before any other. Without a reason the call must succeed, and the rule
 * then does to the model what the call did. */
#include "model.h"

enum { FDS = 64, FOLLOWS = 1 };

struct descriptor {
  bool open, preopen, read_only, is_socket;
  struct node *node; /* NULL: the console or a socket */
  uint32_t rights, inheriting;
  uint8_t flags, fixed; /* `fixed`: it came with them */
  uint64_t position;
};

static struct descriptor fds[FDS];
static bool full;

static bool reasons[WASI_NOTCAPABLE + 1], some, traps, loose;
static uint32_t got; /* the layer's answer */
static const char *wrong;

/* An errno for which there is a reason. */
static void because(bool condition, uint32_t error) {
  if (!condition) return;
  some = true;
  reasons[error] = true;
}

/* Success is as good as what there is a reason for. */
static void perhaps(uint32_t error) {
  loose = true;
  reasons[error] = true;
}

static void expect(bool condition, const char *what) {
  if (!condition && !wrong) wrong = what;
}

/* The effect of the call is to be followed. */
static bool follows(void) { return got == WASI_SUCCESS && !some; }

static struct descriptor *at_fd(uint64_t fd) { return fd < FDS && fds[fd].open ? &fds[fd] : NULL; }

static bool is_folder(const struct descriptor *fd) { return fd->node && fd->node->type == WASI_DIRECTORY; }

/* --- pointers ---------------------------------------------------------------------------- */

static bool inside(uint64_t at, uint64_t size) { return (uint32_t)at <= MEMORY && size <= MEMORY - (uint32_t)at; }

static bool vectors_inside(uint32_t at, uint32_t n) {
  if (!inside(at, (uint64_t)n * 8)) return false;
  for (uint32_t i = 0; i < n && i < 1024; i++)
    if (!inside(u32_at(at + i * 8), u32_at(at + i * 8 + 4))) return false;
  return true;
}

/* `sizes` of the results, in order. */
static bool all_inside(const char *parameters, const uint64_t *a, const uint8_t *sizes) {
  for (int i = 0; parameters[i]; i++) {
    uint32_t next = (uint32_t)a[i + 1];
    switch (parameters[i]) {
    case 'p':
      if (!inside(a[i], *sizes++)) return false;
      break;
    case 's':
    case 'b':
      if (!inside(a[i], next)) return false;
      break;
    case 'v':
      if (!vectors_inside((uint32_t)a[i], next)) return false;
      break;
    case 'q':
      if (!inside(a[i], (uint64_t)(uint32_t)a[2] * 48)) return false;
      break;
    case 'e':
      if (!inside(a[i], (uint64_t)next * 32)) return false;
      break;
    }
  }
  return true;
}

/* --- descriptors --------------------------------------------------------------------------- */

static void fd_close(const uint64_t *a) {
  struct descriptor *fd = at_fd(a[0]);
  if (follows()) memset(fd, 0, sizeof *fd);
}

static void fd_renumber(const uint64_t *a) {
  struct descriptor *from = at_fd(a[0]), *to = at_fd(a[1]);
  if (!follows() || from == to) return;
  *to = *from;
  memset(from, 0, sizeof *from);
}

static void fd_fdstat_get(const uint64_t *a) {
  const struct descriptor *fd = at_fd(a[0]);
  if (!follows()) return;
  uint32_t at = (uint32_t)a[1];
  expect(u64_at(at + 8) == fd->rights && u64_at(at + 16) == fd->inheriting, "rights");
  expect(wasi_get16(guest_bytes + at + 2) == fd->flags, "fdflags");
  if (fd->node) expect(guest_bytes[at] == fd->node->type, "type");
}

static void fd_fdstat_set_flags(const uint64_t *a) {
  struct descriptor *fd = at_fd(a[0]);
  uint32_t flags = (uint32_t)a[1];
  because(!(fd->rights & R_FD_FDSTAT_SET_FLAGS), WASI_NOTCAPABLE);
  because(flags > 31 || (flags ^ fd->flags) & (WASI_DSYNC | WASI_RSYNC | WASI_SYNC), WASI_INVAL);
  because(fd->fixed & ~flags, WASI_NOTSUP);
  if (follows()) fd->flags = (uint8_t)flags;
}

static void fd_fdstat_set_rights(const uint64_t *a) {
  struct descriptor *fd = at_fd(a[0]);
  because(a[1] & ~(uint64_t)fd->rights || a[2] & ~(uint64_t)fd->inheriting, WASI_NOTCAPABLE);
  if (!follows()) return;
  fd->rights = (uint32_t)a[1];
  fd->inheriting = (uint32_t)a[2];
}

static void fd_prestat_get(const uint64_t *a) {
  because(!at_fd(a[0])->preopen, WASI_BADF);
  if (follows()) expect(u32_at((uint32_t)a[1] + 4) > 0, "the name's length");
}

static void fd_prestat_dir_name(const uint64_t *a) {
  because(!at_fd(a[0])->preopen, WASI_BADF);
  because((uint32_t)a[2] < 3, WASI_NAMETOOLONG); /* "/ro" */
  if ((uint32_t)a[2] < 5) perhaps(WASI_NAMETOOLONG); /* "/root" */
}

/* --- contents --------------------------------------------------------------------------------- */

static void set_size(struct node *node, uint64_t size) {
  if (size > BYTES) node->opaque = true;
  else if (size < node->size && !node->opaque) memset(node->bytes + size, 0, BYTES - size);
  node->size = size;
}

/* Bytes of the vectors, at most FILE_LIMIT. */
static uint64_t total_of(uint32_t at, uint32_t n) {
  uint64_t total = 0;
  for (uint32_t i = 0; i < n && i < 1024; i++) total += u32_at(at + i * 8 + 4);
  return total;
}

/* Common to read, write and seek. */
static void positioned(const struct descriptor *fd, uint32_t right, bool writes, bool by_offset, uint64_t offset) {
  because(is_folder(fd), WASI_ISDIR);
  because(writes && fd->read_only, WASI_PERM);
  because(by_offset && !fd->node, WASI_SPIPE);
  if (by_offset) right |= R_FD_SEEK;
  because((fd->rights & right) != right, WASI_NOTCAPABLE);
  because(by_offset && offset > INT64_MAX, WASI_INVAL);
  if (!fd->node) perhaps(WASI_AGAIN), perhaps(WASI_PIPE), perhaps(WASI_IO), perhaps(WASI_CONNRESET);
}

static void read_rule(struct descriptor *fd, uint32_t iovs, uint32_t n, uint64_t offset, bool by_offset, uint32_t result) {
  positioned(fd, R_FD_READ, false, by_offset, offset);
  if (!follows() || !fd->node) return;
  uint64_t at = by_offset ? offset : fd->position, left = at < fd->node->size ? fd->node->size - at : 0;
  uint64_t asked = total_of(iovs, n), done = u32_at(result);
  expect(done == (asked < left ? asked : left), "the number of bytes read");
  if (!by_offset) fd->position += done;
  uint64_t i = 0;
  for (uint32_t v = 0; v < n && !fd->node->opaque; v++)
    for (uint32_t k = 0; k < u32_at(iovs + v * 8 + 4) && i < done; k++, i++)
      expect(guest_bytes[u32_at(iovs + v * 8) + k] == fd->node->bytes[at + i], "the bytes read");
}

static void write_rule(struct descriptor *fd, uint32_t iovs, uint32_t n, uint64_t offset, bool by_offset, uint32_t result) {
  positioned(fd, R_FD_WRITE, true, by_offset, offset);
  if (!fd->node || is_folder(fd)) return;
  uint64_t at = fd->flags & WASI_APPEND ? fd->node->size : by_offset ? offset : fd->position, asked = total_of(iovs, n);
  because(!some && asked && at >= FILE_LIMIT, WASI_FBIG);
  if (at >= FILE_LIMIT) perhaps(WASI_INVAL), perhaps(WASI_FBIG);
  if (!follows()) return;
  uint64_t done = u32_at(result), i = 0;
  expect(at + asked > FILE_LIMIT ? done <= asked : done == asked, "the number of bytes written");
  if (at + done > fd->node->size && done) set_size(fd->node, at + done);
  for (uint32_t v = 0; v < n; v++)
    for (uint32_t k = 0; k < u32_at(iovs + v * 8 + 4) && i < done; k++, i++)
      if (at + i < BYTES) fd->node->bytes[at + i] = guest_bytes[u32_at(iovs + v * 8) + k];
  if (!by_offset && done) fd->position = at + done;
}

static void fd_read(const uint64_t *a) {
  read_rule(at_fd(a[0]), (uint32_t)a[1], (uint32_t)a[2], 0, false, (uint32_t)a[3]);
}
static void fd_pread(const uint64_t *a) {
  read_rule(at_fd(a[0]), (uint32_t)a[1], (uint32_t)a[2], a[3], true, (uint32_t)a[4]);
}
static void fd_write(const uint64_t *a) {
  write_rule(at_fd(a[0]), (uint32_t)a[1], (uint32_t)a[2], 0, false, (uint32_t)a[3]);
}
static void fd_pwrite(const uint64_t *a) {
  write_rule(at_fd(a[0]), (uint32_t)a[1], (uint32_t)a[2], a[3], true, (uint32_t)a[4]);
}

static void seek_rule(struct descriptor *fd, uint32_t rights, uint64_t delta, uint32_t whence, uint32_t result) {
  because(is_folder(fd), WASI_ISDIR);
  because(!fd->node, WASI_SPIPE);
  because(!(fd->rights & rights), WASI_NOTCAPABLE);
  because(whence > 2, WASI_INVAL);
  if (some) return;
  __int128 to = (__int128)(int64_t)delta + (whence == 0 ? 0 : whence == 1 ? fd->position : fd->node->size);
  because(to < 0, WASI_INVAL);
  if (to > (__int128)FILE_LIMIT) perhaps(WASI_INVAL), perhaps(WASI_OVERFLOW);
  if (!follows()) return;
  fd->position = (uint64_t)to;
  expect(u64_at(result) == fd->position, "the position");
}

static void fd_seek(const uint64_t *a) {
  uint32_t rights = (uint32_t)a[2] == 1 && !a[1] ? R_FD_SEEK | R_FD_TELL : R_FD_SEEK;
  seek_rule(at_fd(a[0]), rights, a[1], (uint32_t)a[2], (uint32_t)a[3]);
}
static void fd_tell(const uint64_t *a) { seek_rule(at_fd(a[0]), R_FD_TELL, 0, 1, (uint32_t)a[1]); }

/* --- attributes of descriptors ---------------------------------------------------------------- */

static void file_changes(const struct descriptor *fd, uint32_t right, uint32_t folder) {
  because(is_folder(fd), folder);
  because(fd->read_only, WASI_PERM);
  because(!(fd->rights & right), WASI_NOTCAPABLE);
}

static void fd_filestat_set_size(const uint64_t *a) {
  struct descriptor *fd = at_fd(a[0]);
  file_changes(fd, R_FD_FILESTAT_SET_SIZE, WASI_ISDIR);
  because(a[1] > INT64_MAX, WASI_INVAL);
  because(!some && a[1] > FILE_LIMIT, WASI_FBIG);
  if (follows() && fd->node) set_size(fd->node, a[1]);
}

static void fd_allocate(const uint64_t *a) {
  struct descriptor *fd = at_fd(a[0]);
  file_changes(fd, R_FD_ALLOCATE, WASI_BADF);
  because(!a[2], WASI_INVAL);
  bool wraps = a[1] > INT64_MAX || a[2] > INT64_MAX - a[1];
  because(!some && (wraps || a[1] + a[2] > FILE_LIMIT), WASI_FBIG);
  perhaps(WASI_NOTSUP); /* of the file system */
  if (follows() && fd->node && a[1] + a[2] > fd->node->size) set_size(fd->node, a[1] + a[2]);
}

static void fd_advise(const uint64_t *a) {
  const struct descriptor *fd = at_fd(a[0]);
  because(is_folder(fd), WASI_BADF);
  because(!(fd->rights & R_FD_ADVISE), WASI_NOTCAPABLE);
  because((uint32_t)a[3] > 5 || a[1] > INT64_MAX || a[2] > INT64_MAX, WASI_INVAL);
}

static void bad_times(uint32_t flags) {
  because(flags > 15 || (flags & 3) == 3 || (flags & 12) == 12, WASI_INVAL);
}

static void fd_filestat_set_times(const uint64_t *a) {
  const struct descriptor *fd = at_fd(a[0]);
  because(fd->read_only, WASI_PERM);
  because(!(fd->rights & R_FD_FILESTAT_SET_TIMES), WASI_NOTCAPABLE);
  bad_times((uint32_t)a[3]);
}

static void compare_filestat(uint32_t at, const struct node *node) {
  expect(guest_bytes[at + 16] == node->type, "the type in a filestat");
  if (node->type == WASI_REGULAR_FILE) expect(u64_at(at + 32) == node->size, "the size");
  if (node->type == WASI_REGULAR_FILE) expect(u64_at(at + 24) == node->links, "the links");
}

static void fd_filestat_get(const uint64_t *a) {
  const struct descriptor *fd = at_fd(a[0]);
  because(!(fd->rights & R_FD_FILESTAT_GET), WASI_NOTCAPABLE);
  if (follows() && fd->node) compare_filestat((uint32_t)a[1], fd->node);
}

static void fd_sync(const uint64_t *a) {
  because(!(at_fd(a[0])->rights & R_FD_SYNC), WASI_NOTCAPABLE);
}
static void fd_datasync(const uint64_t *a) {
  because(!(at_fd(a[0])->rights & R_FD_DATASYNC), WASI_NOTCAPABLE);
}

static void fd_readdir(const uint64_t *a) {
  const struct descriptor *fd = at_fd(a[0]);
  because(!is_folder(fd), WASI_NOTDIR);
  because(!(fd->rights & R_FD_READDIR), WASI_NOTCAPABLE);
  if (is_folder(fd) && fd->node->gone) perhaps(WASI_NOENT);
  if (!follows()) return;
  uint32_t used = u32_at((uint32_t)a[4]), length = (uint32_t)a[2], at = (uint32_t)a[1];
  expect(used <= length, "used");
  if (a[3] || used == length) return;
  int count = 0;
  for (uint32_t end = at + used; end - at >= 24; count++) {
    char name[NAME] = "";
    uint32_t size = u32_at(at + 16);
    if (end - at - 24 < size) break;
    memcpy(name, guest_bytes + at + 24, size < NAME ? size : NAME - 1);
    const struct node *node = tree_find(fd->node, name);
    bool dots = !strcmp(name, ".") || !strcmp(name, "..");
    expect(dots || (node && node->type == guest_bytes[at + 20]), "an entry of the folder");
    at += 24 + size;
  }
  expect(fd->node->gone || count == tree_count(fd->node) + 2, "the number of entries");
}

/* --- paths -------------------------------------------------------------------------------------- */

/* Base, rights and path. */
static void resolve(struct descriptor *fd, uint32_t right, bool changes, uint64_t at, uint64_t length, enum wasi_final final,
                    struct found *found) {
  memset(found, 0, sizeof *found);
  because(!is_folder(fd), WASI_NOTDIR);
  if (!is_folder(fd)) return;
  because(changes && fd->read_only, WASI_PERM);
  because((fd->rights & right) != right, WASI_NOTCAPABLE);
  if (!inside(at, (uint32_t)length)) return;
  uint32_t error = tree_resolve(fd->node, guest_bytes + (uint32_t)at, (uint32_t)length, final, found);
  because(error, error);
  if (error) found->parent = NULL;
}

static enum wasi_final final_of(uint64_t lookup) { return lookup & FOLLOWS ? WASI_FOLLOW : WASI_NOFOLLOW; }

static struct node *make(struct found *found, uint8_t type) {
  struct node *node = tree_node(type);
  if (!node || !tree_add(found->parent, found->name, node)) full = true;
  return node;
}

static void path_create_directory(const uint64_t *a) {
  struct found found;
  resolve(at_fd(a[0]), R_PATH_CREATE_DIRECTORY, true, a[1], a[2], WASI_ENTRY, &found);
  because(found.node, WASI_EXIST);
  because(found.parent && !found.node && found.parent->gone, WASI_NOENT);
  if (follows()) make(&found, WASI_DIRECTORY);
}

static void path_remove_directory(const uint64_t *a) {
  struct found found;
  resolve(at_fd(a[0]), R_PATH_REMOVE_DIRECTORY, true, a[1], a[2], WASI_ENTRY, &found);
  because(found.is_dot, WASI_INVAL);
  if (!found.parent || found.is_dot) return;
  because(!found.node, WASI_NOENT);
  because(found.node && found.node->type != WASI_DIRECTORY, WASI_NOTDIR);
  because(found.node && !tree_is_empty(found.node), WASI_NOTEMPTY);
  if (!follows()) return;
  tree_take(found.parent, found.name);
  found.node->gone = true;
}

static void path_unlink_file(const uint64_t *a) {
  struct found found;
  resolve(at_fd(a[0]), R_PATH_UNLINK_FILE, true, a[1], a[2], WASI_ENTRY, &found);
  if (!found.parent) return;
  because(!found.node, WASI_NOENT);
  because(found.node && found.node->type == WASI_DIRECTORY, WASI_ISDIR);
  because(found.node && found.node->type != WASI_DIRECTORY && found.must_be_directory, WASI_NOTDIR);
  if (follows()) tree_take(found.parent, found.name);
}

static void path_filestat_get(const uint64_t *a) {
  struct found found;
  resolve(at_fd(a[0]), R_PATH_FILESTAT_GET, false, a[2], a[3], final_of(a[1]), &found);
  because((uint32_t)a[1] > 1, WASI_INVAL);
  because(found.parent && !found.node, WASI_NOENT);
  if (follows()) compare_filestat((uint32_t)a[4], found.node);
}

static void path_filestat_set_times(const uint64_t *a) {
  struct found found;
  resolve(at_fd(a[0]), R_PATH_FILESTAT_SET_TIMES, true, a[2], a[3], final_of(a[1]), &found);
  because((uint32_t)a[1] > 1, WASI_INVAL);
  bad_times((uint32_t)a[6]);
  because(found.parent && !found.node, WASI_NOENT);
}

static void path_readlink(const uint64_t *a) {
  struct found found;
  resolve(at_fd(a[0]), R_PATH_READLINK, false, a[1], a[2], WASI_NOFOLLOW, &found);
  because(found.parent && !found.node, WASI_NOENT);
  because(found.node && found.node->type != WASI_SYMBOLIC_LINK, WASI_INVAL);
  if (!follows()) return;
  uint32_t used = u32_at((uint32_t)a[5]), size = (uint32_t)strlen(found.node->target);
  expect(used == (size < (uint32_t)a[4] ? size : (uint32_t)a[4]), "the length of a link");
  expect(!memcmp(guest_bytes + (uint32_t)a[3], found.node->target, used), "the text of a link");
}

static void path_symlink(const uint64_t *a) {
  struct found found;
  uint32_t length = (uint32_t)a[1];
  resolve(at_fd(a[2]), R_PATH_SYMLINK, true, a[3], a[4], WASI_ENTRY, &found);
  because(!length, WASI_NOENT);
  if (!inside(a[0], length)) return;
  const uint8_t *text = guest_bytes + (uint32_t)a[0];
  because(length && memchr(text, 0, length), WASI_INVAL);
  because(length && text[0] == '/', WASI_PERM);
  because(length >= 4096, WASI_NAMETOOLONG);
  if (!found.parent) return;
  bool folder = found.node && (found.node->type == WASI_DIRECTORY || found.node->type == WASI_SYMBOLIC_LINK);
  because(found.node && found.must_be_directory && !folder, WASI_NOTDIR);
  because(found.node && (!found.must_be_directory || folder), WASI_EXIST);
  because(!found.node && (found.must_be_directory || found.parent->gone), WASI_NOENT);
  if (length >= TARGET) full = true;
  if (!follows() || full) return;
  struct node *node = make(&found, WASI_SYMBOLIC_LINK);
  if (!full) memcpy(node->target, text, length);
}

static void path_link(const uint64_t *a) {
  struct found from, to;
  resolve(at_fd(a[0]), R_PATH_LINK_SOURCE, true, a[2], a[3], final_of(a[1]), &from);
  resolve(at_fd(a[4]), R_PATH_LINK_TARGET, true, a[5], a[6], WASI_ENTRY, &to);
  because((uint32_t)a[1] > 1, WASI_INVAL);
  because(from.parent && !from.node, WASI_NOENT);
  because(from.node && from.node->type == WASI_DIRECTORY, WASI_PERM);
  because(to.node, WASI_EXIST);
  because(to.parent && !to.node && (to.must_be_directory || to.parent->gone), WASI_NOENT);
  if (follows() && !tree_add(to.parent, to.name, from.node)) full = true;
}

static void path_rename(const uint64_t *a) {
  struct found from, to;
  resolve(at_fd(a[0]), R_PATH_RENAME_SOURCE, true, a[1], a[2], WASI_ENTRY, &from);
  resolve(at_fd(a[3]), R_PATH_RENAME_TARGET, true, a[4], a[5], WASI_ENTRY, &to);
  because(from.is_dot || to.is_dot, WASI_BUSY);
  if (!from.parent || !to.parent || from.is_dot || to.is_dot) return;
  because(!from.node, WASI_NOENT);
  if (!from.node) return;
  bool folder = from.node->type == WASI_DIRECTORY;
  because(!folder && (from.must_be_directory || to.must_be_directory), WASI_NOTDIR);
  because(to.parent->gone, WASI_NOENT);
  because(folder && to.node != from.node && tree_is_below(to.parent, from.node), WASI_INVAL);
  because(to.node && to.node != from.node && tree_is_below(from.parent, to.node), WASI_NOTEMPTY);
  if (to.node && to.node != from.node) {
    bool onto = to.node->type == WASI_DIRECTORY;
    because(folder && !onto, WASI_NOTDIR);
    because(!folder && onto, WASI_ISDIR);
    because(onto && !tree_is_empty(to.node), WASI_NOTEMPTY);
  }
  if (!follows() || to.node == from.node) return;
  if (to.node) {
    to.node->gone = to.node->type == WASI_DIRECTORY;
    tree_take(to.parent, to.name);
  }
  tree_take(from.parent, from.name);
  if (!tree_add(to.parent, to.name, from.node)) full = true;
}

static const uint32_t reading = R_FD_READ | R_FD_READDIR;
static const uint32_t writing = R_FD_WRITE | R_FD_DATASYNC | R_FD_ALLOCATE | R_FD_FILESTAT_SET_SIZE;

static void path_open(const uint64_t *a) {
  struct descriptor *fd = at_fd(a[0]);
  struct found found;
  uint32_t oflags = (uint32_t)a[4], fdflags = (uint32_t)a[7], base_rights = (uint32_t)a[5], right = R_PATH_OPEN;
  bool writes = base_rights & (base_rights & reading ? writing & ~(uint32_t)R_FD_FILESTAT_SET_SIZE : writing);
  bool creates = oflags & WASI_CREAT, exclusive = creates && oflags & WASI_EXCL, truncates = oflags & WASI_TRUNC;
  if (creates) right |= R_PATH_CREATE_FILE;
  if (truncates) right |= R_PATH_FILESTAT_SET_SIZE;
  bool slash = inside(a[2], (uint32_t)a[3]) && (uint32_t)a[3] && guest_bytes[(uint32_t)a[2] + (uint32_t)a[3] - 1] == '/';
  resolve(fd, right, creates || truncates || writes, a[2], a[3],
          exclusive || (creates && slash) ? WASI_ENTRY : final_of(a[1]), &found);
  because(is_folder(fd) && (a[5] | a[6]) & ~(uint64_t)fd->inheriting, WASI_NOTCAPABLE);
  because(oflags > 15 || fdflags > 31 || (uint32_t)a[1] > 1, WASI_INVAL);
  because(oflags & WASI_OPEN_DIRECTORY && oflags & (WASI_CREAT | WASI_TRUNC | WASI_EXCL), WASI_INVAL);
  if (!found.parent) return;
  struct node *node = found.node;
  uint8_t type = node ? node->type : 0;
  because(creates && found.must_be_directory, WASI_ISDIR);
  because(exclusive && node, WASI_EXIST);
  because(!node && (!creates || found.must_be_directory || found.parent->gone), WASI_NOENT);
  because(type == WASI_SYMBOLIC_LINK, WASI_LOOP);
  because((type == WASI_SYMBOLIC_LINK || type == WASI_REGULAR_FILE) && oflags & WASI_OPEN_DIRECTORY, WASI_NOTDIR);
  because(type == WASI_DIRECTORY && (writes || creates || truncates), WASI_ISDIR);
  if (!follows()) return;
  if (!node && !(node = make(&found, WASI_REGULAR_FILE))) return;
  if (truncates) node->opaque = false, set_size(node, 0);
  uint32_t number = u32_at((uint32_t)a[8]);
  expect(number < FDS && !fds[number].open, "the number of what was opened");
  if (wrong) return;
  bool folder = node->type == WASI_DIRECTORY;
  uint32_t rights = base_rights & (folder ? WASI_RIGHTS_DIRECTORY : WASI_RIGHTS_FILE);
  fds[number] = (struct descriptor){.open = true, .node = node, .read_only = fd->read_only,
                                    .rights = writes ? rights : rights & ~writing,
                                    .inheriting = folder ? (uint32_t)a[6] : 0,
                                    .flags = folder ? 0 : (uint8_t)fdflags};
}

/* --- the rest -------------------------------------------------------------------------------------- */

static void clock_rule(const uint64_t *a) { because((uint32_t)a[0] > 3, WASI_INVAL); }
static void always(const uint64_t *a) { (void)a; }
static void never(const uint64_t *a) { (void)a, because(true, WASI_NOSYS); }

static void poll_oneoff(const uint64_t *a) {
  because(!(uint32_t)a[2], WASI_INVAL);
  because((uint32_t)a[2] > APUS_CONFIG_WASI_POLL_MAX, WASI_NOMEM);
  if (follows()) expect(u32_at((uint32_t)a[3]) >= 1 && u32_at((uint32_t)a[3]) <= (uint32_t)a[2], "the number of events");
}

static void sock_rule(const uint64_t *a) {
  static const uint8_t answers[] = {WASI_NOTCAPABLE, WASI_INVAL, WASI_AGAIN, WASI_PIPE, WASI_NOTCONN, WASI_CONNRESET, WASI_MSGSIZE};
  because(!at_fd(a[0])->is_socket, WASI_NOTSOCK);
  for (size_t i = 0; i < sizeof answers; i++) perhaps(answers[i]);
}

/* `results`: bytes of each result, in order. */
static const struct rule {
  const char *name;
  void (*run)(const uint64_t *a);
  uint8_t results[3];
} rules[] = {
    {"args_get", always, {4, 2}}, {"args_sizes_get", always, {4, 4}}, {"environ_get", always, {4, 4}},
    {"environ_sizes_get", always, {4, 4}}, {"clock_res_get", clock_rule, {8}}, {"clock_time_get", clock_rule, {8}},
    {"random_get", always, {0}}, {"sched_yield", always, {0}}, {"proc_raise", never, {0}}, {"proc_exit", always, {0}},
    {"fd_advise", fd_advise, {0}}, {"fd_allocate", fd_allocate, {0}}, {"fd_close", fd_close, {0}},
    {"fd_datasync", fd_datasync, {0}}, {"fd_fdstat_get", fd_fdstat_get, {24}},
    {"fd_fdstat_set_flags", fd_fdstat_set_flags, {0}}, {"fd_fdstat_set_rights", fd_fdstat_set_rights, {0}},
    {"fd_filestat_get", fd_filestat_get, {64}}, {"fd_filestat_set_size", fd_filestat_set_size, {0}},
    {"fd_filestat_set_times", fd_filestat_set_times, {0}}, {"fd_pread", fd_pread, {4}},
    {"fd_prestat_get", fd_prestat_get, {8}}, {"fd_prestat_dir_name", fd_prestat_dir_name, {0}},
    {"fd_pwrite", fd_pwrite, {4}}, {"fd_read", fd_read, {4}}, {"fd_readdir", fd_readdir, {4}},
    {"fd_renumber", fd_renumber, {0}}, {"fd_seek", fd_seek, {8}}, {"fd_sync", fd_sync, {0}}, {"fd_tell", fd_tell, {8}},
    {"fd_write", fd_write, {4}}, {"path_create_directory", path_create_directory, {0}},
    {"path_filestat_get", path_filestat_get, {64}}, {"path_filestat_set_times", path_filestat_set_times, {0}},
    {"path_link", path_link, {0}}, {"path_open", path_open, {4}}, {"path_readlink", path_readlink, {4}},
    {"path_remove_directory", path_remove_directory, {0}}, {"path_rename", path_rename, {0}},
    {"path_symlink", path_symlink, {0}}, {"path_unlink_file", path_unlink_file, {0}}, {"poll_oneoff", poll_oneoff, {4}},
    {"sock_accept", sock_rule, {4}}, {"sock_recv", sock_rule, {4, 2}}, {"sock_send", sock_rule, {4}},
    {"sock_shutdown", sock_rule, {0}},
};

static const struct rule *rule_of(const struct call *call) {
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (!strcmp(rules[i].name, call->name)) return &rules[i];
  abort();
}

void model_reset(void) {
  memset(fds, 0, sizeof fds);
  full = false;
  for (int i = 0; i < 2; i++)
    fds[3 + i] = (struct descriptor){.open = true, .preopen = true, .read_only = i, .rights = WASI_RIGHTS_DIRECTORY,
                                     .inheriting = WASI_RIGHTS_DIRECTORY | WASI_RIGHTS_FILE};
  fds[3].node = tree_reset();
  fds[4].node = tree_node(WASI_DIRECTORY);
  struct node *folder = tree_node(WASI_DIRECTORY), *file = tree_node(WASI_REGULAR_FILE), *link = tree_node(WASI_SYMBOLIC_LINK);
  struct node *other = tree_node(WASI_REGULAR_FILE), *up = tree_node(WASI_SYMBOLIC_LINK);
  memcpy(file->bytes, "hello", 5), file->size = 5;
  memcpy(other->bytes, "ro", 2), other->size = 2;
  strcpy(link->target, "a/f"), strcpy(up->target, "../..");
  tree_add(fds[3].node, "a", folder), tree_add(folder, "f", file), tree_add(fds[3].node, "l", link);
  tree_add(folder, "up", up), tree_add(fds[4].node, "f", other);
  fds[5] = (struct descriptor){.open = true, .is_socket = true, .rights = WASI_RIGHTS_CONNECTION, .flags = WASI_NONBLOCK,
                                .fixed = WASI_NONBLOCK};
}

bool model_is_full(void) { return full; }

const char *model_call(const struct call *call, const uint64_t *a, uint32_t answer) {
  static char text[200];
  const struct rule *rule = rule_of(call);
  memset(reasons, 0, sizeof reasons);
  some = traps = loose = false;
  got = answer;
  wrong = NULL;
  for (int i = 0; call->parameters[i]; i++)
    if (call->parameters[i] == 'f' && !at_fd(a[i])) {
      /* Of a second one, what is wrong with the first may come first. */
      if (!some && i) perhaps(WASI_NOTDIR), perhaps(WASI_PERM), perhaps(WASI_NOTCAPABLE);
      because(true, WASI_BADF);
    }
  if (!some) {
    if (!all_inside(call->parameters, a, rule->results)) some = traps = true;
    rule->run(a);
  }
  bool good = got == WASI_TRAP        ? traps
              : got == WASI_SUCCESS   ? !some
              : got > WASI_NOTCAPABLE ? false
                                      : reasons[got];
  if (good && !wrong) return NULL;
  snprintf(text, sizeof text, "%s answers %u%s%s", call->name, got, wrong ? ", and not as it should: " : "",
           wrong ? wrong : some ? "" : ", without a reason");
  return text;
}
