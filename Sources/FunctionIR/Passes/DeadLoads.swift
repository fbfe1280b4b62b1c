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
// Methods that only read are mutating, too, and take the function inout: else the compiler copies
// the fields of both aside for every call, though neither type can be copied.

import WasmModel

struct DeadLoads: ~Copyable {
  /// What a statement uses, as entries of `variables`, which end where the next statement's begin.
  struct Uses: BitwiseCopyable {
    /// Where those begin that count always.
    var always: UInt32
    /// Where those begin that count if the variable that the statement sets is wanted.
    var ifWanted: UInt32
    /// It may trap by an explicit test, behind which a compiler may put what nothing wants there.
    var traps = false
  }
  private var uses = Buffer<Uses>(capacity: 4096)
  private var variables = Buffer<UInt32>(capacity: 4096)
  /// One set of variables, `words` words long, for each label.
  private var labels = Buffer<UInt64>(capacity: 1024)
  /// The set before the statement at hand, where it is longer than a word.
  private var wanted = Buffer<UInt64>(capacity: 64)
  /// For each open `if`, seen from its end: the sets after it and before its else arm.
  private var saved = Buffer<UInt64>(capacity: 1024)
  private var words = 0
  private var importedFunctions = 0
  /// The function at hand, if what it answers comes from no load.
  private var loadless = UInt32.max
  private var kept = Kept()
  private let facts = InstructionTable.facts

  /// Rounds after which everything is forced. Each round takes away; few need three.
  private static let greatestRound = 16
  /// Words of sets for all labels together that are worth the time.
  private static let greatestSize = 1 << 22

