import ArgumentParser
import Glibc
import ModuleGenerator
import SystemPackage

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a random module, valid and such that each call of it ends.",
    discussion: """
      The same seed and options give the same module everywhere:

        apus generate --seed 7 -o seven.wasm && apus compare seven.wasm

      Functions, memories, tables, globals that can be set and tags are exported. Proposals are \
      named as `apus inspect` does; legacy-exceptions and relaxed-simd are left out unless --with \
      takes them in.

      Modules that import from one another: SEED.wasm imports from the module m0, or from m1, which imports from m0.       Those lie in a folder beside it, SEED.imports, where `apus compare` finds them:

        apus generate --seed 7 --linked 2 -o seven.wasm && apus compare seven.wasm
      """)

  @Option(help: "Which module.") var seed: UInt64

  @Option(
    name: .shortAndLong, help: "The file to write. (default: standard output)", completion: .file())
  var output: String?

  @Option(help: "How many modules, of as many seeds; then -o names a folder, which gets SEED.wasm.")
  var count: Int?

  @Option(help: ArgumentHelp("Leave a proposal out.", valueName: "proposal"))
  var without: [String] = []

  @Option(help: ArgumentHelp("Take a proposal in.", valueName: "proposal"))
  var with: [String] = []

  @Flag(help: "Let integers and memory see bits of NaNs that were computed, which engines choose.")
  var leakNans = false

  @Option(help: "Instructions of a function, about.") var size = 400

  @Option(help: "Modules that import from one another, 2 to 9.") var linked: Int?

  private func options() throws -> GeneratorOptions {
    var options = GeneratorOptions()
    options.leaksNaNs = leakNans
    options.size = size
    for (names, isUsed) in [(without, false), (with, true)] {
      for name in names where !options.set(name, isUsed: isUsed) {
        throw ValidationError("'\(name)' is no proposal that modules can be generated with")
      }
    }
    return options
  }

  func validate() throws {
    guard (1...100_000).contains(size) else {
      throw ValidationError("--size is at least 1 and at most 100000")
    }
    guard (count ?? 1) > 0 else { throw ValidationError("--count is at least 1") }
    if count != nil, output == nil {
      throw ValidationError("--count wants -o, the folder for the modules")
    }
    if let linked {
      guard (2...9).contains(linked) else { throw ValidationError("--linked is 2 to 9") }
      guard output != nil else { throw ValidationError("--linked wants -o") }
    }
    _ = try options()
  }

  func run() throws {
    let options = try options()
    if let count, let output {
      try Files.makeFolder(output)
      for seed in seed..<seed + UInt64(count) {
        try write(seed, options, to: "\(output)/\(seed).wasm")
      }
      return
    }
    if let output { return try write(seed, options, to: output) }
    let module = ModuleGenerator.module(seed: seed, options: options)
    guard isatty(STDOUT_FILENO) == 0 else {
      throw Failure(.usage, "a module is not for terminals: name a file with -o")
    }
    try FileDescriptor.standardOutput.writeAll(module)
  }

  private func write(_ seed: UInt64, _ options: GeneratorOptions, to path: String) throws {
    let modules = ModuleGenerator.linkedModules(seed: seed, count: linked ?? 1, options: options)
    if modules.count > 1 {
      let folder = LinkedModule.folder(of: path)
      try Files.makeFolder(folder)
      for (name, bytes) in modules.dropLast() {
        try Files.write(bytes, to: "\(folder)/\(name).wasm")
      }
    }
    try Files.write(modules[modules.count - 1].bytes, to: path)
  }
}
