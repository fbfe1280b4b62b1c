// Prints the IR of one function as C.

import FunctionIR
import WasmModel

/// Where an expression stands, which decides on parentheses and casts.
enum Position {
  /// An operand of a C operator.
  case operand
  /// A whole argument or the right side of an assignment.
  case whole
  /// Where only being zero or not counts.
  case condition
}

package struct FunctionEmitter: ~Copyable {
  /// Braces within braces that are printed; with those of expressions and macros below 256.
  static let greatestDepth = 200
  static let casesInSwitch = 1024

  let plan: ModulePlan
  /// Moved in and out of `emit`, so that one buffer takes every function.
  var text = Text(capacity: 1)
  /// Moved in and out of `emit`, as well.
  var ir = FunctionIR()
  private var locals = LocalNames()
  var depth = 1
  /// The labels of the loops around the statement at hand.
  var loops: [UInt32] = []
  /// Those of them that are printed without braces, and whether something leaves them.
  var flatLoops: [(label: UInt32, isLeft: Bool)] = []
  /// Where the `if`s without braces that are open, or their arms, end; and how many there were.
  var skips: [UInt32] = []
  var skipCount: UInt32 = 0
  /// By label: a loop that something goes to by `goto`.
  var needsLabel: [Bool] = []
  /// Temporaries that have a declaration of their own before their first set.
  var declaredVariables: Set<UInt32> = []
  /// Calls that were printed.
  var callCount = 0
  var vectorConstants = VectorConstants()
  let isDeterministic: Bool
  /// Which NaNs may be any in the operand at hand, as in `Template.absorbs`.
  var absorbed: FloatShape?
  let facts = InstructionTable.facts
  let templates = Templates.all
  private let types = CType.table

  /// By memory.
  private let prologues: [[UInt8]]
  let reloads: [[UInt8]]

  /// Whether any memory has addresses of 64 bits.
  private let hasWideMemories: Bool

  package init(plan: ModulePlan) {
    self.plan = plan
    isDeterministic = plan.options.isDeterministic
    hasWideMemories = plan.memories.contains { $0.isWide }
    prologues = plan.memories.indices.map { Array(plan.prologue(ofMemory: $0).utf8) }
    reloads = plan.memories.indices.map { Array(plan.reload(ofMemory: $0).utf8) }
  }

  /// Appends the definition of a function, without its linkage.
  package mutating func emit(_ function: inout FunctionIR, to output: inout Text) {
    swap(&text, &output)
    swap(&ir, &function)
    defer {
      swap(&text, &output)
      swap(&ir, &function)
    }
    loops.removeAll(keepingCapacity: true)
    declaredVariables.removeAll(keepingCapacity: true)
    depth = 1
    skipCount = 0
    locals = plan.localNames(of: ir.functionIndex, count: ir.localCount)
    plan.putSignature(of: ir.functionIndex, locals, to: &text)
    text.put(" {\n")
    open()
    for k in ir.parameterCount..<max(ir.localCount, ir.parameterCount)
    where ir.occurs(k) {
      text.put("  ")
      define(UInt32(k))
    }
    findLoopLabels()
    vectorConstants.removeAll()
    if ir.hasVectors { findVectorConstants() }
    if plan.options.isInterruptible && ir.calls.count > 0 {
      interruptibleStatements()
    } else {
      for k in 0..<ir.statements.count { statement(ir.statements[k]) }
    }
    text.put("}\n")
  }

  /// Prints what every function begins with.
  private mutating func open() {
    plan.putInstance(of: ir.functionIndex, to: &text)
    // Before the stack may end.
    if ir.hasTailCalls {
      text.put("  const bool inner = tail_inner((apus_code)")
      plan.putName(of: ir.functionIndex, to: &text)
      text.put(");\n")
    }
    if plan.options.checksStack && ir.calls.count > 0 {
      text.put("  stack_check(")
      site(plan.start(ofFunction: ir.functionIndex))
      text.put(");\n")
    }
    if countsFrames {
      text.put("  take_frame(")
      text.put(decimal: frameSize)
      text.put(", ")
      site(plan.start(ofFunction: ir.functionIndex))
      text.put(");\n")
    }
    if plan.options.countsFuel { text.put("  i64 fuel = apus_fuel;\n") }
    for k in 0..<ir.usedMemories.count { text.put(prologues[Int(ir.usedMemories[k])]) }
    if plan.options.tracesCalls { traceCall() }
  }

  /// Says that the function begins.
  private mutating func traceCall() {
    text.put("  trace(APUS_TRACE_CALL, ")
    site(plan.start(ofFunction: ir.functionIndex))
    text.put(", ")
    text.put(decimal: UInt64(ir.functionIndex))
    text.put(", ")
    for _ in 1..<max(ir.parameterCount, 1) { text.put("trace_mix(") }
    for k in 0..<ir.parameterCount {
      if k > 0 { text.put(", ") }
      text.put("trace_")
      text.put(ir.variables[k].c.name)
      text.put("(")
      variable(UInt32(k))
      text.put(k > 0 ? "))" : ")")
    }
    if ir.parameterCount == 0 { text.put("0") }
    text.put(");\n")
  }

  /// Whether what the function takes of the stack is counted: not where nothing is called.
  var countsFrames: Bool { isDeterministic && ir.calls.count > 0 }

  /// Bytes that a frame counts for, on every host: 128 and the parameters and locals, 8 for each
  /// number or reference, 16 for a vector, 80 for an exnref.
  private var frameSize: UInt64 {
    var size: UInt64 = 128
    for k in 0..<ir.localCount {
      switch ir.variables[k] {
      case .v128: size += 16
      case .exnref: size += 80
      default: size += 8
      }
    }
    return size
  }

  @inline(__always)
  mutating func indent() { text.put(spaces: 2 &* min(depth, 20)) }

  mutating func variable(_ index: UInt32) {
    if Int(index) >= ir.localCount { return text.put("t", index) }
    locals.put(Int(index), to: &text)
  }

  /// A variable with its type.
  mutating func declare(_ index: UInt32) {
    text.put(types[Int(ir.variables[Int(index)].kind)].name)
    text.put(" ")
    variable(index)
  }

  /// The name of an access, and the parenthesis after it.
  @inline(__always)
  mutating func access(_ opcode: UInt16, memory: UInt32) {
    if hasWideMemories && plan.memories[Int(memory)].isWide {
      return templates.putWideAccess(opcode, memory: memory, to: &text)
    }
    templates.putAccess(opcode, memory: memory, to: &text)
  }

  /// A variable with its type, and what it starts with.
  mutating func define(_ index: UInt32) {
    declare(index)
    text.put(" = ")
    text.put(types[Int(ir.variables[Int(index)].kind)].zero)
    text.put(";\n")
  }

  /// A byte offset in the module; in a module of several files relative to the function's, so
  /// that only the file in which something changes is another.
  mutating func site(_ offset: UInt32) {
    guard plan.options.hasOffsets else { return text.put("0") }
    guard plan.isSplit else { return text.put(hex: UInt64(offset)) }
    text.put("SITE(")
    text.put(decimal: UInt64(ir.functionIndex - plan.module.importedFunctionCount))
    text.put(", ")
    text.put(hex: UInt64(offset - plan.start(ofFunction: ir.functionIndex)))
    text.put(")")
  }
}
