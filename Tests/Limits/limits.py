#!/usr/bin/env python3
"""Fuel, interruption and traces: what is counted and told is the same everywhere, and what is endless ends.

limits.wat is compiled by gcc and clang, at several levels, with each kind of checks and in both instance models, for
other processors and for Cortex-M; its counts are compared with wasmtime's. --quick takes a few of these.
"""
import concurrent.futures, os, re, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
from checks import expect, report
from everywhere import CROSS, Programs, arguments, installed, must, run

WORDS = ("--fuel", "--interruptible", "--trace", "calls", "--trace", "stores", "--trace", "blocks")
NATIVE = [("gcc", "-O2", "", "guard", "one"), ("gcc", "-O0", "", "bounds", "many"), ("clang", "-O2", "", "bounds", "one"),
          ("gcc", "-O3", "", "bounds", "one"), ("clang", "-O0", "", "guard", "many"), ("clang", "-O3", "", "guard", "one"),
          ("gcc", "-Os", "", "guard", "many"), ("gcc", "-O1", "-DUNCHECKED", "unchecked", "one")]
OTHERS = [(compiler, level, "", memory, instances) for compiler in CROSS
          for level, memory, instances in (("-O2", "guard", "one"), ("-O1", "bounds", "many"))]
BOARD = [("arm-none-eabi-gcc", level, "", "bounds", instances) for level, instances in (("-Os", "one"), ("-O2", "many"))]
# Instances of which there are many have their functions in several files.
SPLIT = {"one": [], "many": ["--split", "800"]}
# One that keeps no access inside memory.
OUTSIDE = re.compile(r"^(?:  trace of .*\n)?(?:outside|handed|passed|given) .*\n", re.M)


def assemble(folder):
    must(["wat2wasm", "--enable-all", os.path.join(HERE, "limits.wat"), "-o", os.path.join(folder, "module.wasm")])


def same_everywhere(apus, folder, quick):
    there = installed((NATIVE[:3] + OTHERS[-2:-1] + BOARD[:1]) if quick else NATIVE + OTHERS + BOARD)
    programs = Programs(apus, folder, os.path.join(HERE, "driver.c"))
    for memory, traps in (("guard", ["--traps", "exact"]), ("bounds", []), ("unchecked", [])):
        for instances in ("one", "many"):
            programs.translate("host", memory, instances, *traps, *WORDS, *SPLIT[instances])
    for instances in ("one", "many"):
        programs.translate("firmware", "bounds", instances, *WORDS, *SPLIT[instances])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(programs.output, there))
    first = results[0][1]
    told = re.sub(r"^  trace of .*\n", "", first, flags=re.M)
    expect("fuel runs out", "forever 0: out of fuel" in first, first)
    expect("refilled", "refilled 2: out of fuel" in first and "refilled 12: 144, " in first, first[-1200:])
    expect("a promise that is not kept", "promised 12: out of fuel" in first, first[-600:])
    expect("what is enough", re.search(r"^enough 5: 5, 0\nenough 5: (5, -1|out of fuel at 0x\w+, -\d+)\nenough 5: out of fuel", told, re.M), told[-1500:])
    expect("traces", len(set(re.findall(r"^  trace of (\d+ events, \w+)$", first, re.M))) > 80, first[:1500])
    expect("interrupted", "interrupted 5: interrupted at" in told and "\ninterrupted 5: 5, 0\nnot interrupted 5: 5, 0\ngoes on 5: 5, 0\n" in told,
           told[-600:])
    for configuration, (status, out, err) in zip(there, results):
        what = " ".join(configuration)
        expect("exit status of " + what, status == 0, f"{status}, {out[-300:]}{err}")
        ours, theirs = ((OUTSIDE.sub("", first), OUTSIDE.sub("", out)) if "unchecked" in what else (first, out))
        differs = [pair for pair in zip(ours.splitlines(), theirs.splitlines()) if pair[0] != pair[1]]
        expect("output of " + what, ours == theirs, differs[:6])
    return first


