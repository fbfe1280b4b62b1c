#!/usr/bin/env python3
"""Builds real programs with `apus build` and compares exit status, stdout and stderr.

APUS_TEST_DATA names the folder that holds programs/programs.json. Each program runs in a
fresh copy of its folder, with that folder as its only directory. Entries that need a
proposal which is not supported must be refused with exit status 5.
"""
import argparse, concurrent.futures, hashlib, json, os, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LONG = {"mandelbrot-dd", "smallpt-ex"}  # minutes each, and nothing to compare with
# The C compiler takes 10 s or more for these.
LARGE = {"brotli", "go-wasi", "hashset", "rust-compression", "rust-wasi", "tinygo-regex"}

# Proposals that are not supported: a program that needs one is refused.
UNSUPPORTED = {"gc", "exceptions", "tail-call", "threads", "memory64", "function-references"}

# Prints how long it took, to stderr.
TIMED = {("c-ray", "stderr")}

# What was recorded is not what the specifications say.
CORRECTED = {
    # Recorded by an engine that takes wasi_unstable's `end` for `cur`, so that the program learns
    # no file size and chooses another window. (Under the other name for the same functions, with
    # that name's order, wasmtime prints what was recorded.)
    "brotli": {"stdout_bytes": 10984,
               "stdout_sha256": "6cfe2b71e578f81c3ab1f8617d7077a8dc335984de96bec40b1d9cdfea39b744"},
    # Traps under wasmtime as well, at the same instruction.
    "smallpt-ex-mv": {"exit": 134, "stdout_sha256": hashlib.sha256(b"").hexdigest()},
}


def data_folder():
    """The folder of the programs, or None, having said why."""
    data = os.environ.get("APUS_TEST_DATA")
    if not data:
        print("SKIPPED: APUS_TEST_DATA is not set, so there are no programs to run\n0 passed, 0 failed, 1 skipped")
        return None
    return os.path.join(data, "programs")


def read_entries(folder):
    with open(os.path.join(folder, "programs.json"), encoding="utf-8") as file:
        return {name: {**entry, **CORRECTED.get(name, {})}
                for name, entry in json.load(file).items() if not name.startswith("_")}


def fresh_copy(folder, work):
    """Copies a program's folder to `work`; the name of the module in it."""
    name = os.path.basename(folder)
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(folder, work)
    subprocess.run(["chmod", "-R", "u+w", work], check=True)
    if os.path.exists(os.path.join(work, name + ".wasm")):
        return name + ".wasm"
    return next(f for f in sorted(os.listdir(work)) if f.endswith(".wasm"))


def build(apus, work, module, options):
    """`apus build` of a module in its folder, to work/program."""
    return subprocess.run(
        [apus, "build", module, "-o", os.path.join(work, "program"), "--dir", ".",
         "--link", os.path.join(HERE, "bench.c"), *options], cwd=work, capture_output=True, timeout=600)


def execute(work, module, entry):
    # argv[0] is the module's name, as the recorded runs had it.
    return subprocess.run([module] + entry.get("args", []), executable=os.path.join(work, "program"),
                          cwd=work, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)


def differences(name, entry, status, out, err):
    found = []
    if "exit" in entry and status != entry["exit"]:
        found.append(f"exit status {status}, expected {entry['exit']}")
    for stream, data in (("stdout", out), ("stderr", err)):
        if f"{stream}_sha256" in entry and (name, stream) not in TIMED:
            if hashlib.sha256(data).hexdigest() != entry[f"{stream}_sha256"]:
                found.append(f"{stream} differs: {len(data)} bytes, expected {entry.get(stream + '_bytes')}: {data[-200:]!r}")
    return found


def run(name, entry, options, memory):
    """None, or what went wrong."""
    work = os.path.join(options.work, memory, name)
    module = fresh_copy(os.path.join(options.programs, name), work)
    level = "-O0" if options.fast and name in LARGE else options.optimise
    built = build(options.apus, work, module, ["--memory", memory, level])
    if UNSUPPORTED.intersection(entry.get("needs", [])):
        return None if built.returncode == 5 else f"needs {entry['needs']}, but build exits {built.returncode}"
    if built.returncode != 0:
        return f"build exits {built.returncode}: {built.stderr.decode(errors='replace')[:400]}"
    ran = execute(work, module, entry)
    return "; ".join(differences(name, entry, ran.returncode, ran.stdout, ran.stderr)) or None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--work", default=os.path.join(ROOT, ".build", "programs"))
    parser.add_argument("--memory", default="guard", help="guard, bounds, or both with a comma")
    parser.add_argument("--optimise", default="-O1")
    parser.add_argument("--fast", action="store_true", help="do not optimise those that take long to compile")
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    options.programs = data_folder()
    if not options.programs:
        return 0
    passed = failed = skipped = 0
    jobs = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for memory in options.memory.split(","):
            for name, entry in read_entries(options.programs).items():
                if options.only and name not in options.only:
                    continue
                if name in LONG and not options.only:
                    skipped += 1
                    print(f"skipped {name} [{memory}]: runs for minutes and has no recorded output")
                    continue
                jobs.append((name, memory, pool.submit(run, name, entry, options, memory)))
        for name, memory, job in jobs:
            try:
                why = job.result()
            except subprocess.TimeoutExpired as error:
                why = f"time limit: {error}"
            passed, failed = (passed + 1, failed) if why is None else (passed, failed + 1)
            if why:
                print(f"FAILED {name} [{memory}]: {why}\n  again: Tests/Programs/programs.py --only {name} --memory {memory}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
