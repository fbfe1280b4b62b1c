#!/usr/bin/env python3
"""Modules translated with --deterministic print the same everywhere.

The module of module.py is compiled by gcc and clang, at several levels, with both kinds of checks and in both instance
models, for other processors and for Cortex-M; surroundings.wat is a WASI program. --quick takes a few of these.
"""
import concurrent.futures, os, re, resource, shutil, subprocess, sys, tempfile, time

import module

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
from checks import expect, report
from everywhere import CROSS, Programs, arguments, installed, must, run

DRIVER = os.path.join(HERE, "driver.c")
MAX_STACK = 65536
# Compiler, level, further flags, memory, instances.
NATIVE = [("gcc", "-O0", "", "guard", "one"), ("gcc", "-O2", "", "guard", "many"), ("gcc", "-O3", "-mavx2 -mfma", "bounds", "one"),
          ("gcc", "-O2", "-msse4.1", "bounds", "many"), ("clang", "-O0", "", "bounds", "many"), ("clang", "-O2", "", "guard", "one"),
          ("clang", "-O3", "-mavx2 -mfma", "guard", "many"), ("gcc", "-Os", "-DAPUS_SIMD_PORTABLE", "bounds", "one")]
OTHERS = [(compiler, level, "", memory, instances) for compiler in CROSS
          for level, memory, instances in (("-O2", "guard", "one"), ("-O0", "bounds", "many"))]


def same_everywhere(apus, folder, quick):
    text = os.path.join(folder, "module.wat")
    with open(text, "w", encoding="utf-8") as file:
        file.write(module.wat())
    names = [name for name, _, _ in module.rows()]
    left = {name for name in module.every_name() - set(names)
            if not re.search(r"\.(load|store|const|extract_lane|replace_lane)$", name)}
    expect("every row on floats is in the module", not left, f"without {sorted(left)}")
    must(["wat2wasm", "--enable-all", text, "-o", os.path.join(folder, "module.wasm")])
    configurations = NATIVE[:2] + OTHERS[:1] if quick else NATIVE + OTHERS
    configurations += [("arm-none-eabi-gcc", level, "", "bounds", instances)
                       for level, instances in ((("-Os", "one"),) if quick else (("-O2", "one"), ("-Os", "many")))]
    there = installed(configurations)
    programs = Programs(apus, folder, DRIVER)
    for memory in ("guard", "bounds"):
        for instances in ("one", "many"):
            programs.translate("host", memory, instances, "--deterministic", "--max-stack", str(MAX_STACK))
    for instances in ("one", "many"):
        programs.translate("firmware", "bounds", instances, "--deterministic", "--max-stack", str(MAX_STACK))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(programs.output, there))
    first = results[0][1]
    expect("a module prints something", first.count("row ") == len(names), first[-300:])
    expect("every NaN is canonical", "NaNs that are not canonical: 0\n" in first, first[-900:])
    for what, depth in EXPECTED_DEPTHS.items():
        expect(f"depth of {what}", f"{what}: call stack exhausted\n  depth: {depth}\n" in first, first[-900:])
    for configuration, (status, out, err) in zip(there, results):
        expect("exit status of " + " ".join(configuration), status == 0, f"{status}, {err}")
        differs = [(one, other) for one, other in zip(first.splitlines(), out.splitlines()) if one != other]
        expect("output of " + " ".join(configuration), out == first,
               [(*pair, names[int(pair[0].split()[1][:-1])] if pair[0].startswith("row") else "") for pair in differs[:6]])


    as_in_wasmtime(folder, names, first)
    # Or the test would show nothing.
    plain = Programs(apus, tempfile.mkdtemp(dir=folder), DRIVER)
    shutil.copy(os.path.join(folder, "module.wasm"), plain.folder)
    plain.translate("host", "guard", "one")
    out = plain.output(("gcc", "-O1", "", "guard", "one"))[1]
    expect("without the option there are other NaNs", "NaNs that are not canonical: 0\n" not in out and out.count("row "), out[-300:])


def as_in_wasmtime(folder, names, printed):
    """Digests of rows against those of wasmtime with cranelift_nan_canonicalization. Its relaxed instructions round once."""
    try:
        import wasmtime
    except ImportError:
        print("comparison with wasmtime skipped: no wasmtime for this Python (pip install wasmtime)")
        return
    config = wasmtime.Config()
    config.cranelift_nan_canonicalization = True
    config.wasm_relaxed_simd = True
    config.wasm_tail_call = True
    store = wasmtime.Store(wasmtime.Engine(config))
    linker = wasmtime.Linker(store.engine)
    linker.define_func("host", "dive_inside", wasmtime.FuncType([], []), lambda: None)
    instance = linker.instantiate(store, wasmtime.Module.from_file(store.engine, os.path.join(folder, "module.wasm")))
    row = instance.exports(store)["row"]
    digests = dict(re.findall(r"^row (\d+): (\w+)$", printed, re.M))
    for k, name in enumerate(names):
        if "relaxed" not in name:
            theirs = f"{row(store, k) & (1 << 64) - 1:016x}"
            expect(f"{name} as in wasmtime", digests.get(str(k)) == theirs, f"{digests.get(str(k))}, {theirs}")


