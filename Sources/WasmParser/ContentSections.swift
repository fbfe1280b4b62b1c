// Sections that hold contents: elements, code, data.

import WasmModel

extension ModuleParser {
  mutating func readElements(_ section: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try section.u32()) {
      module.elements.append(try readElementSegment(&section))
    }
  }

  /// Bit 0: passive or declarative; bit 1: declarative, or a table index; bit 2: expressions.
  private func readElementSegment(
    _ section: inout ByteReader
  ) throws(WasmError) -> ElementSegment {
    let offset = section.offset
    let flags = try section.u32()
    if flags > 7 { try fail(.malformed, .malformedElementFlags, at: offset) }
    var mode = ElementSegment.Mode.passive
    if flags & 1 == 0 {
      let table = flags & 2 != 0 ? try section.u32() : 0
      mode = .active(table: table, offset: try section.constantExpression())
    } else if flags & 2 != 0 {
      mode = .declarative
    }
    var type = ValueType.funcref
    let hasExpressions = flags & 4 != 0
    if flags & 3 != 0 {
      if hasExpressions {
        type = try section.referenceType()
      } else if try section.byte() != 0 {
        try fail(.malformed, .malformedElementKind, at: section.offset - 1)
      }
    }
    let count = try section.u32()
    var elements: [ConstantExpression] = []
    elements.reserveCapacity(min(Int(count), section.remaining))
    for _ in 0..<count {
      if hasExpressions {
        elements.append(try section.constantExpression())
      } else {
        let offset = section.offset
        elements.append(ConstantExpression(.refFunc(try section.u32()), offset: offset))
      }
    }
    return ElementSegment(type: type, elements: elements, mode: mode)
  }

  mutating func readCode(_ section: inout ByteReader) throws(WasmError) {
    let count = try section.u32()
    if Int(count) != declaredFunctions { try section.malformed(.inconsistentFunctionAndCode) }
    module.code.reserveCapacity(min(Int(count), section.remaining))
    for _ in 0..<count { module.code.append(try section.block().range) }
  }

  mutating func readData(_ section: inout ByteReader) throws(WasmError) {
    let count = try section.u32()
    module.data.reserveCapacity(min(Int(count), section.remaining / 2))
    for _ in 0..<count {
      let offset = section.offset
      let flags = try section.u32()
      if flags > 2 { try fail(.malformed, .malformedDataFlags, at: offset) }
      var mode = DataSegment.Mode.passive
      if flags != 1 {
        let memory = flags == 2 ? try section.u32() : 0
        mode = .active(memory: memory, offset: try section.constantExpression())
      }
      module.data.append(DataSegment(bytes: try section.block().range, mode: mode))
    }
  }
}
