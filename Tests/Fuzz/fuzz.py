#!/usr/bin/env python3
"""Fuzzing: libFuzzer changes modules, and each is parsed, validated, translated and printed.

    fuzz.py [--time SECONDS] [--compile N] [--inputs FILE]

It starts from our own modules (with APUS_TEST_DATA, those of the specification's scripts, too) and what earlier runs
found, which stays in .build/fuzz/corpus. An input may take ten seconds and a gigabyte. Afterwards valid modules of
the corpus are compiled by gcc and clang, with warnings as errors. An input that fails is kept: mend what it shows, and
add it to Tests/Fuzz/inputs.txt, one line of hexadecimal digits, which `make unit` tries again.

--inputs writes such a file: of the corpus some of what is small. For the project, do so without APUS_TEST_DATA and
with a new corpus: what lies here is made of our own modules alone."""
import argparse
import glob
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import verdicts

ROOT = verdicts.ROOT
SCRATCH = os.path.join(ROOT, ".build/fuzz")
FUZZER = os.path.join(SCRATCH, "fuzz")
CORPUS = os.path.join(SCRATCH, "corpus")
APUS = os.path.join(ROOT, ".build/release/apus")
PARTS = ("FuzzTarget", "Attempts", "WasmEncoder", "Translator", "CEmitter", "FunctionIR", "WasmValidator",
         "WasmParser", "WasmModel")
SECONDS_PER_INPUT, MEGABYTES_PER_INPUT, INPUT_BYTES, INPUTS = 10, 1024, 100, 500
WARNINGS = ["-Wall", "-Wextra", "-Werror"]
SETTINGS = [("guard", "one"), ("bounds", "many"), ("guard", "many"), ("bounds", "one")]


def build():
    subprocess.run(["swift", "build", "-c", "release", "--sanitize", "fuzzer", "--scratch-path", SCRATCH,
                    "--target", "FuzzTarget"], cwd=ROOT, check=True, stdout=sys.stderr)
    objects = [path for part in PARTS for path in sorted(glob.glob(f"{SCRATCH}/release/{part}.build/*.o"))]
    linked = subprocess.run(["swiftc", "-sanitize=fuzzer", *objects, "-o", FUZZER], capture_output=True, text=True)
    if linked.returncode:
        sys.exit(linked.stderr)


def fill_corpus():
    os.makedirs(CORPUS, exist_ok=True)
    for path in verdicts.sources():
        name = "-".join(path.split(os.sep)[-3:])
        shutil.copy(path, os.path.join(CORPUS, name))


def run(seconds):
    """Whether nothing was found."""
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        subprocess.run([FUZZER, f"-max_total_time={seconds}", f"-timeout={SECONDS_PER_INPUT}",
                        f"-rss_limit_mb={MEGABYTES_PER_INPUT}", f"-max_len={verdicts.MOST_BYTES}",
                        f"-workers={workers}", f"-jobs={workers}", f"-artifact_prefix={SCRATCH}/found-", CORPUS],
                       cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        runs = 0
        for log in glob.glob(os.path.join(folder, "fuzz-*.log")):
            with open(log, encoding="utf-8", errors="replace") as file:
                text = file.read()
            done = [line.split()[1] for line in text.splitlines() if line.startswith("Done ")]
            runs += int(done[0]) if done else 0
            if not done:
                print(text[-2000:])
    found = sorted(glob.glob(f"{SCRATCH}/found-*"))
    for path in found:
        print(f"FAILED {path}: again by {FUZZER} {path}")
    print(f"fuzz: {runs} inputs in {workers} processes, {len(os.listdir(CORPUS))} kept, {len(found)} failed")
    return not found and runs > 0


def compiled(path, number):
    """None, or what a C compiler said of the module's C."""
    memory, instances = SETTINGS[number % len(SETTINGS)]
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        out = os.path.join(folder, "c")
        translate = [APUS, "translate", path, "-o", out, "--name", "fuzzed", "--memory", memory, "--instances", instances]
        done = subprocess.run(translate, capture_output=True, text=True)
        if done.returncode:
            # With one instance, only functions can be imported.
            return None if done.returncode == 5 else done.stderr
        for compiler in ("cc", "clang"):
            if not shutil.which(compiler):
                continue
            flags = f"CFLAGS=-O1 {' '.join(WARNINGS)}"
            done = subprocess.run(["make", "-s", "-C", out, f"CC={compiler}", flags, "libfuzzed.a"],
                                  capture_output=True, text=True)
            if done.returncode:
                return f"{compiler}, {memory}, {instances}: {done.stderr[:1000]}"
    return None


def compile_some(count):
    """Whether the C of so many valid modules compiles without a warning."""
    paths = sorted(glob.glob(os.path.join(CORPUS, "*")))
    random.Random(len(paths)).shuffle(paths)
    valid = []
    for path in paths:
        if len(valid) == count:
            break
        if subprocess.run([APUS, "validate", path], capture_output=True).returncode == 0:
            valid.append(path)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failures = 0
        for path, said in zip(valid, pool.map(compiled, valid, range(len(valid)))):
            if said is not None:
                failures += 1
                kept = shutil.copy(path, f"{SCRATCH}/found-c-{os.path.basename(path)}")
                print(f"FAILED {kept}: {said}", flush=True)
    print(f"fuzz: {len(valid)} modules compiled, {failures} failed")
    return failures == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--time", type=int, default=600)
    parser.add_argument("--compile", type=int, default=100)
    parser.add_argument("--inputs")
    options = parser.parse_args()
    build()
    fill_corpus()
    good = run(options.time)
    if options.inputs:
        small = sorted(path for path in glob.glob(os.path.join(CORPUS, "*")) if os.path.getsize(path) < INPUT_BYTES)
        chosen = random.Random(0).sample(small, min(INPUTS, len(small)))
        with open(options.inputs + ".new", "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in sorted({open(path, "rb").read().hex() for path in chosen}))
        os.rename(options.inputs + ".new", options.inputs)
    return 0 if compile_some(options.compile) and good else 1


if __name__ == "__main__":
    sys.exit(main())
