// What crosses a module's border, as C names and prototypes.

import WasmModel

extension Import.Kind {
  /// The kind without its type.
  var plain: Export.Kind {
    switch self {
    case .function: .function
    case .table: .table
    case .memory: .memory
    case .global: .global
    }
  }
}

extension Export.Kind {
  /// The member of apus_extern's union.
  var member: String {
    switch self {
    case .function: "func"
    case .table: "table"
    case .memory: "memory"
    case .global: "global"
    }
  }

  /// A pointer type of C.
  var pointer: String { "\(self == .function ? "const " : "")struct apus_\(member) *" }
}

extension ModuleEmitter {
  // MARK: imports

  /// The C function of the host for each import. A later import of the same name and type
  /// shares it; one of another type, or of another kind, gets a numbered suffix.
  package func importSymbols() -> [String] {
    var taken = UniqueNames()
    var symbols: [String: String] = [:]
    return module.imports.map { entry in
      let plain = "apus_import_\(Names.escape(entry.module))_\(Names.escape(entry.name))"
      let declaration = declaration(of: entry, plain)
      if let symbol = symbols[declaration] { return symbol }
      let symbol = taken.take(plain)
      symbols[declaration] = symbol
      return symbol
    }
  }

  /// The prototype of the C function for an import.
  ///
  /// `uint32_t apus_import_env_add(struct apus_host *host, uint32_t l0);`, and for a memory
  /// `struct apus_memory *apus_import_env_memory(void);`.
  package func declaration(of entry: Import, _ symbol: String) -> String {
    switch entry.kind {
    case .function(let index):
      let type = module.types[Int(index)]
      return "\(resultType(type)) \(symbol)(\(parameters(type, first: "struct apus_host *host")));"
    case let kind: return "\(kind.plain.pointer)\(symbol)(void);"
    }
  }

  /// The field of `NAME_imports` for each import: `import_env_add`. Names that are there already
  /// get a number.
  func importFields() -> [String] {
    var taken = UniqueNames()
    return module.imports.map {
      taken.take("import_\(Names.escape($0.module))_\(Names.escape($0.name))")
    }
  }

  // MARK: exports

  /// The C function for each export: it is the export, or answers where it lies.
  func exportSymbols() -> [String] {
    var taken = UniqueNames()
    _ = taken.take("\(name)_export")
    return module.exports.map { taken.take("\(name)_export_\(Names.escape($0.name))") }
  }

  /// The exports that are functions, with their C names.
  package func exportedFunctions() -> [(export: Export, symbol: String, type: FunctionType)] {
    zip(module.exports, exportSymbols()).compactMap { export, symbol in
      export.kind == .function
        ? (export, symbol, module.type(ofFunction: Int(export.index))) : nil
    }
  }

  /// For each export that is no function, `struct apus_memory *app_export_memory(void)`.
  func objectExports() -> [(export: Export, signature: String)] {
    zip(module.exports, exportSymbols()).compactMap { export, symbol in
      export.kind == .function
        ? nil : (export, "\(export.kind.pointer)\(symbol)(\(plan.isMany ? instance : "void"))")
    }
  }
}
