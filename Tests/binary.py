"""The binary format's pieces, for scripts that write modules."""

HEADER = b"\0asm\1\0\0\0"


def leb(value):
    """An unsigned number in LEB128."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def sleb(value):
    """A signed number in LEB128."""
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value & 127])


def vector(items):
    items = list(items)
    return leb(len(items)) + b"".join(items)


def sized(content):
    """Bytes behind their number: a name, a body."""
    return leb(len(content)) + content


def section(identifier, content):
    return bytes([identifier]) + sized(content)


def contents(data):
    """The number of each section of a module, and where its contents begin."""
    at = len(HEADER)
    while at < len(data):
        kind, at, size, shift = data[at], at + 1, 0, 0
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        yield kind, at
        at += size


def line_table(file, rows, end):
    """A custom section that says which line of a file an instruction is of, as DWARF 4 does.

    rows: (offset in the code section, line, column) of each, the last one up to `end`."""
    program = b"\0\5\2" + rows[0][0].to_bytes(4, "little")
    address, line = rows[0][0], 1
    for next_address, next_line, column in rows:
        program += b"\2" + leb(next_address - address) + b"\3" + sleb(next_line - line) + b"\5" + leb(column) + b"\1"
        address, line = next_address, next_line
    program += b"\2" + leb(end - address) + b"\0\1\1"
    # An instruction is a byte; the special opcodes from 13 on are not used.
    header = b"\1\1\1\xfb\x0e\x0d\0\1\1\1\1\0\0\0\1\0\0\1" + b"\0" + file.encode() + b"\0\0\0\0" + b"\0"
    unit = b"\4\0" + len(header).to_bytes(4, "little") + header + program
    return section(0, sized(b".debug_line") + len(unit).to_bytes(4, "little") + unit)
