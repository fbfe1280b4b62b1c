"""Ways to make a program of a module, for tests that go round through them: as `apus compare --setting` spells them."""
import os
import shutil
import sys

# Engines run in this Python, without detours where `python3` is a script that looks for one.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]

# `closed`: a module that exports neither memories nor tables nor tags, so that more is known of them. `firmware`: as on a
# board, but on this processor.
PAIRS = [
    ["guard,one,O2", "bounds,many,O1,clang,closed"],
    ["guard,many,O2,exact", "bounds,one,O3,closed"],
    ["guard,one,O3,clang,closed", "bounds,many,O2,split"],
    ["guard,many,O1,split", "guard,one,O2,exact,clang,closed"],
    ["bounds,one,O0,clang", "guard,many,O3,exact,closed"],
    ["guard,one,O0,closed", "bounds,many,O3,clang"],
    ["guard,one,O2,exact,fuel,interruptible", "bounds,many,O1,clang,fuel,closed"],
    ["guard,one,O2,deterministic,closed", "bounds,many,O1,clang,deterministic"],
    ["firmware,one,Os", "firmware,many,O2,clang,closed"],
]
# Other processors, for modules whose exports are called: one of 32 bits; ones that take accesses apart where addresses are
# no multiples, whose bytes lie the other way round, that have other vectors.
ELSEWHERE = [
    ["firmware,one,Os,closed,arm-linux-gnueabihf-gcc", "bounds,many,O2,arm-linux-gnueabihf-gcc"],
    ["guard,many,O2,exact,riscv64-linux-gnu-gcc", "guard,one,O1,exact,closed,s390x-linux-gnu-gcc"],
    ["guard,one,O2,exact,closed,aarch64-linux-gnu-gcc", "bounds,one,O2,riscv64-linux-gnu-gcc"],
]
# What compiles fastest, and sees all; and what knows most.
FASTEST = ["bounds,one,O0", "bounds,one,O0,closed"]
CLANG = shutil.which("clang")


def tools(setting):
    """The compiler for another processor that a setting names, and its emulator; none for this one."""
    named = [word for word in setting.split(",") if "-linux-" in word]
    return named + ["qemu-" + word.split("-")[0] for word in named]


def pair(number, pairs=None):
    """Two settings, without clang where there is none."""
    pairs = pairs or PAIRS
    return [text if CLANG else text.replace(",clang", "") for text in pairs[number % len(pairs)]]


def build_options(setting):
    """What `apus build` is told for a setting; it splits what is large itself."""
    options = []
    for word in setting.split(","):
        if word in ("guard", "bounds"):
            options += ["--memory", word]
        elif word in ("one", "many"):
            options += ["--instances", word]
        elif word == "exact":
            options += ["--traps", word]
        elif word == "clang":
            options += ["--cc", word]
        elif word == "fuel":
            options += ["--fuel", str(2**63 - 1)]
        elif word not in ("split", "closed", "firmware"):
            options.append("-" + word if word[0] == "O" else "--" + word)
    return options


def compiler(folder, name, flags):
    """The path of a C compiler that takes more flags, and no warnings of translated code."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(f"""#!/bin/sh
case "$*" in
*compared_main.c*) ;;
*compared*.c*) set -- -Wall -Wextra -Werror -Wno-unused-parameter "$@" ;;
esac
exec {name} {flags} "$@"
""")
    os.chmod(path, 0o755)
    return path


def compiled_by(settings, compilers):
    """The settings with other compilers, by name."""
    found = []
    for text in settings:
        words = text.split(",")
        named = [word for word in words if word in compilers]
        found.append(",".join([word for word in words if word not in named] + [compilers[(named or ["cc"])[0]]]))
    return found
