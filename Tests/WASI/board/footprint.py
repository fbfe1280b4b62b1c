#!/usr/bin/env python3
"""Text, RAM and worst stack of the WASI layer on Cortex-M, for each profile.

The image is linked with --gc-sections; text is what the linker's map says of the
layer's own objects, constants included. The stack is the deepest chain of calls
from a function that the module imports, from the compiler's own call graph; what
the board's functions take is not in it, what the RAM file system takes is."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RUNTIME = HERE.parents[2] / "Runtime-C"
COMPILER = "arm-none-eabi-gcc"

CONSOLE = """args_get args_sizes_get environ_get environ_sizes_get clock_time_get clock_res_get random_get fd_read fd_write
fd_fdstat_get fd_close fd_seek proc_exit""".split()
ALL = re.findall(r'{"(\w+)", "', (HERE.parent / "dispatch.c").read_text())
SHARED = [RUNTIME / "wasi" / f"wasi_{name}.c" for name in ("table", "descriptor", "args", "guest", "exports")]
BOARD = [RUNTIME / "port/board" / f"{name}.c" for name in ("context", "io", "process", "attributes", "poll", "sock")]

# profile: imports, further sources, not counted, most text in bytes, most stack in bytes
PROFILES = {
    "P0 console": (CONSOLE, ["no_files.c"], [], 4096, 512),
    "P1 no files": (ALL, ["no_files.c"], [], 7168, 512),
    "P2 files": (ALL, ["files.c"], ["ramfs.c"], 14336, 1536),
}


def run(command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(" ".join(str(part) for part in command) + "\n" + done.stdout)
    return done.stdout


def text_of(map_file):
    """Bytes of text and constants of each object in the linked image."""
    sizes, in_memory = {}, False
    # A long name stands on a line of its own.
    text = re.sub(r"(\n \.\S+)\n +0x", r"\1 0x", map_file.read_text())
    for line in text.splitlines():
        in_memory |= line.startswith("Linker script and memory map")
        found = re.match(r" \.(text|rodata)\S*\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s+(\S+\.o)$", line)
        if in_memory and found:
            name = pathlib.Path(found[3]).name
            sizes[name] = sizes.get(name, 0) + int(found[2], 16)
    return sizes


def deepest(folder, starts, indirect):
    """Stack in bytes of the deepest chain, and the chain."""
    frames, edges = {}, {}
    for path in folder.glob("*.ci"):
        text = path.read_text()
        for title, label in re.findall(r'node: { title: "([^"]+)" label: "([^"]+)"', text):
            found = re.search(r"(\d+) bytes \((\w+)", label)
            if found:
                if found[2] != "static":
                    sys.exit(f"{title}: the frame is not of one size")
                frames[title] = int(found[1])
        for source, target in re.findall(r'edge: { sourcename: "([^"]+)" targetname: "([^"]+)"', text):
            edges.setdefault(source, set()).add(target)
    known, running = {}, set()

    def depth(name):
        if name in running:
            sys.exit(f"{name} calls itself")
        if name not in known:
            running.add(name)
            targets = set(edges.get(name, ()))
            if "__indirect_call" in targets:
                # The RAM file system's functions are called through its table. It, and the table of
                # descriptors, call only locks that way.
                locks = name in ("wasi_lock", "wasi_unlock") or (indirect or "") in name
                targets |= {title for title in frames if not locks and f"{indirect}:ram_" in title}
            known[name] = max([(0, [])] + [depth(target) for target in sorted(targets) if target in frames])
            running.remove(name)
        below, chain = known[name]
        return below + frames[name], [name] + chain

    return max(depth(name) for name in starts)


def measure(core, profile, folder):
    imports, more, uncounted, text_limit, stack_limit = PROFILES[profile]
    files = "P2" in profile
    flags = [f"-mcpu={core}", "-mthumb", "-Os", "-std=gnu11", "-ffunction-sections", "-fdata-sections", "-DAPUS_CONFIG_WASI_BOARD",
             f"-I{RUNTIME / 'include'}", f"-I{RUNTIME / 'wasi'}", f"-I{RUNTIME / 'port/board'}", "--specs=picolibc.specs"]
    if files:
        flags.append("-DAPUS_CONFIG_WASI_FILES")
    objects = []
    for source in SHARED + BOARD + [RUNTIME / "port/board" / name for name in more + uncounted]:
        target = folder / (source.stem + ".o")
        run([COMPILER, *flags, "-Wall", "-Wextra", "-Werror", "-fcallgraph-info=su", "-c", source, "-o", target])
        objects.append(target)
    program = folder / "footprint_program.o"
    keep = ", ".join(f"KEEP({name})" for name in imports)
    run([COMPILER, *flags, f"-DIMPORTS={keep}", "-c", HERE / "footprint_program.c", "-o", program])
    image, map_file = folder / "image.elf", folder / "image.map"
    run([COMPILER, *flags, "-nostartfiles", "-Wl,--gc-sections,-e,main", f"-Wl,-Map={map_file}", program, *objects, "-o", image])
    symbols = run(["arm-none-eabi-nm", "-S", image])
    for forbidden in ("malloc", "_sbrk", "printf"):
        if re.search(rf" [TtWw] {forbidden}$", symbols, re.M):
            sys.exit(f"{profile}: {forbidden} is in the image")
    sizes = text_of(map_file)
    text = sum(size for name, size in sizes.items() if pathlib.Path(name).stem + ".c" not in uncounted and "footprint" not in name)
    if text < 1000:
        sys.exit(f"{profile}: the map names {text} bytes only")
    context = int(re.search(r"^\S+ (\S+) [BD] wasi$", symbols, re.M)[1], 16)
    # Functions that can be replaced have the file before their name.
    exports = RUNTIME / "wasi" / "wasi_exports.c"
    starts = [f"{exports}:apus_import_wasi_snapshot_preview1_{name}" for name in imports]
    stack, chain = deepest(folder, starts, "ramfs.c" if files else None)
    print(f"{core:10} {profile:12} text {text:6} of {text_limit:6}   context {context:5}   stack {stack:5} of {stack_limit:5}")
    print("           " + " > ".join(name.split(":")[-1] for name in chain))
    if uncounted:
        print("           " + ", ".join(f"{name}: {sizes[name[:-2] + '.o']} bytes more" for name in uncounted))
    return text <= text_limit and stack <= stack_limit


def main():
    if not shutil.which(COMPILER):
        print(f"skipped: {COMPILER} is not installed")
        return 0
    good = True
    for core in ("cortex-m4", "cortex-m0"):
        for profile in PROFILES:
            with tempfile.TemporaryDirectory(prefix="apus-footprint-") as folder:
                good &= measure(core, profile, pathlib.Path(folder))
    if not good:
        print("too large")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
