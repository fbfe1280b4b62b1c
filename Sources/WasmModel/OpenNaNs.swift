// Which instructions may give a NaN that the specification leaves open: `--deterministic` makes
// these canonical. Said by a rule instead of a column, so that a new row has it from the start.

/// Where numbers lie in a value.
@frozen @usableFromInline package enum FloatShape: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case f32, f64, f32x4, f64x2

  /// As in an instruction's name.
  package var name: StaticString {
    switch self {
    case .f32: "f32"
    case .f64: "f64"
    case .f32x4: "f32x4"
    case .f64x2: "f64x2"
    }
  }
}

extension FloatShape {
  /// f64 for f32, as numbers have one kind of NaN; else the shape itself.
  package var widest: FloatShape { self == .f32 ? .f64 : self }
}

extension Instruction {
  /// The shape of a result with such NaNs: f64x2 for `f64x2.promote_low_f32x4`; nil for
  /// `f32.neg`, which turns a bit of its operand, and for `f32.lt`.
  package var openNaNs: FloatShape? {
    let name = Array(name.utf8)
    guard kind == .plain, results.first != .i32, let dot = name.firstIndex(of: UInt8(ascii: "."))
    else { return nil }
    for shape in FloatShape.allCases
    where shape.name.withUTF8Buffer({ $0.elementsEqual(name[..<dot]) }) {
      let word = name[(dot + 1)...].prefix { $0 != UInt8(ascii: "_") }
      let isOther = Instruction.withoutArithmetic.contains { operation in
        operation.withUTF8Buffer { $0.elementsEqual(word) }
      }
      return isOther ? nil : shape
    }
    return nil
  }

  /// The first words of those that keep bits, have no NaN as a result, or compare.
  private static let withoutArithmetic: [StaticString] = [
    "abs", "neg", "copysign", "splat", "pmin", "pmax", "convert", "reinterpret",
    "eq", "ne", "lt", "gt", "le", "ge",
  ]
}
