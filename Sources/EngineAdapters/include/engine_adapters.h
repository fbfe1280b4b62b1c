// The adapters, embedded, so that the command is one movable file.
#ifndef ENGINE_ADAPTERS_H
#define ENGINE_ADAPTERS_H

#include <stddef.h>

struct engine_adapter {
  const char *engine;  // `wasmtime`
  const char *file;    // `engine_wasmtime.py`
  const char *runner;  // the program that runs the file
  const char *probe;   // what the runner is given to say whether the engine is there
  const char *needs;   // what has to be installed
  int takes_plain;     // whether it asks for the plain form of modules
  const unsigned char *bytes;
  size_t size;
};

// NULL behind the last one.
const struct engine_adapter *engine_adapter_at(size_t index);

#endif
