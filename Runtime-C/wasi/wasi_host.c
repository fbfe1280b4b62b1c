/* wasi_host.c: the errno map and the layouts of hosts. */
#include "wasi_internal.h"

#include <sys/socket.h>
#include <time.h>

uint32_t wasi_from_errno(int error) {
  switch (error) {
  case 0: return WASI_SUCCESS;
  case E2BIG: return WASI_2BIG;
  case EACCES: return WASI_ACCES;
  case EADDRINUSE: return WASI_ADDRINUSE;
  case EADDRNOTAVAIL: return WASI_ADDRNOTAVAIL;
  case EAFNOSUPPORT: return WASI_AFNOSUPPORT;
  case EAGAIN: return WASI_AGAIN;
#if EWOULDBLOCK != EAGAIN
  case EWOULDBLOCK: return WASI_AGAIN;
#endif
  case EALREADY: return WASI_ALREADY;
  case EBADF: return WASI_BADF;
  case EBADMSG: return WASI_BADMSG;
  case EBUSY: return WASI_BUSY;
  case ECANCELED: return WASI_CANCELED;
  case ECHILD: return WASI_CHILD;
  case ECONNABORTED: return WASI_CONNABORTED;
  case ECONNREFUSED: return WASI_CONNREFUSED;
  case ECONNRESET: return WASI_CONNRESET;
  case EDEADLK: return WASI_DEADLK;
  case EDESTADDRREQ: return WASI_DESTADDRREQ;
  case EDOM: return WASI_DOM;
  case EDQUOT: return WASI_DQUOT;
  case EEXIST: return WASI_EXIST;
  case EFAULT: return WASI_FAULT;
  case EFBIG: return WASI_FBIG;
  case EHOSTUNREACH: return WASI_HOSTUNREACH;
  case EIDRM: return WASI_IDRM;
  case EILSEQ: return WASI_ILSEQ;
  case EINPROGRESS: return WASI_INPROGRESS;
  case EINTR: return WASI_INTR;
  case EINVAL: return WASI_INVAL;
  case EISCONN: return WASI_ISCONN;
  case EISDIR: return WASI_ISDIR;
  case ELOOP: return WASI_LOOP;
  case EMFILE: return WASI_MFILE;
  case EMLINK: return WASI_MLINK;
  case EMSGSIZE: return WASI_MSGSIZE;
  case EMULTIHOP: return WASI_MULTIHOP;
  case ENAMETOOLONG: return WASI_NAMETOOLONG;
  case ENETDOWN: return WASI_NETDOWN;
  case ENETRESET: return WASI_NETRESET;
  case ENETUNREACH: return WASI_NETUNREACH;
  case ENFILE: return WASI_NFILE;
  case ENOBUFS: return WASI_NOBUFS;
  case ENODEV: return WASI_NODEV;
  case ENOENT: return WASI_NOENT;
  case ENOEXEC: return WASI_NOEXEC;
  case ENOLCK: return WASI_NOLCK;
  case ENOLINK: return WASI_NOLINK;
  case ENOMEM: return WASI_NOMEM;
  case ENOMSG: return WASI_NOMSG;
  case ENOPROTOOPT: return WASI_NOPROTOOPT;
  case ENOSPC: return WASI_NOSPC;
  case ENOSYS: return WASI_NOSYS;
  case ENOTCONN: return WASI_NOTCONN;
  case ENOTDIR: return WASI_NOTDIR;
  case ENOTEMPTY: return WASI_NOTEMPTY;
  case ENOTRECOVERABLE: return WASI_NOTRECOVERABLE;
  case ENOTSOCK: return WASI_NOTSOCK;
  case ENOTSUP: return WASI_NOTSUP;
#if EOPNOTSUPP != ENOTSUP
  case EOPNOTSUPP: return WASI_NOTSUP;
#endif
  case ENOTTY: return WASI_NOTTY;
  case ENXIO: return WASI_NXIO;
  case EOVERFLOW: return WASI_OVERFLOW;
  case EOWNERDEAD: return WASI_OWNERDEAD;
  case EPERM: return WASI_PERM;
  case EPIPE: return WASI_PIPE;
  case EPROTO: return WASI_PROTO;
  case EPROTONOSUPPORT: return WASI_PROTONOSUPPORT;
  case EPROTOTYPE: return WASI_PROTOTYPE;
  case ERANGE: return WASI_RANGE;
  case EROFS: return WASI_ROFS;
  case ESPIPE: return WASI_SPIPE;
  case ESRCH: return WASI_SRCH;
  case ESTALE: return WASI_STALE;
  case ETIMEDOUT: return WASI_TIMEDOUT;
  case ETXTBSY: return WASI_TXTBSY;
  case EXDEV: return WASI_XDEV;
  default: return WASI_IO;
  }
}

