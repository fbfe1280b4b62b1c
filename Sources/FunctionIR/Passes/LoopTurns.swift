// How often a loop goes round, by its last branch.

import WasmModel

extension LoopChecks {
  /// How many turns follow the first one, as a node, under what stands in `conditions`; nil where nobody knows.
  mutating func turns(before last: Int, _ ir: inout FunctionIR) -> Turns? {
    var node = ir.nodes[Int(ir.statements[last - 1].a)]
    var integer = node.isInstruction ? fact(node)?.integer : nil
    if integer == .eqz, node.op == Opcode.i32Eqz {
      let inner = ir.nodes[Int(node.a)]
      guard inner.isInstruction, let opposite = IntegerOperator.negation(ofOpcode: inner.op) else {
        return nil
      }
      node = inner
      integer = InstructionTable.facts[Int(opposite)].integer
    }
    let isComparison =
      switch integer {
      case .ne, .ltS, .ltU, .gtS, .gtU, .leS, .leU, .geS, .geU: true
      default: false
      }
    guard isComparison, let integer else {
      guard let value = linear(ir.statements[last - 1].a, at: last - 1, &ir) else { return nil }
      return turns(until: value, is: Linear(), &ir)
    }
    guard InstructionTable.facts[Int(node.op)].operand0 == .i32,
      let a = linear(node.a, at: last - 1, &ir), let b = linear(node.b, at: last - 1, &ir)
    else { return nil }
    switch integer {
    case .ne: return turns(until: a, is: b, &ir)
    case .ltU, .ltS, .leU, .leS:
      return turns(
        while: a, below: b, isSigned: integer == .ltS || integer == .leS,
        orEqual: integer == .leU || integer == .leS, &ir)
    default:
      return turns(
        while: b, below: a, isSigned: integer == .gtS || integer == .geS,
        orEqual: integer == .geU || integer == .geS, &ir)
    }
  }

  /// Until both are the same: they have to come to be, and not pass each other by.
  mutating func turns(until a: Linear, is b: Linear, _ ir: inout FunctionIR) -> Turns? {
    let approach = a.step &- b.step
    guard approach != 0, a.pace == Statement.nothing, b.pace == Statement.nothing else {
      return nil
    }
    let isFalling = approach >> 31 == 1
    let step = isFalling ? 0 &- approach : approach
    let way = node(isFalling ? difference(a, b, &ir) : difference(b, a, &ir), &ir)
    if step == 1 { return Turns(count: way) }
    let rest =
      step & (step - 1) == 0
      ? binary(.and, way, constant(step - 1, &ir), &ir)
      : binary(Opcode.i32RemU.rawValue, way, constant(step, &ir), &ir)
    conditions.append(
      append(Node(op: Opcode.i32Eqz.rawValue, type: .i32, effects: [], a: rest), &ir))
    return Turns(count: quotient(way, step, &ir))
  }

  /// While `low` is less than `high`, of which one goes towards the other.
  mutating func turns(
    while low: Linear, below high: Linear, isSigned: Bool, orEqual: Bool, _ ir: inout FunctionIR
  ) -> Turns? {
    let isFalling = low.isInvariant
    var (moving, fixed) = isFalling ? (high, low) : (low, high)
    let isPaced = moving.pace != Statement.nothing
    let pace = isFalling ? 0 &- moving.step : moving.step
    guard fixed.isInvariant, isPaced ? !isFalling && pace == 0 : pace != 0 && pace >> 31 == 0
    else { return nil }
    if isSigned {
      moving.constant &+= 1 << 31
      fixed.constant &+= 1 << 31
    }
    let step = isPaced ? Linear(base: moving.pace) : Linear(constant: pace)
    // Else it may wrap and go on.
    let limit =
      isFalling
      ? Linear(constant: orEqual ? pace : pace - 1)
      : difference(Linear(constant: orEqual ? .max : 0), step, &ir)
    guard require(isFalling ? .geU : .leU, fixed, limit, &ir) else { return nil }
    var way = isFalling ? difference(moving, fixed, &ir) : difference(fixed, moving, &ir)
    if !orEqual { way.constant &-= 1 }
    let far =
      isPaced
      ? sum(way, step, .add, &ir) ?? way
      : Linear(base: quotient(node(way, &ir), pace, &ir), constant: 1)
    let comparison: IntegerOperator =
      isFalling ? orEqual ? .geU : .gtU : orEqual ? .leU : .ltU
    let goesOn = binary(comparison, node(first(moving), &ir), node(fixed, &ir), &ir)
    let count = append(
      Node(
        op: NodeOp.select, type: .i32, effects: [], a: goesOn, b: node(far, &ir),
        c: constant(0, &ir)), &ir)
    return Turns(count: count, pace: moving.pace)
  }

  /// Makes a comparison a condition; false where it never holds.
  mutating func require(
    _ comparison: IntegerOperator, _ a: Linear, _ b: Linear, _ ir: inout FunctionIR
  ) -> Bool {
    if a.base == Statement.nothing && b.base == Statement.nothing {
      return comparison.evaluate(UInt64(a.constant), UInt64(b.constant), width: 32) == 1
    }
    conditions.append(binary(comparison, node(a, &ir), node(b, &ir), &ir))
    return true
  }
}
