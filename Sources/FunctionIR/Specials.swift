// The instructions that need code of their own: control, variables, calls, tables.

import WasmModel

extension IRBuilder {
  @inline(__always)
  mutating func special(_ operation: Operation, _ special: Special, _ body: FunctionBody) {
    let offset = operation.offset
    switch special {
    case .nop: break
    case .unreachable:
      settleEffects()
      emit(Statement(kind: .trap))
    case .block: openBlock(operation, .block)
    case .loop: openBlock(operation, .loop)
    case .if: openBlock(operation, .if)
    case .else: elseBlock(operation)
    case .end: closeBlock(operation, body)
    case .br:
      branch(depth: Int(operation.a))
    case .brIf: branchIf(depth: Int(operation.a), operation.flags)
    case .brTable: branchTable(operation, body)
    case .return: leaveFunction()
    case .call: call(operation)
    case .callIndirect: callIndirect(operation)
    case .drop:
      let value = pop()
      if !value.effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) {
        emit(Statement(kind: .effect, a: value.node, b: 1))
      }
    case .select, .selectTyped:
      // Both values are evaluated in Wasm, one in C: what traps or writes goes first.
      for index in [stack.count - 3, stack.count - 2]
      where !stack[index].effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) {
        materialise(index)
      }
      // A condition that makes no difference is evaluated for itself.
      if context.forcesLoads && stack[stack.count - 1].effects.contains(.trapsOnAccess)
        && ir.areSame(stack[stack.count - 3].node, stack[stack.count - 2].node)
      {
        materialise(stack.count - 1)
      }
      let condition = pop()
      let second = pop()
      let first = pop()
      push(
        Node(
          op: NodeOp.select, type: ir.nodes[Int(first.node)].type,
          effects: condition.effects.union(first.effects).union(second.effects),
          a: condition.node, b: first.node, c: second.node),
        reads: condition.reads | first.reads | second.reads,
        depth: max(condition.depth, first.depth, second.depth) + 1)
    case .localGet:
      ir.isRead[Int(operation.a)] = true
      push(variable: operation.a)
    case .localSet: setLocal(operation.a)
    case .localTee:
      setLocal(operation.a)
      push(variable: operation.a)
    case .globalGet:
      let type = context.module.globals[Int(operation.a)]
      if type.isMutable { settle(against: .readsState) }
      push(
        Node(
          op: NodeOp.globalGet, type: type.value, effects: type.isMutable ? .readsState : [],
          a: operation.a))
    case .globalSet:
      traceGlobal(operation.a)
      let value = pop()
      settle(against: .writes)
      emit(Statement(kind: .globalSet, a: operation.a, b: value.node))
    case .i32Const, .i64Const, .f32Const, .f64Const:
      let type: ValueType =
        switch special {
        case .i32Const: .i32
        case .i64Const: .i64
        case .f32Const: .f32
        default: .f64
        }
      push(
        Node(op: NodeOp.constant, type: type, effects: [], a: operation.a, b: operation.b))
    case .returnCall: tailCall(operation)
    case .returnCallIndirect: tailCallIndirect(operation)
    case .tryTable: openTryTable(operation)
    case .throwTag: throwTag(operation)
    case .throwRef: throwRef(operation)
    case .legacyTry: openTry(operation)
    case .legacyCatch: openCatch(operation, tag: operation.a)
    case .legacyCatchAll: openCatch(operation, tag: nil)
    case .legacyRethrow: rethrow(depth: Int(operation.a))
    case .legacyDelegate: delegate(operation)
    case .v128Const: vectorConstant(body.immediates + Int(operation.a))
    case .shuffle: shuffle(operation, body)
    case .vectorLoad: vectorLoad(operation)
    case .loadLane: loadLane(operation)
    case .storeLane: storeLane(operation)
    case .refNull:
      push(
        Node(
          op: NodeOp.refNull, type: operation.type, effects: []))
    case .refFunc:
      push(Node(op: NodeOp.refFunc, type: .funcref, effects: [], a: operation.a))
    case .refIsNull:
      let value = pop()
      push(
        Node(op: NodeOp.refIsNull, type: .i32, effects: value.effects, a: value.node),
        reads: value.reads, depth: value.depth + 1)
    case .memorySize:
      if let pages = memories[Int(operation.a)].reportedPages {
        return push(.constant(.i32, pages))
      }
      ir.use(memory: operation.a)
      settle(against: .readsState)
      push(
        Node(
          op: NodeOp.memorySize, type: memories[Int(operation.a)].addressType,
          effects: .readsState, a: operation.a))
    case .memoryGrow:
      traceBulk(operands: 1)
      if let pages = memories[Int(operation.a)].reportedPages { return growNever(pages) }
      ir.use(memory: operation.a)
      let delta = popGrowth()
      settle(against: .writes)
      pushGrown(
        Node(
          op: NodeOp.memoryGrow, type: memories[Int(operation.a)].addressType, effects: .writes,
          a: delta.node, b: operation.a, offset: offset),
        count: delta.node, reads: delta.reads, depth: delta.depth + 1)
      if context.memoryMoves {
        settleVariable(at: stack.count - 1)
        emit(Statement(kind: .reload))
      }
    case .tableGet:
      let index = pop()
      settle(against: .traps)
      push(
        Node(
          op: NodeOp.tableGet, type: context.module.tables[Int(operation.a)].element,
          effects: index.effects.union([.readsState, .traps]), a: index.node, b: operation.a,
          offset: offset), reads: index.reads, depth: index.depth + 1)
    case .tableSize:
      settle(against: .readsState)
      push(
        Node(
          op: NodeOp.tableSize, type: context.module.tables[Int(operation.a)].addressType,
          effects: .readsState, a: operation.a))
    case .tableGrow:
      traceBulk(operands: 2)
      let delta = popGrowth()
      let value = pop()
      settle(against: .writes)
      pushGrown(
        Node(
          op: NodeOp.tableGrow, type: context.module.tables[Int(operation.a)].addressType,
          effects: .writes, a: value.node, b: delta.node,
          c: operation.a, offset: offset),
        count: delta.node, reads: delta.reads | value.reads,
        depth: max(delta.depth, value.depth) + 1)
    case .tableSet: self.operation(operation, arguments: 2)
    case .tableFill, .tableInit, .tableCopy:
      takeBulkFuel()
      self.operation(operation, arguments: 3)
    case .memoryInit, .memoryCopy, .memoryFill:
      if special != .memoryInit { ir.use(memory: operation.a) }
      if special != .memoryFill { ir.use(memory: operation.b) }
      takeBulkFuel()
      self.operation(operation, arguments: 3)
    case .dataDrop, .elemDrop, .fence: self.operation(operation, arguments: 0)
    }
  }

  /// A statement on memories, tables or segments that leaves no value.
  private mutating func operation(_ operation: Operation, arguments count: Int) {
    traceBulk(operands: count)
    let first = takeArguments(count).first
    settle(against: .writes)
    emit(
      Statement(
        kind: .operation, op: operation.opcode.rawValue, a: operation.a, b: first,
        c: UInt32(count), d: operation.b))
  }

  // MARK: calls

  /// Takes the arguments of a call off the stack.
  mutating func takeArguments(_ count: Int) -> (
    first: UInt32, reads: UInt64, effects: Effects, depth: UInt16
  ) {
    let first = UInt32(ir.arguments.count)
    var reads: UInt64 = 0
    var effects: Effects = []
    var depth: UInt16 = 0
    for k in 0..<count {
      let argument = stack[stack.count - count + k]
      ir.arguments.append(argument.node)
      reads |= argument.reads
      effects.formUnion(argument.effects)
      depth = max(depth, argument.depth)
    }
    truncateStack(to: stack.count - count)
    return (first, reads, effects, depth + 1)
  }

  private mutating func call(_ operation: Operation) {
    let type = signature(ofFunction: Int(operation.a))
    keepFuel()
    let (first, reads, effects, depth) = takeArguments(type.parameterCount)
    finishCall(
      Node(
        op: NodeOp.call, type: type.firstResult, effects: effects.union(.writes),
        a: operation.a, b: first, c: UInt32(type.parameterCount), offset: operation.offset),
      type, reads, depth, after: AfterCall(ofFunction: Int(operation.a), context))
  }

  private mutating func callIndirect(_ operation: Operation) {
    let type = signatures[Int(operation.a)]
    keepFuel()
    settleIndirect(type)
    let count = type.parameterCount + 1
    let (first, reads, effects, depth) = takeArguments(count)
    finishCall(
      Node(
        op: NodeOp.callIndirect, type: type.firstResult,
        effects: effects.union([.writes, .traps]), a: operation.a, b: first, c: UInt32(count),
        d: operation.b, offset: operation.offset),
      type, reads, depth, after: AfterCall(ofType: Int(operation.a), context))
  }

  /// The index is looked up before or after the arguments are evaluated; what could trap in them
  /// goes first.
  mutating func settleIndirect(_ type: Signature) {
    for index in stack.count - type.parameterCount - 1..<stack.count
    where !stack[index].effects.isDisjoint(with: [.traps, .trapsOnAccess, .writes]) {
      materialise(index)
    }
  }

  private mutating func finishCall(
    _ node: Node, _ type: Signature, _ reads: UInt64, _ depth: UInt16, after: AfterCall
  ) {
    settle(against: .writes)
    ir.calls.append(UInt32(ir.nodes.count))
    if type.resultCount == 0 {
      let index = add(node)
      emit(Statement(kind: .effect, a: index))
      emit(after)
    } else if type.resultCount == 1 {
      pushCallResult(node, reads: reads, depth: depth, after: after)
    } else {
      pushCallResults(node, reads: reads, after: after)
    }
  }

  /// The further results follow the arguments, as variables whose address is given.
  private mutating func pushCallResults(_ call: Node, reads: UInt64, after: AfterCall) {
    let type =
      call.op == NodeOp.call
      ? context.module.type(ofFunction: Int(call.a)) : context.module.types[Int(call.a)]
    var node = call
    var variables: [UInt32] = []
    node.b = UInt32(ir.arguments.count)
    for k in 0..<Int(node.c) { ir.arguments.append(ir.arguments[Int(call.b) + k]) }
    for result in type.results.dropFirst() {
      let variable = newVariable(result)
      ir.assigned[Int(variable)] = true
      emit(Statement(kind: .declare, a: variable))
      ir.arguments.append(variable)
      variables.append(variable)
    }
    push(node, reads: reads)
    materialise(stack.count - 1)
    emit(after)
    for variable in variables { push(variable: variable) }
  }

  /// Pushes what memory.grow answers where it fails but for growing by nothing.
  private mutating func growNever(_ pages: UInt64) {
    let delta = pop()
    let (failed, size) = (add(.constant(.i32, 0xffff_ffff)), add(.constant(.i32, pages)))
    push(
      Node(
        op: NodeOp.select, type: .i32, effects: delta.effects, a: delta.node, b: failed, c: size),
      reads: delta.reads, depth: delta.depth + 1)
  }

  // MARK: control

  mutating func openBlock(_ operation: Operation, _ kind: Frame.Kind) {
    let condition = kind == .if ? pop().node : 0
    settleAll()
    var parameterCount = 0
    var resultCount = 0
    let results = UInt32(ir.variables.count)
    var first = results
    // Most blocks have no type, and need no array.
    if operation.blockType != .empty {
      let type = functionType(operation.blockType)
      parameterCount = type.parameters.count
      resultCount = type.results.count
      declareLabelVariables(type.results)
      if kind == .loop {
        first = UInt32(ir.variables.count)
        declareLabelVariables(type.parameters)
      }
    }
    let height = stack.count - parameterCount
    let label = newLabel(isLoop: kind == .loop)
    var savedAt = 0
    switch kind {
    case .loop:
      for k in 0..<parameterCount {
        emitSet(first + UInt32(k), stack[height + k].node)
      }
      settledCount = min(settledCount, height)
      for k in 0..<parameterCount {
        stack[height + k] = operand(ofVariable: first + UInt32(k))
      }
      forgetPath()
      emit(Statement(kind: .loop, a: label))
    case .if:
      savedAt = saved.count
      for k in 0..<parameterCount { saved.append(stack[height + k]) }
      emit(Statement(kind: .if, op: operation.flags, a: condition, b: label))
    default:
      emit(Statement(kind: .block, a: label))
    }
    frames.append(
      Frame(
        kind: kind, label: label, height: height, parameterCount: parameterCount,
        resultCount: resultCount, variables: first, results: results, saved: savedAt))
  }

  private mutating func functionType(_ block: BlockType) -> FunctionType {
    block.index.map { context.module.types[$0] } ?? FunctionType(results: [block.value])
  }

  /// Declares variables for what a label carries.
  private mutating func declareLabelVariables(_ types: [ValueType]) {
    for type in types { emit(Statement(kind: .declare, a: newVariable(type, isLabel: true))) }
  }

  private mutating func elseBlock(_ operation: Operation) {
    var frame = frames[frames.count - 1]
    if operation.flags == 0 { assignResults(frame) }
    truncateStack(to: frame.height)
    for k in 0..<frame.parameterCount { stack.append(saved[frame.saved + k]) }
    forgetPath()
    emit(Statement(kind: .else))
    frame.kind = .else
    frames[frames.count - 1] = frame
  }

  private mutating func closeBlock(_ operation: Operation, _ body: FunctionBody) {
    let frame = frames.removeLast()
    let fallsThrough = operation.flags == 0
    switch frame.kind {
    case .function:
      if fallsThrough { emitReturn(frame.resultCount) }
      return
    case .tryTable: closeTryTable(frame, fallsThrough, body)
    case .legacyTry, .legacyCatch: closeTry(frame, fallsThrough)
    case .block:
      if !ir.labelUsed[Int(frame.label)] && fallsThrough {
        emit(Statement(kind: .endBlock, a: frame.label))
        return
      }
      if fallsThrough { assignResults(frame) }
      emit(Statement(kind: .endBlock, a: frame.label))
    case .loop:
      if fallsThrough { assignResults(frame) }
      emit(Statement(kind: .endLoop, a: frame.label, b: fallsThrough ? 0 : 1))
    case .if:
      if fallsThrough { assignResults(frame) }
      if frame.resultCount > 0 {
        emit(Statement(kind: .else))
        for k in 0..<frame.parameterCount {
          emitSet(frame.results + UInt32(k), saved[frame.saved + k].node)
        }
      }
      saved.truncate(to: frame.saved)
      emit(Statement(kind: .endIf, a: frame.label))
    case .else:
      if fallsThrough { assignResults(frame) }
      saved.truncate(to: frame.saved)
      emit(Statement(kind: .endIf, a: frame.label))
    }
    pushResults(frame)
  }

  /// Pushes what a block that ends here leaves.
  mutating func pushResults(_ frame: Frame) {
    forgetPath()
    truncateStack(to: frame.height)
    for k in 0..<frame.resultCount {
      let variable = frame.results + UInt32(k)
      ir.assigned[Int(variable)] = true  // declared, also where nothing gets here
      push(variable: variable)
    }
  }

  /// Writes the results on top of the stack to a frame's variables.
  mutating func assignResults(_ frame: Frame) {
    assign(frame.results, frame.resultCount)
  }

  /// Sets `count` label variables from the operands on top, which stay there.
  mutating func assign(_ first: UInt32, _ count: Int) {
    let base = stack.count - count
    for k in 0..<count {
      let variable = first + UInt32(k)
      settle(readersOf: variable, in: base + k + 1..<base + count)
      emitSet(variable, stack[base + k].node)
    }
  }

  mutating func branch(depth: Int) {
    let frame = frames[frames.count - 1 - depth]
    if frame.kind == .function { return leaveFunction() }
    settleEffects()
    assign(frame.variables, branchCount(frame))
    emitBranch(to: frame.label)
  }

  private mutating func branchIf(depth: Int, _ hint: UInt16) {
    let frame = frames[frames.count - 1 - depth]
    let count = branchCount(frame)
    if count == 0 && frame.kind != .function {
      let condition = pop()
      settleEffects()
      ir.labelUsed[Int(frame.label)] = true
      emit(Statement(kind: .brIf, op: hint, a: condition.node, b: frame.label))
      return
    }
    // The values are settled; then the branch stands inside an `if`.
    let condition = pop()
    settleAll()
    emit(Statement(kind: .when, op: hint, a: condition.node))
    let kept = stack.count
    if frame.kind == .function {
      emitReturn(frame.resultCount)
    } else {
      assign(frame.variables, count)
      emitBranch(to: frame.label)
    }
    truncateStack(to: kept)
    // What the branch's variables hold now they hold only there.
    forgetPath()
    emit(Statement(kind: .endWhen))
  }

  private mutating func branchTable(_ operation: Operation, _ body: FunctionBody) {
    let index = pop()
    // A target that takes values, or is the function, gets an arm behind the switch that
    // sets them and goes on. The values are settled once, before the index.
    var arms: [(depth: Int, label: UInt32)] = []
    var armOfDepth: [Int: UInt32] = [:]
    let first = UInt32(ir.immediates.count)
    for k in 0...Int(operation.b) {
      let depth = Int(body.immediates[Int(operation.a) + k])
      let frame = frames[frames.count - 1 - depth]
      var label = frame.label
      if frame.kind == .function || branchCount(frame) > 0 {
        if let arm = armOfDepth[depth] {
          label = arm
        } else {
          label = newLabel(isLoop: false)
          armOfDepth[depth] = label
          arms.append((depth, label))
        }
      }
      ir.immediates.append(label)
      ir.labelUsed[Int(label)] = true
    }
    if arms.isEmpty { settleEffects() } else { settleAll() }
    for arm in arms { emit(Statement(kind: .block, a: arm.label)) }
    emit(Statement(kind: .brTable, a: index.node, b: first, c: operation.b))
    for arm in arms.reversed() {
      forgetPath()
      emit(Statement(kind: .endBlock, a: arm.label))
      let kept = stack.count
      branch(depth: arm.depth)
      truncateStack(to: kept)
    }
  }

  /// How many values a branch to a frame carries.
  private mutating func branchCount(_ frame: Frame) -> Int {
    frame.kind == .loop ? frame.parameterCount : frame.resultCount
  }

  private mutating func leaveFunction() { emitReturn(frames[0].resultCount) }

  /// Returns the `count` operands on top.
  private mutating func emitReturn(_ count: Int) {
    traceReturn(count)
    keepFuel()
    if count == 0 {
      settleEffects()
      emit(Statement(kind: .return))
      return
    }
    let base = stack.count - count
    for index in 0..<base
    where !stack[index].effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) {
      materialise(index)
    }
    if count > 1 {
      for index in base..<stack.count where !isSettled(stack[index]) { materialise(index) }
    }
    for k in 1..<count {
      emit(Statement(kind: .setResult, a: UInt32(k), b: stack[base + k].node))
    }
    emit(Statement(kind: .return, a: stack[base].node, b: 1))
  }
}
