#!/usr/bin/env python3
"""Builds real programs with `apus build` and compares exit status, stdout and stderr.

APUS_TEST_DATA names the folder that holds programs/programs.json. Each program runs in a
fresh copy of its folder, with that folder as its only directory. Entries that need a
proposal which is not supported must be refused with exit status 5.
"""
import argparse, concurrent.futures, hashlib, json, os, shutil, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LONG = {"mandelbrot-dd", "smallpt-ex"}  # minutes each, and nothing to compare with


# Prints how long it took, to stderr.
TIMED = {("c-ray", "stderr")}


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
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(os.path.join(options.programs, name), work)
    subprocess.run(["chmod", "-R", "u+w", work], check=True)
    module = name + ".wasm" if os.path.exists(os.path.join(work, name + ".wasm")) else next(
        f for f in sorted(os.listdir(work)) if f.endswith(".wasm"))
    bench = os.path.join(ROOT, "Tests", "Programs", "bench.c")
    program = os.path.join(work, "program")
    command = [options.apus, "build", module, "-o", program, "--memory", memory, "--dir", ".",
               "--link", bench, options.optimise]
    built = subprocess.run(command, cwd=work, capture_output=True, timeout=600)
    if entry.get("needs"):
        return None if built.returncode == 5 else f"needs {entry['needs']}, but build exits {built.returncode}"
    if built.returncode != 0:
        return f"build exits {built.returncode}: {built.stderr.decode(errors='replace')[:400]}"
    # argv[0] is the module's name, as the recorded runs had it.
    ran = subprocess.run([module] + entry.get("args", []), executable=program, cwd=work,
                         capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
    err = ran.stderr
    found = differences(name, entry, ran.returncode, ran.stdout, err)
    return "; ".join(found) or None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--work", default=os.path.join(ROOT, ".build", "programs"))
    parser.add_argument("--memory", default="guard", help="guard, bounds, or both with a comma")
    parser.add_argument("--optimise", default="-O1")
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    data = os.environ.get("APUS_TEST_DATA")
    if not data:
        print("programs: SKIPPED, APUS_TEST_DATA is not set\n0 passed, 0 failed, 1 skipped")
        return 0
    options.programs = os.path.join(data, "programs")
    with open(os.path.join(options.programs, "programs.json"), encoding="utf-8") as file:
        entries = {k: v for k, v in json.load(file).items() if not k.startswith("_")}
    passed = failed = skipped = 0
    jobs = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for memory in options.memory.split(","):
            for name, entry in entries.items():
                if options.only and name not in options.only:
                    continue
                if name in LONG:
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
