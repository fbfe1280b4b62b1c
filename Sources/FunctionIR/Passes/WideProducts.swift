// Finds the multiplications of 64 by 64 bits to 128 that compilers have taken apart.
//
// With x and y cut into halves of 32 bits, x0 and x1, y0 and y1:
//
//     p = x0 * y0
//     t = (p >> 32) + x1 * y0
//     u = (t & 0xffffffff) + x0 * y1
//     x1 * y1 + (t >> 32) + (u >> 32)        the high half of x * y
//     u << 32 | p & 0xffffffff               the low half
//
// Compilers write that for products of 128 bits and for Go's `bits.Mul64`; `__multi3`, which C and Rust call, is
// little else. No carry is lost, since each sum is less than 2^64: (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1. So the sums
// become `i64.mul_wide_u` and `i64.mul`, and the C compiler drops what nothing wants any more.
//
// Within code that is executed one statement after the other each variable stands for the value that it has, so it
// makes no difference which ones a compiler uses again. Where no variable has a factor any more, one is added.

import WasmModel

struct WideProducts: ~Copyable {
  enum Kind: UInt8, BitwiseCopyable {
    case opaque, constant
    /// Operand a, `& 0xffffffff`, `>> 32`, `<< 32`, and its lower half as an i32.
    case low, high, raised, wrapped
    case product, sum
  }
  struct Value: BitwiseCopyable {
    var kind: Kind
    var a: UInt32 = 0
    var b: UInt32 = 0
    var bits: UInt64 = 0
    /// A variable that has it before a statement, where there is one.
    var variable = UInt32.max
    var statement: UInt32 = 0
  }
  /// A factor: a value, or a constant.
  private enum Factor {
    case value(UInt32)
    case constant(UInt64)
  }
  /// An operand of a sum of many.
  struct Term: BitwiseCopyable {
    var node: UInt32
    var value: UInt32
  }

  private var values = Buffer<Value>(capacity: 64)
  /// By variable: its value, where that is one of the run of statements at hand, `firstValue` or a later one.
  private var current = Buffer<UInt32>(capacity: 64)
  private var firstValue = 0
  private var terms = Buffer<Term>(capacity: 16)
  /// Variables that are set to others: before which statement, which one, to which.
  private var copies: [(statement: Int, variable: UInt32, source: UInt32)] = []

  private static let lowHalf: UInt64 = 0xffff_ffff
  private static let none = UInt32.max
  private static let mostTerms = 12
  /// How deep values are compared; t is 5 deep. Squares of squares have as many ways as there are squares.
  private static let greatestDepth = 8
  private let multiply = Opcode.i64Mul.rawValue
  private let addition = Opcode.i64Add.rawValue
  private let and = InstructionTable.opcode(of: .and, .i64)!.rawValue
  private let or = InstructionTable.opcode(of: .or, .i64)!.rawValue
  private let shiftLeft = InstructionTable.opcode(of: .shl, .i64)!.rawValue
  private let shiftRight = InstructionTable.opcode(of: .shrU, .i64)!.rawValue

  mutating func run(_ ir: inout FunctionIR) {
    // x, y, p, t and u are shifted.
    guard ir.halfShifts >= 4 else { return }
    copies.removeAll()
    values.removeAll()
    current.removeAll()
    current.append(repeating: WideProducts.none, count: ir.variables.count)
    firstValue = 0
    for index in 0..<ir.statements.count {
      let statement = ir.statements[index]
      switch statement.kind {
      case .set:
        let value = value(statement.b, index, &ir)
        current[Int(statement.a)] = value
        if values[Int(value)].variable == WideProducts.none {
          values[Int(value)].variable = statement.a
          values[Int(value)].statement = UInt32(index + 1)
        }
      case .globalSet, .setResult: _ = value(statement.b, index, &ir)
      case .effect, .check, .align: _ = value(statement.a, index, &ir)
      case .return where statement.b == 1: _ = value(statement.a, index, &ir)
      case .store:
        _ = value(statement.a, index, &ir)
        _ = value(statement.c, index, &ir)
      case .declare, .reload, .operation, .trace, .takeFuel, .takeBulkFuel, .keepFuel, .readFuel:
        break
      // Others may come here: no variable has a value that is known.
      default: firstValue = values.count
      }
    }
    if !copies.isEmpty { insertCopies(&ir) }
  }

