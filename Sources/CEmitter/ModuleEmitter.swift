// What stands around the function bodies: macros, types, state, constants, prototypes.

import FunctionIR
import WasmModel

/// Writes all but the functions' texts.
///
/// Unchecked for the bytes, which stay as they are.
package struct ModuleEmitter: @unchecked Sendable {
  package let plan: ModulePlan
  let bytes: UnsafeRawBufferPointer
  let use: ModuleUse
  let image: DataImage
  let interface: Interface
  let throwing: CallProperty
  private let usesVectors: Bool
  private let usesAtomics: Bool
  private let isReadByConstants: [Bool]
  private var writtenTypes: [Bool] = []
  private(set) var elementImages = ElementImages()
  var module: Module { plan.module }
  var tables: [TableContents] { use.tables }
  var name: String { plan.options.name }
  var state: String { plan.state }

  /// `usesVectors`: whether a body has instructions on vectors; `usesAtomics`: atomic accesses.
  package init(
    plan: ModulePlan, bytes: UnsafeRawBufferPointer, use: ModuleUse, throwing: CallProperty,
    usesVectors: Bool, usesAtomics: Bool
  ) {
    self.throwing = throwing
    self.usesAtomics = usesAtomics
    self.usesVectors = usesVectors || plan.module.globals.contains { $0.value == .v128 }
    self.plan = plan
    self.bytes = bytes
    self.use = use
    interface = Interface(plan.module)
    image = DataImage(plan, use)
    isReadByConstants = ModuleEmitter.globalsReadByConstants(plan.module)
    writtenTypes = ModuleEmitter.writtenTypes(self)
    elementImages = ElementImages(self)
  }

  /// What each parameter list of a public function starts with.
  var instance: String { plan.isMany ? "struct \(name) *i" : "" }

  func arguments(
    _ type: FunctionType, first: String, _ locals: LocalNames = LocalNames()
  ) -> String {
    var list = first.isEmpty ? [] : [first]
    for k in type.parameters.indices { list.append(locals.name(k)) }
    for k in type.results.indices.dropFirst() { list.append("r\(k)") }
    return list.joined(separator: ", ")
  }

  // MARK: linkage

  /// What lies at file level and is used from every file: static where there is one file,
  /// else defined in the main one, and hidden from the rest of the program.
  func declare(_ declaration: String, _ symbol: String) -> String {
    plan.isSplit
      ? "extern \(declaration) SHARED(\"\(name).\(symbol)\");\n" : "static \(declaration);\n"
  }

  /// The beginning of the definition of what `declare` has declared.
  var definition: String { plan.isSplit ? "" : "static " }

  /// Appends the prototype of a function that is defined in the same file, or in another.
  package func prototype(of function: Int, isShared: Bool, to text: inout Text) {
    if !isShared { text.put("static ") }
    plan.putSignature(of: function, nil, to: &text)
    if isShared {
      text.put(" SHARED(\"")
      text.put(string: name)
      text.put(".")
      plan.putName(of: function, to: &text)
      text.put("\")")
    }
    text.put(";\n")
  }

  /// Whether calls may find functions of modules that throw, where nothing here looks after it.
  private var callsForeignTables: Bool {
    guard throwing.functions.isEmpty else { return false }
    // In `many` a table's own entries lead to imported functions without what stands around those here.
    let holdsImports = plan.isMany && plan.refersToImports
    return module.tables.indices.contains {
      use.calls[$0] && (holdsImports || $0 < module.importedTableCount)
    }
  }

  /// Appends what stands before the signature of a definition.
  package func linkage(isShared: Bool, to text: inout Text) {
    text.put(isShared ? "\n" : "\nstatic ")
  }

  // MARK: what every C file of the module needs

  /// Appends includes, macros, types and the declarations of the state.
  package func preamble(to text: inout Text) {
    let choices =
      (plan.isMany ? "#define APUS_MANY\n" : "")
      + (plan.options.isExact ? "#define APUS_EXACT_TRAPS\n" : "")
      + (plan.options.stackBudget.map { "#define APUS_STACK_BUDGET \($0)u\n" } ?? "")
      + (usesVectors ? "#define APUS_SIMD\n" : "")
      + (usesAtomics ? "#define APUS_ATOMICS\n" : "")
      + (module.memories.contains { $0.isShared } ? "#define APUS_SHARED_MEMORY\n" : "")
      + (callsForeignTables ? "#define APUS_FOREIGN_TABLES\n" : "")
    if plan.isSplit {
      text.put(string: "/* \(name)_private.h: what the files of a translated module share. */\n")
      text.put(string: "#ifndef APUS_MODULE_\(name)_PRIVATE_H\n")
      text.put(string: "#define APUS_MODULE_\(name)_PRIVATE_H\n\n")
    } else {
      text.put(string: "/* \(name).c: a translated module. */\n")
    }
    text.put(
      string:
        "#include \"\(name).h\"\n#define APUS_TRANSLATED\n\(choices)#include \"apus_code.h\"\n\n")
    if plan.options.memory == .unchecked {
      text.put("/* UNCHECKED: no access is kept inside memory. For trusted modules only. */\n\n")
    }
    warnings(to: &text)
    if plan.memories.contains(where: { $0.strategy == .guard }) {
      text.put("guarded_calls();\n\n")
    }
    if plan.isSplit {
      text.put("/* Where each function begins in the module. */\n")
      text.put(string: declare("const u32 offsets[\(max(module.code.count, 1))]", "offsets"))
    }
    let start = text.count
    types(to: &text)
    if text.count > start { text.put("\n") }
    if !plan.isMany {
      for (line, symbol) in declarations() {
        text.put(string: declare(plan.threadLocal + line, symbol))
      }
      for index in referencedInOne {
        text.put(string: declare("const struct apus_func ref\(index)", "ref\(index)"))
      }
    }
    for index in module.data.indices where plan.isSplit && use.data[index] {
      // The literal that defines it ends in a zero.
      let size = module.data[index].bytes.count + 1
      text.put(string: declare("const u8 data\(index)[\(size)]", "data\(index)"))
    }
    for index in module.elements.indices
    where !plan.isMany && plan.isSplit && use.elements[index] && !isInState(elements: index) {
      let count = module.elements[index].elements.count
      text.put(string: declare("void *const elem\(index)[\(count)]", "elem\(index)"))
    }
    indirectCalls(to: &text)
    if plan.isSplit { text.put("\n#endif\n") }
  }

  /// Appends what a file of functions begins with, in a module of several.
  package func beginPart(_ number: Int, to text: inout Text) {
    text.put(string: "/* Part \(number) of \(name). */\n#include \"\(name)_private.h\"\n\n")
  }

  private func warnings(to text: inout Text) {
    text.put("/* What the guest's own code may contain. */\n")
    // A known address of 64 bits may be far outside.
    let isWide = plan.memories.contains { $0.isWide }
    for warning in [
      "type-limits", "unused-parameter", "unused-but-set-variable", "unused-variable",
      "tautological-compare", "int-in-bool-context", "unused-const-variable",
      "unused-but-set-parameter", "bool-operation", "sign-compare", "switch-bool", "overflow",
    ] + (isWide ? ["array-bounds"] : []) {
      text.put(string: "#pragma GCC diagnostic ignored \"-W\(warning)\"\n")
    }
    text.put("#if defined(__clang__) || __GNUC__ >= 12\n")
    text.put("#pragma GCC diagnostic ignored \"-Winfinite-recursion\"\n#endif\n")
    text.put("#ifdef __clang__\n#pragma clang diagnostic ignored \"-Wself-assign\"\n")
    text.put("#else\n#pragma GCC diagnostic ignored \"-Wbool-compare\"\n#endif\n\n")
  }

  /// Whether the text of a type is needed: for calls through a table, references, linking.
  func isWritten(type index: Int) -> Bool { writtenTypes[index] }

  private static func writtenTypes(_ emitter: ModuleEmitter) -> [Bool] {
    let looksAtTypes = emitter.tables.indices.filter {
      emitter.use.calls[$0] && emitter.codeTypes(table: $0) == nil
    }
    var isWritten = emitter.use.types.map { $0 && !looksAtTypes.isEmpty }
    let referenced: [Int]
    if emitter.plan.isMany {
      referenced = emitter.plan.referenced
    } else {
      referenced =
        emitter.referencedInOne
        + looksAtTypes.flatMap { emitter.closedFunctions(table: $0)?.compactMap { $0 } ?? [] }
    }
    for type in emitter.module.tags { isWritten[emitter.module.canonicalType[Int(type)]] = true }
    for index in referenced { isWritten[emitter.plan.canonicalType(ofFunction: index)] = true }
    return isWritten
  }

  private func types(to text: inout Text) {
    for (index, type) in module.types.enumerated() where module.canonicalType[index] == index {
      if isWritten(type: index) {
        if plan.isSplit {
          text.put(string: declare("const struct apus_type type\(index)", "type\(index)"))
        } else {
          text.put(
            string: "static const struct apus_type type\(index) = \(type.descriptorValue);\n")
        }
      }
      guard use.types[index] || needsWrapperType(index) else { continue }
      var list = plan.isMany ? ["void *"] : []
      list += type.parameters.map { "\($0.c.name)" }
      list += type.results.dropFirst().map { "\($0.c.name) *" }
      let result = type.results.first.map { "\($0.c.name)" } ?? "void"
      text.put(
        string:
          "typedef \(result) (*fn\(index))(\(list.isEmpty ? "void" : list.joined(separator: ", ")));\n"
      )
    }
  }

  /// In `many`, a wrapper calls an imported function by its type.
  private func needsWrapperType(_ type: Int) -> Bool {
    plan.isMany
      && (0..<module.importedFunctionCount).contains {
        use.isLive[$0] && plan.canonicalType(ofFunction: $0) == type
      }
  }

  // MARK: state

  /// Declarations of the instance's state without semicolons, with their names.
  func declarations() -> [(declaration: String, name: String)] {
    var lines = [(declaration: "struct apus_host host", name: "host")]
    for index in module.memories.indices {
      let pointer = index < module.importedMemoryCount ? "*" : ""
      lines.append(("struct apus_memory \(pointer)memory\(index)", "memory\(index)"))
      if plan.isStatic(memory: index) {
        let size = plan.memories[index].initialSize
        lines.append(
          (
            "APUS_MEMORY_PLACE _Alignas(16) u8 memory_bytes\(index)[\(size)]",
            "memory_bytes\(index)"
          ))
      }
    }
    for index in module.tables.indices where isStored(table: index) {
      let pointer = index < module.importedTableCount ? "*" : ""
      lines.append(("struct apus_table \(pointer)table\(index)", "table\(index)"))
    }
    for (index, type) in module.globals.enumerated() where isStored(global: index) {
      let name = plan.names.globals[index]
      if plan.isSharedGlobal[index] {
        lines.append(("struct apus_global *\(name)", name))
        if index >= module.importedGlobalCount {
          lines.append(("struct apus_global own_g\(index)", "own_g\(index)"))
          if type.value == .exnref {
            lines.append(("apus_exnref exception_g\(index)", "exception_g\(index)"))
          }
        }
      } else {
        let kept = plan.options.isExact && type.isMutable ? "volatile " : ""
        lines.append(("\(kept)\(type.value.c.publicName) \(name)", name))
      }
    }
    for index in module.tags.indices {
      let kind = index < module.importedTagCount ? "const struct apus_tag *" : "struct apus_tag "
      lines.append(("\(kind)tag\(index)", "tag\(index)"))
    }
    if plan.isMany && !plan.referenced.isEmpty {
      lines.append(("struct apus_func funcs[\(plan.referenced.count)]", "funcs"))
    }
    let kept = plan.options.isExact ? "volatile " : ""
    for index in module.data.indices where use.data[index] {
      lines.append(("\(kept)uint32_t data_size\(index)", "data_size\(index)"))
    }
    for (index, segment) in module.elements.enumerated() where isStored(elements: index) {
      if isInState(elements: index) {
        let type = segment.type == .exnref ? "apus_exnref " : "void *"
        lines.append(("\(type)elem\(index)[\(max(segment.elements.count, 1))]", "elem\(index)"))
      }
      if use.elements[index] {
        lines.append(("\(kept)uint32_t elem_size\(index)", "elem_size\(index)"))
      }
    }
    return lines
  }

  /// A table that nothing but calls look at, and whose contents are known, is a constant.
  func isStored(table index: Int) -> Bool {
    closedFunctions(table: index) == nil
  }

  /// In `one`, a global that nothing reads is left out.
  func isStored(global index: Int) -> Bool {
    plan.isMany || plan.isSharedGlobal[index] || use.globals[index] || isReadByConstants[index]
  }

  private static func globalsReadByConstants(_ module: Module) -> [Bool] {
    var isRead = [Bool](repeating: false, count: module.globals.count)
    func mark(_ expression: ConstantExpression) {
      expression.visit { if case .globalGet(let index) = $0 { isRead[Int(index)] = true } }
    }
    module.globalValues.forEach(mark)
    for segment in module.elements {
      segment.elements.forEach(mark)
      if case .active(_, let offset) = segment.mode { mark(offset) }
    }
    for segment in module.data { if case .active(_, let offset) = segment.mode { mark(offset) } }
    return isRead
  }

  /// An element segment that fills a closed table, or that nothing names, is left out.
  func isStored(elements index: Int) -> Bool {
    if use.elements[index] { return true }
    if case .active(let table, _) = module.elements[index].mode {
      return isStored(table: Int(table))
    }
    return false
  }

  /// Of the stored element segments, those that are constant, or only fill a table when the
  /// instance is made, take no room in it.
  func isInState(elements index: Int) -> Bool {
    guard let functions = plainFunctions(index) else { return true }
    return plan.isMany ? use.elements[index] : functions.isEmpty
  }

  // MARK: references to functions in `one`

  /// In `one`, the functions that code, globals or stored segments refer to.
  var referencedInOne: [Int] {
    var isReferenced = use.isReferenced
    for value in module.globalValues {
      for index in value.references { isReferenced[index] = true }
    }
    for (index, segment) in module.elements.enumerated() where isStored(elements: index) {
      for function in segment.elements.flatMap({ $0.references }) { isReferenced[function] = true }
    }
    return isReferenced.indices.filter { isReferenced[$0] }
  }
}
