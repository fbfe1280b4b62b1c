#!/usr/bin/env python3
"""Runs wasi-testsuite (wasm32-wasip1) on a board's half of the layer and its file system in RAM, on this processor.

APUS_TEST_DATA names the folder that holds wasi/{assemblyscript,c,rust}. A board's file system has no links, and knows of a
file no time but that of its last change; LEFT_OUT says what that costs. A test of these that passes is a failure, too.

    Tests/WASI/board/suite.py [--only SUITE/NAME...]"""
import argparse
import concurrent.futures
import glob
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import suite

RUNTIME = suite.RUNTIME
FLAGS = ["-std=gnu11", "-w", "-O1", "-ffp-contract=off", "-fno-optimize-sibling-calls", "-fno-finite-loops", "-fno-math-errno",
         "-fstack-clash-protection", "-ffunction-sections", "-fdata-sections", "-DAPUS_FREESTANDING", "-DAPUS_CONFIG_WASI_BOARD",
         "-DAPUS_CONFIG_WASI_FILES", "-DAPUS_CONFIG_WASI_FD_MAX=24", "-DAPUS_CONFIG_WASI_FOLDER_MAX=8",
         *(f"-I{os.path.join(RUNTIME, folder)}" for folder in ("include", "wasi", "port/board"))]
SHARED = ("table", "descriptor", "args", "guest", "exports")
# Tests that ask for what a board's file system has not.
LEFT_OUT = {
    "rust/fd_filestat_set": "it knows no time of the last access",
    **{"rust/" + name: "it has no links" for name in ("nofollow_errors", "path_exists", "path_link", "readlink", "symlink_filestat")},
}


def runtime(options):
    """The objects of a board's runtime."""
    sources = glob.glob(RUNTIME + "/core/*.c") + glob.glob(RUNTIME + "/port/baremetal/*.c")
    sources += [f"{RUNTIME}/wasi/wasi_{name}.c" for name in SHARED]
    sources += [path for path in glob.glob(RUNTIME + "/port/board/*.c") if not path.endswith("no_files.c")]
    objects = []
    for source in sources:
        objects.append(os.path.join(options.work, os.path.relpath(source, RUNTIME).replace("/", "-")[:-2] + ".o"))
        suite.checked([options.cc, *FLAGS, "-c", source, "-o", objects[-1]])
    return objects


def run(options, objects, name):
    """None, or what went wrong."""
    kind, test = name.split("/")
    spec = suite.read_spec(options, kind, test)
    with tempfile.TemporaryDirectory(prefix="apus-suite-") as scratch:
        program = os.path.join(scratch, "program")
        suite.checked([options.apus, "translate", os.path.join(options.data, name + ".wasm"), "-o", scratch, "--name", "module",
                       "--profile", "firmware", "--instances", "one", "--no-makefile"])
        suite.checked([options.cc, *FLAGS, "-I", scratch, os.path.join(scratch, "module.c"), os.path.join(HERE, "suite_main.c"),
                       *objects, "-Wl,--gc-sections", "-o", program])
        command = [test + ".wasm"]
        if "root" in spec:
            command += ["--root", os.path.join(options.data, kind, spec["root"])]
        for key, value in spec.get("env", {}).items():
            command += ["--env", f"{key}={value}"]
        try:
            done = subprocess.run(command + ["--"] + spec.get("args", []), executable=program, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=20, check=False)
        except subprocess.TimeoutExpired:
            return "no end after 20 s"
    if options.only:
        sys.stdout.write(done.stdout + done.stderr)
    return suite.compare(spec, done)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(suite.ROOT, ".build", "release", "apus"))
    parser.add_argument("--cc", default=os.environ.get("CC", "cc"))
    parser.add_argument("--only", nargs="*", help="SUITE/NAME")
    options = parser.parse_args()
    if not os.environ.get("APUS_TEST_DATA"):
        print("wasi-testsuite on a board: skipped, APUS_TEST_DATA is not set")
        return 0
    options.data = os.path.join(os.environ["APUS_TEST_DATA"], "wasi")
    options.work = tempfile.mkdtemp(prefix="apus-suite-")
    names = sorted(os.path.relpath(path, options.data)[:-5] for kind in suite.EXPECTED for path in glob.glob(f"{options.data}/{kind}/*.wasm"))
    if len(names) != sum(suite.EXPECTED.values()):
        print(f"{len(names)} tests in {options.data}, expected {sum(suite.EXPECTED.values())}")
        return 1
    names = options.only or names
    try:
        objects = runtime(options)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = dict(zip(names, pool.map(lambda name: run(options, objects, name), names)))
    finally:
        shutil.rmtree(options.work)
    failed = 0
    for name, wrong in results.items():
        if (wrong is None) == (name in LEFT_OUT):
            failed += 1
            print(f"FAILED {name}: {wrong or 'it passes, though it is left out'}\n    again: Tests/WASI/board/suite.py --only {name}")
    left = [name for name in results if name in LEFT_OUT]
    for name in left:
        print(f"left out, {name}: {LEFT_OUT[name]}")
    print(f"wasi-testsuite on a board: {len(results) - failed - len(left)} passed, {failed} failed, {len(left)} left out")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
