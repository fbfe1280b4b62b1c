import Translator

/// The C file that makes an image of a module: it fills `struct apus_image` for the `apus_image_main` of the runtime.
struct ImageSource {
  /// Prefix of the module's C names.
  var name: String
  var instances: TranslationOptions.Instances
  var entry: ProgramSource.Entry
  var hasImports: Bool
  var usesWASI: Bool
  var argv0: String
  var environment: [String]

  /// Bytes of stack for what is not translated: WASI, or a host's functions and the way out of a trap.
  private var reserve: Int { usesWASI ? 1536 : 512 }
  private var isMany: Bool { instances == .many }
  private var first: String { isMany ? "&instance" : "" }

  var text: String {
    let header = if case .invoke = entry { "apus_image_invoke.h" } else { "apus_image.h" }
    let imports = isMany && hasImports
    return """
      /* Written by apus: the image around a module. */
      #include "\(name).h"
      #include "\(header)"

      \(isMany ? "static struct \(name) instance;\n" : "")\(imports ? "static struct \(name)_imports imports;\n" : "")
      static struct apus_outcome instantiate(void) {
      \(imports ? "  \(name)_default_imports(&imports);\n" : "")\
        return \(name)_instantiate(\(isMany ? "&instance, \(imports ? "&imports" : "NULL")" : ""));
      }

      static void destroy(void) { \(name)_destroy(\(first)); }

      static struct apus_host *host(void) { return \(isMany ? "&instance.host" : "\(name)_host()"); }

      \(start)
      int main(void) {
      \(environment.isEmpty ? "" : "  static const char *const env[] = {\(environment.map(CName.literal).joined(separator: ", "))};\n")\
        static const struct apus_image image = {
            .instantiate = instantiate,
            .start = start,
            .destroy = destroy,
            .host = host,
      \(usesWASI ? "      .open_wasi = apus_image_open_wasi,\n      .close_wasi = apus_image_close_wasi,\n" : "")\
      \(environment.isEmpty ? "" : "      .env = env,\n      .env_count = \(environment.count),\n")\
            .name = \(CName.literal(argv0)),
            .reserve = \(reserve),
        };
        return apus_image_main(&image);
      }

      """
  }

  /// A call of an export's C function.
  private func call(_ symbol: String, _ arguments: [String] = []) -> String {
    let all = (first.isEmpty ? [] : [first]) + arguments
    return "\(name)_\(symbol)(\(all.joined(separator: ", ")))"
  }

  private var start: String {
    var text = "static void start(void *unused) {\n  (void)unused;\n"
    switch entry {
    case .start: text += "  \(call("export__start"));\n"
    case .invoke(let export, let hasInitialize): text += invoke(export, hasInitialize)
    }
    return text + "}\n"
  }

  private static let types: [Character: (c: String, name: String)] = [
    "i": ("uint32_t", "i32"), "I": ("uint64_t", "i64"), "f": ("float", "f32"),
    "F": ("double", "f64"),
  ]

  /// Why an export cannot be called for a command line; nil where it can.
  static func obstacle(_ export: Inspection.Export) -> String? {
    let halves = (export.signature ?? "").split(separator: ">", omittingEmptySubsequences: false)
    let isTaken = halves.first?.allSatisfy { "iI".contains($0) } ?? false
    let isGiven = halves.last?.allSatisfy { types[$0] != nil } ?? false
    return isTaken && isGiven
      ? nil : "an image takes integers and gives numbers, \(export.name) is \(export.type)"
  }

  private func invoke(_ export: Inspection.Export, _ hasInitialize: Bool) -> String {
    let halves = (export.signature ?? "").split(separator: ">", omittingEmptySubsequences: false)
    let parameters = Array(halves.first ?? "")
    let results = Array(halves.count > 1 ? halves[1] : "")
    let takes = parameters.count == 1 ? "1 argument" : "\(parameters.count) arguments"
    let expected =
      "apus_image_expect(\(parameters.count), \(CName.literal(export.name)), \" takes \(takes)\\n\");\n"
    var text = parameters.isEmpty ? "  \(expected)" : "  const char *const *given = \(expected)"
    if hasInitialize, export.name != "_initialize" { text += "  \(call("export__initialize"));\n" }
    var arguments: [String] = []
    for (index, kind) in parameters.enumerated() {
      text +=
        "  \(Self.types[kind]!.c) l\(index) = (\(Self.types[kind]!.c))apus_image_integer(given[\(index)], \(kind == "i" ? 32 : 64));\n"
      arguments.append("l\(index)")
    }
    for (index, kind) in results.enumerated() {
      text += "  \(Self.types[kind]!.c) r\(index);\n"
      if index > 0 { arguments.append("&r\(index)") }
    }
    text += "  \(results.isEmpty ? "" : "r0 = ")\(call(export.symbol ?? "", arguments));\n"
    for (index, kind) in results.enumerated() {
      text += "  apus_image_print_\(Self.types[kind]!.name)(r\(index));\n"
    }
    return text
  }
}
