// Loads and stores, with the checks that they need.

import WasmModel

extension IRBuilder {
  mutating func load(
    _ operation: UnsafePointer<Operation>, _ fact: UnsafePointer<InstructionFacts>
  ) {
    let (operation, fact) = (operation.pointee, fact.pointee)
    let access = access(operation, fact.width, addressAt: stack.count - 1)
    var effects: Effects
    var address: Operand
    if access.isChecked {
      address = popSettledVariable()
      check(address, access)
      address = far(address, access)
      effects = .readsMemory
      settle(against: effects)
    } else {
      let top = pop()
      address =
        context.trapsExactly || access.isWide
        ? far(top, access) : choice(top, operation.opcode.rawValue, access)
      effects = [.readsMemory, context.trapsExactly ? .traps : .trapsOnAccess]
      settle(against: effects)
      effects.formUnion(address.effects)
    }
    push(
      Node(
        op: operation.opcode.rawValue, type: fact.result0, effects: effects, a: address.node,
        b: access.near, c: access.memory, offset: operation.offset),
      reads: address.reads, depth: address.depth + 1)
    if !access.isChecked { note(address.node, access, load: UInt32(ir.nodes.count - 1)) }
  }

  mutating func store(
    _ operation: UnsafePointer<Operation>, _ fact: UnsafePointer<InstructionFacts>
  ) {
    let (operation, fact) = (operation.pointee, fact.pointee)
    traceStore(operation, operands: 1)
    let access = access(operation, fact.width, addressAt: stack.count - 2)
    var address: Operand
    var value: Operand
    if access.isChecked {
      // Whatever the value does comes before the check.
      if !stack[stack.count - 1].effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) {
        materialise(stack.count - 1)
      }
      value = pop()
      address = popSettledVariable()
      stack.append(value)
      check(address, access)
      address = far(address, access)
      value = pop()
    } else {
      value = pop()
      address = pop()
      if !access.isNear { address = far(address, access) }
    }
    settle(against: .writes)
    emit(
      Statement(
        kind: .store, op: operation.opcode.rawValue, a: address.node, b: access.near,
        c: value.node, d: access.memory))
    if !access.isChecked { note(address.node, access) }
  }

  struct Access {
    var offset: UInt64
    var memory: UInt32
    var width: UInt8
    /// Addresses have 64 bits.
    var isWide: Bool
    /// It gets an explicit check.
    var isChecked: Bool
    /// An earlier access says something of it.
    var isKnown = false

    /// Whether the offset fits behind the address in a node; else it is added to it.
    var isNear: Bool { offset <= UInt64(UInt32.max) }
    var near: UInt32 { isNear ? UInt32(offset) : 0 }
  }

  /// The address with an offset of more than 32 bits in it. Behind a check the sum does not wrap.
  mutating func far(_ address: Operand, _ access: Access) -> Operand {
    if access.isNear { return address }
    let offset = add(.constant(.i64, access.offset))
    let sum = add(
      Node(
        op: Opcode.i64Add.rawValue, type: .i64, effects: address.effects, a: address.node, b: offset
      ))
    return Operand(
      node: sum, effects: address.effects, reads: address.reads, depth: address.depth + 1)
  }

  @inline(__always)
  mutating func access(
    _ operation: Operation, _ width: UInt8, addressAt index: Int
  ) -> Access {
    let memory = UInt32(operation.flags & 0x3ff)
    ir.use(memory: memory)
    let plan = memories.base + Int(memory)
    var access = Access(
      offset: operation.bits, memory: memory, width: width, isWide: plan.pointee.isWide,
      isChecked: plan.pointee.strategy == .bounds)
    takeConstant(&access, at: index)
    if !access.isWide { access.isKnown = resolve(&access, at: index) }
    return access
  }

  /// Where the address is a constant in the upper half of 32 bits, as much of it as can becomes part of the offset: where
  /// pointers are no wider, no memory has such offsets, and the C says so.
  @inline(__always)
  private mutating func takeConstant(_ access: inout Access, at index: Int) {
    let node = ir.nodes[Int(stack[index].node)]
    guard node.op == NodeOp.constant, node.constantBits > UInt64(Int32.max) else { return }
    let most = UInt64(UInt32.max)
    let (sum, wraps) = node.constantBits.addingReportingOverflow(access.offset)
    guard !wraps, sum <= most || !access.isWide else { return }
    // Behind 4 GiB: in no memory that has such addresses.
    let rest = sum <= most ? 0 : most
    access.offset = sum - rest
    stack[index].node = add(.constant(node.type, rest))
  }

  /// Gives the access whose address lies at `index` of the stack another address and offset where
  /// that is known to be the same; answers whether anything is known.
  private mutating func resolve(_ access: inout Access, at index: Int) -> Bool {
    guard context.movesConstants else { return false }
    let node = ir.nodes[Int(stack[index].node)]
    guard node.op == NodeOp.variable || node.op == Opcode.i32Add else { return false }
    switch addresses.resolve(
      node, memory: access.memory, offset: access.near, width: access.width, ir.nodes)
    {
    case .known: return true
    case .same(let variable, let offset):
      access.offset = UInt64(offset)
      stack[index] = operand(ofVariable: variable)
      return true
    case .unknown: break
    }
    guard node.op == Opcode.i32Add else { return false }
    let (first, second) = (ir.nodes[Int(node.a)], ir.nodes[Int(node.b)])
    guard second.op == NodeOp.constant, first.op != NodeOp.variable else { return false }
    let offset = UInt64(second.a) + access.offset
    guard greatest(first) + UInt64(second.a) <= UInt64(UInt32.max),
      offset + UInt64(access.width) <= addresses.greatestExtent(ofMemory: access.memory)
    else { return false }
    access.offset = offset
    stack[index].node = node.a
    return false
  }

  /// Where the variable that an address is was set just now to one of two neighbours, that choice
  /// itself: both can then be loaded before it is made.
  private mutating func choice(
    _ address: Operand, _ opcode: UInt16, _ access: Access
  ) -> Operand {
    let variable = ir.nodes[Int(address.node)]
    guard variable.op == NodeOp.variable, ir.statements.count > 0 else { return address }
    let last = ir.statements[ir.statements.count - 1]
    guard last.kind == .set, last.a == variable.a, ir.nodes[Int(last.b)].effects.isEmpty,
      ir.choiceOfWords(
        opcode, memory: access.memory, address: last.b, offset: access.near) != nil
    else { return address }
    let reads = readsOf(last.b)
    if reads & 1 << UInt64(variable.a & 63) != 0 { return address }
    return Operand(node: last.b, effects: [], reads: reads)
  }

  /// Notes an access, if nothing was known of it.
  @inline(__always)
  mutating func note(_ address: UInt32, _ access: Access, load: UInt32? = nil) {
    guard context.movesConstants, !access.isKnown, !access.isWide else { return }
    let node = ir.nodes[Int(address)]
    if node.op == NodeOp.variable {
      addresses.record(
        node.a, memory: access.memory, offset: access.near, width: access.width, &ir.nodes)
    } else if let load {
      addresses.remember(load, ir.nodes)
    }
  }

  /// Emits the check of an access at `address` where one is needed.
  mutating func check(_ address: Operand, _ access: Access) {
    // One that wraps is never inside: no memory has so many bytes.
    let (sum, wraps) = access.offset.addingReportingOverflow(UInt64(access.width))
    let extent = wraps ? .max : sum
    let node = ir.nodes[Int(address.node)]
    let initialSize = memories[Int(access.memory)].initialSize
    if node.op == NodeOp.constant {
      let (end, wraps) = node.constantBits.addingReportingOverflow(extent)
      if !wraps && end <= initialSize { return }
    }
    settle(against: .traps)
    ir.checkCount += 1
    emit(
      Statement(
        kind: .check, a: address.node, b: UInt32(truncatingIfNeeded: extent),
        c: UInt32(extent >> 32), d: access.memory))
    note(address.node, access)
  }
}
