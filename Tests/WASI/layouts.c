/* layouts.c: what differs between the two versions, through the exported names. */
#include "harness.h"

uint32_t apus_import_wasi_snapshot_preview1_fd_filestat_get(struct apus_host *, uint32_t, uint32_t);
uint32_t apus_import_wasi_unstable_fd_filestat_get(struct apus_host *, uint32_t, uint32_t);
uint32_t apus_import_wasi_snapshot_preview1_fd_seek(struct apus_host *, uint32_t, uint64_t, uint32_t, uint32_t);
uint32_t apus_import_wasi_unstable_fd_seek(struct apus_host *, uint32_t, uint64_t, uint32_t, uint32_t);
uint32_t apus_import_wasi_unstable_poll_oneoff(struct apus_host *, uint32_t, uint32_t, uint32_t, uint32_t);
void apus_import_wasi_snapshot_preview1_proc_exit(struct apus_host *, uint32_t);
void apus_import_wasi_unstable_proc_exit(struct apus_host *, uint32_t);

static void exit_33(void) { apus_import_wasi_snapshot_preview1_proc_exit(&guest, 33); }
static void exit_7(void) { apus_import_wasi_unstable_proc_exit(&guest, 7); }

void test_layouts(void) {
  uint32_t fd;
  struct stat stat;
  wasi_start();
  EXPECT(guest_open(3, "in2", true, 0, false, &fd), WASI_SUCCESS);
  CHECK(lstat(tree_path("root/in2"), &stat) == 0);
  uint64_t mtim = wasi_nanoseconds(stat.st_mtim.tv_sec, stat.st_mtim.tv_nsec);

  memset(guest_bytes + RESULT, 0xee, 80);
  EXPECT(apus_import_wasi_snapshot_preview1_fd_filestat_get(&guest, fd, RESULT + 1), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 1) == stat.st_dev && u64_at(RESULT + 9) == stat.st_ino && u64_at(RESULT + 17) == 4);
  CHECK(u64_at(RESULT + 25) == 1 && u64_at(RESULT + 33) == 3 && u64_at(RESULT + 49) == mtim && guest_bytes[RESULT + 65] == 0xee);

  memset(guest_bytes + RESULT, 0xee, 80);
  EXPECT(apus_import_wasi_unstable_fd_filestat_get(&guest, fd, RESULT), WASI_SUCCESS);
  CHECK(u64_at(RESULT + 8) == stat.st_ino && u32_at(RESULT + 16) == 4 && u32_at(RESULT + 20) == 1);
  CHECK(u64_at(RESULT + 24) == 3 && u64_at(RESULT + 40) == mtim && guest_bytes[RESULT + 56] == 0xee);

  static const uint32_t set[] = {0, 2}, cur[] = {1, 0}, end[] = {2, 1};
  for (int old = 0; old < 2; old++) {
    uint32_t (*seek)(struct apus_host *, uint32_t, uint64_t, uint32_t, uint32_t) =
        old ? apus_import_wasi_unstable_fd_seek : apus_import_wasi_snapshot_preview1_fd_seek;
    EXPECT(seek(&guest, fd, 2, set[old], RESULT), WASI_SUCCESS);
    CHECK(u64_at(RESULT) == 2);
    EXPECT(seek(&guest, fd, 5, cur[old], RESULT), WASI_SUCCESS);
    CHECK(u64_at(RESULT) == 7);
    EXPECT(seek(&guest, fd, (uint64_t)-1, end[old], RESULT), WASI_SUCCESS);
    CHECK(u64_at(RESULT) == 2);
  }

  memset(guest_bytes + DATA, 0, 112); /* a clock and a descriptor, 56 bytes each */
  wasi_put64(guest_bytes + DATA, 5);
  wasi_put64(guest_bytes + DATA + 16, 99); /* identifier */
  wasi_put32(guest_bytes + DATA + 24, 1);
  wasi_put64(guest_bytes + DATA + 32, 1000);
  EXPECT(apus_import_wasi_unstable_poll_oneoff(&guest, DATA, A, 1, RESULT), WASI_SUCCESS);
  CHECK(u32_at(RESULT) == 1 && u64_at(A) == 5 && u64_at(A + 8) == 0);
  wasi_put64(guest_bytes + DATA + 56, 6);
  guest_bytes[DATA + 64] = 1;
  wasi_put32(guest_bytes + DATA + 72, fd);
  EXPECT(apus_import_wasi_unstable_poll_oneoff(&guest, DATA, A, 2, RESULT), WASI_SUCCESS);
  CHECK(u64_at(A) == 6 && guest_bytes[A + 10] == 1);

  CHECK(trap_of(exit_33) == APUS_TRAP_EXIT && last_exit_status == 33);
  CHECK(trap_of(exit_7) == APUS_TRAP_EXIT && last_exit_status == 7);
  apus_wasi_destroy(&wasi);
  guest.wasi = NULL;
  EXPECT(apus_import_wasi_unstable_fd_filestat_get(&guest, 3, RESULT), WASI_BADF);
  EXPECT(wasi_args_sizes_get(&guest, RESULT, RESULT + 4), WASI_NOSYS);
}
