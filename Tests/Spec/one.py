"""Modules translated with --instances one, as the driver sees them.

There a module is one instance and its exports are C functions without a parameter for it, so each
gets a caller, and what it imports from other modules is written in C, as a program would. What a
linker decides then, or what takes a second instance, no script can ask for: `Links` says which."""
import re

C_TYPES = {"i": "uint32_t", "I": "uint64_t", "f": "float", "F": "double", "V": "apus_v128", "x": "apus_exnref", "p": "apus_funcref", "e": "apus_externref"}
KINDS = ("func", "table", "memory", "global", "tag")
SPECTEST = {("print", ">"), ("print_i32", "i>"), ("print_i64", "I>"), ("print_f32", "f>"), ("print_f64", "F>"),
            ("print_i32_f32", "if>"), ("print_f64_f64", "FF>"), ("table", "table"), ("table64", "table"), ("memory", "memory"), ("shared_memory", "memory"),
            ("global_i32", "global"), ("global_i64", "global"), ("global_f32", "global"), ("global_f64", "global")}


def escaped(name):
    """A name of the module in a C name."""
    return "".join(chr(b) if chr(b).isalnum() and b < 128 or b == 95 else f"_{b:02x}" for b in name)


def result_type(signature):
    results = signature.split(">")[1]
    return C_TYPES[results[0]] if results else "void"


def parameters(signature, first):
    """The parameters of a C function, and their names."""
    taken, results = signature.split(">")
    names = [f"a{k}" for k in range(len(taken))] + [f"r{k}" for k in range(1, len(results))]
    types = [C_TYPES[c] for c in taken] + [C_TYPES[c] + " *" for c in results[1:]]
    return ", ".join([first] + [f"{t} {n}" for t, n in zip(types, names)]), ", ".join(names)


def exported(name, module):
    """[(field, kind, signature, C function)]: the header has functions first, then the others."""
    functions, others = ([e for e in module.exports if (e[1] == 0) == is_function] for is_function in (True, False))
    symbols = re.findall(rf"\b({name}_export_\w*)\(", module.header)
    return [(*export, symbol) for export, symbol in zip(functions + others, symbols)]


def forwarding(signature, name, first, symbol):
    """The function `name` that calls the C function of an export; `first` is what it gets besides."""
    typed, names = parameters(signature, first)
    result = result_type(signature)
    return f"{result} {name}({typed}) {{ {'return ' if result != 'void' else ''}{symbol}({names}); }}"


def catching(signature, name, symbol):
    """The same for an export that may throw: what it throws, it throws on, as a host function does."""
    taken, results = signature.split(">")
    fields = [f"{C_TYPES[c]} a{k};" for k, c in enumerate(taken)] + [f"{C_TYPES[c]} r{k};" for k, c in enumerate(results)]
    typed, _ = parameters(signature, "struct apus_host *host")
    values = ", ".join([f"c->a{k}" for k in range(len(taken))] + [f"&c->r{k}" for k in range(1, len(results))])
    return f"""struct {name}_call {{ {' '.join(fields)} int none; }};
static void {name}_body(void *of) {{
  struct {name}_call *c = of;
  {'c->r0 = ' if results else ''}{symbol}({values});
}}
{result_type(signature)} {name}({typed}) {{
  struct {name}_call c = {{{' '.join(f'.a{k} = a{k},' for k in range(len(taken)))} .none = 0}};
  struct apus_outcome outcome = apus_catch({name}_body, &c);
  if (outcome.trap == APUS_TRAP_EXCEPTION) apus_throw(apus_caught());
  else if (outcome.trap) apus_trap(outcome.trap, outcome.offset);
  {' '.join(f'*r{k} = c.r{k};' for k in range(1, len(results)))}
  return{' c.r0' if results else ''};
}}"""


