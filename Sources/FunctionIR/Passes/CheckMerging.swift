// Takes out the bounds checks that others cover, and those of what is always inside.
//
// A check of variable + extent holds until the variable is set: memories never shrink. What is
// known is known of a memory and a variable, a slot in short.
// One that a stronger one dominates goes; one that follows a weaker one, with nothing
// between that could be noticed, goes into it. A trap may so name an earlier access of
// the same straight line, but nothing is written that would not have been.
//
// How great variables are is known from what they were set to and from comparisons on the way, and no memory is smaller
// than it was at first:
//
//     l1 = l0 & 255
//     if l2 <= 9 { check [(l1 << 2) + 1028]; check [l2 + 1029] }     neither is needed in a page

import WasmModel

struct CheckMerging: ~Copyable, VariableRanges {
  /// What is known of a slot.
  struct Fact: BitwiseCopyable {
    /// So many bytes from it on are inside.
    var extent: UInt64 = 0
    /// The statement that this is known since. A loop that begins later and sets the variable
    /// knows nothing of it.
    var position = 0
  }
  private var known = Buffer<Fact>(capacity: 256)
  /// Slots of a memory, one for each variable; and of all memories that occur, with those of the variables themselves
  /// behind them: there the extent is what is missing to `UInt64.max`.
  private var variableCount = 0
  private var slotCount = 0
  /// The first of these, and the greatest value of a variable that is worth knowing.
  private var rangeSlot = 0
  private var greatestRange: UInt64 = 0
  /// By memory: how far what a variable is set to reaches.
  private var reaches = Buffer<UInt64>(capacity: 8)
  private static let reachDepth = 3
  /// The statement of a slot's last check, and the straight line that this one stands in.
  private var lastCheck = Buffer<Int>(capacity: 256)
  private var lastLine = Buffer<Int>(capacity: 256)

  /// What was known of a slot before that changed.
  struct Change: BitwiseCopyable {
    var slot: Int
    var time: Int
    var before: Fact
  }
  /// Every change, in the order of time, to take back where paths meet.
  private var log = Buffer<Change>(capacity: 256)
  /// Counts changes.
  private var clock = 0
  /// For each change the next one, or this one, after which more may be known than before: of
  /// those between, paths that meet learn nothing.
  private var unsettled = Buffer<Int>(capacity: 256)

  /// An open `if` or `when`.
  struct Scope: BitwiseCopyable {
    var start: Int
    var condition: UInt32
    /// Where the least extents of its first arm begin in `arms`; -1 before `else`.
    var arm = -1
  }
  private var scopes = Buffer<Scope>(capacity: 64)
  struct Least: BitwiseCopyable {
    var slot: Int
    var extent: UInt64
  }
  private var arms = Buffer<Least>(capacity: 64)

  /// For each label: open scopes around it, and the time of the first branch to it.
  struct Label: BitwiseCopyable {
    var depth = 0
    var time = Int.max
  }
  private var labels = Buffer<Label>(capacity: 64)

  /// The first and the last statement of each open loop.
  struct Loop: BitwiseCopyable {
    var start: Int
    var end: Int
  }
  private var loops = Buffer<Loop>(capacity: 64)
  /// For each label of a loop, its last statement.
  private var ends = Buffer<Int>(capacity: 64)
  /// The statements that set variables, those of variable v from `setsOf[v]` to `setsOf[v + 1]`.
  private var sets = Buffer<Int>(capacity: 256)
  private var setsOf = Buffer<Int>(capacity: 256)
  /// The statement at hand.
  private var here = 0

