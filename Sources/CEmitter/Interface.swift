// What crosses a module's border, as C names and prototypes: said once, for the header, for what
// is inspected, and for the program around a module.

import WasmModel

extension Import.Kind {
  /// The kind without its type.
  var plain: Export.Kind {
    switch self {
    case .function: .function
    case .table: .table
    case .memory: .memory
    case .global: .global
    case .tag: .tag
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
    case .tag: "tag"
    }
  }

  /// A pointer type of C.
  var pointer: String {
    "\(self == .function || self == .tag ? "const " : "")struct apus_\(member) *"
  }
}

/// The C names and prototypes of a module's imports and exports. Those of exports are without the
/// module's prefix: `export_run` for `app_export_run`.
package struct Interface: Sendable {
  let module: Module

  package init(_ module: Module) { self.module = module }

  // MARK: types

  func parameters(
    _ type: FunctionType, first: String, _ locals: LocalNames = LocalNames()
  ) -> String {
    var list = first.isEmpty ? [] : [first]
    for (k, parameter) in type.parameters.enumerated() {
      list.append("\(parameter.c.publicName) \(locals.name(k))")
    }
    for (k, result) in type.results.enumerated().dropFirst() {
      list.append("\(result.c.publicName) *r\(k)")
    }
    return list.isEmpty ? "void" : list.joined(separator: ", ")
  }

  func resultType(_ type: FunctionType) -> String {
    type.results.first.map { "\($0.c.publicName)" } ?? "void"
  }

  // MARK: imports

  /// The C function of the host for each import. What is imported again with the same type shares
  /// it; of another type, or of other names that C spells alike, it gets a numbered suffix.
  package func importSymbols() -> [String] {
    /// What may share a C function.
    struct Key: Hashable {
      var module: String
      var name: String
      var declaration: String
    }
    var taken = UniqueNames()
    var symbols: [Key: String] = [:]
    return module.imports.map { entry in
      let plain = plainSymbol(of: entry)
      let key = Key(
        module: entry.module, name: entry.name, declaration: declaration(of: entry, plain))
      if let symbol = symbols[key] { return symbol }
      let symbol = taken.take(plain)
      symbols[key] = symbol
      return symbol
    }
  }

  private func plainSymbol(of entry: Import) -> String {
    "apus_import_\(Names.escape(entry.module))_\(Names.escape(entry.name))"
  }

  /// Which import a C name with a suffix stands for: ` /* a.b, numbered */`; else nothing.
  package func remark(on entry: Import, _ symbol: String) -> String {
    symbol == plainSymbol(of: entry)
      ? "" : " /* \(entry.module.inComment).\(entry.name.inComment), numbered */"
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

  // MARK: threads

  /// The function that a thread begins with, of wasi-threads: `wasi_thread_start (i32, i32) -> ()`
  /// in a module that imports a shared memory.
  package var threadStart: Int? {
    guard module.memories.prefix(module.importedMemoryCount).contains(where: { $0.isShared }),
      let start = module.exports.first(where: {
        $0.kind == .function && $0.name == "wasi_thread_start"
      }), module.type(ofFunction: Int(start.index)) == FunctionType(parameters: [.i32, .i32])
    else { return nil }
    return Int(start.index)
  }

  // MARK: exports

  /// The C function for each export, without the module's prefix: it is the export, or answers
  /// where it lies.
  package func exportSymbols() -> [String] {
    var taken = UniqueNames()
    _ = taken.take("export")
    return module.exports.map { taken.take("export_\(Names.escape($0.name))") }
  }
}

extension MemoryType {
  /// The flags of apus.h for a memory that is not as all were once.
  package var layout: String? {
    let wide = addressType == .i64 ? ["APUS_MEMORY_64"] : []
    let bytes = pageSize == 1 ? ["APUS_MEMORY_BYTES"] : []
    let shared = isShared ? ["APUS_MEMORY_SHARED"] : []
    let flags = wide + bytes + shared
    return flags.isEmpty ? nil : flags.joined(separator: " | ")
  }
}

extension String {
  /// Text that cannot end a C comment, nor turn round what a person reads.
  var inComment: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map {
          $0 == "*" || $0 == "\\" || $0.properties.generalCategory == .control
            || $0.properties.isBidiControl ? "?" : $0
        }))
  }
}

extension ModuleEmitter {
  /// The exports that are functions, with their C names.
  package func exportedFunctions() -> [(export: Export, symbol: String, type: FunctionType)] {
    zip(module.exports, interface.exportSymbols()).compactMap { export, symbol in
      export.kind == .function
        ? (export, "\(name)_\(symbol)", module.type(ofFunction: Int(export.index))) : nil
    }
  }

  /// For each export that is no function, `struct apus_memory *app_export_memory(void)`.
  func objectExports() -> [(export: Export, signature: String)] {
    zip(module.exports, interface.exportSymbols()).compactMap { export, symbol in
      export.kind == .function
        ? nil
        : (
          export,
          "\(export.kind.pointer)\(name)_\(symbol)(\(plan.isMany ? instance : "void"))"
        )
    }
  }
}
