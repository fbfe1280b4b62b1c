// The forms that people write where the second operand of an instruction is a constant.

import FunctionIR
import WasmModel

extension FunctionEmitter {
  /// Whether an instruction has such a form.
  static func hasIdiom(_ row: Instruction) -> Bool {
    switch row.integer {
    case .add, .xor, .shl, .shrS, .shrU: true
    default: false
    }
  }

  /// Prints x - 1 for x + 0xffffffff, ~x for x ^ 0xffffffff, x << 3 for x << (3 & 31); answers
  /// false where the instruction's own template is as good. The second operand is a constant.
  mutating func idiom(_ node: Node, _ position: Position) -> Bool {
    let constant = ir.nodes[Int(node.b)]
    let isWide = constant.type == .i64
    let value =
      isWide ? Int64(bitPattern: constant.constantBits) : Int64(Int32(bitPattern: constant.a))
    let integer = facts[Int(node.op)].integer
    switch integer {
    case .add:
      guard value < 0, value > -(1 << 31) else { return false }
      binary(node, " - ", UInt64(-value), isWide ? "ull" : "u", position)
    case .xor:
      guard value == -1 else { return false }
      text.put("~")
      expression(node.a, .operand)
    case .shl, .shrU:
      guard value >= 0, value < (isWide ? 64 : 32) else { return false }
      binary(node, integer == .shl ? " << " : " >> ", UInt64(value), "", position)
    default:
      guard value >= 0, value < (isWide ? 64 : 32) else { return false }
      text.put(isWide ? "(u64)((i64)" : "(u32)((i32)")
      expression(node.a, .operand)
      text.put(" >> ")
      text.put(decimal: UInt64(value))
      text.put(")")
    }
    return true
  }

  /// Prints the first operand, an operator and a number.
  private mutating func binary(
    _ node: Node, _ symbol: StaticString, _ value: UInt64, _ suffix: StaticString,
    _ position: Position
  ) {
    if position == .operand { text.put("(") }
    expression(node.a, .operand)
    text.put(symbol)
    text.put(decimal: value)
    text.put(suffix)
    if position == .operand { text.put(")") }
  }
}
