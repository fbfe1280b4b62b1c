// The IR of one function: typed expression nodes and a flat list of statements,
// both in arrays that are reused from function to function. A statement list is
// structured by begin and end marks, as a body is.

import WasmModel

/// What evaluating an expression does or depends on.
package struct Effects: OptionSet, Sendable, BitwiseCopyable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let readsMemory = Effects(rawValue: 1)
  /// Reads a global, a table or the size of a memory.
  package static let readsState = Effects(rawValue: 2)
  package static let traps = Effects(rawValue: 4)
  /// A call or another change of memory, globals or tables.
  package static let writes = Effects(rawValue: 8)
  /// Traps as an access does; two such may change places.
  package static let trapsOnAccess = Effects(rawValue: 16)

  /// What keeps this, evaluated now, from passing something that is pending.
  package var conflicts: Effects {
    if contains(.writes) { return [.readsMemory, .readsState, .traps, .writes, .trapsOnAccess] }
    var those: Effects = []
    if !isDisjoint(with: [.readsMemory, .readsState]) { those.formUnion(.writes) }
    if contains(.traps) { those.formUnion([.traps, .trapsOnAccess, .writes]) }
    if contains(.trapsOnAccess) { those.formUnion([.traps, .writes]) }
    return those
  }
}

/// Operators that no opcode stands for; plain instructions and loads keep their opcode.
@usableFromInline @frozen package enum NodeOp: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case constant, variable, globalGet, call, callIndirect, select, memorySize, memoryGrow, tableGet,
    tableSize, tableGrow, refFunc, refNull, refIsNull
  /// A v128, its words from the lowest on in a, b, c and d.
  case vector
  /// Whether an exception is on its way: with tag a - 1, or with any where a is 0.
  case thrown
  /// The word a of its values; and all of it, as an exnref.
  case thrownValue, thrownException
  /// Operand a, which is evaluated even where the value is not wanted.
  case forced
  /// Whether the bytes that a check is of lie inside from address a on and, b times more, from each that is a step on.
  /// c: where in `immediates` the `Reach` begins.
  case fits

  /// Codes from here on are node operators, far above all opcodes.
  @inlinable @inline(__always) package static var first: UInt16 { 0x8000 }
  /// The operator in `Node.op`.
  @inlinable @inline(__always) package var code: UInt16 { NodeOp.first + UInt16(rawValue) }
  @inlinable package init?(code: UInt16) {
    guard code >= NodeOp.first else { return nil }
    self.init(rawValue: UInt8(truncatingIfNeeded: code))
  }

  @inlinable @inline(__always)
  package static func == (code: UInt16, op: NodeOp) -> Bool { code == op.code }
  @inlinable @inline(__always)
  package static func != (code: UInt16, op: NodeOp) -> Bool { code != op.code }
}

/// One expression. Operands are indices of earlier nodes.
package struct Node: BitwiseCopyable {
  /// A raw opcode, or a `NodeOp`'s code.
  package var op: UInt16
  package var type: ValueType
  package var effects: Effects
  /// First operand; constant: low bits; variable, global, function, memory.size: index; atomic accesses:
  /// memory.
  package var a: UInt32 = 0
  /// Second operand; extract_lane: lane; load: offset; constant: high bits; calls and atomic accesses:
  /// first entry in `arguments`; memory.grow: memory.
  package var b: UInt32 = 0
  /// shuffle: first entry in `immediates`; replace_lane: lane; select: third operand; calls and atomic
  /// accesses: number of arguments; load: memory.
  package var c: UInt32 = 0
  /// call_indirect: table and type; atomic accesses: offset.
  package var d: UInt32 = 0
  /// Byte offset of the instruction in the module.
  package var offset: UInt32 = 0

  /// A constant, of numbers or of a vector.
  var isConstant: Bool { op == NodeOp.constant || op == NodeOp.vector }

  package var isZeroVector: Bool { op == NodeOp.vector && a | b | c | d == 0 }

  /// Whether an instruction of the table stands here: a plain one or a load.
  @inlinable @inline(__always) package var isInstruction: Bool { op < NodeOp.first }
}

extension Node {
  init(
    op: NodeOp, type: ValueType, effects: Effects, a: UInt32 = 0, b: UInt32 = 0, c: UInt32 = 0,
    d: UInt32 = 0, offset: UInt32 = 0
  ) {
    self.init(
      op: op.code, type: type, effects: effects, a: a, b: b, c: c, d: d, offset: offset)
  }

  static func constant(_ type: ValueType, _ bits: UInt64) -> Node {
    Node(
      op: NodeOp.constant, type: type, effects: [], a: UInt32(truncatingIfNeeded: bits),
      b: UInt32(bits >> 32))
  }

