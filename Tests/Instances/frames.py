#!/usr/bin/env python3
"""Writes a module whose function `deep` has frames larger than a guard page.

deep(n) loads LOCALS i64 from addresses (n & 7) * 8 + 8 k, calls deep(n - 1) unless
n is 0, and mixes what that call returned with what it loaded."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from binary import HEADER, leb, section, sized, vector  # noqa: E402

LOCALS = 1200

body = bytearray()
for k in range(LOCALS):
    # local[1 + k] = i64.load offset=8k ((n & 7) << 3)
    body += b"\x20\x00\x41\x07\x71\x41\x03\x74\x29\x03" + leb(8 * k) + b"\x21" + leb(1 + k)
# if (n) result i64: deep(n - 1) else 0
body += b"\x20\x00\x04\x7e\x20\x00\x41\x01\x6b\x10\x00\x05\x42\x00\x0b"
for k in range(LOCALS):
    # Not a sum, which compilers would add up before the call: rotl(value, 1) ^ local
    body += b"\x42\x01\x89\x20" + leb(1 + k) + b"\x85"
body += b"\x0b"
code = vector([leb(LOCALS) + b"\x7e"]) + bytes(body)

sys.stdout.buffer.write(
    HEADER
    + section(1, vector([b"\x60\x01\x7f\x01\x7e"]))
    + section(3, vector([b"\0"]))
    + section(5, vector([b"\0\1"]))
    + section(7, vector([b"\4deep\0\0", b"\6memory\2\0"]))
    + section(10, vector([sized(code)])))
