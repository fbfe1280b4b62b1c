import Testing
import WasmEncoder
import WasmModel
import WasmParser

/// What a module of these bytes is after it was read.
private func decoded(_ bytes: [UInt8]) throws -> EditableModule {
  try bytes.withUnsafeBytes { try EditableModule(decoding: $0) }
}

/// An immediate of each kind, with numbers that take more than one byte.
private func samples(of row: Instruction) -> [Immediates] {
  let memory = MemoryArgument(memory: 200, alignment: 2, offset: 1 << 35)
  return switch row.encoding {
  case .none, .fence: [.none]
  case .memory: [.memory(memory), .memory(MemoryArgument(offset: 3))]
  case .memoryLane: [.memoryLane(memory, 1)]
  case .lane: [.lane(1)]
  case .s32: [0, 63, 64, 0xffff_ffff, 0x8000_0000, 0x7fff_ffff].map { .number($0) }
  case .s64: [0, 64, UInt64.max, 1 << 63, 1 << 63 - 1].map { .number($0) }
  case .f32: [.number(0x7fa0_0000)]
  case .f64: [.number(0xfff4_0000_0000_0001)]
  case .vector: [.vector(low: 0x0123_4567_89ab_cdef, high: 1 << 63)]
  case .block: [.block(.empty), .block(BlockType(.exnref)), .block(BlockType(index: 300))]
  case .tryTable:
    [
      .tryTable(
        BlockType(.v128),
        [
          CatchClause(.tag, tag: 130, label: 0), CatchClause(.tagWithReference, tag: 1, label: 200),
          CatchClause(.all, label: 3), CatchClause(.allWithReference, label: 4),
        ])
    ]
  case .labels: [.labels([7]), .labels([1, 200, 3])]
  case .types: [.types([.f64])]
  case .type: [.type(.externref), .type(.funcref)]
  case .index: [.index(0), .index(129)]
  case .indices: [.indices(1, 128)]
  }
}

@Suite struct Encoding {
  @Test func everyInstructionOfTheTableIsReadAsItWasWritten() throws {
    let instructions = Instruction.all.filter { $0.kind != .unsupported }.flatMap { row in
      samples(of: row).map { CodeInstruction(row.opcode, $0) }
    }
    #expect(instructions.count > 500)
    var writer = ByteWriter()
    for instruction in instructions { writer.instruction(instruction) }
    let read = try writer.bytes.withUnsafeBytes { bytes in
      let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
      var reader = ByteReader(start: start, next: start, end: start + bytes.count)
      return try reader.instructions()
    }
    #expect(read == instructions)
  }

