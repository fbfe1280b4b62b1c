import CEmitter
import FunctionIR
import WasmModel
import WasmParser
import WasmValidator

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

  /// An error in a module; in a body the function's name comes from `module`, if that is given.
  init(_ error: WasmError, in module: ValidatedModule? = nil) {
    switch error.stage {
    case .malformed: stage = .malformed
    case .invalid: stage = .invalid
    case .unsupported: stage = .unsupported
    }
    message = error.reason.message
    offset = error.offset
    function = error.function.map { index in
      let name = module.map { Translator.name(ofFunction: Int(index), $0) } ?? ""
      return name.isEmpty ? "\(index)" : "\(index) (\(name))"
    }
  }

  /// `invalid module: type mismatch, at offset 0x1f3, in function 12 (main)`.
  public var description: String {
    var text = "\(stage.rawValue) module: \(message), at offset 0x" + String(offset, radix: 16)
    if let function { text += ", in function \(function)" }
    return text
  }
}

/// The translator: module bytes in, verdicts, descriptions and C out. Holds no state.
public enum Translator {
  /// Translates a module, and keeps the files in memory. Same bytes and options give the same
  /// files, whatever the number of threads.
  public static func translate(
    _ bytes: UnsafeRawBufferPointer, options: TranslationOptions
  ) throws(TranslationError) -> Translation {
    let unwritten = try LoadedModule(bytes).prepare(options)
    let output = MemoryOutput()
    // Memory refuses nothing.
    try? unwritten.write(to: output)
    return Translation(unwritten.module, files: output.files)
  }

  /// Translates a module into an output, which gets nothing before the whole module is known
  /// to be valid.
  ///
  /// - Throws: `TranslationError`, and what the output throws.
  public static func translate(
    _ bytes: UnsafeRawBufferPointer, options: TranslationOptions, to output: some TranslationOutput
  ) throws -> Translated {
    try LoadedModule(bytes).translate(options, to: output)
  }

  /// The specification's verdict on a module: returns if it is valid.
  public static func validate(_ bytes: UnsafeRawBufferPointer) throws(TranslationError) {
    try LoadedModule(bytes).validate()
  }

  /// What a module imports, exports and uses. The module is validated first.
  public static func inspect(
    _ bytes: UnsafeRawBufferPointer
  ) throws(TranslationError) -> Inspection {
    try LoadedModule(bytes).inspect()
  }

  /// What the name section calls a function; empty where it says nothing.
  static func name(ofFunction index: Int, _ module: ValidatedModule) -> String {
    String(decoding: Names.given(index, module.module.names.functions, module.bytes), as: UTF8.self)
  }

  /// A C identifier: `my-app` gives `my_app`, `7zip` gives `m_7zip`. What means something to C,
  /// to C++ that includes the header, to the runtime or to the Makefile beside it gets the
  /// prefix, too; so does what may be a macro, since it has capitals only, and what begins as the
  /// module's own functions and globals do.
  static func cName(_ name: String) -> String {
    var result = String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { scalar in
          let isWord =
            scalar.value < 128
            && (scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar))
          return isWord ? scalar : "_"
        }))
    if result.isEmpty { result = "module" }
    return isTaken(result) ? "m_" + result : result
  }

  private static func isTaken(_ name: String) -> Bool {
    let isMacro = !name.utf8.contains { (0x61...0x7a).contains($0) }
    let first = String(name.prefix { $0 != "_" })
    return isMacro || name.hasPrefix("apus") || ["", "w", "g"].contains(first)
      || ("0"..."9").contains(name.unicodeScalars.first!) || taken.contains(name)
  }

  private static let taken = Set(
    """
    alignas alignof asm auto bool break case char const constexpr continue default do double else \
    enum extern false float for goto if inline int long nullptr register restrict return short \
    signed sizeof static struct switch thread_local true typedef typeof union unsigned void \
    volatile while \
    and bitand bitor catch class compl delete explicit export friend mutable namespace new not \
    operator or private protected public template this throw try typename using virtual wchar_t \
    xor concept requires noexcept decltype \
    i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 v128 \
    i8x16 i16x8 i32x4 i64x2 u8x16 u16x8 u32x4 u64x2 f32x4 f64x2 \
    assert complex environ errno imaginary linux noreturn static_assert stderr stdin stdout unix \
    far i386 interface mips near small sparc sun vax \
    all clean Makefile runtime
    """.split(separator: " ").map(String.init))
}
