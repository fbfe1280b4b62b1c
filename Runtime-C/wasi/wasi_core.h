/* wasi_core.h: what all parts of the WASI layer share, on hosts and on boards.
 * It needs no operating system and no C library but the four mem functions. */
#ifndef APUS_WASI_CORE_H
#define APUS_WASI_CORE_H

#include "wasi_functions.h"

#ifdef APUS_CONFIG_WASI_BOARD
#include "apus_wasi_board.h"
#else
#include "apus_wasi.h"

/* What a descriptor stands for. The table holds one reference, each call that
 * works with it one more; the last one to go closes it. `references`, `flags` and
 * `stream` change under the table's lock; the rest is settled before the object
 * gets its number. */
struct wasi_object {
  uint32_t references;
  uint8_t filetype; /* enum wasi_filetype */
  uint8_t flags;    /* fdflags as the guest sees them */
  bool owned;       /* `host` is closed with the object; false for the process's or the embedder's own */
  bool read_only;   /* inherited by whatever is opened through it */
  bool seekable;
  int host;                   /* -1: none yet */
  struct wasi_stream *stream; /* of a folder, made by the first fd_readdir */
};
#endif

enum { WASI_APPEND = 1, WASI_DSYNC = 2, WASI_NONBLOCK = 4, WASI_RSYNC = 8, WASI_SYNC = 16, WASI_FDFLAGS = 31 };
enum { WASI_CREAT = 1, WASI_OPEN_DIRECTORY = 2, WASI_EXCL = 4, WASI_TRUNC = 8, WASI_OFLAGS = 15 };
enum { WASI_ATIM = 1, WASI_ATIM_NOW = 2, WASI_MTIM = 4, WASI_MTIM_NOW = 8, WASI_FSTFLAGS = 15 };
enum { WASI_SYMLINK_FOLLOW = 1 };

#define WASI_RIGHT(n) (1u << (n))
enum wasi_right {
  R_FD_DATASYNC = WASI_RIGHT(0), R_FD_READ = WASI_RIGHT(1), R_FD_SEEK = WASI_RIGHT(2),
  R_FD_FDSTAT_SET_FLAGS = WASI_RIGHT(3), R_FD_SYNC = WASI_RIGHT(4), R_FD_TELL = WASI_RIGHT(5),
  R_FD_WRITE = WASI_RIGHT(6), R_FD_ADVISE = WASI_RIGHT(7), R_FD_ALLOCATE = WASI_RIGHT(8),
  R_PATH_CREATE_DIRECTORY = WASI_RIGHT(9), R_PATH_CREATE_FILE = WASI_RIGHT(10),
  R_PATH_LINK_SOURCE = WASI_RIGHT(11), R_PATH_LINK_TARGET = WASI_RIGHT(12), R_PATH_OPEN = WASI_RIGHT(13),
  R_FD_READDIR = WASI_RIGHT(14), R_PATH_READLINK = WASI_RIGHT(15), R_PATH_RENAME_SOURCE = WASI_RIGHT(16),
  R_PATH_RENAME_TARGET = WASI_RIGHT(17), R_PATH_FILESTAT_GET = WASI_RIGHT(18),
  R_PATH_FILESTAT_SET_SIZE = WASI_RIGHT(19), R_PATH_FILESTAT_SET_TIMES = WASI_RIGHT(20),
  R_FD_FILESTAT_GET = WASI_RIGHT(21), R_FD_FILESTAT_SET_SIZE = WASI_RIGHT(22),
  R_FD_FILESTAT_SET_TIMES = WASI_RIGHT(23), R_PATH_SYMLINK = WASI_RIGHT(24),
  R_PATH_REMOVE_DIRECTORY = WASI_RIGHT(25), R_PATH_UNLINK_FILE = WASI_RIGHT(26),
  R_POLL_FD_READWRITE = WASI_RIGHT(27), R_SOCK_SHUTDOWN = WASI_RIGHT(28), R_SOCK_ACCEPT = WASI_RIGHT(29)
};

#define WASI_RIGHTS_DIRECTORY                                                                       \
  ((uint32_t)(R_FD_FDSTAT_SET_FLAGS | R_FD_SYNC | R_FD_ADVISE | R_PATH_CREATE_DIRECTORY |           \
              R_PATH_CREATE_FILE | R_PATH_LINK_SOURCE | R_PATH_LINK_TARGET | R_PATH_OPEN |          \
              R_FD_READDIR | R_PATH_READLINK | R_PATH_RENAME_SOURCE | R_PATH_RENAME_TARGET |        \
              R_PATH_FILESTAT_GET | R_PATH_FILESTAT_SET_SIZE | R_PATH_FILESTAT_SET_TIMES |          \
              R_FD_FILESTAT_GET | R_FD_FILESTAT_SET_TIMES | R_PATH_SYMLINK |                        \
              R_PATH_REMOVE_DIRECTORY | R_PATH_UNLINK_FILE | R_POLL_FD_READWRITE))
