import ArgumentParser
import CToolchain
import Glibc
import Synchronization
import Translator

/// What `build` and `run` share: module in, executable out.
struct BuildArguments: ParsableArguments {
  @OptionGroup var translation: TranslationArguments

  @OptionGroup var folders: FolderArguments

  @Option(help: ArgumentHelp("A variable in the guest's environment.", valueName: "name=value"))
  var env: [String] = []

  @Flag(help: "Let the guest see the variables of whoever runs the program, too.")
  var inheritEnv = false

  @Option(
    help: ArgumentHelp(
      "Listen there; the guest finds the socket behind its folders.", valueName: "host:port"))
  var tcplisten: [String] = []

  @Option(help: "A file that the guest reads as its standard input.")
  var stdin: String?

  @Option(help: "A file for the guest's standard output; what it holds is replaced.")
  var stdout: String?

  @Option(help: "The program's name as the guest sees it.")
  var argv0: String?

  @Option(help: "C source, object or archive with the module's other imports.")
  var link: [String] = []

  @Option(
    help: ArgumentHelp(
      "Build an image for a board: one of `apus targets`, or a file that describes it.",
      valueName: "board"))
  var target: String?

  @Option(
    name: .customShort("O", allowingJoined: true),
    help: ArgumentHelp(
      "Level that the C compiler optimises at: 0 to 3, or s. (default: 2, for boards s)",
      valueName: "level"))
  var optimization: String?

  @Flag(name: .customShort("g"), help: "Ask the C compiler for debug information.")
  var debug = false

  @Option(help: "The C compiler. (default: $CC, else cc; for boards the target's)")
  var cc: String?

  @Option(
    help:
      "Bytes of stack that the guest has. (default: \(ProgramSource.defaultStackSize), for boards the target's)"
  )
  var stackSize: UInt64?

  @Option(help: ArgumentHelp("Trap when so much is executed; see apus.h.", valueName: "units"))
  var fuel: Int64?

  @Flag(help: "Say at the end how much fuel was used.")
  var fuelReport = false

  @Option(help: ArgumentHelp("Trap after so much time.", valueName: "seconds"))
  var timeout: UInt32?

  @Option(
    help: ArgumentHelp(
      "Where --trace writes to; - is stderr. Without, a hash of the trace is printed.",
      valueName: "file"))
  var traceTo: String?

  @Option(help: "Call this export with the program's arguments and print its results.")
  var invoke: String?

  @Flag(inversion: .prefixedNo, help: "Keep what is compiled in $APUS_CACHE.")
  var cache = true

  var compilerCommand: String {
    if let cc { return cc }
    let named = Files.environment("CC") ?? ""
    return named.isEmpty ? "cc" : named
  }

  private var level: String { optimization ?? (target == nil ? "2" : "s") }

  func validate() throws {
    guard ["0", "1", "2", "3", "s"].contains(level) else {
      throw ValidationError("-O takes 0, 1, 2, 3 or s, not '\(level)'")
    }
    try validateTarget()
    for variable in env where !variable.contains("=") || variable.hasPrefix("=") {
      throw ValidationError("--env takes NAME=VALUE, not '\(variable)'")
    }
    try folders.check(isImage: target != nil)
    for address in tcplisten where !address.contains(":") || address.hasSuffix(":") {
      throw ValidationError("--tcplisten takes HOST:PORT, not '\(address)'")
    }
    if let fuel, fuel < 1 { throw ValidationError("--fuel is at least 1") }
    if let timeout, !(1...UInt32(Int32.max)).contains(timeout) {
      throw ValidationError("--timeout is at least 1 and at most 2147483647 seconds")
    }
    for (option, isGiven) in [
      ("--fuel-costs", translation.fuelCosts != nil), ("--fuel-report", fuelReport),
    ] where isGiven && fuel == nil {
      throw ValidationError("\(option) is for --fuel")
    }
    if traceTo != nil && translation.trace.isEmpty {
      throw ValidationError("--trace-to is for --trace")
    }
    guard target != nil || (1 << 16...1 << 32).contains(programStack) else {
      throw ValidationError("--stack-size is at least 65536 and at most 4294967296")
    }
    // What a C compiler makes of a frame is a few times what it counts for.
    if let maximum = options.determinism?.maximumStack, programStack / 8 < maximum {
      throw ValidationError(
        "--stack-size is at least 8 times --max-stack, here \(maximum * 8)")
    }
  }