  /// The value that a variable has, if it is known.
  private func currentValue(_ variable: UInt32) -> UInt32? {
    let value = current[Int(variable)]
    return value != WideProducts.none && Int(value) >= firstValue ? value : nil
  }

  private mutating func add(_ value: Value) -> UInt32 {
    values.append(value)
    return UInt32(values.count - 1)
  }

  // MARK: values

  /// The value of an expression, in which what is found has been replaced.
  private mutating func value(_ index: UInt32, _ statement: Int, _ ir: inout FunctionIR) -> UInt32 {
    let node = ir.nodes[Int(index)]
    if node.op == addition { return sum(index, statement, &ir) }
    if node.op == NodeOp.variable {
      if let value = currentValue(node.a) { return value }
      let value = add(Value(kind: .opaque, variable: node.a, statement: UInt32(statement)))
      current[Int(node.a)] = value
      return value
    }
    if node.op == NodeOp.constant { return add(Value(kind: .constant, bits: node.constantBits)) }
    let count = ir.operandCount(node)
    guard node.isInstruction, count == 1 || count == 2, ir.shapes[node.op].operands != .arguments
    else {
      for k in 0..<count { _ = value(ir.operand(k, of: node), statement, &ir) }
      return add(Value(kind: .opaque))
    }
    let a = value(node.a, statement, &ir)
    if count == 1 { return unary(node.op, a) }
    let b = value(node.b, statement, &ir)
    switch node.op {
    case multiply: return add(Value(kind: .product, a: a, b: b))
    case and:
      if isConstant(b, WideProducts.lowHalf) { return add(Value(kind: .low, a: a)) }
      if isConstant(a, WideProducts.lowHalf) { return add(Value(kind: .low, a: b)) }
    case shiftRight: if isConstant(b, 32) { return add(Value(kind: .high, a: a)) }
    case shiftLeft: if isConstant(b, 32) { return add(Value(kind: .raised, a: a)) }
    case or:
      if let factors = lowHalf(a, b) ?? lowHalf(b, a), replaceLowHalf(index, factors, &ir) {
        return add(Value(kind: .opaque))
      }
    default: break
    }
    return add(Value(kind: .opaque))
  }

  private mutating func unary(_ opcode: UInt16, _ a: UInt32) -> UInt32 {
    if opcode == Opcode.i32WrapI64 { return add(Value(kind: .wrapped, a: a)) }
    if opcode == Opcode.i64ExtendI32U, values[Int(a)].kind == .wrapped {
      return add(Value(kind: .low, a: values[Int(a)].a))
    }
    return add(Value(kind: .opaque))
  }

  private func isConstant(_ value: UInt32, _ bits: UInt64) -> Bool {
    values[Int(value)].kind == .constant && values[Int(value)].bits == bits
  }

  /// Whether two values are the same for sure.
  private func areSame(
    _ a: UInt32, _ b: UInt32, depth: Int = WideProducts.greatestDepth
  ) -> Bool {
    if a == b { return true }
    if depth == 0 { return false }
    let (one, other) = (values[Int(a)], values[Int(b)])
    guard one.kind == other.kind else { return false }
    switch one.kind {
    case .opaque: return false
    case .constant: return one.bits == other.bits
    case .low, .high, .raised, .wrapped: return areSame(one.a, other.a, depth: depth - 1)
    case .product, .sum:
      return areSame(one.a, other.a, depth: depth - 1) && areSame(one.b, other.b, depth: depth - 1)
    }
  }

  // MARK: sums

  /// The value of a sum, of as many terms as there are.
  private mutating func sum(_ index: UInt32, _ statement: Int, _ ir: inout FunctionIR) -> UInt32 {
    let first = terms.count
    collect(index, &ir)
    defer { terms.truncate(to: first) }
    // Those of sums within a term stand behind these for a while.
    for k in first..<terms.count { terms[k].value = value(terms[k].node, statement, &ir) }
    if terms.count - first == 2 {
      let (a, b) = (terms[first].value, terms[first + 1].value)
      if let factors = lowHalf(a, b) ?? lowHalf(b, a),
        replaceLowHalf(index, factors, &ir)
      {
        return add(Value(kind: .opaque))
      }
      return add(Value(kind: .sum, a: a, b: b))
    }
    if terms.count - first <= WideProducts.mostTerms {
      replaceHighHalves(index, from: first, &ir)
    }
    return add(Value(kind: .opaque))
  }

