// Feeds damaged modules to the translator, in this process: each must be refused or translated,
// without a crash, in ten seconds and one gigabyte.

import Foundation
import Translator

@main
enum Malformed {
  static let usage = """
    usage: malformed truncate FILE...        every truncation
           malformed sample COUNT FILE...    as many truncations, spread over each file
           malformed flip COUNT SEED FILE... as many byte flips over the files together
           malformed hostile COUNT           modules with as many of something
    """
  static let secondsPerInput = 10
  static let bytesPerInput = 1 << 30

  static func main() throws {
    var arguments = CommandLine.arguments.dropFirst()
    Watch.install()
    var tally = Tally()
    switch (arguments.popFirst(), arguments.count) {
    case ("truncate", 1...):
      for path in arguments {
        let module = try read(path)
        tally.run(path, module, Mutation.truncations(of: module, count: nil))
      }
    case ("sample", 2...):
      guard let count = Int(arguments.removeFirst()) else { stop(usage) }
      for path in arguments {
        let module = try read(path)
        tally.run(path, module, Mutation.truncations(of: module, count: count))
      }
    case ("flip", 3...):
      guard let count = Int(arguments.removeFirst()), let seed = UInt64(arguments.removeFirst())
      else { stop(usage) }
      var numbers = Numbers(state: seed)
      let share = (count + arguments.count - 1) / arguments.count
      for path in arguments {
        let module = try read(path)
        tally.run(path, module, Mutation.flips(of: module, count: share, &numbers))
      }
    case ("hostile", 1):
      guard let count = Int(arguments.removeFirst()) else { stop(usage) }
      for hostile in Hostile.cases(count) { tally.run(hostile) }
    default:
      stop(usage)
    }
    print(tally.text)
  }

  static func read(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(1)
  }
}

/// What became of the inputs.
struct Tally {
  var refused: [TranslationError.Stage: Int] = [:]
  var translated = 0
  var outputBytes = 0
  var slowest = Duration.zero
  var slowestInput = ""

  mutating func run(_ path: String, _ module: [UInt8], _ mutations: [Mutation]) {
    var module = module
    for (number, mutation) in mutations.enumerated() {
      let input = "\(path): \(mutation.text)"
      watched(input) { tally in
        switch mutation {
        case .truncation(let length):
          module.withUnsafeBytes { tally.attempt(.init(rebasing: $0[..<length]), number, input) }
        case .flip(let offset, let byte):
          let before = module[offset]
          module[offset] = byte
          module.withUnsafeBytes { tally.attempt($0, number, input) }
          module[offset] = before
        }
      }
    }
  }

  /// Runs a module with each memory strategy; the verdict must be the expected one.
  mutating func run(_ hostile: Hostile.Case) {
    for number in TranslationOptions.Memory.allCases.indices {
      let before = self
      watched(hostile.name) { tally in
        hostile.module.withUnsafeBytes { tally.attempt($0, number, hostile.name) }
      }
      let stage = refused.keys.first { refused[$0] != before.refused[$0] }
      if stage != hostile.stage {
        Malformed.stop("malformed: \(hostile.name): \(stage?.rawValue ?? "valid"), which is wrong")
      }
    }
  }

  /// Runs one input under the limits of time and memory.
  private mutating func watched(_ input: String, _ body: (inout Tally) -> Void) {
    Watch.begin(input, limit: Malformed.secondsPerInput)
    let took = ContinuousClock().measure { body(&self) }
    if took > slowest { (slowest, slowestInput) = (took, input) }
    if Watch.peakMemory > Malformed.bytesPerInput {
      Malformed.stop("malformed: took more than 1 GiB on \(input)")
    }
  }

  /// Validates a module; what is valid must translate, too, each time with other options.
  private mutating func attempt(_ bytes: UnsafeRawBufferPointer, _ number: Int, _ input: String) {
    // It reads on where the parser stops.
    _ = Translator.unsupportedProposals(bytes)
    do {
      try Translator.validate(bytes)
    } catch {
      refused[error.stage, default: 0] += 1
      return
    }
    var options = TranslationOptions()
    options.memory = TranslationOptions.Memory.allCases[number % 3]
    options.instances = number % 2 == 0 ? .many : .one
    do {
      _ = try Translator.inspect(bytes)
      let translation = try Translator.translate(bytes, options: options)
      outputBytes += translation.files.reduce(0) { $0 + $1.contents.count }
      translated += 1
    } catch {
      // With one instance, only functions can be imported.
      if error.stage == .unsupported && options.instances == .one {
        refused[.unsupported, default: 0] += 1
      } else {
        Malformed.stop("malformed: \(input) is valid, but: \(error)")
      }
    }
  }

  var text: String {
    let stages: [TranslationError.Stage] = [.malformed, .invalid, .unsupported]
    let parts = stages.map { "\(refused[$0] ?? 0) \($0.rawValue)" }
    return parts.joined(separator: ", ")
      + ", \(translated) translated (\(outputBytes >> 20) MiB of C); "
      + "peak \(Watch.peakMemory >> 20) MiB; slowest \(slowest.formatted(.units(allowed: [.milliseconds]))): "
      + slowestInput
  }
}
