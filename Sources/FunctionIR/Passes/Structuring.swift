// Turns branches into structure: `if`, `else`, `do … while`, `break`.
//
// A branch over the rest of its block becomes an `if` around that rest; where an arm ends
// with a branch over what follows, that becomes the `else`. People read the result more
// easily, and so do C compilers: gcc takes every `goto` and `continue` for improbable.
//
// One walk from the first statement to the last. What a brace opened here encloses goes on
// to the end of the block that it stands in, or of one further out where nothing has
// branched to the end of those between.
//
// Methods that only read are mutating, too: else the pass's state would be copied for every call.

import WasmModel

struct Structuring: ~Copyable {
  /// An open block, loop, if or when of the input.
  struct Scope: BitwiseCopyable {
    var kind: StatementKind
    var label: UInt32
    /// Where it, or its first arm, ends in the input.
    var end: Int
    /// Where its entries in `pending` begin.
    var pending: Int
    /// Where it begins in the output.
    var start: Int
    /// Variables from here on are declared inside it, or after it.
    var variableCount: Int
    /// The innermost loop that C has, this one or one around it; -1 where there is none.
    var loop: Int
  }

  /// What there was before the pass: the function's statements, while it runs.
  private var input = Buffer<Statement>(capacity: 1)
  private var output = Buffer<Statement>(capacity: 4096)
  private var scopes = Buffer<Scope>(capacity: 64)
  /// The braces opened here that close at the end of the scopes, whether each is an `else`;
  /// see `Scope.pending`.
  private var pending = Buffer<Bool>(capacity: 64)
  /// For each label, the branches to it in the output that are written as such.
  private var branches = Buffer<UInt32>(capacity: 256)
  /// For each statement that opens something or is an `else`: where that ends.
  private var ends = Buffer<Int>(capacity: 4096)
  private var open = Buffer<Int>(capacity: 64)
  /// The variables declared so far, locals included, are those below.
  private var variableCount = 0

  /// Braces within braces that this pass may lead to.
  private static let greatestDepth = 24
  /// Statements that are looked at to see where falling off an end leads.
  private static let greatestDistance = 64

  mutating func run(_ ir: inout FunctionIR) {
    if ir.labelUsed.count <= 1 { return }
    swap(&input, &ir.statements)
    prepare(ir)
    for index in 0..<input.count { place(input[index], at: index, &ir) }
    for label in 0..<ir.labelUsed.count where !ir.labelIsLoop[label] {
      ir.labelUsed[label] = branches[label] > 0
    }
    var kept = 0
    for index in 0..<output.count {
      let isBlock = output[index].kind == .block || output[index].kind == .endBlock
      if isBlock && !ir.labelUsed[Int(output[index].a)] { continue }
      if kept < index { output[kept] = output[index] }
      kept += 1
    }
    output.truncate(to: kept)
    swap(&ir.statements, &output)
    swap(&input, &output)
  }

  /// Finds where everything ends.
  private mutating func prepare(_ ir: borrowing FunctionIR) {
    output.removeAll()
    scopes.removeAll()
    pending.removeAll()
    variableCount = ir.localCount
    branches.removeAll()
    branches.append(repeating: 0, count: ir.labelUsed.count)
    ends.removeAll()
    ends.append(repeating: 0, count: input.count)
    open.removeAll()
    for index in 0..<input.count {
      switch input[index].kind {
      case .block, .loop, .if, .when: open.append(index)
      case .else:
        ends[open.removeLast()] = index
        open.append(index)
      case .endBlock, .endLoop, .endIf, .endWhen: ends[open.removeLast()] = index
      default: break
      }
    }
  }

  // MARK: statements

