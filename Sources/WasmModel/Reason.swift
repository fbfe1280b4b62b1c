/// What can be wrong with a module, in the specification's words.
package enum Reason: Sendable, Equatable {
  case unsupported(Feature)
  case unexpectedEnd

  /// The text that a person reads.
  package var message: String {
    switch self {
    case .unsupported(let feature): "uses the proposal \(feature.rawValue)"
    case .unexpectedEnd: "unexpected end"
    }
  }
}
