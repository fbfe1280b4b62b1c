"""The adapter for wasi-testsuite's own runner (Python 3.12 or later):

    run-tests -r Tests/WASI/adapter.py

APUS names the command; the release build by default. A module is built before its
run and outside its time, once for each set of options."""
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

APUS = os.environ.get("APUS", str(Path(__file__).resolve().parents[2] / ".build" / "release" / "apus"))
PROGRAMS = Path(tempfile.gettempdir()) / f"apus-wasi-testsuite-{os.getuid()}"


def get_name() -> str:
    return "apus"


def get_version() -> str:
    return subprocess.run([APUS, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]


def get_wasi_versions() -> list[str]:
    return ["wasm32-wasip1"]


def get_wasi_worlds() -> list[str]:
    return ["wasi:cli/command"]


def compute_argv(test_path, args_env_root, proposals, wasi_world, wasi_version) -> list[str]:
    args, env, root = args_env_root
    options = ["-O1", "--argv0", os.path.basename(test_path)]
    for name, value in env.items():
        options += ["--env", f"{name}={value}"]
    if root:
        options += ["--dir", f"{root}::/"]
    key = hashlib.sha256("\0".join(options).encode())
    for file in (APUS, test_path):
        key.update(Path(file).read_bytes())
    PROGRAMS.mkdir(mode=0o700, exist_ok=True)
    program = PROGRAMS / key.hexdigest()[:32]
    if not program.exists():
        subprocess.run([APUS, "build", str(test_path), "-o", str(program), *options], check=True)
    return [str(program), *args]
