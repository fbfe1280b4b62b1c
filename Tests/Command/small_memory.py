#!/usr/bin/env python3
"""`--memory-limit` and `--heap`: memories of fewer bytes than a page, in every setting; and what is wrong with them."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from checks import boards_there, expect, report

APUS = os.path.abspath(os.environ.get("APUS", os.path.join(HERE, "..", "..", ".build", "release", "apus")))
# As LLVM's linker lays it out: data, then the stack, whose end the first global holds, then the heap.
WAT = """(module
  (memory (export "memory") 1 %(most)s)
  (global $stack (mut i32) (i32.const 2048))
  %(export)s
  (data (i32.const 100) "%(data)s")
  (data $passive "1234")
  (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load64") (param i32) (result i64) (i64.load offset=4 (local.get 0)))
  (func (export "store") (param i32) (result i32)
    (i32.store (local.get 0) (i32.const 0x01020304)) (i32.load (local.get 0)))
  (func (export "fill") (param i32 i32) (result i32)
    (memory.fill (local.get 0) (i32.const 7) (local.get 1)) (i32.load8_u (local.get 0)))
  (func (export "init") (param i32) (result i32) (memory.init $passive (local.get 0) (i32.const 0) (i32.const 4)) (i32.load (local.get 0)))
  ;; The sum of so many bytes from 0 on.
  (func (export "sum") (param $n i32) (result i32) (local $at i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $n))))
    (local.get $sum))
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (i32.add (i32.mul (memory.grow (local.get 0)) (i32.const 100)) (memory.size))))
"""
# Each life begins with the data, and zeros behind them.
LIVES = """#include <stdio.h>
#include <stdlib.h>
#include "brief.h"
void apus_board_fatal(enum apus_trap trap, uint32_t offset) { printf("trap %d at %u\\n", trap, offset); exit(1); }
int main(void) {
  char here;
  apus_port_stack(&here - 65536, 512);
  for (int life = 0; life < 3; life++) {
    if (brief_instantiate().trap) return 2;
    printf("%u %u\\n", (unsigned)brief_export_load(101), (unsigned)brief_export_load(4098));
    brief_export_fill(0, 4099);
    brief_destroy();
  }
  return 0;
}
"""
work = tempfile.mkdtemp()
os.environ["APUS_CACHE"] = os.path.join(work, "cache")
os.chdir(work)


def module(name, export="", data="abc", most=""):
    with open(name + ".wat", "w", encoding="ascii") as file:
        file.write(WAT % {"export": export, "data": data, "most": most})
    subprocess.run(["wat2wasm", name + ".wat", "-o", name + ".wasm"], check=True)
    return name + ".wasm"


def apus(*arguments):
    return subprocess.run([APUS, *arguments], capture_output=True, text=True, check=False)


def check(path, limit, size, *setting):
    """All that is inside is there, and nothing else."""
    for call, wanted in (
            (["load", "100"], "97"), (["load", str(size - 1)], "0"), (["load", str(size)], None), (["load", "65535"], None),
            (["load", "-1"], None), (["load64", str(size - 12)], "0"), (["load64", str(size - 11)], None), (["load64", "-4"], None),
            (["store", str(size - 4)], str(0x01020304)), (["store", str(size - 3)], None), (["fill", "8", str(size - 8)], "7"),
            (["fill", "8", str(size - 7)], None), (["init", str(size - 4)], str(0x34333231)), (["init", str(size - 3)], None),
            (["sum", str(size)], "294"), (["sum", str(size + 1)], None), (["size"], "1"), (["grow", "0"], "101"), (["grow", "1"], "-99"),
            (["grow", "65535"], "-99")):
        done = apus("run", *setting, *limit, "--invoke", call[0], path, *call[1:])
        if wanted is None:
            expect(f"{setting} {limit}: {call} traps", done.returncode == 134 and "out of bounds memory access" in done.stdout + done.stderr, done)
        else:
            expect(f"{setting} {limit}: {call}", done.stdout == wanted + "\n", done)


def check_lives(compiler):
    """As a board's C, on this computer."""
    done = apus("translate", "--profile", "firmware", "--instances", "one", "--memory-limit", "4099", "--name", "brief", "small.wasm", "-o", "lives")
    expect(f"{compiler}: translated", done.returncode == 0, done)
    with open("lives.c", "w", encoding="ascii") as file:
        file.write(LIVES)
    for command in (["make", "-s", "-C", "lives", f"CC={compiler}", "CFLAGS=-O2 -ffreestanding"],
                    [compiler, "-DAPUS_FREESTANDING", "-Ilives", "-Ilives/runtime/include", "lives.c", "lives/libbrief.a", "-o", "lives/program"],
                    ["lives/program"], ["make", "-s", "-C", "lives", "clean"]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        expect(f"{compiler}: {command[0]}", done.returncode == 0 and not done.stderr, done)
        if command[0] == "lives/program":
            expect(f"{compiler}: three lives", done.stdout == "98 0\n" * 3, done)


def main():
    if not shutil.which("wat2wasm"):
        print("small memories skipped: there is no wat2wasm")
        return
    path = module("small")
    settings = [["--memory", "guard", "-O", "2"], ["--memory", "bounds", "-O", "0", "--traps", "exact"],
                ["--memory", "bounds", "--instances", "many", "-O", "3", "--fuel", "100000000"]]
    if shutil.which("clang"):
        settings += [["--memory", "bounds", "--cc", "clang", "-O", "1", "--deterministic"], ["--cc", "clang", "--instances", "many", "-O", "3"]]
    for setting in settings:
        check(path, ["--memory-limit", "4099"], 4099, *setting)
    check(path, ["--heap", "100"], 2148)
    for compiler in ["cc", "clang"] if shutil.which("clang") else ["cc"]:
        check_lives(compiler)
    check(module("says", '(global (export "__heap_base") i32 (i32.const 3000))', most="5"), ["--heap", "0"], 3000, "--instances", "many")
    for board in boards_there(APUS, ("cortex-m0", "rv32imac", "xtensa")):
        # In less RAM than a page.
        with open("board.json5", "w", encoding="ascii") as file:
            start = {"cortex-m0": 0x20000000, "rv32imac": 0x80800000}.get(board)
            ram = f", ram: {{start: {start}, size: 0x3000}}" if start else ""
            file.write(f'{{like: "{board}"{ram}, stack: 0x800}}')
        check(path, ["--memory-limit", "4099"], 4099, "--target", "./board.json5")
    late = module("late", data="x" * 5000)
    stackless = module("stackless", data="x" * 2000)
    for options, path, why in (
            (["--memory-limit", "65537"], "small.wasm", "starts with 65536 bytes"), (["--heap", "65536"], "small.wasm", "cannot become 67584"),
            (["--memory-limit", "5099"], late, "data end at byte 5100"), (["--heap", "9"], stackless, "__heap_base"),
            (["--memory-limit", "0"], "small.wasm", "1 or more"), (["--memory-limit", "1", "--heap", "1"], "small.wasm", "in two ways"),
            (["--memory-limit", "9000", "--max-memory", "70000"], "small.wasm", "never grows"),
            (["--memory-limit", "9000", "--memory", "unchecked"], "small.wasm", "unchecked")):
        done = apus("build", *options, path, "-o", "wrong")
        expect(f"{options} {path}", done.returncode == 2 and why in done.stderr, done)
    expect("nothing is written", not os.path.exists("wrong"))
    for text, why in (('(module (func (export "_start")))', "defines no memory"), ('(module (memory i64 1))', "addresses of 32 bits")):
        with open("other.wat", "w", encoding="ascii") as file:
            file.write(text)
        subprocess.run(["wat2wasm", "--enable-memory64", "other.wat", "-o", "other.wasm"], check=True)
        done = apus("translate", "--memory-limit", "10", "other.wasm", "-o", "wrong")
        expect(text, done.returncode == 2 and why in done.stderr, done)
    shutil.rmtree(work)
    report()


main()