  private mutating func collect(_ index: UInt32, _ ir: inout FunctionIR) {
    let node = ir.nodes[Int(index)]
    guard node.op == addition else {
      return terms.append(Term(node: index, value: WideProducts.none))
    }
    collect(node.a, &ir)
    collect(node.b, &ir)
  }

  // MARK: finding

  /// The factor that this is the lower half of, or, of a constant, that half.
  private func factor(_ half: UInt32) -> Factor? {
    let value = values[Int(half)]
    if value.kind == .low { return .value(value.a) }
    return value.kind == .constant && value.bits <= WideProducts.lowHalf
      ? .constant(value.bits) : nil
  }

  private func isHalf(_ kind: Kind, _ half: UInt32, of factor: Factor) -> Bool {
    let value = values[Int(half)]
    switch factor {
    case .value(let whole): return value.kind == kind && areSame(value.a, whole)
    case .constant(let bits):
      return value.kind == .constant
        && value.bits == (kind == .low ? bits & WideProducts.lowHalf : bits >> 32)
    }
  }

  private func isProduct(
    _ product: UInt32, _ kind: Kind, of x: Factor, _ otherKind: Kind, of y: Factor
  ) -> Bool {
    let value = values[Int(product)]
    return value.kind == .product
      && (isHalf(kind, value.a, of: x) && isHalf(otherKind, value.b, of: y)
        || isHalf(kind, value.b, of: x) && isHalf(otherKind, value.a, of: y))
  }

  /// The factors whose lower halves p multiplies, and of which the other two multiply one's lower and the other's
  /// higher half each.
  private func factors(_ p: UInt32, _ one: UInt32, _ other: UInt32) -> (Factor, Factor)? {
    let lower = values[Int(p)]
    guard lower.kind == .product, var x = factor(lower.a), var y = factor(lower.b)
    else { return nil }
    if case .constant = x { swap(&x, &y) }
    guard case .value = x else { return nil }
    if case .constant(let low) = y {
      // Its higher half is what x0 is multiplied with.
      for product in [one, other] {
        let value = values[Int(product)]
        guard value.kind == .product else { return nil }
        for (half, rest) in [(value.a, value.b), (value.b, value.a)] {
          if isHalf(.low, half, of: x), case .constant(let high) = factor(rest) {
            y = .constant(high << 32 | low)
          }
        }
      }
    }
    let fits =
      isProduct(one, .high, of: x, .low, of: y) && isProduct(other, .low, of: x, .high, of: y)
      || isProduct(other, .high, of: x, .low, of: y) && isProduct(one, .low, of: x, .high, of: y)
    return fits ? (x, y) : nil
  }

  /// What u is made of: t, p, and the two products of different halves.
  private func parts(_ u: UInt32) -> (t: UInt32, p: UInt32, UInt32, UInt32)? {
    let upper = values[Int(u)]
    guard upper.kind == .sum else { return nil }
    for (first, second) in [(upper.a, upper.b), (upper.b, upper.a)]
    where values[Int(first)].kind == .low {
      let t = values[Int(first)].a
      let middle = values[Int(t)]
      guard middle.kind == .sum else { continue }
      for (one, other) in [(middle.a, middle.b), (middle.b, middle.a)]
      where values[Int(one)].kind == .high {
        return (t, values[Int(one)].a, second, other)
      }
    }
    return nil
  }

  /// The factors of whose product `u << 32` and `p & 0xffffffff` are the lower half.
  private func lowHalf(_ raised: UInt32, _ low: UInt32) -> (Factor, Factor)? {
    guard values[Int(raised)].kind == .raised, values[Int(low)].kind == .low,
      let (_, p, one, other) = parts(values[Int(raised)].a), areSame(values[Int(low)].a, p)
    else { return nil }
    return factors(p, one, other)
  }

