/* wasi_path_openat2.c: resolution by openat2, which keeps a path below a folder
 * and follows links itself (Linux 5.6, openat2(2), RESOLVE_BENEATH).
 *
 * Only what it settles is taken from it. Where the kernel cannot tell, or tells
 * it in other words than the walk, the walk answers: a filter that refuses the
 * call, a rename that raced with "..", too many links, magic links. */
#include "wasi_internal.h"

#ifdef __linux__

#include <sys/syscall.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

enum { RACES = 4, NO_MAGICLINKS = 0x02, BENEATH = 0x08 };

/* struct open_how of the kernel; not all C libraries have it. */
struct how {
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
};

/* A size that no kernel knows is INVAL before anything else is looked at. */
static bool works(void) { return syscall(SYS_openat2, -1, "", NULL, (size_t)0) < 0 && errno == EINVAL; }

uint32_t wasi_openat2(int directory, const char *path, int flags, int *opened) {
  struct how how = {(uint64_t)flags, flags & O_CREAT ? 0666 : 0, BENEATH | NO_MAGICLINKS};
  for (int races = 0;;) {
    *opened = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (*opened >= 0) return WASI_SUCCESS;
    if (!WASI_INTERRUPTED() && (errno != EAGAIN || ++races > RACES)) break;
  }
  switch (errno) {
  case EXDEV: return WASI_NOTCAPABLE;
  case EAGAIN:       /* raced, or the object itself is busy */
  case ELOOP:        /* a link, too many links, or a magic link */
  case ENOSYS:       /* a filter came after init */
  case EPERM:        /* a filter, or the object does not allow it */
  case EINVAL:       /* flags that only openat takes */
  case E2BIG:
  case ENAMETOOLONG: /* of the kernel's limit, not of ours */
    return WASI_WALK;
  default: return wasi_from_errno(errno);
  }
}

/* `length` bytes of `text` as a folder; none are the base itself. */
static uint32_t open_folder(int directory, char *text, size_t length, struct wasi_path *path) {
  path->parent = directory;
  path->owned = false;
  if (!length) return WASI_SUCCESS;
  char behind = text[length];
  text[length] = 0;
  uint32_t error = wasi_openat2(directory, text, O_PATH | O_DIRECTORY | O_CLOEXEC, &path->parent);
  text[length] = behind;
  path->owned = !error;
  return error;
}

/* What the walk finds out about the last component. */
static uint32_t look_at(const struct wasi_path *path) {
  struct stat stat;
  if (fstatat(path->parent, path->name, &stat, AT_SYMLINK_NOFOLLOW) < 0)
    return errno == ENOENT ? WASI_SUCCESS : wasi_from_errno(errno);
  if (S_ISLNK(stat.st_mode)) return WASI_WALK;
  return path->must_be_directory && !S_ISDIR(stat.st_mode) ? WASI_NOTDIR : WASI_SUCCESS;
}

uint32_t wasi_openat2_resolve(int directory, struct wasi_text *whole, enum wasi_final final, struct wasi_path *path) {
  char *text = whole->bytes;
  size_t end = strlen(text), start;
  path->must_be_directory = text[end - 1] == '/';
  while (text[end - 1] == '/') end--;
  for (start = end; start && text[start - 1] != '/';) start--;
  size_t length = end - start;
  path->is_dot = text[start] == '.' && (length == 1 || (length == 2 && text[start + 1] == '.'));
  if (path->is_dot) {
    memcpy(path->name, ".", 2);
    path->must_be_directory = true;
    return open_folder(directory, text, end, path);
  }
  uint32_t error = open_folder(directory, text, start, path);
  if (error) return error;
  if (length >= sizeof path->name) {
    error = WASI_NAMETOOLONG;
  } else {
    memcpy(path->name, text + start, length);
    path->name[length] = 0;
    if (final == WASI_FOLLOW || (final == WASI_NOFOLLOW && path->must_be_directory)) error = look_at(path);
  }
  if (error) wasi_path_release(path);
  return error;
}

#else

static bool works(void) { return false; }

uint32_t wasi_openat2(int directory, const char *path, int flags, int *opened) {
  (void)directory, (void)path, (void)flags;
  *opened = -1;
  return WASI_WALK;
}

uint32_t wasi_openat2_resolve(int directory, struct wasi_text *text, enum wasi_final final, struct wasi_path *path) {
  (void)directory, (void)text, (void)final, (void)path;
  return WASI_WALK;
}

#endif

bool wasi_resolver_choose(struct apus_wasi *wasi, enum apus_wasi_resolver asked) {
  bool fast = asked != APUS_WASI_RESOLVER_WALK && works();
  wasi->resolver = fast ? APUS_WASI_RESOLVER_OPENAT2 : APUS_WASI_RESOLVER_WALK;
  return fast || asked != APUS_WASI_RESOLVER_OPENAT2;
}
