import Translator

/// C that makes, calls and destroys a module with one instance, for the programs around it.
struct ModuleCalls {
  /// Prefix of the module's C names.
  var name: String
  var instances: TranslationOptions.Instances
  /// The module imports something, so that `many` has a struct of imports.
  var hasImports: Bool

  private var isMany: Bool { instances == .many }
  private var first: String { isMany ? "&instance" : "" }

  /// In `many` the instance and its imports, a line each.
  var variables: String {
    guard isMany else { return "" }
    let imports = hasImports ? "static struct \(name)_imports imports;\n" : ""
    return "static struct \(name) instance;\n\(imports)"
  }

  /// The body of a function that answers what became of it.
  var instantiation: String {
    guard isMany else { return "  return \(name)_instantiate();" }
    guard hasImports else { return "  return \(name)_instantiate(&instance, NULL);" }
    return """
        \(name)_default_imports(&imports);
        return \(name)_instantiate(&instance, &imports);
      """
  }

  var destruction: String { "\(name)_destroy(\(first))" }

  /// Where its `struct apus_host` lies.
  var host: String { isMany ? "&instance.host" : "\(name)_host()" }

  /// A call of an export's C function.
  func call(_ symbol: String, _ arguments: [String] = []) -> String {
    let all = (isMany ? [first] : []) + arguments
    return "\(name)_\(symbol)(\(all.joined(separator: ", ")))"
  }
}

extension Inspection.Export {
  /// Letters of a function's parameters and results, as in apus.h.
  var letters: (parameters: [Character], results: [Character]) {
    let halves = (signature ?? "").split(separator: ">", omittingEmptySubsequences: false)
    return (Array(halves.first ?? ""), Array(halves.count > 1 ? halves[1] : ""))
  }

  /// `2 arguments`
  var argumentCount: String {
    let count = letters.parameters.count
    return count == 1 ? "1 argument" : "\(count) arguments"
  }
}
