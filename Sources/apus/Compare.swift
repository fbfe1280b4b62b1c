import ArgumentParser
import CToolchain
import Comparison
import Glibc
import Translator

struct Compare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run modules here and in other engines, and compare what can be seen.",
    discussion: """
      Every export is called with arguments of its types, several times and in turn; results, traps, calls of \
      imports, memories, tables and globals are compared after each. A WASI command is run; its standard output and \
      exit status are compared:

        apus compare math.wasm
        apus compare app.wasm -- --verbose input.txt

      A folder of modules, in settings of one's own (memory, instances, level, compiler, exact, split, fuel, \
      interruptible, deterministic; firmware, as on a board; closed, which exports no memory, table or tag, so that more is \
      known of them):

        apus compare --setting guard,one,O3,clang --setting bounds,many,O0 modules

      An engine of one's own, which speaks the protocol of Sources/EngineAdapters/PROTOCOL.md:

        apus compare --engine ./my-engine modules

      Exit status: 0 where nothing differs, 1 where something does, 2 where nothing could be compared, 4 where there is \
      no C compiler.
      """)

  @Argument(help: "Modules, or folders of some.", completion: .file(extensions: ["wasm"]))
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "How a module is translated and compiled; several are compared. (default: guard,one,O2 and bounds,many,O1)",
      valueName: "words"))
  var setting: [String] = []

  @Option(help: ArgumentHelp("An adapter of an engine.", valueName: "program"))
  var engine: [String] = []

  @Option(
    help: ArgumentHelp(
      "Of the engines found, only this one; none: no engine at all.", valueName: "name"))
  var only: [String] = []

  @Flag(help: "List the engines found, and why others are not.")
  var engines = false

  @Option(
    help: ArgumentHelp(
      "A module that the others import from; several in their order. (default: those in MODULE.imports)",
      valueName: "name=file"))
  var with: [String] = []

  @Option(help: "Which arguments exports are called with.") var seed: UInt64 = 1
  @Option(help: "How often each export is called.") var rounds = 2
  @Option(help: "Seconds that a module may take in an engine.") var timeout = 20
  @Option(help: "The C compiler where a setting names none. (default: $CC, else cc)") var cc:
    String?
  @Option(help: "Modules that are compiled at a time. (default: one per CPU)") var jobs: Int?
  @Flag(help: "NaNs have to be the same bits, too.") var exactNans = false
  @Flag(help: "One line of JSON for each module.") var json = false

  @Argument(parsing: .postTerminator, help: "Arguments of a WASI command.")
  var guestArguments: [String] = []

  func validate() throws {
    if files.isEmpty && !engines {
      throw ValidationError("a module, or a folder of some, is missing")
    }
    guard rounds > 0, timeout > 0, (jobs ?? 1) > 0 else {
      throw ValidationError("--rounds, --timeout and --jobs are at least 1")
    }
  }

  func run() async throws {
    let folder = try Files.makeTemporaryFolder(in: Files.temporaryFolder)
    defer { Files.remove(folder) }
    if engines {
      let (all, missing) = try await Engine.find(in: folder)
      for engine in all { print("\(engine.name)") }
      for text in missing { print("not found: \(text)") }
      if files.isEmpty { return }
    }
    let chosen = try await Engine.find(in: folder, only: only).found
    let own = engine.map { Engine(name: $0, command: [$0.contains("/") ? $0 : "./" + $0]) }
    let comparison = try Comparison(self, chosen + own, folder)
    for compiler in Set(comparison.settings.map(\.compiler)).sorted() {
      guard
        await ChildProcess(compiler.split(separator: " ").map(String.init) + ["--version"]).run()
          .status != 127
      else {
        throw Failure(.compiler, "there is no C compiler '\(compiler)'")
      }
    }
    var tally = ComparisonTally()
    for batch in paths().chunks(of: 32) {
      let reports = try await comparison.reports(batch)
      if reports.contains(where: \.isDifference) { Temporary.stopIfSignalled() }
      for report in reports {
        tally.add(report)
        if json {
          print(report.json)
        } else if let text = report.text(repeating: again(report.path)) {
          print(text)
        }
      }
      fflush(nil)
    }
    if !json {
      print(
        tally.text(engines: (chosen + own).map(\.name), settings: comparison.settings.map(\.text)))
    }
    if tally.different > 0 { throw ExitCode(1) }
    if tally.refused > 0 && tally.refused == tally.modules {
      throw ExitCode(Failure.Code.usage.rawValue)
    }
  }

  private func paths() -> [String] {
    files.flatMap { path -> [String] in
      let inside = Files.names(in: path).filter { $0.hasSuffix(".wasm") }.sorted()
      if inside.isEmpty { return [path] }
      return inside.map { path + "/" + $0 }
    }
  }

  /// The command that compares one module again.
  private func again(_ path: String) -> String {
    var words = ["apus", "compare", "--seed", "\(seed)", "--rounds", "\(rounds)"]
    for text in setting { words += ["--setting", text] }
    for name in engine { words += ["--engine", name] }
    for name in only { words += ["--only", name] }
    for text in with { words += ["--with", text] }
    if exactNans { words.append("--exact-nans") }
    words.append(path)
    return words.map(\.shellWord).joined(separator: " ")
  }
}

extension Array {
  fileprivate func chunks(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}

extension String {
  /// As a shell wants it.
  fileprivate var shellWord: String {
    let isPlain = allSatisfy { $0.isLetter || $0.isNumber || "-_./,=".contains($0) }
    return isPlain && !isEmpty
      ? self
      : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
  }
}
