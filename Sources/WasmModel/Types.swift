// The types of the specification's section "Types", as plain values.

/// A value type in 32 bits, so that types are equal where the numbers are.
///
///     31 … 10   9          8          7 … 0
///     index     concrete   nullable   kind
///
/// The kind is the code of a number type in the binary format, or that of a reference's heap type:
/// i32 is 0x7f, and funcref, which may be null, 0x170. A reference to a type of the module is
/// concrete and has its index; its kind says what that type is.
@usableFromInline @frozen
package struct ValueType: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package let bits: UInt32

  @inlinable @inline(__always)
  package init(bits: UInt32) { self.bits = bits }

  @inlinable package static var i32: ValueType { ValueType(bits: 0x7f) }
  @inlinable package static var i64: ValueType { ValueType(bits: 0x7e) }
  @inlinable package static var f32: ValueType { ValueType(bits: 0x7d) }
  @inlinable package static var f64: ValueType { ValueType(bits: 0x7c) }
  @inlinable package static var v128: ValueType { ValueType(bits: 0x7b) }
  @inlinable package static var funcref: ValueType { ValueType(bits: nullable | 0x70) }
  @inlinable package static var externref: ValueType { ValueType(bits: nullable | 0x6f) }
  @inlinable package static var exnref: ValueType { ValueType(bits: nullable | 0x69) }
  /// What an operand of code that cannot be reached may be: every type. No type of a module.
  @inlinable package static var bottom: ValueType { ValueType(bits: 0) }

  @inlinable static var nullable: UInt32 { 0x100 }
  private static let concrete: UInt32 = 0x200

  /// The type of this code in the binary format, if it has one byte and is supported.
  package init?(code: UInt8) {
    switch code {
    case 0x7b...0x7f: self.init(bits: UInt32(code))
    case 0x69, 0x6f, 0x70: self.init(bits: ValueType.nullable | UInt32(code))
    default: return nil
    }
  }

  /// A reference to type `index` of the module, which is of this kind (0x60: a function's).
  package init(concrete index: UInt32, kind: UInt8, isNullable: Bool) {
    self.init(
      bits: index << 10 | ValueType.concrete | (isNullable ? ValueType.nullable : 0) | UInt32(kind))
  }

  /// The type index of a concrete reference.
  var index: Int? { bits & ValueType.concrete != 0 ? Int(bits >> 10) : nil }
  /// The same reference to type `index`.
  func withIndex(_ index: UInt32) -> ValueType { ValueType(bits: index << 10 | bits & 0x3ff) }

  /// The code of a number or vector type, or of a reference's heap type.
  @inlinable package var kind: UInt8 { UInt8(truncatingIfNeeded: bits) }
  /// Whether null is a value of this reference type.
  @inlinable package var isNullable: Bool { bits & ValueType.nullable != 0 }
  /// Whether values are references.
  @inlinable package var isReference: Bool { kind < 0x7b && bits != 0 }

  /// Whether a value of this type may stand where `other` is asked for: the specification's
  /// "Matching". That equal types match is for the caller to see first.
  package func matches(_ other: ValueType) -> Bool {
    if self == other || self == .bottom { return true }
    // Of two references to the same, one that is never null may stand for one that may be.
    return isReference && bits | ValueType.nullable == other.bits
  }

  /// The name in the text format, `i32`.
  package var name: StaticString {
    switch self {
    case .i32: "i32"
    case .i64: "i64"
    case .f32: "f32"
    case .f64: "f64"
    case .v128: "v128"
    case .exnref: "exnref"
    case .funcref: "funcref"
    case .externref: "externref"
    default: "unknown"
    }
  }
}

/// The type of a block in 32 bits: none, one value type as it is, or a type index.
@usableFromInline @frozen
package struct BlockType: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package let bits: UInt32

  @inlinable @inline(__always)
  package init(bits: UInt32) { self.bits = bits }

  @inlinable package static var empty: BlockType { BlockType(bits: 0) }
  @inlinable package init(_ type: ValueType) { self.init(bits: type.bits) }
  @inlinable package init(index: UInt32) { self.init(bits: index << 8 | 1) }

  /// The type index, if that is what it has: no value type has kind 1.
  @inlinable package var index: Int? { bits & 0xff == 1 ? Int(bits >> 8) : nil }
  /// The one value type, where it has no index and is not empty.
  @inlinable package var value: ValueType { ValueType(bits: bits) }
}

/// Parameters and results of a function, in order.
package struct FunctionType: Hashable, Sendable {
  package var parameters: [ValueType]
  package var results: [ValueType]

  package init(parameters: [ValueType] = [], results: [ValueType] = []) {
    self.parameters = parameters
    self.results = results
  }
}

/// Size bounds: pages for a memory, elements for a table.
package struct Limits: Hashable, Sendable {
  package var minimum: UInt64
  package var maximum: UInt64?

  package init(minimum: UInt64, maximum: UInt64? = nil) {
    self.minimum = minimum
    self.maximum = maximum
  }
}

package struct TableType: Hashable, Sendable {
  package var element: ValueType
  package var limits: Limits
  /// i32 or i64.
  package var addressType = ValueType.i32

  package init(element: ValueType, limits: Limits) {
    self.element = element
    self.limits = limits
  }
}

package struct MemoryType: Hashable, Sendable {
  package var limits: Limits
  /// i32 or i64.
  package var addressType = ValueType.i32
  /// Bytes of a page.
  package var pageSize: UInt64 = 1 << 16
  package var isShared = false
  /// What `memory.size` answers, where the memory was made smaller than the pages that the module asks for.
  package var reportedPages: UInt64?

  package init(limits: Limits) { self.limits = limits }

  /// The most pages that the type may ask for: those of all addresses.
  package var greatestPages: UInt64 {
    let isWide = addressType == .i64
    if pageSize == 1 { return isWide ? .max : 1 << 32 }
    return 1 << (isWide ? 48 : 16)
  }
}

package struct GlobalType: Hashable, Sendable {
  package var value: ValueType
  package var isMutable: Bool

  package init(value: ValueType, isMutable: Bool) {
    self.value = value
    self.isMutable = isMutable
  }
}
