/* no_files.c: the functions with paths where there are no files (P1). No
 * descriptor is a folder: BADF, else NOTDIR. */
#include "board.h"

static uint32_t check(const wasi_host *host, uint32_t fd) {
  struct wasi_use use;
  uint32_t error = wasi_begin(host, fd, &use);
  return error ? error : wasi_end(&use, WASI_NOTDIR);
}

uint32_t wasi_fd_readdir(wasi_host *host, uint32_t fd, uint32_t buffer, uint32_t length, uint64_t cookie, uint32_t result) {
  (void)buffer, (void)length, (void)cookie, (void)result;
  return check(host, fd);
}

uint32_t wasi_path_create_directory(wasi_host *host, uint32_t fd, uint32_t path, uint32_t length) {
  (void)path, (void)length;
  return check(host, fd);
}

uint32_t wasi_path_filestat_get(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t length,
                                uint32_t result, enum wasi_layout layout) {
  (void)lookup, (void)path, (void)length, (void)result, (void)layout;
  return check(host, fd);
}

uint32_t wasi_path_filestat_set_times(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t length,
                                      uint64_t atim, uint64_t mtim, uint32_t fstflags) {
  (void)lookup, (void)path, (void)length, (void)atim, (void)mtim, (void)fstflags;
  return check(host, fd);
}

uint32_t wasi_path_link(wasi_host *host, uint32_t from_fd, uint32_t lookup, uint32_t from, uint32_t from_length,
                        uint32_t to_fd, uint32_t to, uint32_t to_length) {
  (void)lookup, (void)from, (void)from_length, (void)to_fd, (void)to, (void)to_length;
  return check(host, from_fd);
}

uint32_t wasi_path_open(wasi_host *host, uint32_t fd, uint32_t lookup, uint32_t path, uint32_t length, uint32_t oflags,
                        uint64_t base, uint64_t inheriting, uint32_t fdflags, uint32_t result) {
  (void)lookup, (void)path, (void)length, (void)oflags, (void)base, (void)inheriting, (void)fdflags, (void)result;
  return check(host, fd);
}

uint32_t wasi_path_readlink(wasi_host *host, uint32_t fd, uint32_t path, uint32_t length, uint32_t buffer, uint32_t size,
                            uint32_t result) {
  (void)path, (void)length, (void)buffer, (void)size, (void)result;
  return check(host, fd);
}

uint32_t wasi_path_remove_directory(wasi_host *host, uint32_t fd, uint32_t path, uint32_t length) {
  (void)path, (void)length;
  return check(host, fd);
}

uint32_t wasi_path_rename(wasi_host *host, uint32_t from_fd, uint32_t from, uint32_t from_length, uint32_t to_fd,
                          uint32_t to, uint32_t to_length) {
  (void)from, (void)from_length, (void)to_fd, (void)to, (void)to_length;
  return check(host, from_fd);
}

uint32_t wasi_path_symlink(wasi_host *host, uint32_t target, uint32_t target_length, uint32_t fd, uint32_t path,
                           uint32_t length) {
  (void)target, (void)target_length, (void)path, (void)length;
  return check(host, fd);
}

uint32_t wasi_path_unlink_file(wasi_host *host, uint32_t fd, uint32_t path, uint32_t length) {
  (void)path, (void)length;
  return check(host, fd);
}
