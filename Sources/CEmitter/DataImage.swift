// What active data segments leave in a memory that starts as zeros, without the zeros.

import WasmModel

/// The runs of bytes that are copied into a new memory, in the order of their addresses.
///
/// It needs segments at known addresses inside a memory of the module's own, none over
/// another: then neither their order nor a trap can be seen.
struct DataImage {
  /// A run of bytes that are zero and belong to no piece is at least this long.
  private static let shortestGap = 24

  /// By data segment: the image holds it.
  private(set) var isCovered: [Bool]
  /// Address and segment, in the order of the addresses.
  private var segments: [(at: Int, index: Int)] = []

  init(_ plan: ModulePlan, _ use: ModuleUse) {
    let module = plan.module
    isCovered = Array(repeating: false, count: module.data.count)
    guard module.importedMemoryCount == 0, let memory = module.memories.first else { return }
    let size = Int(memory.limits.minimum) << 16
    var all: [(at: Int, index: Int)] = []
    all.reserveCapacity(module.data.count)
    for (index, segment) in module.data.enumerated() {
      guard case .active(_, let offset) = segment.mode else { continue }
      guard case .i32(let at)? = offset.single, Int(at) + segment.bytes.count <= size
      else { return }
      all.append((Int(at), index))
    }
    func isEarlier(_ first: (at: Int, index: Int), _ second: (at: Int, index: Int)) -> Bool {
      (first.at, first.index) < (second.at, second.index)
    }
    if !zip(all, all.dropFirst()).allSatisfy(isEarlier) { all.sort(by: isEarlier) }
    var end = 0
    for (at, index) in all where !module.data[index].bytes.isEmpty {
      if at < end { return }
      end = at + module.data[index].bytes.count
    }
    segments = all.filter { !use.data[$0.index] }
    for (_, index) in segments { isCovered[index] = true }
  }

  var isEmpty: Bool { segments.isEmpty }

  /// The bytes of its pieces, one after the other, for the caller to free, and where they go.
  func pieces(
    of module: Module, _ bytes: UnsafeRawBufferPointer
  ) -> (contents: Text, places: [(at: Int, count: Int)]) {
    var contents = Text()
    var pieces: [(at: Int, count: Int)] = []
    var end = -DataImage.shortestGap
    for (at, index) in segments {
      let range = module.data[index].bytes
      let segment = UnsafeRawBufferPointer(
        rebasing: bytes[Int(range.start)..<Int(range.start) + range.count])
      var next = 0
      while let run = DataImage.run(in: segment, from: next) {
        let address = at + run.lowerBound
        if address - end >= DataImage.shortestGap {
          pieces.append((address, 0))
        } else {
          contents.put(zeros: address - end)
        }
        contents.put(UnsafeRawBufferPointer(rebasing: segment[run]))
        end = at + run.upperBound
        pieces[pieces.count - 1].count = end - pieces[pieces.count - 1].at
        next = run.upperBound
      }
    }
    return (contents, pieces)
  }

  /// The first bytes from `start` on that begin and end with one that is not zero, with no gap between.
  private static func run(in bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
    var at = start
    while at < bytes.count, bytes[at] == 0 { at += 1 }
    if at == bytes.count { return nil }
    let first = at
    var end = at
    while at < bytes.count, at - end < shortestGap {
      if bytes[at] != 0 { end = at + 1 }
      at += 1
    }
    return first..<end
  }
}
