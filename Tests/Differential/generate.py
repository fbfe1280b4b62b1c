"""Random modules in the text format: valid, deterministic, and they end."""
import random
import atomics
import exceptions
import vectors

INT = ("i32", "i64")
FLOAT = ("f32", "f64")
TYPES = INT + FLOAT
BITS = {"i32": 32, "i64": 64, "f32": 32, "f64": 64}
BINARY = {
    "i": ["add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr",
          "div_s", "div_u", "rem_s", "rem_u"],
    "f": ["add", "sub", "mul", "div", "min", "max"],
}
UNARY = {"i": ["clz", "ctz", "popcnt", "extend8_s", "extend16_s"],
         "f": ["abs", "neg", "sqrt", "ceil", "floor", "trunc", "nearest"]}
COMPARE = {"i": ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"],
           "f": ["eq", "ne", "lt", "gt", "le", "ge"]}
LOADS = {"i32": ["load", "load8_s", "load8_u", "load16_s", "load16_u"],
         "i64": ["load", "load8_s", "load8_u", "load16_s", "load16_u", "load32_s", "load32_u"],
         "f32": ["load"], "f64": ["load"]}
STORES = {"i32": ["store", "store8", "store16"], "i64": ["store", "store8", "store16", "store32"],
          "f32": ["store"], "f64": ["store"]}
INTEGERS = [0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 127, 128, 255, 256, 65535, 0x7fffffff, 0x80000000, 0xffffffff]
FLOATS = ["0", "-0", "1", "-1", "0.5", "1.5", "2.5", "-3.75", "1e10", "-1e20", "1e-40", "inf", "-inf", "nan"]


NAMES = [("NULL", "memory 0"), ("int", "table $u"), ("a b", "global $g_i32"), ("", "func $grow"), ("m", "func $f1"),
         ("*/ int", "global $g_f64"), ("m_instantiate", "func $f2"), ("\\u{202e}x", "memory 0"), ("i", "func $f3"),
         ("export", "table 0"), ("\\00", "func $f4"), ("memcpy", "func $f5"), ("host", "global $g_i64")]


