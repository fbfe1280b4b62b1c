import Subprocess

/// A C compiler, run as a child process.
public struct CToolchain: Sendable {
  /// A run of the compiler that failed, with all that it printed.
  public struct Failure: Error, Sendable {
    /// What was run: `cc -O2 -c app.c`.
    public var command: String
    /// Standard output and standard error of that run.
    public var output: [UInt8]
    /// `exit status 1`, or why it did not start.
    public var reason: String
    /// There is no such program.
    public var isMissing = false
  }

  private let executable: String
  private let leading: [String]
  private let environment: Environment

  /// `command` as in `$CC`: a program and arguments that always come first, `zig cc`.
  ///
  /// - Parameter temporaryFolder: Where the compiler keeps its own files between its passes: one that is ended by a
  ///   signal may leave them.
  public init(command: String, temporaryFolder: String) {
    let words = command.split(separator: " ").map(String.init)
    executable = words.first ?? "cc"
    leading = Array(words.dropFirst())
    environment = .inherit.updating(["TMPDIR": temporaryFolder])
  }

  /// Runs the compiler once for each list of arguments, at most `jobs` at a time.
  /// `report` gets what each successful run printed, when it ends.
  public func run(
    _ invocations: [[String]], jobs: Int, report: @escaping @Sendable ([UInt8]) -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      var remaining = invocations[...]
      for _ in 0..<max(1, jobs) {
        guard let arguments = remaining.popFirst() else { break }
        group.addTask { try await run(arguments) }
      }
      while let output = try await group.next() {
        report(output)
        if let arguments = remaining.popFirst() {
          group.addTask { try await run(arguments) }
        }
      }
    }
  }

  /// The symbols that a linker's messages call undefined: those of GNU's, LLVM's and mold.
  public static func undefinedSymbols(_ output: [UInt8]) -> Set<String> {
    var symbols: Set<String> = []
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      for phrase in ["undefined reference to ", "undefined symbol: "] {
        guard let found = line.firstRange(of: phrase) else { continue }
        let name = line[found.upperBound...].drop { !$0.isLetter && $0 != "_" }
          .prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        symbols.insert(String(name))
      }
    }
    return symbols
  }

  /// Whether the compiler knows a flag.
  public func takes(_ flag: String) async -> Bool {
    (try? await run([flag, "-E", "-x", "c", "/dev/null"])) != nil
  }

  private func run(_ arguments: [String]) async throws -> [UInt8] {
    let all = leading + arguments
    let command = ([executable] + all).joined(separator: " ")
    do {
      let result = try await Subprocess.run(
        .found(executable), arguments: Arguments(all), environment: environment,
        output: .bytes(limit: 1 << 26), error: .combinedWithOutput)
      switch result.terminationStatus {
      case .exited(0): return result.standardOutput
      case .exited(let code):
        throw Failure(
          command: command, output: result.standardOutput, reason: "exit status \(code)")
      default:
        throw Failure(
          command: command, output: result.standardOutput,
          reason: "\(result.terminationStatus)")
      }
    } catch let error as SubprocessError {
      throw Failure(
        command: command, output: [], reason: "\(error)",
        isMissing: error.code == .executableNotFound)
    }
  }
}
