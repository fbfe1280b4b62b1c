import Glibc
import Subprocess

/// A program that is given all of its input at once, and whose output is kept.
public struct ChildProcess: Sendable {
  public struct Result: Sendable {
    /// The exit status; 128 and the number of the signal that ended it; 127 where it did not start.
    public var status: Int
    public var output: [UInt8]
    public var errors: [UInt8]
  }

  private let command: [String]

  /// `command`: the program and its arguments.
  public init(_ command: [String]) { self.command = command }

  /// What a program that took too long has ended with.
  public static let timeIsOver = 124

  /// A program that is ended when its time is over.
  ///
  /// - Parameter withChildren: Whether what it started is ended, too. It is a process group of its own then, which
  ///   neither Ctrl-C nor what ends this command's group reaches.
  public init(_ command: [String], seconds: Double, withChildren: Bool = false) {
    let options = withChildren ? [] : ["--foreground"]
    self.command = ["timeout"] + options + ["-k", "1", "\(seconds)"] + command
  }

  /// Bytes of output beyond which a program is ended.
  private static let mostOutput = 1 << 26

  public func run(input: [UInt8] = []) async -> Result {
    do {
      let result = try await Subprocess.run(
        .found(command[0]), arguments: Arguments(Array(command.dropFirst())), input: .array(input),
        output: .bytes(limit: Self.mostOutput), error: .bytes(limit: Self.mostOutput))
      let status =
        switch result.terminationStatus {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
      return Result(status: status, output: result.standardOutput, errors: result.standardError)
    } catch {
      return Result(status: 127, output: [], errors: Array("\(error)".utf8))
    }
  }
}

extension Executable {
  /// A program by its path, or by its name in `$PATH`, looked for here: Subprocess would start a process in each folder
  /// until one of them is there.
  static func found(_ name: String) -> Executable {
    if name.contains("/") { return .path(.init(name)) }
    let folders = getenv("PATH").map { String(cString: $0) } ?? ""
    for folder in folders.split(separator: ":") {
      let path = folder + "/" + name
      if access(path, X_OK) == 0 { return .path(.init(path)) }
    }
    return .name(name)
  }
}
