#!/usr/bin/env python3
"""Runs wasi-testsuite (wasm32-wasip1) through the translator and this tree's Runtime-C.

APUS_TEST_DATA names the folder that holds wasi/{assemblyscript,c,rust}. Each test gets a
fresh copy of its root, because what a failing test leaves behind can make a later run pass,
and runs once with each way to resolve paths. The Rust tests run twice as often: their default
accepts the union of what systems answer, and with ERRNO_MODE_UNIX=1 in the guest's
environment they are strict. A folder with another number
of tests than expected is a failure: a runner that finds nothing would be green.

    Tests/WASI/suite.py                        all
    Tests/WASI/suite.py --only rust/renumber   these alone, output shown
"""
import argparse, concurrent.futures, ctypes, hashlib, json, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RUNTIME = os.path.join(ROOT, "Runtime-C")
EXPECTED = {"assemblyscript": 10, "c": 12, "rust": 37}
# With arguments and output, with an environment, with a root.
BY_ADAPTER = {"assemblyscript/fd_write-to-stdout", "assemblyscript/args_get-multiple-arguments",
              "assemblyscript/environ_get-multiple-variables", "c/lseek"}
FLAGS = ["-std=gnu11", "-w", "-O1", "-ffp-contract=off", "-fno-optimize-sibling-calls", "-fno-finite-loops", "-fstack-clash-protection",
         "-fno-math-errno", "-fdata-sections", "-I", os.path.join(RUNTIME, "include")]


def checked(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} ... exits {done.returncode}: {(done.stderr + done.stdout)[:800]}")


def build_runtime(options):
    """The objects of core, port and wasi, compiled once from this tree."""
    folder = os.path.join(options.work, "runtime")
    os.makedirs(folder, exist_ok=True)
    objects = []
    for part in ("core", "port/posix", "wasi"):
        for name in sorted(os.listdir(os.path.join(RUNTIME, part))):
            if not name.endswith(".c"):
                continue
            output = os.path.join(folder, part.replace("/", "-") + "-" + name[:-2] + ".o")
            checked([options.cc, *FLAGS, *options.define, "-c", os.path.join(RUNTIME, part, name), "-o", output])
            objects.append(output)
    return objects


def translate(options, suite, name):
    """The object of a module and its program; kept while module, apus and headers are the same."""
    module = os.path.join(options.data, suite, name + ".wasm")
    key = hashlib.sha256(options.key)
    with open(module, "rb") as file:
        key.update(file.read())
    folder = os.path.join(options.work, "modules", key.hexdigest()[:24])
    if not os.path.exists(os.path.join(folder, "done")):
        shutil.rmtree(folder, ignore_errors=True)
        checked([options.apus, "translate", module, "-o", folder, "--name", "module", "--instances", "many", "--no-makefile"])
        for source in ("module.c", os.path.join(HERE, "suite_main.c")):
            output = os.path.join(folder, os.path.basename(source)[:-2] + ".o")
            checked([options.cc, *FLAGS, "-I", folder, "-c", os.path.join(folder, source), "-o", output])
        open(os.path.join(folder, "done"), "w").close()
    return folder


def hash_of_headers(options):
    key = hashlib.sha256(" ".join([options.cc] + FLAGS).encode())
    files = [options.apus, os.path.join(HERE, "suite_main.c")]
    files += [os.path.join(RUNTIME, "include", name) for name in sorted(os.listdir(os.path.join(RUNTIME, "include")))]
    for name in files:
        with open(name, "rb") as file:
            key.update(file.read())
    return key.digest()


def read_spec(options, suite, name):
    path = os.path.join(options.data, suite, name + ".json")
    spec = {}
    if os.path.exists(path):
        with open(path) as file:
            spec = json.load(file)
    unknown = set(spec) - {"args", "env", "root", "exit_code", "stdout", "stderr"}
    if unknown:
        raise RuntimeError(f"the runner does not know {', '.join(sorted(unknown))}")
    return spec


def run(options, suite, name, resolver, strict, folder):
    """None, or what went wrong."""
    spec = read_spec(options, suite, name)
    program = os.path.join(folder, "program")
    with tempfile.TemporaryDirectory(prefix="apus-suite-") as scratch:
        command = [name + ".wasm", "--resolver", resolver]
        if "root" in spec:
            root = os.path.join(scratch, "root")
            shutil.copytree(os.path.join(options.data, suite, spec["root"]), root)
            checked(["chmod", "-R", "u+w", root])
            command += ["--dir", root + "::/"]
        for key, value in spec.get("env", {}).items():
            command += ["--env", f"{key}={value}"]
        if strict:
            command += ["--env", "ERRNO_MODE_UNIX=1"]
        reader, writer = os.pipe()  # standard input stays open and empty
        try:
            done = subprocess.run(command + ["--"] + spec.get("args", []), executable=program, stdin=reader,
                                  capture_output=True, text=True, timeout=options.timeout, cwd=scratch)
        except subprocess.TimeoutExpired:
            return f"no end after {options.timeout} s"
        finally:
            os.close(reader)
            os.close(writer)
    if options.only:
        sys.stdout.write(done.stdout + done.stderr)
    return compare(spec, done)


