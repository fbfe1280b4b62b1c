"""Counting checks, for scripts that test: `N passed, M failed` at the end."""
import sys

_passed = _failed = 0


def expect(what, is_so, why=""):
    global _passed, _failed
    if is_so:
        _passed += 1
    else:
        _failed += 1
        print(f"FAILED: {what}: {why}")


def report():
    """Prints the counts and ends the script."""
    print(f"{_passed} passed, {_failed} failed")
    sys.exit(_failed > 0)
