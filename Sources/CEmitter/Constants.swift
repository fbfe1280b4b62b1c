// Prints numbers as C, and knows those that C compilers leave out.

import FunctionIR
import WasmModel

extension FunctionEmitter {
  /// x * 1, x / -1, x - 0, x + -0, -0 - x: compilers take the operand as it is, or turn its
  /// sign, and a signalling NaN would stay one. So it would as a constant.
  static func foldsToOperand(_ opcode: UInt16) -> Bool {
    switch opcode {
    case 0x92...0x95, 0xa0...0xa3: true
    default: false
    }
  }

  /// Whether a node is a constant 0, 1, -0, -1 or NaN.
  mutating func isNeutral(_ index: UInt32) -> Bool {
    let node = ir.nodes[Int(index)]
    guard node.op == NodeOp.constant else { return false }
    let value =
      node.type == .f32
      ? Double(Float(bitPattern: node.a)) : Double(bitPattern: node.constantBits)
    return value == 0 || abs(value) == 1 || value.isNaN
  }

  mutating func constant(_ node: Node, _ position: Position) {
    switch node.type {
    case .i32:
      integer(UInt64(node.a))
      text.put("u")
    case .i64:
      integer(node.constantBits)
      text.put("ull")
    case .f32:
      let value = Float(bitPattern: node.a)
      if value.isFinite {
        float(value.description, negative: value.sign == .minus, "f", position)
      } else {
        text.put("f32_bits(")
        text.put(hex: UInt64(node.a))
        text.put("u)")
      }
    case .f64:
      let bits = UInt64(node.b) << 32 | UInt64(node.a)
      let value = Double(bitPattern: bits)
      if value.isFinite {
        float(value.description, negative: value.sign == .minus, "", position)
      } else {
        text.put("f64_bits(")
        text.put(hex: bits)
        text.put("ull)")
      }
    default: text.put("NULL")
    }
  }

  mutating func integer(_ value: UInt64) {
    if value < 1 << 20 { text.put(decimal: value) } else { text.put(hex: value) }
  }

  private mutating func float(
    _ digits: String, negative: Bool, _ suffix: StaticString, _ position: Position
  ) {
    if negative && position == .operand { text.put("(") }
    text.put(string: digits)
    text.put(suffix)
    if negative && position == .operand { text.put(")") }
  }
}
