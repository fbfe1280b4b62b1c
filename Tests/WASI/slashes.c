/* slashes.c: what a slash behind a name answers, as Linux does, though no name
 * with a slash is ever given to the host. */
#include "probes.h"

/* Columns: in/ sub/ dlink/ flink/ dang/ new/ */
static void slashes(void) {
  static const char *const names[] = {"in/", "sub/", "dlink/", "flink/", "dang/", "new/"};
  static const uint32_t stat_want[] = {54, 0, 0, 54, 44, 44}, rmdir_want[] = {54, 55, 54, 54, 54, 44},
                        unlink_want[] = {54, 31, 54, 54, 54, 44}, from_want[] = {54, 0, 54, 54, 54, 44},
                        symlink_want[] = {54, 20, 20, 20, 20, 44}, link_to_want[] = {20, 20, 20, 20, 20, 44},
                        link_from_want[] = {54, 63, 63, 54, 44, 44}, readlink_want[] = {54, 28, 28, 54, 44, 44},
                        directory_to_want[] = {54, 55, 54, 54, 54, 0};
  EXPECT(probe_mkdir(3, "moving"), WASI_SUCCESS);
  for (int i = 0; i < 6; i++) {
    EXPECT(probe_stat(3, names[i], 0), stat_want[i]);
    EXPECT(probe_stat(3, names[i], FOLLOW), stat_want[i]);
    EXPECT(probe_rmdir(3, names[i]), rmdir_want[i]);
    EXPECT(probe_unlink(3, names[i]), unlink_want[i]);
    EXPECT(probe_symlink("t", 3, names[i]), symlink_want[i]);
    EXPECT(probe_link(3, "in2", 3, names[i], 0), link_to_want[i]);
    EXPECT(probe_link(3, names[i], 3, "hl", 0), link_from_want[i]);
    EXPECT(probe_readlink(3, names[i]), readlink_want[i]);
    EXPECT(probe_rename(3, "in2", 3, names[i]), WASI_NOTDIR);
    EXPECT(probe_rename(3, names[i], 3, "moved"), from_want[i]);
    if (!from_want[i]) EXPECT(probe_rename(3, "moved/", 3, "sub"), WASI_SUCCESS);
    EXPECT(probe_rename(3, "moving", 3, names[i]), directory_to_want[i]);
    if (i < 5) EXPECT(probe_mkdir(3, names[i]), WASI_EXIST);
  }
  EXPECT(probe_rmdir(3, "new/"), WASI_SUCCESS);
  EXPECT(probe_mkdir(3, "new/"), WASI_SUCCESS);
  EXPECT(probe_rmdir(3, "new"), WASI_SUCCESS);
}

void test_slashes(void) {
  wasi_start();
  uint64_t outside = tree_outside();
  int fds = open_fds();
  slashes();
  CHECK(tree_outside() == outside && open_fds() == fds);
  apus_wasi_destroy(&wasi);
}
