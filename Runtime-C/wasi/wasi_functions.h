/* wasi_functions.h: the functions that modules import, without the module's name.
 *
 * All answer an errno; 0 is success, and only then is a result written. Addresses
 * (`result`, `iovs`, `path` with its `length` ...) are the guest's and may be
 * unaligned; WASI_TRAP stands for one that is not wholly inside the memory, and the
 * module then traps.
 *
 * Causes that recur are named once:
 *   BADF        the number is not open
 *   NOTCAPABLE  the descriptor lacks the right of the function's name
 *   NOSYS       the module has no context
 *   host        whatever else the host answers, through wasi_from_errno (IO, NOSPC,
 *               DQUOT, ACCES ...)
 * and for `fd` with `path`, a path below the folder `fd`:
 *   NOTDIR      `fd` is no folder; a component is none; a slash behind what is none
 *   NOTCAPABLE  the path is absolute, or it or a link in it leaves the folder
 *   INVAL       a NUL in the path, an unknown flag
 *   NOENT       the path is empty, or something of it does not exist
 *   LOOP        more than 40 links
 *   NAMETOOLONG a component above 255 bytes, the path above 4,095 (with its links);
 *               the walk: more than 127 folders deep
 *   PERM        the function changes something, and the folder is read-only */
#ifndef APUS_WASI_FUNCTIONS_H
#define APUS_WASI_FUNCTIONS_H

#include "apus_wasi_types.h"

typedef struct apus_host wasi_host;

/* The two versions of the interface. */
enum wasi_layout { WASI_PREVIEW1, WASI_UNSTABLE };

/* --- arguments and environment ------------------------------------------------------ */

/* `argv`: one address for each argument, of a text in `buffer` that ends in a NUL; no
 * NULL behind the last. The sizes are args_sizes_get's. NOSYS. */
uint32_t wasi_args_get(wasi_host *, uint32_t argv, uint32_t buffer);

/* At `count` the number of arguments, at `size` the bytes of all with their NULs. NOSYS. */
uint32_t wasi_args_sizes_get(wasi_host *, uint32_t count, uint32_t size);

/* The same for "NAME=value": what the embedder gave, no more. NOSYS. */
uint32_t wasi_environ_get(wasi_host *, uint32_t environ_at, uint32_t buffer);
uint32_t wasi_environ_sizes_get(wasi_host *, uint32_t count, uint32_t size);

/* --- clocks, random numbers, the process ----------------------------------------------- */

/* Nanoseconds between two values of clock `id`: 0 real time, 1 monotonic, 2 and 3 the
 * time that process and thread were computing. INVAL: no such clock (boards have two);
 * NOTSUP: the board cannot tell. */
uint32_t wasi_clock_res_get(wasi_host *, uint32_t id, uint32_t result);

/* Nanoseconds of clock `id`, since 1970 or since some start. `precision` is a hint and
 * is not looked at. INVAL, NOTSUP. */
uint32_t wasi_clock_time_get(wasi_host *, uint32_t id, uint64_t precision, uint32_t result);

/* `length` bytes of the system's generator. NOSYS: there is none, and nothing else
 * takes its place; host. */
uint32_t wasi_random_get(wasi_host *, uint32_t buffer, uint32_t length);

/* Lets others run. Always succeeds. */
uint32_t wasi_sched_yield(wasi_host *);

/* NOSYS: guests have no signals. */
uint32_t wasi_proc_raise(wasi_host *, uint32_t signal);

/* --- descriptors ------------------------------------------------------------------------- */

/* Tells how `length` bytes from `offset` on will be used: `advice` 0 normal, 1
 * sequential, 2 random, 3 soon, 4 not soon, 5 once. BADF, also for a folder;
 * NOTCAPABLE; INVAL: another advice, a number above INT64_MAX; host. */
uint32_t wasi_fd_advise(wasi_host *, uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice);

/* Room for `length` bytes from `offset` on; a file grows and never shrinks. BADF, also
 * for a folder; PERM: read-only; NOTCAPABLE; INVAL: `length` is 0; FBIG: beyond the
 * largest offset; NOTSUP: the file system cannot; host. */
uint32_t wasi_fd_allocate(wasi_host *, uint32_t fd, uint64_t offset, uint64_t length);

/* Any number, folders of the start and 0 to 2 included. BADF. */
uint32_t wasi_fd_close(wasi_host *, uint32_t fd);

/* Contents reach the storage. BADF, NOTCAPABLE, INVAL: what has none; host. */
uint32_t wasi_fd_datasync(wasi_host *, uint32_t fd);

/* struct fdstat: type, flags, rights. BADF. */
uint32_t wasi_fd_fdstat_get(wasi_host *, uint32_t fd, uint32_t result);

/* Sets APPEND and NONBLOCK as in `flags`. BADF; NOTCAPABLE; INVAL: an unknown flag, or
 * one of DSYNC, RSYNC and SYNC would change; NOTSUP: one that somebody else's descriptor,
 * such as standard output, came with would go; host. */
uint32_t wasi_fd_fdstat_set_flags(wasi_host *, uint32_t fd, uint32_t flags);

