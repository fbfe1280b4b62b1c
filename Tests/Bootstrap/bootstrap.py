#!/usr/bin/env python3
"""Apus translated by itself does what the native command does.

Builds it (Bootstrap/build.sh, then `make CC=cc` in an unpacked archive), and compares files,
output and exit status of the two commands: over the golden cases, modules with great
numbers in them, and the scripts' modules and programs of APUS_TEST_DATA. Then the module translated by apus-c has to give the same C.

--keep takes what was built before; --only NAME takes modules with NAME in their path; --deal
translates each program in one of three ways, in turn.
"""
import argparse, concurrent.futures, filecmp, glob, hashlib, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
APUS = os.path.join(ROOT, ".build", "release", "apus")
FOLDER = os.path.join(ROOT, ".build", "bootstrap")
sys.path.insert(0, HERE)
import great_numbers  # noqa: E402

CHOICES = (
    ["--memory", "guard", "--instances", "one"],
    ["--memory", "bounds", "--instances", "many"],
    ["--profile", "firmware", "--instances", "one"],
    ["--fuel", "--interruptible", "--instances", "one"],
)
PROJECTS = [["--project", name] for name in ("make", "cmake", "esp-idf", "zephyr", "platformio", "arduino", "cargo")]


def missing():
    """What is not there to build with."""
    if subprocess.run([sys.executable, "-m", "ziglang", "version"], capture_output=True).returncode:
        return "ziglang"
    compiler = shutil.which("swiftc")
    library = "lib/swift/embedded/wasm32-unknown-none-wasm"
    if not compiler or not os.path.isdir(os.path.join(os.path.dirname(os.path.realpath(compiler)), "..", library)):
        return "Embedded Swift for wasm32"


def build(folder):
    """Builds from an archive, as somebody without Swift does; answers the command."""
    environment = dict(os.environ, APUS=APUS, ZIG=sys.executable + " -m ziglang")
    subprocess.run([os.path.join(ROOT, "Bootstrap", "build.sh"), FOLDER], check=True, env=environment)
    subprocess.run([os.path.join(ROOT, "Bootstrap", "dist.sh"), FOLDER], check=True, env=environment)
    archive, = glob.glob(os.path.join(FOLDER, "apus-c-*.tar.gz"))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    subprocess.run(["tar", "-xzf", archive, "-C", folder, "--strip-components=1"], check=True)
    subprocess.run(["make", "-s", "-j2", "CC=cc"], cwd=folder, check=True)


def files(folder):
    return sorted(
        os.path.relpath(os.path.join(path, name), folder) for path, _, names in os.walk(folder) for name in names)


def run(*command, cwd=None):
    done = subprocess.run(command, capture_output=True, cwd=cwd)
    return done.returncode, done.stdout, done.stderr


def difference(command, path, flags):
    """How the two commands differ in a translation; None if they do not."""
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = os.path.join(folder, "a"), os.path.join(folder, "b")
        arguments = ["translate", path, *flags, "-o"]
        if run(APUS, *arguments, ours, "--jobs", "1") != run(command, *arguments, theirs):
            return "exit status or messages"
        # A folder is made before the module is read by both.
        if files(ours) != files(theirs):
            return "names of files"
        for name in files(ours):
            if not filecmp.cmp(os.path.join(ours, name), os.path.join(theirs, name), shallow=False):
                return name


def check(job):
    command, path, flags = job
    if flags is None:
        for subcommand in (["validate"], ["inspect"], ["inspect", "--prototypes"]):
            if run(APUS, *subcommand, path) != run(command, *subcommand, path):
                return path, subcommand, "output"
        return None
    found = difference(command, path, flags)
    return found and (path, ["translate", *flags], found)


