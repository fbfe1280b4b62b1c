#!/usr/bin/env python3
"""Runs targets of the Makefile side by side, as many at a time as there are processors, at most 4.

    Tests/parts.py PART...

Starts them in the order given, so the longest should come first. Prints what each printed when it
has ended, and last the seconds that each took, and those of a processor. After one that fails no more are started.
"""
import os, queue, subprocess, sys, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


# This Python without detours, where `python3` is a script that looks for one.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]


def run(part):
    """(exit status, output, seconds, seconds of a processor)"""
    start = time.monotonic()
    with subprocess.Popen(["make", "--no-print-directory", part], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        output = process.stdout.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, output, round(time.monotonic() - start), round(usage.ru_utime + usage.ru_stime)


def main(parts):
    waiting = queue.Queue()
    for part in parts:
        waiting.put(part)
    printing = threading.Lock()
    taken, failed = {}, []

    def lane():
        while not failed:
            try:
                part = waiting.get_nowait()
            except queue.Empty:
                return
            with printing:
                print(f"-- {part} begins", flush=True)
            status, output, *taken[part] = run(part)
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
    seconds = " ".join(f"{part} {taken[part][0]} ({taken[part][1]})" for part in parts if part in taken)
    print(f"== {'FAILED: ' + ' '.join(failed) if failed else 'all passed'}; seconds (of a processor): {seconds}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
