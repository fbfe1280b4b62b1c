/* apus_wasi.h: WASI preview 1 for translated modules, on POSIX hosts.
 *
 * A `struct apus_wasi` holds what one guest may see: arguments, environment and
 * a table of file descriptors. The caller owns it; nothing here is static.
 *
 *     struct apus_wasi wasi = {0};
 *     char message[256];
 *     const char *error = apus_wasi_init(&wasi, &options, message, sizeof message);
 *     if (error) ...                         the text names the folder that is missing
 *     host->wasi = &wasi;                    before the first call into the module
 *     ...
 *     apus_wasi_destroy(&wasi);
 *
 * The functions apus_import_wasi_snapshot_preview1_... and
 * apus_import_wasi_unstable_... find the context through struct apus_host. With
 * `wasi` NULL they answer BADF or NOSYS; clock_*, random_get, sched_yield and
 * proc_exit work without one.
 *
 * To replace one of them, define a function of that name; with instances of its own
 * a module can also be given another in its struct of imports.
 *
 * The program must ignore SIGPIPE and SIGXFSZ, or a guest that writes to a closed pipe or
 * beyond the limit of a file's size ends the process (apus_main does it).
 *
 * wasi/wasi_functions.h says of each function what it takes and every errno with its
 * cause. Paths are resolved by openat2 or one component at a time and never leave a
 * preopened folder; hard links and mounts that the host put there are not detected. */
#ifndef APUS_WASI_H
#define APUS_WASI_H

#include "apus_wasi_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A folder of the host and the name under which the guest finds it. */
struct apus_wasi_dir {
  const char *host;
  const char *guest;
  bool read_only; /* the guest cannot change anything below it: PERM */
};

/* An open descriptor of the host that the guest gets: a socket, a pipe, a file, a
 * folder. What the guest may do with it follows from its type and its access mode. */
struct apus_wasi_descriptor {
  int host;
  bool owned; /* closed by the context once the guest has no number for it; yours until init succeeds */
};

/* Mutexes of POSIX threads (port/posix/lock.c). */
extern const struct apus_lock_ops apus_locks_pthread;

/* Who follows a path through folders and links. Both give the guest the same
 * answers; only paths deeper than 127 folders, or longer than 4,095 bytes once their
 * links are put in, are NAMETOOLONG to the walk. */
enum apus_wasi_resolver {
  APUS_WASI_RESOLVER_BEST, /* openat2 where the kernel has it and lets us, else the walk */
  APUS_WASI_RESOLVER_WALK, /* one component at a time */
  APUS_WASI_RESOLVER_OPENAT2 /* Linux 5.6 and later; init fails where there is none */
};

/* What a guest finds that is to do the same each time, on every host, instead of the host's clocks, random
 * numbers, order of names and inodes:
 *
 *   clocks    0 starts at `clock`, 1 to 3 at 0; each reading moves all of them by `step`, their resolution, and so does
 *             poll_oneoff by what it would have waited. It does not wait, and takes every descriptor for ready.
 *   random    splitmix64 from `seed`
 *   readdir   by the bytes of the names, read when the guest begins at the first; inodes there are 0
 *   filestat  device 0; inodes numbered as the guest first sees them; times 0, also where the guest has set others; of a
 *             folder size 0 and one link
 *
 * What comes from outside stays so: arguments, variables, files, what they contain and whether there is room, input,
 * sockets, and a file's number where the host gives that of a removed one to another. Threads come in any order. */
struct apus_wasi_fixed {
  uint64_t clock; /* nanoseconds since 1970 */
  uint64_t step;  /* nanoseconds */
  uint64_t seed;
};

struct apus_wasi_options {
  int argc; /* argv[0] is the program's name */
  char *const *argv;
  const char *const *env; /* "NAME=value": all the guest sees, nothing is inherited */
  int env_count;
  const struct apus_wasi_dir *dirs; /* become descriptors 3, 4, ... in this order */
  int dir_count;
  const struct apus_wasi_descriptor *descriptors; /* become the numbers after the folders' */
  int descriptor_count;
  const int *stdio; /* three host descriptors for 0 to 2, -1: none; NULL: the process's. Never closed */
  const struct apus_lock_ops *locks; /* NULL: one thread at a time uses the context; else it outlives the context */
  enum apus_wasi_resolver resolver;
  const struct apus_wasi_fixed *fixed; /* copied; NULL: the host's clocks and so on */
};

