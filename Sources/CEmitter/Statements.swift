// Prints statements as C.

import FunctionIR
import WasmModel

extension FunctionEmitter {
  @inline(__always)
  mutating func statement(_ s: Statement) {
    switch s.kind {
    case .set:
      indent()
      let isTemporary = Int(s.a) >= ir.localCount
      if isTemporary && !declaredVariables.contains(s.a) { declare(s.a) } else { variable(s.a) }
      text.put(" = ")
      if vectorConstants.constant.contains(s.a) {
        expression(s.b, .whole)  // what is done with it knows
      } else {
        value(s.b, .whole)
      }
      text.put(";\n")
      if s.op == Statement.forced {
        indent()
        force(s.a)
      }
    case .declare:
      guard ir.assigned[Int(s.a)] else { return }
      indent()
      define(s.a)
      declaredVariables.insert(s.a)
    case .globalSet:
      indent()
      plan.putGlobal(Int(s.a), to: &text)
      text.put(" = ")
      value(s.b, .whole)
      text.put(";\n")
    case .store:
      indent()
      access(s.op, memory: s.d)
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
      let extent = s.extent
      let isFar = extent > plan.memories[Int(s.d)].initialSize
      indent()
      if plan.memories[Int(s.d)].isWide {
        text.put("CHECK64(")
        checkedSize(ofMemory: s.d)
        text.put(", ")
      } else if plan.memories[Int(s.d)].isShared {
        text.put("CHECK_SHARED(")
        checkedSize(ofMemory: s.d)
        text.put(", ")
      } else if s.d != 0 {
        text.put("CHECK_IN(")
        text.put(decimal: UInt64(s.d))
        text.put(isFar ? ", check_far, " : ", check, ")
      } else {
        text.put(isFar ? "check_far(" : "check(")
      }
      expression(s.a, .whole)
      text.put(", ")
      text.put(decimal: extent)
      if s.c != 0 || plan.memories[Int(s.d)].isWide { text.put("ull") }
      text.put(", ")
      site(s.offset)
      text.put(");\n")
    case .align:
      indent()
      align(s)
    case .reload:
      for k in 0..<ir.usedMemories.count {
        let memory = Int(ir.usedMemories[k])
        if !plan.memories[memory].mayMove { continue }
        indent()
        text.put(reloads[memory])
      }
    case .block: break
    case .loop: if ir.labelUsed[Int(s.a)] { openLoop(s) }
    case .if, .when: openIf(s)
    case .else: beginElse()
    case .endBlock: placeLabel(s.a)
    case .endLoop: if ir.labelUsed[Int(s.a)] { closeLoop(s) }
    case .endIf:
      closeIf()
      placeLabel(s.a)
    case .endWhen: closeIf()
    case .br:
      indent()
      jump(s.a, s.d)
      text.put("\n")
    case .brIf:
      indent()
      condition(s)
      text.put(" ")
      jump(s.b, s.d)
      text.put("\n")
    case .brTable: switchStatement(s)
    case .return:
      indent()
      if s.b == 0 {
        text.put("return;\n")
      } else {
        text.put("return ")
        value(s.a, .whole)
        text.put(";\n")
      }
    case .setResult:
      indent()
      text.put("*r")
      text.put(decimal: UInt64(s.a))
      text.put(" = ")
      value(s.b, .whole)
      text.put(";\n")
    case .trap:
      indent()
      text.put("apus_trap(APUS_TRAP_UNREACHABLE, ")
      site(s.offset)
      text.put(");\n")
    case .operation: operation(s)
    case .tailCall: tailCall(ir.nodes[Int(s.a)])
    case .throw: throwTag(s)
    case .throwAgain:
      indent()
      text.put("throw_again(")
      expression(s.a, .whole)
      text.put(", ")
      site(s.offset)
      text.put(");\n")
    case .caught:
      indent()
      text.put("caught();\n")
    case .takeFuel: takeFuel(s)
    case .trace: trace(s)
    case .takeBulkFuel:
      indent()
      text.put(s.c == 1 ? "ask_for_growth_fuel(" : "ask_for_bulk_fuel(")
      if s.c == 1 {
        expression(s.d, .whole)
        text.put(", ")
      }
      expression(s.a, .whole)
      text.put(", ")
      text.put(decimal: UInt64(s.b))
      text.put(", ")
      site(s.offset)
      text.put(");\n")
    case .keepFuel:
      indent()
      text.put("keep_fuel();\n")
    case .readFuel:
      indent()
      text.put("read_fuel();\n")
    }
  }