uint8_t wasi_filetype_of(mode_t mode) {
  if (S_ISREG(mode)) return WASI_REGULAR_FILE;
  if (S_ISDIR(mode)) return WASI_DIRECTORY;
  if (S_ISLNK(mode)) return WASI_SYMBOLIC_LINK;
  if (S_ISCHR(mode)) return WASI_CHARACTER_DEVICE;
  if (S_ISBLK(mode)) return WASI_BLOCK_DEVICE;
  if (S_ISSOCK(mode)) return WASI_SOCKET_STREAM;
  return WASI_UNKNOWN; /* pipes, too */
}

uint8_t wasi_filetype_of_fd(int fd, mode_t mode) {
  int type;
  socklen_t size = sizeof type;
  if (!S_ISSOCK(mode) || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) return wasi_filetype_of(mode);
  return type == SOCK_DGRAM ? WASI_SOCKET_DGRAM : WASI_SOCKET_STREAM;
}

uint64_t wasi_nanoseconds(int64_t seconds, long nanoseconds) {
  if (seconds < 0) return 0;
  if ((uint64_t)seconds > (UINT64_MAX - 999999999u) / 1000000000u) return UINT64_MAX;
  return (uint64_t)seconds * 1000000000u + (uint64_t)nanoseconds;
}

void wasi_put_filestat(uint8_t *to, const struct stat *stat, uint8_t filetype, enum wasi_layout layout) {
#ifdef __APPLE__
  struct timespec a = stat->st_atimespec, m = stat->st_mtimespec, c = stat->st_ctimespec;
#else
  struct timespec a = stat->st_atim, m = stat->st_mtim, c = stat->st_ctim;
#endif
  memset(to, 0, wasi_filestat_size(layout));
  wasi_put64(to, (uint64_t)stat->st_dev);
  wasi_put64(to + 8, (uint64_t)stat->st_ino);
  to[16] = filetype;
  uint8_t *rest;
  if (layout == WASI_PREVIEW1) {
    wasi_put64(to + 24, (uint64_t)stat->st_nlink);
    rest = to + 32;
  } else {
    wasi_put32(to + 20, (uint32_t)stat->st_nlink);
    rest = to + 24;
  }
  wasi_put64(rest, (uint64_t)stat->st_size);
  wasi_put64(rest + 8, wasi_nanoseconds(a.tv_sec, a.tv_nsec));
  wasi_put64(rest + 16, wasi_nanoseconds(m.tv_sec, m.tv_nsec));
  wasi_put64(rest + 24, wasi_nanoseconds(c.tv_sec, c.tv_nsec));
}

uint32_t wasi_show_filestat(struct apus_wasi *wasi, uint8_t *to, struct stat *stat, uint8_t filetype, enum wasi_layout layout) {
  uint32_t error = wasi_is_fixed(wasi) ? wasi_fixed_stat(wasi, stat) : WASI_SUCCESS;
  if (!error) wasi_put_filestat(to, stat, filetype, layout);
  return error;
}

static struct timespec one_time(uint64_t value, bool set, bool now) {
  struct timespec time = {0, 0};
  if (now) {
    time.tv_nsec = UTIME_NOW;
  } else if (set) {
    time.tv_sec = (time_t)(value / 1000000000u);
    time.tv_nsec = (long)(value % 1000000000u);
  } else {
    time.tv_nsec = UTIME_OMIT;
  }
  return time;
}

uint32_t wasi_times(uint64_t atim, uint64_t mtim, uint32_t fstflags, struct timespec times[2]) {
  if (fstflags & ~(uint32_t)WASI_FSTFLAGS) return WASI_INVAL;
  if ((fstflags & WASI_ATIM) && (fstflags & WASI_ATIM_NOW)) return WASI_INVAL;
  if ((fstflags & WASI_MTIM) && (fstflags & WASI_MTIM_NOW)) return WASI_INVAL;
  times[0] = one_time(atim, fstflags & WASI_ATIM, fstflags & WASI_ATIM_NOW);
  times[1] = one_time(mtim, fstflags & WASI_MTIM, fstflags & WASI_MTIM_NOW);
  return WASI_SUCCESS;
}
