// Computes what is constant while the IR is built, so that checks of constant
// addresses, and conditions, are printed as what they are.
//
// A result can be known although an operand is not: x & 0, or a byte compared with 256.
// C compilers see that, too, and would leave out a load in x; so it is evaluated apart.

import WasmModel

extension IntegerOperator {
  /// The value for two operands of a width; 32-bit ones stand in the low half.
  func evaluate(_ a: UInt64, _ b: UInt64, width: UInt32) -> UInt64 {
    let mask: UInt64 = width == 32 ? 0xffff_ffff : ~0
    let signedA = width == 32 ? Int64(Int32(truncatingIfNeeded: a)) : Int64(bitPattern: a)
    let signedB = width == 32 ? Int64(Int32(truncatingIfNeeded: b)) : Int64(bitPattern: b)
    let count = b & UInt64(width - 1)
    let rest = (UInt64(width) - count) & UInt64(width - 1)
    return switch self {
    case .eqz: a == 0 ? 1 : 0
    case .eq: a == b ? 1 : 0
    case .ne: a != b ? 1 : 0
    case .ltS: signedA < signedB ? 1 : 0
    case .ltU: a < b ? 1 : 0
    case .gtS: signedA > signedB ? 1 : 0
    case .gtU: a > b ? 1 : 0
    case .leS: signedA <= signedB ? 1 : 0
    case .leU: a <= b ? 1 : 0
    case .geS: signedA >= signedB ? 1 : 0
    case .geU: a >= b ? 1 : 0
    case .add: (a &+ b) & mask
    case .sub: (a &- b) & mask
    case .mul: (a &* b) & mask
    case .and: a & b
    case .or: a | b
    case .xor: a ^ b
    case .shl: (a << count) & mask
    case .shrS: UInt64(bitPattern: signedA >> Int64(count)) & mask
    case .shrU: a >> count
    case .rotl: count == 0 ? a : ((a << count) | (a >> rest)) & mask
    case .rotr: count == 0 ? a : ((a >> count) | (a << rest)) & mask
    }
  }

  /// The value where the first operand is anything up to `limit`, if there is just one.
  func evaluate(upTo limit: UInt64, _ b: UInt64, width: UInt32) -> UInt64? {
    let all: UInt64 = width == 32 ? 0xffff_ffff : ~0
    let bits: UInt64 = limit == 0 ? 0 : ~0 >> UInt64(limit.leadingZeroBitCount)
    switch self {
    case .and: return b & bits == 0 ? 0 : nil
    case .or: return b == all ? all : nil
    case .mul: return b == 0 ? 0 : nil
    case .shrU: return limit >> (b & UInt64(width - 1)) == 0 ? 0 : nil
    case .eq: return b > limit ? 0 : nil
    case .ne: return b > limit ? 1 : nil
    case .ltU: return b > limit ? 1 : b == 0 ? 0 : nil
    case .geU: return b > limit ? 0 : b == 0 ? 1 : nil
    case .gtU: return b >= limit ? 0 : nil
    case .leU: return b >= limit ? 1 : nil
    case .ltS, .gtS, .leS, .geS:
      if limit > all >> 1 { return nil }
      let isNegative = b > all >> 1
      switch self {
      case .ltS: return isNegative ? 0 : b > limit ? 1 : b == 0 ? 0 : nil
      case .geS: return isNegative ? 1 : b > limit ? 0 : b == 0 ? 1 : nil
      case .gtS: return isNegative ? 1 : b >= limit ? 0 : nil
      default: return isNegative ? 0 : b >= limit ? 1 : nil
      }
    default: return nil
    }
  }

  /// Whether 0 as second operand leaves the first as it is.
  var hasZeroAsIdentity: Bool {
    switch self {
    case .add, .sub, .or, .xor, .shl, .shrS, .shrU, .rotl, .rotr: true
    default: false
    }
  }

  /// The comparison that is true where this one is false.
  var negation: IntegerOperator? {
    switch self {
    case .eq: .ne
    case .ne: .eq
    case .ltS: .geS
    case .ltU: .geU
    case .gtS: .leS
    case .gtU: .leU
    case .leS: .gtS
    case .leU: .gtU
    case .geS: .ltS
    case .geU: .ltU
    default: nil
    }
  }

