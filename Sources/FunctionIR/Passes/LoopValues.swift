// What the values of a loop are before it begins, and how they go on.

import WasmModel

extension LoopChecks {
  /// What sets a variable in this turn, before the statement at `position`.
  enum Definition {
    case none, unknown
    case statement(Int)
  }

  func definition(
    of variable: UInt32, before position: Int, _ ir: borrowing FunctionIR
  ) -> Definition {
    guard sets(variable) else { return .none }
    for index in stride(from: position - 1, through: start, by: -1) {
      let statement = ir.statements[index]
      guard statement.a == variable, statement.kind == .set || statement.kind == .declare else {
        continue
      }
      return statement.kind == .set && dominates(index, position) ? .statement(index) : .unknown
    }
    return .none
  }

  /// Whether what stands in the loop at `index` has happened in this turn where the later statement at `position` does.
  func dominates(_ index: Int, _ position: Int) -> Bool {
    let scope = scopeOf[index - start]
    var other = position < end ? scopeOf[position - start] : 0
    while other > scope { other = outerScopes[other] }
    return other == scope
  }

  /// What a variable goes on by in each turn; it begins with what it has before the loop.
  func step(of variable: UInt32, _ ir: borrowing FunctionIR) -> Linear? {
    guard case .statement(let last) = definition(of: variable, before: end, ir) else { return nil }
    var (index, position) = (ir.statements[last].b, last)
    var step = Linear()
    for _ in 0..<LoopChecks.greatestDepth {
      let node = ir.nodes[Int(index)]
      let integer = node.isInstruction && node.type == .i32 ? fact(node)?.integer : nil
      if integer == .add || integer == .sub {
        let (first, second) = (ir.nodes[Int(node.a)], ir.nodes[Int(node.b)])
        if second.op == NodeOp.constant {
          step.constant = integer == .add ? step.constant &+ second.a : step.constant &- second.a
          index = node.a
        } else if integer == .sub {
          return nil
        } else if step.pace == Statement.nothing, isInvariant(second) {
          step.pace = node.b
          index = node.a
        } else if step.pace == Statement.nothing, isInvariant(first) {
          step.pace = node.a
          index = node.b
        } else {
          return nil
        }
        continue
      }
      guard node.op == NodeOp.variable else { return nil }
      switch definition(of: node.a, before: position, ir) {
      case .statement(let set): (index, position) = (ir.statements[set].b, set)
      case .none:
        guard node.a == variable else { return nil }
        return Linear(step: step.constant, pace: step.pace)
      case .unknown: return nil
      }
    }
    return nil
  }

  func isInvariant(_ node: Node) -> Bool {
    node.op == NodeOp.variable && !sets(node.a)
  }

  mutating func linear(
    _ index: UInt32, at position: Int, depth: Int = LoopChecks.greatestDepth, _ ir: inout FunctionIR
  ) -> Linear? {
    let node = ir.nodes[Int(index)]
    budget -= 1
    guard depth > 0, budget > 0, node.effects == [] else { return nil }
    if node.op == NodeOp.constant {
      return node.type == .i32 ? Linear(constant: node.a) : Linear(base: index)
    }
    if node.op == NodeOp.variable {
      if !sets(node.a) { return Linear(base: index) }
      switch definition(of: node.a, before: position, ir) {
      case .statement(let set):
        return linear(ir.statements[set].b, at: set, depth: depth - 1, &ir)
      case .none:
        guard var value = step(of: node.a, ir) else { return nil }
        value.base = index
        return value
      case .unknown: return nil
      }
    }
    guard node.isInstruction, let fact = fact(node), fact.operandCount >= 1, fact.operandCount <= 2,
      let a = linear(node.a, at: position, depth: depth - 1, &ir)
    else { return nil }
    if fact.operandCount == 1 { return same(index, node, a, nil, &ir) }
    guard let b = linear(node.b, at: position, depth: depth - 1, &ir) else { return nil }
    guard node.type == .i32, fact.operand0 == .i32 else { return same(index, node, a, b, &ir) }
    let factor = b.base == Statement.nothing && b.isInvariant ? b.constant : nil
    switch fact.integer {
    case .add: return sum(a, b, .add, &ir)
    case .sub: return sum(a, b, .sub, &ir)
    case .mul: if let factor { return product(a, factor, &ir) }
    case .shl: if let factor, factor < 32 { return product(a, 1 << factor, &ir) }
    default: break
    }
    return same(index, node, a, b, &ir)
  }

