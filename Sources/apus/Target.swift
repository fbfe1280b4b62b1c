import FoundationEssentials
import Glibc
import RuntimeSources

/// A board that images are built for: what compiles them, where its memory lies, what runs them.
struct Target: Sendable, Encodable {
  struct Region: Codable, Sendable {
    /// An address.
    var start: UInt64
    /// Bytes.
    var size: UInt64
  }

  struct Packages: Codable, Sendable {
    /// Of Debian, that bring what is missing.
    var compiler: String?
    var library: String?
    var emulator: String?
  }

  /// A C file that starts the processor or is the board's console.
  enum BoardFile: Sendable, Codable, Equatable {
    /// In the runtime's `port/image`.
    case own(String)
    case path(String)

    init(from decoder: any Decoder) throws {
      self = .path(try decoder.singleValueContainer().decode(String.self))
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .own(let name), .path(let name): try container.encode(name)
      }
    }
  }

  /// `cortex-m4`, or the path of a file.
  var name: String
  var about: String
  var compiler: String
  var flags: [String]
  /// For clang in the compiler's place; nil where it can't be.
  var clang: [String]?
  var board: [BoardFile]
  var flash: Region
  var ram: Region
  /// Bytes of stack.
  var stack: UInt64
  var emulator: [String]
  var packages: Packages
  /// What is not there to build images and run them, where that was asked.
  var missing: [String] = []

  /// - Parameter text: The name of a target that is known, or the path of a file that describes one.
  init(_ text: String) throws {
    var keys = Keys()
    try keys.read(text)
    func given<Value>(_ value: Value?, _ key: String) throws -> Value {
      guard let value else { throw Failure(.usage, "\(text) has no '\(key)'") }
      return value
    }
    name = text
    about = keys.about ?? ""
    compiler = try given(keys.compiler, "compiler")
    flags = keys.flags ?? []
    clang = keys.clang
    board = try given(keys.boardFiles, "board")
    flash = try given(keys.flash, "flash")
    ram = try given(keys.ram, "ram")
    stack = keys.stack ?? 0x1000
    let machine = keys.machine ?? ""
    emulator = (keys.emulator ?? []).map { $0 == "{machine}" ? machine : $0 }
    packages = keys.packages ?? Packages()
    guard stack < ram.size else {
      throw Failure(.usage, "\(text): its stack is larger than its RAM")
    }
  }

  /// For each C file of an image, by the target's compiler or by another one.
  func compiling(by other: String? = nil) -> [String] {
    (other.flatMap { isClang($0) ? clang : nil } ?? flags) + ["-ffreestanding"]
  }

  /// What links an image: the target's compiler where clang compiles, which knows neither its libraries nor their places.
  func linker(_ other: String?) -> String {
    guard let other, !(isClang(other) && clang != nil) else { return compiler }
    return other
  }

  private func isClang(_ command: String) -> Bool {
    Files.baseName(command.prefix { $0 != " " }.description).contains("clang")
  }

  /// What links an image, with the linker script at a path and so many bytes of stack.
  func linking(script: String, stack: UInt64) -> [String] {
    let places = [
      ("flash", flash.start), ("flash_size", flash.size), ("ram_start", ram.start),
      ("ram_size", ram.size), ("stack_size", stack),
    ]
    return flags + ["-nostartfiles", "-Wl,--gc-sections", "-T", script]
      + places.map { "-Wl,--defsym=apus_image_\($0)=\($1)" }
  }

  /// The names of the targets that are known.
  static var names: [String] {
    Runtime.names(in: "targets").map { String($0.dropLast(".json5".count)) }.sorted()
  }

  /// The emulator's command for an image; nil where the target has none. The image is told its name first: without any
  /// argument QEMU would tell it the path of its file.
  func command(running image: String, _ arguments: [String]) throws -> [String]? {
    if emulator.isEmpty { return nil }
    for argument in arguments where argument.isEmpty || argument.utf8.contains(0x20) {
      throw Failure(.usage, "an image takes no arguments with spaces, and no empty ones")
    }
    // A comma ends an argument for QEMU, two are one.
    let list = (["image"] + arguments).map { argument in
      ",arg="
        + argument.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    }
    return emulator.map {
      $0 == "{image}" ? image : $0.replacing("{arguments}", with: list.joined())
    }
  }
}

/// What files of targets say; that of one which another is like counts where this says nothing.
private struct Keys: Codable {
  var like: String?
  var about: String?
  var compiler: String?
  var flags: [String]?
  var clang: [String]?
  var board: [String]?
  var flash: Target.Region?
  var ram: Target.Region?
  var stack: UInt64?
  var machine: String?
  var emulator: [String]?
  var packages: Target.Packages?
  /// `board`, with the folder that its paths begin in.
  var boardFiles: [Target.BoardFile]?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case like, about, compiler, flags, clang, board, flash, ram, stack, machine, emulator, packages
  }

  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Only for the names of keys.
  private struct Names: Decodable {
    var all: [String]
    init(from decoder: any Decoder) throws {
      all = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    }
  }

  mutating func read(_ text: String, depth: Int = 0) throws {
    guard depth < 8 else { throw Failure(.usage, "\(text) is like itself") }
    let isPath = text.contains("/") || text.hasSuffix(".json5")
    let bytes = try isPath ? Files.bytes(of: text) : Runtime.bytes("targets/\(text).json5")
    guard let bytes else {
      throw Failure(
        .usage, "there is no target '\(text)': `apus targets` lists those that there are")
    }
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    var here: Keys
    do {
      let known = Set(CodingKeys.allCases.map(\.rawValue))
      if let wrong = try decoder.decode(Names.self, from: Data(bytes)).all.sorted().first(where: {
        !known.contains($0)
      }) {
        throw Failure(.usage, "\(text): no target has a '\(wrong)'")
      }
      here = try decoder.decode(Keys.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw Failure(.usage, "\(text): \(error.text)")
    }
    let slash = text.lastIndex(of: "/")
    let folder = slash.map { String(text[...$0]) } ?? ""
    here.boardFiles = here.board.map { names in
      names.map { name in
        Runtime.names(in: "port/image").contains(name)
          ? .own(name) : .path(name.hasPrefix("/") ? name : folder + name)
      }
    }
    add(here)
    if let like = here.like {
      let other = like.contains("/") && !like.hasPrefix("/") ? folder + like : like
      try read(other, depth: depth + 1)
    }
  }

  private mutating func add(_ other: Keys) {
    about = about ?? other.about
    compiler = compiler ?? other.compiler
    flags = flags ?? other.flags
    clang = clang ?? other.clang
    boardFiles = boardFiles ?? other.boardFiles
    flash = flash ?? other.flash
    ram = ram ?? other.ram
    stack = stack ?? other.stack
    machine = machine ?? other.machine
    emulator = emulator ?? other.emulator
    packages = packages ?? other.packages
  }
}

extension DecodingError {
  /// `ram.size: …`
  fileprivate var text: String {
    let (context, what): (Context, String) =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context):
        (context, context.debugDescription)
      case .keyNotFound(let key, let context): (context, "no '\(key.stringValue)'")
      case .dataCorrupted(let context):
        (context, context.underlyingError.map { "\($0)" } ?? context.debugDescription)
      @unknown default: (Context(codingPath: [], debugDescription: ""), "\(self)")
      }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? what : "\(path): \(what)"
  }
}
