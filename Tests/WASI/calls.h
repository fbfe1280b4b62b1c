/* calls.h: makes the tests call what a module calls. An address outside the
 * memory then traps, as it does there; the functions below would answer WASI_TRAP. */
#ifndef CALLS_H
#define CALLS_H

#include "wasi_calls.h"

#define wasi_args_get(...) WASI_PREVIEW1_SYMBOL(args_get)(__VA_ARGS__)
#define wasi_args_sizes_get(...) WASI_PREVIEW1_SYMBOL(args_sizes_get)(__VA_ARGS__)
#define wasi_environ_get(...) WASI_PREVIEW1_SYMBOL(environ_get)(__VA_ARGS__)
#define wasi_environ_sizes_get(...) WASI_PREVIEW1_SYMBOL(environ_sizes_get)(__VA_ARGS__)
#define wasi_clock_res_get(...) WASI_PREVIEW1_SYMBOL(clock_res_get)(__VA_ARGS__)
#define wasi_clock_time_get(...) WASI_PREVIEW1_SYMBOL(clock_time_get)(__VA_ARGS__)
#define wasi_random_get(...) WASI_PREVIEW1_SYMBOL(random_get)(__VA_ARGS__)
#define wasi_sched_yield(...) WASI_PREVIEW1_SYMBOL(sched_yield)(__VA_ARGS__)
#define wasi_proc_raise(...) WASI_PREVIEW1_SYMBOL(proc_raise)(__VA_ARGS__)
#define wasi_fd_advise(...) WASI_PREVIEW1_SYMBOL(fd_advise)(__VA_ARGS__)
#define wasi_fd_allocate(...) WASI_PREVIEW1_SYMBOL(fd_allocate)(__VA_ARGS__)
#define wasi_fd_close(...) WASI_PREVIEW1_SYMBOL(fd_close)(__VA_ARGS__)
#define wasi_fd_datasync(...) WASI_PREVIEW1_SYMBOL(fd_datasync)(__VA_ARGS__)
#define wasi_fd_fdstat_get(...) WASI_PREVIEW1_SYMBOL(fd_fdstat_get)(__VA_ARGS__)
#define wasi_fd_fdstat_set_flags(...) WASI_PREVIEW1_SYMBOL(fd_fdstat_set_flags)(__VA_ARGS__)
#define wasi_fd_fdstat_set_rights(...) WASI_PREVIEW1_SYMBOL(fd_fdstat_set_rights)(__VA_ARGS__)
static inline uint32_t call_fd_filestat_get(struct apus_host *host, uint32_t a, uint32_t b, enum wasi_layout layout) {
  return layout == WASI_PREVIEW1 ? WASI_PREVIEW1_SYMBOL(fd_filestat_get)(host, a, b) : WASI_UNSTABLE_SYMBOL(fd_filestat_get)(host, a, b);
}
#define wasi_fd_filestat_get call_fd_filestat_get
#define wasi_fd_filestat_set_size(...) WASI_PREVIEW1_SYMBOL(fd_filestat_set_size)(__VA_ARGS__)
#define wasi_fd_filestat_set_times(...) WASI_PREVIEW1_SYMBOL(fd_filestat_set_times)(__VA_ARGS__)
#define wasi_fd_pread(...) WASI_PREVIEW1_SYMBOL(fd_pread)(__VA_ARGS__)
#define wasi_fd_prestat_get(...) WASI_PREVIEW1_SYMBOL(fd_prestat_get)(__VA_ARGS__)
#define wasi_fd_prestat_dir_name(...) WASI_PREVIEW1_SYMBOL(fd_prestat_dir_name)(__VA_ARGS__)
#define wasi_fd_pwrite(...) WASI_PREVIEW1_SYMBOL(fd_pwrite)(__VA_ARGS__)
#define wasi_fd_read(...) WASI_PREVIEW1_SYMBOL(fd_read)(__VA_ARGS__)
#define wasi_fd_readdir(...) WASI_PREVIEW1_SYMBOL(fd_readdir)(__VA_ARGS__)
#define wasi_fd_renumber(...) WASI_PREVIEW1_SYMBOL(fd_renumber)(__VA_ARGS__)
static inline uint32_t call_fd_seek(struct apus_host *host, uint32_t a, uint64_t b, uint32_t c, uint32_t d, enum wasi_layout layout) {
  return layout == WASI_PREVIEW1 ? WASI_PREVIEW1_SYMBOL(fd_seek)(host, a, b, c, d) : WASI_UNSTABLE_SYMBOL(fd_seek)(host, a, b, c, d);
}
#define wasi_fd_seek call_fd_seek
#define wasi_fd_sync(...) WASI_PREVIEW1_SYMBOL(fd_sync)(__VA_ARGS__)
#define wasi_fd_tell(...) WASI_PREVIEW1_SYMBOL(fd_tell)(__VA_ARGS__)
#define wasi_fd_write(...) WASI_PREVIEW1_SYMBOL(fd_write)(__VA_ARGS__)
#define wasi_path_create_directory(...) WASI_PREVIEW1_SYMBOL(path_create_directory)(__VA_ARGS__)
static inline uint32_t call_path_filestat_get(struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, enum wasi_layout layout) {
  return layout == WASI_PREVIEW1 ? WASI_PREVIEW1_SYMBOL(path_filestat_get)(host, a, b, c, d, e) : WASI_UNSTABLE_SYMBOL(path_filestat_get)(host, a, b, c, d, e);
}
#define wasi_path_filestat_get call_path_filestat_get
#define wasi_path_filestat_set_times(...) WASI_PREVIEW1_SYMBOL(path_filestat_set_times)(__VA_ARGS__)
#define wasi_path_link(...) WASI_PREVIEW1_SYMBOL(path_link)(__VA_ARGS__)
#define wasi_path_open(...) WASI_PREVIEW1_SYMBOL(path_open)(__VA_ARGS__)
#define wasi_path_readlink(...) WASI_PREVIEW1_SYMBOL(path_readlink)(__VA_ARGS__)
#define wasi_path_remove_directory(...) WASI_PREVIEW1_SYMBOL(path_remove_directory)(__VA_ARGS__)
#define wasi_path_rename(...) WASI_PREVIEW1_SYMBOL(path_rename)(__VA_ARGS__)
#define wasi_path_symlink(...) WASI_PREVIEW1_SYMBOL(path_symlink)(__VA_ARGS__)
#define wasi_path_unlink_file(...) WASI_PREVIEW1_SYMBOL(path_unlink_file)(__VA_ARGS__)
static inline uint32_t call_poll_oneoff(struct apus_host *host, uint32_t a, uint32_t b, uint32_t c, uint32_t d, enum wasi_layout layout) {
  return layout == WASI_PREVIEW1 ? WASI_PREVIEW1_SYMBOL(poll_oneoff)(host, a, b, c, d) : WASI_UNSTABLE_SYMBOL(poll_oneoff)(host, a, b, c, d);
}
#define wasi_poll_oneoff call_poll_oneoff
#define wasi_sock_recv(...) WASI_PREVIEW1_SYMBOL(sock_recv)(__VA_ARGS__)
#define wasi_sock_send(...) WASI_PREVIEW1_SYMBOL(sock_send)(__VA_ARGS__)
#define wasi_sock_shutdown(...) WASI_PREVIEW1_SYMBOL(sock_shutdown)(__VA_ARGS__)
#define wasi_sock_accept(...) WASI_PREVIEW1_SYMBOL(sock_accept)(__VA_ARGS__)

#endif
