// Changes of a module that know what a module is: so that most of them get past the parser, and
// many past the validator.

import ModuleGenerator
import WasmEncoder
import WasmModel

/// A module, and what is done to it.
public struct Mutator {
  private var module: EditableModule
  private var numbers: Numbers

  /// Nil where the bytes are no module that can be read with its instructions.
  public init?(_ bytes: UnsafeRawBufferPointer, seed: UInt64) {
    guard let module = try? EditableModule(decoding: bytes) else { return nil }
    self.module = module
    numbers = Numbers(seed: seed)
  }

  public var bytes: [UInt8] { module.encoded() }

  /// One to four changes; mostly of bodies.
  public mutating func mutate() {
    for _ in 0..<Int.random(in: 1...4, using: &numbers) {
      if numbers.chance(4, in: 5), !module.functions.isEmpty {
        let index = Int.random(in: module.functions.indices, using: &numbers)
        var function = module.functions[index]
        mutateBody(&function)
        module.functions[index] = function
      } else {
        mutateModule()
      }
    }
  }

  // MARK: bodies

  private mutating func mutateBody(_ function: inout EditableModule.Function) {
    let body = function.body
    let place = Int.random(in: 0..<max(body.count, 1), using: &numbers)
    guard place < body.count else { return }
    switch Int.random(in: 0..<12, using: &numbers) {
    case 0, 1, 2: function.body[place].opcode = similar(to: body[place])
    case 3, 4: function.body[place].immediates = changed(body[place])
    case 5: function.body.insert(anyInstruction(), at: place)
    case 6: function.body.remove(at: place)
    case 7: function.body.insert(contentsOf: body[range(from: place, body.count)], at: place)
    case 8: function.body.removeSubrange(range(from: place, body.count))
    case 9: wrap(&function.body, range(from: place, body.count))
    case 10: function.locals.append(anyType())
    default:
      let other = numbers.pick(module.functions).body
      let start = Int.random(in: 0..<max(other.count, 1), using: &numbers)
      if start < other.count {
        function.body.insert(contentsOf: other[range(from: start, other.count)], at: place)
      }
    }
  }

  private mutating func range(from start: Int, _ count: Int) -> Range<Int> {
    start..<min(count, start + Int.random(in: 1...6, using: &numbers))
  }

  /// Another instruction of the same operands, results and immediates, where there is one.
  private mutating func similar(to instruction: CodeInstruction) -> Opcode {
    let row = instruction.row
    let others = Mutator.rows.filter {
      $0.kind == row.kind && $0.operands == row.operands && $0.results == row.results
        && (row.kind != .special || "\($0.encoding)" == "\(row.encoding)")
    }
    return others.isEmpty ? instruction.opcode : numbers.pick(others).opcode
  }

  private static let rows = Instruction.all.filter { $0.kind != .unsupported }

  private mutating func anyInstruction() -> CodeInstruction {
    let row = numbers.pick(Mutator.rows)
    return CodeInstruction(row.opcode, immediates(of: row))
  }

  /// A block, loop, if or try around instructions.
  private mutating func wrap(_ body: inout [CodeInstruction], _ range: Range<Int>) {
    let opener = numbers.pick([
      Opcode(0x02), Opcode(0x03), Opcode(0x04), Opcode(0x06), Opcode(0x1f),
    ])
    body.insert(CodeInstruction(Opcode(0x0b)), at: range.upperBound)
    let row = InstructionTable.rows[Int(opener.rawValue)]!
    body.insert(CodeInstruction(opener, immediates(of: row)), at: range.lowerBound)
    if row.special == .if {
      body.insert(CodeInstruction(Opcode(0x41), .number(1)), at: range.lowerBound)
    }
  }

  // MARK: immediates

  private mutating func immediates(of row: Instruction) -> Immediates {
    switch row.encoding {
    case .none, .fence: .none
    case .index(let space): .index(index(space))
    case .indices(let first, let second): .indices(index(first), index(second))
    case .memory: .memory(memoryArgument(width: row.width))
    case .memoryLane:
      .memoryLane(memoryArgument(width: row.width), UInt8(truncatingIfNeeded: index(.label)))
    case .lane: .lane(UInt8.random(in: 0...max(row.lanes, 1), using: &numbers))
    case .s32, .s64, .f32, .f64: .number(anyNumber())
    case .vector: .vector(low: anyNumber(), high: anyNumber())
    case .block: .block(blockType())
    case .tryTable: .tryTable(blockType(), (0..<index(.label)).map { _ in clause() })
    case .labels: .labels((0...index(.label)).map { _ in index(.label) })
    case .types: .types([anyType()])
    case .type: .type(numbers.pick([.funcref, .externref, .exnref]))
    }
  }

  /// Others of the same kind; sometimes one next to what is there.
  private mutating func changed(_ instruction: CodeInstruction) -> Immediates {
    switch instruction.immediates {
    case .number(let bits) where numbers.chance(1, in: 2):
      .number(
        numbers.pick([bits &+ 1, bits &- 1, ~bits, bits << 1, bits ^ 1 << 31, bits ^ 1 << 63]))
    case .memory(var argument) where numbers.chance(1, in: 2):
      {
        argument.offset = numbers.pick([
          argument.offset &+ 1, argument.offset ^ 1 << 31, anyNumber(),
        ])
        return .memory(argument)
      }()
    default: immediates(of: instruction.row)
    }
  }