struct apus_wasi_slot;
struct wasi_object;
struct wasi_inode;

/* One guest's view. Zeroed: not initialised. */
struct apus_wasi {
  uint32_t stage; /* of init: what destroy has to undo */
  struct apus_wasi_strings arguments;
  struct apus_wasi_strings environment;
  const struct apus_lock_ops *locks;
  void *lock; /* guards the table; NULL without `locks` */
  struct apus_wasi_slot *slots;
  uint32_t used;     /* slots handed out at least once */
  uint32_t capacity; /* slots allocated */
  uint32_t free;     /* 1 + first slot of the free list, 0: none */
  uint8_t resolver;  /* enum apus_wasi_resolver, settled: never BEST */
  bool is_fixed;     /* the guest finds what follows */
  struct apus_wasi_fixed fixed; /* `seed` changes with each number */
  uint64_t elapsed;             /* nanoseconds */
  struct wasi_inode *inodes;    /* a hash table: what the guest has seen */
  uint32_t inode_count, inode_capacity;
};

/* Copies arguments and environment and opens the folders. NULL on success; else a text, in
 * `message` or constant, and *wasi is zeroed again. *wasi must be zeroed or destroyed. */
const char *apus_wasi_init(struct apus_wasi *wasi, const struct apus_wasi_options *options, char *message, size_t size);

/* Releases everything; right on a zeroed, half-built, complete or destroyed value. */
void apus_wasi_destroy(struct apus_wasi *wasi);

/* A socket that listens on "host:port" or "[host]:port", for options.descriptors: the
 * caller's. -1, and what went wrong in `message`. */
int apus_listen(const char *address, char *message, size_t size);

struct apus_threads;

/* A translated command as a program of its own. */
struct apus_program {
  const char *argv0;       /* the program's name as the guest sees it; NULL: argv[0] */
  const char *const *dirs; /* "host::guest", "host::guest::ro" or "host" */
  int dir_count;
  const char *const *listen; /* addresses for apus_listen; their sockets follow the folders */
  int listen_count;
  const char *stdin_path;  /* a file for descriptor 0; NULL: the process's */
  const char *stdout_path; /* a file for descriptor 1, emptied first; NULL: the process's */
  const char *const *env;  /* "NAME=value" */
  int env_count;
  bool inherit_env; /* the process's variables, too; those in `env` come first */
  size_t stack_size;                        /* bytes, 0: 8 MiB; at least 128 KiB are used */
  enum apus_wasi_resolver resolver;
  struct apus_outcome (*instantiate)(void); /* may be NULL */
  void (*start)(void *);                    /* called with NULL under apus_catch */
  void (*destroy)(void);                    /* may be NULL */
  struct apus_host *(*host)(void);
  const struct apus_wasi_fixed *fixed;      /* as in apus_wasi_options */
  const struct apus_threads *threads;       /* of a module that starts some; else NULL */
  const struct apus_names *names;           /* for the message of a trap; may be NULL */
  int64_t fuel;      /* units, for a module that counts them, unless $APUS_FUEL says how many; else 0 */
  uint32_t timeout;  /* seconds, of a module that can be interrupted, unless $APUS_TIMEOUT says; 0: none */
  const char *trace; /* file for the events of a module with traces, "-": stderr, "": a hash of them there; else NULL */
  bool reports_fuel; /* says on stderr how much was used */
};

/* Runs it on a thread of its own and returns the status for the process: the
 * guest's & 0xff, 134 after a trap, 123 when a folder, file or address cannot be
 * opened, 125 when the program cannot be set up otherwise. */
int apus_main(int argc, char **argv, const struct apus_program *program);

#ifdef __cplusplus
}
#endif
#endif
