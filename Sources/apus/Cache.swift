import Glibc

/// What was compiled before: executables by `run`, and objects of the runtime.
///
/// An entry is a folder named by a hash; it holds the whole key beside its files, and is used
/// only if that key is the same byte for byte, and what was included for it has not changed.
struct Cache {
  /// `$APUS_CACHE`, else `apus` in the XDG cache folder; nil where neither can be named.
  static var folder: String? {
    if let named = Files.environment("APUS_CACHE"), !named.isEmpty { return named }
    if let xdg = Files.environment("XDG_CACHE_HOME"), !xdg.isEmpty { return xdg + "/apus" }
    if let home = Files.environment("HOME"), !home.isEmpty { return home + "/.cache/apus" }
    return nil
  }

  /// Whether something can be kept in a folder; makes it.
  static func isUsable(_ folder: String) -> Bool {
    (try? Files.makeFolder(folder)) != nil && Glibc.access(folder, W_OK) == 0
  }

  private let folder: String
  private let key: [UInt8]
  private let files: [String]
  private let access: Int32
  private let maximumEntries: Int
  /// Where the files lie, when there are some.
  let entry: String

  /// - Parameters:
  ///   - key: All that the files depend on, but for what is included.
  ///   - files: Names of what an entry has to hold.
  ///   - access: What has to be allowed with them: R_OK or X_OK.
  init(folder: String, key: [UInt8], files: [String], access: Int32, maximumEntries: Int) {
    self.folder = folder
    self.key = key
    self.files = files
    self.access = access
    self.maximumEntries = maximumEntries
    entry = folder + "/" + Self.hash(key)
  }

  /// What stands in a key for this command, with the translator and the runtime inside it, and for
  /// a C compiler.
  static func tools(compiler: String) -> String {
    Version.text + "\n" + identity(of: "/proc/self/exe") + identity(ofCommand: compiler)
  }

  /// Whether the entry is there.
  func isThere() -> Bool {
    guard let stored = try? Files.Contents(of: entry + "/key"),
      stored.bytes.count == key.count,
      withExtendedLifetime(
        stored, { memcmp(key, stored.bytes.baseAddress!, key.count) == 0 }),
      files.allSatisfy({ Glibc.access(entry + "/" + $0, access) == 0 }), hasSameIncludes
    else { return false }
    // It was used now: the oldest go first.
    utimensat(AT_FDCWD, entry, nil, 0)
    return true
  }

  private var hasSameIncludes: Bool {
    guard let stored = try? Files.Contents(of: entry + "/includes") else { return false }
    return withExtendedLifetime(stored) {
      let parts = stored.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return stride(from: 0, to: parts.count - 1, by: 2).allSatisfy {
        Self.identity(of: parts[$0]) == parts[$0 + 1]
      }
    }
  }

  /// Makes the files, in a folder that `make` is given, and keeps them; `make` answers what was
  /// included for them. Runs at the same time do not disturb one another: each works aside and
  /// renames; the first one stays.
  func store(_ make: (String) async throws -> Set<String>) async throws {
    let aside = try Files.makeTemporaryFolder(in: folder)
    do {
      let includes = try await make(aside)
      let text = includes.sorted().map { $0 + "\0" + Self.identity(of: $0) + "\0" }.joined()
      try Files.write(text, to: aside + "/includes")
      try Files.write(key, to: aside + "/key")
      defer { Temporary.forget(aside) }
      if rename(aside, entry) != 0 {
        if isThere() { return Files.remove(aside) }
        // Something else holds the name: another key of the same hash, or half an entry.
        Files.remove(entry)
        guard rename(aside, entry) == 0 else { throw Failure.system("cannot write \(entry)") }
      }
    } catch {
      Files.remove(aside)
      throw error
    }
    evict()
  }

  private func evict() {
    var entries: [(path: String, used: Int)] = []
    for name in Files.names(in: folder) {
      var status = stat()
      guard stat(folder + "/" + name, &status) == 0 else { continue }
      if name.hasPrefix("apus-") {
        // Left by a build that was killed.
        if status.st_mtim.tv_sec < time(nil) - 86400 { Files.remove(folder + "/" + name) }
        continue
      }
      guard name.utf8.count == 32 else { continue }
      entries.append((folder + "/" + name, status.st_mtim.tv_sec))
    }
    guard entries.count > maximumEntries else { return }
    entries.sort { $0.used < $1.used }
    for old in entries.prefix(entries.count - maximumEntries) where old.path != entry {
      Files.remove(old.path)
    }
  }

  private static func identity(ofCommand command: String) -> String {
    let program = String(command.split(separator: " ").first ?? "cc")
    guard !program.contains("/") else { return identity(of: program) }
    for folder in (Files.environment("PATH") ?? "").split(separator: ":") {
      let path = folder + "/" + program
      if Glibc.access(path, X_OK) == 0 { return identity(of: path) }
    }
    return program + "\n"
  }

  /// Tells one version of a file from the next without reading it.
  private static func identity(of path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return path + "\n" }
    let time = status.st_mtim
    return "\(path) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)\n"
  }

  /// FNV-1a over words, two lanes. Only spreads the names: the key itself is compared.
  private static func hash(_ bytes: [UInt8]) -> String {
    var low: UInt64 = 0xcbf2_9ce4_8422_2325
    var high: UInt64 = 0x9ae1_6a3b_2f90_404f
    bytes.withUnsafeBytes { bytes in
      var at = 0
      while at < bytes.count {
        var word: UInt64 = 0
        if at + 8 <= bytes.count {
          word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        } else {
          for byte in bytes[at...] { word = word << 8 | UInt64(byte) }
        }
        low = (low ^ word) &* 0x100_0000_01b3
        high = (high ^ (word << 29 | word >> 35)) &* 0x100_0000_01b3
        low ^= low >> 31
        high ^= high >> 27
        at += 8
      }
    }
    func hex(_ value: UInt64) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return hex(high) + hex(low)
  }
}
