import Comparison
import Glibc
import Translator

/// What became of a module.
struct ComparisonReport: Sendable {
  enum Outcome: Sendable {
    /// Engines and settings that agree; of some, why they were left out.
    case same(count: Int, leftOut: [String])
    case open(String)
    /// By whose word, and against whose.
    /// `parting`: where the traces of two settings do so.
    case different(first: String, second: String, Difference, call: String, parting: String?)
    /// The translation failed, or the module cannot be called from here.
    case refused(String)
    case failed(String)
  }
  var path: String
  var outcome: Outcome

  var json: String {
    let rest: String =
      switch outcome {
      case .same(let count, let leftOut):
        "\"verdict\": \"same\", \"compared\": \(count), \"left_out\": [\(leftOut.map(JSON.string).joined(separator: ", "))]"
      case .open(let why): "\"verdict\": \"open\", \"why\": \(JSON.string(why))"
      case .different(let first, let second, let difference, let call, let parting):
        "\"verdict\": \"different\", \"first\": \(JSON.string(first)), \"second\": \(JSON.string(second)), "
          + "\"step\": \(difference.step), \"call\": \(JSON.string(call)), \"what\": \(JSON.string(difference.what)), "
          + "\"first_value\": \(JSON.string(difference.first)), \"second_value\": \(JSON.string(difference.second))"
          + (parting.map { ", \"parting\": \(JSON.string($0))" } ?? "")
      case .refused(let why): "\"verdict\": \"refused\", \"why\": \(JSON.string(why))"
      case .failed(let why):
        "\"verdict\": \"different\", \"what\": \"translation\", \"why\": \(JSON.string(why))"
      }
    return "{\"module\": \(JSON.string(path)), \(rest)}"
  }

  var isDifference: Bool {
    switch outcome {
    case .different, .failed: true
    case .same, .open, .refused: false
    }
  }

  /// Nil where there is nothing to tell.
  func text(repeating command: String) -> String? {
    switch outcome {
    case .same, .open: nil
    case .refused(let why): "\(path.printable): left out: \(why.printable)"
    case .failed(let why): "\(path.printable): \(why.printable)\n  again: \(command)"
    case .different(let first, let second, let difference, let call, let parting):
      """
      \(path.printable): \(difference.what.printable) differs in \(call.printable)
        \(first): \(difference.first.prefix(2000).description.printable)
        \(second): \(difference.second.prefix(2000).description.printable)\
      \(parting.map { "\n  " + $0 } ?? "")
        again: \(command)
      """
    }
  }
}

struct ComparisonTally {
  private(set) var modules = 0
  private(set) var different = 0
  private(set) var open = 0
  private(set) var refused = 0
  private var leftOut = 0

  mutating func add(_ report: ComparisonReport) {
    modules += 1
    switch report.outcome {
    case .same(_, let some): if !some.isEmpty { leftOut += 1 }
    case .open: open += 1
    case .different, .failed: different += 1
    case .refused: refused += 1
    }
  }

  func text(engines: [String], settings: [String]) -> String {
    "\(modules) modules in \(engines.count) engines (\(engines.joined(separator: ", "))) and \(settings.count) settings "
      + "(\(settings.joined(separator: "; "))): \(modules - different - open - refused) same, \(different) different, "
      + "\(open) end where engines may differ, \(refused) left out; \(leftOut) were not for all engines"
  }
}

/// Engines and settings, and the modules that go through them.
struct Comparison: Sendable {
  let settings: [ComparisonSetting]
  private let engines: [Engine]
  private let builder: ComparisonBuilder
  private let folder: String
  private let command: Compare

  init(_ command: Compare, _ engines: [Engine], _ folder: String) throws {
    let named = Files.environment("CC") ?? ""
    let compiler = command.cc ?? (named.isEmpty ? "cc" : named)
    let words = command.setting.isEmpty ? ["guard,one,O2", "bounds,many,O1"] : command.setting
    settings = try words.map { try ComparisonSetting(parsing: $0, compiler: compiler) }
    self.engines = engines
    self.folder = folder
    self.command = command
    builder = ComparisonBuilder(folder: folder, seconds: command.timeout)
  }

  /// An answer, and whose it is.
  private struct Told {
    var name: String
    var answer: Answer
    /// Nil for an engine.
    var setting: ComparisonSetting?
  }

  /// A module whose exports are called.
  private struct Callable: Sendable {
    var path: String
    var plan: Plan
  }

  private enum Work: Sendable {
    /// `closed`: the module for settings that are closed. `plain`: the module in its plain form. `isOpen`, here and below:
    /// engines may do otherwise, as each likes.
    case exports(Callable, closed: Callable?, plain: String?, isOpen: Bool)
    case program([String], isOpen: Bool)
    case none(ComparisonReport.Outcome)

    /// What a setting calls; nil where it is a program, or nothing.
    func callable(_ setting: ComparisonSetting) -> Callable? {
      guard case .exports(let open, let closed, _, _) = self else { return nil }
      return setting.isClosed ? closed ?? open : open
    }

