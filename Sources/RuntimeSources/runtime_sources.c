// Written by update.sh; `make lint` compares it with Runtime-C.
#include "runtime_sources.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file_0[] = {
#embed "../../Runtime-C/core/float.c"
};

static const unsigned char file_1[] = {
#embed "../../Runtime-C/core/link.c"
};

static const unsigned char file_2[] = {
#embed "../../Runtime-C/core/memory.c"
};

static const unsigned char file_3[] = {
#embed "../../Runtime-C/core/table.c"
};

static const unsigned char file_4[] = {
#embed "../../Runtime-C/core/trap.c"
};

static const unsigned char file_5[] = {
#embed "../../Runtime-C/include/apus.h"
};

static const unsigned char file_6[] = {
#embed "../../Runtime-C/include/apus_code.h"
};

static const unsigned char file_7[] = {
#embed "../../Runtime-C/include/apus_ramfs.h"
};

static const unsigned char file_8[] = {
#embed "../../Runtime-C/include/apus_wasi.h"
};

static const unsigned char file_9[] = {
#embed "../../Runtime-C/include/apus_wasi_board.h"
};

static const unsigned char file_10[] = {
#embed "../../Runtime-C/include/apus_wasi_types.h"
};

static const unsigned char file_11[] = {
#embed "../../Runtime-C/port/baremetal/port.c"
};

static const unsigned char file_12[] = {
#embed "../../Runtime-C/port/board/attributes.c"
};

static const unsigned char file_13[] = {
#embed "../../Runtime-C/port/board/board.h"
};

static const unsigned char file_14[] = {
#embed "../../Runtime-C/port/board/context.c"
};

static const unsigned char file_15[] = {
#embed "../../Runtime-C/port/board/files.c"
};

static const unsigned char file_16[] = {
#embed "../../Runtime-C/port/board/io.c"
};

static const unsigned char file_17[] = {
#embed "../../Runtime-C/port/board/no_files.c"
};

static const unsigned char file_18[] = {
#embed "../../Runtime-C/port/board/poll.c"
};

static const unsigned char file_19[] = {
#embed "../../Runtime-C/port/board/process.c"
};

static const unsigned char file_20[] = {
#embed "../../Runtime-C/port/board/ramfs.c"
};

static const unsigned char file_21[] = {
#embed "../../Runtime-C/port/board/sock.c"
};

static const unsigned char file_22[] = {
#embed "../../Runtime-C/port/posix/alloc.c"
};

static const unsigned char file_23[] = {
#embed "../../Runtime-C/port/posix/listen.c"
};

static const unsigned char file_24[] = {
#embed "../../Runtime-C/port/posix/lock.c"
};

static const unsigned char file_25[] = {
#embed "../../Runtime-C/port/posix/main.c"
};

static const unsigned char file_26[] = {
#embed "../../Runtime-C/port/posix/memory_guard.c"
};

static const unsigned char file_27[] = {
#embed "../../Runtime-C/port/posix/posix.h"
};

static const unsigned char file_28[] = {
#embed "../../Runtime-C/port/posix/trap.c"
};

static const unsigned char file_29[] = {
#embed "../../Runtime-C/wasi/wasi_args.c"
};

static const unsigned char file_30[] = {
#embed "../../Runtime-C/wasi/wasi_calls.h"
};

static const unsigned char file_31[] = {
#embed "../../Runtime-C/wasi/wasi_context.c"
};

static const unsigned char file_32[] = {
#embed "../../Runtime-C/wasi/wasi_core.h"
};

static const unsigned char file_33[] = {
#embed "../../Runtime-C/wasi/wasi_descriptor.c"
};

static const unsigned char file_34[] = {
#embed "../../Runtime-C/wasi/wasi_exports.c"
};

static const unsigned char file_35[] = {
#embed "../../Runtime-C/wasi/wasi_fd.c"
};

static const unsigned char file_36[] = {
#embed "../../Runtime-C/wasi/wasi_guest.c"
};

static const unsigned char file_37[] = {
#embed "../../Runtime-C/wasi/wasi_host.c"
};

static const unsigned char file_38[] = {
#embed "../../Runtime-C/wasi/wasi_internal.h"
};

static const unsigned char file_39[] = {
#embed "../../Runtime-C/wasi/wasi_io.c"
};

static const unsigned char file_40[] = {
#embed "../../Runtime-C/wasi/wasi_open.c"
};

static const unsigned char file_41[] = {
#embed "../../Runtime-C/wasi/wasi_path.c"
};

