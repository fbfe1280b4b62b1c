import ArgumentParser
import Glibc
import Translator

extension TranslationOptions.Memory: ExpressibleByArgument {}
extension TranslationOptions.Instances: ExpressibleByArgument {}
extension TranslationOptions.Profile: ExpressibleByArgument {}
extension TranslationOptions.Traps: ExpressibleByArgument {}
extension TranslationOptions.Trace: ExpressibleByArgument {}

/// Options that all commands which translate share.
struct TranslationArguments: ParsableArguments {
  @Option(help: "How accesses stay inside memory. (default: guard on 64-bit hosts, else bounds)")
  var memory: TranslationOptions.Memory?

  @Option(help: "Whether memory, globals and tables are exact at a trap of the hardware, too.")
  var traps = TranslationOptions.Traps.relaxed

  @Option(help: "Whether a program can have one instance of the module or many.")
  var instances: TranslationOptions.Instances?

  @Option(help: "Prefix of the public C names. (default: the file's name)")
  var name: String?

  @Option(help: "Bytes that the memory can grow to at most.")
  var maxMemory: UInt64?

  @Option(
    help:
      "Give the memory so many bytes instead of whole pages of 64 KiB: beyond them an access traps, and it never grows."
  ) var memoryLimit: UInt64?

  @Option(
    help:
      "The same, but bytes behind where the module's heap begins, as its __heap_base or its stack says."
  ) var heap: UInt64?

  @Flag(help: "Same input, same bytes, whatever the host, the C compiler and the memory.")
  var deterministic = false

  @Option(help: "Bytes of stack that --deterministic counts. (default: 1048576)")
  var maxStack: UInt64?

  @Option(help: "What random numbers are made of with --deterministic. (default: 0)")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Where the clock starts with --deterministic: since 1970. (default: 946684800)",
      valueName: "seconds"))
  var clock: UInt64?

  @Option(
    help: ArgumentHelp(
      "A file that says what instructions cost with --fuel: `call 10` in a line.",
      valueName: "file"), transform: FuelTable.init(path:))
  var fuelCosts: FuelTable?

  @Flag(help: "Let another thread, or a timer, end the code in its loops and calls.")
  var interruptible = false

  @Option(help: "Say what happens: calls, stores or blocks. Repeatable.")
  var trace: [TranslationOptions.Trace] = []

  @Flag(inversion: .prefixedNo, help: "Keep the functions' names for messages of traps.")
  var names = true

  @Flag(
    inversion: .prefixedNo,
    help: "Let traps say at which byte of the module they are; the code is smaller without."
  )
  var offsets = true

  @Option(help: "Threads and C compilers that run at a time. (default: one per CPU)")
  var jobs: Int?

  var jobCount: Int { jobs ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// What is chosen where fuel is counted.
  var fuel: TranslationOptions.Fuel { fuelCosts?.fuel ?? TranslationOptions.Fuel() }

  /// To be asked before anything is made of the arguments.
  func checkFiles() throws {
    if let failure = fuelCosts?.failure { throw failure }
  }

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs is at least 1") }
    for (option, isGiven) in [
      ("--max-stack", maxStack != nil), ("--seed", seed != nil), ("--clock", clock != nil),
    ] where isGiven && !deterministic {
      throw ValidationError("\(option) is for --deterministic")
    }
    if memoryLimit != nil && heap != nil {
      throw ValidationError("--memory-limit and --heap say the same in two ways")
    }
    try check(options(profile: .host, instances: .one))
  }

  /// Refuses what is wrong for any module.
  func check(_ options: TranslationOptions) throws {
    if let mistake = options.mistake { throw ValidationError(mistake) }
  }

  func options(
    profile: TranslationOptions.Profile, instances: TranslationOptions.Instances
  ) -> TranslationOptions {
    var options = TranslationOptions()
    let canGuard = MemoryLayout<Int>.size == 8 && profile == .host
    options.memory = memory ?? (canGuard ? .guard : .bounds)
    options.traps = traps
    options.instances = self.instances ?? instances
    options.profile = profile
    options.name = name
    options.maximumMemory = maxMemory
    options.memoryLimit = memoryLimit.map { .bytes($0) } ?? heap.map { .heap($0) }
    options.jobs = jobCount
    options.offsets = offsets
    options.functionNames = names
    options.isInterruptible = interruptible
    options.traces = trace
    if deterministic {
      var determinism = TranslationOptions.Determinism()
      if let maxStack { determinism.maximumStack = maxStack }
      if let seed { determinism.seed = seed }
      if let clock { determinism.clock = clock }
      options.determinism = determinism
    }
    return options
  }
}

/// A file of what instructions cost.
struct FuelTable {
  let text: String
  let fuel: TranslationOptions.Fuel
  /// Why it could not be read. The parser of arguments makes wrong usage of what is thrown there.
  let failure: Failure?

  init(path: String) throws {
    do {
      let contents = try Files.Contents(of: path)
      text = withExtendedLifetime(contents) { String(decoding: contents.bytes, as: UTF8.self) }
    } catch let failure as Failure {
      (text, fuel, self.failure) = ("", TranslationOptions.Fuel(), failure)
      return
    }
    failure = nil
    do {
      fuel = try TranslationOptions.Fuel(table: text)
    } catch {
      throw ValidationError("\(path), \(error)")
    }
  }
}