    /// What an engine is asked; nil where it is not.
    func request(_ original: String, countsFuel: Bool) -> String? {
      switch self {
      case .exports(_, _, _, isOpen: true), .program(_, isOpen: true), .none: nil
      case .exports(let callable, _, let plain, isOpen: false):
        callable.plan.request(module: callable.path, plain: plain, countsFuel: countsFuel)
      case .program(let arguments, isOpen: false):
        Plan.request(program: original, arguments: arguments, stdin: "")
      }
    }
  }

  /// One report for each module, in order.
  func reports(_ paths: [String]) async throws -> [ComparisonReport] {
    let works = try paths.enumerated().map { try work($1, number: $0) }
    let countsFuel = settings.contains { $0.countsFuel }
    let requests = zip(paths, works).map { $1.request($0, countsFuel: countsFuel) }
    let asked = requests.compactMap { $0 }
    var answers: [[Answer]] = []
    for engine in engines {
      answers.append(await engine.answers(to: asked, seconds: command.timeout))
    }
    let choice = Answer(unsupported: "its choice in relaxed vector instructions may be another")

    var reports: [ComparisonReport?] = Array(repeating: nil, count: paths.count)
    var place = 0
    var pending: [(index: Int, theirs: [Answer])] = []
    for (index, work) in works.enumerated() {
      if case .none(let outcome) = work {
        reports[index] = ComparisonReport(path: paths[index], outcome: outcome)
      } else {
        let isAsked = requests[index] != nil
        pending.append((index, answers.map { isAsked ? $0[place] : choice }))
        if isAsked { place += 1 }
      }
    }
    try await withThrowingTaskGroup(of: (Int, ComparisonReport).self) { group in
      var rest = pending[...]
      func addNext() {
        guard let (index, theirs) = rest.popFirst() else { return }
        let (path, work) = (paths[index], works[index])
        group.addTask { (index, try await report(path, work, theirs)) }
      }
      for _ in 0..<(command.jobs ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) { addNext() }
      while let (index, report) = try await group.next() {
        reports[index] = report
        addNext()
      }
    }
    return reports.compactMap { $0 }
  }

  private func work(_ path: String, number: Int) throws -> Work {
    let module = try ModuleFile(path)
    let inspection: Inspection
    do {
      inspection = try module.inspect()
    } catch let failure as Failure {
      return .none(.refused(failure.message))
    }
    if inspection.isProgram {
      guard command.with.isEmpty else {
        return .none(.refused("a program imports from no other module: it takes no --with"))
      }
      return .program(
        [Files.baseName(path)] + command.guestArguments, isOpen: inspection.isRelaxed)
    }
    let given = try command.with.map(LinkedModule.init(parsing:))
    let linked = given.isEmpty ? LinkedModule.beside(path) : given
    var before: [(name: String, path: String, Inspection)] = []
    for item in linked {
      before.append((item.name, item.path, try ModuleFile(item.path).inspect()))
    }
    func plan(_ inspection: Inspection) throws(Unplannable) -> Plan {
      try Plan(inspection, linked: before, rounds: command.rounds, seed: command.seed)
    }
    /// A module that is made of this one, in a file of its own.
    func made(_ bytes: [UInt8], _ name: String) throws -> ModuleFile {
      let file = "\(folder)/\(name)-\(number).wasm"
      try Files.write(bytes, to: file)
      return try ModuleFile(file)
    }
    var (seen, seenInspection) = (module, inspection)
    if let bytes = Observed.module(module.contents.bytes, linked: linked.map(\.name)) {
      seen = try made(bytes, "observed")
      seenInspection = try seen.inspect()
    }
    let open: Callable
    var (closed, plain) = (nil as Callable?, nil as String?)
    do {
      open = Callable(path: seen.path, plan: try plan(seenInspection))
      if settings.contains(where: \.isClosed), let bytes = Observed.closed(seen.contents.bytes) {
        let module = try made(bytes, "closed")
        closed = Callable(path: module.path, plan: try plan(try module.inspect()))
      }
    } catch let error as Unplannable {
      return .none(.refused(error.reason))
    }
    if engines.contains(where: \.takesPlain),
      let bytes = open.plan.plainModule(seen.contents.bytes)
    {
      plain = try made(bytes, "plain").path
    }
    let isOpen = inspection.isRelaxed || before.contains { $0.2.isRelaxed }
    return .exports(open, closed: closed, plain: plain, isOpen: isOpen)
  }

