// Instructions that have code of their own, one by one.

import WasmEncoder
import WasmModel

extension BodyGenerator {
  /// Generates an instruction, and what it needs around it, so that it leaves `type`, or nothing where that is
  /// nil. False where it cannot; then nothing was generated.
  mutating func special(_ row: Instruction, _ type: ValueType?, _ depth: Int) -> Bool {
    switch row.special {
    // Part of others.
    case .else, .end, .legacyCatch, .legacyCatchAll, .legacyDelegate, .legacyRethrow: return false
    // Leaves are constants and locals anyway.
    case .i32Const, .i64Const, .f32Const, .f64Const, .v128Const, .localGet, .globalGet, .refNull:
      return false
    case .localSet, .globalSet, .drop: return false
    case .nop:
      guard type == nil else { return false }
      emit(row)
    case .unreachable, .return, .br:
      guard type == nil, numbers.chance(1, in: 4) else { return false }
      leaving(row, depth)
    case .block: block(type.map { [$0] } ?? [], depth)
    case .loop: loop(type, depth)
    case .if: conditional(type.map { [$0] } ?? [], depth)
    case .brIf: return branchIf(row, type, depth)
    case .brTable: return branchTable(row, type, depth)
    case .call: return call(row, type, depth)
    case .callIndirect: return callIndirect(row, type, depth)
    case .returnCall, .returnCallIndirect: return tailCall(row, type, depth)
    case .select:
      guard let type, !type.isReference else { return false }
      values([type, type, .i32], depth - 1)
      emit(row)
    case .selectTyped:
      guard let type else { return false }
      values([type, type, .i32], depth - 1)
      emit(row, .types([type]))
    case .localTee:
      guard let type else { return false }
      value(type, depth - 1)
      tee(someLocal(type))
    case .tableGet, .tableSet, .tableSize, .tableGrow, .tableFill, .tableCopy, .tableInit,
      .elemDrop:
      return table(row, type, depth)
    case .memorySize, .memoryGrow, .memoryInit, .memoryCopy, .memoryFill, .dataDrop:
      return memory(row, type, depth)
    case .refIsNull:
      guard type == .i32 else { return false }
      let references = generator.types.filter { $0.isReference }
      guard !references.isEmpty else { return false }
      value(numbers.pick(references), depth - 1)
      emit(row)
    case .refFunc:
      guard type == .funcref else { return false }
      emit(row, .index(UInt32(numbers.below(generator.functionTypes.count))))
    case .shuffle:
      guard type == .v128 else { return false }
      values([.v128, .v128], depth - 1)
      let lanes = (0..<16).map { _ in UInt64(numbers.below(32)) }
      emit(row, .vector(low: Self.word(lanes[0..<8]), high: Self.word(lanes[8..<16])))
    case .vectorLoad:
      guard type == .v128, let memory = anyMemory() else { return false }
      address(memory: memory, depth - 1)
      emit(row, .memory(argument(row, memory: memory)))
    case .loadLane, .storeLane:
      let isLoad = row.special == .loadLane
      guard isLoad ? type == .v128 : type == nil && generator.types.contains(.v128),
        let memory = anyMemory()
      else { return false }
      address(memory: memory, depth - 1)
      value(.v128, depth - 1)
      emit(row, .memoryLane(argument(row, memory: memory), UInt8(numbers.below(Int(row.lanes)))))
    case .tryTable: return tryTable(row, type, depth)
    case .throwTag: return throwTag(row, type, depth)
    case .throwRef: return false  // in handlers of try_table
    case .legacyTry: return legacyTry(row, type, depth)
    case .fence:
      guard type == nil else { return false }
      emit(row)
    }
    return true
  }

