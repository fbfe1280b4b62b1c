/* ramfs.c: see apus_ramfs.h. Entries are found by their whole path, one after the
 * other: meant for tens of files. */
#include "apus_ramfs.h"

#include <string.h>

enum { USED = 0xffff }; /* in `chain`: the last block of a file; 0 is a free one */

static void lock(const struct apus_ramfs *fs) {
  if (fs->locks) fs->locks->acquire(fs->locks->context, fs->lock);
}

static void unlock(const struct apus_ramfs *fs) {
  if (fs->locks) fs->locks->release(fs->locks->context, fs->lock);
}

/* --- entries ---------------------------------------------------------------------------- */

static struct apus_ramfs_node *node_at(const struct apus_ramfs *fs, const char *path) {
  for (uint32_t i = 0; i < fs->node_count; i++)
    if (fs->nodes[i].type && fs->nodes[i].path[0] && apus_wasi_same(fs->nodes[i].path, path)) return &fs->nodes[i];
  return NULL;
}

static const struct apus_ramfs_image *image_at(const struct apus_ramfs *fs, const char *path) {
  for (uint32_t i = 0; i < fs->image_count; i++)
    if (apus_wasi_same(fs->image[i].path, path)) return &fs->image[i];
  return NULL;
}

static bool is_node(const struct apus_ramfs *fs, const void *file) {
  const struct apus_ramfs_node *node = file;
  return fs->node_count && node >= fs->nodes && node < fs->nodes + fs->node_count;
}

static void describe_node(const struct apus_ramfs *fs, const struct apus_ramfs_node *node, struct apus_vfs_stat *stat) {
  *stat = (struct apus_vfs_stat){node->type, node->size, node->mtime, fs->image_count + 1 + (uint32_t)(node - fs->nodes)};
}

static void describe_image(const struct apus_ramfs *fs, const struct apus_ramfs_image *image, struct apus_vfs_stat *stat) {
  *stat = (struct apus_vfs_stat){image->folder ? WASI_DIRECTORY : WASI_REGULAR_FILE, image->size, 0,
                                 1 + (uint32_t)(image - fs->image)};
}

static uint32_t look(const struct apus_ramfs *fs, const char *path, struct apus_vfs_stat *stat) {
  const struct apus_ramfs_node *node = node_at(fs, path);
  const struct apus_ramfs_image *image = node ? NULL : image_at(fs, path);
  if (node) describe_node(fs, node, stat);
  else if (image) describe_image(fs, image, stat);
  else if (!*path) *stat = (struct apus_vfs_stat){.type = WASI_DIRECTORY};
  else return WASI_NOENT;
  return WASI_SUCCESS;
}

/* The rest of `path` behind `folder` and a slash, or NULL when it is not below it. */
static const char *below(const char *path, const char *folder) {
  size_t length = apus_wasi_length(folder);
  if (!length) return *path ? path : NULL;
  return apus_wasi_length(path) > length && !memcmp(path, folder, length) && path[length] == '/' ? path + length + 1 : NULL;
}

/* The last slash, or NULL. */
static const char *last_slash(const char *path) {
  const char *slash = NULL;
  for (; *path; path++)
    if (*path == '/') slash = path;
  return slash;
}

static bool is_child(const char *path, const char *folder) {
  const char *rest = below(path, folder);
  return rest && !last_slash(rest);
}

static bool has_children(const struct apus_ramfs *fs, const char *folder) {
  for (uint32_t i = 0; i < fs->node_count; i++)
    if (fs->nodes[i].type && below(fs->nodes[i].path, folder)) return true;
  for (uint32_t i = 0; i < fs->image_count; i++)
    if (below(fs->image[i].path, folder)) return true;
  return false;
}

/* NOENT or NOTDIR when the folder that `path` lies in is not one; NAMETOOLONG. */
static uint32_t check_parent(const struct apus_ramfs *fs, const char *path) {
  struct apus_vfs_stat stat;
  char parent[APUS_VFS_NAME_MAX];
  const char *slash = last_slash(path);
  if (apus_wasi_length(path) >= APUS_VFS_NAME_MAX) return WASI_NAMETOOLONG;
  if (!slash) return WASI_SUCCESS;
  memcpy(parent, path, (size_t)(slash - path));
  parent[slash - path] = 0;
  uint32_t error = look(fs, parent, &stat);
  return !error && stat.type != WASI_DIRECTORY ? WASI_NOTDIR : error;
}

