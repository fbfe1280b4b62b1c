import FunctionIR
import Testing

/// What becomes of branches. In the functions l0 is a condition, l2 a result.
struct StructuringTests {
  private func structured(_ code: [[UInt8]]) throws -> [String] {
    try ir(code, upTo: .structure)
  }
  private let one = [Code.constant(1), Code.set(2)]
  private let two = [Code.constant(2), Code.set(2)]
  private let finish = [Code.get(2)]

  @Test func branchOverTheRestOfItsBlock() throws {
    let code = [Code.block, Code.get(0), Code.branchIf(0)] + one + [Code.end] + finish
    #expect(
      try structured(code) == ["if i32.eqz(l0)", "  l2 = 1", "end", "return l2"])
  }

  @Test func comparisonsAreTurnedRound() throws {
    let code =
      [Code.block, Code.get(0), Code.get(1), Code.lessUnsigned, Code.branchIf(0)] + one
      + [Code.end] + finish
    #expect(try structured(code).first == "if i32.ge_u(l0, l1)")
    let not = [Code.block, Code.get(0), Code.eqz, Code.branchIf(0)] + one + [Code.end] + finish
    #expect(try structured(not).first == "if l0")
  }

  @Test func armsThatMeetFurtherOut() throws {
    let code =
      [Code.block, Code.block, Code.get(0), Code.branchIf(0)] + one + [Code.branch(1), Code.end]
      + two + [Code.end] + finish
    #expect(
      try structured(code) == [
        "if i32.eqz(l0)", "  l2 = 1", "else", "  l2 = 2", "end", "return l2",
      ])
  }

  /// The inner label is still branched to from what becomes the `else`.
  @Test func chainOfElse() throws {
    let code =
      [Code.block, Code.block, Code.block, Code.get(0), Code.branchIf(0)] + one
      + [Code.branch(2), Code.end, Code.get(1), Code.branchIf(0)] + two
      + [Code.branch(1), Code.end, Code.constant(3), Code.set(2), Code.end] + finish
    #expect(
      try structured(code) == [
        "if i32.eqz(l0)", "  l2 = 1", "else", "  if i32.eqz(l1)", "    l2 = 2", "  else",
        "    l2 = 3", "  end", "end", "return l2",
      ])
  }

  @Test func labelsThatAreBranchedToFromBefore() throws {
    let code =
      [Code.block, Code.block, Code.block, Code.get(1), Code.branchIf(1), Code.get(0)]
      + [Code.branchIf(0)] + one + [Code.branch(2), Code.end] + two + [Code.end]
      + [Code.constant(3), Code.set(2), Code.end] + finish
    // l2 = 3 follows both l2 = 2 and the first branch, but not l2 = 1.
    #expect(
      try structured(code) == [
        "block L1", "  if i32.eqz(l1)", "    if i32.eqz(l0)", "      l2 = 1", "      br L1",
        "    end", "    l2 = 2", "  end", "  l2 = 3", "end L1", "return l2",
      ])
  }

  @Test func loopThatGoesOnUnderACondition() throws {
    let code = [Code.loop] + one + [Code.get(0), Code.branchIf(0), Code.end] + finish
    #expect(try structured(code) == ["do L1", "  l2 = 1", "end L1, again if l0", "return l2"])
  }

  /// The condition of a do … while must not read what is declared in its braces.
  @Test func conditionThatReadsATemporary() throws {
    let code =
      [Code.loop, Code.get(1), Code.load(), Code.get(1), Code.constant(0), Code.store()]
      + [Code.branchIf(0), Code.end] + finish
    #expect(
      try structured(code) == [
        "loop L1", "  t3 = i32.load[l1 + 0]", "  i32.store [l1 + 0] = 0",
        "end L1, again unless i32.eqz(t3)", "return l2",
      ])
  }

  @Test func branchOutOfALoopIsBreak() throws {
    let code =
      [Code.block, Code.loop, Code.get(0), Code.branchIf(1)] + one
      + [Code.branch(0), Code.end, Code.end] + finish
    #expect(
      try structured(code) == [
        "loop L2", "  break if l0", "  l2 = 1", "end L2 (never reached)", "return l2",
      ])
  }

  @Test func continueInTheMiddle() throws {
    let code =
      [Code.block, Code.loop, Code.get(0), Code.branchIf(0)] + one
      + [Code.get(1), Code.branchIf(1), Code.branch(0), Code.end, Code.end] + finish
    #expect(
      try structured(code) == [
        "loop L2", "  if i32.eqz(l0)", "    l2 = 1", "    break if l1", "  end",
        "end L2 (never reached)", "return l2",
      ])
  }

  /// Nothing but a condition that may trap is left of a branch to where control goes anyway.
  @Test func branchToTheNextStatement() throws {
    let code = [Code.block, Code.get(0), Code.branchIf(0), Code.end] + finish
    #expect(try structured(code) == ["return l2"])
    let load = [Code.block, Code.get(0), Code.load(), Code.branchIf(0), Code.end] + finish
    #expect(try structured(load) == ["do i32.load[l0 + 0] (forced)", "return l2"])
  }

  @Test func branchesFarOutStay() throws {
    let code =
      [Code.block, Code.loop, Code.loop, Code.get(0), Code.branchIf(2)] + one
      + [Code.get(1), Code.branchIf(0), Code.end, Code.branch(0), Code.end, Code.end] + finish
    #expect(
      try structured(code) == [
        "block L1", "  loop L2", "    do L3", "      br_if l0 L1", "      l2 = 1",
        "    end L3, again if l1", "  end L2 (never reached)", "end L1", "return l2",
      ])
  }

  /// An `else` that ends with a branch does not get another one.
  @Test func elseThatLeaves() throws {
    let code =
      [Code.block, Code.block, Code.block, Code.get(0), Code.branchIf(0)] + one
      + [Code.branch(1), Code.end] + two + [Code.branch(1), Code.end, Code.constant(3)]
      + [Code.set(2), Code.end] + finish
    #expect(
      try structured(code) == [
        "block L1", "  if i32.eqz(l0)", "    l2 = 1", "  else", "    l2 = 2", "    br L1", "  end",
        "  l2 = 3", "end L1", "return l2",
      ])
  }
}
