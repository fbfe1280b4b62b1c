// Where the values of an exception lie.

/// Places of an exception's values: words of 64 bits, two of them for a v128.
package struct ExceptionLayout: Sendable {
  /// By value.
  package private(set) var places: [Int] = []
  /// Words.
  package private(set) var size = 0
  /// As `struct apus_exception` in apus.h has them.
  package static let greatestSize = 8

  package init(_ values: [ValueType]) {
    for value in values {
      places.append(size)
      size += value == .v128 ? 2 : 1
    }
  }
}
