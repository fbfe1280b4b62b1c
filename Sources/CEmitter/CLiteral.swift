// Bytes as a C string literal.

/// A string literal in the making, over several lines: `"abc\n"`, `"\0\3x"`.
///
/// An escape has no more digits than it needs, so a byte is written when the next is known.
struct CLiteral {
  private static let width = 96

  private var pending: UInt8?
  /// Characters in the line at hand.
  private var column = 0
  private let spellings = CLiteral.table

  init(to text: inout Text) { text.put("\"") }

  mutating func put(_ byte: UInt8, to text: inout Text) {
    withUnsafeBytes(of: byte) { put($0, to: &text) }
  }

  mutating func put(_ bytes: UnsafeRawBufferPointer, to text: inout Text) {
    guard let first = bytes.first else { return }
    if let pending { withUnsafeBytes(of: (pending, first)) { writeAllButLast($0, to: &text) } }
    var at = 0
    while at < bytes.count - 1 {
      let end = min(at + 4096, bytes.count - 1)
      writeAllButLast(UnsafeRawBufferPointer(rebasing: bytes[at...end]), to: &text)
      at = end
    }
    pending = bytes[bytes.count - 1]
  }

  /// Ends the literal.
  mutating func finish(to text: inout Text) {
    if let pending {
      withUnsafeBytes(of: (pending, UInt8(0))) { writeAllButLast($0, to: &text) }
    }
    pending = nil
    text.put("\"")
  }

  /// Writes bytes; of the last one only the one before it is to know.
  private mutating func writeAllButLast(_ bytes: UnsafeRawBufferPointer, to text: inout Text) {
    let count = bytes.count - 1
    guard let bytes = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    // At most 4 characters for each byte, 5 for the end of each line, and 3 that are no part.
    let most = count * 4 + (count * 4 / CLiteral.width + 1) * 5 + 3
    text.put(upTo: most) { place in
      var end = UnsafeMutableRawPointer(place)
      var lineLimit = end + (CLiteral.width - column)
      var next = bytes[0]
      for k in 0..<count {
        let byte = next
        next = bytes[k + 1]
        // All digits where one follows, which would be taken for another of them.
        var spelling = spellings[Int(byte) | (0x30...0x37 ~= next ? 256 : 0)]
        // A second question mark in a row could begin a trigraph.
        if byte == 0x3f && end.load(fromByteOffset: -1, as: UInt8.self) == 0x3f {
          spelling = CLiteral.escapedQuestion
        }
        end.storeBytes(of: spelling.characters, as: UInt32.self)
        end += Int(spelling.count)
        if end >= lineLimit {
          end.copyMemory(from: lineEnd, byteCount: 5)
          end += 5
          lineLimit = end + CLiteral.width
        }
      }
      column = CLiteral.width - (lineLimit - end)
      return end - UnsafeMutableRawPointer(place)
    }
  }

  private let lineEnd = StaticString("\"\n  \"").utf8Start

  private struct Spelling: BitwiseCopyable {
    /// The first character is the first byte in memory.
    var characters: UInt32 = 0
    var count: UInt32 = 0
  }

  private static let escapedQuestion = Spelling(characters: UInt32(littleEndian: 0x3f5c), count: 2)

  /// What stands for each byte; from 256 on, before an octal digit.
  nonisolated(unsafe) private static let table: UnsafePointer<Spelling> = {
    let table = UnsafeMutablePointer<Spelling>.allocate(capacity: 512)
    for index in 0..<512 { (table + index).initialize(to: spelling(index)) }
    return UnsafePointer(table)
  }()

  private static func spelling(_ index: Int) -> Spelling {
    let byte = UInt8(truncatingIfNeeded: index)
    let isFull = index > 255
    var spelling = Spelling()
    func put(_ character: UInt8) {
      let shifted = UInt32(character) << (8 * spelling.count)
      spelling.characters |= UInt32(littleEndian: shifted)
      spelling.count += 1
    }
    if !(0x20...0x7e ~= byte) || byte == 0x22 || byte == 0x5c { put(0x5c) }
    switch byte {
    case 0x20...0x7e: put(byte)
    case 0x0a: put(UInt8(ascii: "n"))
    case 0x09: put(UInt8(ascii: "t"))
    default:
      if byte >= 0o100 || isFull { put(0x30 + (byte >> 6)) }
      if byte >= 0o10 || isFull { put(0x30 + (byte >> 3 & 7)) }
      put(0x30 + (byte & 7))
    }
    return spelling
  }
}