  /// Marks the loads to force: all of them unless it `analyses`.
  mutating func run(_ ir: inout FunctionIR, importedFunctions: Int, analyses: Bool) {
    self.importedFunctions = importedFunctions
    loadless = computesAlone(&ir) ? UInt32(ir.functionIndex) : .max
    kept.prepare(&ir)
    if ir.usesMemory { forceInside(&ir) }
    guard forceAll(&ir), analyses else { return }
    words = (ir.variables.count + 63) / 64
    if words * ir.labelUsed.count > DeadLoads.greatestSize { return }
    collectUses(&ir)
    labels.removeAll()
    labels.append(repeating: ~0, count: words * ir.labelUsed.count)
    wanted.removeAll()
    wanted.append(repeating: 0, count: words)
    let isSettled =
      words == 1
      ? settle(&ir, OneWord()) : settle(&ir, ManyWords(base: wanted.base, count: words))
    if isSettled { return }
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
        guard carries(statement.b, &ir) else { continue }
        ir.statements[index].op = Statement.forced
        any = true
      case .effect:
        guard statement.b == 1, carries(statement.a, &ir) else { continue }
        ir.statements[index].op = Statement.forced
      case .setResult:
        guard carries(statement.b, &ir) else { continue }
        ir.statements[index].b = forced(statement.b, &ir)
      default: continue
      }
    }
    for call in 0..<ir.calls.count {
      let node = ir.nodes[Int(ir.calls[call])]
      guard node.op == NodeOp.call, isDefined(node) else { continue }
      for k in Int(node.b)..<Int(node.b + node.c) {
        let argument = ir.arguments[k]
        guard carries(argument, &ir) else { continue }
        ir.arguments[k] = forced(argument, &ir)
      }
    }
    return any
  }

  // MARK: loads within expressions

  /// Forces the loads within expressions that are not sure to be wanted there.
  private mutating func forceInside(_ ir: inout FunctionIR) {
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      switch statement.kind {
      case .set, .globalSet, .setResult:
        ir.statements[index].b = forcedInside(statement.b, Kept.all, &ir)
      case .store:
        ir.statements[index].a = forcedInside(statement.a, Kept.all, &ir)
        ir.statements[index].c = forcedInside(statement.c, bytes(storedBy: statement, &ir), &ir)
      case .if, .when, .brIf, .brTable:
        let wanted = matters(index, &ir) ? Kept.all : 0
        ir.statements[index].a = forcedInside(statement.a, wanted, &ir)
      case .return where statement.b == 1, .effect:
        ir.statements[index].a = forcedInside(statement.a, Kept.all, &ir)
      case .operation, .throw: forceArguments(statement.b, statement.c, &ir)
      case .throwAgain: ir.statements[index].a = forcedInside(statement.a, Kept.all, &ir)
      default: continue
      }
    }
    for call in 0..<ir.calls.count {
      let node = ir.nodes[Int(ir.calls[call])]
      forceArguments(node.b, node.c, &ir)
    }
  }

  private mutating func forceArguments(_ first: UInt32, _ count: UInt32, _ ir: inout FunctionIR) {
    for k in Int(first)..<Int(first + count) {
      ir.arguments[k] = forcedInside(ir.arguments[k], Kept.all, &ir)
    }
  }

  /// The expression, or what takes its place, with the loads in it forced of which more than `bytes`
  /// are loaded.
  @inline(__always)
  private mutating func forcedInside(
    _ index: UInt32, _ bytes: Int, _ ir: inout FunctionIR
  ) -> UInt32 {
    if !ir.nodes[Int(index)].effects.contains(.trapsOnAccess) { return index }
    return forcedLoads(index, bytes, &ir)
  }

  @inline(never)
  private mutating func forcedLoads(
    _ index: UInt32, _ bytes: Int, _ ir: inout FunctionIR
  ) -> UInt32 {
    let node = ir.nodes[Int(index)]
    // Arguments are walked with the calls.
    if ir.shapes[node.op].operands == .arguments { return index }
    for k in 0..<ir.operandCount(node) {
      let operand = node.field(k)
      if !ir.nodes[Int(operand)].effects.contains(.trapsOnAccess) { continue }
      let forced = forcedLoads(operand, wanted(k, of: node, bytes, &ir), &ir)
      ir.setOperand(k, of: index, to: forced)
    }
    let isLoad = node.isInstruction && facts[Int(node.op)].kind == .load
    return isLoad && bytes < Int(facts[Int(node.op)].width) ? forced(index, &ir) : index
  }

  /// Low bytes of an operand that are wanted for sure where so many of a node's value are.
  @inline(__always)
  private mutating func wanted(
    _ k: Int, of node: Node, _ bytes: Int, _ ir: inout FunctionIR
  ) -> Int {
    if ir.shapes[node.op].flow == .kept { return kept.operand(k, of: node, bytes, &ir) }
    return node.op == NodeOp.select ? bytes : Kept.all
  }

  /// The low bytes of a stored value that are wanted: none where it comes from the same place.
  private mutating func bytes(storedBy store: Statement, _ ir: inout FunctionIR) -> Int {
    let value = ir.nodes[Int(store.c)]
    if value.isInstruction, facts[Int(value.op)].kind == .load, value.b == store.b,
      value.c == store.d, ir.areSame(value.a, store.a)
    {
      return 0
    }
    let width = Int(facts[Int(store.op)].width)
    let isWhole = width >= 8 || width == 4 && (value.type == .i32 || value.type == .f32)
    return isWhole ? Kept.all : width
  }

  /// Whether it makes a difference where the branch at a statement goes, as far as is easily seen.
  private mutating func matters(_ index: Int, _ ir: inout FunctionIR) -> Bool {
    let statement = ir.statements[index]
    switch statement.kind {
    case .brTable:
      let first = ir.immediates[Int(statement.b)]
      for k in 1..<Int(statement.c) + 1 where ir.immediates[Int(statement.b) + k] != first {
        return true
      }
      return false
    case .if, .when:
      let one = ir.statements[index + 1]
      if one.kind == .endIf || one.kind == .endWhen { return false }
      guard index + 4 < ir.statements.count else { return true }
      let two = ir.statements[index + 2]
      let (three, four) = (ir.statements[index + 3], ir.statements[index + 4])
      return
        !(one.kind == .set && two.kind == .else && three.kind == .set && four.kind == .endIf
        && one.a == three.a && ir.areSame(one.b, three.b))
    default: return true
    }
  }

  private mutating func forced(_ value: UInt32, _ ir: inout FunctionIR) -> UInt32 {
    let node = ir.nodes[Int(value)]
    ir.nodes.append(Node(op: NodeOp.forced, type: node.type, effects: node.effects, a: value))
    return UInt32(ir.nodes.count - 1)
  }

  /// Whether a function loads nothing, nor calls another that may.
  private mutating func computesAlone(_ ir: inout FunctionIR) -> Bool {
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
  private mutating func carries(_ index: UInt32, _ ir: inout FunctionIR) -> Bool {
    let node = ir.nodes[Int(index)]
    if node.effects.isDisjoint(with: [.trapsOnAccess, .writes]) { return false }
    // What an exception has, has been stored in it.
    if node.type == .exnref { return false }
    if node.isInstruction && facts[Int(node.op)].kind == .load { return true }
    if node.op == NodeOp.call { return isDefined(node) && node.a != loadless }
    if ir.shapes[node.op].flow == .away || node.op == NodeOp.forced { return false }
    for k in 0..<ir.operandCount(node) where carries(ir.operand(k, of: node), &ir) { return true }
    return false
  }

  // MARK: uses

  private mutating func collectUses(_ ir: inout FunctionIR) {
    uses.removeAll()
    variables.removeAll()
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      let always = UInt32(variables.count)
      if let first = trapping(statement, &ir) {
        collectHanded(first, &ir)
        collectTested(first, &ir)
        if statement.kind == .store {
          collectHanded(statement.c, &ir)
          collectTested(statement.c, &ir)
        }
        uses.append(Uses(always: always, ifWanted: UInt32(variables.count), traps: true))
        continue
      }
      switch statement.kind {
      case .set:
        collectHanded(statement.b, &ir)
        let traps = ir.nodes[Int(statement.b)].effects.contains(.traps)
        if traps { collectTested(statement.b, &ir) }
        uses.append(Uses(always: always, ifWanted: UInt32(variables.count), traps: traps))
        if !traps { collectSources(statement.b, &ir) }
        continue
      case .effect:
        collectHanded(statement.a, &ir)
        if statement.op == Statement.forced { collectSources(statement.a, &ir) }
      case .globalSet: collectAll(statement.b, &ir)
      case .setResult: collectArgument(statement.b, &ir)
      case .store:
        collectAll(statement.a, &ir)
        collectHanded(statement.c, &ir)
        collectSources(statement.c, &ir, kept: bytes(storedBy: statement, &ir))
      case .check, .align: collectAll(statement.a, &ir)
      case .if, .when, .brIf, .brTable:
        collectHanded(statement.a, &ir)
        if matters(index, &ir) { collectSources(statement.a, &ir) }
      case .return: if statement.b == 1 { collectAll(statement.a, &ir) }
      case .throwAgain: collectAll(statement.a, &ir)
      case .tailCall: collectHanded(statement.a, &ir)
      case .operation, .throw:
        for k in 0..<Int(statement.c) { collectAll(ir.arguments[Int(statement.b) + k], &ir) }
      default: break
      }
      uses.append(Uses(always: always, ifWanted: UInt32(variables.count)))
    }
  }

  /// The expression of a statement other than a set, if evaluating it may trap by an explicit test;
  /// of a store, its address, though its value may be what does.
  private mutating func trapping(_ statement: Statement, _ ir: inout FunctionIR) -> UInt32? {
    func traps(_ node: UInt32) -> Bool { ir.nodes[Int(node)].effects.contains(.traps) }
    let (node, other): (UInt32, UInt32)
    switch statement.kind {
    case .effect, .if, .when, .brIf, .brTable: (node, other) = (statement.a, statement.a)
    case .globalSet, .setResult: (node, other) = (statement.b, statement.b)
    case .store: (node, other) = (statement.a, statement.c)
    case .return where statement.b == 1: (node, other) = (statement.a, statement.a)
    default: return nil
    }
    return traps(node) || traps(other) ? node : nil
  }

  /// Adds the variables on which it depends whether an expression traps by an explicit test.
  private mutating func collectTested(_ index: UInt32, _ ir: inout FunctionIR) {
    let node = ir.nodes[Int(index)]
    if !node.effects.contains(.traps) { return }
    let tests = node.isInstruction && facts[Int(node.op)].mayTrap
    let count = ir.operandCount(node)
    for k in 0..<count {
      let operand = ir.operand(k, of: node)
      collectTested(operand, &ir)
      if tests || node.op == NodeOp.callIndirect && k == count - 1 { collectSources(operand, &ir) }
    }
  }

  private mutating func collectAll(_ index: UInt32, _ ir: inout FunctionIR) {
    collectHanded(index, &ir)
    collectSources(index, &ir)
  }

  /// What goes to, or comes from, a function of this module counts only where it is forced.
  private mutating func collectArgument(_ index: UInt32, _ ir: inout FunctionIR) {
    collectHanded(index, &ir)
    if ir.nodes[Int(index)].op == NodeOp.forced { collectSources(index, &ir) }
  }

  /// Adds the variables in an expression that go to the host or the runtime, whatever becomes of
  /// its value.
  @inline(__always)
  private mutating func collectHanded(_ index: UInt32, _ ir: inout FunctionIR) {
    if ir.nodes[Int(index)].effects.isDisjoint(with: [.writes, .traps]) { return }
    collectHandedInside(index, &ir)
  }

  private mutating func collectHandedInside(_ index: UInt32, _ ir: inout FunctionIR) {
    let node = ir.nodes[Int(index)]
    let isOwn = node.op == NodeOp.call && isDefined(node)
    let isAway = ir.shapes[node.op].flow == .away
    for k in 0..<ir.operandCount(node) {
      let operand = ir.operand(k, of: node)
      if isOwn {
        collectArgument(operand, &ir)
      } else if isAway {
        collectAll(operand, &ir)
      } else {
        collectHanded(operand, &ir)
      }
    }
  }

  /// Adds the variables that the value of an expression comes from.
  @inline(__always)
  private mutating func collectSources(
    _ index: UInt32, _ ir: inout FunctionIR, kept bytes: Int = Kept.all
  ) {
    if bytes == 0 { return }
    let node = ir.nodes[Int(index)]
    if node.op == NodeOp.variable {
      if bytes >= kept.width(index, &ir) { variables.append(node.a) }
    } else if !node.isConstant {
      collectSourcesInside(node, &ir, bytes)
    }
  }

  private mutating func collectSourcesInside(_ node: Node, _ ir: inout FunctionIR, _ bytes: Int) {
    if ir.cancels(node) { return }
    switch ir.shapes[node.op].flow {
    case .away: break
    case .first: collectSources(node.a, &ir)
    case .kept:
      collectSources(node.a, &ir, kept: kept.operand(0, of: node, bytes, &ir))
      for k in 1..<max(ir.operandCount(node), 1) {
        collectSources(node.field(k), &ir, kept: kept.operand(k, of: node, bytes, &ir))
      }
    }
  }

  // MARK: the analysis

  /// Rounds until no head of a loop loses something; false where there are too many.
  private mutating func settle<Set: VariableSet>(_ ir: inout FunctionIR, _ set: Set) -> Bool {
    for _ in 0..<DeadLoads.greatestRound where !walk(&ir, set) { return true }
    return false
  }

  /// One round from the last statement to the first, with a verdict on each set from a load.
  /// It is the last one if no head of a loop has lost something, which is the answer.
  private mutating func walk<Set: VariableSet>(_ ir: inout FunctionIR, _ set: Set) -> Bool {
    var wanted = set
    var changed = false
    wanted.fill(0)
    saved.removeAll()
    let (uses, variables, labels) = (uses.base, variables.base, labels.base)
    var end = self.variables.count
    var index = ir.statements.count
    while index > 0 {
      index -= 1
      let statement = ir.statements.base + index
      let always = Int(uses[index].always)
      let ifWanted = Int(uses[index].ifWanted)
      switch statement.pointee.kind {
      case .set:
        let variable = statement.pointee.a
        let isWanted = wanted.contains(variable)
        let isFromLoad = statement.pointee.op != 0
        wanted.remove(variable)
        if isWanted || isFromLoad {
          for k in ifWanted..<end { wanted.insert(variables[k]) }
        }
        if isFromLoad {
          statement.pointee.op = isWanted ? Statement.wanted : Statement.forced
        }
      case .effect, .globalSet, .store, .check, .align, .setResult, .operation, .declare, .reload,
        .block,
        .throw, .throwAgain, .caught, .takeFuel, .takeBulkFuel, .trace, .keepFuel, .readFuel:
        break
      case .return, .trap, .tailCall: wanted.fill(0)
      case .br: wanted.load(from: labels + Int(statement.pointee.a) * words)
      case .brIf: wanted.intersect(labels + Int(statement.pointee.b) * words)
      case .brTable:
        wanted.fill(~0)
        for k in 0...Int(statement.pointee.c) {
          wanted.intersect(labels + Int(ir.immediates[Int(statement.pointee.b) + k]) * words)
        }
      case .loop:
        let label = Int(statement.pointee.a)
        if ir.labelUsed[label] && wanted.narrow(labels + label * words) { changed = true }
      case .endLoop: break
      case .endBlock: wanted.store(to: labels + Int(statement.pointee.a) * words)
      case .endIf:
        wanted.store(to: labels + Int(statement.pointee.a) * words)
        save(wanted)
      case .endWhen: save(wanted)
      case .else:
        let after = saved.base + (saved.count - 2 * words)
        wanted.store(to: after + words)
        wanted.load(from: after)
      case .if, .when:
        let top = saved.count - 2 * words
        wanted.intersect(saved.base + (top + words))
        saved.truncate(to: top)
      }
      if uses[index].traps { wanted.fill(0) }
      for k in always..<ifWanted { wanted.insert(variables[k]) }
      end = always
    }
    return changed
  }

  /// Opens an `if` from behind: the sets after it and before its else arm.
  private mutating func save(_ set: some VariableSet) {
    saved.append(repeating: 0, count: 2 * words)
    let place = saved.base + (saved.count - 2 * words)
    set.store(to: place)
    set.store(to: place + words)
  }
}