static uint32_t make_node(struct apus_ramfs *fs, const char *path, uint8_t type, struct apus_ramfs_node **made) {
  uint32_t error = check_parent(fs, path);
  if (error) return error;
  for (uint32_t i = 0; i < fs->node_count; i++) {
    struct apus_ramfs_node *node = &fs->nodes[i];
    if (node->type) continue;
    memset(node, 0, sizeof *node);
    memcpy(node->path, path, apus_wasi_length(path) + 1);
    node->type = type;
    *made = node;
    return WASI_SUCCESS;
  }
  return WASI_NOSPC;
}

/* --- blocks --------------------------------------------------------------------------------- */

/* A free block, zeroed, at the end of the chain that `link` ends. */
static bool add_block(struct apus_ramfs *fs, uint16_t *link) {
  for (uint32_t i = 0; i < fs->block_count; i++) {
    if (fs->chain[i]) continue;
    memset(fs->blocks[i], 0, APUS_RAMFS_BLOCK);
    fs->chain[i] = USED;
    *link = (uint16_t)(i + 1);
    return true;
  }
  return false;
}

static void free_chain(struct apus_ramfs *fs, uint16_t block) {
  while (block && block != USED) {
    uint16_t next = fs->chain[block - 1];
    fs->chain[block - 1] = 0;
    block = next;
  }
}

/* Changes the size; new bytes are 0. NOSPC, and what was there stays. */
static uint32_t resize(struct apus_ramfs *fs, struct apus_ramfs_node *node, uint64_t size) {
  if (size > (uint64_t)fs->block_count * APUS_RAMFS_BLOCK) return WASI_NOSPC;
  uint32_t wanted = ((uint32_t)size + APUS_RAMFS_BLOCK - 1) / APUS_RAMFS_BLOCK;
  uint16_t *link = &node->first;
  uint32_t kept = 0;
  for (; kept < wanted && *link && *link != USED; kept++) link = &fs->chain[*link - 1];
  uint16_t behind = *link, *begin = link;
  uint16_t end = kept ? USED : 0;
  if (kept == wanted) {
    *link = end;
    free_chain(fs, behind);
    uint32_t last = (uint32_t)size % APUS_RAMFS_BLOCK;
    if (size < node->size && last) {
      uint16_t block = node->first;
      while (fs->chain[block - 1] != USED) block = fs->chain[block - 1];
      memset(fs->blocks[block - 1] + last, 0, APUS_RAMFS_BLOCK - last);
    }
  }
  for (; kept < wanted; kept++) {
    if (!add_block(fs, link)) {
      free_chain(fs, *begin);
      *begin = end;
      return WASI_NOSPC;
    }
    link = &fs->chain[*link - 1];
  }
  node->size = (uint32_t)size;
  return WASI_SUCCESS;
}

/* Copies `n` bytes at `offset`, all inside the file. */
static void copy(struct apus_ramfs *fs, const struct apus_ramfs_node *node, uint32_t offset, uint8_t *to,
                 const uint8_t *from, uint32_t n) {
  uint16_t block = node->first;
  for (; offset >= APUS_RAMFS_BLOCK; offset -= APUS_RAMFS_BLOCK) block = fs->chain[block - 1];
  while (n) {
    uint32_t part = APUS_RAMFS_BLOCK - offset;
    if (part > n) part = n;
    uint8_t *at = fs->blocks[block - 1] + offset;
    if (to) memcpy(to, at, part), to += part;
    else memcpy(at, from, part), from += part;
    n -= part;
    offset = 0;
    if (n) block = fs->chain[block - 1];
  }
}

static void free_node(struct apus_ramfs *fs, struct apus_ramfs_node *node) {
  free_chain(fs, node->first);
  memset(node, 0, sizeof *node);
}

/* --- the functions of the table ------------------------------------------------------------------- */

static uint32_t ram_stat(void *at, const char *path, struct apus_vfs_stat *stat) {
  struct apus_ramfs *fs = at;
  lock(fs);
  uint32_t error = look(fs, path, stat);
  unlock(fs);
  return error;
}

