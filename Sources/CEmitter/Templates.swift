// The C expressions of the instructions, split once into pieces.

import WasmModel

/// A few characters, and what follows them in a template.
struct TemplatePiece: BitwiseCopyable {
  enum Argument: UInt8, BitwiseCopyable {
    case none
    /// `$0` … `$3`: an operand, in parentheses where it needs them.
    case operand0, operand1, operand2, operand3
    /// `%0` … `%3`: an operand that is a whole argument.
    case whole0, whole1, whole2, whole3
    /// `@`: the trap site.
    case site
    /// `#`: the number of a lane.
    case lane
    /// Of atomic accesses, `&`: the place in C; `^`: the memory.
    case place, memory
  }
  var characters = ShortText()
  var argument = Argument.none
}

/// How an instruction is printed.
struct Template: BitwiseCopyable {
  /// Entries of the pieces.
  var start: UInt16 = 0
  var end: UInt16 = 0
  var isLoad = false
  /// Its operands are entries of `arguments`.
  var isAtomic = false
  /// It needs parentheses as an operand: it has a space outside of its own.
  var isLoose = false
  /// It gives an int, 0 or 1.
  var isBoolean = false
  /// With a constant as second operand there may be another form; see `FunctionEmitter.idiom`.
  var hasIdiom = false
  /// Floating-point arithmetic on vectors; see `FunctionEmitter.vectorOfNeutral`.
  var isOpaque = false
  /// With some constants it gives the other operand; see `FunctionEmitter.foldsToOperand`.
  var mayFold = false
  /// A difference of floats.
  var isSubtraction = false
  /// Of a result that may be a NaN which the specification leaves open.
  var openNaNs: FloatShape?
  /// All NaNs in operands of this shape, f64 for both kinds of numbers, are as good as one another.
  var absorbs: FloatShape?
}

/// The templates by raw opcode.
struct Templates {
  /// Safe to share: written once, before first use.
  nonisolated(unsafe) static let all = Templates()

  let table: UnsafePointer<Template>
  let pieces: UnsafePointer<TemplatePiece>

  private init() {
    let table = UnsafeMutablePointer<Template>.allocate(capacity: InstructionTable.count)
    table.initialize(repeating: Template(), count: InstructionTable.count)
    var pieces: [TemplatePiece] = []
    for row in Instruction.all {
      let start = pieces.count
      let isAtomic = row.kind.isAtomic
      Templates.split(Templates.text(of: row), isAtomic, &pieces)
      if row.kind == .load || row.kind == .store {
        if pieces[pieces.count - 1].characters.isFull { pieces.append(TemplatePiece()) }
        pieces[pieces.count - 1].characters.append(UInt8(ascii: "("))
      }
      table[Int(row.opcode.rawValue)] = Template(
        start: UInt16(start), end: UInt16(pieces.count), isLoad: row.kind == .load,
        isAtomic: isAtomic, isLoose: Templates.isLoose(row.template), isBoolean: row.isBoolean,
        hasIdiom: FunctionEmitter.hasIdiom(row),
        isOpaque: row.float != nil && row.results.first == .v128,
        mayFold: row.results.first != .v128 && FunctionEmitter.foldsToOperand(row),
        isSubtraction: row.results.first != .v128 && row.float == .sub,
        openNaNs: row.openNaNs, absorbs: Templates.absorbed(by: row))
    }
    self.table = UnsafePointer(table)
    let copy = UnsafeMutablePointer<TemplatePiece>.allocate(capacity: pieces.count)
    copy.initialize(from: pieces, count: pieces.count)
    self.pieces = UnsafePointer(copy)
  }

  /// Appends the name of a load's or store's access, and the parenthesis after it: `ld32(`, of another
  /// memory than the first `LOAD_IN(1, ld32, `.
  @inline(__always)
  func putAccess(_ opcode: UInt16, memory: UInt32, to text: inout Text) {
    let template = table[Int(opcode)]
    if memory != 0 { return putAccess(ofOther: memory, opcode, template, to: &text) }
    for k in Int(template.start)..<Int(template.end) { text.put(pieces[k].characters) }
  }

