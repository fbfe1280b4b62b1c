// What active data segments leave in a memory that starts as zeros, without the zeros.

import WasmModel

/// The runs of bytes that are copied into a new memory 0, in the order of their addresses.
///
/// It needs segments at known addresses inside a memory of the module's own, none over
/// another: then neither their order nor a trap can be seen.
struct DataImage {
  /// A run of bytes that are zero and belong to no piece is at least this long.
  private static let shortestGap = 24

  private struct Segment: Comparable {
    var at: UInt32
    var index: UInt32

    static func < (first: Segment, second: Segment) -> Bool {
      (first.at, first.index) < (second.at, second.index)
    }
  }

  /// By data segment: the image holds it.
  private(set) var isCovered: [Bool]
  /// Address and segment, in the order of the addresses.
  private var segments: [Segment] = []

  init(_ plan: ModulePlan, _ use: ModuleUse) {
    let module = plan.module
    isCovered = Array(repeating: false, count: module.data.count)
    guard let memory = plan.memories.first, !memory.isImported else { return }
    let size = memory.initialSize
    var all: [Segment] = []
    all.reserveCapacity(module.data.count)
    for (index, segment) in module.data.enumerated() {
      guard case .active(let target, let offset) = segment.mode else { continue }
      if target != 0 { continue }
      guard case .i32(let at)? = offset.single,
        UInt64(at) + UInt64(segment.bytes.count) <= size
      else { return }
      all.append(Segment(at: at, index: UInt32(index)))
    }
    if !zip(all, all.dropFirst()).allSatisfy(<) { all.sort() }
    var end: UInt64 = 0
    for segment in all {
      let count = module.data[Int(segment.index)].bytes.count
      if count == 0 { continue }
      if segment.at < end { return }
      end = UInt64(segment.at) + UInt64(count)
    }
    segments = use.data.contains(true) ? all.filter { !use.data[Int($0.index)] } : all
    for segment in segments { isCovered[Int(segment.index)] = true }
  }

  var isEmpty: Bool { segments.isEmpty }

  /// Gives the bytes of its pieces, one after the other, to `write`, some at a time.
  ///
  /// - Returns: Where the pieces go; their counts add up to the bytes written.
  func pieces(
    of module: Module, _ bytes: UnsafeRawBufferPointer,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows -> [(at: Int64, count: Int64)] {
    var contents = Text()
    var pieces: [(at: Int64, count: Int64)] = []
    var end = -Int64(DataImage.shortestGap)
    for segment in segments {
      let range = module.data[Int(segment.index)].bytes
      let all = UnsafeRawBufferPointer(
        rebasing: bytes[Int(range.start)..<Int(range.start) + range.count])
      var next = 0
      while let run = DataImage.run(in: all, from: next) {
        let address = Int64(segment.at) + Int64(run.lowerBound)
        if address - end >= DataImage.shortestGap {
          pieces.append((address, 0))
        } else {
          contents.put(zeros: Int(address - end))
        }
        contents.put(UnsafeRawBufferPointer(rebasing: all[run]))
        end = address + Int64(run.count)
        pieces[pieces.count - 1].count = end - pieces[pieces.count - 1].at
        next = run.upperBound
      }
      if contents.count >= 1 << 15 {
        try contents.withBytes(write)
        contents.removeAll()
      }
    }
    try contents.withBytes(write)
    return pieces
  }

  /// The first bytes from `start` on that begin and end with one that is not zero, with no gap between.
  private static func run(in bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
    var first = start
    while first < bytes.count, bytes[first] == 0 { first += 1 }
    if first == bytes.count { return nil }
    var at = first
    var end = first
    while at + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
      if word != 0 {
        if at + word.trailingZeroBitCount / 8 - end >= shortestGap { return first..<end }
        end = at + 8 - word.leadingZeroBitCount / 8
      }
      at += 8
    }
    while at < bytes.count, at - end < shortestGap {
      if bytes[at] != 0 { end = at + 1 }
      at += 1
    }
    return first..<end
  }
}