/* Gives up rights. BADF; NOTCAPABLE: one is asked that is not there, and nothing changes. */
uint32_t wasi_fd_fdstat_set_rights(wasi_host *, uint32_t fd, uint64_t base, uint64_t inheriting);

/* struct filestat. Times before 1970 are 0. BADF, NOTCAPABLE, host. */
uint32_t wasi_fd_filestat_get(wasi_host *, uint32_t fd, uint32_t result, enum wasi_layout);

/* Cuts a file or fills it with zeros up to `size`. BADF; ISDIR; PERM: read-only;
 * NOTCAPABLE; INVAL: above INT64_MAX; FBIG; host. */
uint32_t wasi_fd_filestat_set_size(wasi_host *, uint32_t fd, uint64_t size);

/* Times in nanoseconds; `fstflags` 1 or 2 for `atim` as given or now, 4 or 8 for
 * `mtim`; what is not named stays. BADF; PERM: read-only; NOTCAPABLE; INVAL: an unknown
 * flag, or given and now at once; host. */
uint32_t wasi_fd_filestat_set_times(wasi_host *, uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t fstflags);

/* Reads into `n` vectors at `iovs`; at `result` the number of bytes, 0 at the end. Of more
 * than 1,024 vectors the rest stays empty. BADF; ISDIR; NOTCAPABLE; AGAIN: NONBLOCK and
 * nothing there; NOTCONN: a socket without a peer; host. */
uint32_t wasi_fd_read(wasi_host *, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t result);

/* Reads at `offset`, and the position stays. BADF; ISDIR; SPIPE: it has no position;
 * NOTCAPABLE: also without the right to seek; INVAL: `offset` above INT64_MAX; host. */
uint32_t wasi_fd_pread(wasi_host *, uint32_t fd, uint32_t iovs, uint32_t n, uint64_t offset, uint32_t result);

/* Writes what the vectors hold, with APPEND at the end; at `result` the number of bytes.
 * BADF; ISDIR; PERM: read-only; NOTCAPABLE; AGAIN: NONBLOCK and no room; PIPE: nobody reads
 * any more; FBIG: beyond the largest size; NOSPC; MSGSIZE: too long a datagram; host. */
uint32_t wasi_fd_write(wasi_host *, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t result);

/* Writes at `offset`, and the position stays; with APPEND at the end nevertheless. BADF;
 * ISDIR; PERM: read-only; SPIPE: it has no position; NOTCAPABLE: also without the right to
 * seek; INVAL: `offset` above INT64_MAX; FBIG: beyond the largest size; NOSPC; host. */
uint32_t wasi_fd_pwrite(wasi_host *, uint32_t fd, uint32_t iovs, uint32_t n, uint64_t offset, uint32_t result);

/* struct prestat of a folder of the start. BADF: `fd` is none; guests count upwards
 * from 3 until they see it. */
uint32_t wasi_fd_prestat_get(wasi_host *, uint32_t fd, uint32_t result);

/* Its name, without a NUL. BADF; NAMETOOLONG: longer than `length`. */
uint32_t wasi_fd_prestat_dir_name(wasi_host *, uint32_t fd, uint32_t path, uint32_t length);

/* Entries from `cookie` on, 0 for the first, as many bytes as fit; the last may be cut.
 * At `result` the bytes used: fewer than `length` at the end of the folder. BADF,
 * NOTDIR, NOTCAPABLE, NOMEM, host. */
uint32_t wasi_fd_readdir(wasi_host *, uint32_t fd, uint32_t buffer, uint32_t length, uint64_t cookie, uint32_t result);

/* `to` is closed and becomes `from`, whose number is free then; nothing happens when
 * they are the same. BADF: one of them is not open. */
uint32_t wasi_fd_renumber(wasi_host *, uint32_t from, uint32_t to);

/* Moves the position by `delta` from the start (`whence` 0), itself (1) or the end (2);
 * at `result` where it is then. BADF; ISDIR; SPIPE: there is none; NOTCAPABLE; INVAL:
 * another whence, or before the start; host. */
uint32_t wasi_fd_seek(wasi_host *, uint32_t fd, uint64_t delta, uint32_t whence, uint32_t result, enum wasi_layout);

/* Contents and attributes reach the storage. BADF, NOTCAPABLE, INVAL, host. */
uint32_t wasi_fd_sync(wasi_host *, uint32_t fd);

/* The position. BADF, ISDIR, SPIPE, NOTCAPABLE. */
uint32_t wasi_fd_tell(wasi_host *, uint32_t fd, uint32_t result);

/* --- paths: the causes above, and --------------------------------------------------------- */

/* EXIST: something has that name, or the path ends in "." or ".."; host. */
uint32_t wasi_path_create_directory(wasi_host *, uint32_t fd, uint32_t path, uint32_t length);

/* struct filestat; of a link's target with `lookup` 1 or a slash behind it. host. */
uint32_t wasi_path_filestat_get(wasi_host *, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t length,
                                uint32_t result, enum wasi_layout);

/* As fd_filestat_set_times; of a link's target with `lookup` 1. host. */
uint32_t wasi_path_filestat_set_times(wasi_host *, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t length,
                                      uint64_t atim, uint64_t mtim, uint32_t fstflags);

