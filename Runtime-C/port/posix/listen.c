/* listen.c: a listening socket for a guest, which can make none itself. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "apus_wasi.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 128 };

/* "host:port" or "[host]:port" into two texts. */
static bool split(const char *address, char host[256], const char **port) {
  const char *colon = strrchr(address, ':');
  if (!colon || !colon[1]) return false;
  size_t length = (size_t)(colon - address);
  if (length >= 2 && address[0] == '[' && colon[-1] == ']') {
    address++;
    length -= 2;
  }
  if (!length || length >= 256) return false;
  memcpy(host, address, length);
  host[length] = 0;
  *port = colon + 1;
  return true;
}

/* The socket, or -1 and errno. */
static int listen_on(const struct addrinfo *info) {
  int on = 1, fd = socket(info->ai_family, info->ai_socktype, info->ai_protocol);
  if (fd < 0) return -1;
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
    return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int apus_listen(const char *address, char *message, size_t size) {
  struct addrinfo asked = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *list;
  char host[256];
  const char *port;
  if (!split(address, host, &port)) {
    snprintf(message, size, "cannot listen on %s: it is not HOST:PORT", address);
    return -1;
  }
  int wrong = getaddrinfo(host, port, &asked, &list), fd = -1;
  if (wrong) {
    snprintf(message, size, "cannot listen on %s: %s", address, gai_strerror(wrong));
    return -1;
  }
  for (const struct addrinfo *at = list; at && fd < 0; at = at->ai_next) fd = listen_on(at);
  if (fd < 0) snprintf(message, size, "cannot listen on %s: %s", address, strerror(errno));
  freeaddrinfo(list);
  return fd;
}