  /// What a local of a type begins with: 0, zeros in all lanes, or null.
  static func zero(_ type: ValueType) -> Node {
    let op: NodeOp = type == .v128 ? .vector : type.isReference ? .refNull : .constant
    return Node(op: op, type: type, effects: [])
  }
}

@usableFromInline package enum StatementKind: UInt8, BitwiseCopyable, Sendable {
  /// variable a = node b
  /// (op: `forced` where the value must be evaluated although it may not be wanted)
  case set
  /// declare variable a
  case declare
  /// global a = node b
  case globalSet
  /// store `op` at node a + offset b of memory d the node c
  case store
  /// evaluate node a; b is 1 where it has a value (op: as for `set`)
  case effect
  /// trap unless node a + (c:b) lies within memory d
  case check
  /// trap unless `op` divides node a + offset b
  case align
  /// read bases and sizes of memories that may have moved anew
  case reload
  case block
  /// loop with label a; c is `doWhile` where its end holds the condition to go on, b is `endsSoon` where it is known to
  case loop
  /// if node a (op: `Operation.likely` or `unlikely`)
  case `if`
  case `else`
  /// end of `block` with label a
  case endBlock
  /// end of `loop` with label a; b is 1 where nothing falls out of it, or `whileCondition` or
  /// `unlessCondition` where it goes on while, or unless, node c holds
  case endLoop
  /// end of `if` with label a
  case endIf
  /// if node a, without a label (op: as for `if`)
  case when
  case endWhen
  /// go to label a (d: `break` where that is the end of the innermost loop)
  case br
  /// if node a, go to label b (d: as for `br`, op: as for `if`)
  case brIf
  /// switch on node a; entries b ..< b + c of `immediates`, the default follows
  case brTable
  /// return node a, or nothing where b is 0
  case `return`
  /// results[a] = node b, for results after the first
  case setResult
  case trap
  /// return what the call a answers, without this function's frame
  case tailCall
  /// an exception with tag a and values b ..< b + c of `arguments` is on its way
  case `throw`
  /// exnref a is on its way
  case throwAgain
  /// the exception on its way has arrived
  case caught
  /// say that `op` happens, with nodes a and c, the first plus (d:b); `nothing` is none
  case trace
  /// take (b:a) units of fuel; c is 1 where it is asked whether there are so many
  case takeFuel
  /// ask for b units of fuel for each of node a, unless c is 1 and node d all ones
  case takeBulkFuel
  /// let others see what is left of the fuel
  case keepFuel
  /// see what others have left of it
  case readFuel
  /// memory.fill, table.set …: opcode `op`, arguments b ..< b + c, a and d are immediates
  case operation
}

@frozen @usableFromInline package struct Statement: BitwiseCopyable {
  /// In `op` of a set: the value comes from a load and is wanted on every path.
  @inlinable @inline(__always) package static var wanted: UInt16 { 2 }
  /// In `op` of a set or effect: the value is forced.
  @inlinable @inline(__always) package static var forced: UInt16 { 1 }
  /// In the place of a node.
  @inlinable @inline(__always) package static var nothing: UInt32 { .max }
  /// In `d` of a branch.
  @inlinable @inline(__always) package static var `break`: UInt32 { 1 }
  /// In `b` of a loop.
  @inlinable @inline(__always) package static var endsSoon: UInt32 { 1 }
  /// In `c` of a loop.
  @inlinable @inline(__always) package static var doWhile: UInt32 { 1 }
  /// In `b` of the end of a loop.
  @inlinable @inline(__always) package static var whileCondition: UInt32 { 2 }
  @inlinable @inline(__always) package static var unlessCondition: UInt32 { 3 }

  @usableFromInline package var kind: StatementKind
  @usableFromInline package var op: UInt16 = 0
  @usableFromInline package var a: UInt32 = 0
  @usableFromInline package var b: UInt32 = 0
  @usableFromInline package var c: UInt32 = 0
  @usableFromInline package var d: UInt32 = 0
  /// Byte offset of the instruction in the module that this belongs to.
  @usableFromInline package var offset: UInt32 = 0

  /// Bytes from the address on that a check is of.
  @inlinable @inline(__always) package var extent: UInt64 { UInt64(c) << 32 | UInt64(b) }
}

