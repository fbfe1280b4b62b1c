"""Counting checks, for scripts that test: `N passed, M failed` at the end."""
import subprocess
import sys

_passed = _failed = 0


def expect(what, is_so, why=""):
    global _passed, _failed
    if is_so:
        _passed += 1
    else:
        _failed += 1
        print(f"FAILED: {what}: {why}")


def boards_there(apus, boards=None):
    """Those of some boards, or of all, that the command can build and run images for; says which are skipped, and why."""
    there = []
    for line in subprocess.run([apus, "targets"], capture_output=True, text=True, check=True).stdout.splitlines():
        name = line.split()[0]
        if boards is not None and name not in boards:
            continue
        if "install " in line:
            print(f"target skipped: {line.strip()}")
        else:
            there.append(name)
    return there


def report():
    """Prints the counts and ends the script."""
    print(f"{_passed} passed, {_failed} failed")
    sys.exit(_failed > 0)
