// Where large amounts of memory come from.

package enum Memory {
  /// Bytes of a huge page: one takes one fault, where smaller pages take 512.
  package static let hugePage = 1 << 21

  /// Memory for elements, in huge pages where it is large enough to have one. `deallocate` gives it
  /// back.
  package static func allocate<Element: BitwiseCopyable>(
    _ type: Element.Type, capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    let size = capacity * MemoryLayout<Element>.stride
    if size < hugePage { return .allocate(capacity: capacity) }
    let start = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: hugePage)
    wishForHugePages(start, size)
    return start.bindMemory(to: type, capacity: capacity)
  }
}
