#!/usr/bin/env python3
"""Runs a program with threads, and the tests of the wasi-threads proposal, as `apus build` makes them.

APUS_TEST_DATA names the folder that holds wasi/threads. Another number of tests than expected is a
failure: a runner that finds nothing would be green."""
import glob, json, os, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APUS = os.environ.get("APUS", os.path.join(ROOT, ".build", "release", "apus"))
EXPECTED = 15
PATIENCE = 60


PRIMES = "primes 17984\nsum 1709600813\nlargest 199999\ngrown 1\n"


def wrong(program, name, expected):
    """What is wrong with how a program ends or what it prints, or None. Its standard input stays open and empty."""
    reader, writer = os.pipe()
    try:
        done = subprocess.run([program], stdin=reader, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return f"{name} does not end"
    finally:
        os.close(reader)
        os.close(writer)
    if done.returncode != expected.get("exit_code", 0):
        return f"{name} exits {done.returncode}, expected {expected.get('exit_code', 0)}: {done.stderr[-300:]}"
    if done.stdout != expected.get("stdout", done.stdout):
        return f"{name} prints {done.stdout!r}"
    return None


def main():
    data = os.environ.get("APUS_TEST_DATA")
    modules = sorted(glob.glob(os.path.join(data, "wasi", "threads", "*.wasm"))) if data else []
    failures = [] if len(modules) == EXPECTED or not data else [f"{len(modules)} tests, expected {EXPECTED}"]
    if not data:
        print("skipped: APUS_TEST_DATA is not set, so there are no tests of wasi-threads to run")
    modules.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "primes.wasm"))
    passed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, module in enumerate(modules):
            name = os.path.basename(module)[:-5]
            expected = {"exit_code": 4, "stdout": PRIMES} if name == "primes" else {}
            if os.path.exists(module[:-5] + ".json"):
                with open(module[:-5] + ".json", encoding="utf-8") as file:
                    expected = json.load(file)
            # Both models, both kinds of checks, two levels, between them.
            for instances, memory, level in (("one", ("guard", "bounds")[number % 2], "-O2"),
                                             ("many", ("bounds", "guard")[number % 2], "-O0")):
                program = os.path.join(folder, "program")
                built = subprocess.run([APUS, "build", module, "--instances", instances, "--memory", memory, level,
                                        "-o", program], capture_output=True, text=True, check=False)
                found = built.stderr if built.returncode else wrong(program, f"{name} {instances} {memory}", expected)
                failures += [found] if found else []
                passed += not found
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"programs with threads: {passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