  private static func word(_ bytes: ArraySlice<UInt64>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | $1 }
  }

  private mutating func statements(_ depth: Int) {
    for _ in 0..<numbers.below(3) { statement(depth - 1) }
  }

  // MARK: blocks

  /// A block with these results; some have parameters, and some end early.
  mutating func block(_ results: [ValueType], _ depth: Int) {
    let parameters = numbers.chance(1, in: 4) ? [anyType()] : []
    values(parameters, depth - 1)
    open(0x02, parameters, results, label: results)
    for type in parameters.reversed() { set(someLocal(type)) }
    statements(depth)
    values(results, depth - 1)
    end()
  }

  mutating func conditional(_ results: [ValueType], _ depth: Int) {
    value(.i32, depth - 1)
    open(0x04, [], results, label: results)
    statements(depth)
    values(results, depth - 1)
    if !results.isEmpty || numbers.chance(2, in: 3) {
      emit(0x05)
      statements(depth)
      values(results, depth - 1)
    }
    end()
  }

  /// A loop with up to two ways back.
  private mutating func loop(_ type: ValueType?, _ depth: Int) {
    let results = type.map { [$0] } ?? []
    let carried = numbers.chance(1, in: 3) ? [anyType()] : []
    values(carried, depth - 1)
    let results2 = carried + results
    open(0x03, carried, results2, label: carried)
    let kept = carried.map { newLocal($0) }
    for local in kept.reversed() { set(local) }
    takeFuel()
    statements(depth)
    for _ in 0..<numbers.below(2) + 1 {
      for local in kept { get(local) }
      value(.i32, 2)
      i32(UInt64(numbers.pick([1, 3, 7])))
      emit(0x71)
      emit(0x0d, .index(0))
      for local in kept.reversed() { set(local) }
      statements(depth)
    }
    for local in kept { get(local) }
    values(results, depth - 1)
    end()
    if let carried = carried.first {
      // Below the result.
      if let type {
        let result = newLocal(type)
        set(result)
        set(someLocal(carried))
        get(result)
      } else {
        set(someLocal(carried))
      }
    }
  }

  /// Leaves a block for good; dead code behind it.
  private mutating func leaving(_ row: Instruction, _ depth: Int) {
    open(0x02, [], [], label: [])
    // Mostly it does not come to that.
    if row.special == .unreachable || numbers.chance(3, in: 4) {
      value(.i32, depth - 1)
      i32(UInt64(numbers.pick([1, 7, 15])))
      emit(0x71)
      emit(0x0d, .index(0))
    }
    switch row.special {
    case .unreachable: emit(row)
    case .return:
      values(type.results, depth - 1)
      emit(row)
    default:
      let depth = numbers.below(labels.count)
      let label = labels[labels.count - 1 - depth]
      values(label.types, 2)
      // A round of a loop takes fuel where the loop begins; its ways back are written with it.
      if label.isLoop { emit(0x00) } else { emit(row, .index(UInt32(depth))) }
    }
    dead()
    end()
  }

  /// Code that is never reached, on a stack of any types.
  private mutating func dead() {
    for _ in 0..<numbers.below(3) {
      switch numbers.below(4) {
      case 0: statement(1)
      case 1:
        if let row = generator.rows.plain[.i32]?.first(where: { $0.operands.count == 2 }) {
          emit(row)
          emit(0x1a)
        }
      case 2: emit(0x1a)
      default: emit(0x00)
      }
    }
  }

  // MARK: branches

  private mutating func branchIf(_ row: Instruction, _ type: ValueType?, _ depth: Int) -> Bool {
    let wanted = type.map { [$0] } ?? []
    let fitting = labels.indices.filter { labels[$0].types == wanted && !labels[$0].isLoop }
    guard !fitting.isEmpty else { return false }
    let index = numbers.pick(fitting)
    values(wanted, depth - 1)
    value(.i32, depth - 1)
    emit(row, .index(UInt32(labels.count - 1 - index)))
    return true
  }

  /// Nested blocks, of which a table chooses; then the code behind each.
  private mutating func branchTable(_ row: Instruction, _ type: ValueType?, _ depth: Int) -> Bool {
    let results = type.map { [$0] } ?? []
    let carried = numbers.chance(1, in: 3) ? [anyType()] : []
    let count = numbers.below(4) + 1
    open(0x02, [], results, label: results)
    for _ in 0..<count { open(0x02, [], carried, label: carried) }
    values(carried, depth - 1)
    value(.i32, depth - 1)
    if numbers.chance(1, in: 2) {
      i32(7)
      emit(0x71)
    }
    var targets = (0..<numbers.below(8) + 1).map { _ in UInt32(numbers.below(count)) }
    // Further out, where the same is carried.
    for outer in labels.indices.dropLast(count)
    where labels[outer].types == carried && numbers.chance(1, in: 4) && !labels[outer].isLoop {
      targets.append(UInt32(labels.count - 1 - outer))
    }
    emit(row, .labels(targets))
    for arm in 0..<count {
      end()
      for type in carried.reversed() { set(someLocal(type)) }
      statements(depth)
      let isLast = arm == count - 1
      if !isLast, numbers.chance(1, in: 2) {
        values(results, depth - 1)
        emit(0x0c, .index(UInt32(count - 1 - arm)))
        // What is dead leaves what the block does.
        values(carried, 0)
      } else if !isLast {
        values(carried, depth - 1)
      }
    }
    values(results, depth - 1)
    end()
    return true
  }

  // MARK: calls

  /// Drops all results but one of the type wanted, which was last.
  private mutating func keep(_ type: ValueType?, of results: [ValueType]) {
    guard let type else {
      for result in results.reversed() {
        if numbers.chance(1, in: 2) { set(someLocal(result)) } else { emit(0x1a) }
      }
      return
    }
    let place = results.lastIndex(of: type)!
    var kept: UInt32?
    for index in results.indices.reversed() {
      if index == place {
        kept = newLocal(type)
        set(kept!)
      } else {
        emit(0x1a)
      }
    }
    get(kept!)
  }

  private mutating func arguments(_ types: [ValueType], _ depth: Int, imported: Bool = false) {
    values(types, depth - 1)
  }

  private mutating func call(_ row: Instruction, _ type: ValueType?, _ depth: Int) -> Bool {
    let fitting = generator.functionTypes.indices.filter {
      type.map(generator.functionTypes[$0].results.contains) ?? true
    }
    guard !fitting.isEmpty else { return false }
    let index = numbers.pick(fitting)
    arguments(generator.functionTypes[index].parameters, depth)
    emit(row, .index(UInt32(index)))
    keep(type, of: generator.functionTypes[index].results)
    return true
  }

  /// The arguments and the index of a call through the first table: of a function that it holds, mostly.
  private mutating func indirect(_ fits: (FunctionType) -> Bool, _ depth: Int) -> FunctionType? {
    let fitting = generator.tableFunctions.indices.filter {
      fits(generator.functionTypes[Int(generator.tableFunctions[$0])])
    }
    guard !fitting.isEmpty else { return nil }
    let place = numbers.pick(fitting)
    let type = generator.functionTypes[Int(generator.tableFunctions[place])]
    arguments(type.parameters, depth)
    if !rarely(in: 10) {
      i32(UInt64(place))
    } else {
      value(.i32, depth - 1)
      i32(3)
      emit(0x71)
    }
    if generator.tables[0].addressType == .i64 { emit(0xad) }
    return type
  }

  private mutating func callIndirect(_ row: Instruction, _ wanted: ValueType?, _ depth: Int) -> Bool
  {
    guard let type = indirect({ type in wanted.map(type.results.contains) ?? true }, depth) else {
      return false
    }
    emit(row, .indices(generator.module.typeIndex(type), 0))
    keep(wanted, of: type.results)
    return true
  }

  /// In an arm that may not be taken.
  private mutating func tailCall(_ row: Instruction, _ wanted: ValueType?, _ depth: Int) -> Bool {
    guard wanted == nil else { return false }
    let fitting = generator.functionTypes.indices.filter {
      generator.functionTypes[$0].results == type.results
    }
    guard !fitting.isEmpty else { return false }
    value(.i32, depth - 1)
    open(0x04, [], [], label: [])
    let results = type.results
    if row.special == .returnCall {
      let index = numbers.pick(fitting)
      arguments(generator.functionTypes[index].parameters, depth)
      emit(row, .index(UInt32(index)))
    } else if let type = indirect({ $0.results == results }, depth) {
      emit(row, .indices(generator.module.typeIndex(type), 0))
    } else {
      emit(0x00)
    }
    end()
    return true
  }

  // MARK: tables and memories

  private mutating func tableIndex(_ table: Int, _ depth: Int) {
    value(.i32, depth - 1)
    if !rarely(in: 20) {
      i32(UInt64(numbers.pick([1, 2, 3])))
      emit(0x71)
    }
    widen(generator.tables[table].addressType)
  }

  mutating func widen(_ type: ValueType) { if type == .i64 { emit(0xad) } }

  private mutating func table(_ row: Instruction, _ type: ValueType?, _ depth: Int) -> Bool {
    let fitting = generator.tables.indices.filter {
      generator.types.contains(generator.tables[$0].element)
    }
    let table = fitting.isEmpty ? 0 : numbers.pick(fitting)
    let (element, address) = (generator.tables[table].element, generator.tables[table].addressType)
    let index = UInt32(table)
    func isSegment(_ number: Int) -> Bool { generator.module.elements[number].type == element }
    switch row.special {
    case .tableGet:
      guard let type, type == element else { return false }
      tableIndex(table, depth)
      emit(row, .index(index))
    case .tableSize:
      guard type == address else { return false }
      emit(row, .index(index))
    case .tableGrow:
      guard type == address else { return false }
      value(element, depth - 1)
      i32(UInt64(numbers.below(3)))
      widen(address)
      emit(row, .index(index))
    case .tableSet:
      guard type == nil else { return false }
      tableIndex(table, depth)
      value(element, depth - 1)
      emit(row, .index(index))
    case .tableFill:
      guard type == nil else { return false }
      tableIndex(table, depth)
      value(element, depth - 1)
      i32(UInt64(numbers.below(3)))
      widen(address)
      emit(row, .index(index))
    case .tableCopy:
      guard type == nil else { return false }
      tableIndex(table, depth)
      tableIndex(table, depth)
      i32(UInt64(numbers.below(3)))
      widen(address)
      emit(row, .indices(index, index))
    case .tableInit:
      let segments = module.elements.indices.filter(isSegment)
      guard type == nil, !segments.isEmpty else { return false }
      let segment = numbers.pick(segments)
      tableIndex(table, depth)
      // An active segment is gone.
      var isThere = false
      if case .passive = module.elements[segment].mode { isThere = true }
      let isInside = !rarely(in: 5)
      i32(UInt64(isInside ? 0 : numbers.below(3)))
      i32(UInt64(isInside ? isThere ? numbers.below(2) : 0 : numbers.below(3)))
      emit(row, .indices(UInt32(segment), index))
    default:
      guard type == nil, numbers.chance(1, in: 20) else { return false }
      emit(row, .index(UInt32(numbers.below(module.elements.count))))
    }
    return true
  }

  private mutating func size(_ type: ValueType, _ depth: Int) {
    if rarely(in: 10) {
      value(.i32, depth - 1)
    } else {
      i32(UInt64(numbers.pick([0, 1, 3, 8, 40])))
    }
    widen(type)
  }

  private mutating func memory(_ row: Instruction, _ type: ValueType?, _ depth: Int) -> Bool {
    guard let memory = anyMemory() else { return false }
    let address = generator.memories[Int(memory)].addressType
    switch row.special {
    case .memorySize:
      guard type == address else { return false }
      emit(row, .index(memory))
    case .memoryGrow:
      guard type == address else { return false }
      let pages = generator.memories[Int(memory)].pageSize == 1 ? 1000 : 1
      i32(UInt64(numbers.pick([0, pages, pages, 0xffff_ffff])))
      widen(address)
      emit(row, .index(memory))
    case .memoryFill:
      guard type == nil else { return false }
      self.address(memory: memory, depth - 1)
      value(.i32, depth - 1)
      size(address, depth)
      emit(row, .index(memory))
    case .memoryCopy:
      guard type == nil, let other = anyMemory() else { return false }
      let otherAddress = generator.memories[Int(other)].addressType
      self.address(memory: memory, depth - 1)
      self.address(memory: other, depth - 1)
      size(address == .i64 && otherAddress == .i64 ? .i64 : .i32, depth)
      emit(row, .indices(memory, other))
    case .memoryInit:
      guard type == nil else { return false }
      let segment = numbers.below(module.data.count)
      let size = module.data[segment].bytes.count
      self.address(memory: memory, depth - 1)
      // An active segment is gone.
      var isThere = false
      if case .passive = module.data[segment].mode { isThere = numbers.chance(19, in: 20) }
      i32(UInt64(isThere ? numbers.below(size / 2 + 1) : 0))
      i32(UInt64(isThere ? numbers.below(size / 2 + 1) : rarely(in: 5) ? 1 : 0))
      emit(row, .indices(UInt32(segment), memory))
    default:
      guard type == nil, numbers.chance(1, in: 20) else { return false }
      emit(row, .index(UInt32(numbers.below(module.data.count))))
    }
    return true
  }

  // MARK: exceptions

  private func values(ofTag tag: Int) -> [ValueType] {
    generator.tags[tag].parameters
  }

  private mutating func throwTag(_ row: Instruction, _ type: ValueType?, _ depth: Int) -> Bool {
    guard type == nil, !generator.tags.isEmpty else { return false }
    value(.i32, depth - 1)
    throwIf(row, depth)
    return true
  }

  /// Throws where what is on top is not zero.
  private mutating func throwIf(_ row: Instruction, _ depth: Int) {
    let tag = numbers.below(generator.tags.count)
    open(0x04, [], [], label: [])
    values(values(ofTag: tag), depth - 1)
    emit(row, .index(UInt32(tag)))
    end()
  }

  /// Throws each fourth or eighth time, as the fuel is, so that calls of every kind do.
  mutating func throwNowAndThen() {
    guard !generator.tags.isEmpty, let row = throwing else { return }
    emit(0x23, .index(generator.fuel))
    i32(UInt64(numbers.pick([3, 7])))
    emit(0x71)
    emit(0x45)
    throwIf(row, 2)
  }

  /// `throw`, where there are exceptions.
  private var throwing: Instruction? {
    generator.rows.special.first { $0.special == .throwTag }
  }

  /// A handler behind the block that its clause names; it may throw again what it caught.
  private mutating func tryTable(_ row: Instruction, _ type: ValueType?, _ depth: Int) -> Bool {
    guard !generator.tags.isEmpty else { return false }
    let results = type.map { [$0] } ?? []
    let tag = numbers.below(generator.tags.count)
    let kind = numbers.pick([CatchClause.Kind.tag, .tagWithReference, .all, .allWithReference])
    let hasTag = kind == .tag || kind == .tagWithReference
    let hasReference = kind == .tagWithReference || kind == .allWithReference
    let caught = (hasTag ? values(ofTag: tag) : []) + (hasReference ? [.exnref] : [])
    open(0x02, [], results, label: results)
    open(0x02, [], caught, label: caught)
    var clauses = [CatchClause(kind, tag: hasTag ? UInt32(tag) : 0, label: 0)]
    if caught.isEmpty, numbers.chance(1, in: 2) { clauses.append(CatchClause(.all, label: 0)) }
    emit(row, .tryTable(blockType([], results), clauses))
    labels.append(Label(types: results))
    statements(depth)
    throwSomething(depth)
    values(results, depth - 1)
    end()
    emit(0x0c, .index(1))
    end()
    if hasReference {
      let exception = newLocal(.exnref)
      set(exception)
      if numbers.chance(1, in: 4) {
        value(.i32, 1)
        open(0x04, [], [], label: [])
        get(exception)
        emit(0x0a)
        end()
      }
    }
    for type in (hasTag ? values(ofTag: tag) : []).reversed() { set(someLocal(type)) }
    statements(depth)
    values(results, depth - 1)
    end()
    return true
  }

  private mutating func throwSomething(_ depth: Int) {
    if let row = throwing, numbers.chance(2, in: 3) { _ = throwTag(row, nil, depth) }
  }

  private mutating func legacyTry(_ row: Instruction, _ type: ValueType?, _ depth: Int) -> Bool {
    guard !generator.tags.isEmpty else { return false }
    let results = type.map { [$0] } ?? []
    if numbers.chance(1, in: 4) {
      open(0x06, [], results, label: results)
      statements(depth)
      values(results, depth - 1)
      emit(0x18, .index(UInt32(numbers.below(labels.count - 1))))
      labels.removeLast()
      return true
    }
    let tag = numbers.below(generator.tags.count)
    open(0x06, [], results, label: results)
    statements(depth)
    throwSomething(depth)
    values(results, depth - 1)
    emit(0x07, .index(UInt32(tag)))
    for type in values(ofTag: tag).reversed() { set(someLocal(type)) }
    statements(depth)
    if numbers.chance(1, in: 5) {
      value(.i32, 1)
      open(0x04, [], [], label: [])
      emit(0x09, .index(1))
      end()
    }
    values(results, depth - 1)
    if numbers.chance(1, in: 2) {
      emit(0x19)
      statements(depth)
      values(results, depth - 1)
    }
    end()
    return true
  }
}