def jobs(command, only, folder, deal):
    modules = {}
    for index, (what, contents) in enumerate(great_numbers.modules()):
        path = os.path.join(folder, f"{index}-{what.replace(' ', '_').replace('|', '-')}.wasm")
        with open(path, "wb") as file:
            file.write(contents)
        modules[path] = [["--no-makefile"]]
    for path in sorted(glob.glob(os.path.join(ROOT, "Tests", "Golden", "*.wat"))):
        with open(path, encoding="utf-8") as file:
            flags = file.readline().removeprefix(";; ").split()
        modules[path[:-4] + ".wasm"] = [flags]
    # Numbers that are no Int of 32 bits, where they are allowed.
    for path in sorted(glob.glob(os.path.join(HERE, "*.wasm"))):
        modules[path] = [*CHOICES, *PROJECTS]
    data = os.environ.get("APUS_TEST_DATA")
    if data:
        seen = set()
        for path in sorted(glob.glob(os.path.join(data, "spec", "**", "*.wasm"), recursive=True)):
            with open(path, "rb") as file:
                digest = hashlib.sha256(file.read()).digest()
            if digest not in seen:
                modules[path] = [["--no-makefile"]]
            seen.add(digest)
        for k, path in enumerate(sorted(glob.glob(os.path.join(data, "programs", "**", "*.wasm"), recursive=True))):
            modules[path] = [CHOICES[k % len(CHOICES)]] if deal else CHOICES
    else:
        print("bootstrap: scripts and programs SKIPPED: APUS_TEST_DATA is not set")
    for path, choices in modules.items():
        if only in path:
            for flags in (None, *choices):
                yield command, path, flags


def paths(command):
    """What is wrong with relative paths."""
    with tempfile.TemporaryDirectory() as folder:
        # Named as what the program calls the host's root.
        os.mkdir(os.path.join(folder, "root"))
        module = os.path.join(HERE, "image.wasm")
        shutil.copy(module, os.path.join(folder, "root", "image.wasm"))
        if run(command, "translate", "root/image.wasm", "-o", "root/deep/out", cwd=folder)[0]:
            return "root/image.wasm is not translated"
        if run(command, "translate", module, "-o", "./out/", cwd=folder)[0]:
            return "./out/ is not written"
        if files(os.path.join(folder, "out")) != files(os.path.join(folder, "root", "deep", "out")):
            return "out and root/deep/out differ"
        status, _, message = run(command, "validate", "../image.wasm", cwd=os.path.join(folder, "root"))
        if status != 3 or b"leads out of the working folder" not in message:
            return "../image.wasm is not refused"
        status, _, message = run(command, "validate", "no-such.wasm", cwd=folder)
        if (status, message) != (3, b"apus: cannot open no-such.wasm: No such file or directory\n"):
            return "no-such.wasm is not missed"


# Options that are wrong, whoever is asked.
WRONG = [["--max-memory", "99999999999"], ["--profile", "firmware", "--memory", "guard"], ["--name", "7a"],
         ["--memory", "unchecked", "--traps", "exact"], ["--max-memory", "1"], ["--project", "cmake", "--no-makefile"],
         ["--project", "zephyr", "--profile", "host"]]


def rules(command):
    """Which wrong options are not refused alike."""
    with tempfile.TemporaryDirectory() as folder:
        for flags in WRONG:
            arguments = ["translate", os.path.join(HERE, "image.wasm"), "-o", os.path.join(folder, "out"), *flags]
            (status, _, ours), (other, _, theirs) = run(APUS, *arguments), run(command, *arguments)
            first = theirs.splitlines()[:1]
            if (status, other) != (2, 2) or first != ours.splitlines()[:1] or os.listdir(folder):
                return f"{flags}: {status}, {ours[:200]}; {other}, {theirs[:200]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--deal", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    lacking = missing()
    if lacking:
        print(f"bootstrap: SKIPPED: {lacking} is not there")
        return 0
    folder = os.path.join(FOLDER, "unpacked")
    if not options.keep:
        build(folder)
    command = os.path.join(folder, "apus-c")
    failed = count = 0
    numbers = os.path.join(FOLDER, "great-numbers")
    os.makedirs(numbers, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for found in pool.map(check, jobs(command, options.only, numbers, options.deal)):
            count += 1
            if found:
                failed += 1
                path, subcommand, what = found
                print(f"FAIL {' '.join(subcommand)} {path}: {what} differ; rerun: {__file__} --keep --only {path}")
    found = paths(command)
    if found:
        failed += 1
        print(f"FAIL relative paths: {found}")
    found = rules(command)
    if found:
        failed += 1
        print(f"FAIL wrong options: {found}")
    # The second round.
    module = os.path.join(FOLDER, "apus-c.wasm")
    flags = ["--name", "translator", "--dir", ".::/here", "--dir", "/::/root"]
    found = difference(command, module, flags)
    if found:
        failed += 1
        print(f"FAIL the second round: {found} differ")
    print(f"bootstrap: {count} comparisons and a second round, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
