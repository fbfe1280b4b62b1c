import RuntimeSources

/// The files of Runtime-C that lie inside this program.
enum Runtime {
  /// Parts of the runtime beside its headers and its core.
  struct Parts: OptionSet {
    let rawValue: Int
    static let posix = Parts(rawValue: 1)
    static let baremetal = Parts(rawValue: 2)
    static let wasi = Parts(rawValue: 4)
    /// `main` for a program.
    static let program = Parts(rawValue: 8)
    /// What a program needs that calls an export with arguments.
    static let invocation = Parts(rawValue: 32)
    /// What a program needs that `apus compare` makes.
    static let comparison = Parts(rawValue: 64)
    /// WASI without an operating system.
    static let boardWASI = Parts(rawValue: 16)
    /// File systems of boards, where there are no others.
    static let boardFiles = Parts(rawValue: 256)
    /// What is around a module in an image of its own; the files of the board are named one by one.
    static let image = Parts(rawValue: 128)
  }

  /// Every file with its path.
  private static var files: some Sequence<(path: String, bytes: UnsafeRawBufferPointer)> {
    sequence(state: 0) { index in
      guard let source = runtime_source_at(index)?.pointee else { return nil }
      index += 1
      return (
        String(cString: source.path),
        UnsafeRawBufferPointer(start: source.bytes, count: source.count)
      )
    }
  }

  /// The bytes of a file; nil where there is none of that path.
  static func bytes(_ path: String) -> [UInt8]? {
    files.first { $0.path == path }.map { Array($0.bytes) }
  }

  /// The names of the files in a folder.
  static func names(in folder: String) -> [String] {
    files.filter { $0.path.hasPrefix(folder + "/") }.map {
      String($0.path.dropFirst(folder.count + 1))
    }
  }

  /// Writes the files of some parts into a folder; answers the paths of its C files in it.
  ///
  /// - Parameters:
  ///   - place: Where in the folder a file lies, by its path in Runtime-C.
  ///   - change: What is written instead of a file's contents.
  static func write(
    _ parts: Parts, to folder: String, place: (String) -> String = { $0 },
    change: (_ path: String, _ bytes: UnsafeRawBufferPointer) -> [UInt8]? = { _, _ in nil }
  ) throws -> [String] {
    var sources: [String] = []
    for (path, bytes) in files where isNeeded(path, parts) {
      let place = place(path)
      let file = folder + "/" + place
      try Files.makeFolder(String(file[..<file.lastIndex(of: "/")!]))
      if let changed = change(path, bytes) {
        try Files.write(changed, to: file)
      } else {
        try Files.write(bytes, to: file)
      }
      if path.hasSuffix(".c") && !isChosen(path, parts) { sources.append(place) }
    }
    return sources
  }

  /// Whether a C file is there for those who name it.
  private static func isChosen(_ path: String, _ parts: Parts) -> Bool {
    guard path.hasPrefix("port/image/") else {
      return parts.contains(.boardFiles)
        ? path == "port/board/no_files.c" : boardChoices.contains(path)
    }
    let isWASI = path == "port/image/image_wasi.c" && parts.contains(.boardWASI)
    return !isWASI && path != "port/image/image.c"
  }

  /// What a board links instead of `no_files.c` to have files.
  private static let boardChoices: Set<String> = ["port/board/files.c", "port/board/ramfs.c"]

  /// The WASI files that need no operating system.
  private static let sharedWASI: Set<String> = [
    "wasi/wasi_args.c", "wasi/wasi_calls.h", "wasi/wasi_core.h", "wasi/wasi_descriptor.c",
    "wasi/wasi_exports.c", "wasi/wasi_functions.h", "wasi/wasi_guest.c", "wasi/wasi_slots.h",
    "wasi/wasi_table.c",
  ]

  private static func isNeeded(_ path: String, _ parts: Parts) -> Bool {
    if path == "port/posix/main.c" { return parts.contains(.program) }
    if path == "include/apus_invoke.h" { return parts.contains(.invocation) }
    if path == "include/apus_compare.h" { return parts.contains(.comparison) }
    // It needs no more than a C library.
    if path == "port/posix/trace_lines.c", parts.contains(.comparison) { return true }
    if path.hasPrefix("port/posix/") { return parts.contains(.posix) }
    if path.hasPrefix("port/baremetal/") { return parts.contains(.baremetal) }
    if path.hasPrefix("port/image/") { return parts.contains(.image) }
    if path.hasPrefix("targets/") { return false }
    if path.hasPrefix("port/board/") { return parts.contains(.boardWASI) }
    if path.hasPrefix("wasi/") {
      return parts.contains(.wasi) || parts.contains(.boardWASI) && sharedWASI.contains(path)
    }
    return true
  }
}