  var programStack: UInt64 { stackSize ?? ProgramSource.defaultStackSize }

  /// What images have not.
  private func validateTarget() throws {
    guard target != nil else { return }
    try translation.check(options)
    for (option, isGiven) in [
      ("--tcplisten", !tcplisten.isEmpty), ("--stdin", stdin != nil),
      ("--stdout", stdout != nil), ("--inherit-env", inheritEnv), ("--fuel", fuel != nil),
      ("--timeout", timeout != nil), ("--trace", !translation.trace.isEmpty),
      ("--deterministic", translation.deterministic), ("-g", debug),
    ] where isGiven {
      throw ValidationError("\(option) is not for images of boards")
    }
    if let stackSize, !(1024...1 << 30).contains(stackSize) {
      throw ValidationError("--stack-size of a board is at least 1024 and at most 1073741824")
    }
  }

  var options: TranslationOptions {
    var options = translation.options(
      profile: target == nil ? .host : .firmware, instances: .one)
    if target != nil {
      options.functionNames = false
      options.isAlone = link.isEmpty
    }
    if fuel != nil { options.fuel = translation.fuel }
    if timeout != nil { options.isInterruptible = true }
    return options
  }

  /// Says loudly what is given up.
  func warn() {
    if let warning = options.warning { printError(warning) }
  }

  /// The board of an image.
  func readTarget() throws -> Target? { try target.map(Target.init) }

  /// What of this computer's files is in an image.

  /// Everything but the module that the executable depends on, as text.
  func description(_ target: Target?) throws -> String {
    // All of them, so that a new one is not forgotten; but not what changes nothing.
    var options = options
    options.jobs = 1
    let choices: [String] = [
      "target \(target.map { "\($0)" } ?? "none")", "options \(options)",
      "dir \(folders.dir)", "env \(env) \(inheritEnv)", "listen \(tcplisten)",
      "files \([stdin, stdout])", "argv0 \(argv0 ?? "")", "link \(link)",
      "O\(level) g \(debug)",
      "fuel \(fuel != nil) \(translation.fuelCosts?.text ?? "") report \(fuelReport)",
      "timeout \(timeout != nil)", "trace to \(traceTo ?? "")",
      "image \(target == nil || folders.dir.isEmpty ? "" : try folders.forImage.text())",
      "cc \(compilerCommand)", "stack \(programStack)", "invoke \(invoke ?? "")",
    ]
    return choices.joined(separator: "\n") + "\n"
  }

