import FoundationEssentials

/// What an image takes of a board, as its linker's map tells.
struct ImageReport: Codable, Equatable {
  struct Size: Codable, Equatable {
    /// Bytes.
    var flash: UInt64 = 0
    var ram: UInt64 = 0
  }

  var size = Size()
  var board = Size()
  /// Bytes of RAM for the stack, and those that are left for the guest's memory and tables.
  var stack: UInt64 = 0
  var left: UInt64 = 0
  /// Of those, what its memories and tables take at first.
  var needed: UInt64?
  /// By what they are of: `module`, `guest memory`, `runtime`, `WASI`, `board`, `library`, `padding`.
  var parts: [String: Size] = [:]
  /// Nil where the C compiler does not tell.
  var stackUse: StackUse?
  /// Bytes of the module's functions, by their names in C.
  var functions: [String: UInt64] = [:]

  /// - Parameters:
  ///   - map: What `-Map` of GNU's linker writes.
  ///   - part: What an object is of, by its path; nil for those of libraries.
  init(map: String, _ target: Target, part: (String) -> String?) {
    board = Size(flash: target.flash.size, ram: target.ram.size)
    guard let start = map.firstRange(of: "Linker script and memory map") else { return }
    var name: String?
    var output = ""
    for line in map[start.upperBound...].split(separator: "\n") {
      var words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      if !line.hasPrefix(" ") {
        output = first
        if output == ".stack", words.count > 2 { stack = Self.number(words[2]) ?? 0 }
        name = nil
        continue
      }
      // A long name has a line of its own.
      if words.count == 1, first.hasPrefix(".") {
        name = first
        continue
      }
      if let waiting = name { words.insert(waiting, at: 0) }
      name = nil
      let isFilling = words[0] == "*fill*"
      guard words.count > 2, words[0].hasPrefix(".") || isFilling, Self.number(words[1]) != nil,
        let bytes = Self.number(words[2]), bytes > 0
      else { continue }
      var of = isFilling ? "padding" : words.count > 3 ? part(words[3]) ?? "library" : "library"
      // The arrays of memories that keep their size.
      if of == "module", words[0].contains(".memory_bytes") { of = "guest memory" }
      add(bytes, to: of, output)
      if of == "module", output == ".text", words[0].hasPrefix(".text.") {
        functions[Self.function(words[0]), default: 0] += bytes
      }
    }
    size.ram += stack
    left = board.ram - min(size.ram, board.ram)
  }

  private mutating func add(_ bytes: UInt64, to part: String, _ output: String) {
    var added = Size()
    switch output {
    case ".text", ".ARM.exidx": added.flash = bytes
    case ".data": added = Size(flash: bytes, ram: bytes)
    case ".bss": added.ram = bytes
    default: return
    }
    parts[part, default: Size()].flash += added.flash
    parts[part, default: Size()].ram += added.ram
    size.flash += added.flash
    size.ram += added.ram
  }

  private static func number(_ word: String) -> UInt64? {
    word.hasPrefix("0x") ? UInt64(word.dropFirst(2), radix: 16) : nil
  }

  /// `.text.unlikely.w_f` is of `w_f`.
  private static func function(_ section: String) -> String {
    var name = section.dropFirst(".text.".count)
    for prefix in ["unlikely.", "startup.", "hot.", "exit."] where name.hasPrefix(prefix) {
      name = name.dropFirst(prefix.count)
    }
    return String(name)
  }

  private func line(
    _ name: String, _ bytes: UInt64, _ was: UInt64?, _ rest: String = ""
  ) -> String {
    var text = name + String(repeating: " ", count: max(1, 34 - name.count))
    let digits = "\(bytes)"
    text += String(repeating: " ", count: max(0, 10 - digits.count)) + digits + rest
    if let was, was != bytes {
      text += bytes > was ? "  (\(bytes - was) more)" : "  (\(was - bytes) less)"
    }
    return text + "\n"
  }

  private func stackLines(_ before: ImageReport?) -> String {
    guard let use = stackUse else {
      return "most stack, bytes: not known, this C compiler does not tell (gcc does, from 10 on)\n"
    }
    let path = use.path.joined(separator: " > ")
    guard let bytes = use.bytes else { return "most stack: no bound, by \(path)\n" }
    var text = line("most stack, bytes", bytes, before?.stackUse?.bytes, " of \(stack)")
    text += "  by \(path)\n"
    if !use.notCounted.isEmpty {
      text += "  without \(use.notCounted.joined(separator: ", "))\n"
    }
    return text
  }

  /// Lines for people; `before` is the report of an image before.
  func text(before: ImageReport?) -> String {
    var text = line("flash, bytes", size.flash, before?.size.flash, " of \(board.flash)")
    for (name, part) in sorted(\.flash) {
      text += line("  " + name, part.flash, before.map { $0.parts[name]?.flash ?? 0 })
    }
    text += line("RAM, bytes", size.ram, before?.size.ram, " of \(board.ram)")
    text += line("  stack", stack, before?.stack)
    for (name, part) in sorted(\.ram) {
      text += line("  " + name, part.ram, before.map { $0.parts[name]?.ram ?? 0 })
    }
    text += line("  left for the guest", left, before?.left)
    if let needed { text += line("    of which it takes at first", needed, before?.needed) }
    text += stackLines(before)
    text += "largest functions\n"
    let largest = functions.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    for (name, bytes) in largest.prefix(10) {
      text += line("  " + name, bytes, before.map { $0.functions[name] ?? 0 })
    }
    return text
  }

  /// The parts that have something of a kind, the largest first.
  private func sorted(_ kind: (Size) -> UInt64) -> [(key: String, value: Size)] {
    parts.filter { kind($0.value) > 0 }.sorted {
      (kind($1.value), $0.key) < (kind($0.value), $1.key)
    }
  }

  /// In JSON.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    return Array(try encoder.encode(self)) + [0x0a]
  }

  /// A report that was written; nil where there is none.
  static func read(_ path: String) throws -> ImageReport? {
    guard Files.exists(path) else { return nil }
    let data = Data(try Files.bytes(of: path))
    guard let report = try? JSONDecoder().decode(ImageReport.self, from: data) else {
      throw Failure(.usage, "\(path) is no report of an image")
    }
    return report
  }
}
