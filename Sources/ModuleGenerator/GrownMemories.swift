// Accesses on both sides of memory.grow: one of the same address may be outside before it, and inside after.

import WasmEncoder
import WasmModel

extension BodyGenerator {
  /// A load near the end of a memory, its growth, and an access from the same address on that ends in what is new; leaves
  /// nothing.
  mutating func accessAcrossGrowth(_ depth: Int) {
    let fitting = generator.memories.indices.filter {
      let type = generator.memories[$0]
      return type.addressType == .i32 && type.limits.minimum > 0
        && type.limits.minimum < type.limits.maximum ?? .max
    }
    guard !fitting.isEmpty else { return }
    let memory = numbers.pick(fitting)
    let type = generator.memories[memory]
    let isPlain = type.pageSize > 1
    let values = generator.types.filter { !$0.isReference }
    guard let first = anyLoad(numbers.pick(values)) else { return }
    let kept = (someLocal(first.results[0]), someLocal(.i32))
    let pointer = newLocal(.i32)
    let before = numbers.below(80) + 16

    // As often as it may grow, but not for ever.
    emit(0x3f, .index(UInt32(memory)))
    i32(min(type.limits.minimum + (isPlain ? 2 : 2000), type.limits.maximum ?? .max))
    emit(0x49)
    open(0x04, [], [], label: [])
    emit(0x3f, .index(UInt32(memory)))
    if isPlain {
      i32(16)
      emit(0x74)
    }
    i32(UInt64(before))
    emit(0x6b)
    set(pointer)
    get(pointer)
    access(first, memory, offset: numbers.below(before - Int(first.width) + 1))
    set(kept.0)
    i32(isPlain ? 1 : 1000)
    emit(0x40, .index(UInt32(memory)))
    set(kept.1)
    get(pointer)
    if numbers.chance(1, in: 2) {
      let row = anyStore()
      operand(row.operands[1], of: row, depth - 1)
      access(row, memory, offset: before - Int(row.width) + 1 + numbers.below(100))
    } else if let row = anyLoad(numbers.pick(values)) {
      access(row, memory, offset: before - Int(row.width) + 1 + numbers.below(100))
      set(someLocal(row.results[0]))
    } else {
      emit(0x1a)
    }
    end()
  }
}
