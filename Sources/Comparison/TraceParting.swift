/// The first event in which two traces differ, of lines as `apus run --trace` writes them.
public struct TraceParting: Sendable, Equatable {
  /// From 1 on.
  public var event: Int
  /// The function that began last, by its index in the module; nil before any.
  public var function: Int?
  /// The call from outside, from 1 on; 0 where there is one alone, and while the module is instantiated.
  public var step: Int
  /// The events, or nil where a trace has ended.
  public var first: String?
  public var second: String?

  /// Nil where both are the same.
  public init?(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) {
    (event, step) = (0, 0)
    var (one, other) = (first[...], second[...])
    while true {
      let (a, b) = (Self.nextLine(&one), Self.nextLine(&other))
      if a == nil && b == nil { return nil }
      guard let a, let b, a.elementsEqual(b) else {
        event += 1
        (self.first, self.second) = (a.map(Self.text), b.map(Self.text))
        return
      }
      // Stores and blocks are many, and need no reading.
      guard a.starts(with: [0x63]) || a.starts(with: [0x73, 0x74, 0x65]) else {
        event += 1
        continue
      }
      let words = Self.text(a).split(separator: " ")
      switch words.first {
      case "step": step = words.count > 1 ? Int(words[1]) ?? step : step
      case "call":
        function = words.count > 2 ? Int(words[2].dropFirst(2), radix: 16) : nil
        event += 1
      default: event += 1
      }
    }
  }

  /// `event 12 of call 3, in function 5: store 0x47 0x10 0x5; store 0x47 0x10 0x6`
  public var text: String {
    "event \(event)" + (step > 0 ? " of call \(step)" : "")
      + (function.map { ", in function \($0)" } ?? "")
      + ": \(first ?? "the end"); \(second ?? "the end")"
  }

  /// Byte offset of the instruction in the module; nil where both have ended.
  public var offset: UInt32? {
    let words = (first ?? second)?.split(separator: " ") ?? []
    return words.count > 1 && words[1].hasPrefix("0x")
      ? UInt32(words[1].dropFirst(2), radix: 16) : nil
  }

  private static func nextLine(_ rest: inout UnsafeRawBufferPointer.SubSequence)
    -> UnsafeRawBufferPointer.SubSequence?
  {
    if rest.isEmpty { return nil }
    let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
    defer { rest = end < rest.endIndex ? rest[(end + 1)...] : rest[rest.endIndex...] }
    return rest[..<end]
  }

  private static func text(_ line: UnsafeRawBufferPointer.SubSequence) -> String {
    String(decoding: line, as: UTF8.self)
  }
}