class Function(vectors.Vectors, exceptions.Exceptions, atomics.Atomics):
    def __init__(self, generator, number):
        self.generator, self.random, self.number = generator, generator.random, number
        self.parameters = [self.random.choice(TYPES) for _ in range(self.random.randrange(4))]
        self.result = self.random.choice(TYPES)
        # Some have no variable at all.
        self.locals = self.parameters + [self.random.choice(TYPES) for _ in range(self.random.randrange(0, 5))]
        self.references = self.random.randrange(3)
        # Half of all modules have vectors.
        self.vectors = self.random.randrange(4) if generator.has_vectors else 0
        self.counters = 0
        self.calls = 2
        self.in_loop = 0
        statements = "\n    ".join(self.statement(3) for _ in range(self.random.randrange(2, 6)))
        last = self.last if generator.has_exceptions else self.expression
        self.body = f"    {statements}\n    {last(self.result, 5)}"

    def text(self):
        parameters = "".join(f" (param {t})" for t in self.parameters)
        declared = "".join(f" (local {t})" for t in self.locals[len(self.parameters):])
        # A counter for each loop, past the other locals; references are named.
        declared += " (local i32)" * self.counters
        declared += "".join(f" (local $r{k} funcref)" for k in range(self.references))
        declared += "".join(f" (local $v{k} v128)" for k in range(self.vectors))
        declared += " (local $x exnref)" if self.generator.has_exceptions else ""
        return f"  (func $f{self.number}{parameters} (result {self.result}){declared}\n{self.body})"

    def local(self, kind):
        places = [i for i, t in enumerate(self.locals) if t == kind]
        return self.random.choice(places) if places else None

    def constant(self, kind):
        if kind in FLOAT:
            return f"({kind}.const {self.random.choice(FLOATS)})"
        value = self.random.choice(INTEGERS) if self.random.random() < 0.7 else self.random.getrandbits(BITS[kind])
        if kind == "i64" and self.random.random() < 0.3:
            value = value << 32 & 2**64 - 1
        return f"({kind}.const {-value if self.random.random() < 0.2 and value < 2**31 else value})"

    def memory(self):
        """The index of a memory: of the first one mostly, which instructions need not say."""
        self.chosen = self.random.choice(["", "", "", "$m"])
        return self.chosen

    def offset(self, offsets):
        """Of an access of the memory chosen last: seldom one of more than 32 bits, where it can be."""
        if self.is_wide(self.chosen) and self.random.random() < 0.02:
            return self.random.choice([2**32, 2**64 - 1, 2**64 - 8])
        return self.random.choice(offsets)

    def is_wide(self, memory):
        return self.generator.has_wide and memory == "$m"

    def widened(self, value, memory):
        """An i32 as an address of a memory, or a number of its bytes."""
        if not self.is_wide(memory):
            return value
        wide = f"(i64.extend_i32_u {value})"
        if self.random.random() < 0.02:
            return f"(i64.or {wide} (i64.const {self.random.choice([2**32, 2**63, 2**64 - 2**20])}))"
        return wide

    def address(self, depth, wild=True):
        """In the memory chosen last."""
        memory = self.chosen
        return self.widened(self.narrow_address(depth, wild), memory)

    def narrow_address(self, depth, wild):
        inner = self.expression("i32", depth)
        if wild and self.random.random() < 0.02:
            return inner  # most likely out of bounds
        if wild and self.random.random() < 0.03:
            return f"(i32.add (i32.and {inner} (i32.const 31)) (i32.const {self.random.choice([65520, 131056, 196592])}))"
        # With an offset, 0xfff0 may be out of bounds.
        mask = self.random.choice([0xff, 0x7ff, 0xfff0] if wild else [0xff, 0x7ff, 0x3fff])
        return f"(i32.and {inner} (i32.const {mask}))"

    def settled(self, kind, depth):
        """A value whose bits may be looked at: NaNs differ between engines."""
        value = self.expression(kind, depth)
        return f"(call $settle_{kind} {value})" if kind in FLOAT else value

    def expression(self, kind, depth):
        rnd = self.random
        if depth <= 0 or rnd.random() < 0.1:
            place = self.local(kind)
            return f"(local.get {place})" if place is not None and rnd.random() < 0.7 else self.constant(kind)
        group = "i" if kind in INT else "f"
        e = lambda k, less=1: self.expression(k, depth - less)
        choices = ["binary"] * 6 + ["unary", "load", "load", "select", "if", "block", "tee", "convert",
                                    "global", "call", "indirect", "two", "turn"]
        if self.generator.has_vectors:
            choices += ["vector"] * 4
        if self.generator.has_atomics and kind in INT:
            choices += ["atomic"] * 4
        if kind == "i32":
            choices += ["compare"] * 3 + ["size", "size", "is_null", "table"]
        choice = rnd.choice(choices)
        if choice == "binary":
            operation = rnd.choice(BINARY[group])
            right = e(kind)
            if operation[:3] in ("div", "rem") and group == "i" and rnd.random() < 0.8:
                right = f"({kind}.or {right} ({kind}.const 1))"
            return f"({kind}.{operation} {e(kind)} {right})"
        if choice == "vector":
            return self.of_vector(kind, depth)
        if choice == "atomic":
            return self.atomic(kind, depth)
        if choice == "unary":
            return f"({kind}.{rnd.choice(UNARY[group])} {e(kind)})"
        if choice == "load":
            return f"({kind}.{rnd.choice(LOADS[kind])} {self.memory()} offset={self.offset([0, 0, 1, 8, 100])} {self.address(depth - 1, self.generator.wild_loads)})"
        if choice == "select":
            return f"(select {e(kind)} {e(kind)} {e('i32')})"
        if choice == "if":
            return f"(if (result {kind}) {e('i32')} (then {self.maybe(depth)} {e(kind)}) (else {self.maybe(depth)} {e(kind)}))"
        if choice == "block":
            label = self.generator.label()
            return (f"(block {label} (result {kind}) {e(kind)} (br_if {label} {e('i32')}) (drop)"
                    f" {self.maybe(depth)} {e(kind)})")
        if choice == "tee":
            place = self.local(kind)
            return f"(local.tee {place} {e(kind)})" if place is not None else e(kind)
        if choice == "global":
            return f"(global.get $g_{kind})"
        if choice == "compare":
            other = rnd.choice(TYPES)
            return f"({other}.{rnd.choice(COMPARE['i' if other in INT else 'f'])} {e(other)} {e(other)})"
        if choice == "size":
            wide = self.is_wide("$m")
            size = "(i32.wrap_i64 (memory.size $m))" if wide else "(memory.size $m)"
            grow = (f"(i32.wrap_i64 (memory.grow $m (i64.const {rnd.choice([1, 1, 2**32 + 1])})))" if wide
                    else "(memory.grow $m (i32.const 1))")
            return rnd.choice(["(memory.size)", size, grow, "(call $grow)", f"(memory.grow (i32.and {e('i32')} (i32.const 1)))", f"(i64.eqz {e('i64')})"])
        if choice == "is_null":
            return f"(ref.is_null {self.reference(depth - 1)})"
        if choice == "table":
            return rnd.choice(["(table.size $u)", f"(table.grow $u {self.reference(depth - 1)} (i32.and {e('i32')} (i32.const 1)))"])
        if choice == "two":
            # Two results, of which the second is looked at.
            return f"(block (result {kind}) (call $two_{kind} {e(kind)} {e('i32', 2)}) (global.set $g_i32))"
        if choice == "turn":
            return (f"(block (result {kind}) {e(kind)} (loop (param {kind}) (result {kind}) {self.maybe(depth)}"
                    f" (drop) {e(kind)}))")
        if choice in ("call", "indirect"):
            return self.call(kind, depth, choice == "indirect") or e(kind)
        return self.conversion(kind, depth)

    def conversion(self, kind, depth):
        rnd = self.random
        source = rnd.choice([t for t in TYPES if t != kind])
        sign = rnd.choice("su")
        value = self.expression(source, depth - 1)
        if kind in INT and source in FLOAT:
            if BITS[kind] == BITS[source] and rnd.random() < 0.4:
                return f"({kind}.reinterpret_{source} {self.settled(source, depth - 1)})"
            return f"({kind}.trunc{rnd.choice(['_sat', '_sat', '_sat', ''])}_{source}_{sign} {value})"
        if kind in FLOAT and source in INT:
            if BITS[kind] == BITS[source] and rnd.random() < 0.4:
                return f"({kind}.reinterpret_{source} {value})"
            return f"({kind}.convert_{source}_{sign} {value})"
        name = {"i32": "wrap_i64", "i64": f"extend_i32_{sign}", "f32": "demote_f64", "f64": "promote_f32"}[kind]
        return f"({kind}.{name} {value})"

    def call(self, kind, depth, indirect):
        callees = [f for f in self.generator.functions if f.result == kind]
        if not callees or not self.calls or self.in_loop:
            return None
        self.calls -= 1
        callee = self.random.choice(callees)
        values = " ".join(self.expression(t, depth - 2) for t in callee.parameters)
        if not indirect:
            return f"(call $f{callee.number} {values})"
        table = "$u " if self.random.random() < 0.3 else ""
        kinds = "".join(f" (param {t})" for t in callee.parameters) + f" (result {kind})"
        index = f"(i32.const {callee.number})"
        if self.random.random() < 0.1:
            index = f"(i32.and {self.expression('i32', 1)} (i32.const 7))"
        return f"(call_indirect {table}{kinds} {values} {index})"

    def reference(self, depth):
        rnd = self.random
        choices = ["null", "func", "get"] + ["local"] * (2 if self.references else 0) + ["select"] * (depth > 0)
        choice = rnd.choice(choices)
        if choice == "func":
            return f"(ref.func $f{rnd.choice(self.generator.functions).number})" if self.generator.functions else "(ref.null func)"
        if choice == "get":
            return f"(table.get $u {self.index(depth - 1)})"
        if choice == "local":
            return f"(local.get $r{rnd.randrange(self.references)})"
        if choice == "select":
            return (f"(select (result funcref) {self.reference(depth - 1)} {self.reference(depth - 1)}"
                    f" {self.expression('i32', depth - 1)})")
        return "(ref.null func)"

    def index(self, depth):
        """Of an element, seldom out of bounds."""
        return f"(i32.and {self.expression('i32', depth)} (i32.const {self.random.choice([3, 7, 7, 15])}))"

    def segment(self, depth):
        """What copies from passive segments, drops them, or works on tables."""
        rnd = self.random
        count = f"(i32.const {rnd.randrange(4)})"
        return rnd.choice([
            f"(memory.init {self.memory()} $d {self.address(depth)} (i32.const {rnd.randrange(12)}) {count})",
            f"(memory.init {self.memory()} $d {self.address(depth)} {self.index(depth)} {count})",
            f"(table.init $u $e {self.index(depth)} (i32.const {rnd.randrange(4)}) {count})",
            f"(table.copy $u $u {self.index(depth)} {self.index(depth)} {count})",
            f"(table.fill $u {self.index(depth)} {self.reference(depth)} {count})",
            f"(table.set $u {self.index(depth)} {self.reference(depth)})",
            "(data.drop $d)" if rnd.random() < 0.2 else "(nop)",
            "(elem.drop $e)" if rnd.random() < 0.2 else "(elem.drop $used)",
            f"(table.copy $u 0 {self.index(depth)} (i32.const 0) {count})" if self.generator.opens else "(nop)"])

    def maybe(self, depth):
        return self.statement(depth - 2) if self.random.random() < 0.4 else ""

    def statement(self, depth):
        rnd = self.random
        kind = rnd.choice(TYPES)
        choice = rnd.choice(["set", "set", "store", "store", "global", "drop", "if", "loop", "switch", "bulk",
                             "segment", "reference"])
        if depth <= 0:
            choice = rnd.choice(["set", "store", "global"])
        if self.generator.has_vectors and rnd.random() < 0.3:
            return self.vector_statement(max(depth, 1))
        if self.generator.has_atomics and rnd.random() < 0.25:
            return self.atomic_statement(max(depth, 1))
        if self.generator.has_exceptions and depth > 0 and rnd.random() < 0.25:
            if rnd.random() < 0.3:
                return f"(if {self.expression('i32', 1)} (then {self.throw(1)}))"
            return self.try_statement(depth) if rnd.random() < 0.7 else self.stored(depth - 1)
        if choice == "set" and self.local(kind) is not None:
            return f"(local.set {self.local(kind)} {self.expression(kind, depth + 1)})"
        if choice == "store":
            return (f"({kind}.{rnd.choice(STORES[kind])} {self.memory()} offset={self.offset([0, 0, 2, 16])} "
                    f"{self.address(depth, rnd.random() < 0.3)} {self.settled(kind, depth)})")
        if choice == "segment":
            return self.segment(1)
        if choice == "reference" and self.references:
            return f"(local.set $r{rnd.randrange(self.references)} {self.reference(depth)})"
        if choice == "global":
            return f"(global.set $g_{kind} {self.expression(kind, depth)})"
        if choice == "if":
            return f"(if {self.expression('i32', depth)} (then {self.statement(depth - 1)}) (else {self.statement(depth - 1)}))"
        if choice == "loop" and self.in_loop < 2:
            counter = len(self.locals) + self.counters
            self.counters += 1
            self.in_loop += 1
            label, out = self.generator.label(), self.generator.label()
            body = " ".join(self.statement(depth - 1) for _ in range(rnd.randrange(1, 3)))
            self.in_loop -= 1
            return (f"(local.set {counter} (i32.const 0)) (block {out} (loop {label} {body}"
                    f" (br_if {out} {self.expression('i32', 1)})"
                    f" (br_if {label} (i32.lt_u (local.tee {counter} (i32.add (local.get {counter}) (i32.const 1)))"
                    f" (i32.const {rnd.randrange(1, 12)})))))")
        if choice == "switch":
            a, b, c = (self.generator.label() for _ in range(3))
            return (f"(block {a} (block {b} (block {c} (br_table {a} {b} {c} {b} {self.expression('i32', depth)}))"
                    f" {self.statement(depth - 1)}) {self.statement(depth - 1)})")
        if choice == "bulk":
            to, source = rnd.choice([("", None), ("", ""), ("$m", None), ("$m", "0"), ("0", "$m"), ("$m", "$m")])
            name = f"fill {to}" if source is None else f"copy {to} {source}"
            count = f"(i32.const {rnd.randrange(64)})"
            first, second = (self.narrow_address(1, True) for _ in range(2))
            if source is None or self.is_wide(source):
                count = self.widened(count, to)
            second = second if source is None else self.widened(second, source)
            return f"(memory.{name} {self.widened(first, to)} {second} {count})"
        return f"(drop {self.expression(kind, depth)})"


