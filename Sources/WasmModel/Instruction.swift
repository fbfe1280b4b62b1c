// One row of the instruction table, and the factories that keep the table short.
//
// A plain instruction is data alone: operands, results, and the C expression for it.
// What needs code of its own is `special`; validator and IR builder switch over that
// enum exhaustively, so that a new case makes the compiler name the places to extend.

/// An opcode: one byte as it is, or the number behind a prefix, in a page of that prefix's own.
///
///     i32.add       6a       0x06a
///     memory.copy   fc 0a    0x20a
///     v128.load     fd 00    0x300
@frozen @usableFromInline
package struct Opcode: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var rawValue: UInt16
  @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }
  @inlinable package init(_ value: UInt16) { rawValue = value }

  /// The opcode of the number behind a prefix; nil where the prefix's page has no room for it.
  package init?(_ prefix: Prefix, _ number: UInt32) {
    guard number < prefix.count else { return nil }
    rawValue = prefix.first + UInt16(number)
  }

  /// As in the binary format, in hexadecimal: `6a`, `fc 0a`, `fd 101`.
  package var hexadecimal: String {
    guard let prefix = Prefix.allCases.last(where: { $0.first <= rawValue }) else {
      return Opcode.hexadecimal(UInt32(rawValue))
    }
    return prefix.hexadecimal(UInt32(rawValue - prefix.first))
  }

  static func hexadecimal(_ value: UInt32) -> String {
    (value < 16 ? "0" : "") + String(value, radix: 16)
  }
}

/// The opcodes that code names; of integer operators, see `InstructionTable.opcode(of:_:)`.
extension Opcode {
  @inlinable @inline(__always) package static var unreachable: Opcode { Opcode(0x00) }
  @inlinable @inline(__always) package static var block: Opcode { Opcode(0x02) }
  @inlinable @inline(__always) package static var end: Opcode { Opcode(0x0b) }
  @inlinable @inline(__always) package static var call: Opcode { Opcode(0x10) }
  @inlinable @inline(__always) package static var drop: Opcode { Opcode(0x1a) }
  @inlinable @inline(__always) package static var localGet: Opcode { Opcode(0x20) }
  @inlinable @inline(__always) package static var localSet: Opcode { Opcode(0x21) }
  @inlinable @inline(__always) package static var globalGet: Opcode { Opcode(0x23) }
  @inlinable @inline(__always) package static var globalSet: Opcode { Opcode(0x24) }
  @inlinable @inline(__always) package static var i32Load: Opcode { Opcode(0x28) }
  @inlinable @inline(__always) package static var i32Const: Opcode { Opcode(0x41) }
  @inlinable @inline(__always) package static var i64Const: Opcode { Opcode(0x42) }
  @inlinable @inline(__always) package static var f32Const: Opcode { Opcode(0x43) }
  @inlinable @inline(__always) package static var f64Const: Opcode { Opcode(0x44) }
  @inlinable @inline(__always) package static var i32Eqz: Opcode { Opcode(0x45) }
  @inlinable @inline(__always) package static var i32Add: Opcode { Opcode(0x6a) }
  @inlinable @inline(__always) package static var i32DivU: Opcode { Opcode(0x6e) }
  @inlinable @inline(__always) package static var i32RemU: Opcode { Opcode(0x70) }
  @inlinable @inline(__always) package static var i64Add: Opcode { Opcode(0x7c) }
  @inlinable @inline(__always) package static var i64Mul: Opcode { Opcode(0x7e) }
  @inlinable @inline(__always) package static var i32WrapI64: Opcode { Opcode(0xa7) }
  @inlinable @inline(__always) package static var i64ExtendI32S: Opcode { Opcode(0xac) }
  @inlinable @inline(__always) package static var i64ExtendI32U: Opcode { Opcode(0xad) }
  @inlinable @inline(__always) package static var refNull: Opcode { Opcode(0xd0) }
  @inlinable @inline(__always) package static var refFunc: Opcode { Opcode(0xd2) }

  @inlinable @inline(__always) package static var i64MulWideU: Opcode { Opcode(0x216) }

  @inlinable @inline(__always) package static var v128Const: Opcode { Opcode(0x30c) }
  @inlinable @inline(__always) package static var shuffle: Opcode { Opcode(0x30d) }
  @inlinable @inline(__always) package static var f32x4Splat: Opcode { Opcode(0x313) }
  @inlinable @inline(__always) package static var f64x2Splat: Opcode { Opcode(0x314) }
  @inlinable @inline(__always) package static var i64x2Splat: Opcode { Opcode(0x312) }
  @inlinable @inline(__always) package static var i64x2ExtractLane: Opcode { Opcode(0x31d) }
  @inlinable @inline(__always) package static var i64x2ReplaceLane: Opcode { Opcode(0x31e) }

