import Dispatch
import Glibc
import Synchronization

/// One line on a terminal's standard error that says what is being done, once that has taken a
/// second. Elsewhere nothing is printed.
final class Progress: Sendable {
  private struct State {
    var text = ""
    var isShown = false
    /// Counts steps, so that a timer knows whether its own is still under way.
    var step = 0
  }
  private let state = Mutex(State())
  private let isTerminal = isatty(STDERR_FILENO) == 1

  /// Begins the next step.
  func begin(_ text: String) {
    guard isTerminal else { return }
    let step = state.withLock { state in
      Progress.clear(&state)
      state.text = text
      state.step += 1
      return state.step
    }
    DispatchQueue.global().asyncAfter(deadline: .now() + 1) { [self] in
      state.withLock { if $0.step == step { Progress.show(&$0) } }
    }
  }

  /// The same step goes on: `compiling 3 of 12 files`.
  func update(_ text: String) {
    state.withLock { state in
      state.text = text
      if state.isShown { Progress.show(&state) }
    }
  }

  /// Prints something else in between.
  func interrupt(_ print: () -> Void) {
    state.withLock { state in
      let wasShown = state.isShown
      Progress.clear(&state)
      print()
      if wasShown { Progress.show(&state) }
    }
  }

  /// Takes the line away.
  func end() {
    state.withLock { state in
      Progress.clear(&state)
      state.step += 1
    }
  }

  private static func show(_ state: inout State) {
    printError(Array("\r\u{1b}[Kapus: \(state.text)".utf8))
    state.isShown = true
  }

  private static func clear(_ state: inout State) {
    if state.isShown { printError(Array("\r\u{1b}[K".utf8)) }
    state.isShown = false
  }
}
