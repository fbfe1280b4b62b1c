// The loop over a body's instructions.
//
// All methods are mutating, the reading ones too: else the validator's state would be
// copied for every call.

import WasmModel
import WasmParser

extension FunctionValidator {
  @inline(__always)
  mutating func emit(
    _ body: inout BodyBuffer, _ opcode: Int, flags: UInt16 = 0, a: UInt32 = 0, b: UInt32 = 0
  ) {
    if isEmitting {
      body.operations.append(
        Operation(
          opcode: Opcode(UInt16(truncatingIfNeeded: opcode)), flags: flags,
          offset: UInt32(truncatingIfNeeded: offset), a: a, b: b))
    }
  }

  /// Notes what reachable code uses.
  @inline(__always)
  mutating func note(_ kind: Use.Kind, _ index: UInt32, _ body: inout BodyBuffer) {
    if isEmitting { body.uses.append(Use(kind, index)) }
  }

  /// Validates up to the `end` of the function.
  mutating func run(
    _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    while true {
      offset = reader.offset
      if reader.isAtEnd { try reader.malformed(.endExpected) }
      var opcode = Int(reader.next.pointee)
      reader.next += 1
      if opcode >= Prefix.least { opcode = try prefixedOpcode(opcode, &reader, &body) }
      let row = table + opcode
      isSeen[opcode] = true
      switch row.pointee.kind {
      case .plain:
        if row.pointee.operandCount > 1 { try popLast(row) }
        try pop(row.pointee.operand0)
        push(row.pointee.result0)
        if row.pointee.resultCount > 1 { push(row.pointee.result1) }
        emit(&body, opcode)
      case .lane:
        let lane = try laneIndex(&reader, row.pointee.lanes)
        if row.pointee.operandCount > 1 { try pop(row.pointee.operand1) }
        try pop(row.pointee.operand0)
        push(row.pointee.result0)
        emit(&body, opcode, a: lane)
      case .load:
        let argument = try memarg(&reader, row.pointee.width)
        try pop(facts.memoryAddresses[Int(argument.memory)])
        push(row.pointee.result0)
        emit(&body, opcode, flags: argument.memory, a: argument.offset, b: argument.high)
      case .store:
        let argument = try memarg(&reader, row.pointee.width)
        try pop(row.pointee.operand1)
        try pop(facts.memoryAddresses[Int(argument.memory)])
        emit(&body, opcode, flags: argument.memory, a: argument.offset, b: argument.high)
      case .atomic, .wait: try atomic(row, opcode, &reader, &body)
      // The specials stand here, since a function of their own would be called for each.
      case .special:
        switch row.pointee.special {
        case .localGet:
          let index = try localIndex(&reader)
          push(locals.base[Int(index)])
          emit(&body, opcode, a: index)
        case .localSet:
          let index = try localIndex(&reader)
          try pop(locals.base[Int(index)])
          emit(&body, opcode, a: index)
        case .localTee:
          let index = try localIndex(&reader)
          let type = locals.base[Int(index)]
          try pop(type)
          push(type)
          emit(&body, opcode, a: index)
        case .i32Const:
          let value = try reader.s32()
          push(.i32)
          emit(&body, opcode, a: UInt32(bitPattern: value))
        case .i64Const:
          let value = UInt64(bitPattern: try reader.s64())
          push(.i64)
          emit(
            &body, opcode, a: UInt32(truncatingIfNeeded: value),
            b: UInt32(truncatingIfNeeded: value >> 32))
        case .f32Const:
          let value = try reader.fixed32()
          push(.f32)
          emit(&body, opcode, a: value)
        case .f64Const:
          let value = try reader.fixed64()
          push(.f64)
          emit(
            &body, opcode, a: UInt32(truncatingIfNeeded: value),
            b: UInt32(truncatingIfNeeded: value >> 32))
        case .globalGet:
          let index = try globalIndex(&reader)
          push(facts.globals[Int(index)])
          note(.global, index, &body)
          emit(&body, opcode, a: index)
        case .globalSet:
          let index = try globalIndex(&reader)
          if !facts.isMutable[Int(index)] { try invalid(.immutableGlobal) }
          try pop(facts.globals[Int(index)])
          note(.global, index, &body)
          emit(&body, opcode, a: index)
        case .nop: break
        case .unreachable:
          emit(&body, opcode)
          setUnreachable()
        case .block, .loop, .if: try block(row.pointee.special, opcode, &reader, &body)
        case .else: try elseBranch(opcode, &body)
        case .end: if try end(opcode, &body) { return }
        case .br:
          let depth = try reader.u32()
          let target = try frame(atDepth: depth)
          try pop(target.labelTypes, target.labelCount)
          emit(&body, opcode, a: depth)
          setUnreachable()
        case .brIf:
          let depth = try reader.u32()
          try pop(.i32)
          let target = try frame(atDepth: depth)
          try require(target.labelTypes, target.labelCount)
          emit(&body, opcode, flags: hint(), a: depth)
        case .brTable: try brTable(opcode, &reader, &body)
        case .return:
          let shape = frames[0].shape
          try pop(shape.results, shape.resultCount)
          emit(&body, opcode)
          setUnreachable()
        case .call:
          let index = try reader.u32()
          if Int(index) >= facts.functionCount { try invalid(.unknownFunction) }
          let shape = facts.types[Int(facts.functions[Int(index)])]
          try pop(shape.parameters, shape.parameterCount)
          try push(shape.results, shape.resultCount)
          note(.call, index, &body)
          emit(&body, opcode, a: index)
        case .returnCall, .returnCallIndirect:
          try tailCall(row.pointee.special, opcode, &reader, &body)
        case .callIndirect:
          let type = try reader.u32()
          let table = try tableIndex(&reader)
          if !facts.tables[Int(table)].matches(.funcref) { try invalid(.typeMismatch) }
          if Int(type) >= facts.typeCount { try invalid(.unknownType) }
          let shape = facts.types[Int(type)]
          try pop(facts.tableAddresses[Int(table)])
          try pop(shape.parameters, shape.parameterCount)
          try push(shape.results, shape.resultCount)
          note(.type, type, &body)
          note(.indirectCall, table, &body)
          emit(&body, opcode, a: type, b: table)
        case .drop:
          let type = try popAny()
          emit(&body, opcode, a: type.bits)
        case .select:
          let type = try untypedSelect()
          emit(&body, opcode, a: type.bits)
        case .selectTyped:
          if try reader.u32() != 1 { try invalid(.invalidResultArity) }
          let type = try reader.valueType()
          try pop(.i32)
          try pop(type)
          try pop(type)
          push(type)
          emit(&body, opcode, a: type.bits)
        case .refNull, .refIsNull, .refFunc:
          try reference(row.pointee.special, opcode, &reader, &body)
        case .memorySize, .memoryGrow, .memoryInit, .dataDrop, .memoryCopy, .memoryFill:
          try memory(row.pointee.special, opcode, &reader, &body)
        case .tryTable: try tryTable(opcode, &reader, &body)
        case .throwTag, .throwRef, .legacyRethrow:
          try throwing(row.pointee.special, opcode, &reader, &body)
        case .legacyTry, .legacyCatch, .legacyCatchAll, .legacyDelegate:
          try legacy(row.pointee.special, opcode, &reader, &body)
        case .fence:
          if try reader.byte() != 0 { try fail(.malformed, .malformedFence, at: offset) }
          emit(&body, opcode)
        case .v128Const, .shuffle, .vectorLoad, .loadLane, .storeLane:
          try vector(row, opcode, &reader, &body)
        case .tableGet, .tableSet, .tableInit, .elemDrop, .tableCopy, .tableGrow, .tableSize,
          .tableFill:
          try table(row.pointee.special, opcode, &reader, &body)
        }
      case .unsupported: try unsupported(opcode)
      case .illegal:
        try fail(.malformed, .illegalOpcode(UInt8(opcode)), at: offset)
      }
    }
  }

