#!/usr/bin/env python3
"""Modules that a tool made, compared with wasmtime, and in two settings, by `apus compare`.

    generated.py [--by apus|smith|binaryen] [--count N] [--time SECONDS] [--first SEED] [--single] [--sanitize]

With --time it ends then, or when there are --count modules. --single: in one setting beside wasmtime, so that more
modules are compared in the time.
The settings go round: both models, memories, exact traps, gcc and clang, -O0 to -O3, split files, deterministic mode,
fuel, firmware, modules that others see less of; and shapes of modules: large and small ones, with and without some proposals, some that import from one another,
and those that only Apus knows, in two settings. A warning about translated C is a failure. --sanitize: under the address
and undefined sanitizers."""
import argparse
import importlib.util
import os
import random
import shutil
import subprocess
import sys
import time

import settings

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BATCH = 64
SANITIZE = "-g -fsanitize=address,undefined -fno-sanitize-recover=undefined"
# What traps is for the runtime to handle.
SANITIZED = {"ASAN_OPTIONS": "handle_segv=0:handle_sigbus=0:use_sigaltstack=0:detect_stack_use_after_return=0"}

# Most are small, since a C compiler's time is what a module costs.
OWN_SHAPES = [
    [], ["--linked", "2", "--size", "100"], ["--size", "60"], ["--without", "simd", "--size", "150"], ["--size", "30"], ["--size", "900"],
    # Those that wasmtime does not know are compared among settings.
    ["--with", "legacy-exceptions", "--with", "relaxed-simd", "--without", "threads", "--size", "60"], ["--linked", "3", "--size", "60"],
    ["--without", "simd", "--without", "reference-types"], ["--size", "20"], ["--size", "150"],
]
SMITH = [
    "--ensure-termination", "--max-imports", "6", "--min-funcs", "2", "--export-everything", "true", "--gc-enabled", "false",
    "--max-memories", "3", "--max-tables", "3", "--max-memory32-bytes", "1000000", "--max-memory64-bytes", "1000000",
    "--max-table-elements", "2000", "--memory-max-size-required", "true", "--table-max-size-required", "true",
    "--canonicalize-nans", "true", "--simd-enabled", "true", "--max-type-size", "1000",
]
SMITH_SHAPES = [
    ["--threads-enabled", "true"], ["--exceptions-enabled", "true", "--tail-call-enabled", "true"],
    ["--memory64-enabled", "true"], ["--exceptions-enabled", "true", "--threads-enabled", "true"],
    ["--tail-call-enabled", "true", "--custom-page-sizes-enabled", "true"], ["--wide-arithmetic-enabled", "true"],
]
BINARYEN = [
    "--translate-to-fuzz", "--denan", "--enable-multivalue", "--enable-sign-ext", "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals", "--enable-bulk-memory",
]
BINARYEN_SHAPES = [["--enable-simd", "--enable-extended-const"], ["-O2", "--enable-tail-call"], ["--enable-simd", "--fuzz-passes"],
                   ["--no-fuzz-oob", "-O3"]]


