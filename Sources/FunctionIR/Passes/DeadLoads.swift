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
//
// Methods that only read are mutating, too: else the pass's state would be copied for every call.

import WasmModel

struct DeadLoads {
  /// What a statement uses, as entries of `variables`, which end where the next statement's begin.
  private struct Uses: BitwiseCopyable {
    /// Where those begin that count always.
    var always: UInt32
    /// Where those begin that count if the variable that the statement sets is wanted.
    var ifWanted: UInt32
  }
  private var uses = Buffer<Uses>(capacity: 4096)
  private var variables = Buffer<UInt32>(capacity: 4096)
  /// One set of variables, `words` words long, for each label.
  private var labels = Buffer<UInt64>(capacity: 1024)
  /// The set before the statement at hand.
  private var wanted = Buffer<UInt64>(capacity: 64)
  /// For each open `if`, seen from its end: the sets after it and before its else arm.
  private var saved = Buffer<UInt64>(capacity: 1024)
  private var words = 0
  private var importedFunctions = 0
  /// The function at hand, if what it answers comes from no load.
  private var loadless = UInt32.max
  private let facts = InstructionTable.facts

  func free() {
    uses.free()
    variables.free()
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
    loadless = computesAlone(ir) ? UInt32(ir.functionIndex) : .max
    guard forceAll(&ir), analyses else { return }
    words = (ir.variables.count + 63) / 64
    if words * ir.labelUsed.count > DeadLoads.greatestSize { return }
    collectUses(ir)
    labels.removeAll()
    labels.append(repeating: ~0, count: words * ir.labelUsed.count)
    for _ in 0..<DeadLoads.greatestRound where !walk(ir) { return }
    for index in 0..<ir.statements.count where ir.statements[index].kind == .set {
      if ir.statements[index].op == Statement.wanted { ir.statements[index].op = Statement.forced }
    }
  }

