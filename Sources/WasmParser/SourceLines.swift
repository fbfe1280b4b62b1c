// The custom section ".debug_line", DWARF versions 2 to 5: what is wrong in it ends the search, and is never an error.

import WasmModel

/// Where an instruction comes from.
package struct SourcePosition: Equatable, Sendable, CustomStringConvertible {
  /// With its folder, where the module knows that.
  package var file: String
  package var line: Int
  /// 0 where it is not known.
  package var column: Int

  /// `src/main.c:12:7`
  package var description: String { "\(file):\(line)" + (column > 0 ? ":\(column)" : "") }
}

/// A module's line tables, which are read anew at each question.
package struct SourceLines {
  private var lines: ByteReader?
  /// Strings of versions before and from 5 on, by form.
  private var strings: ByteReader?
  private var lineStrings: ByteReader?
  /// Where addresses count from: the contents of the code section.
  private var codeStart: UInt64 = 0

  package init(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count >= 8 else {
      return
    }
    var reader = ByteReader(start: base, next: base + 8, end: base + bytes.count)
    try? read(&reader)
  }

  private mutating func read(_ reader: inout ByteReader) throws(WasmError) {
    while !reader.isAtEnd {
      let id = try reader.byte()
      var section = try reader.block()
      if id == 10 { codeStart = UInt64(section.offset) }
      guard id == 0 else { continue }
      switch try section.name() {
      case ".debug_line": lines = section
      case ".debug_str": strings = section
      case ".debug_line_str": lineStrings = section
      default: break
      }
    }
  }

  /// Of the instruction at a byte offset in the module; nil where no line table has it.
  package func position(of offset: UInt32) -> SourcePosition? {
    guard var units = lines, offset >= codeStart else { return nil }
    let address = UInt64(offset) - codeStart
    do {
      while !units.isAtEnd {
        var unit = try LineUnit(&units)
        if let row = try unit.row(of: address) {
          return SourcePosition(
            file: try unit.path(of: row.file, strings, lineStrings) ?? "?", line: row.line,
            column: row.column)
        }
      }
    } catch {}
    return nil
  }
}

/// A line of the table that a program of the format's machine writes.
private struct LineRow {
  var address: UInt64 = 0
  var file: UInt64 = 1
  var line = 1
  var column = 0
}

/// Rows of instructions that lie one behind the other.
private struct LineSequence {
  /// The one that is looked for.
  let address: UInt64
  /// What the program is at.
  var row = LineRow()
  /// The row before.
  private var last: LineRow?
  private var start: UInt64?

  init(address: UInt64) { self.address = address }

  /// Takes the row at hand into the table. Answers with the one before, where the address lies between the two.
  mutating func takeRow() -> LineRow? {
    // What was not linked has the address 0, where no instruction is.
    if let last, start != 0, last.address <= address, address < row.address { return last }
    var next = row
    // What the compiler has put in has line 0, and counts to what is before it.
    if row.line == 0, let last {
      (next.file, next.line, next.column) = (last.file, last.line, last.column)
    }
    last = next
    start = start ?? row.address
    return nil
  }
}

/// The line table of a compilation unit. Source: DWARF 5, section 6.2.
private struct LineUnit {
  private var header: ByteReader
  private var program: ByteReader
  private let version: UInt16
  private var isWide = false
  private var minimumLength: UInt64 = 1
  private var lineBase: Int = 0
  private var lineRange: UInt8 = 1
  /// How many operands each opcode below the special ones has, from 1 on.
  private var operandCounts: [UInt8] = []

  /// Takes a unit from the section.
  init(_ units: inout ByteReader) throws(WasmError) {
    var length = UInt64(try units.fixed32())
    if length == 0xffff_ffff {
      isWide = true
      length = try units.fixed64()
    }
    var unit = try units.piece(length)
    version = try unit.fixed16()
    guard (2...5).contains(version) else { try unit.malformed(.unexpectedEnd) }
    if version == 5 {
      // The size of addresses, and of what selects segments.
      _ = try unit.fixed16()
    }
    header = try unit.piece(isWide ? try unit.fixed64() : UInt64(try unit.fixed32()))
    program = unit
    minimumLength = UInt64(try header.byte())
    // Operations of an instruction, and whether a row is a statement at first.
    if version >= 4 { _ = try header.byte() }
    _ = try header.byte()
    lineBase = Int(Int8(bitPattern: try header.byte()))
    lineRange = try header.byte()
    let firstSpecial = try header.byte()
    guard lineRange > 0, firstSpecial > 0 else { try header.malformed(.unexpectedEnd) }
    for _ in 1..<firstSpecial { operandCounts.append(try header.byte()) }
  }

  private func advance(_ row: inout LineRow, by operation: UInt64) {
    row.address &+= operation &* minimumLength
  }

