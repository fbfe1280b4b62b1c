#!/usr/bin/env python3
"""Images of boards: `apus build --target` and `apus run --target`, on every target whose tools are here, in QEMU; and what is
wrong with the files that describe targets. --quick: one model on each but the plainest."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import everywhere
from checks import boards_there, expect, report

APUS = os.path.abspath(os.environ.get("APUS", os.path.join(HERE, "..", "..", ".build", "release", "apus")))
MODULE = os.path.join(HERE, "image.wasm")
# Writes letter by letter, each line behind a mark, and has no arguments and no clock.
CONSOLE = """#include "apus_image.h"
static void ask(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}
void apus_board_write(int stream, const char *from, size_t size) {
  static bool is_begun;
  (void)stream;
  if (!is_begun) ask(3, "<");
  is_begun = true;
  while (size--) ask(3, from++);
}
void apus_board_exit(int status) {
  const uintptr_t end[] = {0x20026, (uintptr_t)status};
  for (;;) ask(0x20, end);
}
void apus_board_arguments(char *to, size_t size) { (void)size; *to = 0; }
bool apus_board_now(uint32_t clock, uint64_t *nanoseconds) { (void)clock, (void)nanoseconds; return false; }
"""
# What a board may have besides: something comes in, piece by piece, and there is chance.
INPUT = """
size_t apus_board_read(char *to, size_t size) {
  static const char *left = "what comes in\\n";
  size_t count = 0;
  while (*left && count < size && count < 5) to[count++] = *left++;
  return count;
}
bool apus_board_random(void *to, size_t size) {
  for (unsigned char *at = to; size--;) *at++ = 77;
  return true;
}
"""
# Writes what it reads, and ends with a random byte, or with why there is none.
READER = """(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $errno i32)
    (i32.store (i32.const 0) (i32.const 100))
    (loop $more
      (i32.store (i32.const 4) (i32.const 64))
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (i32.store (i32.const 4) (i32.load (i32.const 8)))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
      (br_if $more (i32.load (i32.const 8))))
    (local.set $errno (call $random (i32.const 200) (i32.const 1)))
    (call $exit (select (local.get $errno) (i32.load8_u (i32.const 200)) (local.get $errno)))))
