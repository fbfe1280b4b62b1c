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
    let start = text.count
    switch byte {
    case 0x22, 0x5c:
      text.put("\\")
      text.put(byte: byte)
    case 0x3f where afterQuestion: text.put("\\?")
    case 0x20...0x7e: text.put(byte: byte)
    case 0x0a: text.put("\\n")
    case 0x09: text.put("\\t")
    default:
      text.put("\\")
      // All digits where one follows, which would be taken for another of them.
      let isFull = 0x30...0x37 ~= next
      if byte >= 0o100 || isFull { text.put(byte: 0x30 + (byte >> 6)) }
      if byte >= 0o10 || isFull { text.put(byte: 0x30 + (byte >> 3 & 7)) }
      text.put(byte: 0x30 + (byte & 7))
    }
    afterQuestion = byte == 0x3f
    column += text.count - start
    if column >= CLiteral.width {
      text.put("\"\n  \"")
      column = 0
      afterQuestion = false
    }
  }
}