/// The IR of the function at hand.
package struct FunctionIR: ~Copyable {
  package var nodes = Buffer<Node>(capacity: 4096)
  package var statements = Buffer<Statement>(capacity: 4096)
  package var arguments = Buffer<UInt32>(capacity: 1024)
  /// Labels of br_table; the lanes of shuffles, four to a word.
  package var immediates = Buffer<UInt32>(capacity: 256)
  /// The nodes that are calls.
  package var calls = Buffer<UInt32>(capacity: 256)
  /// Types of the variables: locals first, then temporaries.
  package var variables = Buffer<ValueType>(capacity: 256)
  /// Whether a variable is ever set.
  package var assigned = Buffer<Bool>(capacity: 256)
  /// Whether a local is ever read.
  var isRead = Buffer<Bool>(capacity: 256)
  package var localCount = 0
  package var parameterCount = 0
  /// For each label, whether something branches to it.
  package var labelUsed = Buffer<Bool>(capacity: 256)
  package var labelIsLoop = Buffer<Bool>(capacity: 256)
  /// The memories that occur, in no order; few functions have two.
  package var usedMemories = Buffer<UInt32>(capacity: 4)
  /// Whether it ends with a call of another function.
  package var hasTailCalls = false
  /// Whether a variable is a v128.
  package var hasVectors = false
  /// The explicit checks that were emitted.
  var checkCount = 0
  /// Shifts to the right by half of an i64.
  var halfShifts = 0
  package var functionIndex = 0
  package let shapes = NodeShapes()

  package init() {}

  package mutating func reset() {
    nodes.removeAll()
    statements.removeAll()
    arguments.removeAll()
    immediates.removeAll()
    calls.removeAll()
    variables.removeAll()
    assigned.removeAll()
    isRead.removeAll()
    labelUsed.removeAll()
    labelIsLoop.removeAll()
    usedMemories.removeAll()
    checkCount = 0
    halfShifts = 0
    hasVectors = false
    hasTailCalls = false
  }
}

extension FunctionIR {
  var usesMemory: Bool { usedMemories.count > 0 }

  /// Notes that a memory occurs.
  @inline(__always)
  mutating func use(memory: UInt32) {
    for k in 0..<usedMemories.count where usedMemories[k] == memory { return }
    usedMemories.append(memory)
  }

  /// The sixteen lanes that a shuffle takes.
  package func lanes(ofShuffle node: Node) -> [UInt32] {
    (0..<16).map { immediates[Int(node.c) + $0 / 4] >> UInt32($0 % 4 * 8) & 31 }
  }

  /// Whether anything sets or reads a local.
  package func occurs(_ local: Int) -> Bool { assigned[local] || isRead[local] }

  /// Whether an expression reads variable `first` or one after it.
  mutating func reads(_ index: UInt32, from first: Int) -> Bool {
    let node = nodes[Int(index)]
    if node.op == NodeOp.variable { return Int(node.a) >= first }
    for k in 0..<operandCount(node) where reads(operand(k, of: node), from: first) {
      return true
    }
    return false
  }
}

/// What `fits` asks about, but for the address and how often.
package struct Reach {
  package var step: Int32
  package var extent: UInt64
  package var memory: UInt32
}

extension FunctionIR {
  /// Answers where in `immediates` it is.
  mutating func append(_ reach: Reach) -> UInt32 {
    let place = UInt32(immediates.count)
    immediates.append(UInt32(bitPattern: reach.step))
    immediates.append(UInt32(truncatingIfNeeded: reach.extent))
    immediates.append(UInt32(reach.extent >> 32))
    immediates.append(reach.memory)
    return place
  }

  /// What a node `fits` asks about.
  package func reach(of node: Node) -> Reach {
    let place = Int(node.c)
    return Reach(
      step: Int32(bitPattern: immediates[place]),
      extent: UInt64(immediates[place + 2]) << 32 | UInt64(immediates[place + 1]),
      memory: immediates[place + 3])
  }
}

/// A load of one of two neighbouring words, `base` + `least` and what is 4 behind it.
package struct ChoiceOfWords {
  package var base: UInt32
  package var least: UInt32
  package var condition: UInt32
  /// The second word is taken where the condition does not hold.
  package var isTurned: Bool
}

extension FunctionIR {
  /// Whether a load, by its opcode, memory, address and offset, is one of a chosen word; that has a
  /// form for the first memory alone.
  package mutating func choiceOfWords(
    _ opcode: UInt16, memory: UInt32, address: UInt32, offset: UInt32
  ) -> ChoiceOfWords? {
    guard opcode == Opcode.i32Load, memory == 0, offset % 8 == 0 else { return nil }
    let sum = nodes[Int(address)]
    guard sum.op == Opcode.i32Add else { return nil }
    let select = nodes[Int(sum.b)]
    guard select.op == NodeOp.select else { return nil }
    let (first, second) = (nodes[Int(select.b)], nodes[Int(select.c)])
    guard first.op == NodeOp.constant, second.op == NodeOp.constant else { return nil }
    let isTurned = first.a &+ 4 == second.a
    guard isTurned || second.a &+ 4 == first.a else { return nil }
    return ChoiceOfWords(
      base: sum.a, least: isTurned ? first.a : second.a, condition: select.a, isTurned: isTurned)
  }
}
