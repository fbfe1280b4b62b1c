import Foundation
import Testing

@testable import WasmModel

@Suite struct TypeTests {
  @Test func aTypeKeepsItsPartsApart() {
    let type = ValueType(concrete: 5, kind: 0x60, isNullable: true)
    #expect(type.isReference && type.isNullable && type.kind == 0x60)
    #expect(type != ValueType(concrete: 6, kind: 0x60, isNullable: true))
    #expect(!ValueType.i32.isReference && !ValueType.bottom.isReference)
    #expect(ValueType.funcref.isNullable && !ValueType.f64.isNullable)
  }

  @Test func everyCodeGivesItsType() {
    #expect(ValueType(code: 0x7f) == .i32)
    #expect(ValueType(code: 0x6f) == .externref)
    #expect(ValueType(code: 0x40) == nil)
    #expect(ValueType(code: 0) == nil)
  }

  @Test func aReferenceThatIsNeverNullStandsForOneThatMayBe() {
    let always = ValueType(concrete: 1, kind: 0x60, isNullable: false)
    let nullable = ValueType(concrete: 1, kind: 0x60, isNullable: true)
    #expect(always.matches(nullable) && !nullable.matches(always))
    #expect(ValueType.bottom.matches(.i64) && !ValueType.i32.matches(.i64))
    #expect(!ValueType.funcref.matches(.externref))
  }

  @Test func aBlockTypeIsNothingAValueOrAnIndex() {
    #expect(BlockType.empty.index == nil)
    #expect(BlockType(.funcref).index == nil && BlockType(.funcref).value == .funcref)
    #expect(BlockType(index: 0).index == 0 && BlockType(index: 1_000_000).index == 1_000_000)
    #expect(BlockType(index: 0) != .empty)
  }
}

@Suite struct OpenNaNTests {
  private func names(_ shape: FloatShape) -> Set<String> {
    Set(
      Instruction.all.filter { $0.openNaNs == shape }.map {
        String($0.name.split(separator: ".")[1])
      })
  }

  private let arithmetic: Set<String> = [
    "ceil", "floor", "trunc", "nearest", "sqrt", "add", "sub", "mul", "div", "min", "max",
  ]
  private let relaxed: Set<String> = [
    "relaxed_madd", "relaxed_nmadd", "relaxed_min", "relaxed_max",
  ]

  @Test func arithmeticHasThemAndNothingElse() {
    #expect(names(.f32) == arithmetic.union(["demote_f64"]))
    #expect(names(.f64) == arithmetic.union(["promote_f32"]))
    #expect(names(.f32x4) == arithmetic.union(relaxed).union(["demote_f64x2_zero"]))
    #expect(names(.f64x2) == arithmetic.union(relaxed).union(["promote_low_f32x4"]))
  }

  @Test func whatComputesWhileCompilingIsAmongThem() {
    for row in Instruction.all where row.float != nil && row.results != [.i32] {
      #expect(row.openNaNs != nil, "\(row.name)")
    }
  }
}

@Suite struct TypeIdentityTests {
  private func reference(_ index: UInt32) -> ValueType {
    ValueType(concrete: index, kind: 0x60, isNullable: true)
  }

  private func canonical(_ groups: [[FunctionType]]) -> [Int] {
    var module = Module()
    for group in groups { module.append(group: group) }
    return module.canonicalType
  }

  @Test func typesThatAreSpelledEquallyAreTheSame() {
    let none = FunctionType()
    let one = FunctionType(parameters: [.i32])
    #expect(canonical([[none], [one], [none], [one]]) == [0, 1, 0, 1])
    // Not where the parameters end.
    #expect(canonical([[one], [FunctionType(results: [.i32])]]) == [0, 1])
  }

  @Test func referencesOutOfAGroupLeadToWhatIsTheSame() {
    let none = FunctionType()
    func takes(_ index: UInt32) -> FunctionType { FunctionType(parameters: [reference(index)]) }
    // 0 and 1 are the same, so 2 and 3 are; 4 takes something else.
    #expect(canonical([[none], [none], [takes(0)], [takes(1)], [takes(2)]]) == [0, 0, 2, 2, 4])
  }

