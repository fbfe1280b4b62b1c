import CToolchain
import Comparison
import EngineAdapters

/// An engine that answers as Sources/EngineAdapters/PROTOCOL.md says.
struct Engine: Sendable {
  var name: String
  /// The adapter, and what runs it.
  var command: [String]
  /// Whether it may want modules in their plain form.
  var takesPlain = true

  /// The engines that adapters are carried for and that are there; of the others, why they are not.
  ///
  /// - Parameters:
  ///   - folder: Where adapters are written to.
  ///   - names: Those that are looked for; all where it is empty.
  static func find(
    in folder: String, only names: [String] = []
  ) async throws -> (found: [Engine], missing: [String]) {
    var found: [Engine] = []
    var missing: [String] = []
    var index = 0
    while let adapter = engine_adapter_at(index)?.pointee {
      index += 1
      let (name, runner) = (String(cString: adapter.engine), String(cString: adapter.runner))
      guard names.isEmpty || names.contains(name) else { continue }
      let file = folder + "/" + String(cString: adapter.file)
      let flag = runner == "node" ? "-e" : "-c"
      let probe = await ChildProcess([runner, flag, String(cString: adapter.probe)]).run()
      guard probe.status == 0 else {
        let needed = probe.status == 127 ? runner : String(cString: adapter.needs)
        missing.append("\(name): there is no \(needed)")
        continue
      }
      try Files.write(UnsafeRawBufferPointer(start: adapter.bytes, count: adapter.size), to: file)
      found.append(
        Engine(name: name, command: [runner, file], takesPlain: adapter.takes_plain != 0))
    }
    return (found, missing)
  }

  /// One answer for each request; `seconds` for each, too.
  func answers(to requests: [String], seconds: Int) async -> [Answer] {
    var answers: [Answer] = []
    while answers.count < requests.count {
      let rest = requests[answers.count...]
      let input = Array(rest.map { $0 + "\n" }.joined().utf8)
      let limit = seconds + (rest.count - 1) * max(seconds / 10, 1)
      let result = await ChildProcess(command, seconds: Double(limit)).run(input: input)
      let before = answers.count
      for line in String(decoding: result.output, as: UTF8.self).split(separator: "\n") {
        guard answers.count < requests.count, let answer = Answer(line: line) else { break }
        answers.append(answer)
      }
      // It stopped at the next one; the rest is for another start.
      if answers.count < requests.count {
        let errors = String(decoding: result.errors.suffix(300), as: UTF8.self).split(
          separator: "\n")
        let why =
          result.status == ChildProcess.timeIsOver
          ? "it takes longer than \(limit) s"
          : "it ended with \(result.status): \(errors.last ?? "")"
        answers.append(Answer(unsupported: "\(name): \(why)"))
        if answers.count == before + 1 && result.status == 127 {
          answers += requests[answers.count...].map { _ in Answer(unsupported: "\(name): \(why)") }
        }
      }
    }
    return answers
  }
}
