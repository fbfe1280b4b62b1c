// What the fields of a node are, said once for all that walk expressions.

import WasmModel

/// Which fields of a node are operands, and what becomes of them.
package struct NodeShape: BitwiseCopyable, Sendable {
  package enum Operands: UInt8, BitwiseCopyable, Sendable {
    case none, a, ab, abc, abcd
    /// Entries b ..< b + c of `arguments`.
    case arguments
  }

  package enum Flow: UInt8, BitwiseCopyable, Sendable {
    /// The operands go to a function or the runtime, and the value comes from there.
    case away
    /// The value wants the first operand for sure: an address, a condition.
    case first
    /// The value wants of each operand what `Kept` says.
    case kept
  }

  package let operands: Operands
  let flow: Flow
  /// Two of them are the same where operands and fields are.
  let isComparable: Bool

  init(_ operands: Operands, _ flow: Flow, isComparable: Bool = false) {
    self.operands = operands
    self.flow = flow
    self.isComparable = isComparable
  }

  init(_ op: NodeOp) {
    self =
      switch op {
      case .constant, .vector, .variable, .globalGet: NodeShape(.none, .away, isComparable: true)
      case .memorySize, .tableSize, .refFunc, .refNull, .thrown, .thrownValue, .thrownException:
        NodeShape(.none, .away)
      case .call, .callIndirect: NodeShape(.arguments, .away)
      case .memoryGrow, .tableGet: NodeShape(.a, .away)
      case .tableGrow, .fits: NodeShape(.ab, .away)
      case .select: NodeShape(.abc, .first, isComparable: true)
      case .refIsNull, .forced: NodeShape(.a, .first)
      }
  }

  private init(_ fact: InstructionFacts) {
    if fact.kind.isAtomic {
      self.init(.arguments, .away)
      return
    }
    self.init(
      Operands(rawValue: fact.operandCount) ?? .none, fact.kind == .load ? .first : .kept,
      isComparable: true)
  }

  /// By opcode, then by node operator; lives for ever. Safe to share: written once, before first
  /// use.
  fileprivate nonisolated(unsafe) static let table: UnsafePointer<NodeShape> = {
    let count = InstructionTable.count
    let table = UnsafeMutablePointer<NodeShape>.allocate(capacity: count + NodeOp.allCases.count)
    for opcode in 0..<count {
      (table + opcode).initialize(to: NodeShape(InstructionTable.facts[opcode]))
    }
    for op in NodeOp.allCases { (table + count + Int(op.rawValue)).initialize(to: NodeShape(op)) }
    return UnsafePointer(table)
  }()
}

/// The shapes at hand, so that no walk looks for the table.
package struct NodeShapes: BitwiseCopyable, Sendable {
  private nonisolated(unsafe) let table = NodeShape.table

  @inline(__always)
  package subscript(code: UInt16) -> NodeShape {
    table[code < NodeOp.first ? Int(code) : InstructionTable.count + Int(code - NodeOp.first)]
  }
}

extension Node {
  /// Field a, b, c or d.
  @inline(__always)
  func field(_ k: Int) -> UInt32 {
    switch k {
    case 0: a
    case 1: b
    case 2: c
    default: d
    }
  }
}

extension FunctionIR {
  @inline(__always)
  package func operandCount(_ node: Node) -> Int {
    let operands = shapes[node.op].operands
    return operands == .arguments ? Int(node.c) : Int(operands.rawValue)
  }

  /// Operand `k` of a node that has more than `k`.
  @inline(__always)
  package func operand(_ k: Int, of node: Node) -> UInt32 {
    shapes[node.op].operands == .arguments ? arguments[Int(node.b) + k] : node.field(k)
  }

  /// Gives a node, which is no call, another operand `k`.
  @inline(__always)
  mutating func setOperand(_ k: Int, of index: UInt32, to operand: UInt32) {
    switch k {
    case 0: nodes[Int(index)].a = operand
    case 1: nodes[Int(index)].b = operand
    case 2: nodes[Int(index)].c = operand
    default: nodes[Int(index)].d = operand
    }
  }
}
