// How much of a value the result of an operator is sure to depend on.
//
// A C compiler leaves a load out where nothing depends on it, and loads fewer bytes where only
// some are wanted; either way a trap is lost. So an expression is walked from its root with the
// number of low bytes that are wanted of it, and a load counts as wanted only where that is all
// that it loads: `(x & 255) + 1` wants one byte of x, `clz(x) > 40` none for sure.

import WasmModel

/// What is wanted of values, and the widths of those that variables hold.
struct Kept: ~Copyable {
  /// All of a value.
  static var all: Int { Int(InstructionFacts.allBytes) }

  /// By variable: bytes from which its values come, at most: those of loads, else all.
  private var widths = Buffer<UInt8>(capacity: 256)
  /// By variable: `known` where what it has follows from constants, as a compiler may find out, `unknown` where not, and
  /// until somebody asks the node of the only set.
  private var definitions = Buffer<UInt32>(capacity: 256)
  private static let known = UInt32.max
  private static let unknown = UInt32.max - 1
  /// Variables that are set from one another and followed.
  private static let greatestDepth = 64
  private let facts = InstructionTable.facts

  mutating func prepare(_ ir: inout FunctionIR) {
    widths.removeAll()
    widths.append(repeating: 0, count: ir.variables.count)
    definitions.removeAll()
    definitions.append(repeating: Kept.known, count: ir.variables.count)
    for variable in 0..<ir.parameterCount {
      widths[variable] = UInt8(Kept.all)
      definitions[variable] = Kept.unknown
    }
    for index in 0..<ir.statements.count where ir.statements[index].kind == .set {
      let statement = ir.statements[index]
      let node = ir.nodes[Int(statement.b)]
      // What another variable holds may not be known yet.
      let width =
        node.isConstant
        ? 0 : node.op == NodeOp.variable ? UInt8(Kept.all) : UInt8(width(statement.b, &ir))
      widths[Int(statement.a)] = max(widths[Int(statement.a)], width)
      let isFirst = definitions[Int(statement.a)] == Kept.known
      definitions[Int(statement.a)] = isFirst ? statement.b : Kept.unknown
    }
  }

  /// Whether an expression is made of constants, of locals that are never set, which are zero, and of variables that are
  /// set but once, from such.
  private mutating func isKnown(
    _ index: UInt32, depth: Int = Kept.greatestDepth, _ ir: inout FunctionIR
  ) -> Bool {
    let node = ir.nodes[Int(index)]
    if node.op == NodeOp.variable { return isKnown(variable: Int(node.a), depth, &ir) }
    if node.isConstant { return true }
    guard node.op == NodeOp.select || node.isInstruction && facts[Int(node.op)].kind == .plain
    else { return false }
    for k in 0..<ir.operandCount(node) {
      if !isKnown(ir.operand(k, of: node), depth: depth, &ir) { return false }
    }
    return true
  }

  private mutating func isKnown(variable: Int, _ depth: Int, _ ir: inout FunctionIR) -> Bool {
    let definition = definitions[variable]
    if definition == Kept.known || definition == Kept.unknown { return definition == Kept.known }
    // Of one that is set from itself nothing is known.
    definitions[variable] = Kept.unknown
    if depth > 0 && isKnown(definition, depth: depth - 1, &ir) {
      definitions[variable] = Kept.known
    }
    return definitions[variable] == Kept.known
  }

  /// Bytes that a value comes from, at most, if it is a load or a variable.
  mutating func width(_ index: UInt32, _ ir: inout FunctionIR) -> Int {
    let node = ir.nodes[Int(index)]
    if node.op == NodeOp.variable { return Int(widths[Int(node.a)]) }
    if node.isInstruction, facts[Int(node.op)].kind == .load {
      return Int(facts[Int(node.op)].width)
    }
    return Kept.all
  }

