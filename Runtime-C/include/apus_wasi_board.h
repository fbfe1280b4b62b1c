/* apus_wasi_board.h: WASI preview 1 on boards, without an operating system.
 *
 * The board supplies a handful of functions, and one context per guest:
 *
 *     static const struct apus_wasi_port port = {.write = uart_write, .now = ticks};
 *     static struct apus_wasi wasi;
 *     apus_wasi_init(&wasi, &port, &options);
 *     host->wasi = &wasi;
 *
 * Nothing is allocated: descriptors lie inside the context. Compile everything
 * with APUS_CONFIG_WASI_BOARD defined, with -ffunction-sections, and link with
 * --gc-sections: only what the module imports is kept. Three profiles:
 *
 *   P0 console   what a module needs that only prints and reads: nothing to choose
 *   P1 no files  all functions; those with paths answer BADF or NOTDIR:
 *                link port/board/no_files.c
 *   P2 files     link port/board/files.c instead, call apus_wasi_mount, and
 *                define APUS_CONFIG_WASI_FILES everywhere
 *
 * Threads. Without `lock` one task at a time may use a context. With it several
 * may; the functions of the port and of a file system are then called by several
 * tasks as well, and never under the lock. */
#ifndef APUS_WASI_BOARD_H
#define APUS_WASI_BOARD_H

#include "apus_wasi_types.h"

/* Descriptors of one guest, 0 to 2 and folders included. */
#ifndef APUS_CONFIG_WASI_FD_MAX
#define APUS_CONFIG_WASI_FD_MAX 8
#endif
/* Bytes of the longest path, from the root of its file system, with the NUL. */
#ifndef APUS_CONFIG_WASI_PATH_MAX
#define APUS_CONFIG_WASI_PATH_MAX 128
#endif
/* Folders that a guest can have open besides the mounted ones. */
#ifndef APUS_CONFIG_WASI_FOLDER_MAX
#define APUS_CONFIG_WASI_FOLDER_MAX 2
#endif
#ifndef APUS_CONFIG_WASI_POLL_MAX
#define APUS_CONFIG_WASI_POLL_MAX 8
#endif

/* Something that poll_oneoff waits for: bytes to read (0), or room to write (1, 2). */
struct apus_wasi_pollfd {
  uint8_t stream;
  bool ready; /* set by `wait` */
};

/* The board. All functions answer an errno (enum wasi_errno); `context` is theirs. */
struct apus_wasi_port {
  void *context;
  /* `stream` 1 or 2; *done bytes were taken. Required. */
  uint32_t (*write)(void *context, int stream, const void *from, uint32_t n, uint32_t *done);
  /* At least one byte, or 0 for the end; waits, or answers AGAIN where the board
   * does not. NULL: always the end. */
  uint32_t (*read)(void *context, void *to, uint32_t n, uint32_t *done);
  /* Nanoseconds of clock 0 (real time) or 1 (monotonic). NULL: NOTSUP. */
  uint32_t (*now)(void *context, uint32_t clock, uint64_t *nanoseconds);
  /* Nanoseconds between two values of a clock. NULL: 1,000,000. */
  uint64_t (*resolution)(void *context, uint32_t clock);
  /* Sleeps until the monotonic time `deadline` or until one of `n` streams is ready,
   * and sets `ready`. NULL: streams are always ready, and time is waited for by
   * asking `now`. */
  void (*wait)(void *context, uint64_t deadline, struct apus_wasi_pollfd *streams, int n);
  /* Random bytes. NULL: NOSYS. */
  uint32_t (*entropy)(void *context, void *to, uint32_t n);
  /* Lets other tasks run. NULL: nothing. */
  void (*yield)(void *context);
  /* Called, with APUS_CONFIG_WASI_CHECK_ENTRY, when two tasks are inside a context
   * without locks. NULL: nothing. */
  void (*fatal)(void *context, const char *message);
  const struct apus_lock_ops *lock;
};

/* --- file systems ------------------------------------------------------------------ */

enum { APUS_VFS_CREAT = 1, APUS_VFS_EXCL = 4, APUS_VFS_TRUNC = 8, APUS_VFS_WRITE = 16 }; /* the first three as in path_open */

struct apus_vfs_stat {
  uint8_t type; /* WASI_REGULAR_FILE or WASI_DIRECTORY */
  uint64_t size;
  uint64_t mtime; /* nanoseconds, 0: unknown */
  uint32_t ino;   /* of this file alone, whatever it is called; 0: there is no such number */
};

enum { APUS_VFS_NAME_MAX = 64 }; /* with the NUL */