def compare(spec, done):
    wrong = []
    if done.returncode != spec.get("exit_code", 0):
        wrong.append(f"exit status {done.returncode}, expected {spec.get('exit_code', 0)}: {done.stderr[-400:].strip()}")
    for stream in ("stdout", "stderr"):
        if stream in spec and getattr(done, stream)[:len(spec[stream])] != spec[stream]:
            wrong.append(f"{stream} is {getattr(done, stream)[:100]!r}")
    return "; ".join(wrong) or None


def run_by_adapter(options, suite, name):
    """The same through adapter.py, in the way of the suite's own runner."""
    import adapter
    spec = read_spec(options, suite, name)
    with tempfile.TemporaryDirectory(prefix="apus-suite-") as scratch:
        adapter.PROGRAMS = adapter.Path(scratch, "programs")
        root = None
        if "root" in spec:
            root = adapter.Path(scratch, "root")
            shutil.copytree(os.path.join(options.data, suite, spec["root"]), root)
        surroundings = (spec.get("args", []), spec.get("env", {}), root)
        argv = adapter.compute_argv(os.path.join(options.data, suite, name + ".wasm"), surroundings, [],
                                    adapter.get_wasi_worlds()[0], adapter.get_wasi_versions()[0])
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=options.timeout)
    if not adapter.get_version()[0].isdigit():
        return f"the version is {adapter.get_version()!r}"
    return compare(spec, done)


def has_openat2():
    """A size that no kernel knows is EINVAL where there is such a call."""
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.syscall(437, -1, b"", None, ctypes.c_size_t(0)) < 0 and ctypes.get_errno() == 22


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--cc", default=os.environ.get("CC", "cc"))
    parser.add_argument("--define", action="append", default=[], help="a flag for Runtime-C, such as -DNAME")
    parser.add_argument("--work", default=os.path.join(HERE, "build", "suite"))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=20)
    parser.add_argument("--only", nargs="*", help="SUITE/NAME")
    parser.add_argument("--resolver", nargs="*", default=["walk", "openat2"], help="walk, openat2 or both")
    options = parser.parse_args()
    if not os.environ.get("APUS_TEST_DATA"):
        print("skipped: APUS_TEST_DATA is not set, so there is no wasi-testsuite to run")
        return 0
    if not os.path.exists(options.apus):
        print(f"{options.apus} is missing: make release")
        return 1
    options.data = os.path.join(os.environ["APUS_TEST_DATA"], "wasi")
    options.key = hash_of_headers(options)
    os.environ["APUS"] = options.apus
    if "openat2" in options.resolver and not has_openat2():
        print("skipped: openat2, the kernel has none or a filter refuses it")
        options.resolver.remove("openat2")
    passed, failures, tests = 0, [], []
    for suite, count in EXPECTED.items():
        folder = os.path.join(options.data, suite)
        names = sorted(name[:-5] for name in os.listdir(folder) if name.endswith(".wasm")) if os.path.isdir(folder) else []
        if len(names) != count:
            failures.append((suite, "data", f"{len(names)} tests in {folder}, expected {count}"))
        tests += [(suite, name) for name in names if not options.only or f"{suite}/{name}" in options.only]
    objects = build_runtime(options)

    def one(test):
        results = []
        try:
            folder = translate(options, *test)
            checked([options.cc, os.path.join(folder, "module.o"), os.path.join(folder, "suite_main.o"), *objects,
                     "-Wl,--gc-sections", "-lm", "-lpthread", "-o", os.path.join(folder, "program")])
        except RuntimeError as error:
            return [(*test, "translation", str(error))]
        for resolver in options.resolver:
            for strict in (False, True) if test[0] == "rust" else (False,):
                mode = resolver + (", strict" if strict else "")
                results.append((*test, mode, run(options, *test, resolver, strict, folder)))
        if "/".join(test) in BY_ADAPTER:
            results.append((*test, "adapter", run_by_adapter(options, *test)))
        return results

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for results in pool.map(one, tests):
            for suite, name, mode, wrong in results:
                if wrong:
                    failures.append((f"{suite}/{name}", mode, wrong))
                else:
                    passed += 1
    for test, mode, wrong in failures:
        print(f"{test} ({mode}): {wrong}\n    again: Tests/WASI/suite.py --only {test}")
    print(f"wasi-testsuite: {passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
