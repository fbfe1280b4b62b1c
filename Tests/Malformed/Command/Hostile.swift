import Translator

/// Modules that are large in one way, or claim to be.
enum Hostile {
  typealias Bytes = [UInt8]

  /// nil: valid, so it must translate.
  typealias Case = (name: String, stage: TranslationError.Stage?, module: Bytes)

  static let most = UInt64(UInt32.max)

  static func unsigned(_ value: UInt64) -> Bytes {
    var result: Bytes = []
    var rest = value
    while rest >= 0x80 {
      result.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return result + [UInt8(rest)]
  }

  static func section(_ id: UInt8, _ content: Bytes) -> Bytes {
    [id] + unsigned(UInt64(content.count)) + content
  }

  /// A section of `count` equal entries.
  static func section(_ id: UInt8, _ count: Int, of entry: Bytes) -> Bytes {
    section(id, unsigned(UInt64(count)) + repeated(count, entry))
  }

  static func repeated(_ count: Int, _ bytes: Bytes) -> Bytes {
    Bytes([Bytes](repeating: bytes, count: count).joined())
  }

  static func module(_ sections: Bytes...) -> Bytes {
    Bytes("\0asm".utf8) + [1, 0, 0, 0] + sections.joined()
  }

  static let emptyType = section(1, [1, 0x60, 0, 0])
  static let memory = section(5, [1, 0, 1])

  /// One function of no parameters and results: its locals and instructions.
  static func function(_ body: Bytes, locals: Bytes = [0], type: Bytes = emptyType) -> Bytes {
    let content = locals + body + [0x0b]
    return module(
      type, section(3, [1, 0]), memory, section(10, [1] + unsigned(UInt64(content.count)) + content)
    )
  }

  static func cases(_ n: Int) -> [Case] {
    claims + functions(n) + sections(n)
  }

  /// Counts and sizes without what they count.
  private static var claims: [Case] {
    var result: [Case] = []
    for id: UInt8 in 1...12 where id != 8 {
      result.append(
        ("\(most) entries in section \(id)", .malformed, module(section(id, unsigned(most)))))
    }
    let several = unsigned(2) + unsigned(most) + [0x7f] + unsigned(1) + [0x7e]
    return result + [
      ("a section of \(most) bytes", .malformed, module([1] + unsigned(most))),
      ("\(most) parameters", .malformed, module(section(1, [1, 0x60] + unsigned(most)))),
      ("\(most) labels", .malformed, function([0x41, 0, 0x0e] + unsigned(most) + [0, 0])),
      ("\(most) locals", .invalid, function([], locals: unsigned(1) + unsigned(most) + [0x7f])),
      ("\(most) + 1 locals", .malformed, function([], locals: several)),
      ("50,000 locals", nil, function([], locals: unsigned(1) + unsigned(50_000) + [0x7f])),
      ("a table of \(most) elements", nil, module(section(4, [1, 0x70, 0] + unsigned(most)))),
      ("a memory of 4 GiB", nil, module(section(5, [1, 0] + unsigned(65536)))),
      ("a memory of more", .invalid, module(section(5, [1, 0] + unsigned(65537)))),
    ]
  }

  /// Long bodies, each of which takes an algorithm that looks at everything each time to its knees.
  private static func functions(_ n: Int) -> [Case] {
    let drops = repeated(n, [0x1a])
    let ends = repeated(n, [0x0b])
    let oneLocal: Bytes = [1, 1, 0x7f]
    let toInteger = section(1, [1, 0x60, 1, 0x7f, 1, 0x7f])
    return [
      ("nested blocks", nil, function(repeated(n, [0x02, 0x40]) + ends)),
      ("nested loops", nil, function(repeated(n, [0x03, 0x40]) + ends)),
      ("nested ifs", nil, function(repeated(n, [0x41, 1, 0x04, 0x40]) + ends)),
      (
        "nested blocks above operands", nil,
        function(repeated(n, [0x41, 1, 0x02, 0x40]) + repeated(n, [0x0b, 0x1a]))
      ),
      (
        "a label of many", nil,
        function([0x41, 0, 0x0e] + unsigned(UInt64(n)) + repeated(n + 1, [0]))
      ),
      ("a deep sum", nil, function(repeated(n + 1, [0x41, 1]) + repeated(n, [0x6a]) + [0x1a])),
      (
        "a long sum", nil,
        function([0x20, 0] + repeated(n, [0x20, 0, 0x6a]) + [0x1a], locals: oneLocal)
      ),
      ("a chain of loads", nil, function([0x41, 1] + repeated(n, [0x28, 2, 0]) + [0x1a])),
      ("a chain of calls", nil, function([0x20, 0] + repeated(n, [0x10, 0]), type: toInteger)),
      (
        "a chain of selects", nil,
        function([0x41, 1] + repeated(n, [0x41, 2, 0x41, 3, 0x1b]) + [0x1a])
      ),
      (
        "gets and sets", nil,
        function(repeated(n, [0x20, 0, 0x41, 1, 0x21, 0]) + drops, locals: oneLocal)
      ),
      (
        "loads and stores", nil,
        function(repeated(n, [0x41, 0, 0x28, 2, 0, 0x41, 0, 0x41, 0, 0x36, 2, 0]) + drops)
      ),
      ("operands nobody takes", .invalid, function(repeated(n, [0x41, 1]))),
      ("unreachable drops", nil, function([0] + drops)),
    ]
  }

  /// Many of everything else.
  private static func sections(_ n: Int) -> [Case] {
    let functions = section(3, n, of: [0])
    let bodies = section(10, n, of: [2, 0, 0x0b])
    let one = section(3, [1, 0]) + section(10, [1, 2, 0, 0x0b])
    let expression = [0x41, 0] + repeated(n, [0x41, 1, 0x6a]) + [0x0b]
    return [
      ("types", nil, module(section(1, n, of: [0x60, 0, 0]))),
      ("functions", nil, module(emptyType, functions, bodies)),
      ("imports of one name", nil, module(emptyType, section(2, n, of: [1, 0x61, 1, 0x62, 0, 0]))),
      (
        "exports of one name", .invalid,
        module(
          emptyType, Bytes(one.prefix(4)), section(7, n, of: [1, 0x61, 0, 0]),
          Bytes(one.dropFirst(4)))
      ),
      ("globals", nil, module(section(6, n, of: [0x7f, 1, 0x41, 0, 0x0b]))),
      ("a constant expression", nil, module(section(6, [1, 0x7f, 0] + expression))),
      ("data segments", nil, module(memory, section(11, n, of: [0, 0x41, 0, 0x0b, 1, 0x61]))),
      (
        "element segments", nil,
        module(
          emptyType, section(3, [1, 0]), section(4, [1, 0x70, 0, 1]),
          section(9, n, of: [0, 0x41, 0, 0x0b, 1, 0]), section(10, [1, 2, 0, 0x0b]))
      ),
    ]
  }
}
