import Glibc
import SystemPackage
import Translator

/// The files of a translation on their way into a folder: under temporary names until all are
/// whole. What is there already and the same stays as it is, so that make finds it up to date.
///
/// Unchecked: a file is written by one thread; all else is done before, and after all have ended.
final class OutputFolder: TranslationOutput, @unchecked Sendable {
  private final class File {
    let name: String
    var descriptor: FileDescriptor?
    /// It is there already.
    var isSame = false

    init(name: String) { self.name = name }
  }

  private let path: String
  private var files: [File] = []
  /// How many of them have their names; the rest is of the translation that is under way.
  private var kept = 0

  var names: [String] { files.map(\.name) }

  init(_ path: String) { self.path = path }

  /// What was not kept is removed.
  deinit {
    for file in files[kept...] {
      try? file.descriptor?.close()
      unlink(temporary(file))
      Temporary.forget(temporary(file))
    }
  }

  private func temporary(_ file: File) -> String { "\(path)/.\(file.name).\(getpid()).tmp" }

  private func place(_ file: File) -> String { "\(path)/\(file.name)" }

  private func attempt<Result>(_ file: File, _ body: () throws -> Result) throws -> Result {
    try apus.attempt("cannot write \(place(file))", body)
  }

  /// Makes the folder, where it is missing: what cannot be translated leaves none.
  func begin(_ names: [String]) throws {
    try Files.makeFolder(path)
    files += names.map(File.init)
    for file in files[kept...] { Temporary.keepTrack(of: temporary(file)) }
  }

  private func descriptor(_ file: File) throws -> FileDescriptor {
    if let descriptor = file.descriptor { return descriptor }
    let made = try attempt(file) { try Files.create(temporary(file)) }
    file.descriptor = made
    return made
  }

  func write(_ bytes: UnsafeRawBufferPointer, to number: Int) throws {
    let file = files[kept + number]
    let descriptor = try descriptor(file)
    try attempt(file) { _ = try descriptor.writeAll(bytes) }
  }

  func end(_ number: Int) throws {
    let file = files[kept + number]
    let descriptor = try descriptor(file)
    file.descriptor = nil
    try attempt(file) { try descriptor.close() }
    file.isSame = try Files.areSame(temporary(file), place(file))
  }

  /// Gives the files their names.
  func keep() throws {
    for file in files[kept...] {
      if file.isSame {
        unlink(temporary(file))
      } else if rename(temporary(file), place(file)) != 0 {
        throw Failure.system("cannot write \(place(file))")
      }
      Temporary.forget(temporary(file))
      kept += 1
    }
  }
}
