"""Exceptions and tail calls, for generate.Function, which mixes them in."""

TAGS = {"$e0": ["i32"], "$e1": ["i64", "f64"], "$e2": []}


class Exceptions:
    def throw(self, depth):
        tag = self.random.choice(list(TAGS))
        return f"(throw {tag} {' '.join(self.settled(t, depth) for t in TAGS[tag])})"

    def handler(self, label, tag, reference):
        """What stands behind a block that an exception with a tag comes out of: its values are used, and it goes on, or
        not."""
        rnd = self.random
        use = ""
        if reference:
            use = f"(local.set $x) " if rnd.random() < 0.7 else "(throw_ref) "
            if use == "(throw_ref) ":
                return use
        kinds = TAGS[tag] if tag else []
        for kind in reversed(kinds):
            use += f"(global.set $g_{kind}) "
        if reference and rnd.random() < 0.3:
            use += f"(if {self.expression('i32', 1)} (then (throw_ref (local.get $x)))) "
        return use

    def try_statement(self, depth):
        rnd = self.random
        tag = rnd.choice([*TAGS, None])
        reference = rnd.random() < 0.4
        label, out = self.generator.label(), self.generator.label()
        clause = f"(catch{'' if tag else '_all'}{'_ref' if reference else ''} {tag or ''} {label})"
        if rnd.random() < 0.3:
            clause += f" (catch_all {out})"
        results = "".join(f" {t}" for t in (TAGS[tag] if tag else [])) + (" exnref" if reference else "")
        body = " ".join(self.statement(depth - 1) for _ in range(rnd.randrange(1, 3)))
        if rnd.random() < 0.6:
            body += f" (if {self.expression('i32', 1)} (then {self.throw(1)}))"
        return (f"(block {out} (block {label} (result{results}) (try_table {clause} {body} {self.statement(depth - 1)}) (br {out}))"
                f" {self.handler(label, tag, reference)})")

    def stored(self, depth):
        """Keeps an exception in a table or a global, or fetches one."""
        rnd = self.random
        kept = lambda: rnd.choice(["(local.get $x)", "(global.get $kept)", f"(table.get $thrown {self.index(1)})",
                                   "(ref.null exn)"])
        count = f"(i32.const {rnd.randrange(4)})"
        return rnd.choice([
            f"(table.set $thrown {self.index(depth)} {kept()})",
            f"(global.set $kept {kept()})",
            f"(local.set $x {kept()})",
            f"(table.fill $thrown {self.index(depth)} {kept()} {count})",
            f"(table.copy $thrown $thrown {self.index(depth)} {self.index(1)} {count})",
            f"(table.init $thrown $nulls {self.index(depth)} (i32.const {rnd.randrange(3)}) {count})",
            f"(global.set $g_i32 (table.grow $thrown {kept()} {count}))",
            f"(global.set $g_i32 (i32.add (table.size $thrown) (ref.is_null {kept()})))",
            f"(if {self.expression('i32', 1)} (then (throw_ref {kept()})))",
        ])

    def last(self, kind, depth):
        """What a function ends with: a value, or a tail call."""
        rnd = self.random
        callees = [f for f in self.generator.functions if f.result == kind]
        if not callees or rnd.random() < 0.7:
            return self.expression(kind, depth)
        callee = rnd.choice(callees)
        values = " ".join(self.expression(t, depth - 2) for t in callee.parameters)
        if rnd.random() < 0.5:
            return f"(return_call $f{callee.number} {values})"
        kinds = "".join(f" (param {t})" for t in callee.parameters) + f" (result {kind})"
        return f"(return_call_indirect {kinds} {values} (i32.const {callee.number}))"
