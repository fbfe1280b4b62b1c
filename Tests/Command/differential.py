#!/usr/bin/env python3
"""The commands that compare engines: generate, compare, reduce."""
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from binary import contents, line_table
from checks import expect, report

APUS = os.path.abspath(os.environ.get("APUS", os.path.join(HERE, "..", "..", ".build", "release", "apus")))
HELLO = os.path.abspath(os.path.join(HERE, "..", "..", "Examples", "hello", "hello.wasm"))
# One setting that compiles quickly.
FAST = ["--setting", "bounds,one,O0", "--rounds", "1"]
# Names that a shell would take for something else.
HOSTILE = "a b'c\"$d;e"
work = tempfile.mkdtemp()
os.environ["APUS_CACHE"] = os.path.join(work, "cache")
os.chdir(work)


def apus(*arguments, **more):
    return subprocess.run([APUS, *arguments], capture_output=True, text=True, timeout=300, **more)


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def generate():
    expect("a module", apus("generate", "--seed", "7", "-o", "7.wasm").returncode == 0)
    piped = subprocess.run([APUS, "generate", "--seed", "7"], capture_output=True).stdout
    expect("the same to a pipe", piped == bytes_of("7.wasm") and piped[:4] == b"\0asm")
    expect("many", apus("generate", "--seed", "5", "--count", "10", "-o", "many").returncode == 0)
    expect("each by its seed", sorted(os.listdir("many")) == sorted(f"{n}.wasm" for n in range(5, 15)))
    expect("the same among many", bytes_of("many/7.wasm") == piped)
    for name in os.listdir("many"):
        expect(name + " is valid", apus("validate", "many/" + name).returncode == 0)
    used = apus("inspect", "many/9.wasm").stdout
    left = subprocess.run([APUS, "generate", "--seed", "9", "--without", "multi-value", "-o", "9.wasm"]).returncode
    expect("a proposal left out", left == 0 and used)
    for wrong in (["--seed", "x"], [], ["--seed", "1", "--without", "nosuch"], ["--seed", "1", "--with", "gc"],
                  ["--seed", "1", "--linked", "2"], ["--seed", "1", "--linked", "1", "-o", "z"], ["--seed", "1", "--count", "2"], ["--seed", "1", "--count", "0", "-o", "z"], ["--seed", "1", "--size", "0"]):
        done = apus("generate", *wrong)
        expect(f"generate {wrong} is wrong", done.returncode == 2 and done.stderr.startswith("apus: "), done.stderr)
    done = apus("generate", "--seed", "1", "-o", "nosuch/folder/x.wasm")
    expect("no folder to write to", done.returncode == 3, done.stderr)


def compare():
    done = apus("compare", *FAST, "--setting", "guard,many,O1,exact,split", "--only", "none", "many")
    expect("two settings", done.returncode == 0 and "10 modules in 0 engines" in done.stdout, done.stdout)
    done = apus("compare", "--setting", "bounds,one,O0,closed", "--setting", "firmware,many,O1,closed", "--setting", "firmware,one,O2", "--only", "none", "many")
    expect("closed settings and firmware", done.returncode == 0 and "10 modules in 0 engines" in done.stdout and "firmware closed; " in done.stdout, done.stdout)
    for compiler, emulator in (("arm-linux-gnueabihf-gcc", "qemu-arm"), ("aarch64-linux-gnu-gcc", "qemu-aarch64")):
        if not (shutil.which(compiler) and shutil.which(emulator)):
            print(f"compare by {compiler} skipped: it is not installed, or {emulator} is not")
            continue
        done = apus("compare", *FAST, "--setting", f"firmware,one,Os,{compiler}", "--setting", f"bounds,many,O1,{compiler}", "--only", "none", "many")
        expect(f"by {compiler}", done.returncode == 0 and ", 0 left out" in done.stdout, done.stdout)
    shutil.copy("7.wasm", HOSTILE + ".wasm")
    lines = apus("compare", *FAST, "--setting", "guard,one,O1", "--only", "none", "--json", HOSTILE + ".wasm").stdout
    expect("JSON", json.loads(lines)["module"] == HOSTILE + ".wasm" and json.loads(lines)["verdict"] in ("same", "open"), lines)
    for wrong in ([], ["--rounds", "0", "7.wasm"], ["--setting", "fast", "7.wasm"], ["--setting", "firmware,guard", "7.wasm"]):
        expect(f"compare {wrong} is wrong", apus("compare", *wrong).returncode == 2)
    expect("no such file", apus("compare", "nosuch.wasm").returncode == 3)
    with open("bad.wasm", "wb") as file:
        file.write(b"\0asm\1\0\0\0\1")
    expect("no module", apus("compare", "bad.wasm").returncode == 2)
    done = apus("compare", "--cc", "no-such-cc", *FAST, "7.wasm")
    expect("no compiler", done.returncode == 4 and "no-such-cc" in done.stderr, done.stderr)
    expect("the engines", "node" in apus("compare", "--engines").stdout)
    done = apus("compare", *FAST, "--setting", "guard,many,O1", "--only", "none", HELLO)
    expect("a WASI command", done.returncode == 0 and "1 same" in done.stdout, done.stdout)