  @Test func groupsAreTheSameAsAWhole() {
    func takes(_ index: UInt32) -> FunctionType { FunctionType(parameters: [reference(index)]) }
    // Each of two takes the other.
    #expect(canonical([[takes(1), takes(0)], [takes(3), takes(2)]]) == [0, 1, 0, 1])
    // One alone that takes itself is not one of two that do.
    #expect(canonical([[takes(0)], [takes(1)], [takes(2), takes(3)]]) == [0, 0, 2, 3])
    // A reference out of the group is none into it.
    #expect(canonical([[takes(0)], [takes(0)]]) == [0, 1])
  }
}

/// The README's table says of each proposal what the table of instructions says.
@Test func theREADMENamesEveryProposal() throws {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  let text = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
  let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
  for feature in Feature.allCases where feature != .core {
    let found = rows.filter { $0.hasPrefix("| \(feature.rawValue) | ") }
    #expect(found.count == 1, "\(feature.rawValue)")
    let isThere = found.allSatisfy { $0.contains(" | yes") == feature.isSupported }
    #expect(isThere, "\(feature.rawValue)")
  }
}

@Suite struct OpcodeTests {
  @Test func namedOpcodesAreThoseOfTheTable() {
    let named: [(Opcode, String)] = [
      (.i32Load, "i32.load"), (.i32Eqz, "i32.eqz"), (.i32Add, "i32.add"), (.i64Add, "i64.add"),
      (.i32WrapI64, "i32.wrap_i64"), (.i64ExtendI32S, "i64.extend_i32_s"),
      (.i64ExtendI32U, "i64.extend_i32_u"), (.v128Const, "v128.const"),
      (.shuffle, "i8x16.shuffle"), (.f32x4Splat, "f32x4.splat"), (.f64x2Splat, "f64x2.splat"),
      (.i64x2ReplaceLane, "i64x2.replace_lane"),
    ]
    for (opcode, name) in named {
      #expect(InstructionTable.rows[Int(opcode.rawValue)]?.name == name)
    }
  }

  @Test func whatCancelsAndWhatHasFewBits() {
    func names(_ fits: (InstructionFacts) -> Bool) -> [String] {
      Instruction.all.filter { $0.feature != .simd && $0.feature != .relaxedSIMD }
        .filter { fits(InstructionFacts($0)) }.map { $0.name }
    }
    #expect(names { $0.cancels }.count == 28)
    #expect(
      names { $0.bits > 1 } == [
        "i32.load8_u", "i32.load16_u", "i64.load8_u", "i64.load16_u", "i64.load32_u",
        "i64.extend_i32_u",
      ])
    #expect(names { $0.bits == 1 } == names { $0.isBoolean })
  }

  @Test func eachPrefixHasItsPage() {
    #expect(Opcode(.fc, 0x0a)?.rawValue == 0x20a)
    #expect(Opcode(.fd, 0x113)?.rawValue == 0x413)
    #expect(Opcode(.fe, 0)?.rawValue == 0x500)
    #expect(Opcode(.fc, 0x100) == nil && Opcode(.fd, .max) == nil)
    #expect(InstructionTable.count == 0x600)
  }

  @Test func anOpcodeIsWrittenAsItStandsInTheModule() {
    #expect(Opcode(0x6a).hexadecimal == "6a")
    #expect(Opcode(0x20a).hexadecimal == "fc 0a")
    #expect(Opcode(0x401).hexadecimal == "fd 101")
  }

  @Test func aNumberWithoutRowIsOfItsPrefixsProposal() {
    #expect(InstructionTable.feature(of: Opcode(0x300)) == .simd)
    #expect(InstructionTable.feature(of: Opcode(0x400)) == .relaxedSIMD)
    #expect(InstructionTable.feature(of: Opcode(0x500)) == .threads)
    #expect(InstructionTable.feature(of: Opcode(0x20a)) == .bulkMemory)
  }

  @Test func everyRowStandsOnceAndFitsItsFacts() {
    var seen: Set<Opcode> = []
    for row in Instruction.all {
      #expect(seen.insert(row.opcode).inserted, "\(row.name)")
      #expect(row.operands.count <= 4 && row.results.count <= 2, "\(row.name)")
    }
  }

  @Test func everyIntegerOperatorHasItsOpcode() {
    for row in Instruction.all {
      guard let integer = row.integer else { continue }
      #expect(InstructionTable.opcode(of: integer, row.operands[0]) == row.opcode, "\(row.name)")
    }
  }
}
