// Written by update.sh; `make lint` compares it with Runtime-C.
#include "runtime_sources.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file_0[] = {
#embed "../../Runtime-C/core/link.c"
};

static const unsigned char file_1[] = {
#embed "../../Runtime-C/core/memory.c"
};

static const unsigned char file_2[] = {
#embed "../../Runtime-C/core/table.c"
};

static const unsigned char file_3[] = {
#embed "../../Runtime-C/core/trap.c"
};

static const unsigned char file_4[] = {
#embed "../../Runtime-C/include/apus.h"
};

static const unsigned char file_5[] = {
#embed "../../Runtime-C/include/apus_code.h"
};

static const unsigned char file_6[] = {
#embed "../../Runtime-C/port/baremetal/port.c"
};

static const unsigned char file_7[] = {
#embed "../../Runtime-C/port/posix/alloc.c"
};

static const unsigned char file_8[] = {
#embed "../../Runtime-C/port/posix/memory_guard.c"
};

static const unsigned char file_9[] = {
#embed "../../Runtime-C/port/posix/posix.h"
};

static const unsigned char file_10[] = {
#embed "../../Runtime-C/port/posix/trap.c"
};

static const struct runtime_source sources[] = {
  {"core/link.c", file_0, sizeof file_0},
  {"core/memory.c", file_1, sizeof file_1},
  {"core/table.c", file_2, sizeof file_2},
  {"core/trap.c", file_3, sizeof file_3},
  {"include/apus.h", file_4, sizeof file_4},
  {"include/apus_code.h", file_5, sizeof file_5},
  {"port/baremetal/port.c", file_6, sizeof file_6},
  {"port/posix/alloc.c", file_7, sizeof file_7},
  {"port/posix/memory_guard.c", file_8, sizeof file_8},
  {"port/posix/posix.h", file_9, sizeof file_9},
  {"port/posix/trap.c", file_10, sizeof file_10},
};

const struct runtime_source *runtime_source_at(size_t index) {
  return index < sizeof sources / sizeof *sources ? &sources[index] : NULL;
}
