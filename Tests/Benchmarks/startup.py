"""What is paid each time: the start of the command, and the life of an instance."""
import os
import machine
from table import Row

STARTS = 40  # times --runs


def start_rows(bench):
    (wall, _, _), (least, _, _) = bench.measured(
        bench.runs * STARTS, [[bench.apus, "--version"], ["/bin/true"]])
    ratio = wall / least
    return [Row("start of apus --version, apus//bin/true", "at most 8", f"{ratio:.1f}", ratio <= 8)]


def instance_rows(bench):
    module = os.path.join(machine.ROOT, "Examples", "embedding", "counter.wasm")
    out, files, flags = bench.translate(module, "counter", "--name", "guest", "--memory", "bounds",
                                        "--instances", "many")
    main = os.path.join(machine.HERE, "lifecycle.c")
    include = ["-iquote", out, "-I" + os.path.join(machine.ROOT, "Runtime-C", "include")]
    sources = [os.path.join(out, name) for name in files] + [main]
    link = [*bench.gcc, "-O2", *flags, *include, *sources, bench.runtime(flags), "-o", "{out}",
            "-lm", "-lpthread"]
    program = bench.compiled("lifecycle", "bounds",
                             [*sources, os.path.join(machine.ROOT, "Runtime-C")], [link])
    runs = [machine.execute([program]).stdout.split() for _ in range(bench.runs)]
    ours, plain = (min(int(run[i]) for run in runs) for i in (0, 1))
    left = max(int(run[2]) for run in runs)
    what = "instantiate and destroy, bounds, one page"
    return [Row(f"{what}: apus/calloc+free", "at most 3", f"{ours / plain:.2f}", ours <= 3 * plain),
            Row(f"{what}: bytes left allocated", "0", str(left), left == 0)]
