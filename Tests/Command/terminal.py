#!/usr/bin/env python3
"""On a terminal, a step that takes more than a second says what it is and takes its line away
again; elsewhere nothing is said."""
import os, pty, stat, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
APUS = os.environ.get("APUS", os.path.join(HERE, "..", "..", ".build", "release", "apus"))
MODULE = os.path.join(HERE, "fixtures", "exit.wasm")


def on_terminal(command):
    """The exit status, and what the terminal got."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(command[0], command)
    said = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        said += piece
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        slow = os.path.join(scratch, "slow-cc")
        with open(slow, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\ncase "$*" in *apus_program_main.c*) sleep 3; echo remark >&2;; esac\nexec cc "$@"\n')
        os.chmod(slow, os.stat(slow).st_mode | stat.S_IXUSR)
        command = [APUS, "build", MODULE, "-o", os.path.join(scratch, "exit"), "--cc", slow, "-O0"]
        status, said = on_terminal(command)
        for what, is_so in (
            ("the build succeeds", status == 0),
            ("the step is named", b"apus: compiling" in said),
            ("what the compiler says has lines of its own", b"\x1b[Kremark\r\n" in said),
            ("the line is taken away", said.rstrip(b"\r\n").endswith(b"\x1b[K") or said.endswith(b"remark\r\n")),
        ):
            if not is_so:
                failed += 1
                print(f"FAILED: {what}: {status}, {said!r}")
        quiet = subprocess.run(command, capture_output=True, check=False)
        if (quiet.returncode, quiet.stdout, quiet.stderr) != (0, b"", b"remark\n"):
            failed += 1
            print(f"FAILED: elsewhere only the compiler speaks: {quiet}")
    print(f"{5 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
