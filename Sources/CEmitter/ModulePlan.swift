// What every part of the output has to agree on: names, where state lies, the choices.

import WasmModel

/// Choices that shape the C. Source: the options of a translation.
package struct EmitterOptions: Sendable {
  package enum Memory: Sendable { case `guard`, bounds, unchecked }
  package var memory: Memory
  package var isMany: Bool
  package var name: String
  /// Pages that a memory may grow to at most, whatever the module says.
  package var maximumPages: UInt32

  package init(memory: Memory, isMany: Bool, name: String, maximumPages: UInt32 = 65536) {
    self.memory = memory
    self.isMany = isMany
    self.name = name
    self.maximumPages = maximumPages
  }
}

package struct ModulePlan: Sendable {
  package let module: Module
  package let options: EmitterOptions
  /// C names by function index.
  let functionNames: [[UInt8]]
  /// For each type index the first one that is equal.
  let canonicalType: [Int]
  /// For functions that are imported, exported or referenced: their place in `funcs`.
  let referenceIndex: [Int: Int]
  let referenced: [Int]
  /// Imported or exported globals, which are shared by reference.
  let isSharedGlobal: [Bool]

  package init(module: Module, bytes: UnsafeRawBufferPointer, options: EmitterOptions) {
    self.module = module
    self.options = options
    functionNames = Names(module: module, bytes: bytes).functions
    var firstOf: [FunctionType: Int] = [:]
    var canonical: [Int] = []
    for (index, type) in module.types.enumerated() {
      if firstOf[type] == nil { firstOf[type] = index }
      canonical.append(firstOf[type] ?? index)
    }
    canonicalType = canonical
    var wanted = Set(0..<module.importedFunctionCount)
    for export in module.exports where export.kind == .function { wanted.insert(Int(export.index)) }
    for segment in module.elements {
      for element in segment.elements {
        for case .refFunc(let index) in element.instructions { wanted.insert(Int(index)) }
      }
    }
    for value in module.globalValues {
      for case .refFunc(let index) in value.instructions { wanted.insert(Int(index)) }
    }
    referenced = wanted.sorted()
    var places: [Int: Int] = [:]
    for (place, index) in referenced.enumerated() { places[index] = place }
    referenceIndex = places
    var shared = [Bool](repeating: false, count: module.globals.count)
    for index in 0..<module.importedGlobalCount { shared[index] = true }
    for export in module.exports where export.kind == .global { shared[Int(export.index)] = true }
    isSharedGlobal = shared
  }

  package var isMany: Bool { options.isMany }
  /// What stands before the name of a piece of state.
  var state: String { isMany ? "i->" : "" }
  var memory: String { state + "memory0" }

  var memoryPrologue: String {
    switch options.memory {
    case .guard: "  u8 *const m = \(memory)->base;\n  (void)m;\n"
    case .bounds: "  u8 *m = \(memory)->base;\n  u64 n = \(memory)->size;\n  (void)m, (void)n;\n"
    case .unchecked: "  u8 *m = \(memory)->base;\n  (void)m;\n"
    }
  }

  var memoryReload: String {
    switch options.memory {
    case .guard: ""
    case .bounds: "m = \(memory)->base, n = \(memory)->size;\n"
    case .unchecked: "m = \(memory)->base;\n"
    }
  }

  func putName(of function: Int, to text: inout Text) {
    functionNames[function].withUnsafeBufferPointer { text.put($0) }
  }

  func putTable(_ index: Int, to text: inout Text) { text.put(string: "\(state)table\(index)") }

  func putGlobal(_ index: Int, to text: inout Text) {
    text.put(string: globalPlace(index))
  }

  func globalPlace(_ index: Int) -> String {
    if !isSharedGlobal[index] { return "\(state)g\(index)" }
    return "\(state)g\(index)->value.\(module.globals[index].value.member)"
  }

  func putElements(_ segment: Int, to text: inout Text) {
    text.put(string: "\(state)elem\(segment), \(state)elem_size\(segment)")
  }

  func putData(_ segment: Int, to text: inout Text) {
    text.put(string: "data\(segment), \(state)data_size\(segment)")
  }

  func putFunctionReference(_ function: Int, to text: inout Text) {
    text.put(string: reference(function))
  }

  func reference(_ function: Int) -> String { "&\(state)funcs[\(referenceIndex[function] ?? 0)]" }

  /// `static u32 f1(struct app *i, u32 l0, u64 *r1)`.
  func putSignature(of function: Int, named: Bool, to text: inout Text) {
    let type = module.type(ofFunction: function)
    text.put("CODE ")
    text.put(type.results.first?.cType ?? "void")
    text.put(" ")
    putName(of: function, to: &text)
    text.put("(")
    putParameters(type, named: named, to: &text)
    text.put(")")
  }

  /// The parameters of a function in C, without parentheses.
  func putParameters(_ type: FunctionType, named: Bool, to text: inout Text) {
    var isFirst = true
    if isMany {
      text.put(string: "struct \(options.name) *")
      if named { text.put("i") }
      isFirst = false
    }
    for (k, parameter) in type.parameters.enumerated() {
      if !isFirst { text.put(", ") }
      isFirst = false
      text.put(parameter.cType)
      if named { text.put(string: " l\(k)") }
    }
    for (k, result) in type.results.enumerated().dropFirst() {
      if !isFirst { text.put(", ") }
      isFirst = false
      text.put(result.cType)
      text.put(" *")
      if named { text.put(string: "r\(k)") }
    }
    if isFirst { text.put("void") }
  }
}
