import Translator

/// The C file that makes an image of a module: it fills `struct apus_image` for the `apus_image_main` of the runtime.
struct ImageSource {
  /// Prefix of the module's C names.
  var name: String
  var instances: TranslationOptions.Instances
  var entry: ProgramSource.Entry
  var hasImports: Bool
  var usesWASI: Bool
  /// Whether the module, or what is linked with it, may take memory that the variables leave.
  var takesMemory: Bool
  var argv0: String
  var environment: [String]
  /// How many folders the guest finds.
  var folderCount = 0

  /// Bytes of stack for what is not translated: WASI, or a host's functions and the way out of a trap.
  private var reserve: Int { folderCount > 0 ? 2048 : usesWASI ? 1536 : 512 }
  private var calls: ModuleCalls {
    ModuleCalls(name: name, instances: instances, hasImports: hasImports)
  }

  var text: String {
    let header = if case .invoke = entry { "apus_image_invoke.h" } else { "apus_image.h" }
    return """
      /* Written by apus: the image around a module. */
      #include "\(name).h"
      #include "\(header)"

      \(calls.variables)
      static struct apus_outcome instantiate(void) {
      \(calls.instantiation)
      }

      static void destroy(void) { \(calls.destruction); }

      static struct apus_host *host(void) { return \(calls.host); }

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
      \(folderCount > 0 ? "      .folders = apus_image_folders,\n      .folder_count = \(folderCount),\n" : "")\
      \(takesMemory ? "      .give = apus_port_give,\n" : "")\
            .name = \(CName.literal(argv0)),
            .reserve = \(reserve),
        };
        return apus_image_main(&image);
      }

      """
  }

  private var start: String {
    var text = "static void start(void *unused) {\n  (void)unused;\n"
    switch entry {
    case .start: text += "  \(calls.call("export__start"));\n"
    case .invoke(let export, let hasInitialize): text += invoke(export, hasInitialize)
    case .none: break
    }
    return text + "}\n"
  }

  private static let types: [Character: (c: String, name: String)] = [
    "i": ("uint32_t", "i32"), "I": ("uint64_t", "i64"), "f": ("float", "f32"),
    "F": ("double", "f64"),
  ]

  /// Why an export cannot be called for a command line; nil where it can.
  static func obstacle(_ export: Inspection.Export) -> String? {
    let (parameters, results) = export.letters
    let isTaken = parameters.allSatisfy { "iI".contains($0) }
    let isGiven = results.allSatisfy { types[$0] != nil }
    return isTaken && isGiven
      ? nil : "an image takes integers and gives numbers, \(export.name) is \(export.type)"
  }

  private func invoke(_ export: Inspection.Export, _ hasInitialize: Bool) -> String {
    let (parameters, results) = export.letters
    let expected =
      "apus_image_expect(\(parameters.count), \(CName.literal(export.name)), \" takes \(export.argumentCount)\\n\");\n"
    var text = parameters.isEmpty ? "  \(expected)" : "  const char *const *given = \(expected)"
    if hasInitialize, export.name != "_initialize" {
      text += "  \(calls.call("export__initialize"));\n"
    }
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
    text += "  \(results.isEmpty ? "" : "r0 = ")\(calls.call(export.symbol ?? "", arguments));\n"
    for (index, kind) in results.enumerated() {
      text += "  apus_image_print_\(Self.types[kind]!.name)(r\(index));\n"
    }
    return text
  }
}
