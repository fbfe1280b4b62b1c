// What a translation writes, and where it goes.

/// One file that a translation wrote.
public struct OutputFile: Sendable {
  /// File name without folders: `app.c`, `app.h`.
  public var name: String
  public var contents: [UInt8]

  public init(name: String, contents: [UInt8]) {
    self.name = name
    self.contents = contents
  }
}

/// C for a module. `NAME.h` comes first, then the other files; those that end in `.c` are to be
/// compiled.
public struct Translation: Sendable {
  /// Prefix of the public C names.
  public var name: String
  public var files: [OutputFile]

  public init(name: String, files: [OutputFile]) {
    self.name = name
    self.files = files
  }
}

/// Takes the files of a translation as they are written, one after the other, in pieces, so
/// that none of them has to be in memory as a whole. What it throws, the translation throws.
public protocol TranslationOutput: AnyObject {
  /// A file begins; `name` is without folders.
  func begin(_ name: String) throws
  /// The next bytes of it.
  func write(_ bytes: UnsafeRawBufferPointer) throws
  func end() throws
}

/// Keeps the files in memory.
final class MemoryOutput: TranslationOutput {
  private(set) var files: [OutputFile] = []

  func begin(_ name: String) { files.append(OutputFile(name: name, contents: [])) }

  func write(_ bytes: UnsafeRawBufferPointer) {
    files[files.count - 1].contents.append(contentsOf: bytes)
  }

  func end() {}
}
