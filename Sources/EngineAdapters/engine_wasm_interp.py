"""Runs modules under wabt's wasm-interp for `apus compare`, by their plain form: see PROTOCOL.md."""
import json
import re
import subprocess
import sys

# Not all proposals: with typed references it takes no reference of a function for a funcref, and 1.0.32 does not get tail
# calls of later functions right.
COMMAND = ["wasm-interp", "--enable-exceptions", "--enable-extended-const", "--enable-relaxed-simd", "--run-all-exports",
           "--dummy-import-func"]
TRAPS = (("unreachable executed", "unreachable"), ("out of bounds memory", "memory"), ("out of bounds table", "table"),
         ("data segment is out of bounds", "memory"), ("element segment is out of bounds", "table"),
         ("undefined table index", "table"), ("uninitialized table element", "null element"),
         ("indirect call signature mismatch", "signature"), ("integer overflow", "overflow"),
         ("integer divide by zero", "divide"), ("invalid conversion to integer", "conversion"),
         ("call stack exhausted", "stack"), ("null reference", "null exception"), ("expected exnref", "null exception"),
         ("uncaught exception", "exception"), ("invalid atomic access", "unaligned"))
NAMES = {"i": "i32", "I": "i64", "f": "f32", "F": "f64", "r": "funcref", "e": "externref"}
CALLED = re.compile(r"called host host\.call (\d+)\((.*)\) =>")
SHOWN = re.compile(r"(?:(\d+)|\d+ g(\d+)|\d+ t(\d+)|memory)\(\) => ?(.*)")


def trap_of(text):
    return next((word for phrase, word in TRAPS if phrase in text), text.strip()[:200])


def numbers(written):
    """`i32:7, i64:8`"""
    return [int(each.rpartition(":")[2]) for each in written.split(", ") if each]


def text(letter, number):
    """A value whose type has this letter."""
    if letter in "re":
        return f"{NAMES[letter]}:{'set' if number else 'null'}"
    return f"{NAMES[letter]}:{number:0{8 if letter in 'if' else 16}x}"


def texts(letters, written):
    return [text(letter, number) for letter, number in zip(letters, numbers(written))]


def steps_of(request, output):
    """What each line says, of the step that it belongs to: calls of imports come before the result."""
    steps, host = [], []
    for line in output.split("\n"):
        called, shown = CALLED.match(line), SHOWN.match(line)
        if called:
            entry = request["imports"][int(called[1])]
            host.append(f"{entry['name']}({', '.join(texts(entry['parameters'], called[2]))})")
            continue
        if not shown:
            continue
        step, in_global, in_table, written = shown.groups()
        if step:
            trap = trap_of(written) if written.startswith("error: ") else None
            results = texts(request["calls"][len(steps) - 1]["results"], written) if steps and not trap else []
            steps.append({"trap": trap, "results": results, "host": host, "state": {}})
            host = []
        elif in_global:
            entry = request["globals"][int(in_global)]
            steps[-1]["state"][entry["name"]] = text(entry["type"], *numbers(written))
        elif in_table:
            size, bits = numbers(written)
            found = "".join(str(bits >> k & 1) for k in range(min(size, 64)))
            steps[-1]["state"][request["tables"][int(in_table)]] = f"{size}:{found}"
        else:
            size, crc = numbers(written)
            if crc >> 32 == 0:
                steps[-1]["state"][request["memories"][0]] = f"{size}:{crc:08x}"
    return steps, host


def answer(request):
    if not request.get("plain"):
        return {"unsupported": "WASI" if "wasi" in request else "several modules or memories, shared ones, or 64-bit addresses"}
    done = subprocess.run(COMMAND + [request["plain"]], capture_output=True, check=False)
    output, errors = (stream.decode(errors="surrogateescape") for stream in (done.stdout, done.stderr))
    steps, host = steps_of(request, output)
    if steps:
        return {"steps": steps}
    if any(phrase in errors for phrase, _ in TRAPS):
        return {"steps": [{"trap": trap_of(errors), "results": [], "host": host, "state": {}}]}
    return {"unsupported": errors.strip().split("\n")[-1][:300]}


for request_line in sys.stdin:
    print(json.dumps(answer(json.loads(request_line))), flush=True)
