// Finds the loads that the C compiler might drop or put off.
//
// Under `guard` a load is its own check: if nothing wants its value, the compiler may
// leave it out, and the trap with it; if only some paths want it, it may move there. So
// a variable set from a load must be wanted on every path from there on, or its value
// is forced. Wanted is what is stored, returned, tested, given to the host or used as
// an address, and what such a value is computed from. A dataflow analysis backwards:
// a set of variables before each statement, intersected where paths part.
//
// An argument for a function of this module counts for nothing, since the function may
// ignore it; nor does a value that `select` may pass over. What a call answers is treated
// like a load: the function that computes it leaves it to its callers to want it.

import WasmModel

struct DeadLoads {
  /// For each statement, where its entries in `uses` begin: those that count always,
  /// then those that count if the statement's own variable is wanted.
  private var always = Buffer<Int>(capacity: 4096)
  private var ifWanted = Buffer<Int>(capacity: 4096)
  private var uses = Buffer<UInt32>(capacity: 4096)
  /// One set of variables, `words` words long, for each label.
  private var labels = Buffer<UInt64>(capacity: 1024)
  /// The set before the statement at hand.
  private var wanted = Buffer<UInt64>(capacity: 64)
  /// For each open `if`, seen from its end: the sets after it and before its else arm.
  private var saved = Buffer<UInt64>(capacity: 1024)
  private var words = 0
  private var importedFunctions = 0
  private let facts = InstructionTable.facts

  func free() {
    always.free()
    ifWanted.free()
    uses.free()
    labels.free()
    wanted.free()
    saved.free()
  }

  /// Rounds after which everything is forced. Each round takes away; few need three.
  private static let greatestRound = 16
  /// Words of sets for all labels together that are worth the time.
  private static let greatestSize = 1 << 22

  /// Marks the loads to force: all of them unless it `analyses`.
  mutating func run(_ ir: inout FunctionIR, importedFunctions: Int, analyses: Bool) {
    self.importedFunctions = importedFunctions
    guard forceAll(&ir), analyses else { return }
    words = (ir.variables.count + 63) / 64
    if words * ir.labelUsed.count > DeadLoads.greatestSize { return }
    collectUses(ir)
    labels.removeAll()
    for _ in 0..<words * ir.labelUsed.count { labels.append(~0) }
    let hasLoop = (0..<ir.labelUsed.count).contains { ir.labelUsed[$0] && ir.labelIsLoop[$0] }
    if !hasLoop {
      _ = walk(ir, decides: true)
      return
    }
    for _ in 0..<DeadLoads.greatestRound where !walk(ir, decides: false) {
      _ = walk(ir, decides: true)
      return
    }
  }

