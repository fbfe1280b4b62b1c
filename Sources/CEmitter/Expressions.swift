// Prints expressions as C.

import FunctionIR
import WasmModel

extension FunctionEmitter {
  mutating func expression(_ index: UInt32, _ position: Position) {
    // Nodes are read where they are wanted: most are variables, of which an index is enough.
    let op = ir.nodes[Int(index)].op
    if op < NodeOp.first {
      plain(index, position)
    } else if op == NodeOp.variable {
      variable(ir.nodes[Int(index)].a)
    } else if op == NodeOp.constant {
      constant(ir.nodes[Int(index)], position)
    } else {
      special(index, position)
    }
  }

  @inline(never)
  private mutating func special(_ index: UInt32, _ position: Position) {
    absorbed = nil
    let node = ir.nodes[Int(index)]
    switch NodeOp(code: node.op) {
    case .globalGet:
      plan.putGlobal(Int(node.a), to: &text)
    case .call: call(node)
    case .callIndirect: callIndirect(node)
    case .select:
      if choiceByBit(node) { return }
      if position != .whole { text.put("(") }
      let needsParentheses = ir.nodes[Int(node.a)].op == NodeOp.select
      if needsParentheses { text.put("(") }
      expression(node.a, .condition)
      if needsParentheses { text.put(")") }
      text.put(" ? ")
      value(node.b, .operand)
      text.put(" : ")
      value(node.c, .operand)
      if position != .whole { text.put(")") }
    case .memorySize:
      text.put(node.type == .i64 ? "(u64)(" : "(u32)(")
      size(ofMemory: Int(node.a))
      text.put(" / ")
      text.put(decimal: plan.memories[Int(node.a)].pageSize)
      text.put(")")
    case .memoryGrow:
      let hasBytes = plan.memories[Int(node.b)].pageSize == 1
      text.put(isDeterministic ? "sure_" : "apus_")
      text.put(
        node.type == .i64 ? "memory_grow64(" : hasBytes ? "memory_grow_bytes(" : "memory_grow(")
      text.put(string: plan.memory(Int(node.b)))
      text.put(", ")
      expression(node.a, .whole)
      growthSite(node)
      text.put(")")
    case .tableGet:
      if node.type == .funcref { text.put("(apus_funcref)") }
      text.put(node.type == .exnref ? "apus_table_get_exnref(" : "apus_table_get(")
      plan.putTable(Int(node.b), to: &text)
      text.put(", ")
      tableIndex(node.a)
      text.put(", ")
      site(node.offset)
      text.put(")")
    case .tableSize:
      if node.type == .i64 { text.put("(u64)") }
      text.put(string: plan.tableFields(Int(node.a)))
      text.put("size")
    case .tableGrow:
      if node.type == .i64 { text.put("widened(") }
      text.put(isDeterministic ? "sure_table_grow(" : "apus_table_grow(")
      plan.putTable(Int(node.c), to: &text)
      text.put(", ")
      tableIndex(node.b)
      text.put(", (void *)")
      reference(node.a)
      growthSite(node)
      text.put(node.type == .i64 ? "))" : ")")
    case .fits: fits(node)
    case .forced:
      text.put("forced_")
      text.put(node.type.c.name)
      text.put("(")
      expression(node.a, .whole)
      text.put(")")
    case .refFunc:
      plan.putFunctionReference(Int(node.a), to: &text)
    case .refNull: text.put(node.type == .exnref ? "(apus_exnref){0}" : "NULL")
    // gcc warns of the question whether a function's address is null, also where it is one of two.
    case .refIsNull where ir.nodes[Int(node.a)].op == NodeOp.refFunc: text.put("0u")
    case .refIsNull
    where ir.nodes[Int(node.a)].op == NodeOp.select && ir.nodes[Int(node.a)].type != .exnref:
      text.put("is_null(")
      expression(node.a, .whole)
      text.put(")")
    case .refIsNull:
      if position == .operand { text.put("(u32)") }
      text.put("!")
      expression(node.a, .operand)
      if ir.nodes[Int(node.a)].type == .exnref { text.put(".tag") }
    case .thrown:
      text.put(node.a == 0 ? "thrown(" : "thrown_with(")
      if node.a > 0 { text.put(string: plan.tag(Int(node.a) - 1)) }
      text.put(")")
    case .thrownValue:
      text.put("get_")
      text.put(node.type.c.name)
      text.put("(apus_thrown.values, ")
      text.put(decimal: UInt64(node.a))
      text.put(")")
    case .thrownException: text.put("apus_thrown")
    case .variable: variable(node.a)
    case .constant: constant(node, position)
    case .vector: vector(node)
    case nil: break
    }
  }

  /// `fits(l0 + 8u, l1 - 1u, 4, 16ull, n)`
  private mutating func fits(_ node: Node) {
    let reach = ir.reach(of: node)
    text.put("fits(")
    expression(node.a, .whole)
    text.put(", ")
    expression(node.b, .whole)
    text.put(reach.step < 0 ? ", -" : ", ")
    text.put(decimal: UInt64(reach.step.magnitude))
    text.put(", ")
    text.put(decimal: reach.extent)
    text.put("ull, ")
    checkedSize(ofMemory: reach.memory)
    text.put(")")
  }