"""
work = tempfile.mkdtemp()
os.environ["APUS_CACHE"] = os.path.join(work, "cache")
os.chdir(work)


def apus(*arguments):
    return subprocess.run([APUS, *arguments], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False)


def invoke(name, *arguments, target=(), more=()):
    # Imports are WASI's, and the rest of the module is no program.
    done = apus("run", *target, *more, "--invoke", name, MODULE, *arguments)
    return done.returncode, done.stdout.split(), done.stderr


def check(name, model, *more):
    target = ("--target", name, "--instances", model, *more)
    what = " ".join([name, model, *more])

    def same(export, *arguments):
        ours, theirs = invoke(export, *arguments, target=target), invoke(export, *arguments)
        expect(f"{what}: {export} {arguments}", ours[:2] == theirs[:2] and ours[0] == 0, (ours, theirs))

    same("arithmetic", "300")
    same("grow", "3")
    same("wild", "65532")
    ours = invoke("values", "-5", "0x7fffffffffffffff", target=target)
    expect(f"{what}: values", ours[:2] == (0, ["9223372036854775807", "-5", "0x3fc00000", "0xc000000000000000"]), ours)

    def traps(message, export, *arguments):
        status, output, _ = invoke(export, *arguments, target=target)
        expect(f"{what}: {export} {arguments}", status == 134 and f"apus: trap: {message}" in " ".join(output), (status, output))

    traps("out of bounds memory access at offset 0x", "wild", "0xfffffffd")
    traps("out of bounds memory access at offset 0x", "wild", "65533")
    traps("call stack exhausted", "deep", "1")
    # More than there is: growth fails, and nothing else does.
    status, output, _ = invoke("grow", "1000", target=target)
    expect(f"{what}: endless growth", (status, output) == (0, ["-1", "0"]), output)

    done = apus("run", *target, "--env", "A=1", "--env", "B=two", MODULE, "x", "y,z")
    expect(f"{what}: a WASI program", done.returncode == 3 and done.stdout == "x\ny,z\nA=1\nB=two\n", done.stdout + done.stderr)
    done = apus("run", *target, MODULE, "x", "y", "z")
    expect(f"{what}: which traps", done.returncode == 134 and done.stdout.startswith("x\ny\nz\n") and "unreachable" in done.stdout, done.stdout)


def check_command(name):
    target = ("--target", name)
    done = apus("build", *target, MODULE, "-o", "image.elf")
    with open("image.elf", "rb") as file:
        expect("an image", done.returncode == 0 and file.read(4) == b"\x7fELF", done.stderr)
    for arguments, why in (
            (["--invoke", "values", MODULE, "1"], "takes 2 arguments"), (["--invoke", "values", MODULE, "x", "1"], "is not a value"),
            (["--invoke", "values", MODULE, "4294967296", "1"], "is not a value"),
            (["--invoke", "takes", MODULE, "1"], "takes integers"),
            (["--memory", "guard", MODULE], "no guard pages"), (["--stack-size", "100", MODULE], "--stack-size"),
            (["--stack-size", "1000000000", MODULE], "RAM"), ([MODULE, "a b"], "spaces"), (["--fuel", "5", MODULE], "--fuel is not")):
        done = apus("run", *target, *arguments)
        expect(f"run {arguments}", done.returncode == 122 and why in done.stdout + done.stderr, done.stdout + done.stderr)
    done = apus("run", "--no-cache", *target, MODULE)
    expect("without a cache", done.returncode == 1 and not done.stdout.strip(), done.stdout + done.stderr)


def check_report(name):
    def report(export):
        return apus("build", "--target", name, "--invoke", export, MODULE, "-o", "image.elf", "--report", "--report-to", "sizes.json")

    done = report("wild")
    with open("sizes.json", encoding="ascii") as file:
        told = json.load(file)
    sizes = subprocess.run(["arm-none-eabi-size", "image.elf"], capture_output=True, text=True, check=True).stdout.split("\n")[1].split()
    expect("what the report says", (told["size"]["flash"], told["size"]["ram"]) == (int(sizes[0]) + int(sizes[1]), int(sizes[1]) + int(sizes[2])),
           (told, sizes))
    for kind in ("flash", "ram"):
        total = sum(part[kind] for part in told["parts"].values()) + (told["stack"] if kind == "ram" else 0)
        expect(f"its parts, {kind}", total == told["size"][kind], told)
    expect("what is left", told["left"] == told["board"]["ram"] - told["size"]["ram"], told)
    expect("its functions", sum(told["functions"].values()) <= told["parts"]["module"]["flash"] and "image_export_wild" in told["functions"], told)
    expect("nothing before", "more)" not in done.stdout and "flash, bytes" in done.stdout, done.stdout)
    done = report("arithmetic")
    expect("what is more", "more)" in done.stdout, done.stdout)
    cached = report("arithmetic")
    expect("the same again", "more)" not in cached.stdout and cached.returncode == 0, cached.stdout)
    with open("wrong.json", "w", encoding="ascii") as file:
        file.write("[]")
    for more, why in ((["--report"], "for --target"), (["--target", name, "--report-to", "wrong.json"], "no report")):
        done = apus("build", *more, MODULE, "-o", "image.elf")
        expect(f"{more}", done.returncode == 2 and why in done.stderr, done.stderr)


def check_folder(name):
    for model in ("one", "many"):
        folder = "out-" + model
        done = apus("translate", "--target", name, "--instances", model, MODULE, "-o", folder)
        made = subprocess.run(["make", "-s", "-C", folder], capture_output=True, text=True, check=False)
        expect(f"translate, and make, {model}", done.returncode == 0 and made.returncode == 0 and not made.stderr, done.stderr + made.stderr)
        with open(os.path.join(folder, "image.elf"), "rb") as file:
            expect("an image", file.read(4) == b"\x7fELF")
        subprocess.run(["make", "-s", "-C", folder, "clean"], check=True)
        left = [path for path, _, names in os.walk(folder) if any(n.endswith((".o", ".d", ".elf", ".a")) for n in names)]
        expect("which clean takes away", not left, left)
    for wrong, why in ((["--profile", "host"], "firmware"), (["--scratch", "1"], "--dir"), (["--no-makefile"], "Makefile")):
        done = apus("translate", "--target", name, *wrong, MODULE, "-o", "wrong")
        expect(f"translate {wrong}", done.returncode == 2 and why in done.stderr, done.stderr)
    expect("nothing is written", not os.path.exists("wrong"))


def check_files(name):
    def described(text, *more):
        with open("own.json5", "w", encoding="ascii") as file:
            file.write(text)
        return apus("run", "--target", "./own.json5", *more, MODULE)

    done = described(f'{{like: "{name}", ram: {{start: 0x20000000, size: 0x18000}}, /* small */ stack: 0x800}}')
    expect("a board of one's own", done.returncode == 1, done.stdout + done.stderr)
    shutil.copy("own.json5", "base.json5")
    done = described('{like: "./base.json5", about: "another"}')
    expect("like another file", done.returncode == 1, done.stdout + done.stderr)
    os.makedirs("my board", exist_ok=True)
    with open("my board/console.c", "w", encoding="ascii") as file:
        file.write('#include "mark.h"\n' + CONSOLE.replace('"<"', "MARK"))
    with open("my board/mark.h", "w", encoding="ascii") as file:
        file.write('#define MARK "<"\n')
    with open("my board/board.json5", "w", encoding="ascii") as file:
        file.write(f'{{like: "{name}", board: ["start_cortex_m.c", "console.c"]}}')
    done = apus("run", "--target", "my board/board.json5", "--invoke", "values", MODULE, "1", "2")
    expect("a console of one's own", done.returncode == 122 and done.stdout.startswith("<apus: values takes 2 arguments"), done.stdout + done.stderr)
    with open("my board/mark.h", "w", encoding="ascii") as file:
        file.write('#define MARK ">"\n')
    done = apus("run", "--target", "my board/board.json5", "--invoke", "values", MODULE, "1", "2")
    expect("which is compiled again when its header changes", done.stdout.startswith(">apus: values"), done.stdout + done.stderr)
    with open("my board/console.c", "a", encoding="ascii") as file:
        file.write("\n#error changed\n")
    done = apus("run", "--target", "my board/board.json5", "--invoke", "values", MODULE, "1", "2")
    expect("which is compiled again when it changes", done.returncode == 124 and "changed" in done.stderr, done.stdout + done.stderr)
    if shutil.which("wat2wasm"):
        with open("reader.wat", "w", encoding="ascii") as file:
            file.write(READER)
        subprocess.run(["wat2wasm", "reader.wat", "-o", "reader.wasm"], check=True)
        for more, what, expected in (("", "there is neither input nor chance", (52, "")), (INPUT, "input and chance", (77, "what comes in\n"))):
            with open("my board/console.c", "w", encoding="ascii") as file:
                file.write(CONSOLE.replace('"<"', '""') + more)
            done = apus("run", "--target", "my board/board.json5", "reader.wasm")
            expect(what, (done.returncode, done.stdout.replace("\0", "")) == expected, done)
    with open("host.c", "w", encoding="ascii") as file:
        file.write('#include "calls.h"\nuint32_t apus_import_env_twice(struct apus_host *host, uint32_t l0) { (void)host; return l0 * 2; }\n')
    if not shutil.which("wat2wasm"):
        print("host functions skipped: there is no wat2wasm")
    else:
        with open("calls.wat", "w", encoding="ascii") as file:
            file.write('(module (import "env" "twice" (func $twice (param i32) (result i32)))'
                       ' (func (export "four") (param i32) (result i32) (call $twice (call $twice (local.get 0)))))')
        subprocess.run(["wat2wasm", "calls.wat", "-o", "calls.wasm"], check=True)
        for model in ("one", "many"):
            done = apus("run", "--target", name, "--instances", model, "--link", "host.c", "--invoke", "four", "calls.wasm", "5")
            expect(f"a host function, {model}", done.stdout == "20\n", done.stdout + done.stderr)
        done = apus("build", "--target", name, "--invoke", "four", "calls.wasm", "-o", "calls.elf")
        expect("a host function is missing", done.returncode == 2 and "apus_import_env_twice" in done.stderr, done.stderr)
    for text, why in (
            ("{", "own.json5"), ('{like: "nosuch"}', "no target 'nosuch'"), ('{like: "./own.json5"}', "like itself"),
            (f'{{like: "{name}", stak: 1}}', "stak"), (f'{{like: "{name}", ram: {{start: "x", size: 1}}}}', "ram.start"),
            ('{compiler: "cc"}', "has no 'board'"), (f'{{like: "{name}", stack: 0x1000000}}', "stack"),
            (f'{{like: "{name}", ram: {{start: 0x20000000, size: 0x8000}}}}', "needs 65536 bytes of memory"),
            (f'{{like: "{name}", flash: {{start: 0, size: 0x400}}}}', "bytes more of flash"),
            (f'{{like: "{name}", board: ["nosuch.c"]}}', "nosuch.c"), (f'{{like: "{name}", compiler: "no-such-gcc"}}', "no-such-gcc"),
            (f'{{like: "{name}", emulator: []}}', "has no emulator"), (f'{{like: "{name}", emulator: ["no-such-emulator"]}}', "no no-such-emulator"),
            (f'{{like: "{name}", board: ["no-such/start.c"]}}', "no-such/start.c")):
        done = described(text)
        expect(f"target {text}", done.returncode in (122, 123, 124) and why in done.stderr, (done.returncode, done.stderr))


SHELF = os.path.join(HERE, "..", "..", "Examples", "files")


def check_baked(name, model):
    """A folder of this computer in an image."""
    shutil.rmtree("site", ignore_errors=True)
    shutil.copytree(os.path.join(SHELF, "site"), "site")
    target = ("--target", name, "--instances", model, "--memory-limit", "4096")
    shelf = os.path.join(SHELF, "shelf.wasm")
    with open(os.path.join(SHELF, "expected.txt"), encoding="ascii") as file:
        expected = file.read()

    def shows(what, text, *more):
        done = apus("run", *target, *more, shelf)
        expect(f"{name} {model}: {what}", done.returncode == 3 and done.stdout == text, done)

    shows("a folder in the image", expected, "--dir", "site::/", "--scratch", "4096")
    if name.startswith("cortex"):
        folder = f"files-{name}-{model}"
        done = apus("translate", *target, "--dir", "site::/", "--scratch", "4096", shelf, "-o", folder)
        made = subprocess.run(["make", "-s", "-C", folder], capture_output=True, text=True, check=False)
        expect(f"{name} {model}: translate, and make, with files", (done.returncode, made.returncode, made.stderr) == (0, 0, ""), (done, made))
        status, out, _ = everywhere.run([*everywhere.EMULATOR, os.path.join(folder, "shelf.elf")])
        expect(f"{name} {model}: that finds them, too", status == 3 and out == expected, (status, out))
    shows("the same again", expected, "--dir", "site::/", "--scratch", "4096")
    with open("site/pages/one.txt", "w", encoding="ascii") as file:
        file.write("Another.\n")
    os.makedirs("site/\"?\\ \u00fc")
    names = "pages/\nwelcome.txt\n"
    changed = expected.replace("A page in a folder.", "Another.").replace(names, "\"?\\ \u00fc/\n" + names)
    shows("another one, with hostile names", changed, "--dir", "site::/", "--scratch", "4096")
    shows("no room for more", changed.replace("note.txt\nA note in RAM.\n", ""), "--dir", "site::/")
    shows("none to be changed", changed.replace("note.txt\nA note in RAM.\n", ""), "--dir", "site::/::ro", "--scratch", "4096")
    os.symlink("welcome.txt", "site/link")
    os.makedirs("long/" + "n" * 64)
    for more, status, why in ((("--dir", "site::/"), 122, "neither a file nor a folder"), (("--dir", "no-such-folder::/"), 123, "no-such-folder"),
                              (("--dir", "long::/"), 122, "too long"), (("--dir", shutil.which("true") + "::/"), 122, "is no folder"), (("--scratch", "1"), 122, "--dir"),
                              (("--dir", "site::/", "--scratch", "99999999"), 122, "16777216")):
        done = apus("run", *target, *more, shelf)
        expect(f"{name}: {more}", done.returncode == status and why in done.stderr, done)
    shutil.rmtree("long")
    shutil.rmtree("site")


def deep(levels):
    """A module whose calls go so deep: half of them through a table, where each type has one function. Each has values that
    live through its calls, and two of these, or it would become part of its caller."""
    text = ""
    for level in range(levels):
        # As many parameters as make a type of its own.
        parameters = ["i32"] * (level % 8 + 1) + ["i64"] * (level // 8) + ["i32"]
        text += f" (type $t{level} (func (param {' '.join(parameters)}) (result i32)))\n"
    for level in range(levels):
        count = level % 8 + 1 + level // 8
        own = "".join(f"(local $v{n} i32)" for n in range(6))
        sets = "".join(f"(local.set $v{n} (i32.mul (local.get {count}) (i32.add (local.get {count}) (i32.const {n + level}))))" for n in range(6))
        uses = "".join(f"(local.set $v0 (i32.xor (local.get $v0) (local.get $v{n})))" for n in range(1, 6))
        call = "(i32.const 1)"
        if level + 1 < levels:
            below = level + 1
            given = "(i32.const 3)" * (below % 8 + 1) + "(i64.const 4)" * (below // 8)
            kind = (f"call_indirect (type $t{below})", f"(i32.const {below})") if level % 2 else (f"call $f{below}", "")
            one = f"({kind[0]} {given} (i32.sub (local.get {count}) (i32.const 1)) {kind[1]})"
            call = f"(if (result i32) (i32.and (local.get {count}) (i32.const 1)) (then {one}) (else (i32.add (i32.const 1) {one})))"
        text += f" (func $f{level} (type $t{level}) {own} {sets} (local.set $v0 (i32.add (local.get $v0) {call})) {uses} (local.get $v0))\n"
    return (f"(module {text} (table funcref (elem {' '.join(f'$f{n}' for n in range(levels))}))"
            " (func $round (param i32) (result i32) (call $round (i32.add (local.get 0) (i32.const 1))) (i32.const 1) i32.add)"
            ' (func (export "deep") (param i32) (result i32) (call $f0 (i32.const 3) (local.get 0)))'
            ' (func (export "endless") (param i32) (result i32) (call $round (local.get 0))))')


def check_stack(name):
    """What is said to be the most that is used is enough, and not much more than that."""
    if not shutil.which("wat2wasm"):
        return print("the stack's use skipped: there is no wat2wasm")
    text = deep(32)
    for file, contents in (("deep", text.replace(text[text.index(" (func $round"):text.index(' (func (export "deep")')], "").replace(
            text[text.index(' (func (export "endless")'):], ")")), ("endless", text)):
        with open(file + ".wat", "w", encoding="ascii") as out:
            out.write(contents)
        subprocess.run(["wat2wasm", file + ".wat", "-o", file + ".wasm"], check=True)
    told = json.loads(apus("inspect", "--target", name, "--json", "deep.wasm").stdout)["stackUse"]
    expect("the deepest path", told["path"][0] == "deep_export_deep" and [f"f{n}" for n in range(2, 30)] == [
        call for call in told["path"] if call in {f"f{n}" for n in range(2, 30)}], told)
    # What the runtime keeps in reserve comes on top.
    need = told["bytes"] + 512
    for size, is_enough in ((need, True), (need * 3 // 4, False)):
        done = apus("run", "--target", name, "--stack-size", str(size // 8 * 8), "--invoke", "deep", "deep.wasm", "35")
        expect(f"a stack of {size} of {need}", ("call stack exhausted" in done.stdout) != is_enough and (done.returncode == 0) == is_enough, done)
    told = json.loads(apus("inspect", "--target", name, "--json", "endless.wasm").stdout)["stackUse"]
    expect("what has no bound", "bytes" not in told and len(told["path"]) == 2 and told["path"][0] == told["path"][1], told)
    done = apus("inspect", "--target", name, "endless.wasm").stdout
    expect("no bound in words", f"most stack: no bound, by {told['path'][0]} > {told['path'][0]}\n" in done, done)
    with open("wants.wat", "w", encoding="ascii") as out:
        out.write('(module (import "env" "led" (func (param i32))) (memory 1 1) (func (export "f") (call 0 (i32.const 1))))')
    subprocess.run(["wat2wasm", "wants.wat", "-o", "wants.wasm"], check=True)
    done = apus("inspect", "--target", name, "wants.wasm")
    lines = done.stdout.splitlines()
    expect("what the board supplies", lines[:2] == ["the board supplies", "  void apus_import_env_led(struct apus_host *host, uint32_t l0);"], done)
    # Which never grows.
    expect("the guest's memory", any(line.split() == ["guest", "memory", "65536"] for line in lines), done)
    grows = apus("inspect", "--target", name, MODULE).stdout.splitlines()
    expect("one that grows", any(line.split()[:6] == ["of", "which", "it", "takes", "at", "first"] and int(line.split()[6]) >= 65536 for line in grows), grows)
    flash = int(next(line for line in lines if line.startswith("flash")).split()[2])
    with open("led.c", "w", encoding="ascii") as out:
        out.write('#include "wants.h"\nvoid apus_import_env_led(struct apus_host *host, uint32_t on) { (void)host, (void)on; }\n')
    apus("build", "--target", name, "--invoke", "f", "--link", "led.c", "wants.wasm", "-o", "wants.elf", "--report-to", "wants.json")
    with open("wants.json", encoding="ascii") as file:
        built = json.load(file)["size"]["flash"]
    expect("the budget is near", 0 <= built - flash < 900, (flash, built))
    for wrong in (["--json", "wants.wasm"], ["--target", name, "--prototypes", "wants.wasm"], ["--target", "z80", "wants.wasm"]):
        expect(f"inspect {wrong} is wrong", apus("inspect", *wrong).returncode == 2)


def main():
    listed = apus("targets").stdout.splitlines()
    expect("the list", len(listed) == 9, listed)
    there = boards_there(APUS)
    shown = apus("targets", "--show", "cortex-m0").stdout
    expect("a target's file", 'like: "cortex-m3"' in shown, shown)
    expect("no such target", apus("targets", "--show", "z80").returncode == 2 and apus("build", "--target", "z80", MODULE, "-o", "x").returncode == 2)
    for name in there:
        for model in ("one", "many") if name == "rv32imc" or "--quick" not in sys.argv else ("one",):
            check(name, model)
    # Its C by clang, linked by gcc with the target's libraries.
    if not shutil.which("clang"):
        print("images by clang skipped: it is not there")
    else:
        for name in there:
            if name.startswith("cortex") and ("--quick" not in sys.argv or name in ("cortex-m0", "cortex-m4f")):
                check(name, "many" if name == "cortex-m4f" else "one", "--cc", "clang")
    if "cortex-m4" in there:
        done = apus("build", "--target", "cortex-m4", "--cc", "clang", MODULE, "-o", "clang.elf")
        expect("clang says nothing", done.returncode == 0 and not done.stderr and not done.stdout, done.stdout + done.stderr)
        check_command("cortex-m4")
        check_report("cortex-m4")
        check_stack("cortex-m4")
        check_folder("cortex-m4")
        check_files("cortex-m4")
    for name in ("rv32imac", "xtensa"):
        if name in there:
            check_stack(name)
    for name, model in (("cortex-m0", "one"), ("rv32imac", "many"), ("xtensa", "one")):
        if name in there:
            check_baked(name, model)
    shutil.rmtree(work)
    report()


main()
