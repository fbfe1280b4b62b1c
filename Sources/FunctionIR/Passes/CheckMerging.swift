// Takes out the bounds checks that others cover.
//
// A check of variable + extent holds until the variable is set: memory never shrinks.
// One that a stronger one dominates goes; one that follows a weaker one, with nothing
// between that could be noticed, goes into it. A trap may so name an earlier access of
// the same straight line, but nothing is written that would not have been.

import WasmModel

struct CheckMerging {
  /// What is known of a variable: so many bytes from it on are inside.
  private var extents = Buffer<UInt64>(capacity: 256)
  /// The statement of its last check, and the straight line that this one stands in.
  private var lastCheck = Buffer<Int>(capacity: 256)
  private var lastLine = Buffer<Int>(capacity: 256)

  /// What a variable's extent was before it changed.
  private struct Change: BitwiseCopyable {
    var variable: UInt32
    /// The clock at the time.
    var time: UInt32
    var before: UInt64
  }
  /// Every change, in the order of time, to take back where paths meet.
  private var log = Buffer<Change>(capacity: 256)
  /// Counts changes.
  private var clock: UInt32 = 0

  /// An open `if` or `when`.
  private struct Scope: BitwiseCopyable {
    var start: UInt32
    /// Where the least extents of its first arm begin in `arms`; -1 before `else`.
    var arm: Int
  }
  private var scopes = Buffer<Scope>(capacity: 64)
  private var arms = Buffer<Change>(capacity: 64)

  /// For each label: open scopes around it, and the time of the first branch to it.
  private struct Label: BitwiseCopyable {
    var depth = 0
    var time = UInt32.max
  }
  private var labels = Buffer<Label>(capacity: 64)
  /// For each variable, the last meeting of paths that has seen it.
  private var seen = Buffer<Int>(capacity: 256)
  private var meetings = 0

  func free() {
    extents.free()
    lastCheck.free()
    lastLine.free()
    log.free()
    scopes.free()
    arms.free()
    labels.free()
    seen.free()
  }

