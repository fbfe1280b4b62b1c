"""Runs modules under wasmtime's Python package for `apus compare`: see PROTOCOL.md."""
import ctypes
import json
import os
import re
import struct
import sys
import tempfile
import zlib

import wasmtime

FEATURES = ("exceptions", "threads", "memory64", "tail_call", "wide_arithmetic", "custom_page_sizes", "multi_memory",
            "simd", "relaxed_simd", "reference_types")
# A memory.grow or table.grow, perhaps, of a constant: wasmtime 50 takes fuel for it where it fails, too, and not for others.
CONSTANT_GROWTH = re.compile(rb"[\x41\x42][\x80-\xff]{0,9}[\x00-\x7f](\x40|\xfc\x0f)", re.DOTALL)
TRAPS = (("unreachable", "unreachable"), ("out of bounds memory", "memory"), ("undefined element", "table"),
         ("table out of bounds", "table"), ("out of bounds table", "table"), ("uninitialized element", "null element"),
         ("indirect call type mismatch", "signature"), ("integer overflow", "overflow"),
         ("integer divide by zero", "divide"), ("invalid conversion", "conversion"), ("call stack exhausted", "stack"),
         ("null exception", "null exception"), ("null reference", "null exception"), ("unaligned atomic", "unaligned"),
         ("expected shared memory", "not shared"), ("uncaught exception", "exception"), ("thrown Wasm exception", "exception"),
         ("atomic wait on non-shared", "not shared"))
LIMITS = ("limit", "out of memory", "failed to allocate", "exceeds", "minimum size")


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def trap_of(error):
    text = str(error)
    for phrase, word in TRAPS:
        if phrase in text:
            return word
    return "resources" if any(phrase in text for phrase in LIMITS) else text.strip().split("\n")[-1][:200]


def plain(value):
    """A reference in a global or table is wrapped where it is null."""
    return value.value if isinstance(value, wasmtime.Val) else value


def text(kind, value):
    value = plain(value)
    if kind == "i":
        return f"i32:{value & 0xffffffff:08x}"
    if kind == "I":
        return f"i64:{value & (1 << 64) - 1:016x}"
    if kind == "f":
        return "f32:" + struct.pack(">f", value).hex() if value == value else "f32:7fc00000"
    if kind == "F":
        return "f64:" + struct.pack(">d", value).hex() if value == value else "f64:7ff8000000000000"
    return ("funcref:" if kind == "r" else "externref:") + ("null" if value is None else "set")


def value(given):
    kind, digits = given.split(":")
    if digits in ("null", "set"):
        return None
    bits = int(digits, 16)
    if kind == "f32":
        return struct.unpack(">f", bytes.fromhex(digits))[0]
    if kind == "f64":
        return struct.unpack(">d", bytes.fromhex(digits))[0]
    size = 32 if kind == "i32" else 64
    return bits - (1 << size) if bits >> (size - 1) else bits


def types(letters):
    """Not asked of wasmtime, whose package ends the process where there is a vector."""
    kinds = {"i": wasmtime.ValType.i32, "I": wasmtime.ValType.i64, "f": wasmtime.ValType.f32, "F": wasmtime.ValType.f64,
             "r": wasmtime.ValType.funcref, "e": wasmtime.ValType.externref}
    return [kinds[letter]() for letter in letters]


