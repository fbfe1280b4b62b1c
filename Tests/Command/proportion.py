#!/usr/bin/env python3
"""Modules that are large in one way: translating takes time and gives C in proportion to them, and
what is printed differently because of the size does what it should.

Time is counted in instructions, by valgrind: of a module and one twice as large. The C is run as
compiled by gcc and clang.
"""
import os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from binary import HEADER, leb, section, sized, sleb, vector  # noqa: E402
from checks import expect, report  # noqa: E402
from instructions import counter  # noqa: E402

APUS = os.path.abspath(os.environ.get("APUS", os.path.join(HERE, "..", "..", ".build", "release", "apus")))
I32, I64, F32, F64 = b"\x7f", b"\x7e", b"\x7d", b"\x7c"
ZERO = {I32: b"\x41\0", I64: b"\x42\0", F32: b"\x43" + b"\0" * 4, F64: b"\x44" + b"\0" * 8}


def const(value):
    return b"\x41" + sleb(value)


def get(local):
    return b"\x20" + leb(local)


def set_(local):
    return b"\x21" + leb(local)


def add(local, value):
    return get(local) + const(value) + b"\x6a" + set_(local)


UNARY = b"\x60" + vector([I32]) + vector([I32])
VOID = b"\x60\0\0"


def module(functions, types=(UNARY,), table=None, segments=(), table_is_exported=False, exported=None):
    """`functions`: type, locals of i32 and code of each. All, or as many as are `exported`, go by
    the names f0, f1 …"""
    count = len(functions) if exported is None else exported
    exports = [sized(b"f%d" % k) + b"\0" + leb(k) for k in range(count)]
    if table_is_exported:
        exports.append(sized(b"table") + b"\1\0")
    bodies = [sized((b"\1" + leb(n) + I32 if n else b"\0") + code + b"\x0b") for _, n, code in functions]
    return (HEADER + section(1, vector(types)) + section(3, vector(leb(kind) for kind, _, _ in functions))
            + (section(4, b"\1\x70\0" + leb(table)) if table is not None else b"") + section(5, b"\1\0\1")
            + section(7, vector(exports)) + (section(9, vector(segments)) if segments else b"")
            + section(10, vector(bodies)))


# --- what is large, by a number ------------------------------------------------------------------


def loops_within_loops(n):
    """Each with a load, whose check may be merged, and a branch back."""
    turn = b"\x03\x40" + get(1) + b"\x28\2\x08" + set_(2) + get(0) + b"\x0d\0"
    return module([(0, 2, turn * n + b"\x0b" * n + get(2))])


def known_in_loops(n):
    """As many checked addresses, before as many loops within loops."""
    loads = b"".join(get(k + 1) + b"\x28\2\x08\x1a" for k in range(n))
    return module([(0, n, loads + (b"\x03\x40" + get(0) + set_(1) + get(0) + b"\x0d\0") * n + b"\x0b" * n + get(0))])


def known_in_blocks(n):
    """As many checked addresses in as many blocks, all left from before."""
    loads = b"".join(get(k + 1) + b"\x28\2\x08\x1a" for k in range(n))
    opened = b"\x02\x40" * n + b"".join(get(0) + b"\x0d" + leb(k) for k in range(n))
    closed = b"".join(b"\x0b" + get(k + 1) + b"\x28\2\4\x1a" for k in range(n))
    return module([(0, n, opened + loads + closed + get(0))])


def halves_in_blocks(n):
    """As many locals, each taken by halves in a block of its own."""
    # local k = wrap(extend(local k) >> 32)
    taken = b"".join(b"\x02\x40" + get(k + 1) + b"\xad\x42\x20\x88\xa7" + set_(k + 1) + b"\x0b" for k in range(n))
    return module([(0, n, taken + get(0))])


def known_backwards(n):
    """Locals that are set once each, from the next one, of which the last alone is known."""
    return module([(0, n, b"".join(get(k + 1) + set_(k) for k in range(1, n)) + const(7) + set_(n) + get(0)
                    + b"\x28\2\0" + get(1) + b"\x71")])


def type_of(number):
    """The n-th list of parameters."""
    parameters = []
    while number:
        number -= 1
        parameters.append([I32, I64, F32, F64][number % 4])
        number //= 4
    return parameters


def calls_in_a_row(n):
    """A closed table whose functions call one another's types, and nothing calls the first."""
    types = [b"\x60" + vector(type_of(k + 1)) + b"\0" for k in range(n + 1)] + [VOID]
    functions = [(n + 1, 0, const(0) + b"\x11" + leb(n + 1) + b"\0")]
    for k in range(n):
        arguments = b"".join(ZERO[t] for t in type_of(k + 2))
        functions.append((k, 0, arguments + const(k) + b"\x11" + leb(k + 1) + b"\0"))
    segment = b"\0" + const(0) + b"\x0b" + vector(leb(k + 1) for k in range(n))
    return module(functions, types, n, [segment], exported=1)


