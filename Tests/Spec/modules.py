"""What the driver has to know of a script's modules, and of the values that it names."""


class Reader:
    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def u(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def name(self):
        length = self.u()
        self.at += length
        return self.data[self.at - length:self.at]

    def value_type(self):
        """The letter of a value type, as in struct apus_func; '?' where it has none."""
        byte = self.byte()
        if byte in (0x63, 0x64):
            heap = self.data[self.at]
            self.u()
            return {0x70: "p", 0x6f: "e", 0x69: "x"}.get(heap, "p" if heap < 64 else "?")
        return {0x7f: "i", 0x7e: "I", 0x7d: "f", 0x7c: "F", 0x7b: "V", 0x70: "p", 0x6f: "e", 0x69: "x"}.get(byte, "?")

    def limits(self):
        flags = self.u()
        self.u()
        if flags & 1:
            self.u()
        if flags & 8:
            self.u()


def sections(data):
    reader = Reader(data, 8)
    while reader.at < len(data):
        kind, size = reader.byte(), reader.u()
        yield kind, Reader(data[reader.at:reader.at + size])
        reader.at += size


def imports(reader):
    """((module, name), kind, type index of a function or None) of each import."""
    for _ in range(reader.u()):
        names = reader.name(), reader.name()
        what, index = reader.byte(), None
        if what == 0:
            index = reader.u()
        elif what == 1:
            reader.value_type()
            reader.limits()
        elif what == 2:
            reader.limits()
        elif what == 3:
            reader.value_type()
            reader.byte()
        else:
            reader.byte()
            reader.u()
        yield names, what, index


class Module:
    """What a module imports and exports: name of the module, name, kind, and the signature of a
    function or None."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        self.imports, self.exports, self.header = [], [], ""
        self.has_tags = any(kind == 13 for kind, _ in sections(data))
        types, functions = [], []
        for kind, reader in sections(data):
            if kind == 1:
                for _ in range(reader.u()):
                    if reader.byte() != 0x60:
                        break
                    text = "".join(reader.value_type() for _ in range(reader.u()))
                    types.append(text + ">" + "".join(reader.value_type() for _ in range(reader.u())))
            elif kind == 2:
                for names, what, index in imports(reader):
                    signature = None
                    if what == 0:
                        signature = types[index]
                        functions.append(signature)
                    self.imports.append((*names, what, signature))
            elif kind == 3:
                functions += [types[reader.u()] for _ in range(reader.u())]
            elif kind == 7:
                for _ in range(reader.u()):
                    name, what, index = reader.name(), reader.byte(), reader.u()
                    self.exports.append((name, what, functions[index] if what == 0 else None))
        self.signatures = {text for text in types if "?" not in text}


# Bits and, where it is floating-point, the letter of a lane's type.
LANES = {"i8": (8, ""), "i16": (16, ""), "i32": (32, ""), "i64": (64, ""), "f32": (32, "f"), "f64": (64, "F")}


def values_of(value):
    """The rows of struct value for one argument or expected result."""
    kind, text = value["type"], value.get("value")
    if kind == "v128":
        bits, letter = LANES[value["lane_type"]]
        lanes = value["value"]
        if not any(lane.startswith("nan:") for lane in lanes):
            whole = sum((int(lane) & (1 << bits) - 1) << k * bits for k, lane in enumerate(lanes))
            return [("V", whole & (1 << 64) - 1, whole >> 64)]
        return [("v", len(lanes))] + [row for lane in lanes for row in values_of({"type": value["lane_type"], "value": lane})]
    if kind == "either":
        rows = [row for choice in value["values"] for row in values_of(choice)]
        return [("|", len(rows))] + rows
    if kind in ("i32", "i64", "f32", "f64"):
        letter = {"i32": "i", "i64": "I", "f32": "f", "f64": "F"}[kind]
        if text is None:
            return [(letter, 0)]
        wide = kind.endswith("64")
        if text == "nan:canonical":
            return [("C" if wide else "c", 0)]
        if text == "nan:arithmetic":
            return [("A" if wide else "a", 0)]
        return [(letter, int(text) & (2 ** (64 if wide else 32) - 1))]
    if text == "null":
        return [({"externref": "e", "funcref": "p", "exnref": "x"}.get(kind, "0"), 0)]
    if kind == "externref":
        return [("X", 0)] if text is None else [("e", int(text) + 1)]
    if kind == "funcref":
        return [("P", 0)]
    return [("?", 0)]  # nothing in a supported module matches it
