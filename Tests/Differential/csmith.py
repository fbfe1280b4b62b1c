#!/usr/bin/env python3
"""Runs csmith's C programs here, natively and under wasmtime: all must print the same checksum.

Each is compiled for wasm32-wasi at one level by zig's clang, translated in one of the settings of
settings.py, and compiled again. Types have fixed widths, so that the native program, of 64
bits, prints the same, too.

Needs csmith, its headers (libcsmith-dev), and the Python packages ziglang and wasmtime.
"""
import argparse, concurrent.futures, functools, glob, importlib.util, os, shutil, signal, subprocess, sys
import settings

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GUEST_LEVELS = ["-O0", "-O1", "-O2", "-O3", "-Os"]
# Of the processor, natively: one in ten hangs for ever, and what ends does so within one.
SECONDS = 2


@functools.cache
def headers():
    found = glob.glob("/usr/include/**/csmith.h", recursive=True)
    return os.path.dirname(found[0]) if found else None


def checked(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **more)
    if done.returncode:
        raise RuntimeError(f"{command[0]} {command[1]} exits {done.returncode}: {done.stderr[-300:]}")
    return done.stdout


def run(seed, options):
    """None; "long" for a program that takes too long natively, "native" for one that is another
    there than by both engines, such as one that asks for the size of a type; or what went wrong."""
    work = os.path.join(options.work, str(seed))
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    source, native, module = (os.path.join(work, name) for name in ("p.c", "native", "p.wasm"))
    # It leaves a file of its own where it runs.
    checked(["csmith", "--seed", str(seed), "-o", source, "--max-funcs", "5"], cwd=work)
    include = "-I" + headers()
    checked(["gcc", "-w", "-O1", "-fwrapv", include, source, "-o", native])
    limited = ["sh", "-c", f'ulimit -S -t {SECONDS}; exec "$0"', native]
    natively = subprocess.run(limited, capture_output=True, text=True, timeout=SECONDS * 100, check=False)
    if natively.returncode == -signal.SIGXCPU:
        shutil.rmtree(work)
        return "long"
    theirs = natively.stdout
    guest = GUEST_LEVELS[seed % len(GUEST_LEVELS)]
    zig = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    checked([sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi", "-w", guest, "-fwrapv", include,
             "-Dprintf=csmith_print", source, os.path.join(HERE, "csmith_print.c"), "-o", module], env=zig)
    setting = settings.pair(seed // 2)[seed % 2]
    program = os.path.join(work, "program")
    checked([options.apus, "build", module, "-o", program, *settings.build_options(setting)])
    ours = subprocess.run([program], capture_output=True, text=True, timeout=SECONDS * 100, check=False)
    how = f"[{guest}; {setting}]"
    if ours.returncode == 0 and ours.stdout == theirs:
        shutil.rmtree(work)
        return None
    engine = subprocess.run([sys.executable, os.path.join(HERE, "under_wasmtime.py"), module], capture_output=True,
                            text=True, timeout=SECONDS * 100, check=False)
    if (engine.returncode, engine.stdout) == (ours.returncode, ours.stdout):
        shutil.rmtree(work)
        return "native"
    return f"{how} {ours.returncode} {ours.stdout!r}, natively {theirs!r}, wasmtime {engine.stdout!r} {ours.stderr[-200:]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--work", default=os.path.join(ROOT, ".build", "csmith"))
    parser.add_argument("--first", type=int, default=1, help="the first program's seed")
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    missing = [name for name in ("ziglang", "wasmtime") if not importlib.util.find_spec(name)]
    missing += [] if shutil.which("csmith") else ["csmith"]
    missing += [] if headers() else ["csmith.h"]
    if missing:
        print(f"csmith: SKIPPED, there is no {', '.join(missing)}\n0 passed, 0 failed, 1 skipped")
        return 0

    def guarded(seed):
        try:
            return run(seed, options)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            return str(error)

    passed = failed = 0
    skipped = {"long": [], "native": []}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        seeds = range(options.first, options.first + options.count)
        for seed, why in zip(seeds, pool.map(guarded, seeds)):
            if why in skipped:
                skipped[why].append(str(seed))
            elif why:
                failed += 1
                print(f"FAILED program {seed} {why}\n  again: Tests/Differential/csmith.py --first {seed} --count 1",
                      flush=True)
            else:
                passed += 1
    for why, text in (("long", f"run for more than {SECONDS} s"), ("native", "print another sum than by both engines")):
        if skipped[why]:
            print(f"skipped {', '.join(skipped[why])}: natively these {text}")
    print(f"{passed} passed, {failed} failed, {sum(map(len, skipped.values()))} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
