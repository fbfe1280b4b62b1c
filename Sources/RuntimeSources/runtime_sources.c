// Written by update.sh; `make lint` compares it with Runtime-C.
#include "runtime_sources.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file_0[] = {
#embed "../../Runtime-C/include/apus.h"
};

static const struct runtime_source sources[] = {
  {"include/apus.h", file_0, sizeof file_0},
};

const struct runtime_source *runtime_source_at(size_t index) {
  return index < sizeof sources / sizeof *sources ? &sources[index] : NULL;
}
