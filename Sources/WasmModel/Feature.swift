// Proposals beyond those that are supported, by the names users know them under.

/// A part of WebAssembly that a module may use.
package enum Feature: String, Sendable, CaseIterable {
  case core = "core"
  case signExtension = "sign-extension"
  case saturatingConversions = "nontrapping-float-to-int"
  case multiValue = "multi-value"
  case mutableGlobals = "mutable-global"
  case bulkMemory = "bulk-memory"
  case referenceTypes = "reference-types"
  case extendedConstants = "extended-const"
  // Recognised, answered `unsupported`.
  case simd = "simd"
  case relaxedSIMD = "relaxed-simd"
  case tailCalls = "tail-call"
  case multiMemory = "multi-memory"
  case memory64 = "memory64"
  case exceptions = "exception-handling"
  case legacyExceptions = "legacy-exceptions"
  case functionReferences = "function-references"
  case garbageCollection = "gc"
  case threads = "threads"
  case customPageSizes = "custom-page-sizes"
  case wideArithmetic = "wide-arithmetic"

  /// Whether a module that uses it can be translated.
  package var isSupported: Bool {
    switch self {
    case .core, .signExtension, .saturatingConversions, .multiValue, .mutableGlobals, .bulkMemory,
      .referenceTypes, .extendedConstants:
      true
    case .simd, .relaxedSIMD, .tailCalls, .multiMemory, .memory64, .exceptions, .legacyExceptions,
      .functionReferences, .garbageCollection, .threads, .customPageSizes, .wideArithmetic:
      false
    }
  }
}
