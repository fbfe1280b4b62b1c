import FunctionIR
import Testing

/// Which loads are forced under `guard`.
struct DeadLoadTests {
  /// Forcing appends nodes, which then lie somewhere else: none may be lost on the way.
  @Test func manyAreForced() throws {
    let count = 900
    let store = [
      Code.get(0), Code.get(1), Code.load(), Code.countLeadingZeros, Code.store(),
    ]
    let lines = try ir(Array(repeating: store, count: count).joined() + [Code.get(0)])
    #expect(lines.filter { $0.contains("i32.clz(forced(i32.load[l1 + 0]))") }.count == count)
  }

  @Test func wantedOnEveryPath() throws {
    #expect(try ir([Code.get(0), Code.load()]) == ["return i32.load[l0 + 0]"])
    #expect(
      try ir([Code.get(0), Code.load(), Code.set(2), Code.get(2)]) == [
        "l2 = i32.load[l0 + 0]", "return l2",
      ])
  }

  @Test func neverWanted() throws {
    #expect(
      try ir([Code.get(0), Code.load(), Code.set(2), Code.get(1)]) == [
        "l2 = i32.load[l0 + 0] (forced)", "return l1",
      ])
    #expect(
      try ir([Code.get(0), Code.load(), Code.drop, Code.get(1)]) == [
        "do i32.load[l0 + 0] (forced)", "return l1",
      ])
  }

  /// A local that is never set, or set from such, may be known: times 0.
  @Test func wantedUnlessTheRestIsKnown() throws {
    let load = [Code.get(0), Code.load()]
    #expect(
      try ir(load + [Code.get(2), Code.and]) == ["return i32.and(forced(i32.load[l0 + 0]), l2)"])
    #expect(try ir(load + [Code.get(2), Code.add]) == ["return i32.add(i32.load[l0 + 0], l2)"])
    #expect(try ir(load + [Code.get(1), Code.and]) == ["return i32.and(i32.load[l0 + 0], l1)"])
    let set = [Code.constant(8), Code.set(2)]
    #expect(
      try ir(set + load + [Code.get(2), Code.and]).last
        == "return i32.and(forced(i32.load[l0 + 0]), l2)")
    let counted = [Code.constant(8), Code.get(2), Code.add, Code.set(2)]
    #expect(
      try ir(counted + load + [Code.get(2), Code.and]).last
        == "return i32.and(i32.load[l0 + 0], l2)")
    let unknown = [Code.get(1), Code.get(2), Code.add, Code.set(2)]
    #expect(
      try ir(unknown + load + [Code.get(2), Code.and]).last
        == "return i32.and(i32.load[l0 + 0], l2)")
  }

  @Test func wantedOnOnePathOnly() throws {
    let code = [
      Code.get(0), Code.load(), Code.set(2), Code.get(1), Code.if, Code.get(2), Code.return,
      Code.end, Code.get(1),
    ]
    #expect(try ir(code).first == "l2 = i32.load[l0 + 0] (forced)")
  }

  @Test func wantedOnBothPaths() throws {
    let code = [
      Code.get(0), Code.load(), Code.set(2), Code.get(1), Code.if, Code.get(2), Code.return,
      Code.end, Code.get(2),
    ]
    #expect(try ir(code).first == "l2 = i32.load[l0 + 0]")
  }

  @Test func setAgainBeforeItIsRead() throws {
    let code = [
      Code.get(0), Code.load(), Code.set(2), Code.get(1), Code.set(2), Code.get(2),
    ]
    #expect(try ir(code).first == "l2 = i32.load[l0 + 0] (forced)")
  }

  @Test func wantedInPart() throws {
    #expect(
      try ir([Code.get(0), Code.load(), Code.constant(7), Code.and]) == [
        "return i32.and(forced(i32.load[l0 + 0]), 7)"
      ])
    #expect(
      try ir([Code.get(0), Code.loadByte(), Code.constant(7), Code.and]) == [
        "return i32.and(i32.load8_u[l0 + 0], 7)"
      ])
    #expect(
      try ir([
        Code.get(0), Code.load(), Code.set(2), Code.get(2), Code.constant(7), Code.and,
      ]).first == "l2 = i32.load[l0 + 0] (forced)")
    #expect(
      try ir([Code.get(0), Code.load(), Code.eqz]) == ["return i32.eqz(i32.load[l0 + 0])"])
  }

  @Test func conditionsThatMakeNoDifference() throws {
    #expect(
      try ir([Code.get(0), Code.load(), Code.if, Code.end, Code.get(1)], upTo: .loads).first
        == "if forced(i32.load[l0 + 0]) L1")
    #expect(
      try ir([
        Code.get(0), Code.load(), Code.if, Code.get(0), Code.set(1), Code.end, Code.get(1),
      ]).first?.contains("forced") == false)
  }

  @Test func beforeAnExplicitTrap() throws {
    let code = [
      Code.get(0), Code.load(), Code.set(2), Code.get(0), Code.get(1), Code.divideUnsigned,
      Code.get(2), Code.add,
    ]
    #expect(try ir(code).first == "l2 = i32.load[l0 + 0] (forced)")
  }

  /// Values that feed only values which nobody wants are not wanted either.
  @Test func chainOfUnwanted() throws {
    let code = [
      Code.get(0), Code.load(), Code.set(2), Code.get(2), Code.constant(1), Code.add, Code.set(2),
      Code.get(1),
    ]
    #expect(try ir(code).first == "l2 = i32.load[l0 + 0] (forced)")
  }

  /// The result is known without the load, which happens all the same.
  @Test func operandsThatAreTheSame() throws {
    let loaded = [Code.get(0), Code.load(), Code.set(2)]
    let xor: [UInt8] = [0x73]
    #expect(
      try ir(loaded + [Code.get(2), Code.get(2), xor]).first == "l2 = i32.load[l0 + 0] (forced)")
    #expect(
      try ir(loaded + [Code.get(2), Code.get(1), xor]).first == "l2 = i32.load[l0 + 0]")
    let sum = [Code.get(2), Code.constant(3), Code.add]
    #expect(try ir(loaded + sum + sum + [Code.eq]).first == "l2 = i32.load[l0 + 0] (forced)")
    #expect(
      try ir([Code.get(0), Code.load(), Code.get(0), Code.load(), xor]) == [
        "do i32.load[l0 + 0] (forced)",
        "return i32.xor(i32.load[l0 + 0], i32.load[l0 + 0])",
      ])
    #expect(
      try ir([Code.get(1), Code.get(1), Code.get(0), Code.load(), Code.select]).first
        == "t3 = i32.load[l0 + 0] (forced)")
    #expect(
      try ir(loaded + [Code.get(1), Code.get(1), Code.get(2), Code.select]).first
        == "l2 = i32.load[l0 + 0] (forced)")
  }

  @Test func accumulatedInALoop() throws {
    let loop = [
      Code.loop, Code.get(2), Code.get(0), Code.load(), Code.add, Code.set(2), Code.get(1),
      Code.branchIf(0), Code.end,
    ]
    #expect(try ir(loop + [Code.get(2)])[1] == "  l2 = i32.add(l2, i32.load[l0 + 0])")
    #expect(try ir(loop + [Code.get(1)])[1] == "  l2 = i32.add(l2, i32.load[l0 + 0]) (forced)")
  }

  /// A branch out of the loop that wants nothing is found in a second round.
  @Test func leftEarlyFromALoop() throws {
    let code = [
      Code.block, Code.loop, Code.get(1), Code.branchIf(1), Code.get(2), Code.get(0), Code.load(),
      Code.add, Code.set(2), Code.branch(0), Code.end, Code.end, Code.get(1),
    ]
    #expect(try ir(code).contains { $0.contains("(forced)") })
  }

  @Test func functionsMayIgnoreArgumentsButHostsDoNot() throws {
    #expect(
      try ir([Code.get(0), Code.load(), Code.call(0)]) == ["return call 0(i32.load[l0 + 0])"])
    #expect(
      try ir([Code.get(0), Code.load(), Code.call(1)]) == [
        "return call 1(forced(i32.load[l0 + 0]))"
      ])
    #expect(
      try ir([Code.get(0), Code.load(), Code.set(2), Code.get(2), Code.call(1)]).first
        == "l2 = i32.load[l0 + 0] (forced)")
  }

  @Test func resultsOfCallsAreLikeLoads() throws {
    #expect(
      try ir([Code.get(0), Code.call(1), Code.drop, Code.get(1)]).first == "do call 1(l0) (forced)")
    #expect(try ir([Code.get(0), Code.call(0), Code.drop, Code.get(1)]).first == "do call 0(l0)")
  }

  @Test func selectMayPassOver() throws {
    let code = [
      Code.get(0), Code.load(), Code.get(1), Code.load(), Code.get(0), Code.select,
    ]
    #expect(
      try ir(code) == [
        "t3 = i32.load[l0 + 0] (forced)", "t4 = i32.load[l1 + 0] (forced)",
        "return select(t3, t4, l0)",
      ])
  }

  @Test func withoutTheAnalysisAllAreForced() throws {
    let code = [Code.get(0), Code.load(), Code.set(2), Code.get(2)]
    #expect(try ir(code, skipping: [.loads]).first == "l2 = i32.load[l0 + 0] (forced)")
    #expect(try ir(code, .checked).last == "return l2")
  }
}

