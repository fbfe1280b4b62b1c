// Fuel: what a body costs, block by block.
//
// A block is what is executed whole, if at all and if nothing traps or throws in it: it begins with
// the body, a loop, an arm of an `if`, a `catch`, behind a `br_if`, and behind an `end` that something
// else may come to than what stands before it; in a module with tags behind each call, too. Blocks
// depend on the module alone, so that counts are the same whatever is chosen of a translation.
//
// What a block costs is taken at its beginning; whether there was so much is asked where a function
// begins and at the head of each loop, so that nothing goes on for ever.

import WasmModel

/// What is taken before each operation of a body.
struct FuelPlan: ~Copyable {
  /// By operation; units, and `asks` where it is asked whether there are so many.
  private(set) var charges = Buffer<UInt64>(capacity: 1)
  static let asks: UInt64 = 1 << 63

  struct Scope: BitwiseCopyable {
    /// Something else comes to its end than what stands before that.
    var isTarget: Bool
    var isLoop = false
  }
  private var scopes = Buffer<Scope>(capacity: 64)
  /// Where the block at hand is paid; before its first operation that costs something where that is
  /// not known yet.
  private var place: Int?
  private var sum: UInt64 = 0
  private let costs: FuelCosts?
  /// A call may be the last that is executed of a block.
  private let callsMayThrow: Bool

  init(_ context: BuilderContext) {
    costs = context.blockCosts
    callsMayThrow = !context.module.tags.isEmpty
  }

  /// Units for each item that is filled, copied, initialised or grown.
  var bulk: UInt32 { costs?.bulk ?? 0 }

  /// Finds out what a body costs, where costs are known.
  mutating func plan(_ body: FunctionBody) {
    guard let costs else { return }
    charges.removeAll()
    charges.append(repeating: 0, count: body.operations.count + 1)
    scopes.removeAll()
    scopes.append(Scope(isTarget: false))
    begin(at: 0, costs.entry)
    let instructions = costs.instructions
    let facts = InstructionTable.facts
    for k in 0..<body.operations.count {
      let operation = body.operations[k]
      let opcode = Int(operation.opcode.rawValue)
      let cost = UInt64(instructions[opcode])
      let special = facts[opcode].kind == .special ? facts[opcode].special : .nop
      // A branch to a loop executes `loop` again.
      if special == .loop {
        pay()
        begin(at: k + 1, UInt32(cost))
        scopes.append(Scope(isTarget: false, isLoop: true))
        continue
      }
      if cost > 0 {
        if place == nil { place = k }
        sum += cost
      }
      structure(operation, special, body)
    }
    pay()
  }

  private mutating func structure(_ operation: Operation, _ special: Special, _ body: FunctionBody)
  {
    switch special {
    case .block: scopes.append(Scope(isTarget: false))
    case .if, .legacyTry:
      scopes.append(Scope(isTarget: true))
      if special == .if { pay() }
    case .tryTable:
      let first = Int(operation.b)
      for k in 0..<Int(body.immediates[first]) {
        aim(at: Int(body.immediates[first + 1 + 3 * k + 2]))
      }
      scopes.append(Scope(isTarget: false))
    case .else, .legacyCatch, .legacyCatchAll: pay()
    case .end, .legacyDelegate:
      if scopes.removeLast().isTarget || operation.flags != 0 || special == .legacyDelegate {
        pay()
      }
    case .br: aim(at: Int(operation.a))
    case .brIf:
      aim(at: Int(operation.a))
      pay()
    case .brTable:
      for k in 0...Int(operation.b) { aim(at: Int(body.immediates[Int(operation.a) + k])) }
    case .call, .callIndirect: if callsMayThrow { pay() }
    default: break
    }
  }

  /// Notes that something branches to a label.
  private mutating func aim(at depth: Int) {
    let index = scopes.count - 1 - depth
    if !scopes[index].isLoop { scopes[index].isTarget = true }
  }

  /// Begins a block that asks, before an operation.
  private mutating func begin(at operation: Int, _ cost: UInt32) {
    place = operation
    sum = UInt64(cost)
    charges[operation] = FuelPlan.asks
  }

  /// Ends the block at hand.
  private mutating func pay() {
    if let place { charges[place] += sum }
    place = nil
    sum = 0
  }
}

extension IRBuilder {
  /// Takes what the block that begins before an operation costs, and says that it begins.
  @inline(__always)
  mutating func beginBlock(before operation: Int) {
    let charge = fuel.charges[operation]
    if charge == 0 || skipped > 0 { return }
    if context.traces.contains(.blocks) { traceBlock() }
    if context.countsFuel { takeFuel(charge) }
  }

  private mutating func takeFuel(_ charge: UInt64) {
    settleEffects()
    emit(
      Statement(
        kind: .takeFuel, a: UInt32(truncatingIfNeeded: charge),
        b: UInt32(truncatingIfNeeded: (charge & ~FuelPlan.asks) >> 32),
        c: charge & FuelPlan.asks == 0 ? 0 : 1))
    fuelIsKept = charge & FuelPlan.asks != 0
  }

  /// Takes what an instruction costs for each of the items whose number is on top of the stack.
  mutating func takeBulkFuel() {
    guard context.countsFuel, fuel.bulk > 0 else { return }
    settleVariable(at: stack.count - 1)
    settleEffects()
    emit(Statement(kind: .takeBulkFuel, a: stack[stack.count - 1].node, b: fuel.bulk))
  }

  /// Takes by how much something is to grow.
  mutating func popGrowth() -> Operand { !context.countsFuel ? pop() : popSettledVariable() }

  /// Pushes what growing answers, and takes what it costs, if that was done, for each of the items
  /// whose number, which is settled, is `count`.
  mutating func pushGrown(_ grow: Node, count: UInt32, reads: UInt64, depth: UInt16) {
    push(grow, reads: reads, depth: depth)
    guard context.countsFuel, fuel.bulk > 0 else { return }
    materialise(stack.count - 1)
    emit(
      Statement(
        kind: .takeBulkFuel, a: count, b: fuel.bulk, c: 1, d: stack[stack.count - 1].node))
  }

  /// Before what others look at the fuel; what traps in the operands comes first.
  @inline(__always)
  mutating func keepFuel() { if context.countsFuel && !fuelIsKept { showFuel() } }

  private mutating func showFuel() {
    settleEffects()
    emit(Statement(kind: .keepFuel))
    fuelIsKept = true
  }

  /// After what may have used some.
  @inline(__always)
  mutating func readFuel() { if context.countsFuel { seeFuel() } }

  private mutating func seeFuel() {
    emit(Statement(kind: .readFuel))
    fuelIsKept = true
  }
}
