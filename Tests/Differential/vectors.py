"""Expressions on vectors, for generate.Function, which mixes them in."""

SHAPES = {"i8x16": (16, "i32"), "i16x8": (8, "i32"), "i32x4": (4, "i32"), "i64x2": (2, "i64"),
          "f32x4": (4, "f32"), "f64x2": (2, "f64")}
INTEGER = ["i8x16", "i16x8", "i32x4", "i64x2"]
UNARY = ["v128.not", "i8x16.popcnt"] + [f"{s}.{o}" for s in INTEGER for o in ("abs", "neg")] + [
    f"{to}.extend_{half}_{source}_{sign}" for to, source in (("i16x8", "i8x16"), ("i32x4", "i16x8"), ("i64x2", "i32x4"))
    for half in ("low", "high") for sign in "su"] + [
    f"{to}.extadd_pairwise_{source}_{sign}" for to, source in (("i16x8", "i8x16"), ("i32x4", "i16x8")) for sign in "su"] + [
    "i32x4.trunc_sat_f32x4_s", "i32x4.trunc_sat_f32x4_u", "i32x4.trunc_sat_f64x2_s_zero", "i32x4.trunc_sat_f64x2_u_zero",
    "f32x4.convert_i32x4_s", "f32x4.convert_i32x4_u", "f64x2.convert_low_i32x4_s", "f64x2.convert_low_i32x4_u"]
COMPARISONS = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"]
BINARY = ["v128.and", "v128.andnot", "v128.or", "v128.xor", "i8x16.swizzle", "i32x4.dot_i16x8_s", "i16x8.q15mulr_sat_s",
          "i16x8.mul", "i32x4.mul", "i64x2.mul", "i8x16.narrow_i16x8_s", "i8x16.narrow_i16x8_u", "i16x8.narrow_i32x4_s",
          "i16x8.narrow_i32x4_u"] + [
    f"{s}.{o}" for s in INTEGER for o in ("add", "sub")] + [
    f"{s}.{o}" for s in INTEGER for o in COMPARISONS if s != "i64x2" or o[3:] != "u"] + [
    f"{s}.{o}" for s in INTEGER[:3] for o in ("min_s", "min_u", "max_s", "max_u")] + [
    f"{s}.{o}" for s in INTEGER[:2] for o in ("add_sat_s", "add_sat_u", "sub_sat_s", "sub_sat_u", "avgr_u")] + [
    f"{to}.extmul_{half}_{source}_{sign}" for to, source in (("i16x8", "i8x16"), ("i32x4", "i16x8"), ("i64x2", "i32x4"))
    for half in ("low", "high") for sign in "su"] + [
    f"{s}.{o}" for s in ("f32x4", "f64x2") for o in ("eq", "ne", "lt", "gt", "le", "ge")]
# Their NaNs are made the same.
FLOAT = [(f"{s}.{o}", 2) for s in ("f32x4", "f64x2") for o in ("add", "sub", "mul", "div", "min", "max", "pmin", "pmax")] + [
    (f"{s}.{o}", 1) for s in ("f32x4", "f64x2") for o in ("abs", "neg", "sqrt", "ceil", "floor", "trunc", "nearest")] + [
    ("f32x4.demote_f64x2_zero", 1), ("f64x2.promote_low_f32x4", 1)]
LOADS = ["load", "load8x8_s", "load8x8_u", "load16x4_s", "load16x4_u", "load32x2_s", "load32x2_u", "load8_splat",
         "load16_splat", "load32_splat", "load64_splat", "load32_zero", "load64_zero"]
