/* wasi_path.c: resolution of guest paths that cannot leave a folder.
 *
 * Each component is opened by itself, without following links, and links are
 * expanded here. No name with a '/' and no ".." is ever given to the host: ".."
 * goes back to the descriptor that is still held, so a folder that is moved
 * meanwhile cannot lift us out. */
#include "wasi_internal.h"

enum { DEPTH_MAX = 127, LINKS_MAX = 40, TEXT_MAX = APUS_CONFIG_WASI_PATH_MAX };

#ifndef O_PATH
#error "this port needs O_PATH"
#endif

struct walk {
  int held[DEPTH_MAX + 1]; /* held[0] is the caller's */
  int depth;
  int links;
  char text[TEXT_MAX];
  char link[TEXT_MAX];
};

static void walk_unwind(struct walk *walk) {
  while (walk->depth > 0) close(walk->held[walk->depth--]);
}

/* The folder on top of the walk becomes the caller's. */
static uint32_t walk_finish(struct walk *walk, struct wasi_path *path, bool must_be_directory) {
  path->parent = walk->held[walk->depth];
  path->owned = walk->depth > 0;
  path->must_be_directory = must_be_directory;
  path->is_dot = !strcmp(path->name, ".");
  if (path->owned) walk->depth--;
  walk_unwind(walk);
  return WASI_SUCCESS;
}

/* Puts a link's target in front of `rest`. */
static uint32_t walk_expand(struct walk *walk, int link, const char *rest, bool slash) {
  if (++walk->links > LINKS_MAX) return WASI_LOOP;
  ssize_t got = readlinkat(link, "", walk->link, sizeof walk->link);
  if (got < 0) return wasi_from_errno(errno);
  size_t length = (size_t)got, rest_length = strlen(rest);
  if (!length) return WASI_NOENT;
  if (walk->link[0] == '/') return WASI_NOTCAPABLE;
  if (length + slash + rest_length >= sizeof walk->text) return WASI_NAMETOOLONG;
  memmove(walk->text + length + slash, rest, rest_length + 1);
  memcpy(walk->text, walk->link, length);
  if (slash) walk->text[length] = '/';
  return WASI_SUCCESS;
}

static uint32_t walk_run(struct walk *walk, enum wasi_final final, struct wasi_path *path) {
  const char *at = walk->text;
  while (at += strspn(at, "/"), *at) {
    size_t length = strcspn(at, "/");
    const char *rest = at + length;
    bool slash = *rest == '/';
    rest += strspn(rest, "/");
    bool last = !*rest;
    if (length == 1 && at[0] == '.') {
      at = rest;
      continue;
    }
    if (length == 2 && at[0] == '.' && at[1] == '.') {
      if (!walk->depth) return WASI_NOTCAPABLE;
      close(walk->held[walk->depth--]);
      at = rest;
      continue;
    }
    if (length >= sizeof path->name) return WASI_NAMETOOLONG;
    memcpy(path->name, at, length);
    path->name[length] = 0;
    if (last && (final == WASI_ENTRY || (final == WASI_NOFOLLOW && !slash))) return walk_finish(walk, path, slash);

    int fd = openat(walk->held[walk->depth], path->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
      if (errno == ENOENT && last) return walk_finish(walk, path, slash);
      return wasi_from_errno(errno);
    }
    struct stat stat;
    uint32_t error = WASI_SUCCESS;
    if (fstat(fd, &stat) < 0) {
      error = wasi_from_errno(errno);
    } else if (S_ISLNK(stat.st_mode)) {
      error = walk_expand(walk, fd, rest, slash);
      at = walk->text;
    } else if (last) {
      close(fd);
      if (slash && !S_ISDIR(stat.st_mode)) return WASI_NOTDIR;
      return walk_finish(walk, path, slash);
    } else if (!S_ISDIR(stat.st_mode)) {
      error = WASI_NOTDIR;
    } else if (walk->depth >= DEPTH_MAX) {
      error = WASI_NAMETOOLONG;
    } else {
      walk->held[++walk->depth] = fd;
      at = rest;
      continue;
    }
    close(fd);
    if (error) return error;
  }
  memcpy(path->name, ".", 2);
  return walk_finish(walk, path, true);
}

uint32_t wasi_path_resolve(int directory, const uint8_t *text, uint32_t length, enum wasi_final final, struct wasi_path *path) {
  struct walk walk;
  if (!length) return WASI_NOENT;
  if (memchr(text, 0, length)) return WASI_INVAL;
  if (text[0] == '/') return WASI_NOTCAPABLE;
  if (length >= sizeof walk.text) return WASI_NAMETOOLONG;
  memcpy(walk.text, text, length);
  walk.text[length] = 0;
  walk.held[0] = directory;
  walk.depth = 0;
  walk.links = 0;
  uint32_t error = walk_run(&walk, final, path);
  if (error) walk_unwind(&walk);
  return error;
}

void wasi_path_release(struct wasi_path *path) {
  if (path->owned) close(path->parent);
  path->owned = false;
}
