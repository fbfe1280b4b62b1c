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

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    if let pending { write(pending, before: byte) }
    pending = byte
  }

  /// Ends the literal and gives the text back.
  mutating func finish() -> Text {
    if let pending { write(pending, before: 0) }
    pending = nil
    text.put("\"")
    return text
  }

  private mutating func write(_ byte: UInt8, before next: UInt8) {
    // All digits where one follows, which would be taken for another of them.
    let spelling = spellings[Int(byte) | (0x30...0x37 ~= next ? 256 : 0)]
    if byte == 0x3f && afterQuestion {
      text.put("\\?")
      column += 2
    } else {
      text.put(upTo4: spelling.bytes, count: spelling.count)
      column += spelling.count
    }
    afterQuestion = byte == 0x3f
    if column >= CLiteral.width {
      text.put("\"\n  \"")
      column = 0
      afterQuestion = false
    }
  }

  /// What stands for each byte; from 256 on, before an octal digit. The first character is the
  /// lowest byte.
  private let spellings: [(bytes: UInt32, count: Int)] = (0..<512).map { index in
    let byte = UInt8(truncatingIfNeeded: index)
    let isFull = index > 255
    var spelling: (bytes: UInt32, count: Int) = (0, 0)
    func put(_ character: UInt8) {
      spelling.bytes |= UInt32(character) << (8 * UInt32(spelling.count))
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
