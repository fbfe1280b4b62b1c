"""Runs a WASI program under wasmtime, in the current folder: under_wasmtime.py MODULE ARGUMENT..."""
import sys
import wasmtime

engine = wasmtime.Engine()
linker = wasmtime.Linker(engine)
linker.define_wasi()
for name in ("start", "end"):  # they mark what is timed
    linker.define_func("bench", name, wasmtime.FuncType([], []), lambda: None)
store = wasmtime.Store(engine)
wasi = wasmtime.WasiConfig()
wasi.argv = sys.argv[1:]
wasi.preopen_dir(".", ".")
wasi.inherit_stdout()
wasi.inherit_stderr()
store.set_wasi(wasi)
instance = linker.instantiate(store, wasmtime.Module.from_file(engine, sys.argv[1]))
try:
    instance.exports(store)["_start"](store)
except wasmtime.ExitTrap as ended:
    sys.exit(ended.code)
except wasmtime.Trap:
    sys.exit(134)
