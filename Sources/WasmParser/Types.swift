// The specification's section "Binary Format", "Types".

import WasmModel

extension ByteReader {
  /// The proposal that a type's code belongs to, if it is one of those recognised only.
  static func feature(ofType code: UInt8) -> Feature? {
    switch code {
    case 0x74: .exceptions
    case 0x6a...0x6e, 0x71...0x73: .garbageCollection
    case 0x63, 0x64: .functionReferences
    case 0x68, 0x75: .stackSwitching
    case 0x62: .customDescriptors
    case 0x65: .sharedEverything
    default: nil
    }
  }

  /// The proposal that a type's definition belongs to, by its first byte, if it is one of those
  /// recognised only.
  static func feature(ofDefinition code: UInt8) -> Feature? {
    switch code {
    case 0x5f, 0x5e, 0x50, 0x4f, 0x4e: .garbageCollection
    case 0x5d: .stackSwitching
    case 0x4d, 0x4c: .customDescriptors
    case 0x65: .sharedEverything
    default: nil
    }
  }

  package mutating func valueType() throws(WasmError) -> ValueType {
    let offset = offset
    let code = try byte()
    if let type = ValueType(code: code) { return type }
    if let feature = ByteReader.feature(ofType: code) {
      try fail(.unsupported, .unsupported(feature), at: offset)
    }
    try fail(.malformed, .malformedValueType, at: offset)
  }

  package mutating func referenceType() throws(WasmError) -> ValueType {
    let offset = offset
    let code = try byte()
    if let type = ValueType(code: code), type.isReference { return type }
    if let feature = ByteReader.feature(ofType: code) {
      try fail(.unsupported, .unsupported(feature), at: offset)
    }
    try fail(.malformed, .malformedReferenceType, at: offset)
  }

  /// The type of `ref.null`: a type index is possible too.
  package mutating func heapType() throws(WasmError) -> ValueType {
    let offset = offset
    if remaining > 0, next.pointee & 0xc0 == 0x40, next.pointee != 0x63, next.pointee != 0x64 {
      return try referenceType()
    }
    if try s33() >= 0 {
      try fail(.unsupported, .unsupported(.functionReferences), at: offset)
    }
    try fail(.malformed, .malformedReferenceType, at: offset)
  }

  private mutating func valueTypes() throws(WasmError) -> [ValueType] {
    let offset = offset
    let count = Int(try u32())
    if count > remaining { try malformed(.unexpectedEnd) }
    if count > 1000 { try fail(.invalid, .tooManyParametersOrResults, at: offset) }
    var types: [ValueType] = []
    types.reserveCapacity(count)
    for _ in 0..<count { types.append(try valueType()) }
    return types
  }

  package mutating func functionType() throws(WasmError) -> FunctionType {
    let offset = offset
    let code = try byte()
    if code == 0x60 {
      let parameters = try valueTypes()
      return FunctionType(parameters: parameters, results: try valueTypes())
    }
    if let feature = ByteReader.feature(ofDefinition: code) {
      try fail(.unsupported, .unsupported(feature), at: offset)
    }
    try fail(.malformed, .malformedDefinitionType, at: offset)
  }

  package mutating func tableType() throws(WasmError) -> TableType {
    let element = try referenceType()
    let offset = offset
    let flags = try byte()
    if flags & 0xfa != 0 { try fail(.malformed, .malformedLimitsFlags, at: offset) }
    if flags & 0x02 != 0 { try fail(.malformed, .malformedLimitsFlags, at: offset) }
    let limits = try limits(flags, tooLarge: .tableSizeTooLarge)
    var type = TableType(element: element, limits: limits)
    if flags & 0x04 != 0 { type.addressType = .i64 }
    return type
  }

  package mutating func memoryType() throws(WasmError) -> MemoryType {
    let offset = offset
    let flags = try byte()
    if flags & 0xf0 != 0 { try fail(.malformed, .malformedLimitsFlags, at: offset) }
    var type = MemoryType(limits: try limits(flags, tooLarge: .memorySizeTooLarge))
    type.isShared = flags & 0x02 != 0
    if flags & 0x04 != 0 { type.addressType = .i64 }
    if flags & 0x08 != 0 {
      let offset = self.offset
      let logarithm = try u32()
      if logarithm >= 64 { try fail(.malformed, .malformedPageSize, at: offset) }
      type.pageSize = 1 << UInt64(logarithm)
    }
    return type
  }

  private mutating func limits(
    _ flags: UInt8, tooLarge: Reason
  ) throws(WasmError) -> Limits {
    let isWide = flags & 0x04 != 0
    let minimum = try bound(tooLarge, isWide)
    return Limits(
      minimum: minimum, maximum: flags & 1 != 0 ? try bound(tooLarge, isWide) : nil)
  }

  /// Bounds have 64 bits in the format; for 32-bit addresses, more than 32 are invalid.
  private mutating func bound(_ tooLarge: Reason, _ isWide: Bool) throws(WasmError) -> UInt64 {
    let offset = offset
    let value = try u64()
    if !isWide && value > UInt64(UInt32.max) { try fail(.invalid, tooLarge, at: offset) }
    return value
  }

  package mutating func globalType() throws(WasmError) -> GlobalType {
    let value = try valueType()
    let offset = offset
    let mutability = try byte()
    if mutability > 1 { try fail(.malformed, .malformedMutability, at: offset) }
    return GlobalType(value: value, isMutable: mutability == 1)
  }

  /// The type index of a tag.
  package mutating func tagType() throws(WasmError) -> UInt32 {
    let offset = offset
    if try byte() != 0 { try fail(.malformed, .malformedTag, at: offset) }
    return try u32()
  }
}
