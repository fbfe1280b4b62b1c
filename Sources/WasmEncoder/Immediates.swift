// What stands behind an opcode, and which index spaces its numbers belong to.

import WasmModel

/// What an index counts.
package enum IndexSpace: Sendable, CaseIterable {
  case type, function, table, memory, global, tag, element, data, local, label
}

/// Where in a memory an access is, and what alignment it promises.
package struct MemoryArgument: Hashable, Sendable {
  package var memory: UInt32
  /// The exponent of two.
  package var alignment: UInt32
  package var offset: UInt64

  package init(memory: UInt32 = 0, alignment: UInt32 = 0, offset: UInt64 = 0) {
    self.memory = memory
    self.alignment = alignment
    self.offset = offset
  }
}

/// A clause of try_table.
package struct CatchClause: Hashable, Sendable {
  /// In the order of the binary format.
  package enum Kind: UInt8, Sendable { case tag, tagWithReference, all, allWithReference }
  package var kind: Kind
  /// 0 where it catches all.
  package var tag: UInt32 = 0
  package var label: UInt32

  package init(_ kind: Kind, tag: UInt32 = 0, label: UInt32) {
    self.kind = kind
    self.tag = tag
    self.label = label
  }

  package var hasTag: Bool { kind == .tag || kind == .tagWithReference }
}

package enum Immediates: Hashable, Sendable {
  case none
  case index(UInt32)
  /// In the order of the binary format: type and table, segment and memory, destination and source.
  case indices(UInt32, UInt32)
  case memory(MemoryArgument)
  case memoryLane(MemoryArgument, UInt8)
  case lane(UInt8)
  /// A number's bits, in 32 or 64 of these.
  case number(UInt64)
  /// A constant vector, or the lanes of a shuffle: the lowest byte first.
  case vector(low: UInt64, high: UInt64)
  case block(BlockType)
  case tryTable(BlockType, [CatchClause])
  /// Of br_table; the last one is the default.
  case labels([UInt32])
  /// Of a select.
  case types([ValueType])
  /// Of ref.null.
  case type(ValueType)
}

extension Instruction {
  /// How its immediates are written.
  package enum Encoding: Sendable {
    case none, memory, memoryLane, lane, s32, s64, f32, f64, vector, block, tryTable, labels, types,
      type, fence
    case index(IndexSpace)
    case indices(IndexSpace, IndexSpace)
  }

  package var encoding: Encoding {
    switch kind {
    case .illegal, .unsupported, .plain: .none
    case .lane: .lane
    case .load, .store, .atomic, .wait: .memory
    case .special:
      switch special {
      case .unreachable, .nop, .else, .end, .return, .drop, .select, .refIsNull, .throwRef,
        .legacyCatchAll:
        .none
      case .block, .loop, .if, .legacyTry: .block
      case .br, .brIf, .legacyRethrow, .legacyDelegate: .index(.label)
      case .brTable: .labels
      case .call, .refFunc, .returnCall: .index(.function)
      case .callIndirect, .returnCallIndirect: .indices(.type, .table)
      case .selectTyped: .types
      case .localGet, .localSet, .localTee: .index(.local)
      case .globalGet, .globalSet: .index(.global)
      case .tableGet, .tableSet, .tableGrow, .tableSize, .tableFill: .index(.table)
      case .memorySize, .memoryGrow, .memoryFill: .index(.memory)
      case .i32Const: .s32
      case .i64Const: .s64
      case .f32Const: .f32
      case .f64Const: .f64
      case .refNull: .type
      case .memoryInit: .indices(.data, .memory)
      case .dataDrop: .index(.data)
      case .memoryCopy: .indices(.memory, .memory)
      case .tableInit: .indices(.element, .table)
      case .elemDrop: .index(.element)
      case .tableCopy: .indices(.table, .table)
      case .v128Const, .shuffle: .vector
      case .vectorLoad: .memory
      case .loadLane, .storeLane: .memoryLane
      case .tryTable: .tryTable
      case .throwTag, .legacyCatch: .index(.tag)
      case .fence: .fence
      }
    }
  }
}

/// One instruction of a body.
package struct CodeInstruction: Hashable, Sendable {
  package var opcode: Opcode
  package var immediates: Immediates
  /// Whether it branches, where a branch hint says so.
  package var isLikely: Bool?

  package init(_ opcode: Opcode, _ immediates: Immediates = .none) {
    self.opcode = opcode
    self.immediates = immediates
  }

  /// By its name in the text format, which there has to be: `i32.and`.
  package init(named name: String, _ immediates: Immediates = .none) {
    self.init(CodeInstruction.opcodes[name]!, immediates)
  }

  private static let opcodes = Dictionary(
    Instruction.all.map { ($0.name, $0.opcode) }, uniquingKeysWith: { first, _ in first })

  /// Its row of the instruction table; only opcodes that have one are decoded.
  package var row: Instruction { InstructionTable.rows[Int(opcode.rawValue)]! }

  /// The same with other indices, of types of blocks, too.
  package func mappingIndices(_ map: (IndexSpace, UInt32) -> UInt32) -> CodeInstruction {
    func mapped(_ argument: MemoryArgument) -> MemoryArgument {
      var argument = argument
      argument.memory = map(.memory, argument.memory)
      return argument
    }
    func mapped(_ type: BlockType) -> BlockType {
      type.index.map { BlockType(index: map(.type, UInt32($0))) } ?? type
    }
    var copy = self
    switch immediates {
    case .none, .lane, .number, .vector, .types, .type: break
    case .index(let index):
      if case .index(let space) = row.encoding { copy.immediates = .index(map(space, index)) }
    case .indices(let a, let b):
      if case .indices(let first, let second) = row.encoding {
        copy.immediates = .indices(map(first, a), map(second, b))
      }
    case .memory(let argument): copy.immediates = .memory(mapped(argument))
    case .memoryLane(let argument, let lane):
      copy.immediates = .memoryLane(mapped(argument), lane)
    case .block(let type): copy.immediates = .block(mapped(type))
    case .tryTable(let type, let clauses):
      copy.immediates = .tryTable(
        mapped(type),
        clauses.map { clause in
          CatchClause(
            clause.kind, tag: clause.hasTag ? map(.tag, clause.tag) : 0,
            label: map(.label, clause.label))
        })
    case .labels(let labels): copy.immediates = .labels(labels.map { map(.label, $0) })
    }
    return copy
  }
}
