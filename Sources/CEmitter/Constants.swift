// Prints numbers as C, and knows those that C compilers leave out.

import FunctionIR
import WasmModel

extension FunctionEmitter {
  /// x * 1, x / -1, x - 0, x + -0, -0 - x: compilers take the operand as it is, or turn its
  /// sign, and a signalling NaN would stay one. So it would as a constant.
  static func foldsToOperand(_ row: Instruction) -> Bool {
    switch row.float {
    case .add, .sub, .mul, .div: true
    case nil, .lt, .gt: false
    }
  }

  /// Whether compilers may know of a floating-point value that it is 0, 1, -0, -1 or NaN: a
  /// constant, a global that starts so, or what is computed from constants alone.
  mutating func isNeutral(_ index: UInt32) -> Bool {
    let node = ir.nodes[Int(index)]
    switch NodeOp(code: node.op) {
    case .constant:
      let value =
        node.type == .f32
        ? Double(Float(bitPattern: node.a)) : Double(bitPattern: node.constantBits)
      return FunctionEmitter.isNeutral(value)
    case .globalGet: return startsNeutral(Int(node.a))
    default: return isComputed(index)
    }
  }

  /// Whether a float is 0, or computed from constants, so that a compiler may find that it is.
  mutating func mayBeZero(_ index: UInt32) -> Bool {
    let node = ir.nodes[Int(index)]
    guard node.op == NodeOp.constant else { return isNeutral(index) }
    return node.type == .f32 ? node.a == 0 : node.constantBits == 0
  }

  private static func mayVanish(_ value: Double) -> Bool { value == 0 || abs(value) == 1 }
  static func isNeutral(_ value: Double) -> Bool { mayVanish(value) || value.isNaN }

  private mutating func startsNeutral(_ global: Int) -> Bool {
    let start = global - plan.module.importedGlobalCount
    guard start >= 0 else { return false }
    switch plan.module.globalValues[start].single {
    case .f32(let bits): return FunctionEmitter.mayVanish(Double(Float(bitPattern: bits)))
    case .f64(let bits): return FunctionEmitter.mayVanish(Double(bitPattern: bits))
    default: return false
    }
  }

  /// Whether a value is computed from constants, in a few steps.
  private mutating func isComputed(_ index: UInt32, steps: Int = 4) -> Bool {
    let node = ir.nodes[Int(index)]
    if node.op == NodeOp.constant { return true }
    guard node.isInstruction, steps > 0 else { return false }
    let fact = facts[Int(node.op)]
    return fact.kind == .plain && isComputed(node.a, steps: steps - 1)
      && (fact.operandCount == 1 || isComputed(node.b, steps: steps - 1))
  }

  /// Prints what goes to a variable, a function, a caller or a choice, without what clang would
  /// carry on from it: `l3 = opaque64(1.0);`.
  @inline(__always)
  mutating func value(_ index: UInt32, _ position: Position) {
    let type = ir.nodes[Int(index)].type
    if type == .f32 || type == .f64 { return float(index, position) }
    if type == .v128 && isNeutralVector(index) {
      text.put("opaque128(")
      expression(index, .whole)
      return text.put(")")
    }
    expression(index, position)
  }

  @inline(never)
  private mutating func float(_ index: UInt32, _ position: Position) {
    guard isNeutral(index) else { return expression(index, position) }
    text.put(ir.nodes[Int(index)].type == .f32 ? "opaque32(" : "opaque64(")
    expression(index, .whole)
    text.put(")")
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
