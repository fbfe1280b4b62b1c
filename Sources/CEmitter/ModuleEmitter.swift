// The parts of the output that are not function bodies: header, state, segments,
// instantiate, destroy, exports.

import WasmModel

package struct ModuleEmitter {
  let plan: ModulePlan
  let bytes: UnsafeRawBufferPointer
  private var module: Module { plan.module }
  private var name: String { plan.options.name }
  private var state: String { plan.state }

  package init(plan: ModulePlan, bytes: UnsafeRawBufferPointer) {
    self.plan = plan
    self.bytes = bytes
  }

  /// What each parameter list of a public function starts with.
  private var instance: String { plan.isMany ? "struct \(name) *i" : "" }

  private func parameters(_ type: FunctionType, first: String) -> String {
    var list = first.isEmpty ? [] : [first]
    for (k, parameter) in type.parameters.enumerated() { list.append("\(parameter.publicCType) l\(k)") }
    for (k, result) in type.results.enumerated().dropFirst() {
      list.append("\(result.publicCType) *r\(k)")
    }
    return list.isEmpty ? "void" : list.joined(separator: ", ")
  }

  private func arguments(_ type: FunctionType, first: String) -> String {
    var list = first.isEmpty ? [] : [first]
    for k in type.parameters.indices { list.append("l\(k)") }
    for k in type.results.indices.dropFirst() { list.append("r\(k)") }
    return list.joined(separator: ", ")
  }

  private func resultType(_ type: FunctionType) -> String {
    type.results.first.map { "\($0.publicCType)" } ?? "void"
  }

  // MARK: imports

  /// The C symbol of each function import, by function index. A later import of the same
  /// name and type shares it; one of another type gets a numbered suffix.
  package func importSymbols() -> [String] {
    var types: [String: FunctionType] = [:]
    var symbols: [String] = []
    for entry in module.imports {
      guard case .function(let typeIndex) = entry.kind else { continue }
      let type = module.types[Int(typeIndex)]
      let plain = "apus_import_\(Names.escape(entry.module))_\(Names.escape(entry.name))"
      var symbol = plain
      var number = 2
      while let taken = types[symbol], taken != type {
        symbol = "\(plain)_\(number)"
        number += 1
      }
      types[symbol] = type
      symbols.append(symbol)
    }
    return symbols
  }

  /// `uint32_t apus_import_env_add(struct apus_host *host, uint32_t l0);`
  package func prototype(_ symbol: String, _ type: FunctionType) -> String {
    "\(resultType(type)) \(symbol)(\(parameters(type, first: "struct apus_host *host")));"
  }

  // MARK: state

  /// Declarations of the instance's state, one a line, without indentation.
  private func declarations() -> [String] {
    var lines = ["struct apus_host host"]
    for index in module.memories.indices {
      lines.append("struct apus_memory *memory\(index)")
      if index >= module.importedMemoryCount { lines.append("struct apus_memory own_memory\(index)") }
    }
    for index in module.tables.indices {
      lines.append("struct apus_table *table\(index)")
      if index >= module.importedTableCount { lines.append("struct apus_table own_table\(index)") }
    }
    for (index, type) in module.globals.enumerated() {
      if plan.isSharedGlobal[index] {
        lines.append("struct apus_global *g\(index)")
        if index >= module.importedGlobalCount { lines.append("struct apus_global own_g\(index)") }
      } else {
        lines.append("\(type.value.publicCType) g\(index)")
      }
    }
    if !plan.referenced.isEmpty { lines.append("struct apus_func funcs[\(plan.referenced.count)]") }
    if keepsDataSizes {
      for index in module.data.indices { lines.append("uint32_t data_size\(index)") }
    }
    for (index, segment) in module.elements.enumerated() {
      lines.append("void *elem\(index)[\(max(segment.elements.count, 1))]")
      lines.append("uint32_t elem_size\(index)")
    }
    return lines
  }

  /// Only a module with a data count can name its segments in code.
  private var keepsDataSizes: Bool { module.dataCount != nil }

  // MARK: header

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
      for line in declarations() { text += "  \(line);\n" }
      text += "};\n\n"
      if !module.imports.isEmpty {
        text += "/* What an instance imports, in the module's order. */\nstruct \(name)_imports {\n"
        for (index, entry) in module.imports.enumerated() {
          text += "  struct apus_extern import\(index); /* \(comment(entry.module)).\(comment(entry.name)) */\n"
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
    for (symbol, type) in exportedFunctions().map({ ($0.symbol, $0.type) }) {
      text += "\(resultType(type)) \(symbol)(\(parameters(type, first: instance)));\n"
    }
    for export in module.exports where export.kind == .memory {
      text += "struct apus_memory *\(name)_export_\(Names.escape(export.name))(\(plan.isMany ? instance : "void"));\n"
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
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0 == "*" || $0 == "\\" ? "?" : $0 }))
  }

  private func defaultImports(_ symbols: [String]) -> String {
    var text = """
      /* Fills the functions with the apus_import_... of the host; the rest stays as it is. */
      static inline void \(name)_default_imports(struct \(name)_imports *imports) {

      """
    var function = 0
    for (index, entry) in module.imports.enumerated() {
      guard case .function(let typeIndex) = entry.kind else { continue }
      let type = module.types[Int(typeIndex)]
      text += """
          static const struct apus_func func\(index) = {"\(type.signature)", (apus_code)\(symbols[function]), NULL};
          imports->import\(index).kind = APUS_EXTERN_FUNC;
          imports->import\(index).of.func = &func\(index);

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

  // MARK: C file

  /// Everything before the function bodies.
  package func prelude(to text: inout Text) {
    text.put(string: "/* \(name).c: a translated module. */\n#include \"\(name).h\"\n#include \"apus_code.h\"\n#include <string.h>\n\n")
    text.put("#define CODE static APUS_CODE __attribute__((unused))\n")
    text.put("/* What the guest's own code may contain. */\n")
    for warning in ["type-limits", "unused-parameter", "unused-but-set-variable", "unused-variable"] {
      text.put(string: "#pragma GCC diagnostic ignored \"-W\(warning)\"\n")
    }
    text.put("#pragma GCC diagnostic ignored \"-Wtautological-compare\"\n")
    text.put("#ifdef __clang__\n#pragma clang diagnostic ignored \"-Wself-assign\"\n#endif\n\n")
    for (index, type) in module.types.enumerated() where plan.canonicalType[index] == index {
      text.put(string: "static const char type\(index)[] __attribute__((unused)) = \"\(type.signature)\";\n")
      var list = plan.isMany ? ["void *"] : []
      list += type.parameters.map { "\($0.cType)" }
      list += type.results.dropFirst().map { "\($0.cType) *" }
      let result = type.results.first.map { "\($0.cType)" } ?? "void"
      text.put(string: "typedef \(result) (*fn\(index))(\(list.isEmpty ? "void" : list.joined(separator: ", ")));\n")
    }
    if plan.isMany {
      text.put("#define CALL0(type, f) (__extension__({ const struct apus_func *f_ = (f); ((type)f_->code)(f_->context); }))\n")
      text.put("#define CALL(type, f, ...) (__extension__({ const struct apus_func *f_ = (f); ((type)f_->code)(f_->context, __VA_ARGS__); }))\n")
    } else {
      text.put("#define CALL0(type, f) ((type)(f)->code)()\n")
      text.put("#define CALL(type, f, ...) ((type)(f)->code)(__VA_ARGS__)\n")
      text.put("\n")
      for line in declarations() { text.put(string: "static \(line);\n") }
    }
    text.put("\n")
    for index in module.data.indices { data(index, to: &text) }
    for index in module.functions.indices {
      plan.putSignature(of: index, named: false, to: &text)
      text.put(";\n")
    }
    let symbols = importSymbols()
    for index in 0..<module.importedFunctionCount {
      let type = module.type(ofFunction: index)
      text.put("\n")
      plan.putSignature(of: index, named: true, to: &text)
      let returns = type.results.isEmpty ? "" : "return "
      let call =
        plan.isMany
        ? "((fn\(plan.canonicalType[Int(module.functions[index])]))i->funcs[\(plan.referenceIndex[index] ?? 0)].code)(\(arguments(type, first: "i->funcs[\(plan.referenceIndex[index] ?? 0)].context")))"
        : "\(symbols[index])(\(arguments(type, first: "&host")))"
      text.put(string: " {\n  host_call_check();\n  \(returns)\(call);\n}\n")
    }
  }

  private func data(_ index: Int, to text: inout Text) {
    let range = module.data[index].bytes
    text.put(string: "static const u8 data\(index)[] __attribute__((unused)) = \"")
    var afterQuestion = false
    var column = 0
    for at in Int(range.start)..<Int(range.end) {
      let byte = bytes[at]
      switch byte {
      case 0x22, 0x5c:
        text.put("\\")
        text.put(byte: byte)
      case 0x3f where afterQuestion:
        text.put("\\?")
      case 0x20...0x7e:
        text.put(byte: byte)
      default:
        // Three digits, so that a digit that follows is not taken for one of them.
        text.put("\\")
        text.put(byte: 48 + (byte >> 6))
        text.put(byte: 48 + (byte >> 3 & 7))
        text.put(byte: 48 + (byte & 7))
      }
      afterQuestion = byte == 0x3f
      column += 1
      if column == 64 {
        column = 0
        text.put("\"\n  \"")
      }
    }
    text.put("\";\n")
  }

  /// A constant expression as a C expression.
  private func value(_ expression: ConstantExpression) -> String {
    var stack: [String] = []
    for instruction in expression.instructions {
      switch instruction {
      case .i32(let value): stack.append("\(value)u")
      case .i64(let value): stack.append("\(value)ull")
      case .f32(let bits): stack.append("f32_bits(\(bits)u)")
      case .f64(let bits): stack.append("f64_bits(\(bits)ull)")
      case .globalGet(let index): stack.append(plan.globalPlace(Int(index)))
      case .refNull: stack.append("NULL")
      case .refFunc(let index): stack.append("(" + plan.reference(Int(index)) + ")")
      case .arithmetic(let opcode):
        let right = stack.popLast() ?? "0"
        let left = stack.popLast() ?? "0"
        let sign = [0x6a: "+", 0x6b: "-", 0x6c: "*", 0x7c: "+", 0x7d: "-", 0x7e: "*"][Int(opcode.rawValue)] ?? "+"
        stack.append("(\(left) \(sign) \(right))")
      }
    }
    return stack.last ?? "0"
  }

  /// Everything after the function bodies.
  package func epilogue(to text: inout Text) {
    text.put("\n/* What may trap when an instance is made: segments and the start function. */\n")
    text.put(string: "CODE void start(void *instance) {\n")
    if plan.isMany {
      text.put(string: "  struct \(name) *i = instance;\n  (void)i;\n")
    } else {
      text.put("  (void)instance;\n")
    }
    for (index, segment) in module.elements.enumerated() {
      for (k, element) in segment.elements.enumerated() {
        text.put(string: "  \(state)elem\(index)[\(k)] = (void *)\(value(element));\n")
      }
      text.put(string: "  \(state)elem_size\(index) = \(segment.elements.count);\n")
    }
    if keepsDataSizes {
      for (index, segment) in module.data.enumerated() {
        text.put(string: "  \(state)data_size\(index) = \(segment.bytes.count);\n")
      }
    }
    for (index, segment) in module.elements.enumerated() {
      switch segment.mode {
      case .active(let table, let offset):
        text.put(string: "  apus_table_init_segment(\(state)table\(table), \(state)elem\(index), \(segment.elements.count), \(value(offset)), 0, \(segment.elements.count), 0);\n")
        text.put(string: "  \(state)elem_size\(index) = 0;\n")
      case .declarative: text.put(string: "  \(state)elem_size\(index) = 0;\n")
      case .passive: break
      }
    }
    for (index, segment) in module.data.enumerated() {
      if case .active(_, let offset) = segment.mode {
        text.put(string: "  apus_memory_init_segment(\(plan.memory), data\(index), \(segment.bytes.count), \(value(offset)), 0, \(segment.bytes.count), 0);\n")
        if keepsDataSizes { text.put(string: "  \(state)data_size\(index) = 0;\n") }
      }
    }
    if let function = module.start {
      text.put("  ")
      plan.putName(of: Int(function), to: &text)
      text.put(plan.isMany ? "(i);\n" : "();\n")
    }
    text.put("}\n\n")
    instantiate(to: &text)
    destroy(to: &text)
    exports(to: &text)
  }

  private func instantiate(to text: inout Text) {
    let hasImports = !module.imports.isEmpty
    if plan.isMany {
      text.put(string: "struct apus_outcome \(name)_instantiate(struct \(name) *i, const struct \(name)_imports *imports) {\n")
    } else {
      text.put(string: "struct apus_outcome \(name)_instantiate(void) {\n")
    }
    text.put("  struct apus_outcome outcome = {0};\n")
    if plan.isMany { text.put("  (void)imports;\n") }
    if plan.isMany && hasImports {
      text.put("  const struct apus_extern *offered = (const struct apus_extern *)imports;\n")
      for (index, entry) in module.imports.enumerated() {
        let test: String
        switch entry.kind {
        case .function(let type): test = "apus_link_func(&offered[\(index)], type\(plan.canonicalType[Int(type)]))"
        case .memory(let type):
          test = "apus_link_memory(&offered[\(index)], \(limits(type.limits)))"
        case .table(let type):
          test = "apus_link_table(&offered[\(index)], '\(type.element.letter)', \(limits(type.limits)))"
        case .global(let type):
          test = "apus_link_global(&offered[\(index)], '\(type.value.letter)', \(type.isMutable))"
        }
        text.put(string: "  outcome.offset = \(entry.offset);\n  if ((outcome.trap = \(test)) != APUS_TRAP_NONE) return outcome;\n")
      }
      text.put("  outcome.offset = 0;\n")
    }
    var function = 0
    var table = 0
    var memory = 0
    var global = 0
    for (index, entry) in module.imports.enumerated() {
      switch entry.kind {
      case .function(let typeIndex):
        let place = plan.referenceIndex[function] ?? 0
        if plan.isMany {
          text.put(string: "  i->funcs[\(place)] = *offered[\(index)].of.func;\n  if (!i->funcs[\(place)].context) i->funcs[\(place)].context = &i->host;\n")
        } else {
          text.put(string: "  funcs[\(place)] = (struct apus_func){type\(plan.canonicalType[Int(typeIndex)]), (apus_code)")
          plan.putName(of: function, to: &text)
          text.put(", NULL};\n")
        }
        function += 1
      case .table:
        text.put(string: "  \(state)table\(table) = offered[\(index)].of.table;\n")
        table += 1
      case .memory:
        text.put(string: "  \(state)memory\(memory) = offered[\(index)].of.memory;\n")
        memory += 1
      case .global:
        text.put(string: "  \(state)g\(global) = offered[\(index)].of.global;\n")
        global += 1
      }
    }
    for index in plan.referenced where index >= module.importedFunctionCount {
      text.put(string: "  \(state)funcs[\(plan.referenceIndex[index] ?? 0)] = (struct apus_func){type\(plan.canonicalType[Int(module.functions[index])]), (apus_code)")
      plan.putName(of: index, to: &text)
      text.put(plan.isMany ? ", i};\n" : ", NULL};\n")
    }
    for index in module.importedMemoryCount..<module.memories.count {
      let limits = module.memories[index].limits
      let maximum = min(limits.maximum ?? 65536, plan.options.maximumPages)
      let make = plan.options.memory == .guard ? "apus_memory_init_guarded" : "apus_memory_init"
      text.put(string: "  \(state)memory\(index) = &\(state)own_memory\(index);\n")
      text.put(string: "  if (!\(make)(\(state)memory\(index), \(limits.minimum), \(maximum))) goto no_memory;\n")
      if limits.maximum != nil { text.put(string: "  \(state)memory\(index)->has_maximum = true;\n") }
    }
    if !module.memories.isEmpty { text.put(string: "  \(state)host.memory = \(state)memory0;\n") }
    for index in module.globals.indices {
      let type = module.globals[index]
      guard index >= module.importedGlobalCount else { continue }
      let expression = module.globalValues[index - module.importedGlobalCount]
      if plan.isSharedGlobal[index] {
        text.put(string: "  \(state)g\(index) = &\(state)own_g\(index);\n  \(state)g\(index)->type = '\(type.value.letter)';\n  \(state)g\(index)->is_mutable = \(type.isMutable);\n")
      }
      text.put(string: "  \(plan.globalPlace(index)) = \(value(expression));\n")
    }
    for index in module.importedTableCount..<module.tables.count {
      let type = module.tables[index]
      text.put(string: "  \(state)table\(index) = &\(state)own_table\(index);\n")
      text.put(string: "  if (!apus_table_init(\(state)table\(index), '\(type.element.letter)', \(type.limits.minimum)u, \(type.limits.maximum ?? .max)u, NULL)) goto no_memory;\n")
      if type.limits.maximum != nil { text.put(string: "  \(state)table\(index)->has_maximum = true;\n") }
    }
    text.put(string: "  return apus_catch(start, \(plan.isMany ? "i" : "NULL"));\n")
    if module.importedMemoryCount < module.memories.count || module.importedTableCount < module.tables.count {
      text.put("no_memory:\n  outcome.trap = APUS_TRAP_OUT_OF_MEMORY;\n  return outcome;\n")
    }
    text.put("}\n\n")
  }

  private func limits(_ limits: Limits) -> String {
    "\(limits.minimum)u, \(limits.maximum != nil), \(limits.maximum ?? 0)u"
  }

  private func destroy(to text: inout Text) {
    text.put(string: "void \(name)_destroy(\(plan.isMany ? "struct \(name) *i" : "void")) {\n")
    for index in (module.importedTableCount..<module.tables.count).reversed() {
      text.put(string: "  apus_table_destroy(&\(state)own_table\(index));\n")
    }
    for index in (module.importedMemoryCount..<module.memories.count).reversed() {
      text.put(string: "  apus_memory_destroy(&\(state)own_memory\(index));\n")
    }
    if plan.isMany {
      text.put("  memset(i, 0, sizeof *i);\n")
    }
    text.put("}\n\n")
  }

  private func exports(to text: inout Text) {
    if !plan.isMany { text.put(string: "struct apus_host *\(name)_host(void) { return &host; }\n\n") }
    for (export, symbol, type) in exportedFunctions() {
      // In the section of translated code, since the body may be inlined here.
      text.put(string: "APUS_CODE \(resultType(type)) \(symbol)(\(parameters(type, first: instance))) { ")
      if !type.results.isEmpty { text.put("return ") }
      plan.putName(of: Int(export.index), to: &text)
      text.put(string: "(\(arguments(type, first: plan.isMany ? "i" : ""))); }\n\n")
    }
    for export in module.exports where export.kind == .memory {
      text.put(string: "struct apus_memory *\(name)_export_\(Names.escape(export.name))(\(plan.isMany ? instance : "void")) { return \(state)memory\(export.index); }\n\n")
    }
    guard plan.isMany else { return }
    text.put(string: "bool \(name)_export(struct \(name) *i, const char *export_name, uint32_t length, struct apus_extern *found) {\n")
    text.put("  (void)i, (void)export_name, (void)length, (void)found;\n")
    for export in module.exports {
      let count = export.name.utf8.count
      text.put(string: "  if (length == \(count) && !memcmp(export_name, \"")
      for byte in export.name.utf8 {
        text.put("\\")
        text.put(byte: 48 + (byte >> 6))
        text.put(byte: 48 + (byte >> 3 & 7))
        text.put(byte: 48 + (byte & 7))
      }
      text.put(string: "\", \(count))) {\n")
      switch export.kind {
      case .function:
        text.put(string: "    found->kind = APUS_EXTERN_FUNC;\n    found->of.func = \(plan.reference(Int(export.index)));\n")
      case .table: text.put(string: "    found->kind = APUS_EXTERN_TABLE;\n    found->of.table = i->table\(export.index);\n")
      case .memory: text.put(string: "    found->kind = APUS_EXTERN_MEMORY;\n    found->of.memory = i->memory\(export.index);\n")
      case .global: text.put(string: "    found->kind = APUS_EXTERN_GLOBAL;\n    found->of.global = i->g\(export.index);\n")
      }
      text.put("    return true;\n  }\n")
    }
    text.put("  return false;\n}\n")
  }
}
