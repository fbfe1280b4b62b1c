// Exceptions, as ordinary branches.
//
// One on its way is kept beside the instance. What calls something that may throw looks after it,
// and goes to the handler of the `try` around it, or returns. So no pass knows of exceptions.
//
//     try_table (catch $t 0) … end      block $end
//                                         block $handler
//                                           …; f(); br_if thrown $handler; …
//                                           br $end
//                                         end $handler
//                                         if thrown t: values, caught, br 0
//                                         to the next handler
//                                       end $end

import WasmModel

extension IRBuilder {
  // MARK: on their way

  private mutating func thrown(_ tag: UInt32? = nil) -> UInt32 {
    add(Node(op: NodeOp.thrown, type: .i32, effects: .readsState, a: tag.map { $0 + 1 } ?? 0))
  }

  /// Emits the way out for an exception that a call may have left.
  mutating func leaveIfThrown() {
    let condition = thrown()
    if handlers.count > 0 {
      let handler = handlers[handlers.count - 1]
      ir.labelUsed[Int(handler)] = true
      return emit(Statement(kind: .brIf, a: condition, b: handler))
    }
    emit(Statement(kind: .when, a: condition))
    leave()
    emit(Statement(kind: .endWhen))
  }

  /// Goes to the handler around what is here, or returns, with a result that nobody looks at.
  private mutating func leave() { leave(handlers: handlers.count) }

  /// The same, for one who sees no more than the outermost `count` handlers.
  private mutating func leave(handlers count: Int) {
    if count > 0 { return emitBranch(to: handlers[count - 1]) }
    keepFuel()
    let type = context.module.type(ofFunction: ir.functionIndex)
    guard let first = type.results.first else { return emit(Statement(kind: .return)) }
    emit(Statement(kind: .return, a: add(.zero(first)), b: 1))
  }

  mutating func throwTag(_ operation: Operation) {
    let count = context.module.values(ofTag: Int(operation.a)).count
    settleEffects()
    let first = takeArguments(count).first
    emit(Statement(kind: .throw, a: operation.a, b: first, c: UInt32(count)))
    leave()
  }

  mutating func throwRef(_ operation: Operation) {
    settleEffects()
    let exception = pop()
    emit(Statement(kind: .throwAgain, a: exception.node))
    leave()
  }

  // MARK: caught

  /// Takes the values of the exception that has arrived, and itself where it is wanted, onto the
  /// stack.
  private mutating func take(tag: UInt32?, reference: Bool) {
    if let tag {
      let values = context.module.values(ofTag: Int(tag))
      let layout = WordLayout(values)
      for (value, place) in zip(values, layout.places) {
        push(
          Node(op: NodeOp.thrownValue, type: value, effects: .readsState, a: UInt32(place.words)))
        materialise(stack.count - 1)
      }
    }
    if reference {
      push(Node(op: NodeOp.thrownException, type: .exnref, effects: .readsState))
      materialise(stack.count - 1)
    }
    emit(Statement(kind: .caught))
  }

  /// Begins what follows the body of a `try`: nothing but exceptions get there.
  private mutating func beginHandler(_ frame: Frame, _ fallsThrough: Bool) {
    if fallsThrough {
      assignResults(frame)
      emitBranch(to: frame.label)
    }
    emit(Statement(kind: .endBlock, a: frame.handler))
    forgetPath()
    truncateStack(to: frame.height)
  }

  private mutating func openHandled(_ operation: Operation, _ kind: Frame.Kind) {
    openBlock(operation, .block)
    let handler = newLabel(isLoop: false)
    frames.base[frames.count - 1].kind = kind
    frames.base[frames.count - 1].handler = handler
    frames.base[frames.count - 1].clauses = operation.b
    handlers.append(handler)
    emit(Statement(kind: .block, a: handler))
  }

  // MARK: try_table

  mutating func openTryTable(_ operation: Operation) { openHandled(operation, .tryTable) }

  /// The frame is no longer among those that branches see, as the clauses' labels have it.
  mutating func closeTryTable(_ frame: Frame, _ fallsThrough: Bool, _ body: FunctionBody) {
    _ = handlers.removeLast()
    let isReached = ir.labelUsed[Int(frame.handler)]
    beginHandler(frame, fallsThrough)
    if isReached { clauses(frame, body) }
    emit(Statement(kind: .endBlock, a: frame.label))
  }

