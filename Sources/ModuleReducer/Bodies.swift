// Ways to make bodies smaller.

import WasmEncoder
import WasmModel

extension EditableModule {
  /// The function that the n-th thing is in, and which it is there.
  func place<Thing>(
    _ number: Int, _ things: (Function) -> [Thing]
  ) -> (function: Int, thing: Thing)? {
    var rest = number
    for (index, function) in functions.enumerated() {
      let found = things(function)
      if rest < found.count { return (index, found[rest]) }
      rest -= found.count
    }
    return nil
  }

  /// With some instructions replaced by others.
  func replacing(
    _ function: Int, _ range: Range<Int>, _ replacement: [CodeInstruction]
  ) -> EditableModule {
    with { $0.functions[function].body.replaceSubrange(range, with: replacement) }
  }
}

extension CodeInstruction {
  /// A constant or a variable, of which nothing smaller can be made; `memory.size` could be a zero.
  fileprivate var isPlainValue: Bool {
    switch row.special {
    case .i32Const, .i64Const, .f32Const, .f64Const, .v128Const, .localGet, .refNull: true
    default: false
    }
  }
}

extension Reduction {
  /// Of things within bodies, one at a time; candidates are told the function and the thing.
  init<Thing>(
    name: String, of things: @escaping @Sendable (EditableModule.Function, Signatures) -> [Thing],
    candidates: @escaping @Sendable (EditableModule, Signatures, Int, Thing) -> [EditableModule]
  ) {
    self.init(
      name: name,
      count: { module in
        let signatures = Signatures(module)
        return module.functions.reduce(0) { $0 + things($1, signatures).count }
      },
      candidates: { module, range in
        let signatures = Signatures(module)
        guard let (index, thing) = module.place(range.lowerBound, { things($0, signatures) })
        else { return [] }
        return candidates(module, signatures, index, thing)
      }, isDivisible: false)
  }

  // MARK: statements

  /// Where the stack is as high as at the start of the block around: between two such places lies a statement.
  private static func statementRanges(
    _ function: EditableModule.Function, _ signatures: Signatures
  ) -> [Range<Int>] {
    let shape = BodyShape(function.body, signatures)
    var ranges: [Range<Int>] = []
    // By depth: where the last statement began, at which height.
    var starts: [(index: Int, height: Int)] = [(0, 0)]
    for index in function.body.indices.dropFirst() {
      let (depth, height) = (shape.depths[index], shape.heights[index])
      while starts.count > depth + 1 { starts.removeLast() }
      if starts.count <= depth {
        starts.append((index, height))
        continue
      }
      let special = function.body[index].row.special
      if height == starts[depth].height || height < 0 || special == .end || special == .else {
        if starts[depth].index < index { ranges.append(starts[depth].index..<index) }
        starts[depth] = (index, height < 0 ? starts[depth].height : starts[depth].height)
        if special == .else { starts[depth].index = index + 1 }
      }
    }
    return ranges
  }

  /// Statements go, several in a row of one block at a time.
  static let statements = Reduction(
    name: "statements",
    count: { module in
      let signatures = Signatures(module)
      return module.functions.reduce(0) { $0 + statementRanges($1, signatures).count }
    },
    candidates: { module, range in
      let signatures = Signatures(module)
      var rest = range
      var copy = module
      var hasChanged = false
      var first = 0
      for (index, function) in module.functions.enumerated() {
        let ranges = statementRanges(function, signatures)
        let own = rest.clamped(to: first..<first + ranges.count)
        first += ranges.count
        if own.isEmpty { continue }
        let chosen = ranges[
          own.lowerBound - (first - ranges.count)..<own.upperBound - (first - ranges.count)]
        // Inner statements lie inside of outer ones.
        var removed = [Bool](repeating: false, count: function.body.count)
        for range in chosen { for place in range { removed[place] = true } }
        copy.functions[index].body = zip(function.body, removed).filter { !$1 }.map(\.0)
        hasChanged = true
      }
      rest = 0..<0
      return hasChanged ? [copy] : []
    })

  // MARK: expressions

