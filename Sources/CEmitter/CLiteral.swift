// Bytes as a C string literal.

/// A string literal in the making, over several lines: `"abc\n"`, `"\0\3x"`.
///
/// An escape has no more digits than it needs, so a byte is written when the next is known.
struct CLiteral {
  private static let width = 96

  private(set) var text: Text
  private var pending: UInt8?
  private var afterQuestion = false
  private var column = 0

  /// Takes the text over, until `finish`.
  init(_ text: consuming Text) {
    self.text = text
    self.text.put("\"")
  }

  mutating func put(_ byte: UInt8) {
    withUnsafeBytes(of: byte) { put($0) }
  }

  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    if let pending { withUnsafeBytes(of: pending) { write($0, before: first) } }
    var at = 0
    while at < bytes.count - 1 {
      let end = min(at + 4096, bytes.count - 1)
      write(UnsafeRawBufferPointer(rebasing: bytes[at..<end]), before: bytes[end])
      at = end
    }
    pending = bytes[bytes.count - 1]
  }

  /// Ends the literal and gives the text back.
  mutating func finish() -> Text {
    if let pending { withUnsafeBytes(of: pending) { write($0, before: 0) } }
    pending = nil
    text.put("\"")
    return text
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer, before last: UInt8) {
    var column = self.column
    var afterQuestion = self.afterQuestion
    // At most 4 characters for each byte, 5 for the end of each line, and 3 that are no part.
    let most = bytes.count * 4 + (bytes.count * 4 / CLiteral.width + 1) * 5 + 3
    text.put(upTo: most) { place in
      var end = UnsafeMutableRawPointer(place)
      for k in 0..<bytes.count {
        let byte = bytes[k]
        let next = k + 1 < bytes.count ? bytes[k + 1] : last
        // All digits where one follows, which would be taken for another of them.
        var spelling = spellings[Int(byte) | (0x30...0x37 ~= next ? 256 : 0)]
        if byte == 0x3f && afterQuestion { spelling = CLiteral.escapedQuestion }
        end.storeBytes(of: spelling.characters, as: UInt32.self)
        end += Int(spelling.count)
        column += Int(spelling.count)
        afterQuestion = byte == 0x3f
        if column >= CLiteral.width {
          end.copyMemory(from: lineEnd, byteCount: 5)
          end += 5
          column = 0
          afterQuestion = false
        }
      }
      return UnsafeMutableRawPointer(place).distance(to: end)
    }
    self.column = column
    self.afterQuestion = afterQuestion
  }

  private let lineEnd = StaticString("\"\n  \"").utf8Start
  private let spellings = CLiteral.table

  private struct Spelling: BitwiseCopyable {
    /// The first character is the first byte in memory.
    var characters: UInt32 = 0
    var count: UInt32 = 0
  }

  /// A second question mark in a row, which could begin a trigraph.
  private static let escapedQuestion = Spelling(characters: UInt32(littleEndian: 0x3f5c), count: 2)

  /// What stands for each byte; from 256 on, before an octal digit.
  private static let table: [Spelling] = (0..<512).map { index in
    let byte = UInt8(truncatingIfNeeded: index)
    let isFull = index > 255
    var spelling = Spelling()
    func put(_ character: UInt8) {
      withUnsafeMutableBytes(of: &spelling.characters) { $0[Int(spelling.count)] = character }
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
