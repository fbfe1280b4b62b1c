// Loops as compilers write them: a pointer or an index goes on by a step until a counter or a comparison ends it.

import WasmEncoder
import WasmModel

extension BodyGenerator {
  /// Leaves nothing. Accesses lie at a sum of variables that go on by steps; most are inside the memory.
  mutating func countedLoop(_ depth: Int) {
    let (pointer, counter, base) = (newLocal(.i32), newLocal(.i32), newLocal(.i32))
    let step: UInt64 = numbers.pick([
      1, 2, 4, 4, 8, 12, 16, 0xffff_ffff, 0xffff_fffc, 0xffff_fff8, 0,
    ])
    let turns = UInt64(numbers.pick([1, 3, 8, 9, 20, 50, 300]))
    start(pointer, near: rarely(in: 8))
    if step >> 31 == 1, !rarely(in: 8) {
      get(pointer)
      i32(0x2000)
      emit(0x72)
      set(pointer)
    }
    start(base, near: rarely(in: 12))
    let ending = numbers.below(6)
    let pace = ending == 4 ? newLocal(.i32) : nil
    switch ending {
    case 0, 1: i32(numbers.chance(1, in: 30) ? 0 : turns)
    default:
      // Where the pointer will be then, or about there.
      get(pointer)
      i32(step &* turns &+ UInt64(numbers.chance(1, in: 6) ? numbers.below(9) : 0))
      emit(0x6a)
    }
    set(counter)
    if let pace {
      value(.i32, 1)
      i32(UInt64(numbers.pick([0xf, 0x3f, 0xff])))
      emit(0x71)
      set(pace)
    }
    open(0x03, [], [], label: [])
    takeFuel()
    for _ in 0..<numbers.below(3) + 1 { accessInLoop(pointer, base, depth) }
    if numbers.chance(1, in: 3) { statement(min(depth - 1, 1)) }
    get(pointer)
    if let pace { get(pace) } else { i32(step) }
    emit(0x6a)
    set(pointer)
    if numbers.chance(1, in: 3) { accessInLoop(pointer, base, depth) }
    switch ending {
    case 0, 1:
      get(counter)
      i32(numbers.chance(1, in: 20) ? 2 : 1)
      emit(0x6b)
      tee(counter)
    case 2:
      get(pointer)
      get(counter)
      emit(0x47)
    default:
      get(pointer)
      get(counter)
      // lt_s … ge_u, mostly those that the step goes with.
      emit(
        step >> 31 == 1 && numbers.chance(9, in: 10)
          ? numbers.pick([0x4a, 0x4b, 0x4e, 0x4f]) : numbers.pick([0x48, 0x49, 0x4c, 0x4d]))
    }
    emit(0x0d, .index(0))
    end()
  }

  /// A loop of few accesses, of which the last one ends where the memory does, or a step and less behind it; leaves
  /// nothing.
  mutating func loopToTheEnd(_ depth: Int) {
    let fitting = generator.memories.indices.filter {
      let type = generator.memories[$0]
      let size = type.limits.minimum * type.pageSize
      return type.addressType == .i32 && size > 1000 && size < 1 << 20
    }
    guard !fitting.isEmpty else { return }
    let memory = numbers.pick(fitting)
    let size = generator.memories[memory].limits.minimum * generator.memories[memory].pageSize
    let type = numbers.pick(generator.types.filter { !$0.isReference })
    let isStore = numbers.chance(1, in: 2)
    let stores = generator.rows.stores.filter { $0.operands[1] == type }
    guard let rows = isStore ? stores : generator.rows.loads[type], !rows.isEmpty else { return }
    let row = numbers.pick(rows)
    let step = numbers.pick([1, 2, 3, 4, 8, 16] as [UInt64])
    let turns = UInt64(numbers.below(12) + 1)
    let offset = numbers.pick([0, 0, 1, 4, 40] as [UInt64])
    let isFalling = numbers.chance(1, in: 4)
    // How far behind the end the last byte is; mostly none is.
    let behind = rarely(in: 3) ? UInt64(numbers.below(Int(step))) + 1 : 0
    let last = size + behind - offset - UInt64(row.width)
    let first = last - step * (turns - 1)
    let (pointer, bound) = (newLocal(.i32), newLocal(.i32))
    i32(isFalling ? last : first)
    if numbers.chance(2, in: 3) {
      // Zero, of which compilers do not know.
      emit(0x23, .index(generator.fuel))
      i32(31)
      emit(0x76)
      emit(0x6a)
    }
    set(pointer)
    get(pointer)
    i32(step &* turns)
    emit(isFalling ? 0x6b : 0x6a)
    set(bound)
    open(0x03, [], [], label: [])
    takeFuel()
    get(pointer)
    if isStore { operand(type, of: row, 2) }
    emit(row, .memory(MemoryArgument(memory: UInt32(memory), offset: offset)))
    if !isStore { set(someLocal(type)) }
    get(pointer)
    i32(step)
    emit(isFalling ? 0x6b : 0x6a)
    tee(pointer)
    get(bound)
    // Not equal, less, less or equal to the last one; the same downwards.
    let comparisons: [UInt16] = isFalling ? [0x47, 0x4a, 0x4b] : [0x47, 0x48, 0x49]
    emit(numbers.pick(comparisons))
    emit(0x0d, .index(0))
    end()
  }

  /// Sets where a loop begins; `near`: the end of the first page.
  private mutating func start(_ local: UInt32, near: Bool) {
    if near {
      i32(UInt64(65536 - numbers.below(400)))
    } else {
      value(.i32, 2)
      i32(UInt64(numbers.pick([0xff, 0x7ff, 0x3fff])))
      emit(0x71)
    }
    set(local)
  }

  private mutating func accessInLoop(_ pointer: UInt32, _ base: UInt32, _ depth: Int) {
    guard let memory = anyMemory(), generator.memories[Int(memory)].addressType == .i32 else {
      return
    }
    let isGuarded = numbers.chance(1, in: 5)
    if isGuarded {
      value(.i32, 1)
      open(0x04, [], [], label: [])
    }
    let type = numbers.pick(generator.types.filter { !$0.isReference })
    let loads = generator.rows.loads[type] ?? []
    let isStore = loads.isEmpty || numbers.chance(1, in: 2)
    let stores = generator.rows.stores.filter { generator.types.contains($0.operands[1]) }
    let row = numbers.pick(isStore ? stores : loads)
    get(pointer)
    switch numbers.below(5) {
    case 0: break
    case 1, 2:
      get(base)
      emit(0x6a)
    case 3:
      i32(UInt64(numbers.pick([1, 1, 1, 2])))
      emit(0x74)
      get(base)
      emit(0x6a)
    default:
      i32(UInt64(numbers.pick([4, 64, 0xffff_fffc])))
      emit(0x6a)
    }
    if isStore { operand(row.operands[1], of: row, 2) }
    emit(row, .memory(argument(row, memory: memory)))
    if !isStore { set(someLocal(type)) }
    if isGuarded { end() }
  }
}