  mutating func run(_ ir: inout FunctionIR, memories: [MemoryPlan]) {
    if ir.checkCount == 0 { return }
    prepare(ir, memories)
    var line = 0
    var kept = 0
    for index in 0..<ir.statements.count {
      here = index
      let statement = ir.statements[index]
      ir.statements[kept] = statement
      switch statement.kind {
      case .check:
        let node = ir.nodes[Int(statement.a)]
        guard node.op == NodeOp.variable else { break }
        let slot = slot(ofMemory: statement.d, ir) + Int(node.a)
        let extent = statement.extent
        if isInside(node.a, extent, memories[Int(statement.d)]) { continue }
        let before = self.extent(of: slot)
        if before >= extent { continue }
        if before > 0 && lastLine[slot] == line {
          let first = lastCheck[slot]
          ir.statements[first].b = statement.b
          ir.statements[first].c = statement.c
          change(slot, to: extent)
          continue
        }
        // A check of another address stands between what came before and what follows;
        // both are the same trap, so neither order can be told from the other.
        change(slot, to: extent)
        lastCheck[slot] = kept
        lastLine[slot] = line
      case .set:
        let effects = ir.nodes[Int(statement.b)].effects
        if !effects.isDisjoint(with: [.writes, .traps]) { line += 1 }
        set(statement.a, to: ir.nodes[Int(statement.b)], ir)
      case .declare: forget(statement.a)
      case .reload, .keepFuel, .readFuel: break
      case .globalSet, .store, .align, .effect, .operation, .setResult, .trap, .return, .throw,
        .throwAgain,
        .tailCall, .caught, .takeFuel, .takeBulkFuel, .trace:
        line += 1
      case .block:
        labels[Int(statement.a)].depth = scopes.count
      case .loop:
        line += 1
        if ir.labelUsed[Int(statement.a)] {
          loops.append(Loop(start: index, end: ends[Int(statement.a)]))
        }
      case .if:
        line += 1
        labels[Int(statement.b)].depth = scopes.count
        beginScope(statement, ir)
      case .when:
        line += 1
        beginScope(statement, ir)
      case .else:
        line += 1
        beginSecondArm()
        learn(from: scopes[scopes.count - 1].condition, is: false, ir)
      case .endWhen:
        line += 1
        endScope()
      case .endIf:
        line += 1
        endScope()
        meet(since: labels[Int(statement.a)].time)
      case .endBlock:
        line += 1
        meet(since: labels[Int(statement.a)].time)
      case .endLoop:
        line += 1
        if ir.labelUsed[Int(statement.a)] { _ = loops.removeLast() }
      case .br:
        line += 1
        branch(to: statement.a, ir)
      case .brIf:
        line += 1
        branch(to: statement.b, ir)
        learn(from: statement.a, is: false, ir)
      case .brTable:
        line += 1
        for k in 0...Int(statement.c) { branch(to: ir.immediates[Int(statement.b) + k], ir) }
      }
      kept += 1
    }
    ir.statements.truncate(to: kept)
  }

  /// Sizes the buffers.
  private mutating func prepare(_ ir: borrowing FunctionIR, _ memories: [MemoryPlan]) {
    known.removeAll()
    lastCheck.removeAll()
    lastLine.removeAll()
    variableCount = ir.variables.count
    rangeSlot = variableCount * ir.usedMemories.count
    slotCount = rangeSlot + variableCount
    greatestRange = 0
    for k in 0..<ir.usedMemories.count {
      greatestRange = max(greatestRange, memories[Int(ir.usedMemories[k])].initialSize)
    }
    known.append(repeating: Fact(), count: slotCount)
    lastCheck.append(repeating: 0, count: slotCount)
    lastLine.append(repeating: -1, count: slotCount)
    labels.removeAll()
    labels.append(repeating: Label(), count: ir.labelUsed.count)
    log.removeAll()
    clock = 0
    unsettled.removeAll()
    scopes.removeAll()
    arms.removeAll()
    loops.removeAll()
    findSets(ir)
  }

  /// The first slot of a memory.
  @inline(__always)
  private func slot(ofMemory memory: UInt32, _ ir: borrowing FunctionIR) -> Int {
    var place = 0
    while ir.usedMemories[place] != memory { place += 1 }
    return place * variableCount
  }

