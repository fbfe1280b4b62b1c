// Which of the supported proposals a module uses.

import WasmModel

extension ValidatedModule {
  /// The proposals that the module uses outside of its bodies.
  package var features: Set<Feature> {
    var features: Set<Feature> = [.core]
    if module.types.contains(where: { $0.results.count > 1 }) { features.insert(.multiValue) }
    if usesMutableGlobals { features.insert(.mutableGlobals) }
    if usesBulkMemory { features.insert(.bulkMemory) }
    if usesReferences { features.insert(.referenceTypes) }
    if module.memories.count > 1 { features.insert(.multiMemory) }
    if usesVectors { features.insert(.simd) }
    if !module.tags.isEmpty { features.insert(.exceptions) }
    if module.memories.contains(where: { $0.addressType == .i64 })
      || module.tables.contains(where: { $0.addressType == .i64 })
    {
      features.insert(.memory64)
    }
    if module.memories.contains(where: { $0.pageSize != 1 << 16 }) {
      features.insert(.customPageSizes)
    }
    if module.memories.contains(where: { $0.isShared }) { features.insert(.threads) }
    if !module.branchHints.isEmpty { features.insert(.branchHints) }
    if module.hasCompactImports { features.insert(.compactImports) }
    if usesExtendedConstants { features.insert(.extendedConstants) }
    return features
  }

  private var usesMutableGlobals: Bool {
    let isImported = module.globals.prefix(module.importedGlobalCount).contains { $0.isMutable }
    return isImported
      || module.exports.contains {
        $0.kind == .global && module.globals[Int($0.index)].isMutable
      }
  }

  private var usesBulkMemory: Bool {
    if module.dataCount != nil { return true }
    for segment in module.data {
      if case .passive = segment.mode { return true }
    }
    for segment in module.elements {
      if case .active = segment.mode { continue }
      return true
    }
    return false
  }

  private var usesReferences: Bool {
    module.tables.count > 1 || module.tables.contains { $0.element == .externref }
      || module.globals.contains { $0.value.isReference }
      || module.types.contains { ($0.parameters + $0.results).contains { $0.isReference } }
      || module.elements.contains { $0.type == .externref }
  }

  private var usesVectors: Bool {
    module.globals.contains { $0.value == .v128 }
      || module.types.contains { ($0.parameters + $0.results).contains(.v128) }
  }

  private var usesExtendedConstants: Bool {
    func isExtended(_ expression: ConstantExpression) -> Bool {
      expression.single == nil
    }
    if module.globalValues.contains(where: isExtended) { return true }
    for segment in module.data {
      if case .active(_, let offset) = segment.mode, isExtended(offset) { return true }
    }
    for segment in module.elements {
      if case .active(_, let offset) = segment.mode, isExtended(offset) { return true }
    }
    return false
  }
}

extension FunctionValidator {
  /// The proposals that the bodies validated so far use.
  package borrowing func features() -> Set<Feature> {
    var features: Set<Feature> = []
    for row in Instruction.all where isSeen[Int(row.opcode.rawValue)] {
      features.insert(row.feature)
    }
    if usesBlockTypes { features.insert(.multiValue) }
    return features
  }
}