  /// Marks everything whose value comes from a load; answers whether a set is among it.
  private mutating func forceAll(_ ir: inout FunctionIR) -> Bool {
    var any = false
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      switch statement.kind {
      case .set:
        guard carries(statement.b, ir.nodes) else { continue }
        ir.statements[index].op = Statement.forced
        any = true
      case .effect:
        guard statement.b == 1, carries(statement.a, ir.nodes) else { continue }
        ir.statements[index].op = Statement.forced
      case .setResult:
        guard carries(statement.b, ir.nodes) else { continue }
        ir.statements[index].b = forced(statement.b, &ir)
      default: continue
      }
    }
    for call in 0..<ir.calls.count {
      let node = ir.nodes[Int(ir.calls[call])]
      guard node.op == NodeOp.call, isDefined(node) else { continue }
      for k in Int(node.b)..<Int(node.b + node.c) {
        let argument = ir.arguments[k]
        guard carries(argument, ir.nodes) else { continue }
        ir.arguments[k] = forced(argument, &ir)
      }
    }
    return any
  }

  private mutating func forced(_ value: UInt32, _ ir: inout FunctionIR) -> UInt32 {
    let node = ir.nodes[Int(value)]
    ir.nodes.append(Node(op: NodeOp.forced, type: node.type, effects: node.effects, a: value))
    return UInt32(ir.nodes.count - 1)
  }

  /// Whether a function loads nothing, nor calls another that may.
  private mutating func computesAlone(_ ir: FunctionIR) -> Bool {
    if ir.usesMemory { return false }
    for k in 0..<ir.calls.count {
      let call = ir.nodes[Int(ir.calls[k])]
      if call.op == NodeOp.call && isDefined(call) && Int(call.a) != ir.functionIndex {
        return false
      }
    }
    return true
  }

  private mutating func isDefined(_ call: Node) -> Bool { Int(call.a) >= importedFunctions }

  /// Whether a value comes, in part at least, from a load, or from a function of this module
  /// that may have loaded it.
  private mutating func carries(_ index: UInt32, _ nodes: Buffer<Node>) -> Bool {
    let node = nodes[Int(index)]
    if node.effects.isDisjoint(with: [.trapsOnAccess, .writes]) { return false }
    switch node.op {
    case NodeOp.call: return isDefined(node) && node.a != loadless
    case NodeOp.callIndirect, NodeOp.memoryGrow, NodeOp.tableGrow, NodeOp.tableGet: return false
    case NodeOp.select:
      return carries(node.a, nodes) || carries(node.b, nodes)
        || carries(node.c, nodes)
    case NodeOp.refIsNull: return carries(node.a, nodes)
    default:
      let fact = facts[Int(node.op)]
      if fact.kind == .load { return true }
      return carries(node.a, nodes)
        || fact.operandCount == 2 && carries(node.b, nodes)
    }
  }

  // MARK: uses

  private mutating func collectUses(_ ir: FunctionIR) {
    uses.removeAll()
    variables.removeAll()
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      let always = UInt32(variables.count)
      switch statement.kind {
      case .set:
        collectHanded(statement.b, ir)
        uses.append(Uses(always: always, ifWanted: UInt32(variables.count)))
        collectSources(statement.b, ir)
        continue
      case .effect:
        collectHanded(statement.a, ir)
        if statement.op == Statement.forced { collectSources(statement.a, ir) }
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
      uses.append(Uses(always: always, ifWanted: UInt32(variables.count)))
    }
  }

  private mutating func collectAll(_ index: UInt32, _ ir: FunctionIR) {
    collectHanded(index, ir)
    collectSources(index, ir)
  }

  /// What goes to, or comes from, a function of this module counts only where it is forced.
  private mutating func collectArgument(_ index: UInt32, _ ir: FunctionIR) {
    collectHanded(index, ir)
    if ir.nodes[Int(index)].op == NodeOp.forced { collectSources(index, ir) }
  }

  /// Adds the variables in an expression that go to the host or the runtime, whatever becomes of
  /// its value.
  @inline(__always)
  private mutating func collectHanded(_ index: UInt32, _ ir: FunctionIR) {
    if ir.nodes[Int(index)].effects.isDisjoint(with: [.writes, .traps]) { return }
    collectHandedInside(index, ir)
  }

  private mutating func collectHandedInside(_ index: UInt32, _ ir: FunctionIR) {
    let node = ir.nodes[Int(index)]
    switch node.op {
    case NodeOp.call, NodeOp.callIndirect:
      let isOpaque = node.op == NodeOp.callIndirect || !isDefined(node)
      for k in Int(node.b)..<Int(node.b + node.c) {
        let argument = ir.arguments[k]
        if isOpaque { collectAll(argument, ir) } else { collectArgument(argument, ir) }
      }
    case NodeOp.memoryGrow, NodeOp.tableGet: collectAll(node.a, ir)
    case NodeOp.tableGrow:
      collectAll(node.a, ir)
      collectAll(node.b, ir)
    case NodeOp.select:
      collectHanded(node.a, ir)
      collectHanded(node.b, ir)
      collectHanded(node.c, ir)
    case NodeOp.refIsNull, NodeOp.forced: collectHanded(node.a, ir)
    default:
      let fact = facts[Int(node.op)]
      collectHanded(node.a, ir)
      if fact.kind != .load && fact.operandCount == 2 { collectHanded(node.b, ir) }
    }
  }

  /// Adds the variables that the value of an expression comes from.
  @inline(__always)
  private mutating func collectSources(_ index: UInt32, _ ir: FunctionIR) {
    let node = ir.nodes[Int(index)]
    if node.op == NodeOp.variable {
      variables.append(node.a)
    } else if node.op != NodeOp.constant {
      collectSourcesInside(node, ir)
    }
  }

  private mutating func collectSourcesInside(_ node: Node, _ ir: FunctionIR) {
    switch node.op {
    case NodeOp.globalGet, NodeOp.memorySize, NodeOp.tableSize, NodeOp.refFunc,
      NodeOp.refNull, NodeOp.call, NodeOp.callIndirect, NodeOp.memoryGrow, NodeOp.tableGet,
      NodeOp.tableGrow:
      break
    case NodeOp.select, NodeOp.refIsNull, NodeOp.forced: collectSources(node.a, ir)
    default:
      let fact = facts[Int(node.op)]
      collectSources(node.a, ir)
      if fact.kind != .load && fact.operandCount == 2 { collectSources(node.b, ir) }
    }
  }

  // MARK: the analysis

  /// One round from the last statement to the first, with a verdict on each set from a load.
  /// It is the last one if no head of a loop has lost something, which is the answer.
  private mutating func walk(_ ir: FunctionIR) -> Bool {
    var changed = false
    wanted.removeAll()
    saved.removeAll()
    wanted.append(repeating: 0, count: words)
    var end = UInt32(variables.count)
    for index in stride(from: ir.statements.count - 1, through: 0, by: -1) {
      let statement = ir.statements[index]
      let uses = self.uses[index]
      switch statement.kind {
      case .set:
        let bit: UInt64 = 1 << UInt64(statement.a & 63)
        let word = Int(statement.a >> 6)
        let isWanted = wanted[word] & bit != 0
        let isFromLoad = statement.op != 0
        wanted[word] &= ~bit
        if isWanted || isFromLoad { want(uses.ifWanted, end) }
        if isFromLoad {
          ir.statements[index].op = isWanted ? Statement.wanted : Statement.forced
        }
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
        if ir.labelUsed[Int(statement.a)] && narrow(label: statement.a) { changed = true }
      case .endLoop: break
      case .endBlock: remember(label: statement.a)
      case .endIf:
        remember(label: statement.a)
        save()
      case .endWhen: save()
      case .else:
        let after = saved.base + (saved.count - 2 * words)
        let beforeElse = after + words
        for k in 0..<words {
          beforeElse[k] = wanted.base[k]
          wanted.base[k] = after[k]
        }
      case .if, .when:
        let top = saved.count - 2 * words
        intersect(saved.base + (top + words))
        saved.truncate(to: top)
      }
      want(uses.always, uses.ifWanted)
      end = uses.always
    }
    return changed
  }

  /// Adds the variables of some entries.
  @inline(__always)
  private mutating func want(_ first: UInt32, _ end: UInt32) {
    var k = first
    while k < end {
      let variable = variables[Int(k)]
      wanted[Int(variable >> 6)] |= 1 << UInt64(variable & 63)
      k += 1
    }
  }

  // The sets are mostly one word long, so these do nothing before their first word.

  private mutating func fill(_ bits: UInt64) {
    for k in 0..<words { wanted.base[k] = bits }
  }

  @inline(__always)
  private mutating func set(ofLabel label: UInt32) -> UnsafeMutablePointer<UInt64> {
    labels.base + Int(label) * words
  }

  private mutating func intersect(label: UInt32) { intersect(set(ofLabel: label)) }

  private mutating func intersect(_ set: UnsafeMutablePointer<UInt64>) {
    for k in 0..<words { wanted.base[k] &= set[k] }
  }

  private mutating func remember(label: UInt32) {
    let set = set(ofLabel: label)
    for k in 0..<words { set[k] = wanted.base[k] }
  }

  /// Takes from the head of a loop what is not wanted before its body.
  private mutating func narrow(label: UInt32) -> Bool {
    let set = set(ofLabel: label)
    var changed = false
    for k in 0..<words where set[k] & ~wanted.base[k] != 0 {
      set[k] &= wanted.base[k]
      changed = true
    }
    return changed
  }

  /// Opens an `if` from behind.
  private mutating func save() {
    for _ in 0..<2 { for k in 0..<words { saved.append(wanted.base[k]) } }
  }
}
