// How great integers can be, as far as expressions say.
//
//     l1 = load8_u(l0)       at most 255
//     (l1 & 15) << 2         at most 60
//     l1 / 10 + 48           at most 73

import WasmModel

/// What is known of variables at the statement at hand.
protocol VariableRanges: ~Copyable {
  /// The greatest value of a variable, as an integer without a sign.
  mutating func greatest(ofVariable variable: UInt32) -> UInt64
}

/// Of no variable anything is known.
struct NoRanges: VariableRanges {
  @inline(__always)
  mutating func greatest(ofVariable variable: UInt32) -> UInt64 { .max }
}

extension FunctionIR {
  /// Operands of operands are looked at so deep.
  private static var greatestDepth: Int { 6 }

  /// The greatest value that an integer expression can have, without a sign; that of its type where nothing is known.
  borrowing func greatest<R: VariableRanges & ~Copyable>(
    _ node: Node, _ ranges: inout R, depth: Int = FunctionIR.greatestDepth
  ) -> UInt64 {
    let all: UInt64 = node.type == .i64 ? ~0 : 0xffff_ffff
    if node.op == NodeOp.constant { return node.constantBits }
    if node.op == NodeOp.variable { return min(ranges.greatest(ofVariable: node.a), all) }
    if depth == 0 { return all }
    if node.op == NodeOp.select {
      return max(
        greatest(nodes[Int(node.b)], &ranges, depth: depth - 1),
        greatest(nodes[Int(node.c)], &ranges, depth: depth - 1))
    }
    guard node.isInstruction else { return all }
    let fact = InstructionTable.facts[Int(node.op)]
    // What these give is what they take, where that is small enough.
    if node.op == Opcode.i64ExtendI32U || node.op == Opcode.i32WrapI64 {
      return min(greatest(nodes[Int(node.a)], &ranges, depth: depth - 1), 0xffff_ffff)
    }
    if fact.bits > 0 { return (1 << UInt64(fact.bits)) - 1 }
    guard fact.operandCount == 2 else { return all }
    let second = nodes[Int(node.b)]
    let constant = second.op == NodeOp.constant ? second.constantBits : nil
    let width: UInt64 = node.type == .i64 ? 64 : 32
    func first(_ ranges: inout R) -> UInt64 {
      greatest(nodes[Int(node.a)], &ranges, depth: depth - 1)
    }
    switch Opcode(node.op) {
    // Divided by 0 they trap.
    case .i32DivU: return first(&ranges) / max(constant ?? 1, 1)
    case .i32RemU: return min(first(&ranges), (constant ?? 0) &- 1)
    default: break
    }
    switch fact.integer {
    case .and:
      return min(first(&ranges), greatest(second, &ranges, depth: depth - 1))
    case .or, .xor:
      let most = first(&ranges) | greatest(second, &ranges, depth: depth - 1)
      return most == 0 ? 0 : ~0 >> UInt64(most.leadingZeroBitCount)
    case .add:
      let (sum, wraps) = first(&ranges).addingReportingOverflow(
        greatest(second, &ranges, depth: depth - 1))
      return wraps || sum > all ? all : sum
    case .mul:
      let (product, wraps) = first(&ranges).multipliedReportingOverflow(
        by: greatest(second, &ranges, depth: depth - 1))
      return wraps || product > all ? all : product
    case .shl:
      guard let constant else { return all }
      let count = constant & (width - 1)
      let most = first(&ranges)
      return most > all >> count ? all : most << count
    case .shrU:
      return constant.map { first(&ranges) >> ($0 & (width - 1)) } ?? first(&ranges)
    default: return all
    }
  }
}