def engines():
    if not importlib.util.find_spec("wasmtime"):
        return print("engines skipped: there is no Python package wasmtime")
    with open("liar", "w", encoding="ascii") as file:
        file.write(f"#!/bin/sh\nexec {sys.executable} {HERE}/liar.py\n")
    os.chmod("liar", 0o755)
    done = apus("compare", *FAST, "--only", "wasmtime", HELLO, "many/6.wasm")
    expect("wasmtime agrees", done.returncode == 0 and "2 same" in done.stdout, done.stdout)
    done = apus("compare", *FAST, "--only", "wasmtime", "--json", os.path.join(HERE, "fixtures", "surrounded.wasm"))
    answer = json.loads(done.stdout)
    expect("imports of all kinds, and vectors", answer["verdict"] == "same" and answer["compared"] == 2, answer)

    def lies(lie, *more):
        return apus("compare", *FAST, "--only", "none", "--engine", "./liar", *more, "many/8.wasm",
                    env={**os.environ, "LIE": lie})
    expect("the truth", lies("nothing").returncode == 0, lies("nothing").stdout)
    for lie, word in (("result", "result 0"), ("trap", "trap"), ("memory", "state of"), ("global", "state of"),
                      ("table", "state of"), ("host", "host call"), ("steps", "number of steps")):
        done = lies(lie)
        expect(f"a lie about {lie}", done.returncode == 1 and word in done.stdout and "again: apus compare" in done.stdout,
               done.stdout)
        again = done.stdout.partition("again: apus ")[2].splitlines()[0]
        told = subprocess.run(f"{APUS} {again}", shell=True, env={**os.environ, "LIE": lie}, capture_output=True, text=True)
        expect(f"the command for {lie} repeats it", told.returncode == 1, told.stdout)
    answer = json.loads(lies("memory", "--json").stdout)
    expect("a difference in JSON", answer["verdict"] == "different" and answer["first"] == "./liar", answer)
    for act in ("ends", "raves", "refuses"):
        done = lies(act)
        expect(f"an engine that {act}", done.returncode == 2 and "fewer than two" in done.stdout, done.stdout)
    done = lies("hangs", "--timeout", "2")
    expect("an engine that hangs", done.returncode == 2 and "longer than 2 s" in done.stdout, done.stdout)


