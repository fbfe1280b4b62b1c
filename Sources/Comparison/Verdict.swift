// Whether two answers are the same, as far as the specification says.

/// What became of a comparison.
public enum Verdict: Sendable, Equatable {
  case same
  /// From some step on the specification leaves the outcome to the engine.
  case open(String)
  /// One engine does not take the module.
  case unsupported(String)
  case different(Difference)
}

/// The first thing in which two engines differ.
public struct Difference: Sendable, Equatable {
  /// 0 is the instantiation, then the calls.
  public var step: Int
  /// `result 0`, `trap`, `memory "memory"`, `host call 3`.
  public var what: String
  public var first: String
  public var second: String

  public init(step: Int, what: String, first: String, second: String) {
    self.step = step
    self.what = what
    self.first = first
    self.second = second
  }

  /// Whether one answer goes on, in the step that differs, where the other traps at an access.
  public func mayBeLostLoad(trapping: Answer, other: Answer) -> Bool {
    guard let trapped = trapping.steps, let ran = other.steps, step < trapped.count,
      step < ran.count
    else { return false }
    return trapped[step].trap == "memory" && ran[step].trap != "memory"
  }
}

extension Verdict {
  public var isDifferent: Bool {
    if case .different = self { true } else { false }
  }

  /// - Parameters:
  ///   - exactNaNs: NaNs have to be the same bits, too.
  ///   - isRelaxed: Stores may be early, or not done yet, where the hardware finds a trap in one of the two.
  public init(_ first: Answer, _ second: Answer, exactNaNs: Bool = false, isRelaxed: Bool = false) {
    if let why = first.unsupported ?? second.unsupported {
      self = .unsupported(why)
    } else if let firstSteps = first.steps, let secondSteps = second.steps {
      self = Self.compare(firstSteps, secondSteps, exactNaNs, isRelaxed)
    } else {
      self = Self.comparePrograms(first, second)
    }
  }

  private static func comparePrograms(_ first: Answer, _ second: Answer) -> Verdict {
    if first.stdout != second.stdout {
      return .different(
        Difference(
          step: 0, what: "standard output", first: first.stdout ?? "", second: second.stdout ?? ""))
    }
    if first.exit == second.exit { return .same }
    func text(_ status: Int?) -> String { status.map { "\($0)" } ?? "none" }
    return .different(
      Difference(step: 0, what: "exit status", first: text(first.exit), second: text(second.exit)))
  }

  private static func compare(
    _ first: [Answer.Step], _ second: [Answer.Step], _ exactNaNs: Bool, _ isRelaxed: Bool
  ) -> Verdict {
    for (number, (a, b)) in zip(first, second).enumerated() {
      for trap in [a.trap, b.trap] where trap == "stack" || trap == "resources" {
        return .open("\(trap ?? "") in step \(number)")
      }
      if isRelaxed, a.trap == "memory", let trap = b.trap, areSame(traps: a.trap, trap) {
        return .open("an access out of bounds in step \(number)")
      }
      if let (what, one, other) = difference(a, b, exactNaNs) {
        return .different(Difference(step: number, what: what, first: one, second: other))
      }
    }
    if first.count != second.count {
      return .different(
        Difference(
          step: min(first.count, second.count), what: "number of steps", first: "\(first.count)",
          second: "\(second.count)"))
    }
    return .same
  }

  private static func difference(
    _ a: Answer.Step, _ b: Answer.Step, _ exactNaNs: Bool
  ) -> (what: String, String, String)? {
    for k in 0..<max(a.host.count, b.host.count) {
      let (one, other) = (
        k < a.host.count ? a.host[k] : "none", k < b.host.count ? b.host[k] : "none"
      )
      if one != other { return ("host call \(k)", one, other) }
    }
    if !areSame(traps: a.trap, b.trap) { return ("trap", a.trap ?? "none", b.trap ?? "none") }
    for k in 0..<max(a.results.count, b.results.count) {
      let one = k < a.results.count ? a.results[k] : "none"
      let other = k < b.results.count ? b.results[k] : "none"
      if !areSame(one, other, exactNaNs) { return ("result \(k)", one, other) }
    }
    // What one engine alone can see says nothing.
    for name in a.state.keys.sorted() {
      guard let one = a.state[name], let other = b.state[name] else { continue }
      if !areSame(one, other, exactNaNs) { return ("state of \"\(name)\"", one, other) }
    }
    if let one = a.fuel, let other = b.fuel, one != other { return ("fuel", "\(one)", "\(other)") }
    return nil
  }

  /// An engine may not tell all kinds apart: `null element or signature`.
  private static func areSame(traps a: String?, _ b: String?) -> Bool {
    guard let a, let b else { return a == b }
    return a == b || a.parts(separatedBy: " or ").contains(b)
      || b.parts(separatedBy: " or ").contains(a)
  }

  /// Any NaN is as good as another of its type.
  static func areSame(_ a: String, _ b: String, _ exactNaNs: Bool) -> Bool {
    a == b || !exactNaNs && isNaN(a) && isNaN(b) && a.prefix(4) == b.prefix(4)
  }

  private static func isNaN(_ value: String) -> Bool {
    guard let bits = UInt64(value.dropFirst(4), radix: 16) else { return false }
    if value.hasPrefix("f32:") { return bits & 0x7fff_ffff > 0x7f80_0000 }
    return value.hasPrefix("f64:") && bits & 0x7fff_ffff_ffff_ffff > 0x7ff0_0000_0000_0000
  }
}
