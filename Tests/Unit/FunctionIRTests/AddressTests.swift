import FunctionIR
import Testing

/// Which constants that are added to addresses become offsets.
struct AddressTests {
  /// A load from a local plus a constant; the value is added to l2.
  private func load(
    _ local: UInt8, plus constant: Int32 = 0, _ offset: UInt8 = 0
  ) -> [[UInt8]] {
    let sum = constant == 0 ? [] : [Code.constant(wide: constant), Code.add]
    return [Code.get(2), Code.get(local)] + sum + [Code.load(offset), Code.add, Code.set(2)]
  }
  private func move(_ from: UInt8, plus constant: Int32, to: UInt8) -> [[UInt8]] {
    [Code.get(from), Code.constant(wide: constant), Code.add, Code.set(to)]
  }
  private let last = [Code.get(2)]

  /// The addresses of the loads, in their order.
  private func loads(
    _ code: [[UInt8]], _ strategy: Strategy = .guarded, skipping: Set<Pass> = [],
    memory: [UInt8] = [0, 1]
  ) throws -> [String] {
    try ir(code + last, strategy, skipping: skipping, memory: memory).joined(separator: "\n")
      .split(separator: "i32.load[").dropFirst().map { piece in
        var depth = 1
        return String(
          piece.prefix {
            depth += $0 == "[" ? 1 : $0 == "]" ? -1 : 0
            return depth > 0
          })
      }
  }

