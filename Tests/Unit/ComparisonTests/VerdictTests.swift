import Comparison
import Testing

private func answer(_ steps: Answer.Step...) -> Answer { Answer(steps: steps) }

private func value(_ text: String) -> Answer { answer(.init(results: [text])) }

struct VerdictTests {
  @Test(arguments: [
    ("f32:7fc00000", "f32:ffc00001"), ("f64:7ff8000000000000", "f64:fff0000000000001"),
    ("i32:00000001", "i32:00000001"), ("f32:7f800000", "f32:7f800000"),
  ])
  func valuesThatAreTheSame(first: String, second: String) {
    #expect(Verdict(value(first), value(second)) == .same)
  }

  @Test(arguments: [
    ("f32:7fc00000", "f32:7f800000"), ("f64:7ff8000000000000", "f32:7fc00000"),
    ("i32:00000001", "i32:00000000"),
    ("f32:00000000", "f32:80000000"), ("funcref:null", "funcref:set"),
    ("i32:7fc00000", "i32:7fc00001"),
  ])
  func valuesThatAreNot(first: String, second: String) {
    let expected = Difference(step: 0, what: "result 0", first: first, second: second)
    #expect(Verdict(value(first), value(second)) == .different(expected))
  }

  @Test func exactNaNsDiffer() {
    #expect(Verdict(value("f32:7fc00000"), value("f32:ffc00000"), exactNaNs: true) != .same)
  }

  @Test(arguments: ["stack", "resources"]) func whatEnginesDecideIsOpen(trap: String) {
    let first = answer(.init(trap: trap))
    #expect(Verdict(first, value("i32:00000001")) == .open("\(trap) in step 0"))
    #expect(Verdict(value("i32:00000001"), first) == .open("\(trap) in step 0"))
  }

  @Test func trapsAreCompared() {
    func trap(_ word: String?) -> Answer { answer(.init(trap: word)) }
    #expect(Verdict(trap("divide"), trap("divide")) == .same)
    #expect(Verdict(trap("null element or signature"), trap("signature")) == .same)
    #expect(Verdict(trap("divide"), trap("overflow")) != .same)
    #expect(Verdict(trap(nil), trap("overflow")) != .same)
  }

  /// Behind an access out of bounds stores may be early, but not before it.
  @Test func relaxedTrapsAreOpen() {
    let first = answer(.init(trap: "memory", state: ["m": "1:0"]))
    let second = answer(.init(trap: "memory", state: ["m": "1:1"]))
    #expect(Verdict(first, second, isRelaxed: true) == .open("an access out of bounds in step 0"))
    #expect(Verdict(first, second) != .same)
    #expect(Verdict(first, answer(.init(trap: "divide")), isRelaxed: true) != .same)
  }

  @Test func stateThatOneAloneSeesIsNotCompared() {
    let first = answer(.init(state: ["a": "i32:00000001", "b": "x"]))
    #expect(Verdict(first, answer(.init(state: ["a": "i32:00000001"]))) == .same)
    #expect(Verdict(first, answer(.init(state: ["a": "i32:00000002"]))) != .same)
  }

  @Test(
    arguments: [
      ("memory", nil, true), ("memory", "divide", true), ("memory", "memory", false),
      ("divide", nil, false), (nil, nil, false),
    ] as [(String?, String?, Bool)])
  func whatMayBeALostLoad(trapping: String?, other: String?, expected: Bool) {
    let difference = Difference(step: 1, what: "trap", first: "", second: "")
    let (start, end) = (Answer.Step(), Answer.Step(trap: other))
    let trapped = answer(start, Answer.Step(trap: trapping))
    #expect(difference.mayBeLostLoad(trapping: trapped, other: answer(start, end)) == expected)
    #expect(!difference.mayBeLostLoad(trapping: trapped, other: answer(start)))
  }

  @Test func callsOfImportsAreCompared() {
    #expect(Verdict(answer(.init(host: ["f()"])), answer(.init(host: ["f()"]))) == .same)
    #expect(Verdict(answer(.init(host: ["f()"])), answer(.init())) != .same)
  }

  @Test func programsAreComparedByOutputAndStatus() {
    let first = Answer(stdout: [0x68, 0x69], exit: 0)
    #expect(Verdict(first, Answer(line: "{\"stdout\": \"6869\", \"exit\": 0}")!) == .same)
    #expect(Verdict(first, Answer(stdout: [0x68, 0x69], exit: 1)) != .same)
    #expect(Verdict(first, Answer(stdout: [0x68], exit: 0)) != .same)
  }

  @Test(arguments: ["", "what?", "{}", "{\"steps\": 1}", "[]"]) func noAnswer(line: String) {
    #expect(Answer(line: line) == nil)
  }
}
