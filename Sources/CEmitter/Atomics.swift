// Prints atomic accesses and what is said of shared memories.

import FunctionIR
import WasmModel

extension FunctionEmitter {
  mutating func atomic(_ node: Node, _ template: Template) {
    for k in Int(template.start)..<Int(template.end) {
      let piece = templates.pieces[k]
      text.put(piece.characters)
      switch piece.argument {
      case .whole0: expression(ir.operand(0, of: node), .whole)
      case .whole1: expression(ir.operand(1, of: node), .whole)
      case .whole2: expression(ir.operand(2, of: node), .whole)
      case .whole3: expression(ir.operand(3, of: node), .whole)
      case .place: place(node)
      case .memory: text.put(string: plan.memory(Int(node.a)))
      case .site: site(node.offset)
      case .none, .operand0, .operand1, .operand2, .operand3, .lane: break
      }
    }
  }

  /// The host's address of an access: `AT(x, 8)`, in another memory than the first `AT_IN(1, x, 8)`.
  private mutating func place(_ node: Node) {
    if plan.memories[Int(node.a)].isWide {
      text.put("AT64(m")
      if node.a != 0 { text.put(decimal: UInt64(node.a)) }
      text.put(", ")
    } else if node.a != 0 {
      text.put("AT_IN(")
      text.put(decimal: UInt64(node.a))
      text.put(", ")
    } else {
      text.put("AT(")
    }
    expression(ir.operand(0, of: node), .whole)
    text.put(", ")
    text.put(decimal: UInt64(node.d))
    text.put(")")
  }

  mutating func align(_ s: Statement) {
    text.put("check_aligned(")
    expression(s.a, .whole)
    text.put(", ")
    text.put(decimal: UInt64(s.b))
    text.put(", ")
    text.put(decimal: UInt64(s.op))
    text.put(", ")
    site(s.offset)
    text.put(");\n")
  }

  /// The bytes of a memory; those of a shared one may have become more just now.
  mutating func size(ofMemory index: Int) {
    if plan.memories[index].isShared {
      text.put("apus_memory_size(")
      text.put(string: plan.memory(index))
      text.put(")")
    } else {
      text.put(string: plan.memoryFields(index))
      text.put("size")
    }
  }

  /// The size that a check compares with: that of a shared memory is read anew each time.
  mutating func checkedSize(ofMemory memory: UInt32) {
    if plan.memories[Int(memory)].isShared { return size(ofMemory: Int(memory)) }
    text.put("n")
    if memory != 0 { text.put(decimal: UInt64(memory)) }
  }
}
