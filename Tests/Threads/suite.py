#!/usr/bin/env python3
"""Runs the tests of the wasi-threads proposal as programs that `apus build` makes.

APUS_TEST_DATA names the folder that holds wasi/threads. Another number of tests than expected is a
failure: a runner that finds nothing would be green."""
import glob, json, os, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APUS = os.environ.get("APUS", os.path.join(ROOT, ".build", "release", "apus"))
EXPECTED = 15
PATIENCE = 60


def wrong(program, name, expected):
    """What is wrong with how a program ends, or None. Its standard input stays open and empty."""
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
    return None


def main():
    data = os.environ.get("APUS_TEST_DATA")
    if not data:
        print("skipped: APUS_TEST_DATA is not set, so there are no tests of wasi-threads to run")
        return 0
    modules = sorted(glob.glob(os.path.join(data, "wasi", "threads", "*.wasm")))
    failures = [] if len(modules) == EXPECTED else [f"{len(modules)} tests, expected {EXPECTED}"]
    passed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, module in enumerate(modules):
            name = os.path.basename(module)[:-5]
            expected = {}
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
    print(f"wasi-threads: {passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
