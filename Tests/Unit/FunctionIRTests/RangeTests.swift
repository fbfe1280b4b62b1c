import FunctionIR
import Testing

/// Which bounds checks go since it is known how great an address can be. The memory has a page.
struct RangeTests {
  private func checks(_ code: [[UInt8]], skipping: Set<Pass> = []) throws -> [String] {
    try ir(code, .checked, skipping: skipping, upTo: .checks).filter { $0.contains("check ") }
      .map { String($0.drop { $0 == " " }) }
  }
  /// A byte from an address that lies on the stack.
  private static func byte(_ offset: Int) -> [UInt8] { [0x2d, 0] + Code.number(offset) }
  private static let masked = [Code.get(0), Code.constant(15), Code.and]

  @Test func whatAnExpressionSays() throws {
    #expect(try checks(Self.masked + [Self.byte(65520)]) == [])
    #expect(try checks(Self.masked + [Self.byte(65521)]) == ["check [t3 + 65522]"])
    let shifted = Self.masked + [Code.constant(2), [0x74]]
    #expect(try checks(shifted + [Self.byte(65475)]) == [])
    #expect(try checks(shifted + [Self.byte(65476)]).count == 1)
    // A byte as an index: only that is checked which it is loaded from.
    #expect(
      try checks([Code.get(0), Self.byte(0), Self.byte(65280)]) == ["check [l0 + 1]"])
    #expect(try checks([Code.get(0), Self.byte(0), Self.byte(65281)]).count == 2)
  }

  @Test func whatMayWrap() throws {
    let minus = Self.masked + [Code.constant(wide: -16), Code.add]
    #expect(try checks(minus + [Self.byte(0)]).count == 1)
    let shifted = Self.masked + [Code.constant(29), [0x74]]
    #expect(try checks(shifted + [Self.byte(0)]).count == 1)
  }

  @Test func whatAVariableIsSetTo() throws {
    let set = Self.masked + [Code.set(2)]
    #expect(try checks(set + [Code.get(2), Self.byte(65520)]) == [])
    // In one way only.
    let sometimes = [Code.get(1), Code.if] + set + [Code.end]
    #expect(try checks(sometimes + [Code.get(2), Self.byte(65520)]).count == 1)
    // The next turn has another one.
    let turn = [Code.loop, Code.get(2), Self.byte(65520), Code.drop, Code.get(1), Code.set(2)]
    let again = [Code.get(1), Code.branchIf(0), Code.end, Code.get(0)]
    #expect(try checks(set + turn + again).count == 1)
  }

  @Test func whatAComparisonSays() throws {
    let compared = [Code.get(0), Code.constant(16), Code.lessUnsigned]
    let access = [Code.get(0), Self.byte(65520), Code.set(2)]
    #expect(try checks(compared + [Code.if] + access + [Code.end, Code.get(2)]) == [])
    #expect(
      try checks(compared + [Code.if, Code.else] + access + [Code.end, Code.get(2)]).count == 1)
    #expect(
      try checks(compared + [Code.eqz, Code.if, Code.else] + access + [Code.end, Code.get(2)])
        == [])
    #expect(
      try checks(
        [Code.block] + compared + [Code.eqz, Code.branchIf(0)] + access + [Code.end, Code.get(2)])
        == [])
    #expect(
      try checks([Code.block] + compared + [Code.branchIf(0)] + access + [Code.end, Code.get(2)])
        .count == 1)
    // Behind the block it may be anything.
    #expect(
      try checks(
        [Code.block] + compared + [Code.eqz, Code.branchIf(0), Code.end] + access + [Code.get(2)]
      )
      .count == 1)
  }

  /// From a variable on so many bytes are inside, so from its sums with something small some less.
  @Test func whatASumReaches() throws {
    let first = [Code.get(0), Self.byte(100), Code.drop]
    let sum = [Code.get(0)] + [Code.get(1), Code.constant(15), Code.and] + [Code.add, Code.set(2)]
    #expect(try checks(first + sum + [Code.get(2), Self.byte(85)]) == ["check [l0 + 101]"])
    #expect(
      try checks(first + sum + [Code.get(2), Self.byte(86)])
        == ["check [l0 + 101]", "check [l2 + 87]"])
    // What was checked of a variable before is not checked of what it is set to.
    #expect(
      try checks(
        [Code.get(2), Self.byte(0), Code.drop] + first + sum + [Code.get(2), Self.byte(86)])
        == ["check [l2 + 1]", "check [l0 + 101]", "check [l2 + 87]"])
  }
}
