// Which proposals that are not supported a module uses, all of them: for one that was refused at
// the first. It reads on behind what the parser stops at, believes lengths, and checks nothing;
// where it does not know a byte, it leaves the rest of that section or body.

import WasmModel

package struct Survey {
  package private(set) var features: Set<Feature> = []

  package init(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count > 8 else { return }
    var reader = ByteReader(start: base, next: base + 8, end: base + bytes.count)
    while !reader.isAtEnd {
      guard let id = try? reader.byte(), var section = try? reader.block() else { return }
      try? read(id, &section)
    }
  }

  private mutating func add(_ feature: Feature) {
    if !feature.isSupported { features.insert(feature) }
  }

  private mutating func read(_ id: UInt8, _ section: inout ByteReader) throws(WasmError) {
    // Custom sections, a start, and the number of data segments say nothing.
    guard ![0, 3, 7, 8, 12, 13].contains(id) else { return }
    let count = try section.u32()
    for _ in 0..<count {
      switch id {
      case 1: try typeDefinition(&section)
      case 2: try importEntry(&section)
      case 4: try table(&section)
      case 5: try limits(&section)
      case 6:
        try valueType(&section)
        _ = try section.byte()
        try instructions(&section)
      case 9: try elements(&section)
      case 10:
        var body = try section.block()
        try? code(&body)
      case 11: try data(&section)
      default: return
      }
    }
  }

  // MARK: types

  private mutating func valueType(_ reader: inout ByteReader) throws(WasmError) {
    try valueType(code: try reader.byte(), &reader)
  }

  private mutating func valueType(
    code: UInt8, _ reader: inout ByteReader
  ) throws(WasmError) {
    if let feature = ByteReader.feature(ofType: code) { add(feature) }
    if code == 0x63 || code == 0x64 { try heapType(&reader) }
  }

  private mutating func heapType(_ reader: inout ByteReader) throws(WasmError) {
    let code = try reader.s33()
    if code >= 0 { return add(.functionReferences) }
    if let feature = ByteReader.feature(ofType: UInt8(code & 0x7f)) { add(feature) }
  }

  private mutating func valueTypes(_ reader: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try reader.u32()) { try valueType(&reader) }
  }

  private mutating func field(_ reader: inout ByteReader) throws(WasmError) {
    let code = try reader.byte()
    // i8 and i16 are there in fields alone.
    if code != 0x77 && code != 0x78 { try valueType(code: code, &reader) }
    _ = try reader.byte()
  }

  private mutating func typeDefinition(
    _ reader: inout ByteReader, depth: Int = 0
  ) throws(WasmError) {
    // A group of subtypes, and no deeper.
    if depth > 5 { try reader.malformed(.malformedDefinitionType) }
    let code = try reader.byte()
    if let feature = ByteReader.feature(ofDefinition: code) { add(feature) }
    switch code {
    case 0x60:
      try valueTypes(&reader)
      try valueTypes(&reader)
    case 0x5f: for _ in 0..<(try reader.u32()) { try field(&reader) }
    case 0x5e: try field(&reader)
    case 0x5d: _ = try reader.s33()
    case 0x4d, 0x4c:
      _ = try reader.u32()
      try typeDefinition(&reader, depth: depth + 1)
    case 0x65: try typeDefinition(&reader, depth: depth + 1)
    case 0x50, 0x4f:
      for _ in 0..<(try reader.u32()) { _ = try reader.u32() }
      try typeDefinition(&reader, depth: depth + 1)
    case 0x4e: for _ in 0..<(try reader.u32()) { try typeDefinition(&reader, depth: depth + 1) }
    default: try reader.malformed(.malformedDefinitionType)
    }
  }

  // MARK: sections

  private mutating func importEntry(_ reader: inout ByteReader) throws(WasmError) {
    _ = try reader.block()
    let name = try reader.block()
    let code = try reader.byte()
    guard name.isAtEnd, code == 0x7f || code == 0x7e else { return try importKind(code, &reader) }
    if code == 0x7e { try importKind(try reader.byte(), &reader) }
    for _ in 0..<(try reader.u32()) {
      _ = try reader.block()
      if code == 0x7f { try importKind(try reader.byte(), &reader) }
    }
  }

  private mutating func importKind(
    _ code: UInt8, _ reader: inout ByteReader
  ) throws(WasmError) {
    switch code {
    case 0: _ = try reader.u32()
    case 1:
      try valueType(&reader)
      try limits(&reader)
    case 2: try limits(&reader)
    case 3:
      try valueType(&reader)
      _ = try reader.byte()
    case 4:
      _ = try reader.byte()
      _ = try reader.u32()
    default: try reader.malformed(.malformedImportKind)
    }
  }

  private mutating func limits(_ reader: inout ByteReader) throws(WasmError) {
    let flags = try reader.byte()
    if flags & 2 != 0 { add(.threads) }
    if flags & 4 != 0 { add(.memory64) }
    if flags & 8 != 0 { add(.customPageSizes) }
    _ = try reader.u64()
    if flags & 1 != 0 { _ = try reader.u64() }
    if flags & 8 != 0 { _ = try reader.u32() }
  }

  private mutating func table(_ reader: inout ByteReader) throws(WasmError) {
    let code = try reader.byte()
    if code != 0x40 {
      try valueType(code: code, &reader)
      return try limits(&reader)
    }
    // With a value that its elements start with.
    add(.functionReferences)
    _ = try reader.byte()
    try valueType(&reader)
    try limits(&reader)
    try instructions(&reader)
  }

  private mutating func elements(_ reader: inout ByteReader) throws(WasmError) {
    let flags = try reader.u32()
    if flags & 1 == 0 {
      if flags & 2 != 0 { _ = try reader.u32() }
      try instructions(&reader)
    }
    if flags & 3 != 0 {
      if flags & 4 != 0 { try valueType(&reader) } else { _ = try reader.byte() }
    }
    for _ in 0..<(try reader.u32()) {
      if flags & 4 != 0 { try instructions(&reader) } else { _ = try reader.u32() }
    }
  }

  private mutating func data(_ reader: inout ByteReader) throws(WasmError) {
    let flags = try reader.u32()
    if flags & 2 != 0 { _ = try reader.u32() }
    if flags & 1 == 0 { try instructions(&reader) }
    _ = try reader.block()
  }

  private mutating func code(_ body: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try body.u32()) {
      _ = try body.u32()
      try valueType(&body)
    }
    try instructions(&body)
  }

  // MARK: instructions

  /// Up to the `end` that closes them.
  private mutating func instructions(_ reader: inout ByteReader) throws(WasmError) {
    var depth = 0
    while true {
      let byte = try reader.byte()
      if let prefix = Prefix(rawValue: byte) {
        try immediates(behind: prefix, &reader)
        continue
      }
      let opcode = Opcode(UInt16(byte))
      add(InstructionTable.feature(of: opcode))
      switch byte {
      case 0x02...0x04, 0x06, 0x1f:
        depth += 1
        try blockType(&reader)
        if byte == 0x1f { try catches(&reader) }
      case 0x0b, 0x18:
        // `delegate` ends its block, too.
        if byte == 0x18 { _ = try reader.u32() }
        if depth == 0 { return }
        depth -= 1
      case 0x07...0x09, 0x0c, 0x0d, 0x10, 0x12, 0x14, 0x15, 0x20...0x26, 0x3f, 0x40,
        0xd2, 0xd5, 0xd6:
        _ = try reader.u32()
      case 0x0e: for _ in 0...(try reader.u32()) { _ = try reader.u32() }
      case 0x11, 0x13: try numbers(2, &reader)
      case 0x1c: try valueTypes(&reader)
      case 0x28...0x3e: try access(&reader)
      case 0x41: _ = try reader.s32()
      case 0x42: _ = try reader.s64()
      case 0x43: _ = try reader.fixed32()
      case 0x44: _ = try reader.fixed64()
      case 0xd0: try heapType(&reader)
      default:
        if InstructionTable.facts[Int(byte)].kind == .illegal {
          try reader.malformed(.illegalOpcode(byte))
        }
      }
    }
  }

  private mutating func numbers(_ count: Int, _ reader: inout ByteReader) throws(WasmError) {
    for _ in 0..<count { _ = try reader.u32() }
  }

  private mutating func blockType(_ reader: inout ByteReader) throws(WasmError) {
    guard !reader.isAtEnd else { return }
    let code = reader.next.pointee
    if code == 0x40 || code & 0xc0 != 0x40 {
      _ = try reader.s33()
    } else {
      try valueType(&reader)
    }
  }

  private mutating func catches(_ reader: inout ByteReader) throws(WasmError) {
    for _ in 0..<(try reader.u32()) { try numbers(try reader.byte() < 2 ? 2 : 1, &reader) }
  }

  private mutating func access(_ reader: inout ByteReader) throws(WasmError) {
    if try reader.u32() & 0x40 != 0 { _ = try reader.u32() }
    _ = try reader.u64()
  }

  private mutating func immediates(
    behind prefix: Prefix, _ reader: inout ByteReader
  ) throws(WasmError) {
    let number = try reader.u32()
    if let feature = prefix.feature(of: number) { add(feature) }
    switch prefix {
    case .fb:
      switch number {
      case 0, 1, 6, 7, 11...14, 16: try numbers(1, &reader)
      case 2...5, 8...10, 17...19: try numbers(2, &reader)
      case 20...23, 35, 36: try heapType(&reader)
      case 32...34: try numbers(1, &reader)
      case 24, 25:
        _ = try reader.byte()
        _ = try reader.u32()
        try heapType(&reader)
        try heapType(&reader)
      default: break
      }
    case .fc:
      if let opcode = Opcode(.fc, number) { add(InstructionTable.feature(of: opcode)) }
      switch number {
      case 9, 11, 13, 15...17: try numbers(1, &reader)
      case 8, 10, 12, 14: try numbers(2, &reader)
      default: break
      }
    case .fd:
      switch number {
      case 0...11, 92, 93: try access(&reader)
      case 12, 13: for _ in 0..<2 { _ = try reader.fixed64() }
      case 21...34: _ = try reader.byte()
      case 84...91:
        try access(&reader)
        _ = try reader.byte()
      default: break
      }
    case .fe:
      // The rest shares tables and globals; what stands behind it is not told apart here.
      if number == 3 { _ = try reader.byte() } else if number < 0x4f { try access(&reader) }
    }
  }
}
