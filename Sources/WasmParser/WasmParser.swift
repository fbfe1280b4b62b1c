// The sections of a module, in their order.

import WasmModel

/// Reads the binary format up to function bodies, which stay ranges of bytes.
package enum WasmParser {
  /// Reads a module; bodies of functions are not looked at.
  package static func parse(_ bytes: UnsafeRawBufferPointer) throws(WasmError) -> Module {
    guard let base = bytes.baseAddress, bytes.count > 0 else {
      try fail(.malformed, .unexpectedEnd, at: 0)
    }
    if bytes.count > Int(UInt32.max) { try fail(.invalid, .moduleTooLarge, at: 0) }
    let start = base.assumingMemoryBound(to: UInt8.self)
    var parser = ModuleParser(
      reader: ByteReader(start: start, next: start, end: start + bytes.count))
    try parser.parse()
    return parser.module
  }
}

/// The module as far as it was read.
struct ModuleParser {
  var reader: ByteReader
  var module = Module()
  /// Number of entries of the function section.
  var declaredFunctions = 0
  var nameSection: ByteReader?
  var branchHintSection: ByteReader?

  init(reader: ByteReader) { self.reader = reader }

  mutating func parse() throws(WasmError) {
    if try reader.fixed32() != 0x6d73_6100 {
      try fail(.malformed, .magicHeaderNotDetected, at: 0)
    }
    if try reader.fixed32() != 1 { try fail(.malformed, .unknownBinaryVersion, at: 4) }
    var lastRank = 0
    while !reader.isAtEnd {
      let offset = reader.offset
      let id = try reader.byte()
      if id > 13 { try fail(.malformed, .malformedSectionID, at: offset) }
      var section = try reader.block()
      if id == 0 {
        try readCustom(&section)
        continue
      }
      let rank = ModuleParser.rank(ofSection: id)
      if rank <= lastRank {
        try fail(.malformed, .unexpectedContentAfterLastSection, at: offset)
      }
      lastRank = rank
      try read(section: id, &section)
      if !section.isAtEnd { try section.malformed(.sectionSizeMismatch) }
    }
    if declaredFunctions != module.code.count {
      try reader.malformed(.inconsistentFunctionAndCode)
    }
    if let count = module.dataCount, Int(count) != module.data.count {
      try reader.malformed(.inconsistentDataCount)
    }
    readNames()
    readBranchHints()
  }

  /// The place of a section in the module: tags come before globals, data count before code.
  private static func rank(ofSection id: UInt8) -> Int {
    switch id {
    case 1...5: Int(id)
    case 13: 6
    case 6...9: Int(id) + 1
    case 12: 11
    default: Int(id) + 2
    }
  }

  private mutating func read(section id: UInt8, _ section: inout ByteReader) throws(WasmError) {
    switch id {
    case 1: try readTypes(&section)
    case 2: try readImports(&section)
    case 3: try readFunctions(&section)
    case 4: try readTables(&section)
    case 5: try readMemories(&section)
    case 6: try readGlobals(&section)
    case 7: try readExports(&section)
    case 8: module.start = try section.u32()
    case 9: try readElements(&section)
    case 10: try readCode(&section)
    case 11: try readData(&section)
    case 12: module.dataCount = try section.u32()
    default: try readTags(&section)
    }
  }

  private mutating func readCustom(_ section: inout ByteReader) throws(WasmError) {
    switch try section.name() {
    case "name": nameSection = section
    case "metadata.code.branch_hint": branchHintSection = section
    default: break
    }
  }
}
