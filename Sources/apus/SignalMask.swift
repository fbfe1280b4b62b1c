import Glibc

/// The signals that are blocked. Threads of Dispatch block nearly all; a program that takes this
/// process's place is to have those that were blocked when it started.
enum SignalMask {
  /// Written once, before there is a second thread.
  nonisolated(unsafe) private static var first = sigset_t()

  /// Takes note of the mask; called by the first thread before all else.
  static func remember() { pthread_sigmask(SIG_SETMASK, nil, &first) }

  /// Gives the running thread the mask that was taken note of.
  static func restore() { pthread_sigmask(SIG_SETMASK, &first, nil) }
}