  @inline(never)
  private mutating func tailCall(
    _ special: Special, _ opcode: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    let index = try reader.u32()
    var table: UInt32 = 0
    let shape: TypeShape
    if special == .returnCall {
      if Int(index) >= facts.functionCount { try invalid(.unknownFunction) }
      shape = facts.types[Int(facts.functions[Int(index)])]
      note(.tailCall, index, &body)
    } else {
      table = try tableIndex(&reader)
      if !facts.tables[Int(table)].matches(.funcref) { try invalid(.typeMismatch) }
      if Int(index) >= facts.typeCount { try invalid(.unknownType) }
      shape = facts.types[Int(index)]
      try pop(facts.tableAddresses[Int(table)])
      note(.type, index, &body)
      note(.tailType, index, &body)
      note(.indirectCall, table, &body)
    }
    try pop(shape.parameters, shape.parameterCount)
    let results = frames[0].shape
    if shape.resultCount != results.resultCount { try invalid(.typeMismatch) }
    for k in 0..<shape.resultCount where !shape.results[k].matches(results.results[k]) {
      try invalid(.typeMismatch)
    }
    if isEmitting { body.hasTailCalls = true }
    emit(&body, opcode, a: index, b: table)
    setUnreachable()
  }

  /// Pops the operands of a plain instruction but the first.
  @inline(__always)
  private mutating func popLast(_ row: UnsafePointer<InstructionFacts>) throws(WasmError) {
    if row.pointee.operandCount > 2 {
      if row.pointee.operandCount > 3 { try pop(row.pointee.operand3) }
      try pop(row.pointee.operand2)
    }
    try pop(row.pointee.operand1)
  }