  private func report(_ path: String, _ work: Work, _ theirs: [Answer]) async throws
    -> ComparisonReport
  {
    var all = zip(engines, theirs).map { Told(name: $0.name, answer: $1, setting: nil) }
    for setting in settings {
      do {
        guard let answer = try await answer(path, work, setting) else { continue }
        all.append(Told(name: setting.text, answer: answer, setting: setting))
      } catch let failure as Failure where failure.code == .compiler {
        return ComparisonReport(path: path, outcome: .failed("\(setting.text): \(failure.message)"))
      } catch let failure as Failure {
        all.append(
          Told(
            name: setting.text, answer: Answer(unsupported: failure.message), setting: setting))
      }
    }
    let leftOut = all.compactMap { item in item.answer.unsupported.map { "\(item.name): \($0)" } }
    let taken = all.filter { $0.answer.unsupported == nil }
    guard let first = taken.first, taken.count > 1 else {
      return ComparisonReport(
        path: path, outcome: .refused("fewer than two take it: " + leftOut.joined(separator: "; ")))
    }
    var open: String?
    for second in taken.dropFirst() {
      let verdict = Verdict(
        first.answer, second.answer, exactNaNs: command.exactNans,
        isRelaxed: [first, second].contains { $0.setting?.isRelaxed ?? false })
      switch verdict {
      case .same, .unsupported: break
      case .open(let why): open = why
      case .different(let difference):
        if let other = try await lostLoad(path, work, difference, first, second) {
          open =
            "a load that relaxed traps may lose, with \(other.text), in step \(difference.step)"
          continue
        }
        // An engine has no traces; a setting that agrees with it has.
        let one =
          first.setting
          ?? taken.first { $0.setting != nil && Verdict($0.answer, first.answer) == .same }?.setting
        var parting: String?
        if let one, let other = second.setting {
          parting = try await self.parting(path, work, one, other)
        }
        return ComparisonReport(
          path: path,
          outcome: .different(
            first: first.name, second: second.name, difference,
            call: Self.call(work, difference.step), parting: parting))
      }
    }
    if let open { return ComparisonReport(path: path, outcome: .open(open)) }
    return ComparisonReport(path: path, outcome: .same(count: taken.count, leftOut: leftOut))
  }

  /// The setting that alone lost the trap of a load, as relaxed traps allow: optimized, but neither with exact traps nor
  /// at -O0. What Apus lost itself would be missing there, too.
  private func lostLoad(
    _ path: String, _ work: Work, _ difference: Difference, _ first: Told, _ second: Told
  ) async throws -> ComparisonSetting? {
    for (one, other) in [(first, second), (second, first)] {
      guard let setting = other.setting, setting.isRelaxed, setting.optimization != "0",
        difference.mayBeLostLoad(trapping: one.answer, other: other.answer)
      else { continue }
      var (exact, plain) = (setting, setting)
      exact.traps = .exact
      plain.optimization = "0"
      for again in [exact, plain] {
        guard let answer = try? await answer(path, work, again),
          !Verdict(
            one.answer, answer, exactNaNs: command.exactNans,
            isRelaxed: again.isRelaxed || one.setting?.isRelaxed ?? false
          ).isDifferent
        else { return nil }
      }
      return setting
    }
    return nil
  }

  /// What a setting does with a module, or nil where there is nothing to do; `trace`: a file for its trace.
  private func answer(
    _ path: String, _ work: Work, _ setting: ComparisonSetting, trace: String? = nil
  ) async throws -> Answer? {
    if let callable = work.callable(setting) {
      return try await builder.answer(callable.path, callable.plan, setting, trace: trace)
    }
    guard case .program(let arguments, _) = work else { return nil }
    return try await builder.answer(program: path, arguments, stdin: "", setting, trace: trace)
  }

  /// Where what two settings do parts: the first call, store or block that is not the same in both.
  private func parting(
    _ path: String, _ work: Work, _ one: ComparisonSetting, _ other: ComparisonSetting
  ) async throws -> String? {
    let folder = try Files.makeTemporaryFolder(in: self.folder)
    defer { Files.remove(folder) }
    let files = [folder + "/one", folder + "/other"]
    // Offsets are those of one module.
    var settings = [one, other]
    for k in settings.indices { settings[k].isClosed = one.isClosed || other.isClosed }
    for (setting, file) in zip(settings, files) {
      do {
        guard try await answer(path, work, setting, trace: file) != nil else { return nil }
      } catch is Failure {
        return nil
      }
    }
    let traces = try files.map { try Files.Contents(of: $0) }
    let parting = withExtendedLifetime(traces) {
      TraceParting(traces[0].bytes, traces[1].bytes)
    }
    guard let parting else { return "traced, \(one.text) and \(other.text) do the same" }
    let source = parting.offset.flatMap { Self.source(work.callable(settings[0]), path, at: $0) }
    return "traced, \(one.text) and \(other.text) part at \(parting.text)"
      + (source.map { ", of \($0)" } ?? "")
  }

  /// File and line of an instruction of a module that is alone, and traced as it is.
  private static func source(_ traced: Callable?, _ path: String, at offset: UInt32) -> String? {
    if let traced, traced.path != path || !traced.plan.linked.isEmpty { return nil }
    return (try? ModuleFile(path).place(at: offset))??.source
  }

  /// `call 3, add(i32:00000001)`
  private static func call(_ work: Work, _ step: Int) -> String {
    guard case .exports(let callable, _, _, _) = work else { return "the program" }
    let plan = callable.plan
    guard step > 0, step <= plan.calls.count else { return "the instantiation" }
    let call = plan.calls[step - 1]
    return "call \(step), \"\(call.export.name)\" (\(call.arguments.joined(separator: ", ")))"
  }
}
