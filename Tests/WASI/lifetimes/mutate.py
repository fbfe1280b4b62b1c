#!/usr/bin/env python3
"""Puts faults into a copy of the WASI layer, one at a time, and demands that the
lifetime tests turn red for each. The copy without a fault must be green.

A fault is one piece of text replaced by another; it must stand in the file
exactly once, so a fault that no longer applies is an error as well."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RUNTIME = HERE.parents[2] / "Runtime-C"

# name, file, text, replacement, part of the tests, its count
FAULTS = [
    # The lock goes only if there is a folder: created always, destroyed sometimes.
    ("lock released inside a condition", "wasi_context.c",
     "    if (wasi->locks) wasi->locks->destroy(wasi->locks->context, wasi->lock);",
     "    if (wasi->locks && folders) wasi->locks->destroy(wasi->locks->context, wasi->lock);",
     "regression", "50"),
    ("lock never released", "wasi_context.c",
     "    if (wasi->locks) wasi->locks->destroy(wasi->locks->context, wasi->lock);", "",
     "regression", "50"),
    ("slots not released", "wasi_context.c",
     "    if (wasi->slots) apus_port_release(wasi->slots, wasi->capacity * sizeof *wasi->slots);", "",
     "cycles", "5"),
    ("descriptors not closed at the end", "wasi_context.c", "    wasi_table_close_all(wasi);", "", "cycles", "5"),
    ("environment kept", "wasi_context.c", "  case ENVIRONMENT: strings_destroy(&wasi->environment);", "  case ENVIRONMENT:",
     "cycles", "5"),
    ("arguments kept", "wasi_context.c", "  case ARGUMENTS: strings_destroy(&wasi->arguments);", "  case ARGUMENTS:",
     "cycles", "5"),
    ("a failed init does not unwind", "wasi_context.c", "  if (error) unwind(wasi);", "", "destroy", "1"),
    ("old slots kept when the table grows", "wasi_context.c",
     "    apus_port_release(wasi->slots, wasi->capacity * sizeof *slots);", "", "cycles", "5"),
    ("name kept when its folder fails", "wasi_context.c",
     "    wasi_name_free(name);\n    wasi_new_abort(wasi, &new);", "    wasi_new_abort(wasi, &new);", "destroy", "1"),
    ("object kept when its name fails", "wasi_context.c",
     "  if (!name) {\n    wasi_new_abort(wasi, &new);", "  if (!name) {", "faults", "1"),
    ("host descriptor not closed", "wasi_context.c", "  if (object->owned) close(object->host);", "", "cycles", "5"),
    ("stream not closed", "wasi_context.c", "  wasi_stream_close(wasi, object->stream);", "", "faults", "1"),
    ("object not freed", "wasi_table.c",
     "  wasi_object_close(wasi, object);\n  wasi_object_free(wasi, object);", "  wasi_object_close(wasi, object);", "cycles", "5"),
    ("reference kept by a call", "wasi_table.c", "  if (use->object) drop(use->wasi, use->object);", "", "traps", "1"),
    ("reference kept by a refused call", "wasi_table.c",
     "  if (!error && (use->rights & rights) != rights) error = WASI_NOTCAPABLE;\n"
     "  return error ? wasi_end(use, error) : WASI_SUCCESS;",
     "  if (!error && (use->rights & rights) != rights) error = WASI_NOTCAPABLE;\n  return error;", "faults", "1"),
    ("reference kept by a refused folder", "wasi_table.c",
     "  else if ((use->rights & rights) != rights) error = WASI_NOTCAPABLE;\n"
     "  return error ? wasi_end(use, error) : WASI_SUCCESS;",
     "  else if ((use->rights & rights) != rights) error = WASI_NOTCAPABLE;\n  return error;", "faults", "1"),
    ("dropped twice by renumber", "wasi_table.c",
     "  if (object) drop(wasi, object);\n  return error;",
     "  if (object) drop(wasi, object);\n  if (object) drop(wasi, object);\n  return error;", "storm", "1000"),
    ("target kept by renumber", "wasi_table.c",
     "  if (object) drop(wasi, object);\n  return error;", "  return error;", "storm", "1000"),
    ("number kept by renumber", "wasi_table.c",
     "    wasi->slots[to] = wasi->slots[from];\n    give_number_back(wasi, from);",
     "    wasi->slots[to] = wasi->slots[from];\n    wasi->slots[from].object = NULL;", "numbers", "1"),
    ("name kept by close", "wasi_table.c",
     "  if (!object) return WASI_BADF;\n  wasi_name_free(name);", "  if (!object) return WASI_BADF;", "cycles", "5"),
    ("number kept when an open fails", "wasi_table.c",
     "  wasi_lock(wasi);\n  give_number_back(wasi, new->fd);\n  wasi_unlock(wasi);\n  drop(wasi, new->object);",
     "  drop(wasi, new->object);", "numbers", "1"),
    ("object kept when an open fails", "wasi_table.c",
     "  drop(wasi, new->object);\n  new->object = NULL;", "  new->object = NULL;", "faults", "1"),
    ("object kept when the table is full", "wasi_table.c",
     "  if (error) wasi_object_free(wasi, new->object);", "", "full", "1"),
    ("lock held over an error", "wasi_table.c",
     "  wasi_unlock(wasi);\n  return use->object ? WASI_SUCCESS : WASI_BADF;",
     "  if (use->object) wasi_unlock(wasi);\n  return use->object ? WASI_SUCCESS : WASI_BADF;", "faults", "1"),
    ("a stream's lock kept", "wasi_readdir.c",
     "  if (stream->lock) wasi->locks->destroy(wasi->locks->context, stream->lock);", "", "faults", "1"),
    ("a stream's memory kept", "wasi_readdir.c", "  apus_port_release(stream, sizeof *stream);", "", "faults", "1"),
    ("a half-made stream kept", "wasi_readdir.c", "  if (error) wasi_stream_close(wasi, stream);\n  else *opened = stream;",
     "  if (!error) *opened = stream;", "faults", "1"),
    ("descriptor of a failed stream kept", "wasi_readdir.c", "    if (!stream->entries && fd >= 0) close(fd);", "",
     "faults", "1"),
]
CONDITION = ("static void unwind(struct apus_wasi *wasi) {",
             "static void unwind(struct apus_wasi *wasi) {\n  bool folders = wasi->used > 3;\n  (void)folders;")


def make(runtime, build, *arguments):
    return subprocess.run(["make", "-s", "-C", str(HERE), f"RUNTIME={runtime}", f"BUILD={build}", "CFLAGS=-g -O0", *arguments],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)


def replaced(text, old, new, where):
    if text.count(old) != 1:
        sys.exit(f"{where}: the text of the fault stands there {text.count(old)} times, not once")
    return text.replace(old, new)


def main():
    survived = 0
    with tempfile.TemporaryDirectory(prefix="apus-mutate-") as folder:
        runtime, build = pathlib.Path(folder, "Runtime-C"), pathlib.Path(folder, "build")
        shutil.copytree(RUNTIME, runtime)
        built = make(runtime, build, "program")
        if built.returncode:
            sys.exit("the layer itself does not build:\n" + built.stdout)
        for part, count in sorted({fault[4:] for fault in FAULTS}):
            green = run(build, part, count)
            if green.returncode:
                sys.exit(f"red without a fault: {part}\n{green.stdout}")
        for name, file, old, new, part, count in FAULTS:
            path = runtime / "wasi" / file
            text = path.read_text()
            mutant = replaced(text, old, new, f"{file}: {name}")
            if "folders" in new:
                mutant = replaced(mutant, *CONDITION, file)
            path.write_text(mutant)
            built = make(runtime, build, "program")
            if built.returncode:
                sys.exit(f"{name}: does not build\n{built.stdout}")
            red = run(build, part, count).returncode != 0
            if not red:
                survived += 1
                print(f"not noticed: {name} ({part})")
            path.write_text(text)
        print(f"mutations: {len(FAULTS) - survived} of {len(FAULTS)} faults noticed")
    return survived != 0


def run(build, part, count):
    command = [str(build / "lifetimes"), part, count]
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60)
    except subprocess.TimeoutExpired as late: # a lock that is held for ever
        return subprocess.CompletedProcess(command, 1, stdout=str(late))


if __name__ == "__main__":
    sys.exit(main())
