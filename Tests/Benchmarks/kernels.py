"""C kernels of our own: translated from Wasm against the same source compiled natively."""
import os, sys
import machine, peers
from table import Row

FOLDER = os.path.join(machine.HERE, "kernels")
VECTORS = os.path.join(machine.HERE, "vectors")
TO_WASM = [sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi", "-O2"]


def measure(bench, name, folder=FOLDER, flags=()):
    """{way: seconds} for one kernel, all printing the same; `flags` are for compilation to Wasm."""
    source, header = os.path.join(folder, name + ".c"), os.path.join(FOLDER, "bench.h")
    native = os.path.join(FOLDER, "bench_native.c")
    module = bench.compiled(name + ".wasm", "", [source, header], [[*TO_WASM, *flags, source, "-o", "{out}"]])
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


def chosen(bench, folder):
    """The names of a folder's kernels."""
    try:
        machine.execute([*TO_WASM[:3], "version"])
    except SystemExit:
        raise machine.Missing("no Zig for this Python (pip install ziglang)") from None
    names = [f[:-2] for f in sorted(os.listdir(folder)) if f.endswith(".c") and "_" not in f]
    return [name for name in names if name in bench.only] if bench.only else names


def vector_rows(bench):
    """Kernels in vectors of 16 bytes. What is native has no wider ones, as the C of modules has not."""
    columns = ["guard", "guard by clang", "bounds", "wasmtime"]
    table, native, rival = [["kernel of vectors", *columns, "gcc", "clang", "ms"]], [], []
    for name in chosen(bench, VECTORS):
        bench.progress(name)
        t = measure(bench, name, VECTORS, ["-msimd128"])
        least, ours = min(t["gcc"], t["clang"]), min(t["guard"], t["guard by clang"])
        native.append(ours / least)
        if "wasmtime" in t:
            rival.append(ours / t["wasmtime"])
        cells = [f"{t[c] / least:.2f}" if c in t else "-" for c in [*columns, "gcc", "clang"]]
        table.append([name, *cells, f"{least * 1e3:.0f}"])
    what = f"{len(native)} kernels of vectors, the better of gcc and clang"
    mean = machine.geometric_mean(native)
    found = [Row(what + "/better native, mean", "at most 1.2", f"{mean:.3f}", mean <= 1.2, table)]
    if not rival:
        return found + [Row.skipped(what + "/wasmtime", "at most 0.8", "no wasmtime for this Python")]
    mean = machine.geometric_mean(rival)
    return found + [Row(what + "/wasmtime, mean", "at most 0.8", f"{mean:.3f}", mean <= 0.8)]


def option_rows(bench, option, goal):
    """What an option of the translation costs, against `goal`."""
    ways = [(memory, what, [compiler]) for memory in ("guard", "bounds")
            for what, compiler in (("gcc", bench.gcc[0]), ("clang", machine.clang()))]
    table = [[option + "/without", *(f"{memory} by {what}" for memory, what, _ in ways)]]
    ratios = {}
    for folder, flags in ((FOLDER, []), (VECTORS, ["-msimd128"])):
        for name in chosen(bench, folder):
            bench.progress(name)
            source = os.path.join(folder, name + ".c")
            module = bench.compiled(name + ".wasm", "", [source, os.path.join(FOLDER, "bench.h")],
                                    [[*TO_WASM, *flags, source, "-o", "{out}"]])
            commands = {(memory, what, options): [bench.guest(module, name, memory, compiler, *options)]
                        for memory, what, compiler in ways for options in ((), (option,))}
            expected = machine.execute(next(iter(commands.values()))).stdout
            t = machine.least(bench.runs, {way: lambda command=command: machine.timed(command, expected)
                                           for way, command in commands.items()})
            for memory, what, _ in ways:
                ratios[name, memory, what] = t[memory, what, (option,)] / t[memory, what, ()]
            table.append([name, *(f"{ratios[name, memory, what]:.2f}" for memory, what, _ in ways)])
    worst = max(ratios, key=ratios.get)
    mean = machine.geometric_mean(list(ratios.values()))
    return [Row(f"kernels with {option}/without, mean", f"at most {goal}" if goal else "-", f"{mean:.3f}",
                mean <= goal if goal else None, table),
            Row("the same, worst", "-", f"{ratios[worst]:.2f} ({worst[0]}, {worst[1]} by {worst[2]})", None)]


def deterministic_rows(bench):
    return option_rows(bench, "--deterministic", None)


def fuel_rows(bench):
    return option_rows(bench, "--fuel", 1.15)


def interruptible_rows(bench):
    return option_rows(bench, "--interruptible", 1.03)


def rows(bench):
    names = chosen(bench, FOLDER)
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
