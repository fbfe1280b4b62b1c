/* probes.h: the path functions with C strings, and a function for each that takes
 * a path, to try one path with all of them. */
#ifndef PROBES_H
#define PROBES_H

#include "harness.h"

/* Paths go to A and B of the guest; `fd` is the folder. */
uint32_t probe_open(uint32_t fd, const char *path, uint32_t flags);
enum { FOLLOW = 1, CREAT = 2, EXCL = 4, TRUNC = 8, FOLDER = 16, WRITE = 32 }; /* `flags` */
uint32_t probe_stat(uint32_t fd, const char *path, uint32_t flags);
uint32_t probe_times(uint32_t fd, const char *path, uint32_t flags);
uint32_t probe_mkdir(uint32_t fd, const char *path);
uint32_t probe_rmdir(uint32_t fd, const char *path);
uint32_t probe_unlink(uint32_t fd, const char *path);
uint32_t probe_readlink(uint32_t fd, const char *path);
uint32_t probe_rename(uint32_t fd, const char *from, uint32_t to_fd, const char *to);
uint32_t probe_link(uint32_t fd, const char *from, uint32_t to_fd, const char *to, uint32_t flags);
uint32_t probe_symlink(const char *target, uint32_t fd, const char *path);

/* Each of the twelve places of a path in the ten path functions; the other path
 * of link and rename is "in", of folder 3. */
enum { PLACES = 12 };
uint32_t probe_place(int place, uint32_t fd, uint32_t at, uint32_t length);
extern const char *const place_names[PLACES];

#endif