static uint32_t find_entry(const struct apus_ramfs *fs, const char *folder, uint32_t index, char *name,
                           struct apus_vfs_stat *stat) {
  const char *path = NULL;
  for (uint32_t i = 0; i < fs->image_count && !path; i++) {
    if (!is_child(fs->image[i].path, folder) || index--) continue;
    path = fs->image[i].path;
    describe_image(fs, &fs->image[i], stat);
  }
  for (uint32_t i = 0; i < fs->node_count && !path; i++) {
    if (!fs->nodes[i].type || !is_child(fs->nodes[i].path, folder) || index--) continue;
    path = fs->nodes[i].path;
    describe_node(fs, &fs->nodes[i], stat);
  }
  if (!path) return WASI_NOENT;
  const char *rest = below(path, folder);
  size_t length = apus_wasi_length(rest);
  if (length >= APUS_VFS_NAME_MAX) return WASI_NAMETOOLONG;
  memcpy(name, rest, length + 1);
  return WASI_SUCCESS;
}

static uint32_t ram_readdir(void *at, const char *path, uint32_t index, char *name, struct apus_vfs_stat *stat) {
  struct apus_ramfs *fs = at;
  lock(fs);
  uint32_t error = find_entry(fs, path, index, name, stat);
  unlock(fs);
  return error;
}

static uint32_t open_entry(struct apus_ramfs *fs, const char *path, uint32_t flags, void **file) {
  struct apus_ramfs_node *node = node_at(fs, path);
  const struct apus_ramfs_image *image = node ? NULL : image_at(fs, path);
  uint32_t error = WASI_SUCCESS;
  if ((node || image) && flags & APUS_VFS_CREAT && flags & APUS_VFS_EXCL) return WASI_EXIST;
  if (image) {
    if (image->folder) return WASI_ISDIR;
    if (flags & (APUS_VFS_WRITE | APUS_VFS_TRUNC)) return WASI_PERM;
    *file = (void *)(uintptr_t)image;
    return WASI_SUCCESS;
  }
  if (!node) error = flags & APUS_VFS_CREAT ? make_node(fs, path, WASI_REGULAR_FILE, &node) : WASI_NOENT;
  else if (node->type == WASI_DIRECTORY) error = WASI_ISDIR;
  else if (flags & APUS_VFS_TRUNC) error = resize(fs, node, 0);
  if (error) return error;
  node->open++;
  *file = node;
  return WASI_SUCCESS;
}

static uint32_t ram_open(void *at, const char *path, uint32_t flags, void **file) {
  struct apus_ramfs *fs = at;
  lock(fs);
  uint32_t error = open_entry(fs, path, flags, file);
  unlock(fs);
  return error;
}

static void ram_close(void *at, void *file) {
  struct apus_ramfs *fs = at;
  struct apus_ramfs_node *node = file;
  lock(fs);
  if (is_node(fs, file) && --node->open == 0 && !node->path[0]) free_node(fs, node);
  unlock(fs);
}

static uint32_t ram_fstat(void *at, void *file, struct apus_vfs_stat *stat) {
  struct apus_ramfs *fs = at;
  lock(fs);
  if (is_node(fs, file)) describe_node(fs, file, stat);
  else describe_image(fs, file, stat);
  unlock(fs);
  return WASI_SUCCESS;
}

static uint32_t ram_read(void *at, void *file, uint64_t offset, void *to, uint32_t n, uint32_t *done) {
  struct apus_ramfs *fs = at;
  struct apus_vfs_stat stat;
  ram_fstat(fs, file, &stat);
  *done = 0;
  lock(fs);
  if (is_node(fs, file)) stat.size = ((struct apus_ramfs_node *)file)->size;
  if (offset < stat.size) {
    if (n > stat.size - offset) n = (uint32_t)(stat.size - offset);
    *done = n;
    if (is_node(fs, file)) copy(fs, file, (uint32_t)offset, to, NULL, n);
    else memcpy(to, (const uint8_t *)((const struct apus_ramfs_image *)file)->data + offset, n);
  }
  unlock(fs);
  return WASI_SUCCESS;
}

static uint32_t ram_write(void *at, void *file, uint64_t offset, const void *from, uint32_t n, uint32_t *done) {
  struct apus_ramfs *fs = at;
  struct apus_ramfs_node *node = file;
  uint32_t error = WASI_SUCCESS;
  *done = 0;
  if (!is_node(fs, file)) return WASI_PERM;
  lock(fs);
  if (n && offset + n > node->size) error = resize(fs, node, offset + n);
  if (!error) {
    if (n) copy(fs, node, (uint32_t)offset, NULL, from, n);
    *done = n;
  }
  unlock(fs);
  return error;
}