def own_shape(number):
    return OWN_SHAPES[number // 2 % len(OWN_SHAPES)]


def unknown_to_wasmtime(options, number):
    return options.by == "apus" and "--with" in own_shape(number)


def by_apus(options, first, count, number, folder):
    subprocess.run([options.apus, "generate", "--seed", str(first), "--count", str(count), *own_shape(number), "-o", folder],
                   check=True)


def by_tool(command, shapes):
    """Modules that a tool makes of random bytes."""
    def make(_, first, count, number, folder):
        os.makedirs(folder)
        for seed in range(first, first + count):
            numbers = random.Random(seed)
            path = os.path.join(folder, f"{seed}.wasm")
            given = path + ".bytes"
            with open(given, "wb") as file:
                file.write(numbers.randbytes(numbers.choice([500, 2000, 6000])))
            # What it refuses is missing.
            subprocess.run([*command(given, path), *shapes[number % len(shapes)]], capture_output=True, timeout=60, check=False)
            os.remove(given)
    return make


MAKERS = {
    "apus": by_apus,
    "smith": by_tool(lambda given, path: ["wasm-tools", "smith", given, "-o", path, *SMITH], SMITH_SHAPES),
    "binaryen": by_tool(lambda given, path: ["wasm-opt", given, "-o", path, *BINARYEN], BINARYEN_SHAPES),
}
TOOLS = {"smith": "wasm-tools", "binaryen": "wasm-opt"}


def batch(options, first, number, folder, count, compilers):
    """Whether all are the same; and how many were made."""
    shutil.rmtree(folder, ignore_errors=True)
    MAKERS[options.by](options, first, count, number, folder)
    made = sum(name.endswith(".wasm") for name in os.listdir(folder))
    if not made:
        return True, 0
    chosen = settings.pair(number, options.pairs)
    if options.single and importlib.util.find_spec("wasmtime") and not unknown_to_wasmtime(options, number):
        # Each of a pair in turn, with every shape.
        chosen = chosen[number // len(options.pairs) % 2:][:1]
    words = [word for text in settings.compiled_by(chosen, compilers) for word in ("--setting", text)]
    done = subprocess.run([options.apus, "compare", *words, "--only", "wasmtime", folder], capture_output=True, text=True,
                          env={**os.environ, **SANITIZED})
    lines = done.stdout.splitlines()
    if done.returncode:
        print("\n".join(lines[:-1]) + done.stderr)
        print(f"FAILED: again by generated.py --by {options.by} --first {first} --count {count}, batch {number}", flush=True)
    if lines:
        print(f"from {first}: {lines[-1].replace(ROOT + '/', '')}", flush=True)
    return done.returncode == 0, made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--by", choices=MAKERS, default="apus")
    parser.add_argument("--count", type=int)
    parser.add_argument("--time", type=int, help="seconds")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--sanitize", action="store_true")
    options = parser.parse_args()
    most = options.count or (1 << 62 if options.time else 200)
    tool = TOOLS.get(options.by)
    if tool and not shutil.which(tool):
        print(f"modules by {options.by}: SKIPPED, there is no {tool}")
        return 0
    if not importlib.util.find_spec("wasmtime"):
        print("wasmtime: SKIPPED, there is no Python package wasmtime: two settings are compared alone")
    work = os.path.join(ROOT, ".build", "generated", options.by + ("-sanitized" if options.sanitize else ""))
    os.makedirs(work, exist_ok=True)
    options.pairs = list(settings.PAIRS)
    if options.sanitize:
        print("other processors: SKIPPED, sanitizers are this one's")
    found = {"cc", "clang"}
    for each in [] if options.sanitize else settings.ELSEWHERE:
        needed = {tool for text in each for tool in settings.tools(text)}
        missing = sorted(tool for tool in needed if not shutil.which(tool))
        if missing:
            print(f"{'; '.join(each)}: SKIPPED, there is no {', '.join(missing)}")
        else:
            options.pairs.append(each)
            found |= {tool for tool in needed if tool.endswith("gcc")}
    compilers = {name: settings.compiler(work, name, SANITIZE if options.sanitize else "") for name in sorted(found)}
    start, done, made, failed, number = time.time(), 0, 0, 0, 0
    while done < most and not (options.time and time.time() - start > options.time):
        size = min(BATCH, most - done, -(-most // 4))
        folder = os.path.join(work, str(number))
        passed, here = batch(options, options.first + done, number, folder, size, compilers)
        if passed:
            shutil.rmtree(folder)
        failed += not passed
        done += size
        made += here
        number += 1
    print(f"{made} modules made by {options.by}, {done - made} not made, {failed} batches with a difference")
    return 1 if failed or made * 2 < done else 0


if __name__ == "__main__":
    sys.exit(main())
