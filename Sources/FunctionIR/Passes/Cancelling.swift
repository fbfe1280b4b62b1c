// Operations on two operands that are the same, of which C compilers know the result, and would
// leave out a load in them.

import WasmModel

extension FunctionIR {
  /// Whether a node's value is known although its operands are not: x ^ x, x - x, x < x, or a
  /// choice between x and x.
  mutating func cancels(_ node: Node) -> Bool {
    if node.op == NodeOp.select { return areSame(node.b, node.c) }
    return node.isInstruction && InstructionTable.facts[Int(node.op)].cancels
      && areSame(node.a, node.b)
  }

  /// Whether two expressions are written alike; false for what calls.
  mutating func areSame(_ first: UInt32, _ second: UInt32) -> Bool {
    if first == second { return true }
    let (one, other) = (nodes[Int(first)], nodes[Int(second)])
    guard one.op == other.op, one.type == other.type, shapes[one.op].isComparable else {
      return false
    }
    let count = operandCount(one)
    for k in 0..<4 {
      let (a, b) = (one.field(k), other.field(k))
      if k < count ? !areSame(a, b) : a != b { return false }
    }
    return true
  }
}