  /// The row of the table that an address counts to.
  mutating func row(of address: UInt64) throws(WasmError) -> LineRow? {
    let firstSpecial = UInt8(operandCounts.count + 1)
    var sequence = LineSequence(address: address)
    while !program.isAtEnd {
      let opcode = try program.byte()
      if opcode >= firstSpecial {
        let special = opcode - firstSpecial
        advance(&sequence.row, by: UInt64(special / lineRange))
        sequence.row.line &+= lineBase + Int(special % lineRange)
        if let found = sequence.takeRow() { return found }
        continue
      }
      switch opcode {
      case 0:
        var operand = try program.piece(UInt64(try program.u32()))
        switch try operand.byte() {
        case 1:
          if let found = sequence.takeRow() { return found }
          sequence = LineSequence(address: address)
        case 2:
          sequence.row.address = 0
          for shift in 0..<min(operand.remaining, 8) {
            sequence.row.address |= UInt64(try operand.byte()) << UInt64(8 * shift)
          }
        default: break
        }
      case 1:
        if let found = sequence.takeRow() { return found }
      case 2: advance(&sequence.row, by: try program.u64())
      case 3: sequence.row.line &+= Int(try program.s64())
      case 4: sequence.row.file = try program.u64()
      case 5: sequence.row.column = Int(truncatingIfNeeded: try program.u64())
      case 8: advance(&sequence.row, by: UInt64((255 - firstSpecial) / lineRange))
      case 9: sequence.row.address &+= UInt64(try program.fixed16())
      default:
        for _ in 0..<operandCounts[Int(opcode) - 1] { _ = try program.u64() }
      }
    }
    return nil
  }

  // MARK: files

  /// A name, and the number of the folder that it is in.
  private struct Entry {
    var name: String
    var folder: UInt64 = 0
  }

  func path(
    of file: UInt64, _ strings: ByteReader?, _ lineStrings: ByteReader?
  ) throws(WasmError) -> String? {
    var header = header
    let folders: [Entry]
    let files: [Entry]
    if version == 5 {
      folders = try entries(&header, strings, lineStrings)
      files = try entries(&header, strings, lineStrings)
    } else {
      // What counts from 1 there begins with the compiler's own folder, of which the table says nothing.
      var (some, others) = ([Entry(name: "")], [Entry(name: "")])
      while let folder = try header.nonEmptyString() { some.append(Entry(name: folder)) }
      while let name = try header.nonEmptyString() {
        others.append(Entry(name: name, folder: try header.u64()))
        _ = try header.u64()
        _ = try header.u64()
      }
      (folders, files) = (some, others)
    }
    guard file < UInt64(files.count) else { return nil }
    let entry = files[Int(file)]
    guard entry.folder < UInt64(folders.count), !entry.name.hasPrefix("/") else {
      return entry.name
    }
    let folder = folders[Int(entry.folder)].name
    return folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
  }

  /// Of version 5, which says first what an entry is made of.
  private func entries(
    _ header: inout ByteReader, _ strings: ByteReader?, _ lineStrings: ByteReader?
  ) throws(WasmError) -> [Entry] {
    var format: [(content: UInt64, form: UInt64)] = []
    for _ in 0..<(try header.byte()) { format.append((try header.u64(), try header.u64())) }
    var entries: [Entry] = []
    let count = try header.u64()
    // Each takes a byte at least.
    guard count <= UInt64(header.remaining) else { try header.malformed(.unexpectedEnd) }
    for _ in 0..<count {
      var entry = Entry(name: "")
      for (content, form) in format {
        var text: String?
        var number: UInt64 = 0
        switch form {
        case 0x08: text = try header.string()
        case 0x0e, 0x1f:
          let place = isWide ? try header.fixed64() : UInt64(try header.fixed32())
          if var reader = form == 0x0e ? strings : lineStrings {
            _ = try reader.piece(place)
            text = try reader.string()
          }
        case 0x0f: number = try header.u64()
        case 0x0b: number = UInt64(try header.byte())
        case 0x05: number = UInt64(try header.fixed16())
        case 0x06: number = UInt64(try header.fixed32())
        case 0x07: number = try header.fixed64()
        case 0x1e: _ = try header.piece(16)
        case 0x09: _ = try header.block()
        default: try header.malformed(.unexpectedEnd)
        }
        if content == 1 { entry.name = text ?? "?" }
        if content == 2 { entry.folder = number }
      }
      entries.append(entry)
    }
    return entries
  }
}

extension ByteReader {
  fileprivate mutating func fixed16() throws(WasmError) -> UInt16 {
    UInt16(try byte()) | UInt16(try byte()) << 8
  }

  /// The next bytes, so many, by themselves.
  fileprivate mutating func piece(_ count: UInt64) throws(WasmError) -> ByteReader {
    guard count <= UInt64(remaining) else { try malformed(.unexpectedEnd) }
    defer { next += Int(count) }
    return ByteReader(start: start, next: next, end: next + Int(count))
  }

  /// Up to a zero, which is taken, too.
  fileprivate mutating func string() throws(WasmError) -> String {
    var bytes: [UInt8] = []
    while case let byte = try byte(), byte != 0 { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Nil where there is an empty one.
  fileprivate mutating func nonEmptyString() throws(WasmError) -> String? {
    let text = try string()
    return text.isEmpty ? nil : text
  }
}
