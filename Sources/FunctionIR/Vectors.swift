// Instructions on vectors that are no plain ones: lanes, shuffles, and accesses of parts of a vector,
// which become the access of a number and what makes a vector of it.

import WasmModel

extension IRBuilder {
  mutating func vectorConstant(_ words: UnsafePointer<UInt32>) {
    push(
      Node(
        op: NodeOp.vector, type: .v128, effects: [], a: words[0], b: words[1], c: words[2],
        d: words[3]))
  }

  /// Takes or sets a lane, whose number is the field behind the operands.
  mutating func lane(_ operation: Operation, _ fact: InstructionFacts) {
    if fact.operandCount == 2 { return replaceLane(operation.opcode, operation.a) }
    let vector = pop()
    push(
      Node(
        op: operation.opcode.rawValue, type: fact.result0, effects: vector.effects, a: vector.node,
        b: operation.a), reads: vector.reads, depth: vector.depth + 1)
  }

  private mutating func replaceLane(_ opcode: Opcode, _ lane: UInt32) {
    let value = pop()
    let vector = pop()
    push(
      Node(
        op: opcode.rawValue, type: .v128, effects: vector.effects.union(value.effects),
        a: vector.node, b: value.node, c: lane), reads: vector.reads | value.reads,
      depth: max(vector.depth, value.depth) + 1)
  }

  mutating func shuffle(_ operation: Operation, _ body: FunctionBody) {
    let b = pop()
    let a = pop()
    let first = UInt32(ir.immediates.count)
    for k in 0..<4 { ir.immediates.append(body.immediates[Int(operation.a) + k]) }
    push(
      Node(
        op: operation.opcode.rawValue, type: .v128, effects: a.effects.union(b.effects),
        a: a.node, b: b.node, c: first), reads: a.reads | b.reads, depth: max(a.depth, b.depth) + 1)
  }

  /// The same access by another opcode.
  private mutating func access(_ operation: Operation, _ opcode: Opcode) {
    var part = operation
    part.opcode = opcode
    let fact = facts + Int(opcode.rawValue)
    if fact.pointee.kind == .load { load(&part, fact) } else { store(&part, fact) }
  }

  /// v128.load8_splat, load8x8_s, load32_zero …
  mutating func vectorLoad(_ operation: Operation) {
    guard let parts = InstructionTable.rows[Int(operation.opcode.rawValue)]?.parts else { return }
    let fact = facts[Int(parts.lanes.rawValue)]
    access(operation, parts.access)
    // What is no splat goes to the lowest lane of zeros.
    if fact.operand0 == .v128 {
      let value = pop()
      push(.zero(.v128))
      stack.append(value)
      replaceLane(fact.kind == .lane ? parts.lanes : .i64x2ReplaceLane, 0)
      if fact.kind == .lane { return }
    }
    let value = pop()
    push(
      Node(op: parts.lanes.rawValue, type: .v128, effects: value.effects, a: value.node),
      reads: value.reads, depth: value.depth + 1)
  }

  mutating func loadLane(_ operation: Operation) {
    guard let parts = InstructionTable.rows[Int(operation.opcode.rawValue)]?.parts else { return }
    // The vector was evaluated before the access.
    let top = stack[stack.count - 1]
    if !top.effects.isEmpty && !isSettled(top) { materialise(stack.count - 1) }
    let vector = pop()
    access(operation, parts.access)
    let value = pop()
    stack.append(vector)
    stack.append(value)
    replaceLane(parts.lanes, UInt32(operation.flags >> 10))
  }

  mutating func storeLane(_ operation: Operation) {
    guard let parts = InstructionTable.rows[Int(operation.opcode.rawValue)]?.parts else { return }
    let vector = pop()
    let fact = facts[Int(parts.lanes.rawValue)]
    push(
      Node(
        op: parts.lanes.rawValue, type: fact.result0, effects: vector.effects, a: vector.node,
        b: UInt32(operation.flags >> 10)), reads: vector.reads, depth: vector.depth + 1)
    access(operation, parts.access)
  }
}
