// Statements by which a module says what it does, before it is done. Values are settled first, so that saying them
// evaluates nothing twice and nothing earlier.

import WasmModel

extension IRBuilder {
  /// Says that something happens, with up to two values.
  private mutating func trace(
    _ event: TraceEvent, _ a: UInt32 = Statement.nothing, _ b: UInt32 = Statement.nothing,
    offset: UInt64 = 0
  ) {
    emit(
      Statement(
        kind: .trace, op: event.rawValue, a: a, b: UInt32(truncatingIfNeeded: offset), c: b,
        d: UInt32(offset >> 32)))
  }

  /// The operand at `index`, to be evaluated more than once.
  private mutating func settled(at index: Int) -> UInt32 {
    settleVariable(at: index)
    return stack[index].node
  }

  /// Where an access changes memory whose address lies below `count` operands.
  @inline(__always)
  mutating func traceStore(_ operation: Operation, operands count: Int) {
    if context.traces.contains(.stores) { sayStore(operation, operands: count) }
  }

  private mutating func sayStore(_ operation: Operation, operands count: Int) {
    let address = settled(at: stack.count - count - 1)
    let value = count > 0 ? settled(at: stack.count - count) : Statement.nothing
    settleEffects()
    trace(.store, address, value, offset: operation.bits)
  }

  /// Where the operand on top goes to a global.
  @inline(__always)
  mutating func traceGlobal(_ index: UInt32) {
    if context.traces.contains(.stores) { sayGlobal(index) }
  }

  private mutating func sayGlobal(_ index: UInt32) {
    let value = settled(at: stack.count - 1)
    settleEffects()
    trace(.global, Statement.nothing, value, offset: UInt64(index))
  }

  /// Where something happens to tables, or to much of a memory: with the first of its operands and the last.
  mutating func traceBulk(operands count: Int) {
    guard context.traces.contains(.stores) else { return }
    let first = count > 0 ? settled(at: stack.count - count) : Statement.nothing
    let last = count > 1 ? settled(at: stack.count - 1) : Statement.nothing
    settleEffects()
    trace(.bulk, first, last)
  }

  /// Where the function returns the `count` operands on top.
  @inline(__always)
  mutating func traceReturn(_ count: Int) {
    if context.traces.contains(.calls) { sayReturn(count) }
  }

  private mutating func sayReturn(_ count: Int) {
    for k in 0..<count { _ = settled(at: stack.count - count + k) }
    settleEffects()
    for k in 0..<max(count, 1) {
      let value = count > 0 ? stack[stack.count - count + k].node : Statement.nothing
      trace(.return, Statement.nothing, value, offset: UInt64(k))
    }
  }

  /// Where a block begins.
  mutating func traceBlock() {
    settleEffects()
    trace(.block)
  }
}