class Guest:
    def __init__(self, request):
        config = wasmtime.Config()
        for feature in FEATURES:
            setattr(config, f"wasm_{feature}", True)
        config.shared_memory = True
        self.counts, self.begun = bool(request.get("fuel")), False
        config.consume_fuel = self.counts
        config.cranelift_opt_level = "speed" if os.environ.get("APUS_COMPARE_OPTIMISE") else "none"
        self.request, self.host, self.count = request, [], 0
        self.store = wasmtime.Store(wasmtime.Engine(config))
        self.store.set_limits(memory_size=1 << 26)
        paths = [entry["module"] for entry in request.get("with", [])] + [request["module"]]
        binaries = [bytes_of(path) for path in paths]
        self.says_fuel = self.counts and not any(map(CONSTANT_GROWTH.search, binaries))
        *self.before, self.module = (wasmtime.Module(self.store.engine, binary) for binary in binaries)
        self.linked = {}

    def imported(self, entry):
        def called(*given):
            self.count += 1
            bits = self.count * 0x9e3779b97f4a7c15 & (1 << 64) - 1
            written = ", ".join(text(t, v) for t, v in zip(entry["parameters"], given))
            self.host.append(f"{entry['name']}({written})")
            answers = [self.answer(t, bits) for t in entry["results"]]
            return answers[0] if len(answers) == 1 else answers or None
        return wasmtime.Func(self.store, wasmtime.FuncType(types(entry["parameters"]), types(entry["results"])), called)

    def answer(self, letter, bits):
        if letter == "i":
            bits >>= 32
            return bits - (1 << 32) if bits >> 31 else bits
        if letter == "I":
            return bits - (1 << 64) if bits >> 63 else bits
        return float(self.count % 16) if letter in "fF" else None

    def step(self, act, letters):
        """What one thing that is done answers, and leaves."""
        self.host = []
        trap, results = None, []
        if self.counts:
            self.store.set_fuel(1 << 62)
        try:
            answer = act()
            answers = [] if not letters else [answer] if len(letters) == 1 else answer
            results = [text(t, v) for t, v in zip(letters, answers)]
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            trap = trap_of(error)
        answer = {"trap": trap, "results": results, "host": self.host, "state": self.state()}
        # What a trap leaves is each engine's own, as is what instantiation takes.
        if self.says_fuel and not trap and self.begun:
            answer["fuel"] = (1 << 62) - self.store.get_fuel()
        return answer

    def state(self):
        if not hasattr(self, "exports"):
            return {}
        found = {}
        for name in self.request.get("memories", []):
            memory = self.exports[name]
            if isinstance(memory, wasmtime.Memory):
                size = memory.data_len(self.store)
                data = ctypes.string_at(memory.data_ptr(self.store), size) if size else b""
                found[name] = f"{size}:{zlib.crc32(data):08x}"
        for entry in self.request.get("globals", []):
            if entry["type"] in "iIfFre":
                found[entry["name"]] = text(entry["type"], self.exports[entry["name"]].value(self.store))
        for name in self.request.get("tables", []):
            table = self.exports[name]
            size = table.size(self.store)
            nulls = "".join("0" if plain(table.get(self.store, k)) is None else "1" for k in range(min(size, 64)))
            found[name] = f"{size}:{nulls}"
        return found

    def instance(self, module, hosts):
        """The exports of a new instance; what no linked module has, the host's functions are, in their order."""
        hosts, given = iter(hosts), []
        for wanted in module.imports:
            linked = self.linked.get(wanted.module)
            given.append(linked[wanted.name] if linked else self.imported(next(hosts)))
        return wasmtime.Instance(self.store, module, given).exports(self.store)

    def instantiate(self):
        for entry, module in zip(self.request.get("with", []), self.before):
            self.linked[entry["name"]] = self.instance(module, entry["imports"])
        self.exports = self.instance(self.module, self.request.get("imports", []))

    def run(self):
        steps = [self.step(self.instantiate, "")]
        self.begun = True
        if steps[0]["trap"]:
            return {"steps": steps}
        for call in self.request["calls"]:
            given = [value(argument) for argument in call["arguments"]]
            function = self.exports[call["export"]]
            steps.append(self.step(lambda: function(self.store, *given), call["results"]))
            if steps[-1]["trap"] in ("stack", "resources"):
                break
        return {"steps": steps}


def program(request):
    """A WASI command."""
    config = wasmtime.Config()
    for feature in FEATURES:
        setattr(config, f"wasm_{feature}", True)
    engine = wasmtime.Engine(config)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    store = wasmtime.Store(engine)
    wasi = wasmtime.WasiConfig()
    wasi.argv = request["wasi"]["arguments"]
    with tempfile.TemporaryDirectory() as folder:
        given, taken = os.path.join(folder, "in"), os.path.join(folder, "out")
        with open(given, "wb") as file:
            file.write(request["wasi"].get("stdin", "").encode())
        wasi.stdin_file, wasi.stdout_file = given, taken
        store.set_wasi(wasi)
        instance = linker.instantiate(store, wasmtime.Module.from_file(engine, request["module"]))
        status = 0
        try:
            instance.exports(store)["_start"](store)
        except wasmtime.ExitTrap as ended:
            status = ended.code
        except (wasmtime.Trap, wasmtime.WasmtimeError):
            status = 134
        with open(taken, "rb") as file:
            return {"stdout": file.read().hex(), "exit": status}


def answer(request):
    try:
        return program(request) if "wasi" in request else Guest(request).run()
    except wasmtime.WasmtimeError as error:
        return {"unsupported": str(error).strip().replace("\n", " ")[:300]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
