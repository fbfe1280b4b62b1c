// What the system is asked for about memory. The translator that is translated by itself
// (Bootstrap) has no such system, and a file of its own in place of this one.

import Glibc

extension Memory {
  /// Asks for huge pages; a wish.
  static func wishForHugePages(_ start: UnsafeMutableRawPointer, _ count: Int) {
    _ = madvise(start, count, MADV_HUGEPAGE)
  }
}
