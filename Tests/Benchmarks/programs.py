"""The shootout programs of the test data: our strategies against wasm2c and wasmtime."""
import hashlib, json, math, os, shutil
import machine, peers
from table import Row

# ed25519 stands apart in every engine for want of a wide multiply (here: of its results in registers), and nestedloop is
# optimised away.
LEFT_OUT = {"shootout-ed25519", "shootout-nestedloop"}
SHORT, LONG = 0.010, 0.100  # seconds: what is shorter is repeated to the second


def measure(bench, data, name, entry):
    """{engine: seconds} for one program."""
    module = os.path.join(data, name, name + ".wasm")
    work = os.path.join(bench.cache.folder, "work", name)
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(os.path.join(data, name), work)
    gcc = bench.gcc
    commands = {"guard": [bench.guest(module, name, "guard", gcc)],
                "bounds": [bench.guest(module, name, "bounds", gcc)]}
    missing = {}
    try:
        commands["wasm2c"] = [peers.wasm2c(bench, module, name)]
    except machine.Missing as error:
        missing["wasm2c"] = str(error)
    try:
        commands["wasmtime"] = peers.wasmtime(bench, module, name)
    except machine.Missing as error:
        missing["wasmtime"] = str(error)

    def runner(command, repeat):
        environment = {**os.environ, "BENCH_REPEAT": str(repeat)}
        return lambda: machine.timed(command, cwd=work, env=environment)

    def checked(command):
        done = machine.execute(command, cwd=work)
        if hashlib.sha256(done.stdout).hexdigest() != entry["stdout_sha256"]:
            raise SystemExit(f"bench: {name} under {command[0]} does not print what it should")

    for command in commands.values():
        checked(command)
    once = runner(commands["guard"], 1)()
    repeat = 1 if once >= SHORT else math.ceil(LONG / once)
    return machine.least(bench.runs, {k: runner(c, repeat) for k, c in commands.items()}), missing


def rows(bench):
    data = machine.test_data()
    with open(os.path.join(data, "programs.json"), encoding="utf-8") as file:
        entries = json.load(file)
    names = [n for n in sorted(entries) if n.startswith("shootout-") and n not in LEFT_OUT]
    times, missing = {}, {}
    for name in names:
        bench.progress(name)
        times[name], missing = measure(bench, data, name, entries[name])
    table = [["program", "guard/wasm2c", "guard/wasmtime", "bounds/guard", "ms"]]
    pairs = [("guard", "wasm2c", "faster than Debian's wasm2c", 1.0),
             ("guard", "wasmtime", "faster than wasmtime", 1.0),
             ("bounds", "guard", "bounds at most 1.03 x guard", 1.03)]
    for name in names:
        t = times[name]
        line = [f"{t[a] / t[b]:.2f}" if b in t else "-" for a, b, _, _ in pairs]
        table.append([name[len("shootout-"):], *line, f"{t['guard'] * 1e3:.3g}"])
    result = []
    for over, under, goal, limit in pairs:
        what = f"{len(names)} shootout programs, {over}/{under}"
        if under in missing:
            result.append(Row.skipped(what, goal, missing[under]))
            continue
        mean = machine.geometric_mean([times[n][over] / times[n][under] for n in names])
        met = mean < limit if limit == 1.0 else mean <= limit
        result.append(Row(what, goal, f"{mean:.3f}", met))
    result[0].details = table
    return result