  /// Of a plain instruction.
  func fact(_ node: Node) -> InstructionFacts? {
    let fact = InstructionTable.facts[Int(node.op)]
    return fact.kind == .plain ? fact : nil
  }

  func sum(
    _ a: Linear, _ b: Linear, _ sign: IntegerOperator, _ ir: inout FunctionIR
  ) -> Linear? {
    let isSum = sign == .add
    var sum = Linear(
      constant: isSum ? a.constant &+ b.constant : a.constant &- b.constant,
      step: isSum ? a.step &+ b.step : a.step &- b.step, pace: a.pace)
    if b.pace != Statement.nothing {
      guard isSum, a.pace == Statement.nothing else { return nil }
      sum.pace = b.pace
    }
    if b.base == Statement.nothing {
      sum.base = a.base
    } else if a.base == Statement.nothing && isSum {
      sum.base = b.base
    } else {
      sum.base = binary(sign, node(Linear(base: a.base), &ir), b.base, &ir)
    }
    return sum
  }

  func product(_ a: Linear, _ factor: UInt32, _ ir: inout FunctionIR) -> Linear? {
    guard a.pace == Statement.nothing else { return nil }
    var product = Linear(constant: a.constant &* factor, step: a.step &* factor)
    if a.base != Statement.nothing {
      product.base = binary(.mul, a.base, constant(factor, &ir), &ir)
    }
    return product
  }

  /// The difference of what the loop does not change.
  func difference(_ a: Linear, _ b: Linear, _ ir: inout FunctionIR) -> Linear {
    sum(first(a), first(b), .sub, &ir) ?? Linear()
  }

  /// What it is in the first turn.
  func first(_ value: Linear) -> Linear {
    Linear(base: value.base, constant: value.constant)
  }

  /// The same instruction of operands that the loop does not change.
  func same(
    _ index: UInt32, _ node: Node, _ a: Linear, _ b: Linear?, _ ir: inout FunctionIR
  ) -> Linear? {
    guard a.isInvariant, b?.isInvariant ?? true else { return nil }
    var copy = node
    copy.a = self.node(a, &ir)
    if let b { copy.b = self.node(b, &ir) }
    if copy.a == node.a && copy.b == node.b { return Linear(base: index) }
    return Linear(base: append(copy, &ir))
  }

  // MARK: nodes

  func append(_ node: Node, _ ir: inout FunctionIR) -> UInt32 {
    ir.nodes.append(node)
    return UInt32(ir.nodes.count - 1)
  }

  func constant(_ value: UInt32, _ ir: inout FunctionIR) -> UInt32 {
    append(.constant(.i32, UInt64(value)), &ir)
  }

  func binary(
    _ integer: IntegerOperator, _ a: UInt32, _ b: UInt32, _ ir: inout FunctionIR
  ) -> UInt32 {
    binary(InstructionTable.opcode(of: integer, .i32)!.rawValue, a, b, &ir)
  }

  func binary(_ opcode: UInt16, _ a: UInt32, _ b: UInt32, _ ir: inout FunctionIR) -> UInt32 {
    append(
      Node(op: opcode, type: .i32, effects: [], a: a, b: b, offset: ir.statements[start].offset),
      &ir)
  }

  /// A power of two by a shift.
  func quotient(_ a: UInt32, _ divisor: UInt32, _ ir: inout FunctionIR) -> UInt32 {
    if divisor == 1 { return a }
    return divisor & (divisor - 1) == 0
      ? binary(.shrU, a, constant(UInt32(divisor.trailingZeroBitCount), &ir), &ir)
      : binary(Opcode.i32DivU.rawValue, a, constant(divisor, &ir), &ir)
  }

  /// What it is before the loop.
  func node(_ value: Linear, _ ir: inout FunctionIR) -> UInt32 {
    if value.base == Statement.nothing { return constant(value.constant, &ir) }
    if value.constant == 0 { return value.base }
    return binary(.add, value.base, constant(value.constant, &ir), &ir)
  }
}
