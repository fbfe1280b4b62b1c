import WasmModel

/// What a translation chooses. Every choice is made here, none by the C preprocessor.
public struct TranslationOptions: Sendable {
  /// How accesses to linear memory are kept inside it.
  public enum Memory: String, Sendable, CaseIterable {
    /// Reserve the whole index space and let the hardware trap. 64-bit hosts.
    case `guard`
    /// Compare before the access. Any target.
    case bounds
    /// No check at all: for trusted modules only.
    case unchecked
  }

  /// How many instances of the module a program can have.
  public enum Instances: String, Sendable, CaseIterable {
    /// All state is static.
    case one
    /// A struct per instance, passed as first parameter.
    case many
  }

  /// What the C will run on.
  public enum Profile: String, Sendable, CaseIterable {
    /// An operating system with signals and guard pages.
    case host
    /// Freestanding: the stack is checked by compare.
    case firmware
  }

  /// What is the same at a trap that the hardware finds as the specification says.
  public enum Traps: String, Sendable, CaseIterable {
    /// That it traps, but for what DESIGN.md names; stores of the running function may be early or
    /// not done yet.
    case relaxed
    /// Everything, at a cost.
    case exact
  }

  /// What a program that does the same everywhere finds instead of the host's.
  public struct Determinism: Sendable {
    /// Bytes of stack; see DESIGN for how they are counted.
    public var maximumStack: UInt64 = 1 << 20
    /// What random numbers are made of.
    public var seed: UInt64 = 0
    /// Where its clock starts: seconds since 1970.
    public var clock: UInt64 = 946_684_800

    public init() {}
  }

  /// What a module says of itself while it runs.
  public enum Trace: String, Sendable, CaseIterable {
    /// Functions that begin, with their parameters, and that return, with their results.
    case calls
    /// Changes of memories, globals and tables.
    case stores
    /// What is executed as a whole.
    case blocks
  }

  public var memory = Memory.guard
  public var traps = Traps.relaxed
  public var instances = Instances.many
  public var profile = Profile.host
  /// Prefix of every public C name; nil takes `fallbackName`.
  public var name: String?
  /// Such as the name of the file, of which a C name is made.
  public var fallbackName = "module"
  /// Threads that translate.
  public var jobs = 1
  /// Bytes that the memory may grow to at most, below what the module asks for.
  public var maximumMemory: UInt64?
  /// Bytes of memory instead of whole pages; nil gives the pages.
  public var memoryLimit: MemoryLimit?
  /// Whether nothing but the runtime is linked with it, so that nobody else grows its memory.
  public var isAlone = false
  /// Bytes of C per file before it is split; 0 never splits.
  public var splitSize = 1 << 20
  /// Write `NAME_names.c`, which tells a trap's message what its function is called.
  public var functionNames = true
  /// Names of the exports that the module keeps; empty keeps all.
  public var exports: [String] = []
  /// Traps say at which byte of the module they are; without, the code is an eighth smaller.
  public var offsets = true
  /// Same input, same bytes, wherever it runs; nil does without.
  public var determinism: Determinism?
  /// Functions count what they execute; nil does without.
  public var fuel: Fuel?
  /// Loops and calls look whether somebody wants them to end.
  public var isInterruptible = false
  /// What the module says of itself while it runs.
  public var traces: [Trace] = []
  /// Passes to leave out, by name (`Translator.passNames`), to measure their worth.
  public var skippedPasses: Set<String> = []

  public init() {}

  /// Whether accesses that the hardware checks are to be exact; explicit checks always are.
  var isExact: Bool { (traps == .exact || determinism != nil) && memory == .guard }

  var tracedEvents: Traces {
    traces.reduce(into: []) { all, trace in
      switch trace {
      case .calls: all.insert(.calls)
      case .stores: all.insert(.stores)
      case .blocks: all.insert(.blocks)
      }
    }
  }

  /// What keeps accesses inside memories.
  var strategy: MemoryPlan.Strategy {
    switch memory {
    case .guard: .guard
    case .bounds: .bounds
    case .unchecked: .unchecked
    }
  }
}