  /// Translates a module and compiles it to an executable.
  ///
  /// - Parameters:
  ///   - target: What `readTarget` answers.
  ///   - place: Where the executable will lie in the end, if that is somewhere else.
  ///   - reports: Whether it is asked what an image takes.
  ///   - isEstimate: Whether that is all, so that neither an entry nor what it imports has to be there.
  @discardableResult
  func build(
    _ module: ModuleFile, for target: Target?, to output: String, at place: String? = nil,
    reports: Bool = false, isEstimate: Bool = false
  ) async throws -> Built {
    for input in [module.path] + link where Files.isSame(input, output) {
      throw Failure(.usage, "\(output) is read, and would be overwritten")
    }
    var inspection = try module.inspect(checksBodies: false)
    if let shortage = options.shortage(inspection) { throw Failure(.usage, shortage) }
    inspection = inspection.limited(options.memoryLimit)
    for file in link where access(file, R_OK) != 0 {
      throw Failure.system("cannot open \(file)")
    }

    // Debuggers look for the C where it will lie. A device keeps nothing.
    let main = Self.mainName
    let kept = debug && !Files.isSpecial(output) ? output + ".src" : nil
    if let kept, Files.exists(kept), !Files.exists(kept + "/" + main) {
      throw Failure(.usage, "-g keeps the program's C in \(kept), but what is there is not such C")
    }
    // Found now, not after the minutes that a C compiler may take.
    let slash = output.lastIndex(of: "/")
    let parent = slash.map { $0 == output.startIndex ? "/" : String(output[..<$0]) } ?? "."
    guard access(parent, W_OK | X_OK) == 0 else { throw Failure.system("cannot write \(output)") }

    let folder = try Files.makeTemporaryFolder(in: Files.temporaryFolder)
    defer { Files.remove(folder) }
    let translated = OutputFolder(folder)
    let progress = Progress()
    defer { progress.end() }
    progress.begin("translating \(module.path)")
    // Whether the module is valid comes before whether it is a program.
    let written = try module.translate(options, to: translated)
    let name = written.name
    let entry = isEstimate && invoke == nil ? .none : try self.entry(of: module, inspection)
    if !isEstimate { try checkImports(inspection) }
    if inspection.asksForThreads && !inspection.startsThreads {
      printError(
        "apus: warning: the module asks for threads and gets none: it does not export "
          + "wasi_thread_start (i32, i32) -> (), or imports no shared memory")
    }
    let around =
      try target.map { try image(written, module, inspection, entry, $0, in: folder) }
      ?? program(name, inspection, entry)
    try Files.write(around.main, to: folder + "/" + main)
    let runtime = try Runtime.write(around.parts, to: folder + "/runtime")

    let compiler = CToolchain(command: around.compiler, temporaryFolder: folder)
    let linker =
      around.linker.map { CToolchain(command: $0, temporaryFolder: folder) } ?? compiler
    var flags = ["-O" + level] + around.flags
    if debug {
      let there = Files.absolute((place ?? output) + ".src")
      flags += ["-g", "-fdebug-prefix-map=\(folder)=\(there)"]
    }
    let countsStack = reports && target != nil ? await compiler.takes(StackUse.flag) : false
    if countsStack { flags.append(StackUse.flag) }
    let runtimeObjects =
      cache && !debug && !countsStack
      ? RuntimeObjects(
        count: runtime.count, compiler: around.compiler,
        flags: flags + ["parts \(around.parts.rawValue)"]) : nil
    // Quoted includes only: a module may be called strings, and so its header.
    flags += ["-iquote", folder, "-I" + folder + "/runtime/include"]
    if target != nil { flags.append("-I" + folder + "/runtime/port/image") }
    var runs = CompilerRuns(folder: folder, flags: flags)
    for name in translated.names where name.hasSuffix(".c") {
      runs.compile(folder + "/" + name, CompilerFlags.translated(options.profile))
    }
    var compiledRuntime: [String] = []
    let cached = runtimeObjects?.lookUp(into: folder)
    if let cached {
      runs.link(cached)
    } else {
      compiledRuntime = runtime.map { runs.compile(folder + "/runtime/" + $0, ["-MD"]) }
    }
    // Its reference is a weak one, so that in an archive it would not be linked, either.
    if target != nil, !written.leavesCalls, link.isEmpty,
      let place = runtime.firstIndex(of: "core/calls.c")
    {
      runs.leaveOut((cached ?? compiledRuntime)[place])
    }
    runs.compile(folder + "/" + main)
    if let files = around.files {
      try Files.write(files, to: folder + "/" + Self.filesName)
      runs.compile(folder + "/" + Self.filesName)
    }
    var dependent: [String] = []
    for file in around.board {
      switch file {
      case .own(let name): runs.compile("\(folder)/runtime/port/image/\(name)")
      case .path(let path): dependent.append(runs.compile(path, ["-MMD"]))
      }
    }
    for file in link {
      if file.hasSuffix(".c") {
        dependent.append(runs.compile(file, ["-MMD"]))
      } else {
        runs.link([file])
      }
    }
    let result = folder + "/program"
    var isLinking = false
    do {
      try await compile(runs.invocations, compiler, progress)
      progress.begin("linking \(output)")
      isLinking = true
      try await linker.run(
        [["-o", result] + around.linking + runs.linked + around.libraries], jobs: 1,
        report: { output in progress.interrupt { printError(output) } })
    } catch let failure as CToolchain.Failure {
      progress.end()
      Temporary.stopIfSignalled()
      if failure.isMissing {
        let bringer = target.map { $0.packages.compiler ?? "it" } ?? "gcc or clang"
        throw Failure(
          .compiler,
          "there is no C compiler '\((isLinking ? around.linker : nil) ?? around.compiler)': install \(bringer), or name one with --cc"
        )
      }
      if isLinking {
        try checkLinked(inspection, failure.output)
        try checkRoom(failure.output)
      }
      printError(failure.output)
      throw Failure(
        .compiler, "the C compiler failed (\(failure.reason)): \(failure.command)")
    }
    if !compiledRuntime.isEmpty { await runtimeObjects?.keep(compiledRuntime, own: folder) }
    let includes = try dependent.flatMap { try Dependencies.read($0 + ".d") }
    try Files.copyExecutable(result, to: output)
    if let kept {
      for name in Files.names(in: folder) where name.hasSuffix(".o") || name.hasSuffix(".d") {
        unlink(folder + "/" + name)
      }
      try Files.moveFolder(folder, to: kept)
      if place == nil { printError("apus: the program's C lies in \(kept)") }
    }
    return Built(
      includes: Set(includes.filter { !$0.hasPrefix(folder + "/") }),
      report: reports
        ? try target.map {
          var report = try report($0, folder, runs, runtime)
          report.needed = inspection.leastMemory(without: written.placedMemory)
          if countsStack {
            report.stackUse = try stackUse(module, folder, runs)
          }
          return report
        } : nil)
  }

