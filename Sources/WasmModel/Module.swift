// A module as plain values, in the order of the specification's section "Modules".
// Function bodies, names and data stay where they are: as ranges of the module's bytes.

/// A piece of the module's bytes, by byte offsets from its start.
package struct ByteRange: Hashable, Sendable, BitwiseCopyable {
  package var start: UInt32
  package var end: UInt32

  package init(start: UInt32, end: UInt32) {
    self.start = start
    self.end = end
  }

  package static let empty = ByteRange(start: 0, end: 0)
  package var count: Int { Int(end - start) }
  package var isEmpty: Bool { start == end }
}

package struct Import: Sendable {
  package enum Kind: Sendable {
    case function(type: UInt32)
    case table(TableType)
    case memory(MemoryType)
    case global(GlobalType)
    case tag(type: UInt32)
  }
  package var module: String
  package var name: String
  package var kind: Kind
  /// Byte offset of the entry in the module.
  package var offset: Int

  package init(module: String, name: String, kind: Kind, offset: Int) {
    self.module = module
    self.name = name
    self.kind = kind
    self.offset = offset
  }
}

package struct Export: Sendable {
  package enum Kind: UInt8, Sendable { case function, table, memory, global, tag }
  package var name: String
  package var kind: Kind
  package var index: UInt32

  package init(name: String, kind: Kind, index: UInt32) {
    self.name = name
    self.kind = kind
    self.index = index
  }
}

/// One instruction of a constant expression; the closing `end` is left out.
package enum ConstantInstruction: Hashable, Sendable {
  case i32(UInt32)
  case i64(UInt64)
  /// Bit pattern.
  case f32(UInt32)
  /// Bit pattern.
  case f64(UInt64)
  case v128(low: UInt64, high: UInt64)
  case globalGet(UInt32)
  case refNull(ValueType)
  case refFunc(UInt32)
  /// i32.add, i32.sub, i32.mul or their i64 forms, by opcode.
  case arithmetic(Opcode)
}

/// A constant expression in postfix order: `[.i32(8), .globalGet(0), .arithmetic(.i32Add)]`.
package struct ConstantExpression: Hashable, Sendable {
  /// The instruction, where there is just one: then nothing is allocated, and a module may have
  /// tens of thousands of segments.
  package private(set) var single: ConstantInstruction?
  /// The instructions, where there are several.
  private var several: [ConstantInstruction] = []
  /// Byte offset of the first instruction.
  package var offset: Int

  package init(_ single: ConstantInstruction? = nil, offset: Int) {
    self.single = single
    self.offset = offset
  }

  package var instructions: [ConstantInstruction] { single.map { [$0] } ?? several }

  package mutating func append(_ instruction: ConstantInstruction) {
    if let single {
      several = [single, instruction]
      self.single = nil
    } else if several.isEmpty {
      single = instruction
    } else {
      several.append(instruction)
    }
  }

  /// Calls `body` with each instruction.
  package func visit(_ body: (ConstantInstruction) -> Void) {
    if let single { return body(single) }
    for instruction in several { body(instruction) }
  }
}

package struct Global: Sendable {
  package var type: GlobalType
  package var value: ConstantExpression

  package init(type: GlobalType, value: ConstantExpression) {
    self.type = type
    self.value = value
  }
}

package struct ElementSegment: Sendable {
  package enum Mode: Sendable {
    case passive
    case active(table: UInt32, offset: ConstantExpression)
    case declarative
  }
  package var type: ValueType
  /// One expression per element; function indices are given as `ref.func`.
  package var elements: [ConstantExpression]
  package var mode: Mode

  package init(type: ValueType, elements: [ConstantExpression], mode: Mode) {
    self.type = type
    self.elements = elements
    self.mode = mode
  }
}

package struct DataSegment: Sendable {
  package enum Mode: Sendable {
    case passive
    case active(memory: UInt32, offset: ConstantExpression)
  }
  package var bytes: ByteRange
  package var mode: Mode

  package init(bytes: ByteRange, mode: Mode) {
    self.bytes = bytes
    self.mode = mode
  }
}

/// The names of the custom section "name", as ranges of the module's bytes (UTF-8).
package struct NameSection: Sendable {
  package struct Local: Sendable {
    package var function: UInt32
    package var local: UInt32
    package var name: ByteRange

    package init(function: UInt32, local: UInt32, name: ByteRange) {
      self.function = function
      self.local = local
      self.name = name
    }
  }
  package var module: ByteRange = .empty
  /// By function index, imports included; shorter than the index space where the rest has none.
  package var functions: [ByteRange] = []
  /// By global index, like `functions`.
  package var globals: [ByteRange] = []
  /// By tag index, like `functions`.
  package var tags: [ByteRange] = []
  /// By table, memory and data index, like `functions`.
  package var tables: [ByteRange] = []
  package var memories: [ByteRange] = []
  package var data: [ByteRange] = []
  /// Sorted by function, then by local.
  package var locals: [Local] = []

  package init() {}
}

/// What the custom section "metadata.code.branch_hint" says of a branch.
package struct BranchHint: BitwiseCopyable, Sendable {
  /// Byte offset of the instruction in the module.
  package var offset: UInt32
  /// Whether its condition mostly holds; else it mostly does not.
  package var isLikely: Bool

  package init(offset: UInt32, isLikely: Bool) {
    self.offset = offset
    self.isLikely = isLikely
  }
}

/// A module that the parser has read: well-formed, not yet validated.
package struct Module: Sendable {
  package private(set) var types: [FunctionType] = []
  /// Which of them are the same.
  private var identity = TypeIdentity()
  package var imports: [Import] = []
  /// Type index of every function, imports first.
  package var functions: [UInt32] = []
  /// Every table, imports first.
  package var tables: [TableType] = []
  /// Every memory, imports first.
  package var memories: [MemoryType] = []
  /// Type of every global, imports first.
  package var globals: [GlobalType] = []
  /// Type index of every tag, imports first.
  package var tags: [UInt32] = []
  /// Values of the globals that the module defines, without the imported ones.
  package var globalValues: [ConstantExpression] = []
  /// Whether some share the name of their module, or their kind, too.
  package var hasCompactImports = false
  package var exports: [Export] = []
  package var start: UInt32?
  package var elements: [ElementSegment] = []
  package var data: [DataSegment] = []
  package var dataCount: UInt32?
  /// Bodies of the defined functions: from the local declarations to the last `end`.
  package var code: [ByteRange] = []
  package var names = NameSection()
  /// By offset.
  package var branchHints: [BranchHint] = []

  package var importedFunctionCount = 0
  package var importedTableCount = 0
  package var importedMemoryCount = 0
  package var importedGlobalCount = 0
  package var importedTagCount = 0

  package init() {}

  /// The types of the next recursion group.
  package mutating func append(group: [FunctionType]) {
    types += group
    identity.append(group: group)
  }

  /// For each type index the first one that is the same type.
  package var canonicalType: [Int] { identity.first }

  /// Words of 64 bits that the values of any of its exceptions need, where these are more than usual.
  package var exceptionWords: Int? {
    let most = tags.indices.map { WordLayout(values(ofTag: $0)).size.words }.max() ?? 0
    return most > WordLayout.usualException ? most : nil
  }

  /// The types of the values that an exception with a tag carries.
  package func values(ofTag index: Int) -> [ValueType] { types[Int(tags[index])].parameters }

  /// The type of a function by its index, imports included.
  package func type(ofFunction index: Int) -> FunctionType { types[Int(functions[index])] }
}