  /// Finds where variables are set and where loops end.
  private mutating func findSets(_ ir: borrowing FunctionIR) {
    ends.removeAll()
    ends.append(repeating: 0, count: ir.labelUsed.count)
    setsOf.removeAll()
    setsOf.append(repeating: 0, count: ir.variables.count + 1)
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      switch statement.kind {
      case .endLoop: ends[Int(statement.a)] = index
      case .set, .declare: setsOf[Int(statement.a)] += 1
      default: break
      }
    }
    var sum = 0
    for variable in 0..<setsOf.count {
      sum += setsOf[variable]
      setsOf[variable] = sum
    }
    sets.removeAll()
    sets.append(repeating: 0, count: sum)
    // From the end, so that each variable's come to stand in order, and `setsOf` at the first.
    for index in stride(from: ir.statements.count - 1, through: 0, by: -1) {
      let statement = ir.statements[index]
      guard statement.kind == .set || statement.kind == .declare else { continue }
      setsOf[Int(statement.a)] -= 1
      sets[setsOf[Int(statement.a)]] = index
    }
  }

  /// What is known of a slot here.
  private mutating func extent(of slot: Int) -> UInt64 { extent(known[slot], of: slot) }

  /// What a fact says here: nothing where an open loop, begun later, sets the variable.
  private mutating func extent(_ fact: Fact, of slot: Int) -> UInt64 {
    guard fact.extent > 0, loops.count > 0, loops[loops.count - 1].start > fact.position else {
      return fact.extent
    }
    // The outermost of those loops has them all inside.
    var low = 0
    var high = loops.count - 1
    while low < high {
      let middle = (low + high) / 2
      if loops[middle].start > fact.position { high = middle } else { low = middle + 1 }
    }
    let loop = loops[low]
    let variable = slot % variableCount
    low = setsOf[variable]
    high = setsOf[variable + 1]
    let last = high
    while low < high {
      let middle = (low + high) / 2
      if sets[middle] >= loop.start { high = middle } else { low = middle + 1 }
    }
    return low < last && sets[low] < loop.end ? 0 : fact.extent
  }

  private mutating func change(_ slot: Int, to extent: UInt64) {
    unsettled.append(log.count)
    log.append(Change(slot: slot, time: clock, before: known[slot]))
    clock += 1
    known[slot] = Fact(extent: extent, position: here)
  }

  @inline(__always)
  mutating func greatest(ofVariable variable: UInt32) -> UInt64 {
    ~extent(of: rangeSlot + Int(variable))
  }

  private mutating func forget(_ variable: UInt32) {
    for slot in stride(from: Int(variable), to: slotCount, by: variableCount)
    where known[slot].extent > 0 {
      change(slot, to: 0)
    }
  }

  private mutating func beginScope(_ statement: Statement, _ ir: borrowing FunctionIR) {
    scopes.append(Scope(start: clock, condition: statement.a))
    learn(from: statement.a, is: true, ir)
  }

  // MARK: how great variables are

  private mutating func isInside(_ variable: UInt32, _ extent: UInt64, _ memory: MemoryPlan) -> Bool
  {
    guard extent <= memory.initialSize else { return false }
    return greatest(ofVariable: variable) <= memory.initialSize - extent
  }

  /// A variable is what it is set to.
  private mutating func set(_ variable: UInt32, to node: Node, _ ir: borrowing FunctionIR) {
    let most = ir.greatest(node, &self)
    reaches.removeAll()
    for slot in stride(from: 0, to: rangeSlot, by: variableCount) {
      reaches.append(reach(of: node, fromSlot: slot, ir))
    }
    forget(variable)
    learn(variable, upTo: most)
    for k in 0..<reaches.count where reaches[k] > 0 {
      let slot = k * variableCount + Int(variable)
      change(slot, to: reaches[k])
      lastLine[slot] = -1
    }
  }

  /// So many bytes from an address on are inside: of a sum, what is left behind the less known of the two.
  private mutating func reach(
    of node: Node, fromSlot slot: Int, depth: Int = CheckMerging.reachDepth,
    _ ir: borrowing FunctionIR
  ) -> UInt64 {
    if node.op == NodeOp.variable { return extent(of: slot + Int(node.a)) }
    guard depth > 0, node.op == Opcode.i32Add || node.op == Opcode.i64Add else { return 0 }
    let (a, b) = (ir.nodes[Int(node.a)], ir.nodes[Int(node.b)])
    let first = reach(of: a, fromSlot: slot, depth: depth - 1, ir)
    if first > 0 {
      let most = ir.greatest(b, &self)
      if first > most { return first - most }
    }
    let second = reach(of: b, fromSlot: slot, depth: depth - 1, ir)
    if second == 0 { return 0 }
    let most = ir.greatest(a, &self)
    return second > most ? second - most : 0
  }

  private mutating func learn(_ variable: UInt32, upTo most: UInt64) {
    let slot = rangeSlot + Int(variable)
    if most < greatestRange && ~most > extent(of: slot) { change(slot, to: ~most) }
  }

  /// What a condition says of a variable that it compares.
  private mutating func learn(
    from condition: UInt32, is truth: Bool, _ ir: borrowing FunctionIR
  ) {
    let node = ir.nodes[Int(condition)]
    guard node.isInstruction else { return }
    let fact = InstructionTable.facts[Int(node.op)]
    guard fact.isBoolean, let integer = fact.integer else { return }
    if integer == .eqz { return learn(from: node.a, is: !truth, ir) }
    guard let holds = truth ? integer : integer.negation else { return }
    let (low, high) = (ir.nodes[Int(node.a)], ir.nodes[Int(node.b)])
    switch holds {
    case .ltU, .leU: learn(low, below: high, orEqual: holds == .leU, ir)
    case .gtU, .geU: learn(high, below: low, orEqual: holds == .geU, ir)
    case .eq: learn(low, below: high, orEqual: true, ir)
    default: break
    }
  }

  private mutating func learn(
    _ low: Node, below high: Node, orEqual: Bool, _ ir: borrowing FunctionIR
  ) {
    guard low.op == NodeOp.variable else { return }
    let most = ir.greatest(high, &self)
    // Nothing is below 0: that is never reached.
    learn(low.a, upTo: orEqual || most == 0 ? most : most - 1)
  }

  private mutating func branch(to label: UInt32, _ ir: borrowing FunctionIR) {
    if ir.labelIsLoop[Int(label)] { return }
    // Of a scope that is closed before the label, nothing is known there but what was
    // known before it.
    let depth = labels[Int(label)].depth
    let time = scopes.count > depth ? scopes[depth].start : clock
    labels[Int(label)].time = min(labels[Int(label)].time, time)
  }

  /// Where in the log the changes since a time begin.
  private func position(of time: Int) -> Int {
    var low = 0
    var high = log.count
    while low < high {
      let middle = (low + high) / 2
      if log[middle].time >= time { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Keeps for each slot only what has held all the time since then.
  private mutating func meet(since time: Int) {
    var index = firstUnsettled(from: position(of: time))
    while index < log.count {
      keepLeast(log[index])
      unsettled[index] = index + 1
      index = firstUnsettled(from: index + 1)
    }
  }

  private mutating func firstUnsettled(from start: Int) -> Int {
    var index = start
    while index < log.count && unsettled[index] != index {
      // Every other step is made shorter for the next time.
      let next = unsettled[index]
      if next < log.count { unsettled[index] = unsettled[next] }
      index = unsettled[index]
    }
    return index
  }

  private mutating func keepLeast(_ change: Change) {
    let now = extent(of: change.slot)
    let before = extent(change.before, of: change.slot)
    if before < now || now < known[change.slot].extent {
      known[change.slot] = Fact(extent: min(before, now), position: here)
    }
  }

  /// At `else`: keeps the least extents of the first arm, and takes its changes back.
  private mutating func beginSecondArm() {
    let scope = scopes[scopes.count - 1]
    scopes[scopes.count - 1].arm = arms.count
    let start = position(of: scope.start)
    for k in start..<log.count {
      let slot = log[k].slot
      let least = min(extent(log[k].before, of: slot), extent(of: slot))
      arms.append(Least(slot: slot, extent: least))
    }
    for k in stride(from: log.count - 1, through: start, by: -1) {
      known[log[k].slot] = log[k].before
    }
    log.truncate(to: start)
    unsettled.truncate(to: start)
  }

  private mutating func endScope() {
    let scope = scopes.removeLast()
    meet(since: scope.start)
    guard scope.arm >= 0 else { return }
    for k in scope.arm..<arms.count where extent(of: arms[k].slot) > arms[k].extent {
      change(arms[k].slot, to: arms[k].extent)
    }
    arms.truncate(to: scope.arm)
  }
}
