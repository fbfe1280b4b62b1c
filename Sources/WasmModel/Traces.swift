/// What a module says of itself while it runs.
package struct Traces: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Functions that begin, with their parameters, and that return, with their results.
  package static let calls = Traces(rawValue: 1)
  /// Changes of memories, globals and tables, before they are made.
  package static let stores = Traces(rawValue: 2)
  /// Blocks as fuel has them, before they are executed.
  package static let blocks = Traces(rawValue: 4)
}

/// What happens. Source: `enum apus_trace_kind` of apus.h, in its order.
@usableFromInline package enum TraceEvent: UInt16, CaseIterable, Sendable {
  case call, `return`, store, global, bulk, block

  /// The constant in C, behind `APUS_TRACE_`.
  package var c: StaticString {
    switch self {
    case .call: "CALL"
    case .return: "RETURN"
    case .store: "STORE"
    case .global: "GLOBAL"
    case .bulk: "BULK"
    case .block: "BLOCK"
    }
  }
}
