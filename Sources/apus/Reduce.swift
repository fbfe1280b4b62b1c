import ArgumentParser
import CToolchain
import Comparison
import Glibc
import ModuleReducer
import Synchronization

struct Reduce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Make a module smaller, as long as a command says that it is still what is looked for.",
    discussion: """
      The command is one for the shell, with {} where the module's path stands, or with the path behind it. Every \
      module that it gets is valid, and lies in a folder of its own, where there is room for more: several run at a time. \
      It says yes by its exit status, which is 0, or that of --status:

        apus reduce bad.wasm --if 'apus compare' --status 1 -o small.wasm
        apus reduce app.wasm --if 'wasm-objdump -d {} | grep -q i32.rotl' -o small.wasm

      The smallest module so far is in the output at any time. Pieces of a module may do without end what the whole did \
      not: unless --timeout is given, the command has as much time as it took to say yes four times, and a second.
      """)

  @Argument(help: "The module.", completion: .file(extensions: ["wasm"])) var file: String

  @Option(name: .customLong("if"), help: "Whether a module is still interesting.") var condition:
    String

  @Option(help: "The exit status that means yes.") var status = 0

  @Option(name: .shortAndLong, help: "The file to write.", completion: .file()) var output: String

  @Option(help: "Commands that run at a time. (default: one per CPU)") var jobs: Int?
  @Option(help: "Seconds after which the command has said no.") var timeout: Int?
  @Option(name: .customLong("for"), help: "Seconds after which to be content with what is there.")
  var seconds: Int?

  func validate() throws {
    guard (jobs ?? 1) > 0, (timeout ?? 1) > 0, (seconds ?? 1) > 0 else {
      throw ValidationError("--jobs, --timeout and --for are at least 1")
    }
    guard (0...255).contains(status) else { throw ValidationError("--status is 0 to 255") }
  }

  func run() async throws {
    guard !Files.isSame(file, output) else {
      throw Failure(.usage, "\(output) is read, and would be overwritten")
    }
    let module = try ModuleFile(file)
    try module.validate()
    guard var reducer = Reducer(module.contents.bytes) else {
      throw Failure(.badModule, "\(file) cannot be read with its instructions".printable)
    }
    let folder = try Files.makeTemporaryFolder(in: Files.temporaryFolder)
    defer { Files.remove(folder) }
    let asker = Asker(condition: condition, status: status, limit: timeout, folder: folder)
    let before = reducer.state
    guard await asker.isInteresting(reducer.bytes) else {
      throw Failure(
        .usage,
        "the command does not say yes (exit status \(status)) to \(file), so there is nothing to look for"
          .printable)
    }
    try Files.write(reducer.bytes, to: output)
    let start = ContinuousClock.now
    let isTerminal = isatty(STDERR_FILENO) != 0
    let (output, seconds) = (output, seconds)
    try await reducer.run(
      jobs: jobs ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
      isOver: { seconds.map { ContinuousClock.now - start > .seconds($0) } ?? false },
      isInteresting: { await asker.isInteresting($0) },
      accepted: { bytes, state in
        try Files.write(bytes, to: output)
        if isTerminal {
          printError(
            Array(
              "\r\u{1b}[K\(state.instructions) instructions, \(state.bytes) bytes, \(state.tries) tries: \(state.reduction)"
                .utf8))
        }
      })
    if isTerminal { printError(Array("\r\u{1b}[K".utf8)) }
    let after = reducer.state
    print(
      """
      \(output.printable): \(after.instructions) instructions of \(before.instructions), \(after.functions) functions of \
      \(before.functions), \(after.bytes) bytes of \(module.contents.bytes.count), after \(after.tries) tries
      """)
  }
}

/// Asks the command about modules.
private final class Asker: Sendable {
  private let condition: String
  private let status: Int
  /// Of what a user said.
  private let limit: Int?
  private let folder: String
  private let count = Atomic<Int>(0)
  /// Seconds that the module which is asked about next may take.
  private let seconds: Mutex<Double>

  init(condition: String, status: Int, limit: Int?, folder: String) {
    self.condition = condition
    self.status = status
    self.limit = limit
    self.folder = folder
    seconds = Mutex(Double(limit ?? 60))
  }

  /// In a folder of its own, which the command may fill.
  func isInteresting(_ module: [UInt8]) async -> Bool {
    let work = folder + "/\(count.add(1, ordering: .relaxed).newValue)"
    defer { Files.remove(work) }
    let path = work + "/module.wasm"
    guard (try? Files.makeFolder(work)) != nil, (try? Files.write(module, to: path)) != nil else {
      return false
    }
    // The path as a parameter, so that the shell takes nothing in it for its own.
    let parts = condition.parts(separatedBy: "{}")
    let script = parts.count > 1 ? parts.joined(separator: "\"$1\"") : condition + " \"$1\""
    let start = ContinuousClock.now
    let result = await ChildProcess(
      ["sh", "-c", script, "sh", path], seconds: seconds.withLock { $0 }, withChildren: true
    ).run()
    guard result.status == status else { return false }
    if limit == nil {
      let took = (ContinuousClock.now - start) / .seconds(1)
      seconds.withLock { $0 = 4 * took + 1 }
    }
    return true
  }
}
