// The rows of the instruction table, by what they are good for.

import WasmModel

/// Those that the options allow, by what they leave on the stack.
struct Rows {
  /// With one result, which no more than operands and a lane decide.
  private(set) var plain: [ValueType: [Instruction]] = [:]
  private(set) var loads: [ValueType: [Instruction]] = [:]
  private(set) var stores: [Instruction] = []
  /// Atomic accesses and waits with a result; those without.
  private(set) var atomics: [ValueType: [Instruction]] = [:]
  private(set) var atomicStores: [Instruction] = []
  /// With two results.
  private(set) var wide: [Instruction] = []
  private(set) var special: [Instruction] = []

  init(_ options: GeneratorOptions) {
    for row in Instruction.all where options.allows(row.feature) {
      switch row.kind {
      case .illegal, .unsupported: break
      case .plain, .lane:
        if row.results.count == 1 {
          plain[row.results[0], default: []].append(row)
        } else {
          wide.append(row)
        }
      case .load: loads[row.results[0], default: []].append(row)
      case .store: stores.append(row)
      case .atomic, .wait:
        if let result = row.results.first {
          atomics[result, default: []].append(row)
        } else {
          atomicStores.append(row)
        }
      case .special: special.append(row)
      }
    }
  }
}

extension Instruction {
  /// Whether the bits of a NaN among its operands can be seen in its result.
  var showsNaNs: Bool {
    let hasFloats = operands.contains { $0 == .f32 || $0 == .f64 }
    if kind == .store { return hasFloats }
    guard hasFloats, let result = results.first else { return false }
    // A copied sign, or bits that are taken for something else.
    return name.contains("copysign") || name.contains("reinterpret") || result == .v128
  }
}

extension FloatShape {
  /// The opcode that compares the lanes of two vectors: all bits of one are set, or none.
  var lanesEqual: UInt16 { self == .f32x4 ? 0x341 : 0x347 }
}
