enum CMakeText {
  /// Each word in a line of its own.
  static func list(_ words: [String], indented: Int = 2) -> String {
    words.map { "\n" + String(repeating: " ", count: indented) + $0 }.joined()
  }
}
