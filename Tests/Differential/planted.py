#!/usr/bin/env python3
"""Miscompilations planted on purpose: are they found and reduced, without help?

    planted.py [--only NAME…] [--seconds N] [--modules N]

Each patch in planted/ makes a translator of its own that is wrong in one way. Modules of `apus generate` are compared
by it with wasmtime (`apus compare`) until one differs; that one is reduced (`apus reduce`). What is left has fewer than
twenty instructions, and all of it takes no longer than --seconds."""
import argparse
import filecmp
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import settings

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PATCHES = os.path.join(HERE, "planted")
FOLDER = os.path.join(ROOT, ".build", "planted")
TREE = os.path.join(FOLDER, "tree")
APUS = os.path.join(ROOT, ".build", "release", "apus")
MOST_INSTRUCTIONS = 19
# Modules that are compared at a time.
BATCH = 40


def names():
    return sorted(file[:-6] for file in os.listdir(PATCHES) if file.endswith(".patch"))


def copy_sources():
    """What the command is built of, where patches may change it. A file stays as it is where it is the same, so that
    little is built again."""
    for part in ("Sources", "Runtime-C", "Tests"):
        for folder, _, files in os.walk(os.path.join(ROOT, part)):
            there = os.path.join(TREE, os.path.relpath(folder, ROOT))
            os.makedirs(there, exist_ok=True)
            for file in set(os.listdir(there)) - set(os.listdir(folder)):
                path = os.path.join(there, file)
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
            for file in files:
                refresh(os.path.join(folder, file), os.path.join(there, file))
    refresh(os.path.join(ROOT, "Package.swift"), os.path.join(TREE, "Package.swift"))


def refresh(source, target):
    if not os.path.exists(target) or not filecmp.cmp(source, target, shallow=False):
        shutil.copyfile(source, target)


def planted(name):
    """The command with a patch."""
    program = os.path.join(FOLDER, name)
    subprocess.run(["patch", "-p1", "-s", "-i", os.path.join(PATCHES, name + ".patch")], cwd=TREE, check=True)
    subprocess.run(["swift", "build", "-c", "release", "--product", "apus"], cwd=TREE, check=True, capture_output=True)
    shutil.copy(os.path.join(TREE, ".build", "release", "apus"), program)
    return program



def compare(program, *arguments):
    """The command that compares by this translator, in settings that compile fast."""
    chosen = [word for text in settings.FASTEST for word in ("--setting", text)]
    return [program, "compare", "--only", "wasmtime", *chosen, *arguments]


def find(program, folder, modules, deadline):
    """A generated module that differs from wasmtime by this translator, or None; and how many were compared."""
    for first in range(0, modules, BATCH):
        if time.time() > deadline:
            return None, first
        batch = os.path.join(folder, str(first))
        subprocess.run([APUS, "generate", "--seed", str(first), "--count", str(BATCH), "-o", batch], check=True)
        said = subprocess.run(compare(program, "--json", batch), capture_output=True, text=True).stdout
        for line in said.splitlines():
            answer = json.loads(line)
            if answer["verdict"] == "different":
                return answer["module"], first + BATCH
    return None, modules


def reduce(program, module, small, seconds):
    """Instructions that are left; what the command said where it failed."""
    condition = " ".join(shlex.quote(word) for word in compare(program))
    done = subprocess.run([program, "reduce", module, "--if", condition, "--status", "1", "--for", str(max(int(seconds), 1)),
                           "-o", small], capture_output=True, text=True)
    found = re.search(r": (\d+) instructions of", done.stdout)
    return int(found[1]) if found else done.stderr


def attempt(name, options):
    """Whether it was found and reduced in time; prints what became of it."""
    copy_sources()
    program = planted(name)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        start = time.time()
        module, compared = find(program, folder, options.modules, start + options.seconds)
        if module is None:
            print(f"FAILED {name}: not found in {compared} modules", flush=True)
            return False
        found = time.time() - start
        # The last modules that it asks about may take some seconds more.
        left = reduce(program, module, os.path.join(FOLDER, name + ".wasm"), options.seconds - found - 20)
        took = time.time() - start
    good = isinstance(left, int) and left <= MOST_INSTRUCTIONS and took < options.seconds + 10
    print(f"{'ok' if good else 'FAILED'} {name}: found among {compared} modules in {found:.0f} s, "
          f"{left} instructions after {took:.0f} s", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--modules", type=int, default=2000)
    options = parser.parse_args()
    if not importlib.util.find_spec("wasmtime"):
        print("planted: SKIPPED, there is no Python package wasmtime")
        return 0
    chosen = options.only or names()
    good = sum(attempt(name, options) for name in chosen)
    print(f"planted: {good} found and reduced, {len(chosen) - good} not")
    return 0 if good == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
