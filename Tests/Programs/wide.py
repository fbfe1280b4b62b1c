#!/usr/bin/env python3
"""A C program of ours with a 64-bit memory (wide/words.c): what it prints and how it ends, as natively and under wasmtime.

It is translated in both models, with both kinds of checks, and compiled by gcc and clang with -O0 and -O2, and for
aarch64; --deal takes four of these. One case uses 5 GiB, thinly, where the host has room for them.
"""
import argparse, importlib.util, itertools, os, re, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OWN = os.path.join(HERE, "wide")
sys.path.insert(0, os.path.dirname(HERE))
from checks import expect, report

WORDS, FAR = [["words", "5", "20000"], ["words", "77", "300"]], [["far", "1"], ["far", "5"]]
ZIG = [sys.executable, "-m", "ziglang"]
CROSS = ("aarch64-linux-gnu-gcc", ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"])


def room_missing():
    """Why a memory of 5 GiB cannot be had, or None. It grows by a copy, and asks for half as much again."""
    needed = 10 << 30
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            total = next(int(line.split()[1]) << 10 for line in file if line.startswith("MemTotal:"))
    except OSError:
        return "there is no /proc/meminfo to say how much memory there is"
    if total < needed:
        return f"the host has {total >> 30} GiB of memory, not {needed >> 30}"
    with open("/proc/sys/vm/overcommit_memory", encoding="ascii") as file:
        if file.read().strip() == "2":
            return "the host promises no more memory than it has"
    import resource
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY or limit > 2 * needed else "address space is limited"


def ended(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def under_wasmtime(module, case):
    """(exit status, stdout) as the native program has them."""
    import wasmtime
    config = wasmtime.Config()
    config.wasm_memory64 = True
    engine = wasmtime.Engine(config)
    linker, store, out = wasmtime.Linker(engine), wasmtime.Store(engine), []
    i64 = wasmtime.ValType.i64()

    def put(caller, at, size):
        out.append(bytes(caller["memory"].read(caller, at, at + size)))

    linker.define_func("host", "print", wasmtime.FuncType([i64, i64], []), put, access_caller=True)
    instance = linker.instantiate(store, wasmtime.Module.from_file(engine, module))
    result = instance.exports(store)[case[0]](store, *map(int, case[1:]))
    return 0, b"".join(out) + b"%d\n" % result


def built(options, module, name, config):
    """The program that calls one export; None and what was said where it cannot be built."""
    model, memory, compiler, level = config
    program = f"{module[:-5]}.{name}.{'-'.join(config)}"
    done = subprocess.run([options.apus, "build", module, "-o", program, "--instances", model, "--memory", memory, "--cc", compiler,
                           "-" + level, "--invoke", name, "--link", os.path.join(OWN, "host.c")],
                          capture_output=True, text=True, timeout=300)
    return (None, done.stderr) if done.returncode else (program, None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--work", default=os.path.join(ROOT, ".build", "wide"))
    parser.add_argument("--deal", action="store_true")
    options = parser.parse_args()
    if not importlib.util.find_spec("ziglang"):
        print("a program with a 64-bit memory skipped: there is no Python package ziglang")
        return
    os.makedirs(options.work, exist_ok=True)
    module, native = os.path.join(options.work, "words.wasm"), os.path.join(options.work, "native")
    source = os.path.join(OWN, "words.c")
    # This one's memory states a maximum, of 6 GiB: it grows in place.
    limited = os.path.join(options.work, "limited.wasm")
    compiled = os.path.join(options.work, "words.o")
    subprocess.run([*ZIG, "cc", "-target", "wasm64-freestanding", "-O2", "-fno-sanitize=undefined", "-c", source,
                    "-o", compiled], check=True)
    for made, limit in ((module, []), (limited, [f"--max-memory={6 << 30}"])):
        subprocess.run([*ZIG, "wasm-ld", "-mwasm64", "--no-entry", "--strip-all", *limit, compiled, "-o", made], check=True)
    subprocess.run(["gcc", "-O1", source, os.path.join(OWN, "native.c"), "-o", native], check=True)
    cases = WORDS + FAR
    why = room_missing()
    if why:
        print(f"a memory of 5 GiB skipped: {why}")
        cases = [case for case in cases if case != ["far", "5"]]
    results = {tuple(case): ended([native, *case])[:2] for case in cases}
    if importlib.util.find_spec("wasmtime"):
        for case in cases:
            got = under_wasmtime(module, case)
            expect(f"{case} under wasmtime", got == results[tuple(case)], f"{got}, natively {results[tuple(case)]}")
    else:
        print("a program with a 64-bit memory under wasmtime skipped: there is no Python package wasmtime")

    compilers = [name for name in ("gcc", "clang") if shutil.which(name)]
    if "clang" not in compilers:
        print("a program with a 64-bit memory by clang skipped: it is not installed")
    configs = list(itertools.product(("one", "many"), ("guard", "bounds"), compilers, ("O0", "O2")))
    if options.deal:
        configs = [configs[k] for k in range(0, len(configs), 5)]
    ways = [(config, []) for config in configs]
    if shutil.which(CROSS[0]) and shutil.which(CROSS[1][0]):
        ways += [(("one", "guard", CROSS[0], "O2"), CROSS[1]), (("many", "bounds", CROSS[0], "O2"), CROSS[1])]
    else:
        print("a program with a 64-bit memory on aarch64 skipped: its compiler or qemu-user is not installed")
    inspected = subprocess.run([options.apus, "inspect", module], capture_output=True, text=True).stdout
    size = int(re.search(r"memory: (\d+) pages of 64 KiB, 64-bit", inspected)[1]) << 16
    for config, run in ways:
        for name, made in (("words", module), ("far", module), ("beyond", module), ("far", limited)):
            what = f"{name} {' '.join(config)}{', limited' if made == limited else ''}"
            program, said = built(options, made, name, config)
            expect(what, program, said)
            if not program:
                continue
            for case in cases:
                if case[0] == name:
                    got = ended([*run, program, *case[1:]])
                    expected = results[tuple(case)]
                    expect(what, got[:2] == expected, f"{case[1:]}: {got}, natively {expected}")
            if made == limited:
                got = ended([*run, program, "6"])
                expect(what, got[:2] == (0, b"no room\n0\n"), f"above the maximum: {got}")
            if name == "beyond":
                got = ended([*run, program, str(size - 8)])
                expect(what, got[:2] == (0, b"0\n"), f"the last word: {got}")
                for at in (size - 7, size, 1 << 32, (1 << 32) + 8, 1 << 63, (1 << 64) - 1, (1 << 64) - 8):
                    got = ended([*run, program, str(at)])
                    expect(what, got[:2] == (134, b"") and b"out of bounds memory access" in got[2], f"{at:#x}: {got}")
            os.remove(program)
    report()


if __name__ == "__main__":
    main()