# Takes one number for another.
WRONG_COMPILER = """#!/bin/sh
for file; do case $file in */compared.c|*/app.c) sed -i 's/777u/778u/' "$file";; esac; done
exec cc "$@"
"""
def linked():
    expect("modules that import from one another", apus("generate", "--seed", "3", "--count", "6", "--linked", "3", "-o", "linked").returncode == 0)
    expect("where they lie", sorted(os.listdir("linked")) == sorted(f"{n}.{end}" for n in range(3, 9) for end in ("wasm", "imports"))
           and sorted(os.listdir("linked/3.imports")) == ["m0.wasm", "m1.wasm"])
    done = apus("compare", *FAST, "--setting", "guard,many,O1,split", "--only", "wasmtime", "--only", "node", "linked")
    expect("they are compared", done.returncode == 0 and "6 modules" in done.stdout and " 0 left out" in done.stdout, done.stdout)
    shutil.copy("linked/3.wasm", "last.wasm")
    given = [f"--with=m{number}=linked/3.imports/m{number}.wasm" for number in (0, 1)]
    done = apus("compare", *FAST, "--setting", "guard,many,O0", "--only", "none", "--json", *given, "last.wasm")
    expect("by their names", done.returncode == 0 and '"compared": 2' in done.stdout or '"open"' in done.stdout, done.stdout)
    for wrong, why in ((given[:1], "imports"), (given[::-1], "imports"), (["--with=m1=linked/4.imports/m0.wasm"], "m1")):
        done = apus("compare", *FAST, "--only", "none", *wrong, "last.wasm")
        expect(f"{wrong} cannot be linked", done.returncode == 2 and why in done.stdout, done.stdout)
    for wrong, status in (("m0", 2), ("m0=", 2), ("m0=nosuch.wasm", 3)):
        done = apus("compare", *FAST, "--with", wrong, "last.wasm")
        expect(f"--with {wrong}", done.returncode == status, done.stderr)
    if not shutil.which("wasm-tools"):
        return print("exceptions between modules skipped: there is no wasm-tools")
    for name, text in (("thrower", THROWER), ("catcher", CATCHER)):
        with open(name + ".wat", "w", encoding="ascii") as file:
            file.write(text)
        subprocess.run(["wasm-tools", "parse", name + ".wat", "-o", name + ".wasm"], check=True)
    done = apus("compare", *FAST, "--setting", "guard,many,O1", "--only", "wasmtime", "--with=m=thrower.wasm", "catcher.wasm")
    expect("exceptions pass from one to the other", done.returncode == 0 and " 1 same" in done.stdout, done.stdout)


# An exception, and another trap, that come from the module before.
THROWER = """(module (tag $t (export "t") (param i32 f64))
 (func (export "f") (param i32 i64) (result i32 f64)
  (if (i32.and (local.get 0) (i32.const 1)) (then (throw $t (local.get 0) (f64.const 1.5))))
  (if (i32.and (local.get 0) (i32.const 2)) (then unreachable))
  (local.get 0) (f64.convert_i64_s (local.get 1))))"""
CATCHER = """(module (import "m" "t" (tag $t (param i32 f64))) (import "m" "f" (func $f (param i32 i64) (result i32 f64)))
 (func (export "go") (param i32 i64) (result i32 f64)
  (block $h (result i32 f64) (try_table (result i32 f64) (catch $t $h) (call $f (local.get 0) (local.get 1)))))
 (func (export "odd") (param i64) (result i32 f64)
  (block $h (result i32 f64) (try_table (result i32 f64) (catch $t $h) (call $f (i32.const 3) (local.get 0)))))
 (func (export "even") (result i32 f64) (call $f (i32.const 4) (i64.const -9)))
 (func (export "trap") (result i32 f64) (call $f (i32.const 2) (i64.const 5)))
 (func (export "leaves") (result i32 f64) (call $f (i32.const 1) (i64.const 5))))"""


# A load that nothing depends on once its function is inlined; a compiler that reads elsewhere.
LOST = """(module (memory 1) (func $f (param i32 i32) (result i32) (i32.rem_u (i32.load (local.get 0)) (local.get 1)))
 (func (export "go") (result i32) (i32.add (call $f (i32.const 70000) (i32.const 1)) (i32.const 5))))"""
ELSEWHERE = WRONG_COMPILER.replace("777u/778u", "70000u/16u")