/* Another name for a file; of a link's target with `lookup` 1. EXIST: the new name is
 * taken; PERM: `from` is a folder, or one of the two folders is read-only; XDEV: two file
 * systems; NOTSUP: boards; host. */
uint32_t wasi_path_link(wasi_host *, uint32_t from_fd, uint32_t lookup, uint32_t from, uint32_t from_length,
                        uint32_t to_fd, uint32_t to, uint32_t to_length);

/* The new number is written to `result`. `oflags` 1 create, 2 a folder, 4 only if new,
 * 8 empty it; `base` and `inheriting` are the rights asked for: of them those that its
 * type can have are given, and whether the host opens it to read or to write follows
 * from `base`. NOTCAPABLE: also a right that the folder does not pass on. PERM: to
 * create, to empty or to write below a read-only folder. INVAL: a folder that is to be
 * made or emptied. EXIST: create, only if new, and it is there. ISDIR: a folder to be
 * written, or created with a slash behind it. LOOP: a link that is not to be followed.
 * NXIO: a FIFO that nobody reads, a socket. MFILE: no number or no descriptor of the
 * host is left. NOMEM, host. */
uint32_t wasi_path_open(wasi_host *, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t length, uint32_t oflags,
                        uint64_t base, uint64_t inheriting, uint32_t fdflags, uint32_t result);

/* What a link says, cut at `size`, without a NUL; the bytes written at `result`. INVAL:
 * it is no link. */
uint32_t wasi_path_readlink(wasi_host *, uint32_t fd, uint32_t path, uint32_t length, uint32_t buffer, uint32_t size,
                            uint32_t result);

/* NOTEMPTY; INVAL: the path ends in "." or ".."; host. */
uint32_t wasi_path_remove_directory(wasi_host *, uint32_t fd, uint32_t path, uint32_t length);

/* What has the new name is replaced. ISDIR: a folder, by something else; NOTDIR:
 * something else, by a folder; NOTEMPTY: a folder with something in it; INVAL: a folder
 * into itself; BUSY: a path ends in "." or ".."; PERM: one of the two is read-only;
 * XDEV: two file systems; host. */
uint32_t wasi_path_rename(wasi_host *, uint32_t from_fd, uint32_t from, uint32_t from_length, uint32_t to_fd,
                          uint32_t to, uint32_t to_length);

/* A link with any text that is not absolute; it is looked at when it is used. NOENT:
 * also an empty text; PERM: also an absolute one; EXIST: the name is taken; NOTSUP:
 * boards; host. */
uint32_t wasi_path_symlink(wasi_host *, uint32_t target, uint32_t target_length, uint32_t fd, uint32_t path,
                           uint32_t length);

/* ISDIR: a folder; host. */
uint32_t wasi_path_unlink_file(wasi_host *, uint32_t fd, uint32_t path, uint32_t length);

/* --- waiting ---------------------------------------------------------------------------------- */

/* Waits until one of `n` subscriptions at `in` has something to tell: an event each at
 * `out`, their number at `result`. A descriptor that is ready keeps clocks silent.
 * INVAL: `n` is 0; NOMEM: `n` is above APUS_CONFIG_WASI_POLL_MAX. What is wrong with one
 * subscription is its event: BADF, NOTCAPABLE, INVAL (an unknown kind, clock or flag),
 * NOTSUP (a clock that cannot be waited for). */
uint32_t wasi_poll_oneoff(wasi_host *, uint32_t in, uint32_t out, uint32_t n, uint32_t result, enum wasi_layout);

/* --- sockets: those that the embedder gave, and what comes of them ------------------------------- */

/* The next connection, with NONBLOCK if `flags` say so; its number at `result`. BADF;
 * NOTSOCK; NOTCAPABLE: also a socket that does not listen; INVAL: another flag; AGAIN:
 * NONBLOCK and nobody waits; MFILE; NOMEM; host. */
uint32_t wasi_sock_accept(wasi_host *, uint32_t fd, uint32_t flags, uint32_t result);

/* Receives into `n` vectors; `flags` 1 leaves the bytes there, 2 waits for all. At `size`
 * their number, at `oflags` 1 when a datagram was longer. BADF; NOTSOCK; NOTCAPABLE; INVAL:
 * another flag; AGAIN: NONBLOCK and nothing there; NOTCONN: it has no peer; host. */
uint32_t wasi_sock_recv(wasi_host *, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size,
                        uint32_t oflags);

/* Sends what `n` vectors hold; at `size` the number of bytes. BADF; NOTSOCK; NOTCAPABLE;
 * INVAL: any flag; AGAIN: NONBLOCK and no room; PIPE: the peer is gone; MSGSIZE: too long a
 * datagram; host. */
uint32_t wasi_sock_send(wasi_host *, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size);

/* `how` 1 ends reading, 2 writing, 3 both. BADF, NOTSOCK, NOTCAPABLE, INVAL: another
 * number; NOTCONN. */
uint32_t wasi_sock_shutdown(wasi_host *, uint32_t fd, uint32_t how);

#endif
