// What is chosen of fuel, and tables of costs.

import WasmModel

extension TranslationOptions {
  /// Counting of what is executed, in units that do not depend on the host.
  public struct Fuel: Sendable {
    var costs = FuelCosts()

    /// 1 for each instruction, each call of a function, and each byte, element or page that is
    /// filled, copied, initialised or grown; nothing for `nop`, `drop`, `block`, `loop`,
    /// `unreachable`, `return`, and for what only ends something.
    public init() {}

    /// Costs that a table changes: a name and a number in each line, `#` before remarks.
    ///
    ///     call          10
    ///     memory.copy  500
    ///     i64.*          2   # all whose names begin so
    ///     *              1
    ///     entry          0   # each time that a function begins
    ///     bulk           2   # each byte, element or page of memory.copy and its like
    ///
    /// A later line overrides an earlier one.
    ///
    /// - Throws: `FuelTableError` at the first line that is wrong.
    public init(table: String) throws(FuelTableError) {
      var number = 0
      for line in table.split(separator: "\n", omittingEmptySubsequences: false) {
        number += 1
        let text = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let words = text.split { $0 == " " || $0 == "\t" || $0 == "\r" }
        if words.isEmpty { continue }
        guard words.count == 2, let cost = UInt32(words[1]), cost <= Fuel.greatestCost else {
          throw FuelTableError(
            line: number, message: "a name and a number up to \(Fuel.greatestCost) are expected")
        }
        guard costs.set(words[0], to: cost) else {
          throw FuelTableError(
            line: number, message: "no instruction that costs is called '\(words[0])'")
        }
      }
    }

    /// So that no function's sum needs more than 62 bits.
    private static let greatestCost: UInt32 = 1 << 24
  }

  /// Why a table of costs is wrong.
  public struct FuelTableError: Error, Sendable, CustomStringConvertible {
    /// From 1 on.
    public var line: Int
    public var message: String

    public var description: String { "line \(line): \(message)" }
  }
}