def as_in_wasmtime(folder, printed):
    """Counts against those of wasmtime, which takes no legacy exceptions: so without the functions that have some."""
    try:
        import wasmtime
    except ImportError:
        print("counts of wasmtime skipped: no wasmtime for this Python (pip install wasmtime)")
        return
    with open(os.path.join(HERE, "limits.wat"), encoding="utf-8") as file:
        text = file.read()
    without = re.sub(r'  \(func \(export "catches"\).*?\n(?=  \(func)', "", text, flags=re.S)
    wat, wasm = os.path.join(folder, "plain.wat"), os.path.join(folder, "plain.wasm")
    with open(wat, "w", encoding="utf-8") as file:
        file.write(without)
    must(["wat2wasm", "--enable-all", wat, "-o", wasm])
    config = wasmtime.Config()
    config.consume_fuel = True
    config.wasm_exceptions = True
    config.wasm_tail_call = True
    store = wasmtime.Store(wasmtime.Engine(config))
    store.set_fuel(10**9)
    holder = []

    def host(a):
        if a != 4:
            return a
        store.set_fuel(store.get_fuel() - 1000)
        return holder[0].exports(store)["fib"](store, a)

    kind = wasmtime.FuncType([wasmtime.ValType.i32()], [wasmtime.ValType.i32()])
    module = wasmtime.Module.from_file(store.engine, wasm)
    holder.append(wasmtime.Instance(store, module, [wasmtime.Func(store, kind, host)]))
    exports = holder[0].exports(store)
    compared = 0
    for name, argument, answer, used in re.findall(r"^(\w+) (\d+): (\d+), (\d+)$", printed, re.M):
        if name in ("catches", "enough", "refilled", "interrupted", "on"):
            continue
        store.set_fuel(10**6)
        theirs = exports[name](store, int(argument)) & 0xffffffff, 10**6 - store.get_fuel()
        expect(f"{name} {argument} as in wasmtime", theirs == (int(answer), int(used)), f"{theirs}, {answer}, {used}")
        compared += 1
    expect("counts are compared", compared > 70, compared)


def interrupted(apus, folder):
    programs = Programs(apus, tempfile.mkdtemp(dir=folder), os.path.join(HERE, "interrupts.c"))
    assemble(programs.folder)
    for memory in ("guard", "bounds"):
        programs.translate("host", memory, "many", *WORDS[memory == "guard":2], *SPLIT["many"])
    expected = "".join(f"thread, {k}: interrupted\n" for k in range(14)) + "timer: interrupted after 3\n"
    for each in installed([("gcc", "-O2", "", "guard", "many"), ("clang", "-O3", "", "guard", "many"), ("gcc", "-O0", "", "bounds", "many")]):
        output = programs.output(each)
        expect("interrupts by " + " ".join(each), output == (0, expected, ""), output)


# --- the command --------------------------------------------------------------------

SLEEPER = """(module (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
 (memory (export "memory") 1)
 (data (i32.const 16) "\\01") (data (i32.const 24) "\\00\\00\\00\\00\\00\\d0\\ed\\90\\2e")
 (func (export "_start") (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"""
ENDLESS = '(module (memory (export "memory") 1) (func (export "_start") (loop $l (br $l))))'
SHORT = """(module (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
 (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1)
 (func (export "_start") (drop (call $sizes (i32.const 0) (i32.const 4))) (call $exit (i32.load (i32.const 0)))))"""