  @Test func constantsOfTheUpperHalf() throws {
    func load(_ constant: Int32, _ offset: UInt8) -> [[UInt8]] {
      [Code.get(2), Code.constant(wide: constant), Code.load(offset), Code.add, Code.set(2)]
    }
    for strategy in [Strategy.guarded, .checked] {
      #expect(
        try loads(
          load(.max, 4) + load(.min, 0) + load(.min, 4) + load(-1, 0) + load(-1, 4), strategy)
          == [
            "2147483647 + 4", "0 + 2147483648", "0 + 2147483652", "0 + 4294967295",
            "-1 + 4",
          ])
    }
  }

  @Test func afterAnAccess() throws {
    #expect(try loads(load(0) + load(0, plus: 8, 4)) == ["l0 + 0", "l0 + 12"])
    #expect(
      try loads(load(0) + load(0, plus: 8, 4), skipping: [.offsets]) == [
        "l0 + 0", "i32.add(l0, 8) + 4",
      ])
  }

  @Test func beforeAnAccess() throws {
    #expect(try loads(load(0, plus: 8, 4) + load(0)) == ["l0 + 12", "l0 + 0"])
  }

  @Test func notBeforeAnAccessThatSomethingComesBefore() throws {
    let store = [Code.get(1), Code.constant(1), Code.store()]
    let divide = [Code.get(1), Code.get(1), Code.divideUnsigned, Code.set(1)]
    let call = [Code.get(1), Code.call(0), Code.set(1)]
    let leave = [Code.block, Code.get(1), Code.branchIf(0)]
    for between in [store, divide, call, leave] {
      let code = load(0, plus: 8) + between + load(0) + (between == leave ? [Code.end] : [])
      #expect(try loads(code) == ["i32.add(l0, 8) + 0", "l0 + 0"])
    }
  }

  @Test func notBeforeAnAccessWhereTheVariableIsAnother() throws {
    #expect(
      try loads(load(0, plus: 8) + [Code.get(1), Code.set(0)] + load(0)) == [
        "i32.add(l0, 8) + 0", "l0 + 0",
      ])
    #expect(
      try loads(load(0, plus: 8) + move(0, plus: 4, to: 0) + load(0)) == [
        "i32.add(l0, 8) + 0", "l0 + 0",
      ])
  }

  @Test func storesAreAccesses() throws {
    let store = [Code.get(0), Code.constant(1), Code.store()]
    #expect(try loads(store + load(0, plus: 8)) == ["l0 + 8"])
    let stored = [Code.get(0), Code.constant(8), Code.add, Code.constant(1), Code.store(4)]
    #expect(
      try ir(load(0) + stored + last).contains { $0.contains("i32.store [l0 + 12]") })
  }

  /// A memory that can grow has at most 65,535 pages, so an access of 4 bytes leaves 65,540.
  @Test func noFurtherThanTheMemoryLeaves() throws {
    #expect(try loads(load(0) + load(0, plus: 65539)).last == "l0 + 65539")
    #expect(try loads(load(0) + load(0, plus: 65540)).last == "i32.add(l0, 65540) + 0")
    #expect(try loads(load(0, 6) + load(0, plus: 65540)).last == "l0 + 65540")
    #expect(try loads(load(0) + load(0, plus: -4)).last == "i32.add(l0, -4) + 0")
    // At most 2 pages: 2^32 - 131,072 + 4 is the first that could wrap.
    let small: [UInt8] = [1, 1, 2]
    #expect(try loads(load(0) + load(0, plus: -131_069), memory: small).last == "l0 + 4294836227")
    #expect(
      try loads(load(0) + load(0, plus: -131_068), memory: small).last == "i32.add(l0, -131068) + 0"
    )
    // All 65,536 pages from the start: no more than the access itself shows.
    let full: [UInt8] = [0, 0x80, 0x80, 4]
    #expect(try loads(load(0) + load(0, plus: 3), memory: full).last == "l0 + 3")
    #expect(try loads(load(0) + load(0, plus: 4), memory: full).last == "i32.add(l0, 4) + 0")
  }

  @Test func byWayOfAnotherVariable() throws {
    #expect(
      try loads(move(0, plus: 8, to: 1) + load(1) + load(0, plus: 24)) == ["l1 + 0", "l1 + 16"])
    #expect(
      try loads(move(0, plus: 8, to: 1) + load(1) + load(0, plus: 4)) == [
        "l1 + 0", "i32.add(l0, 4) + 0",
      ])
    #expect(
      try loads(load(0) + [Code.get(0), Code.set(1)] + load(1, plus: 4)) == ["l0 + 0", "l0 + 4"])
  }

  @Test func whileTheVariableHoldsIt() throws {
    #expect(
      try loads(load(0) + [Code.get(1), Code.set(0)] + load(0, plus: 4)).last
        == "i32.add(l0, 4) + 0")
    #expect(try loads(load(0) + move(0, plus: 4, to: 0) + load(0)).last == "l0 + 0")
  }

  @Test func forgottenWherePathsMeet() throws {
    let sum = "i32.add(l0, 8) + 0"
    let inArm = [Code.get(1), Code.if] + load(0) + [Code.end]
    #expect(try loads(inArm + load(0, plus: 8)).last == sum)
    let inOther = [Code.get(1), Code.if] + load(0) + [Code.else] + load(0, plus: 8) + [Code.end]
    #expect(try loads(inOther).last == sum)
    let skipped = [Code.block, Code.get(1), Code.branchIf(0)] + load(0) + [Code.end]
    #expect(try loads(skipped + load(0, plus: 8)).last == sum)
    let loop = load(0) + [Code.loop] + load(0, plus: 8) + move(0, plus: 8, to: 0)
    #expect(try loads(loop + [Code.get(0), Code.branchIf(0), Code.end])[1] == sum)
    // It still holds behind a branch that is not taken, and where nothing leads to the end.
    let passed = load(0) + [Code.block, Code.get(1), Code.branchIf(0)] + load(0, plus: 8)
    #expect(try loads(passed + [Code.end])[1] == "l0 + 8")
    #expect(try loads(load(0) + [Code.block, Code.end] + load(0, plus: 8)).last == "l0 + 8")
  }

  @Test func sumsThatCannotWrap() throws {
    let byte = [Code.get(0), Code.constant(wide: 255), Code.and, Code.constant(2), [0x74]]
    let code = byte + [Code.constant(wide: 70000), Code.add, Code.load(4), Code.set(2)]
    #expect(try loads(code) == ["i32.shl(i32.and(l0, 255), 2) + 70004"])
    let high = [Code.get(0), Code.constant(wide: 70000), Code.add, Code.load(), Code.set(2)]
    #expect(try loads(high) == ["i32.add(l0, 70000) + 0"])
  }

  @Test func checksAreOfTheVariable() throws {
    let lines = try ir(load(0) + load(0, plus: 8, 4) + last, .checked)
    #expect(lines.filter { $0.contains("check") } == ["check [l0 + 16]"])
    // A greater extent than the memory has from the start would make the check a longer one.
    let far = try ir(load(0) + load(0, plus: 65533) + last, .checked)
    #expect(far.filter { $0.contains("check") }.count == 2)
  }
}