  /// Mostly one that there is.
  private mutating func index(_ space: IndexSpace) -> UInt32 {
    let own =
      switch space {
      case .type: module.types.count
      case .function: module.functions.count
      case .table: module.tables.count
      case .memory: module.memories.count
      case .global: module.globals.count
      case .tag: module.tags.count
      case .element: module.elements.count
      case .data: module.data.count
      case .local: 6
      case .label: 3
      }
    let count = own + module.importCount(space)
    if numbers.chance(1, in: 50) { return UInt32(truncatingIfNeeded: anyNumber()) % 1000 }
    return UInt32.random(in: 0..<UInt32(max(count, 1)), using: &numbers)
  }

  private mutating func memoryArgument(width: UInt8) -> MemoryArgument {
    MemoryArgument(
      memory: index(.memory), alignment: numbers.chance(1, in: 2) ? 0 : index(.label),
      offset: numbers.chance(1, in: 2) ? 0 : anyNumber() >> numbers.pick([0, 32, 48, 56]))
  }

  private mutating func anyNumber() -> UInt64 {
    numbers.chance(1, in: 8) ? numbers.float(bits: numbers.pick([32, 64])) : numbers.edge()
  }

  private mutating func anyType() -> ValueType {
    numbers.pick([.i32, .i32, .i64, .f32, .f64, .v128, .funcref, .externref, .exnref])
  }

  private mutating func blockType() -> BlockType {
    if numbers.chance(1, in: 2) { return .empty }
    return numbers.chance(1, in: 2) ? BlockType(anyType()) : BlockType(index: index(.type))
  }

  private mutating func clause() -> CatchClause {
    let kind = numbers.pick([CatchClause.Kind.tag, .tagWithReference, .all, .allWithReference])
    return CatchClause(kind, tag: index(.tag), label: index(.label))
  }

  // MARK: the rest

  private mutating func mutateModule() {
    switch Int.random(in: 0..<12, using: &numbers) {
    case 0: module.types.append(FunctionType(parameters: someTypes(), results: someTypes()))
    case 1:
      if !module.types.isEmpty {
        let place = Int.random(in: module.types.indices, using: &numbers)
        if numbers.chance(1, in: 2) {
          module.types[place].parameters = someTypes()
        } else {
          module.types[place].results = someTypes()
        }
      }
    case 2: module.memories.append(memoryType())
    case 3:
      var table = TableType(
        element: numbers.pick([.funcref, .externref, .exnref]), limits: limits())
      if numbers.chance(1, in: 3) { table.addressType = .i64 }
      module.tables.append(table)
    case 4: module.tags.append(index(.type))
    case 5:
      module.globals.append(
        Global(
          type: GlobalType(value: anyType(), isMutable: numbers.chance(1, in: 2)), value: constant()
        ))
    case 6:
      let name = numbers.pick(["", "a", "memory", "int", "\u{202e}", "_start", "a\0b", "*/"])
      let kind = Export.Kind(rawValue: UInt8.random(in: 0...4, using: &numbers))!
      let space: IndexSpace =
        switch kind {
        case .function: .function
        case .table: .table
        case .memory: .memory
        case .global: .global
        case .tag: .tag
        }
      module.exports.append(Export(name: name, kind: kind, index: index(space)))
    case 7:
      module.elements.append(
        ElementSegment(
          type: numbers.pick([.funcref, .externref, .exnref]), elements: [constant(), constant()],
          mode: numbers.pick([
            .passive, .declarative, .active(table: index(.table), offset: constant()),
          ])))
    case 8:
      module.data.append(
        .init(
          bytes: [1, 2, 3],
          mode: numbers.chance(1, in: 2)
            ? .passive : .active(memory: index(.memory), offset: constant())))
    case 9: module.start = numbers.chance(1, in: 2) ? index(.function) : nil
    case 10:
      if !module.memories.isEmpty {
        module.memories[Int.random(in: module.memories.indices, using: &numbers)] = memoryType()
      }
    default:
      if !module.functions.isEmpty {
        let place = Int.random(in: module.functions.indices, using: &numbers)
        module.functions[place].type = index(.type)
      }
    }
  }

  private mutating func someTypes() -> [ValueType] {
    (0..<Int.random(in: 0..<4, using: &numbers)).map { _ in anyType() }
  }

  private mutating func limits() -> Limits {
    let minimum = UInt64.random(in: 0..<4, using: &numbers)
    return Limits(
      minimum: minimum, maximum: numbers.chance(1, in: 2) ? minimum + UInt64(index(.label)) : nil)
  }

  private mutating func memoryType() -> MemoryType {
    var type = MemoryType(limits: limits())
    if numbers.chance(1, in: 3) { type.addressType = .i64 }
    if numbers.chance(1, in: 5) { type.pageSize = 1 }
    if numbers.chance(1, in: 5) { type.isShared = true }
    return type
  }

  private mutating func constant() -> ConstantExpression {
    ConstantExpression(
      numbers.pick([
        .i32(index(.label)), .i64(anyNumber()), .f32(0x7fa0_0000), .f64(anyNumber()),
        .v128(low: anyNumber(), high: 0), .globalGet(index(.global)), .refNull(.funcref),
        .refNull(.externref), .refFunc(index(.function)),
      ]), offset: 0)
  }
}
