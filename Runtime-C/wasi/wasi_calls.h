/* wasi_calls.h: the functions that modules import, one row each; proc_exit and
 * sock_accept, which the older module lacks, stand apart. Prototypes and symbols
 * are made from it. */
#ifndef APUS_WASI_CALLS_H
#define APUS_WASI_CALLS_H

#include "wasi_core.h"

/* FUNCTION(name, parameters, arguments); LAYOUT_FUNCTION where the two versions
 * of the interface differ in a layout, which the function then takes as well. */
#define WASI_CALLS(FUNCTION, LAYOUT_FUNCTION) \
  FUNCTION(args_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(args_sizes_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(environ_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(environ_sizes_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(clock_res_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(clock_time_get, (struct apus_host *host, uint32_t a, uint64_t b, uint32_t c), (host, a, b, c)) \
  FUNCTION(random_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(sched_yield, (struct apus_host *host), (host)) \
  FUNCTION(proc_raise, (struct apus_host *host, uint32_t a), (host, a)) \
  FUNCTION(fd_advise, (struct apus_host *host, uint32_t a, uint64_t b, uint64_t c, uint32_t d), (host, a, b, c, d)) \
  FUNCTION(fd_allocate, (struct apus_host *host, uint32_t a, uint64_t b, uint64_t c), (host, a, b, c)) \
  FUNCTION(fd_close, (struct apus_host *host, uint32_t a), (host, a)) \
  FUNCTION(fd_datasync, (struct apus_host *host, uint32_t a), (host, a)) \
  FUNCTION(fd_fdstat_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(fd_fdstat_set_flags, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(fd_fdstat_set_rights, (struct apus_host *host, uint32_t a, uint64_t b, uint64_t c), (host, a, b, c)) \
  LAYOUT_FUNCTION(fd_filestat_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(fd_filestat_set_size, (struct apus_host *host, uint32_t a, uint64_t b), (host, a, b)) \
  FUNCTION(fd_filestat_set_times, (struct apus_host *host, uint32_t a, uint64_t b, uint64_t c, uint32_t d), (host, a, b, c, d)) \
  FUNCTION(fd_pread, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint64_t d, uint32_t e), (host, a, b, c, d, e)) \
  FUNCTION(fd_prestat_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(fd_prestat_dir_name, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c), (host, a, b, c)) \
  FUNCTION(fd_pwrite, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint64_t d, uint32_t e), (host, a, b, c, d, e)) \
  FUNCTION(fd_read, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d), (host, a, b, c, d)) \
  FUNCTION(fd_readdir, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint64_t d, uint32_t e), (host, a, b, c, d, e)) \
  FUNCTION(fd_renumber, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  LAYOUT_FUNCTION(fd_seek, (struct apus_host *host, uint32_t a, uint64_t b, uint32_t c, uint32_t d), (host, a, b, c, d)) \
  FUNCTION(fd_sync, (struct apus_host *host, uint32_t a), (host, a)) \
  FUNCTION(fd_tell, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b)) \
  FUNCTION(fd_write, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d), (host, a, b, c, d)) \
  FUNCTION(path_create_directory, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c), (host, a, b, c)) \
  LAYOUT_FUNCTION(path_filestat_get, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e), (host, a, b, c, d, e)) \
  FUNCTION(path_filestat_set_times, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint64_t e, uint64_t f, uint32_t g), (host, a, b, c, d, e, f, g)) \
  FUNCTION(path_link, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f, uint32_t g), (host, a, b, c, d, e, f, g)) \
  FUNCTION(path_open, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint64_t f, uint64_t g, uint32_t h, uint32_t i), (host, a, b, c, d, e, f, g, h, i)) \
  FUNCTION(path_readlink, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f), (host, a, b, c, d, e, f)) \
  FUNCTION(path_remove_directory, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c), (host, a, b, c)) \
  FUNCTION(path_rename, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f), (host, a, b, c, d, e, f)) \
  FUNCTION(path_symlink, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e), (host, a, b, c, d, e)) \
  FUNCTION(path_unlink_file, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c), (host, a, b, c)) \
  LAYOUT_FUNCTION(poll_oneoff, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d), (host, a, b, c, d)) \
  FUNCTION(sock_recv, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f), (host, a, b, c, d, e, f)) \
  FUNCTION(sock_send, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e), (host, a, b, c, d, e)) \
  FUNCTION(sock_shutdown, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))

#define WASI_PREVIEW1_SYMBOL(name) apus_import_wasi_snapshot_preview1_##name
#define WASI_UNSTABLE_SYMBOL(name) apus_import_wasi_unstable_##name

#define WASI_UNPACK(...) __VA_ARGS__
#define WASI_PROTOTYPES(name, parameters, arguments) \
  uint32_t WASI_PREVIEW1_SYMBOL(name) parameters;    \
  uint32_t WASI_UNSTABLE_SYMBOL(name) parameters;
WASI_CALLS(WASI_PROTOTYPES, WASI_PROTOTYPES)
#undef WASI_PROTOTYPES

uint32_t WASI_PREVIEW1_SYMBOL(sock_accept)(struct apus_host *host, uint32_t a, uint32_t b, uint32_t c);
void WASI_PREVIEW1_SYMBOL(proc_exit)(struct apus_host *host, uint32_t status);
void WASI_UNSTABLE_SYMBOL(proc_exit)(struct apus_host *host, uint32_t status);

#endif
