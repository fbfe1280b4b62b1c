// Prints labels and branches, and what opens and closes blocks.
//
// C compilers bear so many braces within braces: clang 256, later 2,048. Deeper than that an
// `if` or a loop is printed without: `if (l0) {} else goto S7; … S7:;`, `L3:; … goto L3;`.

import FunctionIR
import WasmModel

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
        for t in 0...Int(s.c) { needsLabel[Int(ir.immediates[Int(s.b) + t])] = true }
      default: break
      }
    }
  }

  /// Goes to a label, in the way that a branch's `d` says.
  mutating func jump(_ index: UInt32, _ way: UInt32) {
    if way == Statement.break && isInFlatLoop {
      flatLoops[flatLoops.count - 1].isLeft = true
      text.put("goto ")
      text.put("B", loops[loops.count - 1])
      text.put(";")
    } else if way == Statement.break {
      text.put("break;")
    } else if !isInFlatLoop && ir.labelIsLoop[Int(index)] && loops.last == index {
      text.put("continue;")
    } else {
      go(to: index)
    }
  }

  mutating func go(to index: UInt32) {
    text.put("goto ")
    label(index)
    text.put(";")
  }

  // MARK: blocks

  private var isFlat: Bool { depth >= FunctionEmitter.greatestDepth }

  private var isInFlatLoop: Bool {
    flatLoops.count > 0 && flatLoops[flatLoops.count - 1].label == loops.last
  }

  /// `if (l0)`, `if (likely(l0))`
  @inline(__always)
  mutating func condition(_ s: Statement) {
    text.put("if (")
    if s.op != 0 { text.put(s.op == Operation.likely ? "likely(" : "unlikely(") }
    expression(s.a, .condition)
    text.put(s.op != 0 ? "))" : ")")
  }

  /// Opens an `if` on a node.
  mutating func openIf(_ s: Statement) {
    indent()
    condition(s)
    if isFlat {
      text.put(" {} else ")
      skips.append(beginSkip())
    } else {
      text.put(" {\n")
    }
    depth += 1
  }

  mutating func beginElse() {
    depth -= 1
    indent()
    if isFlat {
      let next = beginSkip()
      endSkip()
      skips.append(next)
    } else {
      text.put("} else {\n")
    }
    depth += 1
  }

  mutating func closeIf() {
    depth -= 1
    if isFlat { return endSkip() }
    indent()
    text.put("}\n")
  }

  /// Goes to a label of its own, and answers its number.
  private mutating func beginSkip() -> UInt32 {
    defer { skipCount += 1 }
    text.put("goto ")
    text.put("S", skipCount)
    text.put(";\n")
    return skipCount
  }

  private mutating func endSkip() {
    indent()
    text.put("S", skips.removeLast())
    text.put(":;\n")
  }

  mutating func openLoop(_ s: Statement) {
    if isFlat {
      flatLoops.append((s.a, false))
      placeLabel(s.a)
    } else {
      indent()
      text.put(s.c == Statement.doWhile ? "do {\n" : "for (;;) {\n")
      if needsLabel[Int(s.a)] { placeLabel(s.a) }
    }
    loops.append(s.a)
    depth += 1
    if plan.options.isInterruptible && s.b != Statement.endsSoon {
      indent()
      text.put("interruptible_loop(")
      site(s.offset)
      text.put(");\n")
    }
  }

  mutating func closeLoop(_ s: Statement) {
    if isInFlatLoop { return closeFlatLoop(s) }
    if s.b == 0 {
      indent()
      text.put("break;\n")
    } else if s.b == Statement.unlessCondition {
      indent()
      text.put("if (")
      expression(s.c, .condition)
      text.put(") break;\n")
    }
    depth -= 1
    _ = loops.popLast()
    indent()
    if s.b == Statement.whileCondition {
      text.put("} while (")
      expression(s.c, .condition)
      text.put(");\n")
    } else {
      text.put("}\n")
    }
  }

  private mutating func closeFlatLoop(_ s: Statement) {
    depth -= 1
    _ = loops.popLast()
    let isLeft = flatLoops.removeLast().isLeft
    if s.b != 0 {
      indent()
      if s.b != 1 {
        text.put("if (")
        expression(s.c, .condition)
        text.put(s.b == Statement.whileCondition ? ") " : ") {} else ")
      }
      go(to: s.a)
      text.put("\n")
    }
    guard isLeft else { return }
    indent()
    text.put("B", s.a)
    text.put(":;\n")
  }
}