/// Which bounds checks stay.
struct CheckMergingTests {
  private func checks(_ code: [[UInt8]]) throws -> [String] {
    try ir(code, .checked).map { $0.trimmingPrefix { $0 == " " } }.filter {
      $0.hasPrefix("check")
    }.map(String.init)
  }
  private func load(_ local: UInt8, _ offset: UInt8) -> [[UInt8]] {
    [Code.get(local), Code.load(offset), Code.set(2)]
  }
  private func store(_ local: UInt8, _ offset: UInt8) -> [[UInt8]] {
    [Code.get(local), Code.constant(1), Code.store(offset)]
  }
  private let last = [Code.get(2)]

  @Test func strongerOneFirst() throws {
    #expect(try checks(load(0, 8) + load(0, 4) + load(0, 0) + last) == ["check [l0 + 12]"])
  }

  @Test func weakerOneFirstWithNothingBetween() throws {
    #expect(try checks(load(0, 0) + load(0, 4) + last) == ["check [l0 + 8]"])
    #expect(
      try checks(load(0, 0) + load(1, 0) + load(0, 4) + last) == [
        "check [l0 + 8]", "check [l1 + 4]",
      ])
  }

  @Test func aStoreKeepsThemApart() throws {
    #expect(
      try checks(store(0, 0) + store(0, 4) + last) == ["check [l0 + 4]", "check [l0 + 8]"])
    #expect(try checks(store(0, 4) + store(0, 0) + last) == ["check [l0 + 8]"])
  }

  @Test func anotherTrapKeepsThemApart() throws {
    let divide = [Code.get(1), Code.get(1), Code.divideUnsigned, Code.set(2)]
    #expect(
      try checks(load(0, 0) + divide + load(0, 4) + last) == ["check [l0 + 4]", "check [l0 + 8]"])
  }

  @Test func settingTheVariableEndsIt() throws {
    let set = [Code.get(1), Code.set(0)]
    #expect(try checks(load(0, 0) + set + load(0, 0) + last).count == 2)
  }

  @Test func armsOfAnIf() throws {
    let test = [Code.get(1), Code.if]
    // Before: holds in both arms and after.
    #expect(
      try checks(
        load(0, 0) + test + load(0, 0) + [Code.else] + load(0, 0) + [Code.end]
          + load(0, 0) + last
      ).count == 1)
    // In one arm: not in the other, nor after.
    #expect(
      try checks(test + load(0, 0) + [Code.else] + load(0, 0) + [Code.end] + load(0, 0) + last)
        .count == 3)
    // Set in an arm: forgotten after it.
    #expect(
      try checks(load(0, 0) + test + [Code.get(1), Code.set(0), Code.end] + load(0, 0) + last)
        .count == 2)
    #expect(
      try checks(
        load(0, 0) + test + [Code.get(1), Code.set(0), Code.else, Code.end]
          + load(0, 0) + last
      ).count == 2)
  }

  @Test func blocksThatAreLeftEarly() throws {
    // Checked after the branch: not known behind the block.
    #expect(
      try checks(
        [Code.block, Code.get(1), Code.branchIf(0)] + load(0, 0) + [Code.end]
          + load(0, 0) + last
      ).count == 2)
    // Checked before it: known.
    #expect(
      try checks(
        [Code.block] + load(0, 0) + [Code.get(1), Code.branchIf(0), Code.end]
          + load(0, 0) + last
      ).count == 1)
    // Set before it and checked again behind it: what was known is not known any more.
    #expect(
      try checks(
        load(0, 0) + [Code.block, Code.get(1), Code.set(0), Code.get(1), Code.branchIf(0)]
          + load(0, 0) + [Code.end] + load(0, 0) + last
      ).count == 3)
  }

  /// A branch out of an inner `if`, after which the inner scope is gone.
  @Test func branchOutOfAnIf() throws {
    #expect(
      try checks(
        load(0, 0) + [Code.block, Code.get(1), Code.if, Code.get(1), Code.set(0), Code.branch(1)]
          + [Code.end] + load(0, 0) + [Code.end] + load(0, 0) + last
      ).count >= 2)
  }

  @Test func loops() throws {
    // Known before and not set inside: holds on every turn.
    let turn = [Code.get(1), Code.branchIf(0), Code.end]
    #expect(
      try checks(load(0, 0) + [Code.loop] + load(0, 0) + turn + load(0, 0) + last).count == 1)
    // Set inside, after its check: checked on every turn.
    let advance = [Code.get(0), Code.constant(4), Code.add, Code.set(0)]
    #expect(
      try checks(load(0, 0) + [Code.loop] + load(0, 0) + advance + turn + last).count == 2)
  }

  @Test func constantsInsideTheInitialMemory() throws {
    #expect(try checks([Code.constant(8), Code.load()]).isEmpty)
    #expect(try checks([Code.constant(8), Code.constant(8), Code.add, Code.load()]).isEmpty)
    #expect(try checks([Code.constant(0x7f), Code.load()]).count == 1)  // -1
  }
}

