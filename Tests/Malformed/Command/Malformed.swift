// Feeds damaged modules to the translator, in this process: each must be refused or translated,
// without a crash, in ten seconds and one gigabyte.

import Attempts
import Foundation
import ModuleGenerator
import Translator

@main
enum Malformed {
  static let usage = """
    usage: malformed truncate FILE...        every truncation
           malformed sample COUNT FILE...    as many truncations, spread over each file
           malformed flip COUNT SEED FILE... as many byte flips over the files together
           malformed hostile COUNT           modules with as many of something
           malformed mutate COUNT SEED FILE... as many modules made of the files together, to stdout:
                                             the verdict (v, m, i or u), the length in 4 bytes, the
                                             lowest first, and the bytes of each
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
      var numbers = Numbers(seed: seed)
      let share = (count + arguments.count - 1) / arguments.count
      for path in arguments {
        let module = try read(path)
        tally.run(path, module, Mutation.flips(of: module, count: share, &numbers))
      }
    case ("mutate", 3...):
      guard let count = Int(arguments.removeFirst()), let seed = UInt64(arguments.removeFirst())
      else { stop(usage) }
      return try mutate(count, seed, arguments.map(read))
    case ("hostile", 1):
      guard let count = Int(arguments.removeFirst()) else { stop(usage) }
      for hostile in Hostile.cases(count) { tally.run(hostile) }
    default:
      stop(usage)
    }
    print(tally.text)
  }

  /// Every module is made of the last one that was valid, or of a file again.
  static func mutate(_ count: Int, _ seed: UInt64, _ modules: [[UInt8]]) throws {
    var numbers = Numbers(seed: seed)
    var module = modules[0]
    for _ in 0..<count {
      if Int.random(in: 0..<4, using: &numbers) == 0 {
        module = modules[Int.random(in: modules.indices, using: &numbers)]
      }
      Watch.begin("module of \(module.count) bytes, seed \(seed)", limit: secondsPerInput)
      let mutated = module.withUnsafeBytes { bytes in
        var mutator = Mutator(bytes, seed: numbers.next())
        mutator?.mutate()
        return mutator?.bytes ?? module
      }
      let verdict = mutated.withUnsafeBytes { bytes -> UInt8 in
        do throws(TranslationError) {
          try Translator.validate(bytes)
          return UInt8(ascii: "v")
        } catch {
          return error.stage.rawValue.utf8.first!
        }
      }
      let length = withUnsafeBytes(of: UInt32(mutated.count).littleEndian) { Data($0) }
      FileHandle.standardOutput.write(Data([verdict]) + length + Data(mutated))
      if verdict == UInt8(ascii: "v") && mutated.count < 10_000 { module = mutated }
    }
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

  private mutating func attempt(_ bytes: UnsafeRawBufferPointer, _ number: Int, _ input: String) {
    switch Attempt.run(bytes, number) {
    case .refused(let stage): refused[stage, default: 0] += 1
    case .translated(let size):
      outputBytes += size
      translated += 1
    case .failed(let error): Malformed.stop("malformed: \(input) is valid, but: \(error)")
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