# With a budget of 65,536 bytes: plain counts 128 for a frame; see frameSize in FunctionEmitter.swift.
EXPECTED_DEPTHS = {"plain": MAX_STACK // 128}


# --- what surrounds a program ------------------------------------------------------

# In the order in which they are made: once so, once the other way round.
NAMES = ["zeta", "alpha", "\u00c4pfel", "B", "folder/middle", "folder/last", *(f"n{k * 7919 % 211}" for k in range(211))]


def shelf(folder, names):
    for name in names:
        path = os.path.join(folder, "shelf", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(name)
    return folder


def program(apus, folder, wasm, compiler="cc", level="-O1", *options):
    """Translates a program and makes it: its path. The folder `shelf` is below where it is started."""
    to = tempfile.mkdtemp(dir=folder)
    must([apus, "translate", *options, "--dir", "shelf::/", "--name", "app", "-o", to, wasm])
    must(["make", "-s", "-j2", "-C", to, f"CC={compiler}", f"CFLAGS={level} -w"])
    return os.path.join(to, "app")


def assembled(folder, source, name):
    wasm = os.path.join(folder, name + ".wasm")
    must(["wat2wasm", "--enable-all", source, "-o", wasm])
    return wasm


def same_surroundings(apus, folder, quick):
    wasm = assembled(folder, os.path.join(HERE, "surroundings.wat"), "surroundings")
    places = [shelf(os.path.join(folder, "first"), NAMES), shelf(os.path.join(folder, "second"), NAMES[::-1])]

    def output(built, place, compiler="cc"):
        done = subprocess.run([*CROSS.get(compiler, []), built], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              cwd=place, check=False)
        return done.returncode, done.stdout, done.stderr

    built = program(apus, folder, wasm, "cc", "-O1", "--deterministic")
    start = time.monotonic()
    first = output(built, places[0])
    expect("a program that waits ten seconds twice does not wait", time.monotonic() - start < 9)
    expect("a program ends well", first[0] == 0, first[2])
    # As in main of apus_wasi.h: 2000-01-01, in nanoseconds, then on by a millisecond each time.
    expect("the clock starts where it should", first[1][4:12] == (946684800 * 10**9).to_bytes(8, "little"), first[1][:12].hex())
    second = 4 + 8 + 4 + 8 + 4
    expect("a reading moves the clocks on", first[1][second:second + 8] == (10**6).to_bytes(8, "little"), first[1][:40].hex())
    listed = [name.encode() for name in sorted({name.split("/")[0] for name in NAMES}, key=lambda name: name.encode())]
    at, ordered = 0, True
    for name in listed:
        found = first[1].find(len(name).to_bytes(4, "little") + (b"\3" if name == b"folder" else b"\4") + bytes(3) + name,
                              first[1].find(b"..", 500) if not at else at)
        ordered, at = ordered and found > at, found
    expect("names come by their bytes", ordered)
    for place in places:
        expect("another run prints the same", output(built, place) == first)
    for option in (["--seed", "1"], ["--clock", "5"]):
        other = output(program(apus, folder, wasm, "cc", "-O1", "--deterministic", *option), places[0])
        expect(f"{option[0]} makes a difference", other[0] == 0 and other[1] != first[1])
    plain = program(apus, folder, assembled(folder, os.path.join(HERE, "random.wat"), "random"), "cc", "-O1")
    expect("without the option runs differ", output(plain, places[0])[1] != output(plain, places[0])[1])
    for compiler in ([] if quick else ["clang", *CROSS]):
        if not shutil.which(compiler) or (compiler in CROSS and not shutil.which(CROSS[compiler][0])):
            print(f"surroundings by {compiler} skipped: it or its emulator is not installed")
            continue
        built = program(apus, folder, wasm, compiler, "-O2", "--deterministic", "--memory", "bounds", "--instances", "one")
        expect(f"surroundings by {compiler}", output(built, places[1], compiler) == first)


# --- what a host has no room for ----------------------------------------------------

def refusals(apus, folder):
    wasm = assembled(folder, os.path.join(HERE, "room.wat"), "room")

    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    for options, expected in (([], 7), (["--deterministic"], 134)):
        done = run([program(apus, folder, wasm, "cc", "-O1", "--memory", "bounds", *options)], cwd=folder, preexec_fn=limited)
        expect(f"memory.grow that the host refuses {options}", done[0] == expected, done)
        expect(f"its message {options}", ("trap: out of memory" in done[2]) == bool(options), done[2])
    # Less stack than the budget has: an end of its own, and not one that the module could have.
    to = tempfile.mkdtemp(dir=folder)
    must([apus, "translate", "--deterministic", "--dir", "shelf::/", "--name", "app", "-o", to,
          assembled(folder, os.path.join(HERE, "endless.wat"), "endless")])
    main_file = os.path.join(to, "app_main.c")
    with open(main_file, encoding="utf-8") as file:
        text = file.read()
    for size, message in ((8 << 20, "call stack exhausted"), (1 << 17, "out of memory")):
        with open(main_file, "w", encoding="utf-8") as file:
            file.write(text.replace(".stack_size = 8388608u", f".stack_size = {size}u"))
        must(["make", "-s", "-j2", "-C", to, "CFLAGS=-O0 -w"])
        done = run([os.path.join(to, "app")], cwd=folder)
        expect(f"a stack of {size} bytes", done[0] == 134 and f"trap: {message}" in done[2], done)


def main():
    options = arguments(__doc__, os.path.join(ROOT, ".build", "release", "apus"))
    with tempfile.TemporaryDirectory(prefix="apus-deterministic-") as folder:
        apus = options.apus
        os.makedirs(os.path.join(folder, "shelf"))
        same_everywhere(apus, folder, options.quick)
        same_surroundings(apus, folder, options.quick)
        refusals(apus, folder)
    report()


if __name__ == "__main__":
    main()
