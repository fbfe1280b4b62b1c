"""How many instructions a command takes, counted by valgrind: the same on every run, or nearly."""
import os, re, shutil, subprocess


def counter(apus, folder):
    """A function from arguments to the instructions that `apus` takes for them and its messages, or
    None without valgrind. `folder` is for a copy: of a file with everything that debuggers want,
    callgrind finds nothing."""
    if not shutil.which("valgrind"):
        return None
    command = os.path.join(folder, f"stripped-{abs(hash(apus))}")
    subprocess.run(["strip", "-g", apus, "-o", command], check=True)

    def count(*arguments):
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", command, *arguments],
                              capture_output=True, text=True)
        found = re.search(r"Collected : (\d+)", done.stderr)
        return int(found[1]) if found and done.returncode == 0 else 0, done.stderr

    return count
