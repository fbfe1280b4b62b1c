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
