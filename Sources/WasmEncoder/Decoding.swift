// From bytes to an editable module. Bodies are read with their immediates; whether they are valid
// is the validator's to say.

import WasmModel
import WasmParser

extension EditableModule {
  /// Reads a module. Custom sections are left out, but for names of functions and branch hints.
  package init(decoding bytes: UnsafeRawBufferPointer) throws(WasmError) {
    let module = try WasmParser.parse(bytes)
    types = module.types
    imports = module.imports
    tables = Array(module.tables.dropFirst(module.importedTableCount))
    memories = Array(module.memories.dropFirst(module.importedMemoryCount))
    tags = Array(module.tags.dropFirst(module.importedTagCount))
    globals = zip(module.globals.dropFirst(module.importedGlobalCount), module.globalValues)
      .map { Global(type: $0, value: $1) }
    exports = module.exports
    start = module.start
    elements = module.elements
    data = module.data.map { segment in
      Data(bytes: Array(bytes[segment.bytes.indices]), mode: segment.mode)
    }
    functionNames = module.names.functions.map {
      String(decoding: bytes[$0.indices], as: UTF8.self)
    }
    let own = module.functions.dropFirst(module.importedFunctionCount)
    let hints = Dictionary(
      module.branchHints.map { ($0.offset, $0.isLikely) }, uniquingKeysWith: { first, _ in first })
    functions.reserveCapacity(own.count)
    for (type, range) in zip(own, module.code) {
      var reader = ByteReader(bytes, range)
      functions.append(
        Function(type: type, locals: try reader.locals(), body: try reader.instructions(hints)))
    }
  }
}

extension ByteRange {
  fileprivate var indices: Range<Int> { Int(start)..<Int(end) }
}

extension ByteReader {
  /// A piece of a module's bytes.
  fileprivate init(_ bytes: UnsafeRawBufferPointer, _ range: ByteRange) {
    let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    self.init(start: start, next: start + Int(range.start), end: start + Int(range.end))
  }

  fileprivate mutating func locals() throws(WasmError) -> [ValueType] {
    var locals: [ValueType] = []
    for _ in 0..<(try u32()) {
      let count = try u32()
      // The validator's limit.
      if UInt64(locals.count) + UInt64(count) > 50_000 { try malformed(.tooManyLocals) }
      locals += Array(repeating: try valueType(), count: Int(count))
    }
    return locals
  }

  /// What is left.
  ///
  /// - Parameter hints: By an instruction's offset, whether it is likely to branch.
  package mutating func instructions(
    _ hints: [UInt32: Bool] = [:]
  ) throws(WasmError) -> [CodeInstruction] {
    var instructions: [CodeInstruction] = []
    instructions.reserveCapacity(remaining / 2)
    while !isAtEnd {
      let hint = hints[UInt32(offset)]
      instructions.append(try instruction())
      if let hint { instructions[instructions.count - 1].isLikely = hint }
    }
    return instructions
  }

  package mutating func instruction() throws(WasmError) -> CodeInstruction {
    let offset = offset
    let byte = try byte()
    let opcode =
      if let prefix = Prefix(rawValue: byte) {
        try opcode(behind: prefix, at: offset)
      } else {
        Opcode(UInt16(byte))
      }
    guard let row = InstructionTable.rows[Int(opcode.rawValue)] else {
      try fail(.malformed, .illegalOpcode(byte), at: offset)
    }
    if row.kind == .unsupported { try fail(.unsupported, .unsupported(row.feature), at: offset) }
    return CodeInstruction(opcode, try immediates(row.encoding))
  }

  private mutating func immediates(
    _ encoding: Instruction.Encoding
  ) throws(WasmError) -> Immediates {
    switch encoding {
    case .none: return .none
    case .fence:
      _ = try byte()
      return .none
    case .index: return .index(try u32())
    case .indices:
      let first = try u32()
      return .indices(first, try u32())
    case .memory: return .memory(try memoryArgument())
    case .memoryLane:
      let argument = try memoryArgument()
      return .memoryLane(argument, try byte())
    case .lane: return .lane(try byte())
    case .s32: return .number(UInt64(UInt32(bitPattern: try s32())))
    case .s64: return .number(UInt64(bitPattern: try s64()))
    case .f32: return .number(UInt64(try fixed32()))
    case .f64: return .number(try fixed64())
    case .vector:
      let low = try fixed64()
      return .vector(low: low, high: try fixed64())
    case .block: return .block(try blockType())
    case .tryTable:
      let type = try blockType()
      var clauses: [CatchClause] = []
      for _ in 0..<(try u32()) { clauses.append(try catchClause()) }
      return .tryTable(type, clauses)
    case .labels:
      var labels: [UInt32] = []
      let count = try u32()
      if Int(count) > remaining { try malformed(.unexpectedEnd) }
      for _ in 0...count { labels.append(try u32()) }
      return .labels(labels)
    case .types:
      var types: [ValueType] = []
      for _ in 0..<(try u32()) { types.append(try valueType()) }
      return .types(types)
    case .type: return .type(try heapType())
    }
  }

  private mutating func memoryArgument() throws(WasmError) -> MemoryArgument {
    let flags = try u32()
    let memory = flags & 0x40 != 0 ? try u32() : 0
    return MemoryArgument(memory: memory, alignment: flags & ~0x40, offset: try u64())
  }

  private mutating func blockType() throws(WasmError) -> BlockType {
    if remaining > 0, next.pointee == 0x40 {
      _ = try byte()
      return .empty
    }
    // A value type is one byte that would be a negative number.
    if remaining > 0, next.pointee & 0xc0 == 0x40 { return BlockType(try valueType()) }
    let index = try s33()
    if index < 0 { try malformed(.malformedValueType) }
    return BlockType(index: UInt32(index))
  }

  private mutating func catchClause() throws(WasmError) -> CatchClause {
    guard let kind = CatchClause.Kind(rawValue: try byte()) else { try malformed(.malformedCatch) }
    var clause = CatchClause(kind, label: 0)
    if clause.hasTag { clause.tag = try u32() }
    clause.label = try u32()
    return clause
  }
}
