// The specification's validation algorithm over one body at a time. In the same pass,
// the reachable instructions are handed on as operations.

import WasmModel
import WasmParser

/// Validates bodies one after the other; its stacks are reused. One per thread.
package struct FunctionValidator: ~Copyable {
  /// Keeps what `facts` points to.
  let owner: ValidatedModule
  let facts: ModuleFacts
  /// The module's first byte.
  let start: UnsafePointer<UInt8>
  let table: UnsafePointer<InstructionFacts>
  let single: UnsafePointer<ValueType>
  /// By raw opcode: whether it occurred in any body.
  let isSeen: UnsafeMutablePointer<Bool>
  /// Whether a block had a type by index in any body.
  var usesBlockTypes = false
  var operands = Buffer<ValueType>(capacity: 4096)
  var frames = Buffer<ControlFrame>(capacity: 256)
  /// Types of the locals, parameters first.
  var locals = Buffer<ValueType>(capacity: 1024)
  /// The innermost frame's `height`.
  var height = 0
  /// Whether operations are recorded: the code is reachable, and they are asked for.
  var isEmitting = false
  /// Byte offset of the instruction at hand.
  var offset = 0
  /// The first hint that is not before it.
  var nextHint = 0

  package init(module: ValidatedModule) {
    owner = module
    facts = module.facts
    table = InstructionTable.facts
    single = singleTypes
    isSeen = .allocate(capacity: InstructionTable.count)
    isSeen.initialize(repeating: false, count: InstructionTable.count)
    start =
      module.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      ?? UnsafeRawPointer(singleTypes).assumingMemoryBound(to: UInt8.self)
  }

  deinit {
    isSeen.deallocate()
  }

  /// Validates the body of the defined function `index` (imports are not counted) and appends it
  /// to `body`; without `recording`, only its locals.
  package mutating func validate(
    _ index: Int, body: inout BodyBuffer, recording: Bool
  ) throws(WasmError) {
    let function = facts.importedFunctionCount + index
    operands.removeAll()
    frames.removeAll()
    locals.removeAll()
    do throws(WasmError) {
      precondition(index >= 0 && index < facts.codeCount)
      let range = facts.code[index]
      var reader = ByteReader(
        start: start, next: start + Int(range.start), end: start + Int(range.end))
      let shape = facts.types[Int(facts.functions[function])]
      try readLocals(&reader, shape, &body)
      isEmitting = recording
      height = 0
      frames.append(
        ControlFrame(shape: shape, height: 0, kind: .function, isRecorded: recording))
      if facts.hintCount > 0 { nextHint = firstHint(from: range.start) }
      try run(&reader, &body)
      if !reader.isAtEnd { try reader.malformed(.endExpected) }
    } catch {
      var located = error
      located.function = UInt32(truncatingIfNeeded: function)
      throw located
    }
  }

  private func firstHint(from start: UInt32) -> Int {
    var (low, high) = (0, facts.hintCount)
    while low < high {
      let middle = (low + high) / 2
      if facts.hints[middle].offset < start { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// What is hinted at the branch at hand, as `Operation.flags` has it.
  @inline(__always)
  mutating func hint() -> UInt16 { facts.hintCount == 0 ? 0 : findHint() }

  @inline(never)
  private mutating func findHint() -> UInt16 {
    while nextHint < facts.hintCount && Int(facts.hints[nextHint].offset) < offset { nextHint += 1 }
    guard nextHint < facts.hintCount, Int(facts.hints[nextHint].offset) == offset else { return 0 }
    return facts.hints[nextHint].isLikely ? Operation.likely : Operation.unlikely
  }

  private mutating func readLocals(
    _ reader: inout ByteReader, _ shape: TypeShape, _ body: inout BodyBuffer
  ) throws(WasmError) {
    func append(_ type: ValueType, count: UInt32) {
      locals.append(repeating: type, count: Int(count))
      body.locals.append(repeating: type, count: Int(count))
      // It may be set to zero, though no instruction says so.
      if type == .v128 { body.usesVectors = true }
    }
    for parameter in 0..<shape.parameterCount { append(shape.parameters[parameter], count: 1) }
    var total: UInt64 = 0
    // A look ahead for the total: too many are malformed, whatever their types.
    let start = reader
    let groups = try reader.u32()
    for _ in 0..<groups {
      total += UInt64(try reader.u32())
      if total > UInt64(UInt32.max) { try fail(.malformed, .tooManyLocals, at: reader.offset) }
      _ = try reader.valueType()
    }
    if total > 50_000 { try fail(.invalid, .tooManyLocalsToTranslate, at: start.offset) }
    reader = start
    _ = try reader.u32()
    for _ in 0..<groups {
      let count = try reader.u32()
      append(try reader.valueType(), count: count)
    }
  }
}

// MARK: - Operand and control stack

extension FunctionValidator {
  @inline(never)
  mutating func invalid(_ reason: Reason) throws(WasmError) -> Never {
    throw WasmError(stage: .invalid, reason: reason, offset: offset)
  }

  @inline(__always)
  mutating func push(_ type: ValueType) { operands.append(type) }

  @inline(__always)
  mutating func pop(_ type: ValueType) throws(WasmError) {
    let count = operands.count
    if count > height, operands.base[count - 1] == type {
      operands.count = count - 1
    } else {
      try popSlowly(type)
    }
  }

  @inline(never)
  mutating func popSlowly(_ type: ValueType) throws(WasmError) {
    let actual = try popAny()
    if type != .bottom, !actual.matches(type) { try invalid(.typeMismatch) }
  }

  /// The popped type; `bottom` if it is unknown.
  @inline(__always)
  mutating func popAny() throws(WasmError) -> ValueType {
    if operands.count > height { return operands.removeLast() }
    if !frames[frames.count - 1].isUnreachable { try invalid(.typeMismatch) }
    return .bottom
  }

  @inline(__always)
  mutating func push(_ types: UnsafePointer<ValueType>, _ count: Int) throws(WasmError) {
    if count > 0, operands.count + count > 1 << 20 { try invalid(.operandStackTooHigh) }
    for index in 0..<count { operands.append(types[index]) }
  }

  @inline(__always)
  mutating func pop(_ types: UnsafePointer<ValueType>, _ count: Int) throws(WasmError) {
    var index = count
    while index > 0 {
      index -= 1
      try pop(types[index])
    }
  }

  /// Pops and pushes again; what was unknown then has its type, if `types` has.
  mutating func require(_ types: UnsafePointer<ValueType>, _ count: Int) throws(WasmError) {
    let available = operands.count - height
    if available >= count {
      var index = 0
      let top = operands.base + (operands.count - count)
      while index < count, top[index] == types[index] { index += 1 }
      if index == count { return }
    }
    try pop(types, count)
    try push(types, count)
  }

  /// Checks a br_table target against what is on the stack, which stays as it is.
  mutating func peek(_ types: UnsafePointer<ValueType>, _ count: Int) throws(WasmError) {
    let available = operands.count - height
    if available < count, !frames[frames.count - 1].isUnreachable { try invalid(.typeMismatch) }
    var index = 0
    while index < min(count, available) {
      let actual = operands.base[operands.count - 1 - index]
      let type = types[count - 1 - index]
      if actual != type, !actual.matches(type) { try invalid(.typeMismatch) }
      index += 1
    }
  }

  /// What follows in this block cannot be reached.
  @inline(__always)
  mutating func setUnreachable() {
    operands.count = height
    frames.base[frames.count - 1].isUnreachable = true
    isEmitting = false
  }

  mutating func enter(_ kind: ControlFrame.Kind, _ shape: TypeShape) throws(WasmError) {
    try pop(shape.parameters, shape.parameterCount)
    height = operands.count
    frames.append(
      ControlFrame(shape: shape, height: height, kind: kind, isRecorded: isEmitting))
    try push(shape.parameters, shape.parameterCount)
  }

  /// Checks the block's results and takes its frame away; `height` is left to the caller.
  mutating func leave() throws(WasmError) -> ControlFrame {
    let frame = frames[frames.count - 1]
    try pop(frame.shape.results, frame.shape.resultCount)
    if operands.count != frame.height { try invalid(.typeMismatch) }
    return frames.removeLast()
  }

  @inline(__always)
  mutating func frame(atDepth depth: UInt32) throws(WasmError) -> ControlFrame {
    if Int(depth) >= frames.count { try invalid(.unknownLabel) }
    return frames.base[frames.count - 1 - Int(depth)]
  }
}
