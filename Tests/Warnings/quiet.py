#!/usr/bin/env python3
"""What apus writes, and Runtime-C, compile without a warning: -std=c11 -Wall -Wextra -Werror, by
gcc and, where they are found, by clang and a compiler for 32 bits.

The modules are the project's own. Where APUS_TEST_DATA is set, some of its programs and scripts
are compiled, too; --all takes every one (most of an hour). One module is compiled under names
that mean something to C or to the runtime.
"""
import argparse, concurrent.futures, glob, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-o", os.devnull]
CHOICES = {
    "guard-one": ["--memory", "guard", "--instances", "one"],
    "guard-many": ["--memory", "guard", "--instances", "many"],
    "bounds-one": ["--memory", "bounds", "--instances", "one", "--split", "16384"],
    "bounds-many": ["--memory", "bounds", "--instances", "many", "--split", "65536"],
    "unchecked-many": ["--memory", "unchecked", "--instances", "many"],
    "firmware": ["--profile", "firmware", "--instances", "one"],
    "deterministic": ["--deterministic", "--instances", "one"],
    "limits-many": ["--fuel", "--interruptible", "--trace", "stores", "--trace", "calls", "--instances", "many"],
    "limits-one": ["--fuel", "--interruptible", "--trace", "calls", "--trace", "stores", "--trace", "blocks", "--memory", "bounds", "--instances", "one", "--split", "16384"],
}
NARROW = "arm-linux-gnueabihf-gcc"
# Modules of the data that are small and unlike one another.
PROGRAMS = ("shootout-switch", "quicksort", "tinygo-regex")
NAMES = ("NULL", "INT32_MAX", "SIZE_MAX", "EOF", "APUS_PAGE", "APUS_CODE", "_Thread_local", "_Bool", "__linux__", "w",
         "g", "l", "w_x", "g_x", "i", "m", "n", "host", "start", "image", "memory0", "force", "check", "errno", "main",
         "memset", "class", "struct", "apus", "L0", "t0", "data0", "A")
SCRIPTS = ("call_indirect", "br_table", "memory_init", "linking", "names", "bulk")


def compilers():
    found = [["gcc", "-O1", "-c"]]
    if shutil.which("clang"):
        found.append(["clang", "-fsyntax-only"])
    else:
        print("clang SKIPPED: it is not there")
    # Pointers of 32 bits.
    if shutil.which(NARROW):
        found.append([NARROW, "-O2", "-c"])
    else:
        print(f"{NARROW} SKIPPED: it is not there")
    return found


def check(wasm, choice, apus, with_runtime, commands, name="module"):
    """None if the module is not translated, else what the compilers said."""
    with tempfile.TemporaryDirectory() as folder:
        flags = CHOICES[choice] + ([] if with_runtime else ["--no-makefile"])
        done = subprocess.run([apus, "translate", wasm, "-o", folder, "--name", name, *flags], capture_output=True)
        # Some of these do not go with threads.
        if done.returncode in (1, 5) or b"the module starts threads" in done.stderr:
            return None
        if done.returncode != 0:
            return done.stderr.decode()
        runtime = folder + "/runtime/include" if with_runtime else os.path.join(ROOT, "Runtime-C", "include")
        extra = ["-iquote", folder, "-I" + runtime]
        if choice == "firmware":
            extra += ["-DAPUS_FREESTANDING", "-DAPUS_CONFIG_WASI_BOARD", "-DAPUS_CONFIG_WASI_FILES",
                      "-DAPUS_STRICT_ALIGNMENT=1"]
        if choice == "deterministic":
            extra.append("-DAPUS_COUNTS_CALLS")
        # Guard pages need addresses of 64 bits.
        is_narrow = choice == "firmware" or "bounds" in CHOICES[choice]
        said = ""
        for file in sorted(glob.glob(folder + "/**/*.c", recursive=True)):
            for command in commands:
                if command[0] == NARROW and not is_narrow:
                    continue
                result = subprocess.run([*command, *FLAGS, *extra, file], capture_output=True, text=True)
                if result.returncode != 0 or result.stderr:
                    said += result.stderr[:2000]
        return said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", nargs="*", help="paths of modules")
    parser.add_argument("--deal", action="store_true", help="each module in two of the ways, in turn")
    options = parser.parse_args()
    commands = compilers()
    own = [os.path.join(ROOT, path) for path in sorted(
        subprocess.run(["git", "ls-files", "*.wasm"], cwd=ROOT, capture_output=True, text=True).stdout.split())]
    own = own or sorted(glob.glob(ROOT + "/[TE]*/**/*.wasm", recursive=True))
    # The runtime for a host and for a board, with WASI.
    wasi = os.path.join(ROOT, "Examples", "hello", "hello.wasm")
    jobs = [(wasi, "guard-one", True), (wasi, "firmware", True), (wasi, "deterministic", True)]
    choices = list(CHOICES)

    def dealt(ways, k, share):
        return [ways[(k + step) % len(ways)] for step in range(share)] if options.deal else ways

    # A module's two ways lie apart: first and fourth are of both models and both memories.
    jobs += [(path, choice, False) for k, path in enumerate(own)
             for choice in dealt([choices[i] for i in (0, 3, 1, 2, 4, 5, 6, 7, 8)], 2 * k, 2)]
    public = os.path.join(HERE, "modules", "public.wasm")
    jobs += [(public, choice, False, name) for k, name in enumerate(NAMES)
             for choice in dealt(["guard-one", "guard-many"], k, 1)]
    data = os.environ.get("APUS_TEST_DATA")
    if options.only:
        jobs = [(path, choice, False) for path in options.only for choice in CHOICES]
    elif data:
        def modules(folder, names):
            found = []
            for name in sorted(os.listdir(os.path.join(data, folder))) if options.all else names:
                found += sorted(glob.glob(os.path.join(data, folder, name, "*.wasm")))
            return found
        jobs += [(path, choice, False) for path in modules("programs", PROGRAMS) for choice in ("guard-one", "bounds-many")]
        jobs += [(path, "bounds-many", False) for path in modules("spec/core", SCRIPTS)]
    else:
        print("programs and scripts SKIPPED: APUS_TEST_DATA is not set")
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = [pool.submit(check, path, choice, options.apus, runtime, commands, *name) for path, choice, runtime, *name in jobs]
        for (path, choice, runtime, *name), result in zip(jobs, results):
            said = result.result()
            if said is None:
                continue
            if said:
                failed += 1
                print(f"FAILED {path} {choice} {''.join(name)}{' with the runtime' if runtime else ''}\n{said[:1000]}", flush=True)
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
