// Prints vectors, and the numbers of their lanes.

import FunctionIR
import WasmModel

/// How a shuffle of bytes is printed, by a name of apus_simd.h.
struct Shuffle {
  let name: StaticString
  /// Of lanes, or where a window of both begins.
  let numbers: [UInt32]

  /// `lanes`: sixteen numbers of bytes in both operands. Where the second is all zeros, those of it
  /// are as good as one another.
  init(_ lanes: [UInt32], isSecondZero: Bool) {
    let lanes = isSecondZero ? lanes.map { min($0, 16) } : lanes
    let names: [StaticString] = ["i64x2_shuffle", "i32x4_shuffle"]
    for (name, width) in zip(names, [8, 4]) {
      if let numbers = Shuffle.wider(lanes, width, isSecondZero) {
        (self.name, self.numbers) = (name, numbers)
        return
      }
    }
    let words = Shuffle.wider(lanes, 2, isSecondZero)
    for (name, form) in Shuffle.forms {
      let form = isSecondZero ? form.map { min($0, UInt32(form.count)) } : form
      guard form == lanes || form == words else { continue }
      (self.name, numbers) = (name, [])
      return
    }
    if lanes[0] < 16 && lanes == Array(lanes[0]..<lanes[0] + 16) {
      (name, numbers) = ("i8x16_window", [lanes[0]])
    } else if let words {
      (name, numbers) = ("i16x8_shuffle", words)
    } else {
      (name, numbers) = ("i8x16_shuffle", lanes)
    }
  }

  /// The numbers of lanes `width` bytes wide, where those stay whole; bytes of zeros have number 16.
  private static func wider(
    _ lanes: [UInt32], _ width: Int, _ isSecondZero: Bool
  ) -> [UInt32]? {
    var numbers: [UInt32] = []
    for start in stride(from: 0, to: 16, by: width) {
      let first = lanes[start]
      if first % UInt32(width) != 0 { return nil }
      for k in 1..<width where lanes[start + k] != first + UInt32(k) {
        if !(isSecondZero && lanes[start..<start + width].allSatisfy { $0 == 16 }) { return nil }
      }
      numbers.append(first / UInt32(width))
    }
    return numbers
  }

  private static let forms: [(StaticString, [UInt32])] = [
    ("i8x16_interleave_low", interleaved(16, from: 0)),
    ("i8x16_interleave_high", interleaved(16, from: 8)),
    ("i16x8_interleave_low", interleaved(8, from: 0)),
    ("i16x8_interleave_high", interleaved(8, from: 4)),
    ("i8x16_even", (0..<16).map { 2 * $0 }),
    ("i16x8_even", (0..<8).map { 2 * $0 }),
  ]

  private static func interleaved(_ count: UInt32, from first: UInt32) -> [UInt32] {
    (0..<count).map { first + $0 / 2 + ($0 % 2 == 0 ? 0 : count) }
  }
}

extension FunctionEmitter {
  mutating func vector(_ node: Node) {
    text.put("v128_const(")
    text.put(hex: UInt64(node.b) << 32 | UInt64(node.a))
    text.put("ull, ")
    text.put(hex: UInt64(node.d) << 32 | UInt64(node.c))
    text.put("ull)")
  }

  /// The number of a lane.
  mutating func lane(_ node: Node) {
    text.put(decimal: UInt64(facts[Int(node.op)].operandCount == 1 ? node.b : node.c))
  }

  /// Prints a shuffle by what it does to the widest lanes that it leaves whole.
  mutating func shuffle(_ node: Node) {
    var lanes = ir.lanes(ofShuffle: node)
    let isTurned = isZeroVector(node.a)
    if isTurned { lanes = lanes.map { $0 ^ 16 } }
    let (first, second) = isTurned ? (node.b, node.a) : (node.a, node.b)
    let shuffle = Shuffle(lanes, isSecondZero: isZeroVector(second))
    text.put(shuffle.name)
    text.put("(")
    expression(first, .whole)
    text.put(", ")
    expression(second, .whole)
    for number in shuffle.numbers {
      text.put(", ")
      text.put(decimal: UInt64(number))
    }
    text.put(")")
  }

  /// Prints floating-point arithmetic of which an operand is 0, 1, -0, -1 or NaN in all lanes, so
  /// that clang does not know it; answers false for any other.
  mutating func vectorOfNeutral(_ node: Node) -> Bool {
    let (first, second) = (isNeutralVector(node.a), isNeutralVector(node.b))
    guard first || second else { return false }
    text.put(templates.pieces[Int(templates.table[Int(node.op)].start)].characters)
    operand(node.a, isOpaque: first)
    text.put(", ")
    operand(node.b, isOpaque: second)
    text.put(")")
    return true
  }

  private mutating func operand(_ index: UInt32, isOpaque: Bool) {
    if isOpaque { text.put("opaque128(") }
    expression(index, .whole)
    if isOpaque { text.put(")") }
  }

  /// Whether all lanes of a vector are a number that compilers leave out: as a constant, or as what a
  /// constant is spread to.
  mutating func isNeutralVector(_ index: UInt32) -> Bool {
    let node = ir.nodes[Int(index)]
    if node.op == NodeOp.vector {
      let isDouble = node.a == node.c && node.b == node.d
      let isSingle = isDouble && node.a == node.b
      let (single, double) = (Float(bitPattern: node.a), Double(bitPattern: node.constantBits))
      return isSingle && FunctionEmitter.isNeutral(Double(single))
        || isDouble && FunctionEmitter.isNeutral(double)
    }
    if node.op == NodeOp.variable {
      return vectorConstants.constant.contains(node.a) && vectorConstants.neutral.contains(node.a)
    }
    let isSplat = node.op == Opcode.f32x4Splat || node.op == Opcode.f64x2Splat
    return isSplat && isNeutral(node.a)
  }
}

/// What is known of the variables of a function that are vectors.
struct VectorConstants {
  /// Those that are zeros always: so locals start, and nothing else is put into them.
  var zero: Set<UInt32> = []
  /// Those that are one constant or another always.
  var constant: Set<UInt32> = []
  /// Those of them that may be one which compilers leave out of arithmetic.
  var neutral: Set<UInt32> = []

  mutating func removeAll() {
    if constant.isEmpty { return }
    zero.removeAll()
    constant.removeAll()
    neutral.removeAll()
  }
}

extension FunctionEmitter {
  mutating func findVectorConstants() {
    for k in ir.parameterCount..<max(ir.variables.count, ir.parameterCount)
    where ir.variables[k] == .v128 {
      vectorConstants.zero.insert(UInt32(k))
      vectorConstants.constant.insert(UInt32(k))
      if !ir.assigned[k] { vectorConstants.neutral.insert(UInt32(k)) }
    }
    for k in 0..<ir.statements.count where ir.statements[k].kind == .set {
      let (variable, value) = (ir.statements[k].a, ir.statements[k].b)
      guard ir.variables[Int(variable)] == .v128 else { continue }
      let node = ir.nodes[Int(value)]
      if !node.isZeroVector { vectorConstants.zero.remove(variable) }
      if node.op != NodeOp.vector {
        vectorConstants.constant.remove(variable)
      } else if isNeutralVector(value) {
        vectorConstants.neutral.insert(variable)
      }
    }
  }

  private mutating func isZeroVector(_ index: UInt32) -> Bool {
    let node = ir.nodes[Int(index)]
    return node.isZeroVector
      || node.op == NodeOp.variable && vectorConstants.zero.contains(node.a)
  }
}