  @inline(never)
  private func putAccess(
    ofOther memory: UInt32, _ opcode: UInt16, _ template: Template, to text: inout Text
  ) {
    text.put(template.isLoad ? "LOAD_IN(" : "STORE_IN(")
    text.put(decimal: UInt64(memory))
    text.put(", ")
    if let row = InstructionTable.rows[Int(opcode)] { text.put(row.template) }
    text.put(", ")
  }

  /// The template; for an instruction on vectors, and for an atomic access, what it is called:
  /// `i8x16_shl(%0, %1)`, `i32_atomic_store8(&, %1)`.
  private static func text(of row: Instruction) -> [UInt8] {
    let isNamed = row.feature == .simd || row.feature == .relaxedSIMD || row.kind == .atomic
    guard row.template.utf8CodeUnitCount == 0, isNamed
    else { return row.template.withUTF8Buffer(Array.init) }
    var text = row.name.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }
    for k in row.operands.indices {
      text += k == 0 ? [UInt8(ascii: "(")] : [UInt8(ascii: ","), UInt8(ascii: " ")]
      let isPlace = k == 0 && row.kind == .atomic
      text += isPlace ? [UInt8(ascii: "&")] : [UInt8(ascii: "%"), UInt8(ascii: "0") + UInt8(k)]
    }
    if row.kind == .lane { text += ", #".utf8 }
    text.append(UInt8(ascii: ")"))
    return text
  }

  private static func split(
    _ template: [UInt8], _ isAtomic: Bool, _ pieces: inout [TemplatePiece]
  ) {
    var piece = TemplatePiece()
    var sign: UInt8 = 0
    for byte in template {
      switch (sign, byte) {
      case (0, UInt8(ascii: "$")), (0, UInt8(ascii: "%")):
        sign = byte
        continue
      case (0, UInt8(ascii: "@")): piece.argument = .site
      case (0, UInt8(ascii: "&")) where isAtomic: piece.argument = .place
      case (0, UInt8(ascii: "^")) where isAtomic: piece.argument = .memory
      case (0, UInt8(ascii: "#")): piece.argument = .lane
      case (0, _): piece.characters.append(byte)
      default:
        let first: TemplatePiece.Argument = sign == UInt8(ascii: "$") ? .operand0 : .whole0
        piece.argument =
          TemplatePiece.Argument(rawValue: first.rawValue + byte - UInt8(ascii: "0")) ?? .none
      }
      sign = 0
      if piece.argument != .none || piece.characters.isFull {
        pieces.append(piece)
        piece = TemplatePiece()
      }
    }
    if !piece.characters.isEmpty { pieces.append(piece) }
  }

  /// The same where addresses have 64 bits: `LOAD64(m, ld32, `.
  @inline(never)
  func putWideAccess(_ opcode: UInt16, memory: UInt32, to text: inout Text) {
    text.put(table[Int(opcode)].isLoad ? "LOAD64(" : "STORE64(")
    text.put("m", ofMemory: memory)
    text.put(", ")
    if let row = InstructionTable.rows[Int(opcode)] { text.put(row.template) }
    text.put(", ")
  }

  /// Arithmetic makes a NaN of a NaN, and comparisons and conversions to integers do not look closer.
  private static func absorbed(by row: Instruction) -> FloatShape? {
    switch row.operands.first {
    case .f32, .f64: row.openNaNs != nil || row.isBoolean || row.mayTrap ? .f64 : nil
    case .v128: row.float != nil ? row.openNaNs : nil
    default: nil
    }
  }

  private static func isLoose(_ template: StaticString) -> Bool {
    var nesting = 0
    for k in 0..<template.utf8CodeUnitCount {
      switch template.utf8Start[k] {
      case 0x2d where k == 0: return true  // - - x is no --x
      case 0x28: nesting += 1
      case 0x29: nesting -= 1
      case 0x20 where nesting == 0: return true
      default: break
      }
    }
    return false
  }
}
