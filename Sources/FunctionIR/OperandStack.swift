// The rule for materialising, in one place.
//
// Operands stay expressions on a symbolic stack. An expression is written to a
// temporary only where something evaluated before it would otherwise change places
// with it: a store or call after a load, a set of a local that it reads, a trap that
// must come first. So all that is pending at any moment may be evaluated in any order.

import WasmModel

/// A pending operand: its node, what evaluating it does, and a Bloom filter of the
/// variables that it reads (bit = index modulo 64).
package struct Operand: BitwiseCopyable {
  var node: UInt32
  var effects: Effects
  var reads: UInt64
  /// Nesting of the expression; kept small so that no reader of it recurses deeply.
  var depth: UInt16 = 0
}

extension IRBuilder {
  mutating func operand(_ node: UInt32) -> Operand {
    Operand(node: node, effects: ir.nodes[Int(node)].effects, reads: readsOf(node))
  }

  /// Whether an operand can be evaluated at any later time: a constant or a temporary
  /// that is set once.
  mutating func isSettled(_ operand: Operand) -> Bool {
    let node = ir.nodes[Int(operand.node)]
    if node.isConstant || node.op == NodeOp.refNull { return true }
    return node.op == NodeOp.variable && Int(node.a) >= ir.localCount
      && !isLabelVariable[Int(node.a)]
  }

  /// Writes the operand at `index` to a temporary.
  mutating func materialise(_ index: Int) {
    let pending = stack[index]
    let variable = newVariable(ir.nodes[Int(pending.node)].type)
    emitSet(variable, pending.node)
    let value = read(variable)  // first, since `operand` looks at the nodes as they are then
    stack[index] = operand(value)
  }

  /// Settles everything pending that must not be passed by something with these effects.
  @inline(__always)
  mutating func settle(against effects: Effects) {
    if !effects.isDisjoint(with: [.traps, .writes]) { addresses.passEffect() }
    let conflicts = effects.conflicts
    if conflicts.isEmpty { return }
    settle { !$0.effects.isDisjoint(with: conflicts) }
  }

  /// Settles everything whose evaluation can be noticed, before control leaves.
  mutating func settleEffects() {
    addresses.passEffect()
    settle { !$0.effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) }
  }

  /// Settles everything pending that reads a variable which is about to be set.
  mutating func settle(readersOf variable: UInt32) {
    let bit: UInt64 = 1 << UInt64(variable & 63)
    settle { $0.reads & bit != 0 }
  }

  /// The same for a part of the stack. The filter may take a settled temporary for a
  /// reader; that one stays, since it may belong to a block further out.
  mutating func settle(readersOf variable: UInt32, in range: Range<Int>) {
    let bit: UInt64 = 1 << UInt64(variable & 63)
    for index in range where stack[index].reads & bit != 0 && !isSettled(stack[index]) {
      materialise(index)
    }
  }

  /// Settles everything, at the start of a block.
  mutating func settleAll() {
    addresses.passEffect()
    for index in settledCount..<stack.count where !isSettled(stack[index]) { materialise(index) }
    settledCount = stack.count
  }

  /// Settles what is pending and fits. Where very much is pending, all of it, so that the time
  /// that a function takes does not grow with the square of its length.
  private mutating func settle(where fits: (Operand) -> Bool) {
    if stack.count - settledCount > 256 { return settleAll() }
    for index in settledCount..<stack.count where fits(stack[index]) && !isSettled(stack[index]) {
      materialise(index)
    }
    while settledCount < stack.count && isSettled(stack[settledCount]) { settledCount += 1 }
  }

  mutating func pop() -> Operand {
    let operand = stack.removeLast()
    settledCount = min(settledCount, stack.count)
    return operand
  }

  /// Drops what is above `count` operands.
  mutating func truncateStack(to count: Int) {
    stack.truncate(to: count)
    settledCount = min(settledCount, count)
  }
}
