// NAME.h: the public face of a translated module.

import WasmModel

extension ModuleEmitter {
  // MARK: imports

  /// The C symbol of each function import, by function index. A later import of the same
  /// name and type shares it; one of another type gets a numbered suffix.
  package func importSymbols() -> [String] {
    var numbers = FreeNames()
    var types: [String: FunctionType] = [:]
    var symbolOf: [String: [FunctionType: String]] = [:]
    var symbols: [String] = []
    for entry in module.imports {
      guard case .function(let typeIndex) = entry.kind else { continue }
      let type = module.types[Int(typeIndex)]
      let plain = "apus_import_\(Names.escape(entry.module))_\(Names.escape(entry.name))"
      let symbol =
        symbolOf[plain]?[type] ?? numbers.name(plain) { types[$0] == nil || types[$0] == type }
      symbolOf[plain, default: [:]][type] = symbol
      types[symbol] = type
      symbols.append(symbol)
    }
    return symbols
  }

  /// The field of `NAME_imports` for each import: `import_env_add`. Names that are there already
  /// get a number.
  private func importFields() -> [String] {
    var numbers = FreeNames()
    var taken: Set<String> = []
    return module.imports.map { entry in
      let plain = "import_\(Names.escape(entry.module))_\(Names.escape(entry.name))"
      return numbers.name(plain) { taken.insert($0).inserted }
    }
  }

  /// `uint32_t apus_import_env_add(struct apus_host *host, uint32_t l0);`
  package func prototype(_ symbol: String, _ type: FunctionType) -> String {
    "\(resultType(type)) \(symbol)(\(parameters(type, first: "struct apus_host *host")));"
  }

  package func header() -> String {
    let guardName = "APUS_\(name.uppercased())_H"
    var text = """
      /* \(name).h: the public face of a translated module. See apus.h for the life cycle. */
      #ifndef \(guardName)
      #define \(guardName)

      #include "apus.h"

      #ifdef __cplusplus
      extern "C" {
      #endif


      """
    let symbols = importSymbols()
    var seen: Set<String> = []
    var functionIndex = 0
    if !symbols.isEmpty { text += "/* What the host supplies. */\n" }
    for entry in module.imports {
      guard case .function(let typeIndex) = entry.kind else { continue }
      let symbol = symbols[functionIndex]
      functionIndex += 1
      if seen.insert(symbol).inserted {
        text += prototype(symbol, module.types[Int(typeIndex)]) + "\n"
      }
    }
    if plan.isMany {
      text += "\n/* One instance. */\nstruct \(name) {\n"
      for (line, _) in declarations() { text += "  \(line);\n" }
      text += "};\n\n"
      if !module.imports.isEmpty {
        let fields = importFields()
        text += "/* What an instance imports, in the module's order. */\nstruct \(name)_imports {\n"
        for (index, entry) in module.imports.enumerated() {
          text +=
            "  struct apus_extern \(fields[index]); /* \(comment(entry.module)).\(comment(entry.name)) */\n"
        }
        text += "};\n\n"
      } else {
        text += "struct \(name)_imports;\n\n"
      }
      text += """
        struct apus_outcome \(name)_instantiate(struct \(name) *i, const struct \(name)_imports *imports);
        void \(name)_destroy(struct \(name) *i);
        /* Finds an export by its name of `length` bytes. */
        bool \(name)_export(struct \(name) *i, const char *export_name, uint32_t length, struct apus_extern *found);


        """
      if !module.imports.isEmpty { text += defaultImports(symbols) }
    } else {
      text += """

        struct apus_outcome \(name)_instantiate(void);
        void \(name)_destroy(void);
        struct apus_host *\(name)_host(void);


        """
    }
    for (export, symbol, type) in exportedFunctions() {
      let locals = plan.localNames(of: Int(export.index), count: type.parameters.count)
      text += "\(resultType(type)) \(symbol)(\(parameters(type, first: instance, locals)));\n"
    }
    for export in module.exports where export.kind == .memory {
      text +=
        "struct apus_memory *\(name)_export_\(Names.escape(export.name))(\(plan.isMany ? instance : "void"));\n"
    }
    if plan.options.hasNames {
      text += """

        /* What the functions are called, for apus_describe. */
        extern const struct apus_names \(name)_names;

        """
    }
    text += """

      #ifdef __cplusplus
      }
      #endif
      #endif

      """
    return text
  }

  /// Text that cannot end a C comment.
  private func comment(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 0x20 || $0 == "*" || $0 == "\\" ? "?" : $0 }))
  }

  private func defaultImports(_ symbols: [String]) -> String {
    var text = """
      /* Fills the functions with the apus_import_... of the host; the rest stays as it is. */
      static inline void \(name)_default_imports(struct \(name)_imports *imports) {

      """
    let fields = importFields()
    var function = 0
    for (index, entry) in module.imports.enumerated() {
      guard case .function(let typeIndex) = entry.kind else { continue }
      let type = module.types[Int(typeIndex)]
      text += """
          static const struct apus_func func\(index) = {"\(type.signature)", (apus_code)\(symbols[function]), NULL};
          imports->\(fields[index]).kind = APUS_EXTERN_FUNC;
          imports->\(fields[index]).of.func = &func\(index);

        """
      function += 1
    }
    return text + "}\n\n"
  }

  /// The exports that are functions, with their C names; names that collide get a number.
  package func exportedFunctions() -> [(export: Export, symbol: String, type: FunctionType)] {
    var taken: Set<String> = ["\(name)_export"]
    var result: [(export: Export, symbol: String, type: FunctionType)] = []
    for export in module.exports {
      let plain = "\(name)_export_\(Names.escape(export.name))"
      var symbol = plain
      var number = 2
      while !taken.insert(symbol).inserted {
        symbol = "\(plain)_\(number)"
        number += 1
      }
      if export.kind == .function {
        result.append((export, symbol, module.type(ofFunction: Int(export.index))))
      }
    }
    return result
  }
}
