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

package struct FunctionEmitter {
  let plan: ModulePlan
  /// Moved in and out of `emit`, so that one buffer takes every function.
  var text = Text(capacity: 1)
  private var uses = Buffer<Use>(capacity: 1)
  var ir: FunctionIR
  private var locals = LocalNames()
  private var depth = 1
  private var loops: [UInt32] = []
  private var needsLabel: [Bool] = []
  private let facts = InstructionTable.facts
  private let templates = Templates.all
  private let types = CType.table

  private let memoryPrologue: [UInt8]
  private let memoryReload: [UInt8]

  package init(plan: ModulePlan, ir: FunctionIR) {
    self.plan = plan
    self.ir = ir
    memoryPrologue = Array(plan.memoryPrologue.utf8)
    memoryReload = Array(plan.memoryReload.utf8)
  }

  /// Appends the definition of a function, without its linkage, and what it uses.
  package mutating func emit(
    _ function: FunctionIR, to output: inout Text, uses: inout Buffer<Use>
  ) {
    swap(&text, &output)
    swap(&self.uses, &uses)
    defer {
      swap(&text, &output)
      swap(&self.uses, &uses)
    }
    ir = function
    loops.removeAll(keepingCapacity: true)
    declaredVariables.removeAll(keepingCapacity: true)
    depth = 1
    locals = plan.localNames(of: ir.functionIndex, count: ir.localCount)
    plan.putSignature(of: ir.functionIndex, locals, to: &text)
    text.put(" {\n")
    if plan.options.checksStack && ir.calls.count > 0 { stackCheck() }
    if ir.usesMemory { text.put(memoryPrologue) }
    for k in ir.parameterCount..<max(ir.localCount, ir.parameterCount) {
      text.put("  ")
      declare(UInt32(k))
      text.put(" = 0;\n")
    }
    findLoopLabels()
    for k in 0..<ir.statements.count { statement(ir.statements[k]) }
    text.put("}\n")
  }

  private mutating func stackCheck() {
    text.put("  stack_check(")
    site(plan.start(ofFunction: ir.functionIndex))
    text.put(");\n")
  }

  // MARK: statements

  @inline(__always)
  private mutating func indent() { text.put(spaces: 2 &* min(depth, 20)) }

  private mutating func label(_ index: UInt32) { text.put("L", index) }

  private mutating func variable(_ index: UInt32) {
    if Int(index) >= ir.localCount { return text.put("t", index) }
    locals.put(Int(index), to: &text)
  }

  /// A variable with its type.
  private mutating func declare(_ index: UInt32) {
    text.put(types[Int(ir.variables[Int(index)].kind)].name)
    text.put(" ")
    variable(index)
  }

  private mutating func placeLabel(_ index: UInt32) {
    guard ir.labelUsed[Int(index)] else { return }
    indent()
    label(index)
    text.put(":;\n")
  }

  /// Finds the loops that something other than `continue` goes to: a branch from a loop
  /// further in, or from a `switch`.
  private mutating func findLoopLabels() {
    needsLabel.removeAll(keepingCapacity: true)
    needsLabel.append(contentsOf: repeatElement(false, count: ir.labelUsed.count))
    for k in 0..<ir.statements.count {
      let s = ir.statements[k]
      switch s.kind {
      case .loop: if ir.labelUsed[Int(s.a)] { loops.append(s.a) }
      case .endLoop: if ir.labelUsed[Int(s.a)] { loops.removeLast() }
      case .br where s.d != Statement.break:
        needsLabel[Int(s.a)] = needsLabel[Int(s.a)] || s.a != loops.last
      case .brIf where s.d != Statement.break:
        needsLabel[Int(s.b)] = needsLabel[Int(s.b)] || s.b != loops.last
      case .brTable:
        for t in 0...Int(s.c) { needsLabel[Int(ir.targets[Int(s.b) + t])] = true }
      default: break
      }
    }
  }

  /// Goes to a label, in the way that a branch's `d` says.
  private mutating func jump(_ index: UInt32, _ way: UInt32) {
    if way == Statement.break {
      text.put("break;")
    } else if ir.labelIsLoop[Int(index)] && loops.last == index {
      text.put("continue;")
    } else {
      text.put("goto ")
      label(index)
      text.put(";")
    }
  }

  @inline(__always)
  private mutating func statement(_ s: Statement) {
    switch s.kind {
    case .set:
      indent()
      let isTemporary = Int(s.a) >= ir.localCount
      if isTemporary && !declared(s.a) { declare(s.a) } else { variable(s.a) }
      text.put(" = ")
      expression(s.b, .whole)
      text.put(";\n")
      if s.op == Statement.forced {
        indent()
        force(s.a)
      }
    case .declare:
      guard ir.assigned[Int(s.a)] else { return }
      indent()
      declare(s.a)
      text.put(" = 0;\n")
      declaredVariables.insert(s.a)
    case .globalSet:
      uses.append(Use(.global, s.a))
      indent()
      plan.putGlobal(Int(s.a), to: &text)
      text.put(" = ")
      expression(s.b, .whole)
      text.put(";\n")
    case .store:
      indent()
      templates.putAccess(s.op, to: &text)
      expression(s.a, .whole)
      text.put(", ")
      text.put(decimal: UInt64(s.b))
      text.put(", ")
      expression(s.c, .whole)
      text.put(");\n")
    case .effect:
      indent()
      let node = ir.nodes[Int(s.a)]
      let isCall = node.op == NodeOp.call || node.op == NodeOp.callIndirect
      if s.op == Statement.forced {
        text.put(node.type.c.force)
        expression(s.a, .whole)
        text.put(");\n")
      } else {
        if !isCall { text.put("(void)") }
        expression(s.a, .operand)
        text.put(";\n")
      }
    case .check:
      let extent = UInt64(s.c) << 32 | UInt64(s.b)
      let isFar = extent > UInt64(plan.module.memories[0].limits.minimum) << 16
      indent()
      text.put(isFar ? "check_far(" : "check(")
      expression(s.a, .whole)
      text.put(", ")
      text.put(decimal: extent)
      if s.c != 0 { text.put("ull") }
      text.put(", ")
      site(s.offset)
      text.put(");\n")
    case .reload:
      if ir.usesMemory {
        indent()
        text.put(memoryReload)
      }
    case .block: break
    case .loop:
      guard ir.labelUsed[Int(s.a)] else { return }
      indent()
      text.put(s.c == Statement.doWhile ? "do {\n" : "for (;;) {\n")
      if needsLabel[Int(s.a)] { placeLabel(s.a) }
      loops.append(s.a)
      depth += 1
    case .if, .when:
      indent()
      text.put("if (")
      expression(s.a, .condition)
      text.put(") {\n")
      depth += 1
    case .else:
      depth -= 1
      indent()
      text.put("} else {\n")
      depth += 1
    case .endBlock: placeLabel(s.a)
    case .endLoop:
      guard ir.labelUsed[Int(s.a)] else { return }
      if s.b == 0 {
        indent()
        text.put("break;\n")
      } else if s.b == Statement.unlessCondition {
        indent()
        text.put("if (")
        expression(s.c, .condition)
        text.put(") break;\n")
      }
      depth -= 1
      _ = loops.popLast()
      indent()
      if s.b == Statement.whileCondition {
        text.put("} while (")
        expression(s.c, .condition)
        text.put(");\n")
      } else {
        text.put("}\n")
      }
    case .endIf:
      depth -= 1
      indent()
      text.put("}\n")
      placeLabel(s.a)
    case .endWhen:
      depth -= 1
      indent()
      text.put("}\n")
    case .br:
      indent()
      jump(s.a, s.d)
      text.put("\n")
    case .brIf:
      indent()
      text.put("if (")
      expression(s.a, .condition)
      text.put(") ")
      jump(s.b, s.d)
      text.put("\n")
    case .brTable: switchStatement(s)
    case .return:
      indent()
      if s.b == 0 {
        text.put("return;\n")
      } else {
        text.put("return ")
        expression(s.a, .whole)
        text.put(";\n")
      }
    case .setResult:
      indent()
      text.put("*r")
      text.put(decimal: UInt64(s.a))
      text.put(" = ")
      expression(s.b, .whole)
      text.put(";\n")
    case .trap:
      indent()
      text.put("apus_trap(APUS_TRAP_UNREACHABLE, ")
      site(s.offset)
      text.put(");\n")
    case .operation: operation(s)
    }
  }

  private var declaredVariables: Set<UInt32> = []

  /// Whether a temporary has a declaration of its own before its first set.
  private func declared(_ variable: UInt32) -> Bool { declaredVariables.contains(variable) }

  private mutating func force(_ index: UInt32) {
    text.put(ir.variables[Int(index)].c.force)
    variable(index)
    text.put(");\n")
  }

  private mutating func switchStatement(_ s: Statement) {
    indent()
    text.put("switch (")
    expression(s.a, .whole)
    text.put(") {\n")
    let fallback = ir.targets[Int(s.b + s.c)]
    var k = 0
    while k < Int(s.c) {
      let target = ir.targets[Int(s.b) + k]
      if target != fallback {
        indent()
        text.put("case ")
        text.put(decimal: UInt64(k))
        text.put(": ")
        while k + 1 < Int(s.c), ir.targets[Int(s.b) + k + 1] == target {
          k += 1
          text.put("case ")
          text.put(decimal: UInt64(k))
          text.put(": ")
        }
        text.put("goto ")
        label(target)
        text.put(";\n")
      }
      k += 1
    }
    indent()
    text.put("default: goto ")
    label(fallback)
    text.put(";\n")
    indent()
    text.put("}\n")
  }

  private mutating func operation(_ s: Statement) {
    indent()
    switch facts[Int(s.op)].special {
    case .tableSet:
      uses.append(Use(.table, s.a))
      text.put("apus_table_set(")
      plan.putTable(Int(s.a), to: &text)
      text.put(", ")
      expression(ir.arguments[Int(s.b)], .whole)
      text.put(", (void *)")
      expression(ir.arguments[Int(s.b) + 1], .operand)
      text.put(", ")
      site(s.offset)
    case .tableFill:
      uses.append(Use(.table, s.a))
      text.put("apus_table_fill(")
      plan.putTable(Int(s.a), to: &text)
      text.put(", ")
      expression(ir.arguments[Int(s.b)], .whole)
      text.put(", (void *)")
      expression(ir.arguments[Int(s.b) + 1], .operand)
      text.put(", ")
      expression(ir.arguments[Int(s.b) + 2], .whole)
      text.put(", ")
      site(s.offset)
    case .tableInit:
      uses.append(Use(.table, s.d))
      uses.append(Use(.elements, s.a))
      text.put("apus_table_init_segment(")
      plan.putTable(Int(s.d), to: &text)
      text.put(", ")
      plan.putElements(Int(s.a), to: &text)
      arguments(s)
    case .tableCopy:
      uses.append(Use(.table, s.a))
      uses.append(Use(.table, s.d))
      text.put("apus_table_copy(")
      plan.putTable(Int(s.a), to: &text)
      text.put(", ")
      plan.putTable(Int(s.d), to: &text)
      arguments(s)
    case .memoryInit:
      uses.append(Use(.data, s.a))
      text.put("apus_memory_init_segment(")
      text.put(string: plan.memory(0))
      text.put(", ")
      plan.putData(Int(s.a), to: &text)
      arguments(s)
    case .memoryCopy:
      text.put("apus_memory_copy(")
      text.put(string: plan.memory(0))
      text.put(", ")
      text.put(string: plan.memory(0))
      arguments(s)
    case .memoryFill:
      text.put("apus_memory_fill(")
      text.put(string: plan.memory(0))
      arguments(s)
    case .dataDrop:
      uses.append(Use(.data, s.a))
      text.put(string: "\(plan.state)data_size\(s.a) = 0;\n")
      return
    case .elemDrop:
      uses.append(Use(.elements, s.a))
      text.put(string: "\(plan.state)elem_size\(s.a) = 0;\n")
      return
    default: return
    }
    text.put(");\n")
  }

  private mutating func arguments(_ s: Statement) {
    for k in 0..<Int(s.c) {
      text.put(", ")
      expression(ir.arguments[Int(s.b) + k], .whole)
    }
    text.put(", ")
    site(s.offset)
  }

  /// A byte offset in the module; in a module of several files relative to the function's, so
  /// that only the file in which something changes is another.
  private mutating func site(_ offset: UInt32) {
    guard plan.isSplit else { return text.put(hex: UInt64(offset)) }
    text.put("SITE(")
    text.put(decimal: UInt64(ir.functionIndex))
    text.put(", ")
    text.put(hex: UInt64(offset - plan.start(ofFunction: ir.functionIndex)))
    text.put(")")
  }

  // MARK: expressions

  mutating func expression(_ index: UInt32, _ position: Position) {
    // Nodes are read where they are wanted: most are variables, of which an index is enough.
    switch ir.nodes[Int(index)].op {
    case ..<NodeOp.constant: plain(index, position)
    case NodeOp.variable: variable(ir.nodes[Int(index)].a)
    case NodeOp.constant: constant(ir.nodes[Int(index)], position)
    default: special(index, position)
    }
  }

  @inline(never)
  private mutating func special(_ index: UInt32, _ position: Position) {
    let node = ir.nodes[Int(index)]
    switch node.op {
    case NodeOp.globalGet:
      uses.append(Use(.global, node.a))
      plan.putGlobal(Int(node.a), to: &text)
    case NodeOp.call: call(node)
    case NodeOp.callIndirect: callIndirect(node)
    case NodeOp.select:
      if choiceByBit(node) { return }
      if position != .whole { text.put("(") }
      let needsParentheses = ir.nodes[Int(node.a)].op == NodeOp.select
      if needsParentheses { text.put("(") }
      expression(node.a, .condition)
      if needsParentheses { text.put(")") }
      text.put(" ? ")
      expression(node.b, .operand)
      text.put(" : ")
      expression(node.c, .operand)
      if position != .whole { text.put(")") }
    case NodeOp.memorySize:
      text.put("(u32)(")
      text.put(string: plan.memoryFields(0))
      text.put("size / 65536)")
    case NodeOp.memoryGrow:
      text.put("apus_memory_grow(")
      text.put(string: plan.memory(0))
      text.put(", ")
      expression(node.a, .whole)
      text.put(")")
    case NodeOp.tableGet:
      uses.append(Use(.table, node.b))
      if node.type == .funcref { text.put("(apus_funcref)") }
      text.put("apus_table_get(")
      plan.putTable(Int(node.b), to: &text)
      text.put(", ")
      expression(node.a, .whole)
      text.put(", ")
      site(node.offset)
      text.put(")")
    case NodeOp.tableSize:
      uses.append(Use(.table, node.a))
      text.put(string: plan.tableFields(Int(node.a)))
      text.put("size")
    case NodeOp.tableGrow:
      uses.append(Use(.table, node.c))
      text.put("apus_table_grow(")
      plan.putTable(Int(node.c), to: &text)
      text.put(", ")
      expression(node.b, .whole)
      text.put(", (void *)")
      expression(node.a, .operand)
      text.put(")")
    case NodeOp.forced:
      text.put("forced_")
      text.put(node.type.c.name)
      text.put("(")
      expression(node.a, .whole)
      text.put(")")
    case NodeOp.refFunc:
      uses.append(Use(.reference, node.a))
      plan.putFunctionReference(Int(node.a), to: &text)
    case NodeOp.refNull: text.put("NULL")
    case NodeOp.refIsNull:
      if position == .operand { text.put("(u32)") }
      text.put("!")
      expression(node.a, .operand)
    default: break
    }
  }

  @inline(never)
  private mutating func plain(_ index: UInt32, _ position: Position) {
    let node = ir.nodes[Int(index)]
    let template = templates.table[Int(node.op)]
    if template.isLoad {
      if choiceOfWords(node) { return }
      templates.putAccess(node.op, to: &text)
      expression(node.a, .whole)
      text.put(", ")
      text.put(decimal: UInt64(node.b))
      text.put(")")
      return
    }
    if template.hasIdiom, ir.nodes[Int(node.b)].op == NodeOp.constant, idiom(node, position) {
      return
    }
    // An int where a u32 is due; a value that compilers would leave unquieted.
    let isCast = template.isBoolean && position == .operand
    let quiets = template.mayFold && (isNeutral(node.a) || isNeutral(node.b))
    let inParentheses = isCast || quiets || (template.isLoose && position == .operand)
    if isCast { text.put("(u32)") }
    if quiets { text.put(node.type == .f32 ? "quiet32" : "quiet64") }
    if inParentheses { text.put("(") }
    for k in Int(template.start)..<Int(template.end) {
      let piece = templates.pieces[k]
      text.put(piece.characters)
      switch piece.argument {
      case .none: break
      case .operand0: expression(node.a, .operand)
      case .operand1: expression(node.b, .operand)
      case .operand2: expression(node.c, .operand)
      case .operand3: expression(node.d, .operand)
      case .whole0: expression(node.a, .whole)
      case .whole1: expression(node.b, .whole)
      case .whole2: expression(node.c, .whole)
      case .whole3: expression(node.d, .whole)
      case .site: site(node.offset)
      }
    }
    if inParentheses { text.put(")") }
  }

  /// x * 1, x / -1, x - 0, x + -0, -0 - x: compilers take the operand as it is, or turn its
  /// sign, and a signalling NaN would stay one. So it would as a constant.
  static func foldsToOperand(_ opcode: UInt16) -> Bool {
    switch opcode {
    case 0x92...0x95, 0xa0...0xa3: true
    default: false
    }
  }

  /// Whether a node is a constant 0, 1, -0, -1 or NaN.
  private mutating func isNeutral(_ index: UInt32) -> Bool {
    let node = ir.nodes[Int(index)]
    guard node.op == NodeOp.constant else { return false }
    let value =
      node.type == .f32
      ? Double(Float(bitPattern: node.a)) : Double(bitPattern: node.constantBits)
    return value == 0 || abs(value) == 1 || value.isNaN
  }

  private mutating func constant(_ node: Node, _ position: Position) {
    switch node.type {
    case .i32:
      integer(UInt64(node.a))
      text.put("u")
    case .i64:
      integer(node.constantBits)
      text.put("ull")
    case .f32:
      let value = Float(bitPattern: node.a)
      if value.isFinite {
        float(value.description, negative: value.sign == .minus, "f", position)
      } else {
        text.put("f32_bits(")
        text.put(hex: UInt64(node.a))
        text.put("u)")
      }
    case .f64:
      let bits = UInt64(node.b) << 32 | UInt64(node.a)
      let value = Double(bitPattern: bits)
      if value.isFinite {
        float(value.description, negative: value.sign == .minus, "", position)
      } else {
        text.put("f64_bits(")
        text.put(hex: bits)
        text.put("ull)")
      }
    default: text.put("NULL")
    }
  }

  mutating func integer(_ value: UInt64) {
    if value < 1 << 20 { text.put(decimal: value) } else { text.put(hex: value) }
  }

  private mutating func float(
    _ digits: String, negative: Bool, _ suffix: StaticString, _ position: Position
  ) {
    if negative && position == .operand { text.put("(") }
    text.put(string: digits)
    text.put(suffix)
    if negative && position == .operand { text.put(")") }
  }

  private mutating func call(_ node: Node) {
    uses.append(Use(.call, node.a))
    plan.putName(of: Int(node.a), to: &text)
    text.put("(")
    var isFirst = true
    if plan.isMany {
      text.put("i")
      isFirst = false
    }
    callArguments(node, 0..<Int(node.c), plan.module.type(ofFunction: Int(node.a)), isFirst)
  }

  private mutating func callIndirect(_ node: Node) {
    let type = plan.module.types[Int(node.a)]
    let last = Int(node.c) - 1
    let hasArguments = last > 0 || type.results.count > 1
    uses.append(Use(.type, UInt32(plan.canonicalType[Int(node.a)])))
    uses.append(Use(.indirectCall, node.d))
    text.put(hasArguments ? "CALL(fn" : "CALL0(fn")
    text.put(decimal: UInt64(plan.canonicalType[Int(node.a)]))
    text.put(", indirect")
    text.put(decimal: UInt64(node.d))
    text.put("(")
    expression(ir.arguments[Int(node.b) + last], .whole)
    text.put(", ")
    text.put(decimal: UInt64(plan.canonicalType[Int(node.a)]))
    text.put(", ")
    site(node.offset)
    text.put(")")
    callArguments(node, 0..<last, type, false)
  }

  /// The arguments, then the addresses of the variables for further results.
  private mutating func callArguments(
    _ node: Node, _ range: Range<Int>, _ type: FunctionType, _ isFirst: Bool
  ) {
    var isFirst = isFirst
    for k in range {
      if !isFirst { text.put(", ") }
      isFirst = false
      expression(ir.arguments[Int(node.b) + k], .whole)
    }
    for k in 0..<max(type.results.count - 1, 0) {
      text.put(isFirst ? "&" : ", &")
      isFirst = false
      variable(ir.arguments[Int(node.b) + Int(node.c) + k])
    }
    text.put(")")
  }
}
