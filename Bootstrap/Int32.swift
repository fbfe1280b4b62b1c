// Where Int has 32 bits, not every number that a module may contain is one. Part of each target.

extension Int {
  /// The number, or the greatest Int where it is above that: no list is so long, so an index
  /// stays out of range, and a count stays more than there are bytes.
  ///
  /// Preferred to the library's generic conversion, which would trap.
  @inline(__always)
  @usableFromInline init(_ value: UInt32) { self.init(clamping: value) }
}
