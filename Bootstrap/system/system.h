/* What apus-c wants of a C library: files, and an end. */
#ifndef BOOTSTRAP_SYSTEM_H
#define BOOTSTRAP_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of a file, never freed; NULL where that failed. */
const uint8_t *system_read(const char *path, size_t *count);

/* Writes a file whole, under a temporary name first. One that has these bytes already stays as
 * it is, and as old. */
bool system_write(const char *path, const void *bytes, size_t count);

/* Makes a folder; true if there is one. */
bool system_make_folder(const char *path);

/* Writes to standard output, or to standard error. */
bool system_print(bool is_error, const void *bytes, size_t count);

/* Why the last of these failed. */
const char *system_error(void);

_Noreturn void system_exit(int32_t status);

#endif
