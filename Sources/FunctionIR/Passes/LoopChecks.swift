// Leaves the bounds checks out of loops of which it is known before they begin where they go.
//
// An address of a loop is mostly `first + k * step` in its turn k, modulo 2^32, and how often the loop goes
// round follows from its last branch. Where all of that lies inside the memory, a copy of the loop without
// those checks runs; else the loop as it was, which traps where it has to:
//
//     if (l2 - 1 >= 7 ? fits(l0, l2 - 1, 4, 4, n) : 0) do { … } while (…);
//     else do { check(l0, 4); … } while (…);
//
// Nothing is noticed of the question, and a loop that leaves early at worst checks what it need not.
//
// A loop that somebody else may end looks for that in each turn. The copy does not, where it is known to end soon:
//
//     if (l2 - 1 - 7 <= 0xffff9 && …) do { … } while (…);

import WasmModel

struct LoopChecks: ~Copyable {
  /// What a variable or an expression is in turn k: `base + constant + k * (step + pace)`, modulo 2^32.
  struct Linear: BitwiseCopyable {
    /// A node that can be evaluated before the loop; `Statement.nothing` for 0.
    var base = Statement.nothing
    var constant: UInt32 = 0
    var step: UInt32 = 0
    /// A variable that the loop does not set; `Statement.nothing` for 0.
    var pace = Statement.nothing

    var isInvariant: Bool { step == 0 && pace == Statement.nothing }
  }
  /// How often the loop goes round.
  struct Turns: BitwiseCopyable {
    /// So many turns follow the first one; with a pace, so far goes what has it.
    var count: UInt32
    var pace = Statement.nothing
  }
  /// A check that need not be in the loop.
  struct Covered: BitwiseCopyable {
    var memory: UInt32
    var first: Linear
    var extent: UInt64
  }

  /// A loop of more statements stays as it is: it would be there twice.
  private static let greatestSize = 100
  /// More than so many questions would cost more than they save.
  private static let greatestQuestions = 8
  /// So do they where fewer turns follow the first, or where something goes less far.
  private static let leastTurns: UInt32 = 7
  /// What ends soon has no more turns behind the first: some milliseconds.
  private static let soon: UInt32 = 1 << 20
  static let greatestDepth = 32
  /// Nodes that are looked at for one loop; what two variables have from two others each doubles from step to step.
  private static let greatestBudget = 1000

  /// For each variable: the last loop that sets it, by where that begins.
  private var lastSetIn = Buffer<Int>(capacity: 256)
  /// For each variable: the first statement of the function that sets or declares it.
  private var firstSets = Buffer<Int>(capacity: 256)
  /// By statement of the loop at hand: the scope that it stands in, and each scope's outer one. 0 is the loop.
  var scopeOf = Buffer<Int>(capacity: 128)
  var outerScopes = Buffer<Int>(capacity: 64)
  var start = 0
  var end = 0
  private var covered = Buffer<Covered>(capacity: 16)
  /// By statement of the loop at hand: whether it is such a check.
  private var isCovered = Buffer<Bool>(capacity: 128)
  private var output = Buffer<Statement>(capacity: 1024)
  var conditions = Buffer<UInt32>(capacity: 16)
  /// Whether the loop goes round often enough, and soon ends.
  private var least: UInt32 = 0
  private var endsSoon = false
  /// Loops look whether somebody wants them to end.
  private var isInterruptible = false
  /// For each label, that of the copy, or itself.
  private var copies = Buffer<UInt32>(capacity: 64)
  /// How many more nodes are looked at.
  var budget = 0

  mutating func run(_ ir: inout FunctionIR, isInterruptible: Bool = false) {
    if ir.checkCount == 0 && !isInterruptible { return }
    self.isInterruptible = isInterruptible
    var open = -1
    var copied = 0
    output.removeAll()
    firstSets.removeAll()
    lastSetIn.removeAll()
    copies.removeAll()
    for index in 0..<ir.statements.count {
      switch ir.statements[index].kind {
      case .loop: open = index
      case .endLoop:
        // Those without another one inside.
        if open >= 0, index - open <= LoopChecks.greatestSize, finds(open, index, &ir) {
          for k in copied..<open { output.append(ir.statements[k]) }
          place(open, index, &ir)
          copied = index + 1
        }
        open = -1
      default: break
      }
    }
    if copied == 0 { return }
    for k in copied..<ir.statements.count { output.append(ir.statements[k]) }
    swap(&output, &ir.statements)
  }

