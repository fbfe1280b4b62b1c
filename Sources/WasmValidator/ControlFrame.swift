// The control stack's entries, and the types of blocks.

import WasmModel

/// An entered block: the specification's `ctrl_frame`.
struct ControlFrame: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable { case function, block, loop, `if`, `else` }

  var shape: TypeShape
  /// Operands below the block's own.
  var height: Int
  var kind: Kind
  /// Whether the operands are polymorphic, after br and its like.
  var isUnreachable = false
  /// Whether operations were recorded where the block starts, and so for its `end`.
  var isRecorded: Bool

  /// What a branch to the block's label takes.
  @inline(__always) var labelTypes: UnsafePointer<UInt8> {
    kind == .loop ? shape.parameters : shape.results
  }
  @inline(__always) var labelCount: Int { kind == .loop ? shape.parameterCount : shape.resultCount }
}

/// The 256 byte values in order, so that one value type can be had as an array.
nonisolated(unsafe) let singleTypes: UnsafePointer<UInt8> = {
  let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
  for value in 0..<256 { (bytes + value).initialize(to: UInt8(value)) }
  return UnsafePointer(bytes)
}()
