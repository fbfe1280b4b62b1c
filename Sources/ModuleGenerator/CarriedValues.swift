// Labels that take several values, which are computed of one another and stay on the stack.

import WasmEncoder
import WasmModel

extension BodyGenerator {
  /// What a loop carries round, and what makes the next of it.
  private struct Carried {
    var type: ValueType
    /// Those of two results, where there are such, show each of their operands twice.
    var rows: [Instruction]
    var types: [ValueType]
  }

  private mutating func anyCarried() -> Carried? {
    let type = numbers.pick([ValueType.i32, .i64, .i64, .f32, .f64])
    let count = numbers.below(3) + 2
    let all = (generator.rows.plain[type] ?? []) + generator.rows.wide
    let rows = all.filter {
      (2...count).contains($0.operands.count)
        && ($0.operands + $0.results).allSatisfy { $0 == type } && !$0.mayTrap && !$0.showsNaNs
    }
    let pairs = rows.filter { $0.results.count == 2 }
    guard !rows.isEmpty else { return nil }
    return Carried(
      type: type, rows: pairs.isEmpty || numbers.chance(1, in: 2) ? rows : pairs,
      types: Array(repeating: type, count: count))
  }

  /// Makes values on top of the stack others, as many as there were.
  private mutating func mix(_ carried: Carried) {
    let row = numbers.pick(carried.rows)
    emit(row)
    for _ in row.results.count..<row.operands.count {
      if numbers.chance(1, in: 4) {
        let copy = newLocal(carried.type)
        tee(copy)
        get(copy)
      } else {
        value(carried.type, 2)
      }
    }
  }

  /// A loop whose values go round on the stack; leaves nothing.
  ///
  /// For example `(loop (param i32 i32) (result i32 i32) i32.sub local.get 5 … br_if 0)`: the first value of the next
  /// round is made of both of this one.
  mutating func carriedLoop(_ depth: Int) {
    guard var carried = anyCarried() else { return }
    // Something else below them.
    if numbers.chance(1, in: 3) { carried.types.insert(anyType(), at: 0) }
    values(carried.types, depth - 1)
    open(0x03, carried.types, carried.types, label: carried.types)
    takeFuel()
    if numbers.chance(1, in: 2) { statement(min(depth - 1, 1)) }
    for _ in 0..<numbers.below(2) + 1 { mix(carried) }
    leaveSometimes(carried.types)
    end()
    for type in carried.types.reversed() { set(someLocal(type)) }
  }

  /// The same, but that nothing stands between the label's values and the way back: no block, and no branch that takes
  /// them. What leaves it drops them, all but one that a local keeps.
  mutating func carriedRounds(_ depth: Int) {
    guard let carried = anyCarried() else { return }
    let (kept, rounds) = (newLocal(carried.type), newLocal(.i32))
    // Few, since what is multiplied again and again is soon zero.
    i32(UInt64(numbers.pick([2, 3, 4, 6])))
    set(rounds)
    open(0x02, [], [], label: [])
    values(carried.types, depth - 1)
    open(0x03, carried.types, carried.types, label: carried.types)
    countFuel()
    emit(0x0d, .index(1))
    tee(kept)
    get(rounds)
    i32(1)
    emit(0x6b)
    tee(rounds)
    emit(0x45)
    emit(0x0d, .index(1))
    for _ in 0..<numbers.below(2) + 1 { mix(carried) }
    emit(0x0c, .index(0))
    end()
    for _ in carried.types { emit(0x1a) }
    end()
    get(kept)
    if carried.type == .i32 || carried.type == .i64,
      let shown = global(carried.type, isSet: true), numbers.chance(2, in: 3)
    {
      emit(0x24, .index(shown))
    } else {
      set(someLocal(carried.type))
    }
  }

  /// A block of several results, with ways out that carry them; leaves nothing.
  mutating func carriedBlock(_ depth: Int) {
    let results = (0..<numbers.below(3) + 2).map { _ in anyType() }
    open(0x02, [], results, label: results)
    for _ in 0..<numbers.below(2) + 1 {
      values(results, depth - 1)
      leaveSometimes(results)
      for type in results.reversed() { set(someLocal(type)) }
      if numbers.chance(1, in: 2) { statement(min(depth - 1, 1)) }
    }
    values(results, depth - 1)
    end()
    for type in results.reversed() { set(someLocal(type)) }
  }

  /// Branches to the innermost label with its values, which stay where it does not.
  private mutating func leaveSometimes(_ types: [ValueType]) {
    value(.i32, 2)
    i32(UInt64(numbers.pick([1, 3, 7])))
    emit(0x71)
    if numbers.chance(2, in: 3) { return emit(0x0d, .index(0)) }
    // Through a table, whose other target is behind it.
    open(0x02, types + [.i32], types, label: types)
    emit(0x0e, .labels(numbers.chance(1, in: 2) ? [1, 0] : [0, 1, 0]))
    end()
  }
}