  @inline(never)
  private mutating func plain(_ index: UInt32, _ position: Position) {
    var node = ir.nodes[Int(index)]
    let template = templates.table[Int(node.op)]
    let isAbsorbed = absorbed != nil && absorbed == template.openNaNs?.widest
    absorbed = nil
    if template.isLoad {
      if choiceOfWords(node) { return }
      access(node.op, memory: node.c)
      expression(node.a, .whole)
      text.put(", ")
      text.put(decimal: UInt64(node.b))
      text.put(")")
      return
    }
    if template.isAtomic { node.spread(ir.arguments) }
    if template.hasIdiom, ir.nodes[Int(node.b)].op == NodeOp.constant, idiom(node, position) {
      return
    }
    // An int where a u32 is due; a value that compilers would leave unquieted.
    let isCast = template.isBoolean && position == .operand
    if node.op == Opcode.shuffle { return shuffle(node) }
    if isDeterministic, !isAbsorbed, let shape = template.openNaNs {
      return canonical(node, template, shape)
    }
    if template.isOpaque && vectorOfNeutral(node) { return }
    let quiets = template.mayFold && !isAbsorbed && (isNeutral(node.a) || isNeutral(node.b))
    let inParentheses = isCast || quiets || (template.isLoose && position == .operand)
    if isCast { text.put("(u32)") }
    if quiets { text.put(node.type == .f32 ? "quiet32" : "quiet64") }
    if inParentheses { text.put("(") }
    pieces(of: template, node, index)
    if inParentheses { text.put(")") }
  }

  /// Prints arithmetic of which every NaN is the canonical one: `canonical_f32(l0 + l1)`.
  @inline(never)
  private mutating func canonical(_ node: Node, _ template: Template, _ shape: FloatShape) {
    text.put("canonical_")
    text.put(shape.name)
    text.put("(")
    if !(template.isOpaque && vectorOfNeutral(node)) { pieces(of: template, node) }
    text.put(")")
  }

  /// Prints a template. The operands of atomic accesses are spread, and `index` is what has them.
  /// A chain of arithmetic is made canonical once, at its end.
  @inline(__always)
  private mutating func pieces(of template: Template, _ node: Node, _ index: UInt32 = 0) {
    if template.isSubtraction, subtractionFromZero(template, node) { return }
    for k in Int(template.start)..<Int(template.end) {
      let piece = templates.pieces[k]
      text.put(piece.characters)
      if isDeterministic { absorbed = template.absorbs }
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
      case .lane: lane(node)
      case .place: place(ir.nodes[Int(index)], node.a)
      case .memory: text.put(string: plan.memory(Int(ir.nodes[Int(index)].a)))
      }
    }
    absorbed = nil
  }

  /// Prints what gcc 12 would take for a negation: `minus64(0.0, (f64)(i32)l0)`.
  @inline(never)
  private mutating func subtractionFromZero(_ template: Template, _ node: Node) -> Bool {
    guard mayBeZero(node.a) else { return false }
    text.put(node.type == .f32 ? "minus32(" : "minus64(")
    if isDeterministic { absorbed = template.absorbs }
    expression(node.a, .whole)
    text.put(", ")
    if isDeterministic { absorbed = template.absorbs }
    expression(node.b, .whole)
    text.put(")")
    absorbed = nil
    return true
  }

  /// Where growing may trap, which it does in deterministic code alone.
  private mutating func growthSite(_ node: Node) {
    guard isDeterministic else { return }
    text.put(", ")
    site(node.offset)
  }

  /// A reference as the runtime's functions for tables take it: an exnref by its address.
  mutating func reference(_ operand: UInt32) {
    guard ir.nodes[Int(operand)].type == .exnref else { return expression(operand, .operand) }
    text.put("copied_exnref(")
    expression(operand, .whole)
    text.put(")")
  }

  /// An index of a table, or a number of its elements: one of 64 bits that is none of 32 is beyond
  /// every table.
  mutating func tableIndex(_ operand: UInt32) {
    let isWide = ir.nodes[Int(operand)].type == .i64
    if isWide { text.put("index32(") }
    expression(operand, .whole)
    if isWide { text.put(")") }
  }

  private mutating func call(_ node: Node) {
    plan.putName(of: Int(node.a), to: &text)
    text.put("(")
    var isFirst = true
    if plan.isMany {
      text.put("i")
      isFirst = false
    }
    let further = plan.furtherResults[Int(plan.module.functions[Int(node.a)])]
    callArguments(node, 0..<Int(node.c), further, isFirst)
  }

  private mutating func callIndirect(_ node: Node) {
    let further = plan.furtherResults[Int(node.a)]
    let type = UInt64(plan.module.canonicalType[Int(node.a)])
    let last = Int(node.c) - 1
    let hasArguments = last > 0 || further > 0
    text.put(hasArguments ? "CALL(fn" : "CALL0(fn")
    text.put(decimal: type)
    text.put(", indirect")
    text.put(decimal: UInt64(node.d))
    text.put("(")
    tableIndex(ir.arguments[Int(node.b) + last])
    text.put(", ")
    text.put(decimal: type)
    text.put(", ")
    site(node.offset)
    text.put(")")
    callArguments(node, 0..<last, further, false)
  }

  /// The arguments, then the addresses of the variables for further results.
  private mutating func callArguments(
    _ node: Node, _ range: Range<Int>, _ further: Int, _ isFirst: Bool
  ) {
    callCount &+= 1
    var isFirst = isFirst
    for k in range {
      if !isFirst { text.put(", ") }
      isFirst = false
      value(ir.arguments[Int(node.b) + k], .whole)
    }
    for k in 0..<further {
      text.put(isFirst ? "&" : ", &")
      isFirst = false
      variable(ir.arguments[Int(node.b) + Int(node.c) + k])
    }
    text.put(")")
  }
}
