/* faults.h: put in front of each file of the WASI layer by the compiler's
 * -include. Every call of the host that can fail then passes through here, is
 * counted, and fails when a test says so. */
#ifndef FAULTS_H
#define FAULTS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Counts one point where something can fail; true, with errno set, when it is to. */
bool fault(const char *call);

/* Descriptors and streams that are open now. */
extern _Atomic long live_handles, live_streams;
int fault_opened(int fd);
DIR *fault_stream(DIR *stream);
int fault_close(int fd);
int fault_closedir(DIR *stream);

#define FAULT(name, ...) (fault(#name) ? -1 : name(__VA_ARGS__))
#define FAULT_FD(name, ...) (fault(#name) ? -1 : fault_opened(name(__VA_ARGS__)))

#ifndef FAULTS_THEMSELVES
#define open(...) FAULT_FD(open, __VA_ARGS__)
#define openat(...) FAULT_FD(openat, __VA_ARGS__)
#define syscall(...) FAULT_FD(syscall, __VA_ARGS__)
#define accept(...) FAULT_FD(accept, __VA_ARGS__)
#define accept4(...) FAULT_FD(accept4, __VA_ARGS__)
#define socket(...) FAULT_FD(socket, __VA_ARGS__)
#define dup(...) FAULT_FD(dup, __VA_ARGS__)
#define close(fd) fault_close(fd)
#define fdopendir(fd) (fault("fdopendir") ? NULL : fault_stream(fdopendir(fd)))
#define closedir(stream) fault_closedir(stream)
#define readdir(stream) (fault("readdir") ? NULL : readdir(stream))
#define posix_fadvise(...) (fault("posix_fadvise") ? errno : posix_fadvise(__VA_ARGS__))
#define fcntl(...) FAULT(fcntl, __VA_ARGS__)
#define fstat(...) FAULT(fstat, __VA_ARGS__)
#define fstatat(...) FAULT(fstatat, __VA_ARGS__)
#define lseek(...) FAULT(lseek, __VA_ARGS__)
#define readv(...) FAULT(readv, __VA_ARGS__)
#define writev(...) FAULT(writev, __VA_ARGS__)
#define preadv(...) FAULT(preadv, __VA_ARGS__)
#define pwritev(...) FAULT(pwritev, __VA_ARGS__)
#define poll(...) FAULT(poll, __VA_ARGS__)
#define ppoll(...) FAULT(ppoll, __VA_ARGS__)
#define ftruncate(...) FAULT(ftruncate, __VA_ARGS__)
#define futimens(...) FAULT(futimens, __VA_ARGS__)
#define utimensat(...) FAULT(utimensat, __VA_ARGS__)
#define fsync(...) FAULT(fsync, __VA_ARGS__)
#define fdatasync(...) FAULT(fdatasync, __VA_ARGS__)
#define fallocate(...) FAULT(fallocate, __VA_ARGS__)
#define readlinkat(...) FAULT(readlinkat, __VA_ARGS__)
#define mkdirat(...) FAULT(mkdirat, __VA_ARGS__)
#define unlinkat(...) FAULT(unlinkat, __VA_ARGS__)
#define symlinkat(...) FAULT(symlinkat, __VA_ARGS__)
#define linkat(...) FAULT(linkat, __VA_ARGS__)
#define renameat(...) FAULT(renameat, __VA_ARGS__)
#define clock_gettime(...) FAULT(clock_gettime, __VA_ARGS__)
#define clock_getres(...) FAULT(clock_getres, __VA_ARGS__)
#define getentropy(...) FAULT(getentropy, __VA_ARGS__)
#define ioctl(...) FAULT(ioctl, __VA_ARGS__)
#define recvmsg(...) FAULT(recvmsg, __VA_ARGS__)
#define sendmsg(...) FAULT(sendmsg, __VA_ARGS__)
#define recv(...) FAULT(recv, __VA_ARGS__)
#define send(...) FAULT(send, __VA_ARGS__)
#define shutdown(...) FAULT(shutdown, __VA_ARGS__)
#define getsockopt(...) FAULT(getsockopt, __VA_ARGS__)
#endif
#endif
