// NAME.h: the public face of a translated module.

import WasmModel

extension ModuleEmitter {
  /// What includes apus.h, and asks for as many words as exceptions have here.
  private var runtimeHeader: String {
    guard let words = module.exceptionWords else { return "#include \"apus.h\"" }
    return """
      #ifndef APUS_EXCEPTION_WORDS
      #define APUS_EXCEPTION_WORDS \(words)
      #endif
      #include "apus.h"
      #if APUS_EXCEPTION_WORDS < \(words)
      #error "compile everything with -DAPUS_EXCEPTION_WORDS=\(words), or more"
      #endif
      """
  }

  package func header() -> String {
    let guardName = "APUS_MODULE_\(name)_H"
    var text = """
      /* \(name).h: the public face of a translated module. See apus.h for the life cycle. */
      #ifndef \(guardName)
      #define \(guardName)

      \(runtimeHeader)
      \(plan.threadStart == nil ? "" : "#include \"apus_threads.h\"\n")
      #ifdef __cplusplus
      extern "C" {
      #endif


      """
    let symbols = interface.importSymbols()
    var seen: Set<String> = []
    let mayLeaveOut = plan.isMany && !symbols.isEmpty
    if mayLeaveOut { text += "#ifndef \(name)_NO_DEFAULT_IMPORTS\n" }
    if !symbols.isEmpty { text += "/* What the host supplies. */\n" }
    for (entry, symbol) in zip(module.imports, symbols) where seen.insert(symbol).inserted {
      text += interface.declaration(of: entry, symbol) + interface.remark(on: entry, symbol) + "\n"
    }
    if mayLeaveOut { text += "#endif\n" }
    if plan.isMany {
      text += "\n/* One instance. */\nstruct \(name) {\n"
      for (line, _) in declarations() { text += "  \(line);\n" }
      text += "};\n\n"
      if !module.imports.isEmpty {
        let fields = interface.importFields()
        text += "/* What an instance imports, in the module's order. */\nstruct \(name)_imports {\n"
        for (index, entry) in module.imports.enumerated() {
          text +=
            "  struct apus_extern \(fields[index]); /* \(entry.module.inComment).\(entry.name.inComment) */\n"
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
      if mayLeaveOut {
        text += "#ifndef \(name)_NO_DEFAULT_IMPORTS\n\(defaultImports(symbols))#endif\n\n"
      }
    } else {
      text += """

        struct apus_outcome \(name)_instantiate(void);
        void \(name)_destroy(void);
        struct apus_host *\(name)_host(void);


        """
    }
    for (export, symbol, type) in exportedFunctions() {
      let locals = plan.localNames(of: Int(export.index), count: type.parameters.count)
      text +=
        "\(interface.resultType(type)) \(symbol)(\(interface.parameters(type, first: instance, locals)));\n"
    }
    for (_, signature) in objectExports() { text += "\(signature);\n" }
    if plan.options.hasNames {
      text += """

        /* What the functions are called, for apus_describe. */
        extern const struct apus_names \(name)_names;

        """
    }
    text += threadsDeclaration
    text += """

      #ifdef __cplusplus
      }
      #endif
      #endif

      """
    return text
  }

  private func defaultImports(_ symbols: [String]) -> String {
    var text = ""
    // What a call through a pointer takes for its type: the instance or the host is a `void *`.
    for (index, entry) in module.imports.enumerated() {
      guard case .function(let number) = entry.kind else { continue }
      let type = module.types[Int(number)]
      text += """
        static inline \(interface.resultType(type)) \(name)_import\(index)(\(interface.parameters(type, first: "void *host"))) {
          \(type.results.isEmpty ? "" : "return ")\(symbols[index])(\(arguments(type, first: "(struct apus_host *)host")));
        }

        """
    }
    text += """
      /* Fills each import from the apus_import_... of the host. */
      static inline void \(name)_default_imports(struct \(name)_imports *imports) {

      """
    let fields = interface.importFields()
    var declared: Set<Int> = []
    for (index, entry) in module.imports.enumerated() {
      let kind = entry.kind.plain.member
      var value = "\(symbols[index])()"
      if case .function(let number) = entry.kind {
        value = "&func\(index)"
        let type = module.canonicalType[Int(number)]
        if declared.insert(type).inserted {
          text +=
            "  static const struct apus_type functype\(type) = \(module.types[type].descriptorValue);\n"
        }
        text +=
          "  static const struct apus_func func\(index) = {&functype\(type), (apus_code)\(name)_import\(index), NULL};\n"
      }
      text += """
          imports->\(fields[index]).kind = APUS_EXTERN_\(kind.uppercased());
          imports->\(fields[index]).of.\(kind) = \(value);

        """
    }
    return text + "}\n"
  }
}
