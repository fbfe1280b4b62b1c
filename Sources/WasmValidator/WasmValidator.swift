// The specification's section "Validation", "Modules": everything but the bodies.

import WasmModel
import WasmParser

package enum WasmValidator {
  /// Checks all parts of a module but the bodies of its functions.
  package static func validateModule(
    _ module: consuming Module, bytes: UnsafeRawBufferPointer
  ) throws(WasmError) -> ValidatedModule {
    let checker = ModuleChecker(module: module, bytes: bytes)
    try checker.checkTypes()
    try checker.checkTags()
    try checker.checkGlobals()
    try checker.checkExports()
    try checker.checkStart()
    try checker.checkElements()
    try checker.checkData()
    return ValidatedModule(
      module: checker.module, bytes: bytes, declared: checker.declaredFunctions())
  }
}

struct ModuleChecker {
  let module: Module
  let bytes: UnsafeRawBufferPointer

  private func invalid(_ reason: Reason, _ offset: Int) throws(WasmError) -> Never {
    try fail(.invalid, reason, at: offset)
  }

  func checkTypes() throws(WasmError) {
    for (index, type) in module.functions.enumerated() where type >= module.types.count {
      try invalid(.unknownType, offset(ofFunction: index))
    }
    for (index, table) in module.tables.enumerated() {
      if let maximum = table.limits.maximum, maximum < table.limits.minimum {
        try invalid(.minimumGreaterThanMaximum, offset(ofTable: index))
      }
    }
    for (index, memory) in module.memories.enumerated() {
      if memory.pageSize != 1 && memory.pageSize != 1 << 16 {
        try invalid(.customPageSize, offset(ofMemory: index))
      }
      let most = memory.greatestPages
      if memory.limits.minimum > most || memory.limits.maximum ?? 0 > most {
        try invalid(.memorySizeTooLarge, offset(ofMemory: index))
      }
      if let maximum = memory.limits.maximum, maximum < memory.limits.minimum {
        try invalid(.minimumGreaterThanMaximum, offset(ofMemory: index))
      }
      if memory.isShared && memory.limits.maximum == nil {
        try invalid(.sharedMemoryWithoutMaximum, offset(ofMemory: index))
      }
    }
    if module.memories.count > 1000 { try invalid(.tooManyMemories, offset(ofMemory: 1000)) }
  }

  func checkTags() throws(WasmError) {
    for (index, type) in module.tags.enumerated() {
      if type >= module.types.count { try invalid(.unknownType, offset(ofTag: index)) }
      if !module.types[Int(type)].results.isEmpty {
        try invalid(.tagWithResults, offset(ofTag: index))
      }
      let values = module.values(ofTag: index)
      if values.contains(.exnref) || WordLayout(values).size.words > WordLayout.greatestException {
        try fail(.unsupported, .exceptionTooLarge, at: offset(ofTag: index))
      }
    }
  }

  func checkGlobals() throws(WasmError) {
    for (index, value) in module.globalValues.enumerated() {
      let global = module.importedGlobalCount + index
      try check(value, module.globals[global].value, visibleGlobals: global)
    }
  }

  func checkExports() throws(WasmError) {
    // As bytes: Strings are equal by canonical equivalence, names are not.
    var names = Set<[UInt8]>(minimumCapacity: module.exports.count)
    for (index, export) in module.exports.enumerated() {
      let (count, reason): (Int, Reason) =
        switch export.kind {
        case .function: (module.functions.count, .unknownFunction)
        case .table: (module.tables.count, .unknownTable)
        case .memory: (module.memories.count, .unknownMemory)
        case .global: (module.globals.count, .unknownGlobal)
        case .tag: (module.tags.count, .unknownTag)
        }
      if export.index >= count { try invalid(reason, offset(ofExport: index)) }
      if !names.insert(Array(export.name.utf8)).inserted {
        try invalid(.duplicateExportName, offset(ofExport: index))
      }
    }
  }

  func checkStart() throws(WasmError) {
    guard let start = module.start else { return }
    if start >= module.functions.count { try invalid(.unknownFunction, offsetOfStart()) }
    let type = module.type(ofFunction: Int(start))
    if !type.parameters.isEmpty || !type.results.isEmpty {
      try invalid(.startFunction, offsetOfStart())
    }
  }

  func checkElements() throws(WasmError) {
    let globals = module.globals.count
    for segment in module.elements {
      for element in segment.elements {
        try check(element, segment.type, visibleGlobals: globals)
      }
      guard case .active(let table, let offset) = segment.mode else { continue }
      if table >= module.tables.count { try invalid(.unknownTable, offset.offset) }
      if !segment.type.matches(module.tables[Int(table)].element) {
        try invalid(.typeMismatch, offset.offset)
      }
      try check(offset, module.tables[Int(table)].addressType, visibleGlobals: globals)
    }
  }

  func checkData() throws(WasmError) {
    for segment in module.data {
      guard case .active(let memory, let offset) = segment.mode else { continue }
      if memory >= module.memories.count { try invalid(.unknownMemory, offset.offset) }
      try check(
        offset, module.memories[Int(memory)].addressType, visibleGlobals: module.globals.count)
    }
  }

  /// Checks that an expression gives one value of a type.
  private func check(
    _ expression: ConstantExpression, _ type: ValueType, visibleGlobals: Int
  ) throws(WasmError) {
    if let single = expression.single {
      let result = try self.type(of: single, visibleGlobals, at: expression.offset)
      if result != type, !result.matches(type) { try invalid(.typeMismatch, expression.offset) }
      return
    }
    var stack: [ValueType] = []
    for instruction in expression.instructions {
      let result = try self.type(of: instruction, visibleGlobals, at: expression.offset)
      if case .arithmetic = instruction {
        guard stack.popLast() == result, stack.popLast() == result else {
          try invalid(.typeMismatch, expression.offset)
        }
      }
      stack.append(result)
    }
    guard stack.count == 1, stack[0].matches(type) else {
      try invalid(.typeMismatch, expression.offset)
    }
  }

  private func type(
    of instruction: ConstantInstruction, _ visibleGlobals: Int, at offset: Int
  ) throws(WasmError) -> ValueType {
    switch instruction {
    case .i32: return .i32
    case .i64: return .i64
    case .f32: return .f32
    case .f64: return .f64
    case .v128: return .v128
    case .refNull(let type): return type
    case .refFunc(let index):
      if index >= module.functions.count { try invalid(.unknownFunction, offset) }
      return .funcref
    case .globalGet(let index):
      if index >= visibleGlobals { try invalid(.unknownGlobal, offset) }
      let global = module.globals[Int(index)]
      if global.isMutable { try invalid(.constantExpressionRequired, offset) }
      return global.value
    case .arithmetic(let opcode): return InstructionTable.facts[Int(opcode.rawValue)].result0
    }
  }

  /// By function: whether it occurs outside of bodies and the start section.
  func declaredFunctions() -> [Bool] {
    var declared = [Bool](repeating: false, count: module.functions.count)
    func declare(_ expression: ConstantExpression) {
      expression.visit { if case .refFunc(let index) = $0 { declared[Int(index)] = true } }
    }
    for export in module.exports where export.kind == .function {
      declared[Int(export.index)] = true
    }
    module.globalValues.forEach(declare)
    for segment in module.elements { segment.elements.forEach(declare) }
    return declared
  }
}