static uint32_t ram_truncate(void *at, void *file, uint64_t size) {
  struct apus_ramfs *fs = at;
  if (!is_node(fs, file)) return WASI_PERM;
  lock(fs);
  uint32_t error = resize(fs, file, size);
  unlock(fs);
  return error;
}

static uint32_t ram_mkdir(void *at, const char *path) {
  struct apus_ramfs *fs = at;
  struct apus_ramfs_node *node;
  struct apus_vfs_stat stat;
  lock(fs);
  uint32_t error = look(fs, path, &stat) ? make_node(fs, path, WASI_DIRECTORY, &node) : WASI_EXIST;
  unlock(fs);
  return error;
}

static uint32_t remove_entry(struct apus_ramfs *fs, const char *path, bool directory) {
  struct apus_vfs_stat stat;
  struct apus_ramfs_node *node = node_at(fs, path);
  uint32_t error = look(fs, path, &stat);
  if (error) return error;
  if (directory && stat.type != WASI_DIRECTORY) return WASI_NOTDIR;
  if (!directory && stat.type == WASI_DIRECTORY) return WASI_ISDIR;
  if (directory && has_children(fs, path)) return WASI_NOTEMPTY;
  if (!node) return WASI_PERM;
  if (node->open) node->path[0] = 0; /* until it is closed */
  else free_node(fs, node);
  return WASI_SUCCESS;
}

static uint32_t ram_unlink(void *at, const char *path, bool directory) {
  struct apus_ramfs *fs = at;
  lock(fs);
  uint32_t error = remove_entry(fs, path, directory);
  unlock(fs);
  return error;
}

/* All that lies below a folder moves with it; NAMETOOLONG when a path does not fit,
 * PERM when a part of it, or what it would replace, is in the image. */
static uint32_t move(struct apus_ramfs *fs, const char *from, const char *to) {
  struct apus_vfs_stat replaced;
  size_t from_length = apus_wasi_length(from), to_length = apus_wasi_length(to);
  struct apus_ramfs_node *moved = node_at(fs, from);
  uint32_t error = check_parent(fs, to);
  if (!moved) return image_at(fs, from) ? WASI_PERM : WASI_NOENT;
  for (uint32_t i = 0; i < fs->node_count && !error; i++) {
    const struct apus_ramfs_node *node = &fs->nodes[i];
    if (node->type && below(node->path, from) && apus_wasi_length(node->path) - from_length + to_length >= APUS_VFS_NAME_MAX)
      error = WASI_NAMETOOLONG;
  }
  /* Last, since it cannot be undone. */
  if (!error && !look(fs, to, &replaced)) error = remove_entry(fs, to, moved->type == WASI_DIRECTORY);
  if (error) return error;
  for (uint32_t i = 0; i < fs->node_count; i++) {
    struct apus_ramfs_node *node = &fs->nodes[i];
    if (!node->type || (node != moved && !below(node->path, from))) continue;
    memmove(node->path + to_length, node->path + from_length, apus_wasi_length(node->path + from_length) + 1);
    memcpy(node->path, to, to_length);
  }
  return WASI_SUCCESS;
}

static uint32_t ram_rename(void *at, const char *from, const char *to) {
  struct apus_ramfs *fs = at;
  lock(fs);
  uint32_t error = move(fs, from, to);
  unlock(fs);
  return error;
}

static uint32_t ram_set_mtime(void *at, const char *path, uint64_t mtime) {
  struct apus_ramfs *fs = at;
  lock(fs);
  struct apus_ramfs_node *node = node_at(fs, path);
  if (node) node->mtime = mtime;
  unlock(fs);
  return node ? WASI_SUCCESS : WASI_PERM;
}

const struct apus_vfs_ops apus_ramfs_ops = {
    .stat = ram_stat,
    .readdir = ram_readdir,
    .open = ram_open,
    .close = ram_close,
    .fstat = ram_fstat,
    .read = ram_read,
    .write = ram_write,
    .truncate = ram_truncate,
    .mkdir = ram_mkdir,
    .unlink = ram_unlink,
    .rename = ram_rename,
    .set_mtime = ram_set_mtime,
};
