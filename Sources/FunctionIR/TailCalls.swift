// Calls that a function ends with, for which nothing of it stays on the stack.
//
// Of itself: its parameters are set, and it begins again. Of another: see CEmitter/TailCalls.swift.

import WasmModel

extension IRBuilder {
  func endsWithItself(_ body: FunctionBody) -> Bool {
    body.operations.contains {
      facts[Int($0.opcode.rawValue)].special == .returnCall && Int($0.a) == body.functionIndex
    }
  }

  /// Behind all of a function that begins again.
  mutating func closeOwnLoop(_ type: Signature) {
    emit(Statement(kind: .endLoop, a: ownLoop, b: 1))
    // Where it does nothing else, C compilers miss a return.
    let ends = (0..<ir.statements.count).contains {
      [.return, .trap, .tailCall].contains(ir.statements[$0].kind)
    }
    if type.resultCount > 0 && !ends {
      emit(Statement(kind: .return, a: add(.zero(type.firstResult)), b: 1))
    }
  }

  mutating func tailCall(_ operation: Operation) {
    let type = signature(ofFunction: Int(operation.a))
    if Int(operation.a) == ir.functionIndex { return beginAgain(type) }
    keepFuel()
    let (first, _, effects, _) = takeArguments(type.parameterCount)
    finishTailCall(
      Node(
        op: NodeOp.call, type: type.firstResult, effects: effects.union(.writes), a: operation.a,
        b: first, c: UInt32(type.parameterCount), offset: operation.offset))
  }

  mutating func tailCallIndirect(_ operation: Operation) {
    let type = signatures[Int(operation.a)]
    keepFuel()
    settleIndirect(type)
    let (first, _, effects, _) = takeArguments(type.parameterCount + 1)
    finishTailCall(
      Node(
        op: NodeOp.callIndirect, type: type.firstResult,
        effects: effects.union([.writes, .traps]), a: operation.a, b: first,
        c: UInt32(type.parameterCount + 1), d: operation.b, offset: operation.offset))
  }

  private mutating func finishTailCall(_ node: Node) {
    settle(against: .writes)
    ir.hasTailCalls = true
    ir.calls.append(UInt32(ir.nodes.count))
    emit(Statement(kind: .tailCall, a: add(node)))
  }

  private mutating func beginAgain(_ type: Signature) {
    settleEffects()
    assign(0, type.parameterCount)
    for local in type.parameterCount..<max(ir.localCount, type.parameterCount) {
      emitSet(UInt32(local), add(.zero(ir.variables[local])))
    }
    emitBranch(to: ownLoop)
  }
}