  mutating func run(_ ir: inout FunctionIR) {
    guard prepare(ir) else { return }
    var line = 0
    var kept = 0
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      ir.statements[kept] = statement
      switch statement.kind {
      case .check:
        let node = ir.nodes[Int(statement.a)]
        guard node.op == NodeOp.variable else { break }
        let variable = Int(node.a)
        let extent = UInt64(statement.c) << 32 | UInt64(statement.b)
        if extents[variable] >= extent { continue }
        if extents[variable] > 0 && lastLine[variable] == line {
          let first = lastCheck[variable]
          ir.statements[first].b = statement.b
          ir.statements[first].c = statement.c
          change(variable, to: extent)
          continue
        }
        // A check of another address stands between what came before and what follows;
        // both are the same trap, so neither order can be told from the other.
        change(variable, to: extent)
        lastCheck[variable] = kept
        lastLine[variable] = line
      case .set:
        let effects = ir.nodes[Int(statement.b)].effects
        if !effects.isDisjoint(with: [.writes, .traps]) { line += 1 }
        forget(statement.a)
      case .declare: forget(statement.a)
      case .reload: break
      case .globalSet, .store, .effect, .operation, .setResult, .trap, .return: line += 1
      case .block:
        labels[Int(statement.a)].depth = scopes.count
      case .loop:
        line += 1
        forgetVariables(setInLoopAt: index, ir)
      case .if:
        line += 1
        labels[Int(statement.b)].depth = scopes.count
        scopes.append(Scope(start: clock, arm: -1))
      case .when:
        line += 1
        scopes.append(Scope(start: clock, arm: -1))
      case .else:
        line += 1
        beginSecondArm()
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
      case .endLoop: line += 1
      case .br:
        line += 1
        branch(to: statement.a, ir)
      case .brIf:
        line += 1
        branch(to: statement.b, ir)
      case .brTable:
        line += 1
        for k in 0...Int(statement.c) { branch(to: ir.targets[Int(statement.b) + k], ir) }
      }
      kept += 1
    }
    ir.statements.truncate(to: kept)
  }

  /// Sizes the buffers; false where there is nothing to merge.
  private mutating func prepare(_ ir: FunctionIR) -> Bool {
    var checks = 0
    for index in 0..<ir.statements.count where ir.statements[index].kind == .check { checks += 1 }
    if checks < 2 { return false }
    extents.removeAll()
    lastCheck.removeAll()
    lastLine.removeAll()
    seen.removeAll()
    meetings = 0
    clock = 0
    for _ in 0..<ir.variables.count {
      extents.append(0)
      lastCheck.append(0)
      lastLine.append(-1)
      seen.append(0)
    }
    labels.removeAll()
    for _ in 0..<ir.labelUsed.count { labels.append(Label()) }
    log.removeAll()
    scopes.removeAll()
    arms.removeAll()
    return true
  }

  private mutating func change(_ variable: Int, to extent: UInt64) {
    log.append(Change(variable: UInt32(variable), time: clock, before: extents[variable]))
    clock += 1
    extents[variable] = extent
  }

  private mutating func forget(_ variable: UInt32) {
    if extents[Int(variable)] > 0 { change(Int(variable), to: 0) }
  }

  /// What is known at the head of a loop holds on every turn: nothing that the loop sets.
  private mutating func forgetVariables(setInLoopAt start: Int, _ ir: FunctionIR) {
    let label = ir.statements[start].a
    if !ir.labelUsed[Int(label)] { return }
    var index = start + 1
    while ir.statements[index].kind != .endLoop || ir.statements[index].a != label {
      let kind = ir.statements[index].kind
      if kind == .set || kind == .declare { forget(ir.statements[index].a) }
      index += 1
    }
  }

  private mutating func branch(to label: UInt32, _ ir: FunctionIR) {
    if ir.labelIsLoop[Int(label)] { return }
    // Of a scope that is closed before the label, nothing is known there but what was
    // known before it.
    let depth = labels[Int(label)].depth
    let time = scopes.count > depth ? scopes[depth].start : clock
    labels[Int(label)].time = min(labels[Int(label)].time, time)
  }

  /// Where in the log the changes since a time begin.
  private func position(of time: UInt32) -> Int {
    var position = log.count
    while position > 0 && log[position - 1].time >= time { position -= 1 }
    return position
  }

  /// Keeps for each variable only what has held all the time since then.
  private mutating func meet(since time: UInt32) {
    let start = position(of: time)
    for k in start..<log.count {
      let variable = Int(log[k].variable)
      extents[variable] = min(extents[variable], log[k].before)
    }
    // One change for each variable says as much as all of them.
    meetings += 1
    var kept = start
    for k in start..<log.count {
      let change = log[k]
      let variable = Int(change.variable)
      if seen[variable] == meetings || change.before == extents[variable] { continue }
      seen[variable] = meetings
      log[kept] = change
      kept += 1
    }
    log.truncate(to: kept)
  }

  /// At `else`: keeps the least extents of the first arm, and takes its changes back.
  private mutating func beginSecondArm() {
    let scope = scopes[scopes.count - 1]
    scopes[scopes.count - 1].arm = arms.count
    let start = position(of: scope.start)
    for k in start..<log.count {
      let variable = log[k].variable
      let least = min(log[k].before, extents[Int(variable)])
      arms.append(Change(variable: variable, time: 0, before: least))
    }
    for k in stride(from: log.count - 1, through: start, by: -1) {
      extents[Int(log[k].variable)] = log[k].before
    }
    log.truncate(to: start)
  }

  private mutating func endScope() {
    let scope = scopes.removeLast()
    meet(since: scope.start)
    guard scope.arm >= 0 else { return }
    for k in scope.arm..<arms.count where extents[Int(arms[k].variable)] > arms[k].before {
      change(Int(arms[k].variable), to: arms[k].before)
    }
    arms.truncate(to: scope.arm)
  }
}
