#!/usr/bin/env python3
"""Compares the C of this tree's command with that of another revision's: a refactoring leaves it
byte for byte what it was.

    Tests/Golden/same.py REVISION

Every module of the project and, where APUS_TEST_DATA is set, of the data is translated by both, in
four profiles; C, headers, messages and exit status are compared. The other command is built once
in .build-same, under the revision's number. Last, the instructions that both take for the largest
module are counted, by valgrind.
"""
import argparse, concurrent.futures, difflib, glob, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
from instructions import counter  # noqa: E402

PROFILES = {
    "guard-one": ["--memory", "guard", "--instances", "one"],
    "bounds-many": ["--memory", "bounds", "--instances", "many"],
    "firmware-one": ["--profile", "firmware", "--instances", "one"],
    "split": ["--memory", "guard", "--instances", "many", "--split", "4096"],
}


def build(revision):
    """The command of a revision."""
    number = subprocess.run(["git", "rev-parse", "--verify", revision + "^{commit}"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.strip()
    command = os.path.join(ROOT, ".build-same", number[:12])
    if not os.path.exists(command):
        with tempfile.TemporaryDirectory() as tree:
            subprocess.run(["git", "--work-tree", tree, "checkout", "--quiet", number, "--", "."], cwd=ROOT, check=True,
                           env={**os.environ, "GIT_INDEX_FILE": os.path.join(tree, ".index")})
            subprocess.run(["swift", "build", "-c", "release", "--product", "apus", "--static-swift-stdlib",
                            "--package-path", tree], check=True, stdout=subprocess.DEVNULL)
            os.makedirs(os.path.dirname(command), exist_ok=True)
            shutil.copy(os.path.join(tree, ".build", "release", "apus"), command + ".new")
            os.rename(command + ".new", command)
    return command


def modules():
    own = subprocess.run(["git", "ls-files", "*.wasm"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = [os.path.join(ROOT, path) for path in own.split("\n") if path]
    data = os.environ.get("APUS_TEST_DATA")
    if data:
        found += sorted(glob.glob(os.path.join(data, "**", "*.wasm"), recursive=True))
    else:
        print("programs and scripts skipped: APUS_TEST_DATA is not set")
    return found


def written(command, module, profile):
    """All that a command writes of a module, by file name, and what it says."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        done = subprocess.run([command, "translate", *PROFILES[profile], "--no-makefile", module, "-o", folder + "/out"],
                              capture_output=True, check=False)
        texts = {"": b"%d\n" % done.returncode + done.stderr.replace(folder.encode(), b"")}
        for path in glob.glob(folder + "/out/*"):
            with open(path, "rb") as file:
                texts[os.path.basename(path)] = file.read()
        return texts


def instructions(commands, module):
    """Of a translation, by each command."""
    with tempfile.TemporaryDirectory() as folder:
        counters = [counter(command, folder) for command in commands]
        if not all(counters):
            return print("instructions skipped: valgrind is not installed")
        before, after = (count("translate", "--jobs", "1", module, "-o", f"{folder}/{k}")[0]
                         for k, count in enumerate(counters))
        print(f"instructions for {os.path.basename(module)}: {before} before, {after} after, {after / max(before, 1):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revision")
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    options = parser.parse_args()
    base = build(options.revision)
    found = modules()
    work = [(module, profile) for module in found for profile in PROFILES]
    different = 0

    def compare(job):
        return written(base, *job), written(options.apus, *job)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for (module, profile), (before, after) in zip(work, pool.map(compare, work)):
            if before == after:
                continue
            different += 1
            print(f"DIFFERENT {profile} {module}")
            if different > 1:
                continue
            name = next(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))
            lines = [text.get(name, b"").decode(errors="replace").split("\n") for text in (before, after)]
            print("\n".join(list(difflib.unified_diff(*lines, "before/" + name, "after/" + name, lineterm="", n=1))[:24]))
    instructions((base, options.apus), max(found, key=os.path.getsize))
    print(f"{len(work)} translations, {different} different")
    return 1 if different or not work else 0


if __name__ == "__main__":
    sys.exit(main())
