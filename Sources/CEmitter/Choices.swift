// The forms for choices of which C compilers make branches or waits, where the guest's compiler
// meant neither.

import FunctionIR
import WasmModel

extension FunctionEmitter {
  /// Prints a load of one of two neighbouring words, as it stands in every step down a binary
  /// tree, so that it need not wait for the choice; answers false for any other load. With
  /// explicit checks the address is a variable, and this does not occur.
  mutating func choiceOfWords(_ load: Node) -> Bool {
    guard !plan.options.isExact,
      let choice = ir.choiceOfWords(load.op, memory: load.c, address: load.a, offset: load.b)
    else {
      return false
    }
    text.put("ld32_either(")
    expression(choice.base, .operand)
    if choice.least != 0 {
      text.put(" + ")
      integer(UInt64(choice.least))
      text.put("u")
    }
    text.put(", ")
    text.put(decimal: UInt64(load.b))
    text.put(choice.isTurned ? ", !(" : ", ")
    expression(choice.condition, .condition)
    text.put(choice.isTurned ? "))" : ")")
    return true
  }

  /// Prints a choice by the lowest bit of a value, which nobody can predict; answers false for
  /// any other choice.
  mutating func choiceByBit(_ select: Node) -> Bool {
    guard select.type == .i32 || select.type == .i64 else { return false }
    var condition = ir.nodes[Int(select.a)]
    let isTurned = integer(of: condition) == .eqz
    if isTurned { condition = ir.nodes[Int(condition.a)] }
    if condition.op == Opcode.i32WrapI64 { condition = ir.nodes[Int(condition.a)] }
    guard integer(of: condition) == .and else { return false }
    let mask = ir.nodes[Int(condition.b)]
    guard mask.op == NodeOp.constant, mask.constantBits == 1 else { return false }
    text.put(select.type == .i32 ? "select_bit32(" : "select_bit64(")
    expression(condition.a, .whole)
    text.put(", ")
    expression(isTurned ? select.c : select.b, .whole)
    text.put(", ")
    expression(isTurned ? select.b : select.c, .whole)
    text.put(")")
    return true
  }

  private mutating func integer(of node: Node) -> IntegerOperator? {
    node.isInstruction ? facts[Int(node.op)].integer : nil
  }
}
