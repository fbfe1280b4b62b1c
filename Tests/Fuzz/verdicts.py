#!/usr/bin/env python3
"""Modules that were changed at random: is each valid or not, by apus and by wasmtime?

    verdicts.py [--count N] [--seed N]

They are made of our own modules and, where APUS_TEST_DATA names them, of those of the specification's scripts.
A module that apus does not support, and one of the older exceptions, which wasmtime does not know, are counted apart."""
import argparse
import collections
import glob
import importlib.util
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FEATURES = ("exceptions", "threads", "memory64", "tail_call", "wide_arithmetic", "custom_page_sizes", "multi_memory",
            "simd", "relaxed_simd", "reference_types")
VERDICTS = {"v": "valid", "i": "invalid", "m": "malformed", "u": "not supported"}
# What the mutator's source stays below, too.
MOST_BYTES = 10_000


def sources():
    paths = glob.glob(os.path.join(ROOT, "Tests/Spec/scripts/json/*/*.wasm"))
    if "APUS_TEST_DATA" in os.environ:
        paths += glob.glob(os.path.join(os.environ["APUS_TEST_DATA"], "spec/*/*/*.wasm"))
        paths += glob.glob(os.path.join(os.environ["APUS_TEST_DATA"], "spec/*/*/*/*.wasm"))
    else:
        print("verdicts: APUS_TEST_DATA is not set: only our own modules are changed")
    return sorted(path for path in paths if os.path.getsize(path) < MOST_BYTES)


def modules(stream):
    """Verdict and bytes of each."""
    while head := stream.read(5):
        yield chr(head[0]), stream.read(int.from_bytes(head[1:], "little"))


def engine(wasmtime):
    config = wasmtime.Config()
    for feature in FEATURES:
        setattr(config, f"wasm_{feature}", True)
    config.shared_memory = True
    return wasmtime.Engine(config)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not importlib.util.find_spec("wasmtime"):
        print("verdicts: SKIPPED, there is no Python package wasmtime")
        return 0
    import wasmtime
    theirs = engine(wasmtime)
    tally, different = collections.Counter(), 0
    command = [os.path.join(ROOT, ".build/release/malformed"), "mutate", str(options.count), str(options.seed)]
    with subprocess.Popen([*command, *sources()], stdout=subprocess.PIPE) as process:
        for verdict, module in modules(process.stdout):
            try:
                wasmtime.Module.validate(theirs, module)
                said = None
            except wasmtime.WasmtimeError as error:
                said = str(error)
            if verdict == "u" or said and "legacy_exceptions" in said:
                tally["not compared"] += 1
                continue
            tally[VERDICTS[verdict]] += 1
            if (verdict == "v") != (said is None):
                different += 1
                path = os.path.join(ROOT, f".build/verdict-{options.seed}-{sum(tally.values())}.wasm")
                with open(path, "wb") as file:
                    file.write(module)
                print(f"FAILED {path}: {VERDICTS[verdict]}; wasmtime says {said or 'valid'}", flush=True)
    if process.returncode:
        print("FAILED: the modules ended early")
    print(f"verdicts: {sum(tally.values())} modules ({', '.join(f'{n} {what}' for what, n in sorted(tally.items()))}), "
          f"{different} with another verdict than wasmtime's")
    return 1 if different or process.returncode or sum(tally.values()) != options.count else 0


if __name__ == "__main__":
    sys.exit(main())