/// A set of variables, which can be written to words in memory and read from there.
private protocol VariableSet {
  func contains(_ variable: UInt32) -> Bool
  mutating func insert(_ variable: UInt32)
  mutating func remove(_ variable: UInt32)
  mutating func fill(_ bits: UInt64)
  func store(to words: UnsafeMutablePointer<UInt64>)
  mutating func load(from words: UnsafeMutablePointer<UInt64>)
  mutating func intersect(_ words: UnsafeMutablePointer<UInt64>)
  /// Takes from the words in memory what is not in the set; answers whether that was anything.
  func narrow(_ words: UnsafeMutablePointer<UInt64>) -> Bool
}

/// Up to 64 variables, as nearly all functions have.
private struct OneWord: VariableSet {
  private var bits: UInt64 = 0

  func contains(_ variable: UInt32) -> Bool { bits & 1 << UInt64(variable & 63) != 0 }
  mutating func insert(_ variable: UInt32) { bits |= 1 << UInt64(variable & 63) }
  mutating func remove(_ variable: UInt32) { bits &= ~(1 << UInt64(variable & 63)) }
  mutating func fill(_ bits: UInt64) { self.bits = bits }
  func store(to words: UnsafeMutablePointer<UInt64>) { words.pointee = bits }
  mutating func load(from words: UnsafeMutablePointer<UInt64>) { bits = words.pointee }
  mutating func intersect(_ words: UnsafeMutablePointer<UInt64>) { bits &= words.pointee }
  func narrow(_ words: UnsafeMutablePointer<UInt64>) -> Bool {
    let before = words.pointee
    words.pointee = before & bits
    return before & ~bits != 0
  }
}