def lost_loads():
    if not shutil.which("wat2wasm"):
        return print("lost loads skipped: there is no wat2wasm")
    with open("lost.wat", "w", encoding="ascii") as file:
        file.write(LOST)
    with open("elsewhere-cc", "w", encoding="ascii") as file:
        file.write(ELSEWHERE)
    os.chmod("elsewhere-cc", 0o755)
    subprocess.run(["wat2wasm", "lost.wat", "-o", "lost.wasm"], check=True)
    exact = ["--setting", "bounds,one,O0", "--only", "none", "--rounds", "1", "--json"]
    answer = json.loads(apus("compare", *exact, "--setting", "guard,one,O2", "lost.wasm").stdout)
    expect("a load that relaxed traps lose", answer["verdict"] == "open" and "relaxed traps may lose" in answer["why"], answer)
    for wrong in ("guard,one,O2", "guard,one,O0", "guard,one,O2,exact", "bounds,one,O2"):
        setting = wrong + "," + os.path.abspath("elsewhere-cc")
        answer = json.loads(apus("compare", *exact, "--setting", setting, "lost.wasm").stdout)
        expect(f"a lost trap, {wrong}", answer["verdict"] == "different" and answer["what"] == "trap", answer)


# (1 + 2**-23) squared, less what it is rounded to: 2**-46 where that is one step, else 0.
RELAXED = """(func $go (export "go") (param f32) (result f32) (local $x v128)
 (local.set $x (f32x4.splat (f32.add (f32.const 1.00000011920928955078125) (f32.mul (local.get 0) (f32.const 0)))))
 (f32x4.extract_lane 0 (f32x4.relaxed_madd (local.get $x) (local.get $x) (f32x4.splat (f32.const -1.0000002384185791015625)))))"""
PROGRAM = """(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1)
 (func (export "_start") (call $exit (i32.trunc_f32_s (f32.mul (call $go (f32.const 0)) (f32.const 0x1p48)))))"""


def choices():
    if not shutil.which("wat2wasm"):
        return print("relaxed instructions skipped: there is no wat2wasm")
    engines = apus("compare", "--engines").stdout
    for name, text in (("relaxed", RELAXED), ("program", PROGRAM + RELAXED)):
        with open(name + ".wat", "w", encoding="ascii") as file:
            file.write(f"(module {text})")
        subprocess.run(["wat2wasm", "--enable-relaxed-simd", name + ".wat", "-o", name + ".wasm"], check=True)
        done = apus("compare", *FAST, "--setting", "guard,one,O2", "--setting", "bounds,many,O0", "--json", name + ".wasm")
        answer = json.loads(done.stdout)
        expect(f"{name}: relaxed instructions are compared among settings", answer["verdict"] == "same" and answer["compared"] >= 2, answer)
        if "wasmtime" in engines:
            expect(f"{name}: engines may choose", any("relaxed vector" in why for why in answer["left_out"]), answer)
    answer = json.loads(apus("compare", *FAST, "--json", "--with", "m=relaxed.wasm", "program.wasm").stdout)
    expect("a program takes no --with", answer["verdict"] == "refused" and "--with" in answer["why"], answer)


# What the plain form of a module has to show. The numbers of four digits are made wrong, one after the other.
PLAIN = """(module (import "env" "\\df\\b1tick" (func $tick (param i32 f32 f64) (result i64 f32 i32)))
 (memory 1) (table (export "t") 70 funcref) (global $g (mut i32) (i32.const 1)) (global (mut f64) (f64.const -1.5))
 (elem (i32.const 3) $started) (func $started (i32.store (i32.const 8) (i32.const 7))) (start $started)
 (func (export "ticks") (param f32) (result f32 i32 i64)
  (local $f f32) (local $i i32)
  (call $tick (i32.const 1111) (local.get 0) (f64.const -0)) (local.set $i) (local.set $f)
  (i32.store (i32.const 16) (i32.const 2222)) (global.set $g (i32.const 3333))
  drop (local.get $f) (local.get $i) (i64.const 4444))
 (func (export "null") (result funcref externref) (table.get 0 (i32.const 0)) (ref.null extern))
 (func (export "divides") (param i32) (result i32) (i32.div_u (i32.const 7) (i32.const 0)))
 (func (export "outside") (result i32) (i32.load (i32.const 65533)))
 (func (export "nowhere") (call_indirect (i32.const 99)))
 (func (export "not there") (call_indirect (i32.const 0)))
 (func (export "fills") (param i32) (table.set 0 (i32.const 5) (table.get 0 (i32.const 3))))
 (func (export "grows") (result i32) (memory.grow (i32.const 1))))"""


