import Glibc

/// Executables that `run` built before.
///
/// An entry is a folder named by a hash; it holds the whole key beside the executable, and is used
/// only if that key is the same byte for byte, and what linked sources include has not changed.
struct Cache {
  /// `$APUS_CACHE`, else `apus` in the XDG cache folder; nil where neither can be named.
  static var folder: String? {
    if let named = Files.environment("APUS_CACHE"), !named.isEmpty { return named }
    if let xdg = Files.environment("XDG_CACHE_HOME"), !xdg.isEmpty { return xdg + "/apus" }
    if let home = Files.environment("HOME"), !home.isEmpty { return home + "/.cache/apus" }
    return nil
  }

  /// Whether executables can be kept in a folder; makes it.
  static func isUsable(_ folder: String) -> Bool {
    (try? Files.makeFolder(folder)) != nil && access(folder, W_OK) == 0
  }

  private static let maximumEntries = 128

  private let folder: String
  private let key: [UInt8]
  private let entry: String

  init(folder: String, module: ModuleFile, arguments: BuildArguments) throws {
    self.folder = folder
    var text = Version.text + "\n" + arguments.description
    // The command itself stands for the translator and the runtime inside it.
    text += Self.identity(of: "/proc/self/exe")
    text += Self.identity(ofCommand: arguments.compilerCommand)
    var key = Array(text.utf8)
    for file in arguments.link {
      let contents = try Files.Contents(of: file)
      withExtendedLifetime(contents) { key += contents.bytes }
    }
    key += module.contents.bytes
    self.key = key
    entry = folder + "/" + Self.hash(key)
  }

  /// The executable, if it is there.
  func lookUp() -> String? {
    guard let stored = try? Files.Contents(of: entry + "/key"),
      stored.bytes.count == key.count,
      withExtendedLifetime(
        stored, { memcmp(key, stored.bytes.baseAddress!, key.count) == 0 }),
      access(program, X_OK) == 0, hasSameIncludes
    else { return nil }
    // The entry was used now: the oldest go first.
    utimensat(AT_FDCWD, entry, nil, 0)
    return program
  }

  /// Where the executable lies.
  var program: String { entry + "/program" }

  /// Notes files that linked sources include, in the folder of an entry.
  static func write(includes: Set<String>, to folder: String) throws {
    let text = includes.sorted().map { $0 + "\0" + identity(of: $0) + "\0" }.joined()
    try Files.write(text, to: folder + "/includes")
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

  /// Builds the executable, into a folder that it is given, and keeps it. Runs at the same time do not disturb one another:
  /// each builds aside and renames; the first one stays.
  func store(_ build: (String) async throws -> Void) async throws -> String {
    let aside = try Files.makeTemporaryFolder(in: folder)
    do {
      try await build(aside)
      try Files.write(key, to: aside + "/key")
      defer { Temporary.forget(aside) }
      if rename(aside, entry) != 0 {
        if let program = lookUp() {
          Files.remove(aside)
          return program
        }
        // Something else holds the name: another key of the same hash, or half an entry.
        Files.remove(entry)
        guard rename(aside, entry) == 0 else { throw Failure.system("cannot write \(entry)") }
      }
    } catch {
      Files.remove(aside)
      throw error
    }
    evict()
    return program
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
    guard entries.count > Self.maximumEntries else { return }
    entries.sort { $0.used < $1.used }
    for old in entries.prefix(entries.count - Self.maximumEntries) where old.path != entry {
      Files.remove(old.path)
    }
  }

  private static func identity(ofCommand command: String) -> String {
    let program = String(command.split(separator: " ").first ?? "cc")
    guard !program.contains("/") else { return identity(of: program) }
    for folder in (Files.environment("PATH") ?? "").split(separator: ":") {
      let path = folder + "/" + program
      if access(path, X_OK) == 0 { return identity(of: path) }
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
