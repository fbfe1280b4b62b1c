import Comparison
import Translator

/// The C file that makes a program of a module, and of those that it imports from, which answers as an engine does for
/// `apus compare`.
struct ComparisonSource {
  /// Prefix of the module's C names.
  var name: String
  /// Those of the modules that are instantiated before.
  var linked: [String]
  var setting: ComparisonSetting
  var plan: Plan

  private var countsFuel: Bool { setting.countsFuel }
  /// Its first argument is a file for a trace, then.
  private var hasTrace: Bool { setting.hasTrace }
  private var isMany: Bool { setting.instances == .many }

  private struct Module {
    /// Prefix of its C names; its instance in `many` is called so, too.
    var name: String
    var hasImports: Bool
    var links: [Plan.Link]
  }

  /// All modules, in the order of their instantiation.
  private var modules: [Module] {
    let parts = plan.linked.map { ($0.imports, $0.links) } + [(plan.imports, plan.links)]
    return zip(linked + [name], parts).map { name, part in
      Module(name: name, hasImports: !(part.0.isEmpty && part.1.isEmpty), links: part.1)
    }
  }

  var text: String {
    let hosts = (plan.linked.flatMap(\.imports) + plan.imports).uniqued(by: \.symbol)
    let links = modules.flatMap(\.links).uniqued(by: \.imported.symbol)
    return """
      /* Written by apus: a module's exports, called one after the other. */
      \(modules.map { "#include \"\($0.name).h\"\n" }.joined())\
      #include "apus_compare.h"

      #include <stdlib.h>

      \(isMany ? modules.map(variables).joined() : "")\
      \(hosts.map(host).joined(separator: "\n"))
      \(links.map(link).joined(separator: "\n"))
      static struct apus_outcome instantiate(void) {
        struct apus_outcome outcome = {0};
      \(modules.map(instantiation).joined())\
        return outcome;
      }

      \(plan.calls.enumerated().map(call).joined(separator: "\n"))
      static void state(void) {
        compare_items = 0;
      \(states)}

      \(hasTrace ? "static FILE *trace_file;\n\nint main(int argc, char **argv) {\n  (void)argc;\n  trace_file = fopen(argv[1], \"w\");\n  if (!trace_file) return 1;\n  apus_trace_to(compare_event, trace_file);" : "int main(void) {")
        \(setting.isFirmware ? "compare_give();\n  " : "")\(countsFuel ? "apus_fuel_give(INT64_MAX);\n  " : "")printf("{\\"steps\\": [{\\"host\\": [");
        struct apus_outcome outcome = instantiate();
        printf("], \\"trap\\": %s, \\"results\\": [], \\"state\\": {", compare_trap(outcome.trap));
        if (outcome.trap) return printf("}}]}\\n"), 0;
        state();
        printf("}\(fuel)}"\(fuelUsed));
      \(plan.calls.indices.map(step).joined())\
        printf("]}\\n");
      \(modules.reversed().map { "  \($0.name)_destroy(\(isMany ? "&\($0.name)" : ""));\n" }.joined())\
        return 0;
      }

      """
  }

  private func variables(_ module: Module) -> String {
    let name = module.name
    return "static struct \(name) \(name);\n"
      + (module.hasImports ? "static struct \(name)_imports \(name)_imports;\n" : "")
  }

  private func instantiation(_ module: Module) -> String {
    let name = module.name
    var text = ""
    if isMany, module.hasImports {
      text += "  \(name)_default_imports(&\(name)_imports);\n"
      // Modules are linked without a function of the host's between.
      for link in module.links {
        let (export, field) = (link.export.name, link.imported.symbol.dropFirst("apus_".count))
        let provider = modules[link.provider].name
        text +=
          "  if (!\(provider)_export(&\(provider), "
          + "\(CName.literal(export)), \(export.utf8.count), &\(name)_imports.\(field))) abort();\n"
      }
    }
    let arguments =
      isMany ? "&\(name), \(module.hasImports ? "&\(name)_imports" : "NULL")" : ""
    return text
      + "  outcome = \(name)_instantiate(\(arguments));\n  if (outcome.trap) return outcome;\n"
  }

  /// What another module provides, as the host would.
  private func link(_ link: Plan.Link) -> String {
    let head = link.imported.prototype.prefix { $0 != ";" }
    let provider = modules[link.provider].name
    let symbol = "\(provider)_\(link.export.symbol ?? "")"
    let instance = isMany ? ["&\(provider)"] : []
    guard link.imported.kind == .function else {
      return "\(head) {\n  return \(symbol)(\(instance.joined(separator: ", ")));\n}\n"
    }
    // `(struct apus_host *host, uint32_t l0, uint64_t *r1)`
    let parameters = head.drop { $0 != "(" }.dropFirst().dropLast().split(separator: ",")
      .dropFirst()
      .map { $0.drop { $0 == " " } }
    let names = parameters.map { String($0.split { " *".contains($0) }.last!) }
    let result = String(head[..<head.firstRange(of: link.imported.symbol)!.lowerBound])
    let isVoid = result.hasPrefix("void ")
    let arguments = instance + names.map { "call->\($0)" }
    // An exception leaves a module with one instance as a trap, and is thrown on.
    return """
      struct call_of_\(link.imported.symbol) {
        int none;
      \(parameters.map { "  \($0);\n" }.joined())\(isVoid ? "" : "  \(result)result;\n")};
      static void call_\(link.imported.symbol)(void *argument) {
        struct call_of_\(link.imported.symbol) *call = argument;
        (void)call;
        \(isVoid ? "" : "call->result = ")\(symbol)(\(arguments.joined(separator: ", ")));
      }
      \(head) {
        struct call_of_\(link.imported.symbol) call = {\((["0"] + names.map { ".\($0) = \($0)" }).joined(separator: ", "))};
        (void)host;
        struct apus_outcome outcome = apus_catch(call_\(link.imported.symbol), &call);
        if (outcome.trap == APUS_TRAP_EXCEPTION) {
          apus_throw(apus_caught());
        } else if (outcome.trap) {
          apus_trap(outcome.trap, outcome.offset);
        }
      \(isVoid ? "" : "  return call.result;\n")}

      """
  }

