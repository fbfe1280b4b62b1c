"""An engine for tests of `apus compare`: it runs modules under wasmtime, by the adapter that apus carries, and lies.

LIE says about what: result, trap, memory, global, table, host, steps; or what it does instead of answering: ends, hangs,
raves, refuses. `nothing` is the truth."""
import json
import os
import subprocess
import sys
import time

ADAPTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Sources/EngineAdapters/engine_wasmtime.py")
lie = os.environ["LIE"]


def change(state, names, letters):
    for name in names:
        if name in state:
            state[name] = state[name][:-1] + letters[state[name][-1] == letters[0]]
            return True
    return False


def told(request, answer):
    steps = answer["steps"]
    for step in steps[1:]:
        if lie == "result" and step["results"] and "ref" not in step["results"][0] and "7f" not in step["results"][0]:
            step["results"][0] = step["results"][0][:-1] + ("1" if step["results"][0][-1] == "0" else "0")
            return
        if lie == "trap":
            step["trap"] = "unreachable" if step["trap"] != "unreachable" else "divide"
            return
        if lie == "host":
            step["host"].append("nothing()")
            return
        names = {"memory": request["memories"], "table": request["tables"],
                 "global": [entry["name"] for entry in request["globals"] if entry["type"] in "iI"]}.get(lie, [])
        if names and change(step["state"], names, "01"):
            return
    if lie == "steps":
        steps.pop()


with subprocess.Popen([sys.executable, ADAPTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as engine:
    for line in sys.stdin:
        if lie == "ends":
            sys.exit(3)
        if lie == "hangs":
            time.sleep(100)
        if lie == "raves":
            print("what?", flush=True)
            continue
        if lie == "refuses":
            print(json.dumps({"unsupported": "not today"}), flush=True)
            continue
        engine.stdin.write(line)
        engine.stdin.flush()
        answer = json.loads(engine.stdout.readline())
        if "steps" in answer:
            told(json.loads(line), answer)
        print(json.dumps(answer), flush=True)
