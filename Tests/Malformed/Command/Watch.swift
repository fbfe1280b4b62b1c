import Foundation

/// Says which input was being worked on when the process dies of a signal or takes too long.
///
/// The handler may only call what is safe in one, so the text is ready before the input starts.
enum Watch {
  nonisolated(unsafe) private static let text = UnsafeMutableBufferPointer<UInt8>.allocate(
    capacity: 512)
  nonisolated(unsafe) private static var length = 0

  static func install() {
    let size = 1 << 16
    var stack = stack_t()
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    stack.ss_size = size
    sigaltstack(&stack, nil)
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGPROF] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in
        write(STDERR_FILENO, Watch.text.baseAddress, Watch.length)
        _exit(1)
      }
      action.sa_flags = Int32(SA_ONSTACK)
      sigaction(number, &action, nil)
    }
  }

  /// The input from here on, and the seconds of processor time that it may take.
  static func begin(_ input: String, limit: Int) {
    let line = "malformed: crashed, or took more than \(limit) s, on \(input)\n".utf8.prefix(
      text.count)
    _ = text.initialize(from: line)
    length = line.count
    var timer = itimerval()
    timer.it_value.tv_sec = limit
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  /// The most memory that this process has had, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
