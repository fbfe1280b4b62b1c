/* wasi_fixed.c: clocks, random numbers and attributes that are the same on every host; see struct apus_wasi_fixed. The
 * table's lock guards them. */
#include "wasi_internal.h"

static uint64_t add(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

uint64_t wasi_fixed_now(const struct apus_wasi *wasi, uint32_t id) {
  return id ? wasi->elapsed : add(wasi->fixed.clock, wasi->elapsed);
}

void wasi_fixed_pass(struct apus_wasi *wasi, uint64_t nanoseconds) {
  wasi_lock(wasi);
  wasi->elapsed = add(wasi->elapsed, nanoseconds);
  wasi_unlock(wasi);
}

/* splitmix64, of Steele, Lea and Flood. Eight bytes are made of a number, and what a call leaves is not used. */
static uint64_t next(struct apus_wasi *wasi) {
  uint64_t x = wasi->fixed.seed += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

void wasi_fixed_random(struct apus_wasi *wasi, uint8_t *to, uint32_t length) {
  wasi_lock(wasi);
  for (uint32_t at = 0; at < length; at += 8) {
    uint64_t number = next(wasi);
    for (uint32_t k = 0; k < 8 && k < length - at; k++) to[at + k] = (uint8_t)(number >> 8 * k);
  }
  wasi_unlock(wasi);
}

/* --- inodes -------------------------------------------------------------------- */

struct wasi_inode {
  uint64_t device, inode; /* the host's */
  uint32_t number;        /* the guest's, from 1 on; 0: the place is free */
};

/* Where it is in the table, which has free places, or is to be put. */
static struct wasi_inode *place(const struct apus_wasi *wasi, uint64_t device, uint64_t inode) {
  uint64_t hash = (inode ^ device * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
  for (uint32_t k = (uint32_t)(hash >> 32);; k++) {
    struct wasi_inode *at = &wasi->inodes[k & (wasi->inode_capacity - 1)];
    if (!at->number || (at->device == device && at->inode == inode)) return at;
  }
}

static bool grow(struct apus_wasi *wasi) {
  struct wasi_inode *old = wasi->inodes;
  uint32_t count = wasi->inode_capacity, capacity = count ? count * 2 : 64;
  struct wasi_inode *inodes = capacity ? apus_port_alloc(capacity * sizeof *inodes) : NULL;
  if (!inodes) return false;
  wasi->inodes = inodes;
  wasi->inode_capacity = capacity;
  for (uint32_t k = 0; k < count; k++)
    if (old[k].number) *place(wasi, old[k].device, old[k].inode) = old[k];
  if (old) apus_port_release(old, count * sizeof *old);
  return true;
}

static uint32_t number_of(struct apus_wasi *wasi, uint64_t device, uint64_t inode, uint64_t *number) {
  if (wasi->inode_count >= wasi->inode_capacity / 2 && !grow(wasi)) return WASI_NOMEM;
  struct wasi_inode *at = place(wasi, device, inode);
  if (!at->number) *at = (struct wasi_inode){device, inode, ++wasi->inode_count};
  *number = at->number;
  return WASI_SUCCESS;
}

void wasi_fixed_destroy(struct apus_wasi *wasi) {
  if (wasi->inodes) apus_port_release(wasi->inodes, wasi->inode_capacity * sizeof *wasi->inodes);
}

uint32_t wasi_fixed_stat(struct apus_wasi *wasi, struct stat *stat) {
  struct stat fixed = {.st_mode = stat->st_mode, .st_nlink = 1};
  uint64_t number = 0;
  wasi_lock(wasi);
  uint32_t error = number_of(wasi, (uint64_t)stat->st_dev, (uint64_t)stat->st_ino, &number);
  wasi_unlock(wasi);
  fixed.st_ino = (ino_t)number;
  if (!S_ISDIR(stat->st_mode)) {
    fixed.st_nlink = stat->st_nlink;
    fixed.st_size = stat->st_size;
  }
  *stat = fixed;
  return error;
}
