#!/usr/bin/env python3
"""What is written is the same whatever the number of threads; where it is split over files, an
edit of one function changes one of them and nothing is compiled that need not be; the Makefile
beside it takes CC, CFLAGS and -j.

The module is made here: functions with names, that call one another and do sums on what they
are given. With APUS_TEST_DATA, larger modules are translated by several threads, too.
"""
import filecmp, os, random, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from binary import HEADER, leb, section, sized, vector  # noqa: E402
from checks import expect, report  # noqa: E402

APUS = os.environ.get("APUS", os.path.join(HERE, "..", "..", ".build", "release", "apus"))
FUNCTIONS = 400


def body(number, edited):
    """(i32) -> i32: a sum of constants, sometimes with a call of a later function."""
    rng = random.Random(number)
    code = b"\x20\x00"
    for _ in range(rng.randrange(5, 60)):
        code += b"\x41" + leb(rng.randrange(1, 60)) + rng.choice([b"\x6a", b"\x6b", b"\x6c", b"\x73"])
        code += b"\x20\x00" + rng.choice([b"\x6a", b"\x73"])
    if number + 7 < FUNCTIONS and number % 3 == 0:
        code += b"\x10" + leb(number + rng.randrange(1, 7))
    if edited:
        code += b"\x41\x2a\x6a" * 5
    return sized(b"\x00" + code + b"\x0b")


def module(edited=None):
    """The bytes of the module; `edited` is the function that is another."""
    names = sized(vector([leb(k) + sized(f"step{k}".encode()) for k in range(FUNCTIONS)]))
    sections = [
        (1, vector([b"\x60\x01\x7f\x01\x7f"])),
        (3, vector([b"\x00"] * FUNCTIONS)),
        (7, vector([sized(f"e{k}".encode()) + b"\x00" + leb(k) for k in range(0, FUNCTIONS, 3)])),
        (10, vector([body(k, k == edited) for k in range(FUNCTIONS)])),
        (0, sized(b"name") + b"\x01" + names),
    ]
    return HEADER + b"".join(section(number, content) for number, content in sections)


def translate(wasm, folder, *options):
    result = subprocess.run([APUS, "translate", wasm, "-o", folder, *options], capture_output=True, text=True)
    expect(f"translate {os.path.basename(wasm)} {options}", result.returncode == 0, result.stderr)


def files(folder):
    return sorted(os.path.relpath(os.path.join(path, name), folder)
                  for path, _, names in os.walk(folder) for name in names)


def differing(first, second):
    names = sorted(set(files(first)) | set(files(second)))
    return filecmp.cmpfiles(first, second, names, shallow=False)[1:]


def same_for_any_jobs(scratch, wasm, *options):
    folders = [os.path.join(scratch, f"jobs{jobs}") for jobs in (1, 2, 7)]
    for jobs, folder in zip((1, 2, 7), folders):
        shutil.rmtree(folder, ignore_errors=True)
        translate(wasm, folder, "--jobs", str(jobs), *options)
    for folder in folders[1:]:
        expect(f"{os.path.basename(wasm)} {options}: {folder} is as jobs1",
               differing(folders[0], folder) == ([], []), differing(folders[0], folder))
    return folders[0]


def make(folder, log, *arguments):
    """Runs make with a compiler that writes down how it was called; answers the calls."""
    open(log, "w").close()
    result = subprocess.run(["make", "-C", folder, *arguments], capture_output=True, text=True, timeout=300)
    expect(f"make {arguments}", result.returncode == 0, result.stderr[-2000:])
    with open(log, encoding="utf-8") as file:
        return file.read().splitlines()


def compiler(scratch, name, script):
    path = os.path.join(scratch, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + script)
    os.chmod(path, 0o755)
    return path


def sources(calls):
    return sorted(word for call in calls if " -c " in call for word in call.split() if word.endswith(".c"))