  /// The raw opcode that a byte from 0xfb on is, or begins.
  @inline(never)
  private mutating func prefixedOpcode(
    _ byte: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) -> Int {
    guard let prefix = Prefix(rawValue: UInt8(byte)) else { return byte }
    if prefix == .fd { body.usesVectors = true }
    if prefix == .fe { body.usesAtomics = true }
    return Int(try reader.opcode(behind: prefix, at: offset).rawValue)
  }

  @inline(never)
  private mutating func unsupported(_ opcode: Int) throws(WasmError) -> Never {
    let feature = InstructionTable.feature(of: Opcode(UInt16(opcode)))
    try fail(.unsupported, .unsupported(feature), at: offset)
  }

  /// What a load or store says of its place.
  private struct MemoryArgument {
    var offset: UInt32
    /// The high half of the offset.
    var high: UInt32 = 0
    var memory: UInt16 = 0
  }

  @inline(__always)
  private mutating func memarg(
    _ reader: inout ByteReader, _ width: UInt8
  ) throws(WasmError) -> MemoryArgument {
    // One byte for the alignment, as nearly always.
    if reader.remaining > 1, reader.next[0] < 5, 1 << reader.next[0] <= width,
      reader.next[1] < 0x80, facts.memoryCount > 0
    {
      let offset = UInt32(reader.next[1])
      reader.next += 2
      return MemoryArgument(offset: offset)
    }
    return try longMemarg(&reader, width)
  }

  @inline(never)
  private mutating func longMemarg(
    _ reader: inout ByteReader, _ width: UInt8
  ) throws(WasmError) -> MemoryArgument {
    let flags = try reader.u32()
    if flags >= 0x80 { try fail(.malformed, .malformedMemoryFlags, at: offset) }
    let memory = flags & 0x40 != 0 ? try reader.u32() : 0
    let value = try reader.u64()
    if Int(memory) >= facts.memoryCount { try invalid(.unknownMemory) }
    let alignment = flags & 0x3f
    if alignment > 4 || 1 << alignment > width { try invalid(.alignmentTooLarge) }
    if value > UInt64(UInt32.max) && facts.memoryAddresses[Int(memory)] == .i32 {
      try invalid(.offsetOutOfRange)
    }
    return MemoryArgument(
      offset: UInt32(truncatingIfNeeded: value), high: UInt32(value >> 32),
      memory: UInt16(truncatingIfNeeded: memory))
  }

