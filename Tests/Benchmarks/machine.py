"""What all rows share: tools, a cache of what was built, and minima of interleaved runs."""
import hashlib, itertools, json, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


class Missing(Exception):
    """A tool or data that a row needs is not there; the text says which."""


def tool(name):
    found = shutil.which(name)
    if not found:
        raise Missing(f"no {name}")
    return found


def clang():
    """The clang on PATH, else the one beside the Swift compiler."""
    swift = shutil.which("swift")
    beside = os.path.join(os.path.dirname(os.path.realpath(swift)), "clang") if swift else ""
    return shutil.which("clang") or (beside if os.access(beside, os.X_OK) else tool("clang"))


def test_data():
    folder = os.environ.get("APUS_TEST_DATA")
    if not folder:
        raise Missing("APUS_TEST_DATA is not set")
    return os.path.join(folder, "programs")


def execute(command, **options):
    """Runs a command and answers what it printed; ends the program where it fails."""
    done = subprocess.run(command, capture_output=True, **options)
    if done.returncode != 0:
        text = (done.stderr or done.stdout).decode(errors="replace")
        sys.exit(f"bench: failed with {done.returncode}: {' '.join(command)}\n{text[-3000:]}")
    return done


class Cache:
    """Things built, each in a folder named after all that it was built from."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.versions = {}

    def version(self, compiler):
        command = " ".join(compiler)
        if command not in self.versions:
            self.versions[command] = execute(compiler + ["--version"]).stdout.split(b"\n")[0]
        return self.versions[command]

    def made(self, what, sources, make):
        """The folder that make(folder) filled, now or in an earlier run.

        `what`: texts that it depends on; `sources`: files and folders of files."""
        key = hashlib.sha256(json.dumps([str(text) for text in what]).encode())
        for source in sources:
            key.update(contents(source))
        final = os.path.join(self.folder, key.hexdigest()[:24])
        if not os.path.isdir(final):
            fresh = tempfile.mkdtemp(dir=self.folder)
            make(fresh)
            os.rename(fresh, final)
        return final


def contents(path):
    """A digest of a file, or of all files below a folder with their names."""
    digest = hashlib.sha256()
    if os.path.isdir(path):
        for folder, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(files):
                digest.update(name.encode() + b"\0" + contents(os.path.join(folder, name)))
    else:
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.digest()


class Bench:
    """What a row gets: options of the command line, the cache, and apus."""

    def __init__(self, options):
        self.apus, self.runs = options.apus, options.runs
        self.cache = Cache(os.path.join(ROOT, ".build", "bench"))
        self.gcc = [tool("gcc")]
        if not os.access(self.apus, os.X_OK):
            sys.exit(f"bench: no {self.apus}: make release")

    def progress(self, text):
        """Says what is measured, where somebody is looking."""
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="\r", file=sys.stderr, flush=True)

    def translate(self, module, name, *options):
        """Translates into a scratch folder; answers it, the C files, and the flags they need."""
        out = os.path.join(self.cache.folder, "translated", name)
        shutil.rmtree(out, ignore_errors=True)
        execute([self.apus, "translate", module, "-o", out, *options])
        with open(os.path.join(out, "Makefile"), encoding="utf-8") as file:
            lines = [line.split() for line in file]
        words = [word for line in lines if line[:1] in (["REQUIRED"], ["TRANSLATED"]) for word in line[2:]]
        flags = [f for f in words if f not in ("-iquote", ".", "-Iruntime/include")]
        return out, [f for f in sorted(os.listdir(out)) if f.endswith(".c")], flags

    def runtime(self, flags):
        """An archive of Runtime-C for this machine, with WASI and apus_main."""
        source = os.path.join(ROOT, "Runtime-C")
        include = ["-O2", *flags, "-I" + os.path.join(source, "include")]

        def make(folder):
            for part in ("core", "wasi", "port/posix"):
                for name in sorted(os.listdir(os.path.join(source, part))):
                    if name.endswith(".c"):
                        made = f"{part.replace('/', '-')}-{name[:-2]}.o"  # two are called trap.c
                        file = os.path.join(source, part, name)
                        execute([*self.gcc, *include, "-c", file, "-o", made], cwd=folder)
            execute([tool("ar"), "rcs", "libruntime.a", *sorted(os.listdir(folder))], cwd=folder)

        made = self.cache.made(["runtime", self.cache.version(self.gcc), flags], [source], make)
        return os.path.join(made, "libruntime.a")

    def compiled(self, name, what, sources, commands):
        """A program of this name, made by the compilers of `commands` (lists of arguments that
        have {out} for the file to write and {folder} for one to leave objects in)."""
        def make(folder):
            for command in commands:
                words = {"out": os.path.join(folder, name), "folder": folder}
                execute([word.format(**words) for word in command])

        keys = [name, what, [c[1:] for c in commands]]
        keys += [self.cache.version([command[0]]) for command in commands]
        return os.path.join(self.cache.made(keys, sources, make), name)

    def guest(self, module, name, memory, compiler, *options):
        """A program that runs a module under harness.c, translated with one strategy and further options."""
        out, files, flags = self.translate(
            module, f"{name}-{memory}{''.join(options)}", "--name", "guest", "--instances", "one",
            "--memory", memory, *options)
        if "--deterministic" in options:
            flags = [*flags, "-DAPUS_COUNTS_CALLS"]
        harness = os.path.join(HERE, "harness.c")
        include = ["-iquote", out, "-I" + os.path.join(ROOT, "Runtime-C", "include")]
        common = ["-O2", *flags, *include]
        objects = ["{folder}/%d.o" % i for i in range(len(files) + 1)]
        sources = [os.path.join(out, file) for file in files]
        commands = [[*compiler, *common, "-c", source, "-o", made]
                    for source, made in zip(sources, objects)]
        commands += [[*self.gcc, *common, "-c", harness, "-o", objects[-1]],
                     [*self.gcc, *objects, self.runtime(flags), "-o", "{out}", "-Wl,--gc-sections",
                      "-lm", "-lpthread"]]
        headers = [os.path.join(out, f) for f in sorted(os.listdir(out)) if f.endswith(".h")]
        depends = [*sources, *headers, harness, os.path.join(ROOT, "Runtime-C")]
        return self.compiled(name, memory, depends, commands)

    def measured(self, runs, commands, emptied=()):
        """Runs commands in turn; for each (least seconds, least CPU seconds, most bytes of RSS),
        the last two over all processes that it starts. Before a run the files in the command's folder
        of `emptied` are removed."""
        source = os.path.join(HERE, "measure.c")
        measure = self.compiled("measure", "", [source],
                                [[*self.gcc, "-O2", source, "-o", "{out}"]])
        words = [str(runs)]
        for command, folder in itertools.zip_longest(commands, emptied):
            words += [*(("-e", folder) if folder else ()), *command, "--"]
        lines = execute([measure, *words[:-1]]).stdout.decode().splitlines()
        return [(int(wall) / 1e9, int(cpu) / 1e6, int(rss) * 1024)
                for wall, cpu, rss in (line.split() for line in lines)]


def timed(command, expected=None, **options):
    """Seconds between bench.start and bench.end, which the command prints on stderr."""
    done = execute(command, stdin=subprocess.DEVNULL, **options)
    if expected is not None and done.stdout != expected:
        sys.exit(f"bench: {' '.join(command)} printed something else: {done.stdout[:300]!r}")
    for line in done.stderr.decode(errors="replace").splitlines():
        if line.startswith("bench-ns "):
            return int(line.split()[1]) / 1e9
    sys.exit(f"bench: {' '.join(command)} printed no time")


def least(runs, engines):
    """{name: seconds}: the minimum for each of {name: function}, run in turn."""
    times = {name: [] for name in engines}
    for _ in range(runs):
        for name, run in engines.items():
            times[name].append(run())
    return {name: min(all_) for name, all_ in times.items()}


def geometric_mean(ratios):
    product = 1.0
    for ratio in ratios:
        product *= ratio
    return product ** (1 / len(ratios))