/* Paths are canonical: no '/' at either end, no empty component, no "." and no "..";
 * "" is the root. The file system must have no links: names mean what they say. All
 * functions answer an errno; a field of `stat` that is not known stays as it is. Files are
 * read and written at an offset, so one file can be used by several descriptors. */
struct apus_vfs_ops {
  uint32_t (*stat)(void *fs, const char *path, struct apus_vfs_stat *stat);
  /* Entry `index` of a folder; NOENT beyond the last. `name` has APUS_VFS_NAME_MAX bytes. */
  uint32_t (*readdir)(void *fs, const char *path, uint32_t index, char *name, struct apus_vfs_stat *stat);
  /* A regular file; EXIST, NOENT, PERM. The caller owns *file on success only. */
  uint32_t (*open)(void *fs, const char *path, uint32_t flags, void **file);
  void (*close)(void *fs, void *file);
  uint32_t (*fstat)(void *fs, void *file, struct apus_vfs_stat *stat);
  uint32_t (*read)(void *fs, void *file, uint64_t offset, void *to, uint32_t n, uint32_t *done);
  uint32_t (*write)(void *fs, void *file, uint64_t offset, const void *from, uint32_t n, uint32_t *done);
  uint32_t (*truncate)(void *fs, void *file, uint64_t size);
  uint32_t (*mkdir)(void *fs, const char *path);
  /* ISDIR or NOTDIR when it is not what `directory` says; NOTEMPTY. */
  uint32_t (*unlink)(void *fs, const char *path, bool directory);
  /* Neither is below the other. What `to` names is replaced, a file by a file, a folder
   * by a folder if it is empty: NOTEMPTY. After an error both are as they were. */
  uint32_t (*rename)(void *fs, const char *from, const char *to);
  uint32_t (*sync)(void *fs, void *file);                           /* NULL: nothing to do */
  uint32_t (*set_mtime)(void *fs, const char *path, uint64_t mtime); /* NULL: NOTSUP */
};

struct apus_vfs {
  const struct apus_vfs_ops *ops;
  void *fs;
};

/* --- the context --------------------------------------------------------------------- */

/* One number of the table. Open: it has an object. Free: it has none, and `rights`
 * is 1 + the next free number, or 0. A number that is being opened has none either
 * and is not in the free list. */
struct apus_wasi_slot {
  struct wasi_object *object;
  const char *name; /* of a mounted folder, else NULL */
  uint32_t rights;
  uint32_t inheriting;
};

/* What a descriptor stands for; see wasi_table.c. */
struct wasi_object {
  uint16_t references; /* 0: not in use */
  uint8_t filetype;
  uint8_t flags;
  bool read_only;
  uint8_t stream;             /* of the console: 0, 1 or 2 */
  uint8_t folder;             /* 1 + the buffer that `path` lies in, 0: none */
  const struct apus_vfs *vfs; /* NULL: the console */
  union {
    void *file;       /* a regular file */
    const char *path; /* a folder */
  } of;
  uint64_t position; /* of a regular file */
};

struct apus_wasi {
  uint32_t stage;
  uint32_t used;
  uint32_t free;
  struct apus_wasi_strings arguments;
  struct apus_wasi_strings environment;
  const struct apus_wasi_port *port;
  const struct apus_lock_ops *locks;
  void *lock;
  uint32_t busy;
  uint32_t folders; /* one bit for each buffer in use */
  struct apus_wasi_slot slots[APUS_CONFIG_WASI_FD_MAX];
  struct wasi_object objects[APUS_CONFIG_WASI_FD_MAX];
#ifdef APUS_CONFIG_WASI_FILES
  char folder_paths[APUS_CONFIG_WASI_FOLDER_MAX][APUS_CONFIG_WASI_PATH_MAX];
#endif
};

/* Everything here must live as long as the context. */
struct apus_wasi_options {
  const char *const *argv; /* argv[0] is the program's name */
  uint32_t argc;
  const char *const *env; /* "NAME=value" */
  uint32_t env_count;
};

/* `options` may be NULL. False, with *wasi zeroed, only if the port cannot make a
 * lock. *wasi must be zeroed or destroyed. */
bool apus_wasi_init(struct apus_wasi *wasi, const struct apus_wasi_port *port, const struct apus_wasi_options *options);

/* Right on a zeroed, complete or destroyed context. */
void apus_wasi_destroy(struct apus_wasi *wasi);

/* P2: the folder `path` of a file system becomes the next descriptor (3, 4, ...), under
 * the name `guest`. `vfs`, `guest` and `path` (canonical) must live as long as the
 * context. NOENT, NOTDIR, MFILE. */
uint32_t apus_wasi_mount(struct apus_wasi *wasi, const struct apus_vfs *vfs, const char *guest, const char *path,
                         bool read_only);

#endif