def unused_locals(n):
    return module([(0, n, get(0))] * 20)


def one_entry_segments(n):
    segments = [b"\0" + const(k * 7919 % n) + b"\x0b\1\0" for k in range(n)]
    return module([(0, 0, get(0))], table=n, segments=segments, table_is_exported=True)


def alternating_cases(n):
    cases = vector(leb(k % 2) for k in range(n)) + leb(2)
    code = b"\x02\x40" * 3 + get(0) + b"\x0e" + cases
    code += b"\x0b" + const(1) + b"\x0f\x0b" + const(2) + b"\x0f\x0b" + const(3)
    return (0, 0, code)


def ifs_within_ifs(n):
    """How many numbers from 0 on are below the argument, at most n."""
    code = b"".join(get(0) + const(k) + b"\x4a\x04\x40" + add(1, 1) for k in range(n))
    return (0, 1, code + b"\x0b" * n + get(1))


def elses_within_elses(n):
    """The argument, at most n; twice that on the way back."""
    code = b"".join(get(0) + const(k) + b"\x46\x04\x40" + const(k) + set_(1) + b"\x05" for k in range(n))
    back = add(2, 1) + b"\x0b"
    return (0, 2, code + const(n) + set_(1) + back * n + get(1) + const(1000000) + b"\x6c" + get(2) + b"\x6a")


def loops_that_turn(n):
    """Each goes round until the counter is even, and is left where it exceeds the argument."""
    code = b""
    for _ in range(n):
        code += b"\x02\x40\x03\x40" + add(1, 1) + get(1) + get(0) + b"\x4a\x0d\1"
        code += get(1) + const(1) + b"\x71\x0d\0"
    return (0, 1, code + b"\x0b\x0b" * n + get(1))


def loops_at_their_end(n):
    """Each goes round three times what is in it, once the counter has reached the argument."""
    code = (b"\x03\x40" + add(1, 1)) * n
    code += (get(1) + get(0) + b"\x49\x0d\0\x0b") * n
    return (0, 1, code + get(1))


def counted_loops(n):
    """Each goes from a local of its own on to where another one is; of each there may be a copy."""
    turn = b"".join(b"\x03\x40" + get(k + 1) + get(0) + b"\x36\2\0" + add(k + 1, 4) + get(k + 1) + get(0) + b"\x47\x0d\0\x0b"
                    for k in range(n))
    return module([(0, n, turn + get(1))])


def doubled_in_loops(n):
    """In each loop 20 locals, each twice the one before; the last is an address."""
    doubled = b"".join(get(k + 1) + get(k + 1) + b"\x6a" + set_(k + 2) for k in range(20))
    turn = b"\x03\x40" + doubled + get(21) + get(0) + b"\x36\2\0" + add(1, 4) + get(1) + get(0) + b"\x47\x0d\0\x0b"
    return module([(0, 21, turn * n + get(1))])


# --- in proportion -------------------------------------------------------------------------------


def translate(wasm, folder, *options):
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([APUS, "translate", wasm, "-o", folder, *options], capture_output=True, text=True)
    expect(f"translate {wasm}", done.returncode == 0, done.stderr)


# Each with a number, and how many bytes of C a byte of the module may give.
LARGE = [(loops_within_loops, 1500, 30), (known_in_loops, 1500, 30), (known_in_blocks, 1500, 30),
         (halves_in_blocks, 3000, 40), (known_backwards, 3000, 40),
         (calls_in_a_row, 1000, 30), (unused_locals, 20000, 40), (one_entry_segments, 10000, 6),
         (alternating_cases, 10000, 30), (ifs_within_ifs, 1500, 30), (elses_within_elses, 1500, 30),
         (loops_that_turn, 1500, 30), (loops_at_their_end, 1500, 30), (counted_loops, 1500, 60), (doubled_in_loops, 150, 60)]
CHOICES = [["--instances", "one", "--memory", "bounds"], ["--instances", "many"]]


def proportions(scratch):
    count = counter(APUS, scratch)
    if not count:
        print("instructions skipped: valgrind is not installed")
    wasm, folder = os.path.join(scratch, "m.wasm"), os.path.join(scratch, "out")
    empty = None
    for make, number, growth in [(lambda n: module([(0, 0, get(0))]), 1, 0)] + LARGE:
        for options in CHOICES:
            counts = []
            for n in (number, 2 * number):
                made = make(n)
                with open(wasm, "wb") as file:
                    file.write(made if isinstance(made, bytes) else module([made]))
                if not count:
                    translate(wasm, folder, *options)
                    continue
                shutil.rmtree(folder, ignore_errors=True)
                number_of, messages = count("translate", "--jobs", "1", wasm, "-o", folder, *options)
                expect(f"{make.__name__} {options}", number_of, messages)
                counts.append(number_of)
            size = sum(os.path.getsize(os.path.join(folder, name))
                       for name in os.listdir(folder) if name.endswith((".c", ".h")))
            if growth == 0:
                empty = counts[0] if counts else 0
                continue
            limit = os.path.getsize(wasm) * growth + 10000
            expect(f"{make.__name__} {options}: C", size <= limit, f"{size} bytes, at most {limit}")
            if counts:
                once, twice = (count - empty for count in counts)
                expect(f"{make.__name__} {options}: instructions", twice < 2.4 * once + 1000000,
                       f"{once} for {number}, {twice} for {2 * number}")