  @Test func everySectionIsReadAsItWasWritten() throws {
    let zero = ConstantExpression(.i32(0), offset: 0)
    var sum = zero
    sum.append(.globalGet(0))
    sum.append(.arithmetic(.i32Add))
    var memory = MemoryType(limits: Limits(minimum: 1, maximum: 1 << 33))
    memory.addressType = .i64
    memory.pageSize = 1
    var shared = MemoryType(limits: Limits(minimum: 1, maximum: 2))
    shared.isShared = true
    var table = TableType(element: .externref, limits: Limits(minimum: 3))
    table.addressType = .i64

    var module = EditableModule()
    module.types = [
      FunctionType(), FunctionType(parameters: [.i32, .v128], results: [.f64, .exnref]),
    ]
    module.imports = [
      Import(module: "m", name: "", kind: .function(type: 1), offset: 0),
      Import(module: "\u{1f426}", name: "t", kind: .table(table), offset: 0),
      Import(module: "m", name: "s", kind: .memory(shared), offset: 0),
      Import(
        module: "m", name: "g", kind: .global(GlobalType(value: .i32, isMutable: false)), offset: 0),
      Import(module: "m", name: "e", kind: .tag(type: 0), offset: 0),
    ]
    module.functions = [
      .init(
        type: 0, locals: [.i32, .i32, .f64],
        body: [
          .init(Opcode(0x41), .number(0)), .init(Opcode(0x41), .number(0)),
          .init(Opcode(0x41), .number(0)), .init(Opcode(0x208), .indices(0, 0)),
          .init(Opcode(0x0b)),
        ])
    ]
    module.tables = [TableType(element: .funcref, limits: Limits(minimum: 0, maximum: 10)), table]
    module.memories = [memory]
    module.tags = [0]
    module.globals = [
      Global(type: GlobalType(value: .i32, isMutable: true), value: sum),
      Global(
        type: GlobalType(value: .funcref, isMutable: false),
        value: ConstantExpression(.refNull(.funcref), offset: 0)),
    ]
    module.exports = [
      Export(name: "f", kind: .function, index: 1), Export(name: "", kind: .tag, index: 1),
    ]
    module.start = 1
    let function = ConstantExpression(.refFunc(1), offset: 0)
    let null = ConstantExpression(.refNull(.funcref), offset: 0)
    module.elements = [
      ElementSegment(type: .funcref, elements: [function], mode: .declarative),
      ElementSegment(type: .funcref, elements: [function, null], mode: .passive),
      ElementSegment(type: .funcref, elements: [function], mode: .active(table: 1, offset: zero)),
      ElementSegment(type: .funcref, elements: [null], mode: .active(table: 0, offset: zero)),
      ElementSegment(
        type: .externref, elements: [ConstantExpression(.refNull(.externref), offset: 0)],
        mode: .active(table: 2, offset: ConstantExpression(.i64(0), offset: 0))),
    ]
    module.data = [
      .init(bytes: [1, 2, 3], mode: .passive),
      .init(bytes: [], mode: .active(memory: 1, offset: sum)),
      .init(bytes: [9], mode: .active(memory: 0, offset: zero)),
    ]
    module.functionNames = ["", "named"]

    let bytes = module.encoded()
    let read = try decoded(bytes)
    #expect(read.encoded() == bytes)
    #expect(read.types == module.types)
    #expect(read.imports.map(\.name) == module.imports.map(\.name))
    #expect(read.functions[0].locals == module.functions[0].locals)
    #expect(read.functions[0].body == module.functions[0].body)
    #expect(read.tables == module.tables)
    #expect(read.memories == module.memories)
    #expect(read.tags == module.tags)
    #expect(read.globals.map(\.type) == module.globals.map(\.type))
    #expect(read.exports.map(\.name) == module.exports.map(\.name))
    #expect(read.start == 1)
    #expect(read.elements.map(\.type) == module.elements.map(\.type))
    #expect(read.elements.map(\.elements.count) == module.elements.map(\.elements.count))
    #expect(read.data.map(\.bytes) == module.data.map(\.bytes))
    #expect(read.functionNames == module.functionNames)
    #expect(IndexSpace.allCases.map(read.importCount) == [0, 1, 1, 1, 1, 1, 0, 0, 0, 0])
  }

  @Test func branchHintsAreReadAsTheyWereWritten() throws {
    var hinted = EditableModule()
    hinted.types = [FunctionType(parameters: [.i32])]
    hinted.imports = [Import(module: "m", name: "f", kind: .function(type: 0), offset: 0)]
    let get = CodeInstruction(.localGet, .index(0))
    func branch(_ isLikely: Bool?) -> CodeInstruction {
      var branch = CodeInstruction(named: "br_if", .index(0))
      branch.isLikely = isLikely
      return branch
    }
    hinted.functions = [[true, nil, false], [nil], [true]].map { hints in
      .init(
        type: 0, locals: [.i64],
        body: hints.flatMap { [get, branch($0)] } + [CodeInstruction(.end)])
    }
    let bytes = hinted.encoded()
    #expect(try decoded(bytes).functions.map(\.body) == hinted.functions.map(\.body))
    let read = try bytes.withUnsafeBytes { try WasmParser.parse($0) }
    #expect(read.branchHints.map(\.isLikely) == [true, false, true])
  }

  @Test func indicesOfAllSpacesAreMapped() {
    let instructions = [
      CodeInstruction(Opcode(0x10), .index(1)),
      CodeInstruction(Opcode(0x11), .indices(1, 2)),
      CodeInstruction(Opcode(0x28), .memory(MemoryArgument(memory: 1))),
      CodeInstruction(Opcode(0x02), .block(BlockType(index: 1))),
      CodeInstruction(Opcode(0x02), .block(BlockType(.i32))),
      CodeInstruction(Opcode(0x0e), .labels([0, 1])),
      CodeInstruction(
        Opcode(0x1f), .tryTable(.empty, [CatchClause(.tag, tag: 1, label: 0)])),
    ]
    let mapped = instructions.map {
      $0.mappingIndices { space, index in space == .label ? index : index + 10 }
    }
    #expect(
      mapped.map(\.immediates) == [
        .index(11), .indices(11, 12), .memory(MemoryArgument(memory: 11)),
        .block(BlockType(index: 11)), .block(BlockType(.i32)), .labels([0, 1]),
        .tryTable(.empty, [CatchClause(.tag, tag: 11, label: 0)]),
      ])
  }
}
