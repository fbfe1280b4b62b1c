// Values that wait on the stack while what they were read from gets another one.

import WasmEncoder
import WasmModel

extension BodyGenerator {
  /// What is read, then changed.
  private enum Place {
    case local(UInt32)
    case global(UInt32)
    /// A memory, from the address on that a local holds.
    case memory(Int, at: UInt32)
    /// How many pages a memory has.
    case size(Int)
    /// The second element of a table.
    case table(Int)
  }

  /// Reads up to four places, changes some of them, and uses what was read; leaves nothing.
  ///
  /// For example `(i32.load (local.get 3)) (i32.store8 offset=1 (local.get 3) …) local.set 0`: local 0 gets what was there
  /// before the store.
  mutating func overtakenReads(_ depth: Int) {
    var places: [Place] = []
    var types: [ValueType] = []
    for _ in 0..<numbers.below(4) + 1 {
      let place = anyPlace()
      var type = read(place)
      if numbers.chance(1, in: 3) { type = convert(type) }
      places.append(place)
      types.append(type)
    }
    for place in places where numbers.chance(2, in: 3) { change(place, depth) }
    if numbers.chance(1, in: 4) { statement(min(depth - 1, 1)) }
    let shown = global(.i64, isSet: true)
    for type in types.reversed() {
      let local = newLocal(type)
      set(local)
      if let shown, numbers.chance(3, in: 4) { show(local, in: shown) }
    }
  }

  private mutating func anyPlace() -> Place {
    switch numbers.below(10) {
    case 0..<2: return .local(someLocal(anyType()))
    case 2..<3:
      if let global = global(anyType(), isSet: true) { return .global(global) }
    case 3..<4: return .size(numbers.below(generator.memories.count))
    case 4..<5:
      let fitting = generator.tables.indices.filter {
        generator.types.contains(generator.tables[$0].element)
          && generator.tables[$0].limits.minimum > 1
      }
      if !fitting.isEmpty { return .table(numbers.pick(fitting)) }
    default:
      let fitting = generator.memories.indices.filter {
        generator.memories[$0].limits.minimum * generator.memories[$0].pageSize >= 1 << 16
      }
      if !fitting.isEmpty { return .memory(numbers.pick(fitting), at: anyAddress()) }
    }
    return .local(someLocal(anyType()))
  }

  /// Leaves what is there; its type.
  private mutating func read(_ place: Place) -> ValueType {
    switch place {
    case .local(let index):
      get(index)
      return locals[Int(index)]
    case .global(let index):
      emit(0x23, .index(index))
      return generator.globals[Int(index)].value
    case .memory(let index, let pointer):
      let rows = generator.types.compactMap { anyLoad($0) }
      let row = numbers.pick(rows)
      get(pointer)
      widen(generator.memories[index].addressType)
      access(row, index, offset: numbers.below(16))
      return row.results[0]
    case .size(let index):
      emit(0x3f, .index(UInt32(index)))
      return generator.memories[index].addressType
    case .table(let index):
      number(1, generator.tables[index].addressType)
      emit(0x25, .index(UInt32(index)))
      return generator.tables[index].element
    }
  }

  private mutating func change(_ place: Place, _ depth: Int) {
    switch place {
    case .local(let index):
      value(locals[Int(index)], depth - 1)
      set(index)
    case .global(let index):
      setGlobal(index, depth - 1)
    case .memory(let index, let pointer):
      let type = generator.memories[index].addressType
      get(pointer)
      widen(type)
      if let fill = generator.rows.special.first(where: { $0.special == .memoryFill }),
        numbers.chance(1, in: 5)
      {
        value(.i32, depth - 1)
        number(UInt64(numbers.below(24)), type)
        emit(fill, .index(UInt32(index)))
      } else {
        let row = anyStore()
        operand(row.operands[1], of: row, depth - 1)
        access(row, index, offset: numbers.below(16))
      }
    case .size(let index):
      let memory = generator.memories[index]
      number(memory.pageSize == 1 ? 1000 : 1, memory.addressType)
      emit(0x40, .index(UInt32(index)))
      emit(0x1a)
    case .table(let index):
      number(1, generator.tables[index].addressType)
      value(generator.tables[index].element, depth - 1)
      emit(0x26, .index(UInt32(index)))
    }
  }

  /// Makes what is on top something else, by an instruction of one operand where there is one; its type.
  private mutating func convert(_ type: ValueType) -> ValueType {
    let all: [Instruction] = generator.types.flatMap { generator.rows.plain[$0] ?? [] }
    let rows = all.filter {
      $0.operands == [type] && $0.kind == .plain && !$0.mayTrap && !$0.showsNaNs
        && ($0.results[0] != .v128 || $0.openNaNs == nil)
    }
    guard !rows.isEmpty else { return type }
    let row = numbers.pick(rows)
    emit(row)
    return row.results[0]
  }
}