def unit_text(name, module, c_string):
    """What defines name_definition after the module's own C."""
    out = [f'#include "{name}.c"', '#include "definition.h"', '#include <string.h>']
    rows = []
    for number, (field, kind, signature, symbol) in enumerate(exported(name, module)):
        value = f"{KINDS[kind]} = {symbol}()"
        if kind == 0:
            out.append("static " + forwarding(signature, f"spec_call{number}", "void *context", symbol))
            out.append(f'static const struct apus_type spec_type{number} = {{"{signature}", 0, NULL}};')
            out.append(f"static const struct apus_func spec_func{number} = "
                       f"{{&spec_type{number}, (apus_code)spec_call{number}, NULL}};")
            value = f"func = &spec_func{number}"
        rows.append((field, KINDS[kind].upper(), value))
    out.append("static struct apus_outcome spec_instantiate(void *instance, const void *imports) {"
               f" return {name}_instantiate(); }}")
    out.append(f"static void spec_destroy(void *instance) {{ {name}_destroy(); }}")
    out.append("static bool spec_find(void *instance, const char *field, uint32_t length, struct apus_extern *out) {")
    for field, kind, value in rows:
        out.append(f"  if (length == {len(field)} && !memcmp(field, {c_string(field)}, length)) "
                   f"return out->kind = APUS_EXTERN_{kind}, out->of.{value}, true;")
    out.append("  return false;\n}")
    out.append(f"const struct definition {name}_definition = {{1, spec_instantiate, spec_destroy, spec_find}};")
    return "\n".join(out) + "\n"


class Links:
    """What the modules of a script import, and whether C can have it all at once."""

    def __init__(self):
        self.made = set()      # definitions that have their instance
        self.sources = {}      # C function of an import -> what stands behind it
        self.definitions = []  # C functions, as text
        self.headers = set()

    def refuses(self, module, definition, exporter):
        """Why a module cannot be instantiated here, or None. `exporter` gives for the name of an
        imported module its definition, C name and facts, or None."""
        if definition in self.made:
            return "a second instance"
        wanted = []
        for owner, field, kind, what in module.imports:
            symbol = f"apus_import_{escaped(owner)}_{escaped(field)}"
            if not re.search(rf"\b{symbol}\(", module.header) or f"{symbol}_2(" in module.header:
                return "imports that are alike in C"
            if owner == b"spectest":
                if (field.decode("latin-1"), what if kind == 0 else KINDS[kind]) not in SPECTEST:
                    return "an import that C has no type for"
                wanted.append((symbol, "spectest", kind, what, None))
                continue
            found = exporter(owner)
            if found is None:
                return "an import from nowhere"
            number, name, other = found
            behind = self.export(name, other, field, kind, what)
            if behind is None:
                return "an import of another type"
            wanted.append((symbol, number, kind, what, (name, behind, other.has_tags)))
        for symbol, source, kind, what, behind in wanted:
            key = source, kind, what, behind
            if self.sources.get(symbol, key) != key:
                return "two imports of one name"
        for symbol, source, kind, what, behind in wanted:
            if symbol not in self.sources:
                self.sources[symbol] = source, kind, what, behind
                if behind:
                    self.headers.add(behind[0])
                    self.define(symbol, kind, what, *behind[1:])
        self.made.add(definition)
        return None

    @staticmethod
    def export(name, module, field, kind, what):
        """The C function of an export, if it is of this kind and type."""
        for *export, symbol in exported(name, module):
            if export == [field, kind, what]:
                return symbol
        return None

    def define(self, symbol, kind, what, behind, may_throw):
        self.definitions.append(
            catching(what, symbol, behind) if kind == 0 and may_throw else
            forwarding(what, symbol, "struct apus_host *host", behind) if kind == 0 else
            f"{'const ' if KINDS[kind] == 'tag' else ''}struct apus_{KINDS[kind]} *{symbol}(void) {{ return {behind}(); }}")

    def text(self):
        """The C file of what modules import from one another."""
        return "\n".join([f'#include "{name}.h"' for name in sorted(self.headers)]
                         + ['#include "apus.h"'] + self.definitions) + "\n"
