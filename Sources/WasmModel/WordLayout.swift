// Where the values of an exception, or the arguments of a tail call, lie.

/// Places of values in words of 64 bits: one each, for a v128 two, for an exnref ten.
package struct WordLayout: Sendable {
  /// By value.
  package private(set) var places: [Int] = []
  /// Words.
  package private(set) var size = 0
  /// Words of an exception, as `struct apus_exception` in apus.h has them.
  package static let greatestException = 8

  package init(_ values: [ValueType]) {
    for value in values {
      places.append(size)
      size += value == .v128 ? 2 : value == .exnref ? 10 : 1
    }
  }
}
