"""Atomic accesses, for generate.Function, which mixes them in."""

WIDTHS = {"i32": {"": 4, "8": 1, "16": 2}, "i64": {"": 8, "8": 1, "16": 2, "32": 4}}
OPERATORS = ["add", "sub", "and", "or", "xor", "xchg", "cmpxchg"]


class Atomics:
    def place(self, width, depth):
        """Memory, offset and address: a multiple of the width together, mostly."""
        rnd = self.random
        memory = self.memory()
        offset = self.offset([0, 0, width, 16, 104])
        if rnd.random() < 0.03:
            offset = min(offset + rnd.choice([0, 1, width // 2]), 2**64 - 1)
            address = f"(i32.and {self.expression('i32', depth)} (i32.const 0xfff))"
            return f"{memory} offset={offset} {self.widened(address, memory)}"
        address = f"(i32.and {self.expression('i32', depth)} (i32.const {0xff8 if rnd.random() < 0.7 else 0xfff8}))"
        if rnd.random() < 0.3:
            # Sums that become offsets.
            address = f"(i32.add {address} (i32.const {width * rnd.randrange(5)}))"
        return f"{memory} offset={offset} {self.widened(address, memory)}"

    def atomic(self, kind, depth):
        """An access of type `kind` that leaves a value."""
        rnd = self.random
        digits, width = rnd.choice(list(WIDTHS[kind].items()))
        sign = "_u" if digits else ""
        place = self.place(width, depth - 1)
        if rnd.random() < 0.3:
            return f"({kind}.atomic.load{digits}{sign} {place})"
        operator = rnd.choice(OPERATORS)
        values = [self.expression(kind, depth - 1) for _ in range(2 if operator == "cmpxchg" else 1)]
        if operator == "cmpxchg" and rnd.random() < 0.5:
            # Often what is there.
            values[0] = rnd.choice([f"({kind}.const 0)", f"({kind}.load{digits}{sign} {place})"])
        return f"({kind}.atomic.rmw{digits}.{operator}{sign} {place} {' '.join(values)})"

    def waiting(self, depth):
        """Nobody is woken, and nobody waits for longer than nothing."""
        rnd = self.random
        place = self.place(8, depth)
        if rnd.random() < 0.6 or not self.generator.is_shared:
            return f"(memory.atomic.notify {place} {self.expression('i32', depth)})"
        kind = rnd.choice(["i32", "i64"])
        return f"(memory.atomic.wait{kind[1:]} {place} {self.expression(kind, depth)} (i64.const {rnd.choice([0, 1, 1000])}))"

    def atomic_statement(self, depth):
        rnd = self.random
        if rnd.random() < 0.1:
            return "(atomic.fence)"
        if rnd.random() < 0.1:
            return f"(global.set $g_i32 {self.waiting(depth - 1)})"
        kind = rnd.choice(["i32", "i64"])
        if rnd.random() < 0.5:
            return f"(drop {self.atomic(kind, depth)})"
        digits, width = rnd.choice(list(WIDTHS[kind].items()))
        return f"({kind}.atomic.store{digits} {self.place(width, depth - 1)} {self.expression(kind, depth)})"
