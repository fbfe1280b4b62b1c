// From an editable module to bytes.

import WasmModel

extension EditableModule {
  /// The module in the binary format. Sections that would be empty are left out, and a data count
  /// stands where an instruction needs it.
  package func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
    section(1, types, &writer) { writer, type in
      writer.byte(0x60)
      writer.list(type.parameters) { $0.type($1) }
      writer.list(type.results) { $0.type($1) }
    }
    section(2, imports, &writer) { $0.importEntry($1) }
    section(3, functions, &writer) { $0.unsigned($1.type) }
    section(4, tables, &writer) { $0.tableType($1) }
    section(5, memories, &writer) { $0.memoryType($1) }
    section(13, tags, &writer) { $0.tagType($1) }
    section(6, globals, &writer) { writer, global in
      writer.globalType(global.type)
      writer.expression(global.value)
    }
    section(7, exports, &writer) { writer, export in
      writer.name(export.name)
      writer.byte(export.kind.rawValue)
      writer.unsigned(export.index)
    }
    if let start {
      writer.byte(8)
      writer.block { $0.unsigned(start) }
    }
    section(9, elements, &writer) { $0.elementSegment($1) }
    if !data.isEmpty && usesDataIndices {
      writer.byte(12)
      writer.block { $0.count(data.count) }
    }
    var code = ByteWriter()
    var hints: [[BranchHint]] = []
    section(10, functions, &code) { writer, function in
      writer.block { hints.append($0.code(function)) }
    }
    branchHints(hints, &writer)
    writer.raw(code.bytes)
    section(11, data, &writer) { $0.dataSegment($1) }
    if !functionNames.allSatisfy(\.isEmpty) { names(&writer) }
    return writer.bytes
  }

  private var usesDataIndices: Bool {
    functions.contains { function in
      function.body.contains { $0.row.special == .memoryInit || $0.row.special == .dataDrop }
    }
  }

  private func section<Element>(
    _ id: UInt8, _ elements: [Element], _ writer: inout ByteWriter,
    _ write: (inout ByteWriter, Element) -> Void
  ) {
    if elements.isEmpty { return }
    writer.byte(id)
    writer.block { $0.list(elements, write) }
  }

  /// Before the code that they are of.
  private func branchHints(_ hints: [[BranchHint]], _ writer: inout ByteWriter) {
    let first = importCount(.function)
    let hinted = hints.enumerated().filter { !$0.element.isEmpty }
    if hinted.isEmpty { return }
    writer.byte(0)
    writer.block { section in
      section.name("metadata.code.branch_hint")
      section.list(hinted) { writer, function in
        writer.count(first + function.offset)
        writer.list(function.element) { writer, hint in
          writer.unsigned(hint.offset)
          writer.block { $0.byte(hint.isLikely ? 1 : 0) }
        }
      }
    }
  }

  private func names(_ writer: inout ByteWriter) {
    let named = functionNames.enumerated().filter { !$0.element.isEmpty }
    writer.byte(0)
    writer.block { section in
      section.name("name")
      section.byte(1)
      section.block { names in
        names.list(named) { writer, entry in
          writer.count(entry.offset)
          writer.name(entry.element)
        }
      }
    }
  }
}

extension ByteWriter {
  fileprivate mutating func importEntry(_ entry: Import) {
    name(entry.module)
    name(entry.name)
    switch entry.kind {
    case .function(let type):
      byte(0)
      unsigned(type)
    case .table(let type):
      byte(1)
      tableType(type)
    case .memory(let type):
      byte(2)
      memoryType(type)
    case .global(let type):
      byte(3)
      globalType(type)
    case .tag(let type):
      byte(4)
      tagType(type)
    }
  }

  fileprivate mutating func tagType(_ type: UInt32) {
    byte(0)
    unsigned(type)
  }

  fileprivate mutating func globalType(_ type: GlobalType) {
    self.type(type.value)
    byte(type.isMutable ? 1 : 0)
  }

  fileprivate mutating func tableType(_ type: TableType) {
    self.type(type.element)
    limits(type.limits, flags: type.addressType == .i64 ? 4 : 0)
  }

  fileprivate mutating func memoryType(_ type: MemoryType) {
    let isUsual = type.pageSize == 1 << 16
    limits(
      type.limits,
      flags: (type.isShared ? 2 : 0) | (type.addressType == .i64 ? 4 : 0) | (isUsual ? 0 : 8))
    if !isUsual { unsigned(UInt32(type.pageSize.trailingZeroBitCount)) }
  }

  private mutating func limits(_ limits: Limits, flags: UInt8) {
    byte(flags | (limits.maximum == nil ? 0 : 1))
    unsigned(limits.minimum)
    if let maximum = limits.maximum { unsigned(maximum) }
  }

  /// With its `end`.
  package mutating func expression(_ expression: ConstantExpression) {
    expression.visit { instruction($0.asInstruction) }
    byte(0x0b)
  }

