// One row of the instruction table, and the factories that keep the table short.
//
// A plain instruction is data alone: operands, results, and the C expression for it.
// What needs code of its own is `special`; validator and IR builder switch over that
// enum exhaustively, so that a new case makes the compiler name the places to extend.

/// An opcode: one byte as it is, `0xfc n` as `0x100 + n`.
@frozen @usableFromInline
package struct Opcode: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var rawValue: UInt16
  @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }
  @inlinable package init(_ value: UInt16) { rawValue = value }
}

/// What follows the opcode in the binary format, for plain instructions and accesses.
package enum Immediates: UInt8, Sendable {
  case none, memarg
}

/// Instructions that need code of their own.
@usableFromInline package enum Special: UInt8, Sendable, BitwiseCopyable {
  case unreachable, nop, block, loop, `if`, `else`, end, br, brIf, brTable, `return`, call,
    callIndirect, drop, select, selectTyped, localGet, localSet, localTee, globalGet, globalSet,
    tableGet, tableSet, memorySize, memoryGrow, i32Const, i64Const, f32Const, f64Const, refNull,
    refIsNull, refFunc, memoryInit, dataDrop, memoryCopy, memoryFill, tableInit, elemDrop,
    tableCopy, tableGrow, tableSize, tableFill
}

/// How an instruction is handled.
@usableFromInline package enum InstructionKind: UInt8, Sendable, BitwiseCopyable {
  /// No such opcode.
  case illegal
  /// Known, of a proposal that is not supported.
  case unsupported
  /// Operands to results by a C expression.
  case plain
  case load
  case store
  case special
}

/// One instruction. Source: the specification's "Index of Instructions".
package struct Instruction: Sendable {
  package var opcode: Opcode
  package var name: String
  package var kind: InstructionKind
  package var operands: [ValueType] = []
  package var result: ValueType? = nil
  package var feature: Feature = .core
  package var special: Special = .nop
  /// Bytes that a load or store touches.
  package var width: UInt8 = 0
  /// The C expression of a plain instruction. `$0` is an operand, in parentheses where it
  /// needs them; `%0` an operand that is a whole argument; `@` the trap site.
  /// For loads and stores: the name of the access.
  package var template: StaticString = ""
  /// Whether it may trap (division, conversion; loads and stores are known by their kind).
  package var mayTrap = false
  /// Whether the C expression is an int, 0 or 1.
  package var isBoolean = false

  static func unary(
    _ opcode: UInt16, _ name: String, _ operand: ValueType, _ result: ValueType,
    _ template: StaticString, _ feature: Feature = .core
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [operand], result: result,
      feature: feature, template: template)
  }

  static func trapping(
    _ opcode: UInt16, _ name: String, _ operand: ValueType, _ result: ValueType,
    _ template: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [operand], result: result,
      template: template, mayTrap: true)
  }

  static func test(
    _ opcode: UInt16, _ name: String, _ operand: ValueType, _ template: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [operand], result: .i32,
      template: template, isBoolean: true)
  }

  static func binary(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ template: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [type, type], result: type,
      template: template)
  }

  static func division(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ template: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [type, type], result: type,
      template: template, mayTrap: true)
  }

  static func compare(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ template: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [type, type], result: .i32,
      template: template, isBoolean: true)
  }

  static func load(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ width: UInt8, _ access: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .load, operands: [.i32], result: type,
      width: width, template: access)
  }

  static func store(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ width: UInt8, _ access: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .store, operands: [.i32, type], width: width,
      template: access)
  }

  static func special(
    _ opcode: UInt16, _ name: String, _ special: Special, _ feature: Feature = .core
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .special, feature: feature, special: special)
  }

  static func unsupported(_ opcode: UInt16, _ name: String, _ feature: Feature) -> Instruction {
    Instruction(opcode: Opcode(opcode), name: name, kind: .unsupported, feature: feature)
  }
}
