"""The calls of a script as functions of its modules, so that C compilers see the arguments.

(assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3)) becomes, in the module,
(func (export "constant 0") (result i32) i32.const 1 i32.const 2 call $add), and the script calls it.
A compiler that inlines $add then computes, where it folds constants, what a processor would."""
import os
import struct
import sys

from modules import Reader, imports, sections, values_of

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from binary import leb, section, sized, sleb  # noqa: E402

NUMBERS = {"i32", "i64", "f32", "f64", "v128"}
TYPE, IMPORT, FUNCTION, EXPORT, CODE = 1, 2, 3, 7, 10
# In the order of a module; a custom section, 0, may be anywhere.
ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11]


def constant(row):
    """The instruction for a row as of values_of."""
    kind, low, *high = row
    if kind == "i":
        return b"\x41" + sleb(low - (low >> 31 << 32))
    if kind == "I":
        return b"\x42" + sleb(low - (low >> 63 << 64))
    if kind == "f":
        return b"\x43" + struct.pack("<I", low)
    if kind == "F":
        return b"\x44" + struct.pack("<Q", low)
    return b"\xfd\x0c" + struct.pack("<QQ", low, high[0])


def results_of_types(reader):
    """The bytes of each function type's results; None for a module with other types."""
    results = []
    for _ in range(reader.u() if reader else 0):
        if reader.byte() != 0x60:
            return None
        for _ in range(reader.u()):
            reader.value_type()
        start = reader.at
        for _ in range(reader.u()):
            reader.value_type()
        results.append(reader.data[start:reader.at])
    return results


def extended(data, calls):
    """The module with an export "constant N" for each of calls, {(field, rows): N}, or as it is,
    where its types are not those of functions alone."""
    parts = [(kind, reader.data) for kind, reader in sections(data)]
    first = {kind: content for kind, content in reversed(parts) if kind}

    def reader(kind):
        return Reader(first[kind]) if kind in first else None

    types = results_of_types(reader(TYPE))
    if types is None:
        return data, {}
    exports = {}
    imported = imports(reader(IMPORT)) if IMPORT in first else []
    functions = [index for _, what, index in imported if what == 0]
    if FUNCTION in first:
        defined = reader(FUNCTION)
        functions += [defined.u() for _ in range(defined.u())]
    listed = reader(EXPORT)
    for _ in range(listed.u() if listed else 0):
        name, what, index = listed.name(), listed.byte(), listed.u()
        if what == 0:
            exports[name] = index
    more = {TYPE: [], FUNCTION: [], EXPORT: [], CODE: []}
    kept = {}
    for (field, rows), number in calls.items():
        function = exports.get(field.encode("utf-8", "surrogatepass"))
        if function is None:
            continue
        name = f"constant {number}"
        kept[field, rows] = name
        more[FUNCTION].append(leb(len(types) + len(more[TYPE])))
        more[EXPORT].append(sized(name.encode()) + b"\0" + leb(len(functions) + len(more[TYPE])))
        more[TYPE].append(b"\x60\0" + types[functions[function]])
        more[CODE].append(sized(b"\0" + b"".join(constant(row) for row in rows) + b"\x10" + leb(function) + b"\x0b"))
    if not kept:
        return data, {}
    for kind, entries in more.items():
        old = reader(kind)
        count = old.u() if old else 0
        content = leb(count + len(entries)) + (old.data[old.at:] if old else b"") + b"".join(entries)
        places = [k for k, part in enumerate(parts) if part[0] == kind]
        if places:
            parts[places[0]] = kind, content
        else:
            after = [k for k, part in enumerate(parts) if part[0] and ORDER.index(part[0]) < ORDER.index(kind)]
            parts.insert(after[-1] + 1 if after else 0, (kind, content))
    return data[:8] + b"".join(section(kind, content) for kind, content in parts), kept


class Script:
    """The modules of a script with its calls in them: files, by name, and the field that a command calls."""

    def __init__(self, folder, commands):
        self.fields, wanted = {}, {}
        named_definitions, named, definition, current = {}, {}, None, None
        for command in commands:
            kind = command["type"]
            if kind in ("module", "module_definition"):
                definition = command["filename"]
                named_definitions[command.get("name")] = definition
                if kind == "module":
                    current = named[command.get("name")] = definition
            elif kind == "module_instance":
                current = definition if command.get("module") is None else named_definitions[command["module"]]
                named[command.get("instance")] = current
            action = command.get("action")
            if not action or action["type"] != "invoke" or not action.get("args"):
                continue
            if any(argument["type"] not in NUMBERS for argument in action["args"]):
                continue
            owner = named[action["module"]] if action.get("module") is not None else current
            rows = tuple(row for argument in action["args"] for row in values_of(argument))
            calls = wanted.setdefault(owner, {})
            calls.setdefault((action["field"], rows), len(calls))
            self.fields[id(command)] = owner, action["field"], rows
        self.files, self.names = {}, {}
        for file, calls in wanted.items():
            with open(os.path.join(folder, file), "rb") as module:
                self.files[file], self.names[file] = extended(module.read(), calls)

    def field(self, command):
        """The export without parameters to call for a command; None where it stays as it is."""
        owner, field, rows = self.fields.get(id(command), (None, None, None))
        return self.names[owner].get((field, rows)) if owner is not None else None
