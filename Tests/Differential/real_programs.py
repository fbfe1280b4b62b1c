#!/usr/bin/env python3
"""Runs real programs here and under wasmtime: exit status, stdout and stderr must be the same.

wabt's wasm-interp is no second opinion: Debian's is built without WASI.
"""
import argparse, concurrent.futures, importlib.util, os, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "Tests", "Programs"))
import programs  # noqa: E402

# Two runs of one engine differ, too: times, and the seeds of hash tables.
VARIES = {("hashset", "stdout"), ("mandelbrot", "stderr"), ("c-ray", "stderr"), ("rust-wasi", "stdout")}


def run(name, entry, options):
    """None, or what differs."""
    work = os.path.join(options.work, name)
    module = programs.fresh_copy(os.path.join(options.programs, name), work)
    built = programs.build(options.apus, work, module, [options.optimise])
    if built.returncode:
        return f"build exits {built.returncode}: {built.stderr.decode(errors='replace')[:300]}"
    ours = programs.execute(work, module, entry)
    theirs = subprocess.run(
        [sys.executable, os.path.join(HERE, "under_wasmtime.py"), module] + entry.get("args", []),
        cwd=work, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
    found = []
    if ours.returncode != theirs.returncode:
        found.append(f"exit status {ours.returncode}, wasmtime {theirs.returncode}")
    for stream in ("stdout", "stderr"):
        a, b = getattr(ours, stream), getattr(theirs, stream)
        # A trap's message is each engine's own, after what the program wrote.
        same = a.startswith(b) if stream == "stderr" and ours.returncode == 134 else a == b
        if not same and (name, stream) not in VARIES:
            found.append(f"{stream}: {a[-100:]!r}, wasmtime {b[-100:]!r}")
    return "; ".join(found) or None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--work", default=os.path.join(ROOT, ".build", "differential"))
    parser.add_argument("--optimise", default="-O1")
    parser.add_argument("--fast", action="store_true", help="leave out those that take long to compile")
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    options.programs = programs.data_folder()
    if not options.programs:
        return 0
    if not importlib.util.find_spec("wasmtime"):
        print("real programs: SKIPPED, there is no Python package wasmtime\n0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = skipped = 0
    jobs = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, entry in programs.read_entries(options.programs).items():
            if options.only and name not in options.only:
                continue
            why = ("runs for minutes" if name in programs.LONG
                   else "needs a proposal that is not supported" if entry["needs"]
                   else "wasmtime has no wasi_unstable" if "wasi_unstable" in entry["imports"]
                   else "takes long to compile" if options.fast and name in programs.LARGE else None)
            if why:
                skipped += 1
                print(f"skipped {name}: {why}")
            else:
                jobs[name] = pool.submit(run, name, entry, options)
        for name, job in jobs.items():
            try:
                why = job.result()
            except subprocess.TimeoutExpired as error:
                why = f"time limit: {error}"
            passed, failed = (passed + 1, failed) if why is None else (passed, failed + 1)
            if why:
                print(f"FAILED {name}: {why}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