def plain():
    missing = [tool for tool in ("wasm-interp", "wat2wasm") if not shutil.which(tool)]
    if missing:
        return print(f"wasm-interp skipped: there is no {missing[0]}")
    with open("plain.wat", "w", encoding="ascii") as file:
        file.write(PLAIN)
    subprocess.run(["wat2wasm", "plain.wat", "-o", "plain.wasm"], check=True)
    done = apus("compare", *FAST, "--only", "wasm-interp", "--json", "plain.wasm", HELLO)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    expect("wasm-interp agrees", answers[0]["verdict"] == "same" and answers[0]["compared"] == 2, answers)
    expect("what it leaves out has a reason", "wasm-interp: WASI" in answers[1]["why"], answers)
    for number, what in (("1111", "host call 0"), ("2222", "state of"), ("3333", "state of"), ("4444", "result 2")):
        with open("wrong-cc", "w", encoding="ascii") as file:
            file.write(WRONG_COMPILER.replace("777u/778u", f"{number}u/9876u"))
        os.chmod("wrong-cc", 0o755)
        wrong = "bounds,one,O0," + os.path.abspath("wrong-cc")
        done = apus("compare", "--setting", wrong, "--rounds", "1", "--only", "wasm-interp", "plain.wasm")
        expect(f"a wrong {what}", done.returncode == 1 and what in done.stdout, done.stdout)


def numbers():
    if not importlib.util.find_spec("wasm3") or not shutil.which("wat2wasm"):
        return print("wasm3 skipped: there is no Python package pywasm3, or no wat2wasm")
    with open("numbers.wat", "w", encoding="ascii") as file:
        file.write("""(module (import "env" "f" (func $f (param i32 f64) (result i64))) (memory (export "m") 1)
          (global (export "g") (mut f32) (f32.const 1.5))
          (func (export "a") (param i32 i64) (result i64) (i32.store (i32.const 4) (local.get 0))
            (global.set 0 (f32.const -2)) (i64.add (local.get 1) (call $f (local.get 0) (f64.const -0))))
          (func (export "d") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 0))))""")
    subprocess.run(["wat2wasm", "numbers.wat", "-o", "numbers.wasm"], check=True)
    done = apus("compare", *FAST, "--only", "wasm3", "--json", "numbers.wasm")
    expect("wasm3 agrees", '"same"' in done.stdout and '"compared": 2' in done.stdout, done.stdout)


# WRONG_COMPILER makes its third store differ.
PARTING = """(module (memory (export "memory") 1)
 (func $put (param i32) (i32.store offset=16 (local.get 0) (i32.add (local.get 0) (i32.const 4321))))
 (func (export "go") (param i32) (result i32)
  (call $put (i32.const 4)) (call $put (i32.const 8))
  (i32.store (i32.const 64) (i32.const 777))
  (call $put (i32.const 12)) (i32.load (i32.const 64))))"""


