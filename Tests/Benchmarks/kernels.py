"""C kernels of our own: translated from Wasm against the same source compiled natively."""
import os, sys
import machine, peers
from table import Row

FOLDER = os.path.join(machine.HERE, "kernels")
TO_WASM = [sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi", "-O2"]


def measure(bench, name):
    """{way: seconds} for one kernel, all printing the same."""
    source, header = os.path.join(FOLDER, name + ".c"), os.path.join(FOLDER, "bench.h")
    native = os.path.join(FOLDER, "bench_native.c")
    module = bench.compiled(name + ".wasm", "", [source, header], [[*TO_WASM, source, "-o", "{out}"]])
    ways = {}
    for way, compiler in (("gcc", bench.gcc[0]), ("clang", machine.clang())):
        ways[way] = [bench.compiled(name, "native", [source, header, native],
                                    [[compiler, "-O2", source, native, "-o", "{out}", "-lm"]])]
    ways["guard"] = [bench.guest(module, name, "guard", bench.gcc)]
    ways["guard by clang"] = [bench.guest(module, name, "guard", [machine.clang()])]
    ways["bounds"] = [bench.guest(module, name, "bounds", bench.gcc)]
    try:
        ways["wasmtime"] = peers.wasmtime(bench, module, name)
    except machine.Missing:
        pass
    expected = machine.execute(ways["gcc"]).stdout
    return machine.least(bench.runs, {
        way: lambda command=command: machine.timed(command, expected)
        for way, command in ways.items()})


def rows(bench):
    try:
        machine.execute([*TO_WASM[:3], "version"])
    except SystemExit:
        raise machine.Missing("no Zig for this Python (pip install ziglang)") from None
    names = [f[:-2] for f in sorted(os.listdir(FOLDER)) if f.endswith(".c") and "_" not in f]
    if bench.only:
        names = [name for name in names if name in bench.only]
    columns = ["guard", "guard by clang", "bounds", "wasmtime"]
    table, ratios, fair = [["kernel", *columns, "gcc", "clang", "ms"]], {}, {}
    for name in names:
        bench.progress(name)
        t = measure(bench, name)
        native = min(t["gcc"], t["clang"])
        ratios[name] = t["guard"] / native
        fair[name] = min(t["guard"], t["guard by clang"]) / native
        cells = [f"{t[c] / native:.2f}" if c in t else "-" for c in [*columns, "gcc", "clang"]]
        table.append([name, *cells, f"{native * 1e3:.0f}"])
    def summary(what, ratios, table):
        mean = machine.geometric_mean(list(ratios.values()))
        worst = max(ratios, key=ratios.get)
        return [Row(what + ", mean", "at most 1.05", f"{mean:.3f}", mean <= 1.05, table),
                Row(what + ", worst", "at most 1.3", f"{ratios[worst]:.3f} ({worst})",
                    ratios[worst] <= 1.3)]

    what = f"{len(names)} C kernels, guard"
    return (summary(what + " by gcc/better native", ratios, table)
            + summary(what + " by the better of gcc and clang/better native", fair, None))