  @inlinable @inline(__always)
  package static func == (code: UInt16, opcode: Opcode) -> Bool { code == opcode.rawValue }
}

/// A byte that makes an opcode of the number behind it.
@usableFromInline @frozen package enum Prefix: UInt8, Sendable, CaseIterable {
  case fb = 0xfb
  case fc = 0xfc
  case fd = 0xfd
  case fe = 0xfe

  /// The bytes from here on are prefixes, or illegal.
  @inlinable @inline(__always) package static var least: Int { 0xfb }

  /// The opcode of number 0.
  package var first: UInt16 {
    switch self {
    case .fb: 0x100
    case .fc: 0x200
    case .fd: 0x300
    case .fe: 0x500
    }
  }

  /// Numbers that have an opcode.
  package var count: UInt16 { self == .fd ? 0x200 : 0x100 }

  /// The proposal of the numbers that have no row of their own; nil where those are illegal.
  package func feature(of number: UInt32) -> Feature? {
    switch self {
    case .fb: 0x20...0x26 ~= number ? .customDescriptors : .garbageCollection
    case .fe: 0x4f...0x8b ~= number ? .sharedEverything : nil
    case .fc, .fd: nil
    }
  }

  /// A number behind this prefix, as in the binary format: `fc 0a`.
  package func hexadecimal(_ number: UInt32) -> String {
    String(rawValue, radix: 16) + " " + Opcode.hexadecimal(number)
  }
}

/// Instructions that need code of their own.
@usableFromInline package enum Special: UInt8, Sendable, BitwiseCopyable {
  case unreachable, nop, block, loop, `if`, `else`, end, br, brIf, brTable, `return`, call,
    callIndirect, drop, select, selectTyped, localGet, localSet, localTee, globalGet, globalSet,
    tableGet, tableSet, memorySize, memoryGrow, i32Const, i64Const, f32Const, f64Const, refNull,
    refIsNull, refFunc, memoryInit, dataDrop, memoryCopy, memoryFill, tableInit, elemDrop,
    tableCopy, tableGrow, tableSize, tableFill, v128Const, shuffle, vectorLoad, loadLane, storeLane,
    tryTable,
    throwTag, throwRef, legacyTry, legacyCatch, legacyCatchAll, legacyRethrow, legacyDelegate,
    returnCall, returnCallIndirect, fence
}

/// How an instruction is handled.
@usableFromInline package enum InstructionKind: UInt8, Sendable, BitwiseCopyable {
  /// No such opcode.
  case illegal
  /// Known, of a proposal that is not supported.
  case unsupported
  /// Operands to results by a C expression.
  case plain
  /// The same, with the number of a lane.
  case lane
  case load
  case store
  /// An access of which its width must divide the address.
  case atomic
  /// The same, by the runtime, with all checks.
  case wait
  case special

  /// Its operands are those of a call.
  package var isAtomic: Bool { self == .atomic || self == .wait }
}

/// An integer operator, whatever its width.
@usableFromInline package enum IntegerOperator: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case eqz, eq, ne, ltS, ltU, gtS, gtU, leS, leU, geS, geU
  case add, sub, mul, and, or, xor, shl, shrS, shrU, rotl, rotr
}

extension IntegerOperator {
  /// Whether the result is known where both operands are the same value.
  var cancels: Bool {
    switch self {
    case .eq, .ne, .ltS, .ltU, .gtS, .gtU, .leS, .leU, .geS, .geU, .sub, .xor: true
    case .eqz, .add, .mul, .and, .or, .shl, .shrS, .shrU, .rotl, .rotr: false
    }
  }
}

/// The floating-point operators of which C compilers may know the result, whatever the width.
@usableFromInline package enum FloatOperator: UInt8, Sendable, BitwiseCopyable {
  case add, sub, mul, div, lt, gt

  /// Whether the result is known where both operands are the same value: not so for NaN.
  var cancels: Bool { self == .lt || self == .gt }
}