  /// What lies beside the translated C, which has no files of such names: the C file with `main`, and that with an image's files.
  private static let (mainName, filesName) = ("apus_program_main.c", "apus_program_files.c")

  /// What a build leaves beside the executable.
  struct Built {
    /// The files that the linked sources include, but for the module's and the runtime's own.
    var includes: Set<String>
    /// Of an image, where it was asked for.
    var report: ImageReport?
  }

  private func report(
    _ target: Target, _ folder: String, _ runs: CompilerRuns, _ runtime: [String]
  ) throws -> ImageReport {
    let map = String(decoding: try Files.bytes(of: folder + "/image.map"), as: UTF8.self)
    return ImageReport(map: map, target) { object in
      guard let source = runs.sources[object] else {
        // Kept from a build before, in the order of their sources.
        let kept = folder + "/runtime-"
        guard object.hasPrefix(kept), let number = Int(object.dropFirst(kept.count).dropLast(2)),
          number < runtime.count
        else { return nil }
        return Surroundings.part(ofRuntime: runtime[number])
      }
      let path = folder + "/runtime/"
      if source.hasPrefix(path) {
        return Surroundings.part(ofRuntime: String(source.dropFirst(path.count)))
      }
      guard source.hasPrefix(folder + "/") else { return "board" }
      switch source.dropFirst(folder.count + 1) {
      case Self.mainName: return "board"
      case Self.filesName: return "files"
      default: return "module"
      }
    }
  }

  /// gcc's graph lies beside each object: `3.ci` beside `3.o`.
  private func stackUse(
    _ module: ModuleFile, _ folder: String, _ runs: CompilerRuns
  ) throws -> StackUse {
    let graphs = try runs.sources.map { object, source in
      let isModule = source.hasPrefix(folder + "/") && !source.hasPrefix(folder + "/runtime/")
      let bytes = try Files.bytes(of: object.dropLast(2) + ".ci")
      return (
        String(decoding: bytes, as: UTF8.self),
        isModule && ![Self.mainName, Self.filesName].contains(Files.baseName(source))
      )
    }
    return StackUse(graphs: graphs, try module.calls(options))
  }

