"""wasmtime_run.py MODULE.cwasm [ARGUMENT...]: runs a module that wasmtime compiled before.

What harness.c does for translated modules: _start, BENCH_REPEAT times, each in a fresh
instance; the mean CPU time between bench.start and bench.end on stderr."""
import os, sys, time
import wasmtime


def main():
    engine = wasmtime.Engine()
    module = wasmtime.Module.deserialize_file(engine, sys.argv[1])
    repeat = int(os.environ.get("BENCH_REPEAT", "1"))
    now = time.thread_time_ns
    begin = total = 0

    def start():
        nonlocal begin
        begin = now()

    def end():
        nonlocal total
        total += now() - begin

    kind = wasmtime.FuncType([], [])
    for _ in range(repeat):
        store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
        wasi = wasmtime.WasiConfig()
        wasi.argv = [os.path.basename(sys.argv[1])] + sys.argv[2:]
        wasi.preopen_dir(".", ".")
        wasi.inherit_stdout()
        store.set_wasi(wasi)
        linker.define_wasi()
        linker.define(store, "bench", "start", wasmtime.Func(store, kind, start))
        linker.define(store, "bench", "end", wasmtime.Func(store, kind, end))
        try:
            linker.instantiate(store, module).exports(store)["_start"](store)
        except wasmtime.ExitTrap as left:
            if left.code:
                return left.code
    print(f"bench-ns {total // repeat}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
