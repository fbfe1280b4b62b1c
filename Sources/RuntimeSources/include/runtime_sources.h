// The files of Runtime-C, as they were when the command was built.
#pragma once

#include <stddef.h>

struct runtime_source {
  // Path inside Runtime-C: `core/memory.c`.
  const char *path;
  const unsigned char *bytes;
  size_t count;
};

// Entry `index`, or NULL past the last.
const struct runtime_source *runtime_source_at(size_t index);
