import Testing
import Translator

/// A module of `count` functions (i32) -> i32, each of which calls the next but for the last; the
/// first is exported as `run`. With a memory of one page and the imported function m.f.
private func module(functions count: Int, body: [UInt8] = []) -> [UInt8] {
  func leb(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + leb(value >> 7)
  }
  func section(_ id: UInt8, _ content: [UInt8]) -> [UInt8] { [id] + leb(content.count) + content }
  let bodies = (1...count).flatMap { index -> [UInt8] in
    let next = index < count ? index + 1 : 0
    let code = [0] + body + [0x20, 0, 0x41, 1, 0x6a, 0x10] + leb(next) + [0x0b]
    return leb(code.count) + code
  }
  return [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    + section(1, [1, 0x60, 1, 0x7f, 1, 0x7f])
    + section(2, [1, 1, 0x6d, 1, 0x66, 0, 0])
    + section(3, leb(count) + [UInt8](repeating: 0, count: count))
    + section(5, [1, 0, 1])
    + section(7, [1, 3, 0x72, 0x75, 0x6e, 0, 1])
    + section(10, leb(count) + bodies)
}

private func translate(
  _ module: [UInt8], _ set: (inout TranslationOptions) -> Void = { _ in }
) throws -> [String: [UInt8]] {
  var options = TranslationOptions()
  options.name = "app"
  set(&options)
  let translation = try module.withUnsafeBytes { bytes in
    try Translator.translate(bytes, options: options)
  }
  return Dictionary(uniqueKeysWithValues: translation.files.map { ($0.name, $0.contents) })
}

struct TranslatorTests {
  @Test func files() throws {
    let files = try translate(module(functions: 3))
    #expect(files.keys.sorted() == ["app.c", "app.h", "app_names.c"])
    #expect(try translate(module(functions: 3)) { $0.functionNames = false }.count == 2)
  }

  /// What an export declares for `ref.func` stays declared where nobody keeps it.
  @Test func exportsThatAreKept() throws {
    let module: [UInt8] = [
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      1, 8, 2, 0x60, 0, 0, 0x60, 0, 1, 0x70,
      3, 3, 2, 0, 1,
      7, 9, 2, 1, 0x66, 0, 0, 1, 0x67, 0, 1,
      10, 9, 2, 2, 0, 0x0b, 4, 0, 0xd2, 0, 0x0b,
    ]
    func header(_ exports: [String]) throws -> String {
      String(decoding: try translate(module) { $0.exports = exports }["app.h"]!, as: UTF8.self)
    }
    #expect(try header([]).contains("export_f("))
    #expect(try header(["g"]).contains("export_g("))
    #expect(try !header(["g"]).contains("export_f("))
  }

  /// Neither threads nor how functions are batched for them can be seen.
  @Test(arguments: [0, 1 << 14]) func threadsChangeNothing(split: Int) throws {
    let bytes = module(functions: 20_000)
    let single = try translate(bytes) { $0.splitSize = split }
    #expect(split == 0 ? single.count == 3 : single.count > 10)
    for jobs in [2, 3, 16] {
      let files = try translate(bytes) {
        $0.splitSize = split
        $0.jobs = jobs
      }
      #expect(files == single)
    }
  }

  /// One function more is one part, the main file and the names; the other parts stay.
  @Test func editsStayWhereTheyAre() throws {
    let split = 1 << 14
    let before = try translate(module(functions: 5000)) { $0.splitSize = split }
    let after = try translate(module(functions: 5001)) { $0.splitSize = split }
    let changed = before.keys.filter { after[$0] != before[$0] }
    #expect(changed.count <= 4, "\(changed)")
  }

  @Test func errorsSayWhere() throws {
    // i64.add of an i32.
    let wrong = module(functions: 3, body: [0x41, 0, 0x41, 0, 0x7c, 0x1a])
    let error = #expect(throws: TranslationError.self) { try translate(wrong) }
    #expect(error?.stage == .invalid)
    #expect(error?.message == "type mismatch")
    #expect(error?.function == "1")
    let offset = try #require(error?.offset)
    #expect(wrong[offset] == 0x7c)
    for jobs in [2, 8] {
      let same = #expect(throws: TranslationError.self) { try translate(wrong) { $0.jobs = jobs } }
      #expect(same?.offset == offset)
    }
    let short = #expect(throws: TranslationError.self) {
      try translate(Array(module(functions: 3).dropLast(2)))
    }
    #expect(short?.stage == .malformed)
    // A vector.
    let unsupported = #expect(throws: TranslationError.self) {
      try translate(module(functions: 1, body: [0xfb, 0, 0, 0x1a]))
    }
    #expect(unsupported?.stage == .unsupported)
    #expect(unsupported?.message.contains("gc") == true, "\(unsupported?.message ?? "")")
  }

  /// What an output throws ends the translation, and nothing follows.
  @Test func outputsMayFail() throws {
    final class Full: TranslationOutput, @unchecked Sendable {
      struct Failure: Error {}
      var calls = 0
      func begin(_ names: [String]) { calls += 1 }
      func write(_ bytes: UnsafeRawBufferPointer, to file: Int) throws { throw Failure() }
      func end(_ file: Int) { calls += 1 }
    }
    let output = Full()
    #expect(throws: Full.Failure.self) {
      try module(functions: 3).withUnsafeBytes {
        _ = try Translator.translate($0, options: TranslationOptions(), to: output)
      }
    }
    #expect(output.calls == 1)
    let invalid = Full()
    #expect(throws: TranslationError.self) {
      try module(functions: 3, body: [0x1a]).withUnsafeBytes {
        _ = try Translator.translate($0, options: TranslationOptions(), to: invalid)
      }
    }
    #expect(invalid.calls == 0)
  }

  @Test func inspection() throws {
    let inspection = try module(functions: 2).withUnsafeBytes { try Translator.inspect($0) }
    #expect(inspection.imports.map(\.symbol) == ["apus_import_m_f"])
    #expect(inspection.imports.first?.type == "(i32) -> i32")
    #expect(inspection.exports.map(\.name) == ["run"])
    #expect(inspection.exports.first?.signature == "i>i")
    #expect(inspection.memories.first?.minimum == 1)
    #expect(inspection.memories.first?.maximum == nil)
    #expect(inspection.functionCount == 3)
    #expect(inspection.features.isEmpty)
  }

  /// Each pass can be left out, and the IR after it looked at.
  @Test(arguments: Translator.passNames) func passes(name: String) throws {
    let bytes = module(functions: 2, body: [0x41, 3, 0x41, 4, 0x6a, 0x1a])
    var options = TranslationOptions()
    func dump() throws -> String {
      try bytes.withUnsafeBytes {
        try Translator.dumpIR($0, options: options, after: name, function: 1)
      }
    }
    #expect(try dump().contains("call 2"))
    options.skippedPasses = [name]
    #expect(try dump().contains("call 2"))
  }
}
