#!/usr/bin/env python3
"""What `apus translate --project` writes, built by what there is to build it with.

CMake, Cargo and images in QEMU are the real ones. ESP-IDF and Zephyr have a few functions of CMake stand in for them, in
stand_ins/, and their Kconfig files are read by kconfiglib; PlatformIO packs its library; for Arduino all files are compiled
as its IDE does it, without a flag of ours. What is not installed is skipped, and said to be."""
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
from checks import expect, report  # noqa: E402

APUS = os.path.abspath(os.environ.get("APUS", os.path.join(ROOT, ".build", "release", "apus")))
HELLO = os.path.join(ROOT, "Examples", "hello", "hello.wasm")
STAND_INS = os.path.join(HERE, "stand_ins")
ARM = "arm-none-eabi-gcc"
# Cores that fuse a product and a sum where they may.
FUSING = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"]
work = tempfile.mkdtemp()
os.chdir(work)

# One that imports a function, and has a memory and a table; one that throws six numbers; one of WASI.
ADDER = """(module (import "env" "tick" (func $tick (param i32) (result i32)))
 (memory (export "memory") 1 1) (data (i32.const 8) "hello") (table 3 funcref) (elem (i32.const 0) $add)
 (func $add (export "add") (param i32 i32) (result i32) (call $tick (i32.add (local.get 0) (local.get 1))))
 (func (export "dot") (param f32 f32 f32) (result f32 i64)
  (f32.add (f32.mul (local.get 0) (local.get 1)) (local.get 2)) (i64.const 7))
 (func (export "fails") unreachable) (func (export "null") (result funcref) (ref.null func)))"""
THROWER = """(module (tag $t (param i64 i64 i64 i64 i64 i64))
 (func (export "throws") (result i64)
  (block $h (result i64 i64 i64 i64 i64 i64)
   (try_table (catch $t $h)
    (throw $t (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6)))
   (unreachable))
  i64.add i64.add i64.add i64.add i64.add))"""
# No memory, no imports, and names that are words of C, Rust and CMake.
PLAIN = """(module (func $match (export "match") (param i32) (result i32) (local.get 0)) (func (export "add_library(") (result f64) (f64.const 1)))"""
WRITER = """(module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
 (memory (export "memory") 1 1) (data (i32.const 0) "\\08\\00\\00\\00\\03\\00\\00\\00hi\\n")
 (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))))"""

HOST = """#include <stdio.h>
#include "adder.h"
#include "thrower.h"
uint32_t apus_import_env_tick(struct apus_host *host, uint32_t x) { (void)host; return x + 1; }
static struct adder adder;
static struct thrower thrower;
static struct adder_imports imports;
static void run(void *unused) {
  (void)unused;
  printf("%u %llu\\n", (unsigned)adder_export_add(&adder, 2, 3), (unsigned long long)thrower_export_throws(&thrower));
}
static void fail(void *unused) { (void)unused; adder_export_fails(&adder); }
int main(void) {
  adder_default_imports(&imports);
  struct apus_outcome outcome = adder_instantiate(&adder, &imports);
  if (!outcome.trap) outcome = thrower_instantiate(&thrower, NULL);
  if (!outcome.trap) outcome = apus_catch(run, NULL);
  puts(apus_trap_message(outcome.trap));
  puts(apus_trap_message(apus_catch(fail, NULL).trap));
  thrower_destroy(&thrower);
  adder_destroy(&adder);
}
"""


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **more)


def translate(module, project, folder, *options):
    done = run(APUS, "translate", module, "--project", project, "-o", folder, *options)
    expect(f"{module} {project} {options}", done.returncode == 0 and not done.stderr, done.stderr)


def write(path, text):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def all_files(folder):
    return sorted(os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names)


def make_modules():
    for name, text in (("adder", ADDER), ("thrower", THROWER), ("plain", PLAIN), ("writer", WRITER)):
        write(name + ".wat", text)
        if shutil.which("wasm-tools"):
            subprocess.run(["wasm-tools", "parse", name + ".wat", "-o", name + ".wasm"], check=True)
        else:
            subprocess.run(["wat2wasm", "--enable-all", name + ".wat", "-o", name + ".wasm"], check=True)


def cmake(source, build, *options):
    """Configures and builds; what went wrong, or ''."""
    for command in (["cmake", "-S", source, "-B", build, *options], ["cmake", "--build", build, "-j2"]):
        done = run(*command)
        if done.returncode or "warning" in done.stderr.lower():
            return done.stdout[-2000:] + done.stderr[-2000:]
    return ""