  /// An access of which the address must be a multiple of its width, and the alignment says so.
  @inline(never)
  private mutating func atomic(
    _ row: UnsafePointer<InstructionFacts>, _ opcode: Int, _ reader: inout ByteReader,
    _ body: inout BodyBuffer
  ) throws(WasmError) {
    var flags = reader
    let alignment = try flags.u32() & 0x3f
    let argument = try memarg(&reader, row.pointee.width)
    if 1 << alignment != row.pointee.width { try invalid(.atomicAlignment) }
    if row.pointee.operandCount > 1 { try popLast(row) }
    try pop(facts.memoryAddresses[Int(argument.memory)])
    if row.pointee.resultCount > 0 { push(row.pointee.result0) }
    emit(&body, opcode, flags: argument.memory, a: argument.offset, b: argument.high)
  }

  private mutating func laneIndex(
    _ reader: inout ByteReader, _ lanes: UInt8
  ) throws(WasmError) -> UInt32 {
    let lane = try reader.byte()
    if lane >= lanes { try invalid(.invalidLaneIndex) }
    return UInt32(lane)
  }

  /// The immediates of v128.const and shuffles are four words of `immediates`.
  @inline(never)
  private mutating func vector(
    _ row: UnsafePointer<InstructionFacts>, _ opcode: Int, _ reader: inout ByteReader,
    _ body: inout BodyBuffer
  ) throws(WasmError) {
    switch row.pointee.special {
    case .v128Const, .shuffle:
      let first = UInt32(truncatingIfNeeded: body.immediates.count)
      let isShuffle = row.pointee.special == .shuffle
      for _ in 0..<4 {
        let word = try reader.fixed32()
        // A lane of 32 has no bit above the fifth.
        if isShuffle && word & 0xe0e0_e0e0 != 0 { try invalid(.invalidLaneIndex) }
        if isEmitting { body.immediates.append(word) }
      }
      if isShuffle {
        try pop(.v128)
        try pop(.v128)
      }
      push(.v128)
      emit(&body, opcode, a: first)
    default:
      let argument = try memarg(&reader, row.pointee.width)
      let isLane = row.pointee.special != .vectorLoad
      let lane = isLane ? try laneIndex(&reader, row.pointee.lanes) : 0
      if isLane { try pop(.v128) }
      try pop(facts.memoryAddresses[Int(argument.memory)])
      if row.pointee.special != .storeLane { push(.v128) }
      emit(
        &body, opcode, flags: argument.memory | UInt16(lane) << 10, a: argument.offset,
        b: argument.high)
    }
  }

  private mutating func memoryIndex(_ reader: inout ByteReader) throws(WasmError) -> UInt32 {
    let index = try reader.u32()
    if Int(index) >= facts.memoryCount { try invalid(.unknownMemory) }
    return index
  }

  private mutating func tableIndex(_ reader: inout ByteReader) throws(WasmError) -> UInt32 {
    let index = try reader.u32()
    if Int(index) >= facts.tableCount { try invalid(.unknownTable) }
    return index
  }

  private mutating func dataIndex(_ reader: inout ByteReader) throws(WasmError) -> UInt32 {
    let index = try reader.u32()
    if facts.dataCount < 0 { try fail(.malformed, .dataCountRequired, at: offset) }
    if Int(index) >= facts.dataCount { try invalid(.unknownDataSegment) }
    return index
  }

  private mutating func elementIndex(_ reader: inout ByteReader) throws(WasmError) -> UInt32 {
    let index = try reader.u32()
    if Int(index) >= facts.elementCount { try invalid(.unknownElementSegment) }
    return index
  }

  @inline(__always)
  private mutating func localIndex(_ reader: inout ByteReader) throws(WasmError) -> UInt32 {
    let index = try reader.u32()
    if Int(index) >= locals.count { try invalid(.unknownLocal) }
    return index
  }

