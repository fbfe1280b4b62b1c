// The C of every function, made by as many threads as are asked for.

import CEmitter
import FunctionIR
import WasmModel
import WasmValidator

/// The C of a run of functions, by one thread.
///
/// Unchecked: written by one thread, and read by others only after all have ended.
private final class Batch: @unchecked Sendable {
  /// What lies where in the buffers, for one function.
  struct Entry {
    var text: Range<Int>
    var uses: Range<Int>
  }
  var text: UnsafeMutableBufferPointer<UInt8> = .init(start: nil, count: 0)
  var uses: UnsafeMutableBufferPointer<Use> = .init(start: nil, count: 0)
  var entries: [Entry] = []
  /// Of the first function that is wrong; those after it are missing.
  var error: WasmError?

  var hasText: Bool { text.baseAddress != nil }

  func releaseText() {
    text.deallocate()
    text = .init(start: nil, count: 0)
  }

  deinit {
    text.deallocate()
    uses.deallocate()
  }
}

/// The texts of all functions, without their linkage, and what they use.
struct FunctionTexts {
  /// Bytes of code in a batch. Several threads need batches small enough to share out; one does
  /// well with as much as gives a huge page of C.
  private static func batchSize(jobs: Int) -> Int { jobs > 1 ? 1 << 15 : 1 << 18 }

  private let batches: [Batch]
  /// By defined function: its batch and its place there.
  private let places: [(batch: Int32, entry: Int32)]
  private let importedFunctionCount: Int

  /// Validates and translates every function.
  ///
  /// - Throws: The error of the first function that has one, whatever the number of threads.
  init(
    _ validated: ValidatedModule, _ plan: ModulePlan, _ options: TranslationOptions
  ) throws(TranslationError) {
    let module = validated.module
    importedFunctionCount = module.importedFunctionCount
    var ranges: [Range<Int>] = []
    var places: [(batch: Int32, entry: Int32)] = []
    places.reserveCapacity(module.code.count)
    var size = 0
    var first = 0
    let batchSize = FunctionTexts.batchSize(jobs: options.jobs)
    for (index, body) in module.code.enumerated() {
      places.append((Int32(ranges.count), Int32(index - first)))
      size += body.count
      if size >= batchSize {
        ranges.append(first..<index + 1)
        first = index + 1
        size = 0
      }
    }
    if first < module.code.count { ranges.append(first..<module.code.count) }
    self.places = places

    let batches = ranges.map { _ in Batch() }
    let queue = Queue(count: ranges.count)
    let (context, skipped) = Translator.passContext(module, options)
    let capacity = options.jobs <= 1 && ranges.count > 1 ? Text.hugePage : 1 << 18
    concurrently(min(max(options.jobs, 1), max(ranges.count, 1))) { [ranges] in
      var worker = Worker(validated, plan, context, skipped, capacity: capacity)
      defer { worker.free() }
      while let index = queue.take() {
        worker.translate(ranges[index], into: batches[index])
        if batches[index].error != nil { queue.end(after: index) }
      }
    }
    self.batches = batches
    if let error = batches.lazy.compactMap({ $0.error }).first {
      throw TranslationError(error, in: validated)
    }
  }

  /// The text of a defined function, from its result type on.
  func text(of function: Int) -> UnsafeBufferPointer<UInt8> {
    let (batch, entry) = places[function - importedFunctionCount]
    let range = batches[Int(batch)].entries[Int(entry)].text
    return UnsafeBufferPointer(rebasing: batches[Int(batch)].text[range])
  }

  /// Frees texts that are not asked for again: those of functions before this one, but for some.
  func release(before function: Int) {
    var batch = Int(places[function - importedFunctionCount].batch)
    while batch > 0, batches[batch - 1].hasText {
      batch -= 1
      batches[batch].releaseText()
    }
  }

  /// What a defined function uses.
  func uses(of function: Int) -> UnsafeBufferPointer<Use> {
    let (batch, entry) = places[function - importedFunctionCount]
    let range = batches[Int(batch)].entries[Int(entry)].uses
    return UnsafeBufferPointer(rebasing: batches[Int(batch)].uses[range])
  }

  /// One thread's tools, kept from function to function.
  private struct Worker: ~Copyable {
    private var validator: FunctionValidator
    private var body = FunctionBody()
    private var builder: IRBuilder
    private var passes: PassRunner
    private var emitter: FunctionEmitter
    private var text: Text
    private var uses = Buffer<Use>(capacity: 1 << 12)

    init(
      _ validated: ValidatedModule, _ plan: ModulePlan, _ context: BuilderContext,
      _ skipped: Set<Pass>, capacity: Int
    ) {
      text = Text(capacity: capacity)
      validator = FunctionValidator(module: validated)
      builder = IRBuilder(context: context)
      passes = PassRunner(context: context, skipped: skipped)
      emitter = FunctionEmitter(plan: plan, ir: builder.ir)
    }

    func free() {
      body.free()
      builder.free()
      passes.free()
      text.free()
      uses.free()
    }

    mutating func translate(_ functions: Range<Int>, into batch: Batch) {
      text.removeAll()
      uses.removeAll()
      batch.entries.reserveCapacity(functions.count)
      for index in functions {
        do {
          try validator.validate(index, body: &body, recording: true)
        } catch {
          batch.error = error
          return
        }
        builder.build(body)
        passes.run(&builder.ir)
        let textStart = text.count
        let usesStart = uses.count
        emitter.emit(builder.ir, to: &text, uses: &uses)
        batch.entries.append(
          Batch.Entry(text: textStart..<text.count, uses: usesStart..<uses.count))
      }
      batch.text = text.take()
      batch.uses = .allocate(capacity: uses.count)
      _ = batch.uses.initialize(from: UnsafeBufferPointer(start: uses.base, count: uses.count))
    }
  }
}
