// Where the values of an exception, or the arguments of a tail call, lie.

/// Places of values in words of 64 bits: one each, for a v128 two, for an exnref as many as the C
/// says.
package struct WordLayout: Sendable {
  /// Words, and exceptions before a place: `3`, `1 + 2 * APUS_EXNREF_WORDS`.
  package struct Size: Sendable {
    package var words = 0
    package var exceptions = 0

    package init(words: Int = 0) { self.words = words }
  }

  /// By value.
  package private(set) var places: [Size] = []
  package private(set) var size = Size()
  /// Words for the values of an exception, as `struct apus_exception` in apus.h has them if nothing
  /// else is said, and at most.
  package static let usualException = 8
  package static let greatestException = 8000

  package init(_ values: [ValueType]) {
    for value in values {
      places.append(size)
      if value == .exnref {
        size.exceptions += 1
      } else {
        size.words += value == .v128 ? 2 : 1
      }
    }
  }
}
