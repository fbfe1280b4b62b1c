#!/usr/bin/env python3
"""Runs targets of the Makefile side by side, as many at a time as there are processors, at most 4.

    Tests/parts.py PART...

Starts them in the order given, so the longest should come first. Prints what each printed when it
has ended, and last the seconds that each took. After one that fails no more are started.
"""
import os, queue, subprocess, sys, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


# This Python without detours, where `python3` is a script that looks for one.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]


def run(part):
    """(exit status, output, seconds)"""
    start = time.monotonic()
    done = subprocess.run(["make", "--no-print-directory", part], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode, done.stdout.decode(errors="replace"), round(time.monotonic() - start)


def main(parts):
    waiting = queue.Queue()
    for part in parts:
        waiting.put(part)
    printing = threading.Lock()
    seconds, failed = {}, []

    def lane():
        while not failed:
            try:
                part = waiting.get_nowait()
            except queue.Empty:
                return
            with printing:
                print(f"-- {part} begins", flush=True)
            status, output, seconds[part] = run(part)
            with printing:
                print(f"== {part}\n{output}", end="" if output.endswith("\n") else "\n", flush=True)
                if status:
                    failed.append(part)
                    print(f"== {part} FAILED: exit status {status}", flush=True)

    lanes = [threading.Thread(target=lane) for _ in range(min(os.cpu_count() or 1, 4))]
    for each in lanes:
        each.start()
    for each in lanes:
        each.join()
    taken = " ".join(f"{part} {seconds[part]}" for part in parts if part in seconds)
    print(f"== {'FAILED: ' + ' '.join(failed) if failed else 'all passed'}; seconds: {taken}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
