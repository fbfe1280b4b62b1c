#include "engine_adapters.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char wasmtime[] = {
#embed "engine_wasmtime.py"
};

static const unsigned char wasm_interp[] = {
#embed "engine_wasm_interp.py"
};

static const unsigned char wasm3[] = {
#embed "engine_wasm3.py"
};

static const unsigned char node[] = {
#embed "engine_node.mjs"
};

/* Whether Python has a package, which takes a tenth of a second less than to import it. */
#define HAS_PACKAGE(name) "import importlib.util, sys; sys.exit(not importlib.util.find_spec('" name "'))"

static const struct engine_adapter adapters[] = {
  {"wasmtime", "engine_wasmtime.py", "python3", HAS_PACKAGE("wasmtime"), "Python's package wasmtime", 0, wasmtime,
   sizeof wasmtime},
  {"node", "engine_node.mjs", "node", "0", "node", 0, node, sizeof node},
  {"wasm-interp", "engine_wasm_interp.py", "python3",
   "import shutil, sys; sys.exit(not shutil.which('wasm-interp'))", "wasm-interp (wabt)", 1, wasm_interp,
   sizeof wasm_interp},
  {"wasm3", "engine_wasm3.py", "python3", HAS_PACKAGE("wasm3"), "Python's package pywasm3", 1, wasm3, sizeof wasm3},
};

const struct engine_adapter *engine_adapter_at(size_t index) {
  return index < sizeof adapters / sizeof *adapters ? &adapters[index] : NULL;
}
