#!/usr/bin/env python3
"""The guest of `apus run` has the signals, and the terminal, of a program started by hand: what is
typed, and what `timeout` sends, ends it or stops it."""
import os, pty, select, signal, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
APUS = os.environ.get("APUS", os.path.join(HERE, "..", "..", ".build", "release", "apus"))
MODULE = os.path.join(HERE, "fixtures", "spin.wasm")
PATIENCE = 30


class Job:
    """A command in the foreground of a terminal, as a shell starts it: a process group of its own,
    whose leader's parent is in the same session, or Ctrl-Z would be ignored."""

    def __init__(self, command, folder):
        reports, report = os.pipe()
        shell, self.terminal = pty.fork()
        if shell == 0:
            os.environ["APUS_CACHE"] = folder
            wait_for(command, report)
        os.close(report)
        self.shell, self.reports = shell, os.fdopen(reports)
        self.process = int(self.reports.readline())
        deadline = time.monotonic() + PATIENCE
        while not runs_guest(self.process):
            ended = select.select([self.reports], [], [], 0.05)[0]
            if ended or time.monotonic() > deadline:
                status = f": status {self.reports.readline().rstrip()}" if ended else ""
                self.end()
                raise SystemExit(f"FAILED: {command} did not start the guest{status}")

    def type(self, key):
        """The status with which the job ends or stops then; None if it goes on."""
        os.write(self.terminal, key)
        return int(self.reports.readline()) if select.select([self.reports], [], [], PATIENCE)[0] else None

    def end(self):
        for process in (self.process, self.shell):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        os.waitpid(self.shell, 0)
        self.reports.close()
        os.close(self.terminal)


def wait_for(command, report):
    """What the shell does: starts the command, and reports its number and each status."""
    process = os.fork()
    if process == 0:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(0, os.getpid())
        # What whoever runs the tests has ignored, as for a job in the background, is not here.
        for number in (signal.SIGTTOU, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.execv(command[0], command)
    os.write(report, b"%d\n" % process)
    while True:
        status = os.waitpid(process, os.WUNTRACED)[1]
        os.write(report, b"%d\n" % status)
        if not os.WIFSTOPPED(status):
            os._exit(0)


def runs_guest(process):
    """A guest is neither apus nor Python, and has a thread of its own, which has begun: then faults are
    caught. While a process becomes another one, or ends, there is nothing to read."""
    try:
        runs = os.readlink(f"/proc/{process}/exe")
        threads = len(os.listdir(f"/proc/{process}/task"))
        caught = [int(line.split()[1], 16) for found in signals(process) for line in found if line.startswith("SigCgt")]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return (runs not in (os.path.realpath(APUS), os.path.realpath(sys.executable)) and threads == 2
            and all(mask >> signal.SIGSEGV - 1 & 1 for mask in caught))


def signals(process):
    """What is blocked, ignored and caught, in each thread: for good, since whoever makes a thread blocks all for a moment."""
    before, found = None, signals_now(process)
    while found != before:
        time.sleep(0.1)
        before, found = found, signals_now(process)
    return found


def signals_now(process):
    found = set()
    for task in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{task}/status", encoding="ascii") as file:
            found.add(tuple(line.rstrip() for line in file if line[:6] in ("SigBlk", "SigIgn", "SigCgt")))
    return found


def main():
    results = []
    with tempfile.TemporaryDirectory() as folder:
        built = os.path.join(folder, "spin")
        subprocess.run([APUS, "build", MODULE, "-o", built], check=True)
        seen = []
        for command in ([built], [APUS, "run", MODULE], [APUS, "run", "--no-cache", MODULE]):
            job = Job(command, folder)
            seen.append(signals(job.process))
            status = job.type(b"\x1a")
            results.append((f"Ctrl-Z stops {command}", status is not None and os.WIFSTOPPED(status)))
            os.kill(job.process, signal.SIGCONT)
            status = job.type(b"\x03")
            results.append((f"Ctrl-C ends {command}", status is not None and os.WIFSIGNALED(status)
                            and os.WTERMSIG(status) == signal.SIGINT))
            job.end()
        results.append((f"the signals are the same: {seen}", seen[0] == seen[1] == seen[2]))
        status = subprocess.run(["timeout", "-k", "20", "2", APUS, "run", MODULE],
                                env={**os.environ, "APUS_CACHE": folder}, check=False).returncode
        results.append((f"timeout ends the guest by its first signal: {status}", status == 124))
    failed = [what for what, is_so in results if not is_so]
    for what in failed:
        print(f"FAILED: {what}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
