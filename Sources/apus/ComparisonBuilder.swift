import CToolchain
import Comparison
import Translator

/// Makes programs of modules and runs them, with a runtime that is compiled once for each compiler and level.
actor ComparisonBuilder {
  private let folder: String
  private let seconds: Int
  private var runtimes: [String: [String]] = [:]
  private var count = 0

  init(folder: String, seconds: Int) {
    self.folder = folder
    self.seconds = seconds
  }

  private func newFolder() throws -> String {
    count += 1
    let work = "\(folder)/\(count)"
    try Files.makeFolder(work)
    return work
  }

  /// What a WASI command does.
  func answer(
    program path: String, _ arguments: [String], stdin: String, _ setting: ComparisonSetting,
    trace: String? = nil
  ) async throws -> Answer {
    if setting.isFirmware { return Answer(unsupported: "apus: it wants a board's WASI") }
    let work = try newFolder()
    defer { Files.remove(work) }
    var words = [
      "--memory", "\(setting.memory)", "--traps", "\(setting.traps)", "--instances",
      "\(setting.instances)", "-O\(setting.optimization)", "--cc", setting.compiler, "--argv0",
      arguments[0],
    ]
    if setting.isDeterministic { words.append("--deterministic") }
    if setting.isInterruptible { words.append("--interruptible") }
    if setting.countsFuel { words += ["--fuel", "\(Int64.max)"] }
    if let trace {
      for kind in TranslationOptions.Trace.allCases { words += ["--trace", kind.rawValue] }
      words += ["--trace-to", trace]
    }
    let build = try BuildArguments.parse(words)
    try await build.build(ModuleFile(path), for: nil, to: work + "/program")
    let result = await ChildProcess(
      setting.emulator + [work + "/program"] + arguments.dropFirst(), seconds: Double(seconds)
    ).run(input: Array(stdin.utf8))
    if result.status == ChildProcess.timeIsOver {
      return Answer(unsupported: "apus: it takes longer than \(seconds) s")
    }
    return Answer(stdout: result.output, exit: result.status)
  }

  /// What a module's exports do.
  ///
  /// - Parameter trace: A file for what the setting traces.
  func answer(
    _ path: String, _ plan: Plan, _ setting: ComparisonSetting, trace: String? = nil
  ) async throws -> Answer {
    var setting = setting
    setting.hasTrace = trace != nil
    let work = try newFolder()
    defer { Files.remove(work) }
    let translated = OutputFolder(work)
    var (names, words) = ([String](), nil as Int?)
    for (number, path) in (plan.linked.map(\.path) + [path]).enumerated() {
      let module = try ModuleFile(path)
      var options = setting.options
      if number < plan.linked.count { options.name = "compared\(number)" }
      options.isAlone = setting.isFirmware && plan.linked.isEmpty
      names.append(try module.translate(options, to: translated).name)
      if let more = try module.inspect(checksBodies: false).exceptionWords {
        words = max(words ?? 0, more)
      }
    }
    let source = ComparisonSource(
      name: names.removeLast(), linked: names, setting: setting, plan: plan)
    try Files.write(source.text, to: work + "/compared_main.c")
    let required = CompilerFlags.required(
      setting.profile, words, countsCalls: setting.isDeterministic)
    let objects = try await runtime(setting, required)
    let flags =
      ["-O" + setting.optimization] + required + [
        "-iquote", work, "-I\(runtimeFolder(setting))/include",
      ]
    var runs = CompilerRuns(folder: work, flags: flags)
    for file in translated.names where file.hasSuffix(".c") {
      runs.compile(work + "/" + file, CompilerFlags.translated(setting.profile))
    }
    runs.compile(work + "/compared_main.c", ["-O0"])
    runs.link(objects)
    let program = work + "/program"
    let compiler = CToolchain(command: setting.compiler, temporaryFolder: work)
    do {
      try await compiler.run(runs.invocations, jobs: 1) { _ in }
      try await compiler.run([["-o", program] + runs.linked + CompilerFlags.linking], jobs: 1) {
        _ in
      }
    } catch let failure as CToolchain.Failure {
      throw Failure(
        .compiler,
        "the C does not compile: " + String(decoding: failure.output.prefix(2000), as: UTF8.self))
    }
    let result = await ChildProcess(
      setting.emulator + [program] + (trace.map { [$0] } ?? []), seconds: Double(seconds)
    ).run()
    if let answer = Answer(line: String(decoding: result.output, as: UTF8.self)) { return answer }
    if result.status == ChildProcess.timeIsOver {
      return Answer(unsupported: "apus: it takes longer than \(seconds) s")
    }
    // What it did before it was ended, and how.
    let begun = String(decoding: result.output, as: UTF8.self)
    var answer = Answer(line: begun.trimmingEnd() + "]}") ?? Answer(steps: [])
    answer.steps?.append(Answer.Step(trap: "the program ended with \(result.status)"))
    return answer
  }

  private func runtimeFolder(_ setting: ComparisonSetting) -> String {
    "\(folder)/runtime-\(setting.profile)"
  }

  private func runtime(_ setting: ComparisonSetting, _ required: [String]) async throws -> [String]
  {
    let key = "\(setting.compiler) \(setting.optimization) \(required)"
    if let objects = runtimes[key] { return objects }
    let place = runtimeFolder(setting)
    let sources = try Runtime.write(
      [setting.isFirmware ? .baremetal : .posix, .comparison], to: place)
    let flags = ["-O" + setting.optimization] + required
    let kept = RuntimeObjects(
      count: sources.count, compiler: setting.compiler, flags: flags + ["compare"])
    let own = try newFolder()
    if let objects = kept?.lookUp(into: own) {
      runtimes[key] = objects
      return objects
    }
    var runs = CompilerRuns(folder: own, flags: flags + ["-I" + place + "/include"])
    let objects = sources.map { runs.compile(place + "/" + $0, ["-MD"]) }
    do {
      let compiler = CToolchain(command: setting.compiler, temporaryFolder: own)
      try await compiler.run(runs.invocations, jobs: 2) { _ in }
    } catch let failure as CToolchain.Failure {
      throw Failure(.compiler, String(decoding: failure.output, as: UTF8.self))
    }
    await kept?.keep(objects, own: folder)
    runtimes[key] = runs.linked
    return runs.linked
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
  }
}
