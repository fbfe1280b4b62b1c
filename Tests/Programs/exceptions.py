#!/usr/bin/env python3
"""C++ programs of ours with exceptions in both encodings: what they print and how they end, as native C++ does.

formulas.cpp is also built without exceptions. Each module is translated in both models, with both kinds of
checks, and compiled by gcc and clang with -O0 and -O2; --deal gives each two of these sixteen, which have
nothing in common.
"""
import argparse, concurrent.futures, itertools, os, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
KERNELS = os.path.join(ROOT, "Tests", "Benchmarks")
sys.path.insert(0, os.path.dirname(HERE))
import cplusplus
from checks import expect, report

SOURCES = {
    # An exception that nobody catches ends a program as abort() does.
    "exceptions": (os.path.join(HERE, "exceptions", "exceptions.cpp"), [["3"], ["0"], ["uncaught"], ["noexcept"], ["terminate"]]),
    "formulas": (os.path.join(KERNELS, "exceptions", "formulas.cpp"), [["300", "9"], ["501", "30", "7"]]),
    "thrown": (os.path.join(KERNELS, "exceptions", "thrown.cpp"), [["1001"], ["100", "2"]]),
}
# (source, encoding, options)
MODULES = [("exceptions", "legacy", ["-O2"]), ("exceptions", "exnref", ["-O2"]), ("exceptions", "legacy", ["-O0"]),
           ("exceptions", "exnref", ["-O0"]), ("formulas", "legacy", ["-O2"]), ("formulas", "exnref", ["-O2"]),
           ("formulas", None, ["-O2", "-DCODES"]), ("thrown", "legacy", ["-O2"]), ("thrown", "exnref", ["-O2"])]


def ended(program, arguments):
    """(exit status, stdout); a signal is a status as the shell has it."""
    done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return done.returncode if done.returncode >= 0 else 128 - done.returncode, done.stdout


def native(work, compiler):
    """{source: [(status, stdout)]}"""
    results = {}
    for name, (source, runs) in SOURCES.items():
        program = os.path.join(work, name + ".native")
        marks = [] if name == "exceptions" else ["-x", "c++", os.path.join(KERNELS, "kernels", "bench_native.c")]
        subprocess.run([compiler, "-std=c++17", "-O1", "-w", source, *marks, "-o", program], check=True)
        results[name] = [ended(program, arguments) for arguments in runs]
    return results


def differs(options, module, config, name, expected):
    """None, or what was not as it is natively."""
    model, memory, compiler, level = config
    program = f"{module[:-5]}.{'-'.join(config)}"
    done = subprocess.run([options.apus, "build", module, "-o", program, "--instances", model, "--memory", memory, "--cc", compiler,
                           "-" + level, "--link", os.path.join(HERE, "bench.c")], capture_output=True, text=True, timeout=600)
    if done.returncode:
        return f"build exits {done.returncode}: {done.stderr[:400]}"
    for arguments, (status, out) in zip(SOURCES[name][1], expected):
        got = ended(program, arguments)
        if got != (status, out):
            lines = [pair for pair in itertools.zip_longest(got[1].splitlines(), out.splitlines()) if pair[0] != pair[1]]
            return f"{arguments}: status {got[0]}, natively {status}; {lines[:3]}"
    os.remove(program)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--work", default=os.path.join(ROOT, ".build", "exceptions"))
    parser.add_argument("--deal", action="store_true")
    options = parser.parse_args()
    compiler = shutil.which("g++") or shutil.which("clang++")
    why = cplusplus.missing() or (None if compiler else "there is no g++ to compare with")
    if why:
        print(f"C++ with exceptions skipped: {why}")
        return
    os.makedirs(options.work, exist_ok=True)
    compilers = [name for name in ("gcc", "clang") if shutil.which(name)]
    if "clang" not in compilers:
        print("C++ with exceptions by clang skipped: it is not installed")
    configs = list(itertools.product(("one", "many"), ("guard", "bounds"), compilers, ("O0", "O2")))
    results = native(options.work, compiler)
    jobs = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for k, (name, encoding, flags) in enumerate(MODULES):
            what = f"{name}-{encoding or 'codes'}{flags[0]}"
            module = os.path.join(options.work, what + ".wasm")
            said = cplusplus.build([SOURCES[name][0]], module, encoding, ["-std=c++17", *flags], options.work)
            expect(what, said is None, said)
            if said:
                continue
            chosen = [configs[k % len(configs)], configs[-1 - k % len(configs)]] if options.deal else configs
            jobs += [(f"{what} {' '.join(config)}", pool.submit(differs, options, module, config, name, results[name]))
                     for config in chosen]
        for what, job in jobs:
            try:
                why = job.result()
            except subprocess.TimeoutExpired as error:
                why = f"time limit: {error}"
            expect(what, why is None, why)
    report()


if __name__ == "__main__":
    main()