#define WASI_RIGHTS_FILE                                                                            \
  ((uint32_t)(R_FD_DATASYNC | R_FD_READ | R_FD_SEEK | R_FD_FDSTAT_SET_FLAGS | R_FD_SYNC |           \
              R_FD_TELL | R_FD_WRITE | R_FD_ADVISE | R_FD_ALLOCATE | R_FD_FILESTAT_GET |            \
              R_FD_FILESTAT_SET_SIZE | R_FD_FILESTAT_SET_TIMES | R_POLL_FD_READWRITE))
/* Of a socket that is connected or sends datagrams, and of one that listens; it
 * needs the right to read, or it could not be polled. */
#define WASI_RIGHTS_CONNECTION                                                                      \
  ((uint32_t)(R_FD_READ | R_FD_WRITE | R_FD_FDSTAT_SET_FLAGS | R_FD_FILESTAT_GET |                  \
              R_POLL_FD_READWRITE | R_SOCK_SHUTDOWN))
#define WASI_RIGHTS_LISTENING                                                                       \
  ((uint32_t)(R_FD_READ | R_FD_FDSTAT_SET_FLAGS | R_FD_FILESTAT_GET | R_POLL_FD_READWRITE | R_SOCK_ACCEPT))

/* --- guest memory -------------------------------------------------------------- */

/* Not an errno: an address outside the guest's memory. A function answers it once
 * it holds nothing any more, and the symbol that the module calls traps. */
enum { WASI_TRAP = 0x10000 };

/* `count` elements of `size` bytes at `at`, or NULL (the call answers WASI_TRAP)
 * when not all are inside the memory. */
uint8_t *wasi_guest(const struct apus_host *host, uint32_t at, uint64_t count, uint64_t size);

static inline void wasi_put16(uint8_t *to, uint16_t v) { to[0] = (uint8_t)v; to[1] = (uint8_t)(v >> 8); }
static inline void wasi_put32(uint8_t *to, uint32_t v) { wasi_put16(to, (uint16_t)v); wasi_put16(to + 2, (uint16_t)(v >> 16)); }
static inline void wasi_put64(uint8_t *to, uint64_t v) { wasi_put32(to, (uint32_t)v); wasi_put32(to + 4, (uint32_t)(v >> 32)); }
/* Read once: what is checked is what is used, whatever another thread of the guest writes there. */
static inline uint32_t wasi_once(uint32_t v) {
  __asm__("" : "+r"(v));
  return v;
}
static inline uint16_t wasi_get16(const uint8_t *at) { return (uint16_t)wasi_once(at[0] | (uint32_t)at[1] << 8); }
static inline uint32_t wasi_get32(const uint8_t *at) {
  return wasi_once(at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
}
static inline uint64_t wasi_get64(const uint8_t *at) { return wasi_get32(at) | (uint64_t)wasi_get32(at + 4) << 32; }

/* 64 bytes in preview 1, 56 before. */
static inline uint32_t wasi_filestat_size(enum wasi_layout layout) { return layout == WASI_PREVIEW1 ? 64 : 56; }

/* --- wasi_table.c: descriptors --------------------------------------------------- */

/* What a call holds of a descriptor while it works: one reference to the object,
 * and the slot's fields as they were when the call began. */
struct wasi_use {
  struct apus_wasi *wasi;
  struct wasi_object *object; /* NULL: nothing is held */
  uint32_t rights;
  uint32_t inheriting;
  uint8_t flags; /* fdflags */
};

/* BADF, and nothing is held. */
uint32_t wasi_begin(const struct apus_host *host, uint32_t fd, struct wasi_use *use);

/* The same, and NOTCAPABLE unless the descriptor has all of `rights`. */
uint32_t wasi_begin_with(const struct apus_host *host, uint32_t fd, uint32_t rights, struct wasi_use *use);

/* A folder: BADF, NOTDIR, PERM when it is read-only and `changes`, NOTCAPABLE. */
uint32_t wasi_begin_directory(const struct apus_host *host, uint32_t fd, uint32_t rights, bool changes, struct wasi_use *use);

/* Lets go of what is held, if anything, and returns `error`. Never under a lock. */
uint32_t wasi_end(struct wasi_use *use, uint32_t error);

/* A descriptor to be: a number that no call can use yet, and an object that has
 * nothing to close yet. Ends in commit or in abort. */
struct wasi_new {
  struct wasi_object *object;
  uint32_t fd;
};

/* MFILE or NOMEM, and there is nothing to abort. */
uint32_t wasi_new_begin(struct apus_wasi *wasi, struct wasi_new *new);
/* From here on the guest can use it; the table owns the object and `name` (may be
 * NULL; on hosts from apus_port_alloc). */
void wasi_new_commit(struct apus_wasi *wasi, const struct wasi_new *new, const char *name, uint32_t rights, uint32_t inheriting);
/* Closes the object and gives the number back. */
void wasi_new_abort(struct apus_wasi *wasi, struct wasi_new *new);

/* Takes the number out of the table and drops the table's reference: BADF. */
uint32_t wasi_table_close(struct apus_wasi *wasi, uint32_t fd);

/* The locks do nothing where the context has none. */
void wasi_lock(struct apus_wasi *wasi);
void wasi_unlock(struct apus_wasi *wasi);

/* Closes what the object owns. Supplied by the host's or the board's half; called
 * once, outside any lock, by whoever drops the last reference. */
void wasi_object_close(struct apus_wasi *wasi, struct wasi_object *object);

#endif
