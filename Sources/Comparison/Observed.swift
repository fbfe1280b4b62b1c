import WasmEncoder
import WasmModel

/// Modules that any engine can call, and of which everything can be looked at.
public enum Observed {
  /// The module with what keeps engines from calling it, or hides what it does, put in other words; nil where
  /// nothing is. Memories, tables, globals and tags that it imports become its own, vectors cross its border in two
  /// halves, and what is not exported is.
  ///
  /// - Parameter linked: Names of modules that are there to import from.
  public static func module(_ bytes: UnsafeRawBufferPointer, linked: [String] = []) -> [UInt8]? {
    guard var module = try? EditableModule(decoding: bytes) else { return nil }
    let closes = linked.isEmpty && module.closeImports()
    let halves = module.halveVectors(linked: linked)
    let exports = module.exportAll()
    return closes || halves || exports ? module.encoded() : nil
  }

  /// The module without the exports that let others change what it has, and keep a translator from counting on it: those
  /// of memories, tables and tags. Nil where there are none.
  public static func closed(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard var module = try? EditableModule(decoding: bytes) else { return nil }
    let count = module.exports.count
    module.exports.removeAll { $0.kind != .function && $0.kind != .global }
    return module.exports.count < count ? module.encoded() : nil
  }
}

extension EditableModule {
  /// Defines what is imported and no function: memories and tables of the least size, globals that are 0, or, where
  /// they change, the end of a first page, as stack pointers are.
  fileprivate mutating func closeImports() -> Bool {
    var values: [ConstantInstruction] = []
    var (own, ownTables, ownMemories, ownTags) = (
      [Global](), [TableType](), [MemoryType](), [UInt32]()
    )
    for entry in imports {
      switch entry.kind {
      case .function: break
      case .table(let type): ownTables.append(type)
      case .memory(let type): ownMemories.append(type)
      case .tag(let type): ownTags.append(type)
      case .global(let type):
        values.append(.usual(type))
        own.append(Global(type: type, value: ConstantExpression(.usual(type), offset: 0)))
      }
    }
    let count = imports.count
    imports.removeAll {
      if case .function = $0.kind { return false }
      return true
    }
    guard imports.count < count else { return false }
    // Constant expressions may ask imported globals only.
    mapConstants { instruction in
      if case .globalGet(let index) = instruction, Int(index) < values.count {
        return values[Int(index)]
      }
      return instruction
    }
    globals = own + globals
    tables = ownTables + tables
    memories = ownMemories + memories
    tags = ownTags + tags
    return true
  }

  /// Exports each memory, table and global that is not.
  fileprivate mutating func exportAll() -> Bool {
    let before = exports.count
    for (space, kind) in [
      (IndexSpace.memory, Export.Kind.memory), (.table, .table), (.global, .global),
    ] {
      for index in 0..<UInt32(count(space))
      where !exports.contains(where: { $0.kind == kind && $0.index == index }) {
        exports.append(Export(name: "apus:\(kind) \(index)", kind: kind, index: index))
      }
    }
    return exports.count > before
  }
}

extension ConstantInstruction {
  /// What an imported global is.
  fileprivate static func usual(_ type: GlobalType) -> ConstantInstruction {
    let bits: UInt64 = type.isMutable ? 1 << 16 : 0
    switch type.value {
    case .i32: return .i32(UInt32(bits))
    case .i64: return .i64(bits)
    case .f32: return .f32(0)
    case .f64: return .f64(0)
    case .v128: return .v128(low: 0, high: 0)
    default: return .refNull(type.value)
    }
  }
}
