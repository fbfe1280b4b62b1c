import Testing
import WasmParser

private func leb(_ value: Int) -> [UInt8] {
  value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + leb(value >> 7)
}

private func section(_ id: UInt8, _ contents: [UInt8]) -> [UInt8] {
  [id] + leb(contents.count) + contents
}

private func custom(_ name: String, _ contents: [UInt8]) -> [UInt8] {
  section(0, leb(name.utf8.count) + Array(name.utf8) + contents)
}

private func fixed32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }

private func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

/// A unit of a line table; `files` is how its version names them.
private func unit(_ version: UInt8, _ files: [UInt8], _ program: [UInt8], isWide: Bool = false)
  -> [UInt8]
{
  func length(_ count: Int) -> [UInt8] { fixed32(count) + (isWide ? fixed32(0) : []) }
  // Lines of special opcodes are from -3 on, 12 of them.
  let operands: [UInt8] = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]
  let header = [1] + (version >= 4 ? [1] : []) + [1, 0xfd, 12, 13] + operands + files
  let contents =
    [version, 0] + (version == 5 ? [4, 0] : []) + length(header.count) + header + program
  return (isWide ? [0xff, 0xff, 0xff, 0xff] : []) + length(contents.count) + contents
}

/// Begins a sequence.
private func address(_ address: Int) -> [UInt8] { [0, 5, 2] + fixed32(address) }
/// A special opcode.
private func special(address: UInt8, line: Int) -> UInt8 { 13 + address * 12 + UInt8(line + 3) }
private let end: [UInt8] = [0, 1, 1]

/// The contents of its code section begin at 10.
private func module(_ lines: [UInt8], strings: [UInt8] = [], lineStrings: [UInt8] = []) -> [UInt8] {
  [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] + section(10, [UInt8](repeating: 0, count: 100))
    + custom(".debug_str", strings) + custom(".debug_line", lines)
    + custom(".debug_line_str", lineStrings)
}

private func positions(_ bytes: [UInt8], _ addresses: [Int]) -> [String?] {
  bytes.withUnsafeBytes { bytes in
    let lines = SourceLines(bytes)
    return addresses.map { lines.position(of: UInt32(10 + $0))?.description }
  }
}

/// Files as versions before 5 name them: two in folders, one in none.
private let oldFiles =
  text("src") + text("/usr/include") + [0] + text("a.c") + [1, 0, 0] + text("b.h") + [2, 0, 0]
  + text("c.c") + [0, 0, 0] + [0]

struct SourceLinesTests {
  @Test(arguments: [2, 3, 4] as [UInt8])
  func rowsAreFound(version: UInt8) {
    let program =
      address(20) + [5, 7, special(address: 0, line: 4), special(address: 3, line: -1)]
      // File 2, 100 lines on, by the opcodes of their own; then 2 bytes further the compiler's own, and 1 further file 3.
      + [4, 2, 2, 4, 3] + [0xe4, 0] + [1] + [9, 2, 0, 3] + [0x98, 0x7f] + [1]
      + [4, 3, 2, 1, 3, 9, 5, 0, 1, 2, 5] + end
    let bytes = module(unit(version, oldFiles, program))
    #expect(
      positions(bytes, [19, 20, 22, 23, 26, 27, 28, 29, 30, 34, 35]) == [
        nil, "src/a.c:5:7", "src/a.c:5:7", "src/a.c:4:7", "src/a.c:4:7",
        "/usr/include/b.h:104:7", "/usr/include/b.h:104:7", "/usr/include/b.h:104:7", "c.c:9",
        "c.c:9", nil,
      ])
  }

  @Test func severalUnitsAndSequences() {
    let first = unit(
      4, oldFiles, address(40) + [1, 2, 4] + end + address(30) + [3, 1, 1, 2, 4] + end)
    // What was not linked.
    let dropped = unit(4, oldFiles, address(0) + [3, 50, 1, 2, 60] + end)
    let wide = unit(4, oldFiles, address(50) + [3, 2, 1, 2, 4] + end, isWide: true)
    #expect(
      positions(module(dropped + first + wide), [5, 30, 40, 44, 50]) == [
        nil, "src/a.c:2", "src/a.c:1", nil, "src/a.c:3",
      ])
  }

  /// Where folders and files say what they are made of.
  private static let newTable: [UInt8] = {
    // Folders: names in .debug_line_str. Files: names written out or in .debug_str, folders, and a checksum.
    let folders = [1, 1, 0x1f, 2] + fixed32(0) + fixed32(6)
    let files =
      [3, 1, 8, 2, 0x0b, 5, 0x1e, 2] + text("zero.c") + [0] + [UInt8](repeating: 9, count: 16)
      + text("one.c") + [1] + [UInt8](repeating: 9, count: 16)
    return unit(5, folders + files, address(20) + [1, 2, 2, 4, 0, 1, 2, 2] + end)
  }()

  @Test func versionFive() {
    let bytes = module(Self.newTable, lineStrings: text("/work") + text("sub"))
    #expect(positions(bytes, [20, 22, 24]) == ["sub/one.c:1", "/work/zero.c:1", nil])
  }

  /// No byte that is wrong ends the process, or takes for ever.
  @Test func damagedTables() {
    let whole = module(
      unit(4, oldFiles, address(20) + [1, 2, 9] + end) + Self.newTable, lineStrings: text("/work"))
    for place in 8..<whole.count {
      for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
        var bytes = whole
        bytes[place] = value
        _ = positions(bytes, [20, 60])
      }
      _ = positions(Array(whole[..<place]), [20])
    }
    #expect(positions(whole, [20]) == ["src/a.c:1"])
    #expect(positions([], [20]) == [nil])
  }
}
