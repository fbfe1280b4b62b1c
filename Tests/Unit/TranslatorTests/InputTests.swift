import Attempts
import Foundation
import Testing

/// What fuzzing kept, and what it found: Tests/Fuzz/inputs.txt.
struct InputTests {
  private static func inputs() throws -> [[UInt8]] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "../../Fuzz/inputs.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let digits = Array(line)
      return try stride(from: 0, to: digits.count, by: 2).map { place in
        try #require(UInt8(String(digits[place...(place + 1)]), radix: 16))
      }
    }
  }

  @Test func everyInputIsRefusedOrTranslated() throws {
    let inputs = try Self.inputs()
    var translated = 0
    for (line, input) in inputs.enumerated() {
      // Each with all settings that follow from a number.
      for number in 0..<12 {
        switch input.withUnsafeBytes({ Attempt.run($0, number) }) {
        case .refused: break
        case .translated: translated += 1
        case .failed(let error): Issue.record("inputs.txt:\(line + 1): \(error)")
        }
      }
    }
    #expect(inputs.count >= 500)
    #expect(translated > 100)
  }
}
