#!/usr/bin/env python3
"""That cases.txt has a case for each errno that wasi_functions.h names, of each function.

What the header says of one function holds for those that follow it without a comment of
their own, and for what begins with "The same" or names it with "As". Errnos that only boards or other
descriptors answer are in ELSEWHERE, with the test that has them."""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
WASI = HERE.parents[1] / "Runtime-C"
LEAST = 600
ELSEWHERE = {
    ("clock_res_get", "NOTSUP"): ("board/console.c", r'"clock_res_get", 1, RESULT\), WASI_NOTSUP'),
    ("clock_time_get", "NOTSUP"): ("board/console.c", r'"clock_time_get", 0, 0, RESULT\), WASI_NOTSUP'),
    ("random_get", "NOSYS"): ("board/console.c", r'"random_get", DATA, 3\), WASI_NOSYS'),
    ("fd_fdstat_set_flags", "NOTSUP"): ("sock.c", r"fd_fdstat_set_flags.*WASI_NOTSUP"),
    ("path_link", "NOTSUP"): ("board/files.c", r'"path_link".*WASI_NOTSUP'),
    ("path_symlink", "NOTSUP"): ("board/files.c", r'"path_symlink".*WASI_NOTSUP'),
}


def errnos_of_header():
    names = set(re.findall(r"WASI_(\w+) = \d", (WASI / "include/apus_wasi_types.h").read_text()))
    text = (WASI / "wasi/wasi_functions.h").read_text()
    common = text[text.index("and for `fd` with `path`"):text.index("*/")]
    of_paths = set(re.findall(r"^ \*   (\w+) ", common, re.M)) | {"BADF"}
    result, before = {}, set()
    declaration = re.compile(r"(?:/\*((?:[^*]|\*(?!/))*)\*/\n)?uint32_t wasi_(\w+)\(([^;]*)\);")
    for comment, name, parameters in declaration.findall(text):
        found = before
        if comment:
            found = {word for word in re.findall(r"\b[A-Z0-9]{2,}\b", comment) if word in names}
            if comment.strip().startswith("The same"):
                found |= before
            for other in re.findall(r"\bAs (\w+)", comment):
                found |= result[other]
        if name.startswith("path_"):
            found = found | of_paths
            if name in ("path_filestat_get", "path_readlink"):
                found = found - {"PERM"}  # they change nothing
        result[name] = before = found
    return result


def main():
    cases = [line for line in (HERE / "cases.txt").read_text().splitlines() if line and not line.startswith("#")]
    wrong = [f"twice: {line}" for line in sorted({line for line in cases if cases.count(line) > 1})]
    seen = set()
    for line in cases:
        call, answer = line.rsplit(" = ", 1)
        name = re.sub(r"^\w+: ", "", call.split("; ")[-1]).split()[0]
        seen.add((name, answer.removeprefix("event ")))
    header = errnos_of_header()
    if len(header) != 45:
        wrong.append(f"{len(header)} functions in wasi_functions.h, not 45 (proc_exit has no errno)")
    for name, errnos in sorted(header.items()):
        for errno in sorted(errnos):
            if (name, errno) in ELSEWHERE:
                file, pattern = ELSEWHERE[name, errno]
                if not re.search(pattern, (HERE / file).read_text()):
                    wrong.append(f"{name} = {errno} is not in {file}")
            elif (name, errno) not in seen:
                wrong.append(f"no case of {name} = {errno}")
    if len(cases) < LEAST:
        wrong.append(f"{len(cases)} cases, at least {LEAST} are asked for")
    print("\n".join(wrong + [f"cases.txt: {len(cases)} cases, {sum(map(len, header.values()))} errnos of {len(header)} functions"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