struct FoldingTests {
  @Test func constants() throws {
    #expect(try ir([Code.constant(3), Code.constant(4), Code.add]) == ["return 7"])
    #expect(try ir([Code.constant(3), Code.constant(0x7f), Code.lessUnsigned]) == ["return 1"])
    #expect(try ir([Code.constant(0), Code.eqz]) == ["return 1"])
    #expect(try ir([Code.get(0), Code.constant(0), Code.add]) == ["return l0"])
    #expect(
      try ir([Code.constant(3), Code.constant(4), Code.add], skipping: [.fold]) == [
        "return i32.add(3, 4)"
      ])
  }

  @Test func negatedComparison() throws {
    #expect(
      try ir([Code.get(0), Code.get(1), Code.lessUnsigned, Code.eqz]) == [
        "return i32.ge_u(l0, l1)"
      ])
    #expect(
      try ir([Code.get(0), Code.get(1), Code.eq, Code.eqz, Code.eqz]) == ["return i32.eq(l0, l1)"])
  }

  @Test func constantsThatAreAdded() throws {
    let sum = [Code.get(0), Code.constant(30), Code.add, Code.constant(8), Code.add]
    #expect(try ir(sum) == ["return i32.add(l0, 38)"])
    #expect(try ir(sum + [Code.load()]) == ["return i32.load[i32.add(l0, 38) + 0]"])
    // Modulo 2^32.
    #expect(
      try ir(sum + [Code.constant(wide: -38), Code.add]) == ["return l0"])
    let access = [Code.get(0), Code.load(), Code.set(2)]
    #expect(try ir(access + sum + [Code.load()]).last == "return i32.load[l0 + 38]")
  }

  /// An address as Go makes it of 64 bits.
  @Test func wrappedSum() throws {
    let (extend, wrap, add64): ([UInt8], [UInt8], [UInt8]) = ([0xad], [0xa7], [0x7c])
    let sum = [Code.get(0), extend, [0x42, 8], add64, wrap]
    #expect(try ir(sum) == ["return i32.add(l0, 8)"])
    #expect(try ir([Code.get(0), [0xac], wrap]) == ["return l0"])
    #expect(
      try ir(sum, skipping: [.fold]) == ["return i32.wrap_i64(i64.add(i64.extend_i32_u(l0), 8))"])
    #expect(
      try ir(
        [Code.get(0), Code.load(), Code.set(2)] + sum + [Code.load(4), Code.get(2), Code.add])
        == ["l2 = i32.load[l0 + 0]", "return i32.add(i32.load[l0 + 12], l2)"])
  }

  /// The value does not depend on the load, which happens all the same.
  @Test(arguments: [Set<Pass>(), [.fold]])
  func resultKnownWithoutTheLoad(skipping: Set<Pass>) throws {
    #expect(
      try ir([Code.get(0), Code.load(), Code.constant(0), Code.and], skipping: skipping) == [
        "do i32.load[l0 + 0] (forced)", "return 0",
      ])
    #expect(
      try ir(
        [Code.get(0), Code.loadByte(), [0x41, 0x80, 0x02], Code.lessUnsigned], skipping: skipping)
        == ["do i32.load8_u[l0 + 0] (forced)", "return 1"])
    #expect(
      try ir([Code.get(0), Code.loadByte(), Code.constant(0x3f), Code.lessUnsigned])
        == ["return i32.lt_u(i32.load8_u[l0 + 0], 63)"])
  }
}

