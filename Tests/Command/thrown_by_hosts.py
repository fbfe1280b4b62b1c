#!/usr/bin/env python3
"""What a host function throws ends the call of a module that knows nothing of exceptions, at once: in both models, on hosts and
boards, called directly and through a table."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from checks import boards_there, expect, report

APUS = os.path.abspath(os.environ.get("APUS", os.path.join(HERE, "..", "..", ".build", "release", "apus")))
WAT = """(module
  (type $i (func (param i32) (result i32)))
  (import "env" "fail" (func $fail (type $i)))
  (import "env" "late" (func $late))
  (table 2 funcref) (elem (i32.const 0) $fail $same)
  (func $same (type $i) (local.get 0))
  (func (export "direct") (type $i) (call $late_if (call $fail (local.get 0))) (i32.const 1))
  (func (export "table") (type $i) (call $late_if (call_indirect (type $i) (local.get 0) (i32.const 0))) (i32.const 1))
  (func (export "neither") (type $i) (call $late_if (call_indirect (type $i) (local.get 0) (i32.const 1))) (i32.const 1))
  (func $late_if (param i32) (if (local.get 0) (then (call $late)))))
"""
HOST = """#include "calls.h"
#ifdef BOARD
#include "apus_image.h"
#define SAY(text) apus_image_print(text)
#else
#include <stdio.h>
#define SAY(text) fputs(text, stdout)
#endif
uint32_t apus_import_env_fail(struct apus_host *host, uint32_t how) {
  static const struct apus_tag tag;
  (void)host;
  if (how == 0) return 0;
#ifdef THROWS
  struct apus_exception exception = {0};
  exception.tag = &tag;
  apus_throw(&exception);
#else
  (void)tag;
#endif
  return 1;
}
void apus_import_env_late(struct apus_host *host) { (void)host; SAY("late\\n"); }
"""
work = tempfile.mkdtemp()
os.environ["APUS_CACHE"] = os.path.join(work, "cache")
os.chdir(work)


def write(name, text):
    with open(name, "w", encoding="ascii") as file:
        file.write(text)


def check(*setting, board=False):
    for throws in (True, False):
        host = "throws.c" if throws else "returns.c"
        write(host, ("#define BOARD\n" if board else "") + ("#define THROWS\n" if throws else "") + HOST)
        for export in ("direct", "table", "neither"):
            for argument in ("0", "5"):
                done = subprocess.run([APUS, "run", *setting, "--link", host, "--invoke", export, "calls.wasm", argument],
                                      capture_output=True, text=True, check=False)
                said = done.stdout + done.stderr
                what = f"{setting}, {host}: {export} {argument}"
                if throws and argument == "5" and export != "neither":
                    expect(what, done.returncode == 134 and "uncaught exception" in said and "late" not in said, done)
                else:
                    expect(what, done.stdout == ("late\n" if argument == "5" else "") + "1\n", done)


def main():
    if not shutil.which("wat2wasm"):
        print("exceptions of hosts skipped: there is no wat2wasm")
        return
    write("calls.wat", WAT)
    subprocess.run(["wat2wasm", "calls.wat", "-o", "calls.wasm"], check=True)
    check("--instances", "one", "-O", "2")
    check("--instances", "many", "-O", "0", "--memory", "bounds")
    if shutil.which("clang"):
        check("--instances", "one", "-O", "3", "--cc", "clang")
    for board in boards_there(APUS, ("cortex-m4", "rv32imac")):
        check("--instances", "one", "--target", board, board=True)
        check("--instances", "many", "--target", board, board=True)
    shutil.rmtree(work)
    report()


main()
