// Builds the IR of one function from its validated operations.

import WasmModel

/// What the builder has to know about the module and the options.
package struct BuilderContext {
  package let module: Module
  /// By memory.
  package let memories: [MemoryPlan]
  /// A load that the hardware checks traps as a division does: in its place, and for itself.
  package let trapsExactly: Bool
  /// Constants are computed.
  package let folds: Bool
  /// Constants that are added to addresses become offsets, where the sum cannot wrap.
  package var movesConstants: Bool
  /// Calls and memory.grow can move or grow a memory.
  let memoryMoves: Bool
  /// Some load is its own check, so none may be left out.
  let forcesLoads: Bool
  /// Calls that may throw, and calls that may grow a memory.
  let throwing: CallProperty
  let growing: CallProperty
  /// Whether some function ends with a call.
  let hasTailCalls: Bool
  let countsFuel: Bool
  /// Loops look whether somebody wants them to end.
  let isInterruptible: Bool
  /// What instructions cost, where blocks are counted or traced; without, there are none.
  let blockCosts: FuelCosts?
  let traces: Traces

  package init(
    module: Module, memories: [MemoryPlan], trapsExactly: Bool = false, folds: Bool = true,
    movesConstants: Bool = true, throwing: CallProperty = CallProperty(),
    growing: CallProperty = CallProperty(),
    hasTailCalls: Bool = false, fuel: FuelCosts? = nil, isInterruptible: Bool = false,
    traces: Traces = []
  ) {
    self.isInterruptible = isInterruptible
    self.traces = traces
    self.hasTailCalls = hasTailCalls
    countsFuel = fuel != nil
    blockCosts = fuel ?? (traces.contains(.blocks) ? FuelCosts() : nil)
    self.module = module
    self.throwing = throwing
    self.growing = growing
    self.memories = memories
    self.trapsExactly = trapsExactly
    self.folds = folds
    self.movesConstants = movesConstants
    memoryMoves = memories.contains { $0.mayMove }
    forcesLoads = !trapsExactly && memories.contains { $0.strategy == .guard }
  }
}

/// A function type, as far as most calls need it.
struct Signature: BitwiseCopyable {
  var parameterCount: Int
  var resultCount: Int
  /// i32 where there is none.
  var firstResult: ValueType

  init(_ type: FunctionType) {
    parameterCount = type.parameters.count
    resultCount = type.results.count
    firstResult = type.results.first ?? .i32
  }
}

/// An open block, loop or if.
struct Frame: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    case function, block, loop, `if`, `else`, tryTable
    /// A legacy `try` up to its first `catch`, and from there on.
    case legacyTry, legacyCatch
  }
  var kind: Kind
  var label: UInt32
  /// tryTable, legacyTry: where exceptions go; legacyCatch: the variable that has the one caught.
  var handler: UInt32 = 0
  /// tryTable: first entry of its clauses in `immediates`; legacyCatch: 1 where a clause is open,
  /// 2 where that takes every exception.
  var clauses: UInt32 = 0
  /// Operands below the parameters.
  var height: Int
  var parameterCount: Int
  var resultCount: Int
  /// First of the variables that a branch sets.
  var variables: UInt32
  /// First of the variables that hold the results: those of a branch, but for a loop.
  var results: UInt32
  /// Where the parameters of an `if` are kept for its `else`.
  var saved: Int
}

