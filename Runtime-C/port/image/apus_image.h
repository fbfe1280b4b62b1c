/* apus_image.h: a module as a whole image, as `apus build --target` makes one. A board is a file that starts
 * the processor and calls main, and one that supplies the functions below. */
#ifndef APUS_IMAGE_H
#define APUS_IMAGE_H

#include "apus_code.h"

/* A folder that the guest finds: the root of a file system. */
struct apus_image_folder {
  const char *guest; /* what the guest calls it */
  const struct apus_vfs *vfs;
  bool read_only;
};

/* What an image is made of. Its main fills this in. */
struct apus_image {
  struct apus_outcome (*instantiate)(void);
  void (*start)(void *unused);
  void (*destroy)(void);
  struct apus_host *(*host)(void);
  /* WASI's context, where the module imports WASI. */
  bool (*open_wasi)(const struct apus_image *image, struct apus_host *host);
  void (*close_wasi)(void);
  /* argv[0], and variables for the guest. */
  const char *name;
  const char *const *env;
  uint32_t env_count;
  /* With APUS_CONFIG_WASI_FILES. */
  const struct apus_image_folder *folders;
  uint32_t folder_count;
  /* apus_port_give; NULL where nothing takes memory. */
  void (*give)(void *from, size_t size);
  /* Bytes of stack below which translated code traps: what host functions, WASI and interrupts need. */
  uint32_t reserve;
};

/* Instantiates, starts and destroys the module, and says on the console what trap ended it. The guest's memory and
 * tables are whatever RAM is left.
 *
 * Returns: the status that the guest ends with; 134 after a trap. */
int apus_image_main(const struct apus_image *image);

/* Written by apus, of the folders that it is told. */
extern const struct apus_image_folder apus_image_folders[];

/* The functions of an image whose module imports WASI. */
bool apus_image_open_wasi(const struct apus_image *image, struct apus_host *host);
void apus_image_close_wasi(void);

/* The arguments of the image, its name left out. Calls of an export take them as numbers. */
uint32_t apus_image_arguments(const char *const **arguments);

void apus_image_print(const char *text);
void apus_image_print_signed(int64_t value);
void apus_image_print_hexadecimal(uint64_t value, uint32_t digits);

/* --- what a board supplies --------------------------------------------------------------- */

/* Where the image's linker script puts things; the stack begins at the end and grows to the limit. */
extern char apus_image_stack_limit[], apus_image_stack[];
extern char apus_image_ram[], apus_image_ram_end[];

/* Sets variables to what they begin with; what starts a processor calls it. */
void apus_image_fill_ram(void);

/* Stream 1 or 2, as in WASI. */
void apus_board_write(int stream, const char *from, size_t size);

/* The image has ended; a board without anybody to tell stops, or starts again. */
_Noreturn void apus_board_exit(int status);

/* Its name and its arguments, separated by spaces, as a string of less than `size` bytes. */
void apus_board_arguments(char *to, size_t size);

/* What came in: at least a byte, for which it waits, or 0 at the end. A board may lack it; then there is nothing to read. */
__attribute__((weak)) size_t apus_board_read(char *to, size_t size);

/* Random bytes, good enough for keys; false where there are none now. A board may lack it; then a guest gets NOSYS. */
__attribute__((weak)) bool apus_board_random(void *to, size_t size);

/* Nanoseconds of clock 0 (since 1970) or 1 (monotonic); false where there is no such clock. */
bool apus_board_now(uint32_t clock, uint64_t *nanoseconds);

#endif