  private func compile(
    _ invocations: [[String]], _ compiler: CToolchain, _ progress: Progress
  ) async throws {
    let count = invocations.count
    let done = Atomic<Int>(0)
    progress.begin("compiling \(count) files")
    try await compiler.run(invocations, jobs: translation.jobCount) { output in
      progress.interrupt { printError(output) }
      let number = done.add(1, ordering: .relaxed).newValue
      progress.update("compiling \(count) files, \(number) done")
    }
  }

  private func entry(
    of module: ModuleFile, _ inspection: Inspection
  ) throws -> ProgramSource.Entry {
    let functions = inspection.exports.filter { $0.kind == .function }
    func list() -> String {
      functions.isEmpty
        ? "it exports no function"
        : "it exports "
          + functions.map { "\($0.name.printable) \($0.type)" }.joined(separator: ", ")
    }
    guard let invoke else {
      guard inspection.isProgram else {
        let what = functions.contains { $0.name == "_start" } ? "no _start () -> ()" : "no _start"
        throw Failure(
          .usage, "\(module.path) has \(what): choose an export with --invoke; \(list())")
      }
      return .start
    }
    guard let export = functions.first(where: { $0.name == invoke }),
      let signature = export.signature
    else { throw Failure(.usage, "\(module.path) has no function '\(invoke)'; \(list())") }
    guard signature.allSatisfy({ "iIfFV>".contains($0) }) else {
      throw Failure(.usage, "--invoke cannot pass the values of \(invoke) \(export.type)")
    }
    let initialize = functions.first { $0.name == "_initialize" }
    if let initialize, initialize.signature != ">" && invoke != "_initialize" {
      throw Failure(
        .usage, "--invoke calls _initialize first, but its type is \(initialize.type), not () -> ()"
      )
    }
    return .invoke(export, hasInitialize: initialize != nil)
  }

  private func checkImports(_ inspection: Inspection) throws {
    let mistyped = inspection.mistypedImports
    guard mistyped.isEmpty else {
      let list = mistyped.map { "\n  \($0.fullName) \($0.type)" }.uniqued()
      throw Failure(.usage, "WASI has these functions, but of other types:" + list.joined())
    }
    // What is linked the linker knows.
    if link.isEmpty { try refuse(inspection.hostImports) }
  }

  /// Says which imports a linker missed, if it missed nothing else.
  private func checkLinked(_ inspection: Inspection, _ output: [UInt8]) throws {
    let missed = CToolchain.undefinedSymbols(output)
    let imports = inspection.imports.filter { missed.contains($0.symbol) }
    if missed.isSubset(of: imports.map(\.symbol)) { try refuse(imports) }
  }

  /// Says what a linker found no room for on a board: ``region `flash' overflowed by 12 bytes``.
  private func checkRoom(_ output: [UInt8]) throws {
    let text = String(decoding: output, as: UTF8.self)
    for region in ["flash", "ram"] {
      guard let found = text.firstRange(of: "region `\(region)' overflowed by ") else { continue }
      let bytes = text[found.upperBound...].prefix { $0.isNumber }
      throw Failure(.usage, "the image needs \(bytes) bytes more of \(region) than the board has")
    }
  }

  /// Fails where there are imports that nothing supplies.
  private func refuse(_ imports: [Inspection.Import]) throws {
    guard !imports.isEmpty else { return }
    let names = imports.map {
      ($0.kind == .function ? "" : $0.kind.rawValue + " ") + $0.fullName
    }
    let prototypes = imports.map { "\n  " + $0.prototype }.uniqued()
    throw Failure(
      .usage,
      "nothing supplies \(names.uniqued().joined(separator: ", ")): write these in C and pass "
        + "the file with --link" + prototypes.joined())
  }
}
