import Glibc
import Translator

/// Why a command ended early. Printed after `apus: `.
struct Failure: Error {
  /// The exit status, which `run` adds to 120.
  enum Code: Int32 {
    case badModule = 1
    case usage = 2
    case inputOutput = 3
    case compiler = 4
    case unsupported = 5
  }

  var code: Code
  var message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ error: TranslationError) {
    self.init(error.stage == .unsupported ? .unsupported : .badModule, error.description.printable)
  }

  /// A system call failed just now; `errno` says why.
  static func system(_ action: String) -> Failure {
    Failure(.inputOutput, action + ": " + String(cString: strerror(errno)))
  }
}

/// Writes to standard error.
func printError(_ bytes: [UInt8]) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let step = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if step < 0 && errno != EINTR { return }
    rest = rest.dropFirst(max(0, step))
  }
}

func printError(_ text: String) {
  printError(Array((text + "\n").utf8))
}