  @inline(__always)
  private mutating func place(_ statement: Statement, at index: Int, _ ir: inout FunctionIR) {
    switch statement.kind {
    case .block, .loop, .if, .when:
      openScope(statement, at: index, ir)
      output.append(statement)
    case .else:
      closeBraces(at: index, &ir)
      scopes[scopes.count - 1].end = ends[index]
      output.append(statement)
    case .endBlock, .endIf:
      closeBraces(at: index, &ir)
      _ = scopes.removeLast()
      output.append(statement)
    case .endLoop:
      closeBraces(at: index, &ir)
      let scope = scopes.removeLast()
      if statement.b == 0 && endsWithBranch(to: scope.label) { return }
      output.append(statement)
    case .endWhen:
      closeBraces(at: index, &ir)
      _ = scopes.removeLast()
      endWhen(before: index + 1, &ir)
    case .br:
      if leads(from: index + 1, to: statement.a) { return }
      emit(statement, to: statement.a)
    case .brIf: branchIf(statement, before: index + 1, &ir)
    case .brTable:
      for k in 0...Int(statement.c) {
        branches[Int(ir.immediates[Int(statement.b) + k])] += 1
      }
      output.append(statement)
    case .set, .declare:
      variableCount = max(variableCount, Int(statement.a) + 1)
      output.append(statement)
    default: output.append(statement)
    }
  }

  @inline(__always)
  private mutating func openScope(
    _ statement: Statement, at index: Int, _ ir: borrowing FunctionIR
  ) {
    let label = statement.kind == .if ? statement.b : statement.a
    let isLoop = statement.kind == .loop && ir.labelUsed[Int(label)]
    let outer = scopes.count > 0 ? scopes[scopes.count - 1].loop : -1
    scopes.append(
      Scope(
        kind: statement.kind, label: label, end: ends[index], pending: pending.count,
        start: output.count, variableCount: variableCount,
        loop: isLoop ? scopes.count : outer))
  }

  /// Appends a branch, as `break` where that leads there.
  private mutating func emit(_ branch: Statement, to label: UInt32) {
    var branch = branch
    let loop = scopes.count > 0 ? scopes[scopes.count - 1].loop : -1
    if loop >= 0 && leads(from: scopes[loop].end + 1, to: label) {
      branch.d = Statement.break
    } else {
      branches[Int(label)] += 1
    }
    output.append(branch)
  }

  /// A branch under a condition, before the statement `next` of the input.
  private mutating func branchIf(
    _ statement: Statement, before next: Int, _ ir: inout FunctionIR
  ) {
    let top = scopes.count - 1
    if top >= 0 && scopes[top].kind == .loop && scopes[top].label == statement.b
      && scopes[top].end == next && input[next].b == 0
      && pending.count == scopes[top].pending
    {
      return endLoop(scopes[top], statement, &ir)
    }
    if leads(from: next, to: statement.b) { return evaluate(statement, ir.nodes) }
    if let scope = extent(to: statement.b) {
      // The other way round, the hint as well.
      let hint = statement.op == 0 ? 0 : statement.op ^ (Operation.likely | Operation.unlikely)
      output.append(
        Statement(
          kind: .when, op: hint, a: negated(statement.a, &ir), offset: statement.offset))
      openBrace(upTo: scope, isElse: false)
    } else {
      emit(statement, to: statement.b)
    }
  }

  /// The end of a loop that goes on under a condition.
  private mutating func endLoop(
    _ scope: Scope, _ branch: Statement, _ ir: inout FunctionIR
  ) {
    let condition = branch.a
    // `while` stands outside the braces and sees nothing declared inside.
    let isWhile =
      branches[Int(scope.label)] == 0
      && !ir.reads(condition, from: scope.variableCount)
    if isWhile {
      output[scope.start].c = Statement.doWhile
      output.append(
        Statement(
          kind: .endLoop, a: scope.label, b: Statement.whileCondition, c: condition,
          offset: branch.offset))
    } else {
      output.append(
        Statement(
          kind: .endLoop, a: scope.label, b: Statement.unlessCondition,
          c: negated(condition, &ir), offset: branch.offset))
    }
  }

  /// Whether the loop with this label has got its end already.
  private mutating func endsWithBranch(to label: UInt32) -> Bool {
    let last = output[output.count - 1]
    return last.kind == .endLoop && last.a == label
  }

  // MARK: braces

  private mutating func openBrace(upTo scope: Int, isElse: Bool) {
    pending.append(isElse)
    for k in scope + 1..<max(scope + 1, scopes.count) { scopes[k].pending += 1 }
  }

