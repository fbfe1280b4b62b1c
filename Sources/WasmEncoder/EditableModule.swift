// A module as plain values, bodies included, which can be changed and written again.

import WasmModel

/// A module with its instructions. Index spaces begin with the imports, as in the format.
package struct EditableModule: Sendable {
  package struct Function: Sendable {
    package var type: UInt32
    /// Without the parameters.
    package var locals: [ValueType]
    /// Up to the last `end`, which is among them.
    package var body: [CodeInstruction]

    package init(type: UInt32, locals: [ValueType] = [], body: [CodeInstruction]) {
      self.type = type
      self.locals = locals
      self.body = body
    }
  }

  package struct Data: Sendable {
    package var bytes: [UInt8]
    package var mode: DataSegment.Mode

    package init(bytes: [UInt8], mode: DataSegment.Mode) {
      self.bytes = bytes
      self.mode = mode
    }
  }

  package var types: [FunctionType] = []
  package var imports: [Import] = []
  /// What the module defines itself, without the imports, here and below.
  package var functions: [Function] = []
  package var tables: [TableType] = []
  package var memories: [MemoryType] = []
  /// Type indices.
  package var tags: [UInt32] = []
  package var globals: [Global] = []
  package var exports: [Export] = []
  package var start: UInt32?
  package var elements: [ElementSegment] = []
  package var data: [Data] = []
  /// Of the name section, by function index, imports included; shorter where the rest has none.
  package var functionNames: [String] = []

  package init() {}

  /// How many imports are of the kind that an index space counts.
  package func importCount(_ space: IndexSpace) -> Int {
    imports.reduce(0) { count, entry in
      let isCounted =
        switch (entry.kind, space) {
        case (.function, .function), (.table, .table), (.memory, .memory), (.global, .global),
          (.tag, .tag):
          true
        default: false
        }
      return count + (isCounted ? 1 : 0)
    }
  }

  /// The type of a function by its index, imports included.
  package func type(ofFunction index: UInt32) -> FunctionType {
    let imported = imports.compactMap { entry -> UInt32? in
      if case .function(let type) = entry.kind { return type }
      return nil
    }
    let place = Int(index)
    return types[
      Int(place < imported.count ? imported[place] : functions[place - imported.count].type)]
  }

  /// The index of a type, which is added where the module has none such.
  package mutating func typeIndex(_ type: FunctionType) -> UInt32 {
    if let index = types.firstIndex(of: type) { return UInt32(index) }
    types.append(type)
    return UInt32(types.count - 1)
  }

  /// The type of a block with these parameters and results; by an index, which may be a new one, where it needs one.
  package mutating func blockType(_ type: FunctionType) -> BlockType {
    guard type.parameters.isEmpty, type.results.count < 2 else {
      return BlockType(index: typeIndex(type))
    }
    return type.results.first.map { BlockType($0) } ?? .empty
  }

  /// Adds a function, behind all others.
  ///
  /// - Returns: Its index.
  package mutating func define(
    _ type: FunctionType, locals: [ValueType], _ body: [CodeInstruction]
  ) -> UInt32 {
    functions.append(Function(type: typeIndex(type), locals: locals, body: body))
    return UInt32(importCount(.function) + functions.count - 1)
  }
}
