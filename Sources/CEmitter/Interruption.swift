// Where a function that can be interrupted asks whether it is.
//
// Loops ask each time that they go round. What else may go on for ever is recursion, so a function asks once before it
// calls: what returns before that is as cheap as without, and C compilers inline it alike.
//
//     if (l0 == 0) return 1;
//     interruptible_call(0x21c);
//     return l0 - w_male(l0 - 1);

import FunctionIR

extension FunctionEmitter {
  /// Prints all statements, and the question where it belongs: before the first one that calls, or at the beginning if
  /// there are others which that one does not lead to.
  mutating func interruptibleStatements() {
    let begin = text.count
    // By open block: whether one has asked on every way to here.
    var hasAsked = [false]
    var question: Range<Int>?
    for k in 0..<ir.statements.count {
      let s = ir.statements[k]
      let (place, callsBefore, depthBefore) = (text.count, callCount, depth)
      statement(s)
      if callCount != callsBefore && !hasAsked[hasAsked.count - 1] {
        if let question {
          text.remove(question)
          _ = ask(at: begin, depth: 1)
          for k in hasAsked.indices { hasAsked[k] = true }
        } else {
          question = ask(at: place, depth: depthBefore)
          hasAsked[hasAsked.count - 1] = true
        }
      }
      let last = hasAsked.count - 1
      switch s.kind {
      case .block, .if, .when: hasAsked.append(hasAsked[last])
      case .loop: hasAsked.append(hasAsked[last] || ir.labelUsed[Int(s.a)])
      case .else: hasAsked[last] = hasAsked[last - 1]
      case .endBlock, .endIf, .endWhen, .endLoop: hasAsked.removeLast()
      default: break
      }
    }
  }

  /// Where the question stands.
  private mutating func ask(at place: Int, depth: Int) -> Range<Int> {
    let end = text.count
    text.put(spaces: 2 &* min(depth, 20))
    text.put("interruptible_call(")
    site(plan.start(ofFunction: ir.functionIndex))
    text.put(");\n")
    let count = text.count - end
    text.moveLast(count, to: place)
    return place..<place + count
  }
}