  /// What a step's answer ends with.
  private var fuel: String { countsFuel ? ", \\\"fuel\\\": %\" PRId64 \"" : "" }
  private var fuelUsed: String { countsFuel ? ", INT64_MAX - apus_fuel_left()" : "" }

  private static let types: [Character: (c: String, name: String)] = [
    "i": ("uint32_t", "i32"), "I": ("uint64_t", "i64"), "f": ("float", "f32"),
    "F": ("double", "f64"),
    "r": ("apus_funcref", "funcref"), "e": ("apus_externref", "externref"),
  ]

  /// An import: it says that it was called, and answers by the number of the call.
  private func host(_ item: Plan.Import) -> String {
    let head = item.prototype.prefix { $0 != ";" }
    let results = Array(item.results)
    // Parameters are named in the prototype: l0, l1 …, further results r1 ….
    var body =
      "  (void)host;\n  compare_calls++;\n  compare_next();\n  printf(\"\\\"%s(\", \(CName.literal(JSON.escaped(item.name))));\n"
    for (k, letter) in item.parameters.enumerated() {
      body += k > 0 ? "  printf(\", \");\n" : ""
      body += "  compare_\(Self.types[letter]!.name)(l\(k));\n"
    }
    body += "  printf(\")\\\"\");\n"
    func answer(_ letter: Character) -> String {
      switch letter {
      case "i": "(uint32_t)(compare_bits() >> 32)"
      case "I": "compare_bits()"
      case "f", "F": "(\(Self.types[letter]!.c))(compare_calls % 16)"
      default: "NULL"
      }
    }
    for (k, letter) in results.enumerated().dropFirst() {
      body += "  *r\(k) = \(answer(letter));\n"
    }
    if let first = results.first { body += "  return \(answer(first));\n" }
    return "\(head) {\n\(body)}\n"
  }

  private func value(_ text: String) -> String {
    let (type, digits) = (text.prefix { $0 != ":" }, text.drop { $0 != ":" }.dropFirst())
    switch type {
    case "i32": return "0x\(digits)u"
    case "i64": return "0x\(digits)ull"
    case "f32": return "((union { uint32_t bits; float value; }){0x\(digits)u}).value"
    case "f64": return "((union { uint64_t bits; double value; }){0x\(digits)ull}).value"
    default: return "NULL"
    }
  }

  private func call(_ number: Int, _ call: Plan.Call) -> String {
    var arguments = (isMany ? ["&\(name)"] : []) + call.arguments.map(value)
    var text = ""
    for (k, letter) in call.results.enumerated() {
      text += "static \(Self.types[letter]!.c) result\(number)_\(k);\n"
      if k > 0 { arguments.append("&result\(number)_\(k)") }
    }
    let keeps = call.results.isEmpty ? "" : "result\(number)_0 = "
    return text + """
      static void call\(number)(void *unused) {
        (void)unused;
        \(keeps)\(name)_\(call.export.symbol ?? "")(\(arguments.joined(separator: ", ")));
      }

      """
  }

  private func step(_ number: Int) -> String {
    let results = plan.calls[number].results.enumerated().map { k, letter in
      "    compare_next();\n    putchar('\"');\n    compare_\(Self.types[letter]!.name)(result\(number)_\(k));\n"
        + "    putchar('\"');\n"
    }
    return """
        printf(", {\\"host\\": [");
        compare_items = 0;
        \(hasTrace ? "fprintf(trace_file, \"step \(number + 1)\\n\");\n  " : "")\
        \(countsFuel ? "apus_fuel_give(INT64_MAX);\n  " : "")outcome = apus_catch(call\(number), NULL);
        printf("], \\"trap\\": %s, \\"results\\": [", compare_trap(outcome.trap));
        compare_items = 0;
        if (outcome.trap == APUS_TRAP_NONE) {
      \(results.joined())\
        }
        printf("], \\"state\\": {");
        state();
        printf("}\(fuel)}"\(fuelUsed));
        fflush(stdout);

      """
  }

  private var states: String {
    func place(_ export: Inspection.Export) -> String {
      "\(name)_\(export.symbol ?? "")(\(isMany ? "&\(name)" : ""))"
    }
    func item(_ export: Inspection.Export, _ print: String) -> String {
      let key = CName.literal(JSON.string(export.name))
      return "  compare_next();\n  printf(\"%s: \\\"\", \(key));\n  \(print);\n  putchar('\"');\n"
    }
    var text = ""
    for memory in plan.memories {
      text += item(memory.export, "compare_memory(\(place(memory.export)))")
    }
    for global in plan.globals {
      let type = Self.types[Character(global.type)]!.name
      text += item(global.export, "compare_\(type)(\(place(global.export))->value.\(type))")
    }
    for table in plan.tables { text += item(table.export, "compare_table(\(place(table.export)))") }
    return text
  }
}
