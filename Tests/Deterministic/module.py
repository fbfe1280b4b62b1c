"""A module with every floating-point row of the instruction table, and with what ends at a limit.

Of each row there is a function that does it with all pairs of the values below, loaded and as constants, and answers a
digest of the bits that come out. The rows are read from the table's sources: what is added there is tested here.
"""
import os, re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODEL = os.path.join(ROOT, "Sources", "WasmModel")
SINGLE = [0, 1 << 31, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fc00001, 0xffd23456,
          0x7fa00000, 0xff800001, 0x7f7fffff, 0x00000001, 0x40200000, 0xc0700000]
DOUBLE = [0, 1 << 63, 0x3ff << 52, 0xbff << 52, 0x7ff << 52, 0xfff << 52, 0x7ff8 << 48, 0xfff8 << 48, (0x7ff8 << 48) + 1,
          (0xfffa << 48) + 0x3456, 0x7ff4 << 48, (0xfff << 52) + 1, 0x7fefffffffffffff, 1, 0x4004 << 48, 0xc00e << 48]
CONSTANTS = [0, 1, 2, 3, 6, 7, 9, 10]
COUNT = len(SINGLE)
# Where they lie: vectors are loaded from the single ones.
SINGLES, DOUBLES, RESULT = 0, 1024, 2048
# Without NaNs of their own: they keep bits, convert numbers, or compare. All others give the canonical NaN.
KEEPING = {"abs", "neg", "copysign", "splat", "pmin", "pmax", "eq", "ne", "lt", "gt", "le", "ge"}

# Arithmetic on arithmetic, where not every NaN on the way is made canonical, and what keeps bits between.
CHAINS = [("$f32.sums", "f32", "(f32.add (f32.mul {a} {b}) (f32.neg (f32.sub {a} {b})))"),
          ("$f64.sums", "f64", "(f64.add (f64.mul {a} {b}) (f64.neg (f64.sub {a} {b})))"),
          ("$f32.least", "f32", "(f32.min (f32.sqrt {a}) (f32.max (f32.div {b} {a}) (f32.floor {b})))"),
          ("$f64.least", "f64", "(f64.max (f64.sqrt {a}) (f64.min (f64.div {b} {a}) (f64.nearest {b})))"),
          ("$f32.converted", "f32", "(f32.demote_f64 (f64.add (f64.promote_f32 {a}) (f64.promote_f32 (f32.mul {a} {b}))))"),
          ("$f32.neg_sums", "f32", "(f32.copysign (f32.add {a} {b}) (f32.neg (f32.mul {a} {b})))"),
          ("$f64.neg_choice", "f64", "(f64.neg (select (f64.add {a} {b}) (f64.mul {a} {b}) (f64.lt (f64.sub {a} {b}) (f64.div {a} {b}))))"),
          ("$f32x4.sums", "v128", "(f32x4.add (f32x4.mul {a} {b}) (f32x4.neg (f32x4.sub {a} (f32x4.div {a} {b}))))"),
          ("$f64x2.sums", "v128", "(f64x2.sub (f64x2.mul {a} {b}) (f64x2.add {a} {b}))"),
          # Lanes of one width read with another.
          ("$f64x2.read", "v128", "(f64x2.add (f32x4.add {a} {b}) (f64x2.promote_low_f32x4 (f32x4.mul {a} {b})))"),
          ("$f32x4.read", "v128", "(f32x4.mul (f64x2.add {a} {b}) (f32x4.demote_f64x2_zero (f64x2.mul {a} {b})))"),
          ("$f32x4.neg_min", "v128", "(f32x4.pmin (f32x4.add {a} {b}) (f32x4.mul {a} {b}))")]


def keeps(name):
    word = name.split(".")[1].split("_")[0]
    return word in KEEPING or word in ("convert", "reinterpret")