  private mutating func clauses(_ frame: Frame, _ body: FunctionBody) {
    let first = Int(frame.clauses)
    for k in 0..<Int(body.immediates[first]) {
      let clause = body.immediates + (first + 1 + 3 * k)
      let tag = clause[0] < 2 ? clause[1] : nil
      if tag != nil { emit(Statement(kind: .when, a: thrown(tag))) }
      take(tag: tag, reference: clause[0] & 1 != 0)
      branch(depth: Int(clause[2]))
      truncateStack(to: frame.height)
      guard tag != nil else { return }
      forgetPath()
      emit(Statement(kind: .endWhen))
    }
    leave()
  }

  // MARK: legacy

  mutating func openTry(_ operation: Operation) { openHandled(operation, .legacyTry) }

  mutating func openCatch(_ operation: Operation, tag: UInt32?) {
    var frame = frames[frames.count - 1]
    let fallsThrough = operation.flags == 0
    if frame.kind == .legacyTry {
      _ = handlers.removeLast()
      let isReached = ir.labelUsed[Int(frame.handler)]
      beginHandler(frame, fallsThrough)
      frame.kind = .legacyCatch
      frame.clauses = 0
      if isReached {
        frame.handler = newVariable(.exnref)
        emit(Statement(kind: .declare, a: frame.handler))
        let exception = add(
          Node(op: NodeOp.thrownException, type: .exnref, effects: .readsState))
        emitSet(frame.handler, exception)
      } else {
        skipped = 1
        frames[frames.count - 1] = frame
        return
      }
    } else if skipped == 0 {
      closeClause(frame, fallsThrough)
    }
    frame.clauses = tag == nil ? 2 : 1
    frames[frames.count - 1] = frame
    if tag != nil { emit(Statement(kind: .when, a: thrown(tag))) }
    take(tag: tag, reference: false)
  }

  private mutating func closeClause(_ frame: Frame, _ fallsThrough: Bool) {
    if fallsThrough {
      assignResults(frame)
      emitBranch(to: frame.label)
    }
    truncateStack(to: frame.height)
    forgetPath()
    if frame.clauses == 1 { emit(Statement(kind: .endWhen)) }
  }

  /// Whether an operation belongs to clauses that are left out.
  mutating func isSkipped(_ special: Special) -> Bool {
    switch special {
    case .block, .loop, .if, .tryTable, .legacyTry: skipped += 1
    case .legacyDelegate: skipped -= 1
    case .end:
      skipped -= 1
      // The end of the `try` itself.
      return skipped > 0
    default: break
    }
    return true
  }

  /// At its `end`; without any clause it has none to throw to.
  mutating func closeTry(_ frame: Frame, _ fallsThrough: Bool) {
    if frame.kind == .legacyTry {
      _ = handlers.removeLast()
      let isReached = ir.labelUsed[Int(frame.handler)]
      beginHandler(frame, fallsThrough)
      if isReached { leave() }
    } else if frame.clauses != 0 {
      closeClause(frame, fallsThrough)
      if frame.clauses == 1 { leave() }
    }
    emit(Statement(kind: .endBlock, a: frame.label))
  }

  mutating func delegate(_ operation: Operation) {
    let frame = frames.removeLast()
    _ = handlers.removeLast()
    let isReached = ir.labelUsed[Int(frame.handler)]
    beginHandler(frame, operation.flags == 0)
    if isReached {
      // The `try`s around its target, whose handlers stand in their order.
      var count = 0
      for k in 0..<frames.count - Int(operation.a)
      where frames[k].kind == .tryTable || frames[k].kind == .legacyTry {
        count += 1
      }
      leave(handlers: count)
    }
    emit(Statement(kind: .endBlock, a: frame.label))
    pushResults(frame)
  }

  mutating func rethrow(depth: Int) {
    let frame = frames[frames.count - 1 - depth]
    settleEffects()
    emit(Statement(kind: .throwAgain, a: read(frame.handler)))
    leave()
  }
}
