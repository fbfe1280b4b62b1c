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

  var text: String {
    let many = instances == .many
    let state = many ? "static struct \(name) instance;\n\n" : ""
    let instantiate: String
    switch (many, hasImports) {
    case (false, _): instantiate = "  return \(name)_instantiate();"
    case (true, false): instantiate = "  return \(name)_instantiate(&instance, NULL);"
    case (true, true):
      instantiate = """
          struct \(name)_imports imports;
          \(name)_default_imports(&imports);
          return \(name)_instantiate(&instance, &imports);
        """
    }
    let host = many ? "&instance.host" : "\(name)_host()"
    let lists =
      Self.list("dirs", of: preopens) + Self.list("env", of: environment)
      + Self.list("listen", of: addresses)
    return """
      /* Written by apus: the program around a module. */
      #include "\(name).h"
      #include "apus_wasi.h"
      #include <errno.h>
      #include <stdio.h>
      #include <stdlib.h>

      \(state)static struct apus_outcome apus_program_instantiate(void) {
      \(instantiate)
      }

      static void apus_program_destroy(void) { \(name)_destroy(\(first)); }

      static struct apus_host *apus_program_host(void) { return \(host); }

      \(body)
      \(lists)int main(int argc, char **argv) {
        static const struct apus_program program = {
      \(fields)\
            .stack_size = \(stackSize)u,
            .instantiate = apus_program_instantiate,
            .start = apus_program_start,
            .destroy = apus_program_destroy,
            .host = apus_program_host,
      \(hasNames ? "      .names = &\(name)_names,\n" : "")\
        };
        \(beforeMain)return apus_main(argc, argv, &program);
      }

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
    return inheritsEnvironment ? text + "      .inherit_env = true,\n" : text
  }

  private static func list(_ name: String, of texts: [String]) -> String {
    guard !texts.isEmpty else { return "" }
    let lines = texts.map { "  \(CName.literal($0)),\n" }
    return "static const char *const apus_program_\(name)[] = {\n\(lines.joined())};\n\n"
  }

  private var first: String { instances == .many ? "&instance" : "" }

  /// A call of an export's C function.
  private func call(_ symbol: String, _ arguments: [String] = []) -> String {
    let all = (first.isEmpty ? [] : [first]) + arguments
    return "\(name)_\(symbol)(\(all.joined(separator: ", ")))"
  }

  private var beforeMain: String {
    guard case .invoke = entry else { return "" }
    return "parse_arguments(argc, argv);\n  "
  }

  private var body: String {
    switch entry {
    case .start:
      return """
        static void apus_program_start(void *unused) {
          (void)unused;
          \(call("export__start"));
        }

        """
    case .invoke(let export, let hasInitialize): return invoke(export, hasInitialize)
    }
  }

  private static let types: [Character: String] = [
    "i": "uint32_t", "I": "uint64_t", "f": "float", "F": "double",
  ]

  private func invoke(_ export: Inspection.Export, _ hasInitialize: Bool) -> String {
    let halves = (export.signature ?? "").split(separator: ">", omittingEmptySubsequences: false)
    let parameters = Array(halves.first ?? "")
    let results = Array(halves.count > 1 ? halves[1] : "")
    let kinds = Set(parameters)
    var text = ""
    for (index, kind) in parameters.enumerated() {
      text += "static \(Self.types[kind]!) argument\(index);\n"
    }
    text += """

      static void bad_argument(const char *text) {
        fprintf(stderr, "apus: '%s' is not a value of the parameter's type\\n", text);
        exit(122);
      }

      """
    if kinds.contains("i") || kinds.contains("I") { text += Self.parseInteger }
    if kinds.contains("f") || kinds.contains("F") { text += Self.parseFloat }
    if results.contains("f") || results.contains("F") { text += Self.printFloat }
    let count = parameters.count == 1 ? "1 argument" : "\(parameters.count) arguments"
    text += """

      static void parse_arguments(int argc, char **argv) {
        if (argc != \(parameters.count + 1)) {
          fprintf(stderr, "apus: %s takes \(count), not %d\\n", \(CName.literal(export.name)), argc - 1);
          exit(122);
        }
        (void)argv;
        (void)bad_argument;

      """
    for (index, kind) in parameters.enumerated() {
      let value: String
      switch kind {
      case "i": value = "(uint32_t)parse_integer(argv[\(index + 1)], 32)"
      case "I": value = "parse_integer(argv[\(index + 1)], 64)"
      case "f": value = "(float)parse_float(argv[\(index + 1)], 1)"
      default: value = "parse_float(argv[\(index + 1)], 0)"
      }
      text += "  argument\(index) = \(value);\n"
    }
    text += "}\n\nstatic void apus_program_start(void *unused) {\n  (void)unused;\n"
    if hasInitialize, export.name != "_initialize" { text += "  \(call("export__initialize"));\n" }
    var arguments = parameters.indices.map { "argument\($0)" }
    for (index, kind) in results.enumerated() {
      text += "  \(Self.types[kind]!) result\(index);\n"
      if index > 0 { arguments.append("&result\(index)") }
    }
    text += "  \(results.isEmpty ? "" : "result0 = ")\(call(export.symbol ?? "", arguments));\n"
    for (index, kind) in results.enumerated() {
      switch kind {
      case "i": text += "  printf(\"%d\\n\", (int)(int32_t)result\(index));\n"
      case "I": text += "  printf(\"%lld\\n\", (long long)(int64_t)result\(index));\n"
      case "f": text += "  print_float(result\(index), 1);\n"
      default: text += "  print_float(result\(index), 0);\n"
      }
    }
    return text + "  fflush(stdout);\n}\n"
  }

  private static let parseInteger = """

    static uint64_t parse_integer(const char *text, int bits) {
      char *end;
      errno = 0;
      uint64_t value;
      const char *digits = text + (*text == '-' || *text == '+');
      int base = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') ? 16 : 10;
      if (*text == '-') {
        long long number = strtoll(text, &end, base);
        if (bits == 32 && number < INT32_MIN) bad_argument(text);
        value = (uint64_t)number;
      } else {
        value = strtoull(text, &end, base);
        if (bits == 32 && value > UINT32_MAX) bad_argument(text);
      }
      if (errno || end == text || *end) bad_argument(text);
      return value;
    }

    """

  private static let parseFloat = """

    static double parse_float(const char *text, int is_single) {
      char *end;
      double value = is_single ? (double)strtof(text, &end) : strtod(text, &end);
      if (end == text || *end) bad_argument(text);
      return value;
    }

    """

  private static let printFloat = """

    /* As few digits as read back to the same value. */
    static void print_float(double value, int is_single) {
      char text[40];
      for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double back = is_single ? (double)strtof(text, NULL) : strtod(text, NULL);
        if (back == value) break;
      }
      puts(text);
    }

    """
}