  @inline(__always)
  private mutating func globalIndex(_ reader: inout ByteReader) throws(WasmError) -> UInt32 {
    let index = try reader.u32()
    if Int(index) >= facts.globalCount { try invalid(.unknownGlobal) }
    return index
  }

  /// A block's type, and its shape.
  @inline(__always)
  mutating func blockType(
    _ reader: inout ByteReader
  ) throws(WasmError) -> (shape: TypeShape, type: BlockType) {
    if reader.remaining > 0, reader.next.pointee & 0xc0 == 0x40 {
      let empty = TypeShape(
        parameters: single, parameterCount: 0, results: single, resultCount: 0)
      if reader.next.pointee == 0x40 {
        reader.next += 1
        return (empty, .empty)
      }
      let type = try reader.valueType()
      var shape = empty
      shape.results = single + Int(type.bits)
      shape.resultCount = 1
      return (shape, BlockType(type))
    }
    let index = try reader.s33()
    if index < 0 { try fail(.malformed, .malformedValueType, at: offset) }
    if index >= facts.typeCount { try invalid(.unknownType) }
    usesBlockTypes = true
    return (facts.types[Int(index)], BlockType(index: UInt32(truncatingIfNeeded: index)))
  }

  @inline(never)
  private mutating func block(
    _ special: Special, _ opcode: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    let (shape, type) = try blockType(&reader)
    if special == .if { try pop(.i32) }
    let kind: ControlFrame.Kind =
      special == .if ? .if : special == .loop ? .loop : .block
    try enter(kind, shape)
    emit(&body, opcode, flags: special == .if ? hint() : 0, a: type.bits)
  }

  @inline(never)
  private mutating func elseBranch(
    _ opcode: Int, _ body: inout BodyBuffer
  ) throws(WasmError) {
    if frames[frames.count - 1].kind != .if {
      try fail(.malformed, .elseWithoutIf, at: offset)
    }
    var frame = try leave()
    let flags: UInt16 = isEmitting ? 0 : 1
    isEmitting = frame.isRecorded
    emit(&body, opcode, flags: flags)
    frame.kind = .else
    frame.isUnreachable = false
    frames.append(frame)
    try push(frame.shape.parameters, frame.shape.parameterCount)
  }

  @inline(never)
  private mutating func end(
    _ opcode: Int, _ body: inout BodyBuffer
  ) throws(WasmError) -> Bool {
    let frame = try leave()
    let shape = frame.shape
    if frame.kind == .if {
      // The missing `else` hands the parameters on.
      if shape.parameterCount != shape.resultCount { try invalid(.typeMismatch) }
      for index in 0..<shape.resultCount
      where !shape.parameters[index].matches(shape.results[index]) {
        try invalid(.typeMismatch)
      }
    }
    let flags: UInt16 = isEmitting ? 0 : 1
    isEmitting = frame.isRecorded
    emit(&body, opcode, flags: flags)
    if frames.count == 0 { return true }
    height = frames[frames.count - 1].height
    try push(shape.results, shape.resultCount)
    return false
  }

  @inline(never)
  private mutating func brTable(
    _ opcode: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    let count = try reader.u32()
    if Int(count) >= reader.remaining { try reader.malformed(.unexpectedEnd) }
    try pop(.i32)
    let first = body.immediates.count
    var arity = -1
    var last: UInt32?
    for _ in 0...count {
      let depth = try reader.u32()
      if isEmitting { body.immediates.append(depth) }
      if depth == last { continue }
      last = depth
      let target = try frame(atDepth: depth)
      if arity >= 0, target.labelCount != arity { try invalid(.typeMismatch) }
      arity = target.labelCount
      try peek(target.labelTypes, target.labelCount)
    }
    emit(&body, opcode, a: UInt32(truncatingIfNeeded: first), b: count)
    setUnreachable()
  }

  /// The type of a select without one: any but references.
  @inline(__always)
  private mutating func untypedSelect() throws(WasmError) -> ValueType {
    try pop(.i32)
    let first = try popAny()
    let second = try popAny()
    let type = first == .bottom ? second : first
    if second != .bottom, second != type { try invalid(.typeMismatch) }
    if type.isReference { try invalid(.typeMismatch) }
    push(type)
    return type
  }