def rows():
    """(name, operand types, result type) of each row on floats that is an operator, of numbers and vectors."""
    found = {}
    with open(os.path.join(MODEL, "InstructionTable.swift"), encoding="utf-8") as file:
        text = file.read()
    for kind, name, types in re.findall(r"\.(unary|binary|compare)\(\s*0x\w+, \"(f\d\d\.\w+)\", ([^\"]*)", text):
        types = re.findall(r"\.(\w+)", types)
        operands = types[:1] if kind == "unary" else types[:1] * 2
        found[name] = (operands, "i32" if kind == "compare" else types[-1])
    with open(os.path.join(MODEL, "VectorInstructions.swift"), encoding="utf-8") as file:
        text = file.read()
    counts = {"one": 1, "two": 2, "three": 3}
    for name, operands in re.findall(r"(?:vector|whole|partial)\(0x\w+, \"(f\d\dx\d\.\w+)\", (\[.*?\]|\w+)", text):
        types = re.findall(r"\.(\w+)", operands) or ["v128"] * counts[operands]
        found[name] = (types, "v128")
    return ([(name, *found[name]) for name in sorted(found)]
            + [(f"call {name}", [kind, kind], kind) for name, kind, _ in CHAINS])


def every_name():
    """All names of rows that begin with a shape of floats: those that `rows` leaves out are accesses, constants, lanes."""
    names = set()
    for source in ("InstructionTable.swift", "VectorInstructions.swift"):
        with open(os.path.join(MODEL, source), encoding="utf-8") as file:
            names |= set(re.findall(r'"(f(?:32|64)(?:x\d)?\.\w+)"', file.read()))
    return names


def constant(kind, k):
    if kind == "f32":
        return f"(f32.reinterpret_i32 (i32.const {SINGLE[k]}))"
    if kind == "f64":
        return f"(f64.reinterpret_i64 (i64.const {DOUBLE[k]}))"
    if kind == "v128":
        return "(v128.const i32x4 " + " ".join(str(SINGLE[(k + lane) % COUNT]) for lane in range(4)) + ")"
    return f"({kind}.const {SINGLE[k]})"


def literal(kind, k):
    """As a constant of its own type, which compilers see through best."""
    bits, mask, width = (SINGLE[k], 0x7fffff, 23) if kind == "f32" else (DOUBLE[k], (1 << 52) - 1, 52)
    sign = "-" if bits >> (31 if kind == "f32" else 63) else ""
    if bits >> width & (0xff if kind == "f32" else 0x7ff) == (0xff if kind == "f32" else 0x7ff):
        text = f"nan:0x{bits & mask:x}" if bits & mask else "inf"
    else:
        import struct
        text = struct.unpack(">f" if kind == "f32" else ">d", bits.to_bytes(4 if kind == "f32" else 8, "big"))[0].hex().lstrip("-")
    return f"({kind}.const {sign}{text})"


def load(kind, variable):
    at = {"f32": SINGLES, "i32": SINGLES, "f64": DOUBLES, "i64": DOUBLES, "v128": SINGLES}[kind]
    width = 3 if kind in ("f64", "i64") else 2
    return f"({kind}.load offset={at} (i32.shl (local.get ${variable}) (i32.const {width})))"


def take(name, result, value):
    """Takes a result into the digest, and counts it where it is a NaN but not the canonical one."""
    lines = [f"(call $take_{result} {value})"]
    shape = name.removeprefix("call $").split(".")[0]
    if not keeps(name):
        lines.append(f"(call $look_{shape})")
    return " ".join(lines)


def function(k, name, operands, result):
    lines = [f"  (func $row{k} (local $i i32) (local $j i32)"]
    variables = ["i", "j", "i"]
    loaded = " ".join(load(kind, variable) for kind, variable in zip(operands, variables))
    inner = take(name, result, f"({name} {loaded})")
    if len(operands) > 1:
        inner = f"""(local.set $j (i32.const 0))
      (loop $next {inner}
        (br_if $next (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const {COUNT - 3}))))"""
    lines.append(f"""    (loop $all {inner}
      (br_if $all (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {COUNT - 3}))))""")
    forms = [constant] + ([literal] if operands[0] in ("f32", "f64") else [])
    for c in CONSTANTS:
        for form in forms:
            if len(operands) == 1:
                lines.append("    " + take(name, result, f"({name} {form(operands[0], c)})"))
                continue
            rest = " ".join(form(kind, 14) for kind in operands[2:])
            for first, second in ((load(operands[0], "i"), form(operands[1], c)), (form(operands[0], c), load(operands[1], "i")),
                                  (form(operands[0], c), form(operands[1], (c + 1) % 8))):
                lines.append(f"    (local.set $i (i32.const 0)) (loop $c{len(lines)} "
                             + take(name, result, f"({name} {first} {second} {rest})")
                             + f" (br_if $c{len(lines)} (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))"
                             + f" (i32.const {COUNT - 3}))))")
    return "\n".join(lines) + ")"