# --- the same in a large module ------------------------------------------------------------------


def bodies(scratch, count, *options):
    """The C of each of so many equal functions, of 64 KB of code, with switches in them."""
    step = add(1, 5) + b"\x02\x40\x02\x40" + get(1) + b"\x0e\2\0\1\0\x0b" + add(2, 3) + b"\x0b"
    code = step * (65536 // len(step)) + get(2)
    wasm, folder = os.path.join(scratch, "equal.wasm"), os.path.join(scratch, "equal")
    with open(wasm, "wb") as file:
        file.write(module([(0, 2, code)] * count))
    translate(wasm, folder, "--name", "m", "--split", "0", *options)
    with open(os.path.join(folder, "m.c")) as file:
        return re.findall(r"^static u32 w_f\d+\(([^;{]*{.*?)^}", file.read(), re.S | re.M)


def validated_twice(scratch):
    """Of more than 4 MB of code the operations are not held: bodies are validated again when they are
    built. The C is the same."""
    for jobs in ("1", "2"):
        few, many = (bodies(scratch, count, "--jobs", jobs) for count in (2, 70))
        expect(f"large module, {jobs} jobs: functions", len(few) == 2 and len(many) == 70, (len(few), len(many)))
        expect(f"large module, {jobs} jobs: their C", len(set(few + many)) == 1, "differs")


# --- and right -----------------------------------------------------------------------------------

MAIN = """
#include "m.h"
#include <stdio.h>
static void body(void *unused) {
  (void)unused;
%s
}
int main(void) {
  if (m_instantiate().trap || apus_catch(body, NULL).trap) return 1;
  m_destroy();
}
"""


def turns(x, n):
    """What loops_that_turn answers."""
    counter = 0
    for _ in range(n):
        while True:
            counter += 1
            if counter > x:
                return counter
            if counter % 2 == 0:
                break
    return counter


def results(scratch):
    n = 400
    models = [(ifs_within_ifs, min), (elses_within_elses, lambda x, n: min(x, n) * 1000001), (loops_that_turn, turns),
              (loops_at_their_end, max), (alternating_cases, lambda x, n: x % 2 + 1 if x < n else 3)]
    cases = [(make, model, 5 * n if make is alternating_cases else n) for make, model in models]
    arguments = (0, 1, 2, 199, 200, 201, 202, n - 1, n, n + 1, 5 * n - 1, 5 * n)
    wasm, folder = os.path.join(scratch, "m.wasm"), os.path.join(scratch, "right")
    with open(wasm, "wb") as file:
        file.write(module([function(number) for function, _, number in cases]))
    calls = [(k, x) for k in range(len(cases)) for x in arguments]
    expected = [f"{cases[k][1](x, cases[k][2]) & 0xFFFFFFFF}" for k, x in calls]
    compilers = [c for c in ("gcc", "clang") if shutil.which(c)]
    for missing in {"gcc", "clang"} - set(compilers):
        print(f"{missing} skipped: it is not installed")
    for memory in ("guard", "bounds"):
        translate(wasm, folder, "--instances", "one", "--memory", memory)
        with open(os.path.join(folder, "main.c"), "w") as file:
            file.write(MAIN % "\n".join('  printf("%%u\\n", m_export_f%d(%du));' % call for call in calls))
        for cc in compilers:
            for level in ("-O0", "-O2"):
                # The runtime stays; the module is compiled again.
                for name in ("m.o", "libm.a"):
                    if os.path.exists(os.path.join(folder, name)):
                        os.remove(os.path.join(folder, name))
                done = subprocess.run(["make", "-s", "-C", folder, f"CC={cc}", f"CFLAGS={level}"],
                                      capture_output=True, text=True)
                expect(f"compile, {memory} {cc} {level}", done.returncode == 0, done.stderr[:2000])
                done = subprocess.run(["cc", "-Iruntime/include", "main.c", "libm.a", "-lm", "-o", "main"],
                                      cwd=folder, capture_output=True, text=True)
                expect(f"link, {memory} {cc} {level}", done.returncode == 0, done.stderr[:2000])
                done = subprocess.run(["./main"], cwd=folder, capture_output=True, text=True)
                got = done.stdout.split()
                wrong = [f"{cases[k][0].__name__}({x}) = {g}, not {e}"
                         for (k, x), g, e in zip(calls, got, expected) if g != e]
                expect(f"results, {memory} {cc} {level}", got == expected, wrong[:5] or done.returncode)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        proportions(scratch)
        validated_twice(scratch)
        results(scratch)
    report()