  /// What leaves one value on the stack, the longest first; a single constant or variable is none.
  @Sendable private static func expressionRanges(
    _ function: EditableModule.Function, _ signatures: Signatures
  ) -> [Range<Int>] {
    let shape = BodyShape(function.body, signatures)
    var ranges: [Range<Int>] = []
    // The place of the value at each height: where what computes it began.
    var begins: [Int] = []
    var blockEnds: [Int: BlockRange] = [:]
    for block in shape.blocks { blockEnds[block.end] = block }
    for (index, instruction) in function.body.enumerated() {
      let before = shape.heights[index]
      let after = index + 1 < shape.heights.count ? shape.heights[index + 1] : -1
      if before < 0 || after < 0 { continue }
      var begin = index
      if let block = blockEnds[index] {
        begin = block.opener
        let base = max(shape.heights[block.opener], 0)
        if base > 0, function.body[block.opener].row.special == .if, base - 1 < begins.count {
          begin = begins[base - 1]
        }
        begins = Array(begins.prefix(max(after - 1, 0)))
        while begins.count < after { begins.append(begin) }
        if begin < index { ranges.append(begin..<index + 1) }
        continue
      }
      guard let effect = signatures.effect(of: instruction) else { continue }
      let base = max(before - effect.pops, 0)
      if effect.pops > 0, base < begins.count { begin = begins[base] }
      begins = Array(begins.prefix(base))
      while begins.count < after { begins.append(begin) }
      if begin < index || effect.pushes == 0 || !instruction.isPlainValue {
        ranges.append(begin..<index + 1)
      }
    }
    return ranges.sorted {
      $0.count != $1.count ? $0.count > $1.count : $0.lowerBound < $1.lowerBound
    }
  }

  /// An expression becomes a zero, one of its operands, or nothing.
  static let expressions = Reduction(
    name: "expressions", of: expressionRanges,
    candidates: { module, signatures, index, place in
      var candidates = [module.replacing(index, place, [])]
      candidates += ValueType.all.map { module.replacing(index, place, [$0.zero]) }
      let last = module.functions[index].body[place.upperBound - 1]
      // Without its last instruction, where that takes one value for another.
      if place.count > 1 {
        candidates.append(module.replacing(index, place.upperBound - 1..<place.upperBound, []))
      }
      if let effect = signatures.effect(of: last), effect.pops > 0 {
        let drops = Array(repeating: CodeInstruction(.drop), count: effect.pops)
        let end = place.upperBound - 1..<place.upperBound
        if effect.pushes == 0 {
          candidates.append(module.replacing(index, end, drops))
        } else {
          candidates += ValueType.all.map { module.replacing(index, end, drops + [$0.zero]) }
          // The first operand alone.
          candidates.append(module.replacing(index, end, Array(drops.dropFirst())))
        }
      }
      return candidates
    })

  /// Values below others that are dropped first, each with its `drop`: of `a b drop drop` the outer two. And values that
  /// nobody has taken where a branch or trap leaves the block.
  @Sendable private static func droppedValues(
    _ function: EditableModule.Function, _ signatures: Signatures
  ) -> [(value: Range<Int>, drop: Int?)] {
    let shape = BodyShape(function.body, signatures)
    var found: [(value: Range<Int>, drop: Int?)] = []
    // By height: what computed the value there. Empty where that is no plain expression.
    var values: [Range<Int>] = []
    for (index, instruction) in function.body.enumerated() {
      let before = shape.heights[index]
      let after = index + 1 < shape.heights.count ? shape.heights[index + 1] : -1
      guard before >= 0, after >= 0, let effect = signatures.effect(of: instruction),
        before <= values.count, effect.pops <= before
      else {
        if before >= 0, after < 0 {
          found += values.filter { !$0.isEmpty }.map { ($0, nil) }
        }
        values = Array(repeating: 0..<0, count: max(after, 0))
        continue
      }
      let base = before - effect.pops
      let operands = values[base..<before]
      if instruction.row.special == .drop, let value = operands.last, !value.isEmpty,
        value.upperBound < index
      {
        found.append((value, index))
      }
      let isPlain = effect.pops == 0 || operands.first.map { !$0.isEmpty } ?? false
      let begin = operands.first?.lowerBound ?? index
      values.removeSubrange(base...)
      while values.count < after {
        values.append(isPlain && effect.pushes == 1 ? begin..<index + 1 : 0..<0)
      }
    }
    return found
  }

