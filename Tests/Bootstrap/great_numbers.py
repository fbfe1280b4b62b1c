"""Small modules with a number of nearly 2^32 in each place that takes one."""

GREAT = b"\xff\xff\xff\xff\x0f"

# An instruction up to its number, and what follows that.
INSTRUCTIONS = (
    "20", "21", "22", "23", "24", "25", "26", "10", "0c", "d2", "02", "03", "04", "1c", "0e", "3f", "40",
    "0e 01 00", "0e 01|00", "11|00", "11 00", "28|00", "28 00", "36 02", "fc 08|00", "fc 08 00", "fc 09", "fc 0a|00",
    "fc 0b", "fc 0c|00", "fc 0c 00", "fc 0d", "fc 0e|00", "fc 0e 00", "fc 0f", "fc 10", "fc 11", "fc", "fd", "41")
# A section from its id on, likewise.
SECTIONS = (
    "01", "01 01 60", "01 01 60 00", "02", "02 01", "02 01 01 61", "02 01 01 61 01 62 00", "03", "03 01", "04",
    "04 01 70 00", "04 01 70 01 00", "05", "05 01 00", "05 01 01 00", "06", "06 01 7f 00 23|0b", "06 01 70 00 d2|0b",
    "07", "07 01", "07 01 01 61 00", "08", "09", "09 01 00 41 00 0b", "09 01 00 41 00 0b 01", "09 01 02|41 00 0b 00 00",
    "0a", "0a 01", "0b", "0b 01 00 41 00 0b", "0b 01 02|41 00 0b 00", "0c", "00", "00 04 6e 61 6d 65 01",
    "00 04 6e 61 6d 65 01 09 01|01 61 00 00 00", "00 04 6e 61 6d 65 02 09 01|01 00 01 61")


def section(number, contents):
    return bytes([number, len(contents)]) + contents


def modules():
    """Each with what it has the number in."""
    start = b"\0asm\1\0\0\0"
    for text in INSTRUCTIONS:
        head, _, tail = text.partition("|")
        body = b"\0" + b"\x41\0" * 3 + bytes.fromhex(head) + GREAT + bytes.fromhex(tail) + b"\x0b"
        yield text, (
            start + section(1, b"\1\x60\0\0") + section(3, b"\1\0") + section(4, b"\1\x70\0\1") + section(5, b"\1\0\1")
            + section(6, b"\1\x7f\1\x41\0\x0b") + section(9, b"\1\0\x41\0\x0b\1\0") + section(12, b"\1")
            + section(10, b"\1" + bytes([len(body)]) + body) + section(11, b"\1\1\0"))
    for text in SECTIONS:
        head, _, tail = text.partition("|")
        contents = bytes.fromhex(head) + GREAT + bytes.fromhex(tail)
        yield "section " + text, start + section(contents[0], contents[1:])
        yield "size of section " + text, start + contents
    yield "locals", (
        start + section(1, b"\1\x60\0\0") + section(3, b"\1\0") + section(10, b"\1\x09\1" + GREAT + b"\x7f\x01\x0b"))
