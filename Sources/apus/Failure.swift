import Glibc
import SystemPackage
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

/// Does something with files; what it says where that fails: `cannot open x.wasm: …`.
func attempt<Result>(_ action: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as Errno {
    throw Failure(.inputOutput, "\(action): \(error)")
  }
}

/// Writes to standard error; there is nobody to tell where that fails.
func printError(_ bytes: [UInt8]) { _ = try? FileDescriptor.standardError.writeAll(bytes) }

func printError(_ text: String) {
  printError(Array((text + "\n").utf8))
}
