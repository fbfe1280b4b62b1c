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

/// What was translated, for those who write around it.
public struct Translated: Sendable {
  /// Prefix of the public C names.
  public var name: String
  /// Bytes of the module's memories that are arrays of the C: nobody has to give them room.
  public var placedMemory: UInt64
  /// Whether a call may leave an exception or a tail call behind, which the runtime's `calls.c` keeps.
  public var leavesCalls: Bool
}

/// C for a module. `NAME.h` comes first, then the other files; those that end in `.c` are to be
/// compiled.
public struct Translation: Sendable {
  public var module: Translated
  public var files: [OutputFile]

  public init(_ module: Translated, files: [OutputFile]) {
    self.module = module
    self.files = files
  }
}

/// Takes the files of a translation, in pieces, so that none of them has to be in memory as a whole. Several may be
/// written at a time, each by one thread. What it throws, the translation throws.
public protocol TranslationOutput: AnyObject, Sendable {
  /// The names of all files, without folders, before any is written.
  func begin(_ names: [String]) throws
  /// The next bytes of a file, by its place among the names.
  func write(_ bytes: UnsafeRawBufferPointer, to file: Int) throws
  /// A file is whole.
  func end(_ file: Int) throws
}

/// Keeps the files in memory.
///
/// Unchecked: a file is written by one thread, and read after all have ended.
final class MemoryOutput: TranslationOutput, @unchecked Sendable {
  private final class File {
    let name: String
    var contents: [UInt8] = []

    init(name: String) { self.name = name }
  }

  private var written: [File] = []

  var files: [OutputFile] { written.map { OutputFile(name: $0.name, contents: $0.contents) } }

  func begin(_ names: [String]) { written = names.map(File.init) }

  func write(_ bytes: UnsafeRawBufferPointer, to file: Int) {
    written[file].contents.append(contentsOf: bytes)
  }

  func end(_ file: Int) {}
}
