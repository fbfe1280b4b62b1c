// All that there is of threads. The translator that is translated by itself (Bootstrap) has none,
// and a file of its own in place of this one.

import Dispatch
import Synchronization

/// Gives out the numbers below a count, in their order, to the threads that ask.
final class Queue: Sendable {
  private let next = Atomic<Int>(0)
  private let last: Atomic<Int>

  init(count: Int) { last = Atomic<Int>(count - 1) }

  /// The next number; nil when there is none.
  func take() -> Int? {
    let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return number <= last.load(ordering: .relaxed) ? number : nil
  }

  /// Gives out none above this one any more.
  func end(after number: Int) { last.min(number, ordering: .relaxed) }
}

/// Calls `work` so many times, each in a thread of its own, and returns when all have ended.
func concurrently(_ count: Int, _ work: @Sendable () -> Void) {
  if count == 1 { return work() }
  DispatchQueue.concurrentPerform(iterations: count) { _ in work() }
}

/// The same for work that may fail: throws one of the failures.
func concurrently(_ count: Int, _ work: @Sendable () throws -> Void) throws {
  if count == 1 { return try work() }
  let failure = Mutex<(any Error)?>(nil)
  DispatchQueue.concurrentPerform(iterations: count) { _ in
    do {
      try work()
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
  }
  if let error = failure.withLock({ $0 }) { throw error }
}
