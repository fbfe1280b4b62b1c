/* Lists the folder that the board gives, prints a file of the image, keeps a note in RAM,
 * and tries to change the image. Without a C library, so that a page of memory is enough. */
typedef unsigned size;
typedef unsigned long long rights;

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
struct vector {
  const void *at;
  size length;
};
WASI(fd_write) int fd_write(int fd, const struct vector *vectors, size n, size *written);
WASI(fd_read) int fd_read(int fd, const struct vector *vectors, size n, size *got);
WASI(fd_close) int fd_close(int fd);
WASI(fd_readdir) int fd_readdir(int fd, void *to, size length, unsigned long long cookie, size *used);
WASI(path_open) int path_open(int fd, int lookup, const char *path, size length, int oflags, rights base, rights inheriting, int flags, int *opened);
WASI(proc_exit) _Noreturn void proc_exit(int status);

enum { FOLDER = 3, READ = 2, WRITE = 64, READDIR = 1 << 14, CREATE = 1, PERM = 63, NOTCAPABLE = 76 };

static size length_of(const char *text) {
  size length = 0;
  while (text[length]) length++;
  return length;
}

static void write_to(int fd, const char *bytes, size length) {
  size written;
  fd_write(fd, &(struct vector){bytes, length}, 1, &written);
}

static void print(const char *text) { write_to(1, text, length_of(text)); }

static int open_file(const char *path, int oflags, rights base, int *fd) {
  return path_open(FOLDER, 0, path, length_of(path), oflags, base, 0, 0, fd);
}

/* Entries are 24 bytes, of which 16 to 19 are the length of the name behind them. */
static void list(const char *path) {
  static char entries[400];
  size used, at = 0;
  int fd;
  if (open_file(path, 0, READDIR, &fd)) return;
  fd_readdir(fd, entries, sizeof entries, 0, &used);
  while (at + 24 < used) {
    size length = (unsigned char)entries[at + 16];
    if (entries[at + 24] != '.') {
      write_to(1, entries + at + 24, length);
      print(entries[at + 20] == 3 ? "/\n" : "\n");
    }
    at += 24 + length;
  }
  fd_close(fd);
}

static void show(const char *path) {
  static char bytes[80];
  size got = 0;
  int fd;
  if (open_file(path, 0, READ, &fd)) return;
  fd_read(fd, &(struct vector){bytes, sizeof bytes}, 1, &got);
  fd_close(fd);
  write_to(1, bytes, got);
}

__attribute__((export_name("_start"))) void start(void) {
  int fd;
  list(".");
  show("pages/one.txt");
  if (!open_file("pages/note.txt", CREATE, WRITE, &fd)) {
    static const char note[] = "A note in RAM.\n";
    write_to(fd, note, sizeof note - 1);
    fd_close(fd);
  }
  list("pages");
  show("pages/note.txt");
  if (open_file("welcome.txt", 0, WRITE, &fd) == PERM) print("The image stays as it is.\n");
  if (open_file("../welcome.txt", 0, READ, &fd) == NOTCAPABLE) print("There is nothing above.\n");
  proc_exit(3);
}
