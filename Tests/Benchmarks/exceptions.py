"""C++ with exceptions: what they cost where few are thrown, and what a throw costs."""
import os, shutil, sys
import machine
from table import Row

FOLDER = os.path.join(machine.HERE, "exceptions")
KERNELS = os.path.join(machine.HERE, "kernels")
sys.path.insert(0, os.path.join(machine.ROOT, "Tests"))
import cplusplus

STANDARD = ["-std=c++17", "-O2"]
WAYS = [("guard", "gcc"), ("guard", "clang"), ("bounds", "gcc"), ("bounds", "clang")]


def module(bench, name, encoding):
    """A kernel's module; without exceptions where there is no encoding."""
    source = os.path.join(FOLDER, name + ".cpp")
    flags = STANDARD if encoding else [*STANDARD, "-DCODES"]
    scratch = os.path.join(bench.cache.folder, "objects")
    os.makedirs(scratch, exist_ok=True)
    calls = cplusplus.commands([source], "{out}", encoding, flags, scratch)
    return bench.compiled(f"{name}-{encoding or 'codes'}.wasm", "",
                          [source, os.path.join(KERNELS, "bench.h"), cplusplus.__file__], calls)


def guests(bench, name, encoding):
    """{(memory, compiler): command}"""
    compilers = {"gcc": bench.gcc, "clang": [machine.clang()]}
    made = module(bench, name, encoding)
    return {(memory, compiler): [bench.guest(made, os.path.basename(made)[:-5], memory, compilers[compiler])]
            for memory, compiler in WAYS}


def natives(bench, name):
    """{compiler: command}"""
    source, marks = os.path.join(FOLDER, name + ".cpp"), os.path.join(KERNELS, "bench_native.c")
    compilers = {"native g++": machine.tool("g++")}
    if shutil.which("clang++"):
        compilers["native clang++"] = shutil.which("clang++")
    return {what: [bench.compiled(name, "native", [source, marks, os.path.join(KERNELS, "bench.h")],
                                  [[compiler, *STANDARD, source, "-x", "c++", marks, "-o", "{out}"]])]
            for what, compiler in compilers.items()}


def least(bench, commands):
    """{name: seconds}, of commands that all print the same."""
    expected = machine.execute(next(iter(commands.values()))).stdout
    return machine.least(bench.runs, {name: lambda command=command: machine.timed(command, expected)
                                      for name, command in commands.items()})


def rows(bench):
    why = cplusplus.missing()
    if why:
        raise machine.Missing(why)
    found = []
    table = [["throws rarely, encoding", *(" by ".join(way) for way in WAYS), "ms without"]]
    bench.progress("formulas")
    kinds = ["codes", *cplusplus.ENCODINGS]
    times = least(bench, {(kind, way): command for kind in kinds
                          for way, command in guests(bench, "formulas", None if kind == "codes" else kind).items()})
    best = {}
    for kind in cplusplus.ENCODINGS:
        ratios = {way: times[kind, way] / times["codes", way] for way in WAYS}
        table.append([kind, *(f"{ratios[way]:.3f}" for way in WAYS), f"{times['codes', WAYS[0]] * 1e3:.0f}"])
        for way, ratio in ratios.items():
            best[kind, way] = ratio
    mean = machine.geometric_mean(list(best.values()))
    worst = max(best, key=best.get)
    found.append(Row("C++ that throws rarely/the same without exceptions, mean", "at most 1.03", f"{mean:.3f}", mean <= 1.03, table))
    found.append(Row("the same, worst", "at most 1.03", f"{best[worst]:.3f} ({worst[0]}, {' by '.join(worst[1])})", best[worst] <= 1.03))

    bench.progress("thrown")
    commands = natives(bench, "thrown")
    native = list(commands)
    for kind in cplusplus.ENCODINGS:
        commands.update({(kind, way): command for way, command in guests(bench, "thrown", kind).items()})
    times = least(bench, commands)
    reference = min(times[name] for name in native)
    table = [["caught five calls up", *(" by ".join(way) for way in WAYS), *native, "ms"]]
    for kind in cplusplus.ENCODINGS:
        table.append([kind, *(f"{times[kind, way] / reference:.3f}" for way in WAYS),
                      *(f"{times[name] / reference:.2f}" for name in native), f"{reference * 1e3:.0f}"])
    worst = max(times[kind, way] for kind in cplusplus.ENCODINGS for way in WAYS) / reference
    found.append(Row("a throw caught five calls up/better native, worst", "at most 0.1", f"{worst:.3f}", worst <= 0.1, table))
    return found
