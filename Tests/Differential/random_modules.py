#!/usr/bin/env python3
"""Runs random modules here and under wasmtime: results and traps must be the same.

A module has exports t0, t1, … without parameters that answer an i64. Each is called in a fresh
instance. Needs the Python package wasmtime, which also assembles the text format.
"""
import argparse, concurrent.futures, importlib.util, os, re, shutil, subprocess, sys
import generate

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
COMPILERS = [c for c in ("gcc", "clang") if shutil.which(c)]
# Memory, instances, level; a module's number chooses, the compiler as well.
CONFIGS = [("bounds", "one", "-O1"), ("guard", "many", "-O2"), ("bounds", "many", "-O2"), ("guard", "one", "-O1"),
           ("exact", "one", "-O2"), ("guard", "one", "-O0"), ("bounds", "one", "-O3"), ("guard", "one", "-O3"),
           ("exact", "many", "-O1"), ("guard", "many", "-Os"), ("guard", "one", "-O2")]
TRAPS = ["out of bounds memory access", "integer divide by zero", "integer overflow",
         "invalid conversion to integer", "indirect call type mismatch", "undefined element", "uninitialized element",
         "call stack exhausted", "unaligned atomic", "expected shared memory", "null exception reference"]
# wasmtime's words for the same. It has one for all that is beyond a table's end.
WORDS = {"out of bounds memory": TRAPS[0], "undefined element: out of bounds": TRAPS[5], "uninitialized": TRAPS[6],
         "unaligned": TRAPS[8], "null reference": TRAPS[10]}
SAME = {"out of bounds table access": TRAPS[5]}


def expected(binary):
    """[(name, answer)] by wasmtime: a number or the trap's text."""
    import wasmtime
    config = wasmtime.Config()
    config.wasm_exceptions = True
    config.shared_memory = config.wasm_memory64 = True
    engine = wasmtime.Engine(config)
    module = wasmtime.Module(engine, binary)
    answers = []
    for export in module.exports:
        if not re.fullmatch(r"t\d", export.name):
            continue
        store = wasmtime.Store(engine)
        instance = wasmtime.Instance(store, module, [])
        try:
            answer = str(instance.exports(store)[export.name](store) & 2**64 - 1)
        except wasmtime.Trap as trap:
            text = str(trap)
            answer = next((t for t in TRAPS if t in text), None) or next((t for w, t in WORDS.items() if w in text), text)
        answers.append((export.name, answer))
    return answers


def main_text(names, many):
    state = "static struct m instance;\n" if many else ""
    make = "m_instantiate(&instance, NULL)" if many else "m_instantiate()"
    self, end = ("&instance", "&instance") if many else ("", "")
    lines = ['#include "m.h"', "#include <inttypes.h>", "#include <stdio.h>", state, "static uint64_t answer;"]
    lines += [f"static void {n}(void *unused) {{ (void)unused; answer = m_export_{n}({self}); }}" for n in names]
    lines.append("int main(void) {\n  void (*const calls[])(void *) = {" + ", ".join(names) + "};")
    lines.append(f"""  for (int k = 0; k < {len(names)}; k++) {{
    struct apus_outcome outcome = {make};
    if (outcome.trap == APUS_TRAP_NONE) outcome = apus_catch(calls[k], NULL);
    if (outcome.trap == APUS_TRAP_NONE) printf("%" PRIu64 "\\n", answer);
    else printf("%s\\n", apus_trap_message(outcome.trap));
    m_destroy({end});
  }}
}}""")
    return "\n".join(lines) + "\n"


def setting(seed):
    """(memory, instances, level, compiler, options of `apus` for the memory), by a module's number."""
    memory, instances, level = CONFIGS[seed % len(CONFIGS)]
    compiler = COMPILERS[seed // len(CONFIGS) % len(COMPILERS)]
    ways = ["--memory", "guard", "--traps", "exact"] if memory == "exact" else ["--memory", memory]
    return memory, instances, level, compiler, ways


def run(seed, options):
    """None, or what went wrong."""
    import wasmtime
    work = os.path.join(options.work, str(seed))
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    memory, instances, level, compiler, ways = setting(seed)
    # By guard pages alone a load may be lost where the C compiler knows that its value makes no
    # difference (see DESIGN.md), and here it knows a lot.
    binary = wasmtime.wat2wasm(generate.module(seed, wild_loads=memory != "guard"))
    path = os.path.join(work, "m.wasm")
    with open(path, "wb") as file:
        file.write(binary)
    answers = expected(binary)
    sources, program = os.path.join(work, "c"), os.path.join(work, "program")
    done = subprocess.run([options.apus, "translate", path, "-o", sources, "--name", "m", *ways,
                           "--instances", instances], capture_output=True, text=True, timeout=60)
    if done.returncode:
        return f"translate: {done.stderr[:300]}"
    with open(os.path.join(sources, "main.c"), "w", encoding="ascii") as file:
        file.write(main_text([name for name, _ in answers], instances == "many"))
    sanitize = " -g -fsanitize=address,undefined -fno-sanitize-recover=undefined" if options.sanitize else ""
    built = subprocess.run(["make", "-s", "-C", sources, f"CC={compiler}", f"CFLAGS={level} -w{sanitize}", "libm.a", "main.o"],
                           capture_output=True, text=True, timeout=300)
    if built.returncode == 0:
        built = subprocess.run([compiler, *sanitize.split(), "main.o", "libm.a", "-lm", "-lpthread",
                                "-o", program], cwd=sources, capture_output=True, text=True, timeout=60)
    if built.returncode:
        return f"the C does not compile: {built.stderr[:500]}"
    environment = dict(os.environ, ASAN_OPTIONS="handle_segv=0:handle_sigbus=0:use_sigaltstack=0:detect_stack_use_after_return=0")
    ran = subprocess.run([program], capture_output=True, text=True, timeout=60, env=environment)
    found = [SAME.get(line, line) for line in ran.stdout.splitlines()]
    wrong = [f"{name}: {ours}, wasmtime: {theirs}" for (name, theirs), ours in zip(answers, found) if ours != theirs]
    if ran.returncode or len(found) != len(answers):
        wrong.append(f"exit status {ran.returncode} after {len(found)} answers {ran.stderr[-300:]}")
    if not wrong:
        shutil.rmtree(work)
        return None
    return f"[{memory} {instances} {level} {compiler}] " + "; ".join(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=os.path.join(ROOT, ".build", "release", "apus"))
    parser.add_argument("--work", default=os.path.join(ROOT, ".build", "random"))
    parser.add_argument("--first", type=int, default=1, help="the first module's seed")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--sanitize", action="store_true")
    options = parser.parse_args()
    if not importlib.util.find_spec("wasmtime"):
        print("random modules: SKIPPED, there is no Python package wasmtime\n0 passed, 0 failed, 1 skipped")
        return 0
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        seeds = range(options.first, options.first + options.count)
        for seed, why in zip(seeds, pool.map(lambda seed: run(seed, options), seeds)):
            if why:
                failed += 1
                print(f"FAILED module {seed} {why}\n  again: Tests/Differential/random_modules.py --first {seed} --count 1", flush=True)
    print(f"{options.count - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
