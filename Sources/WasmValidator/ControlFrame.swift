// The control stack's entries, and the types of blocks.

import WasmModel

/// An entered block: the specification's `ctrl_frame`.
struct ControlFrame: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    case function, block, loop, `if`, `else`
    /// A legacy `try`, before its first `catch`, and behind one of them.
    case legacyTry, legacyCatch, legacyCatchAll
  }

  var shape: TypeShape
  /// Operands below the block's own.
  var height: Int
  var kind: Kind
  /// Whether the operands are polymorphic, after br and its like.
  var isUnreachable = false
  /// Whether operations were recorded where the block starts, and so for its `end`.
  var isRecorded: Bool

  /// What a branch to the block's label takes.
  @inline(__always) var labelTypes: UnsafePointer<ValueType> {
    kind == .loop ? shape.parameters : shape.results
  }
  @inline(__always) var labelCount: Int { kind == .loop ? shape.parameterCount : shape.resultCount }
}

/// Every value type that is not concrete, by its bits, so that one can be had as an array.
nonisolated(unsafe) let singleTypes: UnsafePointer<ValueType> = {
  let types = UnsafeMutablePointer<ValueType>.allocate(capacity: 512)
  for bits in 0..<512 { (types + bits).initialize(to: ValueType(bits: UInt32(bits))) }
  return UnsafePointer(types)
}()
