import FoundationEssentials

/// What an engine answers, as PROTOCOL.md says.
public struct Answer: Codable, Sendable, Equatable {
  public struct Step: Codable, Sendable, Equatable {
    public var trap: String?
    public var results: [String] = []
    public var host: [String] = []
    public var state: [String: String] = [:]
    /// Units used, where they are counted.
    public var fuel: Int?

    public init(
      trap: String? = nil, results: [String] = [], host: [String] = [],
      state: [String: String] = [:]
    ) {
      self.trap = trap
      self.results = results
      self.host = host
      self.state = state
    }
  }
  public var steps: [Step]?
  public var unsupported: String?
  /// Of a WASI command, in hexadecimal digits.
  public var stdout: String?
  public var exit: Int?

  public init(steps: [Step]) { self.steps = steps }
  public init(unsupported: String) { self.unsupported = unsupported }
  public init(stdout: [UInt8], exit: Int) {
    self.stdout = stdout.map { Plan.hexadecimal(UInt64($0), 2) }.joined()
    self.exit = exit
  }

  /// Nil where it is not such an answer.
  public init?(line: some StringProtocol) {
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line.utf8)),
      answer.steps != nil || answer.unsupported != nil || answer.exit != nil
    else { return nil }
    self = answer
  }
}