def commands(apus, folder):
    modules = {}
    for name, text in (("sleeper", SLEEPER), ("endless", ENDLESS), ("short", SHORT)):
        with open(os.path.join(folder, name + ".wat"), "w", encoding="utf-8") as file:
            file.write(text)
        modules[name] = os.path.join(folder, name + ".wasm")
        must(["wat2wasm", os.path.join(folder, name + ".wat"), "-o", modules[name]])
    environment = {**os.environ, "APUS_CACHE": os.path.join(folder, "cache")}

    def apus_run(*words, **variables):
        return run([apus, "run", "--cc", "cc", *words], env={**environment, **variables})

    status, _, err = apus_run("--fuel", "1000", "--fuel-report", modules["endless"])
    expect("run --fuel", status == 134 and err == 'apus: fuel: 1001 used\napus: trap: out of fuel at offset 0x33 in function "_start"\n', (status, err))
    status, _, err = apus_run("--fuel", "2000", "--fuel-report", modules["endless"])
    expect("run --fuel with more", status == 134 and "2001 used" in err, (status, err))
    start = time.monotonic()
    status, _, err = apus_run("--timeout", "1", modules["endless"])
    expect("run --timeout", status == 134 and "trap: interrupted at offset" in err and '"_start"' in err, (status, err))
    status, _, err = apus_run("--timeout", "1", modules["sleeper"])
    expect("run --timeout in a host function", status == 134 and err == "apus: trap: interrupted\n", (status, err))
    expect("neither takes long", time.monotonic() - start < 60)
    # The guest sees neither variable, which others do not want.
    status, _, err = apus_run("--fuel", "1000", "--timeout", "100", "--inherit-env", modules["short"])
    plain, _, _ = apus_run("--inherit-env", modules["short"])
    expect("the guest's environment", status == plain, (status, plain, err))
    app = os.path.join(folder, "app")
    must([apus, "build", "--fuel", "500", modules["endless"], "-o", app])
    for text, expected in ((None, 134), ("70", 134), ("x", 125), ("-1", 125), ("99999999999999999999", 125)):
        done = run([app], env={**os.environ, **({"APUS_FUEL": text} if text else {})})
        expect(f"APUS_FUEL={text}", done[0] == expected and ("takes a number" in done[2]) == (expected == 125), done)
    costs = os.path.join(folder, "costs")
    for text, used in (("br 10 # a jump\n\n* 0\nbr 7\nentry 5\n", 1006), ("loop 90\nbr 10\nentry 1", 1001), ("i32.* 3\nentry 2", 1001)):
        with open(costs, "w", encoding="utf-8") as file:
            file.write(text)
        status, _, err = apus_run("--fuel", "1000", "--fuel-report", "--fuel-costs", costs, modules["endless"])
        expect(f"costs {text!r}", status == 134 and f"fuel: {used} used" in err, (status, err))
    for text, message in (("call", "line 1: a name and a number"), ("call 1\nfrob 2", "line 2: no instruction that costs is called 'frob'"),
                          ("end 1", "no instruction that costs is called 'end'"), ("call 16777217", "up to 16777216")):
        with open(costs, "w", encoding="utf-8") as file:
            file.write(text)
        status, _, err = apus_run("--fuel", "1000", "--fuel-costs", costs, modules["endless"])
        expect(f"costs {text!r}", status == 122 and message in err, (status, err))
    for words in (("--fuel", "0"), ("--timeout", "0"), ("--fuel-report",), ("--fuel-costs", costs)):
        status, _, err = apus_run(*words, modules["endless"])
        expect(f"{words} is wrong", status == 122 and err.startswith("apus: "), (status, err))
    status, _, err = apus_run("--fuel", "5", "--fuel-costs", "/none", modules["endless"])
    expect("costs that cannot be read", status == 123 and err.startswith("apus: cannot open /none: "), (status, err))


def no_difference_without(apus, folder):
    """With neither option the C has nothing of it."""
    for options, there in ((["--fuel"], True), (["--interruptible"], True), (["--trace", "blocks"], True), ([], False)):
        to = tempfile.mkdtemp(dir=folder)
        must([apus, "translate", "--no-makefile", "-o", to, *options, os.path.join(folder, "module.wasm")])
        with open(os.path.join(to, "module.c"), encoding="utf-8") as file:
            expect(f"the C with {options}", bool(re.search("fuel|interrupt|trace", file.read())) == there)


def main():
    options = arguments(__doc__, os.path.join(ROOT, ".build", "release", "apus"))
    with tempfile.TemporaryDirectory(prefix="apus-limits-") as folder:
        apus = options.apus
        assemble(folder)
        printed = same_everywhere(apus, folder, options.quick)
        as_in_wasmtime(folder, printed)
        interrupted(apus, folder)
        no_difference_without(apus, folder)
        commands(apus, folder)
    report()


if __name__ == "__main__":
    main()
