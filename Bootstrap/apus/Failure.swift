// In place of the file of this name in Sources: a failure prints its message and ends the command.

import System
import Translator

enum Failure {
  static let badModule: Int32 = 1
  static let usage: Int32 = 2
  static let inputOutput: Int32 = 3
  static let unsupported: Int32 = 5

  static func exit(_ status: Int32, _ message: String) -> Never {
    Output.print("apus: " + message, isError: true)
    system_exit(status)
  }

  static func module(_ error: TranslationError) -> Never {
    exit(error.stage == .unsupported ? unsupported : badModule, error.description.printable)
  }

  /// A call of the system failed just now.
  static func system(_ action: String) -> Never {
    exit(inputOutput, action + ": " + String(cString: system_error()))
  }
}

enum Output {
  static func print(_ line: String, isError: Bool = false) {
    let isWritten = Array((line + "\n").utf8).withUnsafeBytes {
      system_print(isError, $0.baseAddress, $0.count)
    }
    if !isWritten && !isError { Failure.system("cannot write standard output") }
  }
}
