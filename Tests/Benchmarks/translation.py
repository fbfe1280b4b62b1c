"""Translating a large module, and what the C compiler needs for the result."""
import hashlib, json, os, shutil
import machine
from table import Row


def module():
    path = os.path.join(machine.test_data(), "go-wasi", "go-wasi.wasm")
    if not os.path.exists(path):
        raise machine.Missing(f"no {path}")
    return path


def folders(bench):
    """Scratch folders for apus and for wasm2c, on the same file system. They are empty before each
    run, since apus leaves files that stay the same as they are."""
    made = [os.path.join(bench.cache.folder, "translated", name) for name in ("go", "go-wasm2c")]
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
    return made


def commands(bench):
    ours, theirs = folders(bench)
    # Without the runtime's files and a Makefile: wasm2c writes none either.
    return ours, theirs, [bench.apus, "translate", module(), "-o", ours, "--jobs", "1",
                          "--no-makefile"]


def size_of(folder):
    return sum(os.path.getsize(os.path.join(folder, f))
               for f in os.listdir(folder) if f.endswith((".c", ".h")))


def rows(bench):
    ours, theirs, command = commands(bench)
    what = "translate go-wasi.wasm, one thread"
    try:
        peer = [machine.tool("wasm2c"), module(), "-o", os.path.join(theirs, "go.c")]
        (_, our_time, our_peak), (_, their_time, _) = bench.measured(
            bench.runs, [command, peer], [ours, theirs])
        ratio = their_time / our_time
        first = Row(f"{what}, CPU: Debian's wasm2c/apus", "at least 25", f"{ratio:.1f}", ratio >= 25)
    except machine.Missing as error:
        (_, _, our_peak), = bench.measured(bench.runs, [command], [ours])
        first = Row.skipped(f"{what}, CPU: Debian's wasm2c/apus", "at least 25", str(error))
    size = size_of(ours)
    return [first,
            Row(f"{what}, peak memory", "under 40 MB", f"{our_peak / 1e6:.1f} MB", our_peak < 40e6),
            Row(f"{what}, C written", "at most 11 MB", f"{size / 1e6:.1f} MB", size <= 11e6)]


def compile_all(bench, folder, files, flags):
    """(CPU seconds of all, bytes of the largest process) of `gcc -O2` on each file."""
    seconds, peak = 0.0, 0
    include = ["-iquote", folder, "-I" + os.path.join(machine.ROOT, "Runtime-C", "include")]
    for name in files:
        bench.progress(f"gcc -O2 {name}")
        command = [*bench.gcc, "-O2", *flags, *include, "-c", os.path.join(folder, name),
                   "-o", os.path.join(folder, "object.o")]
        (_, cpu, rss), = bench.measured(1, [command])
        seconds, peak = seconds + cpu, max(peak, rss)
    return seconds, peak


def compile_ratios(bench, theirs):
    """apus/wasm2c of both, kept for the next time: wasm2c's takes minutes. Measured one after
    the other, so that a busy machine slows down both, and ours twice."""
    ours, files, flags = bench.translate(module(), "go")
    key = hashlib.sha256(json.dumps([bench.cache.version(bench.gcc).decode(), flags]).encode())
    key.update(machine.contents(ours) + machine.contents(theirs))
    kept = os.path.join(bench.cache.folder, f"compile-{key.hexdigest()[:16]}.json")
    if not os.path.exists(kept):
        runs = [compile_all(bench, ours, files, flags)]
        peer = compile_all(bench, theirs, ["go.c"], [])
        runs.append(compile_all(bench, ours, files, flags))
        with open(kept, "w", encoding="utf-8") as file:
            json.dump([min(run[k] for run in runs) / peer[k] for k in (0, 1)], file)
    with open(kept, encoding="utf-8") as file:
        return json.load(file)


def compile_rows(bench):
    _, theirs, _ = commands(bench)
    whats = ["gcc -O2 of go-wasi's C, CPU: apus/wasm2c",
             "gcc -O2 of go-wasi's C, largest process: apus/wasm2c"]
    try:
        machine.execute([machine.tool("wasm2c"), module(), "-o", os.path.join(theirs, "go.c")])
    except machine.Missing as error:
        return [Row.skipped(what, "at most 0.5", str(error)) for what in whats]
    return [Row(what, "at most 0.5", f"{ratio:.2f}", ratio <= 0.5)
            for what, ratio in zip(whats, compile_ratios(bench, theirs))]
