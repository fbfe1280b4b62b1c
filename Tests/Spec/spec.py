#!/usr/bin/env python3
"""Runs the WebAssembly specification's scripts through the translator.

Each script becomes one C program: the translated modules, a driver.c made of
tables, and driver.h, which interprets them. The scripts (JSON of wast2json) are our own
in scripts/json/NAME/NAME.json, and those in $APUS_TEST_DATA/spec/core/NAME/NAME.json.

A command is left out only when its module, or one that it imports from, is
answered "unsupported" by the translator; everything else that goes wrong fails.
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import functools
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import typing

import constants
import one
from modules import Module, values_of

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OWN = os.path.join(HERE, "scripts", "json")
FLAGS = ["-std=gnu11", "-w", "-ffp-contract=off", "-fno-optimize-sibling-calls", "-fno-finite-loops",
         "-fstack-clash-protection", "-fno-math-errno", "-fdata-sections"]
# What links a module to a program's own imports is not used, so it need not resolve.
LINK = ["-Wl,--gc-sections", "-lm", "-lpthread"]
SANITIZE = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
SHOWN_FAILURES = 20
UNSUPPORTED = 5
# The proposals that a module may be left out for; that all others are supported is tested here.
OUTSIDE = {"gc", "function-references"}
# The proposals with scripts of their own that are supported.
PROPOSALS = ["wide-arithmetic", "legacy-exceptions", "custom-page-sizes", "threads"]
# With the whole suite at hand, at least so many scripts, assertions in each configuration and
# refused modules: what is left out by mistake would otherwise look like a pass.
WHOLE_SUITE, LEAST_RUN, LEAST_REFUSED = 200, {"many": 28000, "one": 27000}, 3033


# --- the driver ----------------------------------------------------------------

C_TYPES = one.C_TYPES
FROM_BITS = {"i": "(uint32_t)%s.low", "I": "%s.low", "f": "to_f32(%s.low)", "F": "to_f64(%s.low)", "V": "to_v128(%s)",
             "x": "(apus_exnref){.tag = (const struct apus_tag *)(uintptr_t)%s.low}", "p": "(apus_funcref)(uintptr_t)%s.low", "e": "(apus_externref)(uintptr_t)%s.low"}
TO_BITS = {"i": "low(%s)", "I": "low(%s)", "f": "low(of_f32(%s))", "F": "low(of_f64(%s))", "V": "of_v128(%s)",
           "x": "low((uintptr_t)%s.tag)", "p": "low((uintptr_t)%s)", "e": "low((uintptr_t)%s)"}


def caller_text(number, signature):
    parameters, results = signature.split(">")
    types = ["void *"] + [C_TYPES[c] for c in parameters] + [C_TYPES[c] + " *" for c in results[1:]]
    values = (["f->context"] + [FROM_BITS[c] % f"a[{i}]" for i, c in enumerate(parameters)]
              + [f"&r{i}" for i in range(1, len(results))])
    lines = [f"static void call{number}(const struct apus_func *f, const struct bits *a, struct bits *r) {{"]
    lines += [f"  {C_TYPES[c]} r{i};" for i, c in enumerate(results)]
    returned = C_TYPES[results[0]] if results else "void"
    call = f"(({returned} (*)({', '.join(types)}))f->code)({', '.join(values)});"
    lines.append("  " + ("r0 = " if results else "") + call)
    lines += [f"  r[{i}] = {TO_BITS[c] % f'r{i}'};" for i, c in enumerate(results)]
    return "\n".join(lines + ["}"])


def c_string(data):
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    return '"' + "".join(chr(b) if 32 < b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in data) + '"'


class Row:
    """A command for the driver."""

    def __init__(self, command, op, slot):
        self.command, self.op, self.slot = command, op, slot
        self.definition = -1
        self.imports, self.arguments, self.expected = [], [], []
        self.field, self.get = "", False


def driver_text(definitions, slot_count, signatures, rows):
    out = ['#include "driver.h"']
    # In `one`, those that have no instance are not there.
    out += [f"extern __attribute__((weak)) const struct definition {name}_definition;" for name in definitions]
    out.append("static const struct definition *const definitions[] = {")
    out += [f"&{name}_definition," for name in definitions]
    out.append("0};")
    signatures = sorted(signatures)
    out += [caller_text(i, s) for i, s in enumerate(signatures)]
    out.append("static const struct signature signatures[] = {")
    out += [f"{{{c_string(s)}, call{i}}}," for i, s in enumerate(signatures)]
    out.append("{0}};")
    imports, values, commands = [], [], []
    for row in rows:
        if row.op in ("INSTANTIATE", "UNLINKABLE", "UNINSTANTIABLE"):
            first, count, first_expected = len(imports), len(row.imports), 0
            imports += row.imports
        else:
            first, count = len(values), len(row.arguments)
            for value in row.arguments:
                values += values_of(value)
            first_expected = len(values)
            for value in row.expected:
                values += values_of(value)
        field = row.field.encode("utf-8", "surrogatepass")
        commands.append(f"{{{row.op}, {row.command['line']}, {row.slot}, {row.definition}, {int(row.get)}, "
                        f"{c_string(field)}, {len(field)}, {first}, {count}, {first_expected}, "
                        f"{len(row.expected)}, {c_string(row.command.get('text', ''))}}},")
    out.append("static const struct import imports[] = {")
    out += [f"{{{slot}, {c_string(name)}, {len(name)}}}," for slot, name in imports]
    out.append("{0}};\nstatic const struct value values[] = {")
    out += [f"{{'{row[0]}', {{{', '.join(f'{bits}u' for bits in row[1:])}}}}}," for row in values]
    out.append("{0}};\nstatic const struct command commands[] = {")
    out += commands
    out.append("{0}};")
    out.append(f"static struct slot slots[{slot_count + 1}];")
    out.append("int main(void) {\n  apus_fuel_give(INT64_MAX);\n  static const struct script script = {definitions, imports, values, "
               f"signatures, {len(signatures)}, commands, {len(rows)}, slots, {slot_count}}};\n"
               "  return run_script(&script);\n}\n")
    return "\n".join(out)


# --- running ---------------------------------------------------------------------

def run(arguments, limit, **more):
    """(status, stdout, stderr); status None where the time limit ended it."""
    try:
        done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=limit, **more)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as expired:
        return None, (expired.stdout or b"").decode("utf-8", "replace"), "time limit"


def ending(status):
    if status is None:
        return "time limit"
    if status < 0:
        try:
            return f"killed by {signal.Signals(-status).name}"
        except ValueError:
            return f"killed by signal {-status}"
    return f"exit {status}"


def first_lines(text, count=5):
    return "\n      ".join(text.strip().splitlines()[:count])


REFUSALS = ("assert_malformed", "assert_invalid")


def is_assertion(command):
    return command["type"].startswith("assert_")


class Result:
    def __init__(self, name, config):
        self.name, self.config = name, config
        self.passed = self.failed = 0
        self.inside = 0  # calls with arguments that are constants in the module
        self.executed = 0  # assertions, but for those on malformed and invalid modules
        self.left_out = collections.Counter()        # commands, by proposal
        self.left_out_asserts = collections.Counter()  # assertions, by proposal
        self.refused = collections.Counter()
        self.failures = []

    def ok(self, command):
        self.passed += 1
        self.executed += is_assertion(command) and command["type"] not in REFUSALS

    def fail(self, command, why):
        self.failed += 1
        self.executed += is_assertion(command) and command["type"] not in REFUSALS
        self.failures.append(f"line {command['line']} {command['type']}: {why}")

    def skip(self, command, proposal):
        self.left_out[proposal] += 1
        self.left_out_asserts[proposal] += is_assertion(command)


MEMORIES = ("bounds", "guard", "exact", "deterministic", "unchecked", "limits", "board")
# What accesses outside of an unchecked memory do is anybody's guess.
UNCHECKED = "out of bounds memory access"


class Config(typing.NamedTuple):
    """How the modules of a run are translated and compiled: bounds:0:gcc:many, or exact:2:clang:one
    for guard pages with exact traps, deterministic:2:gcc:one for guard pages and the same everywhere, or
    limits:2:gcc:one for explicit checks, fuel, interruption and traces; board:s:cortex-m4:one for an image of a
    target of `apus targets`, in QEMU."""
    memory: str
    level: str
    cc: str
    instances: str

    def __str__(self):
        return ":".join(self)

    def options(self):
        """Of the translator."""
        memory = {"exact": ["--memory", "guard", "--traps", "exact"],
                  "deterministic": ["--memory", "guard", "--deterministic"],
                  "limits": ["--memory", "bounds", "--fuel", "--interruptible", "--trace", "stores",
                             "--trace", "calls"],
                  "board": ["--profile", "firmware"]}.get(self.memory, ["--memory", self.memory])
        return memory + ["--instances", self.instances]


class Board:
    """A target, with as much RAM as its machine in QEMU has."""
    RAM = {"mps2-an385": (0x21000000, 16 << 20), "mps2-an386": (0x21000000, 16 << 20), "mps2-an500": (0x60000000, 16 << 20),
           "virt": (0x80800000, 100 << 20), "sim": (0x60000000, 100 << 20)}
    FLASH = {"virt": 8 << 20, "sim": 8 << 20}
    STACK = 1 << 18

    def __init__(self, target):
        self.command = [target["compiler"], *target["flags"]]
        self.sources = [os.path.join(ROOT, "Runtime-C", "port", "image", name) for name in target["board"] + ["image.c"]]
        machine = target["emulator"][2]
        ram, size = self.RAM.get(machine, (target["ram"]["start"], target["ram"]["size"]))
        places = {"flash": target["flash"]["start"], "flash_size": self.FLASH.get(machine, target["flash"]["size"]), "ram_start": ram,
                  "ram_size": size, "stack_size": self.STACK}
        self.linking = ["-nostartfiles", "-Wl,--gc-sections", "-T", os.path.join(ROOT, "Runtime-C", "port", "image", "image.ld"),
                        *(f"-Wl,--defsym=apus_image_{name}={value}" for name, value in places.items()), "-lm"]
        self.missing = target["missing"]
        self.ram = size
        self.emulator = [word.replace("{arguments}", "") for word in target["emulator"][:-1]]


def emulator(cc):
    """What runs the programs of a compiler for another processor: qemu-aarch64 for Debian's
    aarch64-linux-gnu-gcc, nothing for those that have no such name."""
    found = re.match(r"(\w+)-linux-gnu(?:eabihf)?-gcc", os.path.basename(cc))
    return [f"qemu-{found[1]}"] if found else []


# A script of this name is about traps that guard pages alone do not keep exact.
EXACT = "exact_"
# One of this name holds where modules are linked without C of the host's between them.
MANY = "many_"
# One of this name needs exceptions of more words than usual, in everything that is compiled.
WORDS = "words_"
# Bytes of RAM that a board or a host needs for these.
ROOM = {"own/addresses": 1 << 32, "own/wide_memories": 1 << 32, "call": 1 << 25, "memory_grow64": 1 << 26}
# What a memory may have where pointers have 32 bits, as by these compilers.
NARROW, NARROW_ROOM = ("arm-", "i686-"), 1 << 31
# One of this name holds by gcc, and by clang without optimisation; DESIGN says why.
GCC = "gcc_"


def is_kept(folder, config, flags):
    """Whether a script is about something that a configuration keeps."""
    name = os.path.basename(folder)
    if name.startswith(WORDS) and "APUS_EXCEPTION_WORDS" not in flags:
        return False
    if name.startswith(EXACT):
        return config.memory in ("bounds", "exact", "deterministic", "limits", "board")
    if name.startswith(MANY):
        return config.instances == "many"
    return not (name.startswith(GCC) and "clang" in os.path.basename(config.cc) and config.level != "0")


def posix_sources(runtime):
    sources = []
    for name in ("memory_guard", "memory_shared", "alloc", "loops", "stack", "symbols", "thread", "threads", "trap", "wait"):
        source = os.path.join(runtime, "port", "posix", name + ".c")
        if os.path.exists(source):
            sources.append(source)
        else:
            print(f"spec: note: no {os.path.relpath(source, ROOT)}", flush=True)
    return sources


class Suite:
    def __init__(self, options):
        self.options = options
        self.runtimes = {}

    @functools.cached_property
    def boards(self):
        """By name. Asking which tools are there takes half a second."""
        listed = subprocess.run([self.options.apus, "targets", "--json"], capture_output=True, check=True).stdout
        return {target["name"]: Board(target) for target in json.loads(listed)}

    def board(self, config):
        """None where a configuration is of no board."""
        return self.boards[config.cc] if config.memory == "board" else None

    def missing(self, config):
        """What a configuration needs and is not installed."""
        board = self.board(config)
        if board:
            return board.missing
        return [f"there is no {name}" for name in [config.cc, *emulator(config.cc)] if not shutil.which(name)]

    def compiler(self, config):
        board = self.board(config)
        return board.command if board else [config.cc]

    def flags(self, config):
        flags = FLAGS + [f"-O{config.level}", "-I", os.path.join(ROOT, "Runtime-C", "include"), *self.options.flags.split()]
        if config.memory in ("guard", "exact", "deterministic"):
            flags.append("-DSPEC_GUARD=1")
        if config.memory == "board":
            flags.remove("-fstack-clash-protection")
            flags += ["-DAPUS_FREESTANDING", "-ffunction-sections", "-fdata-sections",
                      "-I", os.path.join(ROOT, "Runtime-C", "port", "image")]
        if config.memory == "deterministic":
            flags += ["-DAPUS_COUNTS_CALLS", "-DSPEC_DETERMINISTIC=1"]
        if self.options.sanitize:
            flags += SANITIZE
            if "clang" in os.path.basename(config.cc):
                # Calls through pointers of another type than the function's.
                flags += ["-fsanitize=function", "-fno-sanitize-recover=function"]
        return flags

    def build_runtime(self, config):
        runtime = os.path.join(ROOT, "Runtime-C")
        sources = sorted(glob.glob(os.path.join(runtime, "core", "*.c")))
        board = self.board(config)
        if board:
            sources += sorted(glob.glob(os.path.join(runtime, "port", "baremetal", "*.c"))) + board.sources + [os.path.join(HERE, "board.c")]
        else:
            sources += posix_sources(runtime)
        folder = os.path.join(self.options.work, "runtime-" + str(config).replace(":", "-"))
        os.makedirs(folder, exist_ok=True)
        objects = []
        for source in sources:
            target = os.path.join(folder, os.path.relpath(source, runtime)[:-2].replace(os.sep, "-") + ".o")
            status, _, errors = run(self.compiler(config) + self.flags(config) + ["-c", source, "-o", target], 300)
            if status != 0:
                sys.exit(f"spec: the runtime does not compile ({ending(status)}):\n{errors}")
            objects.append(target)
        self.runtimes[config] = objects

    def validate(self, result, command, path):
        status, _, errors = run([self.options.apus, "validate", path], 60)
        wanted = "malformed" if command["type"] == "assert_malformed" else "invalid"
        file = os.path.basename(path)
        found = re.search(r"proposal ([\w-]+)", errors)
        if status == UNSUPPORTED and found and found.group(1) in OUTSIDE:
            result.refused[f"{wanted}, answered unsupported"] += 1
            result.ok(command)
        elif status == 1 and f"{wanted} module" in errors:
            result.refused[wanted] += 1
            result.ok(command)
        else:
            result.fail(command, f"{file}: expected {wanted} ({command.get('text', '')}), "
                                 f"{ending(status)} {first_lines(errors, 1)}")

    def run_script(self, folder, config, validate):
        name = script_name(folder)
        result = Result(name, config)
        work = os.path.join(self.options.work, str(config).replace(":", "-"), name)
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        with open(os.path.join(folder, os.path.basename(folder) + ".json"), encoding="utf-8") as file:
            commands = json.load(file)["commands"]

        definitions, signatures, rows = [], set(), []
        named_definitions, named, registered = {}, {}, {}
        slots = []  # for each instance: None, or ("skip", proposal) or ("fail", why)
        made_of = []  # for each instance: its definition
        links = one.Links()
        latest_definition, current = None, None
        answers = {}
        script = constants.Script(folder, commands) if self.options.constants else None
        for file, data in script.files.items() if script else ():
            with open(os.path.join(work, file), "wb") as output:
                output.write(data)

        def translate(file):
            """(number, Module or None, bad): bad as in slots."""
            if file in answers:
                return answers[file]
            path, number = os.path.join(work if script and file in script.files else folder, file), len(definitions)
            status, _, errors = run(
                [self.options.apus, "translate", path, "-o", work, "--name", f"m{number}", *config.options(),
                 "--split", str(self.options.split), "--no-makefile"], 120)
            if status == 0:
                module = Module(path)
                signatures.update(module.signatures)
                definitions.append((f"m{number}", module))
                with open(os.path.join(work, f"m{number}.h"), encoding="utf-8") as header:
                    module.header = header.read()
                answer = number, module, None
            elif status == UNSUPPORTED:
                found = re.search(r"proposal ([\w-]+)", errors)
                if found and found.group(1) in OUTSIDE:
                    answer = -1, None, ("skip", found.group(1))
                else:
                    answer = -1, None, ("fail", f"{file}: refused as unsupported: {first_lines(errors, 1)}")
            else:
                answer = -1, None, ("fail", f"{file}: translate: {ending(status)} {first_lines(errors, 2)}")
            answers[file] = answer
            return answer

        def instantiate(command, op, definition):
            """Makes the next slot; its row unless the module is out."""
            number, module, bad = definition
            slot = len(slots)
            slots.append(None)
            row = Row(command, op, slot)
            row.definition = number
            for owner, field, _, _ in module.imports if module else []:
                source = -2
                if owner == b"spectest":
                    source = -1
                elif owner in registered:
                    source = registered[owner]
                    bad = bad or slots[source]
                row.imports.append((source, field))
            made_of.append(number)
            if bad is None and config.instances == "one":
                def exporter(owner):
                    other = made_of[registered[owner]] if owner in registered else -1
                    return None if other < 0 else (other, *definitions[other])
                why = links.refuses(module, number, exporter)
                bad = why and ("skip", f"--instances one: {why}")
            slots[slot] = bad
            settle(command, bad, row)
            return slot

        def settle(command, bad, row):
            if bad is None:
                rows.append(row)
            elif bad[0] == "skip":
                result.skip(command, bad[1])
            else:
                result.fail(command, bad[1])

        for command in commands:
            kind = command["type"]
            if kind == "module_definition":
                latest_definition = translate(command["filename"])
                named_definitions[command.get("name")] = latest_definition
                bad = latest_definition[2]
                if bad is None:
                    result.ok(command)
                else:
                    settle(command, bad, None)
            elif kind == "module":
                latest_definition = translate(command["filename"])
                current = instantiate(command, "INSTANTIATE", latest_definition)
                if "name" in command:
                    named_definitions[command["name"]] = latest_definition
                    named[command["name"]] = current
            elif kind == "module_instance":
                definition = latest_definition
                if command.get("module") is not None:
                    definition = named_definitions[command["module"]]
                current = instantiate(command, "INSTANTIATE", definition)
                if command.get("instance") is not None:
                    named[command["instance"]] = current
            elif kind == "register":
                slot = named[command["name"]] if command.get("name") is not None else current
                registered[command["as"].encode("utf-8", "surrogatepass")] = slot
            elif kind in ("assert_unlinkable", "assert_uninstantiable"):
                op = "UNLINKABLE" if kind == "assert_unlinkable" else "UNINSTANTIABLE"
                instantiate(command, op, translate(command["filename"]))
            elif kind in REFUSALS:
                if validate:
                    self.validate(result, command, os.path.join(folder, command["filename"]))
            elif kind in ("assert_return", "assert_trap", "assert_exhaustion", "action", "assert_exception"):
                if config.memory == "unchecked" and kind == "assert_trap" and command["text"] == UNCHECKED:
                    result.skip(command, f"--memory unchecked: {UNCHECKED}")
                    continue
                action = command["action"]
                slot = named.get(action["module"]) if action.get("module") is not None else current
                if slot is None:
                    result.fail(command, "no such instance")
                    continue
                op = {"assert_return": "RETURN", "action": "ACTION", "assert_exception": "EXCEPTION"}.get(kind, "TRAP")
                bad = slots[slot]
                row = Row(command, op, slot)
                row.field, row.get = action["field"], action["type"] == "get"
                row.arguments, row.expected = action.get("args", []), command.get("expected", [])
                inside = script and script.field(command)
                if inside:
                    row.field, row.arguments = inside, []
                    result.inside += 1
                settle(command, bad, row)
            else:
                result.fail(command, "unknown kind of command")

        if rows:
            self.run_driver(result, config, work, definitions, links, len(slots), signatures, rows)
        if not result.failed and not self.options.keep:
            shutil.rmtree(work, ignore_errors=True)
        return result

    def run_driver(self, result, config, work, definitions, links, slot_count, signatures, rows):
        def fail_all(rows, why):
            for row in rows:
                result.fail(row.command, why)
            if len(rows) > 1:  # one message is enough
                result.failures[-len(rows) + 1:] = [f"and the {len(rows) - 1} commands after it"]

        with open(os.path.join(work, "driver.c"), "w", encoding="ascii") as file:
            file.write(driver_text([name for name, _ in definitions], slot_count, signatures, rows))
        # Each module is compiled by itself: two may declare one import differently.
        units = []
        is_one = config.instances == "one"
        if is_one:
            # What was not made may import what nothing supplies.
            definitions = [(name, module) for k, (name, module) in enumerate(definitions) if k in links.made]
        for name, module in definitions:
            units.append(os.path.join(work, name + "_unit.c"))
            with open(units[-1], "w", encoding="ascii") as file:
                file.write(one.unit_text(name, module, c_string) if is_one else
                           f'#include "{name}.c"\n#include "definition.h"\nSPEC_DEFINITION({name})\n')
            units += sorted(glob.glob(os.path.join(work, name + "_[0-9]*.c")))
        if is_one:
            units.append(os.path.join(work, "links.c"))
            with open(units[-1], "w", encoding="ascii") as file:
                file.write(links.text())
        # The driver's own tables need no optimisation.
        command = self.compiler(config) + self.flags(config) + ["-I", HERE, "-I", work]
        board = self.board(config)
        driver = os.path.join(work, "driver.o")
        status, _, errors = run(command + ["-O0", *(["-Dmain=script_main"] if board else []), "-c", os.path.join(work, "driver.c"), "-o", driver], 600)
        if status == 0:
            status, _, errors = run(
                command + units + [driver]
                + self.runtimes[config] + (board.linking if board else LINK) + (["-static"] if emulator(config.cc) else [])
                + ["-o", os.path.join(work, "script")], 1200)
        if status != 0:
            fail_all(rows, f"the script does not compile: {ending(status)}\n      {first_lines(errors, 8)}")
            return

        environment = dict(os.environ)
        if self.options.sanitize:
            environment["ASAN_OPTIONS"] = "handle_segv=0:handle_sigbus=0:use_sigaltstack=0:detect_stack_use_after_return=0"
        status, output, errors = run((board.emulator if board else emulator(config.cc)) + [os.path.join(work, "script")], self.options.limit * (5 if board else 1), env=environment)
        lines = output.splitlines()
        ended = bool(lines) and lines[-1] == "end"
        verdicts = [line for line in lines if line.startswith(("ok ", "FAIL "))]
        if not output.endswith("\n") and verdicts:
            verdicts.pop()
        for row, verdict in zip(rows, verdicts):
            word, line, *details = verdict.split(" ", 2)
            if int(line) != row.command["line"]:
                result.fail(row.command, f"the driver answered for line {line}")
            elif word == "ok":
                result.ok(row.command)
            else:
                result.fail(row.command, details[0] if details else "")
        missing = rows[len(verdicts):]
        if missing:
            fail_all(missing, f"the driver ended here: {ending(status)} {first_lines(errors, 8)}")
        elif not ended or status not in (0, 1) or (self.options.sanitize and errors):
            result.failed += 1
            result.failures.append(f"after the last command: {ending(status)}\n      {first_lines(errors, 12)}")


def script_name(folder):
    """own/NAME for a script of ours, PROPOSAL/NAME for one of a proposal, else NAME."""
    home, name = os.path.split(folder)
    if home == OWN:
        return f"own/{name}"
    above, proposal = os.path.split(home)
    return f"{proposal}/{name}" if os.path.basename(above) == "proposals" else name


def find_scripts(only):
    """Folders of the scripts to run, our own first."""
    data = os.environ.get("APUS_TEST_DATA")
    spec = os.path.join(os.path.abspath(data), "spec") if data else ""
    homes = [OWN] + ([os.path.join(spec, "core")] + [os.path.join(spec, "proposals", p) for p in PROPOSALS] if data else [])
    if not data:
        print("spec: APUS_TEST_DATA is not set: only our own scripts run, not the specification's.\n"
              "spec: Set it to the folder that holds spec/core/NAME/NAME.json.")
    folders = [os.path.dirname(p) for home in homes for p in sorted(glob.glob(os.path.join(home, "*", "*.json")))]
    chosen = {script_name(folder): folder for folder in folders}
    only = [found for name in only or () for found in fnmatch.filter(chosen, name) or [name]]
    missing = [name for name in only if name not in chosen]
    if missing or not folders:
        sys.exit(f"spec: no such script in {' '.join(homes)}: {' '.join(missing) or '*'}")
    return [chosen[name] for name in only] if only else folders


def parse_config(text, cc):
    memory, level, *more = text.split(":") if ":" in text else (text, "")
    instances = [word for word in more if word in ("one", "many")] or ["many"]
    compiler = [word for word in more if word not in ("one", "many")] or [cc]
    if memory not in MEMORIES or level not in ("0", "1", "2", "3", "s") or len(more) > 2 \
            or len(instances) > 1 or len(compiler) > 1 or not compiler[0]:
        raise argparse.ArgumentTypeError(f"not MEMORY:LEVEL[:COMPILER][:INSTANCES]: {text}")
    return Config(memory, level, compiler[0], instances[0])


def main():
    parser = argparse.ArgumentParser(description="Runs the specification's scripts.")
    parser.add_argument("--memory", choices=MEMORIES, default="bounds")
    parser.add_argument("--opt", choices=("0", "1", "2", "3", "s"), default="0")
    parser.add_argument("--config", help="several of MEMORY:LEVEL[:COMPILER][:INSTANCES], such as bounds:0,guard:2:clang:one")
    parser.add_argument("--deal", action="store_true", help="deal the configurations out: of those after the "
                        "first each script of the specification gets one, each of ours three")
    parser.add_argument("--each", type=int, metavar="N", help="each script in N of the configurations, which go round")
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--cc", default=os.environ.get("CC", "cc"))
    parser.add_argument("--flags", default="", help="more options for the compiler, such as --flags=-mavx2")
    parser.add_argument("--split", type=int, default=0, help="bytes of C to a file; 0 keeps each module in one")
    parser.add_argument("--constants", action="store_true", help="call by functions in the modules that have the arguments as constants")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, help="seconds for one script's program")
    parser.add_argument("--work", help="folder for what is generated; kept")
    parser.add_argument("--keep", action="store_true", help="keep the folders of scripts that pass, too")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these scripts, such as simd_*")
    parser.add_argument("--sanitize", action="store_true", help="compile with the address and undefined sanitizers")
    options = parser.parse_args()
    try:
        configs = [parse_config(text, options.cc) for text in (options.config or f"{options.memory}:{options.opt}").split(",")]
    except argparse.ArgumentTypeError as error:
        parser.error(str(error))
    options.limit = options.limit or (300 if options.sanitize else 60)

    folders = find_scripts(options.only)
    again = f"Tests/Spec/spec.py --apus {options.apus}"
    if "APUS_TEST_DATA" in os.environ:
        again = f"APUS_TEST_DATA={os.environ['APUS_TEST_DATA']} {again}"
    options.apus = os.path.abspath(options.apus)
    if not os.access(options.apus, os.X_OK):
        sys.exit(f"spec: no translator at {options.apus}; build it or give --apus PATH")

    temporary = None if options.work else tempfile.mkdtemp(prefix="apus-spec-")
    options.work = os.path.abspath(options.work or temporary)
    os.makedirs(options.work, exist_ok=True)
    suite = Suite(options)
    for config in list(configs):
        missing = suite.missing(config)
        if missing:
            print(f"spec, {config} skipped: {'; '.join(missing)}")
            configs.remove(config)
    if not configs:
        return 0
    passed = failed = skipped = inside = 0
    left_out, left_out_asserts, refused = (collections.Counter() for _ in range(3))
    executed = collections.Counter()  # by configuration: the suite's, without ours
    printing = threading.Lock()

    def report(result):
        nonlocal passed, failed, skipped, inside
        with printing:
            passed += result.passed
            inside += result.inside
            failed += result.failed
            skipped += sum(result.left_out.values())
            own = result.name.startswith("own/")
            executed[result.config, own] += result.executed
            left_out.update(result.left_out)
            left_out_asserts.update(result.left_out_asserts)
            for kind, count in result.refused.items():
                refused[kind, own] += count
            if not result.failed:
                return
            print("FAILED %s [%s]: %d of %d" % (result.name, result.config, result.failed,
                                                  result.failed + result.passed))
            for failure in result.failures[:SHOWN_FAILURES]:
                print("  " + failure)
            if len(result.failures) > SHOWN_FAILURES:
                print(f"  … and {len(result.failures) - SHOWN_FAILURES} more")
            print("  again: %s --config %s%s --work .build/spec --only %s"
                  % (again, result.config, (" --sanitize" if options.sanitize else "") + (" --constants" if options.constants else ""), result.name), flush=True)

    def has_room(folder, config):
        needed = ROOM.get(script_name(folder), 0)
        board = suite.board(config)
        if board:
            return board.ram >= needed
        return needed <= NARROW_ROOM or not os.path.basename(config.cc).startswith(NARROW)

    place = {folder: k for k, folder in enumerate(folders)}
    dealt = configs if options.each else configs[1:] if options.deal else []

    def takes(folder, config):
        return is_kept(folder, config, options.flags) and has_room(folder, config)

    def is_dealt(folder, config):
        if config not in dealt:
            return True
        share = options.each or (3 if script_name(folder).startswith("own/") else 1)
        possible = [other for other in dealt if takes(folder, other)]
        return any(possible[(place[folder] + k) % len(possible)] == config for k in range(share))

    def guarded(folder, config, validate):
        try:
            return suite.run_script(folder, config, validate)
        except Exception as error:  # a harness that breaks must not look like a pass
            result = Result(script_name(folder), config)
            result.failed = 1
            result.failures.append(f"harness: {type(error).__name__}: {error}")
            return result

    try:
        for config in configs:
            suite.build_runtime(config)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            # Malformed and invalid modules have no configuration: they are validated once.
            work = [pool.submit(guarded, folder, config, config == configs[0])
                    for config in configs for folder in folders
                    if takes(folder, config) and is_dealt(folder, config)]
            for done in concurrent.futures.as_completed(work):
                report(done.result())
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)

    whole = not options.only and sum(not script_name(folder).startswith("own/") for folder in folders) >= WHOLE_SUITE

    def fewer(what, count, floor):
        """Fails where the whole suite is there and too little of it was run."""
        nonlocal failed
        if whole and count < floor:
            failed += 1
            print(f"FAILED {what}: {count}, at least {floor} expected of the whole suite")

    print(f"scripts: {len(folders)}, configurations: {' '.join(str(c) for c in configs)}")
    for folder in folders:
        small = sorted({config.cc for config in configs if not has_room(folder, config)})
        if small:
            print(f"{script_name(folder)} left out on {', '.join(small)}: it needs {ROOM[script_name(folder)] >> 20} MB of RAM")
    for config in configs:
        print("executed assertions, %s: %d, and %d of our own" % (config, executed[config, False], executed[config, True]))
        if config not in dealt:
            fewer(f"assertions with {config}", executed[config, False], LEAST_RUN[config.instances])
    if dealt:
        fewer("assertions dealt out", sum(executed[config, False] for config in dealt), LEAST_RUN["one"])
    for proposal, count in sorted(left_out.items()):
        print(f"left out, {proposal}: {count} commands, {left_out_asserts[proposal]} of them assertions")
    for kind in sorted({kind for kind, _ in refused}):
        print(f"refused as {kind}: {refused[kind, False]}, and {refused[kind, True]} of our own")
    fewer("refused modules", sum(count for (_, own), count in refused.items() if not own), LEAST_REFUSED)
    if options.constants:
        print(f"calls with constants in the modules: {inside}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
