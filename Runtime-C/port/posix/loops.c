/* What compilers call where a loop of translated code only sets, copies or
 * searches bytes of guest memory. A fault has to lie in translated code to be a
 * trap, so these lie there, and touch the last byte before they go on to the
 * C library's; a memory has no holes, so the rest is there as well. */
#include "posix.h"

#include <string.h>
#include <wchar.h>

__asm__(APUS_MARK(runtime, guarded));

APUS_CODE static void touch(const void *from, size_t size) { force(((const volatile u8 *)from)[size - 1]); }

APUS_CODE void *apus_memset(void *to, int byte, size_t size) {
  if (size) touch(to, size);
  return memset(to, byte, size);
}

APUS_CODE void *apus_memcpy(void *to, const void *from, size_t size) {
  if (size) touch(to, size), touch(from, size);
  return memcpy(to, from, size);
}

APUS_CODE void *apus_memmove(void *to, const void *from, size_t size) {
  if (size) touch(to, size), touch(from, size);
  return memmove(to, from, size);
}

/* Where these end is not known before. */
APUS_CODE size_t apus_strlen(const char *text) {
  size_t length = 0;
  while (((const volatile char *)text)[length]) length++;
  return length;
}

APUS_CODE size_t apus_wcslen(const wchar_t *text) {
  size_t length = 0;
  while (((const volatile wchar_t *)text)[length]) length++;
  return length;
}
