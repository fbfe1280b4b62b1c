import WasmModel

/// One file that a translation wrote.
public struct OutputFile: Sendable {
  /// File name without folders: `app.c`, `app.h`, `app_1.c`.
  public var name: String
  public var contents: [UInt8]

  public init(name: String, contents: [UInt8]) {
    self.name = name
    self.contents = contents
  }
}

/// C for a module. `NAME.h` comes first, then one or more C files, all to be compiled.
public struct Translation: Sendable {
  /// Prefix of the public C names.
  public var name: String
  public var files: [OutputFile]

  public init(name: String, files: [OutputFile]) {
    self.name = name
    self.files = files
  }
}

/// Why a module cannot be translated.
public struct TranslationError: Error, Sendable, CustomStringConvertible {
  public enum Stage: String, Sendable { case malformed, invalid, unsupported }
  public var stage: Stage
  /// In the specification's words where it has some.
  public var message: String
  /// Byte offset in the module.
  public var offset: Int
  /// Index and, where it has one, name of the function whose body it is in.
  public var function: String?

  public init(stage: Stage, message: String, offset: Int, function: String? = nil) {
    self.stage = stage
    self.message = message
    self.offset = offset
    self.function = function
  }

  /// `invalid module: type mismatch, at offset 0x1f3, in function 12 (parse)`.
  public var description: String {
    var text = "\(stage.rawValue) module: \(message), at offset 0x" + String(offset, radix: 16)
    if let function { text += ", in function \(function)" }
    return text
  }
}

/// The translator: module bytes in, verdicts, descriptions and C out. Holds no state.
public enum Translator {
  /// Translates a module. Same bytes and options give the same files, whatever `jobs` is.
  public static func translate(
    _ module: UnsafeRawBufferPointer, options: TranslationOptions
  ) throws(TranslationError) -> Translation {
    throw TranslationError(stage: .unsupported, message: "nothing is translated yet", offset: 0)
  }

  /// The specification's verdict on a module: returns if it is valid.
  public static func validate(_ module: UnsafeRawBufferPointer) throws(TranslationError) {
    throw TranslationError(stage: .unsupported, message: "nothing is validated yet", offset: 0)
  }

  /// What a module imports, exports and uses. The module is validated first.
  public static func inspect(
    _ module: UnsafeRawBufferPointer
  ) throws(TranslationError) -> Inspection {
    throw TranslationError(stage: .unsupported, message: "nothing is inspected yet", offset: 0)
  }
}
