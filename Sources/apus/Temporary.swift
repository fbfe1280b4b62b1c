import Glibc
import Synchronization

/// What the command makes for itself, and takes away again also where a signal ends it.
enum Temporary {
  private static let paths = Mutex<Set<String>>([])
  /// The writing end of the pipe that wakes the thread which cleans up; -1 before there is one.
  private static let pipeEnd = Atomic<Int32>(-1)
  private static let isEnding = Atomic<Bool>(false)

  /// From here on a signal that ends the command removes the file or folder.
  static func keepTrack(of path: String) {
    let isFirst = paths.withLock { paths in
      defer { paths.insert(path) }
      return paths.isEmpty
    }
    if isFirst { watch() }
  }

  static func forget(_ path: String) {
    _ = paths.withLock { $0.remove(path) }
  }

  /// Before something is made: where a signal ends the command, never returns.
  static func stopIfEnding() {
    while isEnding.load(ordering: .acquiring) { pause() }
  }

  /// Where a program that was started has failed: perhaps by a signal that this command gets, too, and so ends by.
  static func stopIfSignalled() {
    guard pipeEnd.load(ordering: .acquiring) >= 0 else { return }
    usleep(100_000)
    stopIfEnding()
  }

  /// A handler may do next to nothing, so it wakes a thread that does the rest.
  private static func watch() {
    guard pipeEnd.load(ordering: .acquiring) < 0 else { return }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    pipeEnd.store(ends[1], ordering: .releasing)
    var thread = pthread_t()
    let end = UnsafeMutableRawPointer(bitPattern: Int(ends[0]) + 1)
    pthread_create(
      &thread, nil,
      { end in
        var number: UInt8 = 0
        while read(Int32(Int(bitPattern: end) - 1), &number, 1) != 1 {}
        Temporary.removeAll()
        signal(Int32(number), SIG_DFL)
        kill(getpid(), Int32(number))
        return nil
      }, end)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      sigaction(number, nil, &action)
      // What is ignored, under nohup, stays so.
      if unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != 0 { continue }
      action.__sigaction_handler.sa_handler = { number in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        write(Temporary.pipeEnd.load(ordering: .relaxed), &byte, 1)
        errno = saved
      }
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
  }

  /// Programs that were started may still be writing, so one time may not be enough.
  private static func removeAll() {
    isEnding.store(true, ordering: .releasing)
    for path in paths.withLock({ $0 }) {
      for _ in 0..<100 where unlink(path) != 0 && errno != ENOENT {
        Files.remove(path)
        usleep(5000)
      }
    }
  }
}
