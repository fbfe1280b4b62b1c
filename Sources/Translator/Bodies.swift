// The first of two phases: every body is validated, by as many threads as are asked for, and what
// it uses is known, before any is built. What the whole module decides stands between the two.

import WasmModel
import WasmValidator

/// A run of bodies, by one thread.
///
/// Unchecked: written by one thread, and read by others only after all have ended.
final class BodyBatch: @unchecked Sendable {
  /// The defined functions, imports not counted.
  let functions: Range<Int>
  /// Bytes of code.
  private let size: Int
  private(set) var buffer = BodyBuffer()
  /// Where each function begins in the buffer, and where the last one ends.
  private(set) var marks: [BodyBuffer.Mark] = []
  /// Whether the operations are there; else they are to be recorded again.
  private(set) var hasOperations = false
  /// Of the first function that is wrong; those after it are missing.
  private(set) var error: WasmError?

  fileprivate init(_ functions: Range<Int>, size: Int) {
    self.functions = functions
    self.size = size
  }

  /// Validates the bodies, up to the first that is wrong; keeps their operations where they are to
  /// be held, and has the room of `scratch` for them where not.
  fileprivate func validate(
    _ validator: inout FunctionValidator, _ scratch: inout BodyBuffer, holds: Bool
  ) {
    if holds { buffer.reserve(bytes: size) } else { buffer.exchangeOperations(with: &scratch) }
    defer { if !holds { buffer.exchangeOperations(with: &scratch) } }
    marks.reserveCapacity(functions.count + 1)
    marks.append(buffer.mark)
    for index in functions {
      do {
        try validator.validate(index, body: &buffer, recording: true)
      } catch {
        self.error = error
        return
      }
      if !holds { buffer.removeOperations() }
      marks.append(buffer.mark)
    }
    hasOperations = holds
  }

  /// Gives away the memory of the operations, if they were held; what the bodies use stays.
  func takeOperationsMemory() -> UnsafeMutableRawBufferPointer? {
    guard hasOperations else { return nil }
    hasOperations = false
    return buffer.takeOperationsMemory()
  }

  /// The body at a place of the batch, with its index in the function index space.
  func body(_ place: Int, functionIndex: Int) -> FunctionBody {
    buffer.body(ofFunction: functionIndex, from: marks[place], to: marks[place + 1])
  }
}

/// All bodies of a module, valid, and what they use.
struct Bodies {
  /// Bytes of code in a batch. Several threads need batches small enough to share out; one does
  /// well with as much as gives a huge page of C.
  private static func batchSize(jobs: Int) -> Int { jobs > 1 ? 1 << 15 : 1 << 18 }
  /// Bytes of code up to which operations are held between the phases: they have eight times as
  /// many. Above, bodies are validated twice.
  private static let greatestHeld = 1 << 22

  let validated: ValidatedModule
  let batches: [BodyBatch]
  /// By defined function: its batch and its place there.
  private let places: [(batch: Int32, place: Int32)]

  /// Validates every body.
  ///
  /// - Throws: The error of the first function that has one, whatever the number of threads.
  init(_ validated: ValidatedModule, jobs: Int) throws(TranslationError) {
    self.validated = validated
    let module = validated.module
    var batches: [BodyBatch] = []
    var places: [(batch: Int32, place: Int32)] = []
    places.reserveCapacity(module.code.count)
    var size = 0
    var first = 0
    var total = 0
    let batchSize = Bodies.batchSize(jobs: jobs)
    for (index, body) in module.code.enumerated() {
      places.append((Int32(batches.count), Int32(index - first)))
      size += body.count
      total += body.count
      if size >= batchSize {
        batches.append(BodyBatch(first..<index + 1, size: size))
        first = index + 1
        size = 0
      }
    }
    if first < module.code.count {
      batches.append(BodyBatch(first..<module.code.count, size: size))
    }
    self.batches = batches
    self.places = places

    let queue = Queue(count: batches.count)
    let holds = total <= Bodies.greatestHeld
    concurrently(min(max(jobs, 1), max(batches.count, 1))) { [batches] in
      var validator = FunctionValidator(module: validated)
      var scratch = BodyBuffer()
      while let index = queue.take() {
        batches[index].validate(&validator, &scratch, holds: holds)
        if batches[index].error != nil { queue.end(after: index) }
      }
    }
    if let error = batches.lazy.compactMap({ $0.error }).first {
      throw TranslationError(error, in: validated)
    }
  }

  /// Whether some body has an instruction on vectors.
  var usesVectors: Bool { batches.contains { $0.buffer.usesVectors } }

  /// Whether some body has an atomic access.
  var usesAtomics: Bool { batches.contains { $0.buffer.usesAtomics } }

  /// Whether some function grows a memory.
  var growMemory: Bool {
    let imported = validated.module.importedFunctionCount
    return validated.module.code.indices.contains { index in
      uses(of: imported + index).contains { $0.kind == .growth }
    }
  }

  /// Whether some function throws.
  var hasThrows: Bool { batches.contains { $0.buffer.hasThrows } }

  /// Whether some function ends with a call.
  var hasTailCalls: Bool { batches.contains { $0.buffer.hasTailCalls } }

  func place(of function: Int) -> (batch: Int, place: Int) {
    let (batch, place) = places[function - validated.module.importedFunctionCount]
    return (Int(batch), Int(place))
  }

  /// What a defined function uses.
  func uses(of function: Int) -> UnsafeBufferPointer<Use> {
    let (number, place) = place(of: function)
    let batch = batches[number]
    return batch.buffer.uses(from: batch.marks[place], to: batch.marks[place + 1])
  }
}