  static let dropped = Reduction(
    name: "dropped values", of: droppedValues,
    candidates: { module, _, index, found in
      [
        module.with {
          if let drop = found.drop { $0.functions[index].body.remove(at: drop) }
          $0.functions[index].body.removeSubrange(found.value)
        }
      ]
    })

  // MARK: locals and numbers

  /// Where a local is set that is set there alone, and to a constant.
  @Sendable private static func constantSets(_ function: EditableModule.Function, _: Signatures)
    -> [Int]
  {
    var places: [UInt32: [Int]] = [:]
    for (index, instruction) in function.body.enumerated() {
      let special = instruction.row.special
      guard special == .localSet || special == .localTee,
        case .index(let local) = instruction.immediates
      else { continue }
      places[local, default: []].append(index)
    }
    return places.values.compactMap { places -> Int? in
      let place = places[0]
      guard places.count == 1, place > 0, function.body[place].row.special == .localSet else {
        return nil
      }
      let value = function.body[place - 1]
      return value.isPlainValue && value.row.special != .localGet ? place : nil
    }.sorted()
  }

  /// All that reads such a local becomes the constant.
  static let constants = Reduction(
    name: "constant locals", of: constantSets,
    candidates: { module, _, index, place in
      let body = module.functions[index].body
      let value = body[place - 1]
      var changed = body
      changed.removeSubrange(place - 1..<place + 1)
      changed = changed.map {
        $0.row.special == .localGet && $0.immediates == body[place].immediates ? value : $0
      }
      return [module.with { $0.functions[index].body = changed }]
    })

  /// Locals that do not occur go; others become an earlier one of their type.
  static let locals = Reduction(
    name: "locals", count: { $0.functions.reduce(0) { $0 + $1.locals.count } },
    candidates: { module, range in
      guard let (index, place) = module.place(range.lowerBound, { Array($0.locals.indices) }) else {
        return []
      }
      let function = module.functions[index]
      let parameters = module.type(of: function).parameters
      let local = UInt32(parameters.count + place)
      let all = parameters + function.locals
      let other = all[..<Int(local)].firstIndex(of: function.locals[place]).map { UInt32($0) }
      let isUsed = function.body.contains { instruction in
        if case .index(local) = instruction.immediates,
          case .index(.local) = instruction.row.encoding
        {
          return true
        }
        return false
      }
      if isUsed && other == nil { return [] }
      return [
        module.with { module in
          module.functions[index].locals.remove(at: place)
          module.functions[index].body = function.body.map { instruction in
            instruction.mappingIndices { space, number in
              guard space == .local else { return number }
              if number == local { return other ?? 0 }
              return number > local ? number - 1 : number
            }
          }
        }
      ]
    }, isDivisible: false)

  private static func numberPlaces(_ function: EditableModule.Function) -> [Int] {
    function.body.indices.filter {
      switch function.body[$0].immediates {
      case .number(let bits): bits > 1
      case .memory(let argument), .memoryLane(let argument, _):
        argument.offset > 0 || argument.alignment > 0
      case .vector(let low, let high): low != 0 || high != 0
      default: false
      }
    }
  }

  static let numbers = Reduction(
    name: "numbers", count: { $0.functions.reduce(0) { $0 + numberPlaces($1).count } },
    candidates: { module, range in
      guard let (index, place) = module.place(range.lowerBound, numberPlaces) else { return [] }
      func with(_ immediates: Immediates) -> EditableModule {
        module.with { $0.functions[index].body[place].immediates = immediates }
      }
      switch module.functions[index].body[place].immediates {
      case .number(let bits):
        let smaller: [UInt64] = [0, 1, bits >> 32, bits & 0xff, bits >> 1]
        return smaller.filter { $0 < bits }.map { with(.number($0)) }
      case .memory(var argument):
        var plain = argument
        (plain.offset, plain.alignment) = (0, 0)
        argument.offset /= 2
        return [with(.memory(plain)), with(.memory(argument))]
      case .memoryLane(var argument, let lane):
        (argument.offset, argument.alignment) = (0, 0)
        return [with(.memoryLane(argument, lane))]
      case .vector: return [with(.vector(low: 0, high: 0)), with(.vector(low: 1, high: 0))]
      default: return []
      }
    }, isDivisible: false)
}
