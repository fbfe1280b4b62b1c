import ArgumentParser
import Translator

/// Options for people who look at what the translator does.
struct DumpArguments: ParsableArguments {
  @Option(
    name: .customLong("dump"),
    help: ArgumentHelp(
      "Print the IR of each function after a pass, or after the last: ir or ir:PASS.",
      discussion: "Passes: \(Translator.passNames.joined(separator: ", ")).",
      valueName: "ir[:PASS]"))
  var what: String?

  @Option(help: ArgumentHelp("With --dump, only this function.", valueName: "index"))
  var function: Int?

  @Option(
    name: .customLong("skip-pass"),
    help: ArgumentHelp("Leave out a pass, to see its worth. Repeatable.", valueName: "PASS"))
  var skippedPasses: [String] = []

  /// The pass that `--dump ir:PASS` names.
  var pass: String? {
    what.flatMap { $0.hasPrefix("ir:") ? String($0.dropFirst(3)) : nil }
  }

  func validate() throws {
    if let what, what != "ir" && !what.hasPrefix("ir:") {
      throw ValidationError("--dump takes ir or ir:PASS, not '\(what)'")
    }
    for name in skippedPasses + (pass.map { [$0] } ?? []) where !Translator.passNames.contains(name)
    {
      throw ValidationError(
        "no pass is called '\(name)'; there are \(Translator.passNames.joined(separator: ", "))")
    }
    if function != nil && what == nil { throw ValidationError("--function goes with --dump") }
  }
}
