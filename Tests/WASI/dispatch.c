/* dispatch.c: see dispatch.h. */
#include "dispatch.h"
#include "wasi_calls.h"

#include <string.h>

extern struct apus_host guest;

static uint32_t args_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(args_get)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t args_sizes_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(args_sizes_get)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t environ_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(environ_get)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t environ_sizes_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(environ_sizes_get)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t clock_res_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(clock_res_get)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t clock_time_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(clock_time_get)(&guest, (uint32_t)a[0], a[1], (uint32_t)a[2]);
}
static uint32_t random_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(random_get)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t sched_yield(const uint64_t *a) {
  (void)a;
  return WASI_PREVIEW1_SYMBOL(sched_yield)(&guest);
}
static uint32_t proc_raise(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(proc_raise)(&guest, (uint32_t)a[0]);
}
static uint32_t proc_exit(const uint64_t *a) {
  WASI_PREVIEW1_SYMBOL(proc_exit)(&guest, (uint32_t)a[0]);
  return 0;
}
static uint32_t fd_advise(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_advise)(&guest, (uint32_t)a[0], a[1], a[2], (uint32_t)a[3]);
}
static uint32_t fd_allocate(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_allocate)(&guest, (uint32_t)a[0], a[1], a[2]);
}
static uint32_t fd_close(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_close)(&guest, (uint32_t)a[0]);
}
static uint32_t fd_datasync(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_datasync)(&guest, (uint32_t)a[0]);
}
static uint32_t fd_fdstat_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_fdstat_get)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t fd_fdstat_set_flags(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_fdstat_set_flags)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t fd_fdstat_set_rights(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_fdstat_set_rights)(&guest, (uint32_t)a[0], a[1], a[2]);
}
static uint32_t fd_filestat_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_filestat_get)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t fd_filestat_set_size(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_filestat_set_size)(&guest, (uint32_t)a[0], a[1]);
}
static uint32_t fd_filestat_set_times(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_filestat_set_times)(&guest, (uint32_t)a[0], a[1], a[2], (uint32_t)a[3]);
}
static uint32_t fd_pread(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_pread)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], a[3], (uint32_t)a[4]);
}
static uint32_t fd_prestat_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_prestat_get)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t fd_prestat_dir_name(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_prestat_dir_name)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2]);
}
static uint32_t fd_pwrite(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_pwrite)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], a[3], (uint32_t)a[4]);
}
static uint32_t fd_read(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_read)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3]);
}
static uint32_t fd_readdir(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_readdir)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], a[3], (uint32_t)a[4]);
}
static uint32_t fd_renumber(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_renumber)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t fd_seek(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_seek)(&guest, (uint32_t)a[0], a[1], (uint32_t)a[2], (uint32_t)a[3]);
}
static uint32_t fd_sync(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_sync)(&guest, (uint32_t)a[0]);
}
static uint32_t fd_tell(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_tell)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}
static uint32_t fd_write(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(fd_write)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3]);
}
static uint32_t path_create_directory(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_create_directory)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2]);
}
static uint32_t path_filestat_get(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_filestat_get)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3], (uint32_t)a[4]);
}
static uint32_t path_filestat_set_times(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_filestat_set_times)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3], a[4], a[5], (uint32_t)a[6]);
}
static uint32_t path_link(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_link)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3], (uint32_t)a[4], (uint32_t)a[5], (uint32_t)a[6]);
}
static uint32_t path_open(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_open)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3], (uint32_t)a[4], a[5], a[6], (uint32_t)a[7], (uint32_t)a[8]);
}
static uint32_t path_readlink(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_readlink)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3], (uint32_t)a[4], (uint32_t)a[5]);
}
static uint32_t path_remove_directory(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_remove_directory)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2]);
}
static uint32_t path_rename(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_rename)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3], (uint32_t)a[4], (uint32_t)a[5]);
}
static uint32_t path_symlink(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_symlink)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3], (uint32_t)a[4]);
}
static uint32_t path_unlink_file(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(path_unlink_file)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2]);
}
static uint32_t poll_oneoff(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(poll_oneoff)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3]);
}
static uint32_t sock_accept(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(sock_accept)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2]);
}
static uint32_t sock_recv(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(sock_recv)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3], (uint32_t)a[4], (uint32_t)a[5]);
}
static uint32_t sock_send(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(sock_send)(&guest, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (uint32_t)a[3], (uint32_t)a[4]);
}
static uint32_t sock_shutdown(const uint64_t *a) {
  return WASI_PREVIEW1_SYMBOL(sock_shutdown)(&guest, (uint32_t)a[0], (uint32_t)a[1]);
}

const struct call calls[CALL_COUNT] = {
    {"args_get", "pp", args_get},
    {"args_sizes_get", "pp", args_sizes_get},
    {"environ_get", "pp", environ_get},
    {"environ_sizes_get", "pp", environ_sizes_get},
    {"clock_res_get", "ip", clock_res_get},
    {"clock_time_get", "iIp", clock_time_get},
    {"random_get", "bl", random_get},
    {"sched_yield", "", sched_yield},
    {"proc_raise", "i", proc_raise},
    {"proc_exit", "i", proc_exit},
    {"fd_advise", "fIIi", fd_advise},
    {"fd_allocate", "fII", fd_allocate},
    {"fd_close", "f", fd_close},
    {"fd_datasync", "f", fd_datasync},
    {"fd_fdstat_get", "fp", fd_fdstat_get},
    {"fd_fdstat_set_flags", "fi", fd_fdstat_set_flags},
    {"fd_fdstat_set_rights", "fII", fd_fdstat_set_rights},
    {"fd_filestat_get", "fp", fd_filestat_get},
    {"fd_filestat_set_size", "fI", fd_filestat_set_size},
    {"fd_filestat_set_times", "fIIi", fd_filestat_set_times},
    {"fd_pread", "fvnIp", fd_pread},
    {"fd_prestat_get", "fp", fd_prestat_get},
    {"fd_prestat_dir_name", "fbl", fd_prestat_dir_name},
    {"fd_pwrite", "fvnIp", fd_pwrite},
    {"fd_read", "fvnp", fd_read},
    {"fd_readdir", "fblIp", fd_readdir},
    {"fd_renumber", "ff", fd_renumber},
    {"fd_seek", "fIip", fd_seek},
    {"fd_sync", "f", fd_sync},
    {"fd_tell", "fp", fd_tell},
    {"fd_write", "fvnp", fd_write},
    {"path_create_directory", "fsl", path_create_directory},
    {"path_filestat_get", "fislp", path_filestat_get},
    {"path_filestat_set_times", "fislIIi", path_filestat_set_times},
    {"path_link", "fislfsl", path_link},
    {"path_open", "fisliIIip", path_open},
    {"path_readlink", "fslblp", path_readlink},
    {"path_remove_directory", "fsl", path_remove_directory},
    {"path_rename", "fslfsl", path_rename},
    {"path_symlink", "slfsl", path_symlink},
    {"path_unlink_file", "fsl", path_unlink_file},
    {"poll_oneoff", "qenp", poll_oneoff},
    {"sock_accept", "fip", sock_accept},
    {"sock_recv", "fvnipp", sock_recv},
    {"sock_send", "fvnip", sock_send},
    {"sock_shutdown", "fi", sock_shutdown},
};

const struct call *call_named(const char *name) {
  for (int i = 0; i < CALL_COUNT; i++)
    if (!strcmp(calls[i].name, name)) return &calls[i];
  return NULL;
}
