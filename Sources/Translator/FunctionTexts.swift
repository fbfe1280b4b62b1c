// The second phase: the C of every function that can be reached, by as many threads as are asked
// for.

import CEmitter
import FunctionIR
import WasmModel
import WasmValidator

/// The C of a batch's functions, by one thread.
///
/// Unchecked: written by one thread, and read by others only after all have ended.
private final class TextBatch: @unchecked Sendable {
  var text: UnsafeMutableBufferPointer<UInt8> = .init(start: nil, count: 0)
  /// By place in the batch; empty for a function that cannot be reached.
  var ranges: [Range<Int>] = []

  var hasText: Bool { text.baseAddress != nil }

  func releaseText() {
    text.deallocate()
    text = .init(start: nil, count: 0)
  }

  deinit { text.deallocate() }
}

/// The texts of all functions that can be reached, without their linkage.
struct FunctionTexts {
  private let bodies: Bodies
  private let batches: [TextBatch]

  init(
    _ bodies: Bodies, _ use: ModuleUse, _ calls: CallProperties, _ plan: ModulePlan,
    _ options: TranslationOptions
  ) {
    let batches = bodies.batches.map { _ in TextBatch() }
    let queue = Queue(count: batches.count)
    let (context, skipped) = Translator.passContext(
      plan.module, options, calls, hasTailCalls: bodies.hasTailCalls)
    let capacity = options.jobs <= 1 && batches.count > 1 ? Memory.hugePage : 1 << 18
    concurrently(min(max(options.jobs, 1), max(batches.count, 1))) {
      var worker = Worker(bodies.validated, use, plan, context, skipped, capacity: capacity)
      while let index = queue.take() {
        worker.translate(bodies.batches[index], into: batches[index])
      }
    }
    self.bodies = bodies
    self.batches = batches
  }

  /// The text of a defined function, from its result type on.
  func text(of function: Int) -> UnsafeBufferPointer<UInt8> {
    let (batch, place) = bodies.place(of: function)
    return UnsafeBufferPointer(rebasing: batches[batch].text[batches[batch].ranges[place]])
  }

  /// Frees texts of functions of a range that are not asked for again: those of batches with no others. Ranges that
  /// have no function in common may be freed by several threads.
  func release(_ functions: Range<Int>) {
    var (first, last) = (
      bodies.place(of: functions.lowerBound), bodies.place(of: functions.upperBound)
    )
    if first.place > 0 { first.batch += 1 }
    while last.batch > first.batch, batches[last.batch - 1].hasText {
      last.batch -= 1
      batches[last.batch].releaseText()
    }
  }

  /// One thread's tools, kept from function to function.
  private struct Worker: ~Copyable {
    private let use: ModuleUse
    private let importedFunctionCount: Int
    private var validator: FunctionValidator
    private var buffer = BodyBuffer()
    private var builder: IRBuilder
    private var passes: PassRunner
    private var emitter: FunctionEmitter
    private var text: Text

    init(
      _ validated: ValidatedModule, _ use: ModuleUse, _ plan: ModulePlan,
      _ context: BuilderContext, _ skipped: Set<Pass>, capacity: Int
    ) {
      self.use = use
      importedFunctionCount = plan.module.importedFunctionCount
      text = Text(capacity: capacity)
      validator = FunctionValidator(module: validated)
      builder = IRBuilder(context: context)
      passes = PassRunner(context: context, skipped: skipped)
      emitter = FunctionEmitter(plan: plan)
    }

    mutating func translate(_ bodies: BodyBatch, into batch: TextBatch) {
      text.removeAll()
      batch.ranges.reserveCapacity(bodies.functions.count)
      for (place, index) in bodies.functions.enumerated() {
        let start = text.count
        let function = importedFunctionCount + index
        if use.isLive[function] {
          builder.build(body(place, function, bodies))
          passes.run(&builder.ir)
          emitter.emit(&builder.ir, to: &text)
        }
        batch.ranges.append(start..<text.count)
      }
      // Of a large module all C is there at once, and nothing beside it.
      batch.text =
        bodies.hasOperations
        ? text.take(continuingIn: bodies.takeOperationsMemory()) : text.copy()
    }

    /// A body with its operations, which are recorded again where they were not held.
    private mutating func body(_ place: Int, _ function: Int, _ bodies: BodyBatch) -> FunctionBody {
      if bodies.hasOperations { return bodies.body(place, functionIndex: function) }
      buffer.removeAll()
      do {
        try validator.validate(bodies.functions.lowerBound + place, body: &buffer, recording: true)
      } catch {
        preconditionFailure("a body that was valid is not")
      }
      return buffer.body(ofFunction: function)
    }
  }
}