  // MARK: the loop

  /// Whether a loop, from `first` to `last`, can do without some check or look; says so in `covered`, `endsSoon` and
  /// `conditions`.
  private mutating func finds(_ first: Int, _ last: Int, _ ir: inout FunctionIR) -> Bool {
    start = first
    end = last
    budget = LoopChecks.greatestBudget
    guard isSimple(first, last, ir), let turns = turns(before: last, &ir) else { return false }
    covered.removeAll()
    isCovered.removeAll()
    isCovered.append(repeating: false, count: last - first)
    for index in first..<last where ir.statements[index].kind == .check {
      isCovered[index - first] = covers(ir.statements[index], at: index, turns, &ir)
    }
    endsSoon = isInterruptible && turns.pace == Statement.nothing
    if covered.count == 0 && !endsSoon { return false }
    for k in 0..<covered.count { conditions.append(question(covered[k], turns, &ir)) }
    let least = constant(LoopChecks.leastTurns, &ir)
    let more = constant(LoopChecks.soon - LoopChecks.leastTurns, &ir)
    self.least =
      endsSoon
      ? binary(.leU, binary(.sub, turns.count, least, &ir), more, &ir)
      : binary(.geU, turns.count, least, &ir)
    return true
  }

  /// Whether only its last statement goes back, nothing in it calls, and there is a check or a look; notes what is set
  /// where.
  private mutating func isSimple(_ first: Int, _ last: Int, _ ir: borrowing FunctionIR) -> Bool {
    let label = ir.statements[first].a
    let branch = ir.statements[last - 1]
    guard ir.labelUsed[Int(label)], ir.statements[last].b == 0, branch.kind == .brIf,
      branch.b == label
    else { return false }
    var hasCheck = isInterruptible
    for index in first + 1..<last {
      let statement = ir.statements[index]
      switch statement.kind {
      case .check: hasCheck = true
      case .set, .globalSet, .setResult:
        if ir.nodes[Int(statement.b)].effects.contains(.writes) { return false }
      case .effect, .if, .when:
        if ir.nodes[Int(statement.a)].effects.contains(.writes) { return false }
      case .store:
        let effects = ir.nodes[Int(statement.a)].effects.union(ir.nodes[Int(statement.c)].effects)
        if effects.contains(.writes) { return false }
      case .brIf:
        if ir.nodes[Int(statement.a)].effects.contains(.writes) { return false }
        if statement.b == label && index < last - 1 { return false }
      case .br: if statement.a == label { return false }
      case .return:
        if statement.b != 0 && ir.nodes[Int(statement.a)].effects.contains(.writes) { return false }
      case .declare, .align, .block, .else, .endBlock, .endIf, .endWhen, .trap, .takeFuel,
        .keepFuel,
        .readFuel, .trace:
        break
      case .loop, .endLoop, .reload, .brTable, .tailCall, .throw, .throwAgain, .caught,
        .takeBulkFuel,
        .operation:
        return false
      }
    }
    if hasCheck { note(first, last, ir) }
    return hasCheck
  }

  /// Whether the loop at hand sets a variable.
  @inline(__always)
  func sets(_ variable: UInt32) -> Bool { lastSetIn[Int(variable)] == start }

  private mutating func note(_ first: Int, _ last: Int, _ ir: borrowing FunctionIR) {
    if lastSetIn.count == 0 { lastSetIn.append(repeating: -1, count: ir.variables.count) }
    scopeOf.removeAll()
    outerScopes.removeAll()
    outerScopes.append(0)
    var scope = 0
    for index in first..<last {
      let statement = ir.statements[index]
      switch statement.kind {
      case .block, .if, .when:
        outerScopes.append(scope)
        scope = outerScopes.count - 1
      case .else:
        outerScopes.append(outerScopes[scope])
        scope = outerScopes.count - 1
      case .endBlock, .endIf, .endWhen: scope = outerScopes[scope]
      case .set, .declare: lastSetIn[Int(statement.a)] = first
      default: break
      }
      scopeOf.append(scope)
    }
    conditions.removeAll()
  }

  // MARK: checks