  @inline(never)
  private mutating func reference(
    _ special: Special, _ opcode: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    switch special {
    case .refNull:
      let type = try reader.heapType()
      push(type)
      emit(&body, opcode, a: type.bits)
    case .refFunc:
      let index = try reader.u32()
      if Int(index) >= facts.functionCount { try invalid(.unknownFunction) }
      if !facts.isDeclared[Int(index)] { try invalid(.undeclaredFunctionReference) }
      push(.funcref)
      note(.reference, index, &body)
      emit(&body, opcode, a: index)
    default:
      let type = try popAny()
      if type != .bottom, !type.isReference { try invalid(.typeMismatch) }
      push(.i32)
      emit(&body, opcode, a: type.bits)
    }
  }

  @inline(never)
  private mutating func memory(
    _ special: Special, _ opcode: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    var a: UInt32 = 0
    var b: UInt32 = 0
    if special == .memoryInit || special == .dataDrop {
      a = try dataIndex(&reader)
      note(.data, a, &body)
    } else {
      a = try memoryIndex(&reader)
    }
    if special == .memoryInit || special == .memoryCopy { b = try memoryIndex(&reader) }
    // Of a segment as source the numbers have 32 bits.
    let address =
      special == .dataDrop ? .i32 : facts.memoryAddresses[Int(special == .memoryInit ? b : a)]
    switch special {
    case .memorySize: push(address)
    case .memoryGrow:
      try pop(address)
      push(address)
      note(.growth, a, &body)
    case .dataDrop: break
    case .memoryInit:
      try pop(.i32)
      try pop(.i32)
      try pop(address)
    case .memoryFill:
      try pop(address)
      try pop(.i32)
      try pop(address)
    default:
      let source = facts.memoryAddresses[Int(b)]
      try pop(address == source ? address : .i32)
      try pop(source)
      try pop(address)
    }
    emit(&body, opcode, a: a, b: b)
  }

  @inline(never)
  private mutating func table(
    _ special: Special, _ opcode: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    var a: UInt32 = 0
    var b: UInt32 = 0
    switch special {
    case .tableInit:
      a = try elementIndex(&reader)
      b = try tableIndex(&reader)
      if !facts.elements[Int(a)].matches(facts.tables[Int(b)]) { try invalid(.typeMismatch) }
    case .elemDrop: a = try elementIndex(&reader)
    case .tableCopy:
      a = try tableIndex(&reader)
      b = try tableIndex(&reader)
      if !facts.tables[Int(b)].matches(facts.tables[Int(a)]) { try invalid(.typeMismatch) }
    default: a = try tableIndex(&reader)
    }
    let address =
      special == .elemDrop ? .i32 : facts.tableAddresses[Int(special == .tableInit ? b : a)]
    switch special {
    case .tableGet:
      try pop(address)
      push(facts.tables[Int(a)])
    case .tableSet:
      try pop(facts.tables[Int(a)])
      try pop(address)
    case .tableSize: push(address)
    case .tableGrow:
      try pop(address)
      try pop(facts.tables[Int(a)])
      push(address)
    case .tableFill:
      try pop(address)
      try pop(facts.tables[Int(a)])
      try pop(address)
    case .elemDrop: break
    case .tableInit:
      try pop(.i32)
      try pop(.i32)
      try pop(address)
    default:
      let source = facts.tableAddresses[Int(b)]
      try pop(address == source ? address : .i32)
      try pop(source)
      try pop(address)
    }
    switch special {
    case .elemDrop: note(.elements, a, &body)
    case .tableInit:
      note(.table, b, &body)
      note(.elements, a, &body)
    case .tableCopy:
      note(.table, a, &body)
      note(.table, b, &body)
    default: note(.table, a, &body)
    }
    emit(&body, opcode, a: a, b: b)
  }
}
