// Makes a module smaller as long as a question about it gets the same answer.

import WasmEncoder
import WasmModel
import WasmParser
import WasmValidator

/// The search for a small module. Source: delta debugging, by halves and then one by one.
public struct Reducer: Sendable {
  /// How far it is.
  public struct State: Sendable {
    public var bytes: Int
    public var functions: Int
    /// But for the ends of blocks.
    public var instructions: Int
    /// Modules that were asked about.
    public var tries = 0
    /// `statements`
    public var reduction = ""
  }

  private var module: EditableModule
  public private(set) var state: State
  /// Hashes of modules that were tried.
  private var seen: Set<Int> = []

  /// Nil where the bytes are no module that can be read.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard let module = try? EditableModule(decoding: bytes) else { return nil }
    self.module = module
    state = State(bytes: 0, functions: 0, instructions: 0)
    measure()
  }

  /// The smallest module so far.
  public var bytes: [UInt8] { module.encoded() }

  private mutating func measure() {
    state.bytes = module.encoded().count
    state.functions = module.functions.count
    state.instructions = module.instructionCount
  }

  /// Whether a module is valid, and so worth a question.
  static func isValid(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      guard let module = try? WasmParser.parse(bytes),
        let validated = try? WasmValidator.validateModule(module, bytes: bytes)
      else { return false }
      var validator = FunctionValidator(module: validated)
      var body = BodyBuffer()
      for index in module.code.indices {
        body.removeAll()
        guard (try? validator.validate(index, body: &body, recording: false)) != nil else {
          return false
        }
      }
      return true
    }
  }

  /// Reduces until nothing gets smaller any more, or `isOver`.
  ///
  /// - Parameters:
  ///   - jobs: How many modules are asked about at a time. They change nothing but the time that it takes.
  ///   - isInteresting: Whether a valid module is still one of those that are looked for.
  ///   - accepted: Gets each smaller module, and how far the search is.
  public mutating func run(
    jobs: Int, isOver: () -> Bool, isInteresting: @escaping @Sendable ([UInt8]) async -> Bool,
    accepted: ([UInt8], State) throws -> Void
  ) async rethrows {
    var hasChanged = true
    while hasChanged && !isOver() {
      hasChanged = false
      for reduction in Reduction.all {
        state.reduction = reduction.name
        var size = reduction.isDivisible ? max(reduction.count(module), 1) : 1
        while size >= 1 {
          var search = Search(reduction: reduction, size: size, count: reduction.count(module))
          while !isOver() {
            let batch = search.next(jobs, module) {
              seen.insert($0.hashValue).inserted && Self.isValid($0)
            }
            if batch.isEmpty { break }
            state.tries += batch.count
            guard let found = await Self.first(batch, isInteresting) else { continue }
            let (candidate, range, encoded) = (
              batch[found].module, batch[found].range, batch[found].bytes
            )
            // What comes behind it was asked too early, and counts as not asked.
            for later in batch[(found + 1)...] { seen.remove(later.bytes.hashValue) }
            module = candidate
            hasChanged = true
            measure()
            try accepted(encoded, state)
            search.go(to: range.lowerBound, count: reduction.count(module))
          }
          size /= 2
        }
      }
    }
  }

  /// The first that is interesting; all are asked about at once.
  private static func first(
    _ batch: [Candidate], _ isInteresting: @escaping @Sendable ([UInt8]) async -> Bool
  ) async -> Int? {
    await withTaskGroup(of: (Int, Bool).self) { group in
      for (index, candidate) in batch.enumerated() {
        let bytes = candidate.bytes
        group.addTask { (index, await isInteresting(bytes)) }
      }
      var found: Int?
      for await (index, isGood) in group where isGood { found = min(found ?? index, index) }
      return found
    }
  }
}

struct Candidate: Sendable {
  var module: EditableModule
  var bytes: [UInt8]
  var range: Range<Int>
}

/// Goes through the things that a reduction can take away, so many at a time.
private struct Search {
  let reduction: Reduction
  let size: Int
  private var place = 0
  private var count: Int
  private var pending: [(EditableModule, Range<Int>)] = []

  init(reduction: Reduction, size: Int, count: Int) {
    self.reduction = reduction
    self.size = size
    self.count = count
  }

  /// Up to so many candidates that are worth a question.
  mutating func next(_ most: Int, _ module: EditableModule, _ isWorth: ([UInt8]) -> Bool)
    -> [Candidate]
  {
    var batch: [Candidate] = []
    while batch.count < most {
      if pending.isEmpty {
        if place >= count { break }
        let range = place..<min(place + size, count)
        pending = reduction.candidates(module, range).map { ($0, range) }
        place += size
        continue
      }
      let (candidate, range) = pending.removeFirst()
      let bytes = candidate.encoded()
      if isWorth(bytes) { batch.append(Candidate(module: candidate, bytes: bytes, range: range)) }
    }
    return batch
  }

  /// Goes on in another module.
  mutating func go(to place: Int, count: Int) {
    self.place = place
    self.count = count
    pending = []
  }
}
