// Atomic accesses, and what waits for another thread.
//
// Each is a call, as far as order goes: nothing passes it. Its operands are entries of `arguments`,
// the address first. The trap of an address that the width does not divide comes before that of one
// outside.

import WasmModel

extension IRBuilder {
  mutating func atomic(_ operation: Operation, _ fact: InstructionFacts) {
    let count = Int(fact.operandCount)
    // Whatever the operands do comes before the checks.
    for index in stack.count - count..<stack.count
    where !stack[index].effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) {
      materialise(index)
    }
    let first = UInt32(ir.arguments.count)
    let depth = (stack.count - count..<stack.count).reduce(0) { max($0, stack[$1].depth) } + 1
    var node = Node(
      op: operation.opcode.rawValue, type: fact.result0, effects: [.writes, .traps],
      a: UInt32(operation.flags & 0x3ff), b: first, c: UInt32(count), offset: operation.offset)
    if fact.kind == .wait {
      takeOperands(count)
      ir.arguments.append(constant(operation.bits))
      node.c += 1
    } else {
      node.d = checkedAccess(operation, fact.width, count)
    }
    settle(against: .writes)
    // Nothing here moves a memory, and what another thread does to its size is read anew.
    if fact.resultCount > 0 {
      var reads: UInt64 = 0
      for k in 0..<count { reads |= readsOf(ir.arguments[Int(first) + k]) }
      push(node, reads: reads, depth: depth)
      return
    }
    let index = add(node)
    emit(Statement(kind: .effect, a: index))
  }

  /// Moves the operands on top to `arguments`.
  private mutating func takeOperands(_ count: Int) {
    for k in stack.count - count..<stack.count { ir.arguments.append(stack[k].node) }
    truncateStack(to: stack.count - count)
  }

  /// Emits the checks of an access, and moves its operands to `arguments`; answers its offset.
  private mutating func checkedAccess(_ operation: Operation, _ width: UInt8, _ count: Int)
    -> UInt32
  {
    let place = stack.count - count
    if !isSettledAddress(stack[place]) { materialise(place) }
    let access = access(operation, width, addressAt: place)
    let address = stack[place]
    align(address, access)
    if access.isChecked { check(address, access) } else { note(address.node, access) }
    takeOperands(count)
    ir.arguments[ir.arguments.count - count] = far(address, access).node
    return access.near
  }

  /// Whether an address can be evaluated more than once.
  private mutating func isSettledAddress(_ address: Operand) -> Bool {
    let node = ir.nodes[Int(address.node)]
    return node.op == NodeOp.constant || node.op == NodeOp.variable
  }

  private mutating func align(_ address: Operand, _ access: Access) {
    if access.width == 1 { return }
    let node = ir.nodes[Int(address.node)]
    let mask = UInt64(access.width) - 1
    if node.op == NodeOp.constant, (node.constantBits &+ access.offset) & mask == 0 { return }
    settle(against: .traps)
    emit(
      Statement(
        kind: .align, op: UInt16(access.width), a: address.node, b: UInt32(access.offset & mask)))
  }

  mutating func constant(_ bits: UInt64) -> UInt32 {
    add(
      Node(
        op: NodeOp.constant, type: .i64, effects: [], a: UInt32(truncatingIfNeeded: bits),
        b: UInt32(bits >> 32)))
  }

  mutating func fence(_ operation: Operation) {
    settle(against: .writes)
    emit(Statement(kind: .operation, op: operation.opcode.rawValue, b: UInt32(ir.arguments.count)))
  }
}
