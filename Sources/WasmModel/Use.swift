// What a body uses of its module: its part of the call graph, and what need not be declared else.

/// One thing that a function uses.
package struct Use: BitwiseCopyable, Hashable, Sendable {
  package enum Kind: UInt32, BitwiseCopyable, Sendable {
    /// Calls a function, by its index.
    case call
    /// Takes a reference to a function.
    case reference
    /// Calls through a table with a type.
    case type
    case global
    /// Calls through a table.
    case indirectCall
    /// Reads or writes a table otherwise.
    case table
    /// Reads or drops a data segment.
    case data
    /// Reads or drops an element segment.
    case elements
    /// Throws an exception, whatever becomes of it.
    case exception
    /// Ends with a call of another function, and with one through a table with a type.
    case tailCall, tailType
    /// Grows a memory.
    case growth
  }
  package var kind: Kind
  package var index: UInt32

  /// Whether it is a tail call of this function.
  package func isTailCall(of function: Int) -> Bool { kind == .tailCall && index == function }

  package init(_ kind: Kind, _ index: UInt32) {
    self.kind = kind
    self.index = index
  }
}