def main():
    scratch = tempfile.mkdtemp()
    wasm = os.path.join(scratch, "steps.wasm")
    options = ["--split", "16384", "--instances", "one"]
    write = lambda edited=None: open(wasm, "wb").write(module(edited))

    write()
    out = same_for_any_jobs(scratch, wasm, *options)
    same_for_any_jobs(scratch, wasm, "--split", "16384", "--instances", "many", "--memory", "bounds")
    same_for_any_jobs(scratch, wasm, "--split", "0")
    translate(wasm, out := os.path.join(scratch, "out"), *options)
    parts = [name for name in files(out) if name.startswith("steps_") and name[6].isdigit()]
    expect("the module is split", len(parts) >= 6, parts)
    for name in parts:
        size = os.path.getsize(os.path.join(out, name))
        expect(f"{name} is of the size asked for", size < 2.5 * 16384, size)

    # A first build, then an edit of one function: its own file, and the offsets in the main one.
    log = os.path.join(scratch, "log")
    cc = compiler(scratch, "cc", f'echo "$@" >>{log}\nexec ${{REAL:-cc}} "$@"\n')
    calls = make(out, log, f"CC={cc}", "CFLAGS=-O0 -DMINE=1", "-j2")
    compiled = [call for call in calls if " -c " in call]
    expect("CC compiles every file", len(compiled) == len([n for n in files(out) if n.endswith(".c")]), calls)
    expect("CFLAGS reach every file", all("-O0 -DMINE=1" in call for call in compiled), compiled)
    expect("what the C relies on reaches every file", all("-ffp-contract=off" in call for call in compiled), compiled)
    expect("nothing is left to make", make(out, log, f"CC={cc}", "-j2") == [], "")
    translate(wasm, out, *options)
    expect("the same module again leaves nothing to make", make(out, log, f"CC={cc}") == [], "")
    for edited in (6, 201, FUNCTIONS - 1):
        before = os.path.join(scratch, "before")
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(out, before)
        write()
        translate(wasm, before, *options)
        write(edited)
        translate(wasm, out, *options)
        changed, missing = differing(before, out)
        changed = [name for name in changed if name.endswith((".c", ".h"))]
        own = [name for name in changed if name in parts]
        expect(f"an edit of function {edited} changes one part",
               len(own) == 1 and set(changed) <= {own[0], "steps.c", "steps_names.c"}, changed)
        remade = sources(make(out, log, f"CC={cc}", "CFLAGS=-O0"))
        expect("and only what changed is compiled", remade == changed, (remade, changed))
        write()
        translate(wasm, out, *options)
        make(out, log, f"CC={cc}", "CFLAGS=-O0")

    # With -j2 two compilers run at a time: the first waits for the second.
    make(out, log, "clean")
    expect("clean leaves no objects", not [n for n in files(out) if n.endswith((".o", ".d", ".a"))], files(out))
    fifo = os.path.join(scratch, "meet")
    os.mkfifo(fifo)
    meet = compiler(scratch, "meet_cc", f"""
if mkdir {scratch}/first 2>/dev/null; then timeout 60 sh -c 'echo >{fifo}' || exit 1
elif mkdir {scratch}/second 2>/dev/null; then timeout 60 sh -c 'read line <{fifo}' || exit 1
fi
exec cc "$@"
""")
    make(out, log, f"CC={meet}", "CFLAGS=-O0", "-j2")

    # The library is whole.
    test = os.path.join(scratch, "use.c")
    with open(test, "w", encoding="utf-8") as file:
        file.write("""#include "steps.h"
#include <stdio.h>
int main(void) {
  if (steps_instantiate().trap != APUS_TRAP_NONE) return 1;
  printf("%u %u\\n", steps_export_e0(1), steps_export_e399(2));
  steps_destroy();
}
""")
    answers = []
    whole = os.path.join(scratch, "whole")
    translate(wasm, whole, "--split", "0", "--instances", "one")
    make(whole, log, "CFLAGS=-O0")
    for folder in (out, whole):
        program = os.path.join(folder, "use")
        built = subprocess.run(["cc", "-I", folder, "-I", folder + "/runtime/include", test, folder + "/libsteps.a",
                                "-lm", "-lpthread", "-o", program], capture_output=True, text=True)
        expect(f"use {folder}", built.returncode == 0, built.stderr)
        answers.append(subprocess.run([program], capture_output=True, text=True).stdout)
    expect("split and whole answer the same", answers[0] == answers[1] != "", answers)

    # Nothing half-written where a file cannot be.
    blocked = os.path.join(scratch, "blocked")
    os.makedirs(os.path.join(blocked, "steps.c", "in the way"))
    result = subprocess.run([APUS, "translate", wasm, "-o", blocked, *options], capture_output=True, text=True)
    expect("a file in the way", result.returncode == 3 and "steps.c" in result.stderr, result.stderr)
    expect("leaves no temporary files", not [n for n in os.listdir(blocked) if n.endswith(".tmp")], os.listdir(blocked))
    with open(wasm, "r+b") as file:
        file.seek(-len(module()) // 2, 2)
        file.write(b"\xff" * 16)
    result = subprocess.run([APUS, "translate", wasm, "-o", os.path.join(scratch, "none")], capture_output=True)
    expect("a module that is wrong writes nothing", result.returncode in (1, 5)
           and not files(os.path.join(scratch, "none")), result.stderr)

    data = os.environ.get("APUS_TEST_DATA")
    if data:
        for name in ("go-wasi", "rust-wasi", "brotli"):
            same_for_any_jobs(scratch, os.path.join(data, "programs", name, name + ".wasm"), "--no-makefile")
    else:
        print("larger modules SKIPPED, APUS_TEST_DATA is not set")
    shutil.rmtree(scratch)
    report()


if __name__ == "__main__":
    main()
