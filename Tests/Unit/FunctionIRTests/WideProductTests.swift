import FunctionIR
import Testing

/// Instructions on i64.
private enum Wide {
  static let mul: [UInt8] = [0x7e]
  static let add: [UInt8] = [0x7c]
  static let or: [UInt8] = [0x84]
  static func mask(_ value: [UInt8] = [0x42, 0xff, 0xff, 0xff, 0xff, 0x0f]) -> [UInt8] {
    value + [0x83]
  }
  static func high(_ count: UInt8 = 32) -> [UInt8] { [0x42, count, 0x88] }
  static let raise: [UInt8] = [0x42, 32, 0x86]
  static func tee(_ local: UInt8) -> [UInt8] { [0x22, local] }
  static func load(_ offset: UInt8) -> [UInt8] { [0x41, 0, 0x29, 3, offset] }
}

/// The IR of what multiplies l3 and l4, which come from memory; l5 is p, l6 is t, l7 is u.
///
/// - Parameters:
///   - rest: What is done with them.
private func product(
  mask: [UInt8] = Wide.mask(), shift: [UInt8] = Wide.high(), second: UInt8 = 4,
  between: [[UInt8]] = [],
  _ rest: [[UInt8]], skipping: Set<Pass> = []
) throws -> [String] {
  let code: [[UInt8]] =
    [
      Wide.load(0), Code.set(3), Wide.load(8), Code.set(4),
      // p = x0 * y0
      Code.get(3), Wide.mask(), Code.get(4), Wide.mask(), Wide.mul, Code.set(5),
      // t = (p >> 32) + x1 * y0
      Code.get(5), shift, Code.get(3), Wide.high(), Code.get(second), Wide.mask(), Wide.mul,
      Wide.add, Code.set(6),
    ] + between + [
      // u = (t & 0xffffffff) + x0 * y1
      Code.get(6), mask, Code.get(3), Wide.mask(), Code.get(4), Wide.high(), Wide.mul, Wide.add,
      Code.set(7),
    ] + rest + [Code.constant(0)]
  return try ir(code, locals: [2, 1, 0x7f, 6, 0x7e], skipping: skipping)
}

/// x1 * y1 + (t >> 32) + (u >> 32), stored.
private let highHalf: [[UInt8]] = [
  Code.constant(0), Code.get(3), Wide.high(), Code.get(4), Wide.high(), Wide.mul, Code.get(6),
  Wide.high(), Wide.add,
  Code.get(7), Wide.high(), Wide.add, [0x37, 3, 16],
]
/// u << 32 | p & 0xffffffff, stored.
private func lowHalf(_ join: [UInt8]) -> [[UInt8]] {
  [Code.constant(0), Code.get(7), Wide.raise, Code.get(5), Wide.mask(), join, [0x37, 3, 24]]
}

struct WideProductTests {
  @Test func bothHalvesAreFound() throws {
    for join in [Wide.or, Wide.add] {
      let lines = try product(highHalf + lowHalf(join))
      #expect(lines.contains("i64.store [0 + 16] = i64.mul_wide_u(l3, l4)"))
      #expect(lines.contains("i64.store [0 + 24] = i64.mul(l3, l4)"))
    }
  }

  @Test func otherTermsStay() throws {
    let more: [[UInt8]] = [Code.constant(0), Wide.load(32)] + highHalf.dropFirst().dropLast()
    let lines = try product(more + [Wide.add, Wide.load(40), Wide.add, [0x37, 3, 16]])
    #expect(
      lines.contains(
        "i64.store [0 + 16] = i64.add(i64.add(i64.load[0 + 32], i64.mul_wide_u(l3, l4)), i64.load[0 + 40])"
      ))
  }

  /// A factor that is gone is kept from where a variable had it.
  @Test func factorsAreKept() throws {
    let gone: [[UInt8]] = [
      Code.get(3), Wide.high(), Code.set(8), Code.get(4), Wide.high(), Code.set(4),
    ]
    let high: [[UInt8]] = [
      Code.constant(0), Code.get(8), Code.get(4), Wide.mul, Code.get(6), Wide.high(), Wide.add,
      Code.get(7), Wide.high(),
      Wide.add, [0x37, 3, 16],
    ]
    let lines = try product(gone + [Wide.load(0), Code.set(3)] + high)
    #expect(lines.contains("i64.store [0 + 16] = i64.mul_wide_u(t9, t10)"))
    #expect(lines.firstIndex(of: "t9 = l3")! < lines.firstIndex { $0.hasPrefix("l5 =") }!)
    #expect(lines.firstIndex(of: "t10 = l4")! < lines.firstIndex { $0.hasPrefix("l5 =") }!)
  }

  @Test func whatOnlyLooksLikeItStays() throws {
    func isFound(_ lines: [String]) -> Bool {
      lines.contains { $0.contains("mul_wide_u") || $0.contains("+ 24] = i64.mul(") }
    }
    let all = highHalf + lowHalf(Wide.or)
    #expect(try isFound(product(all)))
    #expect(try !isFound(product(all, skipping: [.products])))
    // Another mask, another shift, a square where none belongs.
    #expect(try !isFound(product(mask: Wide.mask([0x42, 0xfe, 0xff, 0xff, 0xff, 0x0f]), all)))
    #expect(try !isFound(product(shift: Wide.high(31), all)))
    #expect(try !isFound(product(second: 3, all)))
    // What t was is not what it is.
    let changed: [[UInt8]] = [Code.get(7), Code.set(6)]
    #expect(try !isFound(product(changed + highHalf)))
    // Others may come in between.
    #expect(try !isFound(product(between: [Code.loop, Code.end], all)))
    // Without the upper product.
    let less: [[UInt8]] = [
      Code.constant(0), Code.get(3), Wide.load(0), Wide.mul, Code.get(6), Wide.high(), Wide.add,
      Code.get(7), Wide.high(),
      Wide.add, [0x37, 3, 16],
    ]
    #expect(try !isFound(product(less)))
  }

  /// Two values of which nothing says at once that they are the same: there are 2^60 ways to compare them.
  @Test func squaresOfSquaresAreNotComparedToTheEnd() throws {
    func squares(_ local: UInt8) -> [[UInt8]] {
      Array(repeating: Code.get(local) + Code.get(local) + Wide.mul + Code.set(local), count: 60)
    }
    let code: [[UInt8]] =
      [Wide.load(0), Wide.tee(3), Code.set(8), Wide.load(8), Code.set(4)] + squares(3) + squares(8)
      + [
        Code.get(3), Wide.mask(), Code.get(4), Wide.mask(), Wide.mul, Code.set(5),
        Code.get(5), Wide.high(), Code.get(8), Wide.high(), Code.get(4), Wide.mask(), Wide.mul,
        Wide.add, Code.set(6),
        Code.get(6), Wide.mask(), Code.get(3), Wide.mask(), Code.get(4), Wide.high(), Wide.mul,
        Wide.add, Code.set(7),
      ] + highHalf + [Code.constant(0)]
    let lines = try ir(code, locals: [2, 1, 0x7f, 6, 0x7e])
    #expect(!lines.contains { $0.contains("mul_wide_u") })
  }
}
