// C names for a function's parameters and locals.

import WasmModel

/// The names of one function's locals: `l_count`, or `l3` where the module has no name for it.
package struct LocalNames {
  /// By local; empty where it has no name, shorter than the locals where the rest has none.
  private var names: [[UInt8]] = []

  package init() {}

  /// The names of the first `count` locals: a name section may speak of more than there are.
  init(
    ofFunction function: Int, count: Int, _ all: [NameSection.Local],
    _ bytes: UnsafeRawBufferPointer
  ) {
    var at = LocalNames.firstIndex(ofFunction: function, all)
    guard at < all.count, all[at].function == function else { return }
    var taken = UniqueNames()
    while at < all.count, all[at].function == function, all[at].local < count {
      let range = all[at].name
      if range.count > 0 {
        while names.count <= Int(all[at].local) { names.append([]) }
        names[Int(all[at].local)] = taken.take(
          Names.word(bytes[Int(range.start)..<Int(range.end)], "l_"))
      }
      at += 1
    }
  }

  /// By halves: there may be some hundred thousand.
  private static func firstIndex(ofFunction function: Int, _ locals: [NameSection.Local]) -> Int {
    var low = 0
    var high = locals.count
    while low < high {
      let middle = (low + high) / 2
      if locals[middle].function < function { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func name(_ local: Int) -> String {
    local < names.count && !names[local].isEmpty
      ? String(decoding: names[local], as: UTF8.self) : "l\(local)"
  }

  @inline(__always)
  func put(_ local: Int, to text: inout Text) {
    if local < names.count, !names[local].isEmpty {
      text.put(names[local])
    } else {
      text.put("l", UInt32(local))
    }
  }
}
