// Atomic accesses, and what waits for another thread.
//
// Each is a call, as far as order goes: nothing passes it. Its operands are entries of `arguments`,
// the address first. The trap of an address that the width does not divide comes before that of one
// outside.

import WasmModel

extension IRBuilder {
  mutating func atomic(_ operation: Operation, _ fact: InstructionFacts) {
    let count = Int(fact.operandCount)
    traceStore(operation, operands: count - 1)
    // Whatever the operands do comes before the checks.
    for index in stack.count - count..<stack.count
    where !stack[index].effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) {
      materialise(index)
    }
    let access = fact.kind == .wait ? nil : checkedAccess(operation, fact.width, count)
    let (first, reads, _, depth) = takeArguments(count)
    var node = Node(
      op: operation.opcode.rawValue, type: fact.result0, effects: [.writes, .traps],
      a: UInt32(operation.flags & 0x3ff), b: first, c: UInt32(count), offset: operation.offset)
    if let access {
      let address = Operand(node: ir.arguments[Int(first)], effects: [], reads: 0)
      ir.arguments[Int(first)] = far(address, access).node
      node.d = access.near
    } else {
      ir.arguments.append(add(.constant(.i64, operation.bits)))
      node.c += 1
    }
    settle(against: .writes)
    // Nothing here moves a memory, and what another thread does to its size is read anew.
    if fact.resultCount > 0 { return push(node, reads: reads, depth: depth) }
    let index = add(node)
    emit(Statement(kind: .effect, a: index))
  }

  /// Emits the checks of an access with `count` operands.
  private mutating func checkedAccess(
    _ operation: Operation, _ width: UInt8, _ count: Int
  ) -> Access {
    let place = stack.count - count
    settleVariable(at: place)
    let access = access(operation, width, addressAt: place)
    let address = stack[place]
    align(address, access)
    if access.isChecked { check(address, access) } else { note(address.node, access) }
    return access
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
}
