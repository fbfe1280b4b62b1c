// Operations on two operands that are the same, of which C compilers know the result, and would
// leave out a load in them.

import WasmModel

extension FunctionIR {
  /// Whether a node's value is known although its operands are not: x ^ x, x - x, x < x, or a
  /// choice between x and x.
  func cancels(_ node: Node) -> Bool {
    switch node.op {
    case 0x46...0x4f, 0x51...0x5a, 0x6b, 0x73, 0x7d, 0x85, 0x5d, 0x5e, 0x63, 0x64:
      return areSame(node.a, node.b)
    case NodeOp.select: return areSame(node.b, node.c)
    default: return false
    }
  }

  /// Whether two expressions are written alike; false for what calls.
  func areSame(_ first: UInt32, _ second: UInt32) -> Bool {
    if first == second { return true }
    let (one, other) = (nodes[Int(first)], nodes[Int(second)])
    guard one.op == other.op, one.type == other.type else { return false }
    switch one.op {
    case NodeOp.variable, NodeOp.globalGet: return one.a == other.a
    case NodeOp.constant: return one.a == other.a && one.b == other.b
    case NodeOp.select:
      return areSame(one.a, other.a) && areSame(one.b, other.b) && areSame(one.c, other.c)
    case ..<NodeOp.constant:
      let fact = InstructionTable.facts[Int(one.op)]
      if fact.kind == .load { return one.b == other.b && areSame(one.a, other.a) }
      return areSame(one.a, other.a) && (fact.operandCount < 2 || areSame(one.b, other.b))
    default: return false
    }
  }
}