  /// Closes the braces that end with the scope on top, or its arm, at `index` of the input.
  private mutating func closeBraces(at index: Int, _ ir: inout FunctionIR) {
    while pending.count > scopes[scopes.count - 1].pending {
      if pending.removeLast() { endElse() } else { endWhen(before: index, &ir) }
    }
  }

  /// Ends a `when`, before the statement `next` of the input, or goes on with its `else`.
  private mutating func endWhen(before next: Int, _ ir: inout FunctionIR) {
    let last = output[output.count - 1]
    if last.kind == .when {
      _ = output.removeLast()
      return evaluate(last, ir.nodes)
    }
    let end = Statement(kind: .endWhen, offset: last.offset)
    guard last.kind == .br else { return output.append(end) }
    let opening = output[output.count - 2]
    if opening.kind == .when {
      takeBack(last)
      _ = output.removeLast()
      let branch = Statement(
        kind: .brIf, op: opening.op, a: opening.a, b: last.a, offset: opening.offset)
      return branchIf(branch, before: next, &ir)
    }
    guard last.d == 0, let scope = extent(to: last.a) else {
      return output.append(end)
    }
    takeBack(last)
    output.append(Statement(kind: .else, offset: last.offset))
    openBrace(upTo: scope, isElse: true)
  }

  private mutating func endElse() {
    let last = output[output.count - 1]
    if last.kind == .else { _ = output.removeLast() }
    output.append(Statement(kind: .endWhen, offset: last.offset))
  }

  /// Removes the branch that the output ends with.
  private mutating func takeBack(_ branch: Statement) {
    _ = output.removeLast()
    if branch.d == 0 { branches[Int(branch.a)] -= 1 }
  }

  /// A branch's condition on which nothing depends any more.
  private mutating func evaluate(_ branch: Statement, _ nodes: borrowing Buffer<Node>) {
    let effects = nodes[Int(branch.a)].effects
    if effects.isDisjoint(with: [.traps, .writes, .trapsOnAccess]) { return }
    let isForced = effects.contains(.trapsOnAccess)
    output.append(
      Statement(
        kind: .effect, op: isForced ? Statement.forced : 0, a: branch.a, b: 1,
        offset: branch.offset))
  }

  /// The scope at whose end a brace opened now can close so that what follows is `label`.
  private mutating func extent(to label: UInt32) -> Int? {
    var k = scopes.count - 1
    if k < 0 || k + pending.count > Structuring.greatestDepth { return nil }
    var above = pending.count
    while k >= 0 {
      let scope = scopes[k]
      // Falling out of a loop is a `break` there, whatever comes after it.
      let fallsOut = scope.kind == .loop && input[scope.end].b == 0
      if !fallsOut && leads(from: scope.end, to: label) { return k }
      // Further out, if the end of this one is nothing in C.
      guard scope.kind == .block, branches[Int(scope.label)] == 0, scope.pending == above else {
        return nil
      }
      above = scope.pending
      k -= 1
    }
    return nil
  }

  /// Whether control that reaches the statement at `index` of the input goes to `label`.
  private mutating func leads(from index: Int, to label: UInt32) -> Bool {
    var index = index
    for _ in 0..<Structuring.greatestDistance {
      if index >= input.count { return false }
      let statement = input[index]
      switch statement.kind {
      case .endBlock, .endIf: if statement.a == label { return true }
      case .endWhen: break
      case .else:
        index = ends[index]
        continue
      case .endLoop: if statement.b == 1 { return statement.a == label }
      case .br: return statement.a == label
      default: return false
      }
      index += 1
    }
    return false
  }

  // MARK: conditions

  /// A condition that holds where this one does not.
  private mutating func negated(_ condition: UInt32, _ ir: inout FunctionIR) -> UInt32 {
    var node = ir.nodes[Int(condition)]
    if node.op == Opcode.i32Eqz { return node.a }
    if let opposite = IntegerOperator.negation(ofOpcode: node.op) {
      node.op = opposite
      ir.nodes.append(node)
    } else {
      ir.nodes.append(
        Node(op: Opcode.i32Eqz.rawValue, type: .i32, effects: node.effects, a: condition))
    }
    return UInt32(ir.nodes.count - 1)
  }
}