  private mutating func trace(_ s: Statement) {
    guard let event = TraceEvent(rawValue: s.op) else { return }
    indent()
    text.put("trace(APUS_TRACE_")
    text.put(event.c)
    text.put(", ")
    site(s.offset)
    text.put(", ")
    if s.a != Statement.nothing {
      traced(s.a)
      text.put(" + ")
    }
    text.put(decimal: UInt64(s.d) << 32 | UInt64(s.b))
    text.put("ull, ")
    if s.c == Statement.nothing { text.put("0") } else { traced(s.c) }
    text.put(");\n")
  }

  /// A value as traces have it.
  private mutating func traced(_ node: UInt32) {
    text.put("trace_")
    text.put(ir.nodes[Int(node)].type.c.name)
    text.put("(")
    value(node, .whole)
    text.put(")")
  }

  private mutating func takeFuel(_ s: Statement) {
    indent()
    text.put(s.c == 1 ? "ask_for_fuel(" : "take_fuel(")
    text.put(decimal: UInt64(s.b) << 32 | UInt64(s.a))
    if s.c == 1 {
      text.put(", ")
      site(s.offset)
    }
    text.put(");\n")
  }

  private mutating func throwTag(_ s: Statement) {
    let places = WordLayout(plan.module.values(ofTag: Int(s.a))).places
    for (k, place) in places.enumerated() {
      let value = ir.arguments[Int(s.b) + k]
      indent()
      text.put("set_")
      text.put(ir.nodes[Int(value)].type.c.name)
      text.put("(apus_thrown.values, ")
      text.put(decimal: UInt64(place.words))
      text.put(", ")
      self.value(value, .whole)
      text.put(");\n")
    }
    indent()
    text.put("throw_with(")
    text.put(string: plan.tag(Int(s.a)))
    text.put(", ")
    site(s.offset)
    text.put(");\n")
  }

  private mutating func force(_ index: UInt32) {
    text.put(ir.variables[Int(index)].c.force)
    variable(index)
    text.put(");\n")
  }

  /// A long one becomes one of short ones: gcc's time for 50,000 cases in a row is quadratic.
  private mutating func switchStatement(_ s: Statement) {
    let fallback = ir.immediates[Int(s.b + s.c)]
    indent()
    guard Int(s.c) > 2 * FunctionEmitter.casesInSwitch else {
      text.put("switch (")
      expression(s.a, .whole)
      text.put(") {\n")
      return cases(s, 0..<Int(s.c), fallback)
    }
    text.put("{\n")
    depth += 1
    indent()
    text.put("const u32 at = ")
    expression(s.a, .whole)
    text.put(";\n")
    indent()
    text.put("switch (at / ")
    text.put(decimal: UInt64(FunctionEmitter.casesInSwitch))
    text.put(") {\n")
    for start in stride(from: 0, to: Int(s.c), by: FunctionEmitter.casesInSwitch) {
      indent()
      putCase(start / FunctionEmitter.casesInSwitch)
      text.put("switch (at) {\n")
      cases(s, start..<min(start + FunctionEmitter.casesInSwitch, Int(s.c)), fallback)
    }
    endCases(fallback)
    depth -= 1
    indent()
    text.put("}\n")
  }

