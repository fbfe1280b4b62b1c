// What the builder knows of addresses, so that a constant that is added to one becomes part
// of the access's offset: x + 8 at offset 4 is x at offset 12, if x + 8 does not wrap.
//
// An access at a variable shows that it lies so far below 2^32 as the memory can never grow,
// and that is more than most constants. What a variable holds is a root plus a number modulo
// 2^32; a root stands for a value that nobody knows. All is forgotten where paths meet and at
// the head of a loop, so what is known holds on every path, and no variable is meant that is
// declared in braces which have been closed.

import WasmModel

struct Addresses: ~Copyable {
  /// A root plus a number modulo 2^32.
  struct Value: BitwiseCopyable, Equatable {
    var root: UInt32
    var delta: UInt32
  }

  /// An access has shown that a value plus an extent is within a memory.
  struct Fact: BitwiseCopyable {
    var memory: UInt32
    var value: Value
    /// A variable that held the value.
    var holder: UInt32
    var extent: UInt64
  }

  /// A load from a variable plus a constant of which nothing was known.
  struct Unproven: BitwiseCopyable {
    var variable: UInt32
    var value: Value
    var constant: UInt32
    var load: UInt32
  }

  /// What accesses of a memory may count on.
  struct Bounds: BitwiseCopyable {
    /// Bytes that addresses in it stay below 2^32.
    var room: UInt64
    /// The greatest extent that an access may get.
    var greatestExtent: UInt64
  }
  /// By memory.
  private var bounds = Buffer<Bounds>(capacity: 4)
  /// By variable; roots before `firstRoot` are forgotten.
  private var values = Buffer<Value>(capacity: 256)
  private var facts = Buffer<Fact>(capacity: 64)
  private var unproven = Buffer<Unproven>(capacity: 64)
  private var firstRoot: UInt32 = 1
  private var nextRoot: UInt32 = 1

  /// The last facts that are looked through, so that time is linear.
  private static let reach = 12

  init(_ memories: [MemoryPlan]) {
    // A check of more than a memory has from the start takes longer on machines of 32 bits.
    for memory in memories {
      bounds.append(
        Bounds(
          room: memory.isWide ? 0 : (1 << 32) - min(memory.greatestSize, 1 << 32),
          greatestExtent: memory.strategy == .bounds ? memory.initialSize : UInt64(UInt32.max)))
    }
  }

  func greatestExtent(ofMemory memory: UInt32) -> UInt64 { bounds[Int(memory)].greatestExtent }

  mutating func reset() {
    values.removeAll()
    firstRoot = 1
    nextRoot = 1
    forget()
  }

  mutating func addVariable() { values.append(Value(root: 0, delta: 0)) }

  /// Paths meet, or braces close.
  mutating func forget() {
    firstRoot = nextRoot
    facts.removeAll()
    unproven.removeAll()
  }

  /// Something comes that can be noticed; a trap must not come to stand before it.
  @inline(__always)
  mutating func passEffect() { unproven.removeAll() }

  /// A variable of type i32 gets the value of an expression.
  mutating func set(_ variable: UInt32, _ node: Node, _ nodes: borrowing Buffer<Node>) {
    values[Int(variable)] = sum(node, nodes)?.value ?? fresh()
  }

  private mutating func fresh() -> Value {
    nextRoot += 1
    return Value(root: nextRoot - 1, delta: 0)
  }

  private mutating func value(of variable: UInt32) -> Value {
    if values[Int(variable)].root < firstRoot { values[Int(variable)] = fresh() }
    return values[Int(variable)]
  }

  /// A variable, or one plus a constant.
  private mutating func sum(
    _ node: Node, _ nodes: borrowing Buffer<Node>
  ) -> (variable: UInt32, constant: UInt32, value: Value)? {
    if node.op == NodeOp.variable { return (node.a, 0, value(of: node.a)) }
    guard node.op == Opcode.i32Add else { return nil }
    let (first, second) = (nodes[Int(node.a)], nodes[Int(node.b)])
    guard first.op == NodeOp.variable, second.op == NodeOp.constant else { return nil }
    var value = value(of: first.a)
    value.delta &+= second.a
    return (first.a, second.a, value)
  }

  /// What is known of an access.
  enum Resolution {
    case unknown
    /// It is inside if an earlier one is, or does not wrap at least.
    case known
    /// It is the same at another variable, with another offset.
    case same(variable: UInt32, offset: UInt32)
  }

  mutating func resolve(
    _ address: Node, memory: UInt32, offset: UInt32, width: UInt8, _ nodes: borrowing Buffer<Node>
  ) -> Resolution {
    guard facts.count > 0, let sum = sum(address, nodes) else { return .unknown }
    let bounds = bounds[Int(memory)]
    for index in stride(
      from: facts.count - 1, through: max(0, facts.count - Addresses.reach), by: -1)
    where facts[index].value.root == sum.value.root && facts[index].memory == memory {
      let fact = facts[index]
      let distance = UInt64(sum.value.delta &- fact.value.delta)
      let extent = distance + UInt64(offset) + UInt64(width)
      guard distance < bounds.room + fact.extent, extent <= bounds.greatestExtent,
        value(of: fact.holder) == fact.value
      else { continue }
      facts[index].extent = max(fact.extent, extent)
      if sum.constant == 0 && sum.variable == fact.holder { return .known }
      return .same(variable: fact.holder, offset: UInt32(distance) + offset)
    }
    return .unknown
  }

  /// An access at a variable of which nothing was known; loads before it that it proves are
  /// changed.
  mutating func record(
    _ variable: UInt32, memory: UInt32, offset: UInt32, width: UInt8,
    _ nodes: inout Buffer<Node>
  ) {
    let bounds = bounds[Int(memory)]
    let value = value(of: variable)
    var extent = UInt64(offset) + UInt64(width)
    var kept = 0
    for index in 0..<unproven.count {
      let entry = unproven[index]
      guard entry.variable == variable, entry.value == value,
        nodes[Int(entry.load)].c == memory
      else {
        unproven[kept] = entry
        kept += 1
        continue
      }
      let load = nodes[Int(entry.load)]
      let end = UInt64(entry.constant) + UInt64(load.b) + 1
      guard UInt64(entry.constant) < bounds.room + extent, end + 7 <= bounds.greatestExtent else {
        continue
      }
      extent = max(extent, end)
      nodes[Int(entry.load)].a = nodes[Int(load.a)].a
      nodes[Int(entry.load)].b += entry.constant
    }
    unproven.truncate(to: kept)
    facts.append(Fact(memory: memory, value: value, holder: variable, extent: extent))
  }

  /// A load that could not be resolved, from an address that is no variable.
  mutating func remember(_ load: UInt32, _ nodes: borrowing Buffer<Node>) {
    let address = nodes[Int(nodes[Int(load)].a)]
    guard let sum = sum(address, nodes) else { return }
    let value = value(of: sum.variable)
    unproven.append(
      Unproven(variable: sum.variable, value: value, constant: sum.constant, load: load))
  }
}
