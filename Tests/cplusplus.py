"""C++ with exceptions, compiled to Wasm by Python's ziglang.

zig's own libraries throw nothing in Wasm. What is missing is compiled from the sources that it comes with, and
linked before them."""
import importlib.util, os, subprocess, sys

ZIG = [sys.executable, "-m", "ziglang"]
# zig takes the feature away again where only -fwasm-exceptions asks for it, and LLVM then crashes
# ("Cannot select: cleanupret").
TARGET = ["-target", "wasm32-wasi", "-mcpu=lime1+exception_handling+reference_types", "-fwasm-exceptions"]
ENCODINGS = {"legacy": ["-mllvm", "-wasm-use-legacy-eh=true"], "exnref": ["-mllvm", "-wasm-use-legacy-eh=false"]}
# The tag of all C++ exceptions, which LLVM 22 leaves to the library.
TAG = '__asm__(".globl __cpp_exception\\n.tagtype __cpp_exception i32\\n__cpp_exception:\\n");\n'


def missing():
    """Why there is no C++ with exceptions here, or None."""
    if not importlib.util.find_spec("ziglang"):
        return "there is no Python package ziglang"
    for path in (_cxxabi("cxa_exception.cpp"), _cxxabi("cxa_personality.cpp"), _unwind()):
        if not os.path.exists(path):
            return f"this ziglang has no {path}"
    return None


def _library(*parts):
    return os.path.join(os.path.dirname(importlib.util.find_spec("ziglang").origin), "lib", *parts)


def _cxxabi(name):
    return _library("libcxxabi", "src", name)


def _unwind():
    return _library("libunwind", "src", "Unwind-wasm.c")


def commands(sources, out, encoding, flags, folder):
    """Compilers' calls, one after the other, that make a module of C++ `sources`.

    `encoding`: of ENCODINGS, or None for a program without exceptions. Objects are left in `folder`."""
    if not encoding:
        return [[*ZIG, "c++", "-target", "wasm32-wasi", "-fno-exceptions", "-s", *flags, *sources, "-o", out]]
    common = [*TARGET, *ENCODINGS[encoding], "-O2", "-g0", "-w"]
    building = ["-std=c++23", "-D_LIBCXXABI_BUILDING_LIBRARY", "-D_LIBCPP_BUILDING_LIBRARY", "-D_LIBCXXABI_HAS_NO_THREADS",
                "-I" + _library("libcxxabi", "include"), "-I" + _library("libcxx", "src")]
    tag = os.path.join(folder, "tag.c")
    calls, objects = [], []
    for source, language, options in [
            (_cxxabi("cxa_exception.cpp"), "c++", building), (_cxxabi("cxa_personality.cpp"), "c++", building),
            (_unwind(), "cc", ["-D_LIBUNWIND_HIDE_SYMBOLS", "-I" + _library("libunwind", "include")]), (tag, "cc", [])]:
        objects.append(os.path.join(folder, f"{os.path.basename(source)}.{encoding}.o"))
        calls.append([*ZIG, language, *common, *options, "-c", source, "-o", objects[-1]])
    with open(tag, "w", encoding="utf-8") as file:
        file.write(TAG)
    return [*calls, [*ZIG, "c++", *TARGET, *ENCODINGS[encoding], "-s", *flags, *sources, *objects, "-o", out]]


def build(sources, out, encoding, flags, folder):
    """Makes a module; what a compiler said if it failed."""
    os.makedirs(folder, exist_ok=True)
    for command in commands(sources, out, encoding, flags, folder):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return f"{' '.join(command)}\n{done.stderr[:2000]}"
    return None