  /// The opcode of the comparison that is true where this opcode's is false, if it is one of
  /// integers.
  static func negation(ofOpcode opcode: UInt16) -> UInt16? {
    guard opcode < NodeOp.first else { return nil }
    let fact = InstructionTable.facts[Int(opcode)]
    guard let not = fact.integer?.negation else { return nil }
    return InstructionTable.opcode(of: not, fact.operand0)?.rawValue
  }
}

extension IRBuilder {
  /// What an instruction folds to, if it folds.
  enum Folded {
    case constant(UInt64)
    /// The first operand.
    case operand
    /// The first operand's comparison, with another opcode.
    case negated(UInt16)
    /// An i32 within the first operand, plus a constant.
    case sum(node: UInt32, constant: UInt32)
  }

  /// What an instruction on one operand folds to. Only eqz and i32.wrap_i64 fold where that is no
  /// constant.
  mutating func fold(_ opcode: UInt16, _ a: Node) -> Folded? {
    if opcode == Opcode.i32WrapI64 && a.op != NodeOp.constant { return foldWrap(a) }
    guard let op = facts[Int(opcode)].integer else {
      return a.op == NodeOp.constant ? foldConversion(opcode, a) : nil
    }
    if a.op == NodeOp.constant {
      return .constant(op.evaluate(a.constantBits, 0, width: width(of: opcode)))
    }
    return IntegerOperator.negation(ofOpcode: a.op).map { .negated($0) }
  }

  /// What an instruction folds to whose second operand is a constant.
  mutating func fold(_ opcode: UInt16, _ a: Node, constant b: UInt64) -> Folded? {
    guard let op = facts[Int(opcode)].integer else { return nil }
    let width = width(of: opcode)
    if a.op == NodeOp.constant {
      return .constant(op.evaluate(a.constantBits, b, width: width))
    }
    if b == 0 && op.hasZeroAsIdentity { return .operand }
    if opcode == Opcode.i32Add && a.op == Opcode.i32Add {
      // (x + 336) + 8, as LLVM leaves it where it cannot know of the first sum that it does not wrap.
      let first = ir.nodes[Int(a.b)]
      if first.op == NodeOp.constant { return .sum(node: a.a, constant: first.a &+ UInt32(b)) }
    }
    if op == .shrU && b == 32 && width == 64 { ir.halfShifts += 1 }
    return op.evaluate(upTo: greatest(a), b, width: width).map { .constant($0) }
  }

  /// The bits of an integer instruction's operands.
  private mutating func width(of opcode: UInt16) -> UInt32 {
    facts[Int(opcode)].operand0 == .i64 ? 64 : 32
  }

  /// wrap(extend(x) + c), of which Go makes its addresses, is x + c modulo 2^32.
  private mutating func foldWrap(_ a: Node) -> Folded? {
    func isExtension(_ opcode: UInt16) -> Bool {
      opcode == Opcode.i64ExtendI32S || opcode == Opcode.i64ExtendI32U
    }
    if isExtension(a.op) { return .sum(node: a.a, constant: 0) }
    guard a.op == Opcode.i64Add else { return nil }
    let (first, second) = (ir.nodes[Int(a.a)], ir.nodes[Int(a.b)])
    guard isExtension(first.op), second.op == NodeOp.constant else { return nil }
    return .sum(node: first.a, constant: second.a)
  }

  private mutating func foldConversion(_ opcode: UInt16, _ a: Node) -> Folded? {
    switch Opcode(opcode) {
    case .i32WrapI64: .constant(a.constantBits & 0xffff_ffff)
    case .i64ExtendI32S:
      .constant(UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: a.constantBits))))
    case .i64ExtendI32U: .constant(a.constantBits)
    default: nil
    }
  }

  /// The greatest value that an integer expression can have, as far as it tells itself.
  func greatest(_ node: Node) -> UInt64 {
    var ranges = NoRanges()
    return ir.greatest(node, &ranges)
  }
}

extension Node {
  /// The bits of a constant.
  package var constantBits: UInt64 { UInt64(b) << 32 | UInt64(a) }
}
