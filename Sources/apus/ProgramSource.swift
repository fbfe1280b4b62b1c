import Translator

/// The C file that makes a program of a module: it fills `struct apus_program`
/// for the `apus_main` of the runtime.
struct ProgramSource {
  /// Bytes of stack that a guest has if nothing else is said.
  static let defaultStackSize: UInt64 = 8 << 20

  enum Entry {
    /// WASI's `_start`.
    case start
    /// An export, with arguments from the command line.
    case invoke(Inspection.Export, hasInitialize: Bool)
    /// Nothing is called, and all is there that could be.
    case none
  }

  /// Prefix of the module's C names.
  var name: String
  var instances: TranslationOptions.Instances
  var entry: Entry
  /// The module imports something, so that `many` has a struct of imports.
  var hasImports: Bool
  /// `host`, `host::guest` or `host::guest::ro`.
  var preopens: [String]
  var environment: [String]
  var inheritsEnvironment = false
  /// `host:port`, to listen on.
  var addresses: [String] = []
  var standardInput: String?
  var standardOutput: String?
  var argv0: String?
  var stackSize: UInt64
  /// There is a NAME_names.c.
  var hasNames: Bool
  /// Shared memories that the program makes, which the module imports.
  var sharedMemories: [Inspection.Import] = []
  /// There is a NAME_threads.
  var startsThreads = false
  /// Bytes that a shared memory may grow to.
  var maximumMemory: UInt64?
  /// What the guest finds instead of the host's clocks, random numbers and order of files.
  var determinism: TranslationOptions.Determinism?
  /// Units of fuel, of a module that counts it.
  var fuel: Int64?
  var reportsFuel = false
  /// Seconds after which the program is interrupted.
  var timeout: UInt32?
  /// The module says what it does, to a file or a hash.
  var hasTrace = false
  var traceFile: String?

  private var calls: ModuleCalls {
    ModuleCalls(name: name, instances: instances, hasImports: hasImports)
  }

  var text: String {
    let state =
      calls.variables + (instances == .many ? "\n" : "") + memories
    let lists =
      Self.list("dirs", of: preopens) + Self.list("env", of: environment)
      + Self.list("listen", of: addresses)
    return """
      /* Written by apus: the program around a module. */
      #include "\(name).h"
      #include "apus_wasi.h"
      \(isInvoked ? "#include \"apus_invoke.h\"\n" : "")
      \(state)static struct apus_outcome apus_program_instantiate(void) {
      \(memoriesMade)\(calls.instantiation)
      }

      static void apus_program_destroy(void) { \(calls.destruction);\(memoriesDestroyed) }

      static struct apus_host *apus_program_host(void) { return \(calls.host); }

      \(body)
      \(lists)\(threads)\(fixed)int main(int argc, char **argv) {
        static const struct apus_program program = {
      \(fields)\
            .stack_size = \(stackSize)u,
            .instantiate = apus_program_instantiate,
            .start = apus_program_start,
            .destroy = apus_program_destroy,
            .host = apus_program_host,
      \(hasNames ? "      .names = &\(name)_names,\n" : "")\
      \(startsThreads ? "      .threads = &apus_program_threads,\n" : "")\
      \(determinism != nil ? "      .fixed = &apus_program_fixed,\n" : "")\
        };
        \(beforeMain)return apus_main(argc, argv, &program);
      }

      """
  }

  /// The functions that answer for shared memories, unless somebody links others.
  private var memories: String {
    var text = ""
    for (index, item) in sharedMemories.enumerated() {
      text += """
        static struct apus_memory shared\(index);
        __attribute__((weak)) struct apus_memory *\(item.symbol)(void) { return &shared\(index); }


        """
    }
    return text
  }

  private var memoriesMade: String {
    var text = ""
    for (index, item) in sharedMemories.enumerated() {
      guard let memory = item.memory else { continue }
      let most = min(memory.maximum ?? .max, (maximumMemory ?? .max) / memory.pageSize)
      let isPlain = !memory.isWide && memory.pageSize == 1 << 16
      // More than can be counted is more than there is.
      let limits = "\(min(memory.minimum, 1 << 32 - 1))u, \(min(most, 1 << 32 - 1))u"
      text += """
          if (!apus_memory_init_\(isPlain ? "shared" : "as")(&shared\(index), \(limits)\(isPlain ? "" : ", \(memory.layout ?? "0")")))
            return (struct apus_outcome){.trap = APUS_TRAP_OUT_OF_MEMORY};
          shared\(index).has_maximum = true;

        """
    }
    return text
  }

  private var memoriesDestroyed: String {
    sharedMemories.indices.map { " apus_memory_destroy(&shared\($0));" }.joined()
  }

