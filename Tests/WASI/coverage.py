#!/usr/bin/env python3
"""Lines and branches of Runtime-C/wasi that the tests reach: coverage.py [--list]

The unit tests, the lifetime tests and the fuzzer's programs run with the same objects of
the layer, and gcov adds them up. The layer is compiled with faults.h, so each call of the
host that can fail has one branch more: whether it was made to fail. --list prints what
was not reached, with the reasons of coverage.txt; what has none there is always printed.
Below the limits the exit status is 1."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

from suite import has_openat2

HERE = pathlib.Path(__file__).resolve().parent
RUNTIME = HERE.parents[1] / "Runtime-C"
BUILD = HERE / "build-coverage"
LINES, BRANCHES = 98, 90  # percent
CC = os.environ.get("CC", "gcc")
FLAGS = ["-std=gnu11", "-g", "-O0", f"-I{HERE}", f"-I{HERE / 'lifetimes'}", f"-I{HERE / 'fuzz'}",
         f"-I{RUNTIME / 'include'}", f"-I{RUNTIME / 'wasi'}"]
COUNTING = ["lifetimes/counting.c"]
SHARED = ["harness.c", "locks.c", "dispatch.c"]
# program: sources beside the layer, flags, arguments
PROGRAMS = {
    "unit": ([path.name for path in sorted(HERE.glob("*.c")) if path.name not in ("suite_main.c", *SHARED)], [], []),
    "lifetimes": ([f"lifetimes/{path.name}" for path in sorted((HERE / "lifetimes").glob("*.c")) if path.name != "counting.c"],
                  ["-DHARNESS_WITHOUT_ALLOC"], ["all", "100"]),
    "fuzz": (["fuzz/fuzz.c", "fuzz/model.c", "fuzz/tree.c", "fuzz/replay.c"], [], [str(HERE / "fuzz/corpus.txt"), "1000"]),
}


def run(command, **options):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode:
        sys.exit(" ".join(str(part) for part in command[:4]) + "\n" + (done.stdout + done.stderr)[-3000:])
    return done.stdout


def build_and_run():
    layer = []
    for source in sorted((RUNTIME / "wasi").glob("*.c")):
        target = BUILD / (source.stem + ".o")
        run([CC, *FLAGS, "--coverage", "-include", HERE / "lifetimes/faults.h", "-D_GNU_SOURCE", "-DAPUS_CONFIG_WASI_FD_MAX=256",
             "-c", source, "-o", target])
        layer.append(target)
    port = [RUNTIME / name for name in ("port/posix/main.c", "port/posix/lock.c", "port/posix/listen.c",
                                    "port/posix/symbols.c", "port/posix/thread.c", "port/posix/trace_lines.c", "core/names.c",
                                    "core/limits.c", "core/trace.c")]
    for name, (sources, flags, arguments) in PROGRAMS.items():
        sources = [HERE / source for source in sources + SHARED + COUNTING]
        program = BUILD / name
        run([CC, *FLAGS, *flags, *sources, *port, *layer, "--coverage", "-lpthread", "-o", program])
        run([program, *arguments], stdin=subprocess.DEVNULL, timeout=500)


def reasons():
    lines = (HERE / "coverage.txt").read_text().splitlines()
    return [line.split(" | ") for line in lines if line and not line.startswith("#")]


def main():
    if not shutil.which("gcov") or "clang" in run([CC, "--version"]):
        print("skipped: coverage, it needs gcc and its gcov")
        return 0
    if not has_openat2():
        print("skipped: coverage, without openat2 half of the resolver cannot be reached")
        return 0
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir()
    build_and_run()
    total = {"lines": [0, 0], "branches": [0, 0]}
    listed, unexplained, known = [], [], reasons()
    for data in sorted(BUILD.glob("*.gcda")):
        if not (RUNTIME / "wasi" / (data.stem + ".c")).exists():
            continue
        report = json.loads(run(["gcov", "-b", "--json-format", "--stdout", data], cwd=BUILD))
        for file in report["files"]:
            if not file["file"].endswith(data.stem + ".c"):
                continue
            lines = {}
            for line in file["lines"]:
                count, branches = lines.setdefault(line["line_number"], [0, []])
                lines[line["line_number"]] = [count + line["count"], branches + [one["count"] for one in line["branches"]]]
            for number, (count, branches) in sorted(lines.items()):
                total["lines"][0] += count > 0
                total["lines"][1] += 1
                taken = sum(one > 0 for one in branches) if count else 0
                total["branches"][0] += taken
                total["branches"][1] += len(branches)
                if not count or taken < len(branches):
                    text = pathlib.Path(RUNTIME / "wasi" / (data.stem + ".c")).read_text().splitlines()[number - 1].strip()
                    why = next((why for name, piece, why in known if name == data.stem + ".c" and piece in text), None)
                    entry = f"{data.stem}.c:{number}: {taken} of {len(branches)} branches{'' if count else ', no line'}: {text}"
                    listed.append(f"{entry}\n    {why}")
                    if not why:
                        unexplained.append(entry)
    if "--list" in sys.argv:
        print("\n".join(listed))
    elif unexplained:
        print("no reason in coverage.txt for:\n" + "\n".join(unexplained))
    percent = {name: 100 * got / all_ for name, (got, all_) in total.items()}
    print("coverage of Runtime-C/wasi: " + ", ".join(f"{name} {total[name][0]} of {total[name][1]}, {percent[name]:.1f} %" for name in total))
    return 0 if percent["lines"] >= LINES and percent["branches"] >= BRANCHES else 1


if __name__ == "__main__":
    sys.exit(main())
