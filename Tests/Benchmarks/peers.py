"""Other engines under the same clock: Debian's wasm2c, and wasmtime from PyPI."""
import importlib.util, os, re, shutil, sys
from machine import HERE, ROOT, Missing, execute, tool

RUNTIME = "/usr/share/wabt/wasm2c"  # where Debian's package keeps wasm-rt-impl.c


def shim(header):
    """C that gives wasm2c's module `guest` our WASI, and the interface that harness.c uses.

    An import `M.N` is Z_MZ_N there and takes an instance of M first; apus_import_M_N here."""
    modules = re.findall(r"^struct Z_(\w+)_instance_t;$", header, re.M)
    text = ['#include "w2c.h"', '#include "guest.h"', "static Z_guest_instance_t instance;",
            "static struct apus_memory memory;",
            "static struct apus_host host = {.memory = &memory};",
            # Both engines call the memory by a base and a size; wasm2c's may have grown.
            "static struct apus_host *caller(void) {",
            "  wasm_rt_memory_t *now = Z_guestZ_memory(&instance);",
            "  memory.base = now->data;", "  memory.size = now->size;", "  return &host;", "}"]
    text += [f"struct Z_{name}_instance_t {{ char unused; }};" for name in modules]
    found = re.findall(r"^/\* import: '(\w+)' '(\w+)' \*/\n(\w+) (\w+)\((.*)\);$", header, re.M)
    for module, name, result, symbol, parameters in found:
        kinds = parameters.split(", ")[1:]
        ours = f"apus_import_{module}_{name}"
        text.append(f"{result} {ours}({', '.join(['struct apus_host *', *kinds])});")
        named = [f"{kind} a{i}" for i, kind in enumerate(kinds)]
        first = f"struct Z_{module}_instance_t *unused"
        values = ["caller()", *[f"a{i}" for i in range(len(kinds))]]
        text.append(f"{result} {symbol}({', '.join([first, *named])}) {{ (void)unused; "
                    f"{'return ' if result != 'void' else ''}{ours}({', '.join(values)}); }}")
    links = "".join(f", (struct Z_{name}_instance_t *)&instance" for name in modules)
    text += ["struct apus_host *guest_host(void) { return &host; }",
             "struct apus_outcome guest_instantiate(void) {",
             "  static bool ready;",
             "  if (!ready) { wasm_rt_init(); Z_guest_init_module(); }", "  ready = true;",
             f"  Z_guest_instantiate(&instance{links});",
             "  return (struct apus_outcome){0};", "}",
             "void guest_destroy(void) { Z_guest_free(&instance); }",
             "void guest_export__start(void) { Z_guestZ__start(&instance); }"]
    return "\n".join(text) + "\n"


GUEST_H = """#include "apus.h"
struct apus_outcome guest_instantiate(void);
void guest_destroy(void);
struct apus_host *guest_host(void);
void guest_export__start(void);
"""


def wasm2c(bench, module, name):
    """A program that runs a module under harness.c, translated by wasm2c with its defaults."""
    out = os.path.join(bench.cache.folder, "translated", name + "-wasm2c")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    source = os.path.join(out, "w2c.c")
    execute([tool("wasm2c"), module, "-n", "guest", "-o", source])
    with open(os.path.join(out, "w2c.h"), encoding="utf-8") as file:
        text = shim(file.read())
    for file_name, content in (("shim.c", text), ("guest.h", GUEST_H)):
        with open(os.path.join(out, file_name), "w", encoding="utf-8") as file:
            file.write(content)
    if not os.path.exists(os.path.join(RUNTIME, "wasm-rt-impl.c")):
        raise Missing(f"no {RUNTIME}/wasm-rt-impl.c")
    files = [source, os.path.join(out, "shim.c"), os.path.join(HERE, "harness.c"),
             os.path.join(RUNTIME, "wasm-rt-impl.c")]
    flags = ["-O2", "-I" + out, "-I" + os.path.join(ROOT, "Runtime-C", "include")]
    link = [*bench.gcc, *flags, *files, bench.runtime(["-std=gnu11"]), "-o", "{out}", "-lm",
            "-lpthread"]
    return bench.compiled(name, "wasm2c", [*files, os.path.join(ROOT, "Runtime-C")], [link])


def wasmtime(bench, module, name):
    """A command that runs a module under wasmtime, compiled here and now."""
    if not importlib.util.find_spec("wasmtime"):
        raise Missing("no wasmtime for this Python (pip install wasmtime)")
    from importlib.metadata import version
    import wasmtime as engine

    def make(folder):
        compiled = engine.Module.from_file(engine.Engine(), module).serialize()
        with open(os.path.join(folder, name), "wb") as file:
            file.write(compiled)

    made = bench.cache.made(["wasmtime", version("wasmtime")], [module], make)
    return [sys.executable, os.path.join(HERE, "wasmtime_run.py"), os.path.join(made, name)]
