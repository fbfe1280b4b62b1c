"""Runs modules under wasm3, by Python's package pywasm3, for `apus compare`, by their plain form: see PROTOCOL.md."""
import json
import sys

import wasm3

STACK = 1 << 20
TRAPS = (("unreachable", "unreachable"), ("out of bounds memory", "memory"), ("memory initialization", "memory"),
         ("undefined element", "table"), ("table index out of range", "table"), ("element segment", "table"),
         ("null table element", "null element or table"), ("indirect call type mismatch", "signature"),
         ("integer overflow", "overflow"), ("integer divide by zero", "divide"),
         ("invalid conversion to integer", "conversion"), ("stack overflow", "stack"))
NAMES = {"i": "i32", "I": "i64", "f": "f32", "F": "f64"}


def trap_of(error):
    return next((word for phrase, word in TRAPS if phrase in str(error)), str(error)[:200])


def text(letter, number):
    """A value whose type has this letter."""
    digits = 8 if letter in "if" else 16
    return f"{NAMES[letter]}:{number & (1 << 4 * digits) - 1:0{digits}x}"


class Guest:
    def __init__(self, request):
        self.request, self.host = request, []
        environment = wasm3.Environment()
        self.runtime = environment.new_runtime(STACK)
        with open(request["plain"], "rb") as file:
            self.module = environment.parse_module(file.read())
        self.runtime.load(self.module)
        for number, entry in enumerate(request["imports"]):
            self.link(number, entry)

    def link(self, number, entry):
        def called(*given):
            written = ", ".join(text(letter, value) for letter, value in zip(entry["parameters"], given))
            self.host.append(f"{entry['name']}({written})")
        letters = entry["parameters"].replace("f", "i").replace("F", "I")
        try:
            self.module.link_function("host", f"call {number}", f"v({letters})", called)
        except RuntimeError as error:
            if "function lookup failed" not in str(error):
                raise

    def call(self, name):
        found = self.runtime.find_function(name)()
        return () if found is None else found if isinstance(found, tuple) else (found,)

    def state(self):
        # It knows few names of one function, but it is the same at each step.
        return {entry["name"]: text(entry["type"], *self.call(f"0 g{place}"))
                for place, entry in enumerate(self.request["globals"])}

    def steps(self):
        steps = []
        for number in range(len(self.request["calls"]) + 1):
            letters = self.request["calls"][number - 1]["results"] if number else ""
            trap, results, self.host = None, [], []
            try:
                results = [text(letter, value) for letter, value in zip(letters, self.call(str(number)))]
            except RuntimeError as error:
                trap = trap_of(error)
            host = self.host
            steps.append({"trap": trap, "results": results, "host": host, "state": self.state()})
            if trap == "stack":
                return steps
        if self.request["memories"]:
            size, crc = self.call("memory")
            if 0 <= crc < 1 << 32:
                steps[-1]["state"][self.request["memories"][0]] = f"{size}:{crc:08x}"
        return steps


def answer(request):
    if not request.get("plain"):
        return {"unsupported": "WASI" if "wasi" in request else "several modules or memories, shared ones, or 64-bit addresses"}
    try:
        return {"steps": Guest(request).steps()}
    except RuntimeError as error:
        return {"unsupported": str(error)[:300]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