def data():
    def text(values, size):
        return "".join(f"\\{byte:02x}" for value in values for byte in value.to_bytes(size, "little"))
    return f'  (data (i32.const {SINGLES}) "{text(SINGLE, 4)}")\n  (data (i32.const {DOUBLES}) "{text(DOUBLE, 8)}")'


def wat():
    """The module as text; limits.wat has the rest of it."""
    all_rows = rows()
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "limits.wat"), encoding="utf-8") as file:
        limits = file.read()
    cases = " ".join(f"$row{k}" for k in range(len(all_rows)))
    chains = "\n".join(f"  (func {name} (param {kind} {kind}) (result {kind}) "
                       + text.format(a="(local.get 0)", b="(local.get 1)") + ")" for name, kind, text in CHAINS)
    functions = chains + "\n" + "\n".join(function(k, *row) for k, row in enumerate(all_rows))
    return f"""(module
{limits}
{data()}
  (global $digest (mut i64) (i64.const 0))
  (global $strange (mut i32) (i32.const 0))
  (func $take_i64 (param i64)
    (global.set $digest (i64.mul (i64.xor (i64.rotl (global.get $digest) (i64.const 5)) (local.get 0))
      (i64.const 0x100000001b3)))
    (i64.store offset={RESULT} (i32.const 0) (local.get 0)))
  (func $take_i32 (param i32) (call $take_i64 (i64.extend_i32_u (local.get 0))))
  (func $take_f32 (param f32) (call $take_i32 (i32.reinterpret_f32 (local.get 0))))
  (func $take_f64 (param f64) (call $take_i64 (i64.reinterpret_f64 (local.get 0))))
  (func $take_v128 (param v128)
    (call $take_i64 (i64x2.extract_lane 0 (local.get 0))) (call $take_i64 (i64x2.extract_lane 1 (local.get 0)))
    (v128.store offset={RESULT} (i32.const 0) (local.get 0)))
  (func $look32 (param i32)
    (if (i32.gt_u (i32.and (i32.load offset={RESULT} (local.get 0)) (i32.const 0x7fffffff)) (i32.const 0x7f800000))
      (then (if (i32.ne (i32.load offset={RESULT} (local.get 0)) (i32.const 0x7fc00000))
        (then (global.set $strange (i32.add (global.get $strange) (i32.const 1))))))))
  (func $look64 (param i32)
    (if (i64.gt_u (i64.and (i64.load offset={RESULT} (local.get 0)) (i64.const 0x7fffffffffffffff))
        (i64.const 0x7ff0000000000000))
      (then (if (i64.ne (i64.load offset={RESULT} (local.get 0)) (i64.const 0x7ff8000000000000))
        (then (global.set $strange (i32.add (global.get $strange) (i32.const 1))))))))
  (func $look_f32 (call $look32 (i32.const 0)))
  (func $look_f64 (call $look64 (i32.const 0)))
  (func $look_f32x4
    (call $look32 (i32.const 0)) (call $look32 (i32.const 4)) (call $look32 (i32.const 8)) (call $look32 (i32.const 12)))
  (func $look_f64x2 (call $look64 (i32.const 0)) (call $look64 (i32.const 8)))
{functions}
  (table $rows funcref (elem {cases}))
  (func (export "rows") (result i32) (i32.const {len(all_rows)}))
  (func (export "row") (param i32) (result i64)
    (global.set $digest (i64.const 1))
    (call_indirect $rows (local.get 0))
    (global.get $digest))
  (func (export "strange") (result i32) (global.get $strange)))
"""
