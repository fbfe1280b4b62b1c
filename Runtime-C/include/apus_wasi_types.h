/* apus_wasi_types.h: numbers of the WASI interface that hosts, boards and file
 * systems share. */
#ifndef APUS_WASI_TYPES_H
#define APUS_WASI_TYPES_H

#include "apus.h"

enum wasi_errno {
  WASI_SUCCESS = 0, WASI_2BIG = 1, WASI_ACCES = 2, WASI_ADDRINUSE = 3, WASI_ADDRNOTAVAIL = 4,
  WASI_AFNOSUPPORT = 5, WASI_AGAIN = 6, WASI_ALREADY = 7, WASI_BADF = 8, WASI_BADMSG = 9,
  WASI_BUSY = 10, WASI_CANCELED = 11, WASI_CHILD = 12, WASI_CONNABORTED = 13,
  WASI_CONNREFUSED = 14, WASI_CONNRESET = 15, WASI_DEADLK = 16, WASI_DESTADDRREQ = 17,
  WASI_DOM = 18, WASI_DQUOT = 19, WASI_EXIST = 20, WASI_FAULT = 21, WASI_FBIG = 22,
  WASI_HOSTUNREACH = 23, WASI_IDRM = 24, WASI_ILSEQ = 25, WASI_INPROGRESS = 26, WASI_INTR = 27,
  WASI_INVAL = 28, WASI_IO = 29, WASI_ISCONN = 30, WASI_ISDIR = 31, WASI_LOOP = 32,
  WASI_MFILE = 33, WASI_MLINK = 34, WASI_MSGSIZE = 35, WASI_MULTIHOP = 36, WASI_NAMETOOLONG = 37,
  WASI_NETDOWN = 38, WASI_NETRESET = 39, WASI_NETUNREACH = 40, WASI_NFILE = 41, WASI_NOBUFS = 42,
  WASI_NODEV = 43, WASI_NOENT = 44, WASI_NOEXEC = 45, WASI_NOLCK = 46, WASI_NOLINK = 47,
  WASI_NOMEM = 48, WASI_NOMSG = 49, WASI_NOPROTOOPT = 50, WASI_NOSPC = 51, WASI_NOSYS = 52,
  WASI_NOTCONN = 53, WASI_NOTDIR = 54, WASI_NOTEMPTY = 55, WASI_NOTRECOVERABLE = 56,
  WASI_NOTSOCK = 57, WASI_NOTSUP = 58, WASI_NOTTY = 59, WASI_NXIO = 60, WASI_OVERFLOW = 61,
  WASI_OWNERDEAD = 62, WASI_PERM = 63, WASI_PIPE = 64, WASI_PROTO = 65, WASI_PROTONOSUPPORT = 66,
  WASI_PROTOTYPE = 67, WASI_RANGE = 68, WASI_ROFS = 69, WASI_SPIPE = 70, WASI_SRCH = 71,
  WASI_STALE = 72, WASI_TIMEDOUT = 73, WASI_TXTBSY = 74, WASI_XDEV = 75, WASI_NOTCAPABLE = 76
};

enum wasi_filetype {
  WASI_UNKNOWN, WASI_BLOCK_DEVICE, WASI_CHARACTER_DEVICE, WASI_DIRECTORY, WASI_REGULAR_FILE,
  WASI_SOCKET_DGRAM, WASI_SOCKET_STREAM, WASI_SYMBOLIC_LINK
};

/* How to make and use a lock; all four are needed. `create` answers NULL when it
 * cannot make one. A lock is held for a few instructions only, never across a call
 * that waits, and by one function at a time. */
struct apus_lock_ops {
  void *(*create)(void *context);
  void (*destroy)(void *context, void *lock);
  void (*acquire)(void *context, void *lock);
  void (*release)(void *context, void *lock);
  void *context; /* handed to all of them */
};

/* Boards may have no C library but the four mem functions. */
static inline size_t apus_wasi_length(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}
static inline bool apus_wasi_same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

struct apus_wasi_strings {
  const char *const *list;
  uint32_t count;
  uint32_t size; /* bytes, with a NUL after each */
};

#endif
