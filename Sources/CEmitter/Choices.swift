// The forms for choices of which C compilers make branches or waits, where the guest's compiler
// meant neither.

import FunctionIR
import WasmModel

extension FunctionEmitter {
  /// Prints a load of one of two neighbouring words, as it stands in every step down a binary
  /// tree, so that it need not wait for the choice; answers false for any other load. With
  /// explicit checks the address is a variable, and this does not occur.
  mutating func choiceOfWords(_ load: Node) -> Bool {
    guard load.op == 0x28, load.b % 8 == 0 else { return false }
    let sum = ir.nodes[Int(load.a)]
    guard sum.op == 0x6a else { return false }
    let select = ir.nodes[Int(sum.b)]
    guard select.op == NodeOp.select else { return false }
    let (first, second) = (ir.nodes[Int(select.b)], ir.nodes[Int(select.c)])
    guard first.op == NodeOp.constant, second.op == NodeOp.constant else { return false }
    let isTurned = first.a &+ 4 == second.a
    guard isTurned || second.a &+ 4 == first.a else { return false }
    text.put("ld32_either(")
    expression(sum.a, .operand)
    let least = isTurned ? first.a : second.a
    if least != 0 {
      text.put(" + ")
      integer(UInt64(least))
      text.put("u")
    }
    text.put(", ")
    text.put(decimal: UInt64(load.b))
    text.put(isTurned ? ", !(" : ", ")
    expression(select.a, .condition)
    text.put(isTurned ? "))" : ")")
    return true
  }

  /// Prints a choice by the lowest bit of a value, which nobody can predict; answers false for
  /// any other choice.
  mutating func choiceByBit(_ select: Node) -> Bool {
    guard select.type == .i32 || select.type == .i64 else { return false }
    var condition = ir.nodes[Int(select.a)]
    let isTurned = condition.op == IntegerOperator.i32Eqz || condition.op == 0x50
    if isTurned { condition = ir.nodes[Int(condition.a)] }
    if condition.op == 0xa7 { condition = ir.nodes[Int(condition.a)] }
    guard condition.op == 0x71 || condition.op == 0x83 else { return false }
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
}
