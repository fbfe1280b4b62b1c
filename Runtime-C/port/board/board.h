/* board.h: what the board's half of the WASI layer shares. */
#ifndef APUS_BOARD_H
#define APUS_BOARD_H

#include "../../wasi/wasi_core.h"
#include "../../wasi/wasi_slots.h"

#include <string.h>

/* Nanoseconds of the monotonic clock: an errno. */
uint32_t board_now(const struct apus_wasi *wasi, uint64_t *now);

/* Writes a filestat. `ino` is a hash of where the file is, or 0. */
void board_put_filestat(uint8_t *to, const struct apus_vfs_stat *stat, uint64_t ino, enum wasi_layout layout);

/* FNV-1a of a canonical path of a file system: the same in stat and in readdir. */
uint64_t board_ino(const struct apus_vfs *vfs, const char *path);

#endif
