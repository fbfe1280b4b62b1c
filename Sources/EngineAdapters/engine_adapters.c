#include "engine_adapters.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char wasmtime[] = {
#embed "engine_wasmtime.py"
};

static const unsigned char node[] = {
#embed "engine_node.mjs"
};

static const struct engine_adapter adapters[] = {
  {"wasmtime", "engine_wasmtime.py", "python3", "import wasmtime", wasmtime, sizeof wasmtime},
  {"node", "engine_node.mjs", "node", "0", node, sizeof node},
};

const struct engine_adapter *engine_adapter_at(size_t index) {
  return index < sizeof adapters / sizeof *adapters ? &adapters[index] : NULL;
}