# Forms that have C of their own, and their like.
SHUFFLES = [[*range(8, 24)], [*range(16)], [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23],
            [k // 2 + 16 * (k % 2) for k in range(16)], [8 + k // 2 + 16 * (k % 2) for k in range(16)],
            [2 * k for k in range(16)], [2 * k + 1 for k in range(16)], [k // 2 for k in range(16)], [*range(5, 21)],
            [8 + k // 2 if k % 2 == 0 else 16 for k in range(16)], [0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23]]
SETTLING = """  (func $settle_f32x4 (param v128) (result v128)
    (v128.bitselect (local.get 0) (v128.const f32x4 nan nan nan nan) (f32x4.eq (local.get 0) (local.get 0))))
  (func $settle_f64x2 (param v128) (result v128)
    (v128.bitselect (local.get 0) (v128.const f64x2 nan nan) (f64x2.eq (local.get 0) (local.get 0))))
  (func $turn_v128 (param v128 i32) (result v128 i32)
    (i8x16.shl (local.get 0) (local.get 1)) (i8x16.bitmask (local.get 0)))"""


class Vectors:
    def vector_constant(self):
        rnd = self.random
        return rnd.choice([
            "(v128.const i64x2 0 0)", "(v128.const i64x2 -1 -1)", "(v128.const f32x4 1 1 1 1)", "(v128.const f64x2 -0 -0)",
            f"(v128.const i64x2 {rnd.getrandbits(63)} {rnd.getrandbits(63)})",
            "(v128.const i8x16 " + " ".join(str(rnd.choice([0, 1, 127, 128, 255, 5, 16])) for _ in range(16)) + ")",
            "(v128.const f32x4 " + " ".join(rnd.choice(["0", "-0", "1", "inf", "1e30", "-2.5", "3e9"]) for _ in range(4)) + ")"])

    def vector(self, depth):
        rnd = self.random
        if depth <= 0 or rnd.random() < 0.1:
            return rnd.choice([f"(local.get $v{rnd.randrange(self.vectors)})" if self.vectors else "(global.get $g_v128)",
                               "(global.get $g_v128)", self.vector_constant()])
        v = lambda: self.vector(depth - 1)
        choice = rnd.choice(["unary", "binary", "binary", "binary", "float", "float", "load", "load", "shuffle", "splat",
                             "replace", "shift", "bitselect", "select", "load_lane", "tee", "if", "turn"])
        shape = rnd.choice(list(SHAPES))
        lanes, kind = SHAPES[shape]
        if choice == "unary":
            return f"({rnd.choice(UNARY)} {v()})"
        if choice == "binary":
            return f"({rnd.choice(BINARY)} {v()} {v()})"
        if choice == "float":
            name, count = rnd.choice(FLOAT)
            return f"(call $settle_{name[:5]} ({name} {' '.join(v() for _ in range(count))}))"
        if choice == "load":
            return (f"(v128.{rnd.choice(LOADS)} {self.memory()} offset={self.offset([0, 0, 1, 8, 100])} "
                    f"{self.address(depth - 1, self.generator.wild_loads)})")
        if choice == "load_lane":
            bits = rnd.choice([8, 16, 32, 64])
            return (f"(v128.load{bits}_lane {self.memory()} offset={self.offset([0, 3])} {rnd.randrange(128 // bits)} "
                    f"{self.address(depth - 1, self.generator.wild_loads)} {v()})")
        if choice == "shuffle":
            numbers = rnd.choice(SHUFFLES) if rnd.random() < 0.6 else [rnd.randrange(32) for _ in range(16)]
            return f"(i8x16.shuffle {' '.join(map(str, numbers))} {v()} {rnd.choice([v(), '(v128.const i64x2 0 0)'])})"
        if choice == "splat":
            return f"({shape}.splat {self.settled(kind, depth - 1)})"
        if choice == "replace":
            return f"({shape}.replace_lane {rnd.randrange(lanes)} {v()} {self.settled(kind, depth - 1)})"
        if choice == "shift":
            return f"({rnd.choice(INTEGER)}.{rnd.choice(['shl', 'shr_s', 'shr_u'])} {v()} {self.expression('i32', depth - 2)})"
        if choice == "bitselect":
            return f"(v128.bitselect {v()} {v()} {v()})"
        if choice == "select":
            return f"(select {v()} {v()} {self.expression('i32', depth - 2)})"
        if choice == "if":
            return f"(if (result v128) {self.expression('i32', depth - 1)} (then {self.maybe(depth)} {v()}) (else {v()}))"
        if choice == "turn":
            return f"(block (result v128) (call $turn_v128 {v()} {self.expression('i32', 1)}) (global.set $g_i32))"
        return f"(local.tee $v{rnd.randrange(self.vectors)} {v()})" if self.vectors else v()

    def of_vector(self, kind, depth):
        """A number that comes out of a vector."""
        rnd = self.random
        if kind == "i32" and rnd.random() < 0.5:
            return f"({rnd.choice(['v128.any_true'] + [f'{s}.{o}' for s in INTEGER for o in ('all_true', 'bitmask')])} {self.vector(depth - 1)})"
        shape = rnd.choice([s for s in SHAPES if SHAPES[s][1] == kind])
        sign = rnd.choice(["_s", "_u"]) if shape in ("i8x16", "i16x8") else ""
        return f"({shape}.extract_lane{sign} {rnd.randrange(SHAPES[shape][0])} {self.vector(depth - 1)})"

    def vector_statement(self, depth):
        rnd = self.random
        choice = rnd.choice(["set", "global", "store", "lane"])
        if choice == "set" and self.vectors:
            return f"(local.set $v{rnd.randrange(self.vectors)} {self.vector(depth)})"
        if choice == "store":
            return (f"(v128.store {self.memory()} offset={self.offset([0, 0, 2, 16])} {self.address(depth, rnd.random() < 0.3)} "
                    f"{self.vector(depth)})")
        if choice == "lane":
            bits = rnd.choice([8, 16, 32, 64])
            return (f"(v128.store{bits}_lane {self.memory()} {rnd.randrange(128 // bits)} {self.address(depth, rnd.random() < 0.3)} "
                    f"{self.vector(depth)})")
        return f"(global.set $g_v128 {self.vector(depth)})"
