// What calls may lead to, which the whole module decides.

/// Which calls may do something, such as to throw: none of them where the lists are empty.
package struct CallProperty: Sendable {
  /// By function index.
  package var functions: [Bool] = []
  /// By canonical type: of what is called through tables.
  package var types: [Bool] = []

  package init() {}

  package func holds(function index: Int) -> Bool { !functions.isEmpty && functions[index] }

  func holds(type canonical: @autoclosure () -> [Int], _ index: Int) -> Bool {
    !types.isEmpty && types[canonical()[index]]
  }
}

/// What has to be looked after where a call comes back.
struct AfterCall: BitwiseCopyable {
  var mayThrow: Bool
  /// A memory may have moved, or be longer than a variable says.
  var mayGrow: Bool

  init(ofFunction index: Int, _ context: borrowing BuilderContext) {
    mayThrow = context.throwing.holds(function: index)
    mayGrow = context.growing.holds(function: index)
  }

  /// Of a call through a table.
  init(ofType index: Int, _ context: borrowing BuilderContext) {
    mayThrow = context.throwing.holds(type: context.module.canonicalType, index)
    mayGrow = context.growing.holds(type: context.module.canonicalType, index)
  }
}