static const unsigned char file_42[] = {
#embed "../../Runtime-C/wasi/wasi_path_openat2.c"
};

static const unsigned char file_43[] = {
#embed "../../Runtime-C/wasi/wasi_path_ops.c"
};

static const unsigned char file_44[] = {
#embed "../../Runtime-C/wasi/wasi_poll.c"
};

static const unsigned char file_45[] = {
#embed "../../Runtime-C/wasi/wasi_process.c"
};

static const unsigned char file_46[] = {
#embed "../../Runtime-C/wasi/wasi_readdir.c"
};

static const unsigned char file_47[] = {
#embed "../../Runtime-C/wasi/wasi_slots.h"
};

static const unsigned char file_48[] = {
#embed "../../Runtime-C/wasi/wasi_sock.c"
};

static const unsigned char file_49[] = {
#embed "../../Runtime-C/wasi/wasi_table.c"
};

static const struct runtime_source sources[] = {
  {"core/float.c", file_0, sizeof file_0},
  {"core/link.c", file_1, sizeof file_1},
  {"core/memory.c", file_2, sizeof file_2},
  {"core/table.c", file_3, sizeof file_3},
  {"core/trap.c", file_4, sizeof file_4},
  {"include/apus.h", file_5, sizeof file_5},
  {"include/apus_code.h", file_6, sizeof file_6},
  {"include/apus_ramfs.h", file_7, sizeof file_7},
  {"include/apus_wasi.h", file_8, sizeof file_8},
  {"include/apus_wasi_board.h", file_9, sizeof file_9},
  {"include/apus_wasi_types.h", file_10, sizeof file_10},
  {"port/baremetal/port.c", file_11, sizeof file_11},
  {"port/board/attributes.c", file_12, sizeof file_12},
  {"port/board/board.h", file_13, sizeof file_13},
  {"port/board/context.c", file_14, sizeof file_14},
  {"port/board/files.c", file_15, sizeof file_15},
  {"port/board/io.c", file_16, sizeof file_16},
  {"port/board/no_files.c", file_17, sizeof file_17},
  {"port/board/poll.c", file_18, sizeof file_18},
  {"port/board/process.c", file_19, sizeof file_19},
  {"port/board/ramfs.c", file_20, sizeof file_20},
  {"port/board/sock.c", file_21, sizeof file_21},
  {"port/posix/alloc.c", file_22, sizeof file_22},
  {"port/posix/listen.c", file_23, sizeof file_23},
  {"port/posix/lock.c", file_24, sizeof file_24},
  {"port/posix/main.c", file_25, sizeof file_25},
  {"port/posix/memory_guard.c", file_26, sizeof file_26},
  {"port/posix/posix.h", file_27, sizeof file_27},
  {"port/posix/trap.c", file_28, sizeof file_28},
  {"wasi/wasi_args.c", file_29, sizeof file_29},
  {"wasi/wasi_calls.h", file_30, sizeof file_30},
  {"wasi/wasi_context.c", file_31, sizeof file_31},
  {"wasi/wasi_core.h", file_32, sizeof file_32},
  {"wasi/wasi_descriptor.c", file_33, sizeof file_33},
  {"wasi/wasi_exports.c", file_34, sizeof file_34},
  {"wasi/wasi_fd.c", file_35, sizeof file_35},
  {"wasi/wasi_guest.c", file_36, sizeof file_36},
  {"wasi/wasi_host.c", file_37, sizeof file_37},
  {"wasi/wasi_internal.h", file_38, sizeof file_38},
  {"wasi/wasi_io.c", file_39, sizeof file_39},
  {"wasi/wasi_open.c", file_40, sizeof file_40},
  {"wasi/wasi_path.c", file_41, sizeof file_41},
  {"wasi/wasi_path_openat2.c", file_42, sizeof file_42},
  {"wasi/wasi_path_ops.c", file_43, sizeof file_43},
  {"wasi/wasi_poll.c", file_44, sizeof file_44},
  {"wasi/wasi_process.c", file_45, sizeof file_45},
  {"wasi/wasi_readdir.c", file_46, sizeof file_46},
  {"wasi/wasi_slots.h", file_47, sizeof file_47},
  {"wasi/wasi_sock.c", file_48, sizeof file_48},
  {"wasi/wasi_table.c", file_49, sizeof file_49},
};

const struct runtime_source *runtime_source_at(size_t index) {
  return index < sizeof sources / sizeof *sources ? &sources[index] : NULL;
}
