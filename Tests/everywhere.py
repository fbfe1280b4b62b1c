"""Programs of one module by several compilers, for other processors and for Cortex-M in QEMU."""
import argparse, os, re, shutil, subprocess, sys

CROSS = {f"{cpu}-linux-gnu-gcc": [f"qemu-{cpu}", "-L", f"/usr/{cpu}-linux-gnu"] for cpu in ("aarch64", "riscv64", "s390x")}
BOARD = ["-mcpu=cortex-m4", "-mthumb", "--specs=picolibc.specs", "--oslib=semihost", "--crt0=semihost", "-T", "picolibc.ld",
         "-Wl,--defsym=__stack_size=0x180000", "-Wl,--defsym=__flash=0", "-Wl,--defsym=__flash_size=0x400000",
         "-Wl,--defsym=__ram=0x20000000", "-Wl,--defsym=__ram_size=0x400000"]
EMULATOR = ["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none", "-chardev",
            "stdio,id=console", "-semihosting-config", "enable=on,target=native,chardev=console", "-kernel"]


def run(command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False, **options)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def must(command):
    status, out, err = run(command)
    if status:
        sys.exit(f"{' '.join(command)}\nfailed with {status}: {out}{err}")


def arguments(description, apus):
    """What a test of several configurations takes from the command line."""
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--apus", default=apus)
    options.add_argument("--quick", action="store_true", help="a few configurations")
    found = options.parse_args()
    found.apus = os.path.abspath(found.apus)
    return found


def emulator(compiler):
    """What runs the programs of a compiler: nothing for this machine's."""
    return EMULATOR if compiler.startswith("arm") else CROSS.get(compiler, [])


def installed(configurations):
    """Those whose compiler and emulator are there; says which are not."""
    there = []
    for each in configurations:
        if all(map(shutil.which, [each[0], *emulator(each[0])[:1]])):
            there.append(each)
        else:
            print(f"{' '.join(each)} skipped: the compiler or its emulator is not installed")
    return there


class Programs:
    """Programs of `folder`/module.wasm and a driver in C, one for each configuration: compiler, level, further
    flags, memory, instances. The driver is told by MANY which instance model it is; on the board, APUS_FREESTANDING."""

    def __init__(self, apus, folder, driver):
        self.apus, self.folder, self.driver = apus, folder, driver

    def translate(self, profile, memory, instances, *options):
        to = os.path.join(self.folder, f"{profile}-{memory}-{instances}")
        must([self.apus, "translate", *options, "--profile", profile, "--memory", memory, "--instances", instances,
              "--name", "module", "-o", to, os.path.join(self.folder, "module.wasm")])

    def build(self, configuration):
        compiler, level, flags, memory, instances = configuration
        freestanding = compiler.startswith("arm")
        source = os.path.join(self.folder, f"{'firmware' if freestanding else 'host'}-{memory}-{instances}")
        with open(os.path.join(source, "Makefile"), encoding="utf-8") as file:
            made = file.read()
        required = re.search(r"^REQUIRED = (.*)$", made, re.M)[1].split(" -iquote")[0].split()
        translated = re.search(r"^TRANSLATED = (.*)$", made, re.M)[1].split()
        program = os.path.join(self.folder, re.sub(r"\W", "_", " ".join(configuration)))
        objects = program + ".objects"
        os.makedirs(objects)
        base = [compiler, level, *flags.split(), *required, "-w", "-I" + source, "-I" + os.path.join(source, "runtime", "include")]
        if freestanding:
            base += BOARD[:3]
        if instances == "many":
            base.append("-DMANY")
        sources = [self.driver] + [
            os.path.join(at, name) for at, _, names in os.walk(source) for name in sorted(names)
            if name.endswith(".c") and "wasi" not in at and name != "main.c" and not name.endswith("_main.c")]
        linked = []
        for k, each in enumerate(sources):
            linked.append(os.path.join(objects, f"{k}.o"))
            own = translated if os.path.dirname(each) == source else []
            must([*base, *own, "-c", each, "-o", linked[-1]])
        must([compiler, *linked, *(BOARD if freestanding else []), "-Wl,--gc-sections", *([] if freestanding else ["-lm", "-lpthread"]),
              "-o", program])
        return program

    def output(self, configuration):
        return run([*emulator(configuration[0]), self.build(configuration)])
