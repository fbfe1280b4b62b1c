import Glibc
import SystemPackage

/// Files and folders, by swift-system and system calls: Foundation would double the time the
/// command takes to start.
enum Files {
  /// A file's bytes in memory, mapped where the file can be mapped.
  final class Contents {
    /// Valid as long as this object: keep it in a variable, or in `withExtendedLifetime`.
    let bytes: UnsafeRawBufferPointer

    init(of path: String) throws {
      let file = try attempt("cannot open \(path)") { try Files.open(path) }
      defer { try? file.close() }
      var status = stat()
      guard fstat(file.rawValue, &status) == 0 else { throw Failure.system("cannot read \(path)") }
      guard status.st_mode & S_IFMT != S_IFDIR else {
        throw Failure(.inputOutput, "cannot read \(path): Is a directory")
      }
      // A copy for small files and pipes; a map would fault if the file shrank.
      if status.st_mode & S_IFMT == S_IFREG, status.st_size > 1 << 16 {
        let size = Int(status.st_size)
        let map = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.rawValue, 0)
        if let map, map != MAP_FAILED {
          bytes = UnsafeRawBufferPointer(start: map, count: size)
          isMapped = true
          return
        }
      }
      var read: [UInt8] = []
      while true {
        let chunk = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
          count = try attempt("cannot read \(path)") {
            try file.read(into: UnsafeMutableRawBufferPointer(buffer))
          }
        }
        if chunk.isEmpty { break }
        read += chunk
      }
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: read.count, alignment: 16)
      copy.copyBytes(from: read)
      bytes = UnsafeRawBufferPointer(copy)
      isMapped = false
    }

    deinit {
      if isMapped {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
      } else {
        bytes.deallocate()
      }
    }

    private let isMapped: Bool
  }

  /// A copy of a file's bytes.
  static func bytes(of path: String) throws -> [UInt8] {
    let contents = try Contents(of: path)
    return withExtendedLifetime(contents) { Array(contents.bytes) }
  }

  private static func open(_ path: String) throws -> FileDescriptor {
    try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
  }

  /// A new file, or an empty one in place of what was there.
  static func create(_ path: String) throws -> FileDescriptor {
    Temporary.stopIfEnding()
    return try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
      permissions: FilePermissions(rawValue: 0o666))
  }

  /// Writes a file whole: under a temporary name first, so that nobody reads half of it. One
  /// that has these contents already stays as it is, and as old.
  static func write(_ contents: UnsafeRawBufferPointer, to path: String) throws {
    // Looked at first: files that come and go make it slow to find room for the next one.
    if holds(path, contents) { return }
    let temporary = path + ".\(getpid()).tmp"
    try attempt("cannot write \(path)") {
      let file = try create(temporary)
      do {
        try file.closeAfter { _ = try file.writeAll(contents) }
        guard rename(temporary, path) == 0 else { throw Errno(rawValue: errno) }
      } catch {
        unlink(temporary)
        throw error
      }
    }
  }

  /// Whether there is a file with just these bytes.
  private static func holds(_ path: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let file = try? open(path) else { return false }
    defer { try? file.close() }
    var status = stat()
    guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size == bytes.count
    else { return false }
    return withUnsafeTemporaryAllocation(byteCount: 1 << 14, alignment: 16) { chunk in
      var rest = bytes[...]
      while !rest.isEmpty {
        guard let count = try? file.read(into: chunk), count > 0, count <= rest.count,
          memcmp(chunk.baseAddress!, UnsafeRawBufferPointer(rebasing: rest).baseAddress!, count)
            == 0
        else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  /// Whether two files hold the same bytes; false where the second is missing.
  static func areSame(_ first: String, _ second: String) throws -> Bool {
    let file = try attempt("cannot read \(first)") { try open(first) }
    defer { try? file.close() }
    guard let other = try? open(second) else { return false }
    defer { try? other.close() }
    let chunk = 1 << 16
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk * 2, alignment: 16)
    defer { buffer.deallocate() }
    let left = UnsafeMutableRawBufferPointer(rebasing: buffer[..<chunk])
    let right = UnsafeMutableRawBufferPointer(rebasing: buffer[chunk...])
    while true {
      guard let count = try? file.read(into: left), (try? other.read(into: right)) == count else {
        return false
      }
      if count == 0 { return true }
      if memcmp(left.baseAddress!, right.baseAddress!, count) != 0 { return false }
    }
  }

  static func write(_ contents: [UInt8], to path: String) throws {
    try contents.withUnsafeBytes { try write($0, to: path) }
  }

  static func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
  }

  /// Whether two paths lead to one regular file; false where one of them leads nowhere.
  static func isSame(_ first: String, _ second: String) -> Bool {
    var (one, other) = (stat(), stat())
    guard stat(first, &one) == 0, stat(second, &other) == 0 else { return false }
    return one.st_mode & S_IFMT == S_IFREG && one.st_dev == other.st_dev
      && one.st_ino == other.st_ino
  }

  /// Whether there is anything of that name, if only a link that leads nowhere.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether a path leads to a device or a pipe, say: something that is written to, not replaced.
  static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
  }

  /// A path from the root; the file need not be there.
  static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { return path }
    defer { free(current) }
    return String(cString: current) + "/" + path
  }

  /// Moves a folder to its place, where a folder of that name is replaced.
  static func moveFolder(_ source: String, to path: String) throws {
    var status = stat()
    if lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR { remove(path) }
    if rename(source, path) != 0 {
      guard errno == EXDEV else { throw Failure.system("cannot write \(path)") }
      try copyFolder(source, to: path)
      remove(source)
    }
    Temporary.forget(source)
  }

  private static func copyFolder(_ source: String, to path: String) throws {
    try makeFolder(path)
    for name in names(in: source) {
      let (from, to) = (source + "/" + name, path + "/" + name)
      var status = stat()
      if lstat(from, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR {
        try copyFolder(from, to: to)
      } else {
        try copy(from, to: to)
      }
    }
  }

  static func copy(_ source: String, to path: String) throws {
    let contents = try Contents(of: source)
    try withExtendedLifetime(contents) { try write(contents.bytes, to: path) }
  }

  /// Moves an executable to its place.
  static func copyExecutable(_ source: String, to path: String) throws {
    if isSpecial(path) {
      // What is there stays: /dev/null takes the bytes.
      let contents = try Contents(of: source)
      try attempt("cannot write \(path)") {
        let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: .closeOnExec)
        try file.closeAfter {
          _ = try withExtendedLifetime(contents) { try file.writeAll(contents.bytes) }
        }
      }
      return
    }
    // A rename where it can be, a copy across file systems.
    if rename(source, path) == 0 { return }
    try copy(source, to: path)
    let mask = umask(0)
    umask(mask)
    guard chmod(path, 0o777 & ~mask) == 0 else { throw Failure.system("cannot write \(path)") }
  }

  /// Makes a folder and those above it.
  static func makeFolder(_ path: String) throws {
    Temporary.stopIfEnding()
    if mkdir(path, 0o777) == 0 { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeFolder(String(path[..<slash]))
      if mkdir(path, 0o777) == 0 { return }
    }
    var status = stat()
    if errno == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    throw Failure.system("cannot make folder \(path)")
  }

  /// A new folder in `parent` that nobody else uses.
  static func makeTemporaryFolder(in parent: String) throws -> String {
    Temporary.stopIfEnding()
    var template = Array((parent + "/apus-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Failure.system("cannot make a folder in \(parent)")
    }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    Temporary.keepTrack(of: path)
    return path
  }

  static var temporaryFolder: String {
    let named = environment("TMPDIR") ?? ""
    return named.isEmpty ? "/tmp" : named
  }

  /// Removes a folder and all in it; what cannot be removed stays.
  static func remove(_ path: String) {
    for name in names(in: path) {
      let entry = path + "/" + name
      if unlink(entry) != 0 { remove(entry) }
    }
    rmdir(path)
    Temporary.forget(path)
  }

  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// The last part of a path.
  static func baseName(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
