"""under_wasmtime.py MODULE SHARE [ARGUMENT...]: runs a module in the folder at hand, SHARE as its /share."""
import sys
import wasmtime


def main():
    config = wasmtime.Config()
    config.wasm_exceptions = True
    engine = wasmtime.Engine(config)
    module = wasmtime.Module.from_file(engine, sys.argv[1])
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    wasi = wasmtime.WasiConfig()
    wasi.argv = [sys.argv[1].rsplit("/", 1)[-1], *sys.argv[3:]]
    wasi.preopen_dir(".", ".")
    if sys.argv[2] != "-":
        wasi.preopen_dir(sys.argv[2], "/share")
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    store.set_wasi(wasi)
    linker.define_wasi()
    for entry in module.imports:
        if not entry.module.startswith("wasi_"):
            linker.define(store, entry.module, entry.name, wasmtime.Func(store, entry.type, lambda *given: -1 if given else 0))
    exports = linker.instantiate(store, module).exports(store)
    try:
        if "itk_wasm_delayed_start" in exports:
            exports["_initialize"](store)
            return exports["itk_wasm_delayed_start"](store)
        exports["_start"](store)
    except wasmtime.ExitTrap as left:
        return left.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