def lines(offset):
    """lines.wasm, in which the instruction at an offset has a line."""
    with open("parting.wasm", "rb") as file:
        data = file.read()
    code = next(at for kind, at in contents(data) if kind == 10)
    with open("lines.wasm", "wb") as file:
        file.write(data + line_table("dir of/a b.c", [(1, 1000, 0), (offset - code, 12, 7), (offset - code + 1, 13, 0)], 10000))
    for at, line in ((offset, ", dir of/a b.c:12:7"), (offset + 1, ", dir of/a b.c:13"), (offset - 1, ", dir of/a b.c:1000")):
        done = apus("inspect", "--at", hex(at), "lines.wasm")
        expect(f"inspect --at {at}", done.stdout == f"{hex(at)} is in function 1{line}\n", done)
        done = apus("inspect", "--at", str(at), "--at", hex(at), "parting.wasm")
        expect(f"inspect --at {at} without lines", done.stdout == f"{hex(at)} is in function 1\n" * 2, done)
    for wrong, status in (("0", 2), ("0x", 2), ("x", 2), ("4294967296", 2), ("-1", 2)):
        done = apus("inspect", "--at", wrong, "lines.wasm")
        expect(f"inspect --at {wrong} is wrong", done.returncode == status and not done.stdout, done)


def traces():
    with open("parting.wat", "w", encoding="ascii") as file:
        file.write(PARTING)
    with open("wrong-cc", "w", encoding="ascii") as file:
        file.write(WRONG_COMPILER)
    os.chmod("wrong-cc", 0o755)
    if not shutil.which("wat2wasm"):
        return print("traces skipped: there is no wat2wasm")
    subprocess.run(["wat2wasm", "parting.wat", "-o", "parting.wasm"], check=True)
    wrong = os.path.abspath("wrong-cc")
    for settings in (["--setting", "bounds,one,O0", "--setting", "guard,many,O1," + wrong],
                     ["--setting", "firmware,many,O1", "--setting", "bounds,one,O0,closed," + wrong],
                     ["--setting", "guard,one,O1,split", "--setting", "bounds,many,O0," + wrong]):
        done = apus("compare", *settings, "--only", "none", "--rounds", "1", "parting.wasm")
        split = "split" in settings[1]
        expect(f"where two settings part {settings}", done.returncode == 1 and " part at event " in done.stdout
               and "of call 1, in function 0: store 0x" in done.stdout and "0x40 0x309; store 0x" in done.stdout and "0x40 0x30a" in done.stdout,
               (split, done.stdout))
    answer = json.loads(apus("compare", *settings, "--only", "none", "--json", "parting.wasm").stdout)
    expect("where they part in JSON", " part at event " in answer["parting"], answer)
    offset = int(re.search(r"store 0x([0-9a-f]+) 0x40", answer["parting"])[1], 16)
    lines(offset)
    answer = json.loads(apus("compare", *settings, "--only", "none", "--json", "lines.wasm").stdout)
    expect("the line where they part", answer["parting"].endswith(", of dir of/a b.c:12:7"), answer)
    done = apus("run", "--trace", "calls", "--trace-to", "-", "--invoke", "go", "parting.wasm", "1")
    calls = [line.split()[::2] for line in done.stderr.splitlines()]
    expect("calls", calls == [["call", "0x1"], ["call", "0x0"], ["return", "0x0"], ["call", "0x0"], ["return", "0x0"],
                              ["call", "0x0"], ["return", "0x0"], ["return", "0x0"]] and done.stdout == "777\n", done.stderr)
    done = apus("run", "--trace", "stores", "--trace-to", "stores.txt", "--invoke", "go", "parting.wasm", "1")
    with open("stores.txt", encoding="ascii") as file:
        stores = [line.split() for line in file]
    expect("stores", [line[2:] for line in stores] == [["0x14", "0x10e5"], ["0x18", "0x10e9"], ["0x40", "0x309"], ["0x1c", "0x10ed"]], stores)
    hashes = {apus("run", "--trace", "blocks", "--trace", "stores", *more, "--invoke", "go", "parting.wasm", "1").stderr
              for more in ([], ["-O0"], ["--memory", "bounds", "--instances", "many"])}
    expect("a hash, the same in all settings", len(hashes) == 1 and "events, hash " in next(iter(hashes)), hashes)
    for words in (["--trace", "nothing"], ["--trace-to", "x"]):
        done = apus("run", *words, "--invoke", "go", "parting.wasm", "1")
        expect(f"{words} is wrong", done.returncode == 122, done.stderr)
    done = apus("run", "--trace", "calls", "--trace-to", "nosuch/folder", "--invoke", "go", "parting.wasm", "1")
    expect("no file for a trace", done.returncode == 123 and "cannot open nosuch/folder" in done.stderr, done.stderr)
    done = apus("run", "--trace", "stores", "--trace-to", "/dev/full", "--invoke", "go", "parting.wasm", "1")
    expect("no room for a trace", done.returncode == 125 and "cannot write /dev/full" in done.stderr, done.stderr)


