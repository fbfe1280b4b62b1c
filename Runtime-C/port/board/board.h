/* board.h: what the board's half of the WASI layer shares. */
#ifndef APUS_BOARD_H
#define APUS_BOARD_H

#include "../../wasi/wasi_core.h"
#include "../../wasi/wasi_slots.h"

#include <string.h>

/* Nanoseconds of the monotonic clock: an errno. */
uint32_t board_now(const struct apus_wasi *wasi, uint64_t *now);

void board_put_filestat(uint8_t *to, const struct apus_vfs_stat *stat, uint64_t ino, enum wasi_layout layout);

/* FNV-1a of a file's number in its file system, or where there is none of its canonical
 * path; 0 for an open file (`path` NULL) that has neither. */
uint64_t board_ino(const struct apus_vfs *vfs, const struct apus_vfs_stat *stat, const char *path);

#endif