# --- CMake --------------------------------------------------------------------

def test_cmake():
    if not shutil.which("cmake"):
        return print("CMake skipped: it is not installed")
    translate(HELLO, "cmake", "program")
    wrong = cmake("program", "program-build")
    expect("a program builds", not wrong, wrong)
    expect("it runs", "argument 1: x" in run("program-build/hello", "x").stdout)
    cmake("program", "bounds-build", "-DCMAKE_C_COMPILER=clang" if shutil.which("clang") else "", "-DCMAKE_BUILD_TYPE=Debug")
    expect("so does one by another compiler, in another configuration", "argument 1: x" in run("bounds-build/hello", "x").stdout)

    for options in (["--instances", "one"], ["--instances", "many", "--split", "100"], ["--instances", "one", "--deterministic"]):
        folder = "plain" + "".join(options)
        translate("plain.wasm", "cmake", folder, "--name", "match", *options)
        wrong = cmake(folder, folder + "-build")
        expect(f"one without memory builds {options}", not wrong, wrong)

    # Installed as `make install` does it.
    os.makedirs("prefix/bin")
    os.makedirs("prefix/lib/cmake/Apus")
    os.symlink(APUS, "prefix/bin/apus")
    shutil.copy(os.path.join(ROOT, "Runtime-C", "cmake", "ApusConfig.cmake"), "prefix/lib/cmake/Apus")
    write("host/main.c", HOST)
    lists = """cmake_minimum_required(VERSION 3.16)
project(host C)
set(CMAKE_C_STANDARD 11)
find_package(Apus REQUIRED)
apus_add_module(adder ../adder.wasm)
apus_add_module(thrower "${CMAKE_SOURCE_DIR}/../thrower.wasm" OPTIONS %s)
add_executable(host main.c)
target_link_libraries(host PRIVATE adder thrower)
"""
    write("host/CMakeLists.txt", lists % "--memory bounds --split 2000")
    prefix = "-DCMAKE_PREFIX_PATH=" + os.path.abspath("prefix")
    wrong = cmake("host", "host-build", prefix)
    expect("two modules build", not wrong, wrong)
    expect("and run", run("host-build/host").stdout == "6 21\n\nunreachable\n", run("host-build/host"))
    # Other contents of the file are noticed.
    write("adder.wat", ADDER.replace("(i32.add (local.get 0)", "(i32.mul (local.get 0)"))
    shutil.copy("adder.wasm", "adder.wasm.copy")
    make_again = ["wasm-tools", "parse"] if shutil.which("wasm-tools") else ["wat2wasm"]
    subprocess.run([*make_again, "adder.wat", "-o", "adder.wasm"], check=True)
    done = run("cmake", "--build", "host-build")
    expect("a module that changed is translated again", run("host-build/host").stdout.startswith("7 21"), (done.stdout, done.stderr))
    shutil.copy("adder.wasm.copy", "adder.wasm")
    write("host/CMakeLists.txt", lists % "--deterministic")
    expect("modules that want another runtime are refused", "translated for" in cmake("host", "host-mixed", prefix))
    write("host/CMakeLists.txt", lists % "--memory nosuch")
    expect("what apus says is shown", "nosuch" in cmake("host", "host-wrong", prefix))

    if shutil.which(ARM) and shutil.which("qemu-system-arm"):
        translate("writer.wasm", "cmake", "image", "--target", "cortex-m4")
        wrong = cmake("image", "image-build", "-DCMAKE_TOOLCHAIN_FILE=" + os.path.abspath("image/toolchain.cmake"))
        expect("an image builds", not wrong, wrong)
        done = run("qemu-system-arm", "-M", "mps2-an386", "-nographic", "-semihosting-config", "enable=on,target=native,arg=image",
                   "-kernel", "image-build/writer.elf")
        expect("it runs", done.stdout == "hi\n" and done.returncode == 0, done)
    else:
        print(f"CMake with --target skipped: there is no {ARM} or no qemu-system-arm")


# --- ESP-IDF and Zephyr -------------------------------------------------------

