// The one error of the pipeline: what is wrong, at which byte, in which function.

/// Why a module was refused.
@usableFromInline
package struct WasmError: Error, Sendable {
  package enum Stage: String, Sendable { case malformed, invalid, unsupported }

  package var stage: Stage
  /// In the specification's words where it has some; for `unsupported` the proposal's name.
  package var reason: Reason
  /// Byte offset in the module.
  package var offset: Int
  /// Index of the function whose body it is in.
  package var function: UInt32?

  package init(stage: Stage, reason: Reason, offset: Int, function: UInt32? = nil) {
    self.stage = stage
    self.reason = reason
    self.offset = offset
    self.function = function
  }
}