  /// Marks everything whose value comes from a load; answers whether a set is among it.
  mutating func forceAll(_ ir: inout FunctionIR) -> Bool {
    var any = false
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      if statement.kind == .set && carries(statement.b, ir) {
        ir.statements[index].op = Statement.forced
        any = true
      } else if statement.kind == .effect && statement.b == 1 && carries(statement.a, ir) {
        ir.statements[index].op = Statement.forced
      } else if statement.kind == .setResult && carries(statement.b, ir) {
        ir.statements[index].b = forced(statement.b, &ir)
      }
    }
    for index in 0..<ir.nodes.count {
      let node = ir.nodes[index]
      guard node.op == NodeOp.call, node.effects.contains(.trapsOnAccess), isDefined(node) else {
        continue
      }
      for k in Int(node.b)..<Int(node.b + node.c) {
        let argument = ir.arguments[k]
        guard carries(argument, ir, calls: false) else { continue }
        ir.arguments[k] = forced(argument, &ir)
      }
    }
    return any
  }

  private func forced(_ value: UInt32, _ ir: inout FunctionIR) -> UInt32 {
    let node = ir.nodes[Int(value)]
    ir.nodes.append(Node(op: NodeOp.forced, type: node.type, effects: node.effects, a: value))
    return UInt32(ir.nodes.count - 1)
  }

  private func isDefined(_ call: Node) -> Bool { Int(call.a) >= importedFunctions }

  /// Whether a value comes, in part at least, from a load or, unless `calls` is false, from
  /// a function of this module.
  private func carries(_ index: UInt32, _ ir: FunctionIR, calls: Bool = true) -> Bool {
    let node = ir.nodes[Int(index)]
    if node.effects.isDisjoint(with: [.trapsOnAccess, .writes]) { return false }
    switch node.op {
    case NodeOp.call: return calls && isDefined(node)
    case NodeOp.callIndirect, NodeOp.memoryGrow, NodeOp.tableGrow, NodeOp.tableGet: return false
    case NodeOp.select:
      return carries(node.a, ir, calls: calls) || carries(node.b, ir, calls: calls)
        || carries(node.c, ir, calls: calls)
    case NodeOp.refIsNull: return carries(node.a, ir, calls: calls)
    default:
      let fact = facts[Int(node.op)]
      if fact.kind == .load { return true }
      return carries(node.a, ir, calls: calls)
        || fact.operandCount == 2 && carries(node.b, ir, calls: calls)
    }
  }

  // MARK: uses

  private mutating func collectUses(_ ir: FunctionIR) {
    uses.removeAll()
    always.removeAll()
    ifWanted.removeAll()
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      always.append(uses.count)
      switch statement.kind {
      case .set:
        collect(statement.b, ir, calls: true)
        ifWanted.append(uses.count)
        collect(statement.b, ir, calls: false)
        continue
      case .effect:
        collect(statement.a, ir, calls: true)
        if statement.op == Statement.forced { collect(statement.a, ir, calls: false) }
      case .globalSet: collectAll(statement.b, ir)
      case .setResult: collectArgument(statement.b, ir)
      case .store:
        collectAll(statement.a, ir)
        collectAll(statement.c, ir)
      case .check, .if, .when, .brIf, .brTable: collectAll(statement.a, ir)
      case .return: if statement.b == 1 { collectAll(statement.a, ir) }
      case .operation:
        for k in 0..<Int(statement.c) { collectAll(ir.arguments[Int(statement.b) + k], ir) }
      default: break
      }
      ifWanted.append(uses.count)
    }
    always.append(uses.count)
  }

  private mutating func collectAll(_ index: UInt32, _ ir: FunctionIR) {
    collect(index, ir, calls: true)
    collect(index, ir, calls: false)
  }

  /// What goes to, or comes from, a function of this module counts only where it is forced.
  private mutating func collectArgument(_ index: UInt32, _ ir: FunctionIR) {
    collect(index, ir, calls: true)
    if ir.nodes[Int(index)].op == NodeOp.forced { collect(index, ir, calls: false) }
  }

  /// Adds the variables that an expression reads: with `calls`, those that go to the host
  /// or the runtime whatever becomes of the value; else those that the value comes from.
  private mutating func collect(_ index: UInt32, _ ir: FunctionIR, calls: Bool) {
    let node = ir.nodes[Int(index)]
    switch node.op {
    case NodeOp.variable:
      if !calls { uses.append(node.a) }
    case NodeOp.constant, NodeOp.globalGet, NodeOp.memorySize, NodeOp.tableSize, NodeOp.refFunc,
      NodeOp.refNull:
      break
    case NodeOp.call, NodeOp.callIndirect:
      guard calls else { break }
      let isOpaque = node.op == NodeOp.callIndirect || !isDefined(node)
      for k in Int(node.b)..<Int(node.b + node.c) {
        let argument = ir.arguments[k]
        if isOpaque { collectAll(argument, ir) } else { collectArgument(argument, ir) }
      }
    case NodeOp.memoryGrow, NodeOp.tableGet:
      if calls { collectAll(node.a, ir) }
    case NodeOp.tableGrow:
      guard calls else { break }
      collectAll(node.a, ir)
      collectAll(node.b, ir)
    case NodeOp.select:
      collect(node.a, ir, calls: calls)
      guard calls else { break }
      collect(node.b, ir, calls: true)
      collect(node.c, ir, calls: true)
    case NodeOp.refIsNull, NodeOp.forced: collect(node.a, ir, calls: calls)
    default:
      let fact = facts[Int(node.op)]
      if calls && node.effects.isDisjoint(with: .writes) && !node.effects.contains(.traps) { break }
      collect(node.a, ir, calls: calls)
      if fact.kind != .load && fact.operandCount == 2 { collect(node.b, ir, calls: calls) }
    }
  }

  // MARK: the analysis

  /// One round from the last statement to the first, with the verdict on each set if it
  /// `decides`. Answers whether the head of a loop has lost something.
  private mutating func walk(_ ir: FunctionIR, decides: Bool) -> Bool {
    var changed = false
    wanted.removeAll()
    saved.removeAll()
    for _ in 0..<words { wanted.append(0) }
    for index in stride(from: ir.statements.count - 1, through: 0, by: -1) {
      let statement = ir.statements[index]
      switch statement.kind {
      case .set:
        let bit: UInt64 = 1 << UInt64(statement.a & 63)
        let word = Int(statement.a >> 6)
        let isWanted = wanted[word] & bit != 0
        wanted[word] &= ~bit
        if isWanted || statement.op == Statement.forced {
          want(ifWanted[index]..<always[index + 1])
        }
        want(always[index]..<ifWanted[index])
        if isWanted && decides { ir.statements[index].op = 0 }
        continue
      case .effect, .globalSet, .store, .check, .setResult, .operation, .declare, .reload, .block:
        break
      case .return, .trap: fill(0)
      case .br:
        fill(~0)
        intersect(label: statement.a)
      case .brIf: intersect(label: statement.b)
      case .brTable:
        fill(~0)
        for k in 0...Int(statement.c) { intersect(label: ir.targets[Int(statement.b) + k]) }
      case .loop:
        if narrow(label: statement.a) { changed = true }
      case .endLoop: break
      case .endBlock: remember(label: statement.a)
      case .endIf:
        remember(label: statement.a)
        save()
      case .endWhen: save()
      case .else:
        let top = saved.count - 2 * words
        for k in 0..<words {
          saved[top + words + k] = wanted[k]
          wanted[k] = saved[top + k]
        }
      case .if, .when:
        let top = saved.count - 2 * words
        for k in 0..<words { wanted[k] &= saved[top + words + k] }
        saved.truncate(to: top)
      }
      want(always[index]..<ifWanted[index])
    }
    return changed
  }

  private func fill(_ bits: UInt64) {
    for k in 0..<words { wanted[k] = bits }
  }

  private func want(_ range: Range<Int>) {
    for k in range {
      let variable = uses[k]
      wanted[Int(variable >> 6)] |= 1 << UInt64(variable & 63)
    }
  }

  private func intersect(label: UInt32) {
    let start = Int(label) * words
    for k in 0..<words { wanted[k] &= labels[start + k] }
  }

  private func remember(label: UInt32) {
    let start = Int(label) * words
    for k in 0..<words { labels[start + k] = wanted[k] }
  }

  /// Takes from the head of a loop what is not wanted before its body.
  private func narrow(label: UInt32) -> Bool {
    let start = Int(label) * words
    var changed = false
    for k in 0..<words where labels[start + k] & ~wanted[k] != 0 {
      labels[start + k] &= wanted[k]
      changed = true
    }
    return changed
  }

  /// Opens an `if` from behind.
  private mutating func save() {
    for _ in 0..<2 { for k in 0..<words { saved.append(wanted[k]) } }
  }
}
