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
  case wideArithmetic = "wide-arithmetic"
  case multiMemory = "multi-memory"
  case simd = "simd"
  case relaxedSIMD = "relaxed-simd"
  case exceptions = "exception-handling"
  case legacyExceptions = "legacy-exceptions"
  case tailCalls = "tail-call"
  case compactImports = "compact-import-section"
  case branchHints = "branch-hinting"
  case memory64 = "memory64"
  case customPageSizes = "custom-page-sizes"
  case threads = "threads"
  // Recognised, answered `unsupported`.
  case functionReferences = "function-references"
  case garbageCollection = "gc"
  case stackSwitching = "stack-switching"
  case customDescriptors = "custom-descriptors"
  case sharedEverything = "shared-everything-threads"

  /// Whether a module that uses it can be translated.
  package var isSupported: Bool {
    switch self {
    case .core, .signExtension, .saturatingConversions, .multiValue, .mutableGlobals, .bulkMemory,
      .referenceTypes, .extendedConstants, .wideArithmetic, .multiMemory, .simd,
      .relaxedSIMD, .exceptions, .legacyExceptions, .tailCalls,
      .compactImports, .branchHints, .memory64, .customPageSizes, .threads:
      true
    case .functionReferences, .garbageCollection, .stackSwitching, .customDescriptors,
      .sharedEverything:
      false
    }
  }

  /// How a module is built without it; empty where it is supported.
  package var remedy: String {
    switch self {
    case .core, .signExtension, .saturatingConversions, .multiValue, .mutableGlobals, .bulkMemory,
      .referenceTypes, .extendedConstants, .wideArithmetic, .multiMemory, .simd,
      .relaxedSIMD, .exceptions, .legacyExceptions, .tailCalls,
      .compactImports, .branchHints, .memory64, .customPageSizes, .threads:
      ""
    case .functionReferences: "compile without typed function references"
    case .garbageCollection:
      "choose a compiler that brings its own heap: this one wants the engine's"
    case .stackSwitching: "compile without continuations"
    case .customDescriptors: "compile without descriptors of types"
    case .sharedEverything: "share a memory only, as -pthread does"
    }
  }
}
