/* probes.c: see probes.h. */
#include "probes.h"

#define PATH_A(text) A, put(A, text)
#define PATH_B(text) B, put(B, text)

uint32_t probe_open(uint32_t fd, const char *path, uint32_t flags) {
  uint32_t oflags = 0, opened;
  if (flags & CREAT) oflags |= WASI_CREAT;
  if (flags & EXCL) oflags |= WASI_EXCL;
  if (flags & TRUNC) oflags |= WASI_TRUNC;
  if (flags & FOLDER) oflags |= WASI_OPEN_DIRECTORY;
  uint32_t error = guest_open(fd, path, flags & FOLLOW, oflags, flags & WRITE, &opened);
  return error ? error : wasi_fd_close(&guest, opened);
}

uint32_t probe_stat(uint32_t fd, const char *path, uint32_t flags) {
  return wasi_path_filestat_get(&guest, fd, flags & FOLLOW, PATH_A(path), RESULT, WASI_PREVIEW1);
}
uint32_t probe_times(uint32_t fd, const char *path, uint32_t flags) {
  return wasi_path_filestat_set_times(&guest, fd, flags & FOLLOW, PATH_A(path), 1, 1, WASI_ATIM | WASI_MTIM);
}
uint32_t probe_mkdir(uint32_t fd, const char *path) { return wasi_path_create_directory(&guest, fd, PATH_A(path)); }
uint32_t probe_rmdir(uint32_t fd, const char *path) { return wasi_path_remove_directory(&guest, fd, PATH_A(path)); }
uint32_t probe_unlink(uint32_t fd, const char *path) { return wasi_path_unlink_file(&guest, fd, PATH_A(path)); }
uint32_t probe_readlink(uint32_t fd, const char *path) { return wasi_path_readlink(&guest, fd, PATH_A(path), DATA, 100, RESULT); }
uint32_t probe_rename(uint32_t fd, const char *from, uint32_t to_fd, const char *to) {
  return wasi_path_rename(&guest, fd, PATH_A(from), to_fd, PATH_B(to));
}
uint32_t probe_link(uint32_t fd, const char *from, uint32_t to_fd, const char *to, uint32_t flags) {
  return wasi_path_link(&guest, fd, flags & FOLLOW, PATH_A(from), to_fd, PATH_B(to));
}
uint32_t probe_symlink(const char *target, uint32_t fd, const char *path) {
  return wasi_path_symlink(&guest, PATH_A(target), fd, PATH_B(path));
}

const char *const place_names[PLACES] = {"create_directory", "filestat_get", "filestat_set_times", "link from",
                                         "link to",          "open",         "readlink",           "remove_directory",
                                         "rename from",      "rename to",    "symlink",            "unlink_file"};

uint32_t probe_place(int place, uint32_t fd, uint32_t at, uint32_t length) {
  uint32_t in = put(B, "in");
  switch (place) {
  case 0: return wasi_path_create_directory(&guest, fd, at, length);
  case 1: return wasi_path_filestat_get(&guest, fd, 1, at, length, RESULT, WASI_PREVIEW1);
  case 2: return wasi_path_filestat_set_times(&guest, fd, 1, at, length, 1, 1, WASI_MTIM);
  case 3: return wasi_path_link(&guest, fd, 0, at, length, 3, B, put(B, "linked"));
  case 4: return wasi_path_link(&guest, 3, 0, B, in, fd, at, length);
  case 5: return wasi_path_open(&guest, fd, 1, at, length, 0, R_FD_READ, 0, 0, RESULT);
  case 6: return wasi_path_readlink(&guest, fd, at, length, DATA, 100, RESULT);
  case 7: return wasi_path_remove_directory(&guest, fd, at, length);
  case 8: return wasi_path_rename(&guest, fd, at, length, 3, B, put(B, "renamed"));
  case 9: return wasi_path_rename(&guest, 3, B, in, fd, at, length);
  case 10: return wasi_path_symlink(&guest, B, in, fd, at, length);
  default: return wasi_path_unlink_file(&guest, fd, at, length);
  }
}