  /// Low bytes of operand `k` (0 or 1) of a plain instruction that are wanted for sure where
  /// `kept` bytes of its result are.
  @inline(__always)
  mutating func operand(_ k: Int, of node: Node, _ kept: Int, _ ir: inout FunctionIR) -> Int {
    if kept == Kept.all && facts[Int(node.op)].keepsAll { return kept }
    return part(ofOperand: k, of: node, kept, &ir)
  }

  @inline(never)
  private mutating func part(
    ofOperand k: Int, of node: Node, _ kept: Int, _ ir: inout FunctionIR
  ) -> Int {
    let fact = facts[Int(node.op)]
    // Of the high half of small numbers compilers know that it is 0.
    if kept == 0 || fact.isPartial { return 0 }
    let other = ir.nodes[Int(k == 0 ? node.b : node.a)]
    if fact.operandCount == 2 && other.op == NodeOp.vector { return 0 }
    let constant =
      fact.operandCount == 2 && other.op == NodeOp.constant ? other.constantBits : nil
    // Times 0, modulo 1: the compiler may know what we do not.
    let isSum = fact.integer == .add || fact.integer == .sub || fact.integer == .xor
    if fact.operandCount == 2, constant == nil, !isSum, isKnown(k == 0 ? node.b : node.a, &ir) {
      return 0
    }
    guard let integer = fact.integer else {
      if fact.kept == 0 && fact.operandCount == 2 && constant == nil { return Kept.all }
      return min(Int(fact.kept), kept < Kept.all && fact.kept < Kept.all ? kept : Kept.all)
    }
    switch integer {
    case .add, .sub, .xor: return kept
    case .eqz: return Kept.all
    case .rotl, .rotr: return k == 0 ? Kept.all : 0
    case .shl:
      guard k == 0 else { return 0 }
      return constant.map { $0 <= 7 } ?? true ? kept : 0
    case .shrS, .shrU:
      guard k == 0 else { return 0 }
      return constant.map { $0 <= 7 } ?? true ? Kept.all : 0
    case .mul: return constant.map { $0 != 0 && $0.trailingZeroBitCount <= 7 } ?? true ? kept : 0
    case .and: return bytes(wantedBy: constant, fact, kept)
    // Where a bit is set, comparisons may be known.
    case .or: return constant == nil || constant == 0 ? kept : 0
    default:
      guard let constant else { return Kept.all }
      let operand = k == 0 ? node.a : node.b
      return isOpen(integer, constant, width(operand, &ir), fact) ? Kept.all : 0
    }
  }

  /// The low bytes that a mask wants, if it wants something of each of them.
  private mutating func bytes(
    wantedBy mask: UInt64?, _ fact: InstructionFacts, _ kept: Int
  ) -> Int {
    guard let mask else { return kept }
    var count = 0
    while count < min(kept, fact.operand0 == .i64 ? 8 : 4), mask >> UInt64(count * 8) & 255 != 0 {
      count += 1
    }
    return count == (fact.operand0 == .i64 ? 8 : 4) ? kept : count
  }

  /// Whether a comparison with a constant may have either result, for values of so many bytes.
  private mutating func isOpen(
    _ integer: IntegerOperator, _ constant: UInt64, _ width: Int, _ fact: InstructionFacts
  ) -> Bool {
    if constant > 0 && constant < 127 { return true }
    let isWhole = width >= (fact.operand0 == .i64 ? 8 : 4)
    switch integer {
    case .eq, .ne: return constant == 0 || isWhole
    case .gtU, .leU, .gtS, .leS: return constant == 0 || isWhole && !isExtreme(constant, fact)
    case .ltS, .geS: return isWhole && !isExtreme(constant, fact)
    default: return constant != 0 && isWhole && !isExtreme(constant, fact)
    }
  }

  private mutating func isExtreme(_ constant: UInt64, _ fact: InstructionFacts) -> Bool {
    let all: UInt64 = fact.operand0 == .i64 ? ~0 : 0xffff_ffff
    return constant == all || constant == all >> 1 || constant == all >> 1 + 1
  }
}