  /// Whether a check is of an address that is known before the loop; then it is among `covered`.
  private mutating func covers(
    _ check: Statement, at index: Int, _ turns: Turns, _ ir: inout FunctionIR
  ) -> Bool {
    let node = ir.nodes[Int(check.a)]
    guard node.op == NodeOp.variable, node.type == .i32, let first = linear(check.a, at: index, &ir)
    else { return false }
    // Of turns with a pace nothing is known but how far goes what has it.
    let isPaced = turns.pace != Statement.nothing
    guard first.isInvariant || first.pace == turns.pace && (!isPaced || first.step == 0) else {
      return false
    }
    for k in 0..<covered.count
    where covered[k].memory == check.d && areSame(covered[k].first, first, &ir) {
      covered[k].extent = max(covered[k].extent, check.extent)
      return true
    }
    if covered.count == LoopChecks.greatestQuestions { return false }
    covered.append(Covered(memory: check.d, first: first, extent: check.extent))
    return true
  }

  /// Whether two go the same way.
  private func areSame(_ a: Linear, _ b: Linear, _ ir: inout FunctionIR) -> Bool {
    guard a.constant == b.constant, a.step == b.step, a.pace == b.pace else { return false }
    if a.base == Statement.nothing || b.base == Statement.nothing { return a.base == b.base }
    return ir.areSame(a.base, b.base)
  }

  private func question(_ check: Covered, _ turns: Turns, _ ir: inout FunctionIR) -> UInt32 {
    let address = node(first(check.first), &ir)
    let step = check.first.pace == Statement.nothing ? check.first.step : 1
    let place = ir.append(
      Reach(step: Int32(bitPattern: step), extent: check.extent, memory: check.memory))
    return append(
      Node(op: NodeOp.fits, type: .i32, effects: .readsState, a: address, b: turns.count, c: place),
      &ir)
  }

  // MARK: output

  /// Appends a loop to the output, and before it its copy.
  private mutating func place(_ first: Int, _ last: Int, _ ir: inout FunctionIR) {
    if firstSets.count == 0 { findFirstSets(ir) }
    let offset = ir.statements[first].offset
    for index in first..<last where ir.statements[index].kind == .set {
      // C has it in either loop.
      let variable = ir.statements[index].a
      guard Int(variable) >= ir.localCount, firstSets[Int(variable)] == index else { continue }
      output.append(Statement(kind: .declare, a: variable, offset: offset))
    }
    var condition = least
    if conditions.count > 0 {
      condition = conditions[0]
      for k in 1..<conditions.count { condition = binary(.and, condition, conditions[k], &ir) }
      condition = append(
        Node(
          op: NodeOp.select, type: .i32, effects: .readsState, a: least, b: condition,
          c: constant(0, &ir)), &ir)
    }
    output.append(Statement(kind: .when, op: Operation.likely, a: condition, offset: offset))
    for label in copies.count..<ir.labelUsed.count { copies.append(UInt32(label)) }
    for index in first...last {
      let statement = ir.statements[index]
      switch statement.kind {
      case .loop, .block: rename(statement.a, &ir)
      case .if: rename(statement.b, &ir)
      default: break
      }
    }
    var head = copy(ir.statements[first])
    if endsSoon { head.b = Statement.endsSoon }
    output.append(head)
    for index in first + 1...last where index == last || !isCovered[index - first] {
      output.append(copy(ir.statements[index]))
    }
    output.append(Statement(kind: .else, offset: offset))
    for index in first...last { output.append(ir.statements[index]) }
    output.append(Statement(kind: .endWhen, offset: ir.statements[last].offset))
  }

  private mutating func rename(_ label: UInt32, _ ir: inout FunctionIR) {
    copies[Int(label)] = UInt32(ir.labelUsed.count)
    ir.labelUsed.append(ir.labelUsed[Int(label)])
    ir.labelIsLoop.append(ir.labelIsLoop[Int(label)])
  }

  private func copy(_ statement: Statement) -> Statement {
    var copy = statement
    switch statement.kind {
    case .loop, .block, .endLoop, .endBlock, .endIf, .br: copy.a = copies[Int(statement.a)]
    case .if, .brIf: copy.b = copies[Int(statement.b)]
    default: break
    }
    return copy
  }

  private mutating func findFirstSets(_ ir: borrowing FunctionIR) {
    firstSets.append(repeating: .max, count: ir.variables.count)
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      guard statement.kind == .set || statement.kind == .declare else { continue }
      firstSets[Int(statement.a)] = min(firstSets[Int(statement.a)], index)
    }
  }
}
