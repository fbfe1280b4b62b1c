/* wasi_internal.h: shared by the files of the WASI layer for POSIX hosts. */
#ifndef APUS_WASI_INTERNAL_H
#define APUS_WASI_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "apus_threads.h"
#include "wasi_core.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef APUS_CONFIG_WASI_PATH_MAX
#define APUS_CONFIG_WASI_PATH_MAX 4096 /* with the NUL */
#endif
#ifndef APUS_CONFIG_WASI_POLL_MAX
#define APUS_CONFIG_WASI_POLL_MAX 64
#endif

/* Whether a call of the host failed by a signal, which is nothing that the guest sees; unless its thread is to end. */
#define WASI_INTERRUPTED() (errno == EINTR && !apus_thread_ends())
#define WASI_RETRY(result, call) \
  do result = call;              \
  while (result < 0 && WASI_INTERRUPTED())

/* --- wasi_readdir.c ---------------------------------------------------------------- */

/* Closes the stream and all that belongs to it; NULL is allowed. */
void wasi_stream_close(struct apus_wasi *wasi, struct wasi_stream *stream);

/* --- wasi_io.c: vectors ------------------------------------------------------------- */

struct wasi_transfer {
  struct wasi_use use;
  bool write;
  bool positioned;   /* at `offset`, not at the descriptor's position */
  bool message;      /* of a socket, with `message_flags`; an empty one is sent, too */
  bool truncated;    /* set: a datagram was longer than the vectors */
  int message_flags; /* MSG_... */
  uint64_t offset;
};

/* Moves bytes between `n` vectors at guest address `iovs` and what `use` holds, and
 * writes their number to `result`: WASI_TRAP, AGAIN or the host's. */
uint32_t wasi_transfer_run(wasi_host *host, struct wasi_transfer *transfer, uint32_t iovs, uint32_t n, uint32_t result);

/* NONBLOCK of descriptors that we do not own is kept by us, not in the host's flags,
 * which others share: true when a call would have to wait for `events` of poll. */
bool wasi_would_block(const struct wasi_use *use, short events);

/* --- wasi_host.c: errno map, layouts ------------------------------------------- */

/* The guest's number for a host errno; unknown ones are IO. */
uint32_t wasi_from_errno(int error);

/* Of an open descriptor, which tells the kinds of sockets apart. */
uint8_t wasi_filetype_of_fd(int fd, mode_t mode);
uint8_t wasi_filetype_of(mode_t mode);
void wasi_put_filestat(uint8_t *to, const struct stat *stat, uint8_t filetype, enum wasi_layout layout);

/* The same as `wasi` shows it. NOMEM. */
uint32_t wasi_show_filestat(struct apus_wasi *wasi, uint8_t *to, struct stat *stat, uint8_t filetype, enum wasi_layout layout);

/* atime and mtime for utimensat; INVAL for contradicting or unknown flags. */
uint32_t wasi_times(uint64_t atim, uint64_t mtim, uint32_t fstflags, struct timespec times[2]);

/* Nanoseconds, saturating, 0 before 1970. */
uint64_t wasi_nanoseconds(int64_t seconds, long nanoseconds);

/* Nanoseconds of clock `id`, false when it cannot be read; `wasi` may be NULL. A fixed clock stays where it is. */
bool wasi_clock_now(const struct apus_wasi *wasi, uint32_t id, uint64_t *now);

/* --- wasi_fixed.c: what is the same on every host ------------------------------- */

static inline bool wasi_is_fixed(const struct apus_wasi *wasi) { return wasi && wasi->is_fixed; }

/* The value of a fixed clock. */
uint64_t wasi_fixed_now(const struct apus_wasi *wasi, uint32_t id);
/* Moves all clocks on. */
void wasi_fixed_pass(struct apus_wasi *wasi, uint64_t nanoseconds);
void wasi_fixed_random(struct apus_wasi *wasi, uint8_t *to, uint32_t length);
/* Replaces what hosts differ in. NOMEM. */
uint32_t wasi_fixed_stat(struct apus_wasi *wasi, struct stat *stat);
void wasi_fixed_destroy(struct apus_wasi *wasi);

/* --- wasi_path.c: resolution ------------------------------------------------------ */

enum wasi_final {
  WASI_FOLLOW,   /* a final link is expanded */
  WASI_NOFOLLOW, /* only before a slash */
  WASI_ENTRY     /* never: operations that create, remove or rename the name */
};

/* Where a path leads: one component, without '/', of a folder inside the preopen. */
struct wasi_path {
  int parent;
  bool owned; /* `parent` is to be closed; wasi_path_release does it */
  bool must_be_directory;
  bool is_dot; /* name is ".": the path ends at `parent` itself */
  char name[256];
};

/* A guest's path or link, copied once: whatever the guest writes meanwhile, what was
 * checked is what is used. */
struct wasi_text {
  char bytes[APUS_CONFIG_WASI_PATH_MAX]; /* with a NUL behind them */
};

/* NOENT (empty), NAMETOOLONG, INVAL (a NUL inside). */
uint32_t wasi_text_copy(struct wasi_text *text, const uint8_t *from, uint32_t length);

/* NOTCAPABLE, NAMETOOLONG, NOENT, NOTDIR, LOOP or from the host. The caller owns *path
 * on success only. The text is the same again when it returns. */
uint32_t wasi_path_resolve(const struct wasi_use *directory, struct wasi_text *text, enum wasi_final final, struct wasi_path *path);
void wasi_path_release(struct wasi_path *path);

/* --- wasi_path_openat2.c: resolution by the kernel ----------------------------------- */

/* Not an errno: openat2 does not settle it, the walk does. */
enum { WASI_WALK = 0x20000 };

/* Settles `wasi->resolver`; false when openat2 is asked for and is not there. */
bool wasi_resolver_choose(struct apus_wasi *wasi, enum apus_wasi_resolver asked);

/* Opens below `directory` what openat would with these flags. The descriptor is
 * the caller's on success, else *opened is -1. */
uint32_t wasi_openat2(int directory, const char *path, int flags, int *opened);

/* wasi_path_resolve for a path that is not absolute, or WASI_WALK. */
uint32_t wasi_openat2_resolve(int directory, struct wasi_text *text, enum wasi_final final, struct wasi_path *path);

#endif
