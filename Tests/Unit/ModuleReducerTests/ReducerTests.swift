import ModuleGenerator
import ModuleReducer
import Testing
import WasmEncoder
import WasmModel

/// What is left of a module as long as this holds of it.
private func reduce(
  _ bytes: [UInt8], jobs: Int = 2, _ holds: @escaping @Sendable (EditableModule) -> Bool
) async throws -> EditableModule {
  var reducer = try #require(bytes.withUnsafeBytes { Reducer($0) })
  var sizes: [Int] = []
  await reducer.run(
    jobs: jobs, isOver: { false },
    isInteresting: { bytes in
      guard let module = try? bytes.withUnsafeBytes({ try EditableModule(decoding: $0) }) else {
        return false
      }
      return holds(module)
    },
    accepted: { bytes, state in sizes.append(state.instructions) })
  #expect(!sizes.isEmpty)
  return try reducer.bytes.withUnsafeBytes { try EditableModule(decoding: $0) }
}

/// The same of a generated module.
private func reduce(
  seed: UInt64, jobs: Int = 2, _ holds: @escaping @Sendable (EditableModule) -> Bool
) async throws -> EditableModule {
  try await reduce(ModuleGenerator.module(seed: seed), jobs: jobs, holds)
}

private func has(_ name: String, in module: EditableModule) -> Bool {
  module.functions.contains { $0.body.contains { $0.row.name == name } }
}

struct ReducerTests {
  @Test func nothingIsLeftOfWhatIsAlwaysInteresting() async throws {
    let module = try await reduce(seed: 1) { _ in true }
    #expect(module.encoded().count == 8)
  }

  /// An instruction, and no more than what makes it valid.
  @Test(arguments: [
    "i32.div_s", "i64.mul", "memory.grow", "br_table", "call_indirect", "loop", "f64.sqrt",
  ])
  func oneInstructionStays(name: String) async throws {
    let seed = try #require(
      (0..<200 as Range<UInt64>).first { seed in
        let bytes = ModuleGenerator.module(seed: seed)
        return (try? bytes.withUnsafeBytes { has(name, in: try EditableModule(decoding: $0)) })
          ?? false
      })
    let module = try await reduce(seed: seed) { has(name, in: $0) }
    // A call with five operands and two results is as small as that.
    #expect(module.instructionCount <= 10)
    #expect(module.functions.count == 1)
    #expect(module.exports.isEmpty && module.data.isEmpty && module.globals.isEmpty)
  }

  /// One branch with its hint, and no other hint.
  @Test func aBranchHintStaysWhereItMatters() async throws {
    @Sendable func hints(_ module: EditableModule) -> Int {
      module.functions.reduce(0) { $0 + $1.body.count { $0.isLikely != nil } }
    }
    let seed = try #require(
      (0..<200 as Range<UInt64>).first { seed in
        let bytes = ModuleGenerator.module(seed: seed)
        let module = try? bytes.withUnsafeBytes { try EditableModule(decoding: $0) }
        return (module.map(hints) ?? 0) > 2
      })
    let module = try await reduce(seed: seed) { hints($0) > 0 }
    #expect(hints(module) == 1)
    #expect(module.instructionCount <= 8)
  }

  @Test func jobsChangeNothing() async throws {
    var results: [[UInt8]] = []
    for jobs in [1, 2, 5] {
      results.append(
        try await reduce(seed: 3, jobs: jobs) { has("local.tee", in: $0) && $0.exports.count > 1 }
          .encoded())
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }
}

