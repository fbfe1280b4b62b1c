#!/usr/bin/env python3
"""What programs in C cost on boards as modules, beside the same C natively: text, and instructions for each turn.

    boards.py [--target NAME]... [--level LEVEL] [--options OPTIONS] NAME=FILE.c[,FILE.c]... ...

Each program is its files, which define `int run(int turns)` and need no more of a library than the functions of memory.
Zig makes the module, with -O LEVEL (s), the target's compiler the rest, with -Os. OPTIONS are of `apus translate`.
The text is that of the program alone; instructions are those of twelve turns less those of two, counted by QEMU.
"""
import argparse, json, math, os, shlex, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "Tests", "Spec"))
from spec import Board

RUNTIME = os.path.join(ROOT, "Runtime-C")
SECTIONS = ["-ffunction-sections", "-fdata-sections"]
TRANSLATED = ["-std=gnu11", "-ffp-contract=off", "-fno-optimize-sibling-calls", "-fno-finite-loops", "-DAPUS_FREESTANDING"]
TURNS = (2, 12)
MAIN = {
    "native": "int script_main(void) { printf(\"%d\\n\", run(TURNS)); return 0; }",
    "apus": "int script_main(void) { if (program_instantiate().trap) return 1; "
            "printf(\"%d\\n\", (int)program_export_run(TURNS)); return 0; }",
}
HEADER = {"native": "int run(int turns);", "apus": '#include "program.h"'}


def call(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"boards: {shlex.join(command)}\n{done.stderr[:2000]}")
    return done


class Measure:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.plugin = os.path.join(folder, "instructions.so")
        call(["cc", "-O2", "-shared", "-fPIC", os.path.join(HERE, "instructions.c"), "-o", self.plugin])

    def module(self, name, files):
        wasm = os.path.join(self.folder, name + ".wasm")
        call([sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi", "-mexec-model=reactor", "-mcpu=mvp+bulk_memory",
              "-O" + self.options.level, "-w", "-fno-sanitize=undefined", "-Wl,-z,stack-size=8192", "-Wl,--export=run", *files, "-o", wasm])
        return wasm

    def text(self, board, object):
        size = board.command[0].removesuffix("gcc") + "size"
        return int(call([size, object]).stdout.splitlines()[1].split()[0])

    def run(self, board, kind, sources, flags):
        """What it prints, and the instructions of a turn."""
        printed, counts = [], []
        main = os.path.join(self.folder, kind + ".c")
        with open(main, "w", encoding="ascii") as file:
            file.write(f"#include <stdio.h>\n{HEADER[kind]}\n{MAIN[kind]}\n")
        around = [os.path.join(ROOT, "Tests", "Spec", "board.c"), *board.sources, "-I" + RUNTIME + "/include", "-I" + RUNTIME + "/port/image"]
        for turns in TURNS:
            image = os.path.join(self.folder, f"{kind}.elf")
            call([*board.command, "-Os", "-w", *SECTIONS, *flags, f"-DTURNS={turns}", "-Dmain=script_main", "-c", main, "-o", main + ".o"])
            call([*board.command, "-Os", "-w", *SECTIONS, *TRANSLATED, *around, *sources, main + ".o", *board.linking, "-o", image])
            done = call([*board.emulator, image, "-plugin", self.plugin])
            printed.append(done.stdout)
            counts.append(int(done.stderr.split("instructions ")[1].split()[0]))
        return printed, (counts[1] - counts[0]) / (TURNS[1] - TURNS[0])

    def program(self, board, name, files):
        objects = [os.path.join(self.folder, f"native{k}.o") for k in range(len(files))]
        for file, object in zip(files, objects):
            call([*board.command, "-Os", "-w", *SECTIONS, "-c", file, "-o", object])
        runtime = [os.path.join(RUNTIME, part, file) for part in ("core", os.path.join("port", "baremetal"))
                   for file in sorted(os.listdir(os.path.join(RUNTIME, part))) if file.endswith(".c")]
        call([self.options.apus, "translate", self.module(name, files), "--profile", "firmware", "--instances", "one", "--no-makefile",
              "--export", "run", "--name", "program", "-o", self.folder, *shlex.split(self.options.options)])
        module = os.path.join(self.folder, "program.o")
        flags = [*TRANSLATED, "-I" + self.folder, "-I" + RUNTIME + "/include"]
        call([*board.command, "-Os", "-w", *SECTIONS, *flags, "-c", os.path.join(self.folder, "program.c"), "-o", module])
        expected, first = self.run(board, "native", objects + runtime, [])
        printed, second = self.run(board, "apus", [module, *runtime], flags)
        if printed != expected:
            sys.exit(f"boards: {name} prints {printed}, natively {expected}")
        return sum(self.text(board, object) for object in objects), self.text(board, module), first, second


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--target", action="append")
    parser.add_argument("--level", default="s")
    parser.add_argument("--options", default="")
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    targets = {target["name"]: Board(target) for target in json.loads(call([options.apus, "targets", "--json"]).stdout)}
    for name in options.target or ["cortex-m4", "rv32imac", "xtensa"]:
        board = targets[name]
        if board.missing:
            print(f"{name} skipped: {' '.join(board.missing)}")
            continue
        ratios = []
        with tempfile.TemporaryDirectory() as folder:
            measure = Measure(options, folder)
            for program in options.programs:
                title, files = program.split("=")
                small, large, few, many = measure.program(board, title, files.split(","))
                ratios.append((large / small, many / few))
                print(f"{name:10} {title:12} text {small:6} {large:6} {large / small:5.2f}  instructions {few:10.0f} {many:10.0f} {many / few:5.2f}", flush=True)
        print(f"{name:10} mean of {len(ratios):2} text {mean([text for text, _ in ratios]):.2f}, instructions {mean([count for _, count in ratios]):.2f}")


if __name__ == "__main__":
    main()