  /// The factors of whose product three terms are the higher half, and the places of these.
  private func highHalf(from first: Int) -> (Factor, Factor, places: [Int])? {
    for last in first..<terms.count {
      let shifted = values[Int(terms[last].value)]
      guard shifted.kind == .high, let (t, p, one, other) = parts(shifted.a),
        let (x, y) = factors(p, one, other),
        let product = (first..<terms.count).first(where: {
          isProduct(terms[$0].value, .high, of: x, .high, of: y)
        }),
        let middle = (first..<terms.count).first(where: {
          $0 != last && values[Int(terms[$0].value)].kind == .high
            && areSame(values[Int(terms[$0].value)].a, t)
        })
      else { continue }
      return (x, y, [product, middle, last])
    }
    return nil
  }

  // MARK: replacing

  private mutating func replaceLowHalf(
    _ index: UInt32, _ factors: (Factor, Factor), _ ir: inout FunctionIR
  ) -> Bool {
    guard let x = read(factors.0, &ir), let y = read(factors.1, &ir) else { return false }
    ir.nodes[Int(index)].op = multiply
    ir.nodes[Int(index)].a = x
    ir.nodes[Int(index)].b = y
    return true
  }

  private mutating func replaceHighHalves(
    _ index: UInt32, from first: Int, _ ir: inout FunctionIR
  ) {
    var isChanged = false
    while let (x, y, places) = highHalf(from: first), let x = read(x, &ir), let y = read(y, &ir) {
      var product = ir.nodes[Int(terms[places[0]].node)]
      product.op = Opcode.i64MulWideU.rawValue
      (product.a, product.b, product.c, product.d) = (x, y, y, y)
      ir.nodes[Int(terms[places[0]].node)] = product
      terms[places[0]].value = add(Value(kind: .opaque))
      for place in places.dropFirst().sorted(by: >) {
        for k in place..<terms.count - 1 { terms[k] = terms[k + 1] }
        terms.truncate(to: terms.count - 1)
      }
      isChanged = true
    }
    guard isChanged else { return }
    var rest = ir.nodes[Int(terms[first].node)]
    for k in first + 1..<terms.count {
      ir.nodes.append(rest)
      let next = ir.nodes[Int(terms[k].node)]
      rest = Node(
        op: addition, type: .i64, effects: rest.effects.union(next.effects),
        a: UInt32(ir.nodes.count - 1), b: terms[k].node, offset: ir.nodes[Int(index)].offset)
    }
    ir.nodes[Int(index)] = rest
  }

  /// Reads a factor: from the variable that had it first, or one that is set as long as that has it.
  private mutating func read(_ factor: Factor, _ ir: inout FunctionIR) -> UInt32? {
    switch factor {
    case .constant(let bits): ir.nodes.append(.constant(.i64, bits))
    case .value(let whole):
      let (source, statement) = (values[Int(whole)].variable, values[Int(whole)].statement)
      guard source != WideProducts.none else { return nil }
      var variable = source
      if currentValue(source) != whole {
        variable = UInt32(ir.variables.count)
        ir.variables.append(.i64)
        ir.assigned.append(true)
        current.append(whole)
        copies.append((Int(statement), variable, source))
        values[Int(whole)].variable = variable
      }
      ir.nodes.append(Node(op: NodeOp.variable, type: .i64, effects: [], a: variable))
    }
    return UInt32(ir.nodes.count - 1)
  }

  /// Sets the variables that were added, each as long as another has its value.
  private mutating func insertCopies(_ ir: inout FunctionIR) {
    copies.sort { $0.statement < $1.statement }
    var statements = Buffer<Statement>(capacity: ir.statements.count + copies.count)
    var next = copies[...]
    for index in 0..<ir.statements.count {
      while let copy = next.first, copy.statement == index {
        next.removeFirst()
        ir.nodes.append(Node(op: NodeOp.variable, type: .i64, effects: [], a: copy.source))
        var set = Statement(kind: .set, a: copy.variable, b: UInt32(ir.nodes.count - 1))
        set.offset = ir.statements[index].offset
        statements.append(set)
      }
      statements.append(ir.statements[index])
    }
    ir.statements = statements
  }
}