/// Modules made by hand: `wanted` is called by `outer`, which is exported, through a table.
struct FunctionReductionTests {
  private func module() -> EditableModule {
    var module = EditableModule()
    let inner = module.typeIndex(FunctionType(parameters: [.f64], results: [.f32, .f64]))
    let outer = module.typeIndex(FunctionType(parameters: [.i64], results: [.i32]))
    module.tables = [TableType(element: .funcref, limits: Limits(minimum: 2))]
    let offset = ConstantExpression(.i32(0), offset: 0)
    module.elements = [
      ElementSegment(
        type: .funcref, elements: [ConstantExpression(.refFunc(1), offset: 0)],
        mode: .active(table: 0, offset: offset))
    ]
    module.functions = [
      .init(
        type: outer,
        body: [
          CodeInstruction(.f64Const, .number(0x4000_0000_0000_0000)),
          CodeInstruction(.i32Const, .number(0)),
          CodeInstruction(row("call_indirect").opcode, .indices(inner, 0)),
          CodeInstruction(.drop), CodeInstruction(.drop),
          CodeInstruction(.i32Const, .number(3)), CodeInstruction(.end),
        ]),
      .init(
        type: inner, locals: [.f64],
        body: [
          CodeInstruction(.f64Const, .number(0x4010_0000_0000_0000)),
          CodeInstruction(.localSet, .index(1)),
          CodeInstruction(.f32Const, .number(0)),
          CodeInstruction(.localGet, .index(1)),
          CodeInstruction(row("f64.sqrt").opcode), CodeInstruction(.end),
        ]),
    ]
    module.exports = [Export(name: "outer", kind: .function, index: 0)]
    return module
  }

  private func row(_ name: String) -> Instruction {
    Instruction.all.first { $0.name == name }!
  }

  /// Whether what the square root is taken of is 4, or a local that is set to it.
  private static func takesRootOfFour(_ body: [CodeInstruction]) -> Bool {
    let four = Immediates.number(0x4010_0000_0000_0000)
    guard let root = body.firstIndex(where: { $0.row.name == "f64.sqrt" }), root > 0 else {
      return false
    }
    let operand = body[root - 1]
    if operand.immediates == four { return true }
    return operand.row.special == .localGet
      && body.indices.dropFirst().contains {
        body[$0].row.special == .localSet && body[$0].immediates == operand.immediates
          && body[$0 - 1].immediates == four
      }
  }

  /// Where an export leads to the square root of a constant, no more than that function stays, and takes and gives nothing.
  @Test func anExportTakesThePlaceOfItsCaller() async throws {
    let left = try await reduce(module().encoded()) { module in
      guard let export = module.exports.first else { return false }
      var reached: Set<UInt32> = [export.index]
      for instruction in module.functions[Int(export.index)].body {
        switch (instruction.row.special, instruction.immediates) {
        case (.call, .index(let callee)): reached.insert(callee)
        case (.callIndirect, _) where module.functions.count > 1: reached.insert(1)
        default: break
        }
      }
      return reached.contains { Self.takesRootOfFour(module.functions[Int($0)].body) }
    }
    #expect(left.functions.count == 1)
    #expect(left.functions.first?.body.map(\.row.name) == ["f64.const", "f64.sqrt", "drop", "end"])
    #expect(left.types == [FunctionType()])
    #expect(left.tables.isEmpty && left.elements.isEmpty)
  }

  /// Of a loop that never ends, and whose values are of one another, only those that its body changes stay, and nothing
  /// stands behind it.
  @Test func aLoopKeepsTheValuesThatChange() async throws {
    var module = EditableModule()
    let four = [ValueType](repeating: .i64, count: 4)
    let type = module.typeIndex(FunctionType(parameters: four, results: four))
    let multiply = CodeInstruction(row("i64.mul_wide_s").opcode)
    _ = module.define(
      FunctionType(), locals: [],
      [CodeInstruction(.block, .block(.empty))] + four.map(\.zero)
        + [
          CodeInstruction(row("loop").opcode, .block(BlockType(index: type))), multiply,
          CodeInstruction(row("br").opcode, .index(0)), CodeInstruction(.end),
        ] + four.map { _ in CodeInstruction(.drop) } + [
          CodeInstruction(.end), CodeInstruction(.end),
        ])
    let left = try await reduce(module.encoded()) { module in
      guard let body = module.functions.first?.body,
        let place = body.firstIndex(where: { $0.row.name == "i64.mul_wide_s" })
      else { return false }
      return place > 0 && body[place - 1].row.special == .loop
        && body[place + 1].row.special == .br
    }
    #expect(
      left.functions.first?.body.map(\.row.name)
        == ["i64.const", "i64.const", "loop", "i64.mul_wide_s", "br", "end", "end"])
  }
}
