/// Names as the translated C spells them.
enum CName {
  static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Whether C takes it for a name.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(isPlain) && !(0x30...0x39).contains(text.utf8.first!)
  }

  /// `my_app_wasm` for `my-app.wasm`.
  static func word(_ text: String) -> String {
    String(decoding: text.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
  }

  /// `app` for some/app.wasm.
  static func stem(_ path: String) -> String {
    let name = Files.baseName(path)
    return name.hasSuffix(".wasm") ? String(name.dropLast(5)) : name
  }

  /// A C string literal.
  static func literal(_ text: String) -> String {
    var literal = "\""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        literal += "\\"
        literal.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x20..<0x7f where byte != UInt8(ascii: "?"):
        literal.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        // Three octal digits, so that a digit may follow.
        let octal = String(byte, radix: 8)
        literal += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      }
    }
    return literal + "\""
  }
}