/// One instruction. Source: the specification's "Index of Instructions".
package struct Instruction: Sendable {
  package var opcode: Opcode
  package var name: String
  package var kind: InstructionKind
  /// At most four, the first one pushed first.
  package var operands: [ValueType] = []
  /// At most two.
  package var results: [ValueType] = []
  package var feature: Feature = .core
  package var special: Special = .nop
  /// Bytes that a load or store touches.
  package var width: UInt8 = 0
  /// The C expression of a plain instruction. `$0` is the first operand, in parentheses where it
  /// needs them; `%0` the same as a whole argument; `@` the trap site.
  /// For loads and stores: the name of the access. Empty for those of vectors and for atomic accesses:
  /// it is made of the name. For these `&` is the place in C, `^` the memory.
  package var template: StaticString = ""
  /// Whether it may trap (division, conversion; loads and stores are known by their kind).
  package var mayTrap = false
  /// Whether the C expression is an int, 0 or 1.
  package var isBoolean = false
  /// Low bytes of an operand on which its value is sure to depend, where `integer` does not tell:
  /// 4 for i32.wrap_i64, 0 for i32.clz, whose value may be known to lie in a range.
  package var kept: UInt8 = InstructionFacts.allBytes
  /// Whether its value may depend on parts of its operands alone, or none: for shuffles.
  package var isPartial = false
  /// Whether compilers know its value where both operands are the same.
  package var cancels = false
  /// Lanes of the vector that the number behind it chooses from; 0 where there is none.
  package var lanes: UInt8 = 0
  /// What an access of a part of a vector is made of: the load or store of a number, and what makes a
  /// vector of it, or a number of a lane.
  package var parts: (access: Opcode, lanes: Opcode)? = nil
  /// What it computes, where it is one of those that are computed while translating, too.
  package var integer: IntegerOperator? = nil
  package var float: FloatOperator? = nil
  /// Bits that may be set in its result, from the lowest on; 0 where that may be all.
  package var bits: UInt8 = 0
  /// Where it has two results, the low half and the high half of one number: what computes the low
  /// one, from the low halves of the operands. The C expression is the high one.
  package var lowHalf: IntegerOperator? = nil

  static func unary(
    _ opcode: UInt16, _ name: String, _ operand: ValueType, _ result: ValueType,
    _ template: StaticString, _ feature: Feature = .core
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [operand], results: [result],
      feature: feature, template: template)
  }

  /// The same instruction, which wants only these low bytes of its operands.
  func keeping(_ bytes: UInt8) -> Instruction {
    var instruction = self
    instruction.kept = bytes
    return instruction
  }

  /// The same instruction, whose result has no more than these bits.
  func upTo(bits: UInt8) -> Instruction {
    var instruction = self
    instruction.bits = bits
    return instruction
  }

  static func trapping(
    _ opcode: UInt16, _ name: String, _ operand: ValueType, _ result: ValueType,
    _ template: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [operand], results: [result],
      template: template, mayTrap: true)
  }

  static func test(
    _ opcode: UInt16, _ name: String, _ operand: ValueType, _ template: StaticString,
    _ integer: IntegerOperator
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [operand], results: [.i32],
      template: template, isBoolean: true, integer: integer, bits: 1)
  }

  static func binary(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ template: StaticString,
    _ integer: IntegerOperator? = nil, float: FloatOperator? = nil
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [type, type], results: [type],
      template: template, integer: integer, float: float)
  }

  static func division(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ template: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [type, type], results: [type],
      template: template, mayTrap: true)
  }

  static func compare(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ template: StaticString,
    _ integer: IntegerOperator? = nil, float: FloatOperator? = nil
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain, operands: [type, type], results: [.i32],
      template: template, isBoolean: true, integer: integer, float: float, bits: 1)
  }

  static func load(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ width: UInt8, _ access: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .load, operands: [.i32], results: [type],
      width: width, template: access)
  }

  /// A load that fills its result up with zeros.
  static func unsignedLoad(
    _ opcode: UInt16, _ name: String, _ type: ValueType, _ width: UInt8, _ access: StaticString
  ) -> Instruction {
    load(opcode, name, type, width, access).upTo(bits: width * 8)
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

  /// Of 128 bits, in halves of i64.
  static func wide(
    _ opcode: UInt16, _ name: String, operands: Int, _ lowHalf: IntegerOperator,
    _ template: StaticString
  ) -> Instruction {
    Instruction(
      opcode: Opcode(opcode), name: name, kind: .plain,
      operands: Array(repeating: .i64, count: operands), results: [.i64, .i64],
      feature: .wideArithmetic, template: template, isPartial: true, lowHalf: lowHalf)
  }

  static func unsupported(_ opcode: UInt16, _ name: String, _ feature: Feature) -> Instruction {
    Instruction(opcode: Opcode(opcode), name: name, kind: .unsupported, feature: feature)
  }
}
