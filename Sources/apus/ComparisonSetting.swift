import Comparison
import Translator

/// One way to make a program of a module.
struct ComparisonSetting: Sendable {
  var memory: TranslationOptions.Memory
  var traps = TranslationOptions.Traps.relaxed
  var instances: TranslationOptions.Instances
  var optimization: String
  var compiler: String
  var isDeterministic = false
  var countsFuel = false
  var isInterruptible = false
  /// Others cannot get at memories, tables and tags, nor can the comparison.
  var isClosed = false
  /// As on a board, but on this processor: no operating system under the runtime, and memories in arrays.
  var isFirmware = false
  /// Calls, stores and blocks are written to a file.
  var hasTrace = false
  /// Bytes of C in a file before it is split.
  var split: Int?

  var profile: TranslationOptions.Profile { isFirmware ? .firmware : .host }

  /// Whether stores may be early where the hardware finds a trap.
  var isRelaxed: Bool { memory == .guard && traps == .relaxed && !isDeterministic }

  /// `guard one -O2 cc`
  var text: String {
    "\(memory) \(instances) -O\(optimization) \(compiler)" + (traps == .exact ? " exact" : "")
      + (isDeterministic ? " deterministic" : "")
      + (countsFuel ? " fuel" : "") + (isInterruptible ? " interruptible" : "")
      + (isFirmware ? " firmware" : "") + (isClosed ? " closed" : "")
      + (split.map { " split \($0)" } ?? "")
  }

  /// `guard,many,O0,clang,exact,split`: words in any order, for what is not as usual.
  init(parsing text: String, compiler: String) throws {
    self.init(memory: .guard, instances: .one, optimization: "2", compiler: compiler)
    for word in text.split(separator: ",").map(String.init) {
      if let memory = TranslationOptions.Memory(rawValue: word) {
        self.memory = memory
      } else if let instances = TranslationOptions.Instances(rawValue: word) {
        self.instances = instances
      } else if word == "exact" {
        traps = .exact
      } else if word == "deterministic" {
        isDeterministic = true
      } else if word == "fuel" {
        countsFuel = true
      } else if word == "interruptible" {
        isInterruptible = true
      } else if word == "closed" {
        isClosed = true
      } else if word == "firmware" {
        isFirmware = true
      } else if word == "split" {
        split = 2000
      } else if ["O0", "O1", "O2", "O3", "Os"].contains(word) {
        optimization = String(word.dropFirst())
      } else if word.contains("cc") || word.contains("clang") || word.contains("/") {
        self.compiler = word
      } else {
        throw Failure(.usage, "--setting has no word '\(word)'")
      }
    }
    if isFirmware {
      guard !text.split(separator: ",").contains("guard") else {
        throw Failure(.usage, "--setting \(text): firmware has no memory guard")
      }
      memory = .bounds
    }
  }

  init(
    memory: TranslationOptions.Memory, instances: TranslationOptions.Instances,
    optimization: String,
    compiler: String
  ) {
    self.memory = memory
    self.instances = instances
    self.optimization = optimization
    self.compiler = compiler
  }

  var options: TranslationOptions {
    var options = TranslationOptions()
    options.profile = profile
    options.memory = memory
    options.traps = traps
    options.instances = instances
    options.name = "compared"
    options.functionNames = false
    options.maximumMemory = Plan.mostMemory
    if isDeterministic { options.determinism = TranslationOptions.Determinism() }
    if countsFuel { options.fuel = TranslationOptions.Fuel() }
    options.isInterruptible = isInterruptible
    if hasTrace { options.traces = TranslationOptions.Trace.allCases }
    if let split { options.splitSize = split }
    return options
  }

  /// What runs a program that is for another processor: `aarch64-linux-gnu-gcc` and `arm-linux-gnueabihf-gcc -Os` say
  /// which.
  var emulator: [String] {
    let program = compiler.prefix { $0 != " " }.description
    let triple = Files.baseName(program)
    guard triple.contains("-linux-gnu"), triple.hasSuffix("-gcc"),
      let processor = triple.split(separator: "-").first, processor != "x86_64"
    else { return [] }
    let names: [Substring: String] = ["i686": "i386", "powerpc": "ppc", "powerpc64": "ppc64"]
    return ["qemu-\(names[processor] ?? String(processor))", "-L", "/usr/\(triple.dropLast(4))"]
  }
}
