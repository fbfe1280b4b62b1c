/* shared.c: another thread of the guest writes to a path while a function works with it.
 * What was checked must be what is used: the function sees one of the two texts. */
#include "harness.h"

#include <pthread.h>
#include <stdatomic.h>

enum { LEAST = 20000, MOST = 3000000, LENGTH = 4000 };

static atomic_bool stop;

/* A path that ends in "/in", with a dot and with a NUL in front, in turn. It is long, so
 * that the text can change while it is looked at. */
static void *change(void *unused) {
  (void)unused;
  volatile uint8_t *at = guest_bytes + A;
  while (!atomic_load(&stop)) {
    *at = 0;
    for (volatile int i = 0; i < 20; i++) {}
    *at = '.';
    for (volatile int i = 0; i < 20; i++) {}
  }
  return NULL;
}

static uint32_t open_it(bool *file) {
  uint32_t error = wasi_path_open(&guest, 3, 1, A, LENGTH, 0, R_FD_READ | R_FD_FILESTAT_GET, 0, 0, RESULT);
  if (error) return error;
  uint32_t fd = u32_at(RESULT);
  EXPECT(wasi_fd_fdstat_get(&guest, fd, DATA), WASI_SUCCESS);
  *file = guest_bytes[DATA] == WASI_REGULAR_FILE;
  return wasi_fd_close(&guest, fd);
}

static uint32_t stat_it(bool *file) {
  uint32_t error = wasi_path_filestat_get(&guest, 3, 1, A, LENGTH, DATA, WASI_PREVIEW1);
  *file = guest_bytes[DATA + 16] == WASI_REGULAR_FILE;
  return error;
}

/* Makes nothing, but copies the target. */
static uint32_t link_it(bool *file) {
  uint32_t error = wasi_path_symlink(&guest, A, LENGTH, 3, B, put(B, "sub"));
  *file = true;
  return error == WASI_EXIST ? WASI_SUCCESS : error;
}

void test_shared(void) {
  uint32_t (*const calls[])(bool *) = {open_it, stat_it, link_it};
  pthread_t thread;
  wasi_start();
  for (uint32_t i = 0; i < LENGTH; i += 2) put(A + i, "./");
  put(A + LENGTH - 2, "in");
  atomic_store(&stop, false);
  if (pthread_create(&thread, NULL, change, NULL)) abort();
  for (int call = 0; call < 3; call++) {
    long good = 0, refused = 0, strange = 0;
    /* A busy host may let one of the two alone for long: on until both answers were seen. */
    for (long i = 0; i < LEAST || (i < MOST && (!good || !refused)); i++) {
      bool file = false;
      uint32_t error = calls[call](&file);
      if (!error && file) good++;
      else if (error == WASI_INVAL) refused++;
      else strange++;
    }
    check(good && refused && !strange, __FILE__, __LINE__, "call %d: %ld good, %ld refused, %ld neither", call, good, refused,
          strange);
  }
  atomic_store(&stop, true);
  pthread_join(thread, NULL);
  apus_wasi_destroy(&wasi);
}
