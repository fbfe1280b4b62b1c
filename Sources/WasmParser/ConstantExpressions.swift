// Constant expressions, up to their `end`. Types are checked by the validator.

import WasmModel

extension ByteReader {
  package mutating func constantExpression() throws(WasmError) -> ConstantExpression {
    var expression = ConstantExpression(offset: offset)
    while true {
      let offset = offset
      let code = try byte()
      switch code {
      case 0x0b: return expression
      case 0x41: expression.append(.i32(UInt32(bitPattern: try s32())))
      case 0x42: expression.append(.i64(UInt64(bitPattern: try s64())))
      case 0x43: expression.append(.f32(try fixed32()))
      case 0x44: expression.append(.f64(try fixed64()))
      case 0x23: expression.append(.globalGet(try u32()))
      case 0xd0: expression.append(.refNull(try heapType()))
      case 0xd2: expression.append(.refFunc(try u32()))
      case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e:
        expression.append(.arithmetic(Opcode(UInt16(code))))
      case Prefix.fb.rawValue: try fail(.unsupported, .unsupported(.garbageCollection), at: offset)
      case Prefix.fd.rawValue:
        guard try opcode(behind: .fd, at: offset) == .v128Const else {
          try fail(.invalid, .constantExpressionRequired, at: offset)
        }
        expression.append(.v128(low: try fixed64(), high: try fixed64()))
      default: try notConstant(code, offset)
      }
    }
  }

  private mutating func notConstant(
    _ code: UInt8, _ offset: Int
  ) throws(WasmError) -> Never {
    var opcode = Opcode(UInt16(code))
    if let prefix = Prefix(rawValue: code) { opcode = try self.opcode(behind: prefix, at: offset) }
    if InstructionTable.facts[Int(opcode.rawValue)].kind == .illegal {
      try fail(.malformed, .illegalOpcode(code), at: offset)
    }
    try fail(.invalid, .constantExpressionRequired, at: offset)
  }
}