  /// The cases of a `switch` up to its closing brace.
  private mutating func cases(_ s: Statement, _ range: Range<Int>, _ fallback: UInt32) {
    var k = range.lowerBound
    while k < range.upperBound {
      let target = ir.immediates[Int(s.b) + k]
      if target != fallback {
        indent()
        putCase(k)
        while k + 1 < range.upperBound, ir.immediates[Int(s.b) + k + 1] == target {
          k += 1
          putCase(k)
        }
        go(to: target)
        text.put("\n")
      }
      k += 1
    }
    endCases(fallback)
  }

  private mutating func endCases(_ fallback: UInt32) {
    indent()
    text.put("default: ")
    go(to: fallback)
    text.put("\n")
    indent()
    text.put("}\n")
  }

  private mutating func putCase(_ number: Int) {
    text.put("case ")
    text.put(decimal: UInt64(number))
    text.put(": ")
  }

  private mutating func operation(_ s: Statement) {
    indent()
    switch facts[Int(s.op)].special {
    case .tableSet:
      let value = ir.arguments[Int(s.b) + 1]
      let isException = ir.nodes[Int(value)].type == .exnref
      text.put(isException ? "apus_table_set_exnref(" : "apus_table_set(")
      plan.putTable(Int(s.a), to: &text)
      text.put(", ")
      tableIndex(ir.arguments[Int(s.b)])
      text.put(isException ? ", " : ", (void *)")
      reference(value)
      text.put(", ")
      site(s.offset)
    case .tableFill:
      text.put("apus_table_fill(")
      plan.putTable(Int(s.a), to: &text)
      text.put(", ")
      tableIndex(ir.arguments[Int(s.b)])
      text.put(", (void *)")
      reference(ir.arguments[Int(s.b) + 1])
      text.put(", ")
      tableIndex(ir.arguments[Int(s.b) + 2])
      text.put(", ")
      site(s.offset)
    case .tableInit:
      text.put("apus_table_init_segment(")
      plan.putTable(Int(s.d), to: &text)
      text.put(", ")
      plan.putElements(Int(s.a), to: &text)
      arguments(s, areIndices: true)
    case .tableCopy:
      text.put("apus_table_copy(")
      plan.putTable(Int(s.a), to: &text)
      text.put(", ")
      plan.putTable(Int(s.d), to: &text)
      arguments(s, areIndices: true)
    case .memoryInit:
      text.put(
        plan.memories[Int(s.d)].isWide ? "apus_memory_init_segment64(" : "apus_memory_init_segment("
      )
      text.put(string: plan.memory(Int(s.d)))
      text.put(", ")
      plan.putData(Int(s.a), to: &text)
      arguments(s)
    case .memoryCopy:
      let isWide = plan.memories[Int(s.a)].isWide || plan.memories[Int(s.d)].isWide
      text.put(isWide ? "apus_memory_copy64(" : "apus_memory_copy(")
      text.put(string: plan.memory(Int(s.a)))
      text.put(", ")
      text.put(string: plan.memory(Int(s.d)))
      arguments(s)
    case .memoryFill:
      text.put(plan.memories[Int(s.a)].isWide ? "apus_memory_fill64(" : "apus_memory_fill(")
      text.put(string: plan.memory(Int(s.a)))
      arguments(s)
    case .dataDrop:
      text.put(string: "\(plan.state)data_size\(s.a) = 0;\n")
      return
    case .fence:
      text.put("atomic_fence();\n")
      return
    case .elemDrop:
      text.put(string: "\(plan.state)elem_size\(s.a) = 0;\n")
      return
    default: return
    }
    text.put(");\n")
  }

  private mutating func arguments(_ s: Statement, areIndices: Bool = false) {
    for k in 0..<Int(s.c) {
      text.put(", ")
      if areIndices {
        tableIndex(ir.arguments[Int(s.b) + k])
      } else {
        expression(ir.arguments[Int(s.b) + k], .whole)
      }
    }
    text.put(", ")
    site(s.offset)
  }
}
