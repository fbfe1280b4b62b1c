// Sections that declare: types, imports, functions, tables, memories, globals, exports.

import WasmModel

extension ModuleParser {
  mutating func readTypes(_ section: inout ByteReader) throws(WasmError) {
    let count = try section.u32()
    for _ in 0..<count { module.append(group: [try section.functionType()]) }
  }

  mutating func readImports(_ section: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try section.u32()) { try readImport(&section) }
    module.importedFunctionCount = module.functions.count
    module.importedTableCount = module.tables.count
    module.importedMemoryCount = module.memories.count
    module.importedGlobalCount = module.globals.count
    module.importedTagCount = module.tags.count
  }

  /// One import, or several from one module: where the name is empty, 7f stands before names with
  /// kinds, 7e before one kind and names.
  private mutating func readImport(_ section: inout ByteReader) throws(WasmError) {
    let offset = section.offset
    let moduleName = try section.name()
    let name = try section.name()
    let code = section.isAtEnd ? 0 : section.next.pointee
    guard name.isEmpty, code == 0x7f || code == 0x7e else {
      let kind = try readImportKind(&section)
      module.imports.append(
        Import(module: moduleName, name: name, kind: kind, offset: offset))
      return
    }
    _ = try section.byte()
    module.hasCompactImports = true
    let shared = section
    if code == 0x7e { try skipImportKind(&section) }
    for _ in 0..<(try section.u32()) {
      let offset = section.offset
      let name = try section.name()
      // A kind that is shared is read again for each.
      var own = shared
      let kind =
        code == 0x7e ? try readImportKind(&own) : try readImportKind(&section)
      module.imports.append(
        Import(module: moduleName, name: name, kind: kind, offset: offset))
    }
  }

  private mutating func skipImportKind(_ section: inout ByteReader) throws(WasmError) {
    var other = ModuleParser(reader: section)
    _ = try other.readImportKind(&section)
  }

  private mutating func readImportKind(
    _ section: inout ByteReader
  ) throws(WasmError) -> Import.Kind {
    let offset = section.offset
    switch try section.byte() {
    case 0:
      let type = try section.u32()
      module.functions.append(type)
      return .function(type: type)
    case 1:
      let type = try section.tableType()
      module.tables.append(type)
      return .table(type)
    case 2:
      let type = try section.memoryType()
      module.memories.append(type)
      return .memory(type)
    case 3:
      let type = try section.globalType()
      module.globals.append(type)
      return .global(type)
    case 4:
      let type = try section.tagType()
      module.tags.append(type)
      return .tag(type: type)
    default: try fail(.malformed, .malformedImportKind, at: offset)
    }
  }

  mutating func readFunctions(_ section: inout ByteReader) throws(WasmError) {
    let count = try section.u32()
    module.functions.reserveCapacity(
      module.functions.count + min(Int(count), section.remaining))
    for _ in 0..<count { module.functions.append(try section.u32()) }
    declaredFunctions = Int(count)
  }

  mutating func readTables(_ section: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try section.u32()) {
      if section.remaining > 1, section.next[0] == 0x40 {
        if section.next[1] != 0 { try section.malformed(.malformedTable) }
        try fail(.unsupported, .unsupported(.functionReferences), at: section.offset)
      }
      module.tables.append(try section.tableType())
    }
  }

  mutating func readMemories(_ section: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try section.u32()) { module.memories.append(try section.memoryType()) }
  }

  mutating func readTags(_ section: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try section.u32()) { module.tags.append(try section.tagType()) }
  }

  mutating func readGlobals(_ section: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try section.u32()) {
      module.globals.append(try section.globalType())
      module.globalValues.append(try section.constantExpression())
    }
  }

  mutating func readExports(_ section: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try section.u32()) {
      let name = try section.name()
      let offset = section.offset
      let code = try section.byte()
      guard let kind = Export.Kind(rawValue: code) else {
        try fail(.malformed, .malformedExportKind, at: offset)
      }
      module.exports.append(Export(name: name, kind: kind, index: try section.u32()))
    }
  }
}
