#!/usr/bin/env python3
"""Writes a module with an endless recursion through each WASI function that returns.

Export `NAME` calls the function with descriptor 99 and zeros, then itself. The signatures are those
of ../../Command/fixtures/calls.wat. With --list it prints the names instead."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from binary import HEADER, leb, section, sized, vector  # noqa: E402

WAT = pathlib.Path(__file__).resolve().parents[2] / "Command" / "fixtures" / "calls.wat"
TYPES = {"i32": 0x7F, "i64": 0x7E}
FUNCTIONS = [(name, types.split(), bool(result)) for name, types, result in re.findall(
    r'\(import "wasi_snapshot_preview1" "(\w+)" \(func \$\w+(?: \(param ([^)]*)\))?( \(result i32\))?\)\)', WAT.read_text())
    if name != "proc_exit"]


def body(index, parameters):
    code = bytearray()
    for k, kind in enumerate(parameters):
        code += (b"\x41\xe3\x00" if k == 0 else b"\x41\x00") if kind == "i32" else b"\x42\x00"
    code += b"\x10" + leb(index) + b"\x1a\x10" + leb(len(FUNCTIONS) + index) + b"\x0b"
    return sized(b"\x00" + bytes(code))


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(f"EACH({function})" for function, _, _ in FUNCTIONS))
        return
    nothing = len(FUNCTIONS)
    types = [b"\x60" + vector([bytes([TYPES[t]]) for t in parameters]) + (b"\x01\x7f" if result else b"\x00")
             for _, parameters, result in FUNCTIONS] + [b"\x60\x00\x00"]
    imports = [sized(b"wasi_snapshot_preview1") + sized(function.encode()) + b"\x00" + leb(k)
               for k, (function, _, _) in enumerate(FUNCTIONS)]
    exports = [sized(function.encode()) + b"\x00" + leb(len(FUNCTIONS) + k)
               for k, (function, _, _) in enumerate(FUNCTIONS)]
    bodies = [body(k, parameters) for k, (_, parameters, _) in enumerate(FUNCTIONS)]
    sections = [(1, types), (2, imports), (3, [leb(nothing)] * len(FUNCTIONS)), (5, [b"\x00\x01"]), (7, exports),
                (10, bodies)]
    sys.stdout.buffer.write(HEADER + b"".join(section(number, vector(items)) for number, items in sections))


main()