/// Any number of variables, in memory that somebody else owns.
private struct ManyWords: VariableSet {
  let base: UnsafeMutablePointer<UInt64>
  let count: Int

  func contains(_ variable: UInt32) -> Bool {
    base[Int(variable >> 6)] & 1 << UInt64(variable & 63) != 0
  }
  mutating func insert(_ variable: UInt32) {
    base[Int(variable >> 6)] |= 1 << UInt64(variable & 63)
  }
  mutating func remove(_ variable: UInt32) {
    base[Int(variable >> 6)] &= ~(1 << UInt64(variable & 63))
  }
  mutating func fill(_ bits: UInt64) { base.update(repeating: bits, count: count) }
  func store(to words: UnsafeMutablePointer<UInt64>) { words.update(from: base, count: count) }
  mutating func load(from words: UnsafeMutablePointer<UInt64>) {
    base.update(from: words, count: count)
  }
  mutating func intersect(_ words: UnsafeMutablePointer<UInt64>) {
    for k in 0..<count { base[k] &= words[k] }
  }
  func narrow(_ words: UnsafeMutablePointer<UInt64>) -> Bool {
    var lost: UInt64 = 0
    for k in 0..<count {
      lost |= words[k] & ~base[k]
      words[k] &= base[k]
    }
    return lost != 0
  }
}
