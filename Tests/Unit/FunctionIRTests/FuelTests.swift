import FunctionIR
import Testing
import WasmModel

/// What blocks cost, and where that is taken.
struct FuelTests {
  /// The statements on fuel, in their order, each with the loops and arms that it stands in.
  private func fuel(_ code: [[UInt8]], _ costs: FuelCosts = FuelCosts()) throws -> [String] {
    try ir(code, .checked, fuel: costs).filter { $0.contains("fuel") }
  }
  private let last = [Code.get(2)]

  @Test func oneBlock() throws {
    #expect(
      try fuel([Code.get(0), Code.get(1), Code.add, Code.set(2)] + last) == ["ask for 6 of fuel"])
  }

  @Test func structureCostsNothing() throws {
    let code = [Code.block, [0x01], Code.end, Code.get(0), Code.drop] + last
    #expect(try fuel(code) == ["ask for 3 of fuel"])
  }

  @Test func armsAndWhatFollows() throws {
    let code =
      [Code.get(0), Code.if, Code.constant(1), Code.set(2), Code.else, Code.end] + last
    #expect(
      try fuel(code) == ["ask for 3 of fuel", "  take 2 of fuel", "take 1 of fuel", "keep fuel"])
  }

  @Test func behindABranch() throws {
    let code =
      [Code.block, Code.get(0), Code.branchIf(0), Code.constant(1), Code.set(2), Code.end] + last
    #expect(
      try fuel(code) == ["ask for 3 of fuel", "  take 2 of fuel", "take 1 of fuel", "keep fuel"])
  }

  /// What follows the branch at the end of a loop is taken behind it.
  @Test func loops() throws {
    let code = [Code.loop, Code.get(0), Code.branchIf(0), Code.end] + last
    #expect(
      try fuel(code) == ["ask for 1 of fuel", "  ask for 2 of fuel", "take 1 of fuel", "keep fuel"])
  }

  /// A loop asks also where its first block costs nothing.
  @Test func loopsAskAlways() throws {
    let code = [Code.loop, Code.loop, Code.get(0), Code.branchIf(0), Code.end, Code.end] + last
    #expect(
      try fuel(code) == [
        "ask for 1 of fuel", "  ask for 0 of fuel", "    ask for 2 of fuel", "take 1 of fuel",
        "keep fuel",
      ])
  }

  @Test func callsSeeIt() throws {
    let code = [Code.get(0), Code.call(0), Code.call(0), Code.set(2)] + last
    #expect(
      try fuel(code) == [
        "ask for 6 of fuel", "read fuel", "read fuel",
      ])
  }

  @Test func deadCodeCostsNothing() throws {
    let code = [Code.get(0), Code.return, Code.get(0), Code.get(0), Code.drop, Code.drop] + last
    #expect(try fuel(code) == ["ask for 2 of fuel"])
  }

  @Test func costsOfOnesOwn() throws {
    var costs = FuelCosts()
    #expect(costs.set("local.*", to: 10) && costs.set("entry", to: 100) && costs.set("drop", to: 7))
    #expect(
      !costs.set("end", to: 1) && !costs.set("nop", to: 1) && !costs.set("frob", to: 1)
        && !costs.set("i33.*", to: 1))
    #expect(
      try fuel([[0x01], Code.get(0), Code.drop] + last, costs) == ["ask for 127 of fuel"])
  }

  /// Two checks of one address are one, but not over fuel that may end between them.
  @Test func checksStayBehindFuel() throws {
    let load = { (offset: UInt8) in [Code.get(0), Code.load(offset), Code.drop] }
    let code = load(0) + [Code.loop] + load(8) + [Code.end] + last
    let checks = try ir(code, .checked, fuel: FuelCosts()).filter { $0.contains("check") }
    #expect(checks.count == 2)
  }

  @Test func withoutThereIsNone() throws {
    #expect(try ir(last, .checked).allSatisfy { !$0.contains("fuel") })
  }
}