  private var threads: String {
    guard startsThreads else { return "" }
    let imports = instances == .many ? ".imports = &imports, " : ""
    return """
      static const struct apus_threads apus_program_threads = {
          .module = &\(name)_threads, \(imports).stack_size = \(stackSize)u};


      """
  }

  private var fixed: String {
    guard let determinism else { return "" }
    return """
      static const struct apus_wasi_fixed apus_program_fixed = {
          .clock = \(determinism.clock)000000000ull, .step = 1000000u, .seed = \(determinism.seed)ull};


      """
  }

  /// What the command line said about the guest's surroundings.
  private var fields: String {
    var text = ""
    for (list, count, strings) in [
      ("dirs", "dir_count", preopens), ("env", "env_count", environment),
      ("listen", "listen_count", addresses),
    ] where !strings.isEmpty {
      text += "      .\(list) = apus_program_\(list),\n      .\(count) = \(strings.count),\n"
    }
    for (field, value) in [
      ("argv0", argv0), ("stdin_path", standardInput), ("stdout_path", standardOutput),
    ] {
      if let value { text += "      .\(field) = \(CName.literal(value)),\n" }
    }
    if let fuel { text += "      .fuel = \(fuel),\n" }
    if reportsFuel { text += "      .reports_fuel = true,\n" }
    if let timeout { text += "      .timeout = \(timeout)u,\n" }
    if hasTrace { text += "      .trace = \(CName.literal(traceFile ?? "")),\n" }
    return inheritsEnvironment ? text + "      .inherit_env = true,\n" : text
  }

  private static func list(_ name: String, of texts: [String]) -> String {
    guard !texts.isEmpty else { return "" }
    let lines = texts.map { "  \(CName.literal($0)),\n" }
    return "static const char *const apus_program_\(name)[] = {\n\(lines.joined())};\n\n"
  }

  var isInvoked: Bool { if case .invoke = entry { true } else { false } }

  private var beforeMain: String { isInvoked ? "parse_arguments(argc, argv);\n  " : "" }

  private var body: String {
    switch entry {
    case .start:
      return """
        static void apus_program_start(void *unused) {
          (void)unused;
          \(calls.call("export__start"));
        }

        """
    case .invoke(let export, let hasInitialize): return invoke(export, hasInitialize)
    case .none: return "static void apus_program_start(void *unused) { (void)unused; }\n"
    }
  }

  private static let types: [Character: String] = [
    "i": "uint32_t", "I": "uint64_t", "f": "float", "F": "double", "V": "apus_v128",
  ]

  private func invoke(_ export: Inspection.Export, _ hasInitialize: Bool) -> String {
    let (parameters, results) = export.letters
    var text = ""
    for (index, kind) in parameters.enumerated() {
      text += "static \(Self.types[kind]!) argument\(index);\n"
    }
    text += """

      static void parse_arguments(int argc, char **argv) {
        (void)argv;
        apus_invoke_expect(argc, \(parameters.count), \(CName.literal(export.name)), "\(export.argumentCount)");

      """
    for (index, kind) in parameters.enumerated() {
      let value: String
      switch kind {
      case "i": value = "(uint32_t)apus_invoke_integer(argv[\(index + 1)], 32)"
      case "I": value = "apus_invoke_integer(argv[\(index + 1)], 64)"
      case "V": value = "apus_invoke_v128(argv[\(index + 1)])"
      case "f": value = "(float)apus_invoke_float(argv[\(index + 1)], true)"
      default: value = "apus_invoke_float(argv[\(index + 1)], false)"
      }
      text += "  argument\(index) = \(value);\n"
    }
    text += "}\n\nstatic void apus_program_start(void *unused) {\n  (void)unused;\n"
    if hasInitialize, export.name != "_initialize" {
      text += "  \(calls.call("export__initialize"));\n"
    }
    var arguments = parameters.indices.map { "argument\($0)" }
    for (index, kind) in results.enumerated() {
      text += "  \(Self.types[kind]!) result\(index);\n"
      if index > 0 { arguments.append("&result\(index)") }
    }
    text +=
      "  \(results.isEmpty ? "" : "result0 = ")\(calls.call(export.symbol ?? "", arguments));\n"
    for (index, kind) in results.enumerated() {
      switch kind {
      case "i": text += "  apus_invoke_print_i32(result\(index));\n"
      case "I": text += "  apus_invoke_print_i64(result\(index));\n"
      case "V": text += "  apus_invoke_print_v128(result\(index));\n"
      case "f": text += "  apus_invoke_print_float(result\(index), true);\n"
      default: text += "  apus_invoke_print_float(result\(index), false);\n"
      }
    }
    return text + "  fflush(stdout);\n}\n"
  }
}