def test_cmake_frameworks():
    if not shutil.which("cmake") or not shutil.which(ARM):
        return print(f"ESP-IDF and Zephyr skipped: there is no CMake or no {ARM}")
    for project in ("esp-idf", "zephyr"):
        for module in ("adder", "writer"):
            folder = f"{project}-{module}"
            translate(module + ".wasm", project, folder)
            wrong = cmake(STAND_INS, folder + "-build", "-DFOLDER=" + os.path.abspath(folder), f"-DNAME={module}",
                          f"-DCMAKE_TOOLCHAIN_FILE={STAND_INS}/arm.cmake")
            expect(f"{project}: {module} builds", not wrong, wrong)
            done = run("arm-none-eabi-nm", f"{folder}-build/lib{module}.a")
            expect(f"{project}: {module} is in the library", f"T {module}_instantiate" in done.stdout, done)
    manifest = read("esp-idf-adder/idf_component.yml")
    expect("a manifest", re.search(r'^version: "\d+\.\d+\.\d+"$', manifest, re.M) and '\n  idf: ">=' in manifest, manifest)
    expect("a module", read("zephyr-adder/zephyr/module.yml") == "name: adder\nbuild:\n  cmake: .\n  kconfig: Kconfig\n")
    if not importlib.util.find_spec("kconfiglib"):
        return print("Kconfig skipped: there is no Python package kconfiglib")
    import kconfiglib
    for project, switch in (("esp-idf", None), ("zephyr", "APUS_WRITER")):
        config = kconfiglib.Kconfig(f"{project}-writer/Kconfig", warn_to_stderr=False)
        if switch:
            config.syms[switch].set_value(2)
        values = {name: symbol.str_value for name, symbol in config.syms.items() if symbol.visibility and name.startswith("APUS_WRITER_")}
        expect(f"{project}: what is chosen", values == {
            # The memory never grows, and so is part of the C.
            "APUS_WRITER_MEMORY": "64", "APUS_WRITER_WASI_FD_MAX": "8", "APUS_WRITER_WASI_PATH_MAX": "128",
            "APUS_WRITER_WASI_FOLDER_MAX": "2", "APUS_WRITER_WASI_POLL_MAX": "8"} and not config.warnings, (values, config.warnings))
        names = set(re.findall(r"\bCONFIG_(\w+)", read(f"{project}-writer/CMakeLists.txt")))
        expect(f"{project}: all that is asked for", names <= set(config.syms), names - set(config.syms))


# --- PlatformIO ---------------------------------------------------------------

def test_platformio():
    translate("writer.wasm", "platformio", "platformio")
    manifest = json.loads(read("platformio/library.json"))
    if shutil.which(ARM):
        sources = [entry[2:-1] for entry in manifest["build"]["srcFilter"] if entry.startswith("+")]
        expect("sources", sources and all(os.path.exists("platformio/" + source) for source in sources), sources)
        folders = ["-I" + os.path.join("platformio", manifest["build"][key]) for key in ("includeDir", "srcDir")]
        flags = manifest["build"]["flags"]
        for source in sources:
            done = run(ARM, *FUSING, "-Os", *folders, *flags, "-Wall", "-Wextra", "-Werror", "-c", "platformio/" + source, "-o", "x.o")
            expect(f"platformio: {source} compiles", done.returncode == 0, done.stderr)
    else:
        print(f"compiling for PlatformIO skipped: there is no {ARM}")
    if not shutil.which("pio"):
        return print("packing by PlatformIO skipped: there is no pio")
    done = run("pio", "pkg", "pack", "platformio", "-o", work)
    expect("pio packs it", done.returncode == 0 and os.path.exists(f"writer-{manifest['version']}.tar.gz"), done)


# --- Arduino ------------------------------------------------------------------

