#!/usr/bin/env python3
"""Compares the C for small modules with the text that is checked in beside them.

CASE.wat says in its first line how it is translated and in its second what CASE.expected
shows of that: `header`, `code` (all of CASE.c) or `functions` (their bodies alone). CASE.wasm
is made of it by `wat2wasm --debug-names CASE.wat`, or `wasm-tools parse` where the case says so; `--rebuild` does that for every case.
The case `readme` is what README shows.
`--update` writes what the translator prints now over what was expected: read the difference.
"""
import argparse, difflib, glob, os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
APUS = os.path.join(ROOT, ".build", "release", "apus")


def functions(code):
    """From the first function to the last."""
    lines = code.splitlines(keepends=True)
    first = next(k for k, line in enumerate(lines) if line.startswith("static ") and line.endswith(") {\n"))
    last = next(k for k, line in enumerate(lines) if line.startswith("/* What may trap when"))
    return "".join(lines[first:last]).rstrip() + "\n"


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def translate(case, options):
    source = read(HERE, case + ".wat").splitlines()
    flags = source[0].removeprefix(";; ").split()
    parts = source[1].removeprefix(";; shows ").split()
    with tempfile.TemporaryDirectory() as folder:
        module = os.path.join(HERE, case + ".wasm")
        subprocess.run([options.apus, "translate", module, "-o", folder, "--no-makefile", *flags], check=True)
        code = read(folder, case + ".c")
        texts = {"header": lambda: read(folder, case + ".h"), "code": lambda: code, "functions": lambda: functions(code)}
        return "".join(texts[part]() for part in parts)


def shown(case, printed):
    """What README has to have of a case."""
    return [read(HERE, "readme.wat").split("\n", 2)[2], printed] if case == "readme" else []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=APUS)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("cases", nargs="*", help="names of cases; none is all")
    options = parser.parse_args()
    known = sorted(os.path.basename(path)[:-4] for path in glob.glob(os.path.join(HERE, "*.wat")))
    unknown = set(options.cases) - set(known)
    if unknown:
        parser.error(f"there is no case {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    failed = 0
    cases = options.cases or known
    for case in cases:
        if options.rebuild:
            tool = ["wasm-tools", "parse"] if "By wasm-tools" in read(HERE, case + ".wat") else ["wat2wasm", "--debug-names"]
            subprocess.run([*tool, case + ".wat", "-o", case + ".wasm"], cwd=HERE, check=True)
        printed = translate(case, options)
        path = os.path.join(HERE, case + ".expected")
        if options.update:
            with open(path, "w", encoding="utf-8") as file:
                file.write(printed)
            continue
        expected = read(path)
        missing = [text for text in shown(case, printed) if text not in read(ROOT, "README.md")]
        if printed == expected and not missing:
            continue
        failed += 1
        for text in missing:
            print(f"README.md lacks this of {case}:\n{text}")
        print(f"FAILED {case}; again: make golden CASE={case}; if it is meant so: make golden UPDATE=1 CASE={case}")
        sys.stdout.writelines(
            difflib.unified_diff(expected.splitlines(True), printed.splitlines(True), "expected", "printed"))
    print(f"{len(cases)} written" if options.update else f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
