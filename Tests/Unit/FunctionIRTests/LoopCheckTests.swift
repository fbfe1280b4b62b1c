import FunctionIR
import Testing

/// Of which loops there is a copy without bounds checks, and when it runs.
struct LoopCheckTests {
  private func loops(_ code: [[UInt8]]) throws -> [String] {
    try ir([Code.loop] + code + [Code.end, Code.get(0)], .checked, upTo: .loops)
  }
  private func interruptible(_ code: [[UInt8]], _ strategy: Strategy = .guarded) throws -> [String]
  {
    try ir(
      [Code.loop] + code + [Code.end, Code.get(0)], strategy, upTo: .loops, isInterruptible: true)
  }
  private func question(_ code: [[UInt8]]) throws -> String? {
    try loops(code).first { $0.hasPrefix("if select") }
  }
  private static let subtract: [UInt8] = [0x6b]
  private static let notEqual: [UInt8] = [0x47]
  private static let next = [Code.get(0), Code.constant(4), Code.add, Code.set(0)]
  private static let store = [Code.get(0), Code.constant(1), Code.store()]
  /// Until l1 is 0.
  private static let countdown = [
    Code.get(1), Code.constant(1), subtract, Code.set(1), Code.get(1), Code.branchIf(0),
  ]

  @Test func counterAndPointer() throws {
    #expect(
      try loops(Self.store + Self.next + Self.countdown) == [
        "if select(fits(l0, i32.add(l1, -1) times 4, 4), 0, i32.ge_u(i32.add(l1, -1), 7))",
        "  loop L2", "    i32.store [l0 + 0] = 1", "    l0 = i32.add(l0, 4)",
        "    l1 = i32.sub(l1, 1)", "    br_if l1 L2", "  end L2", "else", "  loop L1",
        "    check [l0 + 4]", "    i32.store [l0 + 0] = 1", "    l0 = i32.add(l0, 4)",
        "    l1 = i32.sub(l1, 1)", "    br_if l1 L1", "  end L1", "end", "return l0",
      ])
  }

  @Test func stepBeforeTheAccess() throws {
    #expect(
      try question(Self.next + Self.store + Self.countdown)?.contains("fits(i32.add(l0, 4), ")
        == true)
  }

  /// It has to come to the end, and not pass it by.
  @Test func untilTheyAreEqual() throws {
    let until = [Code.get(0), Code.get(1), Self.notEqual, Code.branchIf(0)]
    #expect(
      try question(Self.store + Self.next + until)?.contains(
        "i32.eqz(i32.and(i32.add(i32.sub(l1, l0), -4), 3))") == true)
  }

  /// What may wrap before it is as great as the other goes on.
  @Test func whileItIsLess() throws {
    let below = [Code.get(0), Code.get(1), Code.lessUnsigned, Code.branchIf(0)]
    let question = try question(Self.store + Self.next + below)
    #expect(question?.contains("i32.le_u(l1, -4)") == true)
  }

  @Test func stepThatIsAVariable() throws {
    let next = [Code.get(0), Code.get(2), Code.add, Code.set(0)]
    let below = [Code.get(0), Code.get(1), Code.lessUnsigned, Code.branchIf(0)]
    #expect(try question(Self.store + next + below)?.contains(" times 1, 4)") == true)
    // How often that goes round nobody knows.
    #expect(try question(Self.store + next + Self.countdown) == nil)
  }

  @Test func notOfThose() throws {
    // A call may do anything.
    let call = [Code.get(1), Code.call(0), Code.drop]
    #expect(try question(Self.store + call + Self.next + Self.countdown) == nil)
    // The address comes out of the memory.
    let loaded = [Code.get(0), Code.load(), Code.constant(1), Code.store()]
    #expect(
      try loops(loaded + Self.next + Self.countdown).filter { $0.contains("check ") }.count == 3)
    // In some turns only.
    let sometimes = [Code.get(1), Code.if] + Self.next + [Code.end]
    #expect(try question(Self.store + sometimes + Self.countdown) == nil)
    // There are two ways back.
    let early = [Code.get(0), Code.branchIf(0)]
    #expect(try question(Self.store + Self.next + early + Self.countdown) == nil)
    // It may be endless.
    #expect(try question(Self.store + Self.next + [Code.get(1), Code.branchIf(0)]) == nil)
  }

  @Test func checksThatStay() throws {
    let lines = try loops(
      [Code.get(0), Code.load(), Code.set(2), Code.get(2), Code.constant(1), Code.store()]
        + Self.next + Self.countdown)
    #expect(lines.filter { $0.contains("check [l2 + 4]") }.count == 2)
    #expect(lines.filter { $0.contains("check [l0 + 4]") }.count == 1)
  }

  /// A loop that ends soon needs no look whether somebody wants it to end.
  @Test func interruptible() throws {
    #expect(
      try interruptible(Self.countdown) == [
        "if i32.le_u(i32.sub(i32.add(l1, -1), 7), 1048569)",
        "  loop L2 ends soon", "    l1 = i32.sub(l1, 1)", "    br_if l1 L2", "  end L2", "else",
        "  loop L1", "    l1 = i32.sub(l1, 1)", "    br_if l1 L1", "  end L1", "end", "return l0",
      ])
    let both = try interruptible(Self.store + Self.next + Self.countdown, .checked)
    #expect(both.first?.hasSuffix("0, i32.le_u(i32.sub(i32.add(l1, -1), 7), 1048569))") == true)
    #expect(both.filter { $0.contains("check ") }.count == 1)
    #expect(both.filter { $0.contains("ends soon") }.count == 1)
  }

  @Test func interruptibleForLong() throws {
    // Endless, for all that is known.
    #expect(try interruptible(Self.next + [Code.get(1), Code.branchIf(0)]).first == "loop L1")
    // A pace of 0 never comes to the end.
    let paced = [Code.get(0), Code.get(2), Code.add, Code.set(0)]
    let below = [Code.get(0), Code.get(1), Code.lessUnsigned, Code.branchIf(0)]
    #expect(try interruptible(paced + below).first == "loop L1")
    let checked = try interruptible(Self.store + paced + below, .checked)
    #expect(checked.contains("  loop L2") && !checked.contains { $0.contains("ends soon") })
    // What it calls may take any time.
    let call = [Code.get(1), Code.call(0), Code.drop]
    #expect(try interruptible(call + Self.countdown).first == "loop L1")
  }
}