class Generator:
    def __init__(self, seed, wild_loads):
        self.random = random.Random(seed)
        self.wild_loads = wild_loads
        self.functions = []
        self.labels = 0
        # The table of the calls is looked at otherwise, too.
        self.opens = self.random.random() < 0.4
        self.has_vectors = self.random.random() < 0.5
        self.has_exceptions = self.random.random() < 0.5
        self.has_atomics = self.random.random() < 0.5
        # Both memories are shared, though with nobody.
        self.is_shared = self.has_atomics and self.random.random() < 0.5
        # The second memory has addresses of 64 bits.
        self.has_wide = self.random.random() < 0.3
        for number in range(6):
            self.functions.append(Function(self, number))

    def label(self):
        self.labels += 1
        return f"$l{self.labels}"

    def text(self):
        shared = " shared" if self.is_shared else ""
        out = ["(module", f"  (memory 1 3{shared})", f"  (memory $m{' i64' if self.has_wide else ''} 1 2{shared})", "  (table funcref (elem " + " ".join(f"$f{f.number}" for f in self.functions) + "))"]
        out += ["  (table $u 6 11 funcref)", "  (elem $e func " + " ".join(
                    f"$f{self.random.randrange(6)}" for _ in range(5)) + ")",
                "  (elem $used (table $u) (i32.const 1) func $f0 $f5)", "  (elem (table $u) (i32.const 2) func $f3)",
                '  (data $d "some bytes\\00\\ff")',
                "  (func $grow (result i32) (memory.grow (i32.const 1)))"]
        out += [f"  (func $two_{t} (param {t} i32) (result {t} i32) (local.get 0)"
                f" (i32.add (local.get 1) (i32.const 1)))" for t in TYPES]
        # Names that mean something to C, or nothing at all.
        out += [f'  (export "{name}" ({kind}))' for name, kind in self.random.sample(NAMES, 4)]
        out += [f"  (global $g_{t} (mut {t}) ({t}.const 3))" for t in TYPES]
        out += [f"  (func $settle_{t} (param {t}) (result {t})"
                f" (select (local.get 0) ({t}.const nan) ({t}.eq (local.get 0) (local.get 0))))" for t in FLOAT]
        if self.has_exceptions:
            out += [f"  (tag {tag} (param{''.join(f' {t}' for t in kinds)}))" for tag, kinds in exceptions.TAGS.items()]
            out += ["  (table $thrown 5 12 exnref)", "  (global $kept (mut exnref) (ref.null exn))",
                    "  (elem $nulls exnref (ref.null exn) (ref.null exn))"]
        if self.has_vectors:
            out += ["  (global $g_v128 (mut v128) (v128.const i32x4 3 -1 0 7))", vectors.SETTLING]
        wide = "i64" if self.has_wide else "i32"
        out.append(f'  (data (memory $m) ({wide}.const 300) "\\01\\80\\ff\\7f")')
        out.append('  (data (i32.const 16) "' + "".join(f"\\{self.random.randrange(256):02x}" for _ in range(64)) + '")')
        out += [f.text() for f in self.functions]
        for f in self.functions:
            values = " ".join(f.constant(t) for t in f.parameters)
            call = f"(call $f{f.number} {values})"
            if f.result in FLOAT:
                wide = "i32" if f.result == "f32" else "i64"
                call = f"({wide}.reinterpret_{f.result} (call $settle_{f.result} {call}))"
            if BITS[f.result] == 32:
                call = f"(i64.extend_i32_u {call})"
            if self.has_vectors:
                call = f"(i64.xor {call} (i64.sub (i64x2.extract_lane 0 (global.get $g_v128)) (i64x2.extract_lane 1 (global.get $g_v128))))"
            if self.has_exceptions:
                call = (f"(block $caught (result i64) (block $none (try_table (catch_all $none) (br $caught {call})))"
                        " (i64.const 12345))")
            # What it left in memory and globals counts, too.
            out.append(f'  (func (export "t{f.number}") (result i64) (i64.xor {call} (call $state)))')
        at = "(i64.extend_i32_u (local.get 0))" if self.has_wide else "(local.get 0)"
        out.append("""  (func $state (result i64) (local i32 i64)
    (loop $l
      (local.set 1 (i64.add (i64.rotl (local.get 1) (i64.const 5))
        (i64.add (i64.load (local.get 0)) (i64.load $m """ + at + """))))
      (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 8))) (i32.const 65528))))
    (i64.add (local.get 1) (i64.add (global.get $g_i64) (i64.extend_i32_u (i32.add (global.get $g_i32) (memory.size))))))""")
        return "\n".join(out) + ")\n"


def module(seed, wild_loads):
    """With `wild_loads`, some loads are out of bounds, also where nothing depends on their value."""
    return Generator(seed, wild_loads).text()