def reduce():
    # What it makes lies beside the module: several run at a time.
    condition = f"out=$(dirname {{}})/out; '{APUS}' translate {{}} -o \"$out\" --name r --no-makefile >/dev/null && grep -q rotl32 \"$out\"/r.c"
    seeds = [seed for seed in range(5, 15)
             if subprocess.run(condition.replace("{}", f"many/{seed}.wasm"), shell=True).returncode == 0]
    expect("a module with what is looked for", seeds, seeds)
    module = f"many/{seeds[0]}.wasm"
    done = apus("reduce", module, "--if", condition, "-o", HOSTILE)
    expect("reduced", done.returncode == 0, done.stderr)
    left = int(done.stdout.split(" instructions of")[0].split()[-1])
    expect("to a few instructions", 1 <= left <= 19, done.stdout)
    expect("valid", apus("validate", HOSTILE).returncode == 0)
    single = apus("reduce", module, "--if", condition, "-o", "single.wasm", "--jobs", "1")
    expect("the same one at a time", single.returncode == 0 and bytes_of("single.wasm") == bytes_of(HOSTILE))
    by_status = apus("reduce", module, "--if", f"! {{ {condition}; }} && exit 1; exit 7; :", "--status", "7", "-o", "s.wasm")
    expect("another status", by_status.returncode == 0, by_status.stderr)
    before = bytes_of("single.wasm")
    done = apus("reduce", module, "--if", "false", "-o", "single.wasm")
    expect("not interesting", done.returncode == 2 and "does not say yes" in done.stderr, done.stderr)
    expect("then nothing is written", bytes_of("single.wasm") == before)
    expect("in place", apus("reduce", module, "--if", "true", "-o", module).returncode == 2)
    expect("no module", apus("reduce", "bad.wasm", "--if", "true", "-o", "x.wasm").returncode == 1)
    done = apus("reduce", module, "--if", "true", "-o", "empty.wasm")
    expect("all of it", len(bytes_of("empty.wasm")) == 8, len(bytes_of("empty.wasm")))
    done = apus("reduce", module, "--if", "sleep 5", "--timeout", "1", "-o", "x.wasm")
    expect("a command that takes too long says no", done.returncode == 2, done.stderr)
    # Each module that is smaller than the whole one takes longer, and nothing of it may be left behind.
    slow = f'if [ "$(stat -c %s {{}})" -lt {os.path.getsize(module)} ]; then echo begun >> log; sh -c "sleep 5; echo late >> log"; fi'
    done = apus("reduce", module, "--if", slow, "--for", "9", "-o", "x.wasm")
    with open("log", encoding="ascii") as file:
        said = set(file.read().split())
    expect("a module has little more time than the one before", done.returncode == 0 and said == {"begun"}, f"{done.stderr} {said}")

    with subprocess.Popen([APUS, "reduce", module, "--if", condition + " && sleep 0.2", "-o", "stopped.wasm"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (os.path.exists("stopped.wasm")
                                                   and os.path.getsize("stopped.wasm") < os.path.getsize(module)):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.wait(60)
    expect("Ctrl-C leaves the smallest so far", apus("validate", "stopped.wasm").returncode == 0
           and os.path.getsize("stopped.wasm") < os.path.getsize(module))


generate()
compare()
linked()
lost_loads()
choices()
engines()
plain()
numbers()
traces()
reduce()
shutil.rmtree(work)
report()
