/* wasi_exports.c: the functions under the names that translated modules call,
 * for wasi_snapshot_preview1 and for the older wasi_unstable. */
#include "wasi_internal.h"

#define P1(name) apus_import_wasi_snapshot_preview1_##name
#define P0(name) apus_import_wasi_unstable_##name

/* One definition for each module: FUNCTION(name, parameters, arguments), and
 * LAYOUT_FUNCTION where the two differ in a layout. */
#define DEFINE(symbol, call, ...) \
  uint32_t symbol(__VA_ARGS__);   \
  uint32_t symbol(__VA_ARGS__) { return call; }
#define UNPACK(...) __VA_ARGS__
#define FUNCTION(name, parameters, arguments)                             \
  DEFINE(P1(name), wasi_##name(UNPACK arguments), UNPACK parameters)      \
  DEFINE(P0(name), wasi_##name(UNPACK arguments), UNPACK parameters)
#define LAYOUT_FUNCTION(name, parameters, arguments)                                     \
  DEFINE(P1(name), wasi_##name(UNPACK arguments, WASI_PREVIEW1), UNPACK parameters)      \
  DEFINE(P0(name), wasi_##name(UNPACK arguments, WASI_UNSTABLE), UNPACK parameters)

FUNCTION(args_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(args_sizes_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(environ_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(environ_sizes_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(clock_res_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(clock_time_get, (struct apus_host *host, uint32_t a, uint64_t b, uint32_t c), (host, a, b, c))
FUNCTION(random_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(sched_yield, (struct apus_host *host), (host))
FUNCTION(proc_raise, (struct apus_host *host, uint32_t a), (host, a))
FUNCTION(fd_advise, (struct apus_host *host, uint32_t a, uint64_t b, uint64_t c, uint32_t d), (host, a, b, c, d))
FUNCTION(fd_allocate, (struct apus_host *host, uint32_t a, uint64_t b, uint64_t c), (host, a, b, c))
FUNCTION(fd_close, (struct apus_host *host, uint32_t a), (host, a))
FUNCTION(fd_datasync, (struct apus_host *host, uint32_t a), (host, a))
FUNCTION(fd_fdstat_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(fd_fdstat_set_flags, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(fd_fdstat_set_rights, (struct apus_host *host, uint32_t a, uint64_t b, uint64_t c), (host, a, b, c))
LAYOUT_FUNCTION(fd_filestat_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(fd_filestat_set_size, (struct apus_host *host, uint32_t a, uint64_t b), (host, a, b))
FUNCTION(fd_filestat_set_times, (struct apus_host *host, uint32_t a, uint64_t b, uint64_t c, uint32_t d), (host, a, b, c, d))
FUNCTION(fd_pread, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint64_t d, uint32_t e), (host, a, b, c, d, e))
FUNCTION(fd_prestat_get, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(fd_prestat_dir_name, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c), (host, a, b, c))
FUNCTION(fd_pwrite, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint64_t d, uint32_t e), (host, a, b, c, d, e))
FUNCTION(fd_read, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d), (host, a, b, c, d))
FUNCTION(fd_readdir, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint64_t d, uint32_t e), (host, a, b, c, d, e))
FUNCTION(fd_renumber, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
LAYOUT_FUNCTION(fd_seek, (struct apus_host *host, uint32_t a, uint64_t b, uint32_t c, uint32_t d), (host, a, b, c, d))
FUNCTION(fd_sync, (struct apus_host *host, uint32_t a), (host, a))
FUNCTION(fd_tell, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))
FUNCTION(fd_write, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d), (host, a, b, c, d))
FUNCTION(path_create_directory, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c), (host, a, b, c))
LAYOUT_FUNCTION(path_filestat_get, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e), (host, a, b, c, d, e))
FUNCTION(path_filestat_set_times, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint64_t e, uint64_t f, uint32_t g), (host, a, b, c, d, e, f, g))
FUNCTION(path_link, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f, uint32_t g), (host, a, b, c, d, e, f, g))
FUNCTION(path_open, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint64_t f, uint64_t g, uint32_t h, uint32_t i), (host, a, b, c, d, e, f, g, h, i))
FUNCTION(path_readlink, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f), (host, a, b, c, d, e, f))
FUNCTION(path_remove_directory, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c), (host, a, b, c))
FUNCTION(path_rename, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f), (host, a, b, c, d, e, f))
FUNCTION(path_symlink, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e), (host, a, b, c, d, e))
FUNCTION(path_unlink_file, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c), (host, a, b, c))
LAYOUT_FUNCTION(poll_oneoff, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d), (host, a, b, c, d))
DEFINE(P1(sock_accept), wasi_sock_accept(host, a, b, c), struct apus_host *host, uint32_t a, uint32_t b, uint32_t c)
FUNCTION(sock_recv, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f), (host, a, b, c, d, e, f))
FUNCTION(sock_send, (struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e), (host, a, b, c, d, e))
FUNCTION(sock_shutdown, (struct apus_host *host, uint32_t a, uint32_t b), (host, a, b))

void P1(proc_exit)(struct apus_host *host, uint32_t status);
void P1(proc_exit)(struct apus_host *host, uint32_t status) {
  (void)host;
  apus_exit(status);
}

void P0(proc_exit)(struct apus_host *host, uint32_t status);
void P0(proc_exit)(struct apus_host *host, uint32_t status) {
  (void)host;
  apus_exit(status);
}
