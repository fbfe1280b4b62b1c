// Loads and stores, with the checks that they need.

import WasmModel

extension IRBuilder {
  mutating func load(
    _ operation: UnsafePointer<Operation>, _ fact: UnsafePointer<InstructionFacts>
  ) {
    let (operation, fact) = (operation.pointee, fact.pointee)
    ir.usesMemory = true
    var access = Access(offset: operation.a, width: fact.width, site: operation.offset)
    let isKnown = resolve(&access, at: stack.count - 1)
    var effects: Effects
    let address: Operand
    if context.checksBounds {
      address = popSettledVariable()
      check(address, access, isKnown: isKnown)
      effects = .readsMemory
      settle(against: effects)
    } else {
      address = choice(pop())
      effects = [.readsMemory, .trapsOnAccess]
      settle(against: effects)
      effects.formUnion(address.effects)
    }
    push(
      Node(
        op: operation.opcode.rawValue, type: fact.resultType, effects: effects, a: address.node,
        b: access.offset, offset: operation.offset),
      reads: address.reads, depth: address.depth + 1)
    if context.movesConstants && !context.checksBounds && !isKnown {
      note(address.node, access, load: UInt32(ir.nodes.count - 1))
    }
  }

  mutating func store(
    _ operation: UnsafePointer<Operation>, _ fact: UnsafePointer<InstructionFacts>
  ) {
    let (operation, fact) = (operation.pointee, fact.pointee)
    ir.usesMemory = true
    var access = Access(offset: operation.a, width: fact.width, site: operation.offset)
    let isKnown = resolve(&access, at: stack.count - 2)
    let address: Operand
    var value: Operand
    if context.checksBounds {
      // Whatever the value does comes before the check.
      if !stack[stack.count - 1].effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) {
        materialise(stack.count - 1)
      }
      value = pop()
      address = popSettledVariable()
      stack.append(value)
      check(address, access, isKnown: isKnown)
      value = pop()
    } else {
      value = pop()
      address = pop()
    }
    settle(against: .writes)
    emit(
      Statement(
        kind: .store, op: operation.opcode.rawValue, a: address.node, b: access.offset,
        c: value.node, offset: operation.offset))
    if context.movesConstants && !context.checksBounds && !isKnown { note(address.node, access) }
  }

  private struct Access {
    var offset: UInt32
    var width: UInt8
    var site: UInt32
  }

  /// Gives the access whose address lies at `index` of the stack another address and offset where
  /// that is known to be the same; answers whether anything is known.
  private mutating func resolve(_ access: inout Access, at index: Int) -> Bool {
    guard context.movesConstants else { return false }
    let operand = stack[index]
    let node = ir.nodes[Int(operand.node)]
    guard node.op == NodeOp.variable || node.op == IntegerOperator.i32Add else { return false }
    switch addresses.resolve(node, offset: access.offset, width: access.width, ir.nodes) {
    case .known: return true
    case .same(let variable, let offset):
      access.offset = offset
      stack[index] = operandOf(variable)
      return true
    case .unknown: break
    }
    guard node.op == IntegerOperator.i32Add else { return false }
    let (first, second) = (ir.nodes[Int(node.a)], ir.nodes[Int(node.b)])
    guard second.op == NodeOp.constant, first.op != NodeOp.variable else { return false }
    let offset = UInt64(second.a) + UInt64(access.offset)
    guard greatest(first) + UInt64(second.a) <= UInt64(UInt32.max),
      offset + UInt64(access.width) <= addresses.greatestExtent
    else { return false }
    access.offset = UInt32(offset)
    stack[index].node = node.a
    return false
  }

  /// Where the variable that an address is was set just now to one of two neighbours, that choice
  /// itself: both can then be loaded before it is made.
  private mutating func choice(_ address: Operand) -> Operand {
    let variable = ir.nodes[Int(address.node)]
    guard variable.op == NodeOp.variable, ir.statements.count > 0 else { return address }
    let last = ir.statements[ir.statements.count - 1]
    guard last.kind == .set, last.a == variable.a else { return address }
    let sum = ir.nodes[Int(last.b)]
    guard sum.op == IntegerOperator.i32Add else { return address }
    let select = ir.nodes[Int(sum.b)]
    guard select.op == NodeOp.select, sum.effects.isEmpty else { return address }
    let (first, second) = (ir.nodes[Int(select.b)], ir.nodes[Int(select.c)])
    let reads = readsOf(last.b)
    guard first.op == NodeOp.constant, second.op == NodeOp.constant,
      first.a &- second.a == 4 || second.a &- first.a == 4,
      reads & 1 << UInt64(variable.a & 63) == 0
    else { return address }
    return Operand(node: last.b, effects: [], reads: reads)
  }

  private mutating func operandOf(_ variable: UInt32) -> Operand {
    Operand(node: read(variable), effects: [], reads: 1 << UInt64(variable & 63))
  }

  /// Notes an access of which nothing was known.
  private mutating func note(_ address: UInt32, _ access: Access, load: UInt32? = nil) {
    let node = ir.nodes[Int(address)]
    if node.op == NodeOp.variable {
      addresses.record(node.a, offset: access.offset, width: access.width, &ir.nodes)
    } else if let load {
      addresses.remember(load, ir.nodes)
    }
  }

  /// Emits the check of an access at `address` where one is needed.
  private mutating func check(_ address: Operand, _ access: Access, isKnown: Bool) {
    let extent = UInt64(access.offset) + UInt64(access.width)
    let node = ir.nodes[Int(address.node)]
    if node.op == NodeOp.constant && UInt64(node.a) + extent <= context.initialMemory { return }
    settle(against: .traps)
    emit(
      Statement(
        kind: .check, a: address.node, b: UInt32(truncatingIfNeeded: extent),
        c: UInt32(extent >> 32), offset: access.site))
    if context.movesConstants && !isKnown { note(address.node, access) }
  }
}
