// Prints labels and branches.

import FunctionIR

extension FunctionEmitter {
  mutating func label(_ index: UInt32) { text.put("L", index) }

  mutating func placeLabel(_ index: UInt32) {
    guard ir.labelUsed[Int(index)] else { return }
    indent()
    label(index)
    text.put(":;\n")
  }

  /// Finds the loops that something other than `continue` goes to: a branch from a loop
  /// further in, or from a `switch`.
  mutating func findLoopLabels() {
    needsLabel.removeAll(keepingCapacity: true)
    needsLabel.append(contentsOf: repeatElement(false, count: ir.labelUsed.count))
    for k in 0..<ir.statements.count {
      let s = ir.statements[k]
      switch s.kind {
      case .loop: if ir.labelUsed[Int(s.a)] { loops.append(s.a) }
      case .endLoop: if ir.labelUsed[Int(s.a)] { loops.removeLast() }
      case .br where s.d != Statement.break:
        needsLabel[Int(s.a)] = needsLabel[Int(s.a)] || s.a != loops.last
      case .brIf where s.d != Statement.break:
        needsLabel[Int(s.b)] = needsLabel[Int(s.b)] || s.b != loops.last
      case .brTable:
        for t in 0...Int(s.c) { needsLabel[Int(ir.targets[Int(s.b) + t])] = true }
      default: break
      }
    }
  }

  /// Goes to a label, in the way that a branch's `d` says.
  mutating func jump(_ index: UInt32, _ way: UInt32) {
    if way == Statement.break {
      text.put("break;")
    } else if ir.labelIsLoop[Int(index)] && loops.last == index {
      text.put("continue;")
    } else {
      text.put("goto ")
      label(index)
      text.put(";")
    }
  }
}
