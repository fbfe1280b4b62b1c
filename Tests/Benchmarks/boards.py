#!/usr/bin/env python3
"""What programs in C cost on boards as modules, beside the same C natively: text, and instructions for each turn.

    boards.py [--target NAME]... [--level LEVEL] [--options OPTIONS] NAME=FILE.c[,FILE.c]... ...

Each program is its files, which define `int run(int turns)` and need no more of a library than the functions of memory.
Zig makes the module, with -O LEVEL (s), the target's compiler the rest, with -Os. OPTIONS are of `apus translate`.
The text is that of the program alone; instructions are those of twelve turns less those of two, counted by QEMU.
"""
import argparse, os, shlex, sys, tempfile
import machine

sys.path.insert(0, os.path.join(machine.ROOT, "Tests", "Spec"))
import spec

NATIVE = ["-Os", "-w", "-ffunction-sections", "-fdata-sections"]
TURNS = (2, 12)
MAIN = {
    "native": "int run(int turns);\nint script_main(void) { printf(\"%d\\n\", run(TURNS)); return 0; }\n",
    "apus": "#include \"program.h\"\nint script_main(void) { if (program_instantiate().trap) return 1; "
            "printf(\"%d\\n\", (int)program_export_run(TURNS)); return 0; }\n",
}


class Measure:
    """Of one target. Its runtime, and what stands around a program, are those of the specification's scripts on boards."""

    def __init__(self, options, target, folder):
        self.options, self.folder = options, folder
        self.suite = spec.Suite(argparse.Namespace(apus=options.apus, flags="-I" + folder, sanitize=False, work=folder))
        self.config = spec.Config("board", "s", target, "one")
        self.board = self.suite.board(self.config)

    def prepare(self):
        self.plugin = os.path.join(self.folder, "instructions.so")
        machine.execute(["cc", "-O2", "-shared", "-fPIC", os.path.join(machine.HERE, "instructions.c"), "-o", self.plugin])
        self.suite.build_runtime(self.config)

    def compiled(self, name, source, flags):
        object = os.path.join(self.folder, name + ".o")
        machine.execute([*self.board.command, *flags, "-c", source, "-o", object])
        return object

    def text(self, objects):
        size = self.board.command[0].removesuffix("gcc") + "size"
        return sum(int(line.split()[0]) for line in machine.execute([size, *objects]).stdout.splitlines()[1:])

    def run(self, kind, objects):
        """What it prints, and the instructions of a turn."""
        printed, counts = [], []
        main = os.path.join(self.folder, kind + ".c")
        with open(main, "w", encoding="ascii") as file:
            file.write("#include <stdio.h>\n" + MAIN[kind])
        for turns in TURNS:
            image = os.path.join(self.folder, kind + ".elf")
            around = self.compiled(kind, main, [*self.suite.flags(self.config), f"-DTURNS={turns}"])
            machine.execute([*self.board.command, *objects, around, *self.suite.runtimes[self.config], *self.board.linking, "-o", image])
            done = machine.execute([*self.board.emulator, image, "-plugin", self.plugin])
            printed.append(done.stdout)
            counts.append(int(done.stderr.split(b"instructions ")[1].split()[0]))
        return printed, (counts[1] - counts[0]) / (TURNS[1] - TURNS[0])

    def program(self, name, files):
        """Bytes of text natively and as a module, and the instructions of a turn."""
        wasm = os.path.join(self.folder, name + ".wasm")
        machine.execute([sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi", "-mexec-model=reactor", "-mcpu=mvp+bulk_memory",
                         "-O" + self.options.level, "-w", "-fno-sanitize=undefined", "-Wl,-z,stack-size=8192", "-Wl,--export=run", *files, "-o", wasm])
        machine.execute([self.options.apus, "translate", wasm, *self.config.options(), "--no-makefile", "--export", "run", "--name", "program",
                         "-o", self.folder, *shlex.split(self.options.options)])
        native = [self.compiled(f"native{k}", file, NATIVE) for k, file in enumerate(files)]
        module = [self.compiled("program", os.path.join(self.folder, "program.c"), self.suite.flags(self.config))]
        expected, few = self.run("native", native)
        printed, many = self.run("apus", module)
        if printed != expected:
            sys.exit(f"boards: {name} prints {printed}, natively {expected}")
        return self.text(native), self.text(module), few, many


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(machine.ROOT, ".build", "release", "apus"))
    parser.add_argument("--target", action="append")
    parser.add_argument("--level", default="s")
    parser.add_argument("--options", default="")
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    for name in options.target or ["cortex-m4", "rv32imac", "xtensa"]:
        with tempfile.TemporaryDirectory() as folder:
            measure = Measure(options, name, folder)
            if measure.board.missing:
                print(f"{name} skipped: {' '.join(measure.board.missing)}")
                continue
            measure.prepare()
            texts, instructions = [], []
            for program in options.programs:
                title, files = program.split("=")
                small, large, few, many = measure.program(title, files.split(","))
                texts.append(large / small)
                instructions.append(many / few)
                print(f"{name:10} {title:12} text {small:6} {large:6} {large / small:5.2f}  "
                      f"instructions {few:10.0f} {many:10.0f} {many / few:5.2f}", flush=True)
            print(f"{name:10} mean of {len(texts):2} text {machine.geometric_mean(texts):.2f}, "
                  f"instructions {machine.geometric_mean(instructions):.2f}")


if __name__ == "__main__":
    main()
