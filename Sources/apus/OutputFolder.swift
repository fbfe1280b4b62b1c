import Glibc
import SystemPackage
import Translator

/// The files of a translation on their way into a folder: under temporary names until all are
/// whole. What is there already and the same stays as it is, so that make finds it up to date.
final class OutputFolder: TranslationOutput {
  private let path: String
  private(set) var names: [String] = []
  /// How many of them have their names.
  private var kept = 0
  private var file: FileDescriptor?

  init(_ path: String) { self.path = path }

  /// What was not kept is removed.
  deinit {
    try? file?.close()
    for name in names[kept...] {
      unlink(temporary(name))
      Temporary.forget(temporary(name))
    }
  }

  private func temporary(_ name: String) -> String { "\(path)/.\(name).\(getpid()).tmp" }

  /// Makes the folder before the first file, where it is missing: what cannot be translated
  /// leaves none.
  func begin(_ name: String) throws {
    if names.isEmpty { try Files.makeFolder(path) }
    Temporary.keepTrack(of: temporary(name))
    file = try attempt("cannot write \(path)/\(name)") { try Files.create(temporary(name)) }
    names.append(name)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    try attempt(failure) { _ = try file?.writeAll(bytes) }
  }

  func end() throws {
    defer { file = nil }
    try attempt(failure) { try file?.close() }
  }

  private var failure: String { "cannot write \(path)/\(names.last ?? "")" }

  /// Gives the files their names.
  func keep() throws {
    for name in names[kept...] {
      let place = "\(path)/\(name)"
      if try Files.areSame(temporary(name), place) {
        unlink(temporary(name))
      } else if rename(temporary(name), place) != 0 {
        throw Failure.system("cannot write \(place)")
      }
      Temporary.forget(temporary(name))
      kept += 1
    }
  }
}