def test_arduino():
    translate("adder.wasm", "arduino", "arduino")
    properties = dict(line.split("=", 1) for line in read("arduino/library.properties").splitlines())
    expect("properties", all(properties.get(key) for key in (
        "name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url", "architectures")), properties)
    if not shutil.which(ARM):
        return print(f"compiling for Arduino skipped: there is no {ARM}")
    sources = [name for name in all_files("arduino/src") if name.endswith(".c")]
    objects = []
    for number, source in enumerate(sources):
        objects.append(f"arduino{number}.o")
        done = run(ARM, *FUSING, "-Os", "-std=gnu17", "-ffunction-sections", "-Iarduino/src", "-Wall", "-Wextra", "-Werror", "-c",
                   "arduino/src/" + source, "-o", objects[-1])
        expect(f"arduino: {source} compiles", done.returncode == 0, done.stderr)
    text = run("arm-none-eabi-objdump", "-d", objects[sources.index("adder.c")]).stdout
    # vmla rounds twice, as the two would.
    expect("a product and a sum are not one", re.search(r"vmul.f32|vmla.f32", text) and "vfma" not in text, text)
    done = run("arm-none-eabi-ld", "-r", *objects, "-o", "library.o")
    expect("its parts fit", done.returncode == 0, done.stderr)
    undefined = {line.split()[-1] for line in run("arm-none-eabi-nm", "-u", "library.o").stdout.splitlines()}
    strangers = {name for name in undefined if not re.match(r"__aeabi_|mem(cpy|move|set|cmp)$|apus_(import|board)_|setjmp|longjmp", name)}
    expect("nothing else is wanted", not strangers, strangers)
    write("sketch.cpp", f'#include "{STAND_INS}/Arduino.h"\n' + read("arduino/examples/adder/adder.ino"))
    if shutil.which("arm-none-eabi-g++"):
        done = run("arm-none-eabi-g++", *FUSING, "-std=gnu++17", "-Iarduino/src", "-Wall", "-Werror", "-fsyntax-only", "sketch.cpp")
        expect("the sketch compiles", done.returncode == 0, done.stderr)
    else:
        print("the sketch skipped: there is no arm-none-eabi-g++")


# --- Cargo --------------------------------------------------------------------

def test_cargo():
    translate("adder.wasm", "cargo", "cargo/adder")
    if not shutil.which("cargo"):
        return print("Cargo skipped: it is not installed")
    # A crate that stands in for cc, as crates are not to be had without a network.
    shutil.copytree(os.path.join(STAND_INS, "cc"), "cargo/vendor/cc")
    write("cargo/vendor/cc/.cargo-checksum.json", '{"files": {}, "package": null}')
    write("cargo/.cargo/config.toml", '[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "vendor"\n')
    write("cargo/app/Cargo.toml", '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nadder = { path = "../adder" }\n')
    write("cargo/app/src/main.rs", """use core::ffi::c_void;
#[no_mangle]
pub extern "C" fn apus_import_env_tick(_host: *mut c_void, x: u32) -> u32 { x + 1 }
unsafe extern "C" fn call(result: *mut c_void) {
    let mut seven = 0;
    assert_eq!(adder::adder_export_dot(2.0, 3.0, 1.0, &mut seven), 7.0);
    *(result as *mut u32) = adder::adder_export_add(2, 3) + seven as u32;
}
unsafe extern "C" fn fail(_: *mut c_void) { adder::adder_export_fails() }
fn main() {
    let mut result = 0u32;
    unsafe {
        assert_eq!(adder::adder_instantiate().trap, 0);
        assert_eq!(adder::apus_catch(call, &mut result as *mut u32 as *mut c_void).trap, 0);
        let outcome = adder::apus_catch(fail, core::ptr::null_mut());
        println!("{} {:?}", result, core::ffi::CStr::from_ptr(adder::apus_trap_message(outcome.trap)));
        adder::adder_destroy();
    }
}
""")
    for profile in ([], ["--release"]):
        done = run("cargo", "run", "--offline", "--quiet", *profile, cwd="cargo/app")
        expect(f"a program of Rust {profile}", done.stdout == '13 "unreachable"\n', done.stdout + done.stderr[-3000:])


# --- what is refused ----------------------------------------------------------

def test_refusals():
    for options, why in (
            (["--project", "nosuch"], "project"), (["--project", "cmake", "--no-makefile"], "--no-makefile"),
            (["--project", "zephyr", "--target", "cortex-m4"], "--target"), (["--project", "arduino", "--profile", "host"], "--profile")):
        done = run(APUS, "translate", "adder.wasm", "-o", "refused", *options)
        expect(f"{options} is wrong", done.returncode == 2 and why in done.stderr and not os.path.exists("refused"), done)


def main():
    if not shutil.which("wasm-tools") and not shutil.which("wat2wasm"):
        print("projects skipped: there is neither wasm-tools nor wat2wasm")
        return report()
    make_modules()
    for test in (test_cmake, test_cmake_frameworks, test_platformio, test_arduino, test_cargo, test_refusals):
        test()
    shutil.rmtree(work, ignore_errors=True)
    return report()


main()
