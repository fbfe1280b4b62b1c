// Options and operands, in the order in which they stand.

import System
import Translator

/// What follows the command's name.
struct Arguments {
  private let words: [String]
  private var options: [(name: String, value: String)] = []
  private var flags: [String] = []

  init(_ words: [String]) { self.words = words }

  /// Reads all of them; answers the one operand, which is the module's path.
  mutating func module(_ flags: [String], values: [String] = []) -> String {
    var operands: [String] = []
    var rest = words.dropFirst()
    var takesOptions = true
    while let word = rest.popFirst() {
      if !takesOptions || !word.hasPrefix("-") || word == "-" {
        operands.append(word)
        continue
      }
      if word == "--" {
        takesOptions = false
        continue
      }
      if word == "--help" || word == "-h" {
        Output.print(Main.help)
        system_exit(0)
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts[0] == "-o" ? "--output" : String(parts[0])
      if values.contains(name) {
        guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
          Failure.exit(Failure.usage, "a value is missing behind \(name)")
        }
        options.append((name, value))
      } else if flags.contains(word) {
        self.flags.append(word)
      } else {
        Failure.exit(Failure.usage, "there is no option '\(word)' here; see apus-c --help")
      }
    }
    guard operands.count == 1 else {
      Failure.exit(
        Failure.usage,
        operands.isEmpty ? "a module is missing" : "there is a word too many: '\(operands[1])'")
    }
    return operands[0]
  }

  /// `--no-names`, unless `--names` stands behind it.
  func flag(_ name: String) -> Bool {
    let opposite = "--" + name.dropFirst("--no-".count)
    return flags.last { $0 == name || $0 == opposite } == name
  }

  func values(_ name: String) -> [String] {
    options.filter { $0.name == name }.map { $0.value }
  }

  func value(_ name: String) -> String? { values(name).last }

  func number<Number: FixedWidthInteger>(_ name: String) -> Number? {
    guard let value = value(name) else { return nil }
    guard let number = Number(value), number >= 0 else {
      Failure.exit(Failure.usage, "\(name) takes a number, not '\(value)'")
    }
    return number
  }

  /// One of an enum's words, the last that is given.
  func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) -> Choice?
  where Choice.RawValue == String { (choices(name) as [Choice]).last }

  /// Some of an enum's words.
  func choices<Choice: RawRepresentable & CaseIterable>(_ name: String) -> [Choice]
  where Choice.RawValue == String { values(name).map { choice($0, name) } }

  private func choice<Choice: RawRepresentable & CaseIterable>(
    _ value: String, _ name: String
  ) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: value) else {
      let words = Choice.allCases.map { $0.rawValue }.joined(separator: ", ")
      Failure.exit(Failure.usage, "\(name) takes one of \(words), not '\(value)'")
    }
    return choice
  }
}
