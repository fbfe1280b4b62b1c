// What the body of a function uses, so that nothing else is declared.

import WasmModel

/// One thing that a function uses.
package struct Use: BitwiseCopyable, Hashable {
  package enum Kind: UInt32, BitwiseCopyable {
    /// Calls a function, by its index.
    case call
    /// Takes a reference to a function.
    case reference
    /// Calls with a type, by the first index of an equal one.
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
  }
  package var kind: Kind
  package var index: UInt32

  package init(_ kind: Kind, _ index: UInt32) {
    self.kind = kind
    self.index = index
  }
}

/// What all functions that can be reached use together, and which those are.
package struct ModuleUse: Sendable {
  /// By function index: reached by calls or references from what the outside can reach.
  package var isLive: [Bool]
  /// By function index: `funcs` holds a reference to it.
  package var isReferenced: [Bool]
  package var types: [Bool]
  package var globals: [Bool]
  /// By table: something calls through it.
  package var calls: [Bool]
  /// By table: something reads or writes it other than by calls.
  package var accesses: [Bool]
  package var data: [Bool]
  package var elements: [Bool]
  /// What calls through each table find.
  private(set) var tables: [TableContents] = []

  /// `uses` gives what a defined function uses, by function index.
  package init(_ plan: ModulePlan, uses: (Int) -> UnsafeBufferPointer<Use>) {
    var roots = plan.roots
    self.init(plan, roots, uses)
    // Functions in a table that never changes, of a type that nothing calls, are reached by
    // nothing; without them, less may be called, and more tables may never change.
    while true {
      tables = plan.tableRoots.indices.map { TableContents($0, plan, self) }
      if plan.isMany { return }
      var needed = plan.otherRoots
      for (table, functions) in plan.tableRoots.enumerated() {
        let isClosed = if case .closed = tables[table] { true } else { false }
        needed.formUnion(
          functions.filter {
            !isClosed || calls[table] && types[plan.canonicalType(ofFunction: $0)]
          })
      }
      let fewer = roots.filter(needed.contains)
      if fewer.count == roots.count { return }
      roots = fewer
      self.init(plan, roots, uses)
    }
  }

  private init(_ plan: ModulePlan, _ roots: [Int], _ uses: (Int) -> UnsafeBufferPointer<Use>) {
    let module = plan.module
    isLive = Array(repeating: false, count: module.functions.count)
    isReferenced = isLive
    types = Array(repeating: false, count: module.types.count)
    globals = Array(repeating: false, count: module.globals.count)
    calls = Array(repeating: false, count: module.tables.count)
    accesses = calls
    data = Array(repeating: false, count: module.data.count)
    elements = Array(repeating: false, count: module.elements.count)
    var pending: [Int] = []
    func reach(_ function: Int) {
      if !isLive[function] {
        isLive[function] = true
        pending.append(function)
      }
    }
    for root in roots { reach(root) }
    while let function = pending.popLast() {
      if function < module.importedFunctionCount { continue }
      for use in uses(function) {
        let index = Int(use.index)
        switch use.kind {
        case .call: reach(index)
        case .reference:
          isReferenced[index] = true
          if !plan.isMany || index >= module.importedFunctionCount { reach(index) }
        case .type: types[index] = true
        case .global: globals[index] = true
        case .indirectCall: calls[index] = true
        case .table: accesses[index] = true
        case .data: data[index] = true
        case .elements:
          if elements[index] { continue }
          elements[index] = true
          // In `many`, all that any segment names is a root.
          if plan.isMany { continue }
          for function in module.elements[index].elements.flatMap({ $0.references }) {
            isReferenced[function] = true
            reach(function)
          }
        }
      }
    }
  }
}
