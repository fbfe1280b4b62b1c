#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The name that WASI has for a path: a/b is /here/a/b, and /a is /root/a (see build.sh). Never
 * freed. */
static const char *place(const char *path) {
  const char *folder = *path == '/' ? "/root" : "/here/";
  char *place = malloc(strlen(folder) + strlen(path) + 1);
  return place ? strcat(strcpy(place, folder), path) : path;
}

const uint8_t *system_read(const char *path, size_t *count) {
  int file = open(place(path), O_RDONLY);
  if (file < 0) return NULL;
  struct stat status;
  size_t room = fstat(file, &status) == 0 && status.st_size > 0 ? (size_t)status.st_size + 1 : 1 << 16;
  uint8_t *bytes = malloc(room);
  *count = 0;
  while (bytes) {
    ssize_t got = read(file, bytes + *count, room - *count);
    if (got < 0) break;
    if (got == 0) {
      close(file);
      return bytes;
    }
    *count += (size_t)got;
    if (*count < room) continue;
    room *= 2;
    uint8_t *larger = realloc(bytes, room);
    if (!larger) free(bytes);
    bytes = larger;
  }
  int error = bytes ? errno : ENOMEM;
  free(bytes);
  close(file);
  errno = error;
  return NULL;
}

static bool holds(const char *path, const void *bytes, size_t count) {
  struct stat status;
  if (stat(place(path), &status) || !S_ISREG(status.st_mode) || (size_t)status.st_size != count) return false;
  size_t read;
  const uint8_t *there = system_read(path, &read);
  bool is_same = there && read == count && !memcmp(there, bytes, count);
  free((void *)there);
  return is_same;
}

static bool write_all(int file, const uint8_t *bytes, size_t count) {
  while (count) {
    ssize_t step = write(file, bytes, count);
    if (step < 0) return false;
    bytes += step;
    count -= (size_t)step;
  }
  return true;
}

bool system_write(const char *path, const void *bytes, size_t count) {
  if (holds(path, bytes, count)) return true;
  path = place(path);
  size_t length = strlen(path);
  char *temporary = malloc(length + 5);
  if (!temporary) return false;
  memcpy(temporary, path, length);
  memcpy(temporary + length, ".tmp", 5);
  int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  bool is_written = file >= 0 && write_all(file, bytes, count);
  int error = errno;
  if (file >= 0 && close(file) && is_written) {
    is_written = false;
    error = errno;
  }
  if (is_written && rename(temporary, path)) {
    is_written = false;
    error = errno;
  }
  if (!is_written && file >= 0) unlink(temporary);
  free(temporary);
  errno = error;
  return is_written;
}

bool system_make_folder(const char *path) {
  struct stat status;
  path = place(path);
  if (!mkdir(path, 0777)) return true;
  int error = errno;
  if (!stat(path, &status) && S_ISDIR(status.st_mode)) return true;
  errno = error;
  return false;
}

bool system_print(bool is_error, const void *bytes, size_t count) {
  return write_all(is_error ? STDERR_FILENO : STDOUT_FILENO, bytes, count);
}

const char *system_error(void) {
  if (errno == ENOTCAPABLE) return "the path leads out of the working folder; give an absolute one";
  return strerror(errno);
}

_Noreturn void system_exit(int32_t status) { exit(status); }