  fileprivate mutating func elementSegment(_ segment: ElementSegment) {
    // Function indices where that is all there is, as compilers write them.
    let functions = segment.elements.compactMap { element -> UInt32? in
      if case .refFunc(let index)? = element.single { return index }
      return nil
    }
    let areFunctions = segment.type == .funcref && functions.count == segment.elements.count
    var flags: UInt32 = areFunctions ? 0 : 4
    switch segment.mode {
    case .active(let table, let offset):
      // The short form has table 0 and no type.
      let isShort = table == 0 && segment.type == .funcref
      unsigned(flags | (isShort ? 0 : 2))
      if !isShort { unsigned(table) }
      expression(offset)
      if !isShort { elementType(segment.type, areFunctions) }
    case .passive:
      unsigned(flags | 1)
      elementType(segment.type, areFunctions)
    case .declarative:
      flags |= 3
      unsigned(flags)
      elementType(segment.type, areFunctions)
    }
    if areFunctions {
      list(functions) { $0.unsigned($1) }
    } else {
      list(segment.elements) { $0.expression($1) }
    }
  }

  private mutating func elementType(_ type: ValueType, _ areFunctions: Bool) {
    if areFunctions { byte(0) } else { self.type(type) }
  }

  fileprivate mutating func dataSegment(_ segment: EditableModule.Data) {
    switch segment.mode {
    case .passive: byte(1)
    case .active(let memory, let offset):
      byte(memory == 0 ? 0 : 2)
      if memory != 0 { unsigned(memory) }
      expression(offset)
    }
    block { $0.raw(segment.bytes) }
  }

  /// Answers with its branch hints, whose offsets count from where it begins.
  fileprivate mutating func code(_ function: EditableModule.Function) -> [BranchHint] {
    var runs: [(count: UInt32, type: ValueType)] = []
    for type in function.locals {
      if runs.last?.type == type {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((1, type))
      }
    }
    list(runs) { writer, run in
      writer.unsigned(run.count)
      writer.type(run.type)
    }
    var hints: [BranchHint] = []
    for instruction in function.body {
      if let isLikely = instruction.isLikely {
        hints.append(BranchHint(offset: UInt32(bytes.count), isLikely: isLikely))
      }
      self.instruction(instruction)
    }
    return hints
  }

  package mutating func instruction(_ instruction: CodeInstruction) {
    opcode(instruction.opcode)
    let encoding = instruction.row.encoding
    switch instruction.immediates {
    case .none: if case .fence = encoding { byte(0) }
    case .index(let index): unsigned(index)
    case .indices(let first, let second):
      unsigned(first)
      unsigned(second)
    case .memory(let argument): memoryArgument(argument)
    case .memoryLane(let argument, let lane):
      memoryArgument(argument)
      byte(lane)
    case .lane(let lane): byte(lane)
    case .number(let bits):
      switch encoding {
      case .s32: signed(Int64(Int32(truncatingIfNeeded: bits)))
      case .s64: signed(Int64(bitPattern: bits))
      case .f32: fixed(UInt32(truncatingIfNeeded: bits))
      default: fixed(bits)
      }
    case .vector(let low, let high):
      fixed(low)
      fixed(high)
    case .block(let type): blockType(type)
    case .tryTable(let type, let clauses):
      blockType(type)
      list(clauses) { writer, clause in
        writer.byte(clause.kind.rawValue)
        if clause.hasTag { writer.unsigned(clause.tag) }
        writer.unsigned(clause.label)
      }
    case .labels(let labels):
      count(labels.count - 1)
      for label in labels { unsigned(label) }
    case .types(let types): list(types) { $0.type($1) }
    case .type(let type): self.type(type)
    }
  }

  private mutating func memoryArgument(_ argument: MemoryArgument) {
    unsigned(argument.alignment | (argument.memory == 0 ? 0 : 0x40))
    if argument.memory != 0 { unsigned(argument.memory) }
    unsigned(argument.offset)
  }

  private mutating func blockType(_ type: BlockType) {
    if let index = type.index {
      signed(Int64(index))
    } else if type == .empty {
      byte(0x40)
    } else {
      self.type(type.value)
    }
  }
}

extension ConstantInstruction {
  /// As an instruction of a body.
  package var asInstruction: CodeInstruction {
    switch self {
    case .i32(let value): .init(.i32Const, .number(UInt64(value)))
    case .i64(let value): .init(.i64Const, .number(value))
    case .f32(let bits): .init(.f32Const, .number(UInt64(bits)))
    case .f64(let bits): .init(.f64Const, .number(bits))
    case .v128(let low, let high): .init(.v128Const, .vector(low: low, high: high))
    case .globalGet(let index): .init(.globalGet, .index(index))
    case .refNull(let type): .init(.refNull, .type(type))
    case .refFunc(let index): .init(.refFunc, .index(index))
    case .arithmetic(let opcode): .init(opcode)
    }
  }
}

extension ValueType {
  /// The instruction that leaves its zero, or null.
  package var zero: CodeInstruction {
    switch self {
    case .i32: .init(.i32Const, .number(0))
    case .i64: .init(.i64Const, .number(0))
    case .f32: .init(.f32Const, .number(0))
    case .f64: .init(.f64Const, .number(0))
    case .v128: .init(.v128Const, .vector(low: 0, high: 0))
    default: .init(.refNull, .type(self))
    }
  }
}
