"""under_wasmtime.py MODULE HOST SHARE [ARGUMENT...]: runs a module in the folder at hand.

HOST is the C file here, without .c, that does the same with the translated module; SHARE is another folder as
FOLDER::GUEST. Where there is none it is -.
"""
import struct
import sys
import wasmtime


class Guest:
    def __init__(self, store, exports, arguments):
        self.store, self.exports, self.arguments = store, exports, arguments

    def call(self, name, *given):
        return self.exports[name](self.store, *given)

    def read(self, at, size):
        return bytes(self.exports["memory"].read(self.store, at, at + size))

    def write(self, at, data):
        self.exports["memory"].write(self.store, data, at)

    def string(self, text):
        data = text.encode() + b"\0"
        at = self.call("malloc", len(data))
        self.write(at, data)
        return at


def command(guest):
    guest.call("_start")


def itk(guest):
    guest.call("_initialize")
    return guest.call("itk_wasm_delayed_start")


def graphviz(guest):
    for file, engine, form in zip(*[iter(guest.arguments)] * 3):
        with open(file, encoding="utf-8") as graph:
            given = [guest.string(text) for text in (graph.read(), engine, form, "size")]
        answer = guest.call("graphviz_render", given[0], given[2], given[1], given[3])
        sys.stdout.write(f"{file} by {engine} as {form}: ")
        if answer:
            sys.stdout.write(guest.read(answer, struct.unpack("<I", guest.read(given[3], 4))[0]).decode())
            guest.call("graphviz_free", answer)
        else:
            print(guest.read(guest.call("graphviz_last_error"), 256).split(b"\0")[0].decode())
        for at in given:
            guest.call("free", at)


def qjs(guest):
    guest.call("_initialize")
    arguments = ["qjs", *guest.arguments]
    at = guest.call("calloc", len(arguments) + 1, 4)
    for place, text in enumerate(arguments):
        guest.write(at + 4 * place, struct.pack("<I", guest.string(text)))
    failed = guest.call("qjs_init_argv", len(arguments), at) != 0
    print("a context:", int(guest.call("qjs_get_context") != 0))
    guest.call("qjs_destroy")
    return int(failed)


def python(guest):
    return guest.call("run")


def reversed_bytes(caller, request, size, answer, answer_size):
    """host.call of python.c"""
    memory = caller["memory"]
    data = bytes(memory.read(caller, request, request + size))[::-1]
    at = caller["host_alloc"](caller, size)
    if not at:
        return -2
    for place, bytes_ in ((at, data), (answer, struct.pack("<I", at)), (answer_size, struct.pack("<I", size))):
        memory.write(caller, bytes_, place)
    return 0


def main():
    path, host, share, *arguments = sys.argv[1:]
    config = wasmtime.Config()
    config.wasm_exceptions = True
    engine = wasmtime.Engine(config)
    module = wasmtime.Module.from_file(engine, path)
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    wasi = wasmtime.WasiConfig()
    wasi.argv = [path.rsplit("/", 1)[-1], *arguments]
    wasi.preopen_dir(".", ".")
    if share != "-":
        wasi.preopen_dir(*share.split("::"))
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    store.set_wasi(wasi)
    linker.define_wasi()
    if host == "python":
        linker.define_func("host", "call", module.imports[0].type, reversed_bytes, access_caller=True)
    elif host == "micropython":
        for entry in module.imports:
            if not entry.module.startswith("wasi_"):
                nothing = wasmtime.Func(store, entry.type, lambda *given: -1 if given else 0)
                linker.define(store, entry.module, entry.name, nothing)
    drive = {"itk": itk, "graphviz": graphviz, "qjs": qjs, "python": python}.get(host, command)
    try:
        return drive(Guest(store, linker.instantiate(store, module).exports(store), arguments))
    except wasmtime.ExitTrap as left:
        return left.code


if __name__ == "__main__":
    sys.exit(main())