/// What is pending is written to a temporary only where something would change places with it.
struct MaterialisingTests {
  @Test func aStoreAfterALoad() throws {
    let code = [
      Code.get(0), Code.load(), Code.get(1), Code.constant(1), Code.store(),
    ]
    #expect(
      try ir(code) == ["t3 = i32.load[l0 + 0]", "i32.store [l1 + 0] = 1", "return t3"])
  }

  @Test func aSetOfALocalThatIsRead() throws {
    #expect(
      try ir([Code.get(0), Code.get(1), Code.set(0), Code.get(0), Code.add]) == [
        "t3 = l0", "l0 = l1", "return i32.add(t3, l0)",
      ])
    #expect(
      try ir([Code.get(1), Code.get(1), Code.set(0), Code.get(0), Code.add]) == [
        "l0 = l1", "return i32.add(l1, l0)",
      ])
  }

  @Test func aTrapAfterALoad() throws {
    #expect(
      try ir([Code.get(0), Code.load(), Code.get(0), Code.get(1), Code.divideUnsigned, Code.add])
        == ["t3 = i32.load[l0 + 0] (forced)", "return i32.add(t3, i32.div_u(l0, l1))"])
    #expect(
      try ir([Code.get(0), Code.load(), Code.get(1), Code.load(), Code.add]) == [
        "return i32.add(i32.load[l0 + 0], i32.load[l1 + 0])"
      ])
  }

  @Test func aCallAfterACall() throws {
    #expect(
      try ir([Code.get(0), Code.call(1), Code.get(1), Code.call(1), Code.add]) == [
        "t3 = call 1(l0)", "return i32.add(t3, call 1(l1))",
      ])
  }
}

/// `br_table` where its targets take values, or leave the function.
struct BranchTableTests {
  @Test func oneArmForEachTargetThatTakesAValue() throws {
    let code = [
      Code.blockWithValue, Code.blockWithValue, Code.get(0), Code.get(1),
      Code.branchTable([0, 1, 0, 2], default: 1), Code.end, Code.constant(1), Code.add, Code.end,
    ]
    #expect(
      try ir(code) == [
        "declare t3 i32", "block L1", "  declare t4 i32", "  block L2", "    t5 = l0",
        "    block L3", "      block L4", "        block L5",
        "          br_table l1 L3 L4 L3 L5 L4",
        "        end L5", "        return t5", "      end L4", "      t3 = t5", "      br L1",
        "    end L3", "    t4 = t5", "    br L2", "  end L2", "  t3 = i32.add(t4, 1)", "end L1",
        "return t3",
      ])
  }

  @Test func targetsWithoutValuesNeedNoArms() throws {
    let code = [
      Code.block, Code.block, Code.get(1), Code.branchTable([0], default: 1), Code.end,
      Code.constant(7), Code.set(2), Code.end, Code.get(2),
    ]
    #expect(try ir(code)[2] == "    br_table l1 L2 L1")
  }
}
