// In place of the file of this name in Sources. What fails ends the command.

import System

enum Files {
  /// A file's bytes in memory, for as long as the command runs.
  struct Contents {
    let bytes: UnsafeRawBufferPointer

    init(of path: String) {
      var count = 0
      guard let start = system_read(path, &count) else { Failure.system("cannot open \(path)") }
      bytes = UnsafeRawBufferPointer(start: start, count: count)
    }
  }

  static func write(_ contents: UnsafeRawBufferPointer, to path: String) {
    if !system_write(path, contents.baseAddress, contents.count) {
      Failure.system("cannot write \(path)")
    }
  }

  static func write(_ contents: [UInt8], to path: String) {
    contents.withUnsafeBytes { write($0, to: path) }
  }

  static func write(_ text: String, to path: String) { write(Array(text.utf8), to: path) }

  /// Makes a folder and those above it.
  static func makeFolder(_ path: String) {
    var at = path.startIndex
    while let slash = path[at...].firstIndex(of: "/") {
      if slash > path.startIndex { _ = system_make_folder(String(path[..<slash])) }
      at = path.index(after: slash)
    }
    if !system_make_folder(path) { Failure.system("cannot make folder \(path)") }
  }

  /// The last part of a path.
  static func baseName(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }
}

/// The files of a translation, in memory until all are whole.
final class OutputFolder {
  private let path: String
  private(set) var names: [String] = []

  /// Makes the folder, where it is missing.
  init(_ path: String) {
    Files.makeFolder(path)
    self.path = path
  }

  func keep(_ files: [OutputFile]) {
    for file in files {
      file.contents.withUnsafeBytes { Files.write($0, to: "\(path)/\(file.name)") }
      names.append(file.name)
    }
  }
}
