import Glibc
import Translator

/// The files of a translation on their way into a folder: under temporary names until all are
/// whole. What is there already and the same stays as it is, so that make finds it up to date.
final class OutputFolder: TranslationOutput {
  private let path: String
  private(set) var names: [String] = []
  /// How many of them have their names.
  private var kept = 0
  private var file: Int32 = -1

  init(_ path: String) { self.path = path }

  /// What was not kept is removed.
  deinit {
    if file >= 0 { close(file) }
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
    file = open(temporary(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Failure.system("cannot write \(path)/\(name)") }
    names.append(name)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard Files.write(bytes, to: file) else { throw failure }
  }

  func end() throws {
    let result = close(file)
    file = -1
    guard result == 0 else { throw failure }
  }

  private var failure: Failure { .system("cannot write \(path)/\(names.last ?? "")") }

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
