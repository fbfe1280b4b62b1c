/* wasi_readdir.c: fd_readdir.
 *
 * A cookie is the index of an entry. The stream is kept, so reading on costs
 * nothing; any other cookie rewinds and counts. Errnos: BADF, NOTDIR, NOTCAPABLE
 * and the host's. */
#include "wasi_internal.h"

static uint32_t next_entry(struct apus_wasi_slot *slot) {
  if (slot->pending) return WASI_SUCCESS;
  errno = 0;
  slot->pending = readdir(slot->stream);
  return slot->pending || !errno ? WASI_SUCCESS : wasi_from_errno(errno);
}

static void advance(struct apus_wasi_slot *slot) {
  slot->pending = NULL;
  slot->position++;
}

static uint32_t go_to(struct apus_wasi_slot *slot, uint64_t cookie) {
  if (!slot->stream) {
    int fd = openat(slot->host, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return wasi_from_errno(errno);
    slot->stream = fdopendir(fd);
    if (!slot->stream) {
      uint32_t error = wasi_from_errno(errno);
      close(fd);
      return error;
    }
    slot->position = 0;
  }
  if (!cookie || cookie < slot->position) {
    rewinddir(slot->stream);
    slot->pending = NULL;
    slot->position = 0;
  }
  while (slot->position < cookie) {
    uint32_t error = next_entry(slot);
    if (error) return error;
    if (!slot->pending) return WASI_SUCCESS; /* beyond the end: nothing more */
    advance(slot);
  }
  return WASI_SUCCESS;
}

static uint8_t filetype_of(const struct apus_wasi_slot *slot, const struct dirent *entry) {
  switch (entry->d_type) {
  case DT_REG: return WASI_REGULAR_FILE;
  case DT_DIR: return WASI_DIRECTORY;
  case DT_LNK: return WASI_SYMBOLIC_LINK;
  case DT_CHR: return WASI_CHARACTER_DEVICE;
  case DT_BLK: return WASI_BLOCK_DEVICE;
  case DT_SOCK: return WASI_SOCKET_STREAM;
  case DT_UNKNOWN: break;
  default: return WASI_UNKNOWN;
  }
  struct stat stat;
  if (fstatat(slot->host, entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) < 0) return WASI_UNKNOWN;
  return wasi_filetype_of(stat.st_mode);
}

uint32_t wasi_fd_readdir(wasi_host *host, uint32_t fd, uint32_t buffer, uint32_t length, uint64_t cookie, uint32_t result) {
  struct apus_wasi_slot *slot;
  uint32_t error = wasi_directory(host, fd, R_FD_READDIR, false, &slot);
  if (error) return error;
  uint8_t *to = wasi_guest(host, buffer, length, 1);
  uint8_t *used_to = wasi_guest(host, result, 1, 4);
  error = go_to(slot, cookie);
  if (error) return error;
  uint32_t used = 0;
  while (used < length) {
    error = next_entry(slot);
    if (error && !used) return error;
    if (!slot->pending) break;
    uint8_t header[24] = {0};
    uint32_t room = length - used, name_length = (uint32_t)strlen(slot->pending->d_name);
    wasi_put64(header, slot->position + 1);
    wasi_put64(header + 8, (uint64_t)slot->pending->d_ino);
    wasi_put32(header + 16, name_length);
    header[20] = filetype_of(slot, slot->pending);
    uint32_t part = room < sizeof header ? room : (uint32_t)sizeof header;
    memcpy(to + used, header, part);
    used += part;
    room -= part;
    part = room < name_length ? room : name_length;
    memcpy(to + used, slot->pending->d_name, part);
    used += part;
    if (part < name_length) break; /* the buffer is full; the entry stays */
    advance(slot);
  }
  wasi_put32(used_to, used);
  return WASI_SUCCESS;
}
