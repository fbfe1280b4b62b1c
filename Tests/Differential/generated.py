#!/usr/bin/env python3
"""Modules of `apus generate`, compared with engines by `apus compare`.

    generated.py [--count N | --time SECONDS] [--first SEED]

The settings go round: both models, memories, exact traps, gcc and clang, -O0 to -O3, split files, deterministic mode, fuel; and
shapes of modules: large and small ones, with and without some proposals, and those that only Apus knows, in two settings."""
import argparse
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BATCH = 64
SETTINGS = [
    ["guard,one,O2", "bounds,many,O1,clang"],
    ["guard,many,O2,exact", "bounds,one,O3"],
    ["guard,one,O3,clang", "bounds,many,O2,split"],
    ["guard,many,O1,split", "guard,one,O2,exact,clang"],
    ["bounds,one,O0,clang", "guard,many,O3,exact"],
    ["guard,one,O0", "bounds,many,O3,clang"],
    ["guard,one,O2,exact,fuel,interruptible", "bounds,many,O1,clang,fuel"],
    ["guard,one,O2,deterministic", "bounds,many,O1,clang,deterministic"],
]
SHAPES = [
    [], ["--size", "60"], ["--without", "simd"], ["--size", "1200"], [],
    ["--without", "simd", "--without", "reference-types", "--size", "800"],
    # Those that wasmtime does not know are compared among settings.
    ["--with", "legacy-exceptions", "--with", "relaxed-simd", "--without", "threads"],
]


def batch(apus, first, number, folder, count):
    settings, shape = SETTINGS[number % len(SETTINGS)], SHAPES[number // 2 % len(SHAPES)]
    clang = shutil.which("clang")
    settings = [word if clang else word.replace(",clang", "") for word in settings]
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([apus, "generate", "--seed", str(first), "--count", str(count), *shape, "-o", folder], check=True)
    words = [word for setting in settings for word in ("--setting", setting)]
    done = subprocess.run([apus, "compare", *words, "--only", "wasmtime", folder], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    if done.returncode:
        print("\n".join(lines[:-1]) + done.stderr)
        print(f"FAILED: modules by apus generate --seed {first} --count {count} {' '.join(shape)}", flush=True)
    if lines:
        print(f"from {first}: {lines[-1]}", flush=True)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--time", type=int, help="seconds, instead of a number of modules")
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    start, done, failed, number = time.time(), 0, 0, 0
    while time.time() - start < options.time if options.time else done < options.count:
        size = BATCH if options.time else min(BATCH, options.count - done, -(-options.count // 4))
        folder = os.path.join(ROOT, ".build", "generated", str(number))
        if batch(options.apus, options.first + done, number, folder, size):
            shutil.rmtree(folder)
        else:
            failed += 1
        done += size
        number += 1
    print(f"{done} modules generated, {failed} batches with a difference")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
