// What instructions cost where fuel is counted.

/// Units of fuel by instruction, and for each call of a function.
package struct FuelCosts: Sendable {
  /// For each time that a function of the module is called, beside what the call costs.
  package var entry: UInt32 = 1
  /// For each byte, element or page that memory.fill, table.grow and their like are asked for, beside
  /// what the instruction costs.
  package var bulk: UInt32 = 1
  /// By opcode.
  package var instructions: [UInt32]

  /// Whether it can have no cost: it does nothing, or only gives a body its structure.
  private static func isFree(_ row: Instruction) -> Bool {
    guard row.kind == .special else { return false }
    switch row.special {
    case .nop, .else, .end, .legacyCatch, .legacyCatchAll, .legacyDelegate: return true
    default: return false
    }
  }

  /// 1 for each instruction, but nothing for those that no code is made of.
  package init() {
    instructions = (0..<InstructionTable.count).map {
      guard let row = InstructionTable.rows[$0] else { return 0 }
      if row.kind != .special { return 1 }
      switch row.special {
      case .drop, .block, .loop, .unreachable, .return: return 0
      default: return FuelCosts.isFree(row) ? 0 : 1
      }
    }
  }

  /// Sets what an instruction costs, by its name; all that bear it, as the two `select` do. With a
  /// `*` at its end all whose names begin so; `entry` is a function's beginning, `bulk`
  /// what is moved, filled or grown.
  ///
  /// - Returns: Whether one is called so, and can have a cost.
  package mutating func set(_ name: Substring, to cost: UInt32) -> Bool {
    switch name {
    case "entry": entry = cost
    case "bulk": bulk = cost
    default: return setInstructions(name, to: cost)
    }
    return true
  }

  private mutating func setInstructions(_ name: Substring, to cost: UInt32) -> Bool {
    let start = name.hasSuffix("*") ? name.dropLast() : nil
    var isKnown = false
    for (index, row) in InstructionTable.rows.enumerated() {
      guard let row, !FuelCosts.isFree(row) else { continue }
      guard start.map({ row.name.hasPrefix($0) }) ?? (row.name[...] == name) else { continue }
      instructions[index] = cost
      isKnown = true
    }
    return isKnown
  }
}
