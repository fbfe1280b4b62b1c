// Instructions that throw and catch.

import WasmModel
import WasmParser

extension FunctionValidator {
  /// The values of the tag whose index comes next.
  private mutating func tag(
    _ reader: inout ByteReader
  ) throws(WasmError) -> (index: UInt32, shape: TypeShape) {
    let index = try reader.u32()
    if Int(index) >= facts.tagCount { try invalid(.unknownTag) }
    return (index, facts.types[Int(facts.tags[Int(index)])])
  }

  /// The clauses become the number of them and, for each, kind, tag and label in `immediates`.
  @inline(never)
  mutating func tryTable(
    _ opcode: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    let (shape, type) = try blockType(&reader)
    let count = try reader.u32()
    if Int(count) > reader.remaining { try reader.malformed(.unexpectedEnd) }
    let first = body.immediates.count
    if isEmitting { body.immediates.append(count) }
    for _ in 0..<count {
      let kind = try reader.byte()
      if kind > 3 { try fail(.malformed, .malformedCatch, at: reader.offset - 1) }
      let (tag, values) = kind < 2 ? try self.tag(&reader) : (0, nil)
      let label = try reader.u32()
      let target = try frame(atDepth: label)
      try check(target, values, hasReference: kind & 1 != 0)
      if isEmitting {
        body.immediates.append(UInt32(kind))
        body.immediates.append(tag)
        body.immediates.append(label)
      }
    }
    try enter(.block, shape)
    emit(&body, opcode, a: type.bits, b: UInt32(truncatingIfNeeded: first))
  }

  /// Whether a clause hands on what its label takes.
  private mutating func check(
    _ target: ControlFrame, _ values: TypeShape?, hasReference: Bool
  ) throws(WasmError) {
    let count = values?.parameterCount ?? 0
    if target.labelCount != count + (hasReference ? 1 : 0) { try invalid(.typeMismatch) }
    for k in 0..<count {
      guard let values, values.parameters[k].matches(target.labelTypes[k]) else {
        try invalid(.typeMismatch)
      }
    }
    if hasReference && !ValueType.exnref.matches(target.labelTypes[count]) {
      try invalid(.typeMismatch)
    }
  }

  @inline(never)
  mutating func throwing(
    _ special: Special, _ opcode: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    var a: UInt32 = 0
    switch special {
    case .throwTag:
      let (index, shape) = try tag(&reader)
      try pop(shape.parameters, shape.parameterCount)
      a = index
    case .throwRef: try pop(.exnref)
    default:
      a = try reader.u32()
      let kind = try frame(atDepth: a).kind
      if kind != .legacyCatch && kind != .legacyCatchAll { try invalid(.rethrowOutsideOfCatch) }
    }
    note(.exception, 0, &body)
    if isEmitting { body.hasThrows = true }
    emit(&body, opcode, a: a)
    setUnreachable()
  }

  @inline(never)
  mutating func legacy(
    _ special: Special, _ opcode: Int, _ reader: inout ByteReader, _ body: inout BodyBuffer
  ) throws(WasmError) {
    if special == .legacyTry {
      let (shape, type) = try blockType(&reader)
      try enter(.legacyTry, shape)
      return emit(&body, opcode, a: type.bits)
    }
    let kind = frames[frames.count - 1].kind
    let isFirst = kind == .legacyTry
    if !isFirst && (special == .legacyDelegate || kind != .legacyCatch) {
      try fail(.malformed, .catchWithoutTry, at: offset)
    }
    var frame = try leave()
    let flags: UInt16 = isEmitting ? 0 : 1
    isEmitting = frame.isRecorded
    if special == .legacyDelegate {
      let label = try reader.u32()
      if Int(label) >= frames.count { try invalid(.unknownLabel) }
      emit(&body, opcode, flags: flags, a: label)
      height = frames[frames.count - 1].height
      return try push(frame.shape.results, frame.shape.resultCount)
    }
    frame.isUnreachable = false
    frame.kind = special == .legacyCatch ? .legacyCatch : .legacyCatchAll
    frames.append(frame)
    var index: UInt32 = 0
    if special == .legacyCatch {
      let (tag, shape) = try self.tag(&reader)
      index = tag
      try push(shape.parameters, shape.parameterCount)
    }
    emit(&body, opcode, flags: flags, a: index)
  }
}
