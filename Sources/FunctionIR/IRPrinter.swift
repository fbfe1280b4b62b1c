// The IR of one function as text, for people who look at what the passes do.

import WasmModel

/// Prints a function: one statement a line, expressions nested, instructions by the
/// specification's names, `l` for locals, `t` for temporaries, `L` for labels.
package struct IRPrinter: ~Copyable {
  private var ir = FunctionIR()
  private var lines = ""
  private var depth = 1

  /// `name` is the function's own, if it has one.
  package static func text(_ ir: inout FunctionIR, name: String?) -> String {
    var printer = IRPrinter()
    swap(&printer.ir, &ir)
    defer { swap(&printer.ir, &ir) }
    printer.text(name)
    return printer.lines
  }

  private mutating func text(_ name: String?) {
    lines = "function \(ir.functionIndex)"
    if let name { lines += " \(name)" }
    lines += " (" + declarations(0..<ir.parameterCount) + ")\n"
    if ir.localCount > ir.parameterCount {
      line("locals " + declarations(ir.parameterCount..<ir.localCount))
    }
    for index in 0..<ir.statements.count { statement(ir.statements[index]) }
  }

  private func declarations(_ range: Range<Int>) -> String {
    range.map { "\(variable(UInt32($0))) \(ir.variables[$0].name)" }.joined(separator: ", ")
  }

  private mutating func line(_ text: String) {
    lines += String(repeating: "  ", count: min(depth, 40)) + text + "\n"
  }

  private func variable(_ index: UInt32) -> String {
    (Int(index) < ir.localCount ? "l" : "t") + "\(index)"
  }

  private func label(_ index: UInt32) -> String { "L\(index)" }

  private func name(_ opcode: UInt16) -> String {
    InstructionTable.rows[Int(opcode)]?.name ?? Opcode(opcode).hexadecimal
  }

  /// `[l0 + 8]`, of another memory than the first `@1[l0 + 8]`.
  private func place(
    _ address: UInt32, _ offset: some BinaryInteger, memory: UInt32
  ) -> String {
    number(ofMemory: memory) + "[\(expression(address)) + \(offset)]"
  }

  /// Nothing for the first.
  private func number(ofMemory memory: UInt32) -> String { memory == 0 ? "" : "@\(memory)" }

  private func extent(_ high: UInt32, _ low: UInt32) -> UInt64 { UInt64(high) << 32 | UInt64(low) }
  private func extent(_ s: Statement) -> UInt64 { extent(s.c, s.b) }

  private mutating func statement(_ s: Statement) {
    let mark = s.op == Statement.forced ? " (forced)" : ""
    switch s.kind {
    case .set: line("\(variable(s.a)) = \(expression(s.b))\(mark)")
    case .declare: line("declare \(variable(s.a)) \(ir.variables[Int(s.a)].name)")
    case .globalSet: line("global \(s.a) = \(expression(s.b))")
    case .store:
      line("\(name(s.op)) \(place(s.a, s.b, memory: s.d)) = \(expression(s.c))")
    case .effect: line("do \(expression(s.a))\(mark)")
    case .check: line("check \(place(s.a, extent(s), memory: s.d))")
    case .align: line("align \(s.op) at \(expression(s.a)) + \(s.b)")
    case .reload: line("reload memory")
    case .block: open("block \(label(s.a))")
    case .loop:
      open(
        (s.c == Statement.doWhile ? "do " : "loop ") + label(s.a)
          + (s.b == Statement.endsSoon ? " ends soon" : ""))
    case .if: open("if \(expression(s.a)) \(label(s.b))")
    case .when: open("if \(expression(s.a))")
    case .else:
      depth -= 1
      open("else")
    case .endBlock, .endIf: close("end \(label(s.a))")
    case .endLoop: close("end \(label(s.a))" + loopEnd(s))
    case .endWhen: close("end")
    case .br: line(s.d == Statement.break ? "break" : "br \(label(s.a))")
    case .brIf:
      line(
        s.d == Statement.break
          ? "break if \(expression(s.a))" : "br_if \(expression(s.a)) \(label(s.b))")
    case .brTable:
      let targets = (0...Int(s.c)).map { label(ir.immediates[Int(s.b) + $0]) }
      line("br_table \(expression(s.a)) \(targets.joined(separator: " "))")
    case .return: line(s.b == 0 ? "return" : "return \(expression(s.a))")
    case .setResult: line("result \(s.a) = \(expression(s.b))")
    case .trap: line("unreachable")
    case .tailCall: line("return_\(expression(s.a))")
    case .throw: line("throw \(s.a)" + arguments(s.b, s.c))
    case .throwAgain: line("throw_ref \(expression(s.a))")
    case .caught: line("caught")
    case .trace:
      let values = [s.a, s.c].map { $0 == Statement.nothing ? "" : " " + expression($0) }
      line(
        "trace \(TraceEvent(rawValue: s.op)?.c ?? "")\(values[0]) + \(extent(s.d, s.b))\(values[1])"
      )
    case .takeFuel:
      line("\(s.c == 1 ? "ask for" : "take") \(extent(s.b, s.a)) of fuel")
    case .takeBulkFuel:
      line(
        "ask for \(s.b) of fuel for each of \(expression(s.a))"
          + (s.c == 1 ? " if \(expression(s.d)) is not -1" : ""))
    case .keepFuel: line("keep fuel")
    case .readFuel: line("read fuel")
    case .operation: line("\(name(s.op)) \(s.a) \(s.d)" + arguments(s.b, s.c))
    }
  }

  private func loopEnd(_ s: Statement) -> String {
    switch s.b {
    case 0: ""
    case Statement.whileCondition: ", again if \(expression(s.c))"
    case Statement.unlessCondition: ", again unless \(expression(s.c))"
    default: " (never reached)"
    }
  }

  private mutating func open(_ text: String) {
    line(text)
    depth += 1
  }

  private mutating func close(_ text: String) {
    depth -= 1
    line(text)
  }

  private func arguments(_ first: UInt32, _ count: UInt32) -> String {
    "(" + (first..<first + count).map { expression(ir.arguments[Int($0)]) }.joined(separator: ", ")
      + ")"
  }

  private func expression(_ index: UInt32) -> String {
    let node = ir.nodes[Int(index)]
    switch NodeOp(code: node.op) {
    case .constant: return constant(node)
    case .variable: return variable(node.a)
    case .globalGet: return "global \(node.a)"
    case .call: return "call \(node.a)" + arguments(node.b, node.c)
    case .callIndirect:
      return "call_indirect table \(node.d) type \(node.a)" + arguments(node.b, node.c)
    case .select:
      return "select(\(expression(node.b)), \(expression(node.c)), \(expression(node.a)))"
    case .memorySize: return "memory.size" + number(ofMemory: node.a)
    case .memoryGrow:
      return "memory.grow\(number(ofMemory: node.b))(\(expression(node.a)))"
    case .tableGet: return "table.get \(node.b)(\(expression(node.a)))"
    case .tableSize: return "table.size \(node.a)"
    case .tableGrow:
      return "table.grow \(node.c)(\(expression(node.a)), \(expression(node.b)))"
    case .refFunc: return "ref.func \(node.a)"
    case .refNull: return "ref.null"
    case .refIsNull: return "ref.is_null(\(expression(node.a)))"
    case .vector:
      return "v128 " + [node.a, node.b, node.c, node.d].map { "\($0)" }.joined(separator: " ")
    case .thrown: return node.a == 0 ? "thrown" : "thrown \(node.a - 1)"
    case .thrownValue: return "thrown value \(node.a)"
    case .thrownException: return "thrown exception"
    case .fits:
      let reach = ir.reach(of: node)
      return "fits\(number(ofMemory: reach.memory))(\(expression(node.a)), "
        + "\(expression(node.b)) times \(reach.step), \(reach.extent))"
    case .forced: return "forced(\(expression(node.a)))"
    case nil:
      let fact = InstructionTable.facts[Int(node.op)]
      if fact.kind == .load { return name(node.op) + place(node.a, node.b, memory: node.c) }
      if fact.kind.isAtomic {
        return "\(name(node.op))\(number(ofMemory: node.a))\(node.d > 0 ? " + \(node.d)" : "")"
          + arguments(node.b, node.c)
      }
      let operands = (0..<ir.operandCount(node)).map { expression(ir.operand($0, of: node)) }
      let immediate = fact.kind == .lane ? " \(node.field(operands.count))" : lanes(node)
      return "\(name(node.op))\(immediate)(\(operands.joined(separator: ", ")))"
    }
  }

  /// Those of a shuffle, as sixteen digits of base 32.
  private func lanes(_ node: Node) -> String {
    guard node.op == Opcode.shuffle else { return "" }
    let digits = ir.lanes(ofShuffle: node).map { String($0, radix: 32) }
    return " " + digits.joined()
  }

  private func constant(_ node: Node) -> String {
    switch node.type {
    case .i32: "\(Int32(bitPattern: node.a))"
    case .i64: "\(Int64(bitPattern: node.constantBits))"
    case .f32: "\(Float(bitPattern: node.a))"
    case .f64: "\(Double(bitPattern: node.constantBits))"
    default: "ref.null"
    }
  }
}
