/* wasi_path.c: resolution of guest paths that cannot leave a folder.
 *
 * The walk, which needs nothing special of the host. Each component is opened by
 * itself, without following links, and links are expanded here. No name with a '/'
 * and no ".." is ever given to the host: ".." goes back to the descriptor that is
 * still held, so a folder that is moved meanwhile cannot lift us out. */
#include "wasi_internal.h"

enum { DEPTH_MAX = 127, LINKS_MAX = 40, TEXT_MAX = APUS_CONFIG_WASI_PATH_MAX };

#ifndef O_SEARCH
#define O_SEARCH O_RDONLY
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

/* A component that was looked at. */
struct component {
  int fd; /* -1: none is needed, or the host has no O_PATH */
  struct stat stat;
};

#if defined O_PATH && !defined APUS_CONFIG_WASI_NO_PATH_FD
/* Everything that follows is about the object opened here, whatever the name
 * means meanwhile. */
static bool component_open(struct component *component, int parent, const char *name) {
  component->fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (component->fd < 0) return false;
  if (fstat(component->fd, &component->stat) == 0) return true;
  int error = errno;
  close(component->fd);
  errno = error;
  return false;
}
static bool component_enter(struct component *component, int parent, const char *name) {
  (void)component, (void)parent, (void)name;
  return true;
}
static ssize_t component_readlink(const struct component *component, int parent, const char *name, char *to, size_t size) {
  (void)parent, (void)name;
  return readlinkat(component->fd, "", to, size);
}
#else
/* Without O_PATH each step names the component again, and fails when it has
 * become something else: no step follows a link. */
static bool component_open(struct component *component, int parent, const char *name) {
  component->fd = -1;
  return fstatat(parent, name, &component->stat, AT_SYMLINK_NOFOLLOW) == 0;
}
static bool component_enter(struct component *component, int parent, const char *name) {
  component->fd = openat(parent, name, O_SEARCH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return component->fd >= 0;
}
static ssize_t component_readlink(const struct component *component, int parent, const char *name, char *to, size_t size) {
  (void)component;
  ssize_t got = readlinkat(parent, name, to, size);
  if (got < 0 && errno == EINVAL) errno = ELOOP; /* no link any more */
  return got;
}
#endif

/* Puts a link's target in front of `rest`. */
static uint32_t walk_expand(struct walk *walk, const struct component *link, const char *name, const char *rest, bool slash) {
  if (++walk->links > LINKS_MAX) return WASI_LOOP;
  ssize_t got = component_readlink(link, walk->held[walk->depth], name, walk->link, sizeof walk->link);
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

    struct component component;
    uint32_t error = WASI_SUCCESS;
    if (!component_open(&component, walk->held[walk->depth], path->name)) {
      if (errno == ENOENT && last) return walk_finish(walk, path, slash);
      return wasi_from_errno(errno);
    }
    if (S_ISLNK(component.stat.st_mode)) {
      error = walk_expand(walk, &component, path->name, rest, slash);
      at = walk->text;
    } else if (last) {
      if (component.fd >= 0) close(component.fd);
      if (slash && !S_ISDIR(component.stat.st_mode)) return WASI_NOTDIR;
      return walk_finish(walk, path, slash);
    } else if (!S_ISDIR(component.stat.st_mode)) {
      error = WASI_NOTDIR;
    } else if (walk->depth >= DEPTH_MAX) {
      error = WASI_NAMETOOLONG;
    } else if (!component_enter(&component, walk->held[walk->depth], path->name)) {
      return wasi_from_errno(errno);
    } else {
      walk->held[++walk->depth] = component.fd;
      at = rest;
      continue;
    }
    if (component.fd >= 0) close(component.fd);
    if (error) return error;
  }
  memcpy(path->name, ".", 2);
  return walk_finish(walk, path, true);
}

uint32_t wasi_text_copy(struct wasi_text *text, const uint8_t *from, uint32_t length) {
  if (!length) return WASI_NOENT;
  if (length >= TEXT_MAX) return WASI_NAMETOOLONG;
  memcpy(text->bytes, from, length);
  text->bytes[length] = 0;
  return strlen(text->bytes) == length ? WASI_SUCCESS : WASI_INVAL;
}

uint32_t wasi_path_resolve(const struct wasi_use *directory, struct wasi_text *text, enum wasi_final final, struct wasi_path *path) {
  struct walk walk;
  if (text->bytes[0] == '/') return WASI_NOTCAPABLE;
  if (directory->wasi->resolver == APUS_WASI_RESOLVER_OPENAT2) {
    uint32_t error = wasi_openat2_resolve(directory->object->host, text, final, path);
    if (error != WASI_WALK) return error;
  }
  walk.held[0] = directory->object->host;
  walk.depth = 0;
  walk.links = 0;
  memcpy(walk.text, text->bytes, strlen(text->bytes) + 1);
  uint32_t error = walk_run(&walk, final, path);
  if (error) walk_unwind(&walk);
  return error;
}

void wasi_path_release(struct wasi_path *path) {
  if (path->owned) close(path->parent);
  path->owned = false;
}
