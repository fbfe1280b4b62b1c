import Testing
import WasmModel

@testable import CEmitter

struct NameTests {
  @Test func namesThatAreTakenGetNumbers() {
    var names = UniqueNames()
    var taken: [String] = []
    for name in ["a", "a", "a_2", "a", "b"] { taken.append(names.take(name)) }
    #expect(taken == ["a", "a_2", "a_2_2", "a_3", "b"])
  }

  @Test func bytesOutsideOfWordsAreEscaped() {
    #expect(Names.escape("my.host/put") == "my_2ehost_2fput")
    #expect(Names.escape("ä\u{1}") == "_c3_a4_01")
    #expect(Names.escape("") == "")
  }

  @Test func derivedNames() {
    #expect(Names.derived(Array("Foo::bar".utf8)) == Array("w_Foo__bar".utf8))
    let long = [UInt8](repeating: 0x61, count: 5000)
    #expect(Names.derived(long).count == Names.longest + 2)
  }

  /// A module of functions without types of their own, with a name section's ranges of `bytes`.
  private func names(
    _ given: [String], exports: [(String, UInt32)] = []
  ) -> [String] {
    var module = Module()
    var bytes: [UInt8] = []
    module.append(group: [FunctionType()])
    for name in given {
      let start = UInt32(bytes.count)
      bytes += Array(name.utf8)
      module.names.functions.append(ByteRange(start: start, end: UInt32(bytes.count)))
      module.functions.append(0)
    }
    module.exports = exports.map { Export(name: $0.0, kind: .function, index: $0.1) }
    return bytes.withUnsafeBytes { bytes in
      let names = Names(module: module, bytes: bytes)
      return given.indices.map { String(decoding: names.functions[$0], as: UTF8.self) }
    }
  }

  @Test func functions() {
    #expect(names(["main", "main", ""]) == ["w_main", "w_main_2", "f2"])
    #expect(names(["", "run"], exports: [("run", 0)]) == ["w_run", "w_run_2"])
    // f32 is a type.
    #expect(names([String](repeating: "", count: 33)).last == "f32_")
  }

  @Test func locals() {
    let bytes = Array("countcount".utf8)
    let all: [NameSection.Local] = [
      .init(function: 1, local: 0, name: ByteRange(start: 0, end: 5)),
      .init(function: 1, local: 2, name: ByteRange(start: 5, end: 10)),
      .init(function: 1, local: 9, name: ByteRange(start: 0, end: 5)),
      .init(function: 3, local: 0, name: ByteRange(start: 0, end: 2)),
    ]
    bytes.withUnsafeBytes { bytes in
      let names = LocalNames(ofFunction: 1, count: 4, all, bytes)
      #expect((0..<4).map { names.name($0) } == ["l_count", "l1", "l_count_2", "l3"])
      #expect(LocalNames(ofFunction: 2, count: 1, all, bytes).name(0) == "l0")
      #expect(LocalNames(ofFunction: 3, count: 1, all, bytes).name(0) == "l_co")
    }
  }
}
