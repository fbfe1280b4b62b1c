// Reads the binary format's primitives. One byte is tested inline; what is longer or
// wrong is out of line.

import WasmModel

/// Throws away from the hot code.
@inline(never)
package func fail(
  _ stage: WasmError.Stage, _ reason: Reason, at offset: Int
) throws(WasmError) -> Never {
  throw WasmError(stage: stage, reason: reason, offset: offset)
}

/// A position in a piece of a module's bytes.
@frozen @usableFromInline
package struct ByteReader {
  @usableFromInline package var next: UnsafePointer<UInt8>
  /// No byte from here on is read.
  @usableFromInline package let end: UnsafePointer<UInt8>
  /// Where the module starts: offsets count from here.
  @usableFromInline package let start: UnsafePointer<UInt8>

  @inlinable
  package init(
    start: UnsafePointer<UInt8>, next: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>
  ) {
    self.start = start
    self.next = next
    self.end = end
  }

  @inlinable @inline(__always) package var offset: Int { next - start }
  @inlinable @inline(__always) package var remaining: Int { end - next }
  @inlinable @inline(__always) package var isAtEnd: Bool { next >= end }

  @inline(never) @usableFromInline
  func failAtEnd() throws(WasmError) -> Never { try malformed(.unexpectedEnd) }

  /// Throws `malformed` at the current position.
  @inline(never)
  package func malformed(_ reason: Reason) throws(WasmError) -> Never {
    throw WasmError(stage: .malformed, reason: reason, offset: offset)
  }

  @inlinable @inline(__always)
  package mutating func byte() throws(WasmError) -> UInt8 {
    if next >= end { try failAtEnd() }
    let value = next.pointee
    next += 1
    return value
  }

  @inlinable @inline(__always)
  package mutating func u32() throws(WasmError) -> UInt32 {
    if next < end, next.pointee < 0x80 {
      let value = UInt32(next.pointee)
      next += 1
      return value
    }
    return UInt32(truncatingIfNeeded: try longUnsigned(bits: 32))
  }

  @inlinable @inline(__always)
  package mutating func u64() throws(WasmError) -> UInt64 {
    if next < end, next.pointee < 0x80 {
      let value = UInt64(next.pointee)
      next += 1
      return value
    }
    return try longUnsigned(bits: 64)
  }

  @inlinable @inline(__always)
  package mutating func s32() throws(WasmError) -> Int32 {
    if next < end, next.pointee < 0x80 {
      let value = Int32(Int8(bitPattern: next.pointee << 1) >> 1)
      next += 1
      return value
    }
    return Int32(truncatingIfNeeded: try longSigned(bits: 32))
  }

  @inlinable @inline(__always)
  package mutating func s33() throws(WasmError) -> Int64 {
    if next < end, next.pointee < 0x80 {
      let value = Int64(Int8(bitPattern: next.pointee << 1) >> 1)
      next += 1
      return value
    }
    return try longSigned(bits: 33)
  }

  @inlinable @inline(__always)
  package mutating func s64() throws(WasmError) -> Int64 {
    if next < end, next.pointee < 0x80 {
      let value = Int64(Int8(bitPattern: next.pointee << 1) >> 1)
      next += 1
      return value
    }
    return try longSigned(bits: 64)
  }

  /// Four bytes, the lowest first.
  @inlinable @inline(__always)
  package mutating func fixed32() throws(WasmError) -> UInt32 {
    if remaining < 4 { try failAtEnd() }
    let value = UnsafeRawPointer(next).loadUnaligned(as: UInt32.self)
    next += 4
    return UInt32(littleEndian: value)
  }

  /// Eight bytes, the lowest first.
  @inlinable @inline(__always)
  package mutating func fixed64() throws(WasmError) -> UInt64 {
    if remaining < 8 { try failAtEnd() }
    let value = UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)
    next += 8
    return UInt64(littleEndian: value)
  }

  @inline(never) @usableFromInline
  package mutating func longUnsigned(bits: UInt32) throws(WasmError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt32 = 0
    while true {
      if next >= end { try malformed(.unexpectedEnd) }
      let byte = next.pointee
      let room = bits - shift
      if room < 7 {
        if byte >= 0x80 { try malformed(.integerRepresentationTooLong) }
        if byte >> room != 0 { try malformed(.integerTooLarge) }
      }
      next += 1
      value |= UInt64(byte & 0x7f) << UInt64(shift)
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  @inline(never) @usableFromInline
  package mutating func longSigned(bits: UInt32) throws(WasmError) -> Int64 {
    var value: UInt64 = 0
    var shift: UInt32 = 0
    while true {
      if next >= end { try malformed(.unexpectedEnd) }
      let byte = next.pointee
      let room = bits - shift
      if room < 7 {
        if byte >= 0x80 { try malformed(.integerRepresentationTooLong) }
        // The bits beyond the value's sign bit repeat it.
        let rest = Int8(bitPattern: byte << 1) >> Int8(room)
        if rest != 0 && rest != -1 { try malformed(.integerTooLarge) }
      }
      next += 1
      value |= UInt64(byte & 0x7f) << UInt64(shift)
      shift += 7
      if byte < 0x80 {
        if byte & 0x40 != 0, shift < 64 { value |= ~UInt64(0) << UInt64(shift) }
        return Int64(bitPattern: value)
      }
    }
  }
}

extension ByteReader {
  /// The number behind a prefix, which stands at `offset`, as an opcode that is not illegal.
  @inline(never)
  package mutating func opcode(behind prefix: Prefix, at offset: Int) throws(WasmError) -> Opcode {
    let number = try u32()
    if let opcode = Opcode(prefix, number),
      InstructionTable.facts[Int(opcode.rawValue)].kind != .illegal
    {
      return opcode
    }
    // A number too great for the page is of a proposal still, if the page is.
    if let feature = prefix.feature(of: number) {
      try fail(.unsupported, .unsupported(feature), at: offset)
    }
    try fail(.malformed, .illegalNumber(prefix, number), at: offset)
  }

  /// A length and as many bytes, which are skipped.
  package mutating func block() throws(WasmError) -> ByteReader {
    let length = Int(try u32())
    if length > remaining { try malformed(.lengthOutOfBounds) }
    let inner = ByteReader(start: start, next: next, end: next + length)
    next += length
    return inner
  }

  /// The bytes that are left.
  package var range: ByteRange {
    ByteRange(
      start: UInt32(truncatingIfNeeded: offset), end: UInt32(truncatingIfNeeded: end - start))
  }

  /// A name: its UTF-8 is checked.
  package mutating func name() throws(WasmError) -> String {
    let bytes = try block()
    let buffer = UnsafeBufferPointer(start: bytes.next, count: bytes.remaining)
    guard let text = String(validating: buffer, as: UTF8.self) else {
      try bytes.malformed(.malformedUTF8)
    }
    return text
  }

  /// Whether the bytes that are left are UTF-8.
  package var isUTF8: Bool {
    let buffer = UnsafeBufferPointer(start: next, count: remaining)
    if buffer.allSatisfy({ $0 < 0x80 }) { return true }
    return String(validating: buffer, as: UTF8.self) != nil
  }
}
