/* apus_ramfs.h: a file system for boards (profile P2): files that are part of the
 * image, and files in RAM beside them. All memory is the board's. The image's are made
 * from a folder, of which only files and folders are taken:
 *
 *     python3 port/board/bake.py FOLDER site > site.c
 *
 *     static struct apus_ramfs_node nodes[8];
 *     static uint8_t blocks[32][APUS_RAMFS_BLOCK];
 *     static uint16_t chain[32];
 *     static struct apus_ramfs files = {
 *         .image = site_files, .image_count = site_file_count,   of site.c
 *         .nodes = nodes, .node_count = 8, .blocks = blocks, .chain = chain, .block_count = 32};
 *     static const struct apus_vfs vfs = {&apus_ramfs_ops, &files};
 *     apus_wasi_mount(&wasi, &vfs, "/", "", false);
 *
 * What is in the image cannot be changed: PERM. An unlinked file lives until it is
 * closed. Several tasks need a `lock` of the port; it is held while bytes are copied. */
#ifndef APUS_RAMFS_H
#define APUS_RAMFS_H

#include "apus_wasi_board.h"

#ifndef APUS_RAMFS_BLOCK
#define APUS_RAMFS_BLOCK 256
#endif

/* One file or folder of the image; folders have no data. */
struct apus_ramfs_image {
  const char *path; /* canonical */
  const void *data;
  uint32_t size;
  bool folder;
};

struct apus_ramfs_node {
  char path[APUS_VFS_NAME_MAX]; /* "" once it is unlinked */
  uint8_t type;                 /* 0: free */
  uint16_t open;                /* descriptors */
  uint16_t first;               /* 1 + its first block, 0: none */
  uint32_t size;
  uint64_t mtime;
};

/* Zeroed but for what the board gives. */
struct apus_ramfs {
  const struct apus_ramfs_image *image;
  uint32_t image_count;
  struct apus_ramfs_node *nodes; /* zeroed */
  uint32_t node_count;
  uint8_t (*blocks)[APUS_RAMFS_BLOCK];
  uint16_t *chain; /* zeroed; one for each block: 1 + the next of the file */
  uint32_t block_count; /* below 65535 */
  const struct apus_lock_ops *locks; /* with `lock` made by the board, or both NULL */
  void *lock;
};

extern const struct apus_vfs_ops apus_ramfs_ops;

#endif
