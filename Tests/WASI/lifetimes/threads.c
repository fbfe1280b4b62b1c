/* threads.c: four threads on one context (L12). Each call sees an object or BADF. */
#include "counting.h"

#include <pthread.h>

enum { THREADS = 4, SHARED = 8 };

struct worker {
  pthread_t thread;
  int index, count;
  long bad;
};

/* A part of the guest's memory of its own, so that the guest does not race. */
static uint32_t area(const struct worker *worker) { return DATA + (uint32_t)worker->index * 0x4000; }

static bool allowed(uint32_t error) {
  return error == WASI_SUCCESS || error == WASI_BADF || error == WASI_NOTDIR || error == WASI_ISDIR ||
         error == WASI_NOTCAPABLE || error == WASI_SPIPE || error == WASI_NOENT;
}

static uint32_t one(const struct worker *worker, uint32_t random) {
  uint32_t at = area(worker), fd = 5 + (random >> 8) % SHARED, to = 5 + (random >> 16) % SHARED;
  uint8_t *iov = guest_bytes + at;
  const char *path = random & 1 << 20 ? "in" : "sub";
  uint32_t length = (uint32_t)strlen(path);
  switch ((random >> 24) % 12) {
  case 0:
  case 1:
    memcpy(guest_bytes + at + 64, path, length);
    return wasi_path_open(&guest, 3, 1, at + 64, length, 0, R_FD_READ | R_FD_READDIR | (length == 2 ? R_FD_WRITE : 0), R_FD_READ,
                          0, at + 16);
  case 2: return wasi_fd_close(&guest, fd);
  case 3: return wasi_fd_renumber(&guest, fd, to);
  case 4:
    wasi_put32(iov, at + 128), wasi_put32(iov + 4, 8);
    return wasi_fd_pread(&guest, fd, at, 1, 0, at + 16);
  case 5: return wasi_fd_readdir(&guest, fd, at + 128, 300, random & 1, at + 16);
  case 6: return wasi_fd_fdstat_get(&guest, fd, at + 32);
  case 7: return wasi_fd_fdstat_set_rights(&guest, fd, R_FD_READ | R_FD_READDIR | R_FD_WRITE, R_FD_READ);
  case 8:
    wasi_put32(iov, at + 128), wasi_put32(iov + 4, 2);
    return wasi_fd_write(&guest, fd, at, 1, at + 16);
  case 9: /* a name that comes and goes while others list the folder */
    memcpy(guest_bytes + at + 64, "sub/x0", 6);
    guest_bytes[at + 69] = (uint8_t)('0' + worker->index);
    wasi_path_unlink_file(&guest, 3, at + 64, 6);
    return wasi_path_link(&guest, 3, 0, at + 64 + 16, put(at + 64 + 16, "in2"), 3, at + 64, 6);
  default: return wasi_fd_prestat_get(&guest, 3 + (random >> 4 & 1), at + 16);
  }
}

static void *work(void *argument) {
  struct worker *worker = argument;
  uint32_t random = 77u * (uint32_t)(worker->index + 1);
  for (int i = 0; i < worker->count; i++) {
    random = random * 1664525u + 1013904223u;
    uint32_t error = one(worker, random);
    /* A table that only grows would run out of host descriptors: keep it small. */
    if (!error && (random >> 24) % 12 < 2) {
      uint32_t opened = u32_at(area(worker) + 16);
      if (opened >= 5 + SHARED && wasi_fd_close(&guest, opened) > WASI_BADF) worker->bad++;
    }
    if (!allowed(error)) worker->bad++;
  }
  return NULL;
}

void test_threads(int count) {
  struct counters before = counters_now();
  CHECK(!counted_init(&wasi, 2));
  guest.wasi = &wasi;
  struct worker workers[THREADS] = {{0}};
  for (int i = 0; i < THREADS; i++) {
    workers[i].index = i;
    workers[i].count = count;
    if (pthread_create(&workers[i].thread, NULL, work, &workers[i])) abort();
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(workers[i].thread, NULL);
    CHECK(workers[i].bad == 0);
    char name[] = "root/sub/x0";
    name[10] = (char)('0' + i);
    unlink(tree_path(name));
  }
  apus_wasi_destroy(&wasi);
  struct counters after = counters_now();
  CHECK(counters_equal(&before, &after, "threads"));
}
