/* WASI in an image: arguments, variables, the console, clocks and random bytes. */
#include "apus_wasi_board.h"
#include "apus_image.h"

enum { MOST_ARGUMENTS = 17 };

static struct apus_wasi wasi;

static uint32_t console_write(void *context, int stream, const void *from, uint32_t n, uint32_t *done) {
  (void)context;
  apus_board_write(stream, from, n);
  *done = n;
  return WASI_SUCCESS;
}

static uint32_t console_read(void *context, void *to, uint32_t n, uint32_t *done) {
  (void)context;
  *done = apus_board_read ? (uint32_t)apus_board_read(to, n) : 0;
  return WASI_SUCCESS;
}

static uint32_t entropy(void *context, void *to, uint32_t n) {
  (void)context;
  if (!apus_board_random) return WASI_NOSYS;
  return apus_board_random(to, n) ? WASI_SUCCESS : WASI_IO;
}

static uint32_t now(void *context, uint32_t clock, uint64_t *nanoseconds) {
  (void)context;
  return apus_board_now(clock, nanoseconds) ? WASI_SUCCESS : WASI_NOTSUP;
}

bool apus_image_open_wasi(const struct apus_image *image, struct apus_host *host) {
  static const struct apus_wasi_port port = {.write = console_write, .read = console_read, .now = now, .entropy = entropy};
  static const char *argv[MOST_ARGUMENTS];
  static struct apus_wasi_options options;
  const char *const *arguments;
  uint32_t count = apus_image_arguments(&arguments);
  argv[0] = image->name;
  for (uint32_t k = 0; k < count; k++) argv[k + 1] = arguments[k];
  options = (struct apus_wasi_options){argv, count + 1, image->env, image->env_count};
  host->wasi = &wasi;
  if (!apus_wasi_init(&wasi, &port, &options)) return false;
#ifdef APUS_CONFIG_WASI_FILES
  for (const struct apus_image_folder *it = image->folders; it < image->folders + image->folder_count; it++)
    if (apus_wasi_mount(&wasi, it->vfs, it->guest, "", it->read_only)) return false;
#endif
  return true;
}

void apus_image_close_wasi(void) { apus_wasi_destroy(&wasi); }