package struct IRBuilder: ~Copyable {
  let context: BuilderContext
  package var ir = FunctionIR()
  var stack = Buffer<Operand>(capacity: 256)
  /// The operands at the bottom of the stack that are settled, at least.
  var settledCount = 0
  var frames = Buffer<Frame>(capacity: 256)
  var saved = Buffer<Operand>(capacity: 64)
  /// Labels that exceptions go to, of the `try`s around the operation at hand.
  var handlers = Buffer<UInt32>(capacity: 64)
  /// The head of the loop that a function is which ends with a call of itself.
  var ownLoop: UInt32 = 0
  /// Blocks that were opened in code which is left out, since nothing throws to it.
  var skipped = 0
  var fuel: FuelPlan
  /// Whether others see what the function has left, on all paths that lead here.
  var fuelIsKept = false
  var isLabelVariable = Buffer<Bool>(capacity: 256)
  var addresses: Addresses
  /// Byte offset of the operation at hand.
  private var here: UInt32 = 0
  let facts = InstructionTable.facts
  /// By memory.
  private(set) var memories = Buffer<MemoryPlan>(capacity: 4)
  /// By type index.
  private(set) var signatures = Buffer<Signature>(capacity: 64)

  package init(context: BuilderContext) {
    self.context = context
    addresses = Addresses(context.memories)
    fuel = FuelPlan(context)
    for memory in context.memories { memories.append(memory) }
    for type in context.module.types { signatures.append(Signature(type)) }
  }

  // MARK: nodes and statements

  @inline(__always)
  mutating func add(_ node: Node) -> UInt32 {
    ir.nodes.append(node)
    return UInt32(ir.nodes.count - 1)
  }

  /// Appends a statement, which belongs to the operation at hand.
  @inline(__always)
  mutating func emit(_ statement: Statement) {
    var statement = statement
    statement.offset = here
    ir.statements.append(statement)
  }

  /// Forgets what is known of the path that leads here: others do, too.
  mutating func forgetPath() {
    addresses.forget()
    fuelIsKept = false
  }

  mutating func emitBranch(to label: UInt32) {
    ir.labelUsed[Int(label)] = true
    emit(Statement(kind: .br, a: label))
  }

  mutating func newVariable(_ type: ValueType, isLabel: Bool = false) -> UInt32 {
    ir.variables.append(type)
    if type == .v128 { ir.hasVectors = true }
    ir.assigned.append(false)
    addresses.addVariable()
    isLabelVariable.append(isLabel)
    return UInt32(ir.variables.count - 1)
  }

  mutating func read(_ variable: UInt32) -> UInt32 {
    add(
      Node(op: NodeOp.variable, type: ir.variables[Int(variable)], effects: [], a: variable))
  }

  mutating func emitSet(_ variable: UInt32, _ node: UInt32) {
    ir.assigned[Int(variable)] = true
    if context.movesConstants && ir.variables[Int(variable)] == .i32 {
      addresses.set(variable, ir.nodes[Int(node)], ir.nodes)
    }
    emit(Statement(kind: .set, a: variable, b: node))
  }

  /// Bloom filter of the variables that an expression reads.
  mutating func readsOf(_ index: UInt32) -> UInt64 {
    let node = ir.nodes[Int(index)]
    if node.op == NodeOp.variable { return 1 << UInt64(node.a & 63) }
    var reads: UInt64 = 0
    for k in 0..<ir.operandCount(node) { reads |= readsOf(ir.operand(k, of: node)) }
    return reads
  }

  // MARK: operands

  @inline(__always)
  mutating func operand(ofVariable variable: UInt32) -> Operand {
    Operand(node: read(variable), effects: [], reads: 1 << UInt64(variable & 63))
  }

  /// Pushes the value of a variable.
  @inline(__always)
  mutating func push(variable: UInt32) { stack.append(operand(ofVariable: variable)) }

  @inline(__always)
  mutating func push(_ node: Node, reads: UInt64 = 0, depth: UInt16 = 0) {
    let index = add(node)
    stack.append(Operand(node: index, effects: node.effects, reads: reads, depth: depth))
    if depth >= 48 { materialise(stack.count - 1) }
  }

  /// Makes the operand at `index` one that can be evaluated more than once, or after a check.
  mutating func settleVariable(at index: Int) {
    let node = ir.nodes[Int(stack[index].node)]
    if node.op != NodeOp.constant && node.op != NodeOp.variable { materialise(index) }
  }

  /// Takes such an operand.
  mutating func popSettledVariable() -> Operand {
    settleVariable(at: stack.count - 1)
    return pop()
  }

  // MARK: the function

  package mutating func build(_ body: FunctionBody) {
    ir.reset()
    stack.removeAll()
    settledCount = 0
    frames.removeAll()
    handlers.removeAll()
    skipped = 0
    fuelIsKept = false
    saved.removeAll()
    isLabelVariable.removeAll()
    addresses.reset()
    ir.functionIndex = body.functionIndex
    for k in 0..<body.locals.count { _ = newVariable(body.locals[k]) }
    ir.localCount = body.locals.count
    ir.isRead.append(repeating: false, count: ir.localCount)
    let type = signature(ofFunction: body.functionIndex)
    ir.parameterCount = type.parameterCount
    frames.append(
      Frame(
        kind: .function, label: newLabel(isLoop: false), height: 0, parameterCount: 0,
        resultCount: type.resultCount, variables: 0, results: 0, saved: 0))
    guard let first = body.operations.baseAddress else { return }
    here = first.pointee.offset
    let isLoop = context.hasTailCalls && endsWithItself(body)
    if isLoop {
      ownLoop = newLabel(isLoop: true)
      emit(Statement(kind: .loop, a: ownLoop))
    }
    let hasBlocks = context.blockCosts != nil
    if hasBlocks { fuel.plan(body) }
    for k in 0..<body.operations.count {
      if hasBlocks {
        here = first[k].offset
        beginBlock(before: k)
      }
      translate(first + k, body)
    }
    if isLoop { closeOwnLoop(type) }
  }

  mutating func signature(ofFunction index: Int) -> Signature {
    signatures[Int(context.module.functions[index])]
  }

  mutating func newLabel(isLoop: Bool) -> UInt32 {
    ir.labelUsed.append(false)
    ir.labelIsLoop.append(isLoop)
    return UInt32(ir.labelUsed.count - 1)
  }

  @inline(__always)
  private mutating func translate(_ operation: UnsafePointer<Operation>, _ body: FunctionBody) {
    here = operation.pointee.offset
    // Pointers, so that each case reads no more than it needs.
    let fact = facts + Int(operation.pointee.opcode.rawValue)
    if skipped > 0, isSkipped(fact.pointee.special) { return }
    switch fact.pointee.kind {
    case .plain: plain(operation, fact)
    case .lane: lane(operation.pointee, fact.pointee)
    case .load: load(operation, fact)
    case .store: store(operation, fact)
    case .atomic, .wait: atomic(operation.pointee, fact.pointee)
    case .special: special(operation.pointee, fact.pointee.special, body)
    case .illegal, .unsupported: break
    }
  }

  private mutating func plain(
    _ operation: UnsafePointer<Operation>, _ fact: UnsafePointer<InstructionFacts>
  ) {
    let (operation, fact) = (operation.pointee, fact.pointee)
    let opcode = operation.opcode.rawValue
    var effects: Effects = fact.mayTrap ? .traps : []
    if fact.operandCount == 1 {
      let a = pop()
      let node = ir.nodes[Int(a.node)]
      if node.op == NodeOp.constant || opcode == Opcode.i32Eqz
        || opcode == Opcode.i32WrapI64,
        let folded = fold(opcode, node), pushFolded(folded, fact.result0, a)
      {
        return
      }
      if fact.mayTrap { settle(against: .traps) }
      effects.formUnion(a.effects)
      push(
        Node(
          op: opcode, type: fact.result0, effects: effects, a: a.node, offset: operation.offset),
        reads: a.reads, depth: a.depth + 1)
    } else if fact.resultCount == 2 {
      wide(opcode, fact)
    } else if fact.operandCount == 3 {
      ternary(opcode, fact)
    } else {
      let b = pop()
      let a = pop()
      let second = ir.nodes[Int(b.node)]
      if second.op == NodeOp.constant,
        let folded = fold(opcode, ir.nodes[Int(a.node)], constant: second.constantBits),
        pushFolded(folded, fact.result0, a)
      {
        return
      }
      if fact.mayTrap { settle(against: .traps) }
      effects.formUnion(a.effects)
      effects.formUnion(b.effects)
      let node = Node(
        op: opcode, type: fact.result0, effects: effects, a: a.node, b: b.node,
        offset: operation.offset)
      if effects.contains(.trapsOnAccess) && context.forcesLoads && ir.cancels(node) {
        emit(Statement(kind: .effect, a: a.node, b: 1))
      }
      push(node, reads: a.reads | b.reads, depth: max(a.depth, b.depth) + 1)
    }
  }

  private mutating func ternary(_ opcode: UInt16, _ fact: InstructionFacts) {
    let c = pop()
    let b = pop()
    let a = pop()
    push(
      Node(
        op: opcode, type: fact.result0, effects: a.effects.union(b.effects).union(c.effects),
        a: a.node, b: b.node, c: c.node), reads: a.reads | b.reads | c.reads,
      depth: max(a.depth, b.depth, c.depth) + 1)
  }

  /// Pushes two results, the low half and the high half of one number. Each is an expression of its
  /// own, which compilers join where the processor has an instruction for both.
  private mutating func wide(_ opcode: UInt16, _ fact: InstructionFacts) {
    guard let operation = fact.lowHalf,
      let low = InstructionTable.opcode(of: operation, fact.result0)
    else { return }
    let isOfFour = fact.operandCount == 4
    let last = isOfFour ? (popSettledVariable(), popSettledVariable()) : nil
    let second = popSettledVariable()
    let first = popSettledVariable()
    // Low halves stand before high ones.
    let (d, c) = last ?? (second, second)
    let reads = first.reads | second.reads | c.reads | d.reads
    push(
      Node(
        op: low.rawValue, type: fact.result0, effects: [], a: first.node,
        b: isOfFour ? c.node : second.node), reads: reads, depth: 1)
    push(
      Node(
        op: opcode, type: fact.result1, effects: [], a: first.node, b: second.node, c: c.node,
        d: d.node), reads: reads, depth: 1)
  }

  /// Pushes what an instruction on `a` folds to; false where it is to stay as it is.
  private mutating func pushFolded(_ folded: Folded, _ type: ValueType, _ a: Operand) -> Bool {
    switch folded {
    case .constant(let bits):
      if !a.effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) {
        emit(Statement(kind: .effect, a: a.node, b: 1))
      } else if !context.folds {
        return false
      }
      push(.constant(type, bits))
    case .operand:
      if !context.folds { return false }
      stack.append(a)
    case .negated(let opcode):
      if !context.folds { return false }
      var node = ir.nodes[Int(a.node)]
      node.op = opcode
      push(node, reads: a.reads, depth: a.depth)
    case .sum(let node, let constant):
      if !context.folds { return false }
      if constant == 0 {
        stack.append(Operand(node: node, effects: a.effects, reads: a.reads, depth: a.depth))
        return true
      }
      let second = add(Node(op: NodeOp.constant, type: .i32, effects: [], a: constant))
      push(
        Node(op: Opcode.i32Add.rawValue, type: .i32, effects: a.effects, a: node, b: second),
        reads: a.reads, depth: a.depth)
    }
    return true
  }

  /// Sets a local from the operand on top.
  mutating func setLocal(_ variable: UInt32) {
    let value = pop()
    settle(readersOf: variable)
    emitSet(variable, value.node)
  }

  /// Pushes what a call answers.
  mutating func pushCallResult(
    _ node: Node, reads: UInt64, depth: UInt16, after: AfterCall
  ) {
    push(node, reads: reads, depth: depth)
    // Where something follows the call, its result cannot stay an expression.
    if after.mayGrow || after.mayThrow || context.countsFuel { materialise(stack.count - 1) }
    emit(after)
  }

  /// Emits what follows each call.
  mutating func emit(_ after: AfterCall) {
    readFuel()
    if after.mayGrow { emit(Statement(kind: .reload)) }
    if after.mayThrow { leaveIfThrown() }
  }
}
