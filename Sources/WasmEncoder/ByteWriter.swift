// Writes the binary format's primitives, each number as short as it can be.

import WasmModel

package struct ByteWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func byte(_ value: UInt8) { bytes.append(value) }

  package mutating func raw(_ more: some Sequence<UInt8>) { bytes += more }

  package mutating func unsigned(_ value: some UnsignedInteger & FixedWidthInteger) {
    var rest = UInt64(value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  package mutating func signed(_ value: Int64) {
    var rest = value
    while rest < -0x40 || rest > 0x3f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest) & 0x7f)
  }

  /// The lowest byte first.
  package mutating func fixed(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { raw($0) }
  }

  package mutating func count(_ count: Int) { unsigned(UInt32(count)) }

  package mutating func name(_ name: String) {
    count(name.utf8.count)
    raw(name.utf8)
  }

  /// What `write` writes, behind its length.
  package mutating func block(_ write: (inout ByteWriter) -> Void) {
    var inner = ByteWriter()
    write(&inner)
    count(inner.bytes.count)
    raw(inner.bytes)
  }

  /// A count, and each element.
  package mutating func list<Element>(
    _ elements: [Element], _ write: (inout ByteWriter, Element) -> Void
  ) {
    count(elements.count)
    for element in elements { write(&self, element) }
  }

  package mutating func type(_ type: ValueType) { byte(type.kind) }

  package mutating func opcode(_ opcode: Opcode) {
    guard let prefix = Prefix.allCases.last(where: { $0.first <= opcode.rawValue }) else {
      return byte(UInt8(opcode.rawValue))
    }
    byte(prefix.rawValue)
    unsigned(opcode.rawValue - prefix.first)
  }
}
