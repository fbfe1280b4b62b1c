import Translator

/// A module as it lies in a file.
struct ModuleFile {
  let path: String
  let contents: Files.Contents

  init(_ path: String) throws {
    self.path = path
    contents = try Files.Contents(of: path)
  }

  /// `app` for some/app.wasm.
  private var stem: String {
    let name = Files.baseName(path)
    return name.hasSuffix(".wasm") ? String(name.dropLast(5)) : name
  }

  /// Names a file that is no module for what it is.
  private func failure(_ error: TranslationError) -> Failure {
    if error.stage == .malformed, error.offset < 8, let what = InputKind.describe(contents.bytes) {
      return Failure(.badModule, "\(path.printable) \(what)")
    }
    return Failure(error)
  }

  func validate() throws {
    do { try Translator.validate(contents.bytes) } catch { throw failure(error) }
  }

  /// Without `checksBodies` for a module that has been translated.
  func inspect(checksBodies: Bool = true) throws -> Inspection {
    do {
      return try Translator.inspect(contents.bytes, checksBodies: checksBodies)
    } catch {
      throw failure(error)
    }
  }

  /// Writes the C; answers the prefix of the public names.
  func translate(_ options: TranslationOptions, to output: OutputFolder) throws -> String {
    var options = options
    options.fallbackName = stem
    do {
      let name = try Translator.translate(contents.bytes, options: options, to: output)
      try output.keep()
      return name
    } catch let error as TranslationError {
      throw failure(error)
    }
  }

  func dumpIR(_ options: TranslationOptions, after pass: String?, function: Int?) throws -> String {
    do {
      return try Translator.dumpIR(
        contents.bytes, options: options, after: pass, function: function)
    } catch {
      throw failure(error)
    }
  }
}

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
