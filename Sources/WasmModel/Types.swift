// The types of the specification's section "Types", as plain values.

/// A number or reference type, with its encoding in the binary format as raw value.
@usableFromInline @frozen
package enum ValueType: UInt8, Sendable, BitwiseCopyable {
  case i32 = 0x7f
  case i64 = 0x7e
  case f32 = 0x7d
  case f64 = 0x7c
  case funcref = 0x70
  case externref = 0x6f

  /// Whether values are references: funcref or externref.
  @inlinable package var isReference: Bool { self == .funcref || self == .externref }

  /// The name in the text format, `i32`.
  package var name: StaticString {
    switch self {
    case .i32: "i32"
    case .i64: "i64"
    case .f32: "f32"
    case .f64: "f64"
    case .funcref: "funcref"
    case .externref: "externref"
    }
  }
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

/// Size bounds: pages of 64 KiB for a memory, elements for a table.
package struct Limits: Hashable, Sendable {
  package var minimum: UInt32
  package var maximum: UInt32?

  package init(minimum: UInt32, maximum: UInt32? = nil) {
    self.minimum = minimum
    self.maximum = maximum
  }
}

package struct TableType: Hashable, Sendable {
  package var element: ValueType
  package var limits: Limits

  package init(element: ValueType, limits: Limits) {
    self.element = element
    self.limits = limits
  }
}

package struct MemoryType: Hashable, Sendable {
  package var limits: Limits

  package init(limits: Limits) { self.limits = limits }
}

package struct GlobalType: Hashable, Sendable {
  package var value: ValueType
  package var isMutable: Bool

  package init(value: ValueType, isMutable: Bool) {
    self.value = value
    self.isMutable = isMutable
  }
}
