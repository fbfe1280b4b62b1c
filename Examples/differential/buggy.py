#!/usr/bin/env python3
"""An engine with a bug, for the tutorial: it rotates to the wrong side.

It runs modules under wasmtime, by the adapter that apus carries, but with i32.rotr in place of each i32.rotl.
Needs Python's wasmtime, and wasm-tools."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ADAPTER = os.path.join(HERE, "../../Sources/EngineAdapters/engine_wasmtime.py")

with tempfile.TemporaryDirectory() as folder:
    wrong = os.path.join(folder, "wrong.wasm")
    with subprocess.Popen([sys.executable, ADAPTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as engine:
        for line in sys.stdin:
            request = json.loads(line)
            text = subprocess.run(["wasm-tools", "print", request["module"]], capture_output=True, text=True, check=True).stdout
            subprocess.run(["wasm-tools", "parse", "-", "-o", wrong], input=text.replace("i32.rotl", "i32.rotr"), text=True,
                           check=True)
            request["module"] = wrong
            engine.stdin.write(json.dumps(request) + "\n")
            engine.stdin.flush()
            print(engine.stdout.readline(), end="", flush=True)
